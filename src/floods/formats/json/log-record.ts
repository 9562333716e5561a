import { type Hit, METHOD, methodOf } from '../../hits/hit.js';
import { Clock, timeOfDay } from '../clock.js';
import { decodeJsonString } from '../json-string.js';
import { is, isNothing } from '../scan.js';
import {
  cacheIn,
  countIn,
  countryIn,
  decimalIn,
  durationIn,
  protocolIn,
  readTime,
  statusIn,
} from '../values.js';
import { FIELD, FIELD_COUNT } from './names.js';

const [COMMA, SLASH, QUESTION, SPACE] = [0x2c, 0x2f, 0x3f, 0x20];
const NO_RANK = 255;
/** `2024-10-10 13:55:36`. */
const DATE_TIME_BYTES = 19;

/** The wanted values of one line: places in a copy of it, in which escapes are undone. */
export class LogRecord {
  /** The line, and behind it what is put together from its parts. */
  bytes = Buffer.alloc(8192);
  /** Bytes of `bytes` in use. */
  length = 0;
  readonly #starts = new Int32Array(FIELD_COUNT);
  readonly #ends = new Int32Array(FIELD_COUNT);
  readonly #ranks = new Uint8Array(FIELD_COUNT);
  readonly #clock = new Clock();
  /** What a whole number means as a duration without a unit, in milliseconds. */
  readonly #wholeUnit: number;

  constructor(wholeUnit: number) {
    this.#wholeUnit = wholeUnit;
  }

  /** Takes a copy of a line and forgets the one before. */
  begin(line: Buffer, start: number, end: number): void {
    this.length = end - start;
    // Room for what is put together: path and query, date and time.
    if (this.bytes.length < 2 * this.length + 64) this.bytes = Buffer.alloc(3 * this.length + 64);
    line.copy(this.bytes, 0, start, end);
    this.forget();
  }

  forget(): void {
    this.#ranks.fill(NO_RANK);
  }

  /** A value. Of several names of a field the one with the lowest rank counts; of the same name, the first. */
  put(field: number, rank: number, start: number, end: number, isEscaped: boolean): void {
    if (rank >= (this.#ranks[field] as number) || isNothing(this.bytes, start, end)) return;
    this.#ranks[field] = rank;
    this.#starts[field] = start;
    this.#ends[field] = isEscaped ? decodeJsonString(this.bytes, start, end, this.bytes, start) : end;
  }

  /** A list goes on: for X-Forwarded-For all of it counts, quotes and commas between included. */
  extend(field: number, rank: number, start: number, end: number): void {
    if (field !== FIELD.forwarded) return;
    if (this.#ranks[field] === rank) this.#ends[field] = end;
    else this.put(field, rank, start, end, false);
  }

  has(field: number): boolean {
    return this.#ranks[field] !== NO_RANK;
  }

  start(field: number): number {
    return this.#starts[field] as number;
  }

  end(field: number): number {
    return this.#ends[field] as number;
  }

  /** Whether a value is this word (in small letters). */
  is(field: number, word: string): boolean {
    return this.has(field) && is(this.bytes, this.start(field), this.end(field), word);
  }

  beginsWith(field: number, word: string): boolean {
    if (!this.has(field)) return false;
    const start = this.start(field);
    return this.end(field) - start >= word.length && is(this.bytes, start, start + word.length, word);
  }

  /** Fills the hit. @returns false when the line has no time, or nobody who asked */
  fill(hit: Hit): boolean {
    hit.reset(this.bytes);
    if (!this.#time(hit)) return false;
    if (!this.#client(hit)) return false;
    if (this.has(FIELD.host)) hit.setHost(this.start(FIELD.host), this.end(FIELD.host));
    this.#request(hit);
    this.#answer(hit);
    if (this.has(FIELD.user)) {
      hit.userStart = this.start(FIELD.user);
      hit.userEnd = this.end(FIELD.user);
    }
    if (this.has(FIELD.referer)) {
      hit.refererStart = this.start(FIELD.referer);
      hit.refererEnd = this.end(FIELD.referer);
    }
    if (this.has(FIELD.agent)) {
      hit.agentStart = this.start(FIELD.agent);
      hit.agentEnd = this.end(FIELD.agent);
    }
    if (this.has(FIELD.tls)) {
      hit.tlsStart = this.start(FIELD.tls);
      hit.tlsEnd = this.end(FIELD.tls);
    }
    if (this.has(FIELD.country)) {
      hit.country = countryIn(this.bytes, this.start(FIELD.country), this.end(FIELD.country));
    }
    if (this.has(FIELD.asn)) hit.asn = this.#asn();
    return true;
  }

  #time(hit: Hit): boolean {
    for (let field: number = FIELD.time; field <= FIELD.time3; field += 1) {
      if (this.has(field) && readTime(this.#clock, this.bytes, this.start(field), this.end(field), hit))
        return true;
    }
    return this.has(FIELD.date) && this.#dateAndTime(hit);
  }

  /** A day and a time of day, each a value of its own. */
  #dateAndTime(hit: Hit): boolean {
    const { bytes } = this;
    const date = this.start(FIELD.date);
    if (this.end(FIELD.date) - date !== 10)
      return readTime(this.#clock, bytes, date, this.end(FIELD.date), hit);
    for (let field: number = FIELD.time; field <= FIELD.time3; field += 1) {
      const time = this.start(field);
      if (!this.has(field) || this.end(field) - time < 8 || timeOfDay(bytes, time) === -1) continue;
      const at = this.length;
      bytes.copyWithin(at, date, date + 10);
      bytes[at + 10] = SPACE;
      bytes.copyWithin(at + 11, time, time + 8);
      this.length = at + DATE_TIME_BYTES;
      return readTime(this.#clock, bytes, at, this.length, hit);
    }
    return false;
  }

  #client(hit: Hit): boolean {
    const hasForwarded = this.has(FIELD.forwarded);
    if (hasForwarded) {
      hit.forwardedStart = this.start(FIELD.forwarded);
      hit.forwardedEnd = this.end(FIELD.forwarded);
    }
    if (!this.has(FIELD.client)) return hasForwarded;
    const start = this.start(FIELD.client);
    const end = this.end(FIELD.client);
    hit.setClient(start, end);
    if (hit.ipVersion !== 0) return true;
    // Some call the whole X-Forwarded-For the client: the nearest hop is its last.
    let comma = end - 1;
    while (comma >= start && this.bytes[comma] !== COMMA) comma -= 1;
    if (comma < start) return true;
    let last = comma + 1;
    while (last < end && this.bytes[last] === SPACE) last += 1;
    hit.setClient(last, end);
    if (!hasForwarded) {
      hit.forwardedStart = start;
      hit.forwardedEnd = comma;
    }
    return true;
  }

  #request(hit: Hit): void {
    const { bytes } = this;
    if (this.has(FIELD.method)) this.#method(hit);
    // In some logs `request` is only the path.
    const isLine =
      this.has(FIELD.request) && !(this.has(FIELD.method) && bytes[this.start(FIELD.request)] === SLASH);
    // What the search for a query finds at the latest.
    if (isLine) {
      bytes[this.length] = QUESTION;
      hit.setRequest(this.start(FIELD.request), this.end(FIELD.request));
      return;
    }
    if (this.has(FIELD.protocol)) {
      hit.protocol = protocolIn(bytes, this.start(FIELD.protocol), this.end(FIELD.protocol));
    }
    const field = this.has(FIELD.target) ? FIELD.target : this.has(FIELD.path) ? FIELD.path : FIELD.request;
    if (this.has(field)) this.#target(field, hit);
    if (hit.method === METHOD.none) hit.malformed = true;
  }

  #method(hit: Hit): void {
    const { bytes } = this;
    const start = this.start(FIELD.method);
    const end = this.end(FIELD.method);
    for (let at = start; at < end && at < start + 20; at += 1) {
      const byte = bytes[at] as number;
      if (byte >= 0x61 && byte <= 0x7a) bytes[at] = byte - 0x20;
    }
    hit.method = methodOf(bytes, start, end);
    if (hit.method === METHOD.none) return;
    hit.methodStart = start;
    hit.methodEnd = end;
  }

  /** Path and query, which may be values of their own. */
  #target(field: number, hit: Hit): void {
    const { bytes } = this;
    let start = this.start(field);
    let end = this.end(field);
    if (this.has(FIELD.query)) {
      let query = this.start(FIELD.query);
      const queryEnd = this.end(FIELD.query);
      if (bytes[query] === QUESTION) query += 1;
      if (query < queryEnd && !hasQuestion(bytes, start, end)) {
        const at = this.length;
        bytes.copyWithin(at, start, end);
        const mark = at + end - start;
        bytes[mark] = QUESTION;
        bytes.copyWithin(mark + 1, query, queryEnd);
        start = at;
        end = mark + 1 + queryEnd - query;
        this.length = end;
      }
    }
    bytes[this.length] = QUESTION;
    hit.setTarget(start, end);
  }

  #answer(hit: Hit): void {
    const { bytes } = this;
    if (this.has(FIELD.status))
      hit.status = statusIn(bytes, this.start(FIELD.status), this.end(FIELD.status));
    if (this.has(FIELD.bytesOut)) {
      hit.bytesOut = countIn(bytes, this.start(FIELD.bytesOut), this.end(FIELD.bytesOut));
    }
    if (this.has(FIELD.upstreamStatus)) {
      // Of several servers that were tried in turn (`502, 200`) the first.
      const start = this.start(FIELD.upstreamStatus);
      const end = this.end(FIELD.upstreamStatus);
      hit.upstreamStatus = statusIn(
        bytes,
        start,
        bytes[start + 3] === COMMA ? Math.min(end, start + 3) : end,
      );
    }
    if (this.has(FIELD.cache)) {
      hit.cache = cacheIn(bytes, this.start(FIELD.cache), this.end(FIELD.cache));
    }
    if (this.has(FIELD.contentType)) {
      hit.typeStart = this.start(FIELD.contentType);
      hit.typeEnd = this.end(FIELD.contentType);
    }
    hit.durationMs = this.#duration();
  }

  #duration(): number {
    for (let field: number = FIELD.seconds; field <= FIELD.nanoseconds; field += 1) {
      if (!this.has(field)) continue;
      const value = decimalIn(this.bytes, this.start(field), this.end(field));
      if (value === -1) continue;
      if (field === FIELD.seconds) return value * 1000;
      return field === FIELD.milliseconds ? value : value / (field === FIELD.microseconds ? 1e3 : 1e6);
    }
    if (!this.has(FIELD.duration)) return -1;
    return durationIn(this.bytes, this.start(FIELD.duration), this.end(FIELD.duration), this.#wholeUnit);
  }

  /** `28403` or `AS28403`. */
  #asn(): number {
    let start = this.start(FIELD.asn);
    const end = this.end(FIELD.asn);
    if (end - start > 2 && is(this.bytes, start, start + 2, 'as')) start += 2;
    const asn = countIn(this.bytes, start, end);
    // RFC 6793: four bytes.
    return asn > 0 && asn <= 0xffff_ffff ? asn : 0;
  }
}

function hasQuestion(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === QUESTION) return true;
  return false;
}
