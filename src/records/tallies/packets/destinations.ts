import { slotHash } from './address-set.js';
import type { TargetCounts } from './target-counts.js';

const FIRST_ROWS = 64;

/**
 * Addresses that packets went to. When there are more than fit, those with the fewest packets are let go of until half is
 * free. Rows are renumbered then.
 */
export class Destinations {
  readonly #most: number;
  words = new Int32Array(FIRST_ROWS * 4);
  packets = new Float64Array(FIRST_ROWS);
  bytes = new Float64Array(FIRST_ROWS);
  /** Sent by the address itself, since it was first a destination. */
  sentPackets = new Float64Array(FIRST_ROWS);
  sentBytes = new Float64Array(FIRST_ROWS);
  targets: (TargetCounts | null)[] = [];
  size = 0;
  /** Rows let go of, and what went to them. */
  droppedRows = 0;
  droppedPackets = 0;
  #slots = new Int32Array(FIRST_ROWS * 2);
  #last = 0;
  #before = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** -1: not there. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    // Nearly always it is one of the two ends that the last packets went between.
    if (this.#is(this.#last, w0, w1, w2, w3)) return this.#last;
    if (this.#is(this.#before, w0, w1, w2, w3)) return this.#before;
    return (this.#slots[this.#slotOf(w0, w1, w2, w3)] as number) - 1;
  }

  /** The row of an address, made when it is new. */
  at(w0: number, w1: number, w2: number, w3: number): number {
    if (this.#is(this.#last, w0, w1, w2, w3)) return this.#last;
    if (this.#is(this.#before, w0, w1, w2, w3)) {
      const row = this.#before;
      this.#before = this.#last;
      this.#last = row;
      return row;
    }
    let slot = this.#slotOf(w0, w1, w2, w3);
    let row = (this.#slots[slot] as number) - 1;
    if (row < 0) {
      if (this.size >= this.#most) this.#prune();
      if (this.size === this.packets.length) this.#grow();
      slot = this.#slotOf(w0, w1, w2, w3);
      row = this.size;
      this.size += 1;
      this.#slots[slot] = row + 1;
      this.words[row * 4] = w0;
      this.words[row * 4 + 1] = w1;
      this.words[row * 4 + 2] = w2;
      this.words[row * 4 + 3] = w3;
      this.packets[row] = 0;
      this.bytes[row] = 0;
      this.sentPackets[row] = 0;
      this.sentBytes[row] = 0;
      this.targets[row] = null;
    }
    this.#before = this.#last;
    this.#last = row;
    return row;
  }

  #is(row: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const { words } = this;
    const at = row * 4;
    return (
      row < this.size &&
      words[at + 3] === w3 &&
      words[at + 2] === w2 &&
      words[at + 1] === w1 &&
      words[at] === w0
    );
  }

  #slotOf(w0: number, w1: number, w2: number, w3: number): number {
    const slots = this.#slots;
    const { words } = this;
    const mask = slots.length - 1;
    let slot = slotHash(w0, w1, w2, w3) & mask;
    for (;;) {
      const at = ((slots[slot] as number) - 1) * 4;
      if (at < 0) return slot;
      if (words[at + 3] === w3 && words[at + 2] === w2 && words[at + 1] === w1 && words[at] === w0)
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const rows = this.packets.length * 2;
    const longer = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(rows);
      to.set(from);
      return to;
    };
    const { words } = this;
    this.words = new Int32Array(rows * 4);
    this.words.set(words);
    this.packets = longer(this.packets);
    this.bytes = longer(this.bytes);
    this.sentPackets = longer(this.sentPackets);
    this.sentBytes = longer(this.sentBytes);
    this.#slots = new Int32Array(rows * 2);
    this.#index();
  }

  #prune(): void {
    let floor = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.size; row += 1) floor = Math.min(floor, this.packets[row] as number);
    while (this.size * 2 > this.#most) {
      this.#drop(floor);
      floor *= 2;
    }
  }

  #drop(floor: number): void {
    const { words, packets, bytes, sentPackets, sentBytes, targets } = this;
    let kept = 0;
    for (let row = 0; row < this.size; row += 1) {
      if ((packets[row] as number) <= floor) {
        this.droppedRows += 1;
        this.droppedPackets += packets[row] as number;
        targets[row]?.free();
        continue;
      }
      words.copyWithin(kept * 4, row * 4, row * 4 + 4);
      packets[kept] = packets[row] as number;
      bytes[kept] = bytes[row] as number;
      sentPackets[kept] = sentPackets[row] as number;
      sentBytes[kept] = sentBytes[row] as number;
      targets[kept] = targets[row] ?? null;
      kept += 1;
    }
    this.size = kept;
    targets.length = kept;
    this.#last = 0;
    this.#before = 0;
    this.#slots.fill(0);
    this.#index();
  }

  #index(): void {
    const { words } = this;
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.size; row += 1) {
      const at = row * 4;
      let slot =
        slotHash(
          words[at] as number,
          words[at + 1] as number,
          words[at + 2] as number,
          words[at + 3] as number,
        ) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
  }
}
