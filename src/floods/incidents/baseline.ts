/** What is usual for a site at each minute: seasonal, robust against the very attacks it is to find. */
import type { Baseline } from './incident.js';

const HOUR = 60;
const DAY = 1_440;
const WEEK = 10_080;
/** Least history of each kind, in minutes. */
const LEAST = { 'hour-of-week': 2 * WEEK, 'hour-of-day': 2 * DAY, rolling: 2 * HOUR } as const;
/** A rolling median looks back six hours, and not at the last quarter of an hour. */
const ROLLING_MINUTES = 360;
const ROLLING_GAP = 15;
const LEAST_VALUES = 60;
/** Of a normal distribution the median of absolute deviations is this part of the standard deviation. */
const MAD_TO_SIGMA = 1.4826;
/** Nothing varies less than 5 %. */
const LEAST_SCALE = 0.05;

/** Usual requests of every minute of a span, and how far a minute may stray: both of log(1 + n). */
export interface Usual {
  readonly kind: Baseline;
  /** Requests a minute. */
  perMinute(index: number): number;
  /** Requests a minute that a quarter of such minutes have fewer than; and those of the busiest minute of a middling hour. */
  lowPerMinute(index: number): number;
  highPerMinute(index: number): number;
  /** Distance of a count from what is usual, in scales. */
  z(index: number, count: number): number;
}

/** Which baseline a span of so many minutes allows. */
export function baselineFor(minutes: number): Baseline {
  if (minutes >= LEAST['hour-of-week']) return 'hour-of-week';
  if (minutes >= LEAST['hour-of-day']) return 'hour-of-day';
  return minutes >= LEAST.rolling ? 'rolling' : 'none';
}

/**
 * @param counts requests of each minute of the span, zeros included
 * @param firstMinute Unix minute of the first
 * @param flagged minutes that are left out: incidents found so far
 */
export function usualOf(counts: Float64Array, firstMinute: number, flagged: Uint8Array): Usual {
  const kind = baselineFor(counts.length);
  const season = kind === 'hour-of-week' ? WEEK / HOUR : kind === 'hour-of-day' ? DAY / HOUR : 0;
  return season > 0 ? seasonal(kind, counts, firstMinute, flagged, season) : rolling(kind, counts, flagged);
}

function seasonal(
  kind: Baseline,
  counts: Float64Array,
  firstMinute: number,
  flagged: Uint8Array,
  hours: number,
): Usual {
  const values: number[][] = Array.from({ length: hours }, () => []);
  const peaks: number[][] = Array.from({ length: hours }, () => []);
  let [peak, peakHour] = [-1, -1];
  const neighbours = (hour: number): number[] => [hour, (hour + 1) % hours, (hour + hours - 1) % hours];
  const endHour = (): void => {
    if (peak < 0) return;
    for (const slot of neighbours(peakHour % hours)) (peaks[slot] as number[]).push(peak);
    peak = -1;
  };
  for (const [index, count] of counts.entries()) {
    const hour = Math.floor((firstMinute + index) / HOUR);
    if (hour !== peakHour) endHour();
    peakHour = hour;
    if (flagged[index] === 1) continue;
    const value = Math.log1p(count);
    peak = Math.max(peak, value);
    // An hour is compared with its neighbours too: rhythms do not jump at the full hour.
    for (const slot of neighbours(hour % hours)) (values[slot] as number[]).push(value);
  }
  endHour();
  const usual = values.map((list, slot) => centreOf(list, median(peaks[slot] as number[])));
  const at = (index: number): Centre => usual[Math.floor((firstMinute + index) / HOUR) % hours] as Centre;
  return of(kind, at);
}

function rolling(kind: Baseline, counts: Float64Array, flagged: Uint8Array): Usual {
  const known = new Map<number, Centre>();
  const at = (index: number): Centre => {
    // What is usual does not change within five minutes.
    const step = Math.floor(index / 5);
    let centre = known.get(step);
    if (!centre) {
      const values = around(counts, flagged, index);
      centre = centreOf(values, median(peaksOf(values)));
      known.set(step, centre);
    }
    return centre;
  };
  return of(kind, at);
}

/** Minutes before one; where there are too few, those after it too; where there are none, all there are. */
function around(counts: Float64Array, flagged: Uint8Array, index: number): number[] {
  const take = (from: number, to: number): number[] => {
    const list: number[] = [];
    for (let at = Math.max(from, 0); at < Math.min(to, counts.length); at += 1) {
      if (flagged[at] !== 1) list.push(Math.log1p(counts[at] as number));
    }
    return list;
  };
  const before = take(index - ROLLING_MINUTES, index - ROLLING_GAP);
  if (before.length >= LEAST_VALUES) return before;
  const both = [...before, ...take(index + ROLLING_GAP, index + ROLLING_MINUTES)];
  return both.length >= LEAST_VALUES ? both : take(0, counts.length);
}

/** Largest of each half hour. */
function peaksOf(values: readonly number[]): number[] {
  const peaks: number[] = [];
  for (let start = 0; start < values.length; start += HOUR / 2) {
    let peak = 0;
    for (const value of values.slice(start, start + HOUR / 2)) if (value > peak) peak = value;
    peaks.push(peak);
  }
  return peaks;
}

interface Centre {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
  readonly scale: number;
}

function centreOf(values: number[], high: number): Centre {
  if (values.length === 0) return { middle: 0, low: 0, high, scale: 1 };
  const middle = median(values);
  const low = values[Math.floor(values.length * 0.25)] ?? 0;
  const spread = MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - middle)));
  const usual = Math.expm1(middle);
  // Counts vary by their root even when nothing happens (Poisson).
  const poisson = Math.sqrt(Math.max(usual, 1)) / Math.max(usual, 1);
  return { middle, low, high, scale: Math.max(spread, poisson, LEAST_SCALE) };
}

/** Middle value; sorts in place. */
export function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  const upper = values[half] ?? 0;
  return values.length % 2 === 1 ? upper : ((values[half - 1] ?? 0) + upper) / 2;
}

function of(kind: Baseline, at: (index: number) => Centre): Usual {
  return {
    kind,
    perMinute: (index) => Math.expm1(at(index).middle),
    lowPerMinute: (index) => Math.expm1(at(index).low),
    highPerMinute: (index) => Math.expm1(at(index).high),
    z: (index, count) => {
      const { middle, scale } = at(index);
      return (Math.log1p(count) - middle) / scale;
    },
  };
}
