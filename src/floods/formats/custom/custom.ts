/**
 * Logs in a form that their owner describes: nginx `log_format`, Apache `LogFormat`, GoAccess `--log-format` (with
 * `--date-format` and `--time-format`) and the names of GoAccess' own formats.
 */
import type { LogFormatKind } from '../../hits/log-format.js';
import { LOG_FORMATS } from '../formats.js';
import { apacheTemplate } from './apache-template.js';
import { goaccessTemplate } from './goaccess-template.js';
import { LogFormatError } from './log-format-error.js';
import { nginxTemplate } from './nginx-template.js';
import type { Parsed, PlacedText } from './template.js';
import { compileTemplate } from './template-format.js';

/** A description is a line or two of configuration. */
const MAX_CHARACTERS = 16_384;
const DATE_FORMAT = '%d/%b/%Y';
const TIME_FORMAT = '%H:%M:%S';

/** Names people know, and the formats that read such logs. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  combined: ['clf'],
  vcombined: ['clf'],
  common: ['clf'],
  vcommon: ['clf'],
  vhost_combined: ['clf'],
  combinedio: ['clf'],
  traefikclf: ['clf'],
  w3c: ['w3c'],
  squid: ['squid'],
  cloudfront: ['cloudfront', 'aws-cloudfront'],
  awselb: ['aws-elb', 'elb'],
  awsalb: ['aws-alb', 'alb'],
  awss3: ['aws-s3', 's3'],
  caddy: ['caddy', 'json'],
};
/** Google Cloud Storage usage logs: the documented columns of the CSV, times in microseconds. */
const CLOUD_STORAGE = '"%x","%h",%^,%^,"%m","%U","%s",%^,"%b","%D",%^,"%R","%u"';

/**
 * Makes a format of a description. What is wrong with one is said, not guessed around.
 *
 * @example
 * const format = compileLogFormat('$remote_addr [$time_iso8601] "$request" $status');
 * if (!(format instanceof LogFormatError)) readHits(file, consumer, { formats: [format, ...LOG_FORMATS] });
 */
export function compileLogFormat(text: string): LogFormatKind | LogFormatError {
  if (text.length > MAX_CHARACTERS) return new LogFormatError('too-long', MAX_CHARACTERS, '');
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  if (trimmed === '') return new LogFormatError('empty', 0, '');
  if (/^[\w-]+$/.test(trimmed)) return named(trimmed, start);
  const parsed = parse(text, trimmed, start);
  return parsed instanceof LogFormatError ? parsed : compileTemplate(parsed);
}

function named(name: string, at: number): LogFormatKind | LogFormatError {
  const key = name.toLowerCase();
  if (key === 'cloudstorage') {
    const parsed = goaccessTemplate({
      logFormat: placed(CLOUD_STORAGE, 0),
      dateFormat: '%f',
      timeFormat: '%f',
    });
    return parsed instanceof LogFormatError ? parsed : compileTemplate(parsed);
  }
  const ids = Object.hasOwn(NAMES, key) ? (NAMES[key] as readonly string[]) : [key];
  return LOG_FORMATS.find((kind) => ids.includes(kind.id)) ?? new LogFormatError('unknown-name', at, name);
}

function parse(text: string, trimmed: string, start: number): Parsed {
  if (/^log_format\s/.test(trimmed)) return nginxDirective(text, start);
  if (/^LogFormat\s/i.test(trimmed)) {
    const from = start + (/^LogFormat\s+/i.exec(trimmed)?.[0].length ?? 0);
    const body = text[from] === '"' ? quoted(text, from) : placed(text.slice(from), from);
    return body instanceof LogFormatError ? body : apacheTemplate(body);
  }
  const settings = goaccessSettings(text);
  if (settings !== null) return settings instanceof LogFormatError ? settings : goaccessTemplate(settings);
  const body = bare(text, trimmed, start);
  if (body instanceof LogFormatError) return body;
  if (/\$[{a-z_]/.test(body.text))
    return nginxTemplate(body, looksLikeJson(body.text) ? 'json' : 'backslash');
  if (isGoaccess(body.text)) {
    return goaccessTemplate({ logFormat: body, dateFormat: DATE_FORMAT, timeFormat: TIME_FORMAT });
  }
  return apacheTemplate(body);
}

/** Fields that GoAccess has and Apache has not, or means otherwise. */
function isGoaccess(text: string): boolean {
  return /%[\^~dxReKMn]|~h/.test(text.replaceAll(/%[<>!,\d]*\{[^}]*\}\^?\w/g, ''));
}

function looksLikeJson(text: string): boolean {
  return /^\s*\{\s*"/.test(text);
}

/** `log_format name [escape=default|json|none] 'text' 'more text';` */
function nginxDirective(text: string, start: number): Parsed {
  const head = /^log_format\s+[^\s'"]+\s*/.exec(text.slice(start))?.[0] ?? '';
  let at = start + head.length;
  let escaping: 'json' | 'backslash' | 'none' = 'backslash';
  const mode = /^escape=(\w+)\s*/.exec(text.slice(at));
  if (mode !== null) {
    if (mode[1] === 'json') escaping = 'json';
    else if (mode[1] === 'none') escaping = 'none';
    else if (mode[1] !== 'default') return new LogFormatError('unknown-field', at, mode[0].trim());
    at += mode[0].length;
  }
  const body = strings(text, at);
  return body instanceof LogFormatError ? body : nginxTemplate(body, escaping);
}

/** Quoted strings one after the other, joined; a bare word counts as one. Ends at `;`. */
function strings(text: string, start: number): PlacedText | LogFormatError {
  let joined = '';
  const places: number[] = [];
  let at = start;
  while (at < text.length) {
    const char = text[at] as string;
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === ';') {
      break;
    } else if (char === "'" || char === '"') {
      const string = quoted(text, at);
      if (string instanceof LogFormatError) return string;
      joined += string.text;
      for (const place of string.places) places.push(place);
      at = string.end;
    } else {
      joined += char;
      places.push(at);
      at += 1;
    }
  }
  if (joined === '') return new LogFormatError('empty', start, '');
  return { text: joined, places };
}

/** One quoted string with its escapes taken off. */
function quoted(text: string, start: number): (PlacedText & { readonly end: number }) | LogFormatError {
  const quote = text[start];
  let plain = '';
  const places: number[] = [];
  for (let at = start + 1; at < text.length; at += 1) {
    let char = text[at] as string;
    if (char === quote) return { text: plain, places, end: at + 1 };
    places.push(at);
    if (char === '\\' && at + 1 < text.length) {
      at += 1;
      char = unescaped(text[at] as string);
    }
    plain += char;
  }
  return new LogFormatError('unclosed', start, text.slice(start, start + 20));
}

function unescaped(char: string): string {
  return char === 't' ? '\t' : char === 'n' ? '\n' : char === 'r' ? '\r' : char;
}

/** A description without a directive: perhaps quoted, perhaps with the escapes of the file it was copied from. */
function bare(text: string, trimmed: string, start: number): PlacedText | LogFormatError {
  if (trimmed.startsWith("'")) return strings(text, start);
  if (trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.includes('\\"')) return quoted(text, start);
  let plain = '';
  const places: number[] = [];
  for (let at = 0; at < trimmed.length; at += 1) {
    let char = trimmed[at] as string;
    places.push(start + at);
    if (char === '\\' && at + 1 < trimmed.length) {
      at += 1;
      char = unescaped(trimmed[at] as string);
    }
    plain += char;
  }
  return { text: plain, places };
}

/** `--log-format='…' --date-format=… --time-format=…` of a command line, or `log-format …` in lines of goaccess.conf. */
function goaccessSettings(text: string): ReturnType<typeof settingsOf> | null {
  return /(?:^|\s)(?:--)?log-format[\s=]/.test(text) ? settingsOf(text) : null;
}

function settingsOf(
  text: string,
): { logFormat: PlacedText; dateFormat: string; timeFormat: string } | LogFormatError {
  const logFormat = setting(text, 'log-format');
  const dateFormat = setting(text, 'date-format');
  const timeFormat = setting(text, 'time-format');
  if (logFormat instanceof LogFormatError) return logFormat;
  if (dateFormat instanceof LogFormatError) return dateFormat;
  if (timeFormat instanceof LogFormatError) return timeFormat;
  if (logFormat === null || logFormat.text === '') return new LogFormatError('empty', 0, '');
  return {
    logFormat,
    dateFormat: dateFormat?.text ?? DATE_FORMAT,
    timeFormat: timeFormat?.text ?? TIME_FORMAT,
  };
}

/** The value of one setting, quoted or up to the end of its line or the next option. */
function setting(text: string, name: string): PlacedText | LogFormatError | null {
  const match = new RegExp(`(?:^|\\s)(?:--)?${name}[ \\t=]+`).exec(text);
  if (match === null) return null;
  const from = match.index + match[0].length;
  if (text[from] === "'" || (text[from] === '"' && match[0].includes('='))) return quoted(text, from);
  const rest = text.slice(from);
  const end = /\r?\n|\s--\w|$/.exec(rest)?.index ?? rest.length;
  return placed(rest.slice(0, end).trimEnd().replaceAll('\\t', '\t'), from);
}

function placed(text: string, start: number): PlacedText {
  return { text, places: Array.from(text, (_, index) => start + index) };
}
