/**
 * What kind of indicator a published value is. Lists without types need it, and lists with types need it too:
 * one published bundle files IPv4 addresses under `domain-name:value`, and CSV exports call bare host names URLs.
 */

import { domainToASCII } from 'node:url';
import { parse as parseHost } from 'tldts';
import type { IndicatorType } from '../core/indicator.js';
import { isIPv4, isIPv6 } from '../core/ip-address.js';
import { refang } from '../records/links.js';
import type { SkipReason } from './codes.js';

/** What a feed says a value is. The words besides the indicator types stand for "one of several, look at the value". */
export type TypeHint = IndicatorType | 'ip' | 'hash' | 'cert' | 'unknown';

export interface Classified {
  readonly type: IndicatorType;
  readonly value: string;
}

/** A value settled into an indicator, with what had to be done to it; or why it is none. */
export type Settled =
  | (Classified & {
      readonly refused?: undefined;
      readonly note?: SettleNote;
      /** With `placeholder-link`: the host, which is an indicator of its own. */
      readonly host?: Classified;
    })
  | { readonly refused: SkipReason };

/** `placeholder-link`: the address stands for one whose path was left out on publication; it is kept, and its host is what can match. */
export type SettleNote = 'type-corrected' | 'url-repaired' | 'placeholder-link';

// The longest value of use is a URL; browsers refuse longer ones than this, and so does every published list.
const MAX_VALUE_LENGTH = 4096;

/**
 * Hosts that millions of people use, or that carry the sites of unrelated people, and that are not (all) on the Public
 * Suffix List. As an indicator such a name would match everybody. Own selection; the sites below them stay usable.
 */
const SHARED_HOSTS: ReadonlySet<string> = new Set(
  `amazonaws.com azurewebsites.net windows.net cloudapp.net azureedge.net cloudfront.net fastly.net akamaihd.net
  akamai.net akamaized.net edgesuite.net edgekey.net blogspot.com blogger.com wordpress.com tumblr.com weebly.com
  wixsite.com googleapis.com googleusercontent.com appspot.com firebaseio.com web.app firebaseapp.com herokuapp.com
  netlify.app vercel.app pages.dev workers.dev github.io gitlab.io ngrok.io ngrok-free.app duckdns.org no-ip.org
  ddns.net dyndns.org 000webhostapp.com myqcloud.com aliyuncs.com digitaloceanspaces.com
  google.com www.google.com gmail.com youtube.com youtu.be apple.com icloud.com me.com microsoft.com live.com outlook.com
  hotmail.com office.com onedrive.com 1drv.ms sharepoint.com yahoo.com facebook.com fb.com fb.me messenger.com instagram.com
  whatsapp.com whatsapp.net wa.me twitter.com x.com t.co telegram.org telegram.me t.me tiktok.com linkedin.com lnkd.in
  reddit.com amazon.com netflix.com wikipedia.org dropbox.com mediafire.com mega.nz wetransfer.com github.com
  githubusercontent.com gitlab.com bitbucket.org pastebin.com discord.com discordapp.com discord.gg slack.com zoom.us
  signal.org mozilla.org cloudflare.com mail.ru yandex.ru vk.com qq.com baidu.com protonmail.com proton.me
  bit.ly tinyurl.com goo.gl ow.ly is.gd buff.ly cutt.ly rb.gy t.ly rebrand.ly shorturl.at adf.ly bit.do tiny.cc v.gd
  x.co s.id qr.ae amzn.to`.split(/\s+/),
);

const IPV4_WITH_PORT = /^((?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?$/;
const EMAIL = /^[^\s@<>"'(),:;/\\]{1,64}@([^\s@/\\:]{1,253})$/;
const SCHEME = /^([a-z][a-z0-9+.-]{1,20}):\/\//i;
const LINK_SCHEMES: ReadonlySet<string> = new Set([
  'http',
  'https',
  'ftp',
  'ftps',
  'ws',
  'wss',
  'tcp',
  'udp',
  'rtsp',
]);
// `http//host/…`, `http:/host`, `http:host`: broken in published Citizen Lab lists.
const BROKEN_SCHEME = /^(https?)(?:\/\/|:\/?)(?=[^/:\s])/i;
const HEX = /^[0-9a-f]+$/i;
const HEX_PAIRS = /^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const HOST_SHAPE = /^(?=.{1,253}$)[\p{L}\p{M}\p{N}_-]{1,63}(?:\.[\p{L}\p{M}\p{N}_-]{1,63})+$/u;
// Names every network has; a list that holds one has slipped.
const LOCAL_NAMES: ReadonlySet<string> = new Set(
  'localhost local localdomain lan home internal intranet invalid test example router gateway'.split(' '),
);
const HOST_THEN_PATH = /^[^\s/?#@]+\.[^\s/?#@]+[/?#]/;
const REGISTRY_KEY = /^(?:HK(?:LM|CU|CR|U|CC)|HKEY_[A-Z_]+)\\/i;
const WINDOWS_PATH = /^(?:[a-z]:\\|\\\\|%[a-z_()0-9]+%\\)/i;
const APP_ID_SHAPE = /^[a-z_][a-z0-9_-]*(?:\.[a-z0-9_-]+){1,}$/i;
// Top-level domains that application ids start with. No public name starts with them as a rule.
const APP_ID_FIRST_LABELS: ReadonlySet<string> = new Set(['com', 'org', 'net', 'io', 'de', 'ru', 'cn', 'br']);
const GENERIC_DOMAIN_ENDS: ReadonlySet<string> = new Set([
  'com',
  'net',
  'org',
  'info',
  'biz',
  'edu',
  'gov',
  'mil',
  'int',
]);
// Endings that are files far more often than top-level domains. `.zip` and `.mov` are both; a list of hosts says so by its name.
const FILE_ENDINGS =
  /\.(?:plist|js|dylib|apk|ipa|dex|jar|exe|dll|sys|dat|bin|db|sqlite|txt|log|kb|keybag|sock|php|html?|pdf|docx?|xlsx?|rtf|bat|ps1|vbs|scr|tmp|deb|dmg|pkg|aspx?|jsp)$/i;
// A path segment that is a word in brackets: how published lists write "the rest was not available".
const PLACEHOLDER_SEGMENT =
  /\/(?:\[[a-z][a-z _-]{2,40}\]|<[a-z][a-z _-]{2,40}>|\{[a-z][a-z _-]{2,40}\})(?=\/|$|\?|#)/i;
const DEFANGED =
  /[[\](){}\\]|hxxp|\bh\*\*p|meow:|\s(?:dot|punto|at)\s|[\u200b-\u200f\u2060\ufeff\u00ad\u3002\uff0e\uff61]/i;
const CONTROL = /\p{Cc}/u;

/**
 * The indicator type of a value that comes without one, with the value refanged; or null when it is none.
 *
 * @example
 * classify('hxxp://example[.]net/AbC'); // { type: 'url', value: 'http://example.net/AbC' }
 * classify('203.0.113.7');              // { type: 'ipv4', value: '203.0.113.7' }
 */
export function classify(raw: string): Classified | null {
  const value = clean(raw);
  if (value === '' || value.length > MAX_VALUE_LENGTH || CONTROL.test(value)) return null;
  return (
    asAddress(value) ??
    asEmail(value) ??
    asLink(value) ??
    asHash(value) ??
    (UUID.test(value) ? { type: 'config-profile', value } : null) ??
    asPathOrKey(value) ??
    asAppId(value) ??
    (FILE_ENDINGS.test(value) && /^[\w.@+-]{1,128}$/.test(value) ? { type: 'file-name', value } : null) ??
    asHost(value, true) ??
    asSchemelessLink(value)
  );
}

/**
 * Settles a value under the type its feed gives, corrects the type where the value says otherwise, and refuses what
 * would match too much.
 */
export function settle(hint: TypeHint, raw: string): Settled {
  const value = raw.trim();
  if (value === '') return { refused: 'blank' };
  if (value.length > MAX_VALUE_LENGTH || CONTROL.test(value)) return { refused: 'malformed' };
  const found = byHint(hint, value);
  if (found === null) return { refused: hint === 'unknown' ? 'unclassified' : 'malformed' };
  return judge(hint, value, found);
}

function byHint(hint: TypeHint, value: string): Classified | null {
  switch (hint) {
    case 'unknown':
      return classify(value);
    case 'domain':
    case 'url':
    case 'ip':
    case 'ipv4':
    case 'ipv6':
    case 'cidr':
    case 'email':
      return asNetworkName(hint, clean(value));
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'hash':
      return asHash(clean(value));
    case 'app-cert': {
      const hex = hexDigits(value);
      return hex === null || ![32, 40, 64].includes(hex.length) ? null : { type: 'app-cert', value: hex };
    }
    case 'cert':
    case 'cert-sha1':
    case 'cert-sha256': {
      const hex = hexDigits(value);
      if (hex?.length === 40) return { type: 'cert-sha1', value: hex };
      return hex?.length === 64 ? { type: 'cert-sha256', value: hex } : null;
    }
    case 'ja3':
      return /^[0-9a-f]{32}$/i.test(value) ? { type: 'ja3', value } : null;
    case 'jarm':
      return /^[0-9a-f]{62}$/i.test(value) ? { type: 'jarm', value } : null;
    case 'phone-number':
      return /\d{3}/.test(value) ? { type: 'phone-number', value } : null;
    case 'file-name':
      return { type: /[/\\]/.test(value) ? 'file-path' : 'file-name', value };
    case 'file-path':
      return { type: /[/\\]/.test(value) ? 'file-path' : 'file-name', value };
    default:
      return { type: hint, value };
  }
}

function asNetworkName(
  hint: 'domain' | 'url' | 'ip' | 'ipv4' | 'ipv6' | 'cidr' | 'email',
  value: string,
): Classified | null {
  const found =
    asAddress(value) ??
    asEmail(value) ??
    asLink(value) ??
    asHost(value, false) ??
    asSchemelessLink(value) ??
    (hint === 'domain' ? asSingleLabel(value) : null) ??
    (hint === 'email' ? asLocalSender(value) : null);
  // An e-mail address where a host is expected is a slip of the list; the reverse would watch a whole provider.
  return hint === 'email' && found?.type !== 'email' ? null : found;
}

function judge(hint: TypeHint, raw: string, found: Classified): Settled {
  if (found.type === 'url') return judgeLink(raw, found.value, hint);
  if (found.type === 'domain' && isSharedHost(found.value)) return { refused: 'public-suffix' };
  if (found.type === 'domain' && LOCAL_NAMES.has(found.value.toLowerCase()))
    return { refused: 'too-general' };
  if (found.type === 'ipv4' || found.type === 'ipv6') {
    if (isNotPublicAddress(found.value)) return { refused: 'private-address' };
  }
  if (found.type === 'cidr') {
    const bits = Number(found.value.slice(found.value.indexOf('/') + 1));
    // Broader than what one provider holds: it would match a part of the internet.
    if (bits < (found.value.includes(':') ? 16 : 8)) return { refused: 'range-too-wide' };
    if (isNotPublicAddress(found.value.slice(0, found.value.indexOf('/'))))
      return { refused: 'private-address' };
  }
  // `/tmp` or `C:\Windows` would match every device.
  if (found.type === 'file-path' && found.value.split(/[/\\]+/).filter((part) => part !== '').length < 2) {
    return { refused: 'too-general' };
  }
  return contradicts(hint, found.type) ? { ...found, note: 'type-corrected' } : found;
}

function judgeLink(raw: string, value: string, hint: TypeHint): Settled {
  const schemeEnd = value.indexOf('://') + 3;
  const [authority = ''] = value.slice(schemeEnd).split(/[/?#]/, 1);
  const host = hostPart(authority);
  if (host === null) return { refused: 'malformed' };
  const rest = value.slice(schemeEnd + authority.length);
  const isBare = rest === '' || rest === '/';
  if (host.type === 'domain' && isBare && isSharedHost(host.value)) return { refused: 'public-suffix' };
  if (host.type !== 'domain' && isNotPublicAddress(host.value)) return { refused: 'private-address' };
  if (isPlaceholderLink(value)) {
    const settled = judge('unknown', host.value, host);
    if (settled.refused !== undefined) return settled;
    return { type: 'url', value, note: 'placeholder-link', host };
  }
  const repaired = !SCHEME.test(clean(raw));
  if (repaired && hint !== 'unknown') return { type: 'url', value, note: 'url-repaired' };
  return contradicts(hint, 'url') ? { type: 'url', value, note: 'type-corrected' } : { type: 'url', value };
}

/** True for an address whose path was left out on publication: it is listed, but as an address nothing can equal it. */
export function isPlaceholderLink(value: string): boolean {
  return PLACEHOLDER_SEGMENT.test(value);
}

/** Whether the feed named a definite type and the value is of another one. A name for a group contradicts nothing in it. */
function contradicts(hint: TypeHint, type: IndicatorType): boolean {
  if (hint === type || hint === 'unknown' || hint === 'hash' || hint === 'cert') return false;
  if (hint === 'ip') return type !== 'ipv4' && type !== 'ipv6' && type !== 'cidr';
  // A range under an address key is how STIX and MISP write it.
  if (hint === 'ipv4' || hint === 'ipv6') return type !== 'cidr';
  return true;
}

/** True for a bare public suffix, also of a hosting service, and for hosts everybody uses. */
export function isSharedHost(host: string): boolean {
  const name = host.toLowerCase();
  if (SHARED_HOSTS.has(name)) return true;
  const parsed = parseHost(name, {
    allowPrivateDomains: true,
    extractHostname: false,
    validateHostname: false,
  });
  // Without a dot the parser's answer is the name itself, whether it is a suffix or not.
  return parsed.publicSuffix === name && (parsed.isIcann === true || parsed.isPrivate === true);
}

function clean(raw: string): string {
  let value = raw.trim();
  if (DEFANGED.test(value)) value = refang(value).trim();
  // Quotation marks left over from spreadsheets.
  const quoted = /^(["'`])(.*)\1$/.exec(value);
  return quoted ? (quoted[2] ?? '').trim() : value;
}

function asAddress(value: string): Classified | null {
  const port = IPV4_WITH_PORT.exec(value);
  if (port?.[1] !== undefined) return isIPv4(port[1]) ? { type: 'ipv4', value: port[1] } : null;
  const slash = value.indexOf('/');
  if (slash > 0) {
    const address = value.slice(0, slash);
    const bits = value.slice(slash + 1);
    if (!/^\d{1,3}$/.test(bits)) return null;
    if (isIPv4(address) && Number(bits) <= 32) {
      return Number(bits) === 32 ? { type: 'ipv4', value: address } : { type: 'cidr', value };
    }
    if (isIPv6(address) && Number(bits) <= 128) {
      return Number(bits) === 128 ? { type: 'ipv6', value: address } : { type: 'cidr', value };
    }
    return null;
  }
  if (!value.includes(':')) return null;
  const bare = value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1) : value;
  return isIPv6(bare) && !bare.includes('%') ? { type: 'ipv6', value: bare } : null;
}

function asEmail(value: string): Classified | null {
  const parts = EMAIL.exec(value.replace(/^mailto:/i, ''));
  return parts?.[1] !== undefined && HOST_SHAPE.test(parts[1])
    ? { type: 'email', value: value.replace(/^mailto:/i, '') }
    : null;
}

function asLink(value: string): Classified | null {
  const scheme = SCHEME.exec(value)?.[1];
  const link = scheme === undefined ? value.replace(BROKEN_SCHEME, '$1://') : value;
  if (scheme === undefined && link === value) return null;
  if (scheme !== undefined && !LINK_SCHEMES.has(scheme.toLowerCase())) return null;
  const [authority = ''] = link.slice(link.indexOf('://') + 3).split(/[/?#]/, 1);
  return hostPart(authority) === null ? null : { type: 'url', value: link };
}

function asSchemelessLink(value: string): Classified | null {
  if (!HOST_THEN_PATH.test(value)) return null;
  const [authority = ''] = value.split(/[/?#]/, 1);
  const host = hostPart(authority);
  if (host === null || (host.type === 'domain' && asHost(host.value, true) === null)) return null;
  const rest = value.slice(authority.length);
  return rest === '/' ? host : { type: 'url', value: `http://${value}` };
}

/** The host of `user@host:port` as an indicator, or null when there is none. */
function hostPart(authority: string): Classified | null {
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d{1,5}$/, '');
  return asAddress(host) ?? asHost(host, false);
}

function asHost(value: string, suffixMustBeKnown: boolean): Classified | null {
  // `*.example.net`, `.example.net` and `example.net.` all mean the name and what is below it.
  const name = value.replace(/^(?:\*?\.)/, '').replace(/\.$/, '');
  if (!name.includes('.')) {
    // A bare top-level domain is recognised, so that it can be refused by name.
    return value.startsWith('.') && HOST_SHAPE.test(`x.${name}`) && isSharedHost(name)
      ? { type: 'domain', value: name }
      : null;
  }
  if (!HOST_SHAPE.test(name) || /^[\d.]+$/.test(name)) return null;
  if (!isAscii(name) && domainToASCII(name) === '') return null;
  if (suffixMustBeKnown) {
    const parsed = parseHost(name, { allowPrivateDomains: true, extractHostname: false });
    if (!parsed.isIcann && !parsed.isPrivate) return null;
  }
  return { type: 'domain', value: name };
}

/** One published bundle holds a host name without its ending. It fits only a host of exactly that name. */
function asSingleLabel(value: string): Classified | null {
  return /^[a-z0-9][a-z0-9-]{2,62}$/i.test(value) && /[a-z]/i.test(value) ? { type: 'domain', value } : null;
}

/** Senders without a public host (`name@localhost`), which a published list of forged senders holds. */
function asLocalSender(value: string): Classified | null {
  return /^[^\s@<>"'(),:;/\\]{1,64}@[a-z0-9-]{1,63}$/i.test(value) ? { type: 'email', value } : null;
}

function asHash(value: string): Classified | null {
  if (HEX_PAIRS.test(value)) {
    // Fingerprints with colons are how certificates are printed, never files.
    const hex = value.replaceAll(':', '');
    if (hex.length === 40) return { type: 'cert-sha1', value: hex };
    return hex.length === 64 ? { type: 'cert-sha256', value: hex } : null;
  }
  if (!HEX.test(value)) return null;
  if (value.length === 32) return { type: 'md5', value };
  if (value.length === 40) return { type: 'sha1', value };
  return value.length === 64 ? { type: 'sha256', value } : null;
}

function asPathOrKey(value: string): Classified | null {
  if (REGISTRY_KEY.test(value)) return { type: 'registry-key', value };
  if (WINDOWS_PATH.test(value)) return { type: 'file-path', value };
  return /^\/[^/]/.test(value) && !/\s{2}/.test(value) ? { type: 'file-path', value } : null;
}

/**
 * Application ids are domains written backwards. `com.vendor.support` is one although "support" is a top-level domain:
 * no public name starts with the label "com" and ends in anything but a generic or country domain.
 */
function asAppId(value: string): Classified | null {
  if (!APP_ID_SHAPE.test(value)) return null;
  const labels = value.split('.');
  const first = labels[0]?.toLowerCase() ?? '';
  const last = labels.at(-1)?.toLowerCase() ?? '';
  if (labels.length < 3 || !APP_ID_FIRST_LABELS.has(first)) return null;
  return GENERIC_DOMAIN_ENDS.has(last) || last.length === 2 ? null : { type: 'app-id', value };
}

function hexDigits(value: string): string | null {
  const hex = value.replace(/[:\s]/g, '');
  return HEX.test(hex) ? hex : null;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}

/**
 * Addresses that are nobody's on the internet (RFC 1918, 6598, 3927, 5771, 1122; RFC 4193, 4291): every home network has
 * them. The blocks for documentation (RFC 5737, 3849) are let through, because examples and tests live there.
 */
function isNotPublicAddress(address: string): boolean {
  if (address.includes(':')) {
    const lower = address.toLowerCase();
    return /^(?:::1?$|f[cd]|fe[89ab]|ff)/.test(lower) || /^::ffff:(?:10|127|192\.168)\./.test(lower);
  }
  const [a = 0, b = 0] = address.split('.').map(Number);
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168)
  );
}
