import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The write-ahead log beside a database, read as https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 * describes it. SQLite applies the log itself, and in silence leaves out what it cannot trust; this file counts that.
 */
export interface Wal {
  readonly sizeBytes: number;
  /** `none`: nothing in it (0 bytes is normal). `damaged`: its header is not valid, so SQLite ignores all of it. */
  readonly header: 'none' | 'valid' | 'damaged';
  readonly pageSizeBytes: number;
  /** Frames up to the last one that ends a transaction: these SQLite applies. */
  readonly framesApplied: number;
  /** Frames of the same log that come after: cut off, damaged, or of a transaction that never ended. */
  readonly framesIgnored: number;
  /** True when among the ignored frames one has a wrong checksum, so it was changed or damaged, not only cut. */
  readonly checksumFailed: boolean;
  /** Where in the log the newest applied version of each page lies. */
  readonly pages: ReadonlyMap<number, number>;
  /** Pages the database has after the last applied transaction; 0 when none was applied. */
  readonly databasePages: number;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const FORMAT_VERSION = 3_007_000;
// A log grows with what was written since the last checkpoint; a million pages is beyond any phone's.
const MAX_FRAMES = 4_000_000;

const NOTHING: Wal = {
  sizeBytes: 0,
  header: 'none',
  pageSizeBytes: 0,
  framesApplied: 0,
  framesIgnored: 0,
  checksumFailed: false,
  pages: new Map(),
  databasePages: 0,
};

/** Reads a log without changing it. Any bytes give an answer. */
export function inspectWal(path: string): Wal {
  const descriptor = openSync(path, 'r');
  try {
    return inspect(descriptor, fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}

function inspect(descriptor: number, sizeBytes: number): Wal {
  if (sizeBytes === 0) return NOTHING;
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(descriptor, header, 0, HEADER_BYTES, 0);
  // A log of zeros is what remains when space was reserved and nothing written.
  if (header.every((byte) => byte === 0)) return { ...NOTHING, sizeBytes };

  const magic = header.readUInt32BE(0);
  const littleEndian = (magic & 1) === 0;
  const pageSizeBytes = header.readUInt32BE(8) === 1 ? 65_536 : header.readUInt32BE(8);
  const checksum = new Uint32Array(2);
  addChecksum(checksum, header, 0, 24, littleEndian);
  const isValid =
    sizeBytes >= HEADER_BYTES &&
    (magic & ~1) === MAGIC &&
    header.readUInt32BE(4) === FORMAT_VERSION &&
    isPageSize(pageSizeBytes) &&
    checksum[0] === header.readUInt32BE(24) &&
    checksum[1] === header.readUInt32BE(28);
  if (!isValid) {
    const assumedFrameBytes = FRAME_HEADER_BYTES + (isPageSize(pageSizeBytes) ? pageSizeBytes : 4096);
    const framesIgnored = Math.max(1, Math.ceil((sizeBytes - HEADER_BYTES) / assumedFrameBytes));
    return { ...NOTHING, sizeBytes, header: 'damaged', framesIgnored, checksumFailed: true };
  }

  const salts = header.subarray(16, 24);
  const frameBytes = FRAME_HEADER_BYTES + pageSizeBytes;
  const frame = Buffer.alloc(frameBytes);
  const pages = new Map<number, number>();
  let pending: [number, number][] = [];
  let databasePages = 0;
  let framesApplied = 0;
  let sameLog = 0;
  let isChained = true;
  let checksumFailed = false;
  const frameCount = Math.min(MAX_FRAMES, Math.ceil((sizeBytes - HEADER_BYTES) / frameBytes));
  for (let index = 0; index < frameCount; index += 1) {
    const offset = HEADER_BYTES + index * frameBytes;
    // Once the chain of checksums is broken only the frame's own header says whether it belongs to this log.
    const wanted = isChained ? frameBytes : FRAME_HEADER_BYTES;
    const got = readSync(descriptor, frame, 0, wanted, offset);
    const isOfThisLog = got >= 16 && frame.subarray(8, 16).equals(salts);
    if (isOfThisLog) sameLog += 1;
    if (!isChained) continue;
    // Frames with other salts are leftovers of an earlier round of the log: normal, and the end of this one.
    const pageNumber = frame.readUInt32BE(0);
    if (!isOfThisLog || got < frameBytes || pageNumber === 0) {
      isChained = false;
      continue;
    }
    addChecksum(checksum, frame, 0, 8, littleEndian);
    addChecksum(checksum, frame, FRAME_HEADER_BYTES, pageSizeBytes, littleEndian);
    if (checksum[0] !== frame.readUInt32BE(16) || checksum[1] !== frame.readUInt32BE(20)) {
      isChained = false;
      checksumFailed = true;
      continue;
    }
    pending.push([pageNumber, offset + FRAME_HEADER_BYTES]);
    const pagesAfterCommit = frame.readUInt32BE(4);
    if (pagesAfterCommit !== 0) {
      for (const [page, place] of pending) pages.set(page, place);
      pending = [];
      framesApplied = index + 1;
      databasePages = pagesAfterCommit;
    }
  }
  return {
    sizeBytes,
    header: 'valid',
    pageSizeBytes,
    framesApplied,
    framesIgnored: sameLog - framesApplied,
    checksumFailed,
    pages,
    databasePages,
  };
}

/** @internal A power of two from 512 to 65536, as SQLite demands. */
export function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

// Two sums over pairs of 32-bit words, continued from frame to frame.
function addChecksum(
  checksum: Uint32Array,
  data: Buffer,
  start: number,
  length: number,
  littleEndian: boolean,
): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let first = checksum[0] as number;
  let second = checksum[1] as number;
  for (let index = start; index < start + length; index += 8) {
    first = (first + view.getUint32(index, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(index + 4, littleEndian) + first) >>> 0;
  }
  checksum[0] = first;
  checksum[1] = second;
}
