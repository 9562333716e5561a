/** Values as logs in JSON write them. */
import { CACHE } from '../../hits/hit.js';
import { cacheOf, decimalOf, is, isDigit, isLetter } from '../scan.js';

/** Longest number that is looked at. */
const MAX_NUMBER_BYTES = 32;

/** A number of JSON, with its fraction and exponent; NaN for anything else. */
export function jsonNumber(bytes: Buffer, start: number, end: number): number {
  if (end <= start || end - start > MAX_NUMBER_BYTES) return Number.NaN;
  const plain = decimalOf(bytes, start, end);
  if (plain !== -1) return plain;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    // Digits, point, signs, e.
    if (!isDigit(byte) && byte !== 0x2e && byte !== 0x2b && byte !== 0x2d && (byte | 0x20) !== 0x65)
      return Number.NaN;
  }
  return Number(bytes.toString('latin1', start, end));
}

/** A whole number of zero or more, or -1. */
export function wholeNumber(bytes: Buffer, start: number, end: number): number {
  const value = jsonNumber(bytes, start, end);
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.floor(value) : -1;
}

/** A status of HTTP at the beginning (`502, 200` of two servers in turn; `200 OK`), or 0. */
export function statusOf(bytes: Buffer, start: number, end: number): number {
  if (end - start < 3 || (end - start > 3 && isDigit(bytes[start + 3] as number))) return 0;
  let value = 0;
  for (let at = start; at < start + 3; at += 1) {
    if (!isDigit(bytes[at] as number)) return 0;
    value = value * 10 + (bytes[at] as number) - 0x30;
  }
  return value;
}

/** `HTTP/1.1`, `HTTP/2`, `http/2.0`, `h2`, `1.1`, `2`: 9, 10, 11, 20, 30, or 0. */
export function protocolNumber(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (isLetter(bytes[at] as number) || bytes[at] === 0x2f)) at += 1;
  if (at > start && !isAnyOf(bytes, start, at, ['http/', 'h', 'http'])) return 0;
  const major = (bytes[at] as number) - 0x30;
  const hasMinor = end - at === 3 && bytes[at + 1] === 0x2e;
  if (!hasMinor && end - at !== 1) return 0;
  const minor = hasMinor ? (bytes[at + 2] as number) - 0x30 : 0;
  if (major === 0 && minor === 9) return 9;
  if (major === 1) return minor === 0 ? 10 : minor === 1 ? 11 : 0;
  return (major === 2 || major === 3) && minor === 0 ? major * 10 : 0;
}

function isAnyOf(bytes: Buffer, start: number, end: number, words: readonly string[]): boolean {
  for (const word of words) if (is(bytes, start, end, word)) return true;
  return false;
}

/**
 * A duration in milliseconds; -1 when it is none. A number is in the unit given (milliseconds for one); text of Go
 * (`1m2.5s`, `340µs`, time.Duration.String) says its units.
 */
export function durationOf(bytes: Buffer, start: number, end: number, unit: number): number {
  const value = jsonNumber(bytes, start, end);
  if (!Number.isNaN(value)) return value >= 0 ? value * unit : -1;
  let total = 0;
  let at = start;
  if (end - start > MAX_NUMBER_BYTES) return -1;
  while (at < end) {
    let stop = at;
    while (stop < end && (isDigit(bytes[stop] as number) || bytes[stop] === 0x2e)) stop += 1;
    const part = decimalOf(bytes, at, stop);
    let unitEnd = stop;
    while (unitEnd < end && !isDigit(bytes[unitEnd] as number)) unitEnd += 1;
    const scale = unitOf(bytes, stop, unitEnd);
    if (part === -1 || scale === 0) return -1;
    total += part * scale;
    at = unitEnd;
  }
  return total;
}

/** Milliseconds in a unit, or 0. */
function unitOf(bytes: Buffer, start: number, end: number): number {
  if (is(bytes, start, end, 's')) return 1_000;
  if (is(bytes, start, end, 'ms')) return 1;
  if (is(bytes, start, end, 'm')) return 60_000;
  if (is(bytes, start, end, 'h')) return 3_600_000;
  if (is(bytes, start, end, 'ns')) return 1e-6;
  // `us`, and both characters that are written for micro.
  return bytes[end - 1] === 0x73 && end - start <= 3 && end - start >= 2 ? 1e-3 : 0;
}

/** What a cache said; Cloudflare's words beside those of nginx. */
export function cacheWord(bytes: Buffer, start: number, end: number): number {
  if (is(bytes, start, end, 'ignored') || is(bytes, start, end, 'none/unknown')) return CACHE.uncacheable;
  if (is(bytes, start, end, 'true')) return CACHE.hit;
  if (is(bytes, start, end, 'false')) return CACHE.miss;
  return cacheOf(bytes, start, end);
}

/** Two letters of a country as `first << 8 | second` in capitals, else 0. `XX` (nobody knows) and `T1` (Tor) are none. */
export function countryOf(bytes: Buffer, start: number, end: number): number {
  if (end - start !== 2 || !isLetter(bytes[start] as number) || !isLetter(bytes[start + 1] as number))
    return 0;
  const country = (((bytes[start] as number) & 0xdf) << 8) | ((bytes[start + 1] as number) & 0xdf);
  return country === 0x5858 ? 0 : country;
}

/** `AS64496` or `64496`; 0 when it is none. */
export function asnOf(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isLetter(bytes[at] as number)) at += 1;
  let stop = at;
  while (stop < end && isDigit(bytes[stop] as number)) stop += 1;
  const value = wholeNumber(bytes, at, stop);
  return value > 0 && value <= 0xffff_ffff ? value : 0;
}
