/** Requests of a site minute by minute, without gaps, as what is usual is worked out from them. */
import type { MinuteTable, TrafficSource, TrafficView } from '../traffic/shape.js';

/** After so long a silence a new series begins: nothing before it says what is usual after it. */
const MAX_SILENCE_MINUTES = 10_080;
/** Longest series: two years. */
const MAX_MINUTES = 1_100_000;
/** Minutes of all series together. Only times that are made up need more. */
const MAX_ALL_MINUTES = 16_000_000;
/** Series with fewer requests have no incidents worth the name. */
const LEAST_HITS = 240;

/** A stretch of one site's minutes. */
export interface Series {
  readonly site: number;
  /** Unix minute of the first. */
  readonly first: number;
  /** Requests of each minute, zeros included. */
  readonly counts: Float64Array;
  /** Rows of `view.minutes`; -1 for minutes without a request. */
  readonly rows: Int32Array;
  /** 1 for minutes that none of the files reaches: what happened in them is not known. */
  readonly unknown: Uint8Array;
}

interface Stretch {
  readonly site: number;
  readonly firstRow: number;
  readonly lastRow: number;
  readonly first: number;
  last: number;
  hits: number;
}

/** Series of all sites, those with most requests first. */
export function* seriesOf(view: TrafficView): Generator<Series, void, undefined> {
  const { minutes } = view;
  let left = MAX_ALL_MINUTES;
  for (const stretch of stretchesOf(minutes)) {
    const length = stretch.last - stretch.first + 1;
    if (length > left) continue;
    left -= length;
    yield series(view, stretch, length);
  }
}

function stretchesOf(minutes: MinuteTable): Stretch[] {
  const stretches: Stretch[] = [];
  let open: { -readonly [Key in keyof Stretch]: Stretch[Key] } | null = null;
  let end = 0;
  for (let row = 0; row < minutes.size; row += 1) {
    const minute = minutes.minute[row] as number;
    const site = minutes.site[row] as number;
    if (minute > end) end = minute;
    if (
      open === null ||
      open.site !== site ||
      minute - open.last > MAX_SILENCE_MINUTES ||
      minute - open.first >= MAX_MINUTES
    ) {
      open = { site, firstRow: row, lastRow: row, first: minute, last: minute, hits: 0 };
      stretches.push(open);
    }
    open.lastRow = row;
    open.last = minute;
    open.hits += minutes.hits[row] as number;
  }
  // A site may fall silent for good while others of the same log go on.
  const isLastOf = new Map(stretches.map((stretch) => [stretch.site, stretch]));
  for (const stretch of isLastOf.values()) {
    if (end - stretch.last <= MAX_SILENCE_MINUTES) stretch.last = end;
  }
  return stretches
    .filter(({ hits }) => hits >= LEAST_HITS)
    .sort((a, b) => b.hits - a.hits || a.site - b.site || a.first - b.first);
}

function series({ minutes, sources }: TrafficView, stretch: Stretch, length: number): Series {
  const { site, first, firstRow, lastRow } = stretch;
  const counts = new Float64Array(length);
  const rows = new Int32Array(length).fill(-1);
  for (let row = firstRow; row <= lastRow; row += 1) {
    const index = (minutes.minute[row] as number) - first;
    counts[index] = minutes.hits[row] as number;
    rows[index] = row;
  }
  return { site, first, counts, rows, unknown: unknownMinutes(sources, first, rows) };
}

/** Minutes between the files. Those with a request are known, whatever the files say. */
function unknownMinutes(sources: readonly TrafficSource[], first: number, rows: Int32Array): Uint8Array {
  const unknown = new Uint8Array(rows.length);
  const spans = sources
    .filter(({ lastSecond, firstSecond }) => lastSecond >= firstSecond)
    .map(({ firstSecond, lastSecond }) => ({
      from: Math.floor(firstSecond / 60) - first,
      to: Math.floor(lastSecond / 60) - first,
    }))
    .sort((a, b) => a.from - b.from);
  let next = 0;
  for (const { from, to } of spans) {
    for (let index = Math.max(next, 0); index < Math.min(from, rows.length); index += 1) {
      if (rows[index] === -1) unknown[index] = 1;
    }
    next = Math.max(next, to + 1);
  }
  return unknown;
}
