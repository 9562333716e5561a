/** A described log at work: the description becomes a list of steps that walk over the bytes of a line. */
import { type Hit, METHOD, methodOf, protocolOf } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { decodeJsonString } from '../json-string.js';
import { afterPrefix } from '../line-prefix.js';
import { noteZone } from '../log-zone.js';
import { cacheOf, decimalOf, isNothing, isSpace, numberAt, threeDigits } from '../scan.js';
import { DatePieces, type DateStep } from './date-steps.js';
import { LogFormatError } from './log-format-error.js';
import type { FieldKind, Template, TemplateField, TemplatePart } from './template.js';

const [QUOTE, COMMA, COLON, BACKSLASH, RETURN, QUESTION] = [0x22, 0x2c, 0x3a, 0x5c, 0x0d, 0x3f];
const NO_BYTES = Buffer.alloc(0);
const NO_STEPS: readonly DateStep[] = [];

/** A field, and the fixed text that ends it. */
interface Step {
  readonly kind: FieldKind;
  /** Empty for the last field of a line. */
  readonly after: Buffer;
  /** Whether `after` is passed over, or belongs to the next field. */
  readonly isConsumed: boolean;
  readonly steps: readonly DateStep[];
  /** A quote opens it, and one ends it. */
  readonly isQuoted: boolean;
  readonly isLast: boolean;
  /** Fields that find their own end. */
  readonly isTime: boolean;
}

/** Checks a template, and makes a format of it. */
export function compileTemplate(template: Template): LogFormatKind | LogFormatError {
  const parts = joined(template.parts);
  const fields = parts.filter((part): part is TemplateField => typeof part !== 'string');
  if (fields.length === 0) return new LogFormatError('empty', 0, '');
  if (!fields.some(({ kind }) => isTime(kind))) return new LogFormatError('time-missing', 0, '');
  const hasClient = fields.some(({ kind }) => kind === 'client');
  if (!hasClient && !fields.some(({ kind }) => kind === 'forwarded')) {
    return new LogFormatError('client-missing', 0, '');
  }
  const steps: Step[] = [];
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') continue;
    const next = parts[index + 1];
    let after = NO_BYTES;
    let isConsumed = true;
    if (typeof next === 'string') {
      after = Buffer.from(next);
    } else if (next !== undefined && !isTime(part.kind) && part.kind !== 'blanks') {
      // `$host$request_uri`: a target begins with a slash.
      if (next.kind !== 'target' && next.kind !== 'path') {
        return new LogFormatError('fields-touch', part.at, part.part + next.part);
      }
      after = Buffer.from('/');
      isConsumed = false;
    }
    steps.push({
      kind: part.kind,
      after,
      isConsumed,
      steps: part.steps ?? NO_STEPS,
      isQuoted: isQuoted(parts[index - 1], after),
      isLast: index >= parts.length - 2 && isConsumed,
      isTime: isTime(part.kind),
    });
  }
  const first = typeof parts[0] === 'string' ? Buffer.from(parts[0]) : NO_BYTES;
  return {
    id: 'custom',
    open: () => new TemplateFormat(first, steps, template.escaping, hasClient),
  };
}

function isQuoted(before: TemplatePart | undefined, after: Buffer): boolean {
  return after[0] === QUOTE && typeof before === 'string' && before.endsWith('"');
}

function isTime(kind: FieldKind): boolean {
  return kind === 'clf-time' || kind === 'iso-time' || kind === 'epoch-time' || kind === 'date-steps';
}

/** `$uri$is_args$args`, `%U%q` and `$uri?$args` are one target. */
function joined(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  const list: TemplatePart[] = [];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] as TemplatePart;
    if (typeof part === 'string' || part.kind !== 'path') {
      list.push(part);
      continue;
    }
    let next = index + 1;
    const between = parts[next];
    if (
      between === '?' ||
      (between !== undefined && typeof between !== 'string' && between.kind === 'question')
    ) {
      next += 1;
    }
    const query = parts[next];
    if (query !== undefined && typeof query !== 'string' && query.kind === 'query') {
      list.push({ ...part, kind: 'target' });
      index = next;
    } else {
      list.push(part);
    }
  }
  return list;
}

class TemplateFormat implements LogFormat {
  readonly id = 'custom';
  readonly #first: Buffer;
  readonly #steps: readonly Step[];
  readonly #isJson: boolean;
  readonly #isEscaped: boolean;
  /** Path and query stand apart, and are put together in a copy of the line. */
  readonly #isCopied: boolean;
  readonly #hasClient: boolean;
  readonly #clock = new Clock();
  readonly #pieces = new DatePieces();
  /** The line, and behind it what was decoded or put together. */
  #copy = NO_BYTES;
  #copyEnd = 0;
  #zone = 100_000;
  #pathStart = -1;
  #pathEnd = -1;
  #queryStart = -1;
  #queryEnd = -1;
  #timeFound = false;

  constructor(first: Buffer, steps: readonly Step[], escaping: Template['escaping'], hasClient: boolean) {
    this.#first = first;
    this.#steps = steps;
    this.#isJson = escaping === 'json';
    this.#isEscaped = escaping !== 'none';
    this.#hasClient = hasClient;
    this.#isCopied = steps.some(({ kind }) => kind === 'query');
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    const from = afterPrefix(bytes, start, to);
    // A time at the beginning is no prefix when the description begins with it.
    if (from !== start && !this.#steps[0]?.isTime && this.#line(bytes, from, to, hit)) return LINE.hit;
    if (this.#line(bytes, start, to, hit)) return LINE.hit;
    return from !== start && this.#line(bytes, from, to, hit) ? LINE.hit : LINE.foreign;
  }

  #line(source: Buffer, start: number, end: number, hit: Hit): boolean {
    const first = this.#first;
    if (!matches(source, start, end, first)) return false;
    let bytes = source;
    let at = start + first.length;
    let to = end;
    if (this.#isCopied || (this.#isJson && hasBackslash(source, at, end))) {
      bytes = this.#copied(source, start, end);
      at = first.length;
      to = end - start;
    }
    hit.reset(bytes);
    this.#pathStart = -1;
    this.#queryStart = -1;
    this.#timeFound = false;
    this.#pieces.reset();
    for (const step of this.#steps) {
      if (step.isTime) {
        at = this.#time(bytes, at, to, step, hit);
        if (at === -1) return false;
      } else if (step.kind === 'blanks') {
        while (at < to && isSpace(bytes[at] as number)) at += 1;
      } else {
        const stop = this.#fieldEnd(bytes, at, to, step);
        if (stop === -1) {
          // The line was cut here, if what makes it a hit has been read.
          if (!this.#timeFound || (hit.clientStart === -1 && hit.forwardedStart === -1)) return false;
          this.#field(bytes, at, to, step.kind, hit);
          break;
        }
        this.#field(bytes, at, stop, step.kind, hit);
        at = stop;
        if (step.isConsumed) at += step.after.length;
        continue;
      }
      if (!step.isConsumed || step.after.length === 0) continue;
      if (!matches(bytes, at, to, step.after)) return false;
      at += step.after.length;
    }
    return this.#finish(bytes, hit);
  }

  #finish(bytes: Buffer, hit: Hit): boolean {
    if (hit.seconds === -1) {
      hit.seconds = this.#pieces.seconds;
      hit.milliseconds = this.#pieces.milliseconds;
      hit.zoneMinutes = this.#pieces.zoneMinutes;
    }
    if (hit.seconds < 0) return false;
    if (this.#zone !== hit.zoneMinutes) {
      this.#zone = hit.zoneMinutes;
      noteZone(hit, hit.zoneMinutes);
    }
    if (hit.targetStart === -1 && this.#pathStart !== -1) this.#joinTarget(bytes, hit);
    if (!this.#hasClient && hit.forwardedStart !== -1) this.#takeForwarded(bytes, hit);
    return true;
  }

  /** Without the address of the peer, the last of the list is the nearest that is known. */
  #takeForwarded(bytes: Buffer, hit: Hit): void {
    const { forwardedStart: start, forwardedEnd: end } = hit;
    let comma = end - 1;
    while (comma > start && bytes[comma] !== COMMA) comma -= 1;
    let from = bytes[comma] === COMMA ? comma + 1 : start;
    while (from < end && isSpace(bytes[from] as number)) from += 1;
    hit.setClient(from, end);
    hit.forwardedStart = comma > start ? start : -1;
    hit.forwardedEnd = comma > start ? comma : -1;
  }

  /** Path and query that stood apart, with a question mark between. */
  #joinTarget(bytes: Buffer, hit: Hit): void {
    if (this.#queryStart === -1) {
      hit.setTarget(this.#pathStart, this.#pathEnd);
      return;
    }
    const start = this.#copyEnd;
    let end = start + bytes.copy(bytes, start, this.#pathStart, this.#pathEnd);
    bytes[end] = QUESTION;
    end += 1;
    const from = bytes[this.#queryStart] === QUESTION ? this.#queryStart + 1 : this.#queryStart;
    end += bytes.copy(bytes, end, from, this.#queryEnd);
    this.#copyEnd = end;
    hit.setTarget(start, end);
  }

  /** A copy of the line with room behind it for all of it decoded and put together. */
  #copied(source: Buffer, start: number, end: number): Buffer {
    const length = end - start;
    if (this.#copy.length < length * 3 + 2) this.#copy = Buffer.alloc(length * 4 + 1024);
    source.copy(this.#copy, 0, start, end);
    this.#copyEnd = length;
    return this.#copy;
  }

  /** Reads a time where it stands. @returns where it ends, or -1 */
  #time(bytes: Buffer, start: number, to: number, step: Step, hit: Hit): number {
    const clock = this.#clock;
    let at = -1;
    switch (step.kind) {
      case 'clf-time':
        at = clock.readClf(bytes, start, to);
        break;
      case 'iso-time':
        at = clock.readRfc3339(bytes, start, to);
        break;
      case 'epoch-time': {
        at = start;
        while (at < to && isDigitOrPoint(bytes[at] as number)) at += 1;
        if (!clock.readEpoch(bytes, start, at)) return -1;
        break;
      }
      default:
        this.#timeFound = true;
        return this.#steppedTime(bytes, start, to, step);
    }
    if (at === -1) return -1;
    this.#timeFound = true;
    if (hit.seconds === -1) {
      hit.seconds = clock.seconds;
      hit.milliseconds = clock.milliseconds;
      hit.zoneMinutes = clock.zoneMinutes;
    }
    return at;
  }

  #steppedTime(bytes: Buffer, start: number, to: number, step: Step): number {
    return this.#pieces.read(bytes, start, to, step.steps);
  }

  /** Where a field ends: before the fixed text that follows it. */
  #fieldEnd(bytes: Buffer, start: number, to: number, step: Step): number {
    const { after, kind } = step;
    if (after.length === 0) return to;
    const first = after[0] as number;
    // `$remote_addr:$remote_port` of an IPv6 client: the last colon of the word.
    if (kind === 'client' && first === COLON) return lastOf(bytes, start, to, after);
    // Where quotes are not escaped, the last field ends with its line, whatever it holds.
    if (
      step.isLast &&
      !this.#isEscaped &&
      matches(bytes, to - after.length, to, after) &&
      to - after.length >= start
    ) {
      return to - after.length;
    }
    if (step.isQuoted) return this.#quoteEnd(bytes, start, to, after);
    const last = to - after.length;
    const isOne = after.length === 1;
    for (let at = start; at <= last; at += 1) {
      if (bytes[at] !== first || !(isOne || matches(bytes, at, to, after))) continue;
      // Lists (`203.0.113.5, 10.0.0.1`; statuses of servers behind) have spaces of their own.
      if (isSpace(first) && at > start && bytes[at - 1] === COMMA && kind !== 'request' && kind !== 'agent')
        continue;
      return at;
    }
    return -1;
  }

  /**
   * The search of the runtime is fast, and may go on into the next lines; there is a quote in every line that comes this
   * far, so that it does not go on for long.
   */
  #quoteEnd(bytes: Buffer, start: number, to: number, after: Buffer): number {
    for (let at = bytes.indexOf(QUOTE, start); at !== -1 && at < to; at = bytes.indexOf(QUOTE, at + 1)) {
      if (!matches(bytes, at, to, after)) continue;
      if (this.#isEscaped && at > start && bytes[at - 1] === BACKSLASH && isEscapedAt(bytes, start, at))
        continue;
      return at;
    }
    return -1;
  }

  #field(bytes: Buffer, start: number, end: number, kind: FieldKind, hit: Hit): void {
    if (kind === 'skip' || kind === 'question') return;
    if (kind === 'request') {
      if (this.#isJson && hasBackslash(bytes, start, end)) {
        const from = this.#copyEnd;
        this.#decode(bytes, start, end);
        hit.setRequest(from, this.#copyEnd);
      } else {
        hit.setRequest(start, end);
      }
      return;
    }
    if (kind === 'method') {
      hit.method = methodOf(bytes, start, end);
      if (hit.method === METHOD.none) hit.malformed = true;
      else {
        hit.methodStart = start;
        hit.methodEnd = end;
      }
      return;
    }
    if (isNothing(bytes, start, end)) return;
    if (this.#isJson && hasBackslash(bytes, start, end)) {
      const from = this.#copyEnd;
      this.#decode(bytes, start, end);
      this.#value(bytes, from, this.#copyEnd, kind, hit);
    } else {
      this.#value(bytes, start, end, kind, hit);
    }
  }

  #value(bytes: Buffer, start: number, end: number, kind: FieldKind, hit: Hit): void {
    switch (kind) {
      case 'client':
        hit.setClient(start, end);
        break;
      case 'forwarded':
        if (hit.forwardedStart !== -1) break;
        hit.forwardedStart = start;
        hit.forwardedEnd = end;
        break;
      case 'host':
        if (hit.hostStart === -1) hit.setHost(start, end);
        break;
      case 'user':
        hit.userStart = start;
        hit.userEnd = end;
        break;
      case 'target':
        hit.setTarget(start, end);
        break;
      case 'path':
        this.#pathStart = start;
        this.#pathEnd = end;
        break;
      case 'query':
        this.#queryStart = start;
        this.#queryEnd = end;
        break;
      case 'protocol':
        hit.protocol = protocolOf(bytes, start, end);
        break;
      case 'status': {
        const status = threeDigits(bytes, start, end);
        if (status !== -1) hit.status = status;
        break;
      }
      case 'bytes':
        if (hit.bytesOut === -1) hit.bytesOut = numberAt(bytes, start, end);
        break;
      case 'referer':
        hit.refererStart = start;
        hit.refererEnd = end;
        break;
      case 'agent':
        hit.agentStart = start;
        hit.agentEnd = end;
        break;
      case 'seconds':
        setDuration(bytes, start, end, 1000, hit);
        break;
      case 'milliseconds':
        setDuration(bytes, start, end, 1, hit);
        break;
      case 'microseconds':
        setDuration(bytes, start, end, 0.001, hit);
        break;
      case 'nanoseconds':
        setDuration(bytes, start, end, 0.000_001, hit);
        break;
      case 'cache':
        hit.cache = cacheOf(bytes, start, end);
        break;
      case 'upstream-status':
        hit.upstreamStatus = firstStatus(bytes, start, end);
        break;
      case 'zone':
        this.#pieces.zone(bytes, start, end);
        break;
      case 'type':
        hit.typeStart = start;
        hit.typeEnd = end;
        break;
      case 'tls':
        hit.tlsStart = start;
        hit.tlsEnd = end;
        break;
      case 'country':
        if (end - start === 2) hit.country = ((bytes[start] as number) << 8) | (bytes[start + 1] as number);
        break;
      case 'asn': {
        const from = (bytes[start] as number) === 0x41 && bytes[start + 1] === 0x53 ? start + 2 : start;
        const asn = numberAt(bytes, from, end);
        if (asn > 0 && asn <= 0xffff_ffff) hit.asn = asn;
        break;
      }
    }
  }

  /** Appends a value of JSON without its escapes. */
  #decode(bytes: Buffer, start: number, end: number): void {
    this.#copyEnd = decodeJsonString(bytes, start, end, bytes, this.#copyEnd);
  }
}

function setDuration(bytes: Buffer, start: number, end: number, factor: number, hit: Hit): void {
  const value = decimalOf(bytes, start, end);
  if (value !== -1) hit.durationMs = value * factor;
}

/** Of several servers behind, the first that was asked: `502, 200`. */
function firstStatus(bytes: Buffer, start: number, end: number): number {
  const status = numberAt(bytes, start, Math.min(end, start + 3));
  return status >= 100 && status <= 599 ? status : 0;
}

function matches(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  if (start + text.length > end) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (bytes[start + at] !== text[at]) return false;
  }
  return true;
}

/** The last place before a space where this text stands. */
function lastOf(bytes: Buffer, start: number, to: number, text: Buffer): number {
  let last = -1;
  for (let at = start; at < to && !isSpace(bytes[at] as number); at += 1) {
    if (bytes[at] === text[0] && matches(bytes, at, to, text)) last = at;
  }
  return last;
}

function isEscapedAt(bytes: Buffer, start: number, at: number): boolean {
  let before = at;
  while (before > start && bytes[before - 1] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 1;
}

function hasBackslash(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}

function isDigitOrPoint(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e;
}
