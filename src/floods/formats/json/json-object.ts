/** Finds the wanted values in one object of JSON (RFC 8259), passing over all others without reading them. */
import { isDigit } from '../scan.js';
import type { LogRecord } from './log-record.js';
import { DOT, HASH_START, hashStep, MAX_PATH_BYTES, type NameTable } from './names.js';

const [QUOTE, COMMA, COLON, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [
  0x22, 0x2c, 0x3a, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];
/** No log nests the names we know deeper. What is deeper is passed over, to any depth, by counting brackets. */
const MAX_DEPTH = 8;

/** One line at a time; linear in its length. */
export class JsonScanner {
  readonly #names: NameTable;
  readonly #record: LogRecord;
  readonly #path = new Uint8Array(MAX_PATH_BYTES + 1);
  #end = 0;
  /** Whether the string that was passed last has escapes. */
  #isEscaped = false;

  constructor(names: NameTable, record: LogRecord) {
    this.#names = names;
    this.#record = record;
  }

  /**
   * Puts the values of the record's line into the record. What a damaged or cut line had before its damage counts: who
   * asks with a header of a mebibyte is to be seen too.
   */
  scan(): void {
    this.#end = this.#record.length;
    this.#object(0, 0, HASH_START, 0);
  }

  /** @returns the place behind the object, or -1 when it is damaged */
  #object(start: number, pathLength: number, pathHash: number, depth: number): number {
    const { bytes } = this.#record;
    const end = this.#end;
    let at = start + 1;
    for (;;) {
      at = skipBlanks(bytes, at, end);
      const first = bytes[at];
      if (at >= end) return -1;
      if (first === CLOSE) return at + 1;
      if (first === COMMA) {
        at += 1;
        continue;
      }
      if (first !== QUOTE) return -1;
      // The name, in small letters, behind the path that leads here.
      let length = pathLength;
      let hash = pathHash;
      if (pathLength > 0) {
        hash = hashStep(hash, DOT);
        this.#path[length] = DOT;
        length += 1;
      }
      at += 1;
      for (; at < end; at += 1) {
        let byte = bytes[at] as number;
        if (byte === QUOTE) break;
        if (byte === BACKSLASH) {
          // No name of ours needs an escape.
          length = MAX_PATH_BYTES;
          at += 1;
          continue;
        }
        if (byte >= 0x41 && byte <= 0x5a) byte += 0x20;
        if (length < MAX_PATH_BYTES) {
          this.#path[length] = byte;
          length += 1;
          hash = hashStep(hash, byte);
        }
      }
      at = skipBlanks(bytes, at + 1, end);
      if (at >= end || bytes[at] !== COLON) return -1;
      at = skipBlanks(bytes, at + 1, end);
      if (at >= end) return -1;
      const entry = length < MAX_PATH_BYTES ? this.#names.find(this.#path, length, hash) : -1;
      at = this.#value(at, entry, length, hash, depth);
      if (at === -1) return -1;
    }
  }

  #value(start: number, entry: number, length: number, hash: number, depth: number): number {
    const { bytes } = this.#record;
    const first = bytes[start] as number;
    if (first === QUOTE) {
      const close = this.#stringEnd(start + 1);
      if (entry !== -1) this.#put(entry, start + 1, close === -1 ? this.#end : close);
      return close === -1 ? -1 : close + 1;
    }
    if (first === OPEN) {
      if (entry === -1 || depth >= MAX_DEPTH) return this.#skip(start);
      if (this.#names.isEnvelope(entry)) return this.#object(start, 0, HASH_START, depth + 1);
      return this.#names.isObject(entry) ? this.#object(start, length, hash, depth + 1) : this.#skip(start);
    }
    if (first === OPEN_LIST)
      return entry !== -1 && this.#names.fieldOf(entry) !== -1 ? this.#list(start, entry) : this.#skip(start);
    const stop = this.#literalEnd(start);
    if (stop === start) return -1;
    if (entry !== -1) this.#putLiteral(entry, start, stop);
    return stop;
  }

  /** A list of values: headers are lists in Caddy's logs. The first counts. */
  #list(start: number, entry: number): number {
    const { bytes } = this.#record;
    const end = this.#end;
    let isFirst = true;
    let at = start + 1;
    for (;;) {
      at = skipBlanks(bytes, at, end);
      if (at >= end) return -1;
      const byte = bytes[at] as number;
      if (byte === CLOSE_LIST) return at + 1;
      if (byte === COMMA) {
        at += 1;
      } else if (byte === QUOTE) {
        const close = this.#stringEnd(at + 1);
        if (close === -1) return -1;
        if (isFirst) this.#put(entry, at + 1, close);
        else this.#record.extend(this.#names.fieldOf(entry), this.#names.rankOf(entry), at + 1, close);
        isFirst = false;
        at = close + 1;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        at = this.#skip(at);
        if (at === -1) return -1;
      } else {
        const stop = this.#literalEnd(at);
        if (stop === at) return -1;
        if (isFirst) this.#putLiteral(entry, at, stop);
        isFirst = false;
        at = stop;
      }
    }
  }

  #put(entry: number, start: number, end: number): void {
    const field = this.#names.fieldOf(entry);
    if (field !== -1) this.#record.put(field, this.#names.rankOf(entry), start, end, this.#isEscaped);
  }

  /** Numbers and truth; `null` is nothing. */
  #putLiteral(entry: number, start: number, end: number): void {
    const { bytes } = this.#record;
    const first = bytes[start] as number;
    if (!isDigit(first) && first !== 0x74 && first !== 0x66) return;
    this.#isEscaped = false;
    this.#put(entry, start, end);
  }

  #literalEnd(start: number): number {
    const { bytes } = this.#record;
    let at = start;
    for (; at < this.#end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === COMMA || byte === CLOSE || byte === CLOSE_LIST || byte <= 0x20) break;
    }
    return at;
  }

  /** The closing quote of the string that begins here, or -1. */
  #stringEnd(start: number): number {
    const { bytes } = this.#record;
    const end = this.#end;
    this.#isEscaped = false;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) {
        this.#isEscaped = true;
        at += 1;
      }
    }
    return -1;
  }

  /** Passes over an object or a list, however deep. */
  #skip(start: number): number {
    const { bytes } = this.#record;
    const end = this.#end;
    let depth = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        at = this.#stringEnd(at + 1);
        if (at === -1) return -1;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        depth += 1;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return -1;
  }
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) <= 0x20) at += 1;
  return at;
}
