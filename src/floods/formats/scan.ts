/** Reading words and values out of the bytes of a line, without making text of them. */
import { CACHE } from '../hits/hit.js';

const [SPACE, TAB, DASH, POINT, COLON, ZERO, NINE] = [0x20, 0x09, 0x2d, 0x2e, 0x3a, 0x30, 0x39];
/** RFC 1035, 2.3.4, and a port. */
const MAX_HOST_BYTES = 260;

export function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

export function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at] as number)) at += 1;
  return at;
}

export function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && !isSpace(bytes[at] as number)) at += 1;
  return at;
}

/** Three digits and then a space or the end, else -1. nginx writes 009 for HTTP/0.9. */
export function threeDigits(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return -1;
  const hundreds = (bytes[at] as number) - ZERO;
  const tens = (bytes[at + 1] as number) - ZERO;
  const ones = (bytes[at + 2] as number) - ZERO;
  if (hundreds < 0 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return -1;
  if (at + 3 < end && !isSpace(bytes[at + 3] as number)) return -1;
  return hundreds * 100 + tens * 10 + ones;
}

/** A number of at most fifteen digits (exact), or -1. */
export function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 15) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** `-` or no bytes at all: how a log says that there was nothing. */
export function isNothing(bytes: Uint8Array, start: number, end: number): boolean {
  return end <= start || (end - start === 1 && bytes[start] === DASH);
}

/** A name with a dot and letters behind the last one, perhaps with a port: `www.example.org:443`. */
export function isHostName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || end - start > MAX_HOST_BYTES) return false;
  let stop = end;
  let at = end - 1;
  while (at > start && isDigit(bytes[at] as number)) at -= 1;
  if (at < end - 1 && bytes[at] === COLON) stop = at;
  let labelStart = start;
  for (at = start; at < stop; at += 1) {
    const byte = bytes[at] as number;
    if (byte === POINT) {
      if (at === labelStart) return false;
      labelStart = at + 1;
    } else if (!isLetter(byte) && !isDigit(byte) && byte !== DASH) {
      return false;
    }
  }
  // Two letters at least, and no digit (a version `1.1`, an address) but in `xn--`.
  return labelStart > start && stop - labelStart >= 2 && isLetter(bytes[labelStart] as number);
}

/** What a cache said, in the words of nginx `$upstream_cache_status` and varnishncsa `%{Varnish:handling}x`. */
export function cacheOf(bytes: Uint8Array, start: number, end: number): number {
  switch (end - start) {
    case 3:
      return is(bytes, start, end, 'hit') ? CACHE.hit : CACHE.unknown;
    case 4:
      if (is(bytes, start, end, 'miss')) return CACHE.miss;
      return is(bytes, start, end, 'pass') ? CACHE.uncacheable : CACHE.unknown;
    case 5:
      return is(bytes, start, end, 'stale') ? CACHE.hit : CACHE.unknown;
    case 6:
      return is(bytes, start, end, 'bypass') ? CACHE.uncacheable : CACHE.unknown;
    case 7:
      if (is(bytes, start, end, 'expired')) return CACHE.miss;
      return is(bytes, start, end, 'dynamic') ? CACHE.uncacheable : CACHE.unknown;
    case 8:
      return is(bytes, start, end, 'updating') ? CACHE.hit : CACHE.unknown;
    case 11:
      return is(bytes, start, end, 'revalidated') ? CACHE.hit : CACHE.unknown;
    default:
      return CACHE.unknown;
  }
}

/** `12` or `12.345`, or -1. */
export function decimalOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let scale = 0;
  if (end <= start || end - start > 18 || !isDigit(bytes[start] as number)) return -1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === POINT && scale === 0) {
      scale = 1;
    } else if (isDigit(byte)) {
      value = value * 10 + byte - ZERO;
      scale *= 10;
    } else {
      return -1;
    }
  }
  return scale === 0 ? value : value / scale;
}

/** Whether this is the word, given in small letters; letters of the log in any case. */
export function is(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at += 1) {
    const byte = bytes[start + at] as number;
    const small = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    if (small !== word.charCodeAt(at)) return false;
  }
  return true;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

export function isLetter(byte: number): boolean {
  const small = byte | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

/** Where a word first stands between these places, else -1. The word is short: this takes time by the bytes looked at. */
export function find(bytes: Uint8Array, start: number, end: number, word: string): number {
  const first = word.charCodeAt(0);
  const last = end - word.length;
  for (let at = start; at <= last; at += 1) {
    if (bytes[at] === first && startsWith(bytes, at, end, word)) return at;
  }
  return -1;
}

/** Whether this word stands here, letter by letter. */
export function startsWith(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start < word.length) return false;
  for (let at = 0; at < word.length; at += 1) {
    if (bytes[start + at] !== word.charCodeAt(at)) return false;
  }
  return true;
}
