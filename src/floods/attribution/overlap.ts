/**
 * How much attacks have in common, and how much of it would be so by chance. Never says who: that the same machines took
 * part shows the same machines, which may be hired, hacked or shared by several.
 *
 * After BotHound (https://github.com/equalitie/BotHound), which compares attacks by the share of addresses in both; what is
 * added here is the comparison with chance, and leaving out addresses that stand for many people or for a known service.
 */
import { type Network, NetworkSet, widened } from '../defence/networks.js';
import { isCarrierNat, isProxyProvider } from '../geo/network-kind.js';
import type { Incident } from '../incidents/incident.js';
import { isPingbackAgent } from '../incidents/signs.js';
import { isProxyAddress, knownClient } from '../known/known-clients.js';
import { COHORT, type TrafficView } from '../traffic/shape.js';
import { binomialAtLeast } from './chance.js';

/** How strongly two attacks are linked. */
export type LinkStrength = 'none' | 'weak' | 'moderate' | 'strong';

/** Clients and networks of two attacks. */
export interface SharedPart {
  readonly first: number;
  readonly second: number;
  readonly both: number;
  /** Of the smaller of the two. */
  readonly share: number;
  /** In both if those of one had been drawn from the visitors of the log at other times. */
  readonly expected: number;
  /** Part of what could be in both beyond what chance puts there that is: 0 as by chance, 1 all of the smaller. */
  readonly excess: number;
  /** `both` / `expected`. */
  readonly lift: number;
  /** Probability of so many or more by chance, times the number of pairs compared. */
  readonly chance: number;
}

/** Clients that say nothing about a link, by reason. */
export interface SetAside {
  /** Search engines, monitors, content networks and other known services; private addresses. */
  readonly known: number;
  /** Operators that put many customers behind one address. */
  readonly carriers: number;
  /** Operators of VPNs, relays and proxies. */
  readonly proxies: number;
  readonly tor: number;
  /** Clients with more requests outside all attacks than within them: they are always there. */
  readonly regular: number;
}

/** What two attacks have in common. */
export interface AttackLink {
  readonly strength: LinkStrength;
  readonly clients: SharedPart;
  /** IPv4 /24, IPv6 /48. */
  readonly networks: SharedPart;
  /** Likeness of the clients' spread over providers: 0 nothing in common, 1 the same. */
  readonly providerLikeness: number;
  /** Jaccard index of user agents, and of kinds of paths and query strings, with a hundredth of the requests or more. */
  readonly agentLikeness: number;
  readonly shapeLikeness: number;
  /** Addresses that blogs named in both as the one who asked them for a pingback. */
  readonly sharedAskers: readonly string[];
  /** User agents and TLS fingerprints of both attacks that hardly anybody else had. */
  readonly sharedSignatures: readonly string[];
  /** Clients in both that were set aside. */
  readonly setAside: SetAside;
  /** Visitors outside all attacks are too few for a comparison with chance. */
  readonly isThin: boolean;
  /** Minutes between the end of one and the beginning of the other; 0 when they overlap in time. */
  readonly minutesApart: number;
}

const KIND = { eligible: 0, known: 1, carrier: 2, proxy: 3, tor: 4, regular: 5 } as const;

/** Least that is called strong and moderate: in both, share of the smaller beyond chance, and at most so probable. */
const STRONG = { both: 10, excess: 0.2, chance: 1e-6 };
const MODERATE = { both: 5, excess: 0.05, chance: 1e-4 };
const WEAK_CHANCE = 0.01;
const [LIKE_AGENTS, LIKE_SHAPES, LIKE_PROVIDERS] = [0.5, 0.5, 0.8];
/** Fewer visitors at other times than this make no fair comparison; then so many, and such a share, in both are moderate. */
const LEAST_VISITORS = 100;
const THIN = { both: 10, share: 0.2 };
/** Minutes around an attack that are no ordinary time either: what it begins and ends with. */
const AROUND_MINUTES = 30;
/** A client with such a share of its requests in ordinary time is an ordinary visitor. */
const ORDINARY_SHARE = 0.1;
/** Share of a signature's requests that lie in the two attacks, and of each attack's requests that have it. */
const [SIGNATURE_PRECISION, SIGNATURE_SHARE] = [0.95, 0.2];
/** Values with fewer of an attack's requests are not compared. */
const LEAST_VALUE_SHARE = 0.01;

interface Profile {
  readonly incident: Incident;
  readonly clients: ReadonlySet<number>;
  readonly networks: ReadonlySet<string>;
  readonly providers: ReadonlyMap<number, number>;
  readonly agents: ReadonlySet<number>;
  readonly shapes: ReadonlySet<number>;
}

/** Those who come at ordinary times: what chance is reckoned from. */
interface Ordinary<T> {
  readonly all: number;
  has(value: T): boolean;
}

/** Compares attacks of one log with each other. What all visitors have is counted once. */
export class AttackOverlap {
  readonly #view: TrafficView;
  readonly #kinds: Uint8Array;
  readonly #profiles: readonly Profile[];
  readonly #visitors: Ordinary<number>;
  readonly #networks: Ordinary<string>;

  constructor(view: TrafficView, incidents: readonly Incident[], torExits: readonly Network[] = []) {
    const within = hitsWithin(view, incidents);
    this.#view = view;
    this.#kinds = kindsOf(view, within, torExits);
    this.#profiles = incidents.map((incident) => this.#profileOf(incident));
    const isOrdinary = new Uint8Array(view.clients.size);
    const networks = new Set<string>();
    let count = 0;
    for (let row = 0; row < view.clients.size; row += 1) {
      const kind = this.#kinds[row] as number;
      if (kind !== KIND.eligible && kind !== KIND.regular) continue;
      const hits = view.clients.hits[row] as number;
      if (hits - (within[row] as number) < hits * ORDINARY_SHARE) continue;
      isOrdinary[row] = 1;
      count += 1;
      networks.add(networkOf(view, row));
    }
    this.#visitors = { all: count + view.dropped.clients.rows, has: (row) => isOrdinary[row] === 1 };
    this.#networks = { all: networks.size, has: (network) => networks.has(network) };
  }

  /** What two of the attacks have in common, by their places in the list. */
  between(first: number, second: number): AttackLink {
    const [a, b] = [this.#profiles[first] as Profile, this.#profiles[second] as Profile];
    const pairs = (this.#profiles.length * (this.#profiles.length - 1)) / 2;
    const facts = {
      clients: sharedPart(a.clients, b.clients, this.#visitors, pairs),
      networks: sharedPart(a.networks, b.networks, this.#networks, pairs),
      providerLikeness: rounded(cosine(a.providers, b.providers)),
      agentLikeness: rounded(jaccard(a.agents, b.agents)),
      shapeLikeness: rounded(jaccard(a.shapes, b.shapes)),
      sharedAskers: sharedAskers(a.incident, b.incident),
      sharedSignatures: sharedSignatures(a.incident, b.incident),
      setAside: this.#setAside(a.incident, b.incident),
      isThin: this.#visitors.all < LEAST_VISITORS,
      minutesApart: minutesApart(a.incident, b.incident),
    };
    return { strength: strengthOf(facts), ...facts };
  }

  /** Clients in both that count, by address; at most so many. */
  shared(first: number, second: number, most: number): readonly string[] {
    const [a, b] = [this.#profiles[first] as Profile, this.#profiles[second] as Profile];
    return [...a.clients]
      .filter((row) => b.clients.has(row))
      .map((row) => this.#view.clientText(row))
      .sort()
      .slice(0, most);
  }

  #profileOf(incident: Incident): Profile {
    const view = this.#view;
    const clients = new Set(incident.clients.filter((row) => this.#kinds[row] === KIND.eligible));
    const providers = new Map<number, number>();
    const networks = new Set<string>();
    for (const row of clients) {
      const { asn } = view.clientPlace(row);
      if (asn !== 0) providers.set(asn, (providers.get(asn) ?? 0) + 1);
      networks.add(networkOf(view, row));
    }
    return { incident, clients, networks, providers, ...habitsOf(view, incident) };
  }

  #setAside(a: Incident, b: Incident): SetAside {
    const inSecond = new Set(b.clients);
    const counts = new Uint32Array(6);
    for (const row of a.clients) {
      if (!inSecond.has(row)) continue;
      const kind = this.#kinds[row] as number;
      counts[kind] = (counts[kind] as number) + 1;
    }
    const of = (kind: number): number => counts[kind] as number;
    return {
      known: of(KIND.known),
      carriers: of(KIND.carrier),
      proxies: of(KIND.proxy),
      tor: of(KIND.tor),
      regular: of(KIND.regular),
    };
  }
}

/** What each client is, for a comparison. */
function kindsOf(view: TrafficView, within: Float64Array, torExits: readonly Network[]): Uint8Array {
  // Of an IPv6 address a client is known by its first 64 bits.
  const exits = new NetworkSet(torExits.map((exit) => widened(exit, 64)));
  const kinds = new Uint8Array(view.clients.size);
  for (let row = 0; row < kinds.length; row += 1) {
    const { ipVersion, ip0, ip1 } = view.clientAddress(row);
    const { asn } = view.clientPlace(row);
    if (isProxyAddress(ipVersion, ip0, ip1, 0, 0) || knownClient(ipVersion, ip0, ip1))
      kinds[row] = KIND.known;
    else if (exits.has({ ipVersion, ip0, ip1, ip2: 0, ip3: 0 })) kinds[row] = KIND.tor;
    // With IPv6 each customer has a network of his own.
    else if (ipVersion !== 6 && isCarrierNat(asn)) kinds[row] = KIND.carrier;
    else if (isProxyProvider(asn)) kinds[row] = KIND.proxy;
    else if ((within[row] as number) * 2 < (view.clients.hits[row] as number)) kinds[row] = KIND.regular;
  }
  return kinds;
}

/** Requests of each client in slots that touch an attack or the time around it. */
function hitsWithin(view: TrafficView, incidents: readonly Incident[]): Float64Array {
  const spans = incidents
    .map(({ fromMinute, toMinute }) => ({
      fromMinute: fromMinute - AROUND_MINUTES,
      toMinute: toMinute + AROUND_MINUTES,
    }))
    .sort((a, b) => a.fromMinute - b.fromMinute);
  // The latest end of all attacks up to each of them: with it the last that begins before a slot's end tells.
  const ends: number[] = [];
  for (const { toMinute } of spans) ends.push(Math.max(ends.at(-1) ?? 0, toMinute));
  const hits = new Float64Array(view.clients.size);
  const { clientSlots } = view;
  for (let slot = 0; slot < clientSlots.size; slot += 1) {
    const start = clientSlots.minute[slot] as number;
    const end = start + (clientSlots.length[slot] as number) - 1;
    let [low, high] = [0, spans.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((spans[middle] as (typeof spans)[number]).fromMinute <= end) low = middle + 1;
      else high = middle;
    }
    if (low === 0 || (ends[low - 1] as number) < start) continue;
    const owner = clientSlots.owner[slot] as number;
    hits[owner] = (hits[owner] as number) + (clientSlots.hits[slot] as number);
  }
  return hits;
}

/** User agents, and shapes of paths and query strings, that clients of an attack had in its time. */
function habitsOf(
  view: TrafficView,
  incident: Incident,
): { readonly agents: ReadonlySet<number>; readonly shapes: ReadonlySet<number> } {
  const agents = new Map<number, number>();
  const shapes = new Map<number, number>();
  const clients = new Set(incident.clients);
  const { clientSlots } = view;
  let hits = 0;
  for (let slot = 0; slot < clientSlots.size; slot += 1) {
    const start = clientSlots.minute[slot] as number;
    if (start > incident.toMinute) continue;
    if (start + (clientSlots.length[slot] as number) <= incident.fromMinute) continue;
    if (!clients.has(clientSlots.owner[slot] as number)) continue;
    const count = clientSlots.hits[slot] as number;
    hits += count;
    add(agents, clientSlots.agent[slot] as number, count);
    add(shapes, clientSlots.path[slot] as number, count);
    add(shapes, clientSlots.query[slot] as number, count);
  }
  const often = (counts: ReadonlyMap<number, number>): ReadonlySet<number> =>
    new Set([...counts].filter(([, count]) => count >= hits * LEAST_VALUE_SHARE).map(([value]) => value));
  return { agents: often(agents), shapes: often(shapes) };
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function networkOf(view: TrafficView, row: number): string {
  const { ipVersion, ip0, ip1 } = view.clientAddress(row);
  if (ipVersion === 4) return `4 ${ip0 >>> 8}`;
  return ipVersion === 6 ? `6 ${ip0} ${ip1 >>> 16}` : view.clientText(row);
}

function sharedPart<T>(
  a: ReadonlySet<T>,
  b: ReadonlySet<T>,
  ordinary: Ordinary<T>,
  pairs: number,
): SharedPart {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let both = 0;
  for (const value of small) if (large.has(value)) both += 1;
  // Either could be the one drawn; what chance gives most counts. One more than was seen: never seen is not never.
  let [expected, chance] = [0, 0];
  for (const [marked, drawn] of [[a, b.size] as const, [b, a.size] as const]) {
    let seen = 1;
    for (const value of marked) if (ordinary.has(value)) seen += 1;
    const rate = Math.min(1, seen / (ordinary.all + 1));
    expected = Math.max(expected, drawn * rate);
    chance = Math.max(chance, binomialAtLeast(drawn, rate, both));
  }
  const most = small.size;
  expected = Math.min(expected, most);
  return {
    first: a.size,
    second: b.size,
    both,
    share: rounded(both / Math.max(1, most)),
    expected: rounded(expected),
    excess: most > expected ? rounded(Math.max(0, both - expected) / (most - expected)) : 0,
    lift: expected > 0 ? rounded(both / expected) : 0,
    chance: Number(Math.min(1, chance * pairs).toPrecision(2)),
  };
}

function cosine(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let [product, first, second] = [0, 0, 0];
  for (const [key, count] of a) {
    product += count * (b.get(key) ?? 0);
    first += count * count;
  }
  for (const count of b.values()) second += count * count;
  return product === 0 ? 0 : product / Math.sqrt(first * second);
}

function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const value of a) if (b.has(value)) both += 1;
  const all = a.size + b.size - both;
  return all === 0 ? 0 : both / all;
}

function sharedAskers(a: Incident, b: Incident): readonly string[] {
  const named = new Set(b.pingbackAddresses.map(({ address }) => address));
  return a.pingbackAddresses
    .map(({ address }) => address)
    .filter((address) => named.has(address))
    .sort();
}

function sharedSignatures(a: Incident, b: Incident): readonly string[] {
  return a.signs
    .flatMap((own) => {
      if (own.type !== COHORT.agent && own.type !== COHORT.tls) return [];
      if (own.value === '' || isPingbackAgent(own.value)) return [];
      const other = b.signs.find(({ type, value }) => type === own.type && value === own.value);
      if (!other || Math.min(own.shareOfWindow, other.shareOfWindow) < SIGNATURE_SHARE) return [];
      const within = own.windowHits + other.windowHits;
      const all =
        own.row === other.row
          ? Math.max(within, own.windowHits + own.outsideHits)
          : within + own.outsideHits + other.outsideHits;
      return within >= all * SIGNATURE_PRECISION ? [own.value] : [];
    })
    .sort();
}

function minutesApart(a: Incident, b: Incident): number {
  return Math.max(0, Math.max(a.fromMinute, b.fromMinute) - Math.min(a.toMinute, b.toMinute) - 1);
}

function strengthOf({ clients, networks, ...facts }: Omit<AttackLink, 'strength'>): LinkStrength {
  const reaches = (part: SharedPart, least: typeof STRONG): boolean =>
    part.both >= least.both && part.excess >= least.excess && part.chance <= least.chance;
  if (!facts.isThin && reaches(clients, STRONG)) return 'strong';
  const isSignature =
    facts.sharedSignatures.length > 0 &&
    (facts.providerLikeness >= LIKE_PROVIDERS || reaches(networks, MODERATE));
  const isThinLink = facts.isThin && clients.both >= THIN.both && clients.share >= THIN.share;
  if (reaches(clients, MODERATE) || isThinLink || facts.sharedAskers.length > 0 || isSignature)
    return 'moderate';
  const isAlike = facts.agentLikeness >= LIKE_AGENTS && facts.shapeLikeness >= LIKE_SHAPES;
  const isMoreThanChance = [clients, networks].some(
    ({ both, chance }) => both >= MODERATE.both && chance <= WEAK_CHANCE,
  );
  return isMoreThanChance || (isAlike && facts.providerLikeness >= LIKE_PROVIDERS) ? 'weak' : 'none';
}

/** Three digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
