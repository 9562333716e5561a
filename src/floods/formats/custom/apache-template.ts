/** Apache `LogFormat`: mod_log_config, mod_logio, mod_ssl; varnishncsa writes the same language. */
import { dateSteps } from './date-steps.js';
import { LogFormatError } from './log-format-error.js';
import { type FieldKind, type Parsed, Parts, type PlacedText } from './template.js';

const LETTERS: Readonly<Record<string, FieldKind>> = {
  h: 'client',
  a: 'client',
  u: 'user',
  r: 'request',
  s: 'status',
  b: 'bytes',
  B: 'bytes',
  O: 'bytes',
  m: 'method',
  U: 'path',
  q: 'query',
  H: 'protocol',
  v: 'host',
  V: 'host',
  T: 'seconds',
  D: 'microseconds',
};
/** Of the module, and of no use here. */
const SKIPPED = new Set('AefIklLpPRSXinoCx'.split(''));
const TIME_UNITS: Readonly<Record<string, FieldKind>> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
};
const REQUEST_HEADERS: Readonly<Record<string, FieldKind>> = {
  referer: 'referer',
  'user-agent': 'agent',
  'x-forwarded-for': 'forwarded',
  'x-real-ip': 'forwarded',
  'cf-connecting-ip': 'forwarded',
  'true-client-ip': 'forwarded',
  'cf-ipcountry': 'country',
  host: 'host',
};
const VARIABLES: Readonly<Record<string, FieldKind>> = {
  ssl_cipher: 'tls',
  geoip_country_code: 'country',
  mm_country_code: 'country',
  'varnish:hitmiss': 'cache',
  'varnish:handling': 'cache',
};
/** `%{begin:…}t` and `%{end:…}t` say of which moment. */
const MOMENT = /^(?:begin|end):?/;

/** `%letter`, `%{argument}letter`, with `>`, `<` and conditions on the status (`%!200,304{…}i`) between. */
export function apacheTemplate({ text, places }: PlacedText): Parsed {
  const parts = new Parts();
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char !== '%') {
      parts.literal(char);
      continue;
    }
    const place = places[at] ?? at;
    let next = at + 1;
    if (text[next] === '%') {
      parts.literal('%');
      at = next;
      continue;
    }
    while (next < text.length && /[!<>,\d]/.test(text[next] as string)) next += 1;
    let argument = '';
    if (text[next] === '{') {
      const close = text.indexOf('}', next);
      if (close === -1) return new LogFormatError('unclosed', place, text.slice(at, at + 20));
      argument = text.slice(next + 1, close);
      next = close + 1;
    }
    let letter = text[next] ?? '';
    if (letter === '^') {
      // `%^FB`, `%{…}^ti`, `%{…}^to`: first byte and trailers.
      next += 2;
      letter = 'skip';
    }
    const part = text.slice(at, next + 1);
    const problem = addField(parts, letter, argument, place, part);
    if (problem !== null) return problem;
    at = next;
  }
  return { parts: parts.list, escaping: 'backslash' };
}

function addField(
  parts: Parts,
  letter: string,
  argument: string,
  place: number,
  part: string,
): LogFormatError | null {
  if (letter === 't') return addTime(parts, argument, place, part);
  const named = argument.toLowerCase();
  let kind: FieldKind | undefined = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined;
  if (letter === 'T' && argument !== '')
    kind = Object.hasOwn(TIME_UNITS, named) ? TIME_UNITS[named] : undefined;
  // The peer, while `%a` and `%h` are the client that mod_remoteip found.
  else if (letter === 'a' && argument === 'c') kind = 'skip';
  else if (letter === 'i' && Object.hasOwn(REQUEST_HEADERS, named)) kind = REQUEST_HEADERS[named];
  else if (letter === 'o' && named === 'content-type') kind = 'type';
  else if ((letter === 'x' || letter === 'e') && Object.hasOwn(VARIABLES, named)) kind = VARIABLES[named];
  else if (letter === 'skip' || SKIPPED.has(letter)) kind = 'skip';
  if (kind === undefined) return new LogFormatError('unknown-field', place, part);
  parts.field(kind, place, part);
  return null;
}

function addTime(parts: Parts, argument: string, place: number, part: string): LogFormatError | null {
  const form = argument.replace(MOMENT, '');
  if (form === '') {
    parts.literal('[');
    parts.field('clf-time', place, part);
    parts.literal(']');
  } else if (form === 'sec' || form === 'msec' || form === 'usec') {
    parts.field('epoch-time', place, part);
  } else if (form === 'msec_frac' || form === 'usec_frac') {
    parts.field('skip', place, part);
  } else {
    const steps = dateSteps(form);
    if (typeof steps === 'number') return new LogFormatError('bad-date-format', place, part);
    parts.field('date-steps', place, part, steps);
  }
  return null;
}
