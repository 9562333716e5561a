import { EVENT, type Hit, METHOD, methodOf } from '../../hits/hit.js';
import { LINE, type LogFormat } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { decodeJsonString } from '../json-string.js';
import { afterPrefix } from '../line-prefix.js';
import { find, is, isDigit, isNothing } from '../scan.js';
import { JsonFields, type WantedPaths } from './json-fields.js';
import {
  asnOf,
  cacheWord,
  countryOf,
  durationOf,
  jsonNumber,
  protocolNumber,
  statusOf,
  wholeNumber,
} from './json-values.js';
import { SLOT, SLOT_COUNT } from './slots.js';

const [QUOTE, COMMA, OPEN, CLOSE_LIST, OPEN_LIST, SPACE, SLASH, QUESTION] = [
  0x22, 0x2c, 0x7b, 0x5d, 0x5b, 0x20, 0x2f, 0x3f,
];
/** What syslog or a container runtime writes before an object is not longer. */
const MAX_PREFIX_BYTES = 320;
/** Date, a space, time. */
const MAX_TIME_BYTES = 64;

/** How one program writes requests in JSON. */
export interface Dialect {
  readonly id: string;
  readonly wanted: WantedPaths;
  /** Keys of many spellings: `_`, `-` and spaces in them do not count. */
  readonly isLoose: boolean;
  /** Objects whose keys count as if they stood outside: `{"_source":{…}}` of Elasticsearch. */
  readonly envelopes?: readonly string[];
  /** Whether an object is of this dialect. @returns one of LINE */
  judge(fields: JsonFields, bytes: Buffer): number;
}

/** One object of JSON per line. */
export class JsonFormat implements LogFormat {
  readonly id: string;
  readonly #dialect: Dialect;
  readonly #fields: JsonFields;
  readonly #clock = new Clock();
  /** Values without escapes, where a line has them. */
  #copy = Buffer.alloc(4_096);

  constructor(dialect: Dialect) {
    this.id = dialect.id;
    this.#dialect = dialect;
    this.#fields = new JsonFields(dialect.wanted, SLOT_COUNT, dialect.isLoose, dialect.envelopes);
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const from = bytes[start] === OPEN ? start : objectStart(bytes, start, end);
    if (from === -1) return LINE.foreign;
    const fields = this.#fields;
    const stop = fields.read(bytes, from, end);
    if (stop === -1 || !isRest(bytes, stop, end)) return LINE.foreign;
    return this.conclude(bytes, hit);
  }

  /** What the fields that were read are. @returns one of LINE */
  conclude(bytes: Buffer, hit: Hit): number {
    const verdict = this.#dialect.judge(this.#fields, bytes);
    if (verdict === LINE.foreign || verdict === LINE.skipped) return verdict;
    return this.#fill(bytes, hit) ? verdict : LINE.foreign;
  }

  get fields(): JsonFields {
    return this.#fields;
  }

  #fill(bytes: Buffer, hit: Hit): boolean {
    const fields = this.#fields;
    const { starts, ends } = fields;
    const isParted = !fields.has(SLOT.target) && fields.has(SLOT.path) && fields.has(SLOT.query);
    let text = bytes;
    if (fields.hasEscapes || isParted) {
      this.#decode(bytes);
      text = this.#copy;
    }
    hit.reset(text);
    if (!this.#time(text)) return false;
    hit.seconds = this.#clock.seconds;
    hit.milliseconds = this.#clock.milliseconds;
    hit.zoneMinutes = this.#clock.zoneMinutes;

    this.#client(text, hit);
    if (this.#isGiven(text, SLOT.host)) hit.setHost(starts[SLOT.host] as number, ends[SLOT.host] as number);
    if (this.#isGiven(text, SLOT.user)) {
      hit.userStart = starts[SLOT.user] as number;
      hit.userEnd = ends[SLOT.user] as number;
    }
    this.#request(text, hit);
    this.#answer(text, hit);
    if (this.#isGiven(text, SLOT.referer)) {
      hit.refererStart = starts[SLOT.referer] as number;
      hit.refererEnd = ends[SLOT.referer] as number;
      if (isQuoted(text, hit.refererStart, hit.refererEnd)) {
        hit.refererStart += 1;
        hit.refererEnd -= 1;
        if (isNothing(text, hit.refererStart, hit.refererEnd)) hit.refererStart = -1;
      }
    }
    if (this.#isGiven(text, SLOT.agent)) {
      hit.agentStart = starts[SLOT.agent] as number;
      hit.agentEnd = ends[SLOT.agent] as number;
      if (isQuoted(text, hit.agentStart, hit.agentEnd)) {
        hit.agentStart += 1;
        hit.agentEnd -= 1;
        if (isNothing(text, hit.agentStart, hit.agentEnd)) hit.agentStart = -1;
      }
    }
    if (fields.has(SLOT.action)) {
      hit.event = eventOf(text, starts[SLOT.action] as number, ends[SLOT.action] as number);
    }
    return true;
  }

  /** Writes all values without escapes into the copy, path and query as one. */
  #decode(bytes: Buffer): void {
    const { starts, ends, escapes } = this.#fields;
    let most = 2;
    for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
      if (starts[slot] !== -1) most += (ends[slot] as number) - (starts[slot] as number);
    }
    if (this.#copy.length < most) this.#copy = Buffer.alloc(most * 2);
    const copy = this.#copy;
    let at = 0;
    for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
      const start = starts[slot] as number;
      if (start === -1) continue;
      const from = at;
      const end = ends[slot] as number;
      if (slot === SLOT.query) {
        const pathStart = starts[SLOT.path] as number;
        if (starts[SLOT.target] === -1 && pathStart !== -1) {
          at = this.#query(bytes, start, end, at, pathStart);
          continue;
        }
      }
      if (escapes[slot] === 1) {
        at = decodeJsonString(bytes, start, end, copy, at);
      } else {
        bytes.copy(copy, at, start, end);
        at += end - start;
      }
      starts[slot] = from;
      ends[slot] = at;
    }
  }

  /** The query behind the path, which was written right before it: together they are the target. */
  #query(bytes: Buffer, start: number, end: number, place: number, pathStart: number): number {
    const copy = this.#copy;
    let at = place;
    const { starts, ends, escapes } = this.#fields;
    if (end - start === 1 && bytes[start] === 0x2d) {
      starts[SLOT.query] = -1;
      return at;
    }
    if (bytes[start] !== QUESTION) {
      copy[at] = QUESTION;
      at += 1;
    }
    if (escapes[SLOT.query] === 1) {
      at = decodeJsonString(bytes, start, end, copy, at);
    } else {
      bytes.copy(copy, at, start, end);
      at += end - start;
    }
    starts[SLOT.target] = pathStart;
    ends[SLOT.target] = at;
    return at;
  }

  #isGiven(text: Buffer, slot: number): boolean {
    const start = this.#fields.starts[slot] as number;
    return (
      start !== -1 &&
      !isNothing(text, start, this.#fields.ends[slot] as number) &&
      !isNull(text, start, this.#fields.ends[slot] as number)
    );
  }

  #time(text: Buffer): boolean {
    const { starts, ends } = this.#fields;
    const start = starts[SLOT.time] as number;
    const end = ends[SLOT.time] as number;
    const dateStart = starts[SLOT.date] as number;
    const dateEnd = ends[SLOT.date] as number;
    if (start === -1) return dateStart !== -1 && readTime(this.#clock, text, dateStart, dateEnd);
    if (dateStart !== -1 && dateEnd - dateStart === 10 && end - start < MAX_TIME_BYTES) {
      text.copy(joined, 0, dateStart, dateEnd);
      joined[10] = SPACE;
      text.copy(joined, 11, start, end);
      if (this.#clock.readRfc3339(joined, 0, 11 + end - start) !== -1) return true;
    }
    return readTime(this.#clock, text, start, end);
  }

  #client(text: Buffer, hit: Hit): void {
    const { starts, ends } = this.#fields;
    if (this.#isGiven(text, SLOT.forwarded)) {
      hit.forwardedStart = starts[SLOT.forwarded] as number;
      hit.forwardedEnd = ends[SLOT.forwarded] as number;
    }
    if (!this.#isGiven(text, SLOT.client)) {
      if (this.#isGiven(text, SLOT.clientToo)) {
        this.#lastOfList(text, starts[SLOT.clientToo] as number, ends[SLOT.clientToo] as number, hit);
      }
      return;
    }
    if (this.#isGiven(text, SLOT.clientToo) && hit.forwardedStart === -1) {
      hit.forwardedStart = starts[SLOT.clientToo] as number;
      hit.forwardedEnd = ends[SLOT.clientToo] as number;
    }
    this.#lastOfList(text, starts[SLOT.client] as number, ends[SLOT.client] as number, hit);
  }

  #lastOfList(text: Buffer, from: number, end: number, hit: Hit): void {
    let start = from;
    // A list is X-Forwarded-For in place of the client: the last of it is who asked.
    let comma = end;
    while (comma > start && text[comma - 1] !== COMMA) comma -= 1;
    if (comma > start) {
      hit.forwardedStart = start;
      hit.forwardedEnd = end;
      start = comma;
      while (start < end && text[start] === SPACE) start += 1;
    }
    hit.setClient(start, end);
  }

  #request(text: Buffer, hit: Hit): void {
    const fields = this.#fields;
    const { starts, ends } = fields;
    if (fields.has(SLOT.method)) {
      const start = starts[SLOT.method] as number;
      const end = ends[SLOT.method] as number;
      hit.method = methodOf(text, start, end);
      if (hit.method === METHOD.none) {
        hit.malformed = true;
      } else {
        hit.methodStart = start;
        hit.methodEnd = end;
      }
    }
    if (fields.has(SLOT.request)) {
      const start = starts[SLOT.request] as number;
      const end = ends[SLOT.request] as number;
      if (text[start] === SLASH && fields.has(SLOT.method)) {
        // Logstash' own names call the target `request`.
        hit.setTarget(start, end);
      } else {
        hit.setRequest(start, end);
        return;
      }
    } else if (fields.has(SLOT.target)) {
      hit.setTarget(starts[SLOT.target] as number, ends[SLOT.target] as number);
    } else if (fields.has(SLOT.path)) {
      hit.setTarget(starts[SLOT.path] as number, ends[SLOT.path] as number);
    }
    if (hit.method === METHOD.none) hit.malformed = true;
    if (fields.has(SLOT.protocol)) {
      hit.protocol = protocolNumber(text, starts[SLOT.protocol] as number, ends[SLOT.protocol] as number);
    }
  }

  #answer(text: Buffer, hit: Hit): void {
    const fields = this.#fields;
    const { starts, ends } = fields;
    if (fields.has(SLOT.status)) {
      hit.status = statusOf(text, starts[SLOT.status] as number, ends[SLOT.status] as number);
    }
    if (fields.has(SLOT.upstreamStatus)) {
      hit.upstreamStatus = statusOf(
        text,
        starts[SLOT.upstreamStatus] as number,
        ends[SLOT.upstreamStatus] as number,
      );
    }
    if (fields.has(SLOT.bytesOut)) {
      hit.bytesOut = wholeNumber(text, starts[SLOT.bytesOut] as number, ends[SLOT.bytesOut] as number);
    }
    hit.durationMs = this.#duration(text);
    if (fields.has(SLOT.cache)) {
      hit.cache = cacheWord(text, starts[SLOT.cache] as number, ends[SLOT.cache] as number);
    }
    if (this.#isGiven(text, SLOT.type)) {
      hit.typeStart = starts[SLOT.type] as number;
      hit.typeEnd = ends[SLOT.type] as number;
    }
    if (this.#isGiven(text, SLOT.tls)) {
      hit.tlsStart = starts[SLOT.tls] as number;
      hit.tlsEnd = ends[SLOT.tls] as number;
    }
    if (fields.has(SLOT.asn)) hit.asn = asnOf(text, starts[SLOT.asn] as number, ends[SLOT.asn] as number);
    if (fields.has(SLOT.country)) {
      hit.country = countryOf(text, starts[SLOT.country] as number, ends[SLOT.country] as number);
    }
  }

  #duration(text: Buffer): number {
    const { starts, ends } = this.#fields;
    for (let slot: number = SLOT.durationSeconds; slot <= SLOT.durationNanos; slot += 1) {
      if (!this.#isGiven(text, slot)) continue;
      return durationOf(
        text,
        starts[slot] as number,
        ends[slot] as number,
        UNITS[slot - SLOT.durationSeconds] as number,
      );
    }
    const start = starts[SLOT.durationAny] as number;
    if (start === -1) return -1;
    const end = ends[SLOT.durationAny] as number;
    // A fraction means seconds; of a whole number nobody knows what it counts.
    const isWhole = !Number.isNaN(jsonNumber(text, start, end)) && find(text, start, end, '.') === -1;
    return isWhole ? -1 : durationOf(text, start, end, 1_000);
  }
}

const UNITS: readonly number[] = [1_000, 1, 1e-3, 1e-6];
const joined = Buffer.alloc(11 + MAX_TIME_BYTES);

/** A time in any of the ways of {@link Clock}; into its fields. */
export function readTime(clock: Clock, bytes: Buffer, start: number, end: number): boolean {
  let from = start;
  let to = end;
  if (bytes[from] === OPEN_LIST) {
    from += 1;
    if (bytes[to - 1] === CLOSE_LIST) to -= 1;
  }
  if (to - from < 9 || to - from > MAX_TIME_BYTES) return false;
  if (isDigit(bytes[from + 3] as number)) {
    if (isDigit(bytes[from + 4] as number)) {
      if (clock.readEpoch(bytes, from, to)) return true;
      return isEpochWithExponent(clock, bytes, from, to);
    }
    if (clock.readRfc3339(bytes, from, to) !== -1) return true;
    return clock.readSlashed(bytes, from, to) !== -1;
  }
  // `1.6938407917564995e+09`
  if (bytes[from + 1] === 0x2e) return isEpochWithExponent(clock, bytes, from, to);
  return clock.readClf(bytes, from, to) !== -1;
}

function isEpochWithExponent(clock: Clock, bytes: Buffer, start: number, end: number): boolean {
  const value = jsonNumber(bytes, start, end);
  if (!(value >= 1e9 && value < 1e19)) return false;
  const plain = Buffer.from(value < 1e11 ? value.toFixed(3) : value.toFixed(0));
  return clock.readEpoch(plain, 0, plain.length);
}

/** What a guard did, from its word for it. */
export function eventOf(bytes: Buffer, start: number, end: number): number {
  if (end - start > 64) return EVENT.other;
  const word = bytes.toString('latin1', start, end).toLowerCase();
  // A challenge that was solved or skipped let the client through.
  if (word.includes('solved') || word.includes('bypass')) return EVENT.other;
  if (word.includes('challeng') || word.includes('limit')) return EVENT.challenged;
  if (
    word.includes('block') ||
    word.includes('ban') ||
    word.includes('drop') ||
    word.includes('deny') ||
    word.includes('connectionclose') ||
    word.includes('connection_close')
  )
    return EVENT.blocked;
  return EVENT.other;
}

/** Behind a prefix of syslog, a runtime, or the bracket and comma of a list; -1 when no object begins there. */
function objectStart(bytes: Buffer, start: number, end: number): number {
  const from = afterPrefix(bytes, start, end);
  if (bytes[from] === OPEN && from < end) return from;
  const stop = Math.min(end, start + MAX_PREFIX_BYTES);
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at] as number;
    if (byte === OPEN) return bytes[at + 1] === QUOTE || bytes[at + 1] === SPACE ? at : -1;
    if (byte === QUOTE) return -1;
  }
  return -1;
}

/** Nothing but the comma or the bracket of a list stands behind an object. */
function isRest(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte > SPACE && byte !== COMMA && byte !== CLOSE_LIST) return false;
  }
  return true;
}

/** Old patterns of Logstash keep the quotes of referer and agent. */
function isQuoted(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 2 && bytes[start] === QUOTE && bytes[end - 1] === QUOTE;
}

function isNull(bytes: Buffer, start: number, end: number): boolean {
  return is(bytes, start, end, 'null');
}
