/** Headers of a message of HTTP/1 (RFC 9112 5), and what they say about the body that follows (6). */

export type Header = [name: string, value: string];

/** Kept of one message (as the record says). */
const MAX_HEADERS = 64;
const MAX_VALUE = 4096;
const MAX_NAME = 256;
/** Above this the texts that are kept are copied: cut out of a text they would keep all of it in memory. */
const MAX_SHARED = 2_048;
/** Content-Length beyond this is no number any more. */
const MAX_LENGTH = Number.MAX_SAFE_INTEGER;

/** First line and headers of a message. Texts are Latin-1. */
export interface MessageHead {
  readonly firstLine: string;
  readonly headers: Header[];
  /** As announced; null when not, or when it is no number. Of several different ones the first. */
  readonly contentLength: number | null;
  readonly isChunked: boolean;
  /** A transfer coding that is not known here ends with the connection. */
  readonly hasOtherCoding: boolean;
}

/** Reads first line and headers out of the text of a head. */
export function parseHead(text: string): MessageHead {
  const firstEnd = text.indexOf('\n');
  const firstLine = withoutReturn(firstEnd === -1 ? text : text.slice(0, firstEnd));
  const own = text.length > MAX_SHARED ? copied : (part: string) => part;
  const headers: Header[] = [];
  let contentLength: number | null = null;
  let coding = '';
  let name = '';
  let value = '';
  const close = () => {
    if (name === '' && value === '') return;
    const lower = name.length > MAX_NAME ? '' : name.toLowerCase();
    if (lower === 'content-length') contentLength ??= lengthOf(value);
    else if (lower === 'transfer-encoding' && coding.length < MAX_VALUE) coding += `,${value.toLowerCase()}`;
    if (headers.length < MAX_HEADERS)
      headers.push([own(name.slice(0, MAX_NAME)), own(value.slice(0, MAX_VALUE))]);
    name = '';
    value = '';
  };
  for (let at = firstEnd + 1; firstEnd !== -1 && at < text.length; ) {
    const lineEnd = text.indexOf('\n', at);
    const stop = lineEnd === -1 ? text.length : lineEnd;
    const line = withoutReturn(text.slice(at, stop));
    at = stop + 1;
    if (line === '') continue;
    if (line[0] === ' ' || line[0] === '\t') {
      // A line that goes on with the one before (obs-fold, RFC 9112 5.2).
      if (value.length < MAX_VALUE) value = `${value} ${line.trim()}`;
      continue;
    }
    close();
    const colon = line.indexOf(':');
    name = colon === -1 ? line : line.slice(0, colon).trimEnd();
    value = colon === -1 ? '' : line.slice(colon + 1).trim();
  }
  close();
  // Chunked counts when it is the last (RFC 9112 6.1).
  const last = coding.slice(coding.lastIndexOf(',') + 1).trim();
  return {
    firstLine: own(firstLine),
    headers,
    contentLength,
    isChunked: last === 'chunked',
    hasOtherCoding: coding !== '' && last !== 'chunked' && last !== 'identity',
  };
}

/** First value of a header; its name in lower case. Null when it is not there. */
export function headerValue(headers: readonly Header[], name: string): string | null {
  for (const [given, value] of headers)
    if (given.length === name.length && given.toLowerCase() === name) return value;
  return null;
}

/** Lists of the same number repeat it (RFC 9110 8.6). */
function lengthOf(value: string): number | null {
  const comma = value.indexOf(',');
  const text = comma === -1 ? value : value.slice(0, comma).trim();
  if (text === '' || text.length > 16) return null;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return null;
  }
  const length = Number(text);
  return length <= MAX_LENGTH ? length : null;
}

function copied(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
