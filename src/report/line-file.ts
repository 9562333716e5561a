import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** Lines are gathered to blocks of this size: one write per line would be most of the work. */
const BLOCK_CHARACTERS = 256 * 1024;

/** A text file written line by line in bounded memory. */
export class LineFile {
  #block = '';
  #failed: Error | null = null;

  private constructor(readonly stream: WriteStream) {
    stream.on('error', (error) => {
      this.#failed ??= error;
    });
  }

  /** Creates or replaces the file, readable by its owner only. */
  static async create(path: string): Promise<LineFile> {
    const handle = await open(path, 'w', 0o600);
    return new LineFile(createWriteStream('', { fd: handle, encoding: 'utf8' }));
  }

  /** Adds a line. Returns a promise when the disk is slower than the caller. @throws the write error, if one happened */
  line(text: string): Promise<void> | undefined {
    if (this.#failed) throw this.#failed;
    this.#block += `${text}\n`;
    if (this.#block.length < BLOCK_CHARACTERS) return undefined;
    return this.#flush();
  }

  async close(): Promise<void> {
    if (this.stream.closed) return;
    await this.#flush();
    this.stream.end();
    if (!this.stream.closed) await once(this.stream, 'close');
    if (this.#failed) throw this.#failed;
  }

  #flush(): Promise<void> | undefined {
    const block = this.#block;
    this.#block = '';
    if (block === '' || this.stream.write(block)) return undefined;
    return once(this.stream, 'drain').then(() => undefined);
  }
}
