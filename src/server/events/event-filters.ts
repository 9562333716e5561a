import { TECHNIQUES } from '../../casework/correlation/correlate.js';
import type { Desk } from '../../casework/desk/desk.js';
import type { Case } from '../../casework/model/case.js';
import { compareText } from '../../core/compare-text.js';
import { SEVERITIES } from '../../core/contracts.js';
import type { Translator } from '../../core/language.js';
import type { EventFilters } from '../api/api.js';
import type { FindingPlaces } from './finding-places.js';

/** What the line of time of a case can be narrowed to, besides kinds, words and times. */
export function eventFilters(
  desk: Desk,
  own: Case,
  { techniques, severities }: FindingPlaces,
  translate: Translator,
): EventFilters {
  const items = desk.vault.evidence.list(own.id);
  const people = new Set(items.map(({ receivedFrom }) => receivedFrom).filter((from) => from !== ''));
  return {
    evidence: items.map(({ label, originalName, receivedFrom }) => ({
      label,
      name: originalName,
      from: receivedFrom,
    })),
    people: [...people].sort(compareText),
    techniques: TECHNIQUES.filter((technique) => techniques.has(technique)).map((technique) => ({
      technique,
      name: translate(`casework.techniques.${technique}`),
    })),
    severities: SEVERITIES.filter((severity) => severities.has(severity)).reverse(),
  };
}
