import { randomInt } from 'node:crypto';
import { mixedWord } from './heavy-counts.js';

/** How many addresses all sets together may still take. */
export interface AddressBudget {
  left: number;
}

/** Slots of tables are salted: which addresses come is for others to choose. Nothing that is told depends on it. */
const SALT = randomInt(2 ** 31);
const HASHES = 2 ** 32;
// Small arrays lie in the heap itself and cost little; there are many sets of one address.
const FIRST_ROWS = 4;

/** Slot hash of an address. */
export function slotHash(w0: number, w1: number, w2: number, w3: number): number {
  const high = w0 === 0 && w1 === 0 ? w2 : mixedWord(w2 ^ mixedWord(w1 ^ mixedWord(w0 ^ SALT)));
  return mixedWord(w3 ^ Math.imul(high ^ SALT, 0x9e3779b1));
}

/** The same in every process, so that samples of several fit together. Unsigned. */
function sampleHash(w0: number, w1: number, w2: number, w3: number): number {
  const high = w0 === 0 && w1 === 0 ? w2 : mixedWord(w2 ^ mixedWord(w1 ^ mixedWord(w0)));
  return mixedWord(w3 ^ Math.imul(high, 0x85ebca77)) >>> 0;
}

/**
 * Addresses (four words each, IPv4 mapped into IPv6) and how many packets came from each. When there are more than fit, half
 * of what can be in it is let go of by a hash: what is left is a fair sample, the same in whatever order they came, and tells
 * how many there were (Wegman's adaptive sampling; Flajolet 1990).
 */
export class AddressSet {
  readonly #most: number;
  #budget: AddressBudget;
  #words = new Int32Array(FIRST_ROWS * 4);
  #packets = new Float64Array(FIRST_ROWS);
  /** Row and one; 0: free. */
  #slots = new Int32Array(FIRST_ROWS * 2);
  #size = 0;
  #last = 0;
  /** Hashes from here on are not taken. */
  #limit = HASHES;

  constructor(most: number, budget: AddressBudget) {
    this.#most = most;
    this.#budget = budget;
  }

  /** How many are held. */
  get size(): number {
    return this.#size;
  }

  get isSample(): boolean {
    return this.#limit < HASHES;
  }

  /** How many there were: exact, or estimated from the sample. */
  get distinct(): number {
    return Math.round(this.#size * (HASHES / this.#limit));
  }

  add(w0: number, w1: number, w2: number, w3: number, packets: number): void {
    const last = this.#last;
    const at = last * 4;
    const words = this.#words;
    if (
      last < this.#size &&
      words[at + 3] === w3 &&
      words[at + 2] === w2 &&
      words[at + 1] === w1 &&
      words[at] === w0
    )
      this.#packets[last] = (this.#packets[last] as number) + packets;
    else this.#put(w0, w1, w2, w3, packets);
  }

  has(w0: number, w1: number, w2: number, w3: number): boolean {
    return this.#slots[this.#slotOf(w0, w1, w2, w3)] !== 0;
  }

  /** Calls back for all that are held, in no order that means anything. Words are signed. */
  each(take: (w0: number, w1: number, w2: number, w3: number, packets: number) => void): void {
    const words = this.#words;
    for (let row = 0; row < this.#size; row += 1)
      take(
        words[row * 4] as number,
        words[row * 4 + 1] as number,
        words[row * 4 + 2] as number,
        words[row * 4 + 3] as number,
        this.#packets[row] as number,
      );
  }

  merge(other: AddressSet): void {
    if (other.#limit < this.#limit) this.#thin(other.#limit);
    other.each((w0, w1, w2, w3, packets) => this.add(w0, w1, w2, w3, packets));
  }

  /** Counts what it holds against another budget. */
  moveTo(budget: AddressBudget): void {
    if (budget === this.#budget) return;
    this.#budget.left += this.#size;
    budget.left -= this.#size;
    this.#budget = budget;
  }

  /** Gives back what it took: it is not used any more. */
  free(): void {
    this.#budget.left += this.#size;
    this.#size = 0;
    this.#slots.fill(0);
  }

  #put(w0: number, w1: number, w2: number, w3: number, packets: number): void {
    if (this.#limit < HASHES && sampleHash(w0, w1, w2, w3) >= this.#limit) return;
    let slot = this.#slotOf(w0, w1, w2, w3);
    const known = (this.#slots[slot] as number) - 1;
    if (known >= 0) {
      this.#packets[known] = (this.#packets[known] as number) + packets;
      this.#last = known;
      return;
    }
    while ((this.#size >= this.#most || this.#budget.left <= 0) && this.#limit > 1) this.#halve();
    if (sampleHash(w0, w1, w2, w3) >= this.#limit) return;
    if (this.#size === this.#packets.length) this.#grow();
    slot = this.#slotOf(w0, w1, w2, w3);
    const row = this.#size;
    this.#slots[slot] = row + 1;
    this.#words[row * 4] = w0;
    this.#words[row * 4 + 1] = w1;
    this.#words[row * 4 + 2] = w2;
    this.#words[row * 4 + 3] = w3;
    this.#packets[row] = packets;
    this.#size += 1;
    this.#last = row;
    this.#budget.left -= 1;
  }

  #slotOf(w0: number, w1: number, w2: number, w3: number): number {
    const [slots, words] = [this.#slots, this.#words];
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
    const rows = this.#packets.length * 2;
    const [words, packets] = [this.#words, this.#packets];
    this.#words = new Int32Array(rows * 4);
    this.#words.set(words);
    this.#packets = new Float64Array(rows);
    this.#packets.set(packets);
    this.#slots = new Int32Array(rows * 2);
    this.#index();
  }

  #halve(): void {
    this.#thin(this.#limit / 2);
  }

  #thin(limit: number): void {
    const words = this.#words;
    this.#limit = limit;
    let kept = 0;
    for (let row = 0; row < this.#size; row += 1) {
      const at = row * 4;
      const hash = sampleHash(
        words[at] as number,
        words[at + 1] as number,
        words[at + 2] as number,
        words[at + 3] as number,
      );
      if (hash >= limit) continue;
      words.copyWithin(kept * 4, at, at + 4);
      this.#packets[kept] = this.#packets[row] as number;
      kept += 1;
    }
    this.#budget.left += this.#size - kept;
    this.#size = kept;
    this.#slots.fill(0);
    this.#index();
  }

  #index(): void {
    const words = this.#words;
    for (let row = 0; row < this.#size; row += 1) {
      const at = row * 4;
      const mask = this.#slots.length - 1;
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
