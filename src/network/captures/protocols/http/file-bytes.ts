/** Bytes of a file that travels: counted, hashed, and its first and last ones kept. */
import { createHash, type Hash } from 'node:crypto';
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { DownloadedFileType } from '../../../../records/kinds/file-download.js';
import type { MemoryBudget } from '../memory-budget.js';
import { type FileHints, fileTypeOf } from './file-type.js';

/** What is known of a file when it is over. */
export interface FileFacts {
  readonly fileType: DownloadedFileType;
  readonly sizeBytes: number;
  readonly isWhole: boolean;
  readonly sha256?: string;
  readonly sha1?: string;
  readonly md5?: string;
}

/** Files for which other lists than those of SHA-256 exist, and are used. */
const HASHED_THRICE: ReadonlySet<DownloadedFileType> = new Set<DownloadedFileType>([
  'apk',
  'pe',
  'mach-o',
  'elf',
  'dex',
  'jar',
  'zip',
  'dmg',
  'msi',
  'pkg',
  'ipa',
  'rar',
  '7z',
  'gzip',
]);
/** Hashing in blocks is quicker than segment by segment; two of them hold the last bytes of a file. */
const BLOCK_BYTES = 16_384;
const HEAD_BYTES = 4096;
/** A compressed body is kept as a whole, because it must be unpacked at once. */
const MAX_PACKED = 8 * 1024 * 1024;
const FIRST_PACKED = 16_384;
const MAX_UNPACKED = 64 * 1024 * 1024;
/** Text shrinks to a twentieth; what shrinks to less than this is made to fill memory. */
const MAX_RATIO = 64;
const MIN_UNPACKED = 65_536;
/** Unpacked of the beginning of a body. */
const MAX_UNPACKED_HEAD = 65_536;
const EMPTY = Buffer.alloc(0);

/** Content codings that are undone. */
export type Coding = 'gzip' | 'deflate' | 'br';

/** The coding of a Content-Encoding: null none, `other` one that is not undone. */
export function codingOf(header: string | null): Coding | 'other' | null {
  const coding = header?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return null;
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip';
  return coding === 'deflate' || coding === 'br' ? coding : 'other';
}

/** The first bytes of a body with its coding undone, as far as that goes; empty when it does not. */
export function unpackedHead(head: Buffer, coding: Coding): Buffer {
  return unpack(head, coding, MAX_UNPACKED_HEAD, false) ?? EMPTY;
}

/** Takes the bytes of one file in order. */
export interface FileBytes {
  take(bytes: Buffer, start: number, end: number): void;
  /** Gives back what it holds. */
  finish(isWhole: boolean, hints: FileHints): FileFacts;
}

/** A file as it is sent. */
export class PlainFile implements FileBytes {
  readonly #budget: MemoryBudget;
  readonly #sha256 = createHash('sha256');
  #sha1: Hash | null = createHash('sha1');
  #md5: Hash | null = createHash('md5');
  #head: Buffer = EMPTY;
  /** The block that is being filled and the one before; null when there is no room for them. */
  #block: Buffer | null;
  #before: Buffer | null = null;
  #filled = 0;
  #size = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
    this.#block = budget.take(2 * BLOCK_BYTES) ? Buffer.allocUnsafe(BLOCK_BYTES) : null;
  }

  take(bytes: Buffer, start: number, end: number): void {
    this.#size += end - start;
    if (this.#head.length < HEAD_BYTES) {
      const more = bytes.subarray(start, Math.min(end, start + HEAD_BYTES - this.#head.length));
      this.#head = Buffer.concat([this.#head, more]);
      if (this.#head.length === HEAD_BYTES) this.#choose();
    }
    if (this.#block === null) {
      this.#update(bytes.subarray(start, end));
      return;
    }
    let at = start;
    while (at < end) {
      const more = Math.min(end - at, BLOCK_BYTES - this.#filled);
      bytes.copy(this.#block, this.#filled, at, at + more);
      this.#filled += more;
      at += more;
      if (this.#filled === BLOCK_BYTES) this.#nextBlock();
    }
  }

  finish(isWhole: boolean, hints: FileHints): FileFacts {
    const block = this.#block;
    const last = block === null ? EMPTY : block.subarray(0, this.#filled);
    this.#update(last);
    const tail = this.#before === null ? last : Buffer.concat([this.#before, last]);
    const fileType = fileTypeOf(this.#head, tail, hints);
    if (block !== null) this.#budget.give(2 * BLOCK_BYTES);
    this.#block = null;
    this.#before = null;
    return {
      fileType,
      sizeBytes: this.#size,
      isWhole,
      ...(isWhole ? this.#hashes(fileType) : {}),
    };
  }

  /** Three hashes only for what they are wanted of. */
  #choose(): void {
    const fileType = fileTypeOf(this.#head, EMPTY, { extension: '', mediaType: null });
    // Images of disks are known by their end.
    if (HASHED_THRICE.has(fileType) || fileType === 'other' || fileType === 'office') return;
    this.#sha1 = null;
    this.#md5 = null;
  }

  #nextBlock(): void {
    const full = this.#block as Buffer;
    this.#update(full);
    this.#block = this.#before ?? Buffer.allocUnsafe(BLOCK_BYTES);
    this.#before = full;
    this.#filled = 0;
  }

  #update(bytes: Buffer): void {
    this.#sha256.update(bytes);
    this.#sha1?.update(bytes);
    this.#md5?.update(bytes);
  }

  #hashes(fileType: DownloadedFileType): Pick<FileFacts, 'sha256' | 'sha1' | 'md5'> {
    const sha256 = this.#sha256.digest('hex');
    return HASHED_THRICE.has(fileType) && this.#sha1 !== null && this.#md5 !== null
      ? { sha256, sha1: this.#sha1.digest('hex'), md5: this.#md5.digest('hex') }
      : { sha256 };
  }
}

/** A file that is sent compressed: kept until it is whole, then unpacked and hashed. */
export class PackedFile implements FileBytes {
  readonly #budget: MemoryBudget;
  readonly #coding: Coding;
  #kept: Buffer | null = EMPTY;
  #size = 0;
  #head: Buffer = EMPTY;

  constructor(coding: Coding, budget: MemoryBudget) {
    this.#coding = coding;
    this.#budget = budget;
  }

  take(bytes: Buffer, start: number, end: number): void {
    if (this.#kept !== null && !this.#grow(this.#size + end - start)) {
      this.#head = Buffer.from(this.#kept.subarray(0, Math.min(this.#size, HEAD_BYTES)));
      this.#drop();
    }
    if (this.#kept !== null) bytes.copy(this.#kept, this.#size, start, end);
    this.#size += end - start;
  }

  finish(isWhole: boolean, hints: FileHints): FileFacts {
    const packed = this.#kept?.subarray(0, this.#size) ?? null;
    const limit = Math.min(MAX_UNPACKED, Math.max(MIN_UNPACKED, this.#size * MAX_RATIO));
    const content = isWhole && packed !== null ? unpack(packed, this.#coding, limit, true) : null;
    const facts = content === null ? this.#unhashed(isWhole, hints) : hashed(content, hints);
    this.#drop();
    return facts;
  }

  #unhashed(isWhole: boolean, hints: FileHints): FileFacts {
    const packed = this.#kept?.subarray(0, Math.min(this.#size, HEAD_BYTES)) ?? this.#head;
    const fileType = fileTypeOf(unpackedHead(packed, this.#coding), EMPTY, hints);
    return { fileType, sizeBytes: this.#size, isWhole };
  }

  #grow(need: number): boolean {
    const size = this.#kept?.length ?? 0;
    if (need <= size) return true;
    if (need > MAX_PACKED) return false;
    const grown = Math.min(MAX_PACKED, Math.max(FIRST_PACKED, size * 2, need));
    if (!this.#budget.take(grown - size)) return false;
    const bigger = Buffer.allocUnsafe(grown);
    this.#kept?.copy(bigger, 0, 0, this.#size);
    this.#kept = bigger;
    return true;
  }

  #drop(): void {
    if (this.#kept !== null) this.#budget.give(this.#kept.length);
    this.#kept = null;
  }
}

function hashed(content: Buffer, hints: FileHints): FileFacts {
  const tail = content.subarray(Math.max(0, content.length - BLOCK_BYTES));
  const fileType = fileTypeOf(content.subarray(0, HEAD_BYTES), tail, hints);
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
  return {
    fileType,
    sizeBytes: content.length,
    isWhole: true,
    sha256: digest('sha256'),
    ...(HASHED_THRICE.has(fileType) ? { sha1: digest('sha1'), md5: digest('md5') } : {}),
  };
}

/** Null: these bytes cannot be unpacked within the limit. Without `isWhole` their end may be missing. */
function unpack(packed: Buffer, coding: Coding, limit: number, isWhole: boolean): Buffer | null {
  const finishFlush = isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const options = { finishFlush, maxOutputLength: limit };
  try {
    if (coding === 'gzip') return gunzipSync(packed, options);
    if (coding === 'br')
      return brotliDecompressSync(packed, {
        finishFlush: isWhole ? constants.BROTLI_OPERATION_FINISH : constants.BROTLI_OPERATION_FLUSH,
        maxOutputLength: limit,
      });
    // "deflate" is zlib (RFC 9110 8.4.1.2); some servers send it without its frame.
    const isFramed =
      packed.length >= 2 && ((packed[0] as number) & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
    return isFramed ? inflateSync(packed, options) : inflateRawSync(packed, options);
  } catch {
    // Damaged, or larger than the limit: the file stays without a hash, which its record shows.
    return null;
  }
}
