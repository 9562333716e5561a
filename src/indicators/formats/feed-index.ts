/** The index of feeds that the mobile-forensics community publishes (`indicators.yaml`): where feeds are, not indicators. */
import { parse } from 'yaml';
import { asArray, asObject, field, textField } from './json.js';

export interface FeedIndexEntry {
  readonly name: string;
  /** Where to fetch the feed; always https. */
  readonly url: string;
  /** Path that names the feed: `2021-07-18_nso/pegasus.stix2`. */
  readonly path: string;
  /** `owner/repository` for feeds on GitHub, else null. */
  readonly repository: string | null;
  readonly references: readonly string[];
}

/** The index is a page long; a hundred times that is no index any more. */
const MAX_INDEX_LENGTH = 1_000_000;
const MAX_ENTRIES = 1000;
const NAME_PART = /^[\w.-]{1,100}$/;

/** True when the text begins like the index. A look, before the slower parser. */
export function looksLikeFeedIndex(text: string): boolean {
  return (
    /^indicators:[ \t]*$/m.test(text.slice(0, 20_000)) &&
    /^\s+(?:github|download_url):/m.test(text.slice(0, 50_000))
  );
}

/**
 * The feeds an index names. Entries of unknown shape are left out: an index may grow new kinds.
 *
 * @throws Error when the text is not YAML or not an index
 */
export function parseFeedIndex(text: string): FeedIndexEntry[] {
  if (text.length > MAX_INDEX_LENGTH) throw new Error('the index is too long');
  const list = field(
    asObject(parse(text, { maxAliasCount: 10, prettyErrors: false, logLevel: 'silent' })),
    'indicators',
  );
  if (!Array.isArray(list)) throw new Error('not an index of feeds');
  return list.slice(0, MAX_ENTRIES).flatMap((item) => {
    const entry = asObject(item);
    const place = placeOf(entry);
    const name = textField(entry, 'name') ?? place?.path;
    if (place === null || name === undefined) return [];
    const references = [...asArray(field(entry, 'references')), ...asArray(field(entry, 'sources'))];
    return [{ name, ...place, references: references.filter((link) => typeof link === 'string') }];
  });
}

function placeOf(entry: ReturnType<typeof asObject>): Omit<FeedIndexEntry, 'name' | 'references'> | null {
  const github = asObject(field(entry, 'github'));
  if (github !== null) {
    const owner = textField(github, 'owner') ?? '';
    const repo = textField(github, 'repo') ?? '';
    const branch = textField(github, 'branch') ?? 'main';
    const path = textField(github, 'path') ?? '';
    const parts = path.split('/').filter((part) => part !== '');
    // The index comes from the network: nothing in it may lead to another host or folder.
    const isSafe =
      [owner, repo].every((part) => NAME_PART.test(part)) &&
      [...branch.split('/'), ...parts].every(isPathPart);
    if (!isSafe || parts.length === 0) return null;
    const address = [owner, repo, ...branch.split('/'), ...parts].map(encodeURIComponent).join('/');
    return {
      url: `https://raw.githubusercontent.com/${address}`,
      path: parts.slice(-2).join('/'),
      repository: `${owner}/${repo}`,
    };
  }
  const url = textField(entry, 'download_url');
  if (url === null || !URL.canParse(url)) return null;
  const parts = new URL(url).pathname.split('/').filter((part) => part !== '');
  return { url, path: parts.slice(-2).join('/') || 'feed', repository: null };
}

function isPathPart(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && part.length <= 200 && !/[\\\p{Cc}]/u.test(part);
}
