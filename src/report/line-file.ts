import { type FileHandle, open, rm } from 'node:fs/promises';

/** Lines are gathered to blocks of this size: one write per line would be most of the work. */
const BLOCK_CHARACTERS = 256 * 1024;

/** A text file written line by line in bounded memory. */
export class LineFile {
  #block = '';
  #failure: { readonly error: unknown } | null = null;
  #closed = false;
  /** Blocks are written one after the other; the last of them ends the chain. Never rejects: see `#failure`. */
  #written: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    readonly handle: FileHandle,
  ) {}

  /** Creates the file, readable by its owner only. What stood in its place, also a link, is removed first. */
  static async create(path: string): Promise<LineFile> {
    await rm(path, { force: true });
    return new LineFile(path, await open(path, 'wx', 0o600));
  }

  /**
   * Adds a line. Returns a promise when a block is full, for the block before it: one is written while the next one
   * fills, and who waits keeps memory bounded.
   *
   * @throws the first write error; the promise rejects with it too
   */
  line(text: string): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error;
    this.#block += `${text}\n`;
    return this.#block.length < BLOCK_CHARACTERS ? undefined : this.#flush();
  }

  /** Writes what is left and closes. Closing twice is harmless. @throws the first write error */
  async close(): Promise<void> {
    if (!this.#closed) {
      if (!this.#failure) this.#queueBlock();
      await this.#end();
    }
    if (this.#failure) throw this.#failure.error;
  }

  /** Closes and takes the file away. Never throws: it is called when something has failed already. */
  async discard(): Promise<void> {
    await this.#end();
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  async #end(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#block = '';
    await this.#written;
    await this.handle.close().catch((error: unknown) => this.#fail(error));
  }

  async #flush(): Promise<void> {
    const before = this.#written;
    this.#queueBlock();
    await before;
    if (this.#failure) throw this.#failure.error;
  }

  #queueBlock(): void {
    const block = this.#block;
    this.#block = '';
    if (block === '') return;
    this.#written = this.#written
      .then(() => (this.#failure ? undefined : this.handle.appendFile(block, 'utf8')))
      .catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }
}
