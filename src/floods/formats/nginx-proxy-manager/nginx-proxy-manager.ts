/**
 * Nginx Proxy Manager, whose configuration has two formats of its own (docker/rootfs/etc/nginx/conf.d/include/log.conf):
 * `[time] cache upstreamStatus status - METHOD scheme host "uri" [Client ip] [Length n] [Gzip r] [Sent-to x] "ua" "referer"`
 * and the same without cache, upstream and `Sent-to`.
 */
import type { Hit } from '../../hits/hit.js';
import { METHOD, methodOf } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { afterPrefix } from '../line-prefix.js';
import { noteZone } from '../log-zone.js';
import {
  cacheOf,
  isNothing,
  isSpace,
  numberAt,
  skipSpaces,
  startsWith,
  threeDigits,
  wordEnd,
} from '../scan.js';

const [QUOTE, DASH, OPEN, CLOSE, BACKSLASH, RETURN, ZERO, NINE] = [
  0x22, 0x2d, 0x5b, 0x5d, 0x5c, 0x0d, 0x30, 0x39,
];

class NginxProxyManagerFormat implements LogFormat {
  readonly id = 'nginx-proxy-manager';
  readonly #clock = new Clock();
  /** No zone is so far off. */
  #zone = 100_000;

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    const from = bytes[start] === OPEN ? start : afterPrefix(bytes, start, to);
    if (from >= to || bytes[from] !== OPEN) return LINE.foreign;
    const dateEnd = this.#clock.readClf(bytes, from + 1, to);
    if (dateEnd === -1 || dateEnd >= to || bytes[dateEnd] !== CLOSE) return LINE.foreign;

    // Either `status` or `cache upstreamStatus… status`, then a dash.
    const first = skipSpaces(bytes, dateEnd + 1, to);
    const firstEnd = wordEnd(bytes, first, to);
    const second = skipSpaces(bytes, firstEnd, to);
    let status = threeDigits(bytes, first, to);
    let upstream = -1;
    let at = second;
    if (status === -1 || bytes[second] !== DASH) {
      upstream = second;
      // Of several servers behind, that were tried in turn, `502, 200`.
      let last = second;
      at = second;
      for (let words = 0; words < 16; words += 1) {
        const stop = wordEnd(bytes, at, to);
        const next = skipSpaces(bytes, stop, to);
        if (next >= to) return LINE.foreign;
        if (bytes[next] === DASH && at !== second) {
          last = at;
          at = next;
          break;
        }
        at = next;
      }
      status = threeDigits(bytes, last, to);
      if (status === -1) return LINE.foreign;
    }
    if (bytes[at] !== DASH || at + 1 >= to || !isSpace(bytes[at + 1] as number)) return LINE.foreign;
    const method = skipSpaces(bytes, at + 1, to);
    const methodEnd = wordEnd(bytes, method, to);
    const scheme = skipSpaces(bytes, methodEnd, to);
    const host = skipSpaces(bytes, wordEnd(bytes, scheme, to), to);
    const hostEnd = wordEnd(bytes, host, to);
    const quote = skipSpaces(bytes, hostEnd, to);
    if (quote >= to || bytes[quote] !== QUOTE) return LINE.foreign;
    const target = closingQuote(bytes, quote + 1, to);
    if (target === -1) return LINE.foreign;
    let next = skipSpaces(bytes, target + 1, to);
    if (!startsWith(bytes, next, to, '[Client ')) return LINE.foreign;

    hit.reset(bytes);
    hit.seconds = this.#clock.seconds;
    hit.milliseconds = this.#clock.milliseconds;
    hit.zoneMinutes = this.#clock.zoneMinutes;
    hit.status = status;
    if (upstream !== -1) {
      hit.cache = cacheOf(bytes, first, firstEnd);
      hit.upstreamStatus = statusOf(bytes, upstream, to);
    }
    hit.method = methodOf(bytes, method, methodEnd);
    if (hit.method === METHOD.none) {
      hit.malformed = true;
    } else {
      hit.methodStart = method;
      hit.methodEnd = methodEnd;
    }
    if (!isNothing(bytes, host, hostEnd)) hit.setHost(host, hostEnd);
    if (!isNothing(bytes, quote + 1, target)) hit.setTarget(quote + 1, target);
    while (next < to && bytes[next] === OPEN) {
      let close = next + 1;
      while (close < to && bytes[close] !== CLOSE) close += 1;
      if (close >= to) return LINE.hit;
      if (startsWith(bytes, next, close, '[Client ')) hit.setClient(next + 8, close);
      else if (startsWith(bytes, next, close, '[Length ')) hit.bytesOut = numberAt(bytes, next + 8, close);
      next = skipSpaces(bytes, close + 1, to);
    }
    this.#agentAndReferer(bytes, next, to, hit);
    if (this.#clock.zoneMinutes !== this.#zone) {
      this.#zone = this.#clock.zoneMinutes;
      noteZone(hit, this.#zone);
    }
    return LINE.hit;
  }

  /** The agent comes first here. */
  #agentAndReferer(bytes: Buffer, start: number, to: number, hit: Hit): void {
    if (start >= to || bytes[start] !== QUOTE) return;
    const found = closingQuote(bytes, start + 1, to);
    const agentEnd = found === -1 ? to : found;
    if (!isNothing(bytes, start + 1, agentEnd)) {
      hit.agentStart = start + 1;
      hit.agentEnd = agentEnd;
    }
    const referer = skipSpaces(bytes, agentEnd + 1, to);
    if (referer >= to || bytes[referer] !== QUOTE) return;
    const end = closingQuote(bytes, referer + 1, to);
    const refererEnd = end === -1 ? to : end;
    if (isNothing(bytes, referer + 1, refererEnd)) return;
    hit.refererStart = referer + 1;
    hit.refererEnd = refererEnd;
  }
}

/** Both formats of Nginx Proxy Manager. */
export const nginxProxyManager: LogFormatKind = {
  id: 'nginx-proxy-manager',
  open: () => new NginxProxyManagerFormat(),
};

/** The first status of a list, 0 for `-`. */
function statusOf(bytes: Buffer, start: number, to: number): number {
  let value = 0;
  for (let at = start; at < to && at < start + 3; at += 1) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) return 0;
    value = value * 10 + byte - ZERO;
  }
  return value;
}

function closingQuote(bytes: Buffer, start: number, to: number): number {
  for (let at = start; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE && (at + 1 === to || isSpace(bytes[at + 1] as number))) return at;
  }
  return -1;
}
