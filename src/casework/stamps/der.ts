/**
 * ASN.1 elements as a plain tree, read within limits. Lengths may also be indefinite (BER): some authorities wrap their token
 * so, although what is signed inside is DER.
 */
import { StampError } from './stamp-error.js';

/** Real replies have 2 to 10 kB; long chains and revocation lists can make more of it. */
export const MAX_DER_BYTES = 262_144;
const MAX_DEPTH = 32;
const MAX_NODES = 10_000;

export interface DerNode {
  /** Tag octet without the bit for constructed: 0x10 is SEQUENCE, 0x80 the context tag [0]. */
  readonly tag: number;
  readonly constructed: boolean;
  /** Where the element begins in what was read. */
  readonly offset: number;
  /** The whole element as it stands, tag and length included. */
  readonly raw: Uint8Array;
  /** What is between the length and the end. */
  readonly content: Uint8Array;
  readonly children: readonly DerNode[];
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x10,
  set: 0x11,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmp: 0x1e,
} as const;

/** Tag of `[n]` of a context. */
export const context = (number: number): number => 0x80 + number;

/** Reads one element that fills the bytes. @throws StampError */
export function readDer(given: Uint8Array): DerNode {
  if (given.length === 0) throw new StampError('empty', 'byte 0');
  if (given.length > MAX_DER_BYTES) throw new StampError('limit-bytes', `byte ${MAX_DER_BYTES}`);
  // Copied: nodes point into it, and what was checked must not change afterwards.
  const bytes = new Uint8Array(given);
  if (bytes[0] !== 0x30) throw new StampError('wrong-format', 'byte 0');
  const { node, end } = new ElementReader(bytes).element(0, bytes.length, 0);
  if (end !== bytes.length) throw new StampError('trailing-bytes', `byte ${end}`);
  return node;
}

class ElementReader {
  private count = 0;

  constructor(private readonly bytes: Uint8Array) {}

  element(offset: number, limit: number, depth: number): { node: DerNode; end: number } {
    this.count += 1;
    if (this.count > MAX_NODES) throw new StampError('limit-count', `byte ${offset}`);
    if (depth > MAX_DEPTH) throw new StampError('limit-depth', `byte ${offset}`);
    const first = this.byte(offset, limit);
    // Tag numbers above 30 take further bytes; nothing that belongs here has one.
    if ((first & 0x1f) === 0x1f) throw new StampError('not-supported', `byte ${offset}`);
    const tag = first & ~0x20;
    const constructed = (first & 0x20) !== 0;
    const lengthByte = this.byte(offset + 1, limit);
    if (lengthByte === 0x80) return this.indefinite(tag, constructed, offset, limit, depth);
    const extra = lengthByte > 0x80 ? lengthByte & 0x7f : 0;
    if (extra > 4) throw new StampError('damaged', `byte ${offset + 1}`);
    let length = extra === 0 ? lengthByte : 0;
    for (let i = 0; i < extra; i += 1) length = length * 256 + this.byte(offset + 2 + i, limit);
    const start = offset + 2 + extra;
    const end = start + length;
    if (end > limit) throw new StampError('damaged', `byte ${offset + 1}`);
    const children: DerNode[] = [];
    for (let at = start; constructed && at < end; ) {
      const child = this.element(at, end, depth + 1);
      children.push(child.node);
      at = child.end;
    }
    return { node: this.node(tag, constructed, offset, start, end, end, children), end };
  }

  private indefinite(
    tag: number,
    constructed: boolean,
    offset: number,
    limit: number,
    depth: number,
  ): { node: DerNode; end: number } {
    if (!constructed) throw new StampError('damaged', `byte ${offset + 1}`);
    const children: DerNode[] = [];
    let at = offset + 2;
    // Ends with two zero bytes in the place of a further element.
    while (this.byte(at, limit) !== 0 || this.byte(at + 1, limit) !== 0) {
      const child = this.element(at, limit, depth + 1);
      children.push(child.node);
      at = child.end;
    }
    return { node: this.node(tag, constructed, offset, offset + 2, at, at + 2, children), end: at + 2 };
  }

  private node(
    tag: number,
    constructed: boolean,
    offset: number,
    start: number,
    contentEnd: number,
    end: number,
    children: readonly DerNode[],
  ): DerNode {
    const raw = this.bytes.subarray(offset, end);
    return { tag, constructed, offset, raw, content: this.bytes.subarray(start, contentEnd), children };
  }

  private byte(offset: number, limit: number): number {
    const value = offset < limit ? this.bytes[offset] : undefined;
    if (value === undefined) throw new StampError('damaged', `byte ${offset}`);
    return value;
  }
}

/** Fields of a structure, taken in order. Every structure says what it expects; all else is `damaged` at its place. */
export class Fields {
  private index = 0;

  private constructor(private readonly node: DerNode) {}

  static of(node: DerNode, tag: number = TAG.sequence): Fields {
    if (node.tag !== tag || !node.constructed) throw damaged(node);
    return new Fields(node);
  }

  /** The next field, which must have this tag where one is given. */
  next(tag?: number): DerNode {
    const field = this.node.children[this.index];
    if (field === undefined || (tag !== undefined && field.tag !== tag)) throw damaged(field ?? this.node);
    this.index += 1;
    return field;
  }

  /** The next field when it has this tag, else null. */
  optional(tag: number): DerNode | null {
    const field = this.node.children[this.index];
    if (field?.tag !== tag) return null;
    this.index += 1;
    return field;
  }

  end(): void {
    const field = this.node.children[this.index];
    if (field !== undefined) throw damaged(field);
  }
}

/** What `read` gives, or `otherwise` where what it reads is damaged. */
export function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof StampError) return otherwise;
    throw error;
  }
}

export function damaged(node: DerNode): StampError {
  return new StampError('damaged', `byte ${node.offset}`);
}

/** The single element inside an EXPLICIT tag. */
export function onlyChild(node: DerNode): DerNode {
  const [child, another] = node.children;
  if (child === undefined || another !== undefined) throw damaged(node);
  return child;
}

function primitive(node: DerNode, tag: number): Uint8Array {
  if (node.tag !== tag || node.constructed) throw damaged(node);
  return node.content;
}

/** Dotted form of an OBJECT IDENTIFIER. Arcs may be long (2.25 is followed by a UUID). */
export function oidOf(node: DerNode): string {
  const content = primitive(node, TAG.oid);
  const last = content.at(-1);
  if (last === undefined || last >= 0x80 || content.length > 64) throw damaged(node);
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of content) {
    arc = arc * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) {
      const top = arc < 80n ? arc / 40n : 2n;
      arcs.push(top, arc - top * 40n);
    } else {
      arcs.push(arc);
    }
    arc = 0n;
  }
  return arcs.join('.');
}

/** Lower-case hex of an INTEGER without leading zeros, "-" before a negative one. */
export function integerHexOf(node: DerNode): string {
  return integerBytesHex(primitive(node, TAG.integer), node);
}

function integerBytesHex(content: Uint8Array, node: DerNode): string {
  const hex = Buffer.from(content).toString('hex');
  if (hex === '') throw damaged(node);
  const value = BigInt(`0x${hex}`);
  return ((content[0] ?? 0) < 0x80 ? value : value - (1n << BigInt(4 * hex.length))).toString(16);
}

/** A small, non-negative INTEGER; `tag` for one under an IMPLICIT tag. */
export function smallIntegerOf(node: DerNode, tag: number = TAG.integer): number {
  const content = primitive(node, tag);
  if (content.length === 0 || content.length > 5 || (content[0] ?? 0) >= 0x80) throw damaged(node);
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

export function booleanOf(node: DerNode): boolean {
  const content = primitive(node, TAG.boolean);
  if (content.length !== 1) throw damaged(node);
  return content[0] !== 0;
}

/** Bytes of an OCTET STRING, put together where BER has it in pieces. */
export function octetsOf(node: DerNode): Uint8Array {
  if (node.tag !== TAG.octetString) throw damaged(node);
  if (!node.constructed) return node.content;
  return new Uint8Array(Buffer.concat(node.children.map((piece) => primitive(piece, TAG.octetString))));
}

/** Bytes of a BIT STRING that holds whole bytes (keys, signatures). */
export function wholeBytesOf(node: DerNode): Uint8Array {
  const content = primitive(node, TAG.bitString);
  if (content[0] !== 0) throw damaged(node);
  return content.subarray(1);
}

/** Numbers of the bits that are set in a BIT STRING of flags, the first bit being 0. */
export function flagsOf(node: DerNode): number[] {
  const bytes = primitive(node, TAG.bitString).subarray(1, 9);
  const flags: number[] = [];
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit += 1) if (byte & (0x80 >> bit)) flags.push(8 * index + bit);
  });
  return flags;
}

/** Text of the string types that names use; null for another type. */
export function textOf(node: DerNode): string | null {
  if (node.constructed) return null;
  const bytes = Buffer.from(node.content);
  switch (node.tag) {
    case TAG.utf8:
      return bytes.toString('utf8');
    case TAG.printable:
    case TAG.ia5:
    case TAG.teletex:
      return bytes.toString('latin1');
    case TAG.bmp:
      return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : null;
    default:
      return null;
  }
}

/** UTCTime or GeneralizedTime in UTC, in the stored form. Digits beyond the microsecond are cut off. */
export function timeOf(node: DerNode): string {
  const text = Buffer.from(node.content).toString('latin1');
  const form =
    node.tag === TAG.utcTime
      ? /^(?<year>\d\d)(?<month>\d\d)(?<day>\d\d)(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)Z$/
      : /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)(?:\.(?<fraction>\d{1,20}))?Z$/;
  const parts = node.tag === TAG.utcTime || node.tag === TAG.generalizedTime ? form.exec(text)?.groups : null;
  if (!parts || node.constructed) throw damaged(node);
  const { year = '', month, day, hour, minute, second, fraction = '' } = parts;
  // RFC 5280, 4.1.2.5.1: two digits from 50 on are of the twentieth century.
  const fullYear = year.length === 4 ? year : `${Number(year) >= 50 ? '19' : '20'}${year}`;
  const seconds = `${fullYear}-${month}-${day}T${hour}:${minute}:${second}`;
  const read = new Date(`${seconds}Z`);
  // A 30th of February would otherwise slide into March.
  if (Number.isNaN(read.getTime()) || !read.toISOString().startsWith(seconds)) throw damaged(node);
  return `${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

const NAME_PARTS: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** A distinguished name as text, in its own order: `C=MX, O=Ejemplo, CN=Autoridad`. */
export function nameText(name: DerNode): string {
  if (name.tag !== TAG.sequence || !name.constructed) throw damaged(name);
  return name.children
    .flatMap((relative) => relative.children)
    .map((pair) => {
      const fields = Fields.of(pair);
      const type = oidOf(fields.next(TAG.oid));
      const value = fields.next();
      const text = textOf(value) ?? `#${Buffer.from(value.raw).toString('hex')}`;
      // So that a value cannot pose as further parts of the name.
      return `${NAME_PARTS[type] ?? type}=${text.replace(/[\\,=+]/g, '\\$&')}`;
    })
    .join(', ');
}
