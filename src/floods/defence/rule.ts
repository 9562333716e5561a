/**
 * Rules as all targets mean them: conditions that must all hold of a request, and what is done with it. What a target
 * cannot say exactly is not given to it, so that trying a rule on a log is trying the file that is written from it.
 */
import type { Hit } from '../hits/hit.js';
import type { Network } from './networks.js';

/**
 * A condition on a request. Texts compare with capitals and bytes as they are.
 *
 * Texts come from the log and are hostile: they hold printable ASCII without `\` only ({@link isPlain}); a text with
 * anything else is not made a condition. Each output escapes what its language gives a meaning to.
 */
export type Condition =
  | { readonly on: 'agent'; readonly how: 'is' | 'starts' | 'contains'; readonly text: string }
  | { readonly on: 'agent'; readonly how: 'none' }
  | { readonly on: 'method'; readonly method: string }
  | { readonly on: 'protocol'; readonly protocol: 9 | 10 | 11 | 20 | 30 }
  /** Path template: a segment `#` stands for digits, `*` for any segment that is not empty. */
  | { readonly on: 'path'; readonly template: string }
  /** Template of a query without its `?`: values `#` digits, `*` anything; or only that `name=` is there. */
  | { readonly on: 'query'; readonly how: 'is'; readonly template: string }
  | { readonly on: 'query'; readonly how: 'has'; readonly name: string }
  | { readonly on: 'no-referer' }
  | { readonly on: 'site'; readonly host: string }
  | { readonly on: 'client'; readonly networks: readonly Network[] };

export type Action =
  | { readonly do: 'block' }
  /** Let through only whoever keeps a cookie, solves a task, or is otherwise more than a simple program. */
  | { readonly do: 'challenge' }
  /** So many requests a minute for each client, and so many at once beyond. */
  | { readonly do: 'limit'; readonly perMinute: number; readonly burst: number }
  /** A client that did it so many times within so many seconds is kept out for a time, with all it asks for. */
  | {
      readonly do: 'ban';
      readonly times: number;
      readonly withinSeconds: number;
      readonly forSeconds: number;
    };

/** Addresses that many people share (Tor exits, carriers' NAT) get this many times the limit of one client. */
export const SHARED_FACTOR = 20;

export interface Rule {
  /** `agent-1`, `endpoint-2`, `sources`: letters, digits and `-`. */
  readonly id: string;
  /** Rung of the ladder: 1 signature, 2 limit or challenge, 3 addresses, 4 networks of hosting companies. */
  readonly rung: 1 | 2 | 3 | 4;
  readonly when: readonly Condition[];
  readonly action: Action;
}

/** Printable ASCII without `\`, and not endless: means the same in a log line and in the request. */
export function isPlain(text: string): boolean {
  return text.length > 0 && text.length <= 400 && /^[\x20-\x5b\x5d-\x7e]+$/.test(text);
}

/** The longest piece of a log's text that stands in the request as it stands in the log; "" when there is none. */
export function plainPiece(text: string): string {
  let best = '';
  // What a log writes for a byte it does not write itself: `\x22`, `\"`, `\u0022`.
  for (const piece of text.split(/\\x[0-9a-fA-F]{0,2}|\\u[0-9a-fA-F]{0,4}|\\.?|[^\x20-\x7e]+/s)) {
    const trimmed = piece.trim();
    if (trimmed.length > best.length) best = trimmed;
  }
  return best.slice(0, 400);
}

/** Hosts as rules may name them. */
export function isHost(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(text);
}

/** Methods as rules may name them (RFC 9110, 9.1: tokens; only those of capital letters are used). */
export function isMethod(text: string): boolean {
  return /^[A-Z]{3,20}$/.test(text);
}

/** Where a regular expression is written decides nothing: only characters that no such language gives a meaning are bare. */
const BARE = /[A-Za-z0-9_/ :,=@!~&-]/;
/** These are escaped with `\`, as every language of regular expressions has it. */
const ESCAPED = /[.+?*()[\]^|]/;

/**
 * A text as part of a regular expression that means it literally, in PCRE, RE2, Go, Python and JavaScript alike. Quotes,
 * `$`, braces, `;`, `#`, `%`, angle brackets and backticks become `\xHH`: so the languages around it see none of them.
 */
export function literalPattern(text: string): string {
  let pattern = '';
  for (const character of text) {
    if (BARE.test(character)) pattern += character;
    else if (ESCAPED.test(character)) pattern += `\\${character}`;
    else {
      const code = character.charCodeAt(0);
      if (code < 0x20 || code > 0x7e) throw new RangeError('only printable ASCII goes into a rule');
      pattern += `\\x${code.toString(16).padStart(2, '0')}`;
    }
  }
  return pattern;
}

/** Part of a path or query template as a pattern. `stops` ends a `*`. */
function partPattern(part: string, stops: string): string {
  if (part === '#') return '[0-9]+';
  return part === '*' ? `[^${stops}]+` : literalPattern(part);
}

/** A path template as a pattern of the whole path, without anchors. */
export function pathPattern(template: string): string {
  return template
    .split('/')
    .map((segment) => partPattern(segment, '/?'))
    .join('/');
}

/** A query template as a pattern of the whole query, without anchors. */
export function queryPattern(template: string): string {
  return template
    .split('&')
    .map((parameter) => {
      const equals = parameter.indexOf('=');
      if (equals === -1) return partPattern(parameter, '&;=');
      const value = parameter.slice(equals + 1);
      return `${partPattern(parameter.slice(0, equals), '&;=')}=${value === '' ? '' : partPattern(value, '&;')}`;
    })
    .join('[&;]');
}

/** Pattern of path and query together, as `$request_uri` has them, with anchors. Null when neither is asked. */
export function targetPattern(conditions: readonly Condition[]): string | null {
  const path = conditions.find((condition) => condition.on === 'path');
  const queries = conditions.filter((condition) => condition.on === 'query');
  if (!path && queries.length === 0) return null;
  const shape = queries.find((condition) => condition.how === 'is');
  const names = queries.flatMap((condition) => (condition.how === 'has' ? [condition.name] : []));
  const front = path ? pathPattern(path.template) : '[^?]*';
  if (shape) return `^${front}\\?${queryPattern(shape.template)}$`;
  if (names.length === 0) return `^${front}(\\?|$)`;
  return `^${front}\\?${names.map(hasNamePattern).join('')}`;
}

/** Anywhere in the query, first or after an `&`. */
function hasNamePattern(name: string): string {
  return `(.*&)?${literalPattern(name)}=`;
}

/** Pattern of a user agent, or null when it says nothing of one, or that there must be none. */
export function agentPattern(condition: Condition): string | null {
  if (condition.on !== 'agent' || condition.how === 'none') return null;
  const text = literalPattern(condition.text);
  if (condition.how === 'is') return `^${text}$`;
  return condition.how === 'starts' ? `^${text}` : text;
}

/** What a rule looks at, other than addresses, as a function over hits. */
export type RequestTest = (hit: Hit) => boolean;

/** A condition on the request as a function over hits: bytes, no text made. Conditions on clients are not answered here. */
export function compileCondition(condition: Exclude<Condition, { on: 'client' }>): RequestTest {
  switch (condition.on) {
    case 'agent': {
      if (condition.how === 'none') return (hit) => hit.agentStart === -1;
      const needle = Buffer.from(condition.text, 'latin1');
      if (condition.how === 'is') {
        return (hit) =>
          hit.agentEnd - hit.agentStart === needle.length &&
          hit.agentStart !== -1 &&
          standsAt(hit.bytes, hit.agentStart, needle);
      }
      if (condition.how === 'starts') {
        return (hit) =>
          hit.agentStart !== -1 &&
          hit.agentEnd - hit.agentStart >= needle.length &&
          standsAt(hit.bytes, hit.agentStart, needle);
      }
      return (hit) => hit.agentStart !== -1 && holds(hit.bytes, hit.agentStart, hit.agentEnd, needle);
    }
    case 'method': {
      const needle = Buffer.from(condition.method, 'latin1');
      return (hit) =>
        hit.methodStart !== -1 &&
        hit.methodEnd - hit.methodStart === needle.length &&
        standsAt(hit.bytes, hit.methodStart, needle);
    }
    case 'protocol': {
      const { protocol } = condition;
      return (hit) => hit.protocol === protocol;
    }
    case 'path': {
      const segments = condition.template.split('/');
      return (hit) => hit.targetStart !== -1 && pathFits(hit.bytes, hit.targetStart, hit.pathEnd, segments);
    }
    case 'query': {
      if (condition.how === 'has') {
        const name = Buffer.from(condition.name, 'latin1');
        return (hit) => hit.queryStart !== -1 && hasName(hit.bytes, hit.queryStart, hit.targetEnd, name);
      }
      const parameters = condition.template.split('&').map((text) => {
        const equals = text.indexOf('=');
        const name = equals === -1 ? text : text.slice(0, equals);
        return {
          name: partOf(name),
          value: equals === -1 ? null : partOf(text.slice(equals + 1)),
        };
      });
      return (hit) =>
        hit.queryStart !== -1 && queryFits(hit.bytes, hit.queryStart, hit.targetEnd, parameters);
    }
    case 'no-referer':
      return (hit) => hit.refererStart === -1 || hit.refererStart === hit.refererEnd;
    case 'site': {
      const host = Buffer.from(condition.host, 'latin1');
      return (hit) =>
        hit.hostStart !== -1 &&
        hit.hostEnd - hit.hostStart === host.length &&
        standsAtLower(hit.bytes, hit.hostStart, host);
    }
  }
}

function standsAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let index = 0; index < needle.length; index += 1) {
    if (bytes[at + index] !== needle[index]) return false;
  }
  return true;
}

/** Whether a host stands there, whatever its capitals. */
function standsAtLower(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let index = 0; index < needle.length; index += 1) {
    let byte = bytes[at + index] as number;
    if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
    if (byte !== needle[index]) return false;
  }
  return true;
}

function holds(bytes: Uint8Array, start: number, end: number, needle: Uint8Array): boolean {
  const first = needle[0] as number;
  const last = end - needle.length;
  for (let at = start; at <= last; at += 1) {
    if (bytes[at] === first && standsAt(bytes, at, needle)) return true;
  }
  return false;
}

/** Text of a template, or one of the two that stand for many. */
type Part = Uint8Array | 'digits' | 'any';

function partOf(text: string): Part {
  if (text === '#') return 'digits';
  return text === '*' ? 'any' : Buffer.from(text, 'latin1');
}

function fits(bytes: Uint8Array, start: number, end: number, part: Part): boolean {
  if (part === 'any') return end > start;
  if (part === 'digits') {
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte < 0x30 || byte > 0x39) return false;
    }
    return end > start;
  }
  return end - start === part.length && standsAt(bytes, start, part);
}

function pathFits(bytes: Uint8Array, start: number, end: number, segments: readonly string[]): boolean {
  let at = start;
  for (let index = 0; index < segments.length; index += 1) {
    let stop = at;
    while (stop < end && bytes[stop] !== 0x2f) stop += 1;
    const segment = segments[index] as string;
    if (segment === '#') {
      if (!fits(bytes, at, stop, 'digits')) return false;
    } else if (segment === '*') {
      if (stop === at) return false;
    } else {
      if (stop - at !== segment.length) return false;
      for (let place = 0; place < segment.length; place += 1) {
        if (bytes[at + place] !== segment.charCodeAt(place)) return false;
      }
    }
    const isLast = index === segments.length - 1;
    if (isLast) return stop === end;
    if (stop === end) return false;
    at = stop + 1;
  }
  return false;
}

function queryFits(
  bytes: Uint8Array,
  start: number,
  end: number,
  parameters: readonly { readonly name: Part; readonly value: Part | null }[],
): boolean {
  let at = start;
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index] as { readonly name: Part; readonly value: Part | null };
    let stop = at;
    let equals = -1;
    while (stop < end && bytes[stop] !== 0x26 && bytes[stop] !== 0x3b) {
      if (bytes[stop] === 0x3d && equals === -1) equals = stop;
      stop += 1;
    }
    if ((equals === -1) !== (parameter.value === null)) return false;
    if (!fits(bytes, at, equals === -1 ? stop : equals, parameter.name)) return false;
    if (parameter.value !== null && !fits(bytes, equals + 1, stop, parameter.value)) return false;
    if (index === parameters.length - 1) return stop === end;
    if (stop === end) return false;
    at = stop + 1;
  }
  return false;
}

/** Whether `name=` stands first or after an `&`. */
function hasName(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  let at = start;
  for (;;) {
    const stop = at + name.length;
    if (stop < end && bytes[stop] === 0x3d && standsAt(bytes, at, name)) return true;
    while (at < end && bytes[at] !== 0x26) at += 1;
    if (at >= end) return false;
    at += 1;
  }
}

/** The same conditions on the request, whatever order they were written in. */
export function conditionKey(condition: Exclude<Condition, { on: 'client' }>): string {
  return JSON.stringify(condition);
}
