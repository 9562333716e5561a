import type { Detection, Detector, FindingDraft, FindingReason, Tally } from '../../../core/contracts.js';
import type { Incident } from '../../incidents/incident.js';
import { detailsOf, pictureOf, placesOf, timeOfMinute, valuesOf } from '../../incidents/telling.js';
import { type Weighed, weighed } from '../../incidents/weighed.js';

const MAX_FINDINGS = 20;
/** Of the requests so many failed: the site was not enough for all. */
const FAILED_SHARE = 0.02;

/**
 * Many more readers than usual, most likely for something that was passed on: they fetch pages with their pictures and styles,
 * come by links of other sites, and carry the user agents of other days. Told so that nobody takes them for an attack.
 * Does not show why they came. Nobody of them is listed.
 *
 * `details` as in `floods/incident`, without anything about clients.
 */
export const detector: Detector = {
  id: 'floods/flash-crowd',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: ['https://dl.acm.org/doi/10.1145/511446.511485'],
  start: () => new FlashCrowds(),
};

class FlashCrowds implements Detection {
  #weighed: Weighed | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    this.#weighed = weighed(tally) ?? this.#weighed;
  }

  end(): readonly FindingDraft[] {
    const found = this.#weighed;
    if (found === null) return [];
    return found.analysis.incidents
      .filter(({ kind }) => kind === 'flash-crowd')
      .slice(0, MAX_FINDINGS)
      .map((incident) => ({
        severity: incident.severity,
        confidence: incident.confidence,
        shows: 'advice',
        values: valuesOf(incident),
        at: timeOfMinute(incident.fromMinute),
        atPrecision: 'minute',
        ...reasonsOf(incident),
        details: detailsOf(found.view, { ...incident, signs: [] }),
        picture: pictureOf(found, incident),
        evidence: placesOf(found.view, incident),
      }));
  }
}

function reasonsOf({ serverErrors, hits, notes }: Incident): { readonly reasons?: readonly FindingReason[] } {
  const reasons: FindingReason[] = [];
  if (serverErrors >= hits * FAILED_SHARE && serverErrors > 0) {
    const percent = Math.round((serverErrors / hits) * 100);
    reasons.push({ code: 'errors', values: { errors: serverErrors, percent } });
  }
  if (notes.includes('no-baseline')) reasons.push({ code: 'no-baseline', values: {} });
  return reasons.length > 0 ? { reasons } : {};
}
