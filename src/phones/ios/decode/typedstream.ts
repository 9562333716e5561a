/**
 * Reader for typedstream archives (NSArchiver), as far as attributed strings need it. Apple never published the
 * format; it is described by the Objective-C runtime of Darwin 0.1 (`typedstream.h`, `typedstream.m`), by the
 * documentation of python-typedstream and by that of the imessage-database crate. Written from those descriptions.
 */

/** What a typed value may be once read. Byte arrays and strings stay bytes: their encoding is the class's business. */
export type TypedValue =
  | null
  | number
  | bigint
  | Uint8Array
  | TypedObject
  | TypedClass
  | readonly TypedValue[];

export class TypedClass {
  constructor(
    readonly name: string,
    readonly superclass: TypedClass | null,
  ) {}
}

export class TypedObject {
  /** Set once its class chain was read; an object can be referred to before it is complete. */
  class: TypedClass | null = null;
  /** Values in the order they were written; the format has no names for them. */
  readonly values: TypedValue[] = [];
  /** False while, or when, the archive ended inside this object. */
  complete = false;

  /** Whether the object's class, or one of its parents, has one of the names. */
  isA(...names: readonly string[]): boolean {
    let depth = 0;
    for (let c = this.class; c && depth < MAX_CLASS_CHAIN; c = c.superclass, depth += 1)
      if (names.includes(c.name)) return true;
    return false;
  }
}

export type TypedstreamErrorCode = 'wrong-format' | 'damaged' | 'limit-depth' | 'limit-count';

/** The archive cannot be read any further. */
export class TypedstreamError extends Error {
  override readonly name = 'TypedstreamError';

  constructor(
    readonly code: TypedstreamErrorCode,
    readonly offset: number,
  ) {
    super(`${code} at byte ${offset}`);
  }
}

export interface TypedstreamResult {
  /** Values at the top, as far as they could be read. */
  readonly roots: readonly TypedValue[];
  /** Null when the archive was read to its end. */
  readonly error: TypedstreamError | null;
}

// Bodies seen nest 6 deep. A stack of 64 is beyond every honest one and far from exhausting ours.
const MAX_DEPTH = 64;
const MAX_CLASS_CHAIN = 64;
// One value costs a byte at least, except empty arrays and structures, which cost none: hence a limit of its own.
const MAX_VALUES = 200_000;

// Types seen have a handful of characters; long ones repeated by reference would cost time out of proportion.
const MAX_TYPE_LENGTH = 1_000;

const STREAMER_VERSION = 4;
const SIGNATURE_LITTLE_ENDIAN = 'streamtyped';
const SIGNATURE_BIG_ENDIAN = 'typedstream';

const TAG_INTEGER_2 = 0x81;
const TAG_INTEGER_4 = 0x82;
const TAG_FLOATING_POINT = 0x83;
const TAG_NEW = 0x84;
const TAG_NIL = 0x85;
const TAG_END_OF_OBJECT = 0x86;
// Seen in newer archives only: documentation of the imessage-database crate.
const TAG_INTEGER_8 = 0x87;
const LAST_TAG = 0x91;
/** Number of the first reference, chosen one above the last tag so that small references fit one byte. */
const FIRST_REFERENCE = -110;

/**
 * Reads an archive. Damage never throws: what was read before it is returned together with the error.
 *
 * @example
 * const { roots, error } = readTypedstream(bytes);
 */
export function readTypedstream(bytes: Uint8Array): TypedstreamResult {
  const roots: TypedValue[] = [];
  try {
    new TypedstreamReader(bytes).readInto(roots);
    return { roots, error: null };
  } catch (error) {
    if (error instanceof TypedstreamError) return { roots, error };
    throw error;
  }
}

class TypedstreamReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;
  #littleEndian = true;
  #depth = 0;
  #valueCount = 0;
  readonly #sharedStrings: Uint8Array[] = [];
  readonly #sharedTypes: string[] = [];
  /** Objects, classes and C strings share one numbering. */
  readonly #sharedObjects: (TypedObject | TypedClass | Uint8Array)[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readInto(roots: TypedValue[]): void {
    this.#readHeader();
    while (this.#offset < this.#bytes.length) this.#readGroup(roots);
  }

  #readHeader(): void {
    if (this.#bytes.length < 2 + SIGNATURE_LITTLE_ENDIAN.length || this.#bytes[0] !== STREAMER_VERSION)
      throw this.#error('wrong-format');
    this.#offset = 1;
    const signature = latin1(this.#take(this.#readUnsigned()));
    if (signature === SIGNATURE_BIG_ENDIAN) this.#littleEndian = false;
    else if (signature !== SIGNATURE_LITTLE_ENDIAN) throw this.#error('wrong-format');
    this.#readUnsigned(); // system version: 1000 in every archive seen
  }

  /** A type string, then one value per type in it. */
  #readGroup(target: TypedValue[]): void {
    const types = this.#readSharedType();
    if (types === null || types === '' || types.length > MAX_TYPE_LENGTH) throw this.#error('damaged');
    let position = 0;
    while (position < types.length) position = this.#readValue(types, position, target);
  }

  /** Reads the value whose type starts at `position`; returns the position behind that type. */
  #readValue(types: string, position: number, target: TypedValue[]): number {
    this.#valueCount += 1;
    if (this.#valueCount > MAX_VALUES) throw this.#error('limit-count');
    const type = types[position];
    switch (type) {
      case 'c':
      case 'B':
        target.push((this.#byte() << 24) >> 24);
        break;
      case 'C':
        target.push(this.#byte());
        break;
      case 's':
      case 'i':
      case 'l':
      case 'q':
        target.push(this.#readSigned());
        break;
      case 'S':
      case 'I':
      case 'L':
      case 'Q':
        target.push(this.#readUnsignedValue());
        break;
      case 'f':
        target.push(this.#readFloating(4));
        break;
      case 'd':
        target.push(this.#readFloating(8));
        break;
      case '@':
        this.#readObject(target);
        break;
      case '#':
        target.push(this.#readClass());
        break;
      case '+':
        target.push(this.#readUnsharedString());
        break;
      case '*':
        target.push(this.#readCString());
        break;
      case '%':
      case ':':
        target.push(this.#readSharedString());
        break;
      case '!':
        target.push(null);
        break;
      case '[':
        return this.#readArray(types, position, target);
      case '{':
        return this.#readStructure(types, position, target);
      default:
        throw this.#error('damaged');
    }
    return position + 1;
  }

  /** `[12c]`: a count, then the type of the elements. */
  #readArray(types: string, position: number, target: TypedValue[]): number {
    this.#enter();
    let start = position + 1;
    let length = 0;
    for (; start < types.length; start += 1) {
      const digit = types.charCodeAt(start) - 48;
      if (digit < 0 || digit > 9) break;
      length = length * 10 + digit;
      if (length > this.#bytes.length) throw this.#error('damaged');
    }
    const elementType = types[start];
    let end: number;
    if (elementType === 'c' || elementType === 'C') {
      target.push(this.#take(length));
      end = start + 1;
    } else {
      const elements: TypedValue[] = [];
      end = start;
      for (let index = 0; index < length; index += 1) end = this.#readValue(types, start, elements);
      if (length === 0) end = skipType(types, start);
      target.push(elements);
    }
    if (types[end] !== ']') throw this.#error('damaged');
    this.#depth -= 1;
    return end + 1;
  }

  /** `{name=ff}`: a name nobody needs, then the types of the fields. */
  #readStructure(types: string, position: number, target: TypedValue[]): number {
    this.#enter();
    const equals = types.indexOf('=', position);
    if (equals === -1) throw this.#error('damaged');
    const fields: TypedValue[] = [];
    let next = equals + 1;
    while (next < types.length && types[next] !== '}') next = this.#readValue(types, next, fields);
    if (types[next] !== '}') throw this.#error('damaged');
    target.push(fields);
    this.#depth -= 1;
    return next + 1;
  }

  #readObject(target: TypedValue[]): void {
    const head = this.#byte();
    if (head === TAG_NIL) {
      target.push(null);
      return;
    }
    if (head !== TAG_NEW) {
      const referred = this.#sharedObjects[this.#reference(head)];
      if (!(referred instanceof TypedObject)) throw this.#error('damaged');
      target.push(referred);
      return;
    }
    this.#enter();
    const object = new TypedObject();
    // Given to its parent before it is read, so that an archive cut short still gives its beginning.
    target.push(object);
    // Numbered before its class: that is the order the writer numbers them in.
    this.#sharedObjects.push(object);
    object.class = this.#readClass();
    while (this.#peek() !== TAG_END_OF_OBJECT) this.#readGroup(object.values);
    this.#offset += 1;
    object.complete = true;
    this.#depth -= 1;
  }

  /** A class is followed by its parent, up to one already written or to nil. */
  #readClass(): TypedClass | null {
    const chain: { name: string; slot: number }[] = [];
    let parent: TypedClass | null = null;
    for (;;) {
      const head = this.#byte();
      if (head === TAG_NIL) break;
      if (head !== TAG_NEW) {
        const referred = this.#sharedObjects[this.#reference(head)];
        if (!(referred instanceof TypedClass) || referred === PENDING) throw this.#error('damaged');
        parent = referred;
        break;
      }
      const name = this.#readSharedString();
      if (!name) throw this.#error('damaged');
      this.#readSigned(); // class version
      chain.push({ name: latin1(name), slot: this.#sharedObjects.length });
      if (chain.length > MAX_CLASS_CHAIN) throw this.#error('limit-depth');
      // The slot is filled below, when the parent is known; nothing can refer to it in between.
      this.#sharedObjects.push(PENDING);
    }
    for (const { name, slot } of chain.reverse()) {
      parent = new TypedClass(name, parent);
      this.#sharedObjects[slot] = parent;
    }
    return parent;
  }

  #readCString(): Uint8Array | null {
    const head = this.#byte();
    if (head === TAG_NIL) return null;
    if (head !== TAG_NEW) {
      const referred = this.#sharedObjects[this.#reference(head)];
      if (referred instanceof Uint8Array) return referred;
      throw this.#error('damaged');
    }
    const content = this.#readSharedString();
    if (content === null) throw this.#error('damaged');
    this.#sharedObjects.push(content);
    return content;
  }

  #readUnsharedString(): Uint8Array | null {
    if (this.#peek() === TAG_NIL) {
      this.#offset += 1;
      return null;
    }
    return this.#take(this.#readUnsigned());
  }

  #readSharedString(): Uint8Array | null {
    const index = this.#readSharedIndex();
    return index === null ? null : (this.#sharedStrings[index] ?? null);
  }

  #readSharedType(): string | null {
    const index = this.#readSharedIndex();
    if (index === null) return null;
    const known = this.#sharedTypes[index];
    if (known !== undefined) return known;
    const bytes = this.#sharedStrings[index];
    if (!bytes) return null;
    const type = latin1(bytes);
    this.#sharedTypes[index] = type;
    return type;
  }

  #readSharedIndex(): number | null {
    const head = this.#byte();
    if (head === TAG_NIL) return null;
    if (head === TAG_NEW) return this.#sharedStrings.push(this.#take(this.#readUnsigned())) - 1;
    const index = this.#reference(head);
    if (this.#sharedStrings[index] === undefined) throw this.#error('damaged');
    return index;
  }

  #reference(head: number): number {
    const value = this.#integer(head, true);
    if (typeof value === 'bigint') throw this.#error('damaged');
    return value - FIRST_REFERENCE;
  }

  #readSigned(): number | bigint {
    return this.#integer(this.#byte(), true);
  }

  #readUnsignedValue(): number | bigint {
    return this.#integer(this.#byte(), false);
  }

  /** An unsigned integer used as a length. */
  #readUnsigned(): number {
    const value = this.#readUnsignedValue();
    if (typeof value === 'bigint') throw this.#error('damaged');
    return value;
  }

  #integer(head: number, signed: boolean): number | bigint {
    if (head === TAG_INTEGER_2) {
      const at = this.#skip(2);
      return signed
        ? this.#view.getInt16(at, this.#littleEndian)
        : this.#view.getUint16(at, this.#littleEndian);
    }
    if (head === TAG_INTEGER_4) {
      const at = this.#skip(4);
      return signed
        ? this.#view.getInt32(at, this.#littleEndian)
        : this.#view.getUint32(at, this.#littleEndian);
    }
    if (head === TAG_INTEGER_8) {
      const at = this.#skip(8);
      return signed
        ? this.#view.getBigInt64(at, this.#littleEndian)
        : this.#view.getBigUint64(at, this.#littleEndian);
    }
    if (head >= 0x80 && head <= LAST_TAG) throw this.#error('damaged');
    return signed ? (head << 24) >> 24 : head;
  }

  #readFloating(size: 4 | 8): number {
    const head = this.#byte();
    if (head !== TAG_FLOATING_POINT) return Number(this.#integer(head, true));
    const at = this.#skip(size);
    return size === 4
      ? this.#view.getFloat32(at, this.#littleEndian)
      : this.#view.getFloat64(at, this.#littleEndian);
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#error('limit-depth');
  }

  #peek(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw this.#error('damaged');
    return byte;
  }

  #byte(): number {
    const byte = this.#peek();
    this.#offset += 1;
    return byte;
  }

  #skip(length: number): number {
    const at = this.#offset;
    if (length > this.#bytes.length - at) throw this.#error('damaged');
    this.#offset = at + length;
    return at;
  }

  #take(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  #error(code: TypedstreamErrorCode): TypedstreamError {
    return new TypedstreamError(code, this.#offset);
  }
}

const PENDING = new TypedClass('', null);

/** The position behind the type at `position`. Only arrays without elements need it: other types are read, not skipped. */
function skipType(types: string, position: number): number {
  let depth = 0;
  for (let index = position; index < types.length; index += 1) {
    const character = types.charAt(index);
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    // The count of an inner array and the name of a structure belong to the type that holds them.
    if (depth === 0) return index + 1;
  }
  return types.length;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length && index <= MAX_TYPE_LENGTH; index += 1)
    text += String.fromCharCode(bytes[index] as number);
  return text;
}
