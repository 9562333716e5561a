import type { Confidence, Severity } from '../../core/contracts.js';
import type { CohortType } from '../traffic/shape.js';

export type IncidentKind =
  | 'get-flood'
  | 'post-flood'
  | 'pingback'
  | 'joomla-reflection'
  | 'cache-busting'
  | 'random-uri'
  | 'search-abuse'
  | 'login-brute-force'
  | 'xmlrpc-flood'
  | 'agent-rotation'
  | 'crawl'
  | 'slow-requests'
  | 'rapid-reset'
  /** Many times the usual traffic, and nothing that tells why. */
  | 'surge'
  | 'flash-crowd'
  | 'outage';

/** Something that many requests of an incident have in common. */
export interface CohortSign {
  readonly type: CohortType;
  readonly value: string;
  /** Row of `view.cohorts`. */
  readonly row: number;
  /** Requests of it within the incident, estimated where it was quiet. */
  readonly windowHits: number;
  /** Clients that took part and carried it. */
  readonly windowClients: number;
  readonly outsideHits: number;
  /** Of all requests of the incident's time. */
  readonly shareOfWindow: number;
  /** Of all its requests, those within the incident. */
  readonly precision: number;
}

/** What was compared with to call something unusual. */
export type Baseline = 'hour-of-week' | 'hour-of-day' | 'rolling' | 'none';

/** A span of time in which a site had more or less traffic than it should. */
export interface Incident {
  readonly kind: IncidentKind;
  /** Index into `view.sites`. */
  readonly site: number;
  readonly siteName: string;
  /** Unix minutes, both inclusive. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly baseline: Baseline;
  readonly normalPerMinute: number;
  readonly peakPerMinute: number;
  readonly peakMinute: number;
  /** All requests of the time. */
  readonly hits: number;
  /** Of these, of those who took part; where nobody can be told apart, what is above the usual. */
  readonly attackHits: number;
  /** Strongest first. */
  readonly signs: readonly CohortSign[];
  /** Rows of `view.clients` that took part. */
  readonly clients: readonly number[];
  /** Rows of addresses with the attack and readers behind them (carriers, offices, proxies): counted, never listed. */
  readonly mixedClients: readonly number[];
  /** About how many of `attackHits` came from these. */
  readonly mixedHits: number;
  readonly serverErrors: number;
  /** Minutes of silence within it or right after it. */
  readonly outageMinutes: number;
  readonly pingbackAddresses: readonly { readonly address: string; readonly hits: number }[];
  /** What it consists of, when several kinds of attacks went on at once and cannot be told apart in time. */
  readonly parts: readonly {
    readonly kind: IncidentKind;
    readonly hits: number;
    readonly clients: number;
  }[];
  readonly isAttack: boolean;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Codes of what limits the finding: `no-baseline`, `coarse-times`, `nothing-in-common`, `clients-hidden`, `another-at-once` … */
  readonly notes: readonly string[];
}
