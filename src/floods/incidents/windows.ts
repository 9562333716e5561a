/** Spans of minutes in which a series is far above or below what is usual. */
import { distance, type Usual } from './baseline.js';

/** A span of minutes of one series, by index, both inclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const LEAST_Z = 6;
const END_Z = 3;
/** So many of so many minutes in a row must be above. */
const [ABOVE, OF] = [3, 5];
const LEAST_TIMES = 10;
/** Where minutes stray so far that no distance is far, what the busiest minute of an ordinary hour has tells. */
const LEAST_TIMES_BUSIEST = 2.5;
const LEAST_PER_MINUTE = 60;
const MINUTES_UNTIL_OVER = 10;
/** Windows nearer to each other are one. */
export const MERGE_MINUTES = 15;
/** A window begins and ends where its surplus is this part of what it is in the minutes that hold half of it. */
const EDGE_SHARE = 0.1;
/** Silence: at most this part of what is due in a minute, and of what is due in all of it. */
const SILENT_MINUTE = 0.1;
const SILENT_WHOLE = 0.04;
const LEAST_SILENT_MINUTES = 5;
/** How improbable silence must be in the whole log for it to be more than chance: one in a thousand. */
const CHANCE_OF_SILENCE = 1_000;
const BIN_MINUTES = 10;
/** A site may change: how its counts vary is looked at near the silence too. */
const NEAR_MINUTES = 360;
/** Silence is compared with what came so shortly before and after it. */
const BESIDE_MINUTES = 60;
/** Answers that are errors of the server: nearly all of a minute, and of the whole. */
const FAILING_SHARE = 0.8;
const LEAST_FAILED = 30;
const MOST_FAILING_OTHERWISE = 0.2;

/** Minutes in which the traffic of a site is many times what is usual. */
export function surges(counts: Float64Array, usual: Usual, leastPerMinute = LEAST_PER_MINUTE): Window[] {
  const isAbove = (index: number): boolean => {
    const count = counts[index] as number;
    return (
      count >= leastPerMinute &&
      count >= LEAST_TIMES * (usual.perMinute[index] as number) &&
      (distance(usual, index, count) >= LEAST_Z || isBusierThanEver(usual, index, count))
    );
  };
  const isOver = (index: number): boolean => {
    const count = counts[index] as number;
    return distance(usual, index, count) < END_Z && !isBusierThanEver(usual, index, count);
  };
  const windows: Window[] = [];
  let recent = 0;
  for (let index = 0; index < counts.length; index += 1) {
    recent = ((recent << 1) | (isAbove(index) ? 1 : 0)) & ((1 << OF) - 1);
    if (bits(recent) < ABOVE) continue;
    let from = Math.max(index - OF + 1, 0);
    while (!isAbove(from)) from += 1;
    // What rises slowly was above what is usual for a while before it was many times that.
    while (from > 0 && !isOver(from - 1)) from -= 1;
    let to = index;
    for (let quiet = 0, at = index; at < counts.length && quiet < MINUTES_UNTIL_OVER; at += 1) {
      const isQuiet = isOver(at);
      quiet = isQuiet ? quiet + 1 : 0;
      if (!isQuiet) to = at;
    }
    windows.push(trimmed(counts, usual, { from, to }));
    index = to;
    recent = 0;
  }
  return merged(windows);
}

function isBusierThanEver(usual: Usual, index: number, count: number): boolean {
  return count >= LEAST_TIMES_BUSIEST * Math.max(usual.busiest[index] as number, 1);
}

/** Without the beginning and the end in which hardly more than the usual came. */
function trimmed(counts: Float64Array, usual: Usual, { from, to }: Window): Window {
  const surplus = counts
    .slice(from, to + 1)
    .map((count, index) => count - (usual.perMinute[from + index] as number));
  const edges = edgesOf(surplus);
  return edges ? { from: from + edges.from, to: from + edges.to } : { from, to };
}

/** First and last of the values that are not small beside those that hold half of everything; null when there are none. */
export function edgesOf(values: Float64Array): Window | null {
  const positive = values.filter((value) => value > 0).sort();
  let rest = positive.reduce((sum, value) => sum + value, 0) / 2;
  let place = positive.length - 1;
  while (place > 0 && rest > (positive[place] as number)) {
    rest -= positive[place] as number;
    place -= 1;
  }
  const least = EDGE_SHARE * (positive[place] ?? 0);
  const isInside = (value: number): boolean => value > 0 && value >= least;
  const from = values.findIndex(isInside);
  return from === -1 ? null : { from, to: values.findLastIndex(isInside) };
}

/**
 * Minutes of silence of a site that is never silent at that hour: so few requests that chance cannot explain it. The
 * beginning of the log is not looked at, nor are minutes that no file holds.
 */
export function silences(
  counts: Float64Array,
  usual: Usual,
  unknown: Uint8Array,
  leftOut: Uint8Array,
): Window[] {
  if (usual.kind === 'none') return [];
  const dispersion = dispersionOf(counts, leftOut);
  const least = Math.log(counts.length * CHANCE_OF_SILENCE);
  const windows: Window[] = [];
  let [from, due, got] = [-1, 0, 0];
  const end = (to: number): void => {
    // An empty end may be that of the log, cut in the middle of a minute.
    if (from > 0 && to - from + 1 >= LEAST_SILENT_MINUTES) {
      const beside = dueBeside(counts, from, to);
      // With weeks of history what is usual is known; else what came right beside it decides.
      const expected = usual.kind === 'hour-of-week' ? due : Math.min(due, beside);
      const near = dispersionOf(
        counts.subarray(Math.max(from - NEAR_MINUTES, 0), to + NEAR_MINUTES),
        leftOut.subarray(Math.max(from - NEAR_MINUTES, 0), to + NEAR_MINUTES),
      );
      if (expected >= least * Math.max(dispersion, near) && got <= Math.max(beside * SILENT_MINUTE, 1))
        windows.push({ from, to });
    }
    [from, due, got] = [-1, 0, 0];
  };
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] as number;
    const expected = usual.perMinute[index] as number;
    const isSilent =
      unknown[index] !== 1 &&
      expected > 0 &&
      count <= expected * SILENT_MINUTE &&
      got + count <= Math.max((due + expected) * SILENT_WHOLE, 1);
    if (isSilent) {
      if (from === -1) from = index;
      due += expected;
      got += count;
    } else {
      end(index - 1);
    }
  }
  end(counts.length - 1);
  return windows;
}

/** What was to come in a span by what came shortly before and after it, whichever is less. */
function dueBeside(counts: Float64Array, from: number, to: number): number {
  const before = meanOf(counts, from - BESIDE_MINUTES, from);
  const after = to + 1 < counts.length ? meanOf(counts, to + 1, to + 1 + BESIDE_MINUTES) : before;
  return Math.min(before, after) * (to - from + 1);
}

function meanOf(counts: Float64Array, from: number, to: number): number {
  const part = counts.subarray(Math.max(from, 0), Math.max(to, 0));
  let sum = 0;
  for (const count of part) sum += count;
  return part.length === 0 ? 0 : sum / part.length;
}

/**
 * Times that counts vary more than those of independent events: a visit is many requests. From the differences of spans
 * that follow each other, so that the rhythm of the day does not count.
 */
function dispersionOf(counts: Float64Array, leftOut: Uint8Array): number {
  let [squares, sum, last] = [0, 0, -1];
  for (let start = 0; start + BIN_MINUTES <= counts.length; start += BIN_MINUTES) {
    let [came, out] = [0, 0];
    for (let index = start; index < start + BIN_MINUTES; index += 1) {
      came += counts[index] as number;
      out += leftOut[index] as number;
    }
    if (out > 0) came = -1;
    if (came >= 0 && last >= 0) {
      squares += (came - last) ** 2;
      sum += came + last;
    }
    last = came;
  }
  return sum === 0 ? 1 : Math.max(1, squares / sum);
}

/** Minutes in which the server answers nearly everything with an error of its own, and no more is asked of it than usual. */
export function failures(counts: Float64Array, errors: Float64Array, usual: Usual): Window[] {
  let [hits, failed] = [0, 0];
  for (const [index, count] of counts.entries()) {
    hits += count;
    failed += errors[index] as number;
  }
  const windows: Window[] = [];
  let [from, to, inside, outside] = [-1, -1, 0, 0];
  const end = (): void => {
    const otherwise = (failed - inside) / Math.max(hits - outside, 1);
    if (
      from !== -1 &&
      to - from + 1 >= LEAST_SILENT_MINUTES &&
      inside >= LEAST_FAILED &&
      otherwise <= MOST_FAILING_OTHERWISE
    )
      windows.push({ from, to });
    [from, to, inside, outside] = [-1, -1, 0, 0];
  };
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] as number;
    const error = errors[index] as number;
    if (count > 0 && error < count * FAILING_SHARE) end();
    else if (count > 0) {
      if (count > LEAST_TIMES * Math.max(usual.perMinute[index] as number, 1)) {
        end();
        continue;
      }
      if (from !== -1 && index - to > MERGE_MINUTES) end();
      if (from === -1) from = index;
      to = index;
      inside += error;
      outside += count;
    }
  }
  end();
  return windows;
}

/** Windows near each other joined; sorted. */
export function merged<W extends Window>(windows: readonly W[], join: (a: W, b: W) => W = joinPlain): W[] {
  const sorted = [...windows].sort((a, b) => a.from - b.from || a.to - b.to);
  const joined: W[] = [];
  for (const window of sorted) {
    const last = joined.at(-1);
    if (last && window.from - last.to <= MERGE_MINUTES) joined[joined.length - 1] = join(last, window);
    else joined.push(window);
  }
  return joined;
}

function joinPlain<W extends Window>(a: W, b: W): W {
  return { ...a, to: Math.max(a.to, b.to) };
}

function bits(word: number): number {
  let count = 0;
  for (let rest = word; rest > 0; rest &= rest - 1) count += 1;
  return count;
}
