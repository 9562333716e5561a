import type { SqliteDatabase } from '../../../evidence/sqlite/sqlite.js';

/**
 * The part of a SELECT that names columns, with NULL for those this version of the app does not have: artifacts
 * change their tables with every release, and a query that names a missing column fails as a whole.
 *
 * @example
 * `SELECT ROWID AS row_id, ${columnsOf(db, 'message', ['text', 'date_edited'])} FROM message`
 */
export function columnsOf(db: SqliteDatabase, table: string, wanted: readonly string[]): string {
  const present = db.columns(table);
  return wanted.map((name) => (present.has(name) ? `"${name}"` : `NULL AS "${name}"`)).join(', ');
}
