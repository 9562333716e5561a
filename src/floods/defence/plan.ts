/** Chooses the fewest and mildest rules that stop an attack without stopping readers. */
import type { Rule } from './rule.js';
import type { Outcome, Trial } from './trial.js';

/** Share of the requests of an attack that a plan should stop. */
export const AIM = 0.95;
/** Below this a plan is not worth its risks. */
export const LEAST = 0.5;
/** With fewer ordinary clients in the log nothing can be said of harm. */
export const MIN_ORDINARY_CLIENTS = 100;
/** A check that most readers must pass is worse than a list of the attack's addresses. */
const MOST_ASKED = 0.5;
/** Rules in one plan. */
const MAX_CHOSEN = 8;
/** Sets of so many rules are all tried. */
const ALL_SETS_UP_TO = 3;

export type Refusal = 'nothing-fits' | 'harms-readers' | 'stops-too-little' | 'stops-spared';

export type Plan =
  | {
      readonly refusal: null;
      readonly rules: readonly Rule[];
      readonly outcome: Outcome;
      /** Whether it stops as much as it should. */
      readonly isEnough: boolean;
    }
  | {
      readonly refusal: Refusal;
      /** The best there was, to say how far it fell short; null when there was nothing to try. */
      readonly outcome: Outcome | null;
    };

export interface PlanOptions {
  /** Share of ordinary clients that may be stopped: 0.001 is one in a thousand. */
  readonly maxHarm: number;
  /** Whether the target lets spared addresses through whatever its rules say. */
  readonly exempts: boolean;
}

/** Share of ordinary clients that are stopped. */
export function harmOf({ ordinaryClients, ordinaryClientsStopped }: Outcome): number {
  return ordinaryClients === 0 ? 0 : ordinaryClientsStopped / ordinaryClients;
}

export function stoppedShare({ attackHits, attackHitsStopped }: Outcome): number {
  return attackHits === 0 ? 0 : attackHitsStopped / attackHits;
}

/**
 * Chooses among the rules of a trial, which has read the whole log.
 *
 * The lowest rung of the ladder that reaches the aim wins, on it the fewest rules, then the least harm, the fewest people
 * asked to pass a check, the most of the attack.
 */
export function choosePlan(rules: readonly Rule[], trial: Trial, { maxHarm, exempts }: PlanOptions): Plan {
  const isHarmless = (outcome: Outcome): boolean =>
    outcome.ordinaryClientsStopped === 0 || harmOf(outcome) < maxHarm;
  const isSafe = (chosen: readonly number[]): boolean => exempts || trial.sparedStopped(chosen) === 0;

  const singles = rules.map((_, index) => ({ index, outcome: trial.outcome([index]) }));
  const useful = singles.filter(({ outcome }) => outcome.attackHitsStopped > 0);
  if (useful.length === 0) return { refusal: 'nothing-fits', outcome: null };
  const harmless = useful.filter(({ outcome }) => isHarmless(outcome));
  if (harmless.length === 0) return { refusal: 'harms-readers', outcome: bestOf(useful) };
  const usable = harmless.filter(({ index }) => isSafe([index]));
  if (usable.length === 0) return { refusal: 'stops-spared', outcome: bestOf(harmless) };

  const finished = (chosen: readonly number[], isEnough: boolean): Plan => ({
    refusal: null,
    rules: chosen.map((index) => rules[index] as Rule),
    outcome: trial.outcome(chosen),
    isEnough,
  });
  for (const mostAsked of [MOST_ASKED, 1]) {
    for (const rung of [1, 2, 3, 4]) {
      // Rules that stop next to nothing are no help to others.
      const within = usable.filter(
        ({ index, outcome }) => (rules[index] as Rule).rung <= rung && stoppedShare(outcome) >= 0.005,
      );
      for (let size = 1; size <= ALL_SETS_UP_TO; size += 1) {
        let best: { readonly chosen: readonly number[]; readonly outcome: Outcome } | null = null;
        for (const chosen of setsOf(
          within.map(({ index }) => index),
          size,
        )) {
          const outcome = trial.outcome(chosen);
          if (stoppedShare(outcome) < AIM || !isHarmless(outcome) || !isSafe(chosen)) continue;
          if (outcome.ordinaryClientsAsked > outcome.ordinaryClients * mostAsked) continue;
          if (best === null || isBetter(outcome, best.outcome)) best = { chosen, outcome };
        }
        if (best !== null) return finished(best.chosen, true);
      }
    }
  }

  const chosen = greedy(usable, trial, (set, outcome) => isHarmless(outcome) && isSafe(set));
  const outcome = trial.outcome(chosen);
  if (stoppedShare(outcome) >= LEAST) return finished(chosen, stoppedShare(outcome) >= AIM);
  const anyWould = useful.some(({ outcome: single }) => stoppedShare(single) >= AIM);
  return { refusal: anyWould ? 'harms-readers' : 'stops-too-little', outcome };
}

function isBetter(a: Outcome, b: Outcome): boolean {
  if (a.ordinaryClientsStopped !== b.ordinaryClientsStopped)
    return a.ordinaryClientsStopped < b.ordinaryClientsStopped;
  if (a.ordinaryClientsAsked !== b.ordinaryClientsAsked)
    return a.ordinaryClientsAsked < b.ordinaryClientsAsked;
  return a.attackHitsStopped > b.attackHitsStopped;
}

function bestOf(singles: readonly { readonly outcome: Outcome }[]): Outcome | null {
  let best: Outcome | null = null;
  for (const { outcome } of singles) {
    if (best === null || outcome.attackHitsStopped > best.attackHitsStopped) best = outcome;
  }
  return best;
}

/** Adds what stops most of what is left, as long as it harms nobody more than is allowed. */
function greedy(
  usable: readonly { readonly index: number }[],
  trial: Trial,
  isAllowed: (chosen: readonly number[], outcome: Outcome) => boolean,
): readonly number[] {
  let chosen: readonly number[] = [];
  let stopped = 0;
  while (chosen.length < MAX_CHOSEN) {
    let best: { readonly chosen: readonly number[]; readonly outcome: Outcome } | null = null;
    for (const { index } of usable) {
      if (chosen.includes(index)) continue;
      const wider = [...chosen, index];
      const outcome = trial.outcome(wider);
      if (outcome.attackHitsStopped <= stopped || !isAllowed(wider, outcome)) continue;
      if (best === null || outcome.attackHitsStopped > best.outcome.attackHitsStopped)
        best = { chosen: wider, outcome };
    }
    if (best === null) break;
    chosen = best.chosen;
    stopped = best.outcome.attackHitsStopped;
    if (stoppedShare(best.outcome) >= AIM) break;
  }
  return chosen;
}

/** All sets of so many of the numbers, in their order. */
function* setsOf(numbers: readonly number[], size: number): Generator<readonly number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = 0; index + size <= numbers.length; index += 1) {
    for (const rest of setsOf(numbers.slice(index + 1), size - 1)) yield [numbers[index] as number, ...rest];
  }
}
