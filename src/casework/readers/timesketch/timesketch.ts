import type {
  EvidenceFile,
  FileProbe,
  Problem,
  ReadContext,
  Reader,
  ReadingOfTimes,
} from '../../../core/contracts.js';
import { EvidenceError } from '../../../core/evidence-error.js';
import { pointerTo, problemAt } from '../../../core/places.js';
import { fromUnixMicroseconds } from '../../../core/time.js';
import { headItems, jsonItems } from '../../../formats/json-items.js';
import { asObject, type JsonObject, type JsonValue } from '../../../formats/json-values.js';
import { parseLocalDate, type RecordTime, recordTime } from '../../../formats/local-time.js';
import { headRows, openTables } from '../../../formats/open-tables.js';
import { RowCounter } from '../../../formats/row-counter.js';
import type { Table } from '../../../formats/table.js';
import { decodeHead } from '../../../formats/text-lines.js';
import type { TimelineEvent } from '../../../records/kinds/timeline-event.js';

/** Fields kept of one row; Plaso gives some dozens. */
const MAX_FIELDS = 200;
const MAX_FIELD_CHARACTERS = 100_000;

/**
 * Reads time lines in the form Timesketch imports and exports, CSV and JSON lines: `message`, `datetime` and
 * `timestamp_desc` are required there; `timestamp` is in microseconds (Timesketch documentation, "Create timeline from
 * JSONL/CSV file"). Where both times stand and differ, `datetime` holds, as it does there.
 */
export const reader: Reader<TimelineEvent> = {
  id: 'casework/timesketch',
  emits: ['timeline-event'],
  artifacts: [],
  recognises: (probe) => isJsonLines(probe) || isTable(probe),

  async *read(file, context) {
    const probe = await file.probe();
    if (isJsonLines(probe)) yield* readJsonLines(file, context);
    else if (isTable(probe)) yield* readTables(file, context);
    else throw new EvidenceError('wrong-format', pointerTo(file, ''));
  },
};

/** `timestamp_desc` is a name nobody else uses. */
function isTimeline(names: readonly string[]): boolean {
  return (
    names.includes('message') &&
    names.includes('timestamp_desc') &&
    (names.includes('datetime') || names.includes('timestamp'))
  );
}

function namesOf(cells: readonly string[]): string[] {
  return cells.map((cell) =>
    cell
      .trim()
      .replace(/^\ufeff/, '')
      .toLowerCase(),
  );
}

function isTable({ head }: FileProbe): boolean {
  const text = decodeHead(head);
  if (text === null || !text.slice(0, 4_096).toLowerCase().includes('timestamp_desc')) return false;
  const [first] = headRows(text);
  return first !== undefined && isTimeline(namesOf(first.cells));
}

function isJsonLines({ head }: FileProbe): boolean {
  const start = head.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  if (start !== 0x7b) return false;
  const [first] = headItems(head, { lists: [''], lines: true });
  if (first !== undefined) {
    const object = asObject(first.value);
    return object !== null && isTimeline(Object.keys(object));
  }
  // The first event is longer than the beginning of the file.
  const text = decodeHead(head) ?? '';
  return ['message', 'timestamp_desc'].every((name) => new RegExp(`"${name}"\\s*:`).test(text));
}

async function* readTables(
  file: EvidenceFile,
  context: ReadContext,
): AsyncGenerator<TimelineEvent | Problem> {
  const { tables, problems } = await openTables(file, { signal: context.signal });
  yield* problems;
  for (const table of tables) yield* readTable(file, context, table);
}

async function* readTable(
  file: EvidenceFile,
  context: ReadContext,
  table: Table,
): AsyncGenerator<TimelineEvent | Problem> {
  const found: Problem[] = [];
  const events = new Events(file, context);
  let header: readonly string[] | null = null;
  const options = { signal: context.signal, onProblem: (problem: Problem) => found.push(problem) };
  for await (const rows of table.rows(options)) {
    for (const { number, cells } of rows) {
      if (cells.every((cell) => cell.trim() === '')) continue;
      if (header === null) {
        header = namesOf(cells);
        continue;
      }
      const names = header;
      const event = events.read(
        cells.flatMap((cell, column): [string, string][] => {
          const name = names[column];
          return name === undefined || name === '' ? [] : [[name, cell]];
        }),
        `row ${number}`,
      );
      if (event) yield event;
    }
  }
  yield* found;
  yield* events.problems();
}

async function* readJsonLines(
  file: EvidenceFile,
  context: ReadContext,
): AsyncGenerator<TimelineEvent | Problem> {
  const events = new Events(file, context);
  for await (const batch of jsonItems(file, { lists: [''], lines: true }, { signal: context.signal })) {
    for (const item of batch) {
      if (item.kind === 'problem') yield item;
      if (item.kind !== 'item') continue;
      const object = asObject(item.value);
      const event = events.read(object === null ? [] : fieldsOf(object), item.locator);
      if (event) yield event;
    }
  }
  yield* events.problems();
}

function fieldsOf(object: JsonObject): [string, string][] {
  return Object.entries(object).map(([name, value]) => [name, textOf(value)]);
}

function textOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string'
    ? value
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
}

/** Rows as events, and what is said about them at the end. */
class Events {
  readonly #badRows = new RowCounter();
  readonly #badTimes = new RowCounter();
  readonly #withoutZone = new RowCounter();
  readonly #cut = new RowCounter();

  constructor(
    readonly file: EvidenceFile,
    readonly context: ReadContext,
  ) {}

  read(given: readonly (readonly [name: string, value: string])[], locator: string): TimelineEvent | null {
    const fields: Record<string, string> = Object.create(null);
    let count = 0;
    for (const [name, value] of given) {
      if (value === '') continue;
      if (count >= MAX_FIELDS || value.length > MAX_FIELD_CHARACTERS || name.length > 200)
        this.#cut.add(locator);
      if (count >= MAX_FIELDS || name.length > 200) continue;
      fields[name] = value.slice(0, MAX_FIELD_CHARACTERS);
      count += 1;
    }
    const { message, datetime, timestamp, timestamp_desc: timeOf, data_type: dataType, ...others } = fields;
    if (message === undefined) {
      this.#badRows.add(locator);
      return null;
    }
    const time = eventTime(datetime, timestamp, this.context.times);
    if (time === null || time.at === null) {
      this.#badTimes.add(locator);
      return null;
    }
    if (time.atZone === 'assumed-utc') this.#withoutZone.add(locator);
    return {
      kind: 'timeline-event',
      ...time,
      source: pointerTo(this.file, locator),
      message,
      timeOf: timeOf ?? null,
      dataType: dataType ?? null,
      fields: { ...others },
    };
  }

  *problems(): Generator<Problem> {
    const say = (rows: RowCounter, code: string, effect: Problem['effect']): Problem[] =>
      rows.count === 0 ? [] : [problemAt(this.file, rows.first, code, effect, { count: rows.count })];
    yield* say(this.#badRows, 'bad-row', 'lost');
    yield* say(this.#badTimes, 'bad-time', 'lost');
    yield* say(this.#cut, 'cells-cut', 'lost');
    yield* say(this.#withoutZone, 'time-zone-assumed', 'note');
  }
}

/** `datetime`, written or as a number since 1970; without it `timestamp`. Null when neither is a time. */
function eventTime(
  datetime: string | undefined,
  timestamp: string | undefined,
  times: ReadingOfTimes | undefined,
): RecordTime | null {
  if (datetime === undefined) return timestamp === undefined ? null : epoch(timestamp);
  const text = datetime.trim();
  const number = epoch(text);
  if (number !== null) return number;
  const written = parseLocalDate(text);
  return written === null ? null : recordTime(written, 'year-first', times);
}

/** Microseconds, as documented; files with seconds, milliseconds or nanoseconds are told by the size of the number. */
function epoch(text: string): RecordTime | null {
  const digits = /^(\d{9,19})(?:\.0+)?$/.exec(text.trim())?.[1];
  if (digits === undefined) return null;
  const number = BigInt(digits);
  const microseconds = SCALES.find(([most]) => digits.length <= most)?.[1](number) ?? number;
  const at = fromUnixMicroseconds(microseconds);
  return at === null ? null : { at };
}

/** Most digits -> microseconds: between 1973 and 2286 numbers of the four units have different lengths. */
const SCALES: readonly (readonly [most: number, toMicroseconds: (number: bigint) => bigint])[] = [
  [10, (seconds) => seconds * 1_000_000n],
  [13, (milliseconds) => milliseconds * 1_000n],
  [16, (microseconds) => microseconds],
  [19, (nanoseconds) => nanoseconds / 1_000n],
];
