import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { isPageSize } from './wal.js';

/**
 * What a `-journal` beside a database meant.
 * `none`: nothing to undo (empty, or its header was cleared when the transaction ended).
 * `rolled-back`: the database was in the middle of a transaction; the pages it had before are back in the copy.
 * `ignored`: it names another journal, or is not readable, so whether its transaction ended cannot be known.
 */
export interface JournalOutcome {
  readonly state: 'none' | 'rolled-back' | 'ignored';
  readonly pages: number;
}

const MAGIC = Buffer.from([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
const HEADER_BYTES = 28;
const COUNT_UNKNOWN = 0xffff_ffff;

/**
 * Undoes an unfinished transaction in a private copy, as https://www.sqlite.org/fileformat2.html#the_rollback_journal
 * describes. Done here and not by SQLite on purpose: a journal may name a "super-journal", any path at all, which
 * SQLite would open and, under conditions the author of the evidence controls, delete.
 */
export function rollBack(databaseCopy: string, journal: string): JournalOutcome {
  const from = openSync(journal, 'r');
  try {
    const sizeBytes = fstatSync(from).size;
    if (sizeBytes < HEADER_BYTES) return { state: 'none', pages: 0 };
    const magic = Buffer.alloc(8);
    readSync(from, magic, 0, 8, 0);
    if (magic.every((byte) => byte === 0)) return { state: 'none', pages: 0 };
    if (!magic.equals(MAGIC)) return { state: 'ignored', pages: 0 };
    // The name of a super-journal ends in the same eight bytes.
    readSync(from, magic, 0, 8, sizeBytes - 8);
    if (magic.equals(MAGIC)) return { state: 'ignored', pages: 0 };
    const to = openSync(databaseCopy, 'r+');
    try {
      return playBack(from, sizeBytes, to);
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
}

function playBack(from: number, sizeBytes: number, to: number): JournalOutcome {
  const header = Buffer.alloc(HEADER_BYTES);
  let offset = 0;
  let pages = 0;
  let pagesBefore: number | null = null;
  let pageSize = 0;
  while (offset + HEADER_BYTES <= sizeBytes) {
    readSync(from, header, 0, HEADER_BYTES, offset);
    if (!header.subarray(0, 8).equals(MAGIC)) break;
    const nonce = header.readUInt32BE(12);
    const sectorSize = header.readUInt32BE(20);
    if (pagesBefore === null) {
      pageSize = header.readUInt32BE(24);
      if (!isPageSize(pageSize) || sectorSize < 32 || sectorSize > 65_536)
        return { state: 'ignored', pages: 0 };
      const start = Buffer.alloc(18);
      readSync(to, start, 0, 18, 0);
      const databasePageSize = start.readUInt16BE(16) === 1 ? 65_536 : start.readUInt16BE(16);
      if (databasePageSize !== pageSize) return { state: 'ignored', pages: 0 };
      pagesBefore = header.readUInt32BE(16);
    }
    const recordBytes = pageSize + 8;
    const fitting = Math.floor((sizeBytes - offset - sectorSize) / recordBytes);
    const stated = header.readUInt32BE(8);
    const count = Math.max(0, Math.min(stated === COUNT_UNKNOWN ? fitting : stated, fitting));
    const record = Buffer.alloc(recordBytes);
    offset += sectorSize;
    for (let index = 0; index < count; index += 1, offset += recordBytes) {
      if (readSync(from, record, 0, recordBytes, offset) < recordBytes) return finish();
      const pageNumber = record.readUInt32BE(0);
      const page = record.subarray(4, 4 + pageSize);
      // A record that was still being written when the power went: everything before it counts.
      if (record.readUInt32BE(4 + pageSize) !== checksumOf(page, nonce)) return finish();
      if (pageNumber === 0 || pageNumber > pagesBefore) continue;
      writeSync(to, page, 0, pageSize, (pageNumber - 1) * pageSize);
      pages += 1;
    }
    offset = Math.ceil(offset / sectorSize) * sectorSize;
  }
  return finish();

  function finish(): JournalOutcome {
    if (pages === 0 || pagesBefore === null) return { state: 'none', pages: 0 };
    // Never longer than it is: a stated size is not to be trusted with disk space.
    const bytesBefore = pagesBefore * pageSize;
    if (bytesBefore > 0 && bytesBefore < fstatSync(to).size) ftruncateSync(to, bytesBefore);
    return { state: 'rolled-back', pages };
  }
}

// The nonce plus every 200th byte counted from the end of the page.
function checksumOf(page: Buffer, nonce: number): number {
  let sum = nonce;
  for (let index = page.byteLength - 200; index > 0; index -= 200)
    sum = (sum + (page[index] as number)) >>> 0;
  return sum;
}
