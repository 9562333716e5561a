/**
 * What captured traffic shows of published hosts, certificates and marks of programs: one event per evidence and listed
 * host, whichever records tell of it (a question of DNS, a TLS hello, flows, requests).
 */
import { compareText } from '../../../core/compare-text.js';
import type {
  DetectorContext,
  EvidenceRecord,
  FindingDraft,
  IndicatorMatcher,
  Observable,
  Pointer,
} from '../../../core/contracts.js';
import { isIP } from '../../../core/ip-address.js';
import { SampledMap } from '../../../core/sampled-map.js';
import type { Flow } from '../../../records/kinds/flow.js';
import { hostOf } from '../../../records/links.js';
import { canonicalAddress } from '../../matcher-addresses.js';
import { type Hit, hitOf, type Sighting } from './hits.js';
import { trafficClassOf } from './rules.js';
import { TrafficCase, trafficFinding } from './traffic-case.js';

/** Values that no list has, remembered so that the next packet to the same server costs one step. */
const MAX_UNLISTED = 100_000;
/** Servers spoken to without a name. */
const MAX_REACHED = 200_000;

/** Conversations with an address that name no host. */
interface Reached {
  conversations: number;
  at: string | null;
  source: Pointer;
}

/** Begins keys of single addresses. */
const ADDRESS = 'address ';

const NONE: readonly Sighting[] = Object.freeze([]);

export class Traffic {
  readonly #context: DetectorContext;
  readonly #unlisted: Unlisted;
  /** By evidence and what is listed: a name, an address, a range, a certificate, a mark. */
  readonly #cases = new Map<string, TrafficCase>();
  /** Listed addresses -> listed names that a record shows together with them. */
  readonly #namesOfAddress = new Map<string, Set<string>>();
  readonly #reached = new SampledMap<Reached>(MAX_REACHED);

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#unlisted = new Unlisted(context.matcher);
  }

  /** @returns sightings that are no matter of hosts: files */
  see(record: EvidenceRecord): readonly Sighting[] {
    // Flows come by the million, and nearly none of them has anything listed.
    if (record.kind === 'flow' && this.#isPlainFlow(record as Flow)) return NONE;
    let hits: Hit[] | null = null;
    for (const observable of this.#context.observablesOf(record)) {
      for (const match of this.#context.matcher.match(observable)) {
        hits ??= [];
        hits.push(hitOf(observable, match));
      }
    }
    if (hits === null) return NONE;
    const ofTraffic = hits.filter(({ observable }) => trafficClassOf(observable) === 'traffic');
    if (ofTraffic.length > 0) this.#add(record, ofTraffic);
    return hits.length > ofTraffic.length ? transferred(record, hits) : NONE;
  }

  findings(): FindingDraft[] {
    const joined = this.#withAddresses();
    const keys = [...joined.keys()].sort(compareText);
    return keys.flatMap((key) => {
      const each = joined.get(key);
      return each ? [trafficFinding(each)] : [];
    });
  }

  /** Compares what the kind of flows offers, without making a list of it. */
  #isPlainFlow(flow: Flow): boolean {
    const { serverAddress, clientAddress, serverNames } = flow;
    const isSilent = serverNames.length === 0 && flow.application !== 'dns' && flow.isAnswered !== false;
    if (isSilent && serverAddress !== null) {
      this.#noteReached(flow, serverAddress);
    }
    if (serverAddress !== null && !this.#unlisted.has(serverAddress)) return false;
    if (clientAddress !== null && !this.#unlisted.has(clientAddress)) return false;
    for (const name of serverNames) if (!this.#unlisted.has(name)) return false;
    return true;
  }

  #noteReached({ at, source }: Flow, address: string): void {
    const key = `${source.evidence}\n${address}`;
    const reached = this.#reached.at(key, () => ({ conversations: 0, at, source }));
    if (reached === null) return;
    reached.conversations += 1;
    if (isEarlier(at, source, reached)) {
      reached.at = at;
      reached.source = source;
    }
  }

  #add(record: EvidenceRecord, hits: readonly Hit[]): void {
    const names = new Map<string, Hit[]>();
    const addresses = new Map<string, Hit[]>();
    const others: Hit[] = [];
    for (const hit of hits) {
      const { type, value } = hit.observable;
      const host = type === 'url' || type === 'host' ? (canonicalAddress(value) ?? hostOf(value)) : null;
      if (host === null) others.push(hit);
      else if (isIP(host) === 0) push(names, host.replace(/^www\./, ''), hit);
      else push(addresses, host, hit);
    }
    const { evidence } = record.source;
    const addressKeys = new Map([...addresses].map(([address, own]) => [addressKey(address, own), own]));
    if (names.size > 0) {
      const shared = [...[...addresses.values()].flat(), ...others];
      for (const own of names.values()) {
        const key = nameKey(own);
        this.#case(evidence, key).see(record, own, shared);
        for (const address of addressKeys.keys()) {
          if (address.startsWith(ADDRESS)) this.#link(evidence, address, key);
        }
      }
    } else if (addressKeys.size > 0) {
      for (const [key, own] of addressKeys) this.#case(evidence, key).see(record, own, others);
    } else {
      for (const hit of others) this.#case(evidence, markKey(hit)).see(record, [hit], []);
    }
  }

  #case(evidence: string, key: string): TrafficCase {
    const whole = `${evidence}\n${key}`;
    const known = this.#cases.get(whole);
    if (known) return known;
    const made = new TrafficCase(evidence);
    this.#cases.set(whole, made);
    return made;
  }

  #link(evidence: string, address: string, name: string): void {
    const key = `${evidence}\n${address}`;
    const names = this.#namesOfAddress.get(key) ?? new Set<string>();
    this.#namesOfAddress.set(key, names);
    names.add(`${evidence}\n${name}`);
  }

  /**
   * Packets to a listed address belong to the listed name that was seen with it, when there is one such name only: where
   * several names share an address, none of them is the one that counts.
   */
  #withAddresses(): Map<string, TrafficCase> {
    const joined = new Map(this.#cases);
    for (const [address, names] of this.#namesOfAddress) {
      const own = joined.get(address);
      const [name] = names;
      if (!own || name === undefined || names.size !== 1) continue;
      joined.get(name)?.join(own);
      joined.delete(address);
    }
    for (const each of joined.values()) {
      for (const address of each.answered()) {
        const reached = this.#reached.get(`${each.evidence}\n${address}`);
        if (reached) each.reachedByAddress(reached.conversations, reached.at, reached.source);
      }
    }
    return joined;
  }
}

/** Hosts that no list has. */
class Unlisted {
  readonly #matcher: IndicatorMatcher;
  readonly #known = new Set<string>();
  readonly #probe: { readonly type: 'host'; value: string } = { type: 'host', value: '' };

  constructor(matcher: IndicatorMatcher) {
    this.#matcher = matcher;
  }

  has(host: string): boolean {
    if (this.#known.has(host)) return true;
    this.#probe.value = host;
    if (this.#matcher.match(this.#probe).length > 0) return false;
    if (this.#known.size >= MAX_UNLISTED) this.#known.clear();
    this.#known.add(host);
    return true;
  }
}

function transferred(record: EvidenceRecord, hits: readonly Hit[]): Sighting[] {
  const files = hits.filter(({ observable }) => trafficClassOf(observable) === 'transferred');
  const [first] = files;
  if (!first) return [];
  // All hashes of one record are of one file; the longest names it best.
  const subject = files.reduce(
    (best, { observable: { value } }) => (value.length > best.length ? value : best),
    first.observable.value,
  );
  return [
    {
      actClass: 'transferred',
      subject: subject.toLowerCase(),
      hits: files,
      at: record.at,
      source: record.source,
    },
  ];
}

/** Everything under one listed domain is one host: the widest of the listed ones names it. */
function nameKey(hits: readonly Hit[]): string {
  let widest: string | null = null;
  for (const { match } of hits) {
    if (match.indicator.type !== 'domain') continue;
    const domain = (hostOf(match.indicator.value) ?? match.indicator.value).replace(/^www\./, '');
    if (widest === null || domain.length < widest.length) widest = domain;
  }
  const [first] = hits;
  return `name ${widest ?? (first ? hostOfValue(first.observable) : '')}`;
}

function hostOfValue({ value }: Observable): string {
  return (hostOf(value) ?? value).replace(/^www\./, '');
}

/** A listed range is one thing; so is a listed address inside it. */
function addressKey(address: string, hits: readonly Hit[]): string {
  if (hits.some(({ match }) => match.how !== 'range')) return `${ADDRESS}${address}`;
  const ranges = hits.map(({ match }) => match.indicator.value).sort(compareText);
  return `range ${ranges[0] ?? address}`;
}

function markKey({ match, observable }: Hit): string {
  return `${match.indicator.type} ${observable.value.toLowerCase()}`;
}

function push(map: Map<string, Hit[]>, key: string, hit: Hit): void {
  const known = map.get(key);
  if (known) known.push(hit);
  else map.set(key, [hit]);
}

function isEarlier(at: string | null, source: Pointer, known: Reached): boolean {
  const byTime = compareText(at ?? '~', known.at ?? '~');
  if (byTime !== 0) return byTime < 0;
  const { path, locator } = source;
  return (
    (compareText(path, known.source.path) ||
      locator.length - known.source.locator.length ||
      compareText(locator, known.source.locator)) < 0
  );
}
