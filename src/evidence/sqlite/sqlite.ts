import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EvidenceFile, Pointer, Problem } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { Connection, SqliteError, type ValueLimits } from './engine.js';
import type { SqliteValue } from './values.js';

export type { SqliteValue } from './values.js';
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

export interface SqliteDatabase {
  readonly tables: ReadonlySet<string>;
  columns(table: string): ReadonlySet<string>;
  rows(
    sql: string,
    options?: { readonly key?: string; readonly parameters?: readonly SqliteValue[] },
  ): Iterable<SqliteRow>;
  readonly recovered: boolean;
  problems(): readonly Problem[];
  close(): Promise<void>;
}

const MAX_VALUE_BYTES = 64 * 1024 * 1024;

export async function openSqlite(
  file: EvidenceFile,
  options: { readonly requires?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<SqliteDatabase> {
  const pointer: Pointer = { evidence: file.source.id, path: file.path, locator: '' };
  const copy = await file.source.scratch.newPath('copy.db');
  await file.copyTo(copy);
  const wal = await file.source.file(`${file.path}-wal`);
  if (wal) await wal.copyTo(`${copy}-wal`);
  const remove = () => rm(dirname(copy), { recursive: true, force: true, maxRetries: 3 });
  try {
    if ((await stat(copy)).size === 0) throw new EvidenceError('empty', pointer);
    const connection = new Connection(copy);
    connection.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF');
    const tables = new Map<string, Set<string>>();
    for (const row of connection.query(
      "SELECT name FROM pragma_table_list WHERE schema='main' AND type IN ('table','shadow')",
    )) {
      if (typeof row.name === 'string') tables.set(row.name, new Set());
    }
    for (const [name, columns] of tables) {
      for (const row of connection.query('SELECT name FROM pragma_table_info(?)', [name]))
        columns.add(String(row.name));
    }
    for (const [table, columns] of Object.entries(options.requires ?? {})) {
      for (const column of columns) {
        if (!tables.get(table)?.has(column))
          throw new EvidenceError('wrong-format', { ...pointer, locator: table });
      }
    }
    const problems: Problem[] = [];
    const limits: ValueLimits = { maxValueBytes: MAX_VALUE_BYTES, onTooLarge: () => {} };
    return {
      tables: new Set(tables.keys()),
      columns: (table) => tables.get(table) ?? new Set(),
      rows: (sql, query = {}) => connection.query(sql, query.parameters, limits),
      recovered: false,
      problems: () => problems,
      close: async () => {
        connection.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    if (error instanceof SqliteError)
      throw new EvidenceError(error.resultCode === 26 ? 'wrong-format' : 'damaged', pointer, {
        cause: error,
      });
    throw error;
  }
}

/** Names of the tables, or an empty set when the file is no database that opens. */
export async function sqliteTablesOf(file: EvidenceFile): Promise<ReadonlySet<string>> {
  try {
    const database = await openSqlite(file);
    await database.close();
    return database.tables;
  } catch {
    return new Set();
  }
}
