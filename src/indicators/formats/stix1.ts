/** STIX 1.x XML (OASIS STIX 1.2.1, CybOX 2.1), as MISP exports it. Matched by local names: prefixes vary by exporter. */
import type { TypeHint } from '../classify.js';
import { type FeedBuilder, feedTime } from '../feed-builder.js';
import { child, descendants, parseXml, textAt, type XmlElement } from './xml.js';

// How one field holds several values (CybOX core, "apply_condition").
const VALUE_SEPARATOR = '##comma##';

/** @throws XmlError */
export function readStix1(text: string, feed: FeedBuilder): void {
  const { root, repairs, truncated } = parseXml(text);
  if (repairs > 0) feed.note('xml-repaired', '', { number: repairs });
  if (truncated) feed.lost('truncated', '');
  const context = titleOf(root);
  walk(root, { family: context, place: '', validFrom: null, relationship: '', isReference: false }, feed);
}

interface Surroundings {
  readonly family: string | null;
  readonly place: string;
  readonly validFrom: string | null;
  readonly relationship: string;
  readonly isReference: boolean;
}

function walk(element: XmlElement, around: Surroundings, feed: FeedBuilder): void {
  let here = around;
  if (element.name === 'Related_Indicator') here = { ...here, relationship: textAt(element, 'Relationship') };
  if (element.name === 'Incident' || element.name === 'TTP' || element.name === 'Campaign') {
    here = { ...here, family: titleOf(element) ?? here.family };
  }
  if (element.name === 'Indicator') here = ofIndicator(element, here);
  if (element.name === 'Observable' && here.place === '') here = { ...here, place: idOf(element) };
  if (element.name === 'Properties') {
    readProperties(element, here, feed);
    return;
  }
  if (
    element.name === 'Observable_Composition' &&
    element.attributes.get('operator')?.toUpperCase() === 'AND'
  ) {
    feed.skip('pattern-and');
    return;
  }
  for (const inner of element.children) walk(inner, here, feed);
}

function ofIndicator(element: XmlElement, around: Surroundings): Surroundings {
  const title = textAt(element, 'Title');
  // MISP writes its "not for detection" flag as confidence None, and says so in the description beside it. The report's
  // own address stands in these files as a URI object like any other; only this tells it apart (lures spec, 4.4).
  const confidence = textAt(element, 'Confidence', 'Value');
  const isReference =
    confidence === 'None' ||
    around.relationship === 'External analysis' ||
    title.startsWith('External analysis:') ||
    element.attributes.get('negate') === 'true';
  return {
    ...around,
    place: idOf(element),
    validFrom:
      feedTime(textAt(element, 'Valid_Time_Position', 'Start_Time')) ??
      feedTime(element.attributes.get('timestamp')),
    isReference,
  };
}

function readProperties(element: XmlElement, around: Surroundings, feed: FeedBuilder): void {
  const kind = (element.attributes.get('type') ?? '').replace(/^.*:/, '');
  const found = valuesOf(kind, element, feed);
  if (found === null) {
    feed.skip('other-type');
    return;
  }
  for (const [type, holder] of found) {
    const condition = holder.attributes.get('condition') ?? 'Equals';
    if (condition !== 'Equals') {
      feed.skip('condition');
      continue;
    }
    for (const value of holder.text.split(VALUE_SEPARATOR)) {
      if (around.isReference) {
        feed.skip('reference');
        feed.reference(value);
        continue;
      }
      feed.add({ type, value, place: around.place, family: around.family, validFrom: around.validFrom });
    }
  }
}

type Found = readonly (readonly [TypeHint, XmlElement])[];

function valuesOf(kind: string, element: XmlElement, feed: FeedBuilder): Found | null {
  const one = (type: TypeHint, holder: XmlElement | null): Found => (holder === null ? [] : [[type, holder]]);
  switch (kind) {
    case 'DomainNameObjectType':
      return one('domain', child(element, 'Value'));
    case 'HostnameObjectType':
      return one('domain', child(element, 'Hostname_Value'));
    case 'URIObjectType':
      return one('url', child(element, 'Value'));
    case 'AddressObjectType': {
      // Addresses of any kind: registrants' e-mail addresses stand here too.
      const category = element.attributes.get('category') ?? 'ipv4-addr';
      const type =
        category === 'e-mail' ? 'email' : /^(?:ipv[46]-addr|ipv[46]-net|cidr)$/.test(category) ? 'ip' : null;
      return type === null ? null : one(type, child(element, 'Address_Value'));
    }
    case 'EmailMessageObjectType':
      return one('email', child(child(child(element, 'Header'), 'From'), 'Address_Value'));
    case 'FileObjectType': {
      const hashes = [...descendants(element, 'Hash')].flatMap((hash) =>
        one('hash', child(hash, 'Simple_Hash_Value')),
      );
      const name = child(element, 'File_Name');
      if (hashes.length === 0) return one('file-name', name);
      // With a hash the name adds nothing but false alarms.
      if (name !== null) feed.skip('file-name-with-hash');
      return hashes;
    }
    case 'WindowsRegistryKeyObjectType': {
      const key = child(element, 'Key');
      const hive = textAt(element, 'Hive');
      return key === null
        ? []
        : [['registry-key', hive === '' ? key : { ...key, text: `${hive}\\${key.text}` }]];
    }
    case 'MutexObjectType':
      return one('mutex', child(element, 'Name'));
    case 'PipeObjectType':
      return one('pipe', child(element, 'Name'));
    case 'HTTPSessionObjectType':
      return [...descendants(element, 'User_Agent')].map((agent) => ['user-agent', agent] as const);
    default:
      return null;
  }
}

/** The title of the report. Exports begin with a title of the export itself, so the innermost package's is better. */
function titleOf(element: XmlElement): string | null {
  const own = textAt(element, 'Title') || textAt(element, 'STIX_Header', 'Title');
  const title = own.replace(/\s*\(MISP Event #\d+\)$/, '').trim();
  return title === '' || /^Export from\b/i.test(title) ? null : title;
}

function idOf(element: XmlElement): string {
  return (element.attributes.get('id') ?? element.attributes.get('idref') ?? '').replace(/^:/, '');
}
