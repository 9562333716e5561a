/** The visitor behind proxies. */
import { isProxyAddress } from '../known/known-clients.js';
import { type AddressWords, readAddress } from './client-address.js';
import type { Hit } from './hit.js';

/** A header that passed through more hands is made up. */
const MAX_HOPS = 32;
/** The longest spelling of an address, a port, and what RFC 7239 puts before it. */
const MAX_WORD = 120;
const UNIX = Buffer.from('unix:');
const [COMMA, SEMICOLON, EQUALS] = [0x2c, 0x3b, 0x3d];

/** Whether an address is a proxy that the site trusts. */
export type IsProxy = typeof isProxyAddress;

const words: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
let wordStart = 0;
let wordEnd = 0;

/**
 * Puts the visitor's address in place of a proxy's, as `set_real_ip_from` and `real_ip_recursive` of nginx do: X-Forwarded-For
 * (or Forwarded, RFC 7239) is walked from the right, where the nearest proxy wrote, and the first address that is no proxy is
 * the visitor. What stands left of it is only what the visitor says. Where all are proxies, the leftmost is taken; where
 * something is no address (`unknown`), the last hop before it.
 *
 * Leaves the client alone when it is an address and no proxy's: then the whole header is only what the client says.
 */
export function resolveClient(hit: Hit, isProxy: IsProxy = isProxyAddress): void {
  if (hit.forwardedStart === -1) return;
  if (hit.ipVersion === 0 ? !isLocalPeer(hit) : !isProxy(hit.ipVersion, hit.ip0, hit.ip1, hit.ip2, hit.ip3))
    return;
  const { bytes, forwardedStart: first } = hit;
  let end = hit.forwardedEnd;
  for (let hop = 0; hop < MAX_HOPS && end > first; hop += 1) {
    let start = end;
    while (start > first && bytes[start - 1] !== COMMA) start -= 1;
    if (end - start > MAX_WORD) return;
    readHop(bytes, start, end);
    if (words.ipVersion === 0) return;
    hit.ipVersion = words.ipVersion;
    hit.ip0 = words.ip0;
    hit.ip1 = words.ip1;
    hit.ip2 = words.ip2;
    hit.ip3 = words.ip3;
    hit.clientStart = wordStart;
    hit.clientEnd = wordEnd;
    if (!isProxy(words.ipVersion, words.ip0, words.ip1, words.ip2, words.ip3)) return;
    end = start - 1;
  }
}

/** Whether nothing is known of the peer but the header, or it is a socket of the same machine (`unix:`, nginx). */
function isLocalPeer({ bytes, clientStart, clientEnd }: Hit): boolean {
  if (clientStart === -1) return true;
  if (clientEnd - clientStart < UNIX.length) return false;
  for (let index = 0; index < UNIX.length; index += 1) {
    if (bytes[clientStart + index] !== UNIX[index]) return false;
  }
  return true;
}

/** Reads one address between commas into {@link words}, and notes its place. */
function readHop(bytes: Buffer, start: number, end: number): void {
  let from = start;
  let to = end;
  const label = forParameter(bytes, start, end);
  if (label !== -1) {
    from = label;
    to = from;
    while (to < end && bytes[to] !== SEMICOLON) to += 1;
  }
  while (from < to) {
    if (isEscapedFrame(bytes, from, to)) from += bytes[from] === 0x25 ? 3 : 4;
    else if (isFrame(bytes[from] as number)) from += 1;
    else break;
  }
  while (to > from) {
    if (isFrame(bytes[to - 1] as number)) to -= 1;
    else if (to - from >= 4 && isEscapedFrame(bytes, to - 4, to)) to -= 4;
    else if (to - from >= 3 && isEscapedFrame(bytes, to - 3, to)) to -= 3;
    else break;
  }
  wordStart = from;
  wordEnd = to;
  readAddress(bytes, from, to, words);
}

/** Space, tab, quotes, the backslash before a quote, and `+`, which W3C logs write for a space. */
function isFrame(byte: number): boolean {
  return byte <= 0x20 || byte === 0x22 || byte === 0x27 || byte === 0x5c || byte === 0x2b;
}

/** `%20` (CloudFront), `%22`, `\x20`, `\x22` (nginx): a space or a quote, as logs escape them. */
function isEscapedFrame(bytes: Buffer, at: number, end: number): boolean {
  const digits = bytes[at] === 0x25 ? at + 1 : bytes[at] === 0x5c && bytes[at + 1] === 0x78 ? at + 2 : -1;
  if (digits === -1 || digits + 2 > end) return false;
  return bytes[digits] === 0x32 && (bytes[digits + 1] === 0x30 || bytes[digits + 1] === 0x32);
}

/** Where the value of `for=` begins in an element of Forwarded; -1 when it has none. */
function forParameter(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at + 4 <= end; at += 1) {
    if (
      bytes[at + 3] === EQUALS &&
      ((bytes[at] as number) | 0x20) === 0x66 &&
      ((bytes[at + 1] as number) | 0x20) === 0x6f &&
      ((bytes[at + 2] as number) | 0x20) === 0x72
    )
      return at + 4;
  }
  return -1;
}
