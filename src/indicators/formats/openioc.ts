/** OpenIOC 1.0 (`<ioc>`, `<definition>`) and 1.1 (`<OpenIOC>`, `<criteria>`). */
import type { TypeHint } from '../classify.js';
import { type FeedBuilder, feedTime } from '../feed-builder.js';
import { child, parseXml, textAt, type XmlElement } from './xml.js';

// Terms in use in published files (lures spec, 4.3), then those of the same meaning in the Mandiant term list.
const TERMS: ReadonlyMap<string, TypeHint> = new Map<string, TypeHint>([
  ['Network/DNS', 'domain'],
  ['DnsEntryItem/Host', 'domain'],
  ['DnsEntryItem/RecordName', 'domain'],
  ['UrlHistoryItem/URL', 'url'],
  ['UrlHistoryItem/HostName', 'domain'],
  ['RouteEntryItem/Destination', 'ip'],
  ['PortItem/remoteIP', 'ip'],
  ['FileItem/Md5sum', 'md5'],
  ['FileItem/Sha1sum', 'sha1'],
  ['FileItem/Sha256sum', 'sha256'],
  ['RegistryItem/KeyPath', 'registry-key'],
  ['RegistryItem/Path', 'registry-key'],
  ['Email/From', 'email'],
  ['Network/UserAgent', 'user-agent'],
  ['ProcessItem/name', 'process'],
  ['ProcessItem/HandleList/Handle/Name', 'mutex'],
]);

const HASH_TYPES: ReadonlySet<TypeHint> = new Set(['md5', 'sha1', 'sha256']);
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** @throws XmlError */
export function readOpenIoc(text: string, feed: FeedBuilder): void {
  const { root, repairs, truncated } = parseXml(text);
  if (repairs > 0) feed.note('xml-repaired', '', { number: repairs });
  if (truncated) feed.lost('truncated', '');
  const header = child(root, 'metadata') ?? root;
  // 1.0 exports put "Event #104" into the short description and the title of the report into the long one.
  const short = textAt(header, 'short_description');
  const long = textAt(header, 'description').replace(/\s+/g, ' ');
  const family = /^(?:event #\d+|ioc)?$/i.test(short) ? long : short;
  const date =
    feedTime(textAt(header, 'authored_date')) ??
    feedTime(root.attributes.get('published-date') ?? root.attributes.get('last-modified'));
  for (const link of child(header, 'links')?.children ?? [])
    feed.reference(link.attributes.get('href') || link.text);
  for (const container of ['definition', 'criteria']) {
    const criteria = child(root, container);
    if (criteria !== null) walk(criteria, false, { family: family || null, date }, feed);
  }
}

interface Report {
  readonly family: string | null;
  readonly date: string | null;
}

function walk(element: XmlElement, insideAnd: boolean, report: Report, feed: FeedBuilder): void {
  const items = element.children.filter((item) => item.name === 'IndicatorItem');
  // An AND of one thing is that thing.
  const isAnd =
    insideAnd || (element.attributes.get('operator')?.toUpperCase() === 'AND' && element.children.length > 1);
  const hasHash = items.some((item) => HASH_TYPES.has(typeOf(item) ?? 'unknown'));
  for (const item of items) readItem(item, isAnd, hasHash, report, feed);
  for (const inner of element.children) if (inner.name === 'Indicator') walk(inner, isAnd, report, feed);
}

function readItem(
  item: XmlElement,
  isAnd: boolean,
  besideHash: boolean,
  report: Report,
  feed: FeedBuilder,
): void {
  const type = typeOf(item);
  const term = termOf(item);
  if (
    item.attributes.get('negate')?.toLowerCase() === 'true' ||
    /not$/i.test(item.attributes.get('condition') ?? '')
  ) {
    feed.skip('negated');
    return;
  }
  if (type === null) {
    // Of file entries only the hashes are used: names with the condition "contains" fit half of every disk.
    feed.skip(
      /^FileItem\/(?:FileName|FullPath|FilePath)$/.test(term)
        ? besideHash
          ? 'file-name-with-hash'
          : 'too-general'
        : 'other-type',
    );
    return;
  }
  // A hash decides alone, whatever stands beside it; anything else was only meant together with its neighbours.
  if (isAnd && !HASH_TYPES.has(type)) {
    feed.skip('pattern-and');
    return;
  }
  const id = item.attributes.get('id') ?? '';
  const content = textAt(item, 'Content');
  // In one large archive of exports every Content is empty and the value stands in the id (lures spec, 4.3).
  const value = content !== '' ? content : UUID.test(id) ? '' : id;
  feed.add({ type, value, place: id, family: report.family, validFrom: report.date });
}

function termOf(item: XmlElement): string {
  return child(item, 'Context')?.attributes.get('search') ?? '';
}

function typeOf(item: XmlElement): TypeHint | null {
  return TERMS.get(termOf(item)) ?? null;
}
