/** Spans of minutes in which a series is far above or below what is usual. */
import type { Usual } from './baseline.js';

/** A span of minutes of one series, by index, both inclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const LEAST_Z = 6;
const END_Z = 3;
/** Readers come in visits, so that the minutes of a small site stray far: then what it has once in a hundred minutes tells. */
const LEAST_TIMES_HIGH = 2.5;
/** So many of so many minutes in a row must be above. */
const [ABOVE, OF] = [3, 5];
const LEAST_TIMES = 10;
const LEAST_PER_MINUTE = 60;
const MINUTES_UNTIL_OVER = 10;
/** Windows nearer to each other are one. */
export const MERGE_MINUTES = 15;
/** Silence: what should have come, and how little of it did. */
const LEAST_EXPECTED = 30;
const MOST_LEFT = 0.03;
const LEAST_SILENT_MINUTES = 5;

/** Minutes in which the traffic of a site is many times what is usual. */
export function surges(counts: Float64Array, usual: Usual): Window[] {
  const isAbove = (index: number): boolean => {
    const count = counts[index] as number;
    return (
      count >= LEAST_PER_MINUTE &&
      count >= LEAST_TIMES * usual.perMinute(index) &&
      (usual.z(index, count) >= LEAST_Z || count >= LEAST_TIMES_HIGH * usual.highPerMinute(index))
    );
  };
  const windows: Window[] = [];
  let recent = 0;
  for (let index = 0; index < counts.length; index += 1) {
    recent = ((recent << 1) | (isAbove(index) ? 1 : 0)) & ((1 << OF) - 1);
    if (bits(recent) < ABOVE) continue;
    let from = index - OF + 1;
    while (!isAbove(from)) from += 1;
    let to = index;
    for (let quiet = 0, at = index; at < counts.length && quiet < MINUTES_UNTIL_OVER; at += 1) {
      const count = counts[at] as number;
      const isOver = usual.z(at, count) < END_Z && count < LEAST_TIMES_HIGH * usual.highPerMinute(at);
      quiet = isOver ? quiet + 1 : 0;
      if (!isOver) to = at;
    }
    windows.push({ from, to });
    index = to;
    recent = 0;
  }
  return merged(windows);
}

/** Minutes of silence of a site that is never silent at that hour. The ends of the log are not looked at. */
export function silences(counts: Float64Array, usual: Usual): Window[] {
  if (usual.kind === 'none') return [];
  const windows: Window[] = [];
  let from = -1;
  let expected = 0;
  let got = 0;
  const end = (to: number): void => {
    const isAtEdge = from <= 0 || to >= counts.length - 1;
    if (from !== -1 && !isAtEdge && to - from + 1 >= LEAST_SILENT_MINUTES && expected >= LEAST_EXPECTED)
      windows.push({ from, to });
    from = -1;
    expected = 0;
    got = 0;
  };
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] as number;
    const due = usual.lowPerMinute(index);
    // A minute with next to nothing of what is due, and hardly anything over the whole, is silence.
    if (
      count <= Math.max(due * 0.02, 1) &&
      due > 1 &&
      got + count <= Math.max((expected + due) * MOST_LEFT, 1)
    ) {
      if (from === -1) from = index;
      expected += due;
      got += count;
    } else {
      end(index - 1);
    }
  }
  end(counts.length - 1);
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
