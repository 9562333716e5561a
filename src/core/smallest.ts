/**
 * The first few of many values in their own order, each once. Bounded, and the same whatever the order they come in: the
 * first ones seen would not be.
 */
export class Smallest<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #kept: T[] = [];
  #isSorted = true;
  #isCut = false;

  /** @param compare - 0 only for values that count as one */
  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(value: T): void {
    const last = this.#kept.at(-1);
    // Nearly always it is the same name, or port, as before.
    if (last !== undefined && this.#compare(last, value) === 0) return;
    this.#kept.push(value);
    this.#isSorted = this.#kept.length === 1;
    if (this.#kept.length >= this.#limit * 2 + 2) this.#tidy();
  }

  /** In order. */
  values(): readonly T[] {
    if (!this.#isSorted || this.#kept.length > this.#limit) this.#tidy();
    return this.#kept;
  }

  /** True when some were left out. */
  get isCut(): boolean {
    this.values();
    return this.#isCut;
  }

  #tidy(): void {
    this.#kept.sort(this.#compare);
    const kept: T[] = [];
    for (const value of this.#kept) {
      const last = kept.at(-1);
      if (last === undefined || this.#compare(last, value) !== 0) kept.push(value);
    }
    if (kept.length > this.#limit) {
      kept.length = this.#limit;
      this.#isCut = true;
    }
    this.#kept = kept;
    this.#isSorted = true;
  }
}
