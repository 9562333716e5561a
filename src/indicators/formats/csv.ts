/**
 * Tables of indicators: MISP's CSV export, and the shapes research teams publish (lures spec, 4.1). Columns are
 * recognised by their heading; a table without headings by its values.
 */
import { classify, type TypeHint } from '../classify.js';
import { type FeedBuilder, feedTime } from '../feed-builder.js';
import { isReference, readTyped } from './misp.js';

// A YARA rule stands in one cell of a published file; nothing is a hundred times as long.
const MAX_CELL_LENGTH = 1_000_000;
const MAX_COLUMNS = 256;

export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Rows of delimited text (RFC 4180): quoted cells may hold delimiters, doubled quotation marks and line ends; any of
 * the three line ends. A quotation mark inside an unquoted cell stands for itself.
 */
export function* csvRows(text: string, delimiter: string): Generator<CsvRow> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const startLine = line;
    const cells: string[] = [];
    for (;;) {
      let cell: string;
      if (text[at] === '"') {
        const parts: string[] = [];
        let from = at + 1;
        for (;;) {
          const quote = text.indexOf('"', from);
          const end = quote < 0 ? text.length : quote;
          parts.push(text.slice(from, end));
          at = end + 1;
          if (quote < 0 || text[at] !== '"') break;
          parts.push('"');
          from = at + 1;
        }
        // Anything between the closing mark and the delimiter belongs to the cell, as spreadsheets read it.
        const rest = cellEnd(text, at, delimiter);
        parts.push(text.slice(at, rest));
        cell = parts.join('');
        at = rest;
        line += lineEndsIn(cell);
      } else {
        const end = cellEnd(text, at, delimiter);
        cell = text.slice(at, end);
        at = end;
      }
      if (cells.length < MAX_COLUMNS) cells.push(cell.length > MAX_CELL_LENGTH ? '' : cell.trim());
      if (text[at] !== delimiter) break;
      at += 1;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    at += 1;
    line += 1;
    yield { line: startLine, cells };
  }
}

function cellEnd(text: string, start: number, delimiter: string): number {
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === delimiter || character === '\n' || character === '\r') return at;
  }
  return text.length;
}

function lineEndsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** What a column holds. `cells`: indicators of a type; the others steer how the row is read. */
type Column =
  | { readonly kind: 'cells'; readonly type: TypeHint }
  | { readonly kind: 'value' | 'type' | 'category' | 'to-ids' | 'family' | 'comment' | 'date' | 'place' };

const COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ...columns(
    'value',
    'value',
    'indicator',
    'indicator value',
    'ioc',
    'ioc value',
    'observable',
    'valor',
    'indicador',
  ),
  ...columns('type', 'type', 'indicator type', 'ioc type', 'tipo'),
  ...columns('category', 'category', 'categoria'),
  ...columns('to-ids', 'to ids'),
  ...columns('family', 'malware family', 'family', 'malware', 'app', 'application', 'familia', 'aplicacion'),
  ...columns(
    'comment',
    'comment',
    'comments',
    'description',
    'notes',
    'comentario',
    'comentarios',
    'descripcion',
    'notas',
  ),
  ...columns('date', 'date', 'first seen', 'relevant date', 'fecha'),
  ...columns('place', 'uuid'),
  ...cells(
    'domain',
    'domain',
    'domains',
    'domain name',
    'domain names',
    'hostname',
    'hostnames',
    'host',
    'fqdn',
    'dominio',
    'dominios',
  ),
  ...cells(
    'ip',
    'ip',
    'ips',
    'ip address',
    'ip addresses',
    'ipv4',
    'ipv6',
    'direccion ip',
    'relevant resolution',
    'resolution',
  ),
  ...cells('url', 'url', 'urls', 'enlace', 'enlaces'),
  ...cells('email', 'email', 'emails', 'e mail', 'email address', 'correo', 'correos', 'correo electronico'),
  ...cells('md5', 'md5', 'md5 hash'),
  ...cells('sha1', 'sha1', 'sha 1'),
  ...cells('sha256', 'sha256', 'sha 256', 'sha2'),
  ...cells('hash', 'hash', 'hashes', 'file hash'),
  ...cells('unknown', 'c2', 'c2s', 'c2 server', 'c2 domain', 'c c', 'command and control'),
  ...cells('app-id', 'package', 'package name', 'app id', 'bundle id'),
  ...cells('app-cert', 'certificate', 'cert', 'certificate sha1', 'certificate hash'),
  ...cells('file-name', 'file', 'file name', 'filename'),
]);

function columns(kind: Exclude<Column['kind'], 'cells'>, ...names: string[]): [string, Column][] {
  return names.map((name) => [name, { kind }]);
}

function cells(type: TypeHint, ...names: string[]): [string, Column][] {
  return names.map((name) => [name, { kind: 'cells', type }]);
}

const HASHES: ReadonlySet<TypeHint> = new Set(['md5', 'sha1', 'sha256', 'hash']);
// Cells that say "nothing here".
const BLANK = /^(?:|-|n\/?a|none|null|unknown|\?)$/i;

/** The delimiter of a table, or null when the text is none: recognised by its headings, or by values in several columns. */
export function looksLikeCsv(given: string): boolean {
  const text = withoutSeparatorLine(given);
  const delimiter = delimiterOf(text);
  const head: CsvRow[] = [];
  for (const row of csvRows(text.slice(0, 200_000), delimiter ?? ',')) {
    if (row.cells.some((cell) => cell !== '')) head.push(row);
    if (head.length >= 50) break;
  }
  const [first] = head;
  if (first === undefined) return false;
  if (isHeading(first)) return true;
  if (delimiter === null) return false;
  const withValues = head.filter(
    (row) => row.cells.length > 1 && row.cells.some((cell) => classify(cell) !== null),
  );
  return withValues.length >= Math.ceil(head.length * 0.6);
}

export function readCsv(given: string, feed: FeedBuilder): void {
  const text = withoutSeparatorLine(given);
  const delimiter = delimiterOf(text) ?? ',';
  let layout: readonly (Column | undefined)[] | null = null;
  let isFirst = true;
  for (const row of csvRows(text, delimiter)) {
    if (row.cells.every((cell) => cell === '') || row.cells[0]?.startsWith('#')) continue;
    if (isFirst && isHeading(row)) layout = row.cells.map((cell) => columnOf(cell));
    else if (layout === null) readUntitled(row, feed);
    else readRow(row, layout, feed);
    isFirst = false;
  }
}

/** Spreadsheets write "sep=;" on the first line for themselves. Blanked, so that the lines keep their numbers. */
function withoutSeparatorLine(text: string): string {
  return text.replace(/^\ufeff?"?sep=.?"?[\t ]*(?=[\r\n])/i, '');
}

function delimiterOf(text: string): string | null {
  const line = /[^\r\n]+/.exec(text)?.[0] ?? '';
  const bare = line.replace(/"[^"]*"/g, '');
  let best: string | null = null;
  let most = 0;
  for (const candidate of [',', ';', '\t']) {
    const count = bare.split(candidate).length - 1;
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  return best;
}

/** A first row is a heading when it names a column of indicators and holds no indicator itself. */
function isHeading(row: CsvRow): boolean {
  const named = row.cells.map((cell) => columnOf(cell));
  const hasIndicators = named.some((column) => column?.kind === 'cells' || column?.kind === 'value');
  return hasIndicators && !row.cells.some((cell) => classify(cell) !== null);
}

function columnOf(heading: string): Column | undefined {
  return COLUMNS.get(
    heading
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim(),
  );
}

function readRow(row: CsvRow, layout: readonly (Column | undefined)[], feed: FeedBuilder): void {
  const textOf = (kind: Column['kind']): string | null => {
    const index = layout.findIndex((column) => column?.kind === kind);
    return (index < 0 ? null : row.cells[index]) || null;
  };
  const place = textOf('place') ?? `line ${row.line}`;
  const about = {
    family: textOf('family'),
    validFrom: feedTime(textOf('date')),
    comment: textOf('comment'),
  };
  const value = textOf('value');
  if (layout.some((column) => column?.kind === 'value')) {
    if (value === null) {
      feed.skip('blank');
    } else if (isReference(textOf('to-ids'), textOf('category'))) {
      feed.skip('reference');
      feed.reference(value);
    } else {
      readTyped((textOf('type') ?? '').toLowerCase(), value, place, false, feed, about);
    }
  }
  const hasHash = layout.some((column, index) => {
    return column?.kind === 'cells' && HASHES.has(column.type) && !BLANK.test(row.cells[index] ?? '');
  });
  layout.forEach((column, index) => {
    if (column?.kind !== 'cells') return;
    const cell = row.cells[index] ?? '';
    if (BLANK.test(cell)) {
      if (cell !== '') feed.skip('blank');
    } else if (column.type === 'file-name' && hasHash) {
      feed.skip('file-name-with-hash');
    } else if (column.type === 'file-name' || column.type === 'app-id') {
      feed.add({ type: column.type, value: cell, place, ...about });
    } else {
      // Several in a cell, as in "203.0.113.7, 203.0.113.8".
      for (const part of cell.split(/[\s,;]+/)) {
        if (!BLANK.test(part)) feed.add({ type: column.type, value: part, place, ...about });
      }
    }
  });
}

/** A row of a table without headings: whatever is clearly an indicator counts, the rest is remarks. */
function readUntitled(row: CsvRow, feed: FeedBuilder): void {
  let found = 0;
  for (const cell of row.cells) {
    if (classify(cell) === null) continue;
    found += 1;
    feed.add({ type: 'unknown', value: cell, place: `line ${row.line}` });
  }
  if (found === 0) feed.skip('unclassified');
}
