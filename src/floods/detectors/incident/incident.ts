import type { Detection, Detector, FindingDraft, FindingReason, Tally } from '../../../core/contracts.js';
import { geoTables } from '../../geo/geo-tables.js';
import type { Incident, IncidentKind } from '../../incidents/incident.js';
import {
  byGravity,
  detailsOf,
  pictureOf,
  placesOf,
  reasonsOf,
  timeOfMinute,
  valuesOf,
} from '../../incidents/telling.js';
import { type Weighed, weighed } from '../../incidents/weighed.js';

/** Findings of one run at most, gravest first: more of them nobody reads. */
const MAX_FINDINGS = 60;

/** How each kind is called in the sentences. Of kinds that are left out other detectors tell. */
const WORD_OF_KIND: Readonly<Partial<Record<IncidentKind, string>>> = {
  'get-flood': 'get',
  'post-flood': 'post',
  pingback: 'pingback',
  'joomla-reflection': 'reflection',
  'cache-busting': 'cache',
  'random-uri': 'random',
  'search-abuse': 'search',
  'login-brute-force': 'login',
  'xmlrpc-flood': 'xmlrpc',
  'agent-rotation': 'agents',
  'slow-requests': 'slow',
  'rapid-reset': 'reset',
  surge: 'surge',
  crawl: 'crawl',
};
const VARIANT_OF_KIND: Readonly<Partial<Record<IncidentKind, string>>> = {
  surge: 'surge',
  crawl: 'crawl',
  'slow-requests': 'slow',
  'login-brute-force': 'login',
};

/** By default a flood of a service (T1499.002); of what costs the program behind it most, that of an application (T1499.003). */
const TECHNIQUE_OF_KIND: Readonly<Partial<Record<IncidentKind, string>>> = {
  'login-brute-force': 'T1110',
  'search-abuse': 'T1499.003',
  'cache-busting': 'T1499.003',
};

/**
 * An attack on a site by requests: many times what is usual at that hour, or many clients with something in common that rise
 * by themselves, which do not read as people do. What is only much (`surge`), and who goes through the whole site (`crawl`),
 * is told too, as no attack. Shows what took part, never who ordered it. A story that is passed on is none
 * (`floods/flash-crowd`), nor is silence (`floods/outage`).
 *
 * `details`: `kind`, `isAttack`, `number` (of the attack, for `vigia block --incident`; null when it is none), `site`, `from`, `to`,
 * `baseline`, `normalPerMinute`, `peakPerMinute`, `peakAt`, `hits`, `attackHits`, `serverErrors`, `outageMinutes`, `clients` (how
 * many), `mixedClients` and `mixedHits` (addresses with readers behind them too, and what of `attackHits` came from there), `signs` (`type`, `value`, `windowHits`, `windowClients`, `outsideHits`, `shareOfWindow`, `precision`), `networks` (/24 and
 * /48), `asns`, `countries`, `pingbackAddresses`, `parts` (`kind`, `hits`, `clients` of several kinds at once),
 * `notes`. No address of a client.
 */
export const detector: Detector = {
  id: 'floods/incident',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: [
    'https://attack.mitre.org/techniques/T1499/',
    'https://www.digitaltrends.com/computing/black-lives-matter-ddos-attacks/',
    'https://github.com/deflect-ca/banjax',
    'https://nvd.nist.gov/vuln/detail/CVE-2023-44487',
  ],
  start: () => new Incidents(),
};

class Incidents implements Detection {
  #weighed: Weighed | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    this.#weighed = weighed(tally) ?? this.#weighed;
  }

  end(): readonly FindingDraft[] {
    const found = this.#weighed;
    if (found === null) return [];
    const { incidents } = found.analysis;
    const attacks = incidents.filter(({ isAttack }) => isAttack);
    return incidents
      .filter(({ kind }) => WORD_OF_KIND[kind] !== undefined)
      .sort(byGravity)
      .slice(0, MAX_FINDINGS)
      .map((incident) => findingOf(found, incident, attacks.indexOf(incident) + 1));
  }
}

function findingOf(found: Weighed, incident: Incident, number: number): FindingDraft {
  const { kind, isAttack, severity, confidence } = incident;
  const isExtract = kind === 'surge' && incident.notes.includes('nothing-else');
  const variant = isExtract ? 'extract' : VARIANT_OF_KIND[kind];
  return {
    severity,
    confidence,
    shows: isAttack ? 'site-attack' : 'oddity',
    ...(variant ? { variant } : {}),
    values: { ...valuesOf(incident), kind: WORD_OF_KIND[kind] ?? 'get', number },
    at: timeOfMinute(incident.fromMinute),
    atPrecision: 'minute',
    ...(isAttack ? { technique: TECHNIQUE_OF_KIND[kind] ?? 'T1499.002' } : {}),
    reasons: withTables(reasonsOf(incident)),
    details: { ...detailsOf(found.view, incident), number: isAttack ? number : null },
    picture: pictureOf(found, incident),
    evidence: placesOf(found.view, incident),
  };
}

/** Networks and countries come from tables whose licences ask to be named wherever they are shown. */
const FROM_TABLES: ReadonlySet<string> = new Set(['sign-asn', 'sign-country']);

function withTables(reasons: readonly FindingReason[]): readonly FindingReason[] {
  const { attribution, builtOn } = geoTables();
  if (attribution === '' || !reasons.some(({ code }) => FROM_TABLES.has(code))) return reasons;
  return [...reasons, { code: 'tables', values: { attribution, builtOn, hasDate: builtOn !== '' } }];
}
