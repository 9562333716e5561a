import type { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat } from '../../hits/log-format.js';
import { isLetter, isNothing } from '../scan.js';
import type { WantedPaths } from './json-fields.js';
import { type Dialect, JsonFormat } from './json-format.js';
import { SLOT } from './slots.js';

const [QUOTE, COMMA, SEMICOLON, TAB, RETURN] = [0x22, 0x2c, 0x3b, 0x09, 0x0d];
const MAX_HEAD_BYTES = 16_384;
const MAX_COLUMNS = 256;

/** What a column holds, and how much it is preferred. */
interface Column {
  readonly slot: number;
  readonly rank: number;
}

/**
 * Tables (RFC 4180, without line ends within fields) whose first line has the names that a dialect of JSON knows; its `_`,
 * `-` and spaces do not count.
 */
export class CsvFormat implements LogFormat {
  readonly id: string;
  readonly #names: ReadonlyMap<string, Column>;
  readonly #records: JsonFormat;
  /** Null for a column that nobody asks for; empty before the first line was read. */
  #columns: readonly (Column | null)[] = [];
  #separator = COMMA;
  /** The line, with single quotes for doubled ones. */
  #copy = Buffer.alloc(8_192);
  // Where the last field begins and ends.
  #start = 0;
  #end = 0;

  constructor(id: string, dialect: Dialect) {
    this.id = id;
    this.#records = new JsonFormat(dialect);
    this.#names = namesOf(dialect.wanted);
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    let from = start;
    let to = end;
    if (to > from && bytes[to - 1] === RETURN) to -= 1;
    if (to - from > 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf)
      from += 3;
    const length = to - from;
    if (length < 8) return LINE.foreign;
    if (length <= MAX_HEAD_BYTES && this.#isHead(bytes, from, to)) return LINE.skipped;
    if (this.#columns.length === 0) return LINE.foreign;
    if (this.#copy.length < length) this.#copy = Buffer.alloc(2 * length);
    const copy = this.#copy;
    bytes.copy(copy, 0, from, to);
    const { fields } = this.#records;
    fields.forget();
    let at = 0;
    for (const column of this.#columns) {
      if (at > length) break;
      at = this.#field(copy, at, length);
      if (column === null || isNothing(copy, this.#start, this.#end)) continue;
      fields.put(column.slot, column.rank, this.#start, this.#end, false);
    }
    return this.#records.conclude(copy, hit);
  }

  /** Takes a line of names; one that names no client and no time is a line of something else. */
  #isHead(bytes: Buffer, start: number, end: number): boolean {
    const first = bytes[start] as number;
    const letter = first === QUOTE ? (bytes[start + 1] as number) : first;
    if (!isLetter(letter) && letter !== 0x40 && letter !== 0x5f) return false;
    const line = Buffer.from(bytes.subarray(start, end));
    const before = this.#separator;
    this.#separator = separatorOf(line);
    const columns: (Column | null)[] = [];
    const slots = new Set<number>();
    let at = 0;
    while (at <= line.length && columns.length < MAX_COLUMNS) {
      at = this.#field(line, at, line.length);
      const column = this.#names.get(plain(line.toString('latin1', this.#start, this.#end))) ?? null;
      columns.push(column);
      if (column !== null) slots.add(column.slot);
    }
    const isHead =
      slots.size >= 4 &&
      (slots.has(SLOT.time) || slots.has(SLOT.date)) &&
      (slots.has(SLOT.client) || slots.has(SLOT.forwarded));
    if (isHead) this.#columns = columns;
    else this.#separator = before;
    return isHead;
  }

  /** One field, without its quotes. @returns the place behind its separator */
  #field(bytes: Buffer, start: number, end: number): number {
    let at = start;
    this.#start = start;
    if (bytes[at] !== QUOTE || at >= end) {
      while (at < end && bytes[at] !== this.#separator) at += 1;
      this.#end = at;
      return at + 1;
    }
    at += 1;
    this.#start = at;
    let out = at;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        if (at + 1 >= end || bytes[at + 1] !== QUOTE) break;
        at += 1;
      }
      bytes[out] = byte;
      out += 1;
    }
    this.#end = out;
    while (at < end && bytes[at] !== this.#separator) at += 1;
    return at + 1;
  }
}

function namesOf(wanted: WantedPaths): ReadonlyMap<string, Column> {
  const names = new Map<string, Column>();
  for (const [slot, ...paths] of wanted) {
    for (const [rank, path] of paths.entries()) {
      const name = plain(path);
      if (!names.has(name)) names.set(name, { slot, rank });
    }
  }
  return names;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}

/** The first of the usual separators outside of quotes. */
function separatorOf(bytes: Buffer): number {
  let isQuoted = false;
  for (const byte of bytes) {
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (byte === COMMA || byte === SEMICOLON || byte === TAB)) return byte;
  }
  return COMMA;
}
