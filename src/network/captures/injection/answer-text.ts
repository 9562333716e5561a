/** What the beginning of a payload says, as far as it is an answer of HTTP/1. Line ends may be bare LF: boxes send them. */
import { hostOf } from '../../../records/links.js';

const MAX_LINES = 64;

/** True for text that begins as an answer of HTTP/1 does (RFC 9112 4). */
export function looksLikeAnswer(excerpt: string): boolean {
  return excerpt.startsWith('HTTP/1.');
}

/** The three digits of an answer (RFC 9112 4). */
export function statusIn(excerpt: string): string {
  return excerpt.slice(9, 12);
}

/** Where an answer sends whoever asked; null when it is no redirect. */
export function locationIn(excerpt: string): string | null {
  if (!looksLikeAnswer(excerpt) || excerpt.charAt(9) !== '3') return null;
  for (const line of excerpt.split('\n', MAX_LINES)) {
    if (line === '' || line === '\r') return null;
    if (line.slice(0, 9).toLowerCase() === 'location:') return line.slice(9).trim() || null;
  }
  return null;
}

/** Host of a request as records state it: `GET http://host/a`. */
export function hostInRequest(request: string | null): string | null {
  if (request === null) return null;
  const space = request.indexOf(' ');
  return space === -1 ? null : hostOf(request.slice(space + 1));
}

/** True for bytes that a person could read: at least one, all of them printable ASCII or white space. */
export function isPlainText(bytes: string): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes.charCodeAt(at);
    const isSpace = code === 0x09 || code === 0x0a || code === 0x0d;
    if (!isSpace && (code < 0x20 || code > 0x7e)) return false;
  }
  return bytes.length > 0;
}

/** True for bytes that are all zero, as keep-alives have them. */
export function isAllZero(bytes: string): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (bytes.charCodeAt(at) !== 0) return false;
  return bytes.length > 0;
}
