/**
 * Reads the calendar of publications that an analyst gives with `--events`: a table as text with a column for the date and one
 * for the title, in Spanish or English. What cannot be read is named with its line, and never quoted.
 */
import { MAX_PUBLICATIONS, type Publication } from '../core/case-profile.js';
import { DateOrder, localTime, parseLocalDate, type WrittenTime } from '../formats/local-time.js';
import { delimiterOf } from '../formats/open-tables.js';
import { csvRows } from '../indicators/formats/csv.js';
import { ProfileError } from './profile-error.js';
import { readTextFile } from './text-file.js';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_TITLE = 300;
/** Of the beginning the delimiter is told. */
const HEAD_CHARACTERS = 4_000;

/** Headings in lower case, without accents, words between single spaces. */
const DATE =
  /\b(fecha|date|datetime|timestamp|dia|day|cuando|when|publicado|publicada|published|inicio|start)\b/;
const TIME = /\b(hora|time|hour)\b/;
const TITLE =
  /\b(titulo|title|titular|headline|evento|event|nombre|name|descripcion|description|publicacion|publication|asunto|subject|summary)\b/;

interface Columns {
  readonly date: number;
  readonly time: number;
  readonly title: number;
}

/**
 * Publications of a calendar file.
 *
 * @param options - order of day and month where neither a date nor the rest of the column tells, and zone of its times
 * @throws ProfileError
 */
export async function loadCalendar(
  path: string,
  options: { readonly dateOrder?: 'day-first' | 'month-first'; readonly timeZone: string },
): Promise<readonly Publication[]> {
  const read = await readTextFile(path, MAX_BYTES);
  if (read === 'unreadable') throw new ProfileError('calendarUnreadable', { path });
  if (read === 'too-large') throw new ProfileError('calendarTooLarge', { path });
  return parseCalendar(read.text, path, options);
}

/** Publications in a text. `path` is for the errors. @throws ProfileError */
export function parseCalendar(
  text: string,
  path: string,
  { dateOrder, timeZone }: { readonly dateOrder?: 'day-first' | 'month-first'; readonly timeZone: string },
): readonly Publication[] {
  const body = text.replace(/^sep=.\r?\n/i, '');
  const skipped = text.length > body.length ? 1 : 0;
  let columns: Columns | null = null;
  const rows: { readonly line: number; readonly written: WrittenTime; readonly title: string }[] = [];
  for (const { line: at, cells } of csvRows(body, delimiterOf(text.slice(0, HEAD_CHARACTERS)))) {
    const line = at + skipped;
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (columns === null) {
      columns = columnsOf(cells);
      if (columns) continue;
      // Without headings: the date, then the title.
      if (parseLocalDate((cells[0] ?? '').trim()) === null || cells.length < 2)
        throw new ProfileError('calendarColumns', { path, line });
      columns = { date: 0, time: -1, title: 1 };
    }
    const time = columns.time === -1 ? '' : (cells[columns.time] ?? '').trim();
    const date = (cells[columns.date] ?? '').trim();
    const written = parseLocalDate(time === '' ? date : `${date} ${time}`);
    if (written === null) throw new ProfileError('calendarDate', { path, line });
    if (rows.length >= MAX_PUBLICATIONS) throw new ProfileError('calendarTooLarge', { path });
    const title = (cells[columns.title] ?? '').trim().slice(0, MAX_TITLE);
    rows.push({ line, written, title: title === '' ? '—' : title });
  }
  if (columns === null) throw new ProfileError('calendarColumns', { path, line: 1 });
  const order = new DateOrder();
  for (const { written } of rows) if (written.order === null) order.see(...written.numbers);
  const decided = order.decide(dateOrder).order;
  return rows.map(({ line, written, title }) => {
    const at = isoOf(written, decided);
    if (at === null) throw new ProfileError('calendarDate', { path, line });
    return { at, title, timeZone };
  });
}

/** A written time that nobody can read in two ways; null for a day that no calendar has. */
function isoOf(written: WrittenTime, order: 'day-first' | 'month-first' | 'year-first'): string | null {
  const { year, month, day, hour, minute, second } = localTime(written, order);
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate())
    return null;
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  if (written.precision === 'day') return date;
  const offset = written.offsetMinutes;
  const zone =
    offset === null
      ? ''
      : `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${date}T${two(hour)}:${two(minute)}${written.precision === 'second' ? `:${two(second)}` : ''}${zone}`;
}

function columnsOf(cells: readonly string[]): Columns | null {
  const names = cells.map((cell) =>
    cell
      .toLowerCase()
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/[^a-z]+/g, ' ')
      .trim(),
  );
  const find = (heading: RegExp, ...taken: number[]): number =>
    names.findIndex((name, index) => !taken.includes(index) && heading.test(name));
  const date = find(DATE);
  if (date === -1) return null;
  const time = find(TIME, date);
  const title = find(TITLE, date, time);
  return title === -1 ? null : { date, time, title };
}
