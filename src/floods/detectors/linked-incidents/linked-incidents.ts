import type { Detection, Detector, FindingDraft, FindingReason, Tally } from '../../../core/contracts.js';
import { fromUnixSeconds } from '../../../core/time.js';
import {
  attacksOf,
  type CountedAttacks,
  largestAttacks,
  type NumberedAttack,
  spanOf,
} from '../../attribution/attacks-of.js';
import { type AttackLink, AttackOverlap } from '../../attribution/overlap.js';
import { attackValues, placesOf } from '../../attribution/words.js';
import { type Network, readNetwork } from '../../defence/networks.js';

/** Every pair is compared: of more attacks only the largest. */
const MOST_ATTACKS = 60;
/** Pairs told in words; the rest is in the details. */
const MOST_REASONS = 12;
/** Addresses listed of the strongest pair. */
const MOST_SOURCES = 50;
/** A pause, rather than another attack. */
const PAUSE_MINUTES = 120;

interface Pair {
  /** Places in the list of attacks compared. */
  readonly first: number;
  readonly second: number;
  readonly link: AttackLink;
}

/**
 * Attacks on web sites that the same machines took part in, by far more than chance would have it. Not shown by addresses
 * that stand for many people, for known services, or for those who always come. Says that attacks belong together, never who
 * is behind them: machines are hired, hacked and shared.
 *
 * `details`: `attacks` of the group, `pairs` with all that was compared of each two of them, and `sharedSources` of the
 * strongest pair.
 */
export const detector: Detector = {
  id: 'floods/linked-incidents',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: ['https://github.com/equalitie/BotHound'],
  start: ({ accessLogs }) =>
    new LinkedIncidents((accessLogs?.torExits ?? []).flatMap((text) => readNetwork(text) ?? [])),
};

class LinkedIncidents implements Detection {
  readonly #torExits: readonly Network[];
  #counted: CountedAttacks | null = null;

  constructor(torExits: readonly Network[]) {
    this.#torExits = torExits;
  }

  see(): void {}

  weigh(tally: Tally): void {
    this.#counted = attacksOf(tally) ?? this.#counted;
  }

  end(): readonly FindingDraft[] {
    if (this.#counted === null || this.#counted.attacks.length < 2) return [];
    const { view } = this.#counted;
    const attacks = largestAttacks(this.#counted.attacks, MOST_ATTACKS);
    const overlap = new AttackOverlap(
      view,
      attacks.map(({ incident }) => incident),
      this.#torExits,
    );
    const pairs: Pair[] = [];
    for (let first = 0; first < attacks.length; first += 1)
      for (let second = first + 1; second < attacks.length; second += 1)
        pairs.push({ first, second, link: overlap.between(first, second) });
    return groupsOf(attacks.length, pairs.filter(isTold)).map((group) => {
      const inside = pairs.filter(({ first, second }) => group.has(first) && group.has(second));
      const members = [...group].sort((a, b) => a - b).map((index) => attacks[index] as NumberedAttack);
      return {
        ...findingOf(attacks, members, inside, overlap, this.#torExits.length > 0),
        evidence: placesOf(
          view,
          members.map(({ incident }) => incident),
        ),
      };
    });
  }
}

function isTold({ link }: Pair): boolean {
  return link.strength === 'strong' || link.strength === 'moderate';
}

/** Attacks that hang together by links, as sets of their places. */
function groupsOf(size: number, links: readonly Pair[]): readonly ReadonlySet<number>[] {
  const groupOf: Set<number>[] = Array.from({ length: size }, (_, index) => new Set([index]));
  for (const { first, second } of links) {
    const [one, other] = [groupOf[first] as Set<number>, groupOf[second] as Set<number>];
    if (one === other) continue;
    for (const index of other) {
      one.add(index);
      groupOf[index] = one;
    }
  }
  return [...new Set(groupOf)].filter((group) => group.size > 1);
}

function findingOf(
  attacks: readonly NumberedAttack[],
  members: readonly NumberedAttack[],
  inside: readonly Pair[],
  overlap: AttackOverlap,
  knowsTor: boolean,
): Omit<FindingDraft, 'evidence'> {
  const told = inside.filter(isTold).sort(byStrength);
  const best = told[0] as Pair;
  const spans = members.map(({ incident }) => spanOf(incident));
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  const strength = best.link.strength;
  return {
    severity: 'low',
    confidence: strength === 'strong' ? 'high' : 'medium',
    values: {
      attacks: members.length,
      numbers: { list: members.map(({ number }) => String(number)) },
      strength,
      from: { time: fromUnixSeconds(from) ?? '' },
      to: { time: fromUnixSeconds(to) ?? '' },
      pairs: told.length,
      all: inside.length,
      tor: knowsTor ? 'given' : 'unknown',
    },
    at: fromUnixSeconds(from),
    reasons: told
      .slice(0, MOST_REASONS)
      .flatMap((pair) => reasonsOf(pair, attacks))
      .slice(0, MOST_REASONS * 2),
    details: {
      strength,
      attacks: members.map(({ number, incident }) => ({
        number,
        kind: incident.kind,
        site: incident.siteName,
        from: fromUnixSeconds(spanOf(incident).from),
        to: fromUnixSeconds(spanOf(incident).to),
        clients: incident.clients.length,
        attackHits: incident.attackHits,
      })),
      pairs: inside.map(({ first, second, link }) => ({
        first: attacks[first]?.number,
        second: attacks[second]?.number,
        ...link,
      })),
      // Without a list exits are counted like all others.
      torExits: knowsTor ? 'given' : 'not-given',
      sharedSources: overlap.shared(best.first, best.second, MOST_SOURCES),
    },
  };
}

function byStrength(a: Pair, b: Pair): number {
  const rank = ({ link }: Pair): number => (link.strength === 'strong' ? 1 : 0);
  return (
    rank(b) - rank(a) ||
    b.link.clients.excess - a.link.clients.excess ||
    a.first - b.first ||
    a.second - b.second
  );
}

function reasonsOf({ first, second, link }: Pair, attacks: readonly NumberedAttack[]): FindingReason[] {
  const [one, other] = [attacks[first] as NumberedAttack, attacks[second] as NumberedAttack];
  const { clients, networks, setAside } = link;
  const aside = setAside.carriers + setAside.known + setAside.proxies + setAside.regular + setAside.tor;
  const values = {
    first: one.number,
    second: other.number,
    firstKind: attackValues(one).kind ?? '',
    secondKind: attackValues(other).kind ?? '',
    strength: link.strength,
    both: clients.both,
    firstClients: clients.first,
    secondClients: clients.second,
    percent: Math.round(clients.share * 100),
    expected: Math.ceil(clients.expected),
    networks: networks.both,
    isThin: link.isThin,
    aside,
    askers: { list: link.sharedAskers },
    signatures: { list: link.sharedSignatures },
  };
  const reasons: FindingReason[] = [];
  if (clients.both > 0) reasons.push({ code: 'same-clients', values });
  if (link.sharedAskers.length > 0) reasons.push({ code: 'same-asker', values });
  if (link.sharedSignatures.length > 0) reasons.push({ code: 'same-signature', values });
  if (link.minutesApart <= PAUSE_MINUTES) reasons.push({ code: 'close-in-time', values });
  return reasons;
}
