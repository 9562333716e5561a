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

/** What a table without manners holds, as it can be sent to another thread. */
export interface SlotContent {
  readonly keys: Uint32Array;
  readonly hits: Uint32Array<ArrayBuffer>;
  readonly shift: number;
  readonly hasMinutes: boolean;
}

/** Requests in a minute from which the minute has a slot of its own; quieter ones are put together in blocks. */
export const BUSY_MINUTE = 8;

/**
 * How much of each owner fell into each slot of time: busy minutes one by one, quiet ones in blocks. When the table would
 * grow over its limit busy minutes join their blocks, and then blocks become twice as long, again and again.
 */
export class Slots {
  readonly #limit: number;
  readonly #hasManner: boolean;
  /** Doublings of a minute that make a block. */
  #shift: number;
  #hasMinutes = true;
  #index = new Index();
  hits = new Uint32Array(this.#index.capacity);
  assets: Uint32Array;
  errors: Uint32Array;
  agent: Uint32Array;
  path: Uint32Array;
  query: Uint32Array;
  manner: Uint32Array;

  constructor(limit: number, blockShift: number, hasManner: boolean) {
    this.#limit = limit;
    this.#shift = blockShift;
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

  get shift(): number {
    return this.#shift;
  }

  /** Whether busy minutes still have slots of their own. */
  get hasMinutes(): boolean {
    return this.#hasMinutes;
  }

  owner(row: number): number {
    return this.#index.first(row);
  }

  /** Unix minute at which the slot begins. */
  minute(row: number): number {
    const code = this.#index.second(row);
    return (code & 1) === 1 ? code >>> 1 : ((code >>> 1) << this.#shift) >>> 0;
  }

  /** Minutes the slot is long. */
  length(row: number): number {
    return (this.#index.second(row) & 1) === 1 ? 1 : 1 << this.#shift;
  }

  /** Adds a busy minute of an owner. */
  addMinute(owner: number, minute: number, hits: number, kind: SlotManner = NO_MANNER): void {
    if (this.#hasMinutes) this.#add(owner, ((minute << 1) | 1) >>> 0, hits, kind);
    else this.addBlock(owner, minute, hits, kind);
  }

  /** Adds quiet minutes of an owner; `minute` is any of the block. */
  addBlock(owner: number, minute: number, hits: number, kind: SlotManner = NO_MANNER): void {
    this.#add(owner, ((minute >>> this.#shift) << 1) >>> 0, hits, kind);
  }

  #add(owner: number, code: number, hits: number, kind: SlotManner): void {
    let row = this.#index.find(owner, code);
    if (row === -1) {
      if (this.#index.size >= this.#limit) {
        const minute = (code & 1) === 1 ? code >>> 1 : (code >>> 1) << this.#shift;
        if (this.#hasMinutes) this.joinMinutes();
        else this.widen(this.#shift + 1);
        this.addBlock(owner, minute, hits, kind);
        return;
      }
      row = this.#index.add(owner, code);
      this.#makeRoom();
      this.hits[row] = 0;
      if (this.#hasManner) {
        this.assets[row] = 0;
        this.errors[row] = 0;
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

  /** All of it. Not of a table that knows manners. */
  content(): SlotContent {
    return {
      keys: this.#index.keys(),
      hits: this.hits,
      shift: this.#shift,
      hasMinutes: this.#hasMinutes,
    };
  }

  restore({ keys, hits, shift, hasMinutes }: SlotContent): void {
    this.#index.restore(keys);
    this.hits = hits;
    this.#shift = shift;
    this.#hasMinutes = hasMinutes;
    this.#makeRoom();
  }

  /** Busy minutes become parts of their blocks. */
  joinMinutes(): void {
    if (!this.#hasMinutes) return;
    this.#hasMinutes = false;
    this.#again((old, row, owner) => this.addBlock(owner, old.minute(row), old.hits(row), old.kind(row)));
  }

  /** Makes blocks longer, until they are `1 << shift` minutes. */
  widen(shift: number): void {
    if (shift <= this.#shift) return;
    const from = this.#shift;
    this.#again((old, row, owner) => {
      this.#shift = shift;
      if (old.isMinute(row)) this.addMinute(owner, old.minute(row), old.hits(row), old.kind(row));
      else this.addBlock(owner, old.minute(row), old.hits(row), old.kind(row));
    }, from);
    this.#shift = shift;
  }

  /** Renumbers owners after their table was thinned: -1 drops what belonged to one. */
  renumber(moved: Int32Array): void {
    this.#again((old, row, owner) => {
      const now = moved[owner] as number;
      if (now === -1) return;
      if (old.isMinute(row)) this.addMinute(now, old.minute(row), old.hits(row), old.kind(row));
      else this.addBlock(now, old.minute(row), old.hits(row), old.kind(row));
    });
  }

  /** Adds all of another table, whose owners are called otherwise here; -1 drops. */
  merge(other: Slots, ownerOf: (owner: number) => number): void {
    this.widen(other.shift);
    if (!other.hasMinutes) this.joinMinutes();
    for (let row = 0; row < other.size; row += 1) {
      const owner = ownerOf(other.owner(row));
      if (owner === -1) continue;
      const hits = other.hits[row] as number;
      if (other.length(row) === 1) this.addMinute(owner, other.minute(row), hits, other.#kind(row));
      else this.addBlock(owner, other.minute(row), hits, other.#kind(row));
    }
  }

  #kind(row: number): SlotManner {
    if (!this.#hasManner) return NO_MANNER;
    return {
      assets: this.assets[row] as number,
      errors: this.errors[row] as number,
      agent: this.agent[row] as number,
      path: this.path[row] as number,
      query: this.query[row] as number,
      manner: this.manner[row] as number,
    };
  }

  /** Empties the table and gives every slot it had to be put in again. */
  #again(put: (old: OldSlots, row: number, owner: number) => void, shift = this.#shift): void {
    const index = this.#index;
    const { hits, assets, errors, agent, path, query, manner } = this;
    this.#index = new Index();
    const { capacity } = this.#index;
    this.hits = new Uint32Array(capacity);
    if (this.#hasManner) {
      this.assets = new Uint32Array(capacity);
      this.errors = new Uint32Array(capacity);
      this.agent = new Uint32Array(capacity);
      this.path = new Uint32Array(capacity);
      this.query = new Uint32Array(capacity);
      this.manner = new Uint32Array(capacity);
    }
    const kind = { assets: 0, errors: 0, agent: 0, path: 0, query: 0, manner: 0 };
    const old: OldSlots = {
      isMinute: (row) => (index.second(row) & 1) === 1,
      minute: (row) => {
        const code = index.second(row);
        return (code & 1) === 1 ? code >>> 1 : ((code >>> 1) << shift) >>> 0;
      },
      hits: (row) => hits[row] as number,
      kind: (row) => {
        kind.assets = assets[row] ?? 0;
        kind.errors = errors[row] ?? 0;
        kind.agent = agent[row] ?? 0;
        kind.path = path[row] ?? 0;
        kind.query = query[row] ?? 0;
        kind.manner = manner[row] ?? 0;
        return kind;
      },
    };
    for (let row = 0; row < index.size; row += 1) put(old, row, index.first(row));
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

interface OldSlots {
  isMinute(row: number): boolean;
  minute(row: number): number;
  hits(row: number): number;
  kind(row: number): SlotManner;
}
