/** Attacks at once: what clients that took part asked for, and whether those who asked for different things are different ones. */
import { COHORT, type TrafficView } from '../traffic/shape.js';
import type { CohortSign } from './incident.js';
import type { Participants } from './signs.js';

/** So many requests and clients of their own, and so much of the whole: less is a side of the same. */
const LEAST_HITS = 240;
const LEAST_CLIENTS = 8;
const LEAST_SHARE = 0.1;
/** Clients that are in two parts, of the smaller: those who do both are one attack. */
const MOST_IN_BOTH = 0.1;
const PINGBACK = 'pingback';

/** Those who took part and asked for one thing. */
export interface Part {
  /** The query or path they asked for; null for pingbacks, which are told by what they call themselves. */
  readonly sign: CohortSign | null;
  readonly clients: ReadonlySet<number>;
  readonly hits: number;
}

/** Parts of those who took part, most requests first; one or none when they cannot be told apart. */
export function partsOf(
  view: TrafficView,
  { slots }: Pick<Participants, 'slots'>,
  signs: readonly CohortSign[],
  pingbacks: ReadonlySet<number>,
): readonly Part[] {
  const { clientSlots } = view;
  const byHash = new Map<string, CohortSign>();
  for (const sign of signs) {
    if (sign.type === COHORT.query) byHash.set(`q${view.cohortHash(sign.row)}`, sign);
    if (sign.type === COHORT.path) byHash.set(`p${view.cohortHash(sign.row)}`, sign);
  }
  const groups = new Map<string, { readonly clients: Set<number>; hits: number }>();
  let all = 0;
  for (const slot of slots) {
    const hits = clientSlots.hits[slot] as number;
    const query = `q${clientSlots.query[slot]}`;
    const key = pingbacks.has(clientSlots.agent[slot] as number)
      ? PINGBACK
      : byHash.has(query)
        ? query
        : `p${clientSlots.path[slot]}`;
    const group = groups.get(key) ?? { clients: new Set(), hits: 0 };
    group.clients.add(clientSlots.owner[slot] as number);
    group.hits += hits;
    all += hits;
    groups.set(key, group);
  }
  const large = [...groups]
    .filter(
      ([key, { clients, hits }]) =>
        (key === PINGBACK || byHash.has(key)) &&
        hits >= Math.max(LEAST_HITS, all * LEAST_SHARE) &&
        clients.size >= LEAST_CLIENTS,
    )
    .map(([key, { clients, hits }]) => ({ sign: byHash.get(key) ?? null, clients, hits }))
    .sort((a, b) => b.hits - a.hits || (a.sign?.row ?? -1) - (b.sign?.row ?? -1));
  const parts: Part[] = [];
  for (const one of large) {
    if (parts.some((other) => inBoth(one.clients, other.clients) > MOST_IN_BOTH)) return [];
    parts.push(one);
  }
  return parts;
}

function inBoth(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let both = 0;
  for (const client of small) if (large.has(client)) both += 1;
  return both / small.size;
}

/** Signs of one of several parts: those that its clients carry, and hardly the clients of the others. */
export function signsOfPart(
  view: TrafficView,
  signs: readonly CohortSign[],
  part: Part,
  others: readonly Part[],
  slots: readonly number[],
): readonly CohortSign[] {
  const { clientSlots } = view;
  const columns = new Map<number, Uint32Array>([
    [COHORT.path, clientSlots.path],
    [COHORT.query, clientSlots.query],
    [COHORT.agent, clientSlots.agent],
    [COHORT.manner, clientSlots.manner],
  ]);
  return signs.filter((sign) => {
    if (sign.row === part.sign?.row) return true;
    const column = columns.get(sign.type);
    if (!column) return false;
    const hash = view.cohortHash(sign.row);
    let [own, foreign] = [0, 0];
    for (const slot of slots) {
      if (column[slot] !== hash) continue;
      const owner = clientSlots.owner[slot] as number;
      if (part.clients.has(owner)) own += clientSlots.hits[slot] as number;
      else if (others.some(({ clients }) => clients.has(owner))) foreign += clientSlots.hits[slot] as number;
    }
    return own > 0 && foreign <= own * MOST_IN_BOTH;
  });
}
