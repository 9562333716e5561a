/** A place in a file and what is around it, as plain text. All of it comes from evidence: what shows it shows text, nothing else. */
import type { EvidenceFile } from '../../core/contracts.js';
import { asArray, asDictionary, PlistUid, type PlistValue, readPlist } from '../../evidence/plist/plist.js';
import { openSqlite } from '../../evidence/sqlite/sqlite.js';
import type { EvidenceContext } from '../api/api.js';

export type View = Pick<EvidenceContext, 'view' | 'columns' | 'rows'> & { readonly isCut: boolean };
type Row = EvidenceContext['rows'][number];

export const MAX_VIEW_BYTES = 64 * 1024;
const MAX_CELL_CHARACTERS = 4_096;
const LINES_AROUND = 20;
const BYTES_AROUND = 256;
const BYTES_PER_ROW = 16;
/** Bytes read on the way to a line or byte: a log of gigabytes is not read to its end for a look. */
const MAX_READ_BYTES = 512 * 1024 * 1024;
const MAX_PLIST_BYTES = 16 * 1024 * 1024;
const MAX_KEYS = 200;

/** Looks at a place; null when its locator is of no kind that can be shown in context. */
export async function viewOf(
  file: EvidenceFile,
  locator: string,
  around: { readonly before: number; readonly after: number },
): Promise<View | null> {
  const row = /^(.+) ROWID (-?\d{1,19})$/s.exec(locator);
  if (row?.[1] !== undefined && row[2] !== undefined) return rowsView(file, row[1], BigInt(row[2]), around);
  const line = /^line (\d{1,15})/.exec(locator);
  if (line) return linesView(file, Number(line[1]));
  const byte = /^byte (\d{1,15})/.exec(locator);
  if (byte) return bytesView(file, Number(byte[1]));
  const { head } = await file.probe();
  const start = Buffer.from(head).toString('latin1', 0, 200);
  if (start.startsWith('bplist') || /<!DOCTYPE plist|<plist/.test(start)) return keysView(file, locator);
  return null;
}

async function rowsView(
  file: EvidenceFile,
  table: string,
  rowId: bigint,
  { before, after }: { readonly before: number; readonly after: number },
): Promise<View | null> {
  const database = await openSqlite(file);
  try {
    if (!database.tables.has(table)) return null;
    const columns = [...database.columns(table)].slice(0, 60);
    const name = quoted(table);
    const list = columns.map(quoted).join(', ');
    const id = rowId.toString();
    const rows: Row[] = [];
    // In two halves: numbers of rows have holes.
    const halves = [
      `SELECT rowid AS "vigia rowid", ${list} FROM (SELECT rowid, * FROM ${name} WHERE rowid <= ${id} ORDER BY rowid DESC LIMIT ${before + 1}) ORDER BY rowid`,
      `SELECT rowid AS "vigia rowid", ${list} FROM ${name} WHERE rowid > ${id} ORDER BY rowid LIMIT ${after}`,
    ];
    for (const sql of halves) {
      for (const row of database.rows(sql, { key: 'vigia rowid' })) {
        const own = String(row['vigia rowid'] ?? '');
        rows.push({
          label: own,
          cells: columns.map((column) => cellOf(row[column] ?? null)),
          isHere: own === id,
        });
      }
    }
    if (!rows.some(({ isHere }) => isHere)) return null;
    return fitted('rows', columns, rows);
  } finally {
    await database.close();
  }
}

async function linesView(file: EvidenceFile, wanted: number): Promise<View | null> {
  const rows: Row[] = [];
  let number = 1;
  let read = 0;
  let line: Buffer[] = [];
  let length = 0;
  const end = (): void => {
    if (number >= wanted - LINES_AROUND && number <= wanted + LINES_AROUND) {
      const text = Buffer.concat(line).toString('utf8').replace(/\r$/, '');
      const cut = length > MAX_CELL_CHARACTERS ? `${text}…` : text;
      rows.push({ label: String(number), cells: [cut], isHere: number === wanted });
    }
    number += 1;
    line = [];
    length = 0;
  };
  const take = (part: Uint8Array): void => {
    // Of a line of megabytes the beginning is enough, and of lines far away nothing.
    if (length < MAX_CELL_CHARACTERS && number >= wanted - LINES_AROUND)
      line.push(Buffer.from(part.subarray(0, MAX_CELL_CHARACTERS - length)));
    length += part.byteLength;
  };
  for await (const chunk of file.stream()) {
    read += chunk.byteLength;
    if (read > MAX_READ_BYTES) break;
    let at = 0;
    for (let next = chunk.indexOf(10); next >= 0; next = chunk.indexOf(10, at)) {
      take(chunk.subarray(at, next));
      end();
      at = next + 1;
    }
    take(chunk.subarray(at));
    if (number > wanted + LINES_AROUND) break;
  }
  if (length > 0 && number <= wanted + LINES_AROUND) end();
  return rows.some(({ isHere }) => isHere) ? fitted('lines', [], rows) : null;
}

async function bytesView(file: EvidenceFile, wanted: number): Promise<View | null> {
  const start = Math.max(0, Math.floor((wanted - BYTES_AROUND) / BYTES_PER_ROW) * BYTES_PER_ROW);
  const end = start + 2 * BYTES_AROUND;
  const parts: Uint8Array[] = [];
  let position = 0;
  for await (const chunk of file.stream()) {
    const [from, to] = [Math.max(0, start - position), Math.min(chunk.byteLength, end - position)];
    if (from < to) parts.push(Uint8Array.from(chunk.subarray(from, to)));
    position += chunk.byteLength;
    if (position >= end || position > MAX_READ_BYTES) break;
  }
  const bytes = Buffer.concat(parts);
  if (bytes.byteLength <= wanted - start) return null;
  const rows: Row[] = [];
  for (let at = 0; at < bytes.byteLength; at += BYTES_PER_ROW) {
    const part = bytes.subarray(at, at + BYTES_PER_ROW);
    const isHere = wanted >= start + at && wanted < start + at + BYTES_PER_ROW;
    const hex = part.toString('hex').replaceAll(/(..)(?!$)/g, '$1 ');
    const text = part.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.');
    rows.push({ label: String(start + at), cells: [hex, text], isHere });
  }
  return fitted('bytes', [], rows);
}

/** The dictionary around a key path, as keys and values. */
async function keysView(file: EvidenceFile, locator: string): Promise<View | null> {
  if (file.sizeBytes !== null && file.sizeBytes > MAX_PLIST_BYTES) return null;
  const path = locator === '' ? [] : locator.split(' > ');
  let place: PlistValue | undefined = await readPlist(file);
  let last = '';
  for (const [index, key] of path.entries()) {
    const next = stepInto(place, key);
    if (next === undefined) return null;
    // The last step is shown among its neighbours, unless it holds others.
    if (index === path.length - 1 && asDictionary(next) === null && asArray(next) === null) last = key;
    else place = next;
  }
  const list = asArray(place);
  const entries = list
    ? list.map((value, index) => [String(index), value] as const)
    : Object.entries(asDictionary(place) ?? { '': place ?? null });
  const here = entries.findIndex(([key]) => key === last);
  const from = Math.max(0, Math.min(here - MAX_KEYS / 2, entries.length - MAX_KEYS));
  const rows = entries.slice(from, from + MAX_KEYS).map(([key, value]) => ({
    label: cut(key),
    cells: [plistText(value ?? null)],
    isHere: last !== '' && key === last,
  }));
  const view = fitted('keys', [], rows);
  return { ...view, isCut: view.isCut || entries.length > MAX_KEYS };
}

function stepInto(value: PlistValue | undefined, key: string): PlistValue | undefined {
  const list = asArray(value);
  if (list) return /^\d{1,9}$/.test(key) ? list[Number(key)] : undefined;
  const dictionary = asDictionary(value);
  return dictionary && Object.hasOwn(dictionary, key) ? dictionary[key] : undefined;
}

function plistText(value: PlistValue): string {
  if (value instanceof Uint8Array) return cellOf(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (value instanceof PlistUid) return String(value.value);
  const list = asArray(value);
  if (list) return `[${list.length}]`;
  const dictionary = asDictionary(value);
  if (dictionary) return `{${Object.keys(dictionary).length}}`;
  return cut(String(value));
}

/** A record as the vault has it. */
export function recordView(record: object): View {
  const rows: Row[] = [];
  const tell = (value: unknown, name: string): void => {
    if (rows.length > MAX_KEYS) return;
    if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) tell(inner, name === '' ? key : `${name}.${key}`);
    } else {
      rows.push({ label: cut(name), cells: [cut(String(value ?? ''))], isHere: false });
    }
  };
  tell(record, '');
  return fitted('record', [], rows);
}

/** Leaves out what is farthest from the place until it is short enough. */
function fitted(view: View['view'], columns: readonly string[], rows: readonly Row[]): View {
  const kept = [...rows];
  const here = rows.find(({ isHere }) => isHere);
  let bytes = sizeOf(kept) + sizeOf([{ label: '', cells: columns, isHere: false }]);
  let isCut = false;
  while (bytes > MAX_VIEW_BYTES && kept.length > 1) {
    const at = here ? kept.indexOf(here) : 0;
    const gone = at > kept.length - 1 - at ? kept.shift() : kept.pop();
    bytes -= gone ? sizeOf([gone]) : 0;
    isCut = true;
  }
  if (bytes <= MAX_VIEW_BYTES) return { view, columns, rows: kept, isCut };
  // One row by itself: each cell gets its part.
  const each = Math.floor(MAX_VIEW_BYTES / 8 / Math.max(1, columns.length));
  const shortened = kept.map((row) => ({ ...row, cells: row.cells.map((cell) => cell.slice(0, each)) }));
  return { view, columns: columns.map((column) => column.slice(0, each)), rows: shortened, isCut: true };
}

/** As JSON, roughly: control characters take six bytes each. */
function sizeOf(rows: readonly Row[]): number {
  return Buffer.byteLength(JSON.stringify(rows), 'utf8');
}

function cellOf(value: null | number | bigint | string | Uint8Array): string {
  if (value === null) return '';
  if (value instanceof Uint8Array) {
    const shown = Buffer.from(value.subarray(0, 64))
      .toString('hex')
      .replaceAll(/(..)(?!$)/g, '$1 ');
    return value.byteLength > 64 ? `${shown} … (${value.byteLength} B)` : shown;
  }
  return cut(String(value));
}

function cut(text: string): string {
  return text.length > MAX_CELL_CHARACTERS ? `${text.slice(0, MAX_CELL_CHARACTERS)}…` : text;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
