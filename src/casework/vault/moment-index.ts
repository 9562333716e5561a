/**
 * The moments of one case in memory, 20 bytes each, in order of time: counting a million of them by time, kind and words then takes
 * milliseconds, where the tables alone take half a second for a common word.
 */
/** Moments side by side: the first of each list belong together. */
export interface MomentColumns {
  readonly at: readonly number[];
  readonly record: readonly number[];
  readonly event: readonly number[];
  readonly kind: readonly number[];
}

/** What of a case's line of time is looked at. Bounds in microseconds since 1970, both included. */
export interface MomentFilter {
  readonly from: number | null;
  readonly to: number | null;
  /** Words of kinds as numbers; null: all. */
  readonly kinds: ReadonlySet<number> | null;
  /** Records; null: all. */
  readonly records: RecordSet | null;
  /** And of them only these. */
  readonly only?: RecordSet | null;
}

export interface Moment {
  readonly at: number;
  readonly record: number;
  readonly event: number;
}

/** A set of record ids as bits. */
export class RecordSet {
  readonly #bits: Uint8Array;
  #size = 0;

  /** @param last the greatest id that may be in it */
  constructor(
    readonly first: number,
    readonly last: number,
  ) {
    this.#bits = new Uint8Array(Math.max(0, Math.ceil((last - first + 1) / 8)));
  }

  get size(): number {
    return this.#size;
  }

  add(id: number): void {
    const at = id - this.first;
    if (at < 0 || id > this.last || this.has(id)) return;
    this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) | (1 << (at & 7));
    this.#size += 1;
  }

  has(id: number): boolean {
    const at = id - this.first;
    return at >= 0 && ((this.#bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }
}

export class MomentIndex {
  readonly #at: Float64Array;
  readonly #record: Uint32Array;
  readonly #event: Uint32Array;
  readonly #kind: Uint32Array;

  /** @param pages the table `moments` of one case, in its order */
  constructor(pages: readonly MomentColumns[]) {
    const length = pages.reduce((sum, { at }) => sum + at.length, 0);
    this.#at = new Float64Array(length);
    this.#record = new Uint32Array(length);
    this.#event = new Uint32Array(length);
    this.#kind = new Uint32Array(length);
    let place = 0;
    for (const { at, record, event, kind } of pages) {
      this.#at.set(at, place);
      this.#record.set(record, place);
      this.#event.set(event, place);
      this.#kind.set(kind, place);
      place += at.length;
    }
  }

  /** Records that have a time. */
  addDated(dated: RecordSet): void {
    for (const record of this.#record) dated.add(record);
  }

  /** Places of the moments that pass, in order. */
  select({ from, to, kinds, records, only = null }: MomentFilter): Uint32Array {
    const first = from === null ? 0 : this.#firstFrom(from);
    const end = to === null ? this.#at.length : this.#firstFrom(to + 1);
    const places = new Uint32Array(Math.max(0, end - first));
    let count = 0;
    for (let place = first; place < end; place += 1) {
      if (kinds !== null && !kinds.has(this.#kind[place] ?? 0)) continue;
      if (records !== null && !records.has(this.#record[place] ?? 0)) continue;
      if (only !== null && !only.has(this.#record[place] ?? 0)) continue;
      places[count] = place;
      count += 1;
    }
    return places.subarray(0, count);
  }

  /** How many of them each kind has. */
  kinds(places: Uint32Array): Map<number, number> {
    const counts = new Map<number, number>();
    for (const place of places) {
      const kind = this.#kind[place] ?? 0;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return counts;
  }

  /** How many of them lie in each stretch of time from the first on. */
  histogram(places: Uint32Array, step: number, buckets: number): number[] {
    const counts = new Array<number>(buckets).fill(0);
    const first = this.#at[places[0] ?? 0] ?? 0;
    for (const place of places) {
      const bucket = Math.min(buckets - 1, Math.floor(((this.#at[place] ?? 0) - first) / step));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return counts;
  }

  moment(place: number): Moment {
    return {
      at: this.#at[place] ?? 0,
      record: this.#record[place] ?? 0,
      event: this.#event[place] ?? 0,
    };
  }

  /** How many of the places come before or are this moment. */
  after(places: Uint32Array, moment: Moment): number {
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.moment(places[middle] ?? 0), moment) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #firstFrom(at: number): number {
    let [low, high] = [0, this.#at.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#at[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(one: Moment, other: Moment): number {
  return one.at - other.at || one.record - other.record || one.event - other.event;
}
