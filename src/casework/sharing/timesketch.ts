/**
 * Time lines for Timesketch: `message`, `datetime` (ISO 8601) and `timestamp_desc` are required, `timestamp` is in
 * microseconds (Timesketch documentation, "Create timeline from JSONL/CSV file").
 */
import { csvRow } from '../../report/csv.js';
import { printable } from '../../report/printable.js';
import type { Shared, SharedEvent } from './shared.js';
import { eventWords } from './words.js';

const COLUMNS = [
  'message',
  'datetime',
  'timestamp',
  'timestamp_desc',
  'event',
  'kind',
  'time_known',
  'evidence',
  'path',
  'locator',
] as const;

/** Keyword fields above it break the index: Lucene's `IndexWriter.MAX_TERM_LENGTH`. */
const MAX_CELL_BYTES = 32_766;

type Row = Readonly<Record<(typeof COLUMNS)[number], string | number>>;

export async function* timesketchCsv(shared: Shared): AsyncGenerator<string> {
  yield `${csvRow(COLUMNS)}\n`;
  for await (const row of rows(shared)) {
    // What the guard of the row adds may need a byte or two.
    yield `${csvRow(COLUMNS.map((column) => cut(String(row[column]), MAX_CELL_BYTES - 64)))}\n`;
  }
}

export async function* timesketchJsonl(shared: Shared): AsyncGenerator<string> {
  for await (const row of rows(shared)) yield `${JSON.stringify(row)}\n`;
}

async function* rows(shared: Shared): AsyncGenerator<Row> {
  // Without findings (indicators only), the line says when each name was first and last met.
  if (shared.findings.length === 0) {
    for (const { value, firstSeen, lastSeen } of shared.indicators) {
      const times = firstSeen?.at === lastSeen?.at ? [firstSeen] : [firstSeen, lastSeen];
      for (const time of times)
        if (time)
          yield rowOf(shared, { time, event: 'indicator', kind: 'indicator', text: value, place: null });
    }
  }
  for await (const event of shared.events()) yield rowOf(shared, event);
}

function rowOf(shared: Shared, { time, event, kind, text, place }: SharedEvent): Row {
  const what = event === 'indicator' ? shared.words('indicator.published') : eventWords(shared.words, event);
  return {
    message: shown(text),
    // The offset in digits: one form for all rows, because Timesketch takes that of the first for that of the others.
    datetime: `${time.at.slice(0, -1)}+00:00`,
    timestamp: microseconds(time.at),
    timestamp_desc: time.known === 'exact' ? what : shared.words(`timeKnown.${time.known}`, { event: what }),
    event,
    kind,
    time_known: time.known,
    evidence: place?.evidence ?? '',
    path: shown(place?.path ?? ''),
    locator: shown(place?.locator ?? ''),
  };
}

/** Addresses are defanged: the line is read in a browser. */
function shown(text: string): string {
  return cut(printable(text, MAX_CELL_BYTES), MAX_CELL_BYTES);
}

/** A text of so many bytes at most, no character cut in two. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text, 'utf8') <= bytes) return text;
  const buffer = Buffer.from(text, 'utf8');
  let end = bytes - 3;
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${buffer.toString('utf8', 0, end)}…`;
}

/** Exact: microseconds since 1970 lie below 2^53. */
function microseconds(at: string): number {
  return Date.parse(`${at.slice(0, 23)}Z`) * 1000 + Number(at.slice(23, 26));
}
