/** The attacks of a log, with the numbers they go by everywhere. */
import type { Tally } from '../../core/contracts.js';
import { findIncidents } from '../incidents/find-incidents.js';
import type { Incident } from '../incidents/incident.js';
import type { TrafficView } from '../traffic/shape.js';
import { WebTraffic } from '../traffic/web-traffic.js';

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

// Several detectors weigh the same counts, one after the other, when all counting is over: the search is done once.
const found = new WeakMap<WebTraffic, CountedAttacks>();

/** Attacks in counted traffic; null for counts of something else. */
export function attacksOf(tally: Tally): CountedAttacks | null {
  if (!(tally instanceof WebTraffic)) return null;
  const known = found.get(tally);
  if (known) return known;
  const view = tally.view();
  const attacks = findIncidents(view)
    .filter(({ isAttack }) => isAttack)
    .map((incident, index) => ({ number: index + 1, incident }));
  const counted = { view, attacks };
  found.set(tally, counted);
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
