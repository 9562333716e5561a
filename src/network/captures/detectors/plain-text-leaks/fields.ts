import type { Http } from '../../../../records/kinds/http.js';

/** A value that a request says in the clear, and what it calls it. */
export interface Field {
  /** Name of the parameter, in lower case, letters and digits only. */
  readonly name: string;
  readonly value: string;
}

/** Kept of one request: records hold 4,096 characters of a target and 2,048 of a body. */
const MAX_FIELDS = 300;
const MAX_NAME = 64;
const MAX_VALUE = 512;
const MAX_TEXT = 8_192;

/** Parameters in the address and in the beginning of the body of a request, in whichever of four ways they are written. */
export function fieldsOf({ target, requestBodyStart }: Http): readonly Field[] {
  const fields: Field[] = [];
  if (target !== null) {
    const query = target.indexOf('?');
    if (query !== -1) addPairs(fields, target.slice(query + 1, query + 1 + MAX_TEXT));
  }
  if (requestBodyStart !== null && requestBodyStart !== '')
    addBody(fields, requestBodyStart.slice(0, MAX_TEXT));
  return fields;
}

function addBody(fields: Field[], body: string): void {
  const start = body.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) addJson(fields, body);
  else if (start.startsWith('--')) addParts(fields, body);
  else if (start.includes('=')) addPairs(fields, body);
}

/** `a=1&b=2`, as in addresses and forms (WHATWG URL, application/x-www-form-urlencoded). */
function addPairs(fields: Field[], text: string): void {
  for (let start = 0; start < text.length && fields.length < MAX_FIELDS; ) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    const equals = text.indexOf('=', start);
    if (equals !== -1 && equals < end) {
      add(
        fields,
        decoded(text.slice(start, equals)),
        decoded(text.slice(equals + 1, Math.min(end, equals + 1 + MAX_VALUE))),
      );
    }
    start = end + 1;
  }
}

/** Names and values of JSON that may be cut: texts in quotes, a colon, then a text or a number. Nesting is not looked at. */
function addJson(fields: Field[], text: string): void {
  let name: string | null = null;
  for (let at = 0; at < text.length && fields.length < MAX_FIELDS; ) {
    const letter = text[at];
    if (letter === '"') {
      const end = endOfText(text, at + 1);
      const content = text.slice(at + 1, Math.min(end, at + 1 + MAX_VALUE));
      at = end + 1;
      const next = skipSpaces(text, at);
      if (text[next] === ':') {
        name = content;
        at = next + 1;
      } else if (name !== null) {
        add(fields, name, content);
        name = null;
      }
    } else if (name !== null && letter !== undefined && NUMBER_START.includes(letter)) {
      let end = at + 1;
      while (end < text.length && NUMBER_LETTERS.includes(text[end] as string)) end += 1;
      add(fields, name, text.slice(at, end));
      name = null;
      at = end;
    } else {
      if (letter === ',') name = null;
      at += 1;
    }
  }
}

const NUMBER_START = '-0123456789';
const NUMBER_LETTERS = '0123456789.eE+-';

/** Parts of a form (RFC 7578): `name="a"`, a blank line, the value. */
function addParts(fields: Field[], text: string): void {
  const mark = 'name="';
  for (let at = text.indexOf(mark); at !== -1 && fields.length < MAX_FIELDS; at = text.indexOf(mark, at)) {
    const nameEnd = text.indexOf('"', at + mark.length);
    if (nameEnd === -1) return;
    const blank = text.indexOf('\r\n\r\n', nameEnd);
    if (blank === -1) return;
    let end = text.indexOf('\r\n--', blank + 4);
    if (end === -1) end = text.length;
    add(
      fields,
      text.slice(at + mark.length, nameEnd),
      text.slice(blank + 4, Math.min(end, blank + 4 + MAX_VALUE)),
    );
    at = end;
  }
}

function add(fields: Field[], name: string, value: string): void {
  if (value !== '') fields.push({ name: plain(name), value: value.trim() });
}

/** `device_id`, `deviceId`, `device[id]` in one form. */
function plain(name: string): string {
  return name
    .slice(0, MAX_NAME)
    .toLowerCase()
    .replaceAll(/[^a-zñ0-9]/g, '');
}

function endOfText(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

function skipSpaces(text: string, start: number): number {
  let at = start;
  while (
    at < text.length &&
    (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 10 || text.charCodeAt(at) === 13)
  )
    at += 1;
  return at;
}

/** Percent-encoding undone, byte by byte; what is broken stays as it is. */
export function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replaceAll(/%[0-9a-f]{2}/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    );
  }
}
