/** What findings say of an incident: values of sentences, reasons, facts for programs, the picture, and where to look. */
import { compareText } from '../../core/compare-text.js';
import type { FindingReason, Pointer, Severity, TextValues, TrafficPicture } from '../../core/contracts.js';
import { fromUnixSeconds } from '../../core/time.js';
import { geoTables } from '../geo/geo-tables.js';
import { networkKind } from '../geo/network-kind.js';
import { COHORT, type CohortType, type TrafficView } from '../traffic/shape.js';
import type { CohortSign, Incident, IncidentKind } from './incident.js';
import { networkReader } from './signs.js';
import type { Weighed } from './weighed.js';

const MAX_REASONS = 8;
const MAX_NETWORKS = 20;
const MAX_PLACES = 50;
/** Around an incident its length on both sides is drawn, within these. */
const [LEAST_AROUND_MINUTES, MOST_AROUND_MINUTES] = [60, 1_440];
const MAX_STEPS = 300;
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440, 10_080];

const NAME_OF_TYPE: Readonly<Record<CohortType, string>> = {
  [COHORT.path]: 'path',
  [COHORT.agent]: 'agent',
  [COHORT.query]: 'query',
  [COHORT.protocol]: 'protocol',
  [COHORT.referer]: 'referer',
  [COHORT.asn]: 'asn',
  [COHORT.network]: 'network',
  [COHORT.country]: 'country',
  [COHORT.tls]: 'tls',
  [COHORT.manner]: 'manner',
};
const NAME_OF_BASELINE = {
  'hour-of-week': 'week',
  'hour-of-day': 'day',
  rolling: 'recent',
  none: 'none',
} as const;

const WORD_OF_PART: Readonly<Partial<Record<IncidentKind, string>>> = {
  pingback: 'pingback',
  'search-abuse': 'search',
  'cache-busting': 'cache',
  'random-uri': 'random',
  'post-flood': 'post',
  'xmlrpc-flood': 'xmlrpc',
  'login-brute-force': 'login',
};

/** Unix minute in the form of stored times. */
export function timeOfMinute(minute: number): string {
  return fromUnixSeconds(minute * 60) ?? '';
}

/** Values of the sentences. */
export function valuesOf(incident: Incident): TextValues {
  const { fromMinute, toMinute, normalPerMinute, peakPerMinute } = incident;
  return {
    site: incident.siteName,
    hasSite: incident.siteName !== '',
    from: { time: timeOfMinute(fromMinute) },
    to: { time: timeOfMinute(toMinute + 1) },
    minutes: toMinute - fromMinute + 1,
    hits: incident.hits,
    attackHits: incident.attackHits,
    normal: normalPerMinute,
    peak: peakPerMinute,
    clients: incident.clients.length,
    errors: incident.serverErrors,
    silent: incident.outageMinutes,
    baseline: NAME_OF_BASELINE[incident.baseline],
  };
}

/** What the requests have in common, and what limits the finding. */
export function reasonsOf(incident: Incident): FindingReason[] {
  const { signs, pingbackAddresses, serverErrors, outageMinutes, hits, notes, mixedHits } = incident;
  const reasons: FindingReason[] = pingbackAddresses
    .slice(0, 3)
    .map(({ address, hits: named }) => ({ code: 'asker', values: { address, hits: named } }));
  // A manner is an agent, a protocol and a referer: said by these.
  for (const sign of signs.filter(({ type }) => type !== COHORT.manner).slice(0, MAX_REASONS)) {
    reasons.push(reasonOf(sign));
  }
  if (incident.isAttack && serverErrors > 0) {
    reasons.push({ code: 'errors', values: { errors: serverErrors, percent: percent(serverErrors / hits) } });
  }
  if (incident.isAttack && outageMinutes > 0) {
    reasons.push({ code: 'silence', values: { minutes: outageMinutes } });
  }
  for (const { kind, hits: own, clients } of incident.parts) {
    reasons.push({ code: 'part', values: { kind: WORD_OF_PART[kind] ?? 'get', hits: own, clients } });
  }
  if (mixedHits > 0) {
    reasons.push({ code: 'mixed', values: { clients: incident.mixedClients.length, hits: mixedHits } });
  }
  for (const note of notes) reasons.push({ code: note, values: {} });
  return reasons;
}

function reasonOf({
  type,
  value,
  windowHits,
  windowClients,
  shareOfWindow,
  precision,
}: CohortSign): FindingReason {
  const values = {
    hits: windowHits,
    share: percent(shareOfWindow),
    clients: windowClients,
    precision: percent(precision),
  };
  switch (type) {
    case COHORT.country:
      return { code: 'sign-country', values: { ...values, value: { country: value } } };
    case COHORT.asn:
      return {
        code: 'sign-asn',
        values: { ...values, value, name: organisationOf(value), hasName: organisationOf(value) !== '' },
      };
    case COHORT.referer:
      return value === 'none' || value === 'own'
        ? { code: `referer-${value}`, values }
        : { code: 'sign-referer', values: { ...values, value } };
    case COHORT.agent:
      return value === ''
        ? { code: 'no-agent', values }
        : { code: 'sign-agent', values: { ...values, value } };
    default:
      return { code: `sign-${NAME_OF_TYPE[type]}`, values: { ...values, value } };
  }
}

function percent(share: number): number {
  const hundredths = Math.min(share, 1) * 100;
  // All but a few is not all.
  return hundredths > 99 && hundredths < 100 ? Math.floor(hundredths * 10) / 10 : Math.round(hundredths);
}

function organisationOf(asn: string): string {
  return geoTables().organisationOf(Number(asn.slice(2))) ?? '';
}

/** For programs: nothing of it tells of one person. Addresses are those of networks. */
export function detailsOf(view: TrafficView, incident: Incident): Readonly<Record<string, unknown>> {
  const { clients } = incident;
  const networkOf = networkReader(view);
  const tables = geoTables();
  const places = clients.map((client) => view.clientPlace(client));
  return {
    kind: incident.kind,
    isAttack: incident.isAttack,
    site: incident.siteName === '' ? null : incident.siteName,
    from: timeOfMinute(incident.fromMinute),
    to: timeOfMinute(incident.toMinute + 1),
    baseline: incident.baseline,
    normalPerMinute: incident.normalPerMinute,
    peakPerMinute: incident.peakPerMinute,
    peakAt: timeOfMinute(incident.peakMinute),
    hits: incident.hits,
    attackHits: incident.attackHits,
    serverErrors: incident.serverErrors,
    outageMinutes: incident.outageMinutes,
    clients: clients.length,
    mixedClients: incident.mixedClients.length,
    mixedHits: incident.mixedHits,
    signs: incident.signs.map(({ row: _row, type, ...sign }) => ({ type: NAME_OF_TYPE[type], ...sign })),
    networks: counted(clients.map(networkOf)).map(([network, count]) => ({ network, clients: count })),
    asns: counted(places.map(({ asn }) => (asn === 0 ? '' : String(asn)))).map(([number, count]) => {
      const organisation = tables.organisationOf(Number(number));
      return {
        asn: Number(number),
        organisation,
        kind: networkKind(Number(number), organisation),
        clients: count,
      };
    }),
    countries: counted(places.map(({ country }) => country)).map(([country, count]) => ({
      country,
      clients: count,
    })),
    pingbackAddresses: incident.pingbackAddresses,
    parts: incident.parts,
    notes: incident.notes,
  };
}

/** Most frequent first; without the empty one. */
function counted(values: readonly string[]): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0])).slice(0, MAX_NETWORKS);
}

/** Where the requests lie: `bytes 12–4096` of each file. An outage has none: then what came right before and after. */
export function placesOf(view: TrafficView, { fromMinute, toMinute }: Incident): readonly Pointer[] {
  const pointers = view.ranges(fromMinute, toMinute).flatMap(({ source, firstByte, lastByte }) => {
    const file = view.sources[source];
    return file
      ? [{ evidence: file.evidence, path: file.path, locator: `bytes ${firstByte}–${lastByte}` }]
      : [];
  });
  if (pointers.length > 0) return sortedPlaces(pointers);
  return sortedPlaces(view.sources.map(({ evidence, path }) => ({ evidence, path, locator: '' })));
}

function sortedPlaces(pointers: readonly Pointer[]): Pointer[] {
  return [...pointers]
    .sort((a, b) => compareText(a.evidence, b.evidence) || compareText(a.path, b.path))
    .slice(0, MAX_PLACES);
}

/** Requests a minute around an incident. */
export function pictureOf({ view, analysis }: Weighed, incident: Incident): TrafficPicture {
  const { site, fromMinute, toMinute, severity } = incident;
  const length = toMinute - fromMinute + 1;
  const around = Math.min(Math.max(length, LEAST_AROUND_MINUTES), MOST_AROUND_MINUTES);
  const rows = rowsOf(view, site, fromMinute - around, toMinute + around);
  // Not beyond the log: there nobody counted.
  const [first, last] = spanOf(view, site);
  const start = Math.max(fromMinute - around, first);
  const end = Math.min(toMinute + around, Math.max(last, toMinute));
  const step =
    STEPS_MINUTES.find((minutes) => (end - start + 1) / minutes <= MAX_STEPS) ??
    Math.ceil((end - start + 1) / MAX_STEPS);
  const steps = Math.ceil((end - start + 1) / step);
  const perMinute = new Array<number>(steps).fill(0);
  const failed = new Array<number>(steps).fill(0);
  for (const row of rows) {
    const place = Math.floor(((view.minutes.minute[row] as number) - start) / step);
    if (place < 0 || place >= steps) continue;
    perMinute[place] = (perMinute[place] as number) + (view.minutes.hits[row] as number) / step;
    failed[place] = (failed[place] as number) + (view.minutes.status5xx[row] as number) / step;
  }
  const usual = perMinute.map((_, place) => {
    const expected = analysis.usualPerMinute(site, start + place * step);
    return expected === null ? null : rounded(expected);
  });
  return {
    kind: 'traffic',
    from: timeOfMinute(start),
    stepSeconds: step * 60,
    perMinute: perMinute.map(rounded),
    usual,
    failed: failed.map(rounded),
    spans: [{ from: timeOfMinute(fromMinute), to: timeOfMinute(toMinute + 1), severity }],
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function rowsOf({ minutes }: TrafficView, site: number, from: number, to: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < minutes.size; row += 1) {
    const minute = minutes.minute[row] as number;
    if (minutes.site[row] === site && minute >= from && minute <= to) rows.push(row);
  }
  return rows;
}

function spanOf({ minutes }: TrafficView, site: number): readonly [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < minutes.size; row += 1) {
    if (minutes.site[row] !== site) continue;
    first = Math.min(first, minutes.minute[row] as number);
    last = Math.max(last, minutes.minute[row] as number);
  }
  return [first, last];
}

/** Gravest first, then by time. */
export function byGravity(a: Incident, b: Incident): number {
  const order: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
  return (
    order.indexOf(a.severity) - order.indexOf(b.severity) || a.fromMinute - b.fromMinute || a.site - b.site
  );
}
