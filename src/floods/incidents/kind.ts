/** What kind of incident it was, by the strongest evidence. Thresholds without a source are our own starting values. */
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import type { CohortSign, IncidentKind } from './incident.js';
import { isPingbackAgent } from './signs.js';
import type { SpanSums } from './span.js';

export interface WindowFacts extends SpanSums {
  readonly minutes: number;
  readonly usualHits: number;
  readonly outside: SpanSums;
  readonly signs: readonly CohortSign[];
  readonly participants: readonly number[];
  readonly participantHits: number;
  readonly pingbackShare: number;
  readonly hasSurge: boolean;
}

/** Of the surplus so much must be of one kind. */
const MAIN = 0.5;
/** A crowd reads: its parts of pages come to so much of what is usual. */
const READERS_ASSETS = 0.35;
const READERS_REFERERS = 0.08;
/** Fewer are not a crowd but somebody. */
const LEAST_CROWD = 8;

const MOST_SCANNERS = 3;

const SEARCH =
  /(?:[?&](?:s|q|query|search|buscar|busqueda|keyword|keywords|texto)=|\/(?:search|buscar|busqueda|busca)\b)/i;
const LOGIN =
  /^POST .*(?:\/wp-login\.php|\/administrator\/index\.php|\/user\/login|\/login(?:\.php)?|\/signin)$/;
const XMLRPC = /\/xmlrpc\.php$/;
/** Proxies of Joomla's Google map plugin: what Deflect Labs saw reflect requests (its third report). */
const JOOMLA = /plugin_googlemap|joomla/i;

/** Null when there is nothing to tell. */
export function kindOf(view: TrafficView, facts: WindowFacts): IncidentKind | null {
  const { hits, signs } = facts;
  if (facts.pingbackShare >= 0.3) return 'pingback';
  const surplus = Math.max(hits - facts.usualHits, facts.participantHits, 1);
  const share = (count: number, usual: number): number =>
    Math.max(0, count - (usual * facts.usualHits) / Math.max(facts.outside.hits, 1)) / surplus;
  const posts = share(facts.posts, facts.outside.posts);
  if (posts >= MAIN || shareOf(signs, COHORT.path, /^POST /) >= MAIN) {
    if (shareOf(signs, COHORT.path, LOGIN) >= MAIN / 2) return 'login-brute-force';
    if (shareOf(signs, COHORT.path, XMLRPC) >= MAIN / 2) return 'xmlrpc-flood';
    return 'post-flood';
  }
  if (isCrowd(facts)) return facts.hasSurge ? 'flash-crowd' : null;
  const gone = share(facts.clientGone, facts.outside.clientGone);
  if (gone >= MAIN) return facts.protocol2 >= hits * MAIN ? 'rapid-reset' : 'slow-requests';
  if (!facts.hasSurge && facts.participants.length < LEAST_CROWD) return null;
  if (signs.some(({ type, value }) => type === COHORT.agent && JOOMLA.test(value)))
    return 'joomla-reflection';
  if (shareOf(signs, COHORT.query, SEARCH) >= MAIN / 2 || shareOf(signs, COHORT.path, SEARCH) >= MAIN)
    return 'search-abuse';
  const busting = signs.find(({ type, shareOfWindow }) => type === COHORT.query && shareOfWindow >= MAIN / 2);
  if (busting && isDistinct(view, busting, 'queries')) return 'cache-busting';
  if (share(facts.notFound, facts.outside.notFound) >= MAIN) {
    // One or two who try what is not there are scanners, which have findings of their own.
    return facts.participants.length > MOST_SCANNERS ? 'random-uri' : null;
  }
  if (rotatesAgents(view, facts.participants)) return 'agent-rotation';
  if (signs.some(({ type, shareOfWindow }) => type === COHORT.path && shareOfWindow >= MAIN / 2))
    return 'get-flood';
  if (facts.participants.length > 0 && facts.participants.length < LEAST_CROWD) {
    return facts.hasSurge ? 'crawl' : null;
  }
  return signs.length > 0 && facts.participantHits >= surplus * 0.3 ? 'get-flood' : 'surge';
}

/** Largest share of a sign of a type whose value fits. */
function shareOf(signs: readonly CohortSign[], type: CohortType, pattern: RegExp): number {
  let most = 0;
  for (const sign of signs) {
    if (sign.type === type && pattern.test(sign.value) && sign.shareOfWindow > most)
      most = sign.shareOfWindow;
  }
  return most;
}

/** People who come by a link from elsewhere and read: with styles and pictures, from many places, not all alike. */
function isCrowd(facts: WindowFacts): boolean {
  const { outside, hits, pages, assets, refererOutside, signs } = facts;
  if (signs.some(({ type, value }) => type === COHORT.agent && isPingbackAgent(value))) return false;
  const usualAssets = outside.assets / Math.max(outside.pages, 1);
  const ownAssets = assets / Math.max(pages, 1);
  const fetches = usualAssets > 0.2 ? ownAssets >= usualAssets * READERS_ASSETS : ownAssets >= 0.5;
  return fetches && refererOutside >= pages * READERS_REFERERS && facts.participantHits < hits * MAIN;
}

/** Whether nearly every request has a value of its own. The estimate is of all its requests, with 13 % of error. */
function isDistinct(view: TrafficView, sign: CohortSign, what: 'queries' | 'paths'): boolean {
  return view.cohortDistinct(sign.row, what) >= (view.cohorts.hits[sign.row] as number) * 0.6;
}

/** Half of the clients show five user agents or more. Carriers' addresses have as many, but are few. */
function rotatesAgents(view: TrafficView, clients: readonly number[]): boolean {
  if (clients.length < 2) return false;
  let many = 0;
  for (const client of clients) if (view.clientDistinct(client, 'agents') >= 5) many += 1;
  return many * 2 >= clients.length;
}
