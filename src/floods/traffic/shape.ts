/**
 * The shape of counted web traffic: all that detectors see of access logs. Tables of columns, each bounded, each of them a
 * `group by` over lines: another program, or SQL over a cluster, can produce the same.
 *
 * - `minutes`: one row per site and minute.
 * - `clients`: one row per client: an IPv4 address, or the /64 of an IPv6 address.
 * - `cohorts`: one row per value of a {@link CohortType}: what many clients may have in common.
 * - `clientSlots`, `cohortSlots`: how much of each fell into each slot of time. A minute with 8 requests or more of an owner
 *   has a slot of its own (`length` 1); quieter minutes are put together in blocks of 16 (clients) or 64 minutes (cohorts),
 *   in which busy minutes are not counted again. Under pressure busy minutes join their blocks and blocks grow (`length`).
 *
 * Counts of distinct things are estimates (HyperLogLog with 64 registers, about ±13 %; Flajolet et al. 2007).
 */

/** Per site and minute (Unix time / 60, UTC). Sorted by site, then minute; minutes without a request have no row. */
export interface MinuteTable {
  readonly size: number;
  /** Index into `sites`. */
  readonly site: Uint32Array;
  readonly minute: Uint32Array;
  readonly hits: Uint32Array;
  /** Requests for pages: what is neither a style, a script, a picture, a font, nor a sound or film. */
  readonly pages: Uint32Array;
  readonly assets: Uint32Array;
  readonly posts: Uint32Array;
  readonly status2xx: Uint32Array;
  readonly status3xx: Uint32Array;
  readonly status4xx: Uint32Array;
  readonly status5xx: Uint32Array;
  readonly notFound: Uint32Array;
  /** 408, 499, 460: the client went away or did not finish; 0 bytes with 400 counts too. */
  readonly clientGone: Uint32Array;
  readonly bytesOut: Float64Array;
  /** Requests of which a cache said something, and those it did not have. */
  readonly cacheKnown: Uint32Array;
  readonly cacheMissed: Uint32Array;
  /** Requests without a referer; with one of another site. */
  readonly refererNone: Uint32Array;
  readonly refererOutside: Uint32Array;
  readonly malformed: Uint32Array;
  /** HTTP/2 and HTTP/3. */
  readonly protocol2: Uint32Array;
  /** Requests with a known duration, the sum of their milliseconds, and how many took a second or more. */
  readonly timed: Uint32Array;
  readonly durationMs: Float64Array;
  readonly slow: Uint32Array;
  /** Distinct clients (a client whose lines are out of order may count twice). */
  readonly clients: Uint32Array;
  /** Lines of the error log, by event. */
  readonly limited: Uint32Array;
  readonly timedOut: Uint32Array;
  readonly exhausted: Uint32Array;
  readonly upstreamFailed: Uint32Array;
  readonly guarded: Uint32Array;
  /** Of the assets: answers in parts (206) or of half a mebibyte and more, as players and downloads get. */
  readonly bulk: Uint32Array;
}

/** Per client. Times are Unix seconds, UTC. */
export interface ClientTable {
  readonly size: number;
  readonly hits: Uint32Array;
  readonly pages: Uint32Array;
  readonly assets: Uint32Array;
  readonly posts: Uint32Array;
  readonly status4xx: Uint32Array;
  readonly status5xx: Uint32Array;
  readonly notFound: Uint32Array;
  readonly refererNone: Uint32Array;
  readonly malformed: Uint32Array;
  readonly bytesOut: Float64Array;
  readonly firstSecond: Float64Array;
  readonly lastSecond: Float64Array;
  /** Visits: a new one after 1,800 s of silence (BotHound). */
  readonly visits: Uint32Array;
  /** Sum of squares of the seconds between successive requests of one visit, and how many such gaps; their sum is that of the visits' lengths. */
  readonly gaps: Uint32Array;
  readonly gapSeconds: Float64Array;
  readonly gapSquares: Float64Array;
  /** Gaps as long as the one before, ±1 s. */
  readonly evenGaps: Uint32Array;
  /** 32-bit hash of the user agent that most requests carried (majority vote), and votes. Resolve with `agentText`. */
  readonly agent: Uint32Array;
  /** 32-bit hash of the path template most asked for, and a lower bound of how often. Resolve with `pathText`. */
  readonly path: Uint32Array;
  readonly pathVotes: Uint32Array;
  /** POST of a login form answered 200 (WordPress, again the form: refused) or 401/403; answered 302 after at least 5 of those in a row. */
  readonly loginFailures: Uint32Array;
  readonly loginSuccesses: Uint32Array;
  /** Requests to wp-admin answered 200 after a login: an editor of the site. */
  readonly adminPages: Uint32Array;
  readonly xmlrpcPosts: Uint32Array;
  /** Rank of the request with which a possible success came: second of time; 0 when there is none. */
  readonly loginSuccessSecond: Float64Array;
  /** Source (index into `sources`) and byte of its first line read. */
  readonly source: Uint32Array;
  readonly firstByte: Float64Array;
}

/** What clients may have in common. Requests for assets are counted only with path, agent, network and manner. */
export const COHORT = {
  /** Method and path template: `GET /noticias/#/*`. Digits become `#`, long or random words `*`. */
  path: 0,
  /** The user agent, as written, up to 300 bytes. */
  agent: 1,
  /** Path template with the names and the kinds of values of its query: `/?s=<text>`, `/?<digits>`. */
  query: 2,
  /** Method and protocol: `GET HTTP/1.0`. */
  protocol: 3,
  /** `none`, `own`, or the other site. */
  referer: 4,
  /** Number of the network (AS): `AS28403`. */
  asn: 5,
  /** IPv4 /24, IPv6 /48. */
  network: 6,
  /** Two letters. */
  country: 7,
  /** JA4, JA3 or the cipher. */
  tls: 8,
  /** User agent, method, protocol and class of referer together. */
  manner: 9,
} as const;
export type CohortType = (typeof COHORT)[keyof typeof COHORT];

/** Per value of a cohort type and site. */
export interface CohortTable {
  readonly size: number;
  readonly type: Uint8Array;
  /** Index into `sites`. */
  readonly site: Uint32Array;
  readonly hits: Uint32Array;
  readonly pages: Uint32Array;
  readonly assets: Uint32Array;
  readonly posts: Uint32Array;
  readonly status4xx: Uint32Array;
  readonly status5xx: Uint32Array;
  readonly notFound: Uint32Array;
  readonly refererNone: Uint32Array;
  readonly refererOutside: Uint32Array;
  readonly cacheKnown: Uint32Array;
  readonly cacheMissed: Uint32Array;
  readonly bytesOut: Float64Array;
  readonly durationMs: Float64Array;
  readonly timed: Uint32Array;
  readonly firstSecond: Float64Array;
  readonly lastSecond: Float64Array;
}

/** How much of a client or a cohort fell into a slot. In no order. */
export interface SlotTable {
  readonly size: number;
  /** Row of `clients` or `cohorts`. */
  readonly owner: Uint32Array;
  /** Unix minute at which the slot begins. */
  readonly minute: Uint32Array;
  /** Minutes it is long: 1 for a busy minute, else that of a block. */
  readonly length: Uint32Array;
  readonly hits: Uint32Array;
}

/** Slots of clients know also what kind of requests they were. */
export interface ClientSlotTable extends SlotTable {
  readonly assets: Uint32Array;
  readonly errors: Uint32Array;
  /** 32-bit hashes of agent, path template, query shape and manner that most of its requests had (majority vote). */
  readonly agent: Uint32Array;
  readonly path: Uint32Array;
  readonly query: Uint32Array;
  readonly manner: Uint32Array;
}

/** One file that was counted. */
export interface TrafficSource {
  readonly evidence: string;
  readonly path: string;
  /** Ids of the formats its lines had, most lines first. */
  readonly formats: readonly string[];
  readonly lines: number;
  readonly hits: number;
  readonly events: number;
  /** Requests that are no HTTP. */
  readonly malformed: number;
  /** Lines of no known format. */
  readonly unparsed: number;
  readonly firstSecond: number;
  readonly lastSecond: number;
  /** Lines earlier than the line before them. */
  readonly stepsBack: number;
  /** Hits whose client address is one of a known proxy or a private one, with no other address in the line. */
  readonly proxied: number;
  /** Clock offsets (minutes east of UTC) that its lines carried. */
  readonly zones: readonly number[];
}

/** Where requests of a span of time lie in the files: what a person opens to check. */
export interface ByteRange {
  readonly source: number;
  readonly firstByte: number;
  readonly lastByte: number;
}

/** Counted traffic, as detectors read it. */
export interface TrafficView {
  readonly sources: readonly TrafficSource[];
  /** Sites asked for; the first is "", for logs that do not say. */
  readonly sites: readonly string[];
  readonly minutes: MinuteTable;
  readonly clients: ClientTable;
  readonly cohorts: CohortTable;
  readonly clientSlots: ClientSlotTable;
  readonly cohortSlots: SlotTable;
  /** `203.0.113.7`, or `2001:db8:1:2::/64`. */
  clientText(row: number): string;
  /** Words of its address: version, then ip0 and ip1 (the /64; IPv4 only ip0). */
  clientAddress(row: number): { readonly ipVersion: 0 | 4 | 6; readonly ip0: number; readonly ip1: number };
  /** Number of its network and country (two letters), from the log or the tables; 0 and "" unknown. */
  clientPlace(row: number): { readonly asn: number; readonly country: string };
  /** Estimated distinct paths, query strings and user agents of a client. */
  clientDistinct(row: number, what: 'paths' | 'queries' | 'agents'): number;
  cohortText(row: number): string;
  /** 32-bit hash, as in the columns of clients and their slots. Of types path, agent, query, manner only. */
  cohortHash(row: number): number;
  /** Estimated distinct clients, paths, query strings, agents of a cohort. */
  cohortDistinct(row: number, what: 'clients' | 'paths' | 'queries' | 'agents'): number;
  /** Text behind a hash of a client's or a slot's column; null when its cohort was dropped for smaller size. */
  textOf(type: CohortType, hash: number): string | null;
  /** Byte ranges of requests between two Unix minutes (inclusive), over all sites. */
  ranges(fromMinute: number, toMinute: number): readonly ByteRange[];
  /** Requests of pingback: sites whose user agent named this address as the one that asked them. Most hits first. */
  readonly pingback: readonly {
    readonly address: string;
    readonly hits: number;
    readonly firstSecond: number;
    readonly lastSecond: number;
  }[];
  /** What was left out to stay within bounds: rows of each table that were dropped, and the hits they stood for. */
  readonly dropped: Readonly<
    Record<'clients' | 'cohorts' | 'sites' | 'minutes', { readonly rows: number; readonly hits: number }>
  >;
}
