/** Splits a line at its spaces; fields in quotes or brackets are one. */
import { isNothing } from './scan.js';

const [SPACE, TAB, QUOTE, BACKSLASH, OPEN, CLOSE] = [0x20, 0x09, 0x22, 0x5c, 0x5b, 0x5d];
const MAX_WORDS = 64;

/** The words of one line: places in it, without their quotes. */
export class Words {
  count = 0;
  readonly starts = new Int32Array(MAX_WORDS);
  readonly ends = new Int32Array(MAX_WORDS);
  /** 1 for words in quotes. */
  readonly quoted = new Uint8Array(MAX_WORDS);
  /** Quotes within fields of this line are not escaped. */
  #isRaw = false;

  /** The first words, at most 64. Brackets count only where a word begins with one and a digit. */
  split(bytes: Buffer, start: number, end: number, most: number): void {
    this.count = 0;
    this.#isRaw = false;
    let at = start;
    while (this.count < most && this.count < MAX_WORDS) {
      while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1;
      if (at >= end) return;
      const first = bytes[at] as number;
      if (first === QUOTE) {
        const close = this.#closing(bytes, at + 1, end);
        this.#put(at + 1, close === -1 ? end : close, 1);
        at = close === -1 ? end : close + 1;
        continue;
      }
      let stop = at;
      if (
        first === OPEN &&
        at + 1 < end &&
        (bytes[at + 1] as number) >= 0x30 &&
        (bytes[at + 1] as number) <= 0x39
      ) {
        while (stop < end && bytes[stop] !== CLOSE) stop += 1;
        if (stop + 1 >= end || bytes[stop + 1] === SPACE) {
          this.#put(at + 1, stop, 0);
          at = stop + 1;
          continue;
        }
        stop = at;
      }
      while (stop < end && bytes[stop] !== SPACE && bytes[stop] !== TAB) stop += 1;
      this.#put(at, stop, 0);
      at = stop;
    }
  }

  /** Whether there is such a word, and it says something. */
  has(bytes: Buffer, index: number): boolean {
    return index < this.count && !isNothing(bytes, this.starts[index] as number, this.ends[index] as number);
  }

  start(index: number): number {
    return this.starts[index] as number;
  }

  end(index: number): number {
    return this.ends[index] as number;
  }

  #put(start: number, end: number, isQuoted: number): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.quoted[this.count] = isQuoted;
    this.count += 1;
  }

  /** The quote that ends a field: a space or the end follows, and no odd number of backslashes stands before it. */
  #closing(bytes: Buffer, start: number, end: number): number {
    if (!this.#isRaw) {
      for (let at = start; at < end; at += 1) {
        const byte = bytes[at] as number;
        if (byte === BACKSLASH) at += 1;
        else if (byte === QUOTE && (at + 1 >= end || bytes[at + 1] === SPACE)) return at;
      }
      // Once for a line, so that it is read twice at most.
      this.#isRaw = true;
    }
    for (let at = start; at < end; at += 1) {
      if (bytes[at] === QUOTE && (at + 1 >= end || bytes[at + 1] === SPACE)) return at;
    }
    return -1;
  }
}
