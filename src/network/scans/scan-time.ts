/** Times as scanners write them, in the stored form. Called once per row, so the usual writing goes a short way. */
import { fromUnixMicroseconds, fromUnixSeconds } from '../../core/time.js';
import { asNumber, asObject, type JsonValue, own } from '../../formats/json-values.js';
import { parseLocalDate, recordTime } from '../../formats/local-time.js';

const [DASH, COLON, POINT, BLANK, LETTER_T] = [45, 58, 46, 32, 84];
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DIGITS_OF_MICROSECONDS = 6;
/** Unix times above this are milliseconds: as seconds it is the year 5138. */
const LAST_SECONDS = 100_000_000_000;

/**
 * A time to the stored form, or null. Scanners keep UTC: a time without zone is taken as such.
 *
 * @example
 * scanTime('2018-11-13T10:00:00-05:00'); // '2018-11-13T15:00:00.000000Z'
 */
export function scanTime(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return timeOfText(value);
  if (typeof value === 'number') return timeOfNumber(value);
  // MongoDB's export: {"$date": …}.
  const date = asObject(value);
  const inner = date && own(date, '$date');
  return typeof inner === 'string' || typeof inner === 'number' ? scanTime(inner) : null;
}

function timeOfNumber(value: number): string | null {
  return fromUnixSeconds(Math.abs(value) > LAST_SECONDS ? value / 1000 : value);
}

// Rows of a scan follow each other within a second: most times are that of the row before.
let lastText = '';
let lastTime: string | null = null;

function timeOfText(text: string): string | null {
  if (text === lastText) return lastTime;
  if (text.length < 5 || text.length > 60) return null;
  const time = readTime(text);
  lastText = text;
  lastTime = time;
  return time;
}

function readTime(text: string): string | null {
  const stored = storedTime(text);
  if (stored !== null) return stored;
  const number = asNumber(text);
  if (number !== null) return timeOfNumber(number);
  const written = parseLocalDate(text.replace(/ UTC$/, 'Z'));
  return written ? recordTime(written, 'year-first', {}).at : null;
}

/** ISO 8601 with a time of day; null when the text is written otherwise or names no moment of a calendar. */
function storedTime(text: string): string | null {
  if (
    text.length < 19 ||
    text.charCodeAt(4) !== DASH ||
    text.charCodeAt(7) !== DASH ||
    text.charCodeAt(13) !== COLON ||
    text.charCodeAt(16) !== COLON
  )
    return null;
  const between = text.charCodeAt(10);
  if (between !== LETTER_T && between !== BLANK) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (!(year >= 1970 && year < 2200 && month >= 1 && month <= 12 && day >= 1)) return null;
  if (!(day <= (DAYS_OF_MONTHS[month - 1] ?? 0) && hour < 24 && minute < 60 && second < 60)) return null;
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) return null;
  let end = 19;
  if (text.charCodeAt(end) === POINT) {
    end += 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
  }
  const zone = text.slice(end);
  const fraction = text
    .slice(20, Math.min(end, 20 + DIGITS_OF_MICROSECONDS))
    .padEnd(DIGITS_OF_MICROSECONDS, '0');
  if (
    zone === '' ||
    zone === 'Z' ||
    zone === '+00:00' ||
    zone === '+0000' ||
    zone === ' UTC' ||
    zone === ' +0000 UTC'
  )
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
  const offset = /^ ?([+-])(\d\d):?(\d\d)(?: [A-Z]{3,5})?$/.exec(zone);
  if (!offset) return null;
  const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1);
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute - minutes, second);
  return fromUnixMicroseconds(milliseconds * 1000 + Number(fraction));
}

/** NaN when one of them is no digit. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return Number.NaN;
    number = number * 10 + code - 48;
  }
  return number;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
