/** The JSON of SpyGuard and TinyCheck: `{"iocs": […]}`, and their allow lists `{"elements": […]}`. */
import type { IndicatorCategory } from '../../core/indicator.js';
import type { TypeHint } from '../classify.js';
import type { FeedBuilder } from '../feed-builder.js';
import { asArray, asObject, field, textField } from './json.js';

const TYPES: ReadonlyMap<string, TypeHint> = new Map<string, TypeHint>([
  ['domain', 'domain'],
  // Providers of free names: everybody's, hence the category `suspect`; those on the Public Suffix List are refused.
  ['freedns', 'domain'],
  ['cidr', 'cidr'],
  ['ip4addr', 'ipv4'],
  ['ip6addr', 'ipv6'],
  ['sha1cert', 'cert-sha1'],
  ['ja3', 'ja3'],
  ['jarm', 'jarm'],
]);

// Tags of the lists that name no family but a kind of thing.
const CATEGORIES: ReadonlyMap<string, IndicatorCategory> = new Map<string, IndicatorCategory>([
  ['stalkerware', 'stalkerware'],
  ['watchware', 'watchware'],
  ['suspect', 'suspect'],
  ['tracker', 'suspect'],
  ['dual', 'suspect'],
  // Ordinary crime is no spyware, and must not be told as one.
  ['cybercrime', 'suspect'],
]);

// Tags for a kind of thing are no names: nobody is told of "a hidden surveillance app: stalkerware".
const NAMELESS: ReadonlySet<string> = new Set([...CATEGORIES.keys(), 'spyware', 'apt', 'malware', 'implant']);

// Families as the other feeds spell them, so that the same host in two feeds is one finding.
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ['pegasus', 'Pegasus'],
  ['predator', 'Predator'],
  ['candiru', 'Candiru'],
]);

export function looksLikeSpyGuard(json: unknown): boolean {
  return Array.isArray(field(asObject(json), 'iocs'));
}

/** An allow list: names that must never raise an alarm there. Importing one as indicators would flag google.com. */
export function looksLikeAllowList(json: unknown): boolean {
  const [first] = asArray(field(asObject(json), 'elements'));
  return (
    Array.isArray(field(asObject(json), 'elements')) &&
    (first === undefined || field(asObject(first), 'element') !== undefined)
  );
}

export function readSpyGuard(json: unknown, feed: FeedBuilder): void {
  asArray(field(asObject(json), 'iocs')).forEach((item, index) => {
    const entry = asObject(item);
    const type = textField(entry, 'type')?.toLowerCase() ?? null;
    const value = textField(entry, 'value');
    const place = `iocs[${index}]`;
    if (entry === null || type === null || value === null) {
      feed.skip('malformed');
      feed.note('bad-entry', place, { value: '' });
      return;
    }
    const hint = TYPES.get(type);
    if (hint === undefined) {
      skipOther(type, feed);
      return;
    }
    const tag = textField(entry, 'tag')?.trim() ?? '';
    const category = CATEGORIES.get(tag.toLowerCase());
    feed.add({
      type: hint === 'ipv4' || hint === 'cidr' ? 'ip' : hint,
      value,
      place,
      family: NAMELESS.has(tag.toLowerCase()) ? null : (FAMILIES.get(tag.toLowerCase()) ?? (tag || null)),
      category: type === 'freedns' ? 'suspect' : category,
      comment: textField(entry, 'description') ?? (tag ? `tag: ${tag}` : null),
    });
  });
}

function skipOther(type: string, feed: FeedBuilder): void {
  if (type === 'snort' || type === 'yara') feed.skip('network-rule');
  // A whole top-level domain (".xyz") is a public suffix and would match every site below it.
  else if (type === 'tld') feed.skip('public-suffix');
  // The name servers of a domain are not in the evidence of a device.
  else if (type === 'ns') feed.skip('name-server');
  else feed.skip('other-type');
}
