/** Incidents of counted traffic, searched for once: several detectors weigh the same counts. */
import type { Tally } from '../../core/contracts.js';
import type { TrafficView } from '../traffic/shape.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import { type Analysis, analyse } from './find-incidents.js';

export interface Weighed {
  readonly view: TrafficView;
  readonly analysis: Analysis;
}

const known = new WeakMap<WebTraffic, Weighed>();

/** Null for counts of something else. */
export function weighed(tally: Tally): Weighed | null {
  if (!(tally instanceof WebTraffic)) return null;
  let found = known.get(tally);
  if (!found) {
    const view = tally.view();
    found = { view, analysis: analyse(view) };
    known.set(tally, found);
  }
  return found;
}
