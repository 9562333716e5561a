/**
 * Squid's native format (Squid wiki, "Squid Log Files"; logformat `squid`): `epoch.ms elapsed client code/status bytes METHOD
 * url user hierarchy/peer type`.
 */
import { CACHE, type Hit, METHOD, methodOf } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { afterPrefix } from '../line-prefix.js';
import { find, isDigit, isNothing, numberAt, skipSpaces, wordEnd } from '../scan.js';

const [POINT, SLASH, DASH, RETURN, COLON] = [0x2e, 0x2f, 0x2d, 0x0d, 0x3a];

class SquidFormat implements LogFormat {
  readonly id = 'squid';
  readonly #clock = new Clock();

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    const from =
      isDigit(bytes[start] as number) && bytes[start + 4] !== DASH ? start : afterPrefix(bytes, start, to);
    if (from + 30 > to || bytes[from + 10] !== POINT) return LINE.foreign;
    const timeEnd = wordEnd(bytes, from, to);
    const elapsed = skipSpaces(bytes, timeEnd, to);
    const elapsedEnd = wordEnd(bytes, elapsed, to);
    const isNegative = bytes[elapsed] === DASH;
    const taken = numberAt(bytes, isNegative ? elapsed + 1 : elapsed, elapsedEnd);
    if (taken === -1) return LINE.foreign;
    const client = skipSpaces(bytes, elapsedEnd, to);
    const clientEnd = wordEnd(bytes, client, to);
    const code = skipSpaces(bytes, clientEnd, to);
    const codeEnd = wordEnd(bytes, code, to);
    let slash = code;
    while (slash < codeEnd && bytes[slash] !== SLASH) slash += 1;
    const status = codeEnd - slash === 4 ? numberAt(bytes, slash + 1, codeEnd) : -1;
    if (status === -1) return LINE.foreign;
    const size = skipSpaces(bytes, codeEnd, to);
    const sizeEnd = wordEnd(bytes, size, to);
    const method = skipSpaces(bytes, sizeEnd, to);
    const methodEnd = wordEnd(bytes, method, to);
    const target = skipSpaces(bytes, methodEnd, to);
    if (target >= to || !this.#clock.readEpoch(bytes, from, timeEnd)) return LINE.foreign;
    const targetEnd = wordEnd(bytes, target, to);

    hit.reset(bytes);
    hit.seconds = this.#clock.seconds;
    hit.milliseconds = this.#clock.milliseconds;
    hit.durationMs = isNegative ? -1 : taken;
    if (!isNothing(bytes, client, clientEnd)) hit.setClient(client, clientEnd);
    hit.status = status;
    hit.cache = cacheOf(bytes, code, slash);
    hit.bytesOut = numberAt(bytes, size, sizeEnd);
    // `NONE` is Squid's own word for a request that was none.
    const isNone = find(bytes, method, methodEnd, 'NONE') === method;
    hit.method = isNone ? METHOD.none : methodOf(bytes, method, methodEnd);
    if (hit.method === METHOD.none) {
      hit.malformed = true;
    } else {
      hit.methodStart = method;
      hit.methodEnd = methodEnd;
    }
    if (hit.method === METHOD.connect) {
      hit.setHost(target, targetEnd);
    } else {
      // `error:invalid-request`
      if (find(bytes, target, Math.min(targetEnd, target + 6), 'error:') === target) hit.malformed = true;
      hit.setTarget(target, targetEnd);
    }
    this.#rest(bytes, targetEnd, to, hit);
    return LINE.hit;
  }

  /** User, hierarchy and peer, type; the line may be cut behind the target. */
  #rest(bytes: Buffer, start: number, to: number, hit: Hit): void {
    const user = skipSpaces(bytes, start, to);
    const userEnd = wordEnd(bytes, user, to);
    if (!isNothing(bytes, user, userEnd)) {
      hit.userStart = user;
      hit.userEnd = userEnd;
    }
    const type = skipSpaces(bytes, wordEnd(bytes, skipSpaces(bytes, userEnd, to), to), to);
    const typeEnd = wordEnd(bytes, type, to);
    // With `log_mime_hdrs` what follows is no type.
    if (!isNothing(bytes, type, typeEnd) && bytes[type] !== COLON) {
      hit.typeStart = type;
      hit.typeEnd = typeEnd;
    }
  }
}

/** Squid as a proxy before a site, or of an office. */
export const squid: LogFormatKind = { id: 'squid', open: () => new SquidFormat() };

/** `TCP_HIT`, `TCP_MEM_HIT`, `TCP_REFRESH_UNMODIFIED` and the like came from the cache; `TCP_MISS` did not. */
function cacheOf(bytes: Buffer, start: number, end: number): number {
  if (end - start > 64) return CACHE.unknown;
  if (find(bytes, start, end, 'HIT') !== -1 || find(bytes, start, end, 'UNMODIFIED') !== -1) return CACHE.hit;
  if (find(bytes, start, end, 'MISS') !== -1 || find(bytes, start, end, 'MODIFIED') !== -1) return CACHE.miss;
  return find(bytes, start, end, 'TUNNEL') !== -1 ? CACHE.uncacheable : CACHE.unknown;
}
