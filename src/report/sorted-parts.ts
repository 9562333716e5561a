import { once } from 'node:events';
import { createReadStream, type ReadStream } from 'node:fs';

const CHUNK_BYTES = 128 * 1024;

/** A sequence of rows in order, of which the first is in sight. */
export interface SortedRows {
  /** The next row, or null at the end. */
  readonly head: string | null;
  /** Goes on by one row. Returns a promise only when it has to be waited for. */
  advance(): Promise<void> | undefined;
  close(): Promise<void>;
}

/** Rows of a text file. */
export class FileRows implements SortedRows {
  head: string | null = null;
  readonly #stream: ReadStream;
  readonly #chunks: AsyncIterator<string>;
  #batch: readonly string[] = [];
  #next = 0;
  #rest = '';

  constructor(path: string) {
    this.#stream = createReadStream(path, { encoding: 'utf8', highWaterMark: CHUNK_BYTES });
    // A part that cannot be read is told by `advance`; before that nobody listens.
    this.#stream.on('error', () => undefined);
    this.#chunks = this.#stream[Symbol.asyncIterator]();
  }

  advance(): Promise<void> | undefined {
    const row = this.#batch[this.#next];
    if (row === undefined) return this.#load();
    this.head = row;
    this.#next += 1;
    return undefined;
  }

  async #load(): Promise<void> {
    for (;;) {
      const chunk = await this.#chunks.next();
      if (chunk.done) {
        this.head = this.#rest === '' ? null : this.#rest;
        this.#rest = '';
        this.#batch = [];
        return;
      }
      const lines = `${this.#rest}${chunk.value}`.split('\n');
      this.#rest = lines.pop() ?? '';
      const first = lines[0];
      if (first === undefined) continue;
      this.#batch = lines;
      this.#next = 1;
      this.head = first;
      return;
    }
  }

  async close(): Promise<void> {
    if (this.#stream.closed) return;
    this.#stream.destroy();
    // Windows cannot remove a file that is open.
    await once(this.#stream, 'close');
  }
}

/** Rows in memory. */
export class MemoryRows implements SortedRows {
  #next = -1;

  constructor(readonly rows: readonly string[]) {}

  get head(): string | null {
    return this.rows[this.#next] ?? null;
  }

  advance(): undefined {
    this.#next += 1;
    return undefined;
  }

  async close(): Promise<void> {}
}

/** Gives the rows of all parts in order to `take`, which may make it wait. Closes the parts, also after an error. */
export async function mergeRows(
  parts: readonly SortedRows[],
  take: (row: string) => Promise<void> | undefined,
): Promise<void> {
  try {
    for (const part of parts) await part.advance();
    let open = parts.filter((part) => part.head !== null);
    while (open.length > 0) {
      let smallest: SortedRows | null = null;
      let row: string | null = null;
      for (const part of open) {
        if (part.head !== null && (row === null || part.head < row)) {
          smallest = part;
          row = part.head;
        }
      }
      if (!smallest || row === null) return;
      const waiting = take(row);
      if (waiting) await waiting;
      const loading = smallest.advance();
      if (loading) await loading;
      if (smallest.head === null) open = open.filter((part) => part.head !== null);
    }
  } finally {
    for (const part of parts) await part.close();
  }
}
