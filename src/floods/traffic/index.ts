import { randomInt } from 'node:crypto';
import { mixed } from './hash.js';

const FREE = -1;
/** Different in every process: nobody can write lines that all fall into one place of a table. Results do not depend on it. */
const SALT = randomInt(2 ** 31);

/** Where the row of a key of two 32-bit words is: open addressing over typed arrays. Rows are numbered from 0 without gaps. */
export class Index {
  #places: Int32Array;
  #mask: number;
  /** Both words of each key, side by side in memory. */
  #keys: Uint32Array;
  #size = 0;

  /** @param capacity rows there is room for before it grows; a power of two */
  constructor(capacity = 1_024) {
    this.#places = new Int32Array(capacity * 2).fill(FREE);
    this.#mask = capacity * 2 - 1;
    this.#keys = new Uint32Array(capacity * 2);
  }

  get size(): number {
    return this.#size;
  }

  /** Rows there is room for: columns beside the index are as long. */
  get capacity(): number {
    return this.#keys.length >>> 1;
  }

  first(row: number): number {
    return this.#keys[row * 2] as number;
  }

  second(row: number): number {
    return this.#keys[row * 2 + 1] as number;
  }

  /** Row of a key, or -1. */
  find(first: number, second: number): number {
    const places = this.#places;
    const keys = this.#keys;
    let at = placeOf(first, second) & this.#mask;
    for (;;) {
      const row = places[at] as number;
      if (row === FREE) return -1;
      if (keys[row * 2] === first && keys[row * 2 + 1] === second) return row;
      at = (at + 1) & this.#mask;
    }
  }

  /** A new row for a key that is not there. May grow. */
  add(first: number, second: number): number {
    if (this.#size === this.capacity) this.#grow();
    const row = this.#size;
    this.#size += 1;
    this.#keys[row * 2] = first;
    this.#keys[row * 2 + 1] = second;
    this.#place(row);
    return row;
  }

  /** Keys by row, as {@link restore} takes them. */
  keys(): Uint32Array {
    return this.#keys.slice(0, this.#size * 2);
  }

  /** Takes the keys of another index, also of one of another thread. */
  restore(keys: Uint32Array): void {
    let capacity = this.capacity;
    while (capacity * 2 < keys.length) capacity *= 2;
    this.#keys = new Uint32Array(capacity * 2);
    this.#keys.set(keys);
    this.#size = keys.length >>> 1;
    this.#makePlaces();
  }

  /** Keeps some rows, renumbered in their order. @returns the new number of each old row, -1 for those left out */
  keep(isKept: (row: number) => boolean): Int32Array {
    const moved = new Int32Array(this.#size).fill(-1);
    let next = 0;
    for (let row = 0; row < this.#size; row += 1) {
      if (!isKept(row)) continue;
      moved[row] = next;
      this.#keys[next * 2] = this.first(row);
      this.#keys[next * 2 + 1] = this.second(row);
      next += 1;
    }
    this.#size = next;
    this.#places.fill(FREE);
    for (let row = 0; row < next; row += 1) this.#place(row);
    return moved;
  }

  #place(row: number): void {
    let at = placeOf(this.first(row), this.second(row)) & this.#mask;
    while (this.#places[at] !== FREE) at = (at + 1) & this.#mask;
    this.#places[at] = row;
  }

  #grow(): void {
    const capacity = this.capacity * 2;
    this.#keys = grown(this.#keys, capacity * 2);
    this.#makePlaces();
  }

  #makePlaces(): void {
    this.#places = new Int32Array(this.capacity * 2).fill(FREE);
    this.#mask = this.#places.length - 1;
    for (let row = 0; row < this.#size; row += 1) this.#place(row);
  }
}

function placeOf(first: number, second: number): number {
  return mixed(Math.imul(first ^ SALT, 0x9e3779b1) ^ Math.imul(second + SALT, 0x85ebca77));
}

/** The same array with more room. */
export function grown<A extends Uint32Array | Float64Array | Uint8Array>(array: A, length: number): A {
  if (array.length >= length) return array;
  const wider = new (array.constructor as new (length: number) => A)(length);
  wider.set(array);
  return wider;
}
