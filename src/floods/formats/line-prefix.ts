import { monthAt, timeOfDay } from './clock.js';

/**
 * What syslog, journald and container runtimes put before the line of a server.
 *
 * RFC 3164, 4.1 (`Sep 15 16:13:46 host nginx[2869]: `), RFC 5424, 6 (`<134>1 2021-09-15T16:13:46Z host nginx 2869 - - `),
 * the high-precision format of rsyslog and `journalctl -o short-iso` (a time of RFC 3339, host, tag), the log format of
 * Kubernetes' container runtime interface (time, `stdout` or `stderr`, `F` or `P`).
 */

const [SPACE, QUOTE, COLON, DASH, LESS, GREATER, OPEN, CLOSE, BACKSLASH] = [
  0x20, 0x22, 0x3a, 0x2d, 0x3c, 0x3e, 0x5b, 0x5d, 0x5c,
];
/** A host and a tag: RFC 5424 allows 255 and 48 characters. */
const MAX_TAG_BYTES = 320;

/** Where the line of the server begins. The start itself when nothing stands before it. */
export function afterPrefix(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  // A file that was cut to nothing while a server went on writing at its old place begins with zero bytes.
  while (at < end && ((bytes[at] as number) === 0 || (bytes[at] as number) === SPACE)) at += 1;
  if (at + 3 <= end && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  if (at + 20 > end) return at;
  const first = bytes[at] as number;
  if (first === LESS) {
    const after = afterPriority(bytes, at, end);
    if (after === -1) return at;
    at = after;
    if (at + 4 < end && bytes[at] === 0x31 && bytes[at + 1] === SPACE)
      return afterStructured(bytes, at + 2, end, at);
  }
  if (at + 20 > end) return at;
  if (bytes[at + 3] === SPACE && bytes[at + 15] === SPACE && monthAt(bytes, at) !== 0) {
    return timeOfDay(bytes, at + 7) === -1 ? at : afterTag(bytes, at + 16, end, 1);
  }
  if (bytes[at + 4] === DASH && bytes[at + 7] === DASH && bytes[at + 10] === 0x54) {
    return timeOfDay(bytes, at + 11) === -1 ? at : afterIsoTime(bytes, at + 19, end);
  }
  return at;
}

/** `<` one to three digits `>`. */
function afterPriority(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  while (at < end && at < start + 4 && isDigit(bytes[at] as number)) at += 1;
  return at > start + 1 && bytes[at] === GREATER ? at + 1 : -1;
}

/** TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA, then the message, perhaps with a mark of UTF-8. */
function afterStructured(bytes: Uint8Array, start: number, end: number, otherwise: number): number {
  let at = start;
  for (let field = 0; field < 5; field += 1) {
    at = afterToken(bytes, at, end);
    if (at >= end) return otherwise;
  }
  if (bytes[at] === DASH) {
    at += 1;
  } else {
    while (at < end && bytes[at] === OPEN) {
      at = afterElement(bytes, at, end);
      if (at === -1) return otherwise;
    }
  }
  if (at >= end || bytes[at] !== SPACE) return otherwise;
  at += 1;
  return at + 3 <= end && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf
    ? at + 3
    : at;
}

/** `[id name="value"]`, in which values escape `"`, `\` and `]` with a backslash. */
function afterElement(bytes: Uint8Array, start: number, end: number): number {
  let isQuoted = false;
  for (let at = start + 1; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (isQuoted && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === CLOSE && !isQuoted) return at + 1;
  }
  return -1;
}

function afterIsoTime(bytes: Uint8Array, start: number, end: number): number {
  const at = afterToken(bytes, start, end);
  if (isStream(bytes, at, end)) {
    const flag = afterToken(bytes, at, end);
    return flag + 2 <= end && bytes[flag + 1] === SPACE ? flag + 2 : flag;
  }
  return afterTag(bytes, at, end, 0);
}

/** Whether `stdout ` or `stderr ` stands here. */
function isStream(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + 7 <= end &&
    bytes[at] === 0x73 &&
    bytes[at + 1] === 0x74 &&
    bytes[at + 2] === 0x64 &&
    (bytes[at + 3] === 0x6f || bytes[at + 3] === 0x65) &&
    bytes[at + 6] === SPACE
  );
}

/** Behind `tag: ` or `host tag[pid]: `; without a tag, behind so many words. */
function afterTag(bytes: Uint8Array, start: number, end: number, words: number): number {
  const stop = Math.min(end - 1, start + MAX_TAG_BYTES);
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) break;
    if (byte === COLON && bytes[at + 1] === SPACE) return at + 2;
  }
  return words === 0 ? start : afterToken(bytes, start, end);
}

/** Behind the word here and the space after it. */
function afterToken(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SPACE) at += 1;
  return at < end ? at + 1 : end;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
