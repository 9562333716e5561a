import type { EvidenceFile } from '../../core/contracts.js';
import { isCapture, isRequestLog } from '../../evidence/identify.js';
import { PART_GAP_BYTES } from '../yara/engine.js';
import {
  type FileHashes,
  type FileHit,
  KEPT_STRINGS,
  OVERLAP_BYTES,
  PIECE_BYTES,
  type ScanPiece,
} from './job.js';
import { ScanFailure, type ScanPool, type ScanSlot } from './scan-pool.js';

/** What came of one file. */
export interface SweptFile {
  readonly file: EvidenceFile;
  /** Bytes read. */
  readonly sizeBytes: number;
  /** Null when it could not be read to the end. */
  readonly hashes: FileHashes | null;
  readonly hits: readonly FileHit[];
  /** In how many pieces it was scanned. */
  readonly pieces: number;
  /** Why it could not be read. */
  readonly failure: unknown;
  /** Why it, or a piece of it, was not compared with the rules, though it could be read. */
  readonly gaveUp: null | 'time' | 'engine' | 'stopped';
  /**
   * A capture of network traffic: neither read nor compared with rules. A rule would fit pieces of unrelated packets, what
   * was sent is compressed, encrypted or cut up, and no list has the hash of somebody's capture. Nor is the log of a web
   * server: it repeats what attackers ask for.
   */
  readonly leftAs: 'capture' | 'log' | null;
}

export interface SweepOptions {
  readonly signal?: AbortSignal | undefined;
  readonly pieceBytes?: number;
  readonly overlapBytes?: number;
}

/** Files below this size share a job: each job costs a round trip. */
const SMALL_BYTES = 1024 * 1024;
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_FILES = 1_000;
/** Finished files that wait for an earlier, larger one. */
const MAX_WAITING = 50_000;
/** Pieces of one file that may fail before the rest is only hashed. */
const MAX_BAD_PIECES = 3;
/** Files that may fail before rules are given up: each has cost minutes by then. */
const MAX_BAD_FILES = 20;

/**
 * Reads files one after another and has them hashed and compared with rules by others meanwhile, in bounded memory.
 * Gives them in the order they came.
 */
export async function* sweepFiles(
  files: AsyncIterable<EvidenceFile>,
  pool: ScanPool,
  options: SweepOptions = {},
): AsyncGenerator<SweptFile, void, undefined> {
  const sweep = new Sweep(pool, options);
  try {
    for await (const file of files) {
      await sweep.read(file);
      yield* sweep.finished();
    }
    await sweep.flush();
    yield* sweep.rest();
  } finally {
    sweep.close();
  }
}

/** A file on its way. */
interface Pending {
  readonly number: number;
  readonly file: EvidenceFile;
  readonly hits: Map<string, FileHit>;
  sizeBytes: number;
  hashes: FileHashes | null;
  pieces: number;
  failure: unknown;
  isRead: boolean;
  /** Jobs under way. */
  jobs: number;
  /** Who scanned it did not come back: it is read again. */
  isLost: boolean;
  reason: 'time' | 'engine' | null;
  /** Pieces not to be scanned again. */
  readonly badPieces: Set<number>;
  gaveUp: SweptFile['gaveUp'];
  leftAs: SweptFile['leftAs'];
}

/** A buffer being filled. */
interface Filling {
  buffer: Uint8Array<SharedArrayBuffer>;
  at: number;
  readonly pieces: ScanPiece[];
}

class Sweep {
  readonly #pieceBytes: number;
  readonly #overlapBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #pending: Pending[] = [];
  readonly #byNumber = new Map<number, Pending>();
  readonly #freeBuffers: SharedArrayBuffer[] = [];
  #buffersLeft: number;
  #filling: Filling | null = null;
  #nextNumber = 0;
  #jobs = 0;
  #badFiles = 0;
  #wake: () => void = () => {};

  constructor(
    readonly pool: ScanPool,
    options: SweepOptions,
  ) {
    this.#pieceBytes = options.pieceBytes ?? PIECE_BYTES;
    this.#overlapBytes = options.overlapBytes ?? OVERLAP_BYTES;
    this.#signal = options.signal;
    // One for each who scans and one that is filled meanwhile.
    this.#buffersLeft = pool.size + 1;
    this.#signal?.addEventListener('abort', this.#aborted);
  }

  /** Reads a file into the next job or, a large one, into jobs of its own. */
  async read(file: EvidenceFile): Promise<void> {
    while (this.#pending.length >= MAX_WAITING && this.#pending[0]?.jobs) await this.#change();
    const pending: Pending = {
      number: this.#nextNumber,
      file,
      hits: new Map(),
      sizeBytes: 0,
      hashes: null,
      pieces: 0,
      failure: null,
      isRead: false,
      jobs: 0,
      isLost: false,
      reason: null,
      badPieces: new Set(),
      gaveUp: null,
      leftAs: null,
    };
    this.#nextNumber += 1;
    this.#pending.push(pending);
    this.#byNumber.set(pending.number, pending);
    if (file.sizeBytes === null || file.sizeBytes > SMALL_BYTES) await this.flush();
    await this.#readOne(pending);
    const filling = this.#filling;
    if (!filling) return;
    const last = filling.pieces.at(-1);
    const isFull =
      filling.at >= Math.min(BATCH_BYTES, this.#pieceBytes / 2) || filling.pieces.length >= BATCH_FILES;
    if (isFull || (last && last.length > SMALL_BYTES)) await this.flush();
  }

  /** Hands on what has been read. */
  async flush(): Promise<void> {
    const filling = this.#filling;
    if (!filling || filling.pieces.length === 0) return;
    this.#filling = null;
    this.#submit(filling, this.pool.pick());
  }

  /** Those at the front that are done. */
  async *finished(): AsyncGenerator<SweptFile, void, undefined> {
    for (let first = this.#pending[0]; first?.isRead && first.jobs === 0; first = this.#pending[0]) {
      if (first.isLost) await this.#readAgain(first);
      this.#pending.shift();
      this.#byNumber.delete(first.number);
      yield swept(first);
    }
  }

  async *rest(): AsyncGenerator<SweptFile, void, undefined> {
    while (this.#pending.length > 0) {
      yield* this.finished();
      await this.flush();
      if (this.#pending[0]?.jobs) await this.#change();
    }
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#aborted);
    // Left early: whatever is still being scanned is wanted by nobody.
    if (this.#jobs > 0) this.pool.end();
  }

  async #readOne(pending: Pending): Promise<void> {
    let slot: ScanSlot | null = null;
    let start = 0;
    let length = 0;
    let offset = 0;
    let repeated = 0;
    const piece = (isLast: boolean): ScanPiece => ({
      file: pending.number,
      path: pending.file.path,
      start,
      length,
      offset,
      repeated,
      toRepeat: isLast ? 0 : this.#overlapBytes,
      isLast,
      scan: this.#isScanned(pending, pending.pieces),
    });
    const add = (filling: Filling, isLast: boolean): void => {
      filling.pieces.push(piece(isLast));
      filling.at = start + length;
      pending.pieces += 1;
      pending.jobs += 1;
    };
    pending.pieces = 0;
    pending.sizeBytes = 0;
    try {
      let filling = await this.#fillingNow();
      start = gapBehind(filling);
      for await (const chunk of pending.file.stream()) {
        this.#signal?.throwIfAborted();
        if (pending.sizeBytes === 0) {
          pending.leftAs = isCapture(chunk) ? 'capture' : isRequestLog(chunk) ? 'log' : null;
          if (pending.leftAs !== null) break;
        }
        pending.sizeBytes += chunk.byteLength;
        for (let rest = chunk; rest.byteLength > 0; ) {
          if (start + length >= this.#pieceBytes) {
            if (start > 0) {
              // More than was said, or nobody knew: it gets a buffer of its own.
              const read = filling.buffer.slice(start, start + length);
              await this.flush();
              filling = await this.#fillingNow();
              filling.buffer.set(read);
              start = 0;
            } else {
              const tail = filling.buffer.slice(length - this.#overlapBytes, length);
              add(filling, false);
              this.#filling = null;
              slot ??= this.pool.pick();
              this.#submit(filling, slot);
              offset += length - tail.byteLength;
              filling = await this.#fillingNow();
              filling.buffer.set(tail);
              repeated = tail.byteLength;
              length = tail.byteLength;
            }
          }
          const part = rest.subarray(0, this.#pieceBytes - start - length);
          filling.buffer.set(part, start + length);
          length += part.byteLength;
          rest = rest.subarray(part.byteLength);
        }
      }
      if (pending.leftAs === null) add(filling, true);
      if (slot) {
        this.#filling = null;
        this.#submit(filling, slot);
      }
    } catch (error) {
      this.#signal?.throwIfAborted();
      pending.failure = error;
    }
    pending.isRead = true;
  }

  #isScanned(pending: Pending, piece: number): boolean {
    if (this.#badFiles >= MAX_BAD_FILES) {
      pending.gaveUp ??= 'stopped';
      return false;
    }
    return pending.badPieces.size <= MAX_BAD_PIECES && !pending.badPieces.has(piece);
  }

  /** Reads a file again whose job was lost, by itself, without the pieces at which scanning did not end. */
  async #readAgain(pending: Pending): Promise<void> {
    await this.flush();
    while (pending.isLost && pending.failure === null) {
      pending.isLost = false;
      pending.isRead = false;
      pending.hits.clear();
      await this.#readOne(pending);
      await this.flush();
      while (pending.jobs > 0) await this.#change();
      // Not even hashing came to an end.
      if (pending.isLost && pending.badPieces.size > MAX_BAD_PIECES + 1) {
        pending.failure = new ScanFailure(pending.reason ?? 'engine');
      }
    }
    if (pending.badPieces.size === 0) return;
    pending.gaveUp = pending.reason;
    this.#badFiles += 1;
  }

  #submit(filling: Filling, slot: ScanSlot): void {
    const { buffer, pieces, at } = filling;
    this.#jobs += 1;
    const done = (free: SharedArrayBuffer): void => {
      this.#freeBuffers.push(free);
      for (const { file } of pieces) {
        const pending = this.#byNumber.get(file);
        if (pending) pending.jobs -= 1;
      }
      this.#jobs -= 1;
      this.#wake();
    };
    this.pool.run(slot, { pieces, buffer: buffer.buffer, usedBytes: at }).then(
      (results) => {
        for (const { file, hits, hashes, isOrphan } of results) {
          const pending = this.#byNumber.get(file);
          if (!pending) continue;
          if (isOrphan) pending.isLost = true;
          if (hashes) pending.hashes = hashes;
          for (const hit of hits) addHit(pending.hits, hit);
        }
        done(buffer.buffer);
      },
      (error) => {
        this.#failed(pieces, error);
        // The old one may still be written to by whoever does not end.
        done(new SharedArrayBuffer(this.#pieceBytes));
      },
    );
  }

  #failed(pieces: readonly ScanPiece[], error: unknown): void {
    for (const { file, offset, scan } of pieces) {
      const pending = this.#byNumber.get(file);
      if (!pending) continue;
      pending.isLost = true;
      if (pieces.length > 1) continue;
      // Which of many files it was shows when each is read by itself.
      pending.reason = error instanceof ScanFailure ? error.reason : 'engine';
      const piece = offset / (this.#pieceBytes - this.#overlapBytes);
      pending.badPieces.add(scan ? piece : -1 - pending.badPieces.size);
    }
  }

  async #fillingNow(): Promise<Filling> {
    if (this.#filling) return this.#filling;
    for (;;) {
      this.#signal?.throwIfAborted();
      let free = this.#freeBuffers.pop();
      if (!free && this.#buffersLeft > 0) {
        this.#buffersLeft -= 1;
        free = new SharedArrayBuffer(this.#pieceBytes);
      }
      if (free) {
        this.#filling = { buffer: new Uint8Array(free), at: 0, pieces: [] };
        return this.#filling;
      }
      await this.#change();
    }
  }

  /** Waits until a job ends. */
  async #change(): Promise<void> {
    this.#signal?.throwIfAborted();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#signal?.throwIfAborted();
  }

  readonly #aborted = (): void => this.#wake();
}

/** Where the next file begins, behind bytes that belong to none. */
function gapBehind({ buffer, at, pieces }: Filling): number {
  if (pieces.length === 0) return 0;
  buffer.fill(0, at, at + PART_GAP_BYTES);
  return at + PART_GAP_BYTES;
}

/** Adds what a further piece of a file gave. */
function addHit(hits: Map<string, FileHit>, hit: FileHit): void {
  const key = `${hit.pack} ${hit.rule}`;
  const known = hits.get(key);
  if (!known) {
    hits.set(key, hit);
    return;
  }
  hits.set(key, {
    ...known,
    strings: [...known.strings, ...hit.strings].slice(0, KEPT_STRINGS),
    stringsTotal: known.stringsTotal + hit.stringsTotal,
  });
}

function swept({ file, sizeBytes, hashes, hits, pieces, failure, gaveUp, leftAs }: Pending): SweptFile {
  return { file, sizeBytes, hashes, hits: [...hits.values()], pieces, failure, gaveUp, leftAs };
}
