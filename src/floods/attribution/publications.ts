/** Whether attacks follow what was published: a coincidence in time, held against what other weeks would have given. */
import { atLeast } from './chance.js';

const HOUR = 3_600;
const WEEK = 7 * 24 * HOUR;
/** An attack so long after a publication follows it. */
export const FOLLOWS_SECONDS = 72 * HOUR;
/** Fewer series of attacks are too few for a test (spec of the incident report, section on context). */
export const LEAST_SERIES = 5;
/** Fewer weeks to compare each attack with are too few as well. */
const LEAST_WEEKS = 4;

/** Something published, Unix seconds. A day alone is known from its first to its last moment. */
export interface Published {
  readonly from: number;
  readonly to: number;
}

/** What became of the comparison. */
export type PublicationTest =
  /** Too few series of attacks, or too short a log. */
  | { readonly state: 'few-attacks' | 'short-log'; readonly series: number }
  | {
      readonly state: 'tested';
      readonly series: number;
      /** Series that follow a publication. */
      readonly following: number;
      /** Share of windows at the same hour of the week, in other weeks of the log, that follow one too. */
      readonly usualShare: number;
      /** Probability of so many or more if attacks had nothing to do with publications. */
      readonly chance: number;
    };

/** Publications that an attack follows, latest first: indexes into the list. */
export function followed(attackFrom: number, publications: readonly Published[]): readonly number[] {
  return [...publications.keys()]
    .filter((index) => {
      const { from, to } = publications[index] as Published;
      return from <= attackFrom && attackFrom - to <= FOLLOWS_SECONDS;
    })
    .sort((a, b) => (publications[b] as Published).from - (publications[a] as Published).from || a - b);
}

/**
 * Compares each series of attacks with the same hour of the week in all weeks that both the log and the calendar cover. All of
 * these are counted, none drawn at random: the result is exact. Attacks within three days of each other are one series, since
 * one publication would explain them all.
 */
export function testPublications(
  attackStarts: readonly number[],
  publications: readonly Published[],
  log: { readonly from: number; readonly to: number },
): PublicationTest {
  const series = seriesOf(attackStarts);
  if (series.length < LEAST_SERIES) return { state: 'few-attacks', series: series.length };
  const sorted = [...publications].sort((a, b) => a.from - b.from);
  // The latest end so far: with it one look tells whether any of the earlier ones is near.
  const ends: number[] = [];
  for (const { to } of sorted) ends.push(Math.max(ends.at(-1) ?? Number.NEGATIVE_INFINITY, to));
  const follows = (moment: number): boolean => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as Published).from <= moment) low = middle + 1;
      else high = middle;
    }
    return low > 0 && moment - (ends[low - 1] as number) <= FOLLOWS_SECONDS;
  };
  // Where the calendar says nothing, no window could follow anything.
  const from = Math.max(log.from, sorted[0]?.from ?? Number.POSITIVE_INFINITY);
  const to = Math.min(log.to, (ends.at(-1) ?? Number.NEGATIVE_INFINITY) + FOLLOWS_SECONDS);
  const chances: number[] = [];
  let following = 0;
  for (const start of series) {
    const isFollowing = follows(start);
    if (isFollowing) following += 1;
    // The window itself is one of those that could have been.
    let [windows, near] = [1, isFollowing ? 1 : 0];
    for (let moment = start - Math.floor((start - from) / WEEK) * WEEK; moment <= to; moment += WEEK) {
      if (moment === start || moment < from) continue;
      windows += 1;
      if (follows(moment)) near += 1;
    }
    if (windows < LEAST_WEEKS) return { state: 'short-log', series: series.length };
    chances.push(near / windows);
  }
  return {
    state: 'tested',
    series: series.length,
    following,
    usualShare: rounded(chances.reduce((sum, chance) => sum + chance, 0) / chances.length),
    chance: rounded(atLeast(chances, following)),
  };
}

/** Beginnings of series: attacks that come three days or more after the one before. */
function seriesOf(starts: readonly number[]): readonly number[] {
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.filter(
    (start, index) => index === 0 || start - (sorted[index - 1] as number) > FOLLOWS_SECONDS,
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
