/** One row of a log of Zeek, whatever it is written in. */

import { fromUnixMicroseconds } from '../../../../core/time.js';
import { asNumber, asObject, type JsonObject, type JsonValue, own } from '../../../../formats/json-values.js';
import { scanTime } from '../../../scans/scan-time.js';
import { withoutEscapes } from '../../logs/stated-values.js';

/** Values of a row by the names of its fields. What is unset, or no such value, is null. */
export interface ZeekRow {
  /** Whether the log has the field; in JSON, whether the row has it, because what is unset is left out there. */
  has(field: string): boolean;
  text(field: string): string | null;
  /** The text with its escapes: for bytes that are no text. */
  raw(field: string): string | null;
  number(field: string): number | null;
  flag(field: string): boolean | null;
  /** Elements of a set or vector; empty when it is, or is unset. */
  list(field: string): readonly string[];
  rawList(field: string): readonly string[];
  /** A moment in microseconds since 1970; NaN when there is none, or when it is masked. */
  micros(field: string): number;
}

/** Fields of a table that are kept. Zeek's widest logs have a tenth of that. */
const MAX_FIELDS = 1_024;
/** Elements taken of a set or vector. */
const MAX_ELEMENTS = 1_000;
/** JSON writers of Zeek can give milliseconds (JSON::TS_MILLIS): as seconds it is the year 5138. */
const LAST_SECONDS = 100_000_000_000;
const [POINT, ZERO, NINE] = [46, 48, 57];

/** A moment as records store it. */
export function storedMoment(micros: number): string | null {
  return fromUnixMicroseconds(micros);
}

/**
 * A log as Zeek's table writer makes it: lines of header that begin with `#`, which may come again where logs were
 * joined, and rows (Zeek's scripts base/frameworks/logging/writers/ascii). One object is used for all rows.
 */
export class TableRow implements ZeekRow {
  /** Of the log, as its header says: `conn`. */
  path: string | null = null;
  #separator = '\t';
  #setSeparator = ',';
  #empty = '(empty)';
  #unset = '-';
  #fields: ReadonlyMap<string, number> = new Map();
  #count = 0;
  #line = '';
  /** Where cells begin; each ends before the separator in front of the next. */
  readonly #starts = new Int32Array(MAX_FIELDS + 1);

  /** Takes a line that begins with `#`. */
  header(line: string): void {
    // The first line is the only one whose value does not follow the separator that it names.
    if (line.startsWith('#separator ')) {
      const separator = withoutEscapes(line.slice(11), true);
      if (separator !== '') this.#separator = separator;
      return;
    }
    const end = line.indexOf(this.#separator);
    if (end === -1) return;
    const value = line.slice(end + this.#separator.length);
    switch (line.slice(1, end)) {
      case 'set_separator':
        this.#setSeparator = withoutEscapes(value, true) || ',';
        break;
      case 'empty_field':
        this.#empty = withoutEscapes(value, true);
        break;
      case 'unset_field':
        this.#unset = withoutEscapes(value, true);
        break;
      case 'path':
        this.path = value;
        break;
      case 'fields':
        this.#setFields(value.split(this.#separator, MAX_FIELDS));
        break;
      default:
    }
  }

  #setFields(names: readonly string[]): void {
    const fields = new Map<string, number>();
    for (const [index, name] of names.entries()) if (!fields.has(name)) fields.set(name, index);
    this.#fields = fields;
    this.#count = names.length;
  }

  /** Takes a row. False when it has not the cells that the header names. */
  row(line: string): boolean {
    this.#line = line;
    const separator = this.#separator;
    const step = separator.length;
    const starts = this.#starts;
    let cell = 0;
    let at = 0;
    for (;;) {
      starts[cell] = at;
      cell += 1;
      const end = line.indexOf(separator, at);
      if (end === -1) break;
      if (cell >= MAX_FIELDS) return false;
      at = end + step;
    }
    starts[cell] = line.length + step;
    return cell === this.#count;
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  raw(field: string): string | null {
    const index = this.#fields.get(field);
    if (index === undefined) return null;
    const start = this.#starts[index] as number;
    const text = this.#line.slice(start, (this.#starts[index + 1] as number) - this.#separator.length);
    return text === this.#unset ? null : text === this.#empty ? '' : text;
  }

  text(field: string): string | null {
    const text = this.raw(field);
    return text === null ? null : withoutEscapes(text, true);
  }

  number(field: string): number | null {
    const text = this.raw(field);
    return text === null ? null : numberOf(text);
  }

  flag(field: string): boolean | null {
    const text = this.raw(field);
    return text === 'T' ? true : text === 'F' ? false : null;
  }

  rawList(field: string): readonly string[] {
    const text = this.raw(field);
    return text === null || text === '' ? NONE : text.split(this.#setSeparator, MAX_ELEMENTS);
  }

  list(field: string): readonly string[] {
    const list = this.rawList(field);
    return list.length === 0 ? NONE : list.map((text) => withoutEscapes(text, true));
  }

  micros(field: string): number {
    const text = this.raw(field);
    return text === null ? Number.NaN : microsOf(text);
  }
}

/** A log as Zeek's JSON writer makes it. One object is used for all rows. */
export class JsonRow implements ZeekRow {
  #object: JsonObject = {};
  /** Around the keys, where a shipper nests them: `{"id": {"orig_h": …}}`. */
  readonly #parts = new Map<string, readonly string[]>();

  row(object: JsonObject): void {
    this.#object = object;
  }

  #value(field: string): JsonValue | undefined {
    const value = own(this.#object, field);
    if (value !== undefined) return value;
    let parts = this.#parts.get(field);
    if (parts === undefined) {
      parts = field.split('.');
      this.#parts.set(field, parts);
    }
    if (parts.length === 1) return undefined;
    let within: JsonValue | undefined = this.#object;
    for (const part of parts) within = own(asObject(within) ?? NOTHING, part);
    return within;
  }

  has(field: string): boolean {
    return this.#value(field) !== undefined;
  }

  raw(field: string): string | null {
    const value = this.#value(field);
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
  }

  text(field: string): string | null {
    const text = this.raw(field);
    return text === null ? null : withoutEscapes(text, false);
  }

  number(field: string): number | null {
    const value = this.#value(field);
    return typeof value === 'number' ? value : asNumber(value);
  }

  flag(field: string): boolean | null {
    const value = this.#value(field);
    return typeof value === 'boolean' ? value : value === 'T' ? true : value === 'F' ? false : null;
  }

  rawList(field: string): readonly string[] {
    const value = this.#value(field);
    if (typeof value === 'string') return value === '' ? NONE : [value];
    if (!Array.isArray(value)) return NONE;
    const list: string[] = [];
    for (const element of value) {
      if (list.length >= MAX_ELEMENTS) break;
      // An element that is unset keeps its place: TTLs belong to answers by it.
      list.push(typeof element === 'string' || typeof element === 'number' ? String(element) : '-');
    }
    return list;
  }

  list(field: string): readonly string[] {
    const list = this.rawList(field);
    return list.length === 0 ? NONE : list.map((text) => withoutEscapes(text, false));
  }

  micros(field: string): number {
    const value = this.#value(field);
    if (typeof value === 'number')
      return Math.round(Math.abs(value) > LAST_SECONDS ? value * 1e3 : value * 1e6);
    if (typeof value !== 'string') return Number.NaN;
    const micros = microsOf(value);
    if (!Number.isNaN(micros)) return micros;
    const stored = scanTime(value);
    return stored === null
      ? Number.NaN
      : Date.parse(`${stored.slice(0, 19)}Z`) * 1e3 + Number(stored.slice(20, 26));
  }
}

const NONE: readonly string[] = [];
const NOTHING: JsonObject = {};

function numberOf(text: string): number | null {
  const first = text.charCodeAt(0);
  if (!(first >= ZERO && first <= NINE) || text.length > 24) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** `1700000000.123456` in microseconds; NaN for anything else. Exact: whole numbers below 2^53. */
function microsOf(text: string): number {
  let seconds = 0;
  let at = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === POINT) break;
    if (code < ZERO || code > NINE || at > 11) return Number.NaN;
    seconds = seconds * 10 + code - ZERO;
  }
  if (at === 0) return Number.NaN;
  let micros = 0;
  let unit = 100_000;
  for (at += 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return Number.NaN;
    micros += (code - ZERO) * unit;
    unit = Math.trunc(unit / 10);
  }
  return seconds * 1e6 + micros;
}
