/**
 * The line that Banjax follows (deflect-ca/banjax, its sample of nginx.conf): `epoch.ms client METHOD host METHOD path
 * HTTP/1.1 agent | status`. It has no query, referer or size.
 */
import { type Hit, METHOD, methodOf } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { isNothing, isSpace, numberAt, wordEnd } from '../scan.js';

const [POINT, SPACE, BAR, RETURN] = [0x2e, 0x20, 0x7c, 0x0d];

class BanjaxLineFormat implements LogFormat {
  readonly id = 'banjax-line';
  readonly #clock = new Clock();

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    let to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    while (to > start && isSpace(bytes[to - 1] as number)) to -= 1;
    if (to - start < 30 || bytes[start + 10] !== POINT) return LINE.foreign;
    const timeEnd = wordEnd(bytes, start, to);
    const clientEnd = wordEnd(bytes, timeEnd + 1, to);
    const method = clientEnd + 1;
    const methodEnd = wordEnd(bytes, method, to);
    const host = methodEnd + 1;
    const hostEnd = wordEnd(bytes, host, to);
    const request = hostEnd + 1;
    // The method stands there twice. Of a request that is none both are missing.
    if (
      request + 4 > to ||
      !isSame(bytes, method, methodEnd, request) ||
      bytes[request + methodEnd - method] !== SPACE
    )
      return LINE.foreign;
    if (!this.#clock.readEpoch(bytes, start, timeEnd)) return LINE.foreign;
    const target = request + methodEnd - method + 1;

    // The status stands behind the last bar, which no client can write behind.
    let bar = to - 1;
    while (bar > to - 8 && bytes[bar] !== BAR) bar -= 1;
    const hasStatus = bytes[bar] === BAR && bytes[bar + 1] === SPACE && bar > target;
    const status = hasStatus && to - bar === 5 ? numberAt(bytes, bar + 2, to) : -1;
    let agentEnd = hasStatus ? bar : to;
    if (hasStatus && bytes[agentEnd - 1] === SPACE) agentEnd -= 1;
    const protocol = protocolAt(bytes, target, agentEnd);

    hit.reset(bytes);
    hit.setClient(timeEnd + 1, clientEnd);
    if (hit.ipVersion === 0) return LINE.foreign;
    hit.seconds = this.#clock.seconds;
    hit.milliseconds = this.#clock.milliseconds;
    if (status > 0) hit.status = status;
    if (!isNothing(bytes, host, hostEnd)) hit.setHost(host, hostEnd);
    hit.method = methodOf(bytes, method, methodEnd);
    if (hit.method === METHOD.none) {
      hit.malformed = true;
    } else {
      hit.methodStart = method;
      hit.methodEnd = methodEnd;
    }
    if (protocol === -1) {
      hit.malformed = true;
      hit.setTarget(target, agentEnd);
      return LINE.hit;
    }
    const protocolEnd = wordEnd(bytes, protocol, agentEnd);
    if (hit.method === METHOD.none) hit.setTarget(target, protocol - 1);
    else hit.setRequest(request, protocolEnd);
    const agent = protocolEnd + 1;
    if (!isNothing(bytes, agent, agentEnd)) {
      hit.agentStart = agent;
      hit.agentEnd = agentEnd;
    }
    return LINE.hit;
  }
}

/** Lines that Banjax reads. */
export const banjaxLine: LogFormatKind = { id: 'banjax-line', open: () => new BanjaxLineFormat() };

function isSame(bytes: Buffer, start: number, end: number, other: number): boolean {
  if (end === start) return false;
  for (let at = start; at < end; at += 1) if (bytes[at] !== bytes[other + at - start]) return false;
  return true;
}

/** Where `HTTP/` stands behind a space, or -1. Paths may hold spaces: nginx undoes their escapes. */
function protocolAt(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at + 6 < end; at += 1) {
    if (
      bytes[at] === SPACE &&
      bytes[at + 1] === 0x48 &&
      bytes[at + 2] === 0x54 &&
      bytes[at + 3] === 0x54 &&
      bytes[at + 4] === 0x50 &&
      bytes[at + 5] === 0x2f
    )
      return at + 1;
  }
  return -1;
}
