/**
 * Suricata rules that name a host or an address. A rule is an indicator only when the name is all it asks for; rules
 * with further conditions would match far more without them, and are counted instead.
 */
import type { TypeHint } from '../classify.js';
import type { FeedBuilder } from '../feed-builder.js';

const RULE =
  /^(alert|drop|reject|pass)\s+([a-z0-9_-]+)\s+(\S+|\[[^\]]*\])\s+(\S+)\s+(->|<>|<-)\s+(\S+|\[[^\]]*\])\s+([^\s(]+)\s*\((.*)\)\s*$/i;

// Buffers whose content is the name itself, in today's and in older spelling.
const BUFFERS: ReadonlyMap<string, TypeHint> = new Map<string, TypeHint>([
  ['dns.query', 'domain'],
  ['dns_query', 'domain'],
  ['tls.sni', 'domain'],
  ['tls_sni', 'domain'],
  ['http.host', 'domain'],
  ['http_host', 'domain'],
  ['http.user_agent', 'user-agent'],
  ['http_user_agent', 'user-agent'],
  ['ja3.hash', 'ja3'],
  ['ja3_hash', 'ja3'],
  ['tls.cert_fingerprint', 'cert-sha1'],
  ['tls_cert_fingerprint', 'cert-sha1'],
]);

// Options that only say how to look, not what for.
const HARMLESS = new Set(
  `msg metadata reference classtype sid rev gid priority nocase endswith startswith depth offset fast_pattern bsize flow
  threshold detection_filter dotprefix target noalert isdataat`.split(/\s+/),
);

export function looksLikeRules(text: string): boolean {
  const lines = text.slice(0, 100_000).split(/\r?\n/).slice(0, 200);
  const rules = lines.filter((line) => /^(?:#\s*)?(?:alert|drop|reject|pass)\s+\S+\s+.{3,600}\(/i.test(line));
  return rules.length > 0 && rules.length >= lines.filter((line) => line.trim() !== '').length / 3;
}

export function readRules(text: string, feed: FeedBuilder): void {
  let number = 0;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    number += 1;
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const place = `line ${number}`;
    const rule = line.length > 100_000 ? null : RULE.exec(line);
    const options = rule === null ? null : splitOptions(rule[8] ?? '');
    if (rule === null || options === null) {
      feed.skip('malformed');
      feed.note('bad-entry', place, { value: line.slice(0, 120) });
      continue;
    }
    if (rule[1]?.toLowerCase() === 'pass') {
      feed.skip('allow-list-entry');
      continue;
    }
    readRule([rule[3] ?? '', rule[6] ?? ''], options, place, feed);
  }
}

interface Option {
  readonly name: string;
  readonly value: string;
}

/** `name:value;` pairs; values may be quoted, and `\;` `\"` `\\` are escapes. Null when a quotation mark stays open. */
function splitOptions(body: string): Option[] | null {
  const options: Option[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at];
    if (character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ';' && !isQuoted) {
      options.push(toOption(body.slice(from, at)));
      from = at + 1;
    }
  }
  if (isQuoted) return null;
  if (body.slice(from).trim() !== '') options.push(toOption(body.slice(from)));
  return options;
}

function toOption(text: string): Option {
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text.trim().toLowerCase(), value: '' };
  return { name: text.slice(0, colon).trim().toLowerCase(), value: text.slice(colon + 1).trim() };
}

function readRule(
  ends: readonly string[],
  options: readonly Option[],
  place: string,
  feed: FeedBuilder,
): void {
  const message = unquote(options.find((option) => option.name === 'msg')?.value ?? '');
  const metadata = options.filter((option) => option.name === 'metadata').map((option) => option.value);
  const isStalkerware = /stalkerware/i.test(`${message} ${metadata.join(' ')}`);
  const about = {
    place,
    family: familyIn(message, metadata),
    category: isStalkerware ? ('stalkerware' as const) : undefined,
    comment: message || null,
  };
  const contents: string[] = [];
  const buffers: TypeHint[] = [];
  for (const { name, value } of options) {
    const buffer = BUFFERS.get(name);
    if (buffer !== undefined) {
      buffers.push(buffer);
    } else if (name === 'content') {
      const content = decodeContent(value);
      if (content === null) {
        feed.skip('network-rule');
        return;
      }
      contents.push(content);
    } else if (!HARMLESS.has(name)) {
      feed.skip('network-rule');
      return;
    }
  }
  const [content] = contents;
  const [buffer] = buffers;
  if (contents.length === 1 && buffers.length === 1 && content !== undefined && buffer !== undefined) {
    feed.add({ type: buffer, value: content, ...about });
    return;
  }
  const addresses = contents.length === 0 && buffers.length === 0 ? ends.flatMap(addressesIn) : [];
  if (addresses.length === 0) feed.skip('network-rule');
  for (const value of addresses) feed.add({ type: 'ip', value, ...about });
}

/** Addresses written out on one side of a rule; variables such as $HOME_NET and negations are not indicators. */
function addressesIn(side: string): string[] {
  return side
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => /^[0-9a-f.:]+(?:\/\d+)?$/i.test(part) && /[.:]/.test(part));
}

/** A content pattern as text: `|2e|` is a byte in hexadecimal. Null for negated and for binary ones. */
function decodeContent(value: string): string | null {
  if (value.startsWith('!')) return null;
  const text = unquote(value);
  const decoded = text.replace(/\|([0-9a-f\s]*)\|/gi, (_whole, hex: string) => {
    return Buffer.from(hex.replace(/\s/g, ''), 'hex').toString('latin1');
  });
  const printable = decoded.replace(/\\([";:\\|])/g, '$1');
  return /^[\u0020-\u007e]+$/.test(printable) ? printable : null;
}

function unquote(value: string): string {
  return value.replace(/^"|"$/g, '');
}

/**
 * The product a rule names. Echap's rules read "PTS STALKERWARE <app> (<name>)" with `type stalkerware` in the metadata,
 * and for addresses the other way round; others have no common form, and then the feed's own name stands.
 */
function familyIn(message: string, metadata: readonly string[]): string | null {
  const type = metadata
    .flatMap((list) => list.split(','))
    .map((item) => /^\s*type (.{1,100}?)\s*$/.exec(item)?.[1]);
  const named = type.find((name) => name !== undefined && name !== 'stalkerware');
  return named ?? /^PTS STALKERWARE (.{1,100}?) \([^)]*\)$/.exec(message)?.[1] ?? null;
}
