/** Exports and logs in JSON: an entry a line, a list, or a document that wraps its entries. */
import type { EvidenceFile, FileProbe, Problem } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';
import { pointerTo } from '../core/places.js';
import { begunJson } from '../formats/begun-json.js';
import { type JsonShape, jsonItems } from '../formats/json-items.js';
import { asList, asObject, type JsonObject, type JsonValue, own } from '../formats/json-values.js';
import { MAX_LINE_BYTES, rowLines, textOfHead } from './row-lines.js';

/** How the entries of a format lie in its files, and what is done with each. */
export interface JsonRowFormat {
  /** Key paths of the lists that hold the entries of a document, where a tool wraps them: `result.hits`. */
  readonly lists: readonly string[];
  /** Whether lines may have words of a shipper before the object: `Oct  5 10:00:00 sensor suricata: {…}`. */
  readonly hasPrefixes?: boolean;
  /** Whether the value, which may be the beginning of one, is an entry of this format. */
  isEntry(entry: JsonObject): boolean;
}

/** What takes the entries. Everything waits in it until the reader lets it leave. */
export interface JsonRowTaker<Item> {
  /** Begins a row. */
  at(locator: string): void;
  /** False when the entry is none of the format after all. */
  read(entry: JsonObject): boolean;
  /** The row is none of this format, or damaged. */
  bad(): void;
  /** The row is longer than is held. */
  tooLarge(): void;
  /** The last row has no end. */
  cut(): void;
  problem(problem: Problem): void;
  /** What leaves now. */
  leaving(): readonly Item[];
  /** What is left at the end of the file. */
  end(): readonly Item[];
}

/** Longer lines are looked at for nesting before they are parsed: parsing deep nesting costs memory far beyond their length. */
const LONG_LINE = 65_536;
const MAX_DEPTH = 200;
/** Longer beginnings of a line are no words of a shipper. */
const MAX_PREFIX = 512;
const OPENING = 0x7b;
/** Entries looked at in the beginning of a file. */
const FIRST_ENTRIES = 3;

/** Whether a file begins as a format's files do. */
export function recognisesJsonRows({ head }: FileProbe, format: JsonRowFormat): boolean {
  // Most files are no JSON; they cost one look at a byte.
  if (format.hasPrefixes ? !head.includes(OPENING) : !beginsJson(head)) return false;
  const text = textOfHead(head);
  const hasEntry = (from: string): boolean =>
    firstEntries(from, format).some((entry) => format.isEntry(entry));
  return hasEntry(text) || (format.hasPrefixes === true && hasEntry(afterCutLine(text)));
}

/**
 * What follows the first line where that is only the end of an entry: logs whose older part is dropped begin anywhere.
 * Nothing where it is anything else.
 */
function afterCutLine(text: string): string {
  const end = text.indexOf('\n');
  const first = text.slice(0, Math.max(0, end)).trim();
  if (!first.endsWith('}') || /^[[{]/.test(first) || jsonOf(withoutPrefix(first)) !== undefined) return '';
  return text.slice(end + 1);
}

/**
 * Reads a file. A bad row costs itself only.
 *
 * @throws EvidenceError `wrong-format` when it does not begin as one of this format
 */
export async function* readJsonRows<Item>(
  file: EvidenceFile,
  signal: AbortSignal | undefined,
  format: JsonRowFormat,
  rows: JsonRowTaker<Item>,
): AsyncGenerator<Item> {
  const probe = await file.probe();
  if (!recognisesJsonRows(probe, format)) throw new EvidenceError('wrong-format', pointerTo(file, ''));
  const shape = shapeOf(textOfHead(probe.head), file.sizeBytes, format);
  if (shape === null) {
    yield* readLines(file, signal, format, rows);
  } else {
    // However many entries: nothing is kept of them.
    const options = { signal, maxItems: Number.MAX_SAFE_INTEGER };
    for await (const events of jsonItems(file, shape, options)) {
      for (const event of events) {
        if (event.kind === 'problem') rows.problem(event);
        if (event.kind !== 'item') continue;
        rows.at(event.locator);
        readValue(event.value, format, rows);
      }
      for (const item of rows.leaving()) yield item;
    }
  }
  for (const item of rows.end()) yield item;
}

async function* readLines<Item>(
  file: EvidenceFile,
  signal: AbortSignal | undefined,
  format: JsonRowFormat,
  rows: JsonRowTaker<Item>,
): AsyncGenerator<Item> {
  const lines = rowLines(file, {
    signal,
    encoding: 'utf8',
    onLine: (text, number, isLast) => {
      rows.at(`line ${number}`);
      const value = jsonOf(format.hasPrefixes ? withoutPrefix(text) : text);
      if (value !== undefined) readValue(value, format, rows);
      else if (isLast) rows.cut();
      else if (text.trim() !== '') rows.bad();
    },
    onTooLong: (number) => {
      rows.at(`line ${number}`);
      rows.tooLarge();
    },
  });
  for await (const _ of lines) for (const item of rows.leaving()) yield item;
}

/** Undefined when the line is no JSON, or nested beyond all reason. */
export function jsonOf(line: string): JsonValue | undefined {
  if (line.length > LONG_LINE && isTooDeep(line)) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function readValue<Item>(value: JsonValue, format: JsonRowFormat, rows: JsonRowTaker<Item>): void {
  const object = asObject(value);
  if (object === null) {
    rows.bad();
    return;
  }
  if (rows.read(object)) return;
  const entries = wrapped(object, format);
  if (entries === null) {
    rows.bad();
    return;
  }
  for (const item of entries) {
    const entry = asObject(item);
    if (entry === null || !rows.read(entry)) rows.bad();
  }
}

/** The entries of a document that wraps them; null when it wraps none. */
function wrapped(object: JsonObject, { lists }: JsonRowFormat): readonly JsonValue[] | null {
  for (const path of lists) {
    let value: JsonValue | undefined = object;
    for (const key of path.split('.')) value = own(asObject(value) ?? {}, key);
    if (Array.isArray(value)) return asList(value);
  }
  return null;
}

function beginsJson(head: Uint8Array): boolean {
  for (const byte of head) {
    // A byte order mark (also of UTF-16, whose letters have a zero byte) and blanks.
    if (byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf || byte >= 0xfe) continue;
    return byte === 0x7b || byte === 0x5b;
  }
  return false;
}

function withoutPrefix(line: string): string {
  const start = line.indexOf('{');
  return start > 0 && start <= MAX_PREFIX ? line.slice(start) : line;
}

/** The first entries in the beginning of a file. */
function firstEntries(text: string, format: JsonRowFormat): readonly JsonObject[] {
  const begun = begunRow(text, format);
  if (begun === null) return [];
  const object = asObject(begun);
  const entries = object === null ? asList(begun) : (wrapped(object, format) ?? [object]);
  return entries
    .slice(0, FIRST_ENTRIES)
    .map(asObject)
    .filter((entry) => entry !== null);
}

function begunRow(text: string, { hasPrefixes }: JsonRowFormat): JsonValue | null {
  const start = text.search(/[^\s\ufeff]/);
  const opening = text[start];
  const isPlain = opening === '{' || opening === '[';
  if (start === -1 || (!isPlain && !hasPrefixes)) return null;
  const lineEnd = text.indexOf('\n', start);
  const line = text.slice(start, lineEnd === -1 ? text.length : lineEnd);
  const row = isPlain ? line : withoutPrefix(line);
  return (lineEnd === -1 ? undefined : jsonOf(row)) ?? begunJson(isPlain ? text : row);
}

/** How to walk a document; null for a row a line, which is much quicker and the usual form. */
function shapeOf(text: string, sizeBytes: number | null, format: JsonRowFormat): JsonShape | null {
  const start = text.trimStart();
  if (start.startsWith('[')) return { lists: ['', ...format.lists] };
  if (!start.startsWith('{')) return null;
  const lineEnd = start.indexOf('\n');
  const firstLine = (lineEnd === -1 ? start : start.slice(0, lineEnd)).trimEnd();
  if (lineEnd !== -1 && jsonOf(firstLine) !== undefined) return null;
  const begun = asObject(begunJson(start) ?? undefined);
  const isWrapped = begun !== null && wrapped(begun, format) !== null;
  const isPrinted = lineEnd !== -1 && /[{[,:]$/.test(firstLine);
  if (isWrapped && (isPrinted || sizeBytes === null || sizeBytes > MAX_LINE_BYTES))
    return { lists: ['', ...format.lists] };
  return isPrinted ? { lists: [''], lines: true } : null;
}

function isTooDeep(line: string): boolean {
  let depth = 0;
  for (let index = 0; index < line.length; index += 1) {
    const code = line.charCodeAt(index);
    if (code === 0x22) {
      for (index += 1; index < line.length; index += 1) {
        const inside = line.charCodeAt(index);
        if (inside === 0x5c) index += 1;
        else if (inside === 0x22) break;
      }
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    }
  }
  return false;
}
