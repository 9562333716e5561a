import { newDictionary, PlistError, type PlistLimits, PlistUid, type PlistValue, setEntry } from './value.js';

// The format: comment at the head of Apple's CFBinaryPList.c (opensource.apple.com). "bplist00", objects, a table of
// their offsets, and a trailer of 32 bytes. The later, undocumented "bplist15" to "bplist17" are other formats.
const HEADER_BYTES = 8;
const TRAILER_BYTES = 32;
// 2001-01-01 UTC in milliseconds, from which dates count seconds.
const APPLE_EPOCH_MILLISECONDS = 978_307_200_000;
// An honest file stores every byte of content once. Many objects laid over the same bytes would let a small file
// ask for any amount of memory, so content may be read this many times over, on average, and not more.
const MAX_TIMES_EACH_BYTE = 4;

// What is known of an object besides its value: not read yet, being read, or read (then 1 + its height).
const UNREAD = 0;
const OPEN = -1;

export function isBinaryPlist(bytes: Uint8Array): boolean {
  return (
    bytes.byteLength >= HEADER_BYTES &&
    bytes[0] === 0x62 && // "bplist0", then any digit: Apple's reader takes 00 and 01 alike
    bytes[1] === 0x70 &&
    bytes[2] === 0x6c &&
    bytes[3] === 0x69 &&
    bytes[4] === 0x73 &&
    bytes[5] === 0x74 &&
    bytes[6] === 0x30
  );
}

/**
 * Reads a binary property list. Every object is read at most once, however often it is referred to, so the cost is
 * bounded by the file and not by the graph it describes.
 *
 * @internal use parsePlist
 */
export function parseBinaryPlist(bytes: Uint8Array, limits: PlistLimits): PlistValue {
  return new BinaryReader(bytes, limits).root();
}

class BinaryReader {
  readonly #bytes: Uint8Array;
  /** The same memory, for text. */
  readonly #buffer: Buffer;
  readonly #maxDepth: number;
  readonly #offsetSize: number;
  readonly #referenceSize: number;
  readonly #objectCount: number;
  readonly #rootIndex: number;
  readonly #tableOffset: number;
  readonly #values: PlistValue[] = [];
  readonly #states: Int32Array;
  #elementsLeft: number;
  #bytesLeft: number;
  // Set by #payload: where the content of the object begins and how long it says it is.
  #start = 0;
  #count = 0;
  // Set by #read: how many containers lie inside each other in the value just given.
  #height = 0;

  constructor(bytes: Uint8Array, limits: PlistLimits) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const trailer = bytes.byteLength - TRAILER_BYTES;
    if (trailer < HEADER_BYTES) throw new PlistError('damaged', bytes.byteLength, 'cut short');
    this.#offsetSize = this.#unsigned(trailer + 6, 1);
    this.#referenceSize = this.#unsigned(trailer + 7, 1);
    this.#objectCount = this.#unsigned(trailer + 8, 8);
    this.#rootIndex = this.#unsigned(trailer + 16, 8);
    this.#tableOffset = this.#unsigned(trailer + 24, 8);
    const isSane =
      this.#offsetSize >= 1 &&
      this.#offsetSize <= 8 &&
      this.#referenceSize >= 1 &&
      this.#referenceSize <= 8 &&
      this.#rootIndex < this.#objectCount &&
      this.#tableOffset > HEADER_BYTES &&
      this.#tableOffset + this.#objectCount * this.#offsetSize <= trailer;
    if (!isSane) throw new PlistError('damaged', trailer, 'trailer does not fit the file');
    if (this.#objectCount > limits.maxObjects) throw new PlistError('limit-count', trailer + 8);
    this.#maxDepth = limits.maxDepth;
    this.#elementsLeft = limits.maxElements;
    this.#bytesLeft = MAX_TIMES_EACH_BYTE * bytes.byteLength;
    this.#states = new Int32Array(this.#objectCount);
  }

  root(): PlistValue {
    return this.#read(this.#rootIndex, 0, this.#tableOffset);
  }

  /** @param place where the reference to the object stands, for the error message */
  #read(index: number, depth: number, place: number): PlistValue {
    if (index >= this.#objectCount) throw new PlistError('damaged', place, 'reference to no object');
    const state = this.#states[index] ?? UNREAD;
    if (state > UNREAD) {
      this.#height = state - 1;
      // A shared object may stand deeper here than where it was read first.
      if (depth + this.#height > this.#maxDepth) throw new PlistError('limit-depth', place);
      return this.#values[index] ?? null;
    }
    if (state === OPEN) throw new PlistError('damaged', place, 'object contains itself');

    const tablePlace = this.#tableOffset + index * this.#offsetSize;
    const offset = this.#unsigned(tablePlace, this.#offsetSize);
    if (offset < HEADER_BYTES || offset >= this.#tableOffset)
      throw new PlistError('damaged', tablePlace, 'offset outside the objects');

    const marker = this.#bytes[offset] ?? 0;
    const type = marker >> 4;
    let value: PlistValue;
    if (type >= 0xa) {
      if (depth >= this.#maxDepth) throw new PlistError('limit-depth', offset);
      this.#states[index] = OPEN;
      if (type === 0xd) value = this.#dictionary(offset, marker, depth + 1);
      // Ordered sets (0xb) and sets (0xc) become arrays.
      else if (type <= 0xc) value = this.#array(offset, marker, depth + 1);
      else throw new PlistError('damaged', offset, 'unknown object type');
    } else {
      value = this.#scalar(offset, marker, type);
      this.#height = 0;
    }
    this.#values[index] = value;
    this.#states[index] = this.#height + 1;
    return value;
  }

  #scalar(offset: number, marker: number, type: number): PlistValue {
    switch (type) {
      case 0x5:
        this.#payload(offset, marker, 1);
        return this.#singleByteText(this.#start, this.#count);
      case 0x1:
        return this.#integer(offset, marker);
      case 0x8:
        return this.#uid(offset, marker);
      case 0x4:
        this.#payload(offset, marker, 1);
        return copyOf(this.#bytes, this.#start, this.#count);
      case 0x6:
        this.#payload(offset, marker, 2);
        return this.#doubleByteText(this.#start, this.#count);
      case 0x2:
        if (marker === 0x23) return this.#real(offset, 8);
        if (marker === 0x22) return this.#real(offset, 4);
        break;
      case 0x3:
        if (marker === 0x33)
          return new Date(Math.round(this.#real(offset, 8) * 1000) + APPLE_EPOCH_MILLISECONDS);
        break;
      case 0x0:
        if (marker === 0x00) return null;
        if (marker === 0x08) return false;
        if (marker === 0x09) return true;
        break;
    }
    throw new PlistError('damaged', offset, 'unknown object type');
  }

  #array(offset: number, marker: number, depth: number): PlistValue {
    const size = this.#referenceSize;
    this.#payload(offset, marker, size);
    const count = this.#count;
    this.#takeElements(count, offset);
    const array: PlistValue[] = [];
    let place = this.#start;
    let height = 0;
    for (let index = 0; index < count; index += 1) {
      array.push(this.#read(this.#unsigned(place, size), depth, place));
      if (this.#height > height) height = this.#height;
      place += size;
    }
    this.#height = height + 1;
    return array;
  }

  #dictionary(offset: number, marker: number, depth: number): PlistValue {
    const size = this.#referenceSize;
    this.#payload(offset, marker, size * 2);
    const count = this.#count;
    this.#takeElements(count * 2, offset);
    const dictionary = newDictionary();
    let keyPlace = this.#start;
    let valuePlace = keyPlace + count * size;
    let height = 0;
    for (let index = 0; index < count; index += 1) {
      const key = this.#read(this.#unsigned(keyPlace, size), depth, keyPlace);
      if (this.#height > height) height = this.#height;
      const value = this.#read(this.#unsigned(valuePlace, size), depth, valuePlace);
      if (this.#height > height) height = this.#height;
      setEntry(dictionary, key, value, index, keyPlace);
      keyPlace += size;
      valuePlace += size;
    }
    this.#height = height + 1;
    return dictionary;
  }

  #takeElements(count: number, offset: number): void {
    this.#elementsLeft -= count;
    if (this.#elementsLeft < 0) throw new PlistError('limit-count', offset);
  }

  /** Finds the content of an object that has a count, and checks that it lies inside the file. */
  #payload(offset: number, marker: number, unitBytes: number): void {
    let count = marker & 0xf;
    let start = offset + 1;
    if (count === 0xf) {
      // Counts from 15 on are an integer object of their own behind the marker.
      const countMarker = start < this.#tableOffset ? (this.#bytes[start] ?? 0) : 0;
      const countSize = 1 << (countMarker & 0xf);
      if (countMarker >> 4 !== 0x1 || countSize > 8 || start + 1 + countSize > this.#tableOffset)
        throw new PlistError('damaged', start, 'count is no integer');
      count = this.#unsigned(start + 1, countSize);
      start += 1 + countSize;
    }
    const sizeBytes = count * unitBytes;
    if (start + sizeBytes > this.#tableOffset)
      throw new PlistError('damaged', offset, 'longer than the file');
    this.#bytesLeft -= sizeBytes;
    if (this.#bytesLeft < 0) throw new PlistError('limit-bytes', offset, 'objects overlap');
    this.#start = start;
    this.#count = count;
  }

  #fixedPayload(offset: number, sizeBytes: number): number {
    if (offset + 1 + sizeBytes > this.#tableOffset)
      throw new PlistError('damaged', offset, 'longer than the file');
    return offset + 1;
  }

  /** One, two and four bytes are unsigned; eight and sixteen are signed, in two's complement. */
  #integer(offset: number, marker: number): number | bigint {
    const power = marker & 0xf;
    if (power > 4) throw new PlistError('damaged', offset, 'unknown object type');
    const start = this.#fixedPayload(offset, 1 << power);
    if (power < 3) return this.#unsigned(start, 1 << power);
    if (power === 4) {
      const value = (this.#buffer.readBigInt64BE(start) << 64n) | this.#buffer.readBigUInt64BE(start + 8);
      return exact(value);
    }
    const value = this.#buffer.readInt32BE(start) * 0x1_0000_0000 + this.#buffer.readUInt32BE(start + 4);
    return Number.isSafeInteger(value) ? value : exact(this.#buffer.readBigInt64BE(start));
  }

  #real(offset: number, sizeBytes: 4 | 8): number {
    const start = this.#fixedPayload(offset, sizeBytes);
    return sizeBytes === 8 ? this.#buffer.readDoubleBE(start) : this.#buffer.readFloatBE(start);
  }

  #uid(offset: number, marker: number): PlistUid {
    const size = (marker & 0xf) + 1;
    const start = this.#fixedPayload(offset, size);
    const value = this.#unsigned(start, size);
    if (!Number.isSafeInteger(value)) throw new PlistError('damaged', offset, 'UID out of range');
    return new PlistUid(value);
  }

  /** Big-endian. Beyond 2^53 the result is inexact, but then larger than any file and refused by every caller. */
  #unsigned(start: number, sizeBytes: number): number {
    const bytes = this.#bytes;
    let value = bytes[start] ?? 0;
    for (let index = start + 1; index < start + sizeBytes; index += 1)
      value = value * 256 + (bytes[index] ?? 0);
    return value;
  }

  /** ASCII by the format; bytes above 127, which should not be there, are kept as Latin-1 and not lost. */
  #singleByteText(start: number, count: number): string {
    if (count > MAX_KEPT_TEXT) return this.#buffer.toString('latin1', start, start + count);
    const bytes = this.#bytes;
    const end = start + count;
    let hash = count;
    for (let index = start; index < end; index += 1) hash = (Math.imul(hash, 31) + (bytes[index] ?? 0)) | 0;
    hash = (hash ^ (hash >>> 15)) & (KEPT_TEXTS - 1);
    const kept = keptTexts[hash];
    if (kept !== undefined && kept.length === count) {
      let index = 0;
      while (index < count && kept.charCodeAt(index) === bytes[start + index]) index += 1;
      if (index === count) return kept;
    }
    const text = this.#buffer.toString('latin1', start, end);
    keptTexts[hash] = text;
    return text;
  }

  /** UTF-16BE. Lone surrogates are kept as they are. */
  #doubleByteText(start: number, count: number): string {
    const swapped = Buffer.from(this.#buffer.subarray(start, start + count * 2)).swap16();
    return swapped.toString('utf16le');
  }
}

/**
 * Short texts met lately, by hash. A phone's manifest holds 300,000 archives with the same thirty keys each; giving
 * the same string again spares the allocation and lets dictionary look-ups compare by identity.
 */
const KEPT_TEXTS = 4096;
const MAX_KEPT_TEXT = 40;
const keptTexts: (string | undefined)[] = new Array<string | undefined>(KEPT_TEXTS).fill(undefined);

function copyOf(bytes: Uint8Array, start: number, count: number): Uint8Array {
  // A copy, so that a few bytes kept by a record do not keep a whole file in memory.
  const copy = new Uint8Array(count);
  copy.set(bytes.subarray(start, start + count));
  return copy;
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
