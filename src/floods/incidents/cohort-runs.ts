/** Cohorts that rise by themselves: many clients with something in common, far more of them than there ever are. */
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import { MERGE_MINUTES } from './windows.js';

/** Times of one cohort: its slots, by minute. */
export interface CohortTimes {
  /** Rows of `cohortSlots`, busy minutes first by minute. */
  readonly rows: Uint32Array;
}

/** A span (Unix minutes, inclusive) in which a cohort was far above what it is otherwise. */
export interface CohortRun {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly hits: number;
}

/** Types that can show an attack by themselves. Countries and whole networks of carriers rise with the news. */
const TELLING: ReadonlySet<number> = new Set<CohortType>([
  COHORT.path,
  COHORT.agent,
  COHORT.query,
  COHORT.manner,
  COHORT.network,
]);
const LEAST_HITS = 240;
/** Fewer are a client or two, not a crowd. */
const LEAST_CLIENTS = 8;
const [LEAST_BUSY_MINUTES, OF_MINUTES] = [3, 5];
/** Times what the cohort has in a minute otherwise, and times what it ever had in its busiest other minutes. */
const LEAST_TIMES_MEAN = 15;
const LEAST_TIMES_PEAK = 4;
/** A day without it on either side, or as much of that as the log has, says what is otherwise. */
const LEAST_OUTSIDE_MINUTES = 30;

/** Slots of each cohort, found once for all. */
export class SlotIndex {
  readonly #starts: Uint32Array;
  readonly #rows: Uint32Array;

  constructor(owners: Uint32Array, ownerCount: number) {
    this.#starts = new Uint32Array(ownerCount + 1);
    for (const owner of owners) this.#starts[owner + 1] = (this.#starts[owner + 1] as number) + 1;
    for (let owner = 0; owner < ownerCount; owner += 1) {
      this.#starts[owner + 1] = (this.#starts[owner + 1] as number) + (this.#starts[owner] as number);
    }
    const next = this.#starts.slice();
    this.#rows = new Uint32Array(owners.length);
    for (const [row, owner] of owners.entries()) {
      this.#rows[next[owner] as number] = row;
      next[owner] = (next[owner] as number) + 1;
    }
  }

  /** Rows of the slots of an owner. */
  of(owner: number): Uint32Array {
    return this.#rows.subarray(this.#starts[owner], this.#starts[owner + 1]);
  }
}

/** Runs of every cohort of a site. */
export function cohortRuns(
  view: TrafficView,
  slots: SlotIndex,
  site: number,
  spanMinutes: number,
): CohortRun[] {
  const { cohorts, cohortSlots } = view;
  const runs: CohortRun[] = [];
  for (let row = 0; row < cohorts.size; row += 1) {
    if (cohorts.site[row] !== site || !TELLING.has(cohorts.type[row] as number)) continue;
    if ((cohorts.hits[row] as number) < LEAST_HITS) continue;
    if (view.cohortDistinct(row, 'clients') < LEAST_CLIENTS) continue;
    const busy = [...slots.of(row)]
      .filter((slot) => cohortSlots.length[slot] === 1)
      .sort((a, b) => (cohortSlots.minute[a] as number) - (cohortSlots.minute[b] as number));
    for (const part of parts(busy.map((slot) => cohortSlots.minute[slot] as number))) {
      const members = busy.slice(part.start, part.end);
      const run = runOf(view, row, members, busy, spanMinutes);
      if (run) runs.push(run);
    }
  }
  return runs;
}

/** Busy minutes that follow each other closely. */
function parts(minutes: readonly number[]): { start: number; end: number }[] {
  const list: { start: number; end: number }[] = [];
  for (const [index, minute] of minutes.entries()) {
    const last = list.at(-1);
    if (last && minute - (minutes[last.end - 1] as number) <= MERGE_MINUTES) last.end = index + 1;
    else list.push({ start: index, end: index + 1 });
  }
  return list;
}

function runOf(
  view: TrafficView,
  row: number,
  members: readonly number[],
  busy: readonly number[],
  spanMinutes: number,
): CohortRun | null {
  const { cohorts, cohortSlots } = view;
  if (members.length < LEAST_BUSY_MINUTES) return null;
  const minuteOf = (slot: number): number => cohortSlots.minute[slot] as number;
  const hitsOf = (slot: number): number => cohortSlots.hits[slot] as number;
  const isDense = members.some((slot, index) => {
    const third = members[index + LEAST_BUSY_MINUTES - 1];
    return third !== undefined && minuteOf(third) - minuteOf(slot) < OF_MINUTES;
  });
  if (!isDense) return null;
  const hits = members.reduce((sum, slot) => sum + hitsOf(slot), 0);
  if (hits < LEAST_HITS) return null;
  const from = minuteOf(members[0] as number);
  const to = minuteOf(members.at(-1) as number);
  const minutes = to - from + 1;
  const outsideMinutes = spanMinutes - minutes;
  if (outsideMinutes < LEAST_OUTSIDE_MINUTES) return null;
  const outsideMean = ((cohorts.hits[row] as number) - hits) / outsideMinutes;
  const mean = hits / minutes;
  if (mean < LEAST_TIMES_MEAN * outsideMean) return null;
  const inside = new Set(members);
  const otherPeaks = busy
    .filter((slot) => !inside.has(slot))
    .map(hitsOf)
    .sort((a, b) => b - a);
  // Of its other busy minutes the fifth tells: one or two may be a burst of their own.
  const otherPeak = otherPeaks[4] ?? 0;
  const peak = members.map(hitsOf).sort((a, b) => b - a)[Math.min(2, members.length - 1)] as number;
  return peak < LEAST_TIMES_PEAK * otherPeak ? null : { row, from, to, hits };
}
