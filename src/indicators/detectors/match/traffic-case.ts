import { compareText } from '../../../core/compare-text.js';
import type { EvidenceRecord, FindingDraft, Pointer } from '../../../core/contracts.js';
import type { Indicator } from '../../../core/indicator.js';
import { Smallest } from '../../../core/smallest.js';
import type { Dns } from '../../../records/kinds/dns.js';
import type { Flow } from '../../../records/kinds/flow.js';
import type { Http } from '../../../records/kinds/http.js';
import type { Tls } from '../../../records/kinds/tls.js';
import { hostOf } from '../../../records/links.js';
import type { NetworkEnds } from '../../../records/network-ends.js';
import { compareHits, type Hit, weighed } from './hits.js';
import { type TrafficSeen, trafficShowsOf, trafficVariantOf } from './rules.js';

/** Pointers kept of one event; as many as a result lists. */
const MAX_PLACES = 1_000;
const MAX_HITS = 200;
const MAX_HOSTS = 100;
const MAX_KNOWN = 1_000;
/** Names or addresses put into one sentence. */
const MAX_NAMED = 5;

/** What stands for an address that there is none: the question was refused, or a filter answered in its place. */
const NOWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '127.0.0.1', '::1']);

interface Place {
  readonly at: string | null;
  readonly source: Pointer;
}

/** One listed host (or range, certificate, mark of a program) in the traffic of one piece of evidence. */
export class TrafficCase {
  readonly evidence: string;
  readonly #hits = new Smallest<Hit>(MAX_HITS, compareHits);
  readonly #places = new Smallest<Place>(MAX_PLACES, comparePlaces);
  readonly #hosts = new Smallest<string>(MAX_HOSTS, compareText);
  readonly #servers = new Smallest<string>(MAX_HOSTS, compareText);
  readonly #devices = new Smallest<string>(MAX_HOSTS, compareText);
  readonly #answers = new Smallest<string>(MAX_HOSTS, compareText);
  readonly #known = new Map<string, Set<Indicator>>();
  #isReached = false;
  #isTried = false;
  #isIncoming = false;
  #isAnswered = false;
  #lookUps = 0;
  #contacts = 0;
  /** Conversations with an address that a look-up of it gave. */
  #byAddress = 0;
  #lastAt: string | null = null;

  constructor(evidence: string) {
    this.evidence = evidence;
  }

  /**
   * @param own - hits on what the case is about
   * @param shared - other hits of the same record
   */
  see(record: EvidenceRecord, own: readonly Hit[], shared: readonly Hit[]): void {
    for (const hit of own) {
      if (!this.#isNew(hit)) continue;
      this.#hits.add(hit);
      const { type, value } = hit.observable;
      if (type === 'host' || type === 'url') this.#hosts.add(hostOf(value) ?? value);
    }
    for (const hit of shared) if (this.#isNew(hit)) this.#hits.add(hit);
    this.#note(record.at);
    for (const source of pointersOf(record, [...own, ...shared])) this.#places.add({ at: record.at, source });
    if (record.kind === 'dns') this.#seeLookUp(record as Dns);
    else {
      const isAnswered = record.kind !== 'flow' || (record as Flow).isAnswered !== false;
      this.#seeContact(record as EvidenceRecord & NetworkEnds, own, isAnswered);
    }
  }

  /** Takes in what was seen of an address of the same host. */
  join(other: TrafficCase): void {
    for (const hit of other.#hits.values()) this.#hits.add(hit);
    for (const place of other.#places.values()) this.#places.add(place);
    for (const host of other.#hosts.values()) this.#hosts.add(host);
    for (const server of other.#servers.values()) this.#servers.add(server);
    for (const device of other.#devices.values()) this.#devices.add(device);
    for (const answer of other.#answers.values()) this.#answers.add(answer);
    this.#isAnswered ||= other.#isAnswered;
    this.#isTried ||= other.#isTried;
    this.#isIncoming ||= other.#isIncoming;
    this.#lookUps += other.#lookUps;
    // Packets to its address are not yet packets to it: they gave no name.
    if (other.#isReached) this.#byAddress = Math.max(this.#byAddress, other.#contacts);
    this.#note(other.#lastAt);
  }

  /** Addresses that look-ups of the host gave. */
  answered(): readonly string[] {
    return this.#answers.values();
  }

  /** There were conversations, without a name, with an address that a look-up gave. */
  reachedByAddress(conversations: number, at: string | null, source: Pointer): void {
    this.#byAddress = Math.max(this.#byAddress, conversations);
    this.#places.add({ at, source });
    this.#note(at);
  }

  facts() {
    return {
      seen: this.#seen(),
      hits: [...this.#hits.values()],
      places: this.#places.values(),
      hosts: this.#hosts.values(),
      servers: this.#servers.values(),
      devices: this.#devices.values(),
      answers: this.#answers.values(),
      answer: this.#answers.values().length > 0 ? 'given' : this.#isAnswered ? 'refused' : 'none',
      lookUps: this.#lookUps,
      contacts: this.#contacts,
      byAddress: this.#byAddress,
      lastAt: this.#lastAt,
    };
  }

  #seen(): TrafficSeen {
    if (this.#isReached) return 'reached';
    if (this.#byAddress > 0) return 'resolved';
    if (this.#isTried) return 'tried';
    return this.#isIncoming ? 'incoming' : 'asked';
  }

  /** A million packets to one server bring the same hit a million times. */
  #isNew({ observable: { type, act, value }, match: { indicator } }: Hit): boolean {
    const key = `${type} ${act} ${value}`;
    const known = this.#known.get(key);
    if (known?.has(indicator)) return false;
    if (known) known.add(indicator);
    else {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(key, new Set([indicator]));
    }
    return true;
  }

  #seeLookUp({ clientAddress, isQuerySeen, responseCode, answers }: Dns): void {
    this.#lookUps += 1;
    if (responseCode !== null || !isQuerySeen) this.#isAnswered = true;
    if (clientAddress !== null) this.#devices.add(clientAddress);
    for (const { type, data } of answers) {
      if ((type === 'A' || type === 'AAAA') && !NOWHERE.has(data)) this.#answers.add(data);
    }
  }

  #seeContact({ clientAddress, serverAddress }: NetworkEnds, own: readonly Hit[], isAnswered: boolean): void {
    this.#contacts += 1;
    // A listed address may be the one that began: it is no device of the person then.
    const isListed = (address: string) => own.some(({ observable }) => observable.value === address);
    if (clientAddress !== null && isListed(clientAddress)) this.#isIncoming = true;
    else if (isAnswered) this.#isReached = true;
    else this.#isTried = true;
    if (clientAddress !== null && !isListed(clientAddress)) this.#devices.add(clientAddress);
    if (serverAddress !== null) this.#servers.add(serverAddress);
  }

  #note(at: string | null): void {
    if (at !== null && (this.#lastAt === null || at > this.#lastAt)) this.#lastAt = at;
  }
}

/**
 * `details`: `hosts`, `servers` (addresses spoken to), `devices` (addresses of those who asked or spoke), `answers`
 * (addresses that look-ups gave), `lookUps`, `contacts` (records of conversations), `contactsByAddress`, `lastAt`,
 * and `category`, `stalkerware` where the tool is one.
 */
export function trafficFinding(each: TrafficCase): FindingDraft {
  const facts = each.facts();
  const { seen, hits, places, hosts, devices, answer, lookUps, byAddress } = facts;
  const [best] = hits;
  if (!best) throw new Error('an event without a hit');
  const { severity, confidence, values, indicator } = weighed(hits, best);
  const evidence = distinct(places);
  return {
    severity,
    confidence,
    shows: trafficShowsOf(best.match),
    variant: trafficVariantOf(best.match, seen),
    values: {
      ...values,
      seen,
      answer,
      lookUps,
      conversations: byAddress,
      hostCount: hosts.length,
      hosts: { list: hosts.slice(0, MAX_NAMED).map((link) => ({ link })) },
      deviceCount: devices.length,
      devices: { list: devices.slice(0, MAX_NAMED) },
      serverCount: facts.servers.length,
      servers: { list: facts.servers.slice(0, MAX_NAMED).map((link) => ({ link })) },
      isUserAgent: best.match.indicator.type === 'user-agent' ? 'yes' : 'no',
      places: evidence.length,
    },
    at: places.find(({ at }) => at !== null)?.at ?? null,
    indicator,
    details: {
      hosts,
      servers: facts.servers,
      devices,
      answers: facts.answers,
      lookUps,
      contacts: facts.contacts,
      contactsByAddress: byAddress,
      lastAt: facts.lastAt,
      ...(best.match.indicator.category === 'stalkerware' ? { category: 'stalkerware' } : {}),
    },
    evidence,
  };
}

/** Every packet of a record that shows the listed thing. */
function pointersOf(record: EvidenceRecord, hits: readonly Hit[]): Pointer[] {
  const { source } = record;
  const frames = framesOf(record, hits);
  // The line of a log says it all.
  if (!source.locator.startsWith('frame ')) return [source];
  return [
    source,
    ...frames.flatMap((frame) => (frame === null ? [] : [{ ...source, locator: `frame ${frame}` }])),
  ];
}

function framesOf(record: EvidenceRecord, hits: readonly Hit[]): (number | null)[] {
  switch (record.kind) {
    case 'dns':
      return [(record as Dns).answerFrame];
    case 'tls': {
      const { hellos, certificateFrame, serverHelloFrame, ja3s } = record as Tls;
      const isCertificate = hits.some(({ observable }) => observable.type === 'cert-hash');
      const isServerMark = hits.some(({ observable }) => observable.value === ja3s);
      return [
        ...hellos.map(({ frame }) => frame),
        ...(isCertificate ? [certificateFrame] : []),
        ...(isServerMark ? [serverHelloFrame] : []),
      ];
    }
    case 'http':
      return [(record as Http).responsePacket?.frame ?? null];
    default:
      return [];
  }
}

function distinct(places: readonly Place[]): Pointer[] {
  const byText = new Map<string, Pointer>();
  for (const { source } of places) {
    const key = `${source.path}\n${source.locator}`;
    if (!byText.has(key)) byText.set(key, source);
  }
  return [...byText.values()];
}

/** In order of time, then as packets and lines are numbered. */
function comparePlaces(a: Place, b: Place): number {
  return (
    compareText(a.at ?? '~', b.at ?? '~') ||
    compareText(a.source.path, b.source.path) ||
    a.source.locator.length - b.source.locator.length ||
    compareText(a.source.locator, b.source.locator)
  );
}
