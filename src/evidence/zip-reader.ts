import { closeSync, openSync, readSync } from 'node:fs';
import { type Entry, RandomAccessReader } from 'yauzl';
import { toEvidenceError } from './file-range.js';

/** What both ways of listing know of a member. */
export interface ZipEntryFacts {
  readonly nameRaw: Buffer;
  readonly extraFields: Entry['extraFields'];
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  /** Null when the archive is cut off before it says. */
  readonly sizeBytes: number | null;
  readonly headerOffset: number;
  /** File type and permissions of Unix, 0 when unknown. */
  readonly unixMode: number;
}

/**
 * Gives yauzl its bytes out of a window of the file: one read of the disk serves thousands of entries, where the
 * library alone would ask the system twice per entry.
 */
export class WindowReader extends RandomAccessReader {
  readonly #file: number;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(
    diskPath: string,
    readonly sizeBytes: number,
    evidence: string,
  ) {
    super();
    this.setMaxListeners(0);
    try {
      this.#file = openSync(diskPath, 'r');
    } catch (error) {
      throw toEvidenceError(error, { evidence, path: '', locator: '' });
    }
  }

  /** Up to `length` bytes; fewer at the end of the file. */
  block(position: number, length: number): Buffer {
    if (!(position >= 0 && position < this.sizeBytes)) return Buffer.alloc(0);
    const inWindow = position - this.#windowStart;
    if (inWindow < 0 || inWindow + length > this.#window.byteLength) {
      const window = Buffer.allocUnsafeSlow(Math.max(length, 512 * 1024));
      const bytesRead = readSync(this.#file, window, 0, window.byteLength, position);
      this.#window = window.subarray(0, bytesRead);
      this.#windowStart = position;
    }
    const start = position - this.#windowStart;
    return this.#window.subarray(start, start + length);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    let bytesRead: number;
    try {
      bytesRead = this.block(position, length).copy(buffer, offset);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    callback(null, bytesRead);
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  closeFile(): void {
    closeSync(this.#file);
  }
}
