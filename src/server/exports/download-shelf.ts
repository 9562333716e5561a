/**
 * Files that are ready to be taken: on disk only encrypted, under keys that only this process has, for half an hour and no longer than
 * the desk is open. What lies in memory is a name, a key and a hash.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Desk } from '../../casework/desk/desk.js';
import { ApiProblem } from '../api-problem.js';

const CIPHER = 'aes-256-ctr';
const KEPT_MS = 30 * 60_000;
const LOOK_MS = 15_000;
const READ_BYTES = 256 * 1024;
const FILES = 200;

export interface KeptFile {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

interface TakenFile extends KeptFile {
  readonly about: string;
  readonly bytes: () => AsyncGenerator<Uint8Array>;
}

interface Kept extends KeptFile {
  readonly desk: Desk;
  readonly about: string;
  readonly path: string;
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly untilMs: number;
  /** Asked again whenever it is taken: what was allowed when it was made may be so no more. */
  readonly mayLeave: () => void;
}

export class DownloadShelf {
  readonly #files = new Map<string, Kept>();
  #folder: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** @param isOpen whether a desk still is the one that is worked at */
  constructor(
    readonly isOpen: (desk: Desk) => boolean,
    readonly nowMs: () => number = () => Date.now(),
  ) {}

  /**
   * @param about what is told again with it
   * @param mayLeave throws when it may not be taken any more
   * @throws ApiProblem 429 when too many wait to be taken
   */
  async keep(
    desk: Desk,
    name: string,
    pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
    about = '',
    mayLeave: () => void = () => {},
  ): Promise<KeptFile> {
    this.#tidy();
    if (this.#files.size >= FILES) throw new ApiProblem(429, 'too-many-downloads', {}, true);
    this.#folder ??= mkdtempSync(join(tmpdir(), 'vigia-leaving-'));
    const id = randomBytes(16).toString('hex');
    const path = join(this.#folder, id);
    const [key, iv] = [randomBytes(32), randomBytes(16)];
    const cipher = createCipheriv(CIPHER, key, iv);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const piece of pieces) {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
        hash.update(bytes);
        sizeBytes += bytes.byteLength;
        await file.writeFile(cipher.update(bytes));
      }
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await file.close();
    const untilMs = this.nowMs() + KEPT_MS;
    const kept = {
      id,
      name,
      sha256: hash.digest('hex'),
      sizeBytes,
      desk,
      about,
      path,
      key,
      iv,
      untilMs,
      mayLeave,
    };
    this.#files.set(id, kept);
    this.#watch();
    return { id, name, sha256: kept.sha256, sizeBytes };
  }

  /** @throws ApiProblem 404, and what `mayLeave` throws */
  get(id: string, desk: Desk): TakenFile {
    const found = this.find(id, desk);
    if (found === null) throw new ApiProblem(404, 'no-such-download');
    this.#files.get(id)?.mayLeave();
    return found;
  }

  /** Null when it is not there any more, or was put there at another desk. */
  find(id: string, desk: Desk): TakenFile | null {
    this.#tidy();
    const kept = this.#files.get(id);
    if (kept?.desk !== desk) return null;
    const { name, sha256, sizeBytes, about } = kept;
    return { id, name, sha256, sizeBytes, about, bytes: () => bytesOf(kept, () => this.isOpen(desk)) };
  }

  /** Takes everything away. */
  clear(): void {
    for (const { key } of this.#files.values()) key.fill(0);
    this.#files.clear();
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    this.#folder = null;
  }

  /** Nobody tells it that the desk was closed: it looks. */
  #watch(): void {
    this.#timer ??= setInterval(() => this.#tidy(), LOOK_MS).unref();
  }

  #tidy(): void {
    for (const { id, desk, path, key, untilMs } of [...this.#files.values()]) {
      if (untilMs > this.nowMs() && this.isOpen(desk)) continue;
      key.fill(0);
      this.#files.delete(id);
      rmSync(path, { force: true });
    }
    if (this.#files.size === 0 && this.#folder !== null) this.clear();
  }
}

/** Ends with an error when the file is not what was put there: half a file is better seen than a changed one. */
async function* bytesOf({ path, key, iv, sha256 }: Kept, isOpen: () => boolean): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const decipher = createDecipheriv(CIPHER, key, iv);
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) break;
      // Locked in the middle: the rest stays here.
      if (!isOpen()) throw new ApiProblem(423, 'locked');
      const plain = decipher.update(buffer.subarray(0, bytesRead));
      hash.update(plain);
      yield plain;
    }
    if (hash.digest('hex') !== sha256) throw new ApiProblem(500, 'download-changed');
  } finally {
    await file.close();
  }
}
