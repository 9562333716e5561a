/** What is usual for a site at each minute: seasonal, robust against the very attacks it is to find. */
import type { Baseline } from './incident.js';

const HOUR = 60;
const DAY_HOURS = 24;
const WEEK_HOURS = 168;
/** Least history of each kind, in minutes. */
const LEAST = { 'hour-of-week': 20_160, 'hour-of-day': 2_880, rolling: 120 } as const;
/** Logs are rarely cut at the very minute: two weeks without an hour are two weeks. */
const LEEWAY = 60;
/** A rolling median looks back on six hours of ordinary minutes, and not at the last quarter of an hour. */
const ROLLING_MINUTES = 360;
const ROLLING_GAP = 15;
const LEAST_VALUES = 60;
/** It changes little in so many minutes. */
const ROLLING_STEP = 5;
/** In long logs an hour is compared with those of so many weeks before and after: sites grow. */
const WEEKS_AROUND = 2;
/** Of a normal distribution the median of absolute deviations is this part of the standard deviation. */
const MAD_TO_SIGMA = 1.4826;
/** Nothing varies less than 5 %. */
const LEAST_SCALE = 0.05;
/** Of two days or weeks one may be an attack through and through: then not the middle but what lies below it is usual. */
const FEW_SEASONS = 3;
const FEW_QUANTILE = 0.4;
/** Without a history the quiet part of the log is what the rest is compared with. */
const NO_HISTORY_QUANTILE = 0.25;

/** Usual requests of every minute of a series, and how far a minute may stray. */
export interface Usual {
  readonly kind: Baseline;
  /** Middle of log(1 + n). */
  readonly middle: Float64Array;
  /** What counts as one step away from it. */
  readonly scale: Float64Array;
  /** Requests a minute. */
  readonly perMinute: Float64Array;
  /** Requests of the busiest minute of an ordinary hour: readers come in visits, so that minutes of a small site stray far. */
  readonly busiest: Float64Array;
}

/** Distance of a count from what is usual, in steps. */
export function distance({ middle, scale }: Usual, index: number, count: number): number {
  return (Math.log1p(count) - (middle[index] as number)) / (scale[index] as number);
}

/** Which baseline so many known minutes allow. */
export function baselineFor(minutes: number): Baseline {
  if (minutes >= LEAST['hour-of-week'] - LEEWAY) return 'hour-of-week';
  if (minutes >= LEAST['hour-of-day'] - LEEWAY) return 'hour-of-day';
  return minutes >= LEAST.rolling ? 'rolling' : 'none';
}

/**
 * @param counts requests of each minute of the series, zeros included
 * @param first Unix minute of the first
 * @param leftOut 1 for minutes that say nothing about what is usual: incidents found so far, and what no file holds
 * @param known minutes that the files reach
 */
export function usualOf(counts: Float64Array, first: number, leftOut: Uint8Array, known: number): Usual {
  const kind = baselineFor(known);
  const usual: Usual = {
    kind,
    middle: new Float64Array(counts.length),
    scale: new Float64Array(counts.length),
    perMinute: new Float64Array(counts.length),
    busiest: new Float64Array(counts.length),
  };
  if (kind === 'rolling') rolling(usual, counts, leftOut);
  else if (kind === 'none') flat(usual, counts, leftOut);
  else seasonal(usual, counts, first, leftOut, kind === 'hour-of-week' ? WEEK_HOURS : DAY_HOURS);
  return usual;
}

function seasonal(
  usual: Usual,
  counts: Float64Array,
  first: number,
  leftOut: Uint8Array,
  season: number,
): void {
  const firstHour = Math.floor(first / HOUR);
  const hours = Math.floor((first + counts.length - 1) / HOUR) - firstHour + 1;
  const seasons = Math.ceil(hours / season);
  const around = seasons > 2 * WEEKS_AROUND + 1 && season === WEEK_HOURS ? WEEKS_AROUND : seasons;
  const room = 3 * (Math.min(seasons, 2 * around + 1) + 1);
  const values = new Float64Array(room * HOUR);
  const peaks = new Float64Array(room);
  const peakOf = peaksOf(counts, leftOut, firstHour * HOUR - first, hours);
  const centre = new Centre(values.length);
  const quantile = seasons < FEW_SEASONS ? FEW_QUANTILE : 0.5;
  // With all seasons alike each hour of the first stands for those of all.
  const distinct = around === seasons ? Math.min(season, hours) : hours;
  for (let hour = 0; hour < distinct; hour += 1) {
    let [size, peakCount] = [0, 0];
    const from = around === seasons ? hour % season : hour - around * season;
    const to = around === seasons ? hours : hour + around * season;
    for (let middle = from; middle <= to; middle += season) {
      for (let near = Math.max(middle - 1, 0); near <= Math.min(middle + 1, hours - 1); near += 1) {
        if ((peakOf[near] as number) < 0 || peakCount === room) continue;
        peaks[peakCount] = peakOf[near] as number;
        peakCount += 1;
      }
      // Rhythms do not jump at the full hour: neighbours count too.
      const start = Math.max((firstHour + middle - 1) * HOUR - first, 0);
      const end = Math.min((firstHour + middle + 2) * HOUR - first, counts.length);
      for (let index = start; index < end && size < values.length; index += 1) {
        if (leftOut[index] === 1) continue;
        values[size] = counts[index] as number;
        size += 1;
      }
    }
    centre.of(values.subarray(0, size), peaks.subarray(0, peakCount), quantile);
    for (let same = hour; same < (around === seasons ? hours : hour + 1); same += season) {
      fill(usual, (firstHour + same) * HOUR - first, HOUR, centre);
    }
  }
}

function rolling(usual: Usual, counts: Float64Array, leftOut: Uint8Array): void {
  const values = new Float64Array(Math.max(2 * ROLLING_MINUTES, counts.length));
  const centre = new Centre(values.length);
  let size = 0;
  const take = (from: number, to: number, most = values.length): void => {
    for (let index = Math.max(from, 0); index < Math.min(to, counts.length) && size < most; index += 1) {
      if (leftOut[index] === 1) continue;
      values[size] = counts[index] as number;
      size += 1;
    }
  };
  /** Of the minutes before, the last ordinary ones, however long ago: an attack may take all of six hours. */
  const takeBefore = (end: number): void => {
    let [index, left] = [end - 1, ROLLING_MINUTES - ROLLING_GAP];
    while (index > 0 && left > 0) {
      if (leftOut[index] !== 1) left -= 1;
      if (left > 0) index -= 1;
    }
    take(index, end);
  };
  for (let start = 0; start < counts.length; start += ROLLING_STEP) {
    size = 0;
    takeBefore(start - ROLLING_GAP);
    if (size < LEAST_VALUES) take(start + ROLLING_GAP, start + ROLLING_MINUTES);
    if (size < LEAST_VALUES) {
      size = 0;
      take(0, counts.length);
    }
    const taken = values.subarray(0, size);
    centre.of(taken, peaksOf(taken, null, 0, Math.ceil(size / HOUR)), 0.5);
    fill(usual, start, ROLLING_STEP, centre);
  }
}

function flat(usual: Usual, counts: Float64Array, leftOut: Uint8Array): void {
  const values = counts.filter((_, index) => leftOut[index] !== 1);
  const centre = new Centre(values.length);
  // Too short for hours: what is busiest in a quiet part is not known.
  centre.of(values, new Float64Array([Number.POSITIVE_INFINITY]), NO_HISTORY_QUANTILE);
  fill(usual, 0, counts.length, centre);
}

/** Busiest minute of each hour; -1 for hours of which nothing is known. */
function peaksOf(
  counts: Float64Array,
  leftOut: Uint8Array | null,
  start: number,
  hours: number,
): Float64Array {
  const peaks = new Float64Array(hours).fill(-1);
  for (let index = 0; index < counts.length; index += 1) {
    if (leftOut !== null && leftOut[index] === 1) continue;
    const hour = Math.floor((index - start) / HOUR);
    if ((counts[index] as number) > (peaks[hour] as number)) peaks[hour] = counts[index] as number;
  }
  return peaks;
}

function fill(usual: Usual, start: number, length: number, { middle, scale, busiest }: Centre): void {
  const from = Math.max(start, 0);
  const to = Math.min(start + length, usual.middle.length);
  usual.middle.fill(middle, from, to);
  usual.scale.fill(scale, from, to);
  usual.perMinute.fill(Math.expm1(middle), from, to);
  usual.busiest.fill(busiest, from, to);
}

/** Middle and spread of log(1 + n). */
class Centre {
  middle = 0;
  scale = 1;
  busiest = 0;
  readonly #distances: Float64Array;

  constructor(room: number) {
    this.#distances = new Float64Array(room);
  }

  /** Sorts the counts and peaks it is given. */
  of(counts: Float64Array, peaks: Float64Array, quantile: number): void {
    this.busiest = peaks.length === 0 ? 0 : quantileOf(peaks.sort(), quantile);
    if (counts.length === 0) {
      this.middle = 0;
      this.scale = 1;
      return;
    }
    const usual = quantileOf(counts.sort(), quantile);
    this.middle = Math.log1p(usual);
    const distances = this.#distances.subarray(0, counts.length);
    for (let index = 0; index < counts.length; index += 1) {
      distances[index] = Math.abs(Math.log1p(counts[index] as number) - this.middle);
    }
    const spread = MAD_TO_SIGMA * quantileOf(distances.sort(), 0.5);
    // Counts vary by their root even when nothing happens (Poisson); of log(1 + n) that is the root over 1 + n.
    this.scale = Math.max(spread, Math.sqrt(usual) / (1 + usual), LEAST_SCALE);
  }
}

/** Of sorted values; between two of them their mean. */
function quantileOf(sorted: Float64Array, quantile: number): number {
  const place = (sorted.length - 1) * quantile;
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (above - below) * (place - Math.floor(place));
}
