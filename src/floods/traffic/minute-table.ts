import { grown, Index } from './index.js';

/** Rows of sites and minutes kept: one site for almost two years, or forty for two weeks. */
const MAX_MINUTES = 1_000_000;

/** Counters of a minute, side by side in memory. */
export const M = {
  hits: 0,
  pages: 1,
  assets: 2,
  posts: 3,
  status2xx: 4,
  status3xx: 5,
  status4xx: 6,
  status5xx: 7,
  notFound: 8,
  clientGone: 9,
  cacheKnown: 10,
  cacheMissed: 11,
  refererNone: 12,
  refererOutside: 13,
  malformed: 14,
  protocol2: 15,
  timed: 16,
  slow: 17,
  clients: 18,
  limited: 19,
  timedOut: 20,
  exhausted: 21,
  upstreamFailed: 22,
  guarded: 23,
} as const;
const COUNTERS = 24;
export const MF = { bytesOut: 0, durationMs: 1 } as const;
const FLOATS = 2;

/** Requests per site and minute. */
export class MinuteRows {
  /** By site and Unix minute. */
  readonly index = new Index();
  counters = new Uint32Array(this.index.capacity * COUNTERS);
  floats = new Float64Array(this.index.capacity * FLOATS);
  droppedHits = 0;
  #lastSite = -1;
  #lastMinute = -1;
  #lastRow = -1;

  get size(): number {
    return this.index.size;
  }

  /** Row of a site and minute, made when missing; -1 when there is no room for another. */
  row(site: number, minute: number): number {
    if (site === this.#lastSite && minute === this.#lastMinute) return this.#lastRow;
    let row = this.index.find(site, minute);
    if (row === -1 && this.index.size < MAX_MINUTES) {
      row = this.index.add(site, minute);
      this.counters = grown(this.counters, this.index.capacity * COUNTERS);
      this.floats = grown(this.floats, this.index.capacity * FLOATS);
    }
    this.#lastSite = site;
    this.#lastMinute = minute;
    this.#lastRow = row;
    return row;
  }

  increase(row: number, counter: number): void {
    const at = row * COUNTERS + counter;
    this.counters[at] = (this.counters[at] as number) + 1;
  }

  add(row: number, counter: number, by: number): void {
    const at = row * COUNTERS + counter;
    this.counters[at] = (this.counters[at] as number) + by;
  }

  addFloat(row: number, float: number, by: number): void {
    const at = row * FLOATS + float;
    this.floats[at] = (this.floats[at] as number) + by;
  }

  /** Adds a row of another table. */
  take(row: number, other: MinuteRows, otherRow: number): void {
    for (let counter = 0; counter < COUNTERS; counter += 1) {
      this.add(row, counter, other.counters[otherRow * COUNTERS + counter] as number);
    }
    for (let float = 0; float < FLOATS; float += 1) {
      this.addFloat(row, float, other.floats[otherRow * FLOATS + float] as number);
    }
  }

  /** Rows by site, then minute. */
  sorted(): Uint32Array {
    const { index } = this;
    return Uint32Array.from({ length: this.size }, (_, row) => row).sort(
      (a, b) => index.first(a) - index.first(b) || index.second(a) - index.second(b),
    );
  }

  column(order: Uint32Array, counter: number): Uint32Array {
    return order.map((row) => this.counters[row * COUNTERS + counter] as number);
  }

  floatColumn(order: Uint32Array, float: number): Float64Array {
    return Float64Array.from(order, (row) => this.floats[row * FLOATS + float] as number);
  }
}
