/**
 * How much a series of connections looks like a beacon, by the four scores of RITA 5 (Active Countermeasures; the
 * quantities and their defaults are published in its `analysis/beacons.go` and `default_config.hjson`). RITA looks at
 * 24 hours in bars of one hour; here the bars are a 24th of the capture, whatever its length.
 */

/** Starts and sizes of the connections between two ends. */
export interface Series {
  /** Whole seconds, ascending; the same second may come again. */
  readonly seconds: readonly number[];
  /** Bytes the device sent, where known; in any order. */
  readonly sizes: readonly number[];
}

export interface BeaconScores {
  /** Even distances between starts. */
  readonly timing: number;
  /** Even sizes. */
  readonly size: number;
  /** Spread over the capture, or without gaps. */
  readonly duration: number;
  /** As many in each stretch. */
  readonly histogram: number;
  /** A quarter of each. */
  readonly total: number;
  /** Middle distance between starts, in seconds. */
  readonly intervalSeconds: number;
  /** Median absolute deviation of the distances from the middle one. */
  readonly deviationSeconds: number;
}

/** RITA needs three distances that are not zero. */
export const MIN_STARTS = 4;
export const BARS = 24;
/** Less than so many bars have no score for duration. */
const MIN_BARS_OF_DURATION = 6;
/** A run of so many bars is whole. */
const IDEAL_RUN = 12;
const MIN_BARS_OF_MODES = 11;
const MODE_SENSITIVITY = 0.05;
const OUTLYING_BARS = 1;
/** Quartiles nearer than this have no skew that means anything. */
const MIN_QUARTILE_RANGE = 10;

/**
 * The scores, each from 0 to 1; null when there are fewer than four different starts or the span has no length.
 *
 * @param from - first second of the capture
 * @param to - last second of the capture
 */
export function beaconScores({ seconds, sizes }: Series, from: number, to: number): BeaconScores | null {
  const distances = distancesOf(seconds);
  if (distances.length < MIN_STARTS - 1 || to <= from) return null;
  const timing = evenness(distances, 1);
  const size = sizes.length < MIN_STARTS - 1 ? 0 : evenness([...sizes].sort(ascending), 0);
  const bars = barsOf(seconds, from, to);
  const duration = durationScore(seconds, bars, from, to);
  const histogram = histogramScore(bars);
  return {
    timing,
    size,
    duration,
    histogram,
    total: rounded((timing + size + duration + histogram) / 4),
    intervalSeconds: median(distances),
    deviationSeconds: medianDeviation(distances),
  };
}

/** Distances between neighbours, ascending, without those of zero. */
function distancesOf(seconds: readonly number[]): number[] {
  const distances: number[] = [];
  for (let index = 1; index < seconds.length; index += 1) {
    const distance = (seconds[index] ?? 0) - (seconds[index - 1] ?? 0);
    if (distance > 0) distances.push(distance);
  }
  return distances.sort(ascending);
}

/**
 * Mean of two: how even the quartiles lie around the middle (Bowley's skewness), and how near the values are to it.
 *
 * @param whenSmall - the second where the middle is below 1
 */
function evenness(sorted: readonly number[], whenSmall: number): number {
  const middle = median(sorted);
  const nearness = middle < 1 ? whenSmall : Math.max(0, (middle - medianDeviation(sorted)) / middle);
  return rounded((1 - Math.abs(bowleySkew(sorted)) + nearness) / 2);
}

export function bowleySkew(sorted: readonly number[]): number {
  // The middle value belongs to neither half.
  const half = Math.floor(sorted.length / 2);
  const lower = median(sorted.slice(0, half));
  const middle = median(sorted);
  const upper = median(sorted.slice(sorted.length - half));
  if (upper - lower < MIN_QUARTILE_RANGE || middle === lower || middle === upper) return 0;
  return (lower + upper - 2 * middle) / (upper - lower);
}

function median(sorted: readonly number[]): number {
  if (sorted.length === 0) return 0;
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

function medianDeviation(sorted: readonly number[]): number {
  const middle = median(sorted);
  return median(sorted.map((value) => Math.abs(value - middle)).sort(ascending));
}

/** How many starts lie in each 24th of the span; the last second belongs to the last one. */
function barsOf(seconds: readonly number[], from: number, to: number): number[] {
  const bars = new Array<number>(BARS).fill(0);
  for (const second of seconds) {
    const place = Math.floor(((second - from) * BARS) / (to - from));
    const bar = Math.max(0, Math.min(BARS - 1, place));
    bars[bar] = (bars[bar] ?? 0) + 1;
  }
  return bars;
}

function durationScore(
  seconds: readonly number[],
  bars: readonly number[],
  from: number,
  to: number,
): number {
  if (bars.filter((count) => count > 0).length < MIN_BARS_OF_DURATION) return 0;
  const length = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  return Math.min(1, Math.max(roundedUp(length / (to - from)), roundedUp(longestRun(bars) / IDEAL_RUN)));
}

/** Longest run of bars that are not empty; the end is followed by the beginning. */
function longestRun(bars: readonly number[]): number {
  let longest = 0;
  let run = 0;
  for (let index = 0; index < bars.length * 2; index += 1) {
    run = (bars[index % bars.length] ?? 0) > 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return Math.min(longest, bars.length);
}

function histogramScore(bars: readonly number[]): number {
  return Math.max(flatness(bars), twoHeights(bars));
}

/** 1 less the coefficient of variation of all bars. */
function flatness(bars: readonly number[]): number {
  const mean = bars.reduce((sum, count) => sum + count, 0) / bars.length;
  if (mean === 0) return 0;
  const variance = bars.reduce((sum, count) => sum + (count - mean) ** 2, 0) / bars.length;
  return rounded(Math.max(0, 1 - Math.sqrt(variance) / mean));
}

/** Part of the bars that have one of the two commonest heights. */
function twoHeights(bars: readonly number[]): number {
  const filled = bars.filter((count) => count > 0);
  if (filled.length < MIN_BARS_OF_MODES) return 0;
  const step = Math.ceil(Math.max(...filled) * MODE_SENSITIVITY);
  const heights = new Map<number, number>();
  for (const count of filled) {
    const height = Math.floor(count / step);
    heights.set(height, (heights.get(height) ?? 0) + 1);
  }
  const [first = 0, second = 0] = [...heights.values()].sort((a, b) => b - a);
  return Math.min(1, rounded((first + second) / (filled.length - OUTLYING_BARS)));
}

function ascending(a: number, b: number): number {
  return a - b;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function roundedUp(value: number): number {
  return Math.ceil(value * 1000) / 1000;
}
