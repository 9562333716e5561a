/** First lines of messages of HTTP/1 (RFC 9112 3, 4). */

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** `HTTP/1.1`; `HTTP/0.9` for a line without one (RFC 1945 4.1). */
  readonly version: string;
}

export interface StatusLine {
  readonly version: string;
  readonly status: number;
  readonly reason: string | null;
}

/** Methods of RFC 9110, WebDAV (RFC 4918) and their like: known before the end of the line is seen. */
const METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'REPORT',
  'SEARCH',
  'NOTIFY',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
]);
const MAX_METHOD = 24;
const MAX_TARGET = 32_768;
const [LF, CR, SPACE, SLASH, POINT] = [10, 13, 32, 47, 46];
const [H, T, P] = [72, 84, 80];

/** Whether data from a client begins a request. */
export function looksLikeHttpRequest(bytes: Buffer, start: number, end: number): boolean {
  const at = afterEmptyLines(bytes, start, end);
  let space = at;
  while (space < end && space - at <= MAX_METHOD && isMethodByte(bytes[space] as number)) space += 1;
  if (space === at || space + 1 >= end || bytes[space] !== SPACE) return false;
  if ((bytes[space + 1] as number) <= SPACE) return false;
  const stop = Math.min(end, at + MAX_TARGET);
  let lineEnd = space;
  while (lineEnd < stop && bytes[lineEnd] !== LF) lineEnd += 1;
  const isKnown = METHODS.has(bytes.toString('latin1', at, space));
  if (lineEnd === stop) return isKnown && isText(bytes, space, stop);
  const line = parseRequestLine(bytes.toString('latin1', at, lineEnd));
  return line !== null && (isKnown || line.version !== 'HTTP/0.9');
}

/** Whether data from a server begins an answer. */
export function looksLikeHttpResponse(bytes: Buffer, start: number, end: number): boolean {
  const at = afterEmptyLines(bytes, start, end);
  return (
    at + 12 <= end &&
    isVersionStart(bytes, at) &&
    bytes[at + 8] === SPACE &&
    isDigit(bytes[at + 9] as number) &&
    isDigit(bytes[at + 10] as number) &&
    isDigit(bytes[at + 11] as number)
  );
}

/** Null: no request line of HTTP/1. The line may still end with CR. */
export function parseRequestLine(text: string): RequestLine | null {
  const line = withoutReturn(text);
  const first = line.indexOf(' ');
  if (first < 1 || first > MAX_METHOD) return null;
  for (let index = 0; index < first; index += 1) if (!isMethodByte(line.charCodeAt(index))) return null;
  const method = line.slice(0, first);
  const last = line.lastIndexOf(' ');
  if (last === first) {
    // HTTP/0.9 knows nothing but this.
    const target = line.slice(first + 1);
    return method === 'GET' && target.startsWith('/') ? { method, target, version: 'HTTP/0.9' } : null;
  }
  const version = line.slice(last + 1);
  const target = line.slice(first + 1, last);
  return isVersion(version) && target !== '' && target.length <= MAX_TARGET
    ? { method, target, version }
    : null;
}

/** Null: no status line of HTTP/1. The line may still end with CR. */
export function parseStatusLine(text: string): StatusLine | null {
  const line = withoutReturn(text);
  const version = line.slice(0, 8);
  if (!isVersion(version) || line[8] !== ' ') return null;
  const status = Number(line.slice(9, 12));
  if (!Number.isInteger(status) || status < 100 || status > 999) return null;
  if (line.length > 12 && line[12] !== ' ') return null;
  const reason = line.slice(13);
  return { version, status, reason: reason === '' ? null : reason };
}

/** `HTTP/1.0`, `HTTP/1.1`, or another digit after the point. */
function isVersion(text: string): boolean {
  return text.length === 8 && text.startsWith('HTTP/1.') && isDigit(text.charCodeAt(7));
}

function isVersionStart(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === H &&
    bytes[at + 1] === T &&
    bytes[at + 2] === T &&
    bytes[at + 3] === P &&
    bytes[at + 4] === SLASH &&
    bytes[at + 5] === 49 &&
    bytes[at + 6] === POINT &&
    isDigit(bytes[at + 7] as number)
  );
}

/** Empty lines before a message are passed over (RFC 9112 2.2). */
function afterEmptyLines(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < 4 && (bytes[at] === CR || bytes[at] === LF)) at += 1;
  return at;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function isText(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < SPACE && byte !== CR && byte !== 9) return false;
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Of the characters of a token (RFC 9110 5.6.2) those that methods have. */
function isMethodByte(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || byte === 45 || byte === 95;
}
