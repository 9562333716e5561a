import { once } from 'node:events';
import { createReadStream, type ReadStream } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;

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
    const heap: SortedRows[] = [];
    for (const part of parts) {
      await part.advance();
      if (part.head !== null) heap.push(part);
    }
    for (let index = (heap.length >> 1) - 1; index >= 0; index -= 1) sink(heap, index);
    for (let top = heap[0]; top && top.head !== null; top = heap[0]) {
      const waiting = take(top.head);
      if (waiting) await waiting;
      const loading = top.advance();
      if (loading) await loading;
      if (top.head === null) {
        const last = heap.pop();
        if (last && last !== top) heap[0] = last;
      }
      sink(heap, 0);
    }
  } finally {
    for (const part of parts) await part.close();
  }
}

/** Puts the part at `index` of a binary heap, smallest head on top, in its place below. */
function sink(heap: SortedRows[], index: number): void {
  const part = heap[index];
  if (!part) return;
  let place = index;
  for (;;) {
    let child = 2 * place + 1;
    const right = heap[child + 1];
    if (right && isBefore(right, heap[child])) child += 1;
    const smaller = heap[child];
    if (!smaller || !isBefore(smaller, part)) break;
    heap[place] = smaller;
    place = child;
  }
  heap[place] = part;
}

function isBefore(a: SortedRows, b: SortedRows | undefined): boolean {
  return a.head !== null && (!b || b.head === null || a.head < b.head);
}
