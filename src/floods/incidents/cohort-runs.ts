/** Cohorts that rise by themselves: many clients with something in common, far more of them than there ever are. */
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import type { Usual } from './baseline.js';
import type { Series } from './series.js';
import type { SlotIndex } from './slot-index.js';
import { edgesOf, MERGE_MINUTES } from './windows.js';

/** A span (Unix minutes, inclusive) in which a cohort was far above what it is otherwise. */
export interface CohortRun {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly hits: number;
  /** Too quiet for minutes of its own: its edges are those of blocks. */
  readonly isSlow: boolean;
}

/** Types that can show an attack by themselves. Countries, protocols and referers rise with the news. */
const TELLING: ReadonlySet<number> = new Set<CohortType>([
  COHORT.path,
  COHORT.agent,
  COHORT.query,
  COHORT.manner,
  COHORT.network,
  COHORT.asn,
]);
const LEAST_HITS = 240;
/** Fewer are a client or two, not a crowd. */
const LEAST_CLIENTS = 8;
const [LEAST_BUSY_MINUTES, OF_MINUTES] = [3, 5];
const LEAST_PER_MINUTE = 20;
/** Times its part of what is usual then. */
const LEAST_TIMES = 10;
/** Beside the pages that people ask for then it must not vanish. */
const LEAST_OF_PAGES = 0.25;
/** What is slow must at least double them. */
const LEAST_OF_PAGES_SLOW = 1;
/** Minutes that quiet slots of cohorts are put together by. */
const BLOCK_SHIFT = 6;
const BLOCK = 1 << BLOCK_SHIFT;
/** Fewer blocks have no middle that says anything. */
const LEAST_BLOCKS = 6;
const SHORT_QUANTILE = 0.25;
/** CUSUM (Page 1954) of blocks, in deviations: what each may stray, and from which sum on it is no chance. */
const [SLACK, ALARM] = [3, 24];
const LEAST_SLOW_BLOCKS = 2;
const DAY = 1_440;
const WEEK = 10_080;
/** What comes at the same hour on half of the other days (or weeks) is a habit: jobs, crawlers, working hours. */
const HABIT_SHARE = 0.5;
const HABIT_PART = 0.25;
const LEAST_HABIT_TIMES = 2;
/** What goes on to the end of the log for longer is a change, not an incident. */
const LASTING_MINUTES = DAY;

/** What of a site all its cohorts are compared with. */
interface Ground {
  readonly series: Series;
  readonly usual: Usual;
  /** Blocks by absolute number, from the first of the series. */
  readonly firstBlock: number;
  readonly usualOfBlock: Float64Array;
  readonly isKnown: Uint8Array;
  readonly pageShare: number;
}

/** Runs of every cohort of a site. `rows`: its cohorts. */
export function cohortRuns(
  view: TrafficView,
  slots: SlotIndex,
  rows: readonly number[],
  series: Series,
  usual: Usual,
): CohortRun[] {
  const ground = groundOf(view, series, usual);
  const blocks = new Float64Array(ground.usualOfBlock.length);
  const runs: CohortRun[] = [];
  for (const row of rows) {
    if (!TELLING.has(view.cohorts.type[row] as number)) continue;
    if ((view.cohorts.hits[row] as number) < LEAST_HITS) continue;
    if (view.cohortDistinct(row, 'clients') < LEAST_CLIENTS) continue;
    runs.push(...runsOf(view, slots.of(row), row, ground, blocks));
  }
  return runs;
}

function groundOf(view: TrafficView, series: Series, usual: Usual): Ground {
  const { first, counts, unknown, rows } = series;
  const firstBlock = first >>> BLOCK_SHIFT;
  const blockCount = ((first + counts.length - 1) >>> BLOCK_SHIFT) - firstBlock + 1;
  const usualOfBlock = new Float64Array(blockCount);
  const isKnown = new Uint8Array(blockCount);
  let [hits, pages] = [0, 0];
  for (let index = 0; index < counts.length; index += 1) {
    const block = ((first + index) >>> BLOCK_SHIFT) - firstBlock;
    usualOfBlock[block] = (usualOfBlock[block] as number) + (usual.perMinute[index] as number);
    if (unknown[index] !== 1) isKnown[block] = 1;
    const row = rows[index] as number;
    if (row === -1) continue;
    hits += counts[index] as number;
    pages += view.minutes.pages[row] as number;
  }
  return { series, usual, firstBlock, usualOfBlock, isKnown, pageShare: pages / Math.max(hits, 1) };
}

interface Busy {
  readonly minute: number;
  readonly hits: number;
}

function runsOf(
  view: TrafficView,
  slots: Uint32Array,
  row: number,
  ground: Ground,
  blocks: Float64Array,
): CohortRun[] {
  const { series, usual } = ground;
  const busy = fillBlocks(view, slots, ground, blocks);
  const expected = expectedOf(ground, blocks, busy);
  const above = busy.filter(({ minute, hits }) => {
    const index = minute - series.first;
    return hits >= LEAST_TIMES * expected(index) + 1;
  });
  const runs: CohortRun[] = [];
  for (const part of parts(above)) {
    const run = fastRun(row, part);
    if (run && isNoteworthy(run, ground, blocks)) runs.push(run);
  }
  if (usual.kind !== 'none' && runs.length === 0) {
    const run = slowRun(row, ground, blocks, expected);
    if (run && isNoteworthy(run, ground, blocks)) runs.push(run);
  }
  return runs;
}

/** Fills the requests of each block; gives the busy minutes by time. */
function fillBlocks(view: TrafficView, slots: Uint32Array, ground: Ground, blocks: Float64Array): Busy[] {
  const { cohortSlots } = view;
  const { series, firstBlock } = ground;
  const last = series.first + series.counts.length - 1;
  blocks.fill(0);
  const busy: Busy[] = [];
  for (const slot of slots) {
    const minute = cohortSlots.minute[slot] as number;
    const length = cohortSlots.length[slot] as number;
    const hits = cohortSlots.hits[slot] as number;
    if (length === 1) {
      if (minute < series.first || minute > last) continue;
      busy.push({ minute, hits });
    }
    const covered = Math.max(1, length >>> BLOCK_SHIFT);
    const start = (minute >>> BLOCK_SHIFT) - firstBlock;
    for (let block = Math.max(start, 0); block < Math.min(start + covered, blocks.length); block += 1) {
      blocks[block] = (blocks[block] as number) + hits / covered;
    }
  }
  return busy.sort((a, b) => a.minute - b.minute);
}

/** What the cohort should have in a minute: its middling part of what is usual for the site then. */
function expectedOf(
  { series, usual, usualOfBlock, isKnown }: Ground,
  blocks: Float64Array,
  busy: readonly Busy[],
): (index: number) => number {
  const ratios: number[] = [];
  for (let block = 0; block < blocks.length; block += 1) {
    if (isKnown[block] === 1)
      ratios.push((blocks[block] as number) / Math.max(usualOfBlock[block] as number, 1));
  }
  if (ratios.length >= LEAST_BLOCKS) {
    const middle = Float64Array.from(ratios).sort()[ratios.length >> 1] as number;
    return (index) => middle * (usual.perMinute[index] as number);
  }
  // In a log of hours the quiet part of its minutes.
  const minutes = new Float64Array(series.counts.length);
  const busyHits = busy.reduce((sum, { hits }) => sum + hits, 0);
  const quietHits = Math.max(0, blocks.reduce((sum, hits) => sum + hits, 0) - busyHits);
  minutes.fill(quietHits / Math.max(minutes.length - busy.length, 1));
  for (const { minute, hits } of busy) minutes[minute - series.first] = hits;
  const quiet = minutes.sort()[Math.floor((minutes.length - 1) * SHORT_QUANTILE)] as number;
  return () => quiet;
}

/** Busy minutes that follow each other closely. */
function parts(busy: readonly Busy[]): Busy[][] {
  const list: Busy[][] = [];
  for (const one of busy) {
    const last = list.at(-1);
    if (last && one.minute - (last.at(-1) as Busy).minute <= MERGE_MINUTES) last.push(one);
    else list.push([one]);
  }
  return list;
}

function fastRun(row: number, busy: readonly Busy[]): CohortRun | null {
  if (busy.length < LEAST_BUSY_MINUTES) return null;
  const isDense = busy.some(({ minute }, index) => {
    const third = busy[index + LEAST_BUSY_MINUTES - 1];
    return third !== undefined && third.minute - minute < OF_MINUTES;
  });
  if (!isDense) return null;
  const start = (busy[0] as Busy).minute;
  const counts = new Float64Array((busy.at(-1) as Busy).minute - start + 1);
  for (const { minute, hits } of busy) counts[minute - start] = hits;
  const edges = edgesOf(counts) ?? { from: 0, to: counts.length - 1 };
  const hits = counts.subarray(edges.from, edges.to + 1).reduce((sum, count) => sum + count, 0);
  const length = edges.to - edges.from + 1;
  if (hits < LEAST_HITS || hits < LEAST_PER_MINUTE * length) return null;
  return { row, from: start + edges.from, to: start + edges.to, hits, isSlow: false };
}

/** The span of blocks in which a cohort is above what it should have, little by little but for long. */
function slowRun(
  row: number,
  { series, firstBlock, isKnown }: Ground,
  blocks: Float64Array,
  expected: (index: number) => number,
): CohortRun | null {
  let [sum, start, best, from, to] = [0, 0, 0, -1, -1];
  for (let block = 0; block < blocks.length; block += 1) {
    const index = Math.min((firstBlock + block) * BLOCK + BLOCK / 2 - series.first, series.counts.length - 1);
    const due = expected(Math.max(index, 0)) * BLOCK;
    const came = blocks[block] as number;
    const isAbove = isKnown[block] === 1 && came >= LEAST_HITS && came >= LEAST_TIMES * due;
    // What was above must not hide what comes later: it is forgotten when it is over.
    sum = isAbove ? sum + (came - due) / Math.sqrt(due + BLOCK) - SLACK : 0;
    if (sum <= 0) {
      sum = 0;
      start = block + 1;
    } else if (sum > best) {
      [best, from, to] = [sum, start, block];
    }
  }
  if (best < ALARM || to - from + 1 < LEAST_SLOW_BLOCKS) return null;
  const hits = blocks.subarray(from, to + 1).reduce((total, count) => total + count, 0);
  const first = Math.max((firstBlock + from) * BLOCK, series.first);
  const last = Math.min((firstBlock + to + 1) * BLOCK, series.first + series.counts.length) - 1;
  return { row, from: first, to: last, hits, isSlow: true };
}

function isNoteworthy(run: CohortRun, ground: Ground, blocks: Float64Array): boolean {
  const { series, usual, pageShare } = ground;
  let due = 0;
  for (let minute = run.from; minute <= run.to; minute += 1) {
    due += usual.perMinute[minute - series.first] ?? 0;
  }
  const least = run.isSlow ? LEAST_OF_PAGES_SLOW : LEAST_OF_PAGES;
  if (run.hits < due * pageShare * least) return false;
  const length = run.to - run.from + 1;
  const toEnd = series.first + series.counts.length - 1 - run.to;
  if (toEnd <= (run.isSlow ? BLOCK : MERGE_MINUTES) && length > LASTING_MINUTES) return false;
  return !isHabit(run, ground, blocks, DAY) && !isHabit(run, ground, blocks, WEEK);
}

/** Whether as much of it came at this hour on other days. */
function isHabit(run: CohortRun, ground: Ground, blocks: Float64Array, period: number): boolean {
  const { series, firstBlock, isKnown } = ground;
  if (run.to - run.from + 1 > period / 2) return false;
  const last = series.first + series.counts.length - 1;
  let [times, alike] = [0, 0];
  const look = (shift: number): void => {
    const [from, to] = [run.from + shift, run.to + shift];
    if (from < series.first || to > last) return;
    let [hits, known] = [0, 0];
    const [start, end] = [(from >>> BLOCK_SHIFT) - firstBlock - 1, (to >>> BLOCK_SHIFT) - firstBlock + 1];
    for (let block = Math.max(start, 0); block <= Math.min(end, blocks.length - 1); block += 1) {
      hits += blocks[block] as number;
      known += isKnown[block] as number;
    }
    if (known === 0) return;
    times += 1;
    if (hits >= run.hits * HABIT_PART) alike += 1;
  };
  for (let shift = period; run.to + shift <= last; shift += period) look(shift);
  for (let shift = -period; run.from + shift >= series.first; shift -= period) look(shift);
  return times >= LEAST_HABIT_TIMES && alike >= times * HABIT_SHARE;
}
