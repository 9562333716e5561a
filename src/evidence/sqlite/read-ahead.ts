/**
 * SQLite reads a database page by page, 4 KB each, and every read is a call into the system. A table walked from
 * beginning to end lies mostly in one piece, so where reads follow each other closely a larger piece is read once and
 * handed out: for the 240 MB Manifest of a phone in long use that is a thousand calls instead of sixty thousand.
 * Jumps through an index are left as they are, because there most of a larger piece would be read in vain.
 */

/** Functions the file system of node-sqlite3-wasm gives to SQLite; `file` and `target` are addresses in its memory. */
interface PageReads {
  /** SQLITE_OK, or an error code, also when the file ends before `size`. */
  read(file: number, target: number, size: number, offset: bigint): number;
}

/** The memory of the engine, as far as it is needed here. */
interface EngineMemory {
  /** A new view each time the memory has grown. */
  bytes(): Uint8Array;
  /** 0 when there is no room. */
  allocate(size: number): number;
  free(pointer: number): void;
}

interface Followed {
  /** Offsets in the file of what the buffer holds; equal when it holds nothing. */
  start: number;
  end: number;
  buffer: number;
  /** Where the last read ended. */
  last: number;
  /** How many reads followed each other closely. Below zero: not to be tried for as many reads. */
  run: number;
}

const SQLITE_OK = 0;
export const PIECE_BYTES = 256 * 1024;
/** Index pages lie between the pages of a table; a small step forward still counts as going on. */
const NEAR_BYTES = 64 * 1024;
const RUN_BEFORE_READING_AHEAD = 3;

/** @internal Reads ahead for each open file of an engine. */
export class ReadAhead {
  readonly #reads: PageReads;
  readonly #memory: EngineMemory;
  readonly #files = new Map<number, Followed>();

  constructor(reads: PageReads, memory: EngineMemory) {
    this.#reads = reads;
    this.#memory = memory;
  }

  read(file: number, target: number, size: number, offset: bigint): number {
    const from = Number(offset);
    const known = this.#files.get(file);
    if (!known) {
      this.#files.set(file, { start: 0, end: 0, buffer: 0, last: from + size, run: 0 });
      return this.#reads.read(file, target, size, offset);
    }
    const step = from - known.last;
    known.last = from + size;
    if (from >= known.start && from + size <= known.end) return this.#give(known, target, size, from);
    known.run = known.run < 0 || (step >= 0 && step <= NEAR_BYTES) ? known.run + 1 : 0;
    if (known.run >= RUN_BEFORE_READING_AHEAD && size < PIECE_BYTES && this.#fill(file, known, offset))
      return this.#give(known, target, size, from);
    return this.#reads.read(file, target, size, offset);
  }

  /** The file was written to: what was read ahead may be old. */
  changed(file: number): void {
    const known = this.#files.get(file);
    if (known) known.end = known.start;
  }

  closed(file: number): void {
    const known = this.#files.get(file);
    if (known && known.buffer !== 0) this.#memory.free(known.buffer);
    this.#files.delete(file);
  }

  #fill(file: number, known: Followed, offset: bigint): boolean {
    known.end = known.start;
    if (known.buffer === 0) known.buffer = this.#memory.allocate(PIECE_BYTES);
    if (known.buffer === 0 || this.#reads.read(file, known.buffer, PIECE_BYTES, offset) !== SQLITE_OK) {
      // The end of the file is near, or it cannot be read: the rest goes page by page.
      known.run = -PIECE_BYTES / 4096;
      return false;
    }
    known.start = Number(offset);
    known.end = known.start + PIECE_BYTES;
    return true;
  }

  #give(known: Followed, target: number, size: number, from: number): number {
    const place = (known.buffer >>> 0) + from - known.start;
    this.#memory.bytes().copyWithin(target >>> 0, place, place + size);
    return SQLITE_OK;
  }
}

type Import = (...parameters: never[]) => unknown;

/**
 * The imports of the WASM module with reading ahead put before its file functions, which are known by their names.
 * Where a name is missing (another version of the package), everything stays as it was.
 */
export function withReadAhead(imports: object, memory: EngineMemory): object {
  const result: Record<string, unknown> = {};
  for (const [space, functions] of Object.entries(imports)) result[space] = wrapped(functions, memory);
  return result;
}

function wrapped(functions: unknown, memory: EngineMemory): unknown {
  if (typeof functions !== 'object' || functions === null) return functions;
  const byName = new Map<string, { readonly key: string; readonly call: Import }>();
  for (const [key, value] of Object.entries(functions)) {
    if (typeof value === 'function') byName.set(value.name, { key, call: value as Import });
  }
  const read = byName.get('_nodejsRead');
  const write = byName.get('_nodejsWrite');
  const truncate = byName.get('_nodejsTruncate');
  const close = byName.get('_nodejsClose');
  if (!read || !write || !truncate || !close) return functions;
  const ahead = new ReadAhead({ read: read.call as PageReads['read'] }, memory);
  const changing =
    (call: Import): Import =>
    (...parameters) => {
      ahead.changed(parameters[0] ?? 0);
      return call(...parameters);
    };
  return {
    ...functions,
    [read.key]: ahead.read.bind(ahead),
    [write.key]: changing(write.call),
    [truncate.key]: changing(truncate.call),
    [close.key]: (file: number) => {
      ahead.closed(file);
      return (close.call as (file: number) => number)(file);
    },
  };
}
