/** Slots found by their owner, or by their time. Built once, by counting. */
import type { TrafficView } from '../traffic/shape.js';

/** Slots of each owner. */
export class SlotIndex {
  readonly #starts: Uint32Array;
  readonly #rows: Uint32Array;

  constructor(owners: Uint32Array, ownerCount: number) {
    [this.#starts, this.#rows] = byKey(owners, (owner) => owner, ownerCount);
  }

  /** Rows of the slots of an owner. */
  of(owner: number): Uint32Array {
    return this.#rows.subarray(this.#starts[owner], this.#starts[owner + 1]);
  }
}

/** Minutes of a bucket: no slot but the very long reaches over its border. */
const BUCKET_SHIFT = 6;
const BUCKETS = 65_536;
/** A block counts when so much of it lies within, or when it holds all of the span. */
const LEAST_PART = 0.25;

/** Slots of clients by time. */
export class SlotTimes {
  readonly #view: TrafficView;
  readonly #starts: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #long: Uint32Array;

  constructor(view: TrafficView) {
    this.#view = view;
    const { minute, length } = view.clientSlots;
    [this.#starts, this.#rows] = byKey(minute, (start) => (start >>> BUCKET_SHIFT) & (BUCKETS - 1), BUCKETS);
    const long: number[] = [];
    for (let row = 0; row < length.length; row += 1) {
      if ((length[row] as number) > 1 << BUCKET_SHIFT) long.push(row);
    }
    this.#long = Uint32Array.from(long);
  }

  /** Rows of slots of which a good part lies between two Unix minutes (inclusive). */
  within(from: number, to: number): Uint32Array {
    const { minute, length } = this.#view.clientSlots;
    const found: number[] = [];
    const add = (row: number): void => {
      const start = minute[row] as number;
      const size = length[row] as number;
      const overlap = Math.min(to + 1, start + size) - Math.max(from, start);
      if (overlap > 0 && (overlap >= size * LEAST_PART || overlap === to - from + 1)) found.push(row);
    };
    const [first, last] = [from >>> BUCKET_SHIFT, to >>> BUCKET_SHIFT];
    for (let bucket = first; bucket <= Math.min(last, first + BUCKETS - 1); bucket += 1) {
      const key = bucket & (BUCKETS - 1);
      const end = this.#starts[key + 1] as number;
      for (let at = this.#starts[key] as number; at < end; at += 1) {
        const row = this.#rows[at] as number;
        if ((length[row] as number) <= 1 << BUCKET_SHIFT) add(row);
      }
    }
    for (const row of this.#long) add(row);
    return Uint32Array.from(found);
  }
}

/** Row numbers grouped by a small key, in order. */
function byKey(
  values: Uint32Array,
  keyOf: (value: number) => number,
  keys: number,
): [starts: Uint32Array, rows: Uint32Array] {
  const starts = new Uint32Array(keys + 1);
  for (let row = 0; row < values.length; row += 1) {
    const key = keyOf(values[row] as number);
    starts[key + 1] = (starts[key + 1] as number) + 1;
  }
  for (let key = 0; key < keys; key += 1)
    starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  const next = starts.slice();
  const rows = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const key = keyOf(values[row] as number);
    rows[next[key] as number] = row;
    next[key] = (next[key] as number) + 1;
  }
  return [starts, rows];
}
