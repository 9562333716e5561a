/** Lists that stay small whatever comes, and are the same whatever the order it comes in. */

/** The first few values in their own order, each once. */
export class Least<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #kept: T[] = [];

  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(value: T): void {
    this.#kept.push(value);
    if (this.#kept.length > this.#limit * 2) this.#tidy();
  }

  values(): readonly T[] {
    this.#tidy();
    return this.#kept;
  }

  #tidy(): void {
    const sorted = this.#kept.sort(this.#compare);
    this.#kept = sorted
      .filter((value, index) => index === 0 || this.#compare(sorted[index - 1] as T, value) !== 0)
      .slice(0, this.#limit);
  }
}

/** A map of the first few keys in the order of texts. What is in an entry was never let go of in between. */
export class SmallestKeys<V> {
  readonly #limit: number;
  readonly #entries = new Map<string, V>();
  /** Keys from here on are not taken. */
  #end: string | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  add(key: string, value: V): void {
    if (this.#end !== null && key >= this.#end) return;
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit * 2) this.#tidy();
  }

  #tidy(): void {
    const keys = [...this.#entries.keys()].sort();
    this.#end = keys[this.#limit] ?? null;
    for (const key of keys.slice(this.#limit)) this.#entries.delete(key);
  }
}
