/**
 * HAProxy, `option httplog` and `option httpslog` (HAProxy configuration manual, 8.2.3, 8.2.4 and 8.5), behind a prefix of
 * syslog: `client:port [date] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes - - state connections queues {captured
 * request headers} {captured response headers} "request"`. Times are local, without a zone.
 */
import type { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { setClientWithPort } from '../client-port.js';
import { Clock } from '../clock.js';
import { afterPrefix } from '../line-prefix.js';
import { zoneOfLog } from '../log-zone.js';
import {
  find,
  isDigit,
  isHostName,
  isNothing,
  isSpace,
  numberAt,
  skipSpaces,
  startsWith,
  wordEnd,
} from '../scan.js';

const [QUOTE, SLASH, PLUS, DASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, BAR, RETURN, COLON, POINT] = [
  0x22, 0x2f, 0x2b, 0x2d, 0x5b, 0x5d, 0x7b, 0x7d, 0x7c, 0x0d, 0x3a, 0x2e,
];
/** Clocks of a log server and of the proxy differ less; zones are whole quarters of an hour. */
const QUARTER_SECONDS = 900;
const MAX_ZONE_MINUTES = 15 * 60;
/** How HAProxy begins when it tells of itself, and of connections that became no request (`option tcplog`, errors). */
const OTHER_LINES: readonly string[] = [
  'Proxy ',
  'Server ',
  'Backup Server ',
  'backend ',
  'Health check ',
  'Connect from ',
  'Pausing ',
  'Stopping ',
  'Loading ',
  '[NOTICE]',
  '[WARNING]',
  '[ALERT]',
];

class HaproxyFormat implements LogFormat {
  readonly id = 'haproxy';
  readonly #clock = new Clock();
  readonly #prefixClock = new Clock();

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    const from = afterPrefix(bytes, start, to);
    const clientEnd = wordEnd(bytes, from, to);
    const date = clientEnd + 2;
    if (date + 24 > to || bytes[clientEnd + 1] !== OPEN) return this.#other(bytes, start, from, to);
    const clock = this.#clock;
    const dateEnd = clock.readClf(bytes, date, to);
    if (dateEnd === -1 || bytes[dateEnd] !== CLOSE) return LINE.foreign;
    // Frontend, backend and server, times.
    const frontend = skipSpaces(bytes, dateEnd + 1, to);
    const backend = skipSpaces(bytes, wordEnd(bytes, frontend, to), to);
    const backendEnd = wordEnd(bytes, backend, to);
    if (!hasSlash(bytes, backend, backendEnd)) return this.#error(bytes, backend, to);
    const times = skipSpaces(bytes, backendEnd, to);
    const timesEnd = wordEnd(bytes, times, to);
    const parts = countSlashes(bytes, times, timesEnd);
    const status = skipSpaces(bytes, timesEnd, to);
    const statusEnd = wordEnd(bytes, status, to);
    // A connection of `option tcplog`.
    if (parts === 2) return numberAt(bytes, status, statusEnd) === -1 ? LINE.foreign : LINE.skipped;
    if (parts !== 4) return LINE.foreign;
    const size = skipSpaces(bytes, statusEnd, to);
    const sizeEnd = wordEnd(bytes, size, to);
    const value = statusOf(bytes, status, statusEnd);
    if (value === -1 || sizeEnd === size) return LINE.foreign;

    hit.reset(bytes);
    this.#time(bytes, start, from, to, hit);
    setClientWithPort(hit, from, clientEnd);
    hit.status = value;
    hit.bytesOut = numberAt(bytes, bytes[size] === PLUS ? size + 1 : size, sizeEnd);
    hit.durationMs = lastTime(bytes, times, timesEnd);
    // Two captured cookies, state, connections, queues.
    let at = sizeEnd;
    for (let words = 0; words < 5; words += 1) at = wordEnd(bytes, skipSpaces(bytes, at, to), to);
    at = skipSpaces(bytes, at, to);
    let isFirst = true;
    while (at < to && bytes[at] === OPEN_LIST) {
      const close = listEnd(bytes, at, to);
      if (isFirst) readHeaders(bytes, at + 1, close, hit);
      isFirst = false;
      at = skipSpaces(bytes, close + 1, to);
    }
    if (at < to && bytes[at] === QUOTE) this.#request(bytes, at + 1, to, hit);
    else hit.malformed = true;
    return LINE.hit;
  }

  #request(bytes: Buffer, start: number, to: number, hit: Hit): void {
    // HAProxy cuts a line that is too long: the quote may be missing. What it escapes in it, it writes as `#22`.
    let end = start;
    while (end < to && bytes[end] !== QUOTE) end += 1;
    hit.setRequest(start, end);
    // Of `option httpslog`: `… error/…/…/…/… sni/version/cipher`.
    let last = to;
    while (last > end && isSpace(bytes[last - 1] as number)) last -= 1;
    let word = last;
    while (word > end + 1 && !isSpace(bytes[word - 1] as number)) word -= 1;
    if (word <= end + 1) return;
    let slash = word;
    while (slash < last && bytes[slash] !== SLASH) slash += 1;
    if (slash === last || countSlashes(bytes, word, last) !== 2) return;
    if (hit.hostStart === -1 && isHostName(bytes, word, slash)) hit.setHost(word, slash);
    let cipher = last;
    while (bytes[cipher - 1] !== SLASH) cipher -= 1;
    if (!isNothing(bytes, cipher, last)) {
      hit.tlsStart = cipher;
      hit.tlsEnd = last;
    }
  }

  /** Local time. A prefix with a zone, or other lines of this file, say which. */
  #time(bytes: Buffer, start: number, from: number, to: number, hit: Hit): void {
    const clock = this.#clock;
    let zone = zoneOfLog(hit);
    if (clock.hasZone) {
      zone = clock.zoneMinutes;
    } else {
      const prefix = isoTime(bytes, start, from);
      if (
        prefix !== -1 &&
        this.#prefixClock.readRfc3339(bytes, prefix, to) !== -1 &&
        this.#prefixClock.hasZone
      ) {
        const quarters = Math.round((clock.seconds - this.#prefixClock.seconds) / QUARTER_SECONDS);
        if (Math.abs(quarters * 15) <= MAX_ZONE_MINUTES) zone = quarters * 15;
      }
    }
    hit.seconds = clock.hasZone ? clock.seconds : clock.seconds - zone * 60;
    hit.milliseconds = clock.milliseconds;
    hit.zoneMinutes = zone;
  }

  /** `client:port [date] frontend/1: SSL handshake failure`: a connection that became no request. */
  #error(bytes: Buffer, start: number, to: number): number {
    return find(bytes, start, Math.min(to, start + 100), 'SSL handshake') !== -1 ||
      find(bytes, start, Math.min(to, start + 100), 'Connection closed') !== -1 ||
      find(bytes, start, Math.min(to, start + 100), 'Timeout during') !== -1
      ? LINE.skipped
      : LINE.foreign;
  }

  #other(bytes: Buffer, start: number, from: number, to: number): number {
    if (find(bytes, start, from, 'haproxy') === -1) return LINE.foreign;
    for (const words of OTHER_LINES) if (startsWith(bytes, from, to, words)) return LINE.skipped;
    return LINE.foreign;
  }
}

/** Requests of HAProxy. */
export const haproxy: LogFormatKind = { id: 'haproxy', open: () => new HaproxyFormat() };

/** Where a time of RFC 3339 stands in the prefix of syslog, or -1. */
function isoTime(bytes: Buffer, start: number, end: number): number {
  let at = start;
  if (bytes[at] === 0x3c) {
    while (at < end && bytes[at] !== 0x3e) at += 1;
    at += 1;
    if (bytes[at] === 0x31 && isSpace(bytes[at + 1] as number)) at += 2;
  }
  return at + 20 < end && isDigit(bytes[at] as number) && bytes[at + 4] === DASH && bytes[at + 10] === 0x54
    ? at
    : -1;
}

/** Three digits, or 0 for `-1` and `<BADREQ>`; -1 when it is no status. */
function statusOf(bytes: Buffer, start: number, end: number): number {
  if (end - start === 2 && bytes[start] === DASH && bytes[start + 1] === 0x31) return 0;
  return end - start === 3 ? numberAt(bytes, start, end) : -1;
}

/** The whole time of a request, `+` before it when the end was not waited for; -1 when there is none. */
function lastTime(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] !== SLASH) at -= 1;
  if (bytes[at] === PLUS) at += 1;
  return numberAt(bytes, at, end);
}

function hasSlash(bytes: Buffer, start: number, end: number): boolean {
  return countSlashes(bytes, start, end) > 0;
}

function countSlashes(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (bytes[at] === SLASH) count += 1;
  return count;
}

/** The brace that ends captured headers: another list or the request follows. */
function listEnd(bytes: Buffer, start: number, to: number): number {
  for (let at = start + 1; at < to; at += 1) {
    if (bytes[at] !== CLOSE_LIST) continue;
    const next = bytes[at + 2];
    if (at + 1 >= to || (isSpace(bytes[at + 1] as number) && (next === OPEN_LIST || next === QUOTE)))
      return at;
  }
  return to;
}

/** Which header was captured only its owner knows: addresses, an address of a page, a site and an agent tell themselves. */
function readHeaders(bytes: Buffer, start: number, end: number, hit: Hit): void {
  let at = start;
  while (at <= end) {
    let stop = at;
    while (stop < end && bytes[stop] !== BAR) stop += 1;
    if (!isNothing(bytes, at, stop)) readHeader(bytes, at, stop, hit);
    at = stop + 1;
  }
}

function readHeader(bytes: Buffer, start: number, end: number, hit: Hit): void {
  if (isAddressList(bytes, start, end)) {
    hit.forwardedStart = start;
    hit.forwardedEnd = end;
  } else if (startsWith(bytes, start, end, 'http://') || startsWith(bytes, start, end, 'https://')) {
    hit.refererStart = start;
    hit.refererEnd = end;
  } else if (isHostName(bytes, start, end)) {
    if (hit.hostStart === -1) hit.setHost(start, end);
  } else if (hit.agentStart === -1 || end - start > hit.agentEnd - hit.agentStart) {
    if (find(bytes, start, end, '/') === -1 || isMediaType(bytes, start, end)) return;
    hit.agentStart = start;
    hit.agentEnd = end;
  }
}

/** Digits, hexadecimal letters, points, colons, commas and spaces, and among them a point or colon. */
function isAddressList(bytes: Buffer, start: number, end: number): boolean {
  let marks = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === POINT || byte === COLON) marks += 1;
    else if (
      !isDigit(byte) &&
      byte !== 0x2c &&
      byte !== 0x20 &&
      !((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
    )
      return false;
  }
  return marks >= 2;
}

/** `text/html`, `application/json`: one word with one slash, without a digit behind it. */
function isMediaType(bytes: Buffer, start: number, end: number): boolean {
  if (countSlashes(bytes, start, end) !== 1) return false;
  let slash = start;
  while (bytes[slash] !== SLASH) slash += 1;
  return slash + 1 < end && wordEnd(bytes, start, end) === end && !isDigit(bytes[slash + 1] as number);
}
