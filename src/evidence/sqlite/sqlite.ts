import { closeSync, existsSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EvidenceFile, EvidenceSource, Pointer, Problem, TextValues } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { Connection, type Row, SqliteError, type ValueLimits } from './engine.js';
import { rollBack } from './journal.js';
import { PageFile } from './pages.js';
import { type RebuildReport, rebuild } from './rebuild.js';
import type { SqliteValue } from './values.js';
import { inspectWal, type Wal } from './wal.js';

export type { SqliteValue } from './values.js';

/** One row of a result, by column name. Of columns with the same name the last one counts. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

export interface RowsOptions {
  /** Column of the result that tells rows apart when reading goes on in a rebuilt copy. Without it whole rows are compared. */
  readonly key?: string;
  readonly parameters?: readonly SqliteValue[];
}

/** A database of the evidence, opened on a private copy. */
export interface SqliteDatabase {
  /** Real tables only: a view or a virtual table of that name is not one, because what it gives is computed by rules its author wrote. */
  readonly tables: ReadonlySet<string>;
  /** Columns of a table, generated and hidden ones left out; empty when there is no such table. */
  columns(table: string): ReadonlySet<string>;
  /**
   * Streams rows. Where the database turns out damaged it is rebuilt once in scratch space, and the rows that were not
   * given yet follow from there: what could be read plainly always comes first, recovery only adds.
   * @throws EvidenceError `wrong-format` when the query does not fit the database
   */
  rows(sql: string, options?: RowsOptions): Iterable<SqliteRow>;
  /** True while the rows being given come out of a rebuilt copy. */
  readonly recovered: boolean;
  problems(): readonly Problem[];
  /** Removes the copies. */
  close(): Promise<void>;
}

export interface OpenSqliteOptions {
  /** Tables and columns without which the file is not what the reader takes it for. */
  readonly requires?: Readonly<Record<string, readonly string[]>>;
}

// No text or attachment preview in a phone's database comes near; a length in a damaged one may say anything.
const MAX_VALUE_BYTES = 64 * 1024 * 1024;
// A look at the tables of a loose file is not worth more copying than this.
const MAX_PROBE_BYTES = 4 * 1024 ** 3;
// A schema made to flood the report.
const MAX_TABLE_PROBLEMS = 20;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOMEM = 7;
const SQLITE_TOOBIG = 18;
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/**
 * Opens a database of the evidence together with what lies in its `-wal` or `-journal`, without touching either.
 *
 * A database that is open already is not copied again: a backup keeps its Manifest open while it is read, and that has
 * some hundred megabytes.
 *
 * The `-wal` holds what the device wrote last, often all of it; it is applied in the copy by SQLite and looked at here,
 * so that frames SQLite leaves out are reported (`wal-damaged`, `wal-partly-applied`). The `-shm` is an index SQLite
 * makes again. A `-journal` is undone by `rollBack`, never by SQLite, see there. When the database reads alone but not
 * with its log, it is read alone and that is reported.
 *
 * @throws EvidenceError `empty`, `wrong-format` (not SQLite, or not with these tables), `damaged` (not even the list
 * of tables can be read), `io`
 * @example
 * const database = await openSqlite(file, { requires: { message: ['ROWID', 'text'] } });
 * try {
 *   for (const row of database.rows('SELECT ROWID, text FROM message', { key: 'ROWID' })) use(row);
 * } finally {
 *   await database.close();
 * }
 */
export async function openSqlite(
  file: EvidenceFile,
  options: OpenSqliteOptions = {},
): Promise<SqliteDatabase> {
  const requires = options.requires ?? {};
  const open = openCopies.get(file.source)?.get(file.path);
  if (open && missingIn(open.tables, requires) === null) return new OpenDatabase(open);
  // The name in the evidence is not used: the copy and its log only have to match each other.
  const folder = dirname(await file.source.scratch.newPath('copy.db'));
  try {
    return await new Opening(file, folder, requires).open();
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

/** Names of the tables; an empty set for what is no database, cannot be opened, or is too large for a look. */
export async function sqliteTablesOf(file: EvidenceFile): Promise<ReadonlySet<string>> {
  try {
    return await readSqliteTables(file);
  } catch (error) {
    if (error instanceof EvidenceError) return new Set();
    throw error;
  }
}

/**
 * Names of the tables; an empty set for what is no database.
 *
 * @throws EvidenceError when it is one and cannot be opened, or is too large for a look
 */
export async function readSqliteTables(file: EvidenceFile): Promise<ReadonlySet<string>> {
  if (!(await startsLikeSqlite(file)) && !(await isOnlyInLog(file))) return new Set();
  if ((file.sizeBytes ?? 0) > MAX_PROBE_BYTES)
    throw new EvidenceError('limit-bytes', { evidence: file.source.id, path: file.path, locator: '' });
  const database = await openSqlite(file);
  await database.close();
  return database.tables;
}

/** A new database is an empty file until its log is laid into it. */
async function isOnlyInLog(file: EvidenceFile): Promise<boolean> {
  if (file.sizeBytes !== 0) return false;
  const log = await file.source.file(`${file.path}-wal`);
  return log !== null && log.sizeBytes !== 0;
}

async function startsLikeSqlite(file: EvidenceFile): Promise<boolean> {
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of file.stream()) {
    head.push(chunk);
    size += chunk.byteLength;
    if (size >= MAGIC.byteLength) break;
  }
  return Buffer.concat(head).subarray(0, MAGIC.byteLength).equals(MAGIC);
}

type Tables = ReadonlyMap<string, ReadonlySet<string>>;

interface Copy {
  readonly path: string;
  readonly log: { readonly path: string; readonly wal: Wal } | null;
}

/** The ways a database may be opened, tried from the best to the last. */
class Opening {
  readonly #file: EvidenceFile;
  readonly #folder: string;
  readonly #requires: Readonly<Record<string, readonly string[]>>;
  readonly #pointer: Pointer;
  readonly #problems: Problem[] = [];

  constructor(file: EvidenceFile, folder: string, requires: Readonly<Record<string, readonly string[]>>) {
    this.#file = file;
    this.#folder = folder;
    this.#requires = requires;
    this.#pointer = { evidence: file.source.id, path: file.path, locator: '' };
  }

  async open(): Promise<SqliteDatabase> {
    const copy = await this.#copyWithLog('copy.db');
    const whole = this.#connect(copy);
    if (whole.opened && missingIn(whole.tables, this.#requires) === null) {
      this.#reportLog(copy);
      return this.#database(copy, whole.opened, whole.tables);
    }
    whole.opened?.close();

    const frames = copy.log?.wal.framesApplied ?? 0;
    if (frames > 0) {
      // A log of another database, or one that broke this one: what the main file says alone is still evidence.
      const alone = await this.#copyAlone('alone.db');
      const main = this.#connect(alone);
      if (main.opened && main.tables.size > 0 && missingIn(main.tables, this.#requires) === null) {
        const framesIgnored = frames + (copy.log?.wal.framesIgnored ?? 0);
        this.#report('wal-damaged', 'lost', { framesApplied: 0, framesIgnored });
        return this.#database(alone, main.opened, main.tables);
      }
      main.opened?.close();
    }
    if (whole.opened) throw this.#wrongFormat(missingIn(whole.tables, this.#requires) ?? '');

    // Copied again, because closing a database moves its log into it.
    const again = await this.#copyWithLog('again.db');
    const sources = frames > 0 ? [again, { path: again.path, log: null }] : [again];
    for (const source of sources) {
      const database = this.#rebuilt(source);
      if (!database) continue;
      this.#reportLog(copy);
      return database;
    }
    const looksLikeSqlite = headOf(copy.path).equals(MAGIC);
    throw new EvidenceError(looksLikeSqlite ? 'damaged' : 'wrong-format', this.#pointer, {
      cause: whole.error,
    });
  }

  async #copyAlone(name: string): Promise<Copy> {
    const path = join(this.#folder, name);
    try {
      await this.#file.copyTo(path);
    } catch (error) {
      // What came before the damage of an archive is in the copy, and rows can be found in half a database too.
      if (!(error instanceof EvidenceError) || error.code !== 'damaged' || !hasContent(path)) throw error;
      this.#report('content-damaged', 'lost', {});
    }
    await this.#undoJournal(path);
    return { path, log: null };
  }

  async #copyWithLog(name: string): Promise<Copy> {
    const { path } = await this.#copyAlone(name);
    const logPath = `${path}-wal`;
    const wal = (await this.#copySidecar('-wal', logPath)) ? inspectWal(logPath) : null;
    if ((await stat(path)).size === 0) {
      if (!wal || wal.framesApplied === 0) throw new EvidenceError('empty', this.#pointer);
      // SQLite deletes a log beside an empty database, so this one is laid into the file here.
      layInto(path, logPath, wal);
      await rm(logPath);
      return { path, log: null };
    }
    return { path, log: wal && { path: logPath, wal } };
  }

  async #undoJournal(path: string): Promise<void> {
    const journal = join(this.#folder, 'undo');
    await rm(journal, { force: true });
    if (!(await this.#copySidecar('-journal', journal))) return;
    const { state, pages } = rollBack(path, journal);
    if (state === 'rolled-back') this.#report('journal-rolled-back', 'note', { pages });
    if (state === 'ignored') this.#report('journal-ignored', 'note', {});
  }

  async #copySidecar(suffix: '-wal' | '-journal', target: string): Promise<boolean> {
    const sidecar = await this.#file.source.file(`${this.#file.path}${suffix}`);
    if (!sidecar) return false;
    try {
      await sidecar.copyTo(target);
      return true;
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      await rm(target, { force: true });
      this.#report('sidecar-unreadable', 'lost', { name: suffix });
      return false;
    }
  }

  #connect(copy: Copy): {
    readonly opened: Connection | null;
    readonly tables: Tables;
    readonly error?: SqliteError;
  } {
    let connection: Connection | null = null;
    try {
      if (!isSafeToQuery(copy)) return { opened: null, tables: new Map() };
      connection = new Connection(copy.path);
      prepareForEvidence(connection);
      return { opened: connection, tables: tablesOf(connection) };
    } catch (error) {
      connection?.close();
      if (!(error instanceof SqliteError)) throw error;
      if (error.resultCode === SQLITE_FULL || error.resultCode === SQLITE_CANTOPEN)
        throw new EvidenceError('io', this.#pointer, { cause: error });
      return { opened: null, tables: new Map(), error };
    }
  }

  #rebuilt(source: Copy): SqliteDatabase | null {
    const clean = join(this.#folder, source.log ? 'clean.db' : 'clean-alone.db');
    const report = rebuildTyped(source, clean, this.#pointer);
    if (!report) return null;
    const { opened, tables } = this.#connect({ path: clean, log: null });
    if (!opened) return null;
    const missing = missingIn(tables, this.#requires);
    if (missing !== null) {
      opened.close();
      // The table may be one of those lost, so this is damage and not another format.
      if (report.schemaBadSpots > 0)
        throw new EvidenceError('damaged', { ...this.#pointer, locator: missing });
      throw this.#wrongFormat(missing);
    }
    this.#problems.push(...rebuildProblems(report, this.#pointer));
    return new OpenDatabase(this.#openCopy(null, opened, tables, null));
  }

  #database(copy: Copy, connection: Connection, tables: Tables): SqliteDatabase {
    return new OpenDatabase(this.#openCopy(connection, null, tables, copy));
  }

  #openCopy(
    plain: Connection | null,
    rebuilt: Connection | null,
    tables: Tables,
    copy: Copy | null,
  ): OpenCopy {
    const { source, path } = this.#file;
    const open = new OpenCopy(this.#pointer, this.#folder, plain, rebuilt, tables, copy, this.#problems);
    const ofSource = openCopies.get(source) ?? new Map<string, OpenCopy>();
    openCopies.set(source, ofSource);
    if (!ofSource.has(path)) {
      ofSource.set(path, open);
      open.onClosed = () => ofSource.delete(path);
    }
    return open;
  }

  #wrongFormat(missing: string): EvidenceError {
    return new EvidenceError('wrong-format', { ...this.#pointer, locator: missing });
  }

  #reportLog(copy: Copy): void {
    const wal = copy.log?.wal;
    if (!wal || wal.framesIgnored === 0) return;
    const { framesApplied, framesIgnored } = wal;
    const code = wal.header === 'damaged' || wal.checksumFailed ? 'wal-damaged' : 'wal-partly-applied';
    this.#report(code, 'lost', { framesApplied, framesIgnored });
  }

  #report(code: string, effect: Problem['effect'], values: TextValues): void {
    // The database may be copied twice; its journal is still one.
    if (this.#problems.some((problem) => problem.code === code)) return;
    this.#problems.push({ kind: 'problem', code, effect, source: this.#pointer, values });
  }
}

/** The working copy of a database and its connections, shared by all who have it open. */
class OpenCopy {
  onClosed: () => void = () => {};
  #users = 0;
  #rebuilt: Connection | null;
  #rebuildProblems: readonly Problem[] = [];
  #rebuildFailed = false;

  constructor(
    readonly pointer: Pointer,
    readonly folder: string,
    /** Null when the database could be opened only by rebuilding it. */
    readonly plain: Connection | null,
    rebuilt: Connection | null,
    readonly tables: Tables,
    readonly copy: Copy | null,
    /** Met while opening. */
    readonly problems: readonly Problem[],
  ) {
    this.#rebuilt = rebuilt;
  }

  get rebuilt(): Connection | null {
    return this.#rebuilt;
  }

  /** Rebuilds the database once; what that lost, or null when it cannot be done. */
  rebuild(): readonly Problem[] | null {
    if (this.#rebuilt) return this.#rebuildProblems;
    if (this.#rebuildFailed || !this.copy || this.#users === 0) return null;
    const path = join(this.folder, 'clean.db');
    try {
      const report = rebuildTyped(this.copy, path, this.pointer);
      if (report) {
        const connection = new Connection(path);
        prepareForEvidence(connection);
        this.#rebuilt = connection;
        this.#rebuildProblems = rebuildProblems(report, this.pointer);
        return this.#rebuildProblems;
      }
    } catch (error) {
      if (!(error instanceof SqliteError) && !(error instanceof EvidenceError)) throw error;
    }
    this.#rebuildFailed = true;
    return null;
  }

  opened(): void {
    this.#users += 1;
  }

  async closed(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.onClosed();
    this.plain?.close();
    this.#rebuilt?.close();
    await removeFolder(this.folder);
  }
}

/** What is open, by source and path. */
const openCopies = new WeakMap<EvidenceSource, Map<string, OpenCopy>>();

class OpenDatabase implements SqliteDatabase {
  readonly tables: ReadonlySet<string>;
  readonly #open: OpenCopy;
  readonly #problems: Problem[];
  readonly #tooLarge = new Map<string, number>();
  readonly #limits: ValueLimits;
  #knowsRebuild = false;
  #recovered = false;
  #closed = false;

  constructor(open: OpenCopy) {
    this.#open = open;
    this.#problems = [...open.problems];
    this.#recovered = open.plain === null;
    this.tables = new Set(open.tables.keys());
    this.#limits = {
      maxValueBytes: MAX_VALUE_BYTES,
      onTooLarge: (column) => this.#tooLarge.set(column, (this.#tooLarge.get(column) ?? 0) + 1),
    };
    open.opened();
  }

  get recovered(): boolean {
    return this.#recovered;
  }

  columns(table: string): ReadonlySet<string> {
    return columnsIn(this.#open.tables, table) ?? new Set();
  }

  *rows(sql: string, { key, parameters = [] }: RowsOptions = {}): Generator<SqliteRow> {
    const { plain } = this.#open;
    let given = 0;
    let seen = new Map<string, number>();
    if (plain) {
      try {
        for (const row of plain.query(sql, parameters, this.#limits)) {
          given += 1;
          this.#recovered = false;
          yield row;
        }
        return;
      } catch (error) {
        if (!(error instanceof SqliteError)) throw error;
        if (!isWorthRebuilding(error)) throw this.#failed('wrong-format', error);
        if (!this.#rebuild()) return;
        seen = this.#rowsBefore(plain, sql, parameters, key, given);
      }
    }
    const { rebuilt } = this.#open;
    if (!rebuilt) return;
    try {
      for (const row of rebuilt.query(sql, parameters, this.#limits)) {
        const name = nameOf(row, key);
        const times = name === null || seen.size === 0 ? 0 : (seen.get(name) ?? 0);
        if (name !== null && times > 0) {
          seen.set(name, times - 1);
          continue;
        }
        this.#recovered = true;
        yield row;
      }
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
      // The table may be lost altogether; rows given before stay given.
      if (given === 0) throw this.#failed(plain ? 'damaged' : 'wrong-format', error);
      this.#reportDamage();
    }
  }

  problems(): readonly Problem[] {
    const tooLarge = [...this.#tooLarge].map(
      ([column, count]): Problem => ({
        kind: 'problem',
        code: 'value-too-large',
        effect: 'lost',
        source: this.#open.pointer,
        values: { column, limitBytes: MAX_VALUE_BYTES },
        count,
      }),
    );
    return [...this.#problems, ...tooLarge];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#open.closed();
  }

  // Counts, not a set: a join gives the same key several times, and as many are left out as were given. The plain
  // query is run once more for it, which costs nothing while databases are sound; it stops where it stopped before.
  #rowsBefore(
    plain: Connection,
    sql: string,
    parameters: readonly SqliteValue[],
    key: string | undefined,
    given: number,
  ): Map<string, number> {
    const seen = new Map<string, number>();
    if (given === 0) return seen;
    let remaining = given;
    for (const row of plain.query(sql, parameters, this.#limits)) {
      const name = nameOf(row, key);
      if (name !== null) seen.set(name, (seen.get(name) ?? 0) + 1);
      remaining -= 1;
      if (remaining === 0) break;
    }
    return seen;
  }

  #rebuild(): boolean {
    const problems = this.#closed ? null : this.#open.rebuild();
    if (problems === null) {
      this.#reportDamage();
      return false;
    }
    if (!this.#knowsRebuild) this.#problems.push(...problems);
    this.#knowsRebuild = true;
    return true;
  }

  #reportDamage(): void {
    if (this.#problems.some((problem) => problem.code === 'database-damaged')) return;
    this.#problems.push({
      kind: 'problem',
      code: 'database-damaged',
      effect: 'lost',
      source: this.#open.pointer,
    });
  }

  #failed(code: 'damaged' | 'wrong-format', cause: SqliteError): EvidenceError {
    return new EvidenceError(code, this.#open.pointer, { cause });
  }
}

/** The first thing required that is not there: "table" or "table.column". */
function missingIn(tables: Tables, requires: Readonly<Record<string, readonly string[]>>): string | null {
  for (const [table, columns] of Object.entries(requires)) {
    const present = columnsIn(tables, table);
    if (!present) return table;
    const names = new Set([...present].map((name) => name.toLowerCase()));
    for (const column of columns) {
      if (!names.has(column.toLowerCase())) return `${table}.${column}`;
    }
  }
  return null;
}

/**
 * `trusted_schema=OFF`: what the file's author put into defaults and generated columns may not call functions with side
 * effects. `cell_size_check`: broken pages are noticed and not read as if they were sound
 * (https://www.sqlite.org/security.html).
 */
function prepareForEvidence(connection: Connection): void {
  // Exclusive locking first: it keeps the index of the log in memory, and without it this build opens no log at all.
  connection.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON');
  connection.exec('PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=OFF');
  // A view named like a table could make a query compute for ever, and this build cannot be interrupted.
  const [view] = [...connection.query("SELECT 1 FROM sqlite_schema WHERE type = 'view' LIMIT 1")];
  if (view) {
    connection.exec(
      "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE type IN ('view', 'trigger'); PRAGMA writable_schema=RESET",
    );
  }
  connection.exec('PRAGMA query_only=ON');
}

function tablesOf(connection: Connection): Tables {
  const tables = new Map<string, ReadonlySet<string>>();
  const names: string[] = [];
  for (const row of connection.query(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')",
  )) {
    // SQLite's own lists (sqlite_sequence, sqlite_stat1 …) are no table of the evidence's author.
    if (typeof row.name === 'string' && !/^sqlite_/i.test(row.name)) names.push(row.name);
  }
  for (const name of names) {
    const columns = new Set<string>();
    // table_info, not table_xinfo: generated columns are left out, because their expressions come from the evidence.
    for (const row of connection.query('SELECT name FROM pragma_table_info(?)', [name])) {
      if (typeof row.name === 'string') columns.add(row.name);
    }
    tables.set(name, columns);
  }
  return tables;
}

// SQLite does not tell names apart by case.
function columnsIn(tables: Tables, table: string): ReadonlySet<string> | null {
  const exact = tables.get(table);
  if (exact) return exact;
  const wanted = table.toLowerCase();
  for (const [name, columns] of tables) {
    if (name.toLowerCase() === wanted) return columns;
  }
  return null;
}

// Apple's own collations and functions are not known here; a rebuilt table is without the indexes that need them.
function isWorthRebuilding(error: SqliteError): boolean {
  return (
    error.meansDamage ||
    error.resultCode === SQLITE_NOMEM ||
    error.resultCode === SQLITE_TOOBIG ||
    /no such collation sequence|unknown function/i.test(error.message)
  );
}

function rebuildTyped(source: Copy, clean: string, pointer: Pointer): RebuildReport | null {
  try {
    return rebuild(source.path, source.log && existsSync(source.log.path) ? source.log : null, clean);
  } catch (error) {
    if (error instanceof SqliteError) throw new EvidenceError('io', pointer, { cause: error });
    throw error;
  }
}

function rebuildProblems(report: RebuildReport, pointer: Pointer): Problem[] {
  const problem = (code: string, effect: Problem['effect'], values: TextValues): Problem => ({
    kind: 'problem',
    code,
    effect,
    source: pointer,
    values,
  });
  const lossy = report.tables.filter((table) => table.badSpots > 0);
  const lost = lossy
    .toSorted((a, b) => b.badSpots - a.badSpots)
    .slice(0, MAX_TABLE_PROBLEMS)
    .map(({ name, rows, badSpots, placedRows }) =>
      problem('database-recovered', 'lost', { table: name, rowsRecovered: rows, badSpots, placedRows }),
    );
  if (report.schemaBadSpots > 0) {
    // The list of tables is itself a table.
    const rowsRecovered = report.tables.length;
    lost.unshift(
      problem('database-recovered', 'lost', {
        table: 'sqlite_master',
        rowsRecovered,
        badSpots: report.schemaBadSpots,
        placedRows: 0,
      }),
    );
  }
  if (lost.length > 0) return lost;
  const rows = report.tables.reduce((sum, table) => sum + table.rows, 0);
  return [problem('database-rebuilt', 'note', { tables: report.tables.length, rows })];
}

/** What tells a row apart: its key, or all of it. Null when the key is empty, and then the row is never left out. */
function nameOf(row: Row, key: string | undefined): string | null {
  if (key === undefined) return Object.values(row).map(valueName).join('|');
  const value = row[key];
  return value === null || value === undefined ? null : valueName(value);
}

function valueName(value: SqliteValue): string {
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('base64')}`;
  return value === null ? 'n' : `${typeof value}${JSON.stringify(String(value))}`;
}

function layInto(path: string, logPath: string, wal: Wal): void {
  const from = openSync(logPath, 'r');
  const to = openSync(path, 'r+');
  try {
    const page = Buffer.alloc(wal.pageSizeBytes);
    for (const [number, offset] of wal.pages) {
      // A stated page number must not make a sparse giant.
      if (number > wal.databasePages || number > wal.pages.size) continue;
      readSync(from, page, 0, wal.pageSizeBytes, offset);
      writeSync(to, page, 0, wal.pageSizeBytes, (number - 1) * wal.pageSizeBytes);
    }
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

function isSafeToQuery(copy: Copy): boolean {
  const pages = new PageFile(copy.path, copy.log);
  try {
    return pages.isSafeToQuery();
  } finally {
    pages.close();
  }
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(MAGIC.byteLength);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, head, 0, head.byteLength, 0);
  } finally {
    closeSync(descriptor);
  }
  return head;
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
