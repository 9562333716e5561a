import type { MemoryBudget } from '../memory-budget.js';

/** Pieces that do not touch, kept at a time. Browsers cut a hello into some twenty. */
const MAX_PIECES = 64;

/** Bytes that come in pieces, in any order, some of them twice. */
export class SparseBytes {
  readonly #maxBytes: number;
  readonly #budget: MemoryBudget;
  #bytes: Buffer = Buffer.alloc(0);
  /** Where pieces begin and end, in order: start, end, start, end … */
  readonly #pieces: number[] = [];

  constructor(maxBytes: number, budget: MemoryBudget) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  /** All of them; only those before `prefix` are known to be there. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** So many are there from the first on. */
  get prefix(): number {
    return this.#pieces[0] === 0 ? (this.#pieces[1] as number) : 0;
  }

  /** Puts a piece where it belongs. False: there is no room for it. */
  write(offset: number, bytes: Buffer, start: number, end: number): boolean {
    const offsetEnd = offset + end - start;
    if (offsetEnd > this.#maxBytes) return false;
    if (end <= start) return true;
    // Noted only when there is room: what is noted is read.
    if (offsetEnd > this.#bytes.length && !this.#grow(offsetEnd)) return false;
    if (!this.#note(offset, offsetEnd)) return false;
    bytes.copy(this.#bytes, offset, start, end);
    return true;
  }

  /** Gives the memory back. */
  release(): void {
    this.#budget.give(this.#bytes.length);
    this.#bytes = Buffer.alloc(0);
    this.#pieces.length = 0;
  }

  // Pieces that touch become one.
  #note(start: number, end: number): boolean {
    const pieces = this.#pieces;
    let first = 0;
    while (first < pieces.length && (pieces[first + 1] as number) < start) first += 2;
    let after = first;
    let [from, to] = [start, end];
    while (after < pieces.length && (pieces[after] as number) <= end) {
      from = Math.min(from, pieces[after] as number);
      to = Math.max(to, pieces[after + 1] as number);
      after += 2;
    }
    if (after === first && pieces.length >= MAX_PIECES * 2) return false;
    pieces.splice(first, after - first, from, to);
    return true;
  }

  #grow(needed: number): boolean {
    const size = Math.min(this.#maxBytes, Math.max(needed, 2 * this.#bytes.length, 2_048));
    if (!this.#budget.take(size)) return false;
    const larger = Buffer.alloc(size);
    this.#bytes.copy(larger);
    this.#budget.give(this.#bytes.length);
    this.#bytes = larger;
    return true;
  }
}
