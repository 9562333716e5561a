/** What the requests of an incident have in common, and which clients made them. */
import { addressOf } from '../hits/client-address.js';
import { knownClient } from '../known/known-clients.js';
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import type { CohortRun } from './cohort-runs.js';
import type { CohortSign } from './incident.js';
import type { SlotIndex } from './slot-index.js';

/** Of the requests of the incident, so many carry it; and in a minute it has so many times what it has otherwise. */
const LEAST_SHARE = 0.12;
const LEAST_LIFT = 8;
const MAX_SIGNS = 12;
/** A client with more parts of pages than this among its requests reads the site. */
const MOST_ASSETS = 0.1;
/** One who reads the site at other times, if this part of all its requests are parts of pages. */
const READER_ASSETS = 0.3;
/** Of the requests with one trait so many have the other too: then both are asked of clients. */
const LEAST_BOTH = 0.85;
/** So many requests of a client, and of all it ever made, are for what the attack asks for: it took part. Some lie in blocks at the edge. */
const [LEAST_INSISTENT, INSISTENT_SHARE] = [8, 0.75];
const NONE: ReadonlySet<number> = new Set();
/** Of one address with readers: so many programs, so many pages of the attack's kind, so many times what comes from it otherwise. */
const [LEAST_MIXED_AGENTS, LEAST_MIXED_PAGES, LEAST_MIXED_TIMES] = [2, 20, 3];
/** Blogs link to a site on ordinary days too: so much of what stands out belongs to an attack. */
const LEAST_PINGBACK = 0.2;
/** A query that nearly all of a path's requests have says more than the path. */
const SAME_SHARE = 0.8;

/** WordPress that verifies a pingback; old versions do not say what for (user agent grammar of WordPress `wp_remote_get`). */
export function isPingbackAgent(agent: string): boolean {
  return /^WordPress\/\d[\w.-]*; https?:\/\//.test(agent);
}

/** Where and when to look. */
export interface Place {
  /** Rows of the site's cohorts. */
  readonly rows: readonly number[];
  /** Unix minutes, inclusive. */
  readonly from: number;
  readonly to: number;
  readonly hits: number;
  /** Minutes of the log of the site. */
  readonly spanMinutes: number;
}

/** What a person does something about comes first. */
const TELLING_WEIGHT: Readonly<Record<CohortType, number>> = {
  [COHORT.query]: 1.3,
  [COHORT.agent]: 1.2,
  [COHORT.path]: 1.1,
  [COHORT.manner]: 1,
  [COHORT.tls]: 1,
  [COHORT.network]: 0.9,
  [COHORT.asn]: 0.7,
  [COHORT.protocol]: 0.6,
  [COHORT.country]: 0.4,
  [COHORT.referer]: 0.4,
};

/** What many requests of a span have in common, most telling first. Clients are not counted yet. */
export function signsOf(
  view: TrafficView,
  slots: SlotIndex,
  place: Place,
  runs: readonly CohortRun[],
): CohortSign[] {
  const { rows, from, to, hits, spanMinutes } = place;
  const minutes = to - from + 1;
  const outsideMinutes = Math.max(spanMinutes - minutes, 0);
  const hasContrast = outsideMinutes >= minutes / 2;
  const isRun = new Set(runs.map(({ row }) => row));
  const signs: (CohortSign & { readonly weight: number })[] = [];
  for (const row of rows) {
    const total = view.cohorts.hits[row] as number;
    if (total < hits * LEAST_SHARE && !isRun.has(row)) continue;
    const windowHits = Math.min(Math.round(hitsWithin(view, slots.of(row), from, to)), total);
    const share = windowHits / Math.max(hits, 1);
    if (share < LEAST_SHARE && !isRun.has(row)) continue;
    const outsideHits = total - windowHits;
    const lift = windowHits / minutes / Math.max(outsideHits / Math.max(outsideMinutes, 1), 1 / 1_440);
    if (hasContrast && lift < LEAST_LIFT) continue;
    const type = view.cohorts.type[row] as CohortType;
    const precision = total === 0 ? 0 : windowHits / total;
    signs.push({
      type,
      value: view.cohortText(row),
      row,
      windowHits,
      windowClients: 0,
      outsideHits,
      shareOfWindow: share,
      precision,
      weight: share * (hasContrast ? precision : 1) * TELLING_WEIGHT[type],
    });
  }
  return signs
    .sort((a, b) => b.weight - a.weight || a.type - b.type || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_SIGNS)
    .map(({ weight: _weight, ...sign }) => sign);
}

/** Requests of slots between two minutes; of a block the part that lies there. */
export function hitsWithin(view: TrafficView, rows: Uint32Array, from: number, to: number): number {
  const { minute, length, hits } = view.cohortSlots;
  let sum = 0;
  for (const row of rows) {
    const start = minute[row] as number;
    const size = length[row] as number;
    const overlap = Math.min(to + 1, start + size) - Math.max(from, start);
    if (overlap > 0) sum += ((hits[row] as number) * overlap) / size;
  }
  return sum;
}

/** Clients that took part in an incident, and what they asked for in its time. */
export interface Participants {
  /** Rows of `view.clients`, in order. */
  readonly clients: readonly number[];
  readonly hits: number;
  /** Of which by WordPress installations that verify a pingback. */
  readonly pingbackHits: number;
  /** Of clients that did the same, but read or edit the site at other times, or are known services: they are not listed. */
  readonly readerHits: number;
  /** Rows of `view.clientSlots` that are their part. */
  readonly slots: readonly number[];
  /** Pages that clients asked for in the same way whose other requests are a reader's: by row, in order. */
  readonly alike: ReadonlyMap<number, number>;
}

/** Which traits of clients' slots are asked for. */
interface Traits {
  readonly path: ReadonlySet<number>;
  readonly query: ReadonlySet<number>;
  readonly agent: ReadonlySet<number>;
  readonly manner: ReadonlySet<number>;
  readonly networks: ReadonlySet<string>;
  readonly asns: ReadonlySet<number>;
}

/** Hashes of the user agents of WordPress installations that verify pingbacks: as many as blogs, and one thing. */
export function pingbackAgents(view: TrafficView): ReadonlySet<number> {
  const hashes = new Set<number>();
  for (let row = 0; row < view.cohorts.size; row += 1) {
    if (view.cohorts.type[row] !== COHORT.agent) continue;
    if (isPingbackAgent(view.cohortText(row))) hashes.add(view.cohortHash(row));
  }
  return hashes;
}

/**
 * Clients that in the time of an incident did what its requests have in common, without reading pages with their parts:
 * asked for the same (path, query), in the same way (user agent, manner), and both where that holds for most. Networks
 * decide only where nothing else does.
 */
export function participantsOf(
  view: TrafficView,
  within: Uint32Array,
  signs: readonly { readonly row: number; readonly windowHits: number }[],
  pingbacks: ReadonlySet<number>,
): Participants {
  const { clientSlots, clients } = view;
  const traits = traitsOf(view, signs);
  const networkOf = networkReader(view);
  const fitting: { slot: number; what: boolean; how: boolean; isPingback: boolean }[] = [];
  let [whatHits, howHits, bothHits, pingbackHits, readerHits] = [0, 0, 0, 0, 0];
  const hasWhere = traits.networks.size > 0 || traits.asns.size > 0;
  const hasOther = traits.path.size + traits.query.size + traits.agent.size + traits.manner.size > 0;
  const reading: { owner: number; pages: number; what: boolean; how: boolean }[] = [];
  for (const slot of within) {
    const hits = clientSlots.hits[slot] as number;
    const pages = hits - (clientSlots.assets[slot] as number);
    const hasAssets = (clientSlots.assets[slot] as number) > hits * MOST_ASSETS;
    if (hasAssets && pages < LEAST_INSISTENT) continue;
    const owner = clientSlots.owner[slot] as number;
    const agent = clientSlots.agent[slot] as number;
    const isPingback = pingbacks.has(agent);
    const what =
      traits.path.has(clientSlots.path[slot] as number) ||
      traits.query.has(clientSlots.query[slot] as number);
    const how = traits.agent.has(agent) || traits.manner.has(clientSlots.manner[slot] as number);
    const where =
      !hasOther &&
      hasWhere &&
      (traits.networks.has(networkOf(owner)) || traits.asns.has(view.clientPlace(owner).asn));
    if (!what && !how && !where && !isPingback) continue;
    if (hasAssets || isReader(clients, owner, hits)) {
      reading.push({ owner, pages, what: what || where || isPingback, how: how || isPingback });
      if (!hasAssets) readerHits += hits;
      continue;
    }
    if (isService(view, owner)) {
      readerHits += hits;
      continue;
    }
    fitting.push({ slot, what: what || where, how, isPingback });
    if (what || where) whatHits += hits;
    if (how) howHits += hits;
    if (what && how) bothHits += hits;
    if (isPingback) pingbackHits += hits;
  }
  const most = Math.max(whatHits, howHits);
  const hasPingback = pingbackHits > most * LEAST_PINGBACK;
  const isOnlyPingback = hasPingback && pingbackHits >= most * LEAST_BOTH;
  const isBoth = bothHits >= most * LEAST_BOTH && bothHits > 0;
  const isWhat = whatHits >= howHits;
  const found = new Set<number>();
  const slots: number[] = [];
  let hits = 0;
  const insistent = isBoth ? insistentClients(view, fitting) : NONE;
  for (const { slot, what, how, isPingback } of fitting) {
    const isSame = isBoth
      ? what && (how || insistent.has(clientSlots.owner[slot] as number))
      : isWhat
        ? what
        : how;
    const fits = (isPingback && hasPingback) || (!isOnlyPingback && isSame);
    if (!fits) continue;
    found.add(clientSlots.owner[slot] as number);
    slots.push(slot);
    hits += clientSlots.hits[slot] as number;
  }
  const alike = new Map<number, number>();
  for (const { owner, pages, what, how } of reading) {
    if (isBoth ? what && how : isWhat ? what : how) alike.set(owner, (alike.get(owner) ?? 0) + pages);
  }
  return { clients: [...found].sort((a, b) => a - b), hits, pingbackHits, readerHits, slots, alike };
}

/**
 * Addresses behind which readers and attackers sit: several programs, and many times the pages that come from there
 * otherwise, all of them what the attack asks for. What each of them made is told by its surplus.
 */
export function mixedClients(
  view: TrafficView,
  { alike }: Participants,
  { from, to }: Pick<Place, 'from' | 'to'>,
): { readonly clients: readonly number[]; readonly hits: number } {
  const { clients } = view;
  const minutes = to - from + 1;
  const mixed: number[] = [];
  let hits = 0;
  for (const [client, pages] of alike) {
    if ((clients.adminPages[client] as number) > 0 || isService(view, client)) continue;
    if (view.clientDistinct(client, 'agents') < LEAST_MIXED_AGENTS) continue;
    const span = ((clients.lastSecond[client] as number) - (clients.firstSecond[client] as number)) / 60;
    const otherwise = Math.max(0, (clients.pages[client] as number) - pages);
    const expected = (otherwise * minutes) / Math.max(span, minutes);
    if (pages < LEAST_MIXED_PAGES || pages < expected * LEAST_MIXED_TIMES) continue;
    mixed.push(client);
    hits += Math.round(pages - Math.min(expected, pages));
  }
  return { clients: mixed.sort((a, b) => a - b), hits };
}

/**
 * Clients that ask for nothing but what the attack asks for, again and again, whatever program they claim to be: a program
 * that few of the attack claim is no sign of its own.
 */
function insistentClients(
  { clients, clientSlots }: TrafficView,
  fitting: readonly { readonly slot: number; readonly what: boolean }[],
): ReadonlySet<number> {
  const hits = new Map<number, number>();
  for (const { slot, what } of fitting) {
    const owner = clientSlots.owner[slot] as number;
    if (what) hits.set(owner, (hits.get(owner) ?? 0) + (clientSlots.hits[slot] as number));
  }
  const insistent = new Set<number>();
  for (const [client, asked] of hits) {
    if (asked < LEAST_INSISTENT || asked < (clients.hits[client] as number) * INSISTENT_SHARE) continue;
    if (clients.assets[client] === 0) insistent.add(client);
  }
  return insistent;
}

/** Search engines, link previews, monitors and archives, by their published addresses: they come in numbers when a story goes round. */
function isService(view: TrafficView, client: number): boolean {
  const { ipVersion, ip0, ip1 } = view.clientAddress(client);
  const kind = ipVersion === 0 ? undefined : knownClient(ipVersion, ip0, ip1)?.kind;
  return kind !== undefined && kind !== 'cdn' && kind !== 'guard';
}

/** Somebody who reads the site with its pictures at other times, or writes for it. */
function isReader(clients: TrafficView['clients'], client: number, slotHits: number): boolean {
  if ((clients.adminPages[client] as number) > 0) return true;
  const all = clients.hits[client] as number;
  return (clients.assets[client] as number) > all * READER_ASSETS && slotHits * 2 < all;
}

function traitsOf(
  view: TrafficView,
  signs: readonly { readonly row: number; readonly windowHits: number }[],
): Traits {
  const of = (type: CohortType): typeof signs => signs.filter(({ row }) => view.cohorts.type[row] === type);
  const most = (type: CohortType): number => Math.max(0, ...of(type).map(({ windowHits }) => windowHits));
  const hashes = (type: CohortType): Set<number> => new Set(of(type).map(({ row }) => view.cohortHash(row)));
  const isQuery = most(COHORT.query) > 0 && most(COHORT.query) >= most(COHORT.path) * SAME_SHARE;
  return {
    path: isQuery ? new Set() : hashes(COHORT.path),
    query: hashes(COHORT.query),
    agent: hashes(COHORT.agent),
    manner: hashes(COHORT.manner),
    networks: new Set(of(COHORT.network).map(({ row }) => view.cohortText(row))),
    asns: new Set(
      of(COHORT.asn)
        .map(({ row }) => Number(view.cohortText(row).slice(2)))
        .filter((asn) => asn > 0),
    ),
  };
}

/** IPv4 /24 or IPv6 /48 of a client, as cohorts call it. */
export function networkReader(view: TrafficView): (client: number) => string {
  const known = new Map<number, string>();
  return (client) => {
    const { ipVersion, ip0, ip1 } = view.clientAddress(client);
    if (ipVersion === 0) return '';
    if (ipVersion === 6) {
      const first = ((ip1 >>> 16) << 16) >>> 0;
      return `${addressOf({ ipVersion, ip0, ip1: first, ip2: 0, ip3: 0 })}/48`;
    }
    const key = ip0 >>> 8;
    let text = known.get(key);
    if (text === undefined) {
      text = `${addressOf({ ipVersion, ip0: (key << 8) >>> 0, ip1: 0, ip2: 0, ip3: 0 })}/24`;
      known.set(key, text);
    }
    return text;
  };
}

/** Signs with the clients that took part and carried them. Of types that slots do not carry, only an estimate is known. */
export function withClients(
  view: TrafficView,
  signs: readonly CohortSign[],
  part: Participants,
): CohortSign[] {
  const networkOf = networkReader(view);
  return signs.map((sign) => {
    const column = columnOf(view, sign.type);
    const carriers = new Set<number>();
    if (column !== null) {
      const hash = view.cohortHash(sign.row);
      for (const slot of part.slots) {
        if (column[slot] === hash) carriers.add(view.clientSlots.owner[slot] as number);
      }
    } else if (sign.type === COHORT.network) {
      for (const client of part.clients) if (networkOf(client) === sign.value) carriers.add(client);
    } else if (sign.type === COHORT.asn || sign.type === COHORT.country) {
      for (const client of part.clients) {
        const { asn, country } = view.clientPlace(client);
        if (sign.value === (sign.type === COHORT.asn ? `AS${asn}` : country)) carriers.add(client);
      }
    } else {
      const estimate = view.cohortDistinct(sign.row, 'clients') * sign.precision;
      return { ...sign, windowClients: Math.min(part.clients.length, Math.round(estimate)) };
    }
    return { ...sign, windowClients: carriers.size };
  });
}

function columnOf(view: TrafficView, type: CohortType): Uint32Array | null {
  if (type === COHORT.path) return view.clientSlots.path;
  if (type === COHORT.agent) return view.clientSlots.agent;
  if (type === COHORT.query) return view.clientSlots.query;
  return type === COHORT.manner ? view.clientSlots.manner : null;
}
