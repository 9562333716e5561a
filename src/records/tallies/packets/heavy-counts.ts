/** Hashes of one word, salted for each table or fixed. The finaliser of MurmurHash3 (Appleby). */
export function mixedWord(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const FIRST_SLOTS = 4;
/** Of counts that nothing was added to, as most are: never written to. */
const NOTHING = new Float64Array(2);

/**
 * How often numbers came, exact while they are few. When there are more different ones than fit, those that came least are
 * let go of until half is free (lossy counting; Manku and Motwani 2002): what comes often stays, and its count may be too
 * low by what it had when it was let go of before.
 */
export class HeavyCounts {
  readonly #most: number;
  /** For each slot the number, and how often it came; 0: the slot is free. */
  #slots = NOTHING;
  #size = 0;
  #last = 0;

  /** @param most - different numbers held at once */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** @param key - 0 to 2^31 */
  add(key: number, weight: number): void {
    const last = this.#last;
    const slots = this.#slots;
    if (slots[last] === key) {
      const count = slots[last + 1] as number;
      if (count > 0) {
        slots[last + 1] = count + weight;
        return;
      }
    }
    this.#put(key, weight);
  }

  countOf(key: number): number {
    return this.#slots[this.#slotOf(key) + 1] as number;
  }

  /** All that is held: most first, then by number. */
  entries(): readonly (readonly [key: number, count: number])[] {
    const slots = this.#slots;
    const list: [number, number][] = [];
    for (let slot = 0; slot < slots.length; slot += 2) {
      const count = slots[slot + 1] as number;
      if (count > 0) list.push([slots[slot] as number, count]);
    }
    return list.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  merge(other: HeavyCounts): void {
    for (const [key, count] of other.entries()) this.#put(key, count);
  }

  #put(key: number, weight: number): void {
    if (!(weight > 0)) return;
    let slot = this.#slotOf(key);
    if (this.#slots[slot + 1] === 0) {
      if (this.#size >= this.#most) this.#prune();
      if (this.#size * 4 >= this.#slots.length - 2)
        this.#rebuild(Math.max(this.#slots.length * 2, FIRST_SLOTS * 2), 0);
      slot = this.#slotOf(key);
      this.#slots[slot] = key;
      this.#size += 1;
    }
    this.#slots[slot + 1] = (this.#slots[slot + 1] as number) + weight;
    this.#last = slot;
  }

  #slotOf(key: number): number {
    const slots = this.#slots;
    const mask = slots.length - 2;
    let slot = (mixedWord(key) << 1) & mask;
    while ((slots[slot + 1] as number) > 0 && slots[slot] !== key) slot = (slot + 2) & mask;
    return slot;
  }

  #prune(): void {
    let floor = Number.POSITIVE_INFINITY;
    for (let slot = 1; slot < this.#slots.length; slot += 2) {
      const count = this.#slots[slot] as number;
      if (count > 0 && count < floor) floor = count;
    }
    while (this.#size * 2 > this.#most) {
      this.#rebuild(this.#slots.length, floor);
      floor *= 2;
    }
  }

  /** Keeps what came more often than `floor`. */
  #rebuild(length: number, floor: number): void {
    const from = this.#slots;
    this.#slots = new Float64Array(length);
    this.#size = 0;
    this.#last = 0;
    for (let old = 0; old < from.length; old += 2) {
      const count = from[old + 1] as number;
      if (!(count > floor)) continue;
      const slot = this.#slotOf(from[old] as number);
      this.#slots[slot] = from[old] as number;
      this.#slots[slot + 1] = count;
      this.#size += 1;
    }
  }
}

/** The same of texts, for the few packets whose text is looked at. */
export class TextCounts {
  readonly #most: number;
  #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  add(text: string, weight: number): void {
    const known = this.#counts.get(text);
    if (known === undefined && this.#counts.size >= this.#most) this.#prune();
    this.#counts.set(text, (known ?? 0) + weight);
  }

  /** Most first, then by text. */
  entries(): readonly (readonly [text: string, count: number])[] {
    return [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  merge(other: TextCounts): void {
    for (const [text, count] of other.entries()) this.add(text, count);
  }

  #prune(): void {
    let floor = Math.min(...this.#counts.values());
    while (this.#counts.size * 2 > this.#most) {
      for (const [text, count] of this.#counts) if (count <= floor) this.#counts.delete(text);
      floor *= 2;
    }
  }
}
