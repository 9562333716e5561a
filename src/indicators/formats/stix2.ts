/** STIX 2.0 and 2.1: a bundle, a TAXII envelope or a bare list of objects (OASIS STIX 2.1). */
import type { IndicatorCategory } from '../../core/indicator.js';
import type { TypeHint } from '../classify.js';
import { type FeedBuilder, feedTime } from '../feed-builder.js';
import { asArray, asObject, field, type JsonObject, textField } from './json.js';
import { readPattern } from './stix-pattern.js';

/** Which objects may give an indicator its family, the most telling first. */
const NAMING_TYPES = [
  'malware',
  'tool',
  'campaign',
  'intrusion-set',
  'threat-actor',
  'report',
  'grouping',
] as const;
const NAMING_RANK: ReadonlyMap<string, number> = new Map(NAMING_TYPES.map((type, rank) => [type, rank]));

// The object and property of a comparison -> what it is. `app`, `configuration-profile` and `android-property` are the
// extensions of the mobile-forensics feeds (ios spec, section 3.1).
const PROPERTIES: ReadonlyMap<string, TypeHint> = new Map<string, TypeHint>([
  ['domain-name:value', 'domain'],
  ['hostname:value', 'domain'],
  ['ipv4-addr:value', 'ipv4'],
  ['ipv6-addr:value', 'ipv6'],
  ['url:value', 'url'],
  ['email-addr:value', 'email'],
  ['email-message:from_ref.value', 'email'],
  ['email-message:sender_ref.value', 'email'],
  ['network-traffic:dst_ref.value', 'ip'],
  ['process:name', 'process'],
  ['file:name', 'file-name'],
  ['file:path', 'file-path'],
  ['directory:path', 'file-path'],
  ['app:id', 'app-id'],
  ['configuration-profile:id', 'config-profile'],
  ['android-property:name', 'android-property'],
  ['mutex:name', 'mutex'],
  ['windows-registry-key:key', 'registry-key'],
  ['phone-number:value', 'phone-number'],
  ['network-traffic:extensions.http-request-ext.request_header.User-Agent', 'user-agent'],
  ['network-traffic:extensions.http-request-ext.request_header.Host', 'domain'],
]);

const MAX_NAMES = 5;

/** True for what this format can read. */
export function looksLikeStix2(json: unknown): boolean {
  const objects = objectsOf(json);
  return (
    objects.some((item) => {
      const type = textField(asObject(item), 'type');
      return (
        type === 'bundle' ||
        type === 'indicator' ||
        (type !== null && NAMING_RANK.has(type) && textField(asObject(item), 'id') !== null)
      );
    }) || textField(asObject(json), 'type') === 'bundle'
  );
}

/** Reads all indicators of the objects. A bad object is counted and the next one read. */
export function readStix2(json: unknown, feed: FeedBuilder): void {
  const objects = latestVersions(objectsOf(json), feed);
  const families = familiesOf(objects);
  for (const { object, place } of objects) {
    const type = textField(object, 'type');
    if (type === 'observed-data') feed.skip('observed-data');
    if (type === 'indicator') readIndicator(object, place, families, feed);
    for (const reference of asArray(field(object, 'external_references'))) {
      const link = textField(asObject(reference), 'url');
      if (link !== null && type !== 'attack-pattern') feed.reference(link);
    }
  }
}

interface PlacedObject {
  readonly object: JsonObject;
  readonly place: string;
}

interface Family {
  readonly name: string;
  readonly category: IndicatorCategory | null;
}

function objectsOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) return asArray(field(asObject(json), 'objects'));
  // A list of bundles is one feed too.
  return json.flatMap((item) => {
    const inner = field(asObject(item), 'objects');
    return Array.isArray(inner) ? inner : [item];
  });
}

/** An object may occur in several versions (STIX 2.1, 3.6); only the latest counts, also when it revokes the others. */
function latestVersions(items: readonly unknown[], feed: FeedBuilder): PlacedObject[] {
  const latest = new Map<string, PlacedObject>();
  items.forEach((item, index) => {
    const object = asObject(item);
    if (object === null) {
      feed.skip('malformed');
      feed.note('bad-entry', `objects[${index}]`, { value: '' });
      return;
    }
    const place = textField(object, 'id') ?? `objects[${index}]`;
    const other = latest.get(place);
    // Careless generators repeat the ids of relationships; each still says something of its own.
    const isRelationship = textField(object, 'type') === 'relationship';
    if (other === undefined || isRelationship) {
      latest.set(isRelationship ? `${place}#${index}` : place, { object, place });
      return;
    }
    const isIndicator = textField(object, 'type') === 'indicator';
    const sameVersion = textField(object, 'modified') === textField(other.object, 'modified');
    if (isIndicator && sameVersion && textField(object, 'pattern') !== textField(other.object, 'pattern')) {
      // One id, one version, two patterns: a generator's mistake. Both are published, so both are read.
      latest.set(`${place}#${index}`, { object, place });
      return;
    }
    if (isIndicator) feed.skip('superseded');
    if ((feedTime(field(object, 'modified')) ?? '') > (feedTime(field(other.object, 'modified')) ?? '')) {
      latest.set(place, { object, place });
    }
  });
  return [...latest.values()];
}

/** Which family an indicator belongs to: what it indicates, else what names it in a report, else the only one there is. */
function familiesOf(objects: readonly PlacedObject[]): (id: string) => Family | null {
  const naming = new Map<string, { family: Family; rank: number }>();
  const targets = new Map<string, string[]>();
  const link = (from: string | null, to: string | null): void => {
    if (from === null || to === null) return;
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [to]);
    // An indicator of a thousand things indicates nothing; and a hostile feed must not make us search long.
    else if (known.length < 16) known.push(to);
  };
  for (const { object } of objects) {
    const id = textField(object, 'id');
    const type = textField(object, 'type') ?? '';
    const rank = NAMING_RANK.get(type);
    const name = textField(object, 'name')?.trim();
    if (id !== null && rank !== undefined && name)
      naming.set(id, { family: { name, category: categoryOf(object) }, rank });
    if (type === 'relationship' && textField(object, 'relationship_type') !== 'derived-from') {
      const source = textField(object, 'source_ref');
      const target = textField(object, 'target_ref');
      link(source, target);
      // Written the wrong way round by some: "the malware indicates the indicator".
      if (target?.startsWith('indicator--')) link(target, source);
    }
    if (type === 'report' || type === 'grouping') {
      for (const member of asArray(field(object, 'object_refs'))) {
        if (typeof member === 'string') link(member, id);
      }
    }
  }
  const best = (entries: Iterable<{ family: Family; rank: number }>): Family | null => {
    let found: { family: Family; rank: number } | null = null;
    const names = new Set<string>();
    for (const entry of entries) {
      if (found === null || entry.rank < found.rank) {
        found = entry;
        names.clear();
      }
      if (entry.rank === found.rank) names.add(entry.family.name);
    }
    // One that indicates two tools names both.
    return (
      found && { name: [...names].sort().slice(0, MAX_NAMES).join(', '), category: found.family.category }
    );
  };
  const malware = [...naming.values()].filter((entry) => entry.rank === 0);
  const only = malware.length === 1 ? best(malware) : naming.size === 1 ? best(naming.values()) : null;
  return (id) => {
    const named = (targets.get(id) ?? []).flatMap((target) => naming.get(target) ?? []);
    return best(named) ?? only;
  };
}

function categoryOf(object: JsonObject): IndicatorCategory | null {
  const words = [
    textField(object, 'name'),
    ...asArray(field(object, 'labels')),
    ...asArray(field(object, 'malware_types')),
  ];
  const text = words
    .filter((word) => typeof word === 'string')
    .join(' ')
    .toLowerCase();
  if (text.includes('watchware')) return 'watchware';
  return text.includes('stalkerware') ? 'stalkerware' : null;
}

function readIndicator(
  object: JsonObject,
  place: string,
  familyOf: (id: string) => Family | null,
  feed: FeedBuilder,
): void {
  const revoked = field(object, 'revoked');
  if (revoked === true || revoked === 'true') {
    feed.skip('revoked');
    return;
  }
  const kinds = [...asArray(field(object, 'indicator_types')), ...asArray(field(object, 'labels'))];
  if (kinds.includes('benign')) {
    feed.skip('benign');
    return;
  }
  const language = textField(object, 'pattern_type') ?? 'stix';
  if (language !== 'stix') {
    feed.skip('pattern-language');
    return;
  }
  const pattern = textField(object, 'pattern');
  if (pattern === null) {
    feed.skip('malformed');
    feed.note('bad-entry', place, { value: '' });
    return;
  }
  const { comparisons, skipped } = readPattern(pattern);
  for (const reason of skipped) {
    feed.skip(reason);
    if (reason === 'pattern-malformed') feed.note('bad-entry', place, { value: pattern.slice(0, 120) });
  }
  const family = familyOf(place);
  for (const { object: kind, steps, value } of comparisons) {
    const type = typeOf(kind, steps);
    if (type === null) {
      feed.skip('unknown-property');
      continue;
    }
    feed.add({
      type,
      value,
      place,
      family: family?.name,
      category: family?.category ?? undefined,
      validFrom: feedTime(field(object, 'valid_from')),
      validUntil: feedTime(field(object, 'valid_until')),
      comment: textField(object, 'description'),
    });
  }
}

function typeOf(object: string, steps: readonly string[]): TypeHint | null {
  const known = PROPERTIES.get(`${object}:${steps.join('.')}`);
  if (known !== undefined) return known;
  // `hashes.'SHA-256'`, `hashes.sha256`, `hashes.SHA256`: the name of the algorithm is written in many ways.
  const [group, name] = steps;
  if (steps.length !== 2 || group === undefined || name === undefined) return null;
  const algorithm = name.replace(/[-_]/g, '').toLowerCase();
  if (object === 'file' && group === 'hashes') {
    return algorithm === 'md5' || algorithm === 'sha1' || algorithm === 'sha256' ? algorithm : null;
  }
  if (object === 'app' && group === 'cert') return 'app-cert';
  if (object === 'x509-certificate' && group === 'hashes') {
    if (algorithm === 'sha1') return 'cert-sha1';
    return algorithm === 'sha256' ? 'cert-sha256' : null;
  }
  return null;
}
