/** One request as an access log tells it, whatever the log. */
import { readAddress } from './client-address.js';

/** Methods with a number of their own; all others are {@link METHOD.other}. */
export const METHOD = {
  none: 0,
  get: 1,
  head: 2,
  post: 3,
  put: 4,
  delete: 5,
  options: 6,
  patch: 7,
  connect: 8,
  propfind: 9,
  trace: 10,
  other: 11,
} as const;

/** What a cache in front of the site said of a request. */
export const CACHE = { unknown: 0, hit: 1, miss: 2, uncacheable: 3 } as const;

/** Lines of error and ban logs that are told apart. */
export const EVENT = {
  /** A request, not an event. */
  none: 0,
  /** nginx `limiting requests` or `delaying request`. */
  requestsLimited: 1,
  /** nginx `limiting connections`. */
  connectionsLimited: 2,
  /** nginx `client timed out`, Apache `AH01382`/`request body read timeout`: the client did not finish what it began. */
  clientTimedOut: 3,
  /** nginx `worker_connections are not enough`, Apache `MaxRequestWorkers` (`AH00484`): no room for more visitors. */
  exhausted: 4,
  /** The server behind did not answer or refused. */
  upstreamFailed: 5,
  /** A guard in front (Banjax, a web application firewall) challenged or limited the client. */
  challenged: 6,
  /** A guard in front blocked the client. */
  blocked: 7,
  /** Any other line of such a log. */
  other: 8,
} as const;

/** An HTTP request line holds at least a method, and ends in the protocol. */
const SPACE = 32;

/**
 * One request (or one line of an error log), filled again for each line: consumers copy what they keep.
 *
 * Text fields are places in `bytes`, as written in the log but for escapes of JSON; a field that the log lacks, or says
 * is empty (`-`), has the start -1.
 */
export class Hit {
  /** What the places of the text fields point into. Valid until the next line. */
  bytes: Buffer = Buffer.alloc(0);
  /** Unix time in whole seconds, UTC; -1 when the line has none. */
  seconds = -1;
  /** 0 to 999, where the log is that fine. */
  milliseconds = 0;
  /** Offset of the clock the log is written in, minutes east of UTC. */
  zoneMinutes = 0;

  /** 4, 6, or 0 when the client is no address (a host name, nothing). IPv4 mapped into IPv6 is 4. */
  ipVersion: 0 | 4 | 6 = 0;
  /** Unsigned 32-bit words, most significant first. IPv4: only the first. */
  ip0 = 0;
  ip1 = 0;
  ip2 = 0;
  ip3 = 0;
  clientStart = -1;
  clientEnd = -1;
  /** Value of X-Forwarded-For or the like, where the log has it beside the client. */
  forwardedStart = -1;
  forwardedEnd = -1;
  hostStart = -1;
  hostEnd = -1;
  userStart = -1;
  userEnd = -1;

  /** One of {@link METHOD}. */
  method: number = METHOD.none;
  methodStart = -1;
  methodEnd = -1;
  /** Path and query as written. */
  targetStart = -1;
  targetEnd = -1;
  /** Where the query begins, after the `?`; -1 without one. It ends where the target ends. */
  queryStart = -1;
  /** 9, 10, 11, 20, 30; 0 when there is none, or it is not known. */
  protocol = 0;
  /** The request field holds no HTTP request: TLS bytes, other protocols, nothing. */
  malformed = false;

  /** 0 when unknown. */
  status = 0;
  /** -1 when unknown. */
  bytesOut = -1;
  /** Milliseconds, with fractions; -1 when unknown. */
  durationMs = -1;
  refererStart = -1;
  refererEnd = -1;
  agentStart = -1;
  agentEnd = -1;
  /** One of {@link CACHE}. */
  cache: number = CACHE.unknown;
  /** 0 when unknown. */
  upstreamStatus = 0;
  /** Content type of the answer. */
  typeStart = -1;
  typeEnd = -1;
  /** JA4 or JA3 of the client where logged, else its cipher. */
  tlsStart = -1;
  tlsEnd = -1;
  /** Number of the client's network where the log says it; 0 unknown. */
  asn = 0;
  /** Two letters of the client's country where the log says it, as `first << 8 | second`; 0 unknown. */
  country = 0;

  /** One of {@link EVENT}: not a request, if it is not `none`. */
  event: number = EVENT.none;

  /** Byte at which the line begins in the (unpacked) file, and its length without its end. */
  lineStart = 0;
  lineLength = 0;

  /** Forgets the last line. `bytes` is what the places will point into. */
  reset(bytes: Buffer): void {
    this.bytes = bytes;
    this.seconds = -1;
    this.milliseconds = 0;
    this.zoneMinutes = 0;
    this.ipVersion = 0;
    this.ip0 = 0;
    this.ip1 = 0;
    this.ip2 = 0;
    this.ip3 = 0;
    this.clientStart = -1;
    this.clientEnd = -1;
    this.forwardedStart = -1;
    this.forwardedEnd = -1;
    this.hostStart = -1;
    this.hostEnd = -1;
    this.userStart = -1;
    this.userEnd = -1;
    this.method = METHOD.none;
    this.methodStart = -1;
    this.methodEnd = -1;
    this.targetStart = -1;
    this.targetEnd = -1;
    this.queryStart = -1;
    this.protocol = 0;
    this.malformed = false;
    this.status = 0;
    this.bytesOut = -1;
    this.durationMs = -1;
    this.refererStart = -1;
    this.refererEnd = -1;
    this.agentStart = -1;
    this.agentEnd = -1;
    this.cache = CACHE.unknown;
    this.upstreamStatus = 0;
    this.typeStart = -1;
    this.typeEnd = -1;
    this.tlsStart = -1;
    this.tlsEnd = -1;
    this.asn = 0;
    this.country = 0;
    this.event = EVENT.none;
  }

  /** Takes the client from text: an address in any notation (brackets, a port behind it), or a host name. */
  setClient(start: number, end: number): void {
    this.clientStart = start;
    this.clientEnd = end;
    readAddress(this.bytes, start, end, this);
  }

  /** Takes method, target and protocol from a request line. What is no HTTP request is kept as target and marked. */
  setRequest(start: number, end: number): void {
    const { bytes } = this;
    let firstSpace = start;
    while (firstSpace < end && bytes[firstSpace] !== SPACE) firstSpace += 1;
    const method = methodOf(bytes, start, firstSpace);
    if (method === METHOD.none || firstSpace === end) {
      this.malformed = true;
      if (end > start && !(end === start + 1 && bytes[start] === 0x2d)) this.setTarget(start, end);
      return;
    }
    this.method = method;
    this.methodStart = start;
    this.methodEnd = firstSpace;
    let lastSpace = end - 1;
    while (lastSpace > firstSpace && bytes[lastSpace] !== SPACE) lastSpace -= 1;
    const protocol = lastSpace > firstSpace ? protocolOf(bytes, lastSpace + 1, end) : 0;
    this.protocol = protocol;
    const targetEnd = protocol === 0 ? end : lastSpace;
    // Without a protocol it is HTTP/0.9 at best; today it is a scanner or a broken client.
    if (protocol === 0) this.malformed = true;
    this.setTarget(firstSpace + 1, targetEnd);
  }

  /** Takes path and query. Of an absolute address (proxies, load balancers), the host, and path and query. */
  setTarget(start: number, end: number): void {
    const { bytes } = this;
    let from = start;
    if (from < end && bytes[from] !== 0x2f) {
      const hostStart = afterScheme(bytes, from, end);
      if (hostStart !== -1) {
        let hostEnd = hostStart;
        while (hostEnd < end && bytes[hostEnd] !== 0x2f && bytes[hostEnd] !== 0x3f) hostEnd += 1;
        if (this.hostStart === -1) this.setHost(hostStart, hostEnd);
        from = hostEnd;
      }
    }
    this.targetStart = from;
    this.targetEnd = end;
    // Not indexOf: it would look on to the end of the chunk.
    let query = from;
    while (query < end && bytes[query] !== 0x3f) query += 1;
    this.queryStart = query < end ? query + 1 : -1;
  }

  /** Takes the site asked for, without its port. */
  setHost(start: number, end: number): void {
    let last = end;
    const { bytes } = this;
    let at = end - 1;
    while (at > start && isDigit(bytes[at] as number)) at -= 1;
    if (at > start && at < end - 1 && bytes[at] === 0x3a) last = at;
    this.hostStart = start;
    this.hostEnd = last;
  }

  /** Where the path ends: before the query. */
  get pathEnd(): number {
    return this.queryStart === -1 ? this.targetEnd : this.queryStart - 1;
  }

  /** A text field, for what people see: never in the loop over all lines. */
  text(start: number, end: number): string {
    return start === -1 ? '' : this.bytes.toString('utf8', start, end);
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** One of {@link METHOD}; `none` when it is no token of capital letters (RFC 9110, 9.1). */
export function methodOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length < 3 || length > 20) return METHOD.none;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if ((byte < 0x41 || byte > 0x5a) && byte !== 0x2d && byte !== 0x5f) return METHOD.none;
  }
  const first = bytes[start] as number;
  const second = bytes[start + 1] as number;
  if (length === 3) {
    if (first === 0x47) return METHOD.get;
    return first === 0x50 && second === 0x55 ? METHOD.put : METHOD.other;
  }
  if (length === 4) {
    if (first === 0x50 && second === 0x4f) return METHOD.post;
    return first === 0x48 ? METHOD.head : METHOD.other;
  }
  if (length === 5) {
    if (first === 0x50) return METHOD.patch;
    return first === 0x54 ? METHOD.trace : METHOD.other;
  }
  if (length === 6 && first === 0x44) return METHOD.delete;
  if (length === 7) return first === 0x4f ? METHOD.options : first === 0x43 ? METHOD.connect : METHOD.other;
  return length === 8 && first === 0x50 ? METHOD.propfind : METHOD.other;
}

/** 9, 10, 11, 20, 30 for `HTTP/1.1` and the like; 0 for anything else. */
export function protocolOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length < 6 || length > 8) return 0;
  if (
    bytes[start] !== 0x48 ||
    bytes[start + 1] !== 0x54 ||
    bytes[start + 2] !== 0x54 ||
    bytes[start + 3] !== 0x50 ||
    bytes[start + 4] !== 0x2f
  )
    return 0;
  const major = (bytes[start + 5] as number) - 0x30;
  const minor = length === 8 ? (bytes[start + 7] as number) - 0x30 : 0;
  if (major === 0 && minor === 9) return 9;
  if (major === 1) return minor === 0 ? 10 : minor === 1 ? 11 : 0;
  return (major === 2 || major === 3) && minor === 0 ? major * 10 : 0;
}

/** Where the host begins in `http://host` or `https://host`, else -1. */
function afterScheme(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end && at < start + 8; at += 1) {
    if (bytes[at] === 0x3a)
      return at > start && bytes[at + 1] === 0x2f && bytes[at + 2] === 0x2f && at + 3 <= end ? at + 3 : -1;
  }
  return -1;
}
