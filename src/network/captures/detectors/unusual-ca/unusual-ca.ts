import { getDomain } from 'tldts';
import { compareText } from '../../../../core/compare-text.js';
import type { Detection, Detector, FindingDraft, FindingReason } from '../../../../core/contracts.js';
import { isIP } from '../../../../core/ip-address.js';
import { SampledMap } from '../../../../core/sampled-map.js';
import { Smallest } from '../../../../core/smallest.js';
import { millisecondsBetween } from '../../../../core/time.js';
import type { DistinguishedName, ServerCertificate } from '../../../../records/certificate.js';
import type { Tls } from '../../../../records/kinds/tls.js';
import { isOwnSide } from '../../addresses.js';
import { plainAddress, plainName } from '../../tables/host-names.js';
import { compareSeen, type SeenAt } from '../../tables/places.js';
import { inspectorOf, isOwnAuthority, isPublicAuthority } from './authorities.js';

/** Pairs of device and issuer that are followed. */
const MAX_CASES = 10_000;
const MAX_HOSTS = 200;
const MAX_PLACES = 20;
const MAX_FINDINGS = 50;
const MAX_NAMED = 5;
const MAX_ISSUER = 300;
/** Of so many different sites nobody but a box in between signs with an own authority. */
const [FEW_SITES, SEVERAL_SITES] = [2, 3];
/** A box makes certificates when they are asked for. */
const FRESH_MILLISECONDS = 2 * 86_400_000;

interface Case {
  readonly evidence: string;
  readonly device: string;
  /** As text: `CN=Example CA, O=Example`. */
  readonly issuer: string;
  /** Parts that somebody registered, of names that the device asked for. */
  readonly sites: Smallest<string>;
  /** Names, and addresses where there is none, outside the own network. */
  readonly hosts: Smallest<string>;
  readonly seen: Smallest<SeenAt>;
  times: number;
  selfSigned: number;
  expired: number;
  fresh: number;
  /** Conversations with a server of the own network: a device there that signs for the sites of others. */
  within: number;
  last: string | null;
}

/** Conversations of which the certificate was seen, and of which it was not. */
interface Counts {
  seen: number;
  hidden: number;
}

/**
 * Chains of certificates whose issuer is no known public authority. The same one for several sites is what a box that
 * reads encrypted traffic looks like; for one server alone it is mostly its owner's own certificate.
 *
 * `details`: `device`, `issuer`, `sites`, `hosts`, `times`, `selfSigned`, `expired`, `fresh`, `within`, `product`, `firstAt`,
 * `lastAt`; of `single`: `issuers`, a list of these.
 */
export const detector: Detector<Tls> = {
  id: 'captures/unusual-ca',
  version: 1,
  watches: ['tls'],
  references: [
    'https://attack.mitre.org/techniques/T1638/',
    'https://wiki.mozilla.org/CA/Included_CAs',
    'https://censoredplanet.org/kazakhstan',
  ],
  start(): Detection<Tls> {
    const cases = new SampledMap<Case>(MAX_CASES);
    const counts: Counts = { seen: 0, hidden: 0 };
    return {
      see: (record) => see(record, cases, counts),
      end: () => findings(cases, counts),
    };
  },
};

function see(record: Tls, cases: SampledMap<Case>, counts: Counts): void {
  const { certificates, clientAddress, serverAddress, source, at } = record;
  if (certificates.length === 0) {
    counts.hidden += 1;
    return;
  }
  counts.seen += 1;
  if (clientAddress === null || serverAddress === null) return;
  const host = record.serverName === null ? '' : plainName(record.serverName);
  const issuer = unknownIssuer(certificates, host);
  if (issuer === null) return;
  const isWithin = isOwnSide(serverAddress);
  const site = siteOf(host);
  // Printers, routers and the like sign for themselves. What is left of the own network signs for a site of others.
  if (isWithin && site === null) return;
  const device = plainAddress(clientAddress);
  const found = cases.at(`${source.evidence} ${device} ${issuer}`, () =>
    newCase(source.evidence, device, issuer),
  );
  if (!found) return;
  found.times += 1;
  if (site !== null) found.sites.add(site);
  found.hosts.add(host === '' ? plainAddress(serverAddress) : host);
  if (isWithin) found.within += 1;
  const [own] = certificates;
  if (own) noteDates(found, own, at);
  const frame = record.certificateFrame;
  found.seen.add({ at, source: frame === null ? source : { ...source, locator: `frame ${frame}` } });
  if (at !== null && (found.last === null || at > found.last)) found.last = at;
}

function newCase(evidence: string, device: string, issuer: string): Case {
  return {
    evidence,
    device,
    issuer,
    sites: new Smallest(MAX_HOSTS, compareText),
    hosts: new Smallest(MAX_HOSTS, compareText),
    seen: new Smallest(MAX_PLACES, compareSeen),
    ...{ times: 0, selfSigned: 0, expired: 0, fresh: 0, within: 0 },
    last: null,
  };
}

function noteDates(found: Case, own: ServerCertificate, at: string | null): void {
  if (own.subject && own.issuer && textOf(own.subject) === textOf(own.issuer)) found.selfSigned += 1;
  if (at === null) return;
  if (own.notAfter != null && own.notAfter < at) found.expired += 1;
  const age = own.notBefore == null ? -1 : millisecondsBetween(own.notBefore, at);
  if (age >= 0 && age <= FRESH_MILLISECONDS) found.fresh += 1;
}

/** The last issuer of a chain in which no known authority appears; null when one does, or none is told. */
function unknownIssuer(certificates: readonly ServerCertificate[], host: string): string | null {
  let last: DistinguishedName | null = null;
  for (const { issuer } of certificates) {
    if (!issuer || issuer.length === 0) continue;
    const organisation = organisationOf(issuer);
    if (isPublicAuthority(organisation) || isOwnAuthority(organisation, host)) return null;
    last = issuer;
  }
  return last === null ? null : textOf(last);
}

/** The organisation of a name; its common name where it has none. */
function organisationOf(name: DistinguishedName): string {
  const part = (wanted: string): string | undefined => name.find(([key]) => key === wanted)?.[1];
  return part('O') ?? part('CN') ?? '';
}

function textOf(name: DistinguishedName): string {
  return name
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
    .slice(0, MAX_ISSUER);
}

/** The part of a name that somebody registered; null for addresses and names of the own network. */
function siteOf(host: string): string | null {
  if (host === '' || isIP(host) !== 0 || !host.includes('.')) return null;
  if (/\.(?:local|lan|home|internal|localdomain|arpa)$/.test(host)) return null;
  return getDomain(host, { allowPrivateDomains: true });
}

function findings(cases: SampledMap<Case>, counts: Counts): readonly FindingDraft[] {
  const all = [...cases.values()].sort(
    (a, b) =>
      sitesOf(b) - sitesOf(a) ||
      b.times - a.times ||
      compareText(`${a.evidence} ${a.device} ${a.issuer}`, `${b.evidence} ${b.device} ${b.issuer}`),
  );
  const several = all.filter((found) => sitesOf(found) >= FEW_SITES);
  // A proxy of the own network for one site is nothing to tell.
  const single = all.filter((found) => sitesOf(found) < FEW_SITES && found.within < found.times);
  const leftOut = Math.max(0, several.length - MAX_FINDINGS) + cases.aboutLeftOut;
  return [
    ...several.slice(0, MAX_FINDINGS).map((found) => findingOf(found, counts, leftOut)),
    ...(single.length === 0 ? [] : [singleFinding(single, counts)]),
  ];
}

function findingOf(found: Case, counts: Counts, leftOut: number): FindingDraft {
  const sites = found.sites.values();
  const inspector = inspectorOf(found.issuer);
  return {
    severity: 'medium',
    confidence: sites.length >= SEVERAL_SITES ? 'medium' : 'low',
    shows: 'oddity',
    technique: 'T1638',
    values: {
      device: found.device,
      issuer: found.issuer,
      sites: sites.length,
      isCut: found.sites.isCut ? 'yes' : 'no',
      names: { list: sites.slice(0, MAX_NAMED).map((link) => ({ link })) },
      times: found.times,
      hidden: counts.hidden,
      total: counts.hidden + counts.seen,
      who: inspector?.who ?? 'none',
      product: inspector?.product ?? '',
      leftOut,
    },
    at: firstOf(found).at,
    reasons: reasonsOf(found),
    details: detailsOf(found),
    evidence: found.seen.values().map(({ source }) => source),
  };
}

function singleFinding(single: readonly Case[], counts: Counts): FindingDraft {
  const hosts = single.map((found) => ({ link: found.hosts.values()[0] ?? '' }));
  const first = single.map(firstOf).sort(compareSeen)[0] as SeenAt;
  return {
    severity: 'info',
    confidence: 'low',
    shows: 'oddity',
    variant: 'single',
    values: {
      count: single.length,
      hosts: { list: hosts.slice(0, MAX_NAMED) },
      hidden: counts.hidden,
      total: counts.hidden + counts.seen,
    },
    at: first.at,
    details: { issuers: single.slice(0, MAX_HOSTS).map(detailsOf) },
    evidence: single.slice(0, MAX_PLACES).map((found) => firstOf(found).source),
  };
}

function reasonsOf(found: Case): readonly FindingReason[] {
  const { times, within, fresh, expired, selfSigned } = found;
  const counted = [
    ['within', within],
    ['fresh', fresh],
    ['expired', expired],
    ['self-signed', selfSigned],
  ] as const;
  return [
    { code: 'sites', values: { sites: sitesOf(found) } },
    ...counted.flatMap(([code, count]) => (count === 0 ? [] : [{ code, values: { count, times } }])),
  ];
}

function detailsOf(found: Case): Readonly<Record<string, unknown>> {
  const { device, issuer, times, selfSigned, expired, fresh, within, last } = found;
  return {
    device,
    issuer,
    sites: [...found.sites.values()],
    hosts: [...found.hosts.values()],
    times,
    selfSigned,
    expired,
    fresh,
    within,
    product: inspectorOf(issuer)?.product ?? null,
    firstAt: firstOf(found).at,
    lastAt: last,
  };
}

function sitesOf({ sites }: Case): number {
  return sites.values().length;
}

function firstOf({ seen }: Case): SeenAt {
  return seen.values()[0] as SeenAt;
}
