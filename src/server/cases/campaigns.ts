import type { correlation } from '../../casework/desk/case-facts.js';
import type { Translator } from '../../core/language.js';
import type { Campaigns } from '../api/api.js';

/** Those that reach most people stand first; further ones nobody reads. */
const TIES = 100;
const LISTED = 200;

export function campaignsOf(found: ReturnType<typeof correlation>, translate: Translator): Campaigns {
  const named = (technique: string): { technique: string; name: string } => ({
    technique,
    name: translate(`casework.techniques.${technique}`),
  });
  return {
    cases: found.cases,
    campaigns: found.campaigns
      .slice(0, LISTED)
      .map(({ people, cases, techniques, firstAt, lastAt, ties }) => ({
        people,
        cases,
        techniques: techniques.map(named),
        firstAt,
        lastAt,
        ties: ties.slice(0, TIES).map(({ trace, people: reached, cases: own, events }) => ({
          type: trace.type,
          typeName: translate(`casework.traces.${trace.type}`),
          value: trace.value,
          people: reached,
          cases: own,
          events: events.length,
        })),
        tiesLeftOut: Math.max(0, ties.length - TIES),
      })),
    concurrences: found.concurrences
      .slice(0, LISTED)
      .map(({ caseCode, person, firstAt, lastAt, techniques }) => ({
        caseCode,
        person,
        firstAt,
        lastAt,
        techniques: techniques.map(({ technique, events }) => ({ ...named(technique), events })),
      })),
  };
}
