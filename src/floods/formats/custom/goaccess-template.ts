/** GoAccess `--log-format`, with the forms of date and time it is given apart (goaccess(1), CUSTOM LOG/DATE FORMAT). */
import { dateSteps } from './date-steps.js';
import { LogFormatError } from './log-format-error.js';
import { type FieldKind, type Parsed, Parts, type PlacedText } from './template.js';

const LETTERS: Readonly<Record<string, FieldKind>> = {
  '^': 'skip',
  '~': 'blanks',
  h: 'client',
  r: 'request',
  m: 'method',
  U: 'path',
  q: 'query',
  H: 'protocol',
  s: 'status',
  b: 'bytes',
  R: 'referer',
  u: 'agent',
  v: 'host',
  e: 'user',
  T: 'seconds',
  D: 'microseconds',
  L: 'milliseconds',
  n: 'nanoseconds',
  C: 'cache',
  K: 'skip',
  k: 'tls',
  M: 'type',
};
const COMMON_DATE = '%d/%b/%Y';
const COMMON_TIMES: readonly string[] = ['%H:%M:%S', '%T'];

/** The three settings; the text of the first knows its places in the description. */
export interface GoaccessSettings {
  readonly logFormat: PlacedText;
  readonly dateFormat: string;
  readonly timeFormat: string;
}

export function goaccessTemplate({ logFormat, dateFormat, timeFormat }: GoaccessSettings): Parsed {
  const { text, places } = logFormat;
  if (/^\s*\{/.test(text)) return new LogFormatError('json-template', places[0] ?? 0, text.slice(0, 20));
  const parts = new Parts();
  const isCommon = dateFormat === COMMON_DATE && COMMON_TIMES.includes(timeFormat);
  for (let at = 0; at < text.length; at += 1) {
    const place = places[at] ?? at;
    // A list of addresses: `~h{," }`.
    if (text.startsWith('~h', at)) {
      const close = text[at + 2] === '{' ? text.indexOf('}', at) : at + 1;
      if (close === -1) return new LogFormatError('unclosed', place, text.slice(at, at + 10));
      parts.field('forwarded', place, text.slice(at, close + 1));
      at = close;
      continue;
    }
    const char = text[at] as string;
    if (char !== '%') {
      parts.literal(char);
      continue;
    }
    // Date, time and zone of CLF are one field: GoAccess passes over the zone, and is off by it.
    if (isCommon && text.startsWith('%d:%t %^', at)) {
      parts.field('clf-time', place, '%d:%t %^');
      at += 7;
      continue;
    }
    const letter = text[at + 1] ?? '';
    const part = text.slice(at, at + 2);
    at += 1;
    if (letter === '%') {
      parts.literal('%');
    } else if (letter === 'd' || letter === 't' || letter === 'x') {
      // `%x` is read by the first form that was given; one form for both is usual.
      const form =
        letter === 't' ? timeFormat : letter === 'd' ? dateFormat : wholeForm(dateFormat, timeFormat);
      const steps = dateSteps(form);
      if (typeof steps === 'number')
        return new LogFormatError('bad-date-format', place, form.slice(steps, steps + 2));
      parts.field('date-steps', place, part, steps);
      // What GoAccess passes over here is the zone, if it looks like one.
      if (letter !== 'd' && text.startsWith(' %^', at + 1)) {
        parts.literal(' ');
        parts.field('zone', places[at + 2] ?? at + 2, '%^');
        at += 3;
      }
    } else if (Object.hasOwn(LETTERS, letter)) {
      parts.field(LETTERS[letter] as FieldKind, place, part);
    } else {
      return new LogFormatError('unknown-field', place, part);
    }
  }
  return { parts: parts.list, escaping: 'backslash' };
}

function wholeForm(dateFormat: string, timeFormat: string): string {
  if (dateFormat === COMMON_DATE && timeFormat.length > 0 && !COMMON_TIMES.includes(timeFormat))
    return timeFormat;
  return dateFormat;
}
