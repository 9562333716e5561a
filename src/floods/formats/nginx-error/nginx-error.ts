/**
 * nginx error log: `yyyy/mm/dd HH:MM:SS [level] pid#tid: *cid message, client: …, server: …, request: "…", host: "…"`.
 * Messages are those of ngx_http_limit_req_module, ngx_http_limit_conn_module, ngx_http_upstream.c, ngx_connection.c,
 * ngx_event_accept.c, ngx_http_access_module and of ModSecurity's connector.
 */
import { EVENT, type Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { afterPrefix } from '../line-prefix.js';
import { zoneOfLog } from '../log-zone.js';
import { find, isDigit, isNothing, startsWith } from '../scan.js';

const [SPACE, QUOTE, HASH, STAR, COMMA, COLON, OPEN, CLOSE, RETURN] = [
  0x20, 0x22, 0x23, 0x2a, 0x2c, 0x3a, 0x5b, 0x5d, 0x0d,
];
/** nginx cuts a message at NGX_MAX_ERROR_STR, 2048 bytes. */
const MAX_MESSAGE_BYTES = 2_048;
const LONGEST_LEVEL = 6;

/** Words of a message and what they say, the first that is found. Those of limits come first: under a flood they are the many. */
const MEANINGS: readonly (readonly [string, number])[] = [
  ['limiting requests', EVENT.requestsLimited],
  ['delaying request', EVENT.requestsLimited],
  ['limiting connections', EVENT.connectionsLimited],
  ['worker_connections are not enough', EVENT.exhausted],
  ['Too many open files', EVENT.exhausted],
  ['client timed out', EVENT.clientTimedOut],
  ['no live upstreams', EVENT.upstreamFailed],
  ['upstream timed out', EVENT.upstreamFailed],
  ['upstream prematurely closed', EVENT.upstreamFailed],
  ['while connecting to upstream', EVENT.upstreamFailed],
  ['while reading response header from upstream', EVENT.upstreamFailed],
  ['access forbidden by rule', EVENT.blocked],
  ['ModSecurity: Access denied', EVENT.blocked],
];

class NginxErrorFormat implements LogFormat {
  readonly id = 'nginx-error';
  readonly #clock = new Clock();

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    let from = start;
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    let dateEnd = this.#clock.readSlashed(bytes, from, to);
    if (dateEnd === -1) {
      from = afterPrefix(bytes, start, to);
      dateEnd = from === start ? -1 : this.#clock.readSlashed(bytes, from, to);
      if (dateEnd === -1) return LINE.foreign;
    }
    if (bytes[dateEnd] !== SPACE || bytes[dateEnd + 1] !== OPEN) return LINE.foreign;
    let level = dateEnd + 2;
    while (level < to && level - dateEnd - 2 <= LONGEST_LEVEL && bytes[level] !== CLOSE) level += 1;
    if (bytes[level] !== CLOSE || level >= to) return LINE.foreign;
    const message = afterProcess(bytes, level + 1, to);
    if (message === -1) return LINE.foreign;

    hit.reset(bytes);
    const zoneMinutes = zoneOfLog(hit);
    hit.seconds = this.#clock.seconds - zoneMinutes * 60;
    hit.zoneMinutes = zoneMinutes;
    const context = contextOf(bytes, message, to);
    hit.event = meaningOf(
      bytes,
      message,
      Math.min(context === -1 ? to : context, message + MAX_MESSAGE_BYTES),
    );
    if (context !== -1) readContext(bytes, context, to, hit);
    return LINE.event;
  }
}

/** Lines of nginx about limits, time-outs and failures. */
export const nginxError: LogFormatKind = { id: 'nginx-error', open: () => new NginxErrorFormat() };

/** Behind ` 31#31: ` and, of a connection, `*46 `; -1 when it is not there. */
function afterProcess(bytes: Buffer, start: number, to: number): number {
  let at = start;
  if (bytes[at] !== SPACE) return -1;
  at += 1;
  const process = at;
  while (at < to && isDigit(bytes[at] as number)) at += 1;
  if (at === process || bytes[at] !== HASH) return -1;
  at += 1;
  while (at < to && isDigit(bytes[at] as number)) at += 1;
  if (at >= to || bytes[at] !== COLON) return -1;
  at += 1;
  if (at < to && bytes[at] === SPACE) at += 1;
  if (at < to && bytes[at] === STAR) {
    while (at < to && bytes[at] !== SPACE) at += 1;
    if (at < to) at += 1;
  }
  return Math.min(at, to);
}

function meaningOf(bytes: Buffer, start: number, end: number): number {
  for (const [words, event] of MEANINGS) {
    if (find(bytes, start, end, words) !== -1) return event;
  }
  return EVENT.other;
}

/** Where `, client: ` begins, outside of quotes: paths, which a client chooses, are quoted. -1 when there is none. */
function contextOf(bytes: Buffer, start: number, to: number): number {
  let isQuoted = false;
  let first = -1;
  for (let at = start; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === COMMA && startsWith(bytes, at, to, ', client: ')) {
      if (!isQuoted) return at;
      // A path with an odd number of quotes in it.
      if (first === -1) first = at;
    }
  }
  return first;
}

/** `, name: value` or `, name: "value"`, one after the other, in whatever order. */
function readContext(bytes: Buffer, start: number, to: number, hit: Hit): void {
  let at = start;
  let serverStart = -1;
  let serverEnd = -1;
  while (at + 3 < to && bytes[at] === COMMA) {
    const name = at + 2;
    let colon = name;
    while (colon < to && bytes[colon] !== COLON && bytes[colon] !== COMMA) colon += 1;
    if (colon + 2 > to || bytes[colon] !== COLON) return;
    let value = colon + 2;
    let end: number;
    if (bytes[value] === QUOTE) {
      value += 1;
      end = closingQuote(bytes, value, to);
      at = end + 1;
    } else {
      end = value;
      while (end < to && !(bytes[end] === COMMA && bytes[end + 1] === SPACE)) end += 1;
      at = end;
    }
    if (isNothing(bytes, value, end)) continue;
    if (startsWith(bytes, name, colon, 'client')) {
      if (hit.clientStart === -1) hit.setClient(value, end);
    } else if (startsWith(bytes, name, colon, 'server')) {
      serverStart = value;
      serverEnd = end;
    } else if (startsWith(bytes, name, colon, 'request')) {
      if (hit.targetStart === -1) hit.setRequest(value, end);
    } else if (startsWith(bytes, name, colon, 'host')) {
      hit.setHost(value, end);
    } else if (startsWith(bytes, name, colon, 'referrer')) {
      hit.refererStart = value;
      hit.refererEnd = end;
    }
  }
  // `_` is the usual name of the server that answers for no name of its own.
  const isName = serverStart !== -1 && !(serverEnd - serverStart === 1 && bytes[serverStart] === 0x5f);
  if (hit.hostStart === -1 && isName) hit.setHost(serverStart, serverEnd);
}

/** The quote before `, ` or the end. */
function closingQuote(bytes: Buffer, start: number, to: number): number {
  for (let at = start; at < to; at += 1) {
    if (bytes[at] !== QUOTE) continue;
    if (at + 1 === to || (bytes[at + 1] === COMMA && bytes[at + 2] === SPACE)) return at;
  }
  return to;
}
