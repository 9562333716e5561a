/** Sends files to the local server piece by piece. No file is ever held whole: one piece of 16 MiB at a time. */
import { ApiFailure, del, post, putBytes } from './client.js';
import { type NewUpload, UPLOAD_PART_BYTES, type Upload } from './paths.js';

export interface UploadFile {
  readonly file: File;
  /** Path below the dropped folder, with its name; `` for a file by itself. */
  readonly relativePath: string;
}

/** What is given as one thing: a file, or a folder with its files. */
export interface UploadBatch {
  readonly batch: string;
  readonly files: readonly UploadFile[];
}

export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly sentFiles: number;
  readonly totalFiles: number;
}

const TRIES = 3;
const WAIT_MS = [1_000, 3_000];
/** Small files wait for answers more than for the disk. */
const AT_ONCE = 4;
/** Thousands of small files would have the page drawn thousands of times. */
const TELL_EVERY_MS = 200;

/** One sending of several batches: begins when made, can be paused between two pieces, ended, and begun again where it stopped. */
export class UploadRun {
  readonly done: Promise<void>;
  readonly #abort = new AbortController();
  readonly #onProgress: (progress: UploadProgress) => void;
  #progress: UploadProgress;
  #toldAt = 0;
  #paused: { readonly ended: Promise<void>; readonly end: () => void } | null = null;

  constructor(batches: readonly UploadBatch[], onProgress: (progress: UploadProgress) => void) {
    const files = batches.flatMap(({ batch, files: own }) => own.map((one) => ({ ...one, batch })));
    const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
    this.#progress = { sentBytes: 0, totalBytes, sentFiles: 0, totalFiles: files.length };
    this.#onProgress = onProgress;
    this.done = this.#all(files);
  }

  get isPaused(): boolean {
    return this.#paused !== null;
  }

  /** The piece under way still arrives; the next one waits. */
  pause(): void {
    if (this.#paused) return;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#paused = { ended, end };
  }

  resume(): void {
    this.#paused?.end();
    this.#paused = null;
  }

  /** What arrived stays with the server until it locks: sending the same files again goes on from there. */
  abort(): void {
    this.#abort.abort();
    this.resume();
  }

  async #all(files: readonly (UploadFile & { readonly batch: string })[]): Promise<void> {
    // Whoever made this has to hold it before hearing of it.
    await null;
    this.#onProgress(this.#progress);
    const queue = files.values();
    const worker = async (): Promise<void> => {
      for (const file of queue) {
        await this.#file(file);
        this.#tell({ sentFiles: this.#progress.sentFiles + 1 });
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } catch (error) {
      // One that failed ends the others, which would only hide why.
      this.#abort.abort();
      throw error;
    }
  }

  async #file({ file, relativePath, batch }: UploadFile & { readonly batch: string }): Promise<void> {
    const draft: NewUpload = {
      name: file.name,
      sizeBytes: file.size,
      lastModifiedMs: file.lastModified,
      relativePath,
      batch,
    };
    const begin = (): Promise<Upload> =>
      this.#tried(() => post<Upload>('/uploads', draft, this.#abort.signal));
    let upload = await begin();
    try {
      await this.#parts(file, upload);
    } catch (error) {
      if (!(error instanceof ApiFailure && error.code === 'upload-changed')) throw error;
      // Same name, size and date, and something else in it: from the beginning.
      await del(`/uploads/${upload.id}`);
      upload = await begin();
      await this.#parts(file, upload);
    }
    const { id } = upload;
    await this.#tried(() => post<Upload>(`/uploads/${id}/complete`, {}, this.#abort.signal));
  }

  async #parts(file: File, { id, parts }: Upload): Promise<void> {
    const known = new Set(parts);
    for (let number = 0; number * UPLOAD_PART_BYTES < file.size; number += 1) {
      await this.#paused?.ended;
      this.#abort.signal.throwIfAborted();
      const from = number * UPLOAD_PART_BYTES;
      const piece = file.slice(from, from + UPLOAD_PART_BYTES);
      // The first piece shows whether an upload begun earlier is of the same file.
      if (number === 0 || !known.has(number)) await this.#part(id, number, piece);
      this.#tell({ sentBytes: this.#progress.sentBytes + piece.size });
    }
  }

  async #part(id: string, number: number, piece: Blob): Promise<void> {
    const bytes = await readPiece(piece);
    const sha256 = await sha256Of(bytes);
    const body = new Blob([bytes]);
    await this.#tried(() =>
      putBytes<Upload>(
        `/uploads/${id}/parts/${number}`,
        body,
        { 'X-Part-SHA256': sha256, 'Content-Type': 'application/octet-stream' },
        this.#abort.signal,
      ),
    );
  }

  async #tried<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const mayHelp = error instanceof ApiFailure && error.retry && error.status !== 507;
        if (!mayHelp || tries >= TRIES || this.#abort.signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS[tries - 1]));
      }
    }
  }

  #tell(change: Partial<UploadProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    const { sentFiles, totalFiles } = this.#progress;
    if (sentFiles < totalFiles && performance.now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = performance.now();
    this.#onProgress(this.#progress);
  }
}

async function readPiece(piece: Blob): Promise<ArrayBuffer> {
  try {
    return await piece.arrayBuffer();
  } catch {
    // Moved, changed or unplugged since it was chosen: browsers then give nothing of it.
    throw new ApiFailure(0, 'file-changed', {}, false, '');
  }
}

async function sha256Of(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
