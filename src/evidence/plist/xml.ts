import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { newDictionary, PlistError, type PlistLimits, PlistUid, type PlistValue, setEntry } from './value.js';

// The library builds a tree of the whole document, some 300 bytes of memory for each element. The property lists
// that phones write as XML are small (the big ones are binary), so XML gets tighter limits than the binary form.
const XML_MAX_BYTES = 64 * 1024 * 1024;
const XML_MAX_ELEMENTS = 1_500_000;
// 2^128 has 39 digits. A longer number is an attempt to keep the conversion busy.
const MAX_INTEGER_CHARACTERS = 64;
// The longest exact decimal form of a double has some 770 digits.
const MAX_REAL_CHARACTERS = 1_024;
const MARGIN_OF_DEPTH = 8;

const metadata = XMLParser.getMetaDataSymbol() as symbol;

/**
 * Values are converted and entities decoded in this file: the library would round big integers, and it must not
 * expand entities that the document itself defines.
 */
function newParser(maxDepth: number): XMLParser {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    trimValues: false,
    processEntities: false,
    cdataPropName: '#cdata',
    captureMetaData: true,
    // Without this the library builds a text path for every element: quadratic in the depth.
    jPath: false,
    // The exact limit is judged in `convert`, with a place to name; <plist> and the element of a value stand around.
    maxNestedTags: maxDepth + MARGIN_OF_DEPTH,
  });
}

interface Element {
  readonly name: string;
  readonly children: readonly unknown[];
  readonly index: number;
}

/**
 * Reads a property list in XML, as described by Apple's PropertyList-1.0.dtd. Strict where it matters: a document
 * that is cut short, ill-nested or defines entities of its own is refused and not half read.
 *
 * @internal use parsePlist
 */
export function parseXmlPlist(bytes: Uint8Array, limits: PlistLimits): PlistValue {
  if (!looksLikeMarkup(bytes)) throw new PlistError('wrong-format', 0);
  if (bytes.byteLength > XML_MAX_BYTES) throw new PlistError('limit-bytes', XML_MAX_BYTES);
  // The validator knows only "\n" as the end of a line.
  const text = decode(bytes).replace(/\r\n?/g, '\n').trim();
  const rootStart = text.search(/<plist[\s/>]/);
  if (rootStart < 0 || !/^<[?!p]/.test(text)) throw new PlistError('wrong-format', 0);
  // Apple's document type names a DTD and defines nothing. An internal subset could define entities that expand
  // without end, or that name other files.
  const prolog = text.slice(0, rootStart);
  const documentType = prolog.indexOf('<!DOCTYPE');
  if (documentType >= 0 && prolog.includes('[', documentType))
    throw errorAt('damaged', text, documentType, 'document type defines entities');

  const maxElements = Math.min(limits.maxObjects, XML_MAX_ELEMENTS);
  let tags = 0;
  for (let place = text.indexOf('<'); place >= 0; place = text.indexOf('<', place + 1)) {
    tags += 1;
    // Every element has an opening and a closing tag or is empty; the rest is for the prolog and comments.
    if (tags > maxElements * 2 + 16) throw errorAt('limit-count', text, place);
  }

  const roots = elementsOf(text, limits.maxDepth);
  const root = roots[0];
  if (!root || roots.length > 1 || root.name !== 'plist') throw new PlistError('wrong-format', 0);
  return new XmlReader(text, { ...limits, maxObjects: maxElements }).root(root);
}

class XmlReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #objectsLeft: number;
  #elementsLeft: number;

  constructor(text: string, limits: PlistLimits) {
    this.#text = text;
    this.#maxDepth = limits.maxDepth;
    this.#objectsLeft = limits.maxObjects;
    this.#elementsLeft = limits.maxElements;
  }

  root(plist: Element): PlistValue {
    const [value, ...others] = this.#elements(plist);
    if (!value || others.length > 0) throw this.#error('damaged', plist, 'not one value');
    return this.#convert(value, 0);
  }

  #convert(element: Element, depth: number): PlistValue {
    this.#objectsLeft -= 1;
    if (this.#objectsLeft < 0) throw this.#error('limit-count', element);
    switch (element.name) {
      case 'dict':
        return this.#dictionary(element, depth + 1);
      case 'array':
        return this.#array(element, depth + 1);
      case 'string':
        return this.#textOf(element);
      case 'integer':
        return this.#integer(element);
      case 'real':
        return this.#real(element);
      case 'true':
        return true;
      case 'false':
        return false;
      case 'date':
        return dateOf(this.#textOf(element).trim());
      case 'data':
        return this.#data(element);
      default:
        throw this.#error('damaged', element, 'unknown element');
    }
  }

  #array(element: Element, depth: number): PlistValue {
    const elements = this.#container(element, depth);
    return elements.map((child) => this.#convert(child, depth));
  }

  #dictionary(element: Element, depth: number): PlistValue {
    const elements = this.#container(element, depth);
    const dictionary = newDictionary();
    for (let index = 0; index < elements.length; index += 2) {
      const key = elements[index];
      const value = elements[index + 1];
      if (key?.name !== 'key' || !value || value.name === 'key')
        throw this.#error('damaged', key ?? element, 'keys and values do not alternate');
      setEntry(dictionary, this.#textOf(key), this.#convert(value, depth), index / 2, key.index);
    }
    // XML has no UID type; Apple's plutil writes one as a dictionary with this one key.
    const uid = dictionary.CF$UID;
    if (elements.length === 2 && typeof uid === 'number' && uid >= 0) return new PlistUid(uid);
    return dictionary;
  }

  #container(element: Element, depth: number): readonly Element[] {
    if (depth > this.#maxDepth) throw this.#error('limit-depth', element);
    const elements = this.#elements(element);
    this.#elementsLeft -= elements.length;
    if (this.#elementsLeft < 0) throw this.#error('limit-count', element);
    return elements;
  }

  /** The elements inside, where nothing but white space may stand between them. */
  #elements(element: Element): readonly Element[] {
    const elements: Element[] = [];
    for (const node of element.children) {
      const child = toElement(node);
      if (child) elements.push(child);
      else if (textOfNode(node)?.trim() !== '')
        throw this.#error('damaged', element, 'text between elements');
    }
    return elements;
  }

  #textOf(element: Element): string {
    let text = '';
    for (const node of element.children) {
      const child = toElement(node);
      if (child?.name === '#cdata') text += child.children.map((part) => textOfNode(part) ?? '').join('');
      else if (child) throw this.#error('damaged', element, 'element inside text');
      else text += this.#withoutEntities(textOfNode(node) ?? '', element);
    }
    return text;
  }

  #withoutEntities(text: string, element: Element): string {
    if (!text.includes('&')) return text;
    return text.replace(/&(?:([a-z]{2,4}|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)?/g, (_, name?: string) => {
      const character = name === undefined ? undefined : characterOf(name);
      if (character === undefined) throw this.#error('damaged', element, 'unknown entity');
      return character;
    });
  }

  #integer(element: Element): number | bigint {
    const text = this.#textOf(element).trim();
    if (text.length > MAX_INTEGER_CHARACTERS) throw this.#error('damaged', element, 'not an integer');
    const [, sign, digits] = /^([+-]?)(0x[0-9a-f]+|[0-9]+)$/i.exec(text) ?? [];
    if (digits === undefined) throw this.#error('damaged', element, 'not an integer');
    const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  #real(element: Element): number {
    const text = this.#textOf(element).trim().toLowerCase();
    if (text.length > MAX_REAL_CHARACTERS) throw this.#error('damaged', element, 'not a number');
    if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/.test(text)) return Number(text);
    if (text === 'nan') return Number.NaN;
    const [, sign] = /^([+-]?)inf(inity)?$/.exec(text) ?? [];
    if (sign === undefined) throw this.#error('damaged', element, 'not a number');
    return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  #data(element: Element): Uint8Array {
    const text = this.#textOf(element).replace(/\s+/g, '');
    if (/[^A-Za-z0-9+/=]|=[^=]/.test(text)) throw this.#error('damaged', element, 'not base64');
    return Uint8Array.from(Buffer.from(text, 'base64'));
  }

  #error(code: PlistError['code'], element: Element, detail = ''): PlistError {
    return errorAt(code, this.#text, element.index, detail);
  }
}

function elementsOf(text: string, maxDepth: number): readonly Element[] {
  // The parser on its own accepts unclosed and crossed tags; the validator does not.
  const verdict = XMLValidator.validate(text);
  if (verdict !== true)
    throw new PlistError('damaged', 0, verdict.err.code, { line: Math.max(1, verdict.err.line) });
  try {
    const nodes: unknown = newParser(maxDepth).parse(text);
    if (!Array.isArray(nodes)) return [];
    return nodes.map(toElement).filter((element) => element !== null);
  } catch (error) {
    const isTooDeep = error instanceof Error && error.message.startsWith('Maximum nested tags');
    throw new PlistError(isTooDeep ? 'limit-depth' : 'damaged', 0, '', { cause: error, line: 1 });
  }
}

/** A node of the library's tree is an object with one key, its tag name, beside the metadata. */
function toElement(node: unknown): Element | null {
  if (typeof node !== 'object' || node === null) return null;
  for (const [name, children] of Object.entries(node)) {
    if (!Array.isArray(children)) continue;
    const place: unknown = Reflect.get(node, metadata);
    const index = typeof place === 'object' && place !== null ? Reflect.get(place, 'startIndex') : 0;
    return { name, children, index: typeof index === 'number' ? index : 0 };
  }
  return null;
}

function textOfNode(node: unknown): string | null {
  if (typeof node !== 'object' || node === null || !('#text' in node)) return null;
  return String(node['#text']);
}

function errorAt(code: PlistError['code'], text: string, index: number, detail = ''): PlistError {
  let line = 1;
  for (let end = text.indexOf('\n'); end >= 0 && end < index; end = text.indexOf('\n', end + 1)) line += 1;
  return new PlistError(code, index, detail, { line });
}

function characterOf(name: string): string | undefined {
  if (name.startsWith('#')) {
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  }
  return { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }[name];
}

/** A date that cannot be understood is an invalid Date, as in the binary form: one bad date must not cost the file. */
function dateOf(text: string): Date {
  return new Date(/^-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/.test(text) ? text : Number.NaN);
}

function looksLikeMarkup(bytes: Uint8Array): boolean {
  for (let index = 0; index < Math.min(bytes.byteLength, 256); index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x3c) return true;
    // White space, a byte order mark in UTF-8 or UTF-16, and the zero half of UTF-16 characters may stand before.
    if (!LEADING_BYTES.has(byte)) return false;
  }
  return false;
}

const LEADING_BYTES = new Set([0x00, 0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf, 0xfe, 0xff]);
const DECLARED_ENCODINGS = new Set(['utf-8', 'us-ascii', 'ascii', 'iso-8859-1', 'windows-1252']);

/** Bytes that fit no character become U+FFFD, which is visible, instead of costing the whole file. */
function decode(bytes: Uint8Array): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x3c && bytes[1] === 0))
    return new TextDecoder('utf-16le').decode(bytes);
  if ((bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0 && bytes[1] === 0x3c))
    return new TextDecoder('utf-16be').decode(bytes);
  const head = Buffer.from(bytes.subarray(0, 256)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  return new TextDecoder(DECLARED_ENCODINGS.has(declared) ? declared : 'utf-8').decode(bytes);
}
