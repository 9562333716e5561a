import {
  BackwardBits,
  buildFseTable,
  damaged,
  decodeHuffman,
  type FseTable,
  type HuffmanTable,
  readFseTable,
  readHuffmanTable,
  repeatedSymbol,
} from './entropy.js';

/** RFC 8878 3.1.1.2.3: no block is longer, packed or unpacked. */
export const MAX_BLOCK_BYTES = 128 * 1024;
/** Readers of bits look at up to three bytes beside those they want. */
export const PADDING_BYTES = 8;

/** Where a block is written, with what came before it. */
export interface Output {
  bytes: Uint8Array;
  /** Where the next byte goes. */
  end: number;
  /** How far back a copy may reach. */
  reach: number;
}

// RFC 8878 3.1.1.3.2.1.1: least length of a code and how many bits are added to it.
const LITERAL_LENGTH_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  15, 16,
];
const MATCH_LENGTH_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
  2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
];
const LITERAL_LENGTH_BASES = basesOf(LITERAL_LENGTH_BITS, 0);
const MATCH_LENGTH_BASES = basesOf(MATCH_LENGTH_BITS, 3);
const LITERAL_LENGTH_EXTRA = Uint8Array.from(LITERAL_LENGTH_BITS);
const MATCH_LENGTH_EXTRA = Uint8Array.from(MATCH_LENGTH_BITS);

// RFC 8878 3.1.1.3.2.2.
const DEFAULT_LITERAL_LENGTHS = buildFseTable(
  [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
    -1, -1,
  ],
  6,
);
const DEFAULT_MATCH_LENGTHS = buildFseTable(
  [
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
  ],
  6,
);
const DEFAULT_OFFSETS = buildFseTable(
  [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
  5,
);

const LITERAL_LENGTHS = { accuracyLog: 9, symbols: 36, defaults: DEFAULT_LITERAL_LENGTHS };
const OFFSETS = { accuracyLog: 8, symbols: 32, defaults: DEFAULT_OFFSETS };
const MATCH_LENGTHS = { accuracyLog: 9, symbols: 53, defaults: DEFAULT_MATCH_LENGTHS };
/** An offset of so many bits reaches farther than any window that is accepted. */
const MAX_OFFSET_CODE = 28;

/** Decoder of the compressed blocks of one frame: tables and offsets carry over from block to block. */
export class BlockDecoder {
  readonly #literals = new Uint8Array(MAX_BLOCK_BYTES);
  #huffman: HuffmanTable | null = null;
  #literalLengths: FseTable | null = null;
  #offsets: FseTable | null = null;
  #matchLengths: FseTable | null = null;
  #recent: [number, number, number] = [1, 4, 8];
  #literalsEnd = 0;

  /** A new frame begins. */
  reset(): void {
    this.#huffman = null;
    this.#literalLengths = null;
    this.#offsets = null;
    this.#matchLengths = null;
    this.#recent = [1, 4, 8];
  }

  /**
   * Decodes one block, `bytes` from `start` to `end`, with {@link PADDING_BYTES} before and behind it.
   * @throws ZstdError; `output` is then not moved on
   */
  decode(bytes: Uint8Array, start: number, end: number, output: Output, maxBytes: number): void {
    const at = this.#readLiterals(bytes, start, end, maxBytes);
    this.#readSequences(bytes, at, end, output, maxBytes);
  }

  /** RFC 8878 3.1.1.3.1. */
  #readLiterals(bytes: Uint8Array, start: number, end: number, maxBytes: number): number {
    if (start >= end) damaged();
    const first = bytes[start] as number;
    const kind = first & 3;
    const format = (first >> 2) & 3;
    const header = headerNumber(bytes, start);
    if (kind < 2) {
      const headerBytes = (format & 1) === 0 ? 1 : format === 1 ? 2 : 3;
      const size =
        headerBytes === 1 ? first >> 3 : Math.floor(header / 16) % 2 ** (headerBytes === 2 ? 12 : 20);
      const from = start + headerBytes;
      const length = kind === 0 ? size : 1;
      if (size > maxBytes || from + length > end) damaged();
      if (kind === 0) this.#literals.set(bytes.subarray(from, from + size));
      else this.#literals.fill(bytes[from] as number, 0, size);
      this.#literalsEnd = size;
      return from + length;
    }
    const sizeBits = format < 2 ? 10 : format === 2 ? 14 : 18;
    const headerBytes = format < 2 ? 3 : format === 2 ? 4 : 5;
    const size = Math.floor(header / 16) % 2 ** sizeBits;
    const packed = Math.floor(header / 2 ** (4 + sizeBits)) % 2 ** sizeBits;
    const from = start + headerBytes;
    const behind = from + packed;
    if (size > maxBytes || behind > end) damaged();
    let at = from;
    if (kind === 2) {
      const { table, end: tableEnd } = readHuffmanTable(bytes, from, behind);
      this.#huffman = table;
      at = tableEnd;
    }
    if (!this.#huffman) damaged();
    this.#literalsEnd = size;
    if (format === 0) decodeHuffman(bytes, at, behind, this.#huffman, this.#literals, 0, size);
    else this.#readFourStreams(bytes, at, behind, this.#huffman, size);
    return behind;
  }

  /** RFC 8878 3.1.1.3.1.6: lengths of three streams, then four. */
  #readFourStreams(bytes: Uint8Array, start: number, end: number, table: HuffmanTable, size: number): void {
    const each = (size + 3) >> 2;
    if (start + 6 > end || each * 3 > size) damaged();
    let at = start + 6;
    for (let stream = 0; stream < 4; stream += 1) {
      const field = start + stream * 2;
      const length = stream === 3 ? end - at : (bytes[field] as number) | ((bytes[field + 1] as number) << 8);
      if (at + length > end) damaged();
      const to = stream === 3 ? size : each * (stream + 1);
      decodeHuffman(bytes, at, at + length, table, this.#literals, each * stream, to);
      at += length;
    }
  }

  /** RFC 8878 3.1.1.3.2. */
  #readSequences(bytes: Uint8Array, start: number, end: number, output: Output, maxBytes: number): void {
    if (start >= end) damaged();
    const first = bytes[start] as number;
    let at = start + 1;
    let count = first;
    if (first === 255) {
      count = (bytes[at] as number) + ((bytes[at + 1] as number) << 8) + 0x7f00;
      at += 2;
    } else if (first > 127) {
      count = ((first - 128) << 8) + (bytes[at] as number);
      at += 1;
    }
    if (count === 0) {
      if (at !== end) damaged();
      this.#copyLiterals(output, 0, output.end);
      return;
    }
    if (at >= end) damaged();
    const modes = bytes[at] as number;
    if ((modes & 3) !== 0) damaged();
    at += 1;
    const literalLengths = readTable(bytes, at, end, modes >> 6, LITERAL_LENGTHS, this.#literalLengths);
    const offsets = readTable(bytes, literalLengths.end, end, (modes >> 4) & 3, OFFSETS, this.#offsets);
    const matchLengths = readTable(
      bytes,
      offsets.end,
      end,
      (modes >> 2) & 3,
      MATCH_LENGTHS,
      this.#matchLengths,
    );
    this.#literalLengths = literalLengths.table;
    this.#offsets = offsets.table;
    this.#matchLengths = matchLengths.table;
    const reader = new BackwardBits(bytes, matchLengths.end, end);
    this.#execute(reader, count, output, maxBytes);
  }

  /** RFC 8878 3.1.1.4: copies literals and what came before, in turns. */
  #execute(reader: BackwardBits, count: number, output: Output, maxBytes: number): void {
    const literalLengths = this.#literalLengths as FseTable;
    const offsets = this.#offsets as FseTable;
    const matchLengths = this.#matchLengths as FseTable;
    const literals = this.#literals;
    const literalsEnd = this.#literalsEnd;
    const { bytes, end: start, reach } = output;
    const limit = start + maxBytes;
    let [recent1, recent2, recent3] = this.#recent;
    let literalState = reader.take(literalLengths.accuracyLog);
    let offsetState = reader.take(offsets.accuracyLog);
    let matchState = reader.take(matchLengths.accuracyLog);
    let literalAt = 0;
    let end = start;
    for (let left = count; left > 0; left -= 1) {
      const offsetCode = offsets.symbols[offsetState] as number;
      const matchCode = matchLengths.symbols[matchState] as number;
      const literalCode = literalLengths.symbols[literalState] as number;
      if (offsetCode >= MAX_OFFSET_CODE) damaged();
      const offsetValue =
        offsetCode <= 24
          ? (1 << offsetCode) + reader.take(offsetCode)
          : (1 << offsetCode) + (reader.take(offsetCode - 16) << 16) + reader.take(16);
      const matchLength =
        (MATCH_LENGTH_BASES[matchCode] as number) + reader.take(MATCH_LENGTH_EXTRA[matchCode] as number);
      const literalLength =
        (LITERAL_LENGTH_BASES[literalCode] as number) +
        reader.take(LITERAL_LENGTH_EXTRA[literalCode] as number);
      if (left > 1) {
        literalState =
          (literalLengths.bases[literalState] as number) +
          reader.take(literalLengths.bits[literalState] as number);
        matchState =
          (matchLengths.bases[matchState] as number) + reader.take(matchLengths.bits[matchState] as number);
        offsetState =
          (offsets.bases[offsetState] as number) + reader.take(offsets.bits[offsetState] as number);
      }
      if (reader.position < 0) damaged();

      // 3.1.1.5: values of 1 to 3 stand for offsets used before; without literals they mean the next one.
      let offset: number;
      if (offsetValue > 3) {
        offset = offsetValue - 3;
        recent3 = recent2;
        recent2 = recent1;
        recent1 = offset;
      } else {
        const which = literalLength === 0 ? offsetValue + 1 : offsetValue;
        if (which === 1) {
          offset = recent1;
        } else if (which === 2) {
          offset = recent2;
          recent2 = recent1;
          recent1 = offset;
        } else {
          offset = which === 3 ? recent3 : recent1 - 1;
          recent3 = recent2;
          recent2 = recent1;
          recent1 = offset;
        }
      }

      const literalTo = literalAt + literalLength;
      const copyFrom = end + literalLength - offset;
      if (literalTo > literalsEnd || end + literalLength + matchLength > limit) damaged();
      if (offset === 0 || copyFrom < start - reach) damaged();
      for (; literalAt < literalTo; literalAt += 1, end += 1) bytes[end] = literals[literalAt] as number;
      if (matchLength > 64 && offset >= matchLength) {
        bytes.copyWithin(end, copyFrom, copyFrom + matchLength);
        end += matchLength;
      } else {
        const to = end + matchLength;
        for (let from = copyFrom; end < to; from += 1, end += 1) bytes[end] = bytes[from] as number;
      }
    }
    if (reader.position !== 0 || end + literalsEnd - literalAt > limit) damaged();
    this.#recent = [recent1, recent2, recent3];
    this.#copyLiterals(output, literalAt, end);
  }

  #copyLiterals(output: Output, from: number, end: number): void {
    output.bytes.set(this.#literals.subarray(from, this.#literalsEnd), end);
    output.end = end + this.#literalsEnd - from;
  }
}

function readTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  mode: number,
  limits: { readonly accuracyLog: number; readonly symbols: number; readonly defaults: FseTable },
  before: FseTable | null,
): { readonly table: FseTable; readonly end: number } {
  if (mode === 0) return { table: limits.defaults, end: start };
  if (mode === 2) return readFseTable(bytes, start, end, limits);
  if (mode === 3) return { table: before ?? damaged(), end: start };
  if (start >= end) damaged();
  const symbol = bytes[start] as number;
  if (symbol >= limits.symbols) damaged();
  return { table: repeatedSymbol(symbol), end: start + 1 };
}

/** Five bytes from the lowest on: more bits than the operators of numbers take. */
function headerNumber(bytes: Uint8Array, start: number): number {
  let number = 0;
  for (let index = 4; index >= 0; index -= 1) number = number * 256 + (bytes[start + index] as number);
  return number;
}

function basesOf(bits: readonly number[], first: number): Uint32Array {
  const bases = new Uint32Array(bits.length);
  let base = first;
  for (const [code, count] of bits.entries()) {
    bases[code] = base;
    base += 1 << count;
  }
  return bases;
}
