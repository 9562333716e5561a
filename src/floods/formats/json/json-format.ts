import type { Hit } from '../../hits/hit.js';
import { LINE, type LogFormat, type LogFormatKind } from '../../hits/log-format.js';
import { afterPrefix } from '../line-prefix.js';
import { JsonScanner } from './json-object.js';
import { LogRecord } from './log-record.js';
import { type FieldNames, NameTable } from './names.js';

const [OPEN, OPEN_LIST, COMMA] = [0x7b, 0x5b, 0x2c];

/** The JSON of one maker. */
export interface JsonDialect {
  readonly id: string;
  readonly names: FieldNames;
  /** Objects whose names count as if they stood outside. */
  readonly envelopes?: readonly string[];
  /** What a duration without unit and fraction counts, in milliseconds. Default: seconds. */
  readonly wholeUnit?: number;
  /** Says whether the line is of this maker, and fills the hit. @returns one of {@link LINE} */
  judge(record: LogRecord, hit: Hit): number;
}

/** A format of one object a line; a file that is one list, with an element a line, is read too. */
export function jsonFormat(dialect: JsonDialect): LogFormatKind {
  const names = new NameTable(dialect.names, dialect.envelopes);
  return { id: dialect.id, open: () => new JsonFormat(dialect, names) };
}

class JsonFormat implements LogFormat {
  readonly id: string;
  readonly #dialect: JsonDialect;
  readonly #record: LogRecord;
  readonly #scanner: JsonScanner;

  constructor(dialect: JsonDialect, names: NameTable) {
    this.id = dialect.id;
    this.#dialect = dialect;
    this.#record = new LogRecord(dialect.wholeUnit ?? 1000);
    this.#scanner = new JsonScanner(names, this.#record);
  }

  parse(bytes: Buffer, start: number, end: number, hit: Hit): number {
    let from = start;
    if (bytes[from] !== OPEN) {
      from = objectStart(bytes, start, end);
      if (from === -1) return LINE.foreign;
    }
    const record = this.#record;
    record.begin(bytes, from, end);
    this.#scanner.scan();
    return this.#dialect.judge(record, hit);
  }
}

/** Behind the bracket or comma of a list, or what syslog and containers put before a line; -1 when no object follows. */
function objectStart(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBetween(bytes[at] as number)) at += 1;
  if (at >= end) return -1;
  if (bytes[at] === OPEN) return at;
  at = afterPrefix(bytes, start, end);
  return at < end && bytes[at] === OPEN ? at : -1;
}

function isBetween(byte: number): boolean {
  return byte <= 0x20 || byte === OPEN_LIST || byte === COMMA;
}
