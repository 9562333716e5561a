import { createRequire } from 'node:module';
import { withReadAhead } from './read-ahead.js';
import type { SqliteValue } from './values.js';

/**
 * A thin layer over the C interface of SQLite as node-sqlite3-wasm compiles it. The package's own Statement class is
 * not used because it cuts text at the first NUL (behind which a message could be hidden), decodes invalid UTF-8
 * into broken strings, gives no result codes, and is about twice as slow. What is used is SQLite itself, compiled
 * to WASM, and the package's file system; https://www.sqlite.org/c3ref/intro.html describes the functions.
 */
interface SqliteFunctions {
  _sqlite3_open_v2(path: number, connection: number, flags: number, vfs: number): number;
  _sqlite3_close_v2(connection: number): number;
  _sqlite3_errmsg(connection: number): number;
  _sqlite3_exec(connection: number, sql: number, callback: number, context: number, error: number): number;
  _sqlite3_prepare_v2(
    connection: number,
    sql: number,
    length: number,
    statement: number,
    tail: number,
  ): number;
  _sqlite3_step(statement: number): number;
  _sqlite3_reset(statement: number): number;
  _sqlite3_clear_bindings(statement: number): number;
  _sqlite3_finalize(statement: number): number;
  _sqlite3_changes(connection: number): number;
  _sqlite3_bind_null(statement: number, position: number): number;
  _sqlite3_bind_double(statement: number, position: number, value: number): number;
  _sqlite3_bind_int64(statement: number, position: number, value: bigint): number;
  _sqlite3_bind_text(statement: number, at: number, text: number, length: number, release: number): number;
  _sqlite3_bind_blob(statement: number, at: number, blob: number, length: number, release: number): number;
  _sqlite3_column_count(statement: number): number;
  _sqlite3_column_name(statement: number, column: number): number;
  _sqlite3_column_type(statement: number, column: number): number;
  _sqlite3_column_bytes(statement: number, column: number): number;
  _sqlite3_column_double(statement: number, column: number): number;
  _sqlite3_column_int64(statement: number, column: number): bigint;
  _sqlite3_column_text(statement: number, column: number): number;
  _sqlite3_column_blob(statement: number, column: number): number;
  _malloc(size: number): number;
  _free(pointer: number): void;
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
type InstanceConstructor = new (module: object, imports?: object) => { readonly exports: object };
interface WasmNamespace {
  Instance: InstanceConstructor;
  readonly RuntimeError: new () => Error;
  readonly Memory: new (descriptor: { initial: number }) => WasmMemory;
}

interface Engine {
  readonly sqlite: SqliteFunctions;
  readonly memory: WasmMemory;
  /** Set when the WASM code trapped: its state cannot be trusted any more, so the next opening loads a fresh one. */
  broken: boolean;
}

const SQLITE_OK = 0;
const SQLITE_NOMEM = 7;
const SQLITE_ROW = 100;
const SQLITE_DONE = 101;
const SQLITE_OPEN_READWRITE = 2;
const SQLITE_OPEN_CREATE = 4;
/** The binding keeps its own copy of the bytes. */
const SQLITE_TRANSIENT = -1;
const TYPE_INTEGER = 1;
const TYPE_FLOAT = 2;
const TYPE_TEXT = 3;
const TYPE_BLOB = 4;

/** Codes that mean: the bytes of the database are damaged. 1 (generic) is judged by its message. */
const DAMAGE_CODES = new Set([10, 11, 26]);

/** Text as bytes, bound unchanged even where it is not valid UTF-8. */
export class RawText {
  constructor(readonly bytes: Uint8Array) {}
}

/** SQLite refused. `resultCode` is its primary result code. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';

  constructor(
    readonly resultCode: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True when the database, not the query, is at fault. */
  get meansDamage(): boolean {
    return (
      DAMAGE_CODES.has(this.resultCode) ||
      /malformed|not a database|unsupported file format/i.test(this.message)
    );
  }
}

const require = createRequire(import.meta.url);
let current: Engine | null = null;

function engine(): Engine {
  if (!current || current.broken) current = loadEngine();
  return current;
}

// The package keeps its memory to itself, and without it text cannot be read by length. The memory is seen at the
// one moment the package creates its WASM instance, which it does synchronously while it is loaded.
function loadEngine(): Engine {
  const wasm = (globalThis as unknown as { WebAssembly: WasmNamespace }).WebAssembly;
  const original = wasm.Instance;
  let memory: WasmMemory | undefined;
  let sqlite: SqliteFunctions | undefined;
  let heap: Uint8Array = new Uint8Array(0);
  const access = {
    bytes() {
      // The memory may have grown, which empties earlier views of it.
      if (heap.byteLength === 0 && memory) heap = new Uint8Array(memory.buffer);
      return heap;
    },
    allocate: (size: number) => sqlite?._malloc(size) ?? 0,
    free: (pointer: number) => sqlite?._free(pointer),
  };
  wasm.Instance = new Proxy(original, {
    construct(target, [module, imports]: [object, object?], newTarget) {
      const parameters = imports ? [module, withReadAhead(imports, access)] : [module];
      const instance = Reflect.construct(target, parameters, newTarget) as { readonly exports: object };
      memory ??= Object.values(instance.exports).find(
        (item): item is WasmMemory => item instanceof wasm.Memory,
      );
      return instance;
    },
  });
  try {
    delete require.cache[require.resolve('node-sqlite3-wasm')];
    sqlite = require('node-sqlite3-wasm') as SqliteFunctions;
    if (!memory) throw new Error('node-sqlite3-wasm did not show its memory');
    return { sqlite, memory, broken: false };
  } finally {
    wasm.Instance = original;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
// Below this length a loop over ASCII bytes beats the call into the decoder.
const SHORT_TEXT_BYTES = 8;

/** What a value may hold before it is left out; a length in a database is not to be trusted with memory. */
export interface ValueLimits {
  readonly maxValueBytes: number;
  onTooLarge(column: string, sizeBytes: number): void;
}

const NO_LIMITS: ValueLimits = { maxValueBytes: Number.POSITIVE_INFINITY, onTooLarge: () => {} };

export type Row = Record<string, SqliteValue>;

// Rows whose only prototype is empty: a column may have any name, "__proto__" too. A class keeps property access
// fast, which Object.create(null) for each row would not.
function EmptyRow(): void {}
EmptyRow.prototype = Object.create(null) as object;
const RowObject = EmptyRow as unknown as new () => Row;

/** An open database file. Never given a path that is not a private copy. */
export class Connection {
  readonly #engine: Engine;
  readonly #pointer: number;
  readonly #open = new Set<Statement>();
  #closed = false;

  /** @throws SqliteError */
  constructor(path: string, options: { readonly create?: boolean } = {}) {
    this.#engine = engine();
    this.#pointer = this.guard((sqlite) => {
      const out = this.allocate(new Uint8Array(4));
      const name = this.allocate(encoder.encode(`${path}\0`));
      try {
        const flags = SQLITE_OPEN_READWRITE | (options.create === true ? SQLITE_OPEN_CREATE : 0);
        const code = sqlite._sqlite3_open_v2(name, out, flags, 0);
        const pointer = this.pointerAt(out);
        if (code === SQLITE_OK) return pointer;
        if (pointer !== 0) sqlite._sqlite3_close_v2(pointer);
        throw new SqliteError(code, 'could not open the copy');
      } finally {
        sqlite._free(out);
        sqlite._free(name);
      }
    });
  }

  /** Runs statements that give no rows. @throws SqliteError */
  exec(sql: string): void {
    this.guard((sqlite) => {
      const text = this.allocate(encoder.encode(`${sql}\0`));
      try {
        this.check(sqlite._sqlite3_exec(this.#pointer, text, 0, 0, 0));
      } finally {
        sqlite._free(text);
      }
    });
  }

  /** @throws SqliteError */
  prepare(sql: string): Statement {
    if (this.#closed) throw new SqliteError(21, 'database is closed');
    const pointer = this.guard((sqlite) => {
      const out = this.allocate(new Uint8Array(4));
      const bytes = encoder.encode(`${sql}\0`);
      const text = this.allocate(bytes);
      try {
        this.check(sqlite._sqlite3_prepare_v2(this.#pointer, text, bytes.byteLength, out, 0));
        return this.pointerAt(out);
      } finally {
        sqlite._free(out);
        sqlite._free(text);
      }
    });
    if (pointer === 0) throw new SqliteError(1, 'empty statement');
    const statement = new Statement(this, pointer, () => this.#open.delete(statement));
    this.#open.add(statement);
    return statement;
  }

  /** The rows of a query, prepared when the first one is asked for. @throws SqliteError while iterating */
  query(
    sql: string,
    parameters: readonly SqliteValue[] = [],
    limits: ValueLimits = NO_LIMITS,
  ): IterableIterator<Row> {
    return new Rows(this, sql, parameters, limits);
  }

  close(): void {
    if (this.#closed) return;
    for (const statement of [...this.#open]) statement.finalize();
    this.#closed = true;
    if (!this.#engine.broken) this.guard((sqlite) => sqlite._sqlite3_close_v2(this.#pointer));
  }

  /** @internal Rows the last statement changed. */
  get changes(): number {
    return this.#engine.sqlite._sqlite3_changes(this.#pointer);
  }

  /** @internal Runs a piece of work inside WASM; a trap there is a typed error here. */
  guard<T>(work: (sqlite: SqliteFunctions) => T): T {
    this.#assertSound();
    try {
      return work(this.#engine.sqlite);
    } catch (error) {
      throw this.#trapped(error);
    }
  }

  /** @internal The result code of a step; as `guard`, without a function for each row. */
  step(statement: number): number {
    this.#assertSound();
    try {
      return this.#engine.sqlite._sqlite3_step(statement);
    } catch (error) {
      throw this.#trapped(error);
    }
  }

  #assertSound(): void {
    if (this.#engine.broken) throw new SqliteError(2, 'the engine stopped on a hostile database');
  }

  #trapped(error: unknown): unknown {
    const { RuntimeError } = (globalThis as unknown as { WebAssembly: WasmNamespace }).WebAssembly;
    if (!(error instanceof RuntimeError) && !(error instanceof RangeError)) return error;
    // Out of bounds, unreachable, stack overflow: nothing inside can be relied on any more.
    this.#engine.broken = true;
    return new SqliteError(11, 'malformed: the engine trapped', { cause: error });
  }

  /** @internal */
  get sqlite(): SqliteFunctions {
    return this.#engine.sqlite;
  }

  /** @internal */
  get memory(): WasmMemory {
    return this.#engine.memory;
  }

  /** @internal */
  check(code: number): void {
    if (code === SQLITE_OK) return;
    throw this.errorFor(code);
  }

  /** @internal */
  errorFor(code: number): SqliteError {
    return new SqliteError(code, this.textAt(this.#engine.sqlite._sqlite3_errmsg(this.#pointer)));
  }

  /** @internal Copies bytes into the memory of the engine. */
  allocate(bytes: Uint8Array): number {
    const pointer = this.#engine.sqlite._malloc(Math.max(bytes.byteLength, 1));
    if (pointer === 0) throw new SqliteError(SQLITE_NOMEM, 'out of memory');
    new Uint8Array(this.#engine.memory.buffer).set(bytes, pointer >>> 0);
    return pointer;
  }

  /** @internal Text up to its NUL. */
  textAt(pointer: number): string {
    if (pointer === 0) return '';
    const heap = new Uint8Array(this.#engine.memory.buffer);
    const start = pointer >>> 0;
    const end = heap.indexOf(0, start);
    return decoder.decode(heap.subarray(start, end === -1 ? start : end));
  }

  private pointerAt(address: number): number {
    return new DataView(this.#engine.memory.buffer).getInt32(address >>> 0, true);
  }
}

/** A prepared statement: bind, step until false, finalize. */
export class Statement {
  readonly #connection: Connection;
  readonly #pointer: number;
  readonly #onFinalize: () => void;
  #names: readonly string[] | null = null;
  #heap: Buffer = Buffer.alloc(0);
  #finalized = false;

  constructor(connection: Connection, pointer: number, onFinalize: () => void) {
    this.#connection = connection;
    this.#pointer = pointer;
    this.#onFinalize = onFinalize;
  }

  /** Names of the result's columns. */
  get names(): readonly string[] {
    if (!this.#names) {
      const { sqlite } = this.#connection;
      const count = sqlite._sqlite3_column_count(this.#pointer);
      this.#names = Array.from({ length: count }, (_, column) =>
        this.#connection.textAt(sqlite._sqlite3_column_name(this.#pointer, column)),
      );
    }
    return this.#names;
  }

  bind(values: readonly (SqliteValue | RawText)[]): void {
    this.#assertLive();
    this.#connection.guard(() => {
      for (const [index, value] of values.entries()) this.#bindOne(index + 1, value);
    });
  }

  #bindOne(position: number, value: SqliteValue | RawText): void {
    const connection = this.#connection;
    const { sqlite } = connection;
    if (value === null) {
      connection.check(sqlite._sqlite3_bind_null(this.#pointer, position));
    } else if (typeof value === 'number') {
      connection.check(
        Number.isSafeInteger(value) && !Object.is(value, -0)
          ? sqlite._sqlite3_bind_int64(this.#pointer, position, BigInt(value))
          : sqlite._sqlite3_bind_double(this.#pointer, position, value),
      );
    } else if (typeof value === 'bigint') {
      connection.check(sqlite._sqlite3_bind_int64(this.#pointer, position, BigInt.asIntN(64, value)));
    } else {
      const isText = typeof value === 'string' || value instanceof RawText;
      const bytes =
        typeof value === 'string' ? encoder.encode(value) : value instanceof RawText ? value.bytes : value;
      const copy = connection.allocate(bytes);
      const bound = isText
        ? sqlite._sqlite3_bind_text(this.#pointer, position, copy, bytes.byteLength, SQLITE_TRANSIENT)
        : sqlite._sqlite3_bind_blob(this.#pointer, position, copy, bytes.byteLength, SQLITE_TRANSIENT);
      sqlite._free(copy);
      connection.check(bound);
    }
  }

  /** True when there is a row. @throws SqliteError */
  step(): boolean {
    this.#assertLive();
    const code = this.#connection.step(this.#pointer);
    if (code === SQLITE_ROW) return true;
    if (code === SQLITE_DONE) return false;
    throw this.#connection.errorFor(code);
  }

  /** Runs once with these values and is ready to run again; the number of rows it changed. @throws SqliteError */
  run(values: readonly (SqliteValue | RawText)[]): number {
    this.#assertLive();
    const { sqlite } = this.#connection;
    try {
      this.bind(values);
      while (this.step()) {
        // Only statements that change something are run; a row of theirs is not looked at.
      }
    } finally {
      sqlite._sqlite3_reset(this.#pointer);
    }
    return this.#connection.changes;
  }

  /** The current row. Of columns with the same name the last one counts. */
  row(limits: ValueLimits): Row {
    const { sqlite, memory } = this.#connection;
    const statement = this.#pointer;
    const names = this.names;
    const row = new RowObject();
    try {
      for (let column = 0; column < names.length; column += 1) {
        row[names[column] as string] = this.#value(sqlite, memory, statement, column, limits);
      }
    } catch (error) {
      // Reported the same way as a trap while stepping.
      return this.#connection.guard(() => {
        throw error;
      });
    }
    return row;
  }

  #value(
    sqlite: SqliteFunctions,
    memory: WasmMemory,
    statement: number,
    column: number,
    limits: ValueLimits,
  ): SqliteValue {
    switch (sqlite._sqlite3_column_type(statement, column)) {
      case TYPE_INTEGER: {
        // A double holds every safe integer exactly and costs no BigInt; only beyond is the 64-bit value fetched.
        const value = sqlite._sqlite3_column_double(statement, column);
        return Number.isSafeInteger(value) ? value : sqlite._sqlite3_column_int64(statement, column);
      }
      case TYPE_FLOAT:
        return sqlite._sqlite3_column_double(statement, column);
      case TYPE_TEXT: {
        const start = sqlite._sqlite3_column_text(statement, column) >>> 0;
        const length = sqlite._sqlite3_column_bytes(statement, column);
        if (length > limits.maxValueBytes) return this.#tooLarge(column, length, limits);
        // The memory may have grown meanwhile, which empties earlier views of it.
        if (this.#heap.byteLength === 0) this.#heap = Buffer.from(memory.buffer);
        return textOf(this.#heap, start, length);
      }
      case TYPE_BLOB: {
        const start = sqlite._sqlite3_column_blob(statement, column) >>> 0;
        const length = sqlite._sqlite3_column_bytes(statement, column);
        if (length > limits.maxValueBytes) return this.#tooLarge(column, length, limits);
        if (this.#heap.byteLength === 0) this.#heap = Buffer.from(memory.buffer);
        return blobOf(this.#heap, start, length);
      }
      default:
        return null;
    }
  }

  #tooLarge(column: number, sizeBytes: number, limits: ValueLimits): null {
    limits.onTooLarge(this.names[column] ?? '', sizeBytes);
    return null;
  }

  finalize(): void {
    if (this.#finalized) return;
    this.#finalized = true;
    this.#onFinalize();
    try {
      this.#connection.guard((sqlite) => sqlite._sqlite3_finalize(this.#pointer));
    } catch {
      // Only a broken engine throws here, and then there is nothing left to free.
    }
  }

  #assertLive(): void {
    if (this.#finalized) throw new SqliteError(21, 'statement is finalized');
  }
}

/** Rows of one query, one at a time. Not a generator: going on with one of those costs as much as a short row. */
class Rows implements IterableIterator<Row> {
  readonly #connection: Connection;
  readonly #sql: string;
  readonly #parameters: readonly SqliteValue[];
  readonly #limits: ValueLimits;
  #statement: Statement | null = null;
  #ended = false;

  constructor(connection: Connection, sql: string, parameters: readonly SqliteValue[], limits: ValueLimits) {
    this.#connection = connection;
    this.#sql = sql;
    this.#parameters = parameters;
    this.#limits = limits;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Row, undefined> {
    if (this.#ended) return { done: true, value: undefined };
    try {
      const statement = this.#statement ?? this.#prepare();
      if (statement.step()) return { done: false, value: statement.row(this.#limits) };
    } catch (error) {
      this.return();
      throw error;
    }
    return this.return();
  }

  return(): IteratorResult<Row, undefined> {
    this.#ended = true;
    this.#statement?.finalize();
    return { done: true, value: undefined };
  }

  #prepare(): Statement {
    this.#statement = this.#connection.prepare(this.#sql);
    this.#statement.bind(this.#parameters);
    return this.#statement;
  }
}

function textOf(heap: Buffer, start: number, length: number): string {
  const end = start + length;
  if (length <= SHORT_TEXT_BYTES) {
    let result = '';
    let index = start;
    for (; index < end; index += 1) {
      const byte = heap[index] as number;
      if (byte >= 0x80) break;
      result += String.fromCharCode(byte);
    }
    if (index === end) return result;
  }
  // Invalid bytes become U+FFFD and NULs stay, so that nothing written after one is hidden.
  return heap.toString('utf8', start, end);
}

// Memory of its own for every small blob is what costs most about it, so they share pieces.
const POOL_BYTES = 16 * 1024;
const POOLED_BLOB_BYTES = 2 * 1024;
let pool = new ArrayBuffer(POOL_BYTES);
let poolUsed = 0;

function blobOf(heap: Buffer, start: number, length: number): Uint8Array {
  const bytes = heap.subarray(start, start + length);
  if (length > POOLED_BLOB_BYTES) return new Uint8Array(bytes);
  if (poolUsed + length > POOL_BYTES) {
    pool = new ArrayBuffer(POOL_BYTES);
    poolUsed = 0;
  }
  const blob = new Uint8Array(pool, poolUsed, length);
  blob.set(bytes);
  poolUsed += length;
  return blob;
}
