/** The two codings of Zstandard (RFC 8878 4): finite state entropy and Huffman. Every length is checked, none believed. */

/** Content that breaks the rules of the format. */
export class ZstdError extends Error {
  override readonly name = 'ZstdError';

  constructor(readonly code: 'damaged' | 'not-supported') {
    super(code);
  }
}

/** @throws ZstdError */
export function damaged(): never {
  throw new ZstdError('damaged');
}

/** Number of the highest bit that is set; -1 for 0. */
export function highestBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** States of a decoder of finite state entropy: what each gives, and how the next is found. */
export interface FseTable {
  readonly accuracyLog: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** A table that always gives the same symbol and reads no bits for it. */
export function repeatedSymbol(symbol: number): FseTable {
  return {
    accuracyLog: 0,
    symbols: Uint8Array.of(symbol),
    bits: new Uint8Array(1),
    bases: new Uint16Array(1),
  };
}

/** RFC 8878 4.1.1: probabilities become states. -1 stands for "less than one". */
export function buildFseTable(frequencies: readonly number[], accuracyLog: number): FseTable {
  const size = 1 << accuracyLog;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(frequencies.length);
  let high = size;
  for (const [symbol, frequency] of frequencies.entries()) {
    if (frequency === -1) {
      high -= 1;
      symbols[high] = symbol;
      next[symbol] = 1;
    }
  }
  const step = (size >> 1) + (size >> 3) + 3;
  const mask = size - 1;
  let position = 0;
  for (const [symbol, frequency] of frequencies.entries()) {
    if (frequency <= 0) continue;
    next[symbol] = frequency;
    for (let count = 0; count < frequency; count += 1) {
      symbols[position] = symbol;
      do position = (position + step) & mask;
      while (position >= high);
    }
  }
  if (position !== 0) damaged();
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state += 1) {
    const symbol = symbols[state] as number;
    const number = next[symbol] as number;
    next[symbol] = number + 1;
    const count = accuracyLog - highestBit(number);
    bits[state] = count;
    bases[state] = (number << count) - size;
  }
  return { accuracyLog, symbols, bits, bases };
}

/**
 * Reads the description of a table (RFC 8878 4.1.1).
 * @returns the table and where the bytes behind it begin
 */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: { readonly accuracyLog: number; readonly symbols: number },
): { readonly table: FseTable; readonly end: number } {
  if (start >= end) damaged();
  const accuracyLog = ((bytes[start] as number) & 15) + 5;
  if (accuracyLog > limits.accuracyLog) damaged();
  let bit = start * 8 + 4;
  const lastBit = end * 8;
  const take = (count: number): number => {
    const at = bit >> 3;
    const value =
      ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)) >> (bit & 7);
    bit += count;
    return value & ((1 << count) - 1);
  };
  const frequencies: number[] = [];
  let left = 1 << accuracyLog;
  while (left > 0) {
    if (frequencies.length >= limits.symbols || bit > lastBit) damaged();
    // A value below the threshold needs one bit less.
    const count = highestBit(left + 1) + 1;
    let value = take(count);
    const low = (1 << (count - 1)) - 1;
    const threshold = (1 << count) - 1 - (left + 1);
    if ((value & low) < threshold) {
      bit -= 1;
      value &= low;
    } else if (value > low) {
      value -= threshold;
    }
    const frequency = value - 1;
    left -= frequency < 0 ? 1 : frequency;
    frequencies.push(frequency);
    if (frequency !== 0) continue;
    for (let zeros = 3; zeros === 3; ) {
      zeros = take(2);
      for (let more = 0; more < zeros; more += 1) frequencies.push(0);
      if (frequencies.length > limits.symbols || bit > lastBit) damaged();
    }
  }
  if (left !== 0 || bit > lastBit) damaged();
  return { table: buildFseTable(frequencies, accuracyLog), end: (bit + 7) >> 3 };
}

/** A code of Huffman as a table over as many bits as its longest code has. */
export interface HuffmanTable {
  readonly maxBits: number;
  /** Symbol in the low byte, length of its code above. */
  readonly entries: Uint16Array;
}

/** RFC 8878 4.2.1. */
const MAX_CODE_BITS = 11;
const MAX_WEIGHTS = 255;

/** Reads the description of a Huffman code (RFC 8878 4.2.1). */
export function readHuffmanTable(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly table: HuffmanTable; readonly end: number } {
  if (start >= end) damaged();
  const header = bytes[start] as number;
  const weights: number[] = [];
  let behind: number;
  if (header >= 128) {
    const count = header - 127;
    behind = start + 1 + ((count + 1) >> 1);
    if (behind > end) damaged();
    for (let index = 0; index < count; index += 1) {
      const pair = bytes[start + 1 + (index >> 1)] as number;
      weights.push(index % 2 === 0 ? pair >> 4 : pair & 15);
    }
  } else {
    behind = start + 1 + header;
    if (behind > end) damaged();
    readWeights(bytes, start + 1, behind, weights);
  }
  return { table: buildHuffmanTable(weights), end: behind };
}

/** Weights coded with finite state entropy: two states take turns until the bits are used up (RFC 8878 4.2.1.2). */
function readWeights(bytes: Uint8Array, start: number, end: number, weights: number[]): void {
  const { table, end: from } = readFseTable(bytes, start, end, { accuracyLog: 6, symbols: MAX_WEIGHTS });
  const reader = new BackwardBits(bytes, from, end);
  let states = [reader.take(table.accuracyLog), reader.take(table.accuracyLog)] as const;
  if (reader.position < 0) damaged();
  weights.push(table.symbols[states[0]] as number, table.symbols[states[1]] as number);
  for (;;) {
    const [first, second] = states;
    const state = (table.bases[first] as number) + reader.take(table.bits[first] as number);
    if (reader.position < 0) return;
    if (weights.length >= MAX_WEIGHTS) damaged();
    weights.push(table.symbols[state] as number);
    states = [second, state];
  }
}

function buildHuffmanTable(weights: number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > MAX_CODE_BITS) damaged();
    if (weight > 0) sum += 1 << (weight - 1);
  }
  if (sum === 0) damaged();
  const maxBits = highestBit(sum) + 1;
  const left = (1 << maxBits) - sum;
  // The last weight is not written: it fills the table up, which only a power of two can.
  if (maxBits > MAX_CODE_BITS || (left & (left - 1)) !== 0) damaged();
  weights.push(highestBit(left) + 1);
  const entries = new Uint16Array(1 << maxBits);
  let position = 0;
  for (let weight = 1; weight <= maxBits; weight += 1) {
    const width = 1 << (weight - 1);
    for (let symbol = 0; symbol < weights.length; symbol += 1) {
      if (weights[symbol] !== weight) continue;
      entries.fill(symbol | ((maxBits + 1 - weight) << 8), position, position + width);
      position += width;
    }
  }
  if (position !== entries.length) damaged();
  return { maxBits, entries };
}

/** Decodes one stream of literals (RFC 8878 4.2.2): exactly as many as there is room for, from exactly all bits. */
export function decodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  { maxBits, entries }: HuffmanTable,
  target: Uint8Array,
  from: number,
  to: number,
): void {
  const reader = new BackwardBits(bytes, start, end);
  const first = start * 8;
  const mask = (1 << maxBits) - 1;
  let bit = first + reader.position;
  for (let at = from; at < to; at += 1) {
    // Bits before the first of the stream may be seen here and are never used: the check at the end tells.
    const low = bit - maxBits;
    const byte = low >> 3;
    const window =
      (bytes[byte] as number) | ((bytes[byte + 1] as number) << 8) | ((bytes[byte + 2] as number) << 16);
    const entry = entries[(window >>> (low & 7)) & mask] as number;
    target[at] = entry;
    bit -= entry >> 8;
    if (bit < first) damaged();
  }
  if (bit !== first) damaged();
}

/**
 * Bits read from the end of some bytes to their beginning (RFC 8878 4.1): the highest set bit of the last byte marks
 * where they begin. Beyond the beginning come zeros, and `position` is negative.
 */
export class BackwardBits {
  /** Bits left. */
  position: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    const last = start < end ? (bytes[end - 1] as number) : 0;
    if (last === 0) damaged();
    this.#bytes = bytes;
    this.#start = start;
    this.position = (end - start - 1) * 8 + highestBit(last);
  }

  /** The next bits as a number, 24 at most. */
  take(count: number): number {
    this.position -= count;
    const { position } = this;
    if (position < 0) return 0;
    const bytes = this.#bytes;
    const at = this.#start + (position >> 3);
    const window =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    return (window >>> (position & 7)) & ((1 << count) - 1);
  }
}
