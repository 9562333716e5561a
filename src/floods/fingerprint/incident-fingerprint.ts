/** The fingerprint of an attack that a log of requests shows, in the same form as one of packets. */
import { createHash } from 'node:crypto';
import { fromUnixSeconds } from '../../core/time.js';
import type { CohortSign, Incident } from '../incidents/incident.js';
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import type { Fingerprint, FingerprintVector } from './fingerprint.js';
import { outliers, rounded, type Shares } from './outliers.js';

const MEGABYTE = 1_000_000;
const USUAL = 0.05;

/** What a log tells of an attack beside the fields that all fingerprints have. */
export interface IncidentFingerprintVector extends FingerprintVector {
  readonly x_vigia_kind: string;
  /** Requests above what is usual: a log counts no packets. */
  readonly x_vigia_requests: number;
  readonly x_vigia_peak_per_minute: number;
  readonly x_vigia_normal_per_minute: number;
  readonly x_vigia_protocol?: Shares;
  readonly x_vigia_referer?: Shares;
  readonly x_vigia_query?: Shares;
  readonly x_vigia_asn?: Shares;
  readonly x_vigia_country?: Shares;
  readonly x_vigia_tls?: Shares;
  /** Addresses that blogs named as those who asked them for a pingback. */
  readonly x_vigia_pingback_from?: Readonly<Record<string, number>>;
}

export type IncidentFingerprint = Omit<Fingerprint, 'attack_vectors'> & {
  readonly attack_vectors: readonly IncidentFingerprintVector[];
};

export interface IncidentFingerprintOptions {
  /** Written as the target; it is left out otherwise. */
  readonly showTarget?: boolean;
  /** Clients listed, in the order the incident has them. Default all. */
  readonly maxSources?: number;
}

/**
 * One means, HTTP, with what its requests have in common as `http_*` and `x_vigia_*`. Shares are those of all requests of
 * the incident's time. Paths are templates: `/noticias/#`.
 */
export function fingerprintOfIncident(
  incident: Incident,
  view: Pick<TrafficView, 'clientText' | 'minutes'>,
  options: IncidentFingerprintOptions = {},
): IncidentFingerprint {
  const { fromMinute, toMinute, attackHits } = incident;
  const seconds = Math.max(0, toMinute - fromMinute + 1) * 60;
  const bytes = bytesOf(incident, view);
  const clients = incident.clients.slice(0, options.maxSources ?? incident.clients.length);
  const paths = signsOf(incident, COHORT.path);
  const shares = (type: CohortType): Shares => listed(signsOf(incident, type));
  const vector: IncidentFingerprintVector = {
    service: 'HTTP',
    protocol: 'TCP',
    fraction_of_attack: 1,
    source_port: 'random',
    destination_ports: 'random',
    tcp_flags: null,
    nr_flows: attackHits,
    nr_packets: 0,
    nr_megabytes: Math.floor(bytes / MEGABYTE),
    time_start: timeText(fromMinute),
    duration_seconds: seconds,
    source_ips: clients.map((row) => view.clientText(row)).sort(),
    http_uri: listed(paths.map(([text, share]) => [text.slice(text.indexOf(' ') + 1), share] as const)),
    http_method: listed(
      together(paths.map(([text, share]) => [text.slice(0, text.indexOf(' ')), share] as const)),
    ),
    http_user_agent: shares(COHORT.agent),
    x_vigia_kind: incident.kind,
    x_vigia_requests: attackHits,
    x_vigia_peak_per_minute: incident.peakPerMinute,
    x_vigia_normal_per_minute: rounded(incident.normalPerMinute),
    x_vigia_protocol: shares(COHORT.protocol),
    x_vigia_referer: shares(COHORT.referer),
    x_vigia_query: shares(COHORT.query),
    x_vigia_asn: shares(COHORT.asn),
    x_vigia_country: shares(COHORT.country),
    x_vigia_tls: shares(COHORT.tls),
    ...(incident.pingbackAddresses.length > 0
      ? {
          x_vigia_pingback_from: Object.fromEntries(
            incident.pingbackAddresses.map(({ address, hits }) => [address, hits]),
          ),
        }
      : {}),
    x_vigia_source_count: incident.clients.length,
    x_vigia_source_count_estimated: incident.notes.includes('clients-dropped'),
    x_vigia_bytes: Math.round(bytes),
    x_vigia_peak_pps: 0,
  };
  const summary = {
    time_start: timeText(fromMinute),
    time_end: timeText(toMinute + 1),
    duration_seconds: seconds,
    total_flows: attackHits,
    total_megabytes: vector.nr_megabytes,
    total_packets: 0,
    total_ips: incident.clients.length,
    avg_bps: seconds > 0 ? Math.floor((bytes * 8) / seconds) : 0,
    avg_pps: 0,
    avg_Bpp: 0,
    x_vigia_bytes: vector.x_vigia_bytes,
    x_vigia_peak_pps: 0,
    x_vigia_sampling: 1,
  };
  return {
    attack_vectors: [vector],
    target: options.showTarget && incident.siteName !== '' ? incident.siteName : 'Anonymous',
    tags: ['HTTP flood attack', 'TCP', `x_vigia:${incident.kind}`],
    key: createHash('md5')
      .update(JSON.stringify([vector, summary]))
      .digest('hex'),
    ...summary,
  };
}

/** Bytes sent at the time, in proportion to the requests that are of the attack. */
function bytesOf(
  { site, fromMinute, toMinute, hits, attackHits }: Incident,
  { minutes }: Pick<TrafficView, 'minutes'>,
): number {
  let sum = 0;
  for (let row = 0; row < minutes.size; row += 1) {
    const minute = minutes.minute[row] as number;
    if (minutes.site[row] === site && minute >= fromMinute && minute <= toMinute)
      sum += minutes.bytesOut[row] as number;
  }
  return hits > 0 ? sum * Math.min(attackHits / hits, 1) : 0;
}

function signsOf({ signs }: Incident, type: CohortType): readonly (readonly [string, number])[] {
  return signs
    .filter((sign: CohortSign) => sign.type === type)
    .map(({ value, shareOfWindow }) => [value, shareOfWindow] as const)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** Values that are the same, added up. */
function together(values: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const [value, share] of values) sums.set(value, (sums.get(value) ?? 0) + share);
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** What many have in common is chosen already: all of it is listed that is not small. */
function listed(values: readonly (readonly [string, number])[]): Shares {
  return outliers(values, 1, USUAL, false);
}

function timeText(minute: number): string | null {
  return fromUnixSeconds(minute * 60)?.replace('Z', '+00:00') ?? null;
}
