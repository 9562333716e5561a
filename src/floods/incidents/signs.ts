/** What the requests of an incident have in common, and which clients made them. */
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import type { CohortRun, SlotIndex } from './cohort-runs.js';
import type { CohortSign } from './incident.js';

/** Of the requests of the incident, so many carry it; and in a minute it has so many times what it has otherwise. */
const LEAST_SHARE = 0.12;
const LEAST_LIFT = 8;
const MAX_SIGNS = 12;
/** A client with more parts of pages than this among its requests reads the site. */
const MOST_ASSETS = 0.1;

/** WordPress that verifies a pingback; old versions do not say what for (user agent grammar of WordPress `wp_remote_get`). */
export function isPingbackAgent(agent: string): boolean {
  return /^WordPress\/\d[\w.-]*; https?:\/\//.test(agent);
}

/** Types that clients carry in their slots; of others only an estimate is known. */
const CARRIED: ReadonlySet<CohortType> = new Set<CohortType>([
  COHORT.path,
  COHORT.agent,
  COHORT.query,
  COHORT.manner,
  COHORT.network,
]);

interface Span {
  readonly hits: number;
}

/** What many requests of a span have in common, most telling first. */
export function signsOf(
  view: TrafficView,
  slots: SlotIndex,
  site: number,
  from: number,
  to: number,
  { hits }: Span,
  spanMinutes: number,
  runs: readonly CohortRun[],
): CohortSign[] {
  const minutes = to - from + 1;
  const outsideMinutes = Math.max(spanMinutes - minutes, 0);
  const isRun = new Set(runs.map(({ row }) => row));
  const signs: (CohortSign & { readonly weight: number })[] = [];
  for (let row = 0; row < view.cohorts.size; row += 1) {
    if (view.cohorts.site[row] !== site) continue;
    const total = view.cohorts.hits[row] as number;
    if (total < hits * LEAST_SHARE && !isRun.has(row)) continue;
    const windowHits = Math.min(Math.round(hitsWithin(view, slots.of(row), from, to)), total);
    const share = windowHits / Math.max(hits, 1);
    if (share < LEAST_SHARE && !isRun.has(row)) continue;
    const outsideHits = total - windowHits;
    const lift = windowHits / minutes / Math.max(outsideHits / Math.max(outsideMinutes, 1), 1 / 1_440);
    const hasContrast = outsideMinutes >= minutes / 2;
    if (hasContrast && lift < LEAST_LIFT) continue;
    const precision = total === 0 ? 0 : windowHits / total;
    signs.push({
      type: view.cohorts.type[row] as CohortType,
      value: view.cohortText(row),
      row,
      windowHits,
      windowClients: 0,
      outsideHits,
      shareOfWindow: share,
      precision,
      weight:
        share * (hasContrast ? precision : 1) * (TELLING_WEIGHT[view.cohorts.type[row] as CohortType] ?? 1),
    });
  }
  const counted = clientsPerSign(view, signs, from, to);
  return signs
    .sort((a, b) => b.weight - a.weight || a.row - b.row)
    .slice(0, MAX_SIGNS)
    .map(({ weight: _weight, ...sign }) => ({ ...sign, windowClients: counted.get(sign.row) ?? 0 }));
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

/** Requests of slots between two minutes; of a block the part that lies there. */
function hitsWithin(view: TrafficView, rows: Uint32Array, from: number, to: number): number {
  const { cohortSlots } = view;
  let sum = 0;
  for (const row of rows) {
    const start = cohortSlots.minute[row] as number;
    const length = cohortSlots.length[row] as number;
    const overlap = Math.min(to + 1, start + length) - Math.max(from, start);
    if (overlap > 0) sum += ((cohortSlots.hits[row] as number) * overlap) / length;
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
}

/**
 * Clients that in the time of an incident did, without reading pages with their parts, what one of the cohorts has in
 * common. Pingbacks have as many user agents as blogs: those belong together.
 */
export function participantsOf(
  view: TrafficView,
  rows: readonly number[],
  from: number,
  to: number,
): Participants {
  const wanted = hashesOf(view, rows);
  const pingbacks = pingbackHashes(view);
  const found = new Map<number, number>();
  let hits = 0;
  let pingbackHits = 0;
  const { clientSlots } = view;
  for (let slot = 0; slot < clientSlots.size; slot += 1) {
    const part = overlapOf(clientSlots.minute[slot] as number, clientSlots.length[slot] as number, from, to);
    if (part === 0) continue;
    const count = clientSlots.hits[slot] as number;
    if ((clientSlots.assets[slot] as number) > count * MOST_ASSETS) continue;
    const isPingback = pingbacks.has(clientSlots.agent[slot] as number);
    const fits =
      isPingback ||
      wanted.path.has(clientSlots.path[slot] as number) ||
      wanted.agent.has(clientSlots.agent[slot] as number) ||
      wanted.query.has(clientSlots.query[slot] as number) ||
      wanted.manner.has(clientSlots.manner[slot] as number) ||
      (wanted.networks.size > 0 && wanted.networks.has(networkOf(view, clientSlots.owner[slot] as number)));
    if (!fits) continue;
    const owner = clientSlots.owner[slot] as number;
    const weight = count * part;
    found.set(owner, (found.get(owner) ?? 0) + weight);
    hits += weight;
    if (isPingback) pingbackHits += weight;
  }
  return {
    clients: [...found.keys()].sort((a, b) => a - b),
    hits: Math.round(hits),
    pingbackHits: Math.round(pingbackHits),
  };
}

/** The part of a slot that lies in a span; a block that only touches it counts for nothing. */
function overlapOf(start: number, length: number, from: number, to: number): number {
  const overlap = Math.min(to + 1, start + length) - Math.max(from, start);
  if (overlap <= 0) return 0;
  // What a quiet client did in its block it did while the incident lasted, if it lasted for a good part of the block.
  return overlap * 4 >= length || overlap === to - from + 1 ? 1 : 0;
}

interface Hashes {
  readonly path: ReadonlySet<number>;
  readonly agent: ReadonlySet<number>;
  readonly query: ReadonlySet<number>;
  readonly manner: ReadonlySet<number>;
  readonly networks: ReadonlySet<string>;
}

function hashesOf(view: TrafficView, rows: readonly number[]): Hashes {
  const of = (type: CohortType): Set<number> =>
    new Set(rows.filter((row) => view.cohorts.type[row] === type).map((row) => view.cohortHash(row)));
  return {
    path: of(COHORT.path),
    agent: of(COHORT.agent),
    query: of(COHORT.query),
    manner: of(COHORT.manner),
    networks: new Set(
      rows.filter((row) => view.cohorts.type[row] === COHORT.network).map((row) => view.cohortText(row)),
    ),
  };
}

function pingbackHashes(view: TrafficView): ReadonlySet<number> {
  const hashes = new Set<number>();
  for (let row = 0; row < view.cohorts.size; row += 1) {
    if (view.cohorts.type[row] !== COHORT.agent) continue;
    if (isPingbackAgent(view.cohortText(row))) hashes.add(view.cohortHash(row));
  }
  return hashes;
}

/** IPv4 /24 of a client, as cohorts call it. */
function networkOf(view: TrafficView, client: number): string {
  const { ipVersion, ip0 } = view.clientAddress(client);
  return ipVersion === 4 ? `${ip0 >>> 24}.${(ip0 >>> 16) & 255}.${(ip0 >>> 8) & 255}.0/24` : '';
}

function clientsPerSign(
  view: TrafficView,
  signs: readonly CohortSign[],
  from: number,
  to: number,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { row, type, precision } of signs) {
    const count = CARRIED.has(type)
      ? participantsOf(view, [row], from, to).clients.length
      : Math.round(view.cohortDistinct(row, 'clients') * precision);
    counts.set(row, count);
  }
  return counts;
}
