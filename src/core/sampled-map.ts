/**
 * A map that holds no more than so many entries, whatever comes. When it is full, half of what can be in it is let go of
 * for good, chosen by a hash: so what is in it at the end, and all that was put together in those entries, does not
 * depend on the order in which things came.
 */
export class SampledMap<V> {
  readonly #entries = new Map<string, { readonly hash: number; readonly value: V }>();
  readonly #maxEntries: number;
  /** Hashes from here on are not taken. */
  #limit = HASHES;

  constructor(maxEntries: number) {
    this.#maxEntries = Math.max(1, maxEntries);
  }

  /** The entry of a key, made when it is new; null when it is one of those let go of. */
  at(key: string, make: () => V): V | null {
    const known = this.#entries.get(key);
    if (known !== undefined) return known.value;
    const hash = hashOf(key);
    if (hash >= this.#limit) return null;
    const value = make();
    this.#entries.set(key, { hash, value });
    while (this.#entries.size > this.#maxEntries && this.#limit > 1) this.#halve();
    return hash < this.#limit ? value : null;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** In no order that means anything. */
  *values(): IterableIterator<V> {
    for (const { value } of this.#entries.values()) yield value;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether any was let go of. */
  get isSample(): boolean {
    return this.#limit < HASHES;
  }

  /** About how many were let go of: as many parts of the hashes were. */
  get aboutLeftOut(): number {
    return Math.round(this.#entries.size * (HASHES / this.#limit - 1));
  }

  #halve(): void {
    this.#limit /= 2;
    for (const [key, { hash }] of this.#entries) if (hash >= this.#limit) this.#entries.delete(key);
  }
}

const HASHES = 2 ** 32;

/** FNV-1a (Fowler, Noll, Vo) over the code units, with a last mixing: its high bits alone are uneven for short texts. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
