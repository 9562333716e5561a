/**
 * The indicator vocabulary: what the published lists call an indicator of compromise (IOC), and what a record
 * offers for comparison (an observable). Both use the same type names, so a match is one look-up.
 */

/** Types of indicator, named as in STIX 2.1 and MISP. */
export const INDICATOR_TYPES = [
  'domain',
  'url',
  'ipv4',
  'ipv6',
  'cidr',
  'email',
  'phone-number',
  'process',
  'file-name',
  'file-path',
  'md5',
  'sha1',
  'sha256',
  'app-id',
  'app-cert',
  'cert-sha1',
  'cert-sha256',
  'ja3',
  'ja4',
  'jarm',
  'config-profile',
  'android-property',
  'registry-key',
  'mutex',
  'pipe',
  'user-agent',
] as const;

export type IndicatorType = (typeof INDICATOR_TYPES)[number];

/** Stands for the family where a feed names none. Never shown as such: the language files have words for it. */
export const UNKNOWN_FAMILY = 'unknown';

/**
 * What kind of tool the indicator belongs to. It decides the words of a finding and its greatest severity:
 * watchware is openly sold monitoring software, a `suspect` entry (whole hosting ranges, odd TLDs, free DNS
 * providers) says next to nothing on its own.
 */
export type IndicatorCategory = 'spyware' | 'stalkerware' | 'watchware' | 'suspect';

/**
 * What the named thing is to the tool. A `website` is the public page of a vendor: people read those, journalists
 * above all, so it is weak. `infrastructure` is where implants and lures point.
 */
export type IndicatorRole = 'infrastructure' | 'website' | 'distribution' | 'trace';

/** One published indicator of compromise with its provenance. */
export interface Indicator {
  readonly type: IndicatorType;
  /** As published, refanged and trimmed; the matcher normalises further. */
  readonly value: string;
  /** Malware family or product as the feed names it: "Pegasus", "Predator", "mSpy". "unknown" when it names none. */
  readonly family: string;
  readonly category: IndicatorCategory;
  readonly role: IndicatorRole;
  /** Short name of the feed (one file = one feed), shown to people. */
  readonly feed: string;
  /** File the indicator was read from (name as given, for the report). */
  readonly file: string;
  /** Place in that file: STIX id, line, attribute UUID. */
  readonly place: string;
  /** SPDX-like licence of the feed, or null when the file does not say. */
  readonly licence: string | null;
  /** ISO 8601 UTC, or null: start of validity in the feed. Often the day the file was generated, not of an attack. */
  readonly validFrom: string | null;
  /** ISO 8601 UTC, or null: the feed says not to use it after this moment. */
  readonly validUntil: string | null;
  /** A free comment of the feed, or null. */
  readonly comment: string | null;
}
