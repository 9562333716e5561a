import type { Detection, Detector, FindingDraft, Tally } from '../../../core/contracts.js';
import type { Incident } from '../../incidents/incident.js';
import {
  detailsOf,
  pictureOf,
  placesOf,
  reasonsOf,
  timeOfMinute,
  valuesOf,
} from '../../incidents/telling.js';
import { type Weighed, weighed } from '../../incidents/weighed.js';

const MAX_FINDINGS = 30;

/**
 * A site fell silent at an hour when it never is, or answered nothing but errors of its own, and no flood of requests came
 * before. Shows that visitors did not get through, or that nobody wrote it down; never why, and never an attack. Silence after a
 * flood is said there (`floods/incident`).
 *
 * `details` as in `floods/incident`; `notes`: `between-files`, `until-the-end`, `server-errors`.
 */
export const detector: Detector = {
  id: 'floods/outage',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: ['https://ooni.org/', 'https://www.rfc-editor.org/rfc/rfc9110#name-server-error-5xx'],
  start: () => new Outages(),
};

class Outages implements Detection {
  #weighed: Weighed | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    this.#weighed = weighed(tally) ?? this.#weighed;
  }

  end(): readonly FindingDraft[] {
    const found = this.#weighed;
    if (found === null) return [];
    return found.analysis.incidents
      .filter(({ kind }) => kind === 'outage')
      .sort((a, b) => b.outageMinutes - a.outageMinutes || a.fromMinute - b.fromMinute || a.site - b.site)
      .slice(0, MAX_FINDINGS)
      .map((incident) => findingOf(found, incident));
  }
}

function findingOf(found: Weighed, incident: Incident): FindingDraft {
  const isFailing = incident.notes.includes('server-errors');
  const reasons = reasonsOf(incident).filter(({ code }) => code !== 'server-errors');
  return {
    severity: incident.severity,
    confidence: incident.confidence,
    shows: 'oddity',
    ...(isFailing ? { variant: 'failing' } : {}),
    values: valuesOf(incident),
    at: timeOfMinute(incident.fromMinute),
    atPrecision: 'minute',
    ...(reasons.length > 0 ? { reasons } : {}),
    details: detailsOf(found.view, incident),
    picture: pictureOf(found, incident),
    evidence: placesOf(found.view, incident),
  };
}
