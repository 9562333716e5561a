/** What is remembered for one key of one rule, and how each kind of rule counts. Times are Unix seconds with fractions. */
import { queue } from './expression.js';
import type { HitFields } from './hit-fields.js';
import type { Counting, OverflowVisit } from './scenario.js';

/** Lines of one client may be out of order by so much (several workers, times of the end of requests) and more than it
 * takes a bucket to empty; further back, the log begins anew, or its clock was set back. */
const LEAST_DISORDER_SECONDS = 60;
/** Different values remembered of a bucket; the oldest are forgotten. */
const MAX_DISTINCT = 1_000;
/** Times remembered for a sliding count. */
const MAX_TIMES = 1_000;
/** Half of what is lost in comparing times with fractions. */
const EPSILON = 1e-6;

export class Bucket {
  /** Drops in it, at `time`; for windows and rates the hits, or the rate. */
  level = 0;
  time = Number.NEGATIVE_INFINITY;
  /** Time since which it was never empty; begin of a window. */
  since = 0;
  /** Requests counted since it was last empty or broken. */
  events = 0;
  first = 0;
  /** Where the line of the first begins. */
  byte = 0;
  last = Number.NEGATIVE_INFINITY;
  distinct: Set<string> | null = null;
  times: number[] | null = null;
  /** Muted until then; and from when. */
  mutedFrom = Number.NEGATIVE_INFINITY;
  mutedUntil = Number.NEGATIVE_INFINITY;
  samplePaths: string[] = [];
  statuses: Map<number, number> | null = null;
  /** What was said of it last; goes on while the visit lasts. */
  visit: OverflowVisit | null = null;

  /** As when it was made; what was said stays, and so does what mutes it. */
  empty(): void {
    this.level = 0;
    this.time = Number.NEGATIVE_INFINITY;
    this.since = 0;
    this.events = 0;
    this.last = Number.NEGATIVE_INFINITY;
    this.distinct = null;
    this.times = null;
    this.samplePaths = [];
    this.statuses = null;
  }

  /** Whether a value was not seen yet since it was last empty. */
  isNew(value: string): boolean {
    this.distinct ??= new Set();
    if (this.distinct.has(value)) return false;
    if (this.distinct.size >= MAX_DISTINCT) {
      for (const oldest of this.distinct) {
        this.distinct.delete(oldest);
        break;
      }
    }
    this.distinct.add(value);
    return true;
  }

  /** Whether what it knows can be forgotten without anything being counted differently. */
  isSpent(counting: Counting, now: number): boolean {
    return now > this.mutedUntil && now > this.last + idleSecondsOf(counting) + LEAST_DISORDER_SECONDS;
  }
}

/** How long a bucket lives without a request. */
export function idleSecondsOf(counting: Counting): number {
  switch (counting.kind) {
    case 'leaky':
    case 'conditional':
      return counting.idleSeconds;
    case 'trigger':
      return 0;
    case 'counter':
    case 'window':
    case 'sliding':
      return counting.seconds;
    case 'decay':
      return counting.seconds * 2;
  }
}

/**
 * Forgets what a bucket holds when it died of idleness before this time, or when time went back by more than disorder
 * explains. Counters are not forgotten here: they have something to say first.
 */
export function refresh(bucket: Bucket, counting: Counting, time: number): void {
  if (bucket.last === Number.NEGATIVE_INFINITY) return;
  const idle = idleSecondsOf(counting);
  const isOver =
    (counting.kind === 'leaky' || counting.kind === 'conditional') && time > bucket.last + idle + EPSILON;
  if (isOver || time < bucket.last - Math.max(LEAST_DISORDER_SECONDS, idle)) bucket.empty();
}

/** Counts one request. @returns whether the rule is broken by it */
export function pour(bucket: Bucket, counting: Counting, time: number, fields: HitFields): boolean {
  if (bucket.events === 0 || time < bucket.first) bucket.first = time;
  bucket.events += 1;
  if (time > bucket.last) bucket.last = time;
  switch (counting.kind) {
    case 'trigger':
      return true;
    case 'leaky':
      return pourLeaky(bucket, counting.capacity, counting.leakSeconds, time);
    case 'conditional':
      queue.length = Math.min(bucket.events, counting.kept);
      return counting.condition.truth(fields);
    case 'counter':
      return false;
    case 'window':
      return pourWindow(bucket, counting.seconds, counting.hits, time);
    case 'decay':
      return pourDecay(bucket, counting.seconds, counting.hits, time);
    case 'sliding':
      return pourSliding(bucket, counting.seconds, counting.hits, time);
  }
}

/**
 * A line that comes late counts as if it had come in time. While the bucket is not empty its drops are all that came since
 * then, whatever their order, less what leaked; one from before lets it begin earlier, if it had not leaked by then.
 */
function pourLeaky(bucket: Bucket, capacity: number, leakSeconds: number, time: number): boolean {
  if (bucket.time === Number.NEGATIVE_INFINITY) {
    bucket.time = time;
    bucket.since = time;
    bucket.level = 0;
  }
  let next: number;
  if (time >= bucket.since) {
    if (time > bucket.time) {
      bucket.level -= (time - bucket.time) / leakSeconds;
      bucket.time = time;
    }
    if (bucket.level <= EPSILON) {
      bucket.level = 0;
      bucket.since = time;
    }
    next = bucket.level + 1;
  } else {
    const drops = bucket.level + (bucket.time - bucket.since) / leakSeconds;
    next = drops + 1 - (bucket.time - time) / leakSeconds;
    if (next > bucket.level) bucket.since = time;
    else next = bucket.level;
  }
  if (next > capacity + EPSILON) return true;
  bucket.level = next;
  return false;
}

/** Banjax, regex_rate_limiter: later than the interval after its begin a window begins anew; what is earlier is inside. */
function pourWindow(bucket: Bucket, seconds: number, hits: number, time: number): boolean {
  if (bucket.time === Number.NEGATIVE_INFINITY || time - bucket.since > seconds) {
    bucket.since = time;
    bucket.level = 1;
    bucket.events = 1;
    bucket.first = time;
    bucket.samplePaths = [];
    bucket.statuses = null;
  } else {
    bucket.level += 1;
  }
  bucket.time = time;
  if (bucket.level <= hits) return false;
  bucket.level = 0;
  return true;
}

/**
 * Old Banjax, regex_manager: within the interval each request adds to the rate; past it the interval is moved on, and the
 * rate falls by the share it was moved. The rate stays when the rule is broken. `level` is the rate times the interval.
 */
function pourDecay(bucket: Bucket, seconds: number, hits: number, time: number): boolean {
  if (bucket.time === Number.NEGATIVE_INFINITY) bucket.since = time;
  bucket.time = time;
  const moved = time - bucket.since - seconds;
  if (moved > 0) {
    bucket.since += moved;
    bucket.level = bucket.level * (1 - moved / seconds) + 1;
    if (bucket.level < 0) bucket.level = 1;
  } else {
    bucket.level += 1;
  }
  return bucket.level >= hits - EPSILON;
}

function pourSliding(bucket: Bucket, seconds: number, hits: number, time: number): boolean {
  bucket.times ??= [];
  const { times } = bucket;
  let place = times.length;
  while (place > 0 && (times[place - 1] as number) > time) place -= 1;
  times.splice(place, 0, time);
  const newest = times.at(-1) as number;
  let stale = 0;
  while (stale < times.length && (times[stale] as number) < newest - seconds - EPSILON) stale += 1;
  if (stale > 0) times.splice(0, stale);
  if (times.length === 1) {
    bucket.samplePaths = [];
    bucket.statuses = null;
  }
  if (times.length > MAX_TIMES) times.splice(0, times.length - MAX_TIMES);
  bucket.events = Math.max(1, times.length);
  bucket.first = times[0] ?? time;
  if (times.length < hits) return false;
  times.length = 0;
  return true;
}
