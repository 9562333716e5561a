/** MISP attribute types (misp.core "describeTypes"), which CSV exports use as well. */
import type { TypeHint } from '../classify.js';
import type { SkipReason } from '../codes.js';

const TYPES: ReadonlyMap<string, TypeHint> = new Map<string, TypeHint>([
  ['domain', 'domain'],
  ['hostname', 'domain'],
  ['ip-dst', 'ip'],
  ['ip-src', 'ip'],
  ['ip', 'ip'],
  ['ipv4', 'ipv4'],
  ['ipv6', 'ipv6'],
  ['ip4addr', 'ipv4'],
  ['ip6addr', 'ipv6'],
  ['cidr', 'cidr'],
  ['url', 'url'],
  ['email', 'email'],
  ['email-src', 'email'],
  ['email-dst', 'email'],
  ['email-reply-to', 'email'],
  ['whois-registrant-email', 'email'],
  ['dns-soa-email', 'email'],
  ['phone-number', 'phone-number'],
  ['whois-registrant-phone', 'phone-number'],
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['hash', 'hash'],
  ['filename', 'file-name'],
  ['file-name', 'file-name'],
  ['file-path', 'file-path'],
  ['process', 'process'],
  ['regkey', 'registry-key'],
  ['mutex', 'mutex'],
  ['named pipe', 'pipe'],
  ['user-agent', 'user-agent'],
  ['mobile-application-id', 'app-id'],
  ['package', 'app-id'],
  ['app-id', 'app-id'],
  ['certificate', 'app-cert'],
  ['x509-fingerprint-sha1', 'cert-sha1'],
  ['x509-fingerprint-sha256', 'cert-sha256'],
  ['sha1cert', 'cert-sha1'],
  ['ja3-fingerprint-md5', 'ja3'],
  ['ja3', 'ja3'],
  ['jarm-fingerprint', 'jarm'],
  ['jarm', 'jarm'],
  // Values of unknown kind are told apart by what they look like.
  ['', 'unknown'],
  ['unknown', 'unknown'],
]);

const REFERENCE_TYPES: ReadonlySet<string> = new Set(['link', 'reference']);
const RULE_TYPES: ReadonlySet<string> = new Set([
  'yara',
  'sigma',
  'snort',
  'zeek',
  'bro',
  'kusto-query',
  'stix2-pattern',
]);

export type MispMeaning =
  | { readonly kind: 'indicator'; readonly type: TypeHint }
  | { readonly kind: 'reference' }
  | { readonly kind: 'skip'; readonly reason: SkipReason };

/** What a type means here. Composite types (`domain|ip`) are split by {@link splitComposite} before. */
export function meaningOf(type: string): MispMeaning {
  const name = type.trim().toLowerCase();
  const hint = TYPES.get(name);
  if (hint !== undefined) return { kind: 'indicator', type: hint };
  if (REFERENCE_TYPES.has(name)) return { kind: 'reference' };
  if (RULE_TYPES.has(name)) return { kind: 'skip', reason: 'detection-rule' };
  return { kind: 'skip', reason: 'other-type' };
}

/**
 * Splits a composite attribute into its parts. A file name beside a hash is dropped: the hash says it better.
 * Ports and registry values are conditions, not names, and are dropped as well.
 *
 * @example
 * splitComposite('domain|ip', 'example.net|203.0.113.7');
 * // [{ type: 'domain', value: 'example.net' }, { type: 'ip', value: '203.0.113.7' }]
 */
export function splitComposite(type: string, value: string): readonly { type: string; value: string }[] {
  const types = type.split('|');
  const [first = '', second] = types;
  if (second === undefined) return [{ type, value }];
  const bar = value.lastIndexOf('|');
  if (types.length > 2 || bar < 0) return [{ type: first, value }];
  const left = { type: first, value: value.slice(0, bar) };
  const right = { type: second, value: value.slice(bar + 1) };
  if (first === 'filename' || first === 'malware-sample') return [right];
  return second === 'port' || second === 'value' ? [left] : [left, right];
}
