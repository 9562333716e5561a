/**
 * Apache error log, since 2.4 `[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416]
 * [client 192.0.2.1:5000] AH00126: message, referer: …`, before `[Wed Oct 11 14:32:52 2000] [error] [client 192.0.2.1] …`
 * (httpd core, ErrorLogFormat). Messages of mod_reqtimeout, the process modules, mod_proxy, mod_authz_core, ModSecurity,
 * mod_qos.
 */
import { EVENT, type Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { afterPrefix } from '../line-prefix.js';
import { zoneOfLog } from '../log-zone.js';
import { find, skipSpaces, startsWith } from '../scan.js';

const [SPACE, OPEN, CLOSE, RETURN, SMALL_A, SMALL_Z] = [0x20, 0x5b, 0x5d, 0x0d, 0x61, 0x7a];
/** Apache cuts a line of its error log at MAX_STRING_LEN, 8192 bytes. */
const MAX_MESSAGE_BYTES = 8_192;
/** Level, process, source file, status, client, connection: more brackets than these belong to the message. */
const MAX_BRACKETS = 8;

const MEANINGS: readonly (readonly [string, number])[] = [
  ['MaxRequestWorkers', EVENT.exhausted],
  ['MaxClients', EVENT.exhausted],
  ['scoreboard is full', EVENT.exhausted],
  ['header read timeout', EVENT.clientTimedOut],
  ['body read timeout', EVENT.clientTimedOut],
  ['QS_SrvMaxConn', EVENT.connectionsLimited],
  ['mod_qos', EVENT.requestsLimited],
  ['ModSecurity: Access denied', EVENT.blocked],
  ['client denied by server configuration', EVENT.blocked],
  ['failed to make connection to backend', EVENT.upstreamFailed],
  ['error reading status line from remote server', EVENT.upstreamFailed],
  ['Error dispatching request to', EVENT.upstreamFailed],
  ['attempt to connect to', EVENT.upstreamFailed],
];

class ApacheErrorFormat implements LogFormat {
  readonly id = 'apache-error';
  readonly #clock = new Clock();

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    const from = bytes[start] === OPEN ? start : afterPrefix(bytes, start, to);
    if (from >= to || bytes[from] !== OPEN) return LINE.foreign;
    let dateEnd = this.#clock.readAsctime(bytes, from + 1, to);
    // ErrorLogFormat "[%{cu}t] …": date and time in compact form.
    if (dateEnd === -1) dateEnd = this.#clock.readRfc3339(bytes, from + 1, to);
    if (dateEnd === -1 || dateEnd >= to || bytes[dateEnd] !== CLOSE) return LINE.foreign;
    let at = skipSpaces(bytes, dateEnd + 1, to);
    if (at >= to || bytes[at] !== OPEN || !isLevel(bytes, at + 1, to)) return LINE.foreign;

    hit.reset(bytes);
    const zoneMinutes = this.#clock.hasZone ? this.#clock.zoneMinutes : zoneOfLog(hit);
    hit.seconds = this.#clock.seconds - (this.#clock.hasZone ? 0 : zoneMinutes * 60);
    hit.milliseconds = this.#clock.milliseconds;
    hit.zoneMinutes = zoneMinutes;
    for (let count = 0; count < MAX_BRACKETS && at < to && bytes[at] === OPEN; count += 1) {
      const close = bracketEnd(bytes, at + 1, to);
      if (close === -1) break;
      if (startsWith(bytes, at + 1, close, 'client ') || startsWith(bytes, at + 1, close, 'remote ')) {
        setClient(bytes, at + 8, close, hit);
      }
      at = skipSpaces(bytes, close + 1, to);
    }
    hit.event = meaningOf(bytes, at, Math.min(to, at + MAX_MESSAGE_BYTES));
    readReferer(bytes, at, to, hit);
    return LINE.event;
  }
}

/** Lines of Apache about limits, time-outs and failures. */
export const apacheError: LogFormatKind = { id: 'apache-error', open: () => new ApacheErrorFormat() };

/** `module:level]` or `level]` in small letters, with `_` and digits in `trace8` and names of modules. */
function isLevel(bytes: Buffer, start: number, to: number): boolean {
  for (let at = start; at < to && at < start + 64; at += 1) {
    const byte = bytes[at] as number;
    if (byte === CLOSE) return at > start;
    const isWord =
      (byte >= SMALL_A && byte <= SMALL_Z) ||
      (byte >= 0x30 && byte <= 0x3a) ||
      byte === 0x5f ||
      byte === 0x2d;
    if (!isWord) return false;
  }
  return false;
}

/** The bracket that closes this one; an IPv6 address in it may have brackets of its own. */
function bracketEnd(bytes: Buffer, start: number, to: number): number {
  let depth = 0;
  for (let at = start; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === OPEN) depth += 1;
    else if (byte === CLOSE) {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return -1;
}

/** Apache writes `2001:db8::1:5000`: the port of an IPv6 client follows a colon as any group does. */
function setClient(bytes: Buffer, start: number, end: number, hit: Hit): void {
  hit.setClient(start, end);
  let colons = 0;
  let last = -1;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== 0x3a) continue;
    colons += 1;
    last = at;
  }
  if (bytes[start] === OPEN || colons < 2) return;
  // Since 2.4 there is always a port. Without it, an address of 2.2 ends in a group of hexadecimal digits or of zeros.
  let digits = last + 1;
  while (digits < end && (bytes[digits] as number) >= 0x30 && (bytes[digits] as number) <= 0x39) digits += 1;
  const isPort = digits === end && (hit.ipVersion === 0 || end - last - 1 > 4 || isModern(bytes, start));
  if (isPort && end > last + 1) hit.setClient(start, last);
}

/** Whether `[pid …]` stands before `[client `: the default of 2.4, which has ports. */
function isModern(bytes: Buffer, client: number): boolean {
  return bytes[client - 9] === SPACE && bytes[client - 10] === CLOSE && hasPid(bytes, client - 11);
}

function hasPid(bytes: Buffer, end: number): boolean {
  let at = end;
  while (at > 0 && at > end - 80 && bytes[at] !== OPEN && bytes[at] !== CLOSE) at -= 1;
  return bytes[at] === OPEN && bytes[at + 1] === 0x70 && bytes[at + 2] === 0x69 && bytes[at + 3] === 0x64;
}

function meaningOf(bytes: Buffer, start: number, end: number): number {
  for (const [words, event] of MEANINGS) {
    if (find(bytes, start, end, words) !== -1) return event;
  }
  return EVENT.other;
}

/** `, referer: …` ends a line; the last one, since a message may hold what a client wrote. */
function readReferer(bytes: Buffer, start: number, to: number, hit: Hit): void {
  const words = ', referer: ';
  for (let at = to - words.length; at >= start; at -= 1) {
    if (bytes[at] !== 0x2c || !startsWith(bytes, at, to, words)) continue;
    hit.refererStart = at + words.length;
    hit.refererEnd = to;
    return;
  }
}
