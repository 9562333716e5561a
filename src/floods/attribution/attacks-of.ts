/** The attacks of a log, with the numbers they go by everywhere. */
import type { Tally } from '../../core/contracts.js';
import type { Incident } from '../incidents/incident.js';
import { type Weighed, weighed } from '../incidents/weighed.js';
import type { TrafficView } from '../traffic/shape.js';

/** An incident that is an attack, and its number: first of all attacks by time is 1, as `vigia block --incident` has it. */
export interface NumberedAttack {
  readonly number: number;
  readonly incident: Incident;
}

/** Counted traffic with the attacks in it, by time. */
export interface CountedAttacks {
  readonly view: TrafficView;
  readonly attacks: readonly NumberedAttack[];
}

const numbered = new WeakMap<Weighed, CountedAttacks>();

/** Attacks in counted traffic; null for counts of something else. */
export function attacksOf(tally: Tally): CountedAttacks | null {
  const found = weighed(tally);
  if (found === null) return null;
  let counted = numbered.get(found);
  if (!counted) {
    const attacks = found.analysis.incidents
      .filter(({ isAttack }) => isAttack)
      .map((incident, index) => ({ number: index + 1, incident }));
    counted = { view: found.view, attacks };
    numbered.set(found, counted);
  }
  return counted;
}

/** Unix seconds of the first moment, and of the first after it. */
export function spanOf({ fromMinute, toMinute }: Pick<Incident, 'fromMinute' | 'toMinute'>): {
  readonly from: number;
  readonly to: number;
} {
  return { from: fromMinute * 60, to: (toMinute + 1) * 60 };
}

/** The largest attacks by requests, in order of time. */
export function largestAttacks(attacks: readonly NumberedAttack[], most: number): readonly NumberedAttack[] {
  return [...attacks]
    .sort((a, b) => b.incident.attackHits - a.incident.attackHits || a.number - b.number)
    .slice(0, most)
    .sort((a, b) => a.number - b.number);
}
