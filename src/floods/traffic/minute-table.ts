import { Rows } from './rows.js';

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
  bulk: 24,
} as const;
const COUNTERS = 25;
export const MF = { bytesOut: 0, durationMs: 1 } as const;
const FLOATS = 2;

/** Requests per site and minute: keys are both. */
export class MinuteRows extends Rows {
  droppedHits = 0;
  #lastSite = -1;
  #lastMinute = -1;
  #lastRow = -1;

  constructor() {
    super(COUNTERS, FLOATS);
  }

  /** Row of a site and minute, made when missing; -1 when there is no room for another. */
  row(site: number, minute: number): number {
    if (site === this.#lastSite && minute === this.#lastMinute) return this.#lastRow;
    let row = this.index.find(site, minute);
    if (row === -1 && this.index.size < MAX_MINUTES) row = this.addRow(site, minute);
    this.#lastSite = site;
    this.#lastMinute = minute;
    this.#lastRow = row;
    return row;
  }

  /** Adds all of another table, whose sites are called otherwise here. */
  merge(other: MinuteRows, siteOf: (site: number) => number): void {
    this.droppedHits += other.droppedHits;
    for (let from = 0; from < other.size; from += 1) {
      const row = this.row(siteOf(other.index.first(from)), other.index.second(from));
      if (row === -1) {
        this.droppedHits += other.counter(from, M.hits);
        continue;
      }
      this.takeCounters(row, other, from, 0, COUNTERS - 1);
      for (let float = 0; float < FLOATS; float += 1) this.addFloat(row, float, other.float(from, float));
    }
  }

  /** Rows by site, then minute. */
  sorted(): Uint32Array {
    const { index } = this;
    return Uint32Array.from({ length: this.size }, (_, row) => row).sort(
      (a, b) => index.first(a) - index.first(b) || index.second(a) - index.second(b),
    );
  }
}
