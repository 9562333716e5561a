/** What kind of incident it was, by the strongest evidence. Thresholds without a source are our own starting values. */
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import type { CohortSign, IncidentKind } from './incident.js';
import { isPingbackAgent } from './signs.js';
import type { SpanSums } from './span.js';

/** What is known of a window. */
export interface WindowFacts extends SpanSums {
  readonly minutes: number;
  readonly usualHits: number;
  readonly outside: SpanSums;
  readonly signs: readonly CohortSign[];
  readonly participants: readonly number[];
  readonly participantHits: number;
  /** Of clients that did the same, but read or edit the site at other times. */
  readonly readerHits: number;
  /** Requests by WordPress installations that verify a pingback, of all. */
  readonly pingbackShare: number;
  /** More than the usual of the whole site, not of a cohort alone. */
  readonly hasSurge: boolean;
  /** Whether its clients are known not to read, whoever else reads at that time. */
  readonly isByItself: boolean;
  /** Errors of the server, or silence, that are not there otherwise. */
  readonly hasEffect: boolean;
  /** Whether the log shows a go-between instead of the clients: nothing can be told of them. */
  readonly areClientsHidden: boolean;
  /** Most clients in a minute. */
  readonly mostClients: number;
  /** How alike the user agents are to those of other times, from 0 to 1. Worked out when asked. */
  agentsAlike(): number;
}

/** Of the surplus so much must be of one kind. */
const MAIN = 0.5;
const PINGBACKS = 0.3;
/** A crowd reads: its parts of pages come to so much of what is usual. */
const READERS_ASSETS = 0.35;
const READERS_ASSETS_ALONE = 0.6;
const READERS_REFERERS = 0.08;
/** In a log without parts of pages, referers must tell more. */
const READERS_REFERERS_ALONE = 0.2;
const READERS_AGENTS = 0.4;
/** Sites whose pages have so many parts in the log: it can be told who fetches them. */
const USUAL_ASSETS = 0.2;
/** Of those who took part so many fetched parts of pages too. */
const READERS_AMONG = 0.5;
/** Of the pages of a small site robots ask for half: those who come must be like the rest of them. */
const VISITORS_AGENTS = 0.25;
/** With fewer requests each nobody insists. */
const LEAST_HITS_EACH = 4;
const [LEAST_CROWD_CLIENTS, LEAST_CROWD_HITS] = [12, 1_000];
/** Fewer clients are somebody, not many. */
const LEAST_MANY = 8;
/** What somebody alone does is told when it is one thing, and fast, or does harm. */
const ALONE_SHARE = 0.8;
const ALONE_PER_MINUTE = 300;
/** Distinct paths among requests: those of one who goes through the site. */
const CRAWL_PATHS = 0.15;
/** Distinct queries among requests, less the 13 % by which estimates err. */
const DISTINCT = 0.9 - 0.3;
const LEAST_AGENTS = 5;
/** A picture that counts who opened a letter, or the way on to a page: answers of so few bytes, once or twice to each. */
const TINY_ANSWER_BYTES = 256;
const MOST_OPENINGS_EACH = 2;
const MOST_FAILED = 0.1;
/** Programs that fetch a feed wait so long, or come a few times when it has changed. */
const LEAST_POLL_SECONDS = 120;

const SEARCH =
  /(?:[?&](?:s|q|query|search|buscar|busqueda|keyword|keywords|texto)=|\/(?:search|buscar|busqueda|busca|buscador)(?:[/?]|$))/i;
const FEED = /^GET (?:.*\/)?(?:feeds?|rss\d?|atom|podcast)(?:\/|\.|$)/i;
const LOGIN =
  /^POST .*(?:\/wp-login\.php|\/administrator(?:\/index\.php)?\/?|\/user\/login|\/login(?:\.php|\.aspx)?\/?|\/signin\/?|\/iniciar-sesion\/?)$/i;
const XMLRPC = /^POST .*\/xmlrpc\.php$/i;
/**
 * Proxies of Joomla's Google map plugin and similar fetch with PHP's own user agent (Akamai PLXsert, threat advisory of
 * February 2015; Deflect Labs, third report).
 */
const JOOMLA = /^PHP\/\d|plugin_googlemap|joomla/i;

/** Null when there is nothing to tell. */
export function kindOf(view: TrafficView, facts: WindowFacts): IncidentKind | null {
  const { hits, signs, outside, participants } = facts;
  const surplus = Math.max(hits - facts.usualHits, Math.min(facts.participantHits, hits), 1);
  const share = (count: number, otherwise: number): number =>
    Math.max(0, count - (otherwise * facts.usualHits) / Math.max(outside.hits, 1)) / surplus;
  const isMany = participants.length >= LEAST_MANY;
  if (facts.pingbackShare >= PINGBACKS && isMany) return 'pingback';
  const gone = share(facts.clientGone, outside.clientGone);
  if (gone >= MAIN && share(facts.protocol2, outside.protocol2) >= MAIN) return 'rapid-reset';
  if (isSlow(facts, gone, share(facts.malformed, outside.malformed))) return 'slow-requests';
  if (!facts.isByItself && areDownloads(facts)) return facts.hasSurge ? 'surge' : null;
  if (!facts.isByItself && areReaders(facts)) return facts.hasSurge && isCrowd(facts) ? 'flash-crowd' : null;
  // What rose is told. What it was is not: behind the address of a go-between one and all look alike.
  if (facts.areClientsHidden) return facts.hasSurge && hits >= LEAST_CROWD_HITS ? 'surge' : null;
  const pathShare = Math.max(
    0,
    ...signs.filter(({ type }) => type === COHORT.path).map((s) => s.shareOfWindow),
  );
  if (participants.length > 0 && !isMany && !isHarmfulAlone(facts, pathShare)) {
    // A few machines that go through the site: told when they are more than one, or do harm.
    const isTold = facts.hasSurge && (participants.length > 1 || facts.hasEffect);
    return isTold && share(facts.notFound, outside.notFound) < MAIN && isCrawl(view, facts) ? 'crawl' : null;
  }
  if (participants.length === 0 && view.dropped.clients.rows === 0) {
    // All of them fetched parts of pages, or read the site at other times.
    return facts.hasSurge && facts.mostClients >= LEAST_MANY && facts.readerHits < surplus * MAIN
      ? 'surge'
      : null;
  }
  if (isPageThatRepeats(view, facts)) return facts.hasSurge ? 'surge' : null;
  if (isOneVisitEach(facts)) return 'surge';
  if (areLettersOpened(view, facts) || isPolling(view, facts)) return facts.hasSurge ? 'surge' : null;
  const posts = share(facts.posts, outside.posts);
  if (posts >= MAIN || shareOf(signs, COHORT.path, /^POST /) >= MAIN) {
    if (shareOf(signs, COHORT.path, LOGIN) >= MAIN / 2) return 'login-brute-force';
    if (shareOf(signs, COHORT.path, XMLRPC) >= MAIN / 2) return 'xmlrpc-flood';
    return 'post-flood';
  }
  if (shareOf(signs, COHORT.agent, JOOMLA) >= MAIN / 2) return 'joomla-reflection';
  if (shareOf(signs, COHORT.query, SEARCH) >= MAIN / 2 || shareOf(signs, COHORT.path, SEARCH) >= MAIN)
    return 'search-abuse';
  const busting = signs.find(({ type, shareOfWindow }) => type === COHORT.query && shareOfWindow >= MAIN / 2);
  if (busting && distinctShare(view, busting, 'queries') >= DISTINCT) return 'cache-busting';
  if (share(facts.notFound, outside.notFound) >= MAIN) return isMany ? 'random-uri' : null;
  if (isCrawl(view, facts)) return facts.hasSurge ? 'crawl' : null;
  if (rotatesAgents(view, participants)) return 'agent-rotation';
  if (pathShare >= MAIN / 2) return 'get-flood';
  if (signs.length > 0 && facts.participantHits >= surplus * PINGBACKS) return 'get-flood';
  return facts.hasSurge ? 'surge' : null;
}

/** What kind of attack one of several at once is, by what it asks for. */
export function kindOfPart(view: TrafficView, sign: CohortSign | null): IncidentKind {
  if (sign === null) return 'pingback';
  const { row, type, value } = sign;
  if (type === COHORT.query) {
    if (SEARCH.test(value)) return 'search-abuse';
    return distinctShare(view, sign, 'queries') >= DISTINCT ? 'cache-busting' : 'get-flood';
  }
  if (LOGIN.test(value)) return 'login-brute-force';
  if (XMLRPC.test(value)) return 'xmlrpc-flood';
  if (value.startsWith('POST ')) return 'post-flood';
  if (SEARCH.test(value)) return 'search-abuse';
  const { hits, notFound } = view.cohorts;
  return (notFound[row] as number) >= (hits[row] as number) * MAIN ? 'random-uri' : 'get-flood';
}

/** Requests that never end: of those that are logged, most hold no request, or the error log says so. */
function isSlow(
  { timedOut, exhausted, outside, hits, minutes }: WindowFacts,
  gone: number,
  empty: number,
): boolean {
  if (gone >= MAIN && empty >= MAIN) return true;
  const otherwise = (outside.timedOut + outside.exhausted) / Math.max(outside.hits, 1);
  const events = timedOut + exhausted;
  return events >= LEAST_MANY * minutes && events >= hits * MAIN && events > otherwise * hits * 4;
}

/** One thing asked again and again, faster than anybody reads. */
function isHarmfulAlone({ hasSurge, hasEffect, hits, minutes }: WindowFacts, pathShare: number): boolean {
  return hasSurge && pathShare >= ALONE_SHARE && (hasEffect || hits >= ALONE_PER_MINUTE * minutes);
}

/** Largest share of a sign of a type whose value fits. */
function shareOf(signs: readonly CohortSign[], type: CohortType, pattern: RegExp): number {
  let most = 0;
  for (const sign of signs) {
    if (sign.type === type && pattern.test(sign.value)) most = Math.max(most, sign.shareOfWindow);
  }
  return most;
}

/** People who come by a link from elsewhere and read: with styles and pictures, from many places, as readers do otherwise. */
function areReaders(facts: WindowFacts): boolean {
  const { outside, hits, pages, assets, refererOutside, signs } = facts;
  if (signs.some(({ type, value }) => type === COHORT.agent && isPingbackAgent(value))) return false;
  const referers = refererOutside / Math.max(pages, 1);
  const usualAssets = outside.assets / Math.max(outside.pages, 1);
  const ownAssets = assets / Math.max(pages, 1);
  if (usualAssets >= USUAL_ASSETS || ownAssets >= 1) {
    if (facts.participantHits >= hits * MAIN) return false;
    const fetched = usualAssets >= USUAL_ASSETS ? ownAssets / usualAssets : 1;
    if (fetched < READERS_ASSETS) return false;
    return (
      referers >= READERS_REFERERS ||
      (fetched >= READERS_ASSETS_ALONE && facts.agentsAlike() >= READERS_AGENTS)
    );
  }
  return referers >= READERS_REFERERS_ALONE && facts.agentsAlike() >= READERS_AGENTS;
}

/**
 * Pages that ask again by themselves while people read them: live coverage, counts of votes, maps made of pieces. Those who
 * ask have fetched parts of pages as well, and say that they come from a page of the site: bots fetch none.
 */
function isPageThatRepeats(view: TrafficView, facts: WindowFacts): boolean {
  const { hits, refererNone, refererOutside, participants, signs } = facts;
  if (refererNone + refererOutside > hits * (1 - MAIN)) return false;
  if (shareOf(signs, COHORT.path, LOGIN) > 0 || shareOf(signs, COHORT.path, XMLRPC) > 0) return false;
  let readers = 0;
  for (const client of participants) if ((view.clients.assets[client] as number) > 0) readers += 1;
  return readers >= participants.length * READERS_AMONG;
}

/**
 * Where the log has no parts of pages, who asks for a page or two with the programs that readers always have cannot be told
 * from a reader: links passed on in messengers and mailings carry no referer.
 */
function isOneVisitEach(facts: WindowFacts): boolean {
  const { outside, assets, pages, participants, participantHits, mostClients, signs } = facts;
  const hasAssets = outside.assets >= outside.pages * USUAL_ASSETS || assets >= pages * USUAL_ASSETS;
  if (hasAssets || mostClients < LEAST_MANY || outside.hits === 0) return false;
  if (participantHits >= participants.length * LEAST_HITS_EACH) return false;
  if (signs.some(({ type, value }) => type === COHORT.path && !value.startsWith('GET '))) return false;
  return facts.agentsAlike() >= VISITORS_AGENTS;
}

/** Most of what came on top is parts of sounds and films, or downloads. From a log nobody can tell hearing from draining. */
export function areDownloads({ hits, usualHits, bulk, outside }: WindowFacts): boolean {
  const usual = (outside.bulk * usualHits) / Math.max(outside.hits, 1);
  return bulk - usual >= Math.max(hits - usualHits, hits * MAIN) * MAIN;
}

/** Letters of a mailing that are opened: each asks once for next to nothing, by the proxies of mail services or alone. */
function areLettersOpened(view: TrafficView, facts: WindowFacts): boolean {
  const { signs, participants, participantHits, hasEffect } = facts;
  if (hasEffect || participantHits >= participants.length * MOST_OPENINGS_EACH) return false;
  const of = (wanted: CohortType): CohortSign[] =>
    signs.filter(({ type, shareOfWindow }) => type === wanted && shareOfWindow >= MAIN / 2);
  // The page whose query it is has other requests, too.
  const queries = of(COHORT.query);
  const asked = queries.length > 0 ? queries : of(COHORT.path);
  return (
    asked.length > 0 &&
    asked.every(({ row, type, value }) => {
      const { hits, bytesOut, status4xx, status5xx, posts } = view.cohorts;
      const all = Math.max(hits[row] as number, 1);
      const failed = (status4xx[row] as number) + (status5xx[row] as number);
      return (
        (type === COHORT.query || value.startsWith('GET ')) &&
        (posts[row] as number) === 0 &&
        failed < all * MOST_FAILED &&
        (bytesOut[row] as number) < all * TINY_ANSWER_BYTES
      );
    })
  );
}

/** Readers of feeds and players: they ask for the feed now and then, and nothing comes of it. */
function isPolling(view: TrafficView, facts: WindowFacts): boolean {
  const { signs, participants, participantHits, hasEffect } = facts;
  if (hasEffect || shareOf(signs, COHORT.path, FEED) < MAIN / 2) return false;
  if (participantHits < participants.length * LEAST_HITS_EACH) return true;
  const { gaps, gapSeconds } = view.clients;
  let patient = 0;
  for (const client of participants) {
    if ((gapSeconds[client] as number) >= (gaps[client] as number) * LEAST_POLL_SECONDS) patient += 1;
  }
  return patient >= participants.length * READERS_AMONG;
}

/** A handful of readers more than usual is nothing to tell. */
function isCrowd({ hits, mostClients, areClientsHidden }: WindowFacts): boolean {
  return hits >= LEAST_CROWD_HITS && (areClientsHidden || mostClients >= LEAST_CROWD_CLIENTS);
}

/** Page after page of the site, with what they have in common: no page stands out, and hardly one is asked for twice. */
function isCrawl(view: TrafficView, { signs, hits }: WindowFacts): boolean {
  if (signs.some(({ type, shareOfWindow }) => type === COHORT.path && shareOfWindow >= MAIN)) return false;
  const way = signs.find(
    ({ type, precision, windowHits }) =>
      (type === COHORT.agent || type === COHORT.manner || type === COHORT.network || type === COHORT.asn) &&
      precision >= MAIN &&
      windowHits >= hits * PINGBACKS,
  );
  return way !== undefined && distinctShare(view, way, 'paths') >= CRAWL_PATHS;
}

/** Distinct values among all requests of a cohort. */
function distinctShare(view: TrafficView, { row }: CohortSign, what: 'queries' | 'paths'): number {
  return view.cohortDistinct(row, what) / Math.max(view.cohorts.hits[row] as number, 1);
}

/** Half of the clients show five user agents or more. Carriers' addresses have as many, but are few. */
function rotatesAgents(view: TrafficView, clients: readonly number[]): boolean {
  if (clients.length < 2) return false;
  let many = 0;
  for (const client of clients) if (view.clientDistinct(client, 'agents') >= LEAST_AGENTS) many += 1;
  return many * 2 >= clients.length;
}
