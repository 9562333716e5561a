import type { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import type { JsonDialect } from './json-format.js';
import { LogRecord } from './log-record.js';
import { FIELD, HASH_START, hashStep, MAX_PATH_BYTES, NameTable } from './names.js';

const [QUOTE, COMMA, SEMICOLON, TAB] = [0x22, 0x2c, 0x3b, 0x09];
const MAX_COLUMNS = 256;
/** A first line with fewer known names may be of any table. */
const MIN_KNOWN_COLUMNS = 3;

/** Tables (RFC 4180, without line ends inside of fields) whose first line has the names that a dialect knows. */
export function csvFormat(id: string, dialect: JsonDialect): LogFormatKind {
  const names = new NameTable(dialect.names);
  return { id, open: () => new CsvFormat(id, dialect, names) };
}

class CsvFormat implements LogFormat {
  readonly id: string;
  readonly #dialect: JsonDialect;
  readonly #names: NameTable;
  readonly #record: LogRecord;
  /** Entry of each column, -1 for one that is not wanted; null before the first line. */
  #columns: Int32Array | null = null;
  #separator = COMMA;
  // What the last field was.
  #start = 0;
  #end = 0;

  constructor(id: string, dialect: JsonDialect, names: NameTable) {
    this.id = id;
    this.#dialect = dialect;
    this.#names = names;
    this.#record = new LogRecord(dialect.wholeUnit ?? 1000);
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    // Names begin with a letter, `@` or a quote; what else begins a line is data.
    if (this.#isHead(bytes, start, end)) return LINE.skipped;
    const columns = this.#columns;
    if (columns === null) return LINE.foreign;
    const record = this.#record;
    record.begin(bytes, start, end);
    const length = record.length;
    let at = 0;
    for (let column = 0; at < length; column += 1) {
      at = this.#field(record.bytes, at, length, this.#separator);
      const entry = column < columns.length ? (columns[column] as number) : -1;
      if (entry === -1) continue;
      record.put(this.#names.fieldOf(entry), this.#names.rankOf(entry), this.#start, this.#end, false);
    }
    return this.#dialect.judge(record, hit);
  }

  /** Takes a line of names. */
  #isHead(bytes: Buffer, start: number, end: number): boolean {
    if (end - start > 16_384) return false;
    let from = start;
    if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    const first = bytes[from] as number;
    const small = first | 0x20;
    if (first !== QUOTE && first !== 0x40 && first !== 0x5f && (small < 0x61 || small > 0x7a)) return false;
    // Once a table has begun, only a line that is its first again (files put together) is one of names.
    const separator = separatorOf(bytes, from, end);
    if (separator === 0) return false;
    const line = Buffer.from(bytes.subarray(from, end));
    const columns: number[] = [];
    let hasTime = false;
    let hasClient = false;
    let known = 0;
    let at = 0;
    while (at < line.length && columns.length < MAX_COLUMNS) {
      at = this.#field(line, at, line.length, separator);
      const entry = this.#entry(line, this.#start, this.#end);
      columns.push(entry);
      if (entry === -1) continue;
      const field = this.#names.fieldOf(entry);
      known += 1;
      if (field <= FIELD.date) hasTime = true;
      if (field === FIELD.client || field === FIELD.forwarded) hasClient = true;
    }
    if (!hasTime || !hasClient || known < MIN_KNOWN_COLUMNS) return false;
    this.#columns = Int32Array.from(columns);
    this.#separator = separator;
    return true;
  }

  #entry(bytes: Buffer, start: number, end: number): number {
    if (end === start || end - start >= MAX_PATH_BYTES) return -1;
    let hash = HASH_START;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      // Titles for people have spaces.
      bytes[at] = byte === 0x20 ? 0x5f : byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
      hash = hashStep(hash, bytes[at] as number);
    }
    const entry = this.#names.find(bytes.subarray(start, end), end - start, hash);
    return entry !== -1 && this.#names.fieldOf(entry) !== -1 ? entry : -1;
  }

  /** One field; doubled quotes become single ones in place. @returns the place behind its separator */
  #field(bytes: Buffer, start: number, end: number, separator: number): number {
    let at = start;
    this.#start = start;
    if (bytes[at] !== QUOTE) {
      while (at < end && bytes[at] !== separator) at += 1;
      this.#end = at;
      return at + 1;
    }
    at += 1;
    this.#start = at;
    let out = at;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        if (at + 1 < end && bytes[at + 1] === QUOTE) at += 1;
        else break;
      }
      bytes[out] = byte;
      out += 1;
    }
    this.#end = out;
    while (at < end && bytes[at] !== separator) at += 1;
    return at + 1;
  }
}

/** What stands between names: the first of the usual separators outside of quotes; 0 when there is none. */
function separatorOf(bytes: Buffer, start: number, end: number): number {
  let isQuoted = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (byte === COMMA || byte === SEMICOLON || byte === TAB)) return byte;
  }
  return 0;
}
