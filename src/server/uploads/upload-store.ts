/**
 * What the page sends: pieces of 16 MiB, sealed while they arrive, under a key that only this process has. Nothing is ever written
 * in the clear; when the vault locks or the program ends, what is left on disk opens for nobody and is removed at the next start.
 */
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Pointer } from '../../core/contracts.js';
import { lookAtSealed, openHeader, sealStream } from '../../evidence/age/age.js';
import { generateIdentity, publicKeyOf } from '../../evidence/age/keys.js';
import { readRange } from '../../evidence/file-range.js';
import type { HeldEvidence, HeldFile } from '../../evidence/held.js';
import { type NewUpload, UPLOAD_PART_BYTES, type Upload } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { PiecedFile, PieceReader, type SealedPiece } from './pieced-file.js';
import { checkName, pathParts } from './upload-name.js';

/** In the vault's folder. */
export const UPLOADS_FOLDER = 'uploads';
const GIB = 1024 ** 3;
const MAX_FILES = 500_000;
const DEFAULT_QUOTA_BYTES = 64 * GIB;
/** Left free: a full disk is a broken computer. */
const LEFT_FREE_BYTES = 2 * GIB;
const BATCH = /^[\w-]{1,64}$/;
const SHA256 = /^[0-9a-f]{64}$/;

export interface UploadStoreOptions {
  /** The vault's folder. */
  readonly vaultFolder: string;
  readonly quotaBytes?: number;
  /** Bytes free on the disk; asked for before each new upload. */
  readonly freeBytes?: () => Promise<number>;
}

/** What a batch is for the check: a path that stands for it, its name for people, and what is read. */
export interface GivenBatch {
  readonly path: string;
  readonly name: string;
  readonly held: HeldEvidence;
}

interface Piece extends SealedPiece {
  readonly sha256: string;
}

interface Kept {
  readonly id: string;
  batch: string;
  readonly name: string;
  readonly relativePath: string;
  readonly parts: readonly string[];
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
  readonly pieces: Map<number, Piece>;
  /** Hash of the pieces that came in order, from the first on. */
  rolling: { hash: Hash; next: number };
  sha256: string | null;
}

export class UploadStore {
  readonly #folder: string;
  readonly #quotaBytes: number;
  readonly #freeBytes: () => Promise<number>;
  readonly #identity = generateIdentity(randomBytes);
  readonly #uploads = new Map<string, Kept>();
  /** Uploads of the same file, to go on with: by {@link resumeKey}. */
  readonly #byFile = new Map<string, Kept>();
  readonly #batches = new Map<string, Map<string, Kept>>();
  readonly #inUse = new Map<string, number>();
  readonly #reader = new PieceReader();
  #declaredBytes = 0;
  #isClosed = false;

  /** Removes what an earlier session left: its key is gone. One process has the vault, so nobody uses it. */
  constructor({ vaultFolder, quotaBytes = DEFAULT_QUOTA_BYTES, freeBytes }: UploadStoreOptions) {
    this.#folder = join(vaultFolder, UPLOADS_FOLDER);
    this.#quotaBytes = quotaBytes;
    this.#freeBytes =
      freeBytes ??
      (async () => {
        const { bavail, bsize } = await statfs(vaultFolder);
        return bavail * bsize;
      });
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Begins an upload, or goes on with the one of the same file: the page then sends the first piece again, which shows whether it
   * is the same.
   *
   * @throws ApiProblem 400 for names, 409 upload-path-taken, 413 upload-quota, upload-too-many
   */
  async begin(draft: NewUpload): Promise<Upload> {
    this.#refuseClosed();
    if (!BATCH.test(draft.batch)) throw new ApiProblem(400, 'upload-batch');
    checkName(draft.name);
    const parts = pathParts(draft.relativePath);
    const known = this.#byFile.get(resumeKey(draft));
    if (known && !this.#inUse.has(known.batch)) {
      this.#moveTo(known, draft.batch);
      return toApi(known);
    }
    const place = placeOf(draft);
    if (this.#batches.get(draft.batch)?.has(place)) throw new ApiProblem(409, 'upload-path-taken');
    if (this.#uploads.size >= MAX_FILES) throw new ApiProblem(413, 'upload-too-many', { limit: MAX_FILES });
    const room = Math.min(
      this.#quotaBytes - this.#declaredBytes,
      (await this.#freeBytes()) - LEFT_FREE_BYTES - this.#missingBytes(),
    );
    if (draft.sizeBytes > room) {
      const missing = draft.sizeBytes - Math.max(0, room);
      throw new ApiProblem(413, 'upload-quota', { missingBytes: missing }, true);
    }
    const kept: Kept = {
      id: randomBytes(16).toString('hex'),
      batch: draft.batch,
      name: draft.name,
      relativePath: draft.relativePath,
      parts,
      sizeBytes: draft.sizeBytes,
      lastModifiedMs: draft.lastModifiedMs,
      pieces: new Map(),
      rolling: { hash: createHash('sha256'), next: 0 },
      sha256: null,
    };
    this.#declaredBytes += kept.sizeBytes;
    this.#uploads.set(kept.id, kept);
    this.#byFile.set(resumeKey(kept), kept);
    this.#addTo(kept.batch, kept);
    return toApi(kept);
  }

  /** @throws ApiProblem 404 */
  get(id: string): Upload {
    return toApi(this.#kept(id));
  }

  /** In the order they were begun. */
  list(batch?: string): Upload[] {
    const all = batch === undefined ? this.#uploads.values() : (this.#batches.get(batch)?.values() ?? []);
    return [...all].map(toApi);
  }

  /**
   * Takes a piece in. The same piece again changes nothing.
   *
   * @throws ApiProblem 400 upload-part-cut, upload-part-changed; 404; 409 upload-changed when another piece was there; 413
   * upload-part-too-long; 507 disk-full
   */
  async putPart(
    id: string,
    number: number,
    sha256: string,
    body: AsyncIterable<Uint8Array> | null,
  ): Promise<Upload> {
    this.#refuseClosed();
    const kept = this.#kept(id);
    if (!Number.isInteger(number) || number < 0 || number >= partsOf(kept))
      throw new ApiProblem(400, 'upload-part-number');
    if (!SHA256.test(sha256)) throw new ApiProblem(400, 'upload-part-hash');
    const expected = Math.min(UPLOAD_PART_BYTES, kept.sizeBytes - number * UPLOAD_PART_BYTES);
    const earlier = kept.pieces.get(number);
    if (earlier && earlier.sha256 !== sha256) throw new ApiProblem(409, 'upload-changed', { part: number });
    if (earlier) {
      // Read to its end, at most as much as there may be: a browser whose body is not taken sees a broken connection.
      for await (const _ of counted(body, expected));
      return toApi(kept);
    }
    const isNext = kept.rolling.next === number;
    const rolling = isNext ? kept.rolling.hash.copy() : null;
    const piece = await this.#seal(kept, number, sha256, counted(body, expected), rolling);
    // Locked or taken back meanwhile.
    if (this.#isClosed || this.#uploads.get(id) !== kept) {
      piece.fileKey.fill(0);
      await rm(piece.path, { force: true });
      throw new ApiProblem(404, 'no-such-upload');
    }
    if (kept.pieces.has(number)) {
      // The same piece came twice at once; either will do.
      piece.fileKey.fill(0);
      await rm(piece.path, { force: true });
      return toApi(kept);
    }
    kept.pieces.set(number, piece);
    if (rolling && kept.rolling.next === number) kept.rolling = { hash: rolling, next: number + 1 };
    return toApi(kept);
  }

  /** The whole hash, when all pieces are there. @throws ApiProblem 404, 409 upload-incomplete */
  async complete(id: string): Promise<Upload> {
    this.#refuseClosed();
    const kept = this.#kept(id);
    if (kept.sha256 !== null) return toApi(kept);
    const missing = partsOf(kept) - kept.pieces.size;
    if (missing > 0) throw new ApiProblem(409, 'upload-incomplete', { missing });
    if (kept.rolling.next === partsOf(kept)) kept.sha256 = kept.rolling.hash.copy().digest('hex');
    else {
      const hash = createHash('sha256');
      for await (const chunk of readRange(this.#fileOf(kept), pointerOf(kept))) hash.update(chunk);
      kept.sha256 = hash.digest('hex');
    }
    return toApi(kept);
  }

  /** Takes an upload away. @throws ApiProblem 404, 409 upload-in-use */
  async remove(id: string): Promise<void> {
    const kept = this.#kept(id);
    if (this.#inUse.has(kept.batch)) throw new ApiProblem(409, 'upload-in-use');
    await this.#forget(kept);
  }

  /** What was dropped, for reading: a file, or a folder with the paths it had. @throws ApiProblem 404, 409 upload-incomplete */
  given(batch: string): GivenBatch {
    this.#refuseClosed();
    const all = [...(this.#batches.get(batch)?.values() ?? [])];
    const [first] = all;
    if (!first) throw new ApiProblem(404, 'no-such-upload');
    const missing = all.filter(({ sha256 }) => sha256 === null).length;
    if (missing > 0) throw new ApiProblem(409, 'upload-incomplete', { missing });
    const at = (name: string): string => join(this.#folder, batch, name);
    const isLoose = all.length === 1 && first.parts.length <= 1;
    if (isLoose) {
      const held: HeldEvidence = { form: 'file', files: [this.#held(first, first.name)] };
      return { path: at(first.name), name: first.name, held };
    }
    // A dropped folder has its own name before all paths.
    const [folder] = first.parts;
    const hasRoot = all.every(({ parts }) => parts.length > 1 && parts[0] === folder);
    const name = hasRoot && folder !== undefined ? folder : batch;
    const files = all.map((kept) => this.#held(kept, placeOf(kept).slice(hasRoot ? name.length + 1 : 0)));
    return { path: hasRoot ? at(name) : join(this.#folder, batch), name, held: { form: 'folder', files } };
  }

  /** Until it is let go, nothing of the batch is taken away. */
  hold(batch: string): void {
    this.#inUse.set(batch, (this.#inUse.get(batch) ?? 0) + 1);
  }

  letGo(batch: string): void {
    const left = (this.#inUse.get(batch) ?? 0) - 1;
    if (left > 0) this.#inUse.set(batch, left);
    else this.#inUse.delete(batch);
  }

  /** Takes a whole batch away: what it holds is sealed elsewhere, or not wanted. */
  async discard(batch: string): Promise<void> {
    if (this.#inUse.has(batch)) return;
    for (const kept of [...(this.#batches.get(batch)?.values() ?? [])]) await this.#forget(kept);
  }

  /** Forgets keys and removes the files. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reader.forget();
    this.#identity.privateKey.fill(0);
    for (const { pieces } of this.#uploads.values())
      for (const { fileKey } of pieces.values()) fileKey.fill(0);
    this.#uploads.clear();
    this.#byFile.clear();
    this.#batches.clear();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  // ---------------------------------------------------------------------------------------------------------------

  async #seal(
    kept: Kept,
    number: number,
    sha256: string,
    body: AsyncIterable<Uint8Array>,
    rolling: Hash | null,
  ): Promise<Piece> {
    const folder = join(this.#folder, kept.id.slice(0, 2));
    const path = join(folder, `${kept.id}.${number}.${randomBytes(4).toString('hex')}`);
    const unfinished = `${path}.unfinished`;
    const own = createHash('sha256');
    let sizeBytes = 0;
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        own.update(chunk);
        rolling?.update(chunk);
        sizeBytes += chunk.byteLength;
        yield chunk;
      }
    }
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const recipient = { kind: 'x25519', publicKey: publicKeyOf(this.#identity.privateKey) } as const;
      const file = await open(unfinished, 'wx', 0o600);
      let sealedBytes = 0;
      try {
        for await (const chunk of sealStream(watched(), [recipient])) {
          await file.writeFile(chunk);
          sealedBytes += chunk.byteLength;
        }
      } finally {
        await file.close();
      }
      const expected = Math.min(UPLOAD_PART_BYTES, kept.sizeBytes - number * UPLOAD_PART_BYTES);
      if (sizeBytes < expected) throw new ApiProblem(400, 'upload-part-cut', { part: number }, true);
      if (own.digest('hex') !== sha256)
        throw new ApiProblem(400, 'upload-part-changed', { part: number }, true);
      const pointer = pointerOf(kept);
      const { header } = await lookAtSealed(readRange(unfinished, pointer));
      const fileKey = await openHeader(header, [this.#identity]);
      await rename(unfinished, path);
      return { path, sizeBytes, sealedBytes, headerBytes: header.sizeBytes, fileKey, sha256 };
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw diskProblem(error);
    }
  }

  #held(kept: Kept, path: string): HeldFile {
    return { path, stored: this.#fileOf(kept), sha256: kept.sha256 };
  }

  #fileOf(kept: Kept): PiecedFile {
    const pieces = Array.from({ length: partsOf(kept) }, (_, number) => kept.pieces.get(number)).filter(
      (piece) => piece !== undefined,
    );
    return new PiecedFile(this.#reader, pieces, UPLOAD_PART_BYTES, kept.sizeBytes);
  }

  async #forget(kept: Kept): Promise<void> {
    this.#uploads.delete(kept.id);
    if (this.#byFile.get(resumeKey(kept)) === kept) this.#byFile.delete(resumeKey(kept));
    this.#removeFrom(kept.batch, kept);
    this.#declaredBytes -= kept.sizeBytes;
    for (const { path, fileKey } of kept.pieces.values()) {
      fileKey.fill(0);
      await rm(path, { force: true });
    }
  }

  #moveTo(kept: Kept, batch: string): void {
    if (kept.batch === batch) return;
    const other = this.#batches.get(batch)?.get(placeOf(kept));
    if (other && other !== kept) throw new ApiProblem(409, 'upload-path-taken');
    this.#removeFrom(kept.batch, kept);
    kept.batch = batch;
    this.#addTo(batch, kept);
  }

  #addTo(batch: string, kept: Kept): void {
    const list = this.#batches.get(batch) ?? new Map<string, Kept>();
    list.set(placeOf(kept), kept);
    this.#batches.set(batch, list);
  }

  #removeFrom(batch: string, kept: Kept): void {
    const list = this.#batches.get(batch);
    list?.delete(placeOf(kept));
    if (list?.size === 0) this.#batches.delete(batch);
  }

  /** Declared, and not yet on the disk. */
  #missingBytes(): number {
    let missing = 0;
    for (const { sizeBytes, pieces } of this.#uploads.values())
      missing += Math.max(0, sizeBytes - pieces.size * UPLOAD_PART_BYTES);
    return missing;
  }

  #kept(id: string): Kept {
    const kept = this.#uploads.get(id);
    if (!kept) throw new ApiProblem(404, 'no-such-upload');
    return kept;
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new ApiProblem(423, 'locked');
  }
}

/** Ends with an error as soon as there is more than announced. */
async function* counted(body: AsyncIterable<Uint8Array> | null, limit: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw new ApiProblem(413, 'upload-part-too-long', { limit });
    yield chunk;
  }
}

/** What tells a file apart without reading it. */
function resumeKey(file: Pick<Kept, 'name' | 'relativePath' | 'sizeBytes' | 'lastModifiedMs'>): string {
  return JSON.stringify([file.name, file.relativePath, file.sizeBytes, file.lastModifiedMs]);
}

function placeOf({ name, relativePath }: Pick<Kept, 'name' | 'relativePath'>): string {
  return relativePath === '' ? basename(name) : relativePath;
}

function partsOf({ sizeBytes }: Kept): number {
  return Math.ceil(sizeBytes / UPLOAD_PART_BYTES);
}

function pointerOf({ name }: Kept): Pointer {
  return { evidence: '', path: name, locator: '' };
}

function toApi(kept: Kept): Upload {
  const { id, batch, name, relativePath, sizeBytes, pieces, sha256 } = kept;
  return {
    id,
    batch,
    name,
    relativePath,
    sizeBytes,
    parts: [...pieces.keys()].sort((a, b) => a - b),
    sha256,
    isComplete: sha256 !== null,
  };
}

function diskProblem(error: unknown): unknown {
  const name = error instanceof Error && 'code' in error ? error.code : '';
  return name === 'ENOSPC' || name === 'EDQUOT' ? new ApiProblem(507, 'disk-full', {}, true) : error;
}
