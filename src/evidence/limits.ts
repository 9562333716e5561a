import type { Pointer } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';

/** What opening evidence may cost at most. Every limit that is reached is reported; none is silent. */
export interface EvidenceLimits {
  /** Bytes that decompression and working copies may produce in one run, all evidence together. */
  readonly totalBytes: number;
  /** Bytes one archive member may have when opened. */
  readonly memberBytes: number;
  /** Times a compressed stream may grow; looked at only after `ratioFromBytes`. */
  readonly ratio: number;
  /** Small files of zeros grow a lot and harm nobody: the ratio counts from this size on. */
  readonly ratioFromBytes: number;
  /** Files in one folder or archive. */
  readonly members: number;
  /** Characters of a path inside evidence. */
  readonly pathLength: number;
  /** Archives inside archives; an archive that was given, or lies in a given folder, is the first. */
  readonly depth: number;
  /** Archives opened in one run. Together with `depth` it bounds archives that multiply (an archive of archives of …). */
  readonly archives: number;
}

const GIB = 1024 ** 3;

// A phone holds up to 1 TB and a whole backup may come as one archive, hence the large byte limits. Deflate cannot
// grow more than 1,032 times (zlib's technical notes); logs and databases stay below 100, bombs are near the maximum.
export const DEFAULT_LIMITS: EvidenceLimits = {
  totalBytes: 1024 * GIB,
  memberBytes: 256 * GIB,
  ratio: 200,
  ratioFromBytes: 64 * 1024 ** 2,
  members: 500_000,
  // PATH_MAX of Linux, the longest of the systems evidence comes from.
  pathLength: 4096,
  depth: 4,
  archives: 1_000,
};

/** What is left of the limits that hold for a whole run. */
export class Budget {
  #producedBytes = 0;
  #archives = 0;

  constructor(readonly limits: EvidenceLimits) {}

  /** @throws EvidenceError `limit-bytes` */
  spendBytes(bytes: number, pointer: Pointer): void {
    this.#producedBytes += bytes;
    if (this.#producedBytes > this.limits.totalBytes) throw new EvidenceError('limit-bytes', pointer);
  }

  /** False when no further archive may be opened in this run. */
  takeArchive(): boolean {
    this.#archives += 1;
    return this.#archives <= this.limits.archives;
  }
}

/** Watches one stream that comes out of an archive. */
export class ExpansionGuard {
  #bytes = 0;

  constructor(
    readonly budget: Budget,
    readonly pointer: Pointer,
  ) {}

  /**
   * @param bytes produced now
   * @param compressedBytes consumed so far to produce them all
   * @throws EvidenceError `limit-bytes`, `limit-ratio`
   */
  add(bytes: number, compressedBytes: number): void {
    const { limits } = this.budget;
    this.#bytes += bytes;
    if (this.#bytes > limits.memberBytes) throw new EvidenceError('limit-bytes', this.pointer);
    if (this.#bytes > limits.ratioFromBytes && this.#bytes > compressedBytes * limits.ratio) {
      throw new EvidenceError('limit-ratio', this.pointer);
    }
    this.budget.spendBytes(bytes, this.pointer);
  }
}
