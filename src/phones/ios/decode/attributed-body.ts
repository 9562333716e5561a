/**
 * Text and links of an iMessage body. From iOS 15/16 on, `message.text` is often NULL and the body stands only in
 * `message.attributedBody`: an NSAttributedString as typedstream archive.
 */
import { readTypedstream, TypedObject, type TypedValue } from './typedstream.js';

export type AttributedBody =
  | {
      readonly text: string;
      /** Addresses the text is linked to, whether or not they stand in the text. */
      readonly links: readonly string[];
      /** `marker`: the archive could not be followed; the text was found by the bytes around it. */
      readonly method: 'typedstream' | 'marker';
      /** False when part of the body may be missing. */
      readonly complete: boolean;
    }
  | {
      readonly text: null;
      readonly reason: 'wrong-format' | 'damaged' | 'no-text' | 'limit-bytes' | 'limit-depth' | 'limit-count';
    };

// Messages cuts text far below this; a longer body is damage or an attempt to exhaust memory.
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_LINKS = 1_000;
const MAX_VISITED_OBJECTS = 50_000;

// `__kIMLinkAttributeName` is the attribute of Messages (seen in bodies, also named by the imessage-database crate);
// `NSLink` is that of AppKit and UIKit.
const LINK_ATTRIBUTES: ReadonlySet<string> = new Set(['__kIMLinkAttributeName', 'NSLink']);

// The text is a string with the type "+": new string (84), length 1, "+". imessage-database and Py-iMessenger #7
// find the text by the last two of these bytes.
const TEXT_MARKER = [0x01, 0x2b] as const;
const AFTER_TEXT = [0x86, 0x84] as const;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads the text and the links of an attributed body. Never throws: damage gives what could still be read, or a reason.
 *
 * @example
 * const body = decodeAttributedBody(row.attributedBody);
 * if (body.text === null) console.log(body.reason);
 */
export function decodeAttributedBody(bytes: Uint8Array): AttributedBody {
  if (bytes.length > MAX_BODY_BYTES) return { text: null, reason: 'limit-bytes' };
  const { roots, error } = readTypedstream(bytes);
  for (const root of roots) {
    if (!(root instanceof TypedObject)) continue;
    const text = textOf(root);
    if (text !== null) return { text, links: linksOf(root), method: 'typedstream', complete: error === null };
  }
  // Nothing wrong with the archive: it simply is none of a text, and guessing would invent one.
  if (error === null) return { text: null, reason: 'no-text' };
  return textByMarker(bytes) ?? { text: null, reason: error.code };
}

/** Whether a body is worth decoding for its links although its text is known: a cheap look at the bytes. */
export function mayHoldLinkAttribute(bytes: Uint8Array): boolean {
  const buffer = asBuffer(bytes);
  return buffer.includes('kIMLinkAttributeName') || buffer.includes('NSLink');
}

function textOf(value: TypedValue | undefined): string | null {
  if (!(value instanceof TypedObject)) return null;
  if (value.isA('NSString', 'NSMutableString')) {
    const content = value.values[0];
    return content instanceof Uint8Array ? utf8.decode(content) : null;
  }
  // NSMutableAttributedString has NSAttributedString as its parent; a damaged chain may have lost it.
  if (value.isA('NSAttributedString', 'NSMutableAttributedString')) {
    const content = value.values[0];
    return content instanceof TypedObject && content.isA('NSString', 'NSMutableString')
      ? textOf(content)
      : null;
  }
  return null;
}

/** Walks everything the body refers to. References may form circles, hence the visited set. */
function linksOf(root: TypedObject): string[] {
  const links = new Set<string>();
  const visited = new Set<TypedObject>([root]);
  const open: TypedObject[] = [root];
  while (open.length > 0 && visited.size < MAX_VISITED_OBJECTS && links.size < MAX_LINKS) {
    const object = open.pop();
    if (!object) break;
    if (object.isA('NSDictionary', 'NSMutableDictionary')) collectLinks(object, links);
    for (const value of object.values) {
      if (!(value instanceof TypedObject) || visited.has(value)) continue;
      visited.add(value);
      open.push(value);
    }
  }
  return [...links];
}

/** A dictionary is a count, then key, value, key, value … */
function collectLinks(dictionary: TypedObject, links: Set<string>): void {
  for (let index = 1; index + 1 < dictionary.values.length; index += 2) {
    const name = textOf(dictionary.values[index]);
    if (name === null || !LINK_ATTRIBUTES.has(name)) continue;
    const link = addressOf(dictionary.values[index + 1]);
    if (link) links.add(link);
  }
}

/** An NSURL holds a flag, then its address, after a base address when it is relative to one. */
function addressOf(value: TypedValue | undefined): string | null {
  if (!(value instanceof TypedObject)) return null;
  if (!value.isA('NSURL')) return textOf(value);
  const parts = value.values.flatMap((part) => {
    if (part instanceof TypedObject) return addressOrText(part) ?? [];
    return [];
  });
  return parts.find((part) => /^[a-z][a-z0-9+.-]*:/i.test(part)) ?? parts[0] ?? null;
}

// One level only: a base address that is itself relative does not occur, and a circle of them must not hang.
function addressOrText(value: TypedObject): string | null {
  if (value.isA('NSURL'))
    return value.values.map((part) => textOf(part)).find((text) => text !== null) ?? null;
  return textOf(value);
}

/** Fallback for archives that cannot be followed: the marker, a length, the text, and 86 84 behind it. */
function textByMarker(bytes: Uint8Array): AttributedBody | null {
  // Without the name of a string class before them, two bytes prove nothing: the bytes are something else.
  const buffer = asBuffer(bytes);
  const className = Math.max(buffer.indexOf('NSString'), buffer.indexOf('NSMutableString'));
  const marker = className === -1 ? -1 : indexOfPair(bytes, TEXT_MARKER, className);
  if (marker === -1) return null;
  const lengthAt = marker + 2;
  const head = bytes[lengthAt];
  if (head === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = lengthAt + 1;
  let length = head;
  if (head === 0x81 && lengthAt + 3 <= bytes.length) {
    length = view.getUint16(lengthAt + 1, true);
    start += 2;
  } else if (head === 0x82 && lengthAt + 5 <= bytes.length) {
    length = view.getUint32(lengthAt + 1, true);
    start += 4;
  } else if (head >= 0x80 && head <= 0x91) {
    return null;
  }
  let end = start + length;
  if (end > bytes.length) {
    const closing = indexOfPair(bytes, AFTER_TEXT, start);
    end = closing === -1 ? bytes.length : closing;
  }
  const text = utf8.decode(bytes.subarray(start, end)).replace(/\uFFFD+$/, '');
  return text === '' ? null : { text, links: [], method: 'marker', complete: false };
}

function indexOfPair(bytes: Uint8Array, pair: readonly [number, number], from: number): number {
  for (let index = bytes.indexOf(pair[0], from); index !== -1; index = bytes.indexOf(pair[0], index + 1))
    if (bytes[index + 1] === pair[1]) return index;
  return -1;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
