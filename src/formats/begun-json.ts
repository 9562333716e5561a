/** The beginning of a JSON document as the value it begins to be: a probe sees four kilobytes, and a row may be longer. */
import type { JsonValue } from './json-values.js';

/** A head has at most as many levels as characters; no tool nests deeper than this. */
const MAX_DEPTH = 200;
const BLANKS_BEFORE = /[^\s\ufeff]/;

/**
 * The first object or list of a text whose end may be missing. What is open is closed, and what cannot be told is
 * dropped: a key without value, a number that may go on. A text that is cut stays, as far as it came. Null for what
 * begins no object or list.
 *
 * @example
 * begunJson('{"ip":"192.0.2.1","data":"SFRU'); // { ip: '192.0.2.1', data: 'SFRU' }
 */
export function begunJson(text: string): JsonValue | null {
  const start = text.search(BLANKS_BEFORE);
  if (text[start] !== '{' && text[start] !== '[') return null;
  // Where the text may be cut, and what closes what is open there.
  let cut = start;
  let closing = '';
  let open = '';
  let depth = 0;
  let isKey = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      if (end === -1) {
        if (isKey) break;
        return parsed(`${withoutHalfEscape(text.slice(start))}"${open}`);
      }
      at = end;
      if (!isKey) [cut, closing] = [end + 1, open];
    } else if (character === '{' || character === '[') {
      if (depth >= MAX_DEPTH) break;
      depth += 1;
      isKey = character === '{';
      open = (isKey ? '}' : ']') + open;
      [cut, closing] = [at + 1, open];
    } else if (character === '}' || character === ']') {
      if (open[0] !== character) return null;
      depth -= 1;
      isKey = false;
      open = open.slice(1);
      [cut, closing] = [at + 1, open];
      if (depth === 0) break;
    } else if (character === ',') {
      isKey = open[0] === '}';
      [cut, closing] = [at, open];
    } else if (character === ':') {
      isKey = false;
    }
  }
  return parsed(text.slice(start, cut) + closing);
}

function parsed(text: string): JsonValue | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Index of the closing quotation mark; -1 when the text ends before it. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index;
  }
  return -1;
}

function withoutHalfEscape(text: string): string {
  const half = /\\(?:u[\da-f]{0,3})?$/i.exec(text);
  if (!half) return text;
  // An even number of backslashes before it: it is one itself.
  const before = /\\*$/.exec(text.slice(0, half.index))?.[0].length ?? 0;
  return before % 2 === 0 ? text.slice(0, half.index) : text;
}
