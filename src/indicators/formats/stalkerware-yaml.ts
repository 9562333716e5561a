/** Echap's lists of stalkerware and watchware: YAML, one entry per app. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { IndicatorCategory, IndicatorRole } from '../../core/indicator.js';
import type { TypeHint } from '../classify.js';
import type { FeedBuilder } from '../feed-builder.js';

interface Meaning {
  readonly type: TypeHint;
  readonly role: IndicatorRole;
}

const LISTS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['packages', { type: 'app-id', role: 'trace' }],
  ['ios_bundles', { type: 'app-id', role: 'trace' }],
  ['certificates', { type: 'app-cert', role: 'trace' }],
  ['websites', { type: 'domain', role: 'website' }],
  ['distribution', { type: 'domain', role: 'distribution' }],
]);

const C2_LISTS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['domains', { type: 'domain', role: 'infrastructure' }],
  ['ips', { type: 'ip', role: 'infrastructure' }],
]);

// Keys that describe the app and hold nothing to compare.
const DESCRIPTIVE = new Set(['name', 'names', 'type']);
// Parts of a certificate's owner, some as patterns: the matcher compares fingerprints only.
const CERTIFICATE_OWNERS = new Set(['certificate_organizations', 'certificate_cname_re']);
// Aliases (`*name`) are not used by the lists; a hostile file could grow with them.
const MAX_ALIASES = 100;
const MAX_REPEATED = 50_000;

/** True when the text begins like a list of apps. A look at the first lines, before the slower parser. */
export function looksLikeAppList(text: string): boolean {
  return /^-[ \t]+(?:name|names|type|packages):[ \t]*\S?/m.test(text.slice(0, 20_000));
}

export function readAppList(text: string, feed: FeedBuilder): void {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    // Pretty errors quote the line each time: with many errors on one long line that takes minutes.
    prettyErrors: false,
    logLevel: 'silent',
  });
  const lineOf = (node: unknown): string => {
    const start = (node as Node | null)?.range?.[0];
    return start === undefined ? '' : `line ${lines.linePos(start).line}`;
  };
  const [error] = document.errors;
  if (error !== undefined) feed.lost('damaged', `line ${lines.linePos(error.pos[0]).line}`);
  if (!isSeq(document.contents)) {
    feed.lost('not-an-indicator-list', '');
    return;
  }
  // A list named again by ten thousand apps is ten thousand lists: bounded for all of them together.
  let repeated = 0;
  const mayRepeat = (count: number): boolean => {
    repeated += count;
    if (repeated <= MAX_REPEATED) return true;
    if (repeated - count <= MAX_REPEATED) feed.lost('limit-count', '');
    return false;
  };
  let aliases = 0;
  for (const item of document.contents.items) {
    if (isMap(item)) {
      readApp(item, { document, mayRepeat, lineOf }, feed);
    } else {
      aliases += 1;
      feed.skip('malformed');
      if (aliases <= MAX_ALIASES) feed.note('bad-entry', lineOf(item), { value: '' });
    }
  }
}

interface AppList {
  readonly document: Document;
  readonly mayRepeat: (count: number) => boolean;
  readonly lineOf: (node: unknown) => string;
}

function readApp(app: YAMLMap, { document, mayRepeat, lineOf }: AppList, feed: FeedBuilder): void {
  const family = scalarText(app.get('name', true));
  const category = categoryOf(scalarText(app.get('type', true)), feed.category);
  const names = app.get('names', true);
  const aliases = isSeq(names)
    ? names.items.map(scalarText).filter((name) => name !== null && name !== family)
    : [];
  const comment = aliases.length === 0 ? null : `names: ${aliases.join(', ')}`;
  const addAll = (given: unknown, { type, role }: Meaning): void => {
    // A list written once and named again: its values count here too. An alias inside a list is not followed.
    const list = isAlias(given) ? given.resolve(document) : given;
    if (isAlias(given) && isSeq(list) && !mayRepeat(list.items.length)) return;
    if (list === null || list === undefined || (isScalar(list) && list.value === null)) return;
    // One value without a list around it is meant as a list of one.
    const items = isSeq(list) ? list.items : [list];
    for (const item of items) {
      const value = scalarText(item);
      if (value === null) {
        feed.skip('malformed');
        feed.note('bad-entry', lineOf(item), { value: '' });
        continue;
      }
      feed.add({ type, value, role, family, category, comment, place: lineOf(item) });
    }
  };
  for (const pair of app.items) {
    const key = scalarText(pair.key) ?? '';
    const meaning = LISTS.get(key);
    if (meaning !== undefined) addAll(pair.value, meaning);
    else if (key === 'c2' && isMap(pair.value)) readC2(pair.value, feed, lineOf, addAll);
    else if (CERTIFICATE_OWNERS.has(key))
      feed.skip('certificate-name', isSeq(pair.value) ? pair.value.items.length : 1);
    else if (!DESCRIPTIVE.has(key) && key !== 'c2') feed.skip('other-type');
  }
}

function readC2(
  c2: YAMLMap,
  feed: FeedBuilder,
  lineOf: (node: unknown) => string,
  addAll: (list: unknown, meaning: Meaning) => void,
): void {
  for (const pair of c2.items) {
    const key = scalarText(pair.key) ?? '';
    // Two apps of the published list write "ip" and "domain" without the s: their addresses count all the same.
    const meant = C2_LISTS.has(key) ? key : C2_LISTS.has(`${key}s`) ? `${key}s` : null;
    const meaning = meant === null ? undefined : C2_LISTS.get(meant);
    if (meant === null || meaning === undefined) {
      feed.skip('other-type');
      continue;
    }
    if (meant !== key) feed.note('misspelt-key', lineOf(pair.key), { key, meant });
    addAll(pair.value, meaning);
  }
}

function categoryOf(type: string | null, otherwise: IndicatorCategory): IndicatorCategory {
  if (type === 'stalkerware' || type === 'watchware' || type === 'spyware') return type;
  // An entry without a type in a list of this shape is an app somebody put on a phone.
  return otherwise === 'spyware' ? 'stalkerware' : otherwise;
}

/** A scalar as written: a fingerprint such as 1234E567 must not become a number. */
function scalarText(node: unknown): string | null {
  if (!isScalar(node) || node.value === null) return null;
  const written = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  const text = written.trim();
  return text === '' ? null : text;
}
