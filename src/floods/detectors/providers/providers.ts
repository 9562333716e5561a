import type { Detection, Detector, FindingDraft, FindingReason, Tally } from '../../../core/contracts.js';
import { fromUnixSeconds } from '../../../core/time.js';
import {
  attacksOf,
  type CountedAttacks,
  largestAttacks,
  type NumberedAttack,
  spanOf,
} from '../../attribution/attacks-of.js';
import { groupsOf } from '../../attribution/clusters.js';
import { lettersOf, providerValues } from '../../attribution/letters.js';
import { type AttackSources, sourcesOf } from '../../attribution/providers.js';
import { attackValues, placesOf } from '../../attribution/words.js';
import type { TrafficView } from '../../traffic/shape.js';

/** Attacks told one by one, largest first, and those of them that get letters. */
const [MOST_ATTACKS, MOST_WITH_LETTERS] = [20, 10];
/** Providers told in words, and in the details. */
const [MOST_TOLD, MOST_LISTED] = [6, 50];
/** From this share on, clients are mostly of one kind. */
const MOSTLY = 0.5;

/**
 * Which providers the addresses of an attack belong to, whom to write to, and letters to send. Says where machines are, never
 * who uses them: those of homes are mostly used without their owners' knowledge, servers are hired under false names, and
 * blogs that answer a pingback are abused.
 *
 * `details`: `providers` with organisation, kind, country, clients, requests, neighbouring networks, where to report abuse and
 * at most 20 of their addresses; `kinds`, `countries`, `groups` of clients that behave differently; `attribution` and
 * `builtOn` of the tables. Addresses of networks that many customers share are not listed: readers come from them too.
 */
export const detector: Detector = {
  id: 'floods/providers',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: [
    'https://db-ip.com',
    'https://www.nro.net',
    'https://www.routeviews.org',
    'https://www.rfc-editor.org/rfc/rfc2142',
    'https://www.rfc-editor.org/rfc/rfc9083',
  ],
  start: () => new Providers(),
};

class Providers implements Detection {
  #counted: CountedAttacks | null = null;

  see(): void {}

  weigh(tally: Tally): void {
    this.#counted = attacksOf(tally) ?? this.#counted;
  }

  end(): readonly FindingDraft[] {
    if (this.#counted === null) return [];
    const { view, attacks } = this.#counted;
    const withClients = attacks.filter(({ incident }) => incident.clients.length > 0);
    const withLetters = new Set(largestAttacks(withClients, MOST_WITH_LETTERS));
    return largestAttacks(withClients, MOST_ATTACKS).flatMap((attack) => {
      const sources = sourcesOf(view, attack.incident);
      if (sources.clients === 0) return [];
      const finding = findingOf(view, attack, sources);
      return [
        withLetters.has(attack) ? { ...finding, attachments: lettersOf(view, attack, sources) } : finding,
      ];
    });
  }
}

function findingOf(view: TrafficView, attack: NumberedAttack, sources: AttackSources): FindingDraft {
  const { incident, number } = attack;
  const { from, to } = spanOf(incident);
  const groups = groupsOf(view, incident.clients);
  const named = sources.providers.filter(({ asn }) => asn !== 0);
  const percent = (share: number): number => Math.round(share * 100);
  const { kinds } = sources;
  const values = {
    ...attackValues(attack),
    clients: sources.clients,
    providers: named.length,
    unknown: percent(1 - named.reduce((sum, { clientShare }) => sum + clientShare, 0)),
    hosting: percent(kinds.hosting),
    homes: percent(kinds.fixed + kinds.mobile),
    mostly: mostlyOf(attack, sources),
    countries: {
      list: sources.countries.slice(0, 3).map(({ country }) => ({ country })),
    },
    hasCountries: sources.countries.length > 0,
    setAside: sources.setAside,
    attribution: sources.attribution,
    builtOn: sources.builtOn,
    hasTables: sources.attribution !== '',
    hasDate: sources.builtOn !== '',
  };
  const reasons: FindingReason[] = named.slice(0, MOST_TOLD).map((provider) => ({
    code: 'provider',
    values: providerValues(provider),
  }));
  const more = named.length - reasons.length;
  if (more > 0) reasons.push({ code: 'more', values: { more } });
  if (groups.length > 0)
    reasons.push({
      code: 'groups',
      values: { groups: groups.length, sizes: { list: groups.map(({ share }) => `${percent(share)} %`) } },
    });
  return {
    severity: 'info',
    confidence: 'medium',
    values,
    at: fromUnixSeconds(from),
    reasons,
    details: {
      attack: number,
      kind: incident.kind,
      site: incident.siteName,
      from: fromUnixSeconds(from),
      to: fromUnixSeconds(to),
      providers: sources.providers.slice(0, MOST_LISTED),
      kinds,
      countries: sources.countries,
      setAside: sources.setAside,
      groups: groups.map(({ clients, share, hits, agent, path }) => ({
        clients: clients.length,
        share,
        hits,
        agent,
        path,
      })),
      attribution: sources.attribution,
      builtOn: sources.builtOn,
    },
    evidence: placesOf(view, [incident]),
  };
}

/** What most of the addresses are: who is likely to be a victim too. */
function mostlyOf({ incident }: NumberedAttack, { kinds }: AttackSources): string {
  if (incident.kind === 'pingback' || incident.kind === 'joomla-reflection') return 'blogs';
  if (kinds.fixed + kinds.mobile >= MOSTLY) return 'homes';
  return kinds.hosting >= MOSTLY ? 'servers' : 'mixed';
}
