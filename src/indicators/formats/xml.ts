/** XML of feeds as a plain tree with local names. Feeds use a dozen prefixes for the same thing, so prefixes are dropped. */
import { XMLParser } from 'fast-xml-parser';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Text directly inside, trimmed. */
  readonly text: string;
}

export interface XmlDocument {
  readonly root: XmlElement;
  /** How many attributes with an empty prefix (`xmlns:="…"`) had to be dropped to make the text well-formed. */
  readonly repairs: number;
  /** True when the text ends before its root element does. */
  readonly truncated: boolean;
}

/** The text is not XML, or is nested deeper than any feed. */
export class XmlError extends Error {
  override readonly name = 'XmlError';

  constructor(
    readonly code: 'damaged' | 'limit-depth',
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

// STIX 1 packages are nested some 20 deep.
const MAX_DEPTH = 200;

/** The local name of the root element, or null when the text does not start as XML does. */
export function xmlRootName(text: string): string | null {
  const start = text
    .slice(0, 200_000)
    .replace(/^\s*(?:<\?[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>|\s)*/i, '');
  const name = /^<([A-Za-z_][\w.:-]*)/.exec(start)?.[1];
  return name === undefined ? null : name.slice(name.indexOf(':') + 1);
}

/** Parses without ever expanding entities of the document (no external ones, no growing ones). @throws XmlError */
export function parseXml(text: string): XmlDocument {
  let repairs = 0;
  // Exports of one published archive carry this attribute on the root; a namespace prefix may not be empty
  // (Namespaces in XML 1.0, section 3), and strict parsers give the whole file up because of it.
  const wellFormed = text.replace(/\sxmlns:=(?:"[^"]*"|'[^']*')/g, () => {
    repairs += 1;
    return '';
  });
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    removeNSPrefix: true,
    trimValues: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: MAX_DEPTH,
  });
  let nodes: unknown;
  try {
    nodes = parser.parse(wellFormed);
  } catch (error) {
    const isDepth =
      error instanceof RangeError || (error instanceof Error && error.message.includes('nested'));
    throw new XmlError(isDepth ? 'limit-depth' : 'damaged', { cause: error });
  }
  const root = (Array.isArray(nodes) ? nodes : []).map(toElement).find((element) => element !== null);
  if (root === undefined || root === null) throw new XmlError('damaged');
  const end = wellFormed.slice(-4096).replace(/<!--[\s\S]*?-->/g, '');
  const isClosed = /<\/(?:[\w.-]+:)?([\w.-]+)\s*>\s*$/.exec(end)?.[1] === root.name;
  const isEmptyRoot = root.children.length === 0 && /\/>\s*$/.test(end);
  return { root, repairs, truncated: !isEmptyRoot && !isClosed };
}

/** All elements of a name at any depth, in order. */
export function* descendants(element: XmlElement, name: string): Generator<XmlElement> {
  for (const child of element.children) {
    if (child.name === name) yield child;
    yield* descendants(child, name);
  }
}

/** The first child of a name. */
export function child(element: XmlElement | null | undefined, name: string): XmlElement | null {
  return element?.children.find((candidate) => candidate.name === name) ?? null;
}

/** Text of the element reached by following child names. */
export function textAt(element: XmlElement, ...names: readonly string[]): string {
  let here: XmlElement | null = element;
  for (const name of names) here = child(here, name);
  return here?.text ?? '';
}

// The library's ordered form: [{ name: [children], ':@': { attribute: value } }, { '#text': '…' }].
function toElement(node: unknown): XmlElement | null {
  if (typeof node !== 'object' || node === null) return null;
  const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
  if (name === undefined) return null;
  const inner: unknown = Reflect.get(node, name);
  const attributes = new Map<string, string>();
  const given: unknown = Reflect.get(node, ':@');
  if (typeof given === 'object' && given !== null) {
    for (const [key, value] of Object.entries(given)) attributes.set(key, decodeEntities(String(value)));
  }
  const children: XmlElement[] = [];
  const texts: string[] = [];
  for (const item of Array.isArray(inner) ? inner : []) {
    if (typeof item === 'object' && item !== null && Object.hasOwn(item, '#text')) {
      texts.push(decodeEntities(String(Reflect.get(item, '#text'))));
    } else {
      const element = toElement(item);
      if (element !== null) children.push(element);
    }
  }
  return { name, attributes, children, text: texts.join('').trim() };
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The five entities XML itself defines and character references; nothing a document defines. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex, decimal, name) => {
      if (typeof name === 'string') return ENTITIES.get(name.toLowerCase()) ?? whole;
      const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? whole : String.fromCodePoint(code);
    },
  );
}
