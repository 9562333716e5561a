import { type Entry, RandomAccessReader } from 'yauzl';
import { EvidenceError } from '../core/evidence-error.js';
import { type OpenBytes, openStoredSync, type Stored } from './file-range.js';

const WINDOW_BYTES = 512 * 1024;

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
  readonly #file: OpenBytes;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(
    stored: Stored,
    readonly sizeBytes: number,
    evidence: string,
  ) {
    super();
    this.setMaxListeners(0);
    this.#file = openStoredSync(stored, { evidence, path: '', locator: '' });
  }

  /** Up to `length` bytes; fewer at the end of the file. */
  block(position: number, length: number): Buffer {
    if (!(position >= 0 && position < this.sizeBytes)) return Buffer.alloc(0);
    const inWindow = position - this.#windowStart;
    if (inWindow < 0 || inWindow + length > this.#window.byteLength) {
      this.#window = this.#read(position, Math.max(length, WINDOW_BYTES));
      this.#windowStart = position;
    }
    const start = position - this.#windowStart;
    return this.#window.subarray(start, start + length);
  }

  #read(position: number, length: number): Buffer {
    try {
      return this.#file.readAt(position, length);
    } catch (error) {
      // A stretch of sealed content that was changed: for a list it is as if it were not there.
      if (error instanceof EvidenceError && error.code === 'damaged') return Buffer.alloc(0);
      throw error;
    }
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
    this.#file.close();
  }
}
