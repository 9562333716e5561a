/**
 * Lists with one value a line, and the block-list dialects that are nearly that: hosts files, dnsmasq, response policy
 * zones, and the filter lists of ad blockers. What a line is, its value says, or the name of the file.
 */
import { isIP } from '../../core/ip-address.js';
import { classify, type TypeHint } from '../classify.js';
import type { FeedBuilder } from '../feed-builder.js';

// The names published lists go by. Only types that a value does not show by itself need a hint.
const HINTS: readonly (readonly [RegExp, TypeHint])[] = [
  [/package[-_ ]?cert|app[-_ ]?cert/i, 'app-cert'],
  [/package|bundle[-_ ]?id|app[-_ ]?id/i, 'app-id'],
  [/process/i, 'process'],
  [/file[-_ ]?path/i, 'file-path'],
  [/file[-_ ]?name|^files$/i, 'file-name'],
  [/config[-_ ]?profile/i, 'config-profile'],
  [/android[-_ ]?propert/i, 'android-property'],
  [/cert/i, 'cert'],
  [/domain|hostname/i, 'domain'],
  [/e-?mail/i, 'email'],
];

// Addresses a hosts file sends unwanted names to.
const SINKS: ReadonlySet<string> = new Set([
  '0.0.0.0',
  '127.0.0.1',
  '127.0.1.1',
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
]);
const OWN_NAMES = /^(?:localhost|localhost\.localdomain|local|broadcasthost|ip6-[a-z]+|0\.0\.0\.0)$/i;
// Below this share of lines that say something, the text is prose that happens to hold a name or two.
const MIN_SHARE_READ = 0.5;

interface ListLine {
  readonly line: number;
  readonly values: readonly string[];
  readonly isException: boolean;
}

/**
 * Reads the list and says whether it was one. When it was not, nothing is added.
 */
export function readPlainList(text: string, feed: FeedBuilder): boolean {
  const hint = hintOf(feed.file);
  const lines = [...listLines(text)];
  const isReadable = (value: string): boolean => isNameLike(hint, value) || classify(value) !== null;
  const read = lines.filter((line) => line.isException || line.values.some(isReadable));
  if (lines.length === 0 || read.length === 0 || read.length < lines.length * MIN_SHARE_READ) return false;
  for (const { line, values, isException } of lines) {
    if (isException) {
      feed.skip('allow-list-entry');
      continue;
    }
    for (const value of values) {
      feed.add({ type: typeFor(hint, value), value, place: `line ${line}` });
    }
  }
  return true;
}

function hintOf(file: string): TypeHint | null {
  const base = file.split(/[/\\]/).at(-1) ?? '';
  const stem = base.replace(/\.[a-z0-9]{1,8}$/i, '');
  return HINTS.find(([shape]) => shape.test(stem))?.[1] ?? null;
}

function typeFor(hint: TypeHint | null, value: string): TypeHint {
  if (hint === null) return 'unknown';
  const found = classify(value);
  // The name of a file of domains does not make an address a domain; the value knows better.
  if (hint === 'domain')
    return found === null || found.type === 'app-id' || found.type === 'file-name' ? 'domain' : 'unknown';
  if (hint === 'email' && found !== null) return 'unknown';
  if (hint === 'cert' && found !== null && !/^(?:sha1|sha256|cert-sha1|cert-sha256)$/.test(found.type))
    return 'unknown';
  return hint;
}

/** For lists of names that look like nothing in particular (processes, files): a name, not a sentence. */
function isNameLike(hint: TypeHint | null, value: string): boolean {
  if (hint === null || value.length > 255) return false;
  if (hint === 'email') return /^\S+@\S+$/.test(value);
  if (hint === 'domain' || hint === 'cert' || hint === 'app-cert') return false;
  return (value.match(/\s/g)?.length ?? 0) <= 2;
}

function* listLines(text: string): Generator<ListLine> {
  let line = 0;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    line += 1;
    const content = withoutComment(raw.trim());
    if (content === '' || /^\[ad ?block/i.test(content)) continue;
    // Bounded before any pattern looks at it: no value is that long.
    if (content.length > 8192) {
      yield { line, values: [content.slice(0, 8192)], isException: false };
      continue;
    }
    if (content.startsWith('@@')) yield { line, values: [], isException: true };
    else yield { line, values: valuesOf(content), isException: false };
  }
}

function withoutComment(line: string): string {
  if (/^(?:#|\/\/|;|!)/.test(line)) return '';
  // A fragment of a URL has no space before its "#".
  const comment = /\s(?:#|\/\/|;)/.exec(line);
  return comment === null ? line : line.slice(0, comment.index).trim();
}

function valuesOf(content: string): string[] {
  // Filter lists: "||host^$options".
  const filter = /^\|\|([^\s/^$|]+)\^?(?:\$\S*)?\|?$/.exec(content);
  if (filter?.[1] !== undefined) return [filter[1]];
  // dnsmasq: "address=/host/0.0.0.0"; unbound: 'local-zone: "host" always_nxdomain'.
  const dnsmasq =
    /^(?:address|server|local)=\/([^/\s]+)\//.exec(content) ?? /^local-zone:\s*"([^"\s]+)"/.exec(content);
  if (dnsmasq?.[1] !== undefined) return [dnsmasq[1]];
  // Response policy zones: "host CNAME ."
  const zone = /^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?CNAME\s+(?:\.|\*\.|rpz-\S+)$/i.exec(content);
  if (zone?.[1] !== undefined) return [zone[1]];
  // A bullet of a list in running text.
  const item = content.replace(/^[-*•]\s+/, '').replace(/,$/, '');
  const words = item.split(/\s+/);
  const [first = ''] = words;
  if (words.length > 1 && isIP(first) !== 0) {
    const names = words.slice(1).filter((word) => !OWN_NAMES.test(word));
    if (SINKS.has(first)) return names;
    // A hosts line that leads somewhere: both the address and the names were published.
    return [first, ...names];
  }
  return [item];
}
