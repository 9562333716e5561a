import { grown, Index } from './index.js';

/** What of a slot is known besides its hits: most requests had these. */
export interface SlotManner {
  readonly assets: number;
  readonly errors: number;
  readonly agent: number;
  readonly path: number;
  readonly query: number;
  readonly manner: number;
}

const NO_MANNER: SlotManner = { assets: 0, errors: 0, agent: 0, path: 0, query: 0, manner: 0 };

/**
 * How much of each owner fell into each slot of time. Slots are a minute long at first, and twice as long each time the
 * table would grow over its limit.
 */
export class Slots {
  readonly #limit: number;
  readonly #hasManner: boolean;
  #shift = 0;
  #index = new Index();
  hits = new Uint32Array(this.#index.capacity);
  assets: Uint32Array;
  errors: Uint32Array;
  agent: Uint32Array;
  path: Uint32Array;
  query: Uint32Array;
  manner: Uint32Array;

  constructor(limit: number, hasManner: boolean) {
    this.#limit = limit;
    this.#hasManner = hasManner;
    const capacity = hasManner ? this.#index.capacity : 0;
    this.assets = new Uint32Array(capacity);
    this.errors = new Uint32Array(capacity);
    this.agent = new Uint32Array(capacity);
    this.path = new Uint32Array(capacity);
    this.query = new Uint32Array(capacity);
    this.manner = new Uint32Array(capacity);
  }

  get size(): number {
    return this.#index.size;
  }

  /** Doublings of a minute. */
  get shift(): number {
    return this.#shift;
  }

  owner(row: number): number {
    return this.#index.first(row);
  }

  /** Unix minute at which the slot begins. */
  minute(row: number): number {
    return this.#index.second(row) << this.#shift;
  }

  /** Adds what an owner did in the slot of a minute. */
  add(owner: number, minute: number, hits: number, kind: SlotManner = NO_MANNER): void {
    let row = this.#index.find(owner, minute >>> this.#shift);
    if (row === -1) {
      if (this.#index.size >= this.#limit) {
        this.widen(this.#shift + 1);
        row = this.#index.find(owner, minute >>> this.#shift);
      }
      if (row === -1) {
        row = this.#index.add(owner, minute >>> this.#shift);
        this.#makeRoom();
        this.hits[row] = 0;
        if (this.#hasManner) {
          this.assets[row] = 0;
          this.errors[row] = 0;
        }
      }
    }
    if (this.#hasManner) {
      // Of two parts the larger says what most requests were.
      if (hits > (this.hits[row] as number)) {
        this.agent[row] = kind.agent;
        this.path[row] = kind.path;
        this.query[row] = kind.query;
        this.manner[row] = kind.manner;
      }
      this.assets[row] = (this.assets[row] as number) + kind.assets;
      this.errors[row] = (this.errors[row] as number) + kind.errors;
    }
    this.hits[row] = (this.hits[row] as number) + hits;
  }

  /** Makes slots longer, until they are `1 << shift` minutes. */
  widen(shift: number): void {
    if (shift <= this.#shift) return;
    const old = this.#taken();
    const step = shift - this.#shift;
    this.#shift = shift;
    for (let row = 0; row < old.size; row += 1) {
      this.add(old.owner(row), (old.slot(row) >>> step) << shift, old.hits[row] as number, old.kind(row));
    }
  }

  /** Renumbers owners after their table was thinned: -1 drops what belonged to one. */
  renumber(moved: Int32Array): void {
    const old = this.#taken();
    for (let row = 0; row < old.size; row += 1) {
      const owner = moved[old.owner(row)] as number;
      if (owner !== -1) {
        this.add(owner, old.slot(row) << this.#shift, old.hits[row] as number, old.kind(row));
      }
    }
  }

  /** Everything so far, and an empty table in its place. */
  #taken(): {
    readonly size: number;
    readonly hits: Uint32Array;
    owner(row: number): number;
    slot(row: number): number;
    kind(row: number): SlotManner;
  } {
    const [index, hits, assets, errors] = [this.#index, this.hits, this.assets, this.errors];
    const [agent, path, query, manner] = [this.agent, this.path, this.query, this.manner];
    this.#index = new Index();
    const capacity = this.#index.capacity;
    this.hits = new Uint32Array(capacity);
    if (this.#hasManner) {
      this.assets = new Uint32Array(capacity);
      this.errors = new Uint32Array(capacity);
      this.agent = new Uint32Array(capacity);
      this.path = new Uint32Array(capacity);
      this.query = new Uint32Array(capacity);
      this.manner = new Uint32Array(capacity);
    }
    const at = (column: Uint32Array, row: number): number => column[row] ?? 0;
    return {
      size: index.size,
      hits,
      owner: (row) => index.first(row),
      slot: (row) => index.second(row),
      kind: (row) =>
        this.#hasManner
          ? {
              assets: at(assets, row),
              errors: at(errors, row),
              agent: at(agent, row),
              path: at(path, row),
              query: at(query, row),
              manner: at(manner, row),
            }
          : NO_MANNER,
    };
  }

  #makeRoom(): void {
    const { capacity } = this.#index;
    if (this.hits.length >= capacity) return;
    this.hits = grown(this.hits, capacity);
    if (!this.#hasManner) return;
    this.assets = grown(this.assets, capacity);
    this.errors = grown(this.errors, capacity);
    this.agent = grown(this.agent, capacity);
    this.path = grown(this.path, capacity);
    this.query = grown(this.query, capacity);
    this.manner = grown(this.manner, capacity);
  }
}
