/**
 * What a match means, in tables: how grave, how sure, which words. Everything here can be argued with; the rest of the
 * detector only applies it.
 *
 * Ground: MVT's levels (links, e-mails, processes, apps, profiles critical; paths and names of files high), corrected by
 * what its users reported: forged process names (mvt#320), vendor sites that journalists read (mvt#482, #319),
 * addresses that changed hands (Citizen Lab and Amnesty lists reach back to 2012).
 */

import { compareText } from '../../../core/compare-text.js';
import type {
  Confidence,
  EvidenceRecord,
  FindingDraft,
  IndicatorMatch,
  Observable,
  Severity,
} from '../../../core/contracts.js';
import { CONFIDENCES, SEVERITIES } from '../../../core/contracts.js';
import {
  type Indicator,
  type IndicatorCategory,
  type IndicatorType,
  UNKNOWN_FAMILY,
} from '../../../core/indicator.js';
import { isFolderName } from '../../family-names.js';
import { isImplantFolder, isStagingPath } from '../../matcher-paths.js';

/** What happened on the device, as far as the record shows it. One event = one class. */
export type ActClass =
  | 'link-received'
  | 'link-sent'
  | 'link-opened'
  | 'contacted'
  | 'account-contact'
  | 'calendar'
  | 'process'
  | 'file'
  | 'app'
  | 'profile'
  | 'permission'
  /** Met by somebody's scan of the internet: about a server, not a device. */
  | 'scanned'
  /** In captured traffic, or in a log about it: a name asked for, a server spoken to, a mark of a program. */
  | 'traffic'
  /** A file that travelled through captured traffic. */
  | 'transferred'
  | 'other';

/** Kinds of records that tell of captured traffic. */
const TRAFFIC_KINDS: ReadonlySet<string> = new Set([
  'flow',
  'dns',
  'tls',
  'http',
  'file-download',
  'ids-alert',
]);

/** True for records of captured traffic and of the logs about it. */
export function isTraffic({ kind }: Pick<EvidenceRecord, 'kind'>): boolean {
  return TRAFFIC_KINDS.has(kind);
}

/** The class of an observable in a record of captured traffic. */
export function trafficClassOf({ type }: Pick<Observable, 'type'>): ActClass {
  return type === 'hash' ? 'transferred' : 'traffic';
}

/** The class of an observable in any other record. */
export function actClassOf({ type, act }: Pick<Observable, 'type' | 'act'>): ActClass {
  if (act === 'scanned') return 'scanned';
  switch (type) {
    case 'url':
    case 'host':
      if (act === 'received') return 'link-received';
      if (act === 'sent') return 'link-sent';
      if (act === 'opened') return 'link-opened';
      if (act === 'scheduled') return 'calendar';
      return act === 'configured' ? 'profile' : 'contacted';
    case 'email':
    case 'phone-number':
      return act === 'scheduled' ? 'calendar' : 'account-contact';
    case 'process':
      if (act === 'installed') return 'app';
      return act === 'permitted' ? 'permission' : 'process';
    case 'file-path':
    case 'hash':
      if (act === 'installed') return 'app';
      return act === 'permitted' ? 'permission' : 'file';
    case 'app-id':
    case 'app-cert':
      return act === 'permitted' ? 'permission' : 'app';
    case 'config-profile':
      return 'profile';
    case 'cert-hash':
      return act === 'configured' ? 'profile' : 'contacted';
    case 'property':
    case 'tls-fingerprint':
    case 'user-agent':
      return 'other';
  }
}

// Severity for the two gravest categories. Highest to lowest of a row's reasons:
//   critical  the thing itself or its own infrastructure, named by one exact value
//   high      a place or name that others can share, or an address that others can get
//   medium    a fingerprint that many programs share
const SEVERITY: Readonly<
  Record<IndicatorType, { readonly spyware: Severity; readonly stalkerware: Severity }>
> = {
  domain: { spyware: 'critical', stalkerware: 'high' },
  url: { spyware: 'critical', stalkerware: 'high' },
  email: { spyware: 'critical', stalkerware: 'high' },
  process: { spyware: 'critical', stalkerware: 'high' },
  'app-id': { spyware: 'critical', stalkerware: 'critical' },
  'app-cert': { spyware: 'critical', stalkerware: 'critical' },
  'cert-sha1': { spyware: 'critical', stalkerware: 'critical' },
  'cert-sha256': { spyware: 'critical', stalkerware: 'critical' },
  'config-profile': { spyware: 'critical', stalkerware: 'critical' },
  md5: { spyware: 'critical', stalkerware: 'critical' },
  sha1: { spyware: 'critical', stalkerware: 'critical' },
  sha256: { spyware: 'critical', stalkerware: 'critical' },
  'file-path': { spyware: 'high', stalkerware: 'high' },
  'file-name': { spyware: 'high', stalkerware: 'high' },
  'phone-number': { spyware: 'high', stalkerware: 'high' },
  'android-property': { spyware: 'high', stalkerware: 'high' },
  'registry-key': { spyware: 'high', stalkerware: 'high' },
  mutex: { spyware: 'high', stalkerware: 'high' },
  pipe: { spyware: 'high', stalkerware: 'high' },
  // Published addresses outlive their use by years: never treated as live on their own.
  ipv4: { spyware: 'high', stalkerware: 'medium' },
  ipv6: { spyware: 'high', stalkerware: 'medium' },
  cidr: { spyware: 'low', stalkerware: 'low' },
  ja3: { spyware: 'medium', stalkerware: 'medium' },
  ja4: { spyware: 'medium', stalkerware: 'medium' },
  jarm: { spyware: 'medium', stalkerware: 'medium' },
  'user-agent': { spyware: 'medium', stalkerware: 'medium' },
};

const HOST_TYPES: ReadonlySet<IndicatorType> = new Set(['domain', 'url', 'ipv4', 'ipv6', 'cidr']);

/** True when the only thing seen is the public page of a product, or where it is downloaded. */
export function isWebsiteOnly({ type, role }: Pick<Indicator, 'type' | 'role'>): boolean {
  return HOST_TYPES.has(type) && (role === 'website' || role === 'distribution');
}

// Endings of files that every page of the web is made of. DarkSword's published names are those of JavaScript modules.
const EVERYDAY_FILE = /\.(?:m?js|css|html?|json|txt|log|png|jpe?g)$/i;

/** True when only the name of a file fits: its own, or one published as the name of a process. */
export function isNameOnly({ type }: Pick<Observable, 'type'>, { indicator }: IndicatorMatch): boolean {
  return indicator.type === 'file-name' || (indicator.type === 'process' && type === 'file-path');
}

/**
 * Leaves out the server a monitoring product answers from where a list also names that host as its public page, for links
 * that people send and open: they read those pages (mvt#319, mvt#482). What a program contacted keeps both.
 */
export function withoutServersThatArePages(
  actClass: ActClass,
  matches: readonly IndicatorMatch[],
): readonly IndicatorMatch[] {
  if (actClass !== 'link-received' && actClass !== 'link-sent' && actClass !== 'link-opened') return matches;
  const isPage = matches.some(({ indicator, how }) => how === 'exact' && isWebsiteOnly(indicator));
  if (!isPage) return matches;
  return matches.filter(({ indicator }) => indicator.category === 'spyware' || isWebsiteOnly(indicator));
}

/** How grave a match is. */
export function severityOf(
  match: IndicatorMatch,
  observable: Pick<Observable, 'type' | 'value'> & { readonly act?: Observable['act'] },
): Severity {
  const most = severityByType(match);
  if (observable.act === 'scanned') return lesser(most, 'medium');
  const { indicator, how } = match;
  // Sixteen letters of a longer name, or the name of a process on something that never ran as far as is known.
  if (how === 'truncated') return lesser(most, 'high');
  if (!isNameOnly(observable, match)) return most;
  return lesser(
    most,
    EVERYDAY_FILE.test(indicator.value) && !isStagingPath(observable.value) ? 'medium' : 'high',
  );
}

function severityByType({ indicator, how }: IndicatorMatch): Severity {
  const row = SEVERITY[indicator.type];
  const website = isWebsiteOnly(indicator);
  switch (indicator.category) {
    case 'spyware':
      if (how === 'range') return 'low';
      return website ? lesser(row.spyware, 'medium') : row.spyware;
    case 'stalkerware':
      if (how === 'range') return 'low';
      return website ? lesser(row.stalkerware, 'medium') : row.stalkerware;
    // Openly sold: present by agreement as often as not.
    case 'watchware':
      return lesser(row.stalkerware, website || how === 'range' ? 'low' : 'medium');
    // Whole hosting ranges, free DNS providers, odd endings.
    case 'suspect':
      return how === 'range' ? 'info' : 'low';
  }
}

/** How sure it is that the match means what the list says. */
export function confidenceOf(
  { type, act, value }: Observable,
  { indicator, how }: IndicatorMatch,
): Confidence {
  if (indicator.category === 'suspect' || isWebsiteOnly(indicator)) return 'low';
  if (how === 'truncated' || how === 'range') return 'low';
  const path = type === 'process' || type === 'file-path' ? value : '';
  switch (indicator.type) {
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'app-cert':
    case 'cert-sha1':
    case 'cert-sha256':
    case 'config-profile':
      return 'high';
    // An app can take any name for itself (mvt#320); the list of installed apps comes from the system.
    case 'app-id':
      return type === 'app-id' && act === 'installed' ? 'high' : 'medium';
    // The name alone can be copied; no honest program runs from the folders where implants were staged. A file that
    // only lies there is less: installers leave theirs in /private/var/tmp too, under names as plain as "payload".
    case 'process':
      if (type === 'file-path') {
        if (isImplantFolder(path)) return 'high';
        return path.endsWith(`/${indicator.value}`) ? 'medium' : 'low';
      }
      return isStagingPath(path) ? 'high' : 'medium';
    case 'file-path':
      return isStagingPath(path) ? 'high' : 'medium';
    // DarkSword's published names are those of common JavaScript modules.
    case 'file-name':
      return isStagingPath(path) ? 'medium' : 'low';
    case 'domain':
    case 'url':
      // Received: a link is an attempt at most. Sent: often a warning to others. Opened: the page itself was asked for.
      if (act === 'sent') return 'low';
      return act === 'opened' && how === 'exact' ? 'high' : 'medium';
    case 'email':
    case 'android-property':
    case 'registry-key':
    case 'mutex':
    case 'pipe':
      return 'medium';
    // Numbers and addresses change hands and can be forged; fingerprints are shared by many programs.
    case 'phone-number':
    case 'ipv4':
    case 'ipv6':
    case 'cidr':
    case 'ja3':
    case 'ja4':
    case 'jarm':
    case 'user-agent':
      return 'low';
  }
}

/** Chooses the words. Undefined = the base texts. */
export function variantOf(actClass: ActClass, { indicator, how }: IndicatorMatch): string | undefined {
  if (actClass === 'scanned') return 'scanned';
  if (how === 'range') return 'address';
  const network = HOST_TYPES.has(indicator.type);
  switch (indicator.category) {
    case 'suspect':
      return 'suspect';
    case 'watchware':
      if (isWebsiteOnly(indicator)) return 'website-only';
      return network ? 'monitoring-network' : 'watchware-app';
    case 'stalkerware':
      if (isWebsiteOnly(indicator)) return 'website-only';
      if (network) return 'monitoring-network';
      if (actClass !== 'account-contact' && actClass !== 'calendar') return 'stalkerware-app';
      break;
    case 'spyware':
      if (isWebsiteOnly(indicator)) return 'website-only';
      if (actClass === 'contacted' && indicator.type !== 'domain' && indicator.type !== 'url')
        return 'address';
      break;
  }
  return actClass === 'other' ? undefined : actClass;
}

/**
 * How captured traffic shows a host: only asked for, its address spoken to without a name, spoken to as such, tried without
 * an answer, or as the one that began (which machines that scan the internet do with everybody).
 */
export type TrafficSeen = 'asked' | 'resolved' | 'tried' | 'incoming' | 'reached';

/** Chooses the words for captured traffic. */
export function trafficVariantOf({ indicator, how }: IndicatorMatch, seen: TrafficSeen): string {
  if (indicator.category === 'suspect') return 'suspect';
  if (how === 'range') return 'address';
  if (isWebsiteOnly(indicator)) return 'website-only';
  switch (indicator.type) {
    case 'domain':
    case 'url':
      if (indicator.category !== 'spyware') return 'monitoring-network';
      return seen === 'reached' ? 'connected' : 'looked-up';
    case 'ipv4':
    case 'ipv6':
      return indicator.category === 'spyware' ? 'address' : 'monitoring-network';
    case 'ja3':
    case 'ja4':
    case 'jarm':
    case 'user-agent':
      return 'program-mark';
    default:
      return 'certificate';
  }
}

/** What the finding may say in the verdict line, for captured traffic. Never a trace: a capture shows no device inside. */
export function trafficShowsOf({ indicator, how }: IndicatorMatch): NonNullable<FindingDraft['shows']> {
  if (indicator.category === 'suspect') return 'advice';
  if (indicator.category !== 'spyware' || isWebsiteOnly(indicator) || how === 'range') return 'oddity';
  switch (indicator.type) {
    case 'domain':
    case 'url':
    case 'cert-sha1':
    case 'cert-sha256':
    case 'app-cert':
      return 'attempt';
    default:
      return 'oddity';
  }
}

/** What the finding may say in the verdict line: a trace on the device, an attempt, or only something odd. */
export function showsOf(
  actClass: ActClass,
  observable: Observable,
  match: IndicatorMatch,
  confidence: Confidence,
): NonNullable<FindingDraft['shows']> {
  const { indicator, how } = match;
  if (indicator.category === 'suspect') return 'advice';
  if (actClass === 'scanned') return 'infrastructure';
  if (indicator.category === 'watchware' || isWebsiteOnly(indicator) || how === 'range') return 'oddity';
  switch (actClass) {
    case 'link-received':
    case 'link-opened':
    case 'contacted':
    case 'traffic':
      return indicator.category === 'stalkerware' || variantOf(actClass, match) === 'address'
        ? 'oddity'
        : 'attempt';
    case 'calendar':
    case 'transferred':
      return 'attempt';
    case 'account-contact':
      return observable.act === 'received' ? 'attempt' : 'oddity';
    case 'link-sent':
      return 'oddity';
    case 'file':
      if (observable.act === 'received') return 'attempt';
      return confidence === 'low' || observable.act === 'sent' ? 'oddity' : 'trace';
    case 'process':
    case 'app':
    case 'profile':
    case 'permission':
    case 'other':
      return confidence === 'low' ? 'oddity' : 'trace';
  }
}

/** MITRE ATT&CK for mobile, only where the record itself shows the technique: T1660 Phishing. */
export function techniqueOf(actClass: ActClass, { indicator }: IndicatorMatch): string | undefined {
  return actClass === 'link-received' && indicator.category === 'spyware' && !isWebsiteOnly(indicator)
    ? 'T1660'
    : undefined;
}

// The more exactly an indicator names one thing, the earlier it stands for the finding.
const SPECIFICITY: readonly IndicatorType[] = [
  'sha256',
  'sha1',
  'md5',
  'url',
  'config-profile',
  'app-id',
  'app-cert',
  'cert-sha256',
  'cert-sha1',
  'file-path',
  'process',
  'domain',
  'email',
  'phone-number',
  'android-property',
  'registry-key',
  'mutex',
  'pipe',
  'ipv4',
  'ipv6',
  'file-name',
  'user-agent',
  'ja4',
  'ja3',
  'jarm',
  'cidr',
];
const CATEGORY_ORDER: readonly IndicatorCategory[] = ['spyware', 'stalkerware', 'watchware', 'suspect'];
const HOW_ORDER: readonly IndicatorMatch['how'][] = [
  'exact',
  'component',
  'below',
  'subdomain',
  'truncated',
  'range',
];

/** Which of several matches speaks for the finding: gravest category, then the most specific; ties by text. */
export function compareMatches(a: IndicatorMatch, b: IndicatorMatch): number {
  return (
    Number(isWebsiteOnly(a.indicator)) - Number(isWebsiteOnly(b.indicator)) ||
    CATEGORY_ORDER.indexOf(a.indicator.category) - CATEGORY_ORDER.indexOf(b.indicator.category) ||
    SPECIFICITY.indexOf(a.indicator.type) - SPECIFICITY.indexOf(b.indicator.type) ||
    HOW_ORDER.indexOf(a.how) - HOW_ORDER.indexOf(b.how) ||
    // Of two parents the nearer one.
    b.indicator.value.length - a.indicator.value.length ||
    compareText(a.indicator.value, b.indicator.value) ||
    namingRank(a.indicator.family) - namingRank(b.indicator.family) ||
    compareText(a.indicator.family, b.indicator.family) ||
    compareText(a.indicator.feed, b.indicator.feed) ||
    compareText(a.indicator.file, b.indicator.file) ||
    compareText(a.indicator.place, b.indicator.place)
  );
}

/** 0 for the name of a tool, 1 for the dated folder a list without one was published in, 2 for no name. */
export function namingRank(family: string): number {
  if (family === '' || family === UNKNOWN_FAMILY) return 2;
  return isFolderName(family) ? 1 : 0;
}

export function greaterConfidence(a: Confidence, b: Confidence): Confidence {
  return CONFIDENCES.indexOf(a) >= CONFIDENCES.indexOf(b) ? a : b;
}

export function greaterSeverity(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

function lesser(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}
