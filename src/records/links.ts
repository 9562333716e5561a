import { parse } from 'tldts';

// Longer texts are cut: a message never is this long, a hostile row may be.
const MAX_TEXT_LENGTH = 1_000_000;
const MAX_LINKS = 5_000;
// A DNS name has at most 253 characters (RFC 1035, 2.3.4, without the root dot).
const MAX_HOST_LENGTH = 253;
// The host stands at the start; the rest of a longer address cannot change it.
const MAX_ADDRESS_LENGTH = 65_536;

// Almost all messages hold no link, and this tells so in one pass: no "://", no dot inside a word, no disguised dot.
const LINK_HINT = /:[/\\]+[^\s/\\]|\.[^\s.]|[\u3002\uff0e\uff61]|[[({]\s?(?:\.|dot|punto|:|\/)/i;

// Zero-width, soft hyphen and bidirectional controls (Unicode Bidi_Control and Default_Ignorable): they hide a link
// from a filter, or show another one than is followed.
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
// Ideographic, full-width and half-width full stops, which IDNA (UTS #46) maps to the dot.
const OTHER_DOTS = /[\u3002\uff0e\uff61]/g;

// What cannot be part of an address in running text. Quotes close it; a pipe or backslash does not.
const ADDRESS_END = /[\s<>"«»“”„`]/;
const TRAILING = new Set([...`.,;:!?'’‘…*¡¿`, ...')]}']);
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

// Names of files that people write in messages and whose ending is also a top-level domain.
const FILE_NAMES = new Set([
  'asp.net',
  'vb.net',
  'readme.md',
  'changelog.md',
  'license.md',
  'index.md',
  'setup.py',
  'main.py',
  'test.py',
  'manage.py',
  'script.py',
  'install.sh',
  'run.sh',
  'script.sh',
  'start.sh',
  'main.rs',
  'lib.rs',
]);
// Top-level domains that in a message almost always end the name of a file.
const FILE_ENDINGS = new Set(['zip', 'mov']);
// Endings that count although they begin with a capital, as keyboards correct them: no words of a sentence.
const CAPITAL_ENDINGS = new Set(['com', 'net', 'org', 'info', 'mx']);
// Schemes whose "host" is something inside the device.
const LOCAL_SCHEMES = new Set(['file', 'content', 'data', 'blob', 'about']);

/**
 * Links in a text, refanged and without trailing punctuation, each once, in order of appearance: `http(s)://…`,
 * `www.…`, and bare `host.tld[/path]` whose ending is in the Public Suffix List. Otherwise as written: nothing is
 * lower-cased, because the paths of short links depend on case, and user information stays visible.
 *
 * @example
 * extractLinks('Vea hxxps://example[.]org/Ab1 (o www.example.net).'); // ['https://example.org/Ab1', 'www.example.net']
 */
export function extractLinks(text: string): string[] {
  if (!LINK_HINT.test(text)) return [];
  const clean = refangSpelledOut(
    refang(text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text),
  );
  const links = new Set<string>();
  // Browsers take one slash, three, or backslashes for two (WHATWG URL, "special authority slashes state").
  const anchor = /https?:[/\\]+|\./gi;
  let floor = 0;
  for (let hit = anchor.exec(clean); hit && links.size < MAX_LINKS; hit = anchor.exec(clean)) {
    if (hit[0] === '.') {
      const bare = bareLinkAround(clean, hit.index, floor);
      if (bare.link !== null) links.add(bare.link);
      floor = bare.end;
    } else {
      floor = addressEnd(clean, hit.index);
      const link = trimEnd(clean.slice(hit.index, floor));
      // "http://" alone, or followed by punctuation only, leads nowhere.
      if (link.length > hit[0].length) links.add(link);
    }
    anchor.lastIndex = Math.max(floor, hit.index + 1);
  }
  return [...links];
}

/**
 * Undoes the ways people disarm addresses: `hxxp`, `h**p`, `meow`, `[.]`, `(dot)`, `[punto]`, `[:]//`, `[/]`, `[at]`.
 * Removes invisible and bidirectional characters, and turns full-width dots into dots.
 */
export function refang(text: string): string {
  let result = text.replace(INVISIBLE, '').replace(OTHER_DOTS, '.');
  if (/[[({\\*]|hxxp|meow/i.test(result)) {
    result = result
      .replace(/\[:\/\/\]/g, '://')
      .replace(/\[:\]/g, ':')
      .replace(/\[\/\]/g, '/')
      .replace(/\[\/\/\]/g, '//')
      .replace(/(?:hxxp|h\*\*p|meow)(s?)(?=:\/\/)/gi, (_, s: string) => `http${s.toLowerCase()}`)
      .replace(/ ?[[({] ?(?:\.|dot|punto) ?[\])}] ?/gi, '.')
      .replace(/ ?[[({] ?(?:@|at|arroba) ?[\])}] ?/gi, '@')
      .replace(/\\\./g, '.');
  }
  // "example dot org" is undone only when the text is nothing else: in a sentence it may be meant as words.
  if (result.length <= MAX_HOST_LENGTH && /^\S+(?: (?:dot|punto) \S+)+$/i.test(result)) {
    result = result.replace(/ (?:dot|punto) /gi, '.');
  }
  return result;
}

/**
 * Disarms an address so that no program makes a link of it: `hxxps://example[.]org/x`. Applying it again changes nothing.
 */
export function defang(link: string): string {
  return link
    .replace(/https?(?=:)/gi, (scheme) => (scheme.length === 5 ? 'hxxps' : 'hxxp'))
    .replace(/\[\.\]|\./g, '[.]');
}

/**
 * The host a browser would contact for a link, as the URL standard (WHATWG) has it: lower case, punycode, without user
 * information, port and final dot; IPv4 in dotted decimals whatever notation was used; IPv6 without brackets. Null when
 * there is none.
 *
 * @example
 * hostOf('http://bank.example@0x7f.1:8080/'); // '127.0.0.1'
 */
export function hostOf(link: string): string | null {
  const host = scanHost(link);
  if (host !== null) return host;
  const url = urlOf(link);
  return url ? hostOfUrl(url) : null;
}

/** The host of a parsed address in the form of {@link hostOf}. */
export function hostOfUrl(url: URL): string | null {
  const name = url.hostname;
  if (name.startsWith('[')) return name.slice(1, -1);
  let end = name.length;
  while (end > 0 && name[end - 1] === '.') end -= 1;
  return end === 0 || end > MAX_HOST_LENGTH ? null : name.slice(0, end);
}

/**
 * A link as written, with or without scheme, parsed by the URL standard. Null when it names no host, as `mailto:` or
 * `javascript:` do. Other schemes with a host (`intent://host/…`) are read as if they were `http`.
 */
export function urlOf(link: string): URL | null {
  const address = addressOf(link.length > MAX_ADDRESS_LENGTH ? link.slice(0, MAX_ADDRESS_LENGTH) : link);
  if (address === null) return null;
  try {
    return new URL(address);
  } catch {
    // The URL standard has no milder way to say that a text is no address.
    return null;
  }
}

// Pages that only send a browser on to the address in one of their parameters. Host -> path -> parameters. They carry
// the links that people copy out of searches and social networks, and those of whoever wants a familiar name in front.
const FORWARDERS: readonly (readonly [host: RegExp, path: RegExp, parameters: readonly string[]])[] = [
  [/^(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/, /^\/url$/, ['q', 'url']],
  [/^(?:lm?|www|m)\.(?:facebook|messenger)\.com$/, /^\/(?:l|flx\/warn\/?)(?:\.php)?$/, ['u']],
  [/^l\.(?:instagram|threads)\.(?:com|net)$/, /^\/$/, ['u']],
  [/^(?:www\.|m\.)?youtube\.com$/, /^\/redirect$/, ['q']],
  [/^(?:[a-z0-9]+\.)?safelinks\.protection\.outlook\.com$/, /^\//, ['url']],
  [/^(?:www\.)?linkedin\.com$/, /^\/(?:redir\/redirect|safety\/go)\/?$/, ['url']],
  [/^(?:m\.)?vk\.com$/, /^\/away\.php$/, ['to']],
  [/^t\.umblr\.com$/, /^\/redirect$/, ['z']],
  [/^duckduckgo\.com$/, /^\/l\/$/, ['uddg']],
];

/**
 * The address a well-known forwarding page names in its parameters, without asking it. Null for any other link.
 *
 * @example
 * forwardTarget('https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa'); // 'https://example.org/a'
 */
export function forwardTarget(link: string): string | null {
  if (!link.includes('=')) return null;
  const host = hostOf(link);
  if (host === null || !FORWARDERS.some(([name]) => name.test(host))) return null;
  const url = urlOf(link);
  for (const [name, path, parameters] of FORWARDERS) {
    if (!url || !name.test(host) || !path.test(url.pathname)) continue;
    for (const parameter of parameters) {
      const target = url.searchParams.get(parameter);
      if (target !== null && /^https?:/i.test(target) && hostOf(target) !== null) return target;
    }
  }
  return null;
}

function addressOf(link: string): string | null {
  const text = link.trim();
  // One published list writes "http//host/…".
  const broken = /^https?\/\//i.exec(text);
  if (broken) return `http://${text.slice(broken[0].length)}`;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text);
  if (!scheme) {
    if (text.startsWith('//')) return `http:${text}`;
    return text === '' || text.startsWith('/') ? null : `http://${text}`;
  }
  const name = (scheme[1] ?? '').toLowerCase();
  const rest = text.slice(scheme[0].length);
  if (name === 'http' || name === 'https') return text;
  if (rest.startsWith('//')) return name === 'file' ? null : `http:${rest}`;
  // "example.org:8080/x": the colon ends a host, not a scheme.
  return (name.includes('.') || name === 'localhost') && /^\d{1,5}(?:[/?#\\]|$)/.test(rest)
    ? `http://${text}`
    : null;
}

/**
 * The host of an ordinary address without parsing it. Null means "not ordinary, parse it": user information, escapes,
 * capitals, non-ASCII, empty labels, punycode, numbers. Held to agree with the URL standard by a property test.
 */
function scanHost(link: string): string | null {
  const start = link.startsWith('https://') ? 8 : link.startsWith('http://') ? 7 : 0;
  const length = link.length;
  let lastDot = start - 1;
  let index = start;
  for (; index < length; index += 1) {
    const code = link.charCodeAt(index);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95) continue;
    if (code === 46) {
      if (lastDot === index - 1) return null;
      lastDot = index;
      continue;
    }
    if (code === 45) {
      // Two hyphens may be punycode, which the standard checks.
      if (link.charCodeAt(index - 1) === 45) return null;
      continue;
    }
    if (code === 47 || code === 63 || code === 35) {
      // "http//example.org": a broken scheme, not a host.
      if (start === 0 && code === 47 && link.charCodeAt(index + 1) === 47) return null;
      break;
    }
    if (code === 58 && start > 0 && isOrdinaryPort(link, index + 1)) break;
    return null;
  }
  if (index === start || lastDot === index - 1 || index - start > MAX_HOST_LENGTH) return null;
  // A last label that begins with a digit may make the whole name an IPv4 address ("ends in a number").
  const first = link.charCodeAt(lastDot + 1);
  if (first >= 48 && first <= 57) return null;
  return link.slice(start, index);
}

function isOrdinaryPort(link: string, start: number): boolean {
  let index = start;
  let port = 0;
  for (; index < link.length && index - start < 5; index += 1) {
    const code = link.charCodeAt(index);
    if (code < 48 || code > 57) break;
    port = port * 10 + code - 48;
  }
  if (index === start || port > 65_535) return false;
  const next = link.charCodeAt(index);
  return index === link.length || next === 47 || next === 63 || next === 35;
}

/** "http://example dot org/x": the scheme before it shows that the words are meant as dots. */
function refangSpelledOut(text: string): string {
  if (!/:\/\/[\w.-]+ (?:dot|punto) /i.test(text)) return text;
  return text.replace(/:\/\/[\w.-]+(?: (?:dot|punto) [\w.-]+)+/gi, (found) =>
    found.replace(/ (?:dot|punto) /gi, '.'),
  );
}

/** The bare link whose host holds the dot at `dot`, or null, and the place to go on from. */
function bareLinkAround(text: string, dot: number, floor: number): { link: string | null; end: number } {
  let start = dot;
  while (start > floor && isHostCharacter(text, start - 1)) start -= 1;
  let end = dot;
  while (end < text.length && (isHostCharacter(text, end) || (text[end] === '.' && text[end - 1] !== '.'))) {
    end += 1;
  }
  // "_example.org_" and "-example.org": marks of emphasis and of lists, which no host begins or ends with.
  while (start < dot && (text[start] === '_' || text[start] === '-')) start += 1;
  // "fin.http://example.org": the scheme belongs to what follows.
  if (/^:[/\\]/.test(text.slice(end, end + 2))) {
    const scheme = /https?$/i.exec(text.slice(Math.max(start, end - 5), end));
    if (scheme) return { link: null, end: end - scheme[0].length };
    return { link: null, end };
  }
  const resume = Math.max(end, dot + 1);
  const host = text.slice(start, end).replace(/[._-]+$/, '');
  if (host.length > MAX_HOST_LENGTH || !host.includes('.')) return { link: null, end: resume };
  const before = start > 0 ? text[start - 1] : undefined;
  const after = text[end];
  // "ftp://example.org", "webcal://example.org", "//example.org".
  const scheme = before === '/' ? schemeBefore(text, start, floor) : null;
  // "@" on either side: an e-mail address. "/" or "\" before: part of a path, or of a link already taken.
  if (
    before === '@' ||
    (before === '/' && scheme === null) ||
    before === '\\' ||
    after === '@' ||
    after === '+'
  ) {
    return { link: null, end: resume };
  }
  const hostEnd = start + host.length;
  const port = hostEnd === end ? /^:\d{1,5}(?!\d)/.exec(text.slice(end, end + 7)) : null;
  let linkEnd = hostEnd + (port ? port[0].length : 0);
  const next = text[linkEnd];
  if (next === '/' || next === '?' || next === '#') linkEnd = addressEnd(text, linkEnd);
  const link = trimEnd(text.slice(start, linkEnd));
  const tail = link.slice(host.length);
  if (!isBareHost(host, tail.length > 1)) return { link: null, end: resume };
  return { link: `${scheme ?? ''}${link}`, end: Math.max(linkEnd, resume) };
}

/** The scheme and its slashes before a host; "//" when the slashes stand alone; null when they are part of something else. */
function schemeBefore(text: string, hostStart: number, floor: number): string | null {
  if (hostStart - 2 < floor || text[hostStart - 2] !== '/') return null;
  // No registered scheme is longer.
  const found = /([a-z][a-z0-9+.-]{0,30}):$/i.exec(
    text.slice(Math.max(floor, hostStart - 34), hostStart - 2),
  );
  if (found?.[1] !== undefined) return LOCAL_SCHEMES.has(found[1].toLowerCase()) ? null : `${found[1]}://`;
  return hostStart - 2 === floor || /[\s"'«“(<=>]/.test(text[hostStart - 3] ?? '') ? '//' : null;
}

function isBareHost(host: string, hasTail: boolean): boolean {
  const labels = host.split('.');
  const ending = labels.at(-1) ?? '';
  if (/^\d+$/.test(ending)) return hasTail && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
  const lower = host.toLowerCase();
  if (/^www\./.test(lower) && labels.length > 2) return /[^\d_-]/.test(ending);
  if (!hasTail) {
    if (FILE_NAMES.has(lower) || FILE_ENDINGS.has(ending)) return false;
    // "a las 3.pm", "10.am"
    if (labels.length === 2 && /^(?:am|pm)$/.test(ending) && /^\d+$/.test(labels[0] ?? '')) return false;
    // "palabra.Otra" is a missing space. A name typed by hand has its ending in lower case, or all of it in capitals.
    const isTyped =
      ending === ending.toLowerCase() ||
      host === host.toUpperCase() ||
      (ending.slice(1) === ending.slice(1).toLowerCase() && CAPITAL_ENDINGS.has(ending.toLowerCase()));
    if (!isTyped) return false;
  }
  const found = parse(lower, { allowPrivateDomains: false });
  return found.isIcann === true && found.domain !== null;
}

function isHostCharacter(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) {
    return (
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      (code >= 48 && code <= 57) ||
      code === 45 ||
      code === 95
    );
  }
  return /[\p{L}\p{M}\p{N}]/u.test(text[index] ?? '');
}

function addressEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isAddressEnd(text, end)) end += 1;
  return end;
}

function isAddressEnd(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  // Letters, digits and most of the punctuation of addresses, without a regular expression per character.
  if (code > 34 && code < 127 && code !== 60 && code !== 62 && code !== 96) return false;
  return code < 33 || code === 127 || ADDRESS_END.test(text[index] ?? '');
}

/** Cuts punctuation that belongs to the sentence; a closing bracket stays when its opening one is inside. */
function trimEnd(link: string): string {
  let end = link.length;
  // Nearly all links end in a letter, a digit or a slash.
  if (!TRAILING.has(link[end - 1] ?? '')) return link;
  const surplus = new Map<string, number>();
  for (const character of link) {
    for (const [close, open] of Object.entries(OPENING)) {
      if (character === close) surplus.set(close, (surplus.get(close) ?? 0) + 1);
      else if (character === open) surplus.set(close, (surplus.get(close) ?? 0) - 1);
    }
  }
  while (end > 0) {
    const last = link[end - 1] ?? '';
    if (!TRAILING.has(last)) break;
    if (last in OPENING) {
      const left = surplus.get(last) ?? 0;
      if (left <= 0) break;
      surplus.set(last, left - 1);
    }
    end -= 1;
  }
  return link.slice(0, end);
}
