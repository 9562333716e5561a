/**
 * Fields that people add behind combined. Their names are not in the log, so each is taken only when its shape leaves no
 * doubt; the rest is passed over.
 */
import { type AddressWords, readAddress } from '../../hits/client-address.js';
import { CACHE, type Hit } from '../../hits/hit.js';
import { cacheOf, decimalOf, is, isDigit, isHostName, isNothing } from '../scan.js';

const [SPACE, DASH, POINT, COMMA, COLON, UNDERSCORE] = [0x20, 0x2d, 0x2e, 0x2c, 0x3a, 0x5f];
/** A list of addresses longer than this is made up by the client. Its end, written by the nearest proxy, is looked at. */
const MAX_ADDRESS_BYTES = 48;

const probe: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };

/** One field without a name. */
export function readExtra(bytes: Buffer, start: number, end: number, isQuoted: boolean, hit: Hit): void {
  if (isNothing(bytes, start, end)) return;
  const first = bytes[start] as number;
  if (isDigit(first) && hit.durationMs === -1) {
    const duration = durationOf(bytes, start, end);
    if (duration !== -1) {
      hit.durationMs = duration;
      return;
    }
  }
  if (isQuoted && hit.forwardedStart === -1 && isForwarded(bytes, start, end)) {
    hit.forwardedStart = start;
    hit.forwardedEnd = end;
    return;
  }
  if (hit.cache === CACHE.unknown) {
    hit.cache = cacheOf(bytes, start, end);
    if (hit.cache !== CACHE.unknown) return;
  }
  if (hit.tlsStart === -1 && isCipher(bytes, start, end)) {
    hit.tlsStart = start;
    hit.tlsEnd = end;
    return;
  }
  if (hit.hostStart === -1 && isHostName(bytes, start, end)) hit.setHost(start, end);
}

/** One field as `name=value`, in the names that the examples of nginx and its users have. */
export function readNamedExtra(
  bytes: Buffer,
  nameStart: number,
  nameEnd: number,
  start: number,
  end: number,
  hit: Hit,
): void {
  if (isNothing(bytes, start, end)) return;
  if (is(bytes, nameStart, nameEnd, 'rt') || is(bytes, nameStart, nameEnd, 'request_time')) {
    const seconds = decimalOf(bytes, start, end);
    if (seconds !== -1) hit.durationMs = seconds * 1000;
  } else if (is(bytes, nameStart, nameEnd, 'host') || is(bytes, nameStart, nameEnd, 'vhost')) {
    if (isHostName(bytes, start, end)) hit.setHost(start, end);
  } else if (
    is(bytes, nameStart, nameEnd, 'xff') ||
    is(bytes, nameStart, nameEnd, 'x_forwarded_for') ||
    is(bytes, nameStart, nameEnd, 'forwarded_for')
  ) {
    hit.forwardedStart = start;
    hit.forwardedEnd = end;
  } else if (is(bytes, nameStart, nameEnd, 'cs') || is(bytes, nameStart, nameEnd, 'cache')) {
    hit.cache = cacheOf(bytes, start, end);
  } else if (is(bytes, nameStart, nameEnd, 'us') || is(bytes, nameStart, nameEnd, 'upstream_status')) {
    const status = decimalOf(bytes, start, end);
    if (status >= 100 && status <= 599) hit.upstreamStatus = Math.trunc(status);
  }
}

/** nginx `$request_time` has three decimals of a second; Traefik writes `12ms`. An integer may be anything. */
function durationOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 18) return -1;
  if (end - start > 2 && bytes[end - 1] === 0x73 && bytes[end - 2] === 0x6d)
    return decimalOf(bytes, start, end - 2);
  if (end - start < 5 || bytes[end - 4] !== POINT) return -1;
  const seconds = decimalOf(bytes, start, end);
  return seconds === -1 ? -1 : seconds * 1000;
}

/**
 * A list of X-Forwarded-For. Its last item is an address without a port (with one it is the server behind); what stands
 * before it the client may have made up.
 */
function isForwarded(bytes: Uint8Array, start: number, end: number): boolean {
  let from = end;
  while (
    from > start &&
    from > end - MAX_ADDRESS_BYTES &&
    bytes[from - 1] !== COMMA &&
    bytes[from - 1] !== SPACE
  ) {
    const byte = bytes[from - 1] as number;
    if (!isHex(byte) && byte !== POINT && byte !== COLON) return false;
    from -= 1;
  }
  if (from > start && bytes[from - 1] !== COMMA && !(bytes[from - 1] === SPACE && bytes[from - 2] === COMMA))
    return false;
  if (from >= end) return false;
  readAddress(bytes, from, end, probe);
  if (probe.ipVersion !== 4) return probe.ipVersion === 6;
  // IPv4 with a colon has a port, or is IPv4 mapped into IPv6.
  let colons = 0;
  for (let at = from; at < end; at += 1) if (bytes[at] === COLON) colons += 1;
  return colons !== 1;
}

/** Names of IANA (`TLS_…`) and of OpenSSL (`ECDHE-RSA-…`). */
function isCipher(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 10 || end - start > 64) return false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (!(byte >= 0x41 && byte <= 0x5a) && !isDigit(byte) && byte !== UNDERSCORE && byte !== DASH)
      return false;
  }
  return is(bytes, start, start + 4, 'tls_') || is(bytes, start, start + 6, 'ecdhe-');
}

function isHex(byte: number): boolean {
  const small = byte | 0x20;
  return isDigit(byte) || (small >= 0x61 && small <= 0x66);
}
