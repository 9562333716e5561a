/**
 * Logs whose head says what is in them: the Extended Log File Format of W3C (working draft WD-logfile-960323) as IIS writes
 * it ("W3C Logging", Microsoft Learn), and CloudFront's standard logs, in which tabs stand between the fields ("Standard log
 * file format"). Times are UTC.
 */
import { CACHE, type Hit, METHOD, methodOf } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { Clock } from '../clock.js';
import { asnOf, countryOf, protocolNumber, statusOf } from '../json/json-values.js';
import { cacheOf, decimalOf, is, isDigit, isNothing, numberAt, startsWith } from '../scan.js';
import { CLOUDFRONT_COLUMNS, COLUMN, COLUMN_COUNT, columnsOf, IIS_COLUMNS } from './columns.js';
import { percentDecoded, plusDecoded } from './undo-escapes.js';

const [HASH, SPACE, TAB, QUOTE, DASH, QUESTION, RETURN] = [0x23, 0x20, 0x09, 0x22, 0x2d, 0x3f, 0x0d];
const FIELDS = '#Fields:';
const MAX_HEAD_BYTES = 16_384;
const MAX_TIME_BYTES = 32;

/** What IIS and CloudFront do not do alike. */
interface Habits {
  readonly id: string;
  readonly separator: number;
  /** Columns of a file without its head. */
  readonly usual: string;
  /** Milliseconds in a unit of `time-taken`. */
  readonly unit: number;
  /** Whether values have `%41` for what is not plain; else `+` for spaces. */
  readonly isPercent: boolean;
}

class W3cFormat implements LogFormat {
  readonly id: string;
  readonly #habits: Habits;
  readonly #usual: Int8Array;
  readonly #clock = new Clock();
  /** Null before a head was read. */
  #columns: Int8Array | null = null;
  readonly #starts = new Int32Array(COLUMN_COUNT);
  readonly #ends = new Int32Array(COLUMN_COUNT);
  /** The line, in which escapes are undone, and behind it path and query together. */
  #copy = Buffer.alloc(8_192);
  readonly #time = Buffer.alloc(11 + MAX_TIME_BYTES);

  constructor(habits: Habits) {
    this.id = habits.id;
    this.#habits = habits;
    this.#usual = columnsOf(habits.usual);
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    const to = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    let from = start;
    while (from < to && bytes[from] === 0) from += 1;
    if (to - from > 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf)
      from += 3;
    if (bytes[from] === HASH) return this.#head(bytes, from, to);
    let columns = this.#columns;
    if (columns === null) {
      // No head: only what looks like a line as it comes from the maker.
      if (!isDigit(bytes[from] as number) || bytes[from + 4] !== DASH) return LINE.foreign;
      columns = this.#usual;
    }
    return this.#line(bytes, from, to, columns, hit);
  }

  #head(bytes: Buffer, start: number, end: number): number {
    if (startsWith(bytes, start, end, FIELDS)) {
      if (end - start > MAX_HEAD_BYTES) return LINE.foreign;
      const names = bytes.toString('latin1', start + FIELDS.length, end);
      const isTabbed = names.includes('x-edge-') || names.trim().includes('\t');
      if (isTabbed !== (this.#habits.separator === TAB)) return LINE.foreign;
      const columns = columnsOf(names);
      const hasClient = columns.includes(COLUMN.client) || columns.includes(COLUMN.forwarded);
      // Logs of other things are written in this form too: firewalls, mail.
      if (!hasClient || !hasRequest(columns) || !hasTime(columns)) return LINE.foreign;
      this.#columns = columns;
      return LINE.skipped;
    }
    return startsWith(bytes, start, end, '#Version:') ||
      startsWith(bytes, start, end, '#Software:') ||
      startsWith(bytes, start, end, '#Date:') ||
      startsWith(bytes, start, end, '#Start-Date:') ||
      startsWith(bytes, start, end, '#End-Date:') ||
      startsWith(bytes, start, end, '#Remark:')
      ? LINE.skipped
      : LINE.foreign;
  }

  #line(bytes: Buffer, start: number, end: number, columns: Int8Array, hit: Hit): number {
    const starts = this.#starts;
    const ends = this.#ends;
    starts.fill(-1);
    const { separator } = this.#habits;
    const length = end - start;
    if (this.#copy.length < 2 * length + 8) this.#copy = Buffer.alloc(3 * length + 8);
    const copy = this.#copy;
    bytes.copy(copy, 0, start, end);
    let at = 0;
    let count = 0;
    for (; count < columns.length && at <= length; count += 1) {
      let stop = at;
      let next: number;
      if (copy[at] === QUOTE && separator === SPACE) {
        // `"text with spaces"`, quotes doubled.
        stop = at + 1;
        while (stop < length && !(copy[stop] === QUOTE && (stop + 1 >= length || copy[stop + 1] === SPACE)))
          stop += 1;
        next = Math.min(stop + 2, length + 1);
        at += 1;
      } else {
        while (stop < length && copy[stop] !== separator) stop += 1;
        next = stop + 1;
      }
      const column = columns[count] as number;
      if (column !== -1 && !isNothing(copy, at, stop)) {
        starts[column] = at;
        ends[column] = stop;
      }
      at = next;
    }
    // A line that was cut lacks its end; one that has more is of another head.
    if (at < length && at > 0) return LINE.foreign;
    if (!this.#isRequest(copy)) return LINE.foreign;
    hit.reset(copy);
    if (!this.#readTime(copy, hit)) return LINE.foreign;
    this.#fill(copy, length, hit);
    return LINE.hit;
  }

  /** A status of three digits or a method, and someone who asked. */
  #isRequest(copy: Buffer): boolean {
    if (this.#starts[COLUMN.client] === -1 && this.#starts[COLUMN.forwarded] === -1) return false;
    const status = this.#starts[COLUMN.status] as number;
    if (status !== -1) {
      const size = (this.#ends[COLUMN.status] as number) - status;
      // CloudFront writes 000 when the client went away.
      return size === 3 && isDigit(copy[status] as number) && isDigit(copy[status + 2] as number);
    }
    return this.#starts[COLUMN.method] !== -1;
  }

  #readTime(copy: Buffer, hit: Hit): boolean {
    const clock = this.#clock;
    const stamp = this.#starts[COLUMN.timestamp] as number;
    const date = this.#starts[COLUMN.date] as number;
    const time = this.#starts[COLUMN.time] as number;
    if (date !== -1 && time !== -1) {
      const timeBytes = (this.#ends[COLUMN.time] as number) - time;
      if ((this.#ends[COLUMN.date] as number) - date !== 10 || timeBytes > MAX_TIME_BYTES) return false;
      const joined = this.#time;
      for (let index = 0; index < 10; index += 1) joined[index] = copy[date + index] as number;
      joined[10] = SPACE;
      for (let index = 0; index < timeBytes; index += 1) joined[11 + index] = copy[time + index] as number;
      if (clock.readRfc3339(joined, 0, 11 + timeBytes) === -1) return false;
    } else if (stamp === -1 || !clock.readEpoch(copy, stamp, this.#ends[COLUMN.timestamp] as number)) {
      return false;
    }
    hit.seconds = clock.seconds;
    hit.milliseconds = clock.milliseconds;
    hit.zoneMinutes = clock.zoneMinutes;
    return true;
  }

  #fill(copy: Buffer, length: number, hit: Hit): void {
    const starts = this.#starts;
    const ends = this.#ends;
    if (starts[COLUMN.forwarded] !== -1) {
      hit.forwardedStart = starts[COLUMN.forwarded] as number;
      hit.forwardedEnd = ends[COLUMN.forwarded] as number;
    }
    if (starts[COLUMN.client] !== -1) {
      hit.setClient(starts[COLUMN.client] as number, ends[COLUMN.client] as number);
    }
    const host = starts[COLUMN.site] !== -1 ? COLUMN.site : COLUMN.host;
    if (starts[host] !== -1) hit.setHost(starts[host] as number, ends[host] as number);
    if (starts[COLUMN.user] !== -1) {
      hit.userStart = starts[COLUMN.user] as number;
      hit.userEnd = ends[COLUMN.user] as number;
    }
    if (starts[COLUMN.method] !== -1) {
      hit.method = methodOf(copy, starts[COLUMN.method] as number, ends[COLUMN.method] as number);
    }
    if (hit.method === METHOD.none) {
      hit.malformed = true;
    } else {
      hit.methodStart = starts[COLUMN.method] as number;
      hit.methodEnd = ends[COLUMN.method] as number;
    }
    this.#target(copy, length, hit);
    if (starts[COLUMN.protocol] !== -1) {
      hit.protocol = protocolNumber(copy, starts[COLUMN.protocol] as number, ends[COLUMN.protocol] as number);
    }
    if (starts[COLUMN.status] !== -1) {
      hit.status = statusOf(copy, starts[COLUMN.status] as number, ends[COLUMN.status] as number);
    }
    if (starts[COLUMN.bytesOut] !== -1) {
      hit.bytesOut = numberAt(copy, starts[COLUMN.bytesOut] as number, ends[COLUMN.bytesOut] as number);
    }
    if (starts[COLUMN.timeTaken] !== -1) {
      const taken = decimalOf(copy, starts[COLUMN.timeTaken] as number, ends[COLUMN.timeTaken] as number);
      if (taken !== -1) hit.durationMs = taken * this.#habits.unit;
    }
    if (starts[COLUMN.referer] !== -1) {
      hit.refererStart = starts[COLUMN.referer] as number;
      hit.refererEnd = this.#undo(copy, COLUMN.referer);
    }
    if (starts[COLUMN.agent] !== -1) {
      hit.agentStart = starts[COLUMN.agent] as number;
      hit.agentEnd = this.#undo(copy, COLUMN.agent);
    }
    if (starts[COLUMN.cache] !== -1) {
      hit.cache = edgeCache(copy, starts[COLUMN.cache] as number, ends[COLUMN.cache] as number);
    }
    if (starts[COLUMN.type] !== -1) {
      hit.typeStart = starts[COLUMN.type] as number;
      hit.typeEnd = ends[COLUMN.type] as number;
    }
    if (starts[COLUMN.tls] !== -1) {
      hit.tlsStart = starts[COLUMN.tls] as number;
      hit.tlsEnd = ends[COLUMN.tls] as number;
    }
    if (starts[COLUMN.country] !== -1) {
      hit.country = countryOf(copy, starts[COLUMN.country] as number, ends[COLUMN.country] as number);
    }
    if (starts[COLUMN.asn] !== -1) {
      hit.asn = asnOf(copy, starts[COLUMN.asn] as number, ends[COLUMN.asn] as number);
    }
  }

  #undo(copy: Buffer, column: number): number {
    const start = this.#starts[column] as number;
    const end = this.#ends[column] as number;
    if (!this.#habits.isPercent) return column === COLUMN.agent ? plusDecoded(copy, start, end) : end;
    return percentDecoded(copy, start, end);
  }

  /** Path and query, which are apart; or an address as it was asked for. */
  #target(copy: Buffer, length: number, hit: Hit): void {
    const starts = this.#starts;
    const ends = this.#ends;
    const query = starts[COLUMN.query] as number;
    const isWhole = starts[COLUMN.stem] === -1;
    const start = starts[isWhole ? COLUMN.uri : COLUMN.stem] as number;
    if (start === -1) {
      hit.malformed = true;
      return;
    }
    let end = ends[isWhole ? COLUMN.uri : COLUMN.stem] as number;
    if (this.#habits.isPercent) end = percentDecoded(copy, start, end);
    if (isWhole || query === -1) {
      hit.setTarget(start, end);
      // The path ends where it ends, whatever is in it.
      if (!isWhole) hit.queryStart = -1;
      return;
    }
    const queryEnd = ends[COLUMN.query] as number;
    let at = length;
    copy.copyWithin(at, start, end);
    at += end - start;
    copy[at] = QUESTION;
    const mark = at;
    at += 1;
    copy.copyWithin(at, query, queryEnd);
    at += queryEnd - query;
    hit.setTarget(length, at);
    hit.queryStart = mark + 1;
  }
}

function hasRequest(columns: Int8Array): boolean {
  return columns.includes(COLUMN.method) || columns.includes(COLUMN.stem) || columns.includes(COLUMN.uri);
}

function hasTime(columns: Int8Array): boolean {
  return (
    columns.includes(COLUMN.timestamp) || (columns.includes(COLUMN.date) && columns.includes(COLUMN.time))
  );
}

/** `Hit`, `RefreshHit`, `Miss`, `OriginShieldHit`; `Error` and limits say nothing of a cache. */
function edgeCache(bytes: Buffer, start: number, end: number): number {
  if (is(bytes, start, end, 'refreshhit') || is(bytes, start, end, 'originshieldhit')) return CACHE.hit;
  return cacheOf(bytes, start, end);
}

const IIS: Habits = { id: 'w3c', separator: SPACE, usual: IIS_COLUMNS, unit: 1, isPercent: false };
const CLOUDFRONT: Habits = {
  id: 'cloudfront',
  separator: TAB,
  usual: CLOUDFRONT_COLUMNS,
  unit: 1_000,
  isPercent: true,
};

/** IIS, and others that write W3C's format. */
export const w3c: LogFormatKind = { id: IIS.id, open: () => new W3cFormat(IIS) };
/** CloudFront, Amazon's content network. */
export const cloudfront: LogFormatKind = { id: CLOUDFRONT.id, open: () => new W3cFormat(CLOUDFRONT) };
