/**
 * The encrypted database, `vault.db`: SQLCipher with a raw key, opened by one process at a time.
 *
 * It is attached to an empty database in memory instead of being opened itself, because ATTACH takes the key as bytes that can be
 * overwritten afterwards, while `PRAGMA key` takes it as text, which in JavaScript cannot.
 */
import { accessSync, closeSync, constants, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Database, setLogger } from '@signalapp/sqlcipher';
import { MIGRATIONS } from './schema.js';
import { fileError, VaultError } from './vault-error.js';
import { isAltered } from './write-ahead-log.js';

export const DATABASE_FILE = 'vault.db';
/** Measured: a third quicker than 4,096 when a million records are stored. */
const PAGE_BYTES = 8_192;
const CACHE_KIB = 65_536;
/** Pages in the write-ahead log before they are moved over: 32 MiB. */
const CHECKPOINT_PAGES = 4_096;

export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

// Its lines name tables and statements; what is worth telling comes as errors.
setLogger(() => {});

export class VaultDatabase {
  readonly #database: Database;
  /** What was read or made inside a transaction that was undone is no longer so. */
  onRollback: () => void = () => {};
  #depth = 0;
  #closed = false;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws VaultError already-there, read-only, disk-full */
  static create(dir: string, key: Buffer): VaultDatabase {
    const path = join(dir, DATABASE_FILE);
    try {
      // SQLite would make it readable for all; its write-ahead log takes the same rights.
      closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600));
    } catch (error) {
      if (existsSync(path)) throw new VaultError('already-there', 'folder', dir, { cause: error });
      throw fileError(error, DATABASE_FILE);
    }
    try {
      return VaultDatabase.#attach(path, key);
    } catch (error) {
      for (const suffix of ['', '-wal']) rmSync(path + suffix, { force: true });
      throw error;
    }
  }

  /** @throws VaultError damaged, already-open, read-only, newer-version */
  static open(dir: string, key: Buffer): VaultDatabase {
    const path = join(dir, DATABASE_FILE);
    let sizeBytes = 0;
    try {
      sizeBytes = statSync(path).size;
    } catch (error) {
      if (existsSync(path)) throw fileError(error, DATABASE_FILE);
    }
    // An empty or missing file would be taken for a new database, and a lost vault for an empty one. The first page is there from the
    // beginning, also while everything else is still in the write-ahead log.
    if (sizeBytes < PAGE_BYTES) throw new VaultError('damaged', 'database', DATABASE_FILE);
    const log = `${path}-wal`;
    if (existsSync(log) && isAltered(log, PAGE_BYTES))
      throw new VaultError('damaged', 'database', `${DATABASE_FILE}-wal`);
    try {
      // SQLite would open it for reading only, and then fail to lock it, without saying why.
      accessSync(path, constants.R_OK | constants.W_OK);
      accessSync(dir, constants.W_OK);
    } catch (error) {
      if (existsSync(path)) throw fileError(error, DATABASE_FILE);
    }
    return VaultDatabase.#attach(path, key);
  }

  static #attach(path: string, key: Buffer): VaultDatabase {
    const memory = new Database(':memory:', { cacheStatements: true });
    const database = new VaultDatabase(memory);
    const text = rawKeyText(key);
    try {
      for (const pragma of [
        'cipher_log_level=NONE',
        `cipher_default_page_size=${PAGE_BYTES}`,
        'temp_store=MEMORY',
        'busy_timeout=0',
        // Before the file is first looked at: set later, it would not be locked until something is written. Also keeps the index of the
        // write-ahead log in memory instead of in a file of its own.
        'locking_mode=EXCLUSIVE',
      ])
        database.#guard(() => memory.exec(`PRAGMA ${pragma}`));
      database.run('ATTACH DATABASE ? AS vault KEY ?', [path, text]);
      for (const pragma of [
        'vault.secure_delete=ON',
        'vault.journal_mode=WAL',
        'vault.synchronous=FULL',
        `vault.cache_size=-${CACHE_KIB}`,
        `vault.wal_autocheckpoint=${CHECKPOINT_PAGES}`,
        'foreign_keys=ON',
      ])
        database.#guard(() => memory.exec(`PRAGMA ${pragma}`));
      database.#migrate();
      return database;
    } catch (error) {
      database.close();
      throw error;
    } finally {
      text.fill(0);
    }
  }

  run(sql: string, parameters: readonly SqlValue[] = []): { changes: number; lastInsertRowid: number } {
    return this.#guard(() => this.#database.prepare(sql).run(bound(parameters)));
  }

  get(sql: string, parameters: readonly SqlValue[] = []): SqlRow | undefined {
    return this.#guard(() =>
      this.#database.prepare(sql).get<Record<string, SqlValue & BoundValue>>(bound(parameters)),
    );
  }

  all(sql: string, parameters: readonly SqlValue[] = []): SqlRow[] {
    return this.#guard(() =>
      this.#database.prepare(sql).all<Record<string, SqlValue & BoundValue>>(bound(parameters)),
    );
  }

  /** The first column alone: several times quicker where there are hundreds of thousands of rows. */
  column(sql: string, parameters: readonly SqlValue[] = []): SqlValue[] {
    return this.#guard(() =>
      this.#database.prepare(sql, { pluck: true }).all<SqlValue & BoundValue>(bound(parameters)),
    );
  }

  exec(sql: string): void {
    this.#guard(() => this.#database.exec(sql));
  }

  pragma(name: string): SqlRow[] {
    return this.#guard(() => this.#database.pragma(name));
  }

  /** All or nothing, on disk when it returns. Inside another one it is a part of that. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.exec('BEGIN IMMEDIATE');
    this.#depth += 1;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // After a full disk SQLite may have rolled back by itself.
      try {
        this.#database.exec('ROLLBACK');
      } catch {}
      this.onRollback();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** Rewrites the file without free pages, and empties the write-ahead log. Not inside a transaction. */
  compact(): void {
    this.exec('VACUUM vault');
    this.exec('PRAGMA vault.wal_checkpoint(TRUNCATE)');
  }

  /** Authentication codes of all pages, then the structure. Empty when nothing is wrong. */
  problems(): string[] {
    const found: string[] = [];
    const tolerant = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        found.push(error instanceof Error ? error.message : String(error));
      }
    };
    const check = (name: string): void =>
      tolerant(() => {
        for (const row of this.pragma(`vault.${name}`)) {
          const text = String(Object.values(row)[0] ?? '');
          if (text !== 'ok') found.push(text);
        }
      });
    tolerant(() => {
      // What is only in the write-ahead log lies in no page of the file yet, and without room it cannot be moved there: the last page
      // may be a half one then. All that is in use is authenticated by the other check too, as it is read.
      if (this.#isMoved()) check('cipher_integrity_check');
    });
    check('quick_check(20)');
    return found;
  }

  #isMoved(): boolean {
    try {
      this.exec('PRAGMA vault.wal_checkpoint(TRUNCATE)');
      return true;
    } catch (error) {
      if (error instanceof VaultError && error.code === 'disk-full') return false;
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #migrate(): void {
    const version = Number(this.pragma('vault.user_version')[0]?.user_version ?? 0);
    if (version > MIGRATIONS.length) throw new VaultError('newer-version', 'database', String(version));
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < version) continue;
      this.transaction(() => {
        this.exec(migration);
        this.exec(`PRAGMA vault.user_version=${index + 1}`);
      });
    }
  }

  #guard<T>(work: () => T): T {
    if (this.#closed) throw new VaultError('closed', 'folder');
    try {
      return work();
    } catch (error) {
      throw databaseError(error);
    }
  }
}

type BoundValue = string | number | null | Uint8Array<ArrayBuffer>;

/** The package wants bytes over memory that nobody shares, which is what ours are. */
function bound(parameters: readonly SqlValue[]): BoundValue[] {
  return parameters.map((value) =>
    value instanceof Uint8Array && !(value.buffer instanceof ArrayBuffer) ? new Uint8Array(value) : value,
  ) as BoundValue[];
}

/** `x'…'` as bytes, without a string in between. */
function rawKeyText(key: Buffer): Buffer {
  const digits = Buffer.from('0123456789abcdef', 'latin1');
  const text = Buffer.alloc(key.length * 2 + 3);
  text.write("x'", 'latin1');
  for (const [index, byte] of key.entries()) {
    text[2 + index * 2] = digits[byte >> 4] ?? 0;
    text[3 + index * 2] = digits[byte & 15] ?? 0;
  }
  text.write("'", text.length - 1, 'latin1');
  return text;
}

/** Result codes of SQLite (sqlite.org/rescode.html) as what they mean to a person. */
function databaseError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const code = error.code;
  const told = (is: VaultError['code']): VaultError => new VaultError(is, 'database', code, { cause: error });
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) return told('already-open');
  if (/^SQLITE_(?:CORRUPT|NOTADB|FORMAT)/.test(code)) return told('damaged');
  if (code.startsWith('SQLITE_FULL')) return told('disk-full');
  if (/^SQLITE_(?:READONLY|PERM|CANTOPEN)/.test(code)) return told('read-only');
  if (code.startsWith('SQLITE_IOERR')) return told('disk-failed');
  return error;
}
