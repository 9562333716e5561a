import { Connection, RawText, SqliteError } from './engine.js';
import {
  type Gap,
  HIGHEST_ROWID,
  LOWEST_ROWID,
  PageFile,
  type StoredRow,
  type StoredValue,
  TABLE_INTERIOR,
  TABLE_LEAF,
  type WalkReport,
} from './pages.js';
import { isPageSize, type Wal } from './wal.js';

/** What became of one table. */
export interface RebuiltTable {
  readonly name: string;
  readonly rows: number;
  /** Pages and records of this table that could not be read. */
  readonly badSpots: number;
  /** How many of the rows lay on pages nothing pointed to any more and were placed by their shape. */
  readonly placedRows: number;
}

export interface RebuildReport {
  readonly tables: readonly RebuiltTable[];
  /** Bad spots in the list of tables itself: whole tables may be missing. */
  readonly schemaBadSpots: number;
}

const PAGE_SIZES = [4096, 1024, 8192, 16_384, 32_768, 65_536, 2048, 512];
// More tables than the largest phone database has by far, and statements longer than any of them.
const MAX_TABLES = 5_000;
const MAX_SCHEMA_SQL_BYTES = 1_000_000;
// Rows times columns times tables looked at while placing pages: some seconds, for a schema made to take hours.
const MAX_COMPARISONS = 200_000_000;
const SQLITE_FULL = 13;
const SCHEMA_ROOT = 1;
const SCHEMA_COLUMNS = 5;

interface StoredColumn {
  readonly name: string;
  readonly affinity: 'TEXT' | 'NUMERIC' | 'INTEGER' | 'REAL' | 'BLOB';
  readonly notNull: boolean;
  /** Position in the primary key from 1, or 0. */
  readonly keyPosition: number;
  /** What rows written before the column was added have in it. */
  readonly defaultValue: StoredValue;
  /** A generated column is in the record but is not given out: `PRAGMA table_info` does not list it either. */
  readonly generated: boolean;
}

interface TableShape {
  readonly name: string;
  readonly root: number;
  readonly withoutRowid: boolean;
  /** Columns in the order in which a record holds them. */
  readonly stored: readonly StoredColumn[];
  /** Index in `stored` of the INTEGER PRIMARY KEY, which is the row number and NULL in the record; -1 when none. */
  readonly rowidColumn: number;
}

/**
 * Copies what can be read from a damaged database into a new, clean one: tables with their columns and row numbers,
 * no indexes, views, triggers or constraints. It reads pages itself, because SQLite gives up where a page is broken
 * and refuses a file shorter than its header says.
 *
 * @returns null when not even the list of tables can be read
 */
export function rebuild(
  damagedPath: string,
  log: { readonly path: string; readonly wal: Wal } | null,
  cleanPath: string,
): RebuildReport | null {
  const found = findSchema(damagedPath, log);
  if (!found) return null;
  const pages = new PageFile(damagedPath, log, found.pageSizeBytes);
  const clean = new Connection(cleanPath, { create: true });
  try {
    clean.exec('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; BEGIN');
    pages.markFreePages();
    const works = found.tables.flatMap((shape) => startTable(shape, clean));
    for (const work of works) work.readTree(pages);
    placeOrphans(pages, works);
    for (const work of works) work.finish();
    clean.exec('COMMIT');
    return { tables: works.map((work) => work.report()), schemaBadSpots: found.badSpots };
  } finally {
    pages.close();
    clean.close();
  }
}

interface FoundSchema {
  readonly tables: readonly TableShape[];
  readonly badSpots: number;
  readonly pageSizeBytes: number | undefined;
}

function findSchema(
  path: string,
  log: { readonly path: string; readonly wal: Wal } | null,
): FoundSchema | null {
  // undefined: what the header says. The others are tried when the header was overwritten.
  const logPageSize = log && log.wal.framesApplied > 0 ? [log.wal.pageSizeBytes] : [];
  for (const pageSizeBytes of [undefined, ...logPageSize, ...PAGE_SIZES]) {
    if (pageSizeBytes !== undefined && !isPageSize(pageSizeBytes)) continue;
    const pages = new PageFile(path, log, pageSizeBytes);
    try {
      const { rows, badSpots } = schemaRows(pages);
      const tables = tableShapes(rows);
      if (tables.length > 0) return { tables, badSpots, pageSizeBytes };
    } finally {
      pages.close();
    }
  }
  return null;
}

function schemaRows(pages: PageFile): { readonly rows: readonly StoredRow[]; readonly badSpots: number } {
  const rows: StoredRow[] = [];
  const walk = pages.walkTable(SCHEMA_ROOT, SCHEMA_COLUMNS);
  let step = walk.next();
  for (; !step.done; step = walk.next()) {
    if (rows.length < MAX_TABLES * 4) rows.push(step.value);
  }
  // Pages of the list that lost their parent exist only where its first page is not also its last.
  const isSpread = pages.page(SCHEMA_ROOT)?.[100] === TABLE_INTERIOR;
  if (step.value.badSpots === 0 || !isSpread) return { rows, badSpots: step.value.badSpots };
  for (let number = 2; number <= pages.pageCount; number += 1) {
    const orphans = pages.typeOf(number) === TABLE_LEAF ? pages.orphanRows(number) : null;
    if (!orphans?.every(isSchemaRow)) continue;
    if (rows.length < MAX_TABLES * 4) rows.push(...orphans);
  }
  return { rows, badSpots: step.value.badSpots };
}

function isSchemaRow({ values, complete }: StoredRow): boolean {
  const [type, name, table, root] = values;
  return (
    complete &&
    values.length === SCHEMA_COLUMNS &&
    ['table', 'index', 'view', 'trigger'].includes(textOf(type) ?? '') &&
    textOf(name) !== null &&
    textOf(table) !== null &&
    (typeof root === 'number' || root === null)
  );
}

function tableShapes(rows: readonly StoredRow[]): TableShape[] {
  const shapes = new Map<string, TableShape>();
  for (const row of rows) {
    if (!isSchemaRow(row) || shapes.size >= MAX_TABLES) continue;
    const [type, name, , root, sql] = row.values.map((value) =>
      typeof value === 'number' ? value : textOf(value),
    );
    if (type !== 'table' || typeof name !== 'string' || typeof root !== 'number' || typeof sql !== 'string')
      continue;
    if (sql.length > MAX_SCHEMA_SQL_BYTES || shapes.has(name.toLowerCase())) continue;
    const shape = shapeOf(name, root, sql);
    if (shape) shapes.set(name.toLowerCase(), shape);
  }
  return [...shapes.values()];
}

// Nothing but a plain table with a list of columns: no virtual table, and no "CREATE TABLE … AS SELECT", which would
// run a query of the evidence's author. SQLite stores the statement with these first words normalised.
const PLAIN_TABLE =
  /^CREATE TABLE\s+("(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\[[^\]]*\]|[^\s("'`[]+)\s*\(/i;

/** Lets SQLite itself parse the statement, in an empty database of its own. */
function shapeOf(name: string, root: number, sql: string): TableShape | null {
  if (!PLAIN_TABLE.test(sql) || /^sqlite_/i.test(name)) return null;
  let parser: Connection | null = null;
  try {
    parser = new Connection(':memory:');
    parser.exec('PRAGMA trusted_schema=OFF');
    const statement = parser.prepare(sql);
    statement.step();
    statement.finalize();
    const [table] = [
      ...parser.query(
        "SELECT name, wr FROM pragma_table_list WHERE schema='main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
      ),
    ];
    if (typeof table?.name !== 'string') return null;
    const withoutRowid = table.wr === 1;
    const columns: StoredColumn[] = [];
    let integerKeys = 0;
    let keys = 0;
    for (const row of parser.query(
      'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)',
      [table.name],
    )) {
      const declared = typeof row.type === 'string' ? row.type : '';
      // 2 = virtual generated column, which no record holds.
      if (row.hidden === 2 || typeof row.name !== 'string') continue;
      const keyPosition = typeof row.pk === 'number' ? row.pk : 0;
      if (keyPosition > 0) keys += 1;
      if (keyPosition > 0 && declared.toUpperCase() === 'INTEGER') integerKeys += 1;
      columns.push({
        name: row.name,
        affinity: affinityOf(declared),
        notNull: row.notnull === 1,
        keyPosition,
        defaultValue: literal(row.dflt_value),
        generated: row.hidden === 3,
      });
    }
    if (columns.length === 0) return null;
    const rowidColumn =
      !withoutRowid && keys === 1 && integerKeys === 1
        ? columns.findIndex((column) => column.keyPosition === 1)
        : -1;
    return { name, root, withoutRowid, stored: withoutRowid ? keyFirst(columns) : columns, rowidColumn };
  } catch (error) {
    if (error instanceof SqliteError) return null;
    throw error;
  } finally {
    parser?.close();
  }
}

// A table WITHOUT ROWID keeps the columns of its key in front (section 2.4 of the format).
function keyFirst(columns: readonly StoredColumn[]): StoredColumn[] {
  const key = columns
    .filter((column) => column.keyPosition > 0)
    .sort((a, b) => a.keyPosition - b.keyPosition);
  return [...key, ...columns.filter((column) => column.keyPosition === 0)];
}

// https://www.sqlite.org/datatype3.html#determination_of_column_affinity
function affinityOf(declared: string): StoredColumn['affinity'] {
  const type = declared.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

// Only plain literals: a default is text from the evidence and is not evaluated.
function literal(value: StoredValue | undefined): StoredValue {
  if (typeof value !== 'string') return null;
  if (/^[+-]?\d{1,15}$/.test(value)) return Number(value);
  if (/^[+-]?\d{1,15}\.\d{0,15}$/.test(value)) return Number(value);
  const quoted = /^'((?:[^']|'')*)'$/s.exec(value);
  return quoted?.[1] === undefined ? null : quoted[1].replaceAll("''", "'");
}

// A name or a column the clean database does not take costs that table, not the others.
function startTable(shape: TableShape, clean: Connection): TableWork[] {
  try {
    return [new TableWork(shape, clean)];
  } catch (error) {
    if (error instanceof SqliteError && error.resultCode !== SQLITE_FULL) return [];
    throw error;
  }
}

/** One table on its way into the clean database. */
class TableWork {
  readonly shape: TableShape;
  gaps: readonly Gap[] = [];
  #badSpots = 0;
  #rows = 0;
  #placedRows = 0;
  readonly #insert: ReturnType<Connection['prepare']>;
  readonly #given: readonly number[];
  readonly #givesRowid: boolean;

  constructor(shape: TableShape, clean: Connection) {
    this.shape = shape;
    const given = shape.stored.flatMap((column, index) => (column.generated ? [] : [index]));
    this.#given = given;
    const declarations = given.map((index) => {
      const column = shape.stored[index] as StoredColumn;
      const isRowid = index === shape.rowidColumn;
      return `${quote(column.name)} ${isRowid ? 'INTEGER PRIMARY KEY' : column.affinity}`;
    });
    const key = shape.stored.filter((column) => column.keyPosition > 0).map((column) => quote(column.name));
    // The key of a table without row numbers keeps the same row from being taken twice.
    if (shape.withoutRowid) declarations.push(`PRIMARY KEY (${key.join(', ')})`);
    clean.exec(`CREATE TABLE ${quote(shape.name)} (${declarations.join(', ')})`);
    const names = given.map((index) => quote((shape.stored[index] as StoredColumn).name));
    const rowidName = freeRowidName(shape);
    this.#givesRowid = rowidName !== null;
    if (rowidName !== null) names.unshift(rowidName);
    this.#insert = clean.prepare(
      `INSERT OR IGNORE INTO ${quote(shape.name)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
  }

  readTree(pages: PageFile): void {
    const { root, stored, withoutRowid } = this.shape;
    const walk: Generator<StoredRow, WalkReport> = withoutRowid
      ? pages.walkIndex(root, stored.length)
      : pages.walkTable(root, stored.length);
    let step = walk.next();
    for (; !step.done; step = walk.next()) this.#take(step.value);
    this.#badSpots += step.value.badSpots;
    this.gaps = step.value.gaps;
  }

  takeOrphans(rows: readonly StoredRow[]): void {
    for (const row of rows) {
      if (this.#take(row)) this.#placedRows += 1;
    }
  }

  #take(row: StoredRow): boolean {
    const { stored, rowidColumn } = this.shape;
    const values: (StoredValue | RawText)[] = this.#given.map((index) => {
      if (index === rowidColumn) return row.values[index] ?? row.rowid;
      // Rows written before a column was added are shorter.
      return index < row.values.length ? (row.values[index] ?? null) : (stored[index]?.defaultValue ?? null);
    });
    if (this.#givesRowid) values.unshift(row.rowid);
    try {
      if (this.#insert.run(values) === 0) return false;
    } catch (error) {
      // A row SQLite will not hold (too large, for one) costs that row.
      if (!(error instanceof SqliteError) || error.resultCode === SQLITE_FULL) throw error;
      this.#badSpots += 1;
      return false;
    }
    this.#rows += 1;
    return true;
  }

  /** How well rows fit the columns, or null when one cannot have been written into this table. */
  fit(rows: readonly StoredRow[]): number | null {
    let score = 0;
    for (const { values } of rows) {
      const own = this.#fitOne(values);
      if (own === null) return null;
      score += own;
    }
    return score / rows.length;
  }

  #fitOne(values: readonly StoredValue[]): number | null {
    const { stored, rowidColumn } = this.shape;
    if (values.length > stored.length) return null;
    let score = 0;
    for (const [index, column] of stored.entries()) {
      if (index >= values.length) {
        score -= 1;
        continue;
      }
      const value = values[index] ?? null;
      if (index === rowidColumn) {
        if (value !== null) return null;
        score += 1;
        continue;
      }
      if (value === null) {
        if (column.notNull) return null;
        continue;
      }
      const isText = typeof value === 'string' || value instanceof RawText;
      const isNumber = typeof value === 'number' || typeof value === 'bigint';
      // A TEXT column turns every number into text when it is written.
      if (column.affinity === 'TEXT' && isNumber) return null;
      const expected =
        column.affinity === 'TEXT' ? isText : column.affinity === 'BLOB' ? !isNumber : isNumber;
      score += expected ? 1 : -1;
    }
    return score;
  }

  finish(): void {
    this.#insert.finalize();
  }

  report(): RebuiltTable {
    return {
      name: this.shape.name,
      rows: this.#rows,
      badSpots: this.#badSpots,
      placedRows: this.#placedRows,
    };
  }
}

// Row numbers are kept, because findings point to them. A column may have taken one of the three names.
function freeRowidName(shape: TableShape): string | null {
  if (shape.withoutRowid || shape.rowidColumn >= 0) return null;
  const taken = new Set(shape.stored.map((column) => column.name.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null;
}

/**
 * Leaf pages whose parent is lost. Row numbers tell much: a table that lost a page knows which numbers lay on it.
 * A page is placed only when exactly one table lost such numbers and could hold such rows best.
 */
function placeOrphans(pages: PageFile, works: readonly TableWork[]): void {
  const incomplete = works.filter((work) => work.gaps.length > 0);
  if (incomplete.length === 0) return;
  let comparisons = MAX_COMPARISONS;
  for (let number = 2; number <= pages.pageCount; number += 1) {
    if (pages.isUsed(number) || pages.typeOf(number) !== TABLE_LEAF) continue;
    const rows = pages.orphanRows(number);
    const first = rows?.[0]?.rowid;
    const last = rows?.at(-1)?.rowid;
    if (!rows || first === undefined || last === undefined) continue;
    let best: { work: TableWork; score: number; width: bigint } | null = null;
    let isTie = false;
    for (const work of incomplete) {
      const gap = gapAround(work.gaps, first, last);
      if (gap) comparisons -= rows.length * work.shape.stored.length;
      if (comparisons < 0) return;
      const score = gap ? work.fit(rows) : null;
      if (!gap || score === null) continue;
      const width = gap.upTo - gap.after;
      if (best && score === best.score && width === best.width) isTie = true;
      if (!best || score > best.score || (score === best.score && width < best.width)) {
        best = { work, score, width };
        isTie = false;
      }
    }
    if (!best || isTie) continue;
    pages.claim(number);
    best.work.takeOrphans(rows);
  }
}

function gapAround(gaps: readonly Gap[], first: bigint, last: bigint): Gap | null {
  let low = 0;
  let high = gaps.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const gap = gaps[middle] as Gap;
    if (first > gap.upTo) low = middle + 1;
    // The lowest row number of all is not "after" anything.
    else if (first <= gap.after && gap.after !== LOWEST_ROWID) high = middle - 1;
    else return last <= gap.upTo || gap.upTo === HIGHEST_ROWID ? gap : null;
  }
  return null;
}

const utf8 = new TextDecoder();

function textOf(value: StoredValue | undefined): string | null {
  if (value instanceof RawText) return utf8.decode(value.bytes);
  return typeof value === 'string' ? value : null;
}

/** @internal A name as an SQL identifier, whatever is in it. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
