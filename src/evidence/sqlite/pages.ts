import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { RawText } from './engine.js';
import type { SqliteValue } from './values.js';
import { isPageSize, type Wal } from './wal.js';

/**
 * Reads the pages of a database without SQLite, for databases SQLite refuses: cut, overwritten, or with a schema it
 * cannot parse. Format: https://www.sqlite.org/fileformat2.html. Nothing in a page is believed: every offset, length
 * and page number is checked, a page is used once, and what does not fit is counted as a bad spot.
 */

export const TABLE_INTERIOR = 0x05;
export const TABLE_LEAF = 0x0d;
export const INDEX_INTERIOR = 0x02;
export const INDEX_LEAF = 0x0a;

/** A value as it lies in a record; text stays bytes, so that what is not valid is carried over unchanged. */
export type StoredValue = SqliteValue | RawText;

export interface StoredRow {
  readonly rowid: bigint;
  readonly values: readonly StoredValue[];
  /** False when part of the row lay on pages that are lost; the columns concerned are null. */
  readonly complete: boolean;
}

/** An interval of row numbers (after, upTo] whose page could not be read. */
export interface Gap {
  readonly after: bigint;
  readonly upTo: bigint;
}

export interface WalkReport {
  readonly gaps: readonly Gap[];
  readonly badSpots: number;
}

export const LOWEST_ROWID = -(2n ** 63n);
export const HIGHEST_ROWID = 2n ** 63n - 1n;
// A multiple of every page size.
const PIECE_BYTES = 256 * 1024;
/** Nine bytes are kept for each; a larger database is walked page by page. */
const MAX_LEAVES_KNOWN = 8_000_000;
/** Stands for the type of a page not read yet; no page has it. */
const NOT_LOOKED_AT = 0xff;
// SQLite's own cursors go no deeper (BTCURSOR_MAX_DEPTH).
const MAX_DEPTH = 20;
// SQLite's default upper limit of columns in a table is 2000.
const MAX_COLUMNS = 2_000;

type Encoding = 'utf8' | 'utf16le' | 'utf16be';

/** Pages of a database file, the applied frames of its log laid over them. */
export class PageFile {
  readonly pageSizeBytes: number;
  readonly pageCount: number;
  readonly encoding: Encoding;
  /** Pages reached from a root, used as overflow, or free: none is read a second time. */
  readonly #used: Uint8Array;
  readonly #usable: number;
  readonly #file: number;
  readonly #log: number | null;
  readonly #wal: Wal | null;
  /** What was read last in one piece, in bytes of the file. */
  #piece: Buffer = Buffer.alloc(0);
  #pieceStart = 0;
  #pieceBytes = 0;
  #lastNumber = 0;

  /** @param assumedPageSize used instead of what the header says, which may be damaged */
  constructor(
    path: string,
    log: { readonly path: string; readonly wal: Wal } | null,
    assumedPageSize?: number,
  ) {
    this.#file = openSync(path, 'r');
    this.#log = log && log.wal.framesApplied > 0 ? openSync(log.path, 'r') : null;
    this.#wal = log?.wal ?? null;
    const header = this.#header();
    const stated = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    this.pageSizeBytes = assumedPageSize ?? (isPageSize(stated) ? stated : 4096);
    const reserved = header[20] as number;
    // A reserved area leaves at least 480 bytes; another value is damage.
    this.#usable =
      assumedPageSize === undefined && this.pageSizeBytes - reserved >= 480
        ? this.pageSizeBytes - reserved
        : this.pageSizeBytes;
    const encoding = header.readUInt32BE(56);
    this.encoding = encoding === 2 ? 'utf16le' : encoding === 3 ? 'utf16be' : 'utf8';
    const inFile = Math.floor(fstatSync(this.#file).size / this.pageSizeBytes);
    // The log may name any page number, so only as many pages as it really holds are counted on top.
    const inLog =
      this.#log === null ? 0 : Math.min(this.#wal?.databasePages ?? 0, inFile + (this.#wal?.pages.size ?? 0));
    this.pageCount = Math.max(inFile, inLog);
    this.#used = new Uint8Array(this.pageCount + 1);
  }

  close(): void {
    closeSync(this.#file);
    if (this.#log !== null) closeSync(this.#log);
  }

  #header(): Buffer {
    const header = Buffer.alloc(100);
    const inLog = this.#wal?.pages.get(1);
    if (this.#log !== null && inLog !== undefined) readSync(this.#log, header, 0, 100, inLog);
    else readSync(this.#file, header, 0, 100, 0);
    return header;
  }

  /** The page's bytes, or null when the file does not hold it whole. */
  page(number: number, page: Buffer = Buffer.allocUnsafe(this.pageSizeBytes)): Buffer | null {
    if (!Number.isInteger(number) || number < 1 || number > this.pageCount) return null;
    const inLog = this.#log === null ? undefined : this.#wal?.pages.get(number);
    if (this.#log !== null && inLog !== undefined)
      return readSync(this.#log, page, 0, this.pageSizeBytes, inLog) === this.pageSizeBytes ? page : null;
    const position = (number - 1) * this.pageSizeBytes;
    if (this.#fromPiece(number, position, page)) return page;
    return readSync(this.#file, page, 0, this.pageSizeBytes, position) === this.pageSizeBytes ? page : null;
  }

  /** Pages near each other are read in one call; a tree of 60,000 pages mostly lies in one piece. */
  #fromPiece(number: number, position: number, page: Buffer): boolean {
    const isNear = Math.abs(number - this.#lastNumber) * this.pageSizeBytes <= PIECE_BYTES / 4;
    this.#lastNumber = number;
    const start = position - (position % PIECE_BYTES);
    if (start !== this.#pieceStart || this.#piece.byteLength === 0) {
      if (!isNear) return false;
      if (this.#piece.byteLength === 0) this.#piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      this.#pieceStart = start;
      this.#pieceBytes = readSync(this.#file, this.#piece, 0, PIECE_BYTES, start);
    }
    const from = position - start;
    if (from + this.pageSizeBytes > this.#pieceBytes) return false;
    this.#piece.copy(page, 0, from, from + this.pageSizeBytes);
    return true;
  }

  isUsed(number: number): boolean {
    return this.#used[number] === 1;
  }

  #use(number: number): boolean {
    if (this.#used[number] !== 0) return false;
    this.#used[number] = 1;
    return true;
  }

  /**
   * Marks the pages of the free list, so that deleted rows are not mistaken for lost ones.
   * @returns false when the list itself is damaged
   */
  markFreePages(): boolean {
    let trunk = this.#header().readUInt32BE(32);
    while (trunk !== 0) {
      const page = this.page(trunk);
      if (!page || !this.#use(trunk)) return false;
      const count = Math.min(page.readUInt32BE(4), Math.floor(this.#usable / 4) - 2);
      for (let index = 0; index < count; index += 1) {
        const free = page.readUInt32BE(8 + index * 4);
        if (free > 1 && free <= this.pageCount) this.#use(free);
      }
      trunk = page.readUInt32BE(0);
    }
    return true;
  }

  /**
   * Whether SQLite can be let loose on these trees. It trusts that a tree is a tree: pages that point to one page many
   * times over, level upon level, make a few kilobytes give rows for ever, and records that share their overflow
   * pages make each of them as large as the file. This build of SQLite cannot be interrupted, so that is found before.
   * Damage of any other kind is no reason here.
   */
  isSafeToQuery(): boolean {
    const roots: number[] = [];
    for (const { values } of this.walkTable(1, 5)) {
      const root = values[3];
      if (typeof root === 'number' && root > 1) roots.push(root);
    }
    const { types, claims } = this.#leaves();
    const buffer = Buffer.allocUnsafe(this.pageSizeBytes);
    // Every byte of a record lies in the file once; the rest is room for what damage may claim.
    let payloadLeft = this.#fileBytes * 4;
    for (const root of roots) {
      // Two entries with one root are damage, but no multiplication.
      if (this.isUsed(root)) continue;
      const stack = [root];
      for (let number = stack.pop(); number !== undefined; number = stack.pop()) {
        if (number > this.pageCount) continue;
        if (!this.#use(number)) return false;
        const known = types[number];
        if (known === TABLE_LEAF || known === INDEX_LEAF) {
          payloadLeft -= claims[number] as number;
        } else if (known === undefined || known === NOT_LOOKED_AT) {
          const page = this.page(number, buffer);
          if (!page) continue;
          payloadLeft -= this.#claimedBy(page);
          this.#pushChildren(page, stack);
        }
        if (payloadLeft < 0) return false;
      }
    }
    return true;
  }

  get #fileBytes(): number {
    return this.pageCount * this.pageSizeBytes;
  }

  /**
   * What leaf pages claim to hold, from one pass over the file in large pieces: nearly all pages are leaves, and their
   * order in a tree is not that in the file. Pages that lead to others, and those in the log, are left to be looked at
   * when the walk comes to them.
   */
  #leaves(): { readonly types: Uint8Array; readonly claims: Float64Array } {
    const size = this.pageCount > MAX_LEAVES_KNOWN ? 0 : this.pageCount + 1;
    const types = new Uint8Array(size).fill(NOT_LOOKED_AT);
    const claims = new Float64Array(size);
    if (size === 0) return { types, claims };
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    let number = 1;
    for (let start = 0; number <= this.pageCount; start += PIECE_BYTES) {
      const got = readSync(this.#file, piece, 0, PIECE_BYTES, start);
      for (let from = 0; from + this.pageSizeBytes <= got && number <= this.pageCount; number += 1) {
        const type = piece[from] as number;
        const isInterior = type === TABLE_INTERIOR || type === INDEX_INTERIOR;
        if (!isInterior && !(this.#log !== null && this.#wal?.pages.has(number))) {
          types[number] = type;
          if (type === TABLE_LEAF || type === INDEX_LEAF)
            claims[number] = this.#claimedBy(piece.subarray(from, from + this.pageSizeBytes));
        }
        from += this.pageSizeBytes;
      }
      if (got < PIECE_BYTES) break;
    }
    return { types, claims };
  }

  /** Bytes the records on a page say they have. One that says more than the file holds SQLite refuses by itself. */
  #claimedBy(page: Buffer): number {
    const type = page[0];
    if (type !== TABLE_LEAF && type !== INDEX_LEAF && type !== INDEX_INTERIOR) return 0;
    const isInterior = type === INDEX_INTERIOR;
    const first = isInterior ? 12 : 8;
    const count = Math.min(page.readUInt16BE(3), Math.floor((this.#usable - first) / 2));
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      const offset = page.readUInt16BE(first + index * 2);
      if (offset + 4 > this.#usable) continue;
      const claimed = lengthAt(page, isInterior ? offset + 4 : offset);
      if (claimed <= this.#fileBytes) sum += claimed;
    }
    return sum;
  }

  #pushChildren(page: Buffer, stack: number[]): void {
    const type = page[0];
    if (type !== TABLE_INTERIOR && type !== INDEX_INTERIOR) return;
    const count = Math.min(page.readUInt16BE(3), Math.floor((this.#usable - 12) / 2));
    for (let index = 0; index < count; index += 1) {
      const offset = page.readUInt16BE(12 + index * 2);
      if (offset + 4 <= this.#usable) stack.push(page.readUInt32BE(offset));
    }
    stack.push(page.readUInt32BE(8));
  }

  /** Rows of a table from its root page; what could not be reached is in the report when the walk has ended. */
  *walkTable(root: number, maxColumns: number): Generator<StoredRow, WalkReport> {
    const gaps: { after: bigint; upTo: bigint }[] = [];
    let badSpots = 0;
    const stack: { page: number; after: bigint; upTo: bigint; depth: number }[] = [
      { page: root, after: LOWEST_ROWID, upTo: HIGHEST_ROWID, depth: 0 },
    ];
    for (let place = stack.pop(); place; place = stack.pop()) {
      const { after, upTo, depth } = place;
      const page = depth < MAX_DEPTH ? this.page(place.page) : null;
      const start = place.page === 1 ? 100 : 0;
      const type = page?.[start];
      if (!page || (type !== TABLE_LEAF && type !== TABLE_INTERIOR) || !this.#use(place.page)) {
        addGap(gaps, after, upTo);
        badSpots += 1;
        continue;
      }
      const cells = this.#cellOffsets(page, start, type === TABLE_LEAF ? 8 : 12);
      if (!cells) {
        addGap(gaps, after, upTo);
        badSpots += 1;
        continue;
      }
      let bad = cells.bad;
      if (type === TABLE_LEAF) {
        for (const offset of cells.offsets) {
          const row = this.#tableCell(page, offset, maxColumns);
          if (!row || row.rowid < after || row.rowid > upTo) {
            bad += 1;
            continue;
          }
          if (!row.complete) badSpots += 1;
          yield row;
        }
        // Rows of a cell that was overwritten cannot be found elsewhere, so such a page leaves no gap to fill …
        badSpots += bad;
        // … unless nothing on it made sense: then it is not the page that belongs here.
        if (cells.offsets.length > 0 && bad >= cells.offsets.length) addGap(gaps, after, upTo);
        continue;
      }
      const children: typeof stack = [];
      let lowest = after;
      for (const offset of cells.offsets) {
        const key = offset + 5 <= this.#usable ? readVarint(page, offset + 4, this.#usable) : null;
        if (!key || key.value < lowest || key.value > upTo) {
          bad += 1;
          continue;
        }
        children.push({ page: page.readUInt32BE(offset), after: lowest, upTo: key.value, depth: depth + 1 });
        lowest = key.value;
      }
      children.push({ page: page.readUInt32BE(start + 8), after: lowest, upTo, depth: depth + 1 });
      if (bad > 0) {
        badSpots += bad;
        addGap(gaps, after, upTo);
      }
      stack.push(...children.reverse());
    }
    return { gaps, badSpots };
  }

  /** Rows of a table without row numbers, which is stored like an index. */
  *walkIndex(root: number, maxColumns: number): Generator<StoredRow, WalkReport> {
    let badSpots = 0;
    const stack: { page: number; depth: number }[] = [{ page: root, depth: 0 }];
    for (let place = stack.pop(); place; place = stack.pop()) {
      const page = place.depth < MAX_DEPTH ? this.page(place.page) : null;
      const type = page?.[0];
      const cells =
        page && (type === INDEX_LEAF || type === INDEX_INTERIOR) && this.#use(place.page)
          ? this.#cellOffsets(page, 0, type === INDEX_LEAF ? 8 : 12)
          : null;
      if (!page || !cells) {
        badSpots += 1;
        continue;
      }
      badSpots += cells.bad;
      const isInterior = type === INDEX_INTERIOR;
      for (const offset of cells.offsets) {
        if (isInterior) stack.push({ page: page.readUInt32BE(offset), depth: place.depth + 1 });
        const row = this.#payload(page, isInterior ? offset + 4 : offset, true, maxColumns);
        if (!row?.complete) badSpots += 1;
        if (row) yield { rowid: 0n, ...row };
      }
      if (isInterior) stack.push({ page: page.readUInt32BE(8), depth: place.depth + 1 });
    }
    return { gaps: [], badSpots };
  }

  /**
   * Rows of a leaf page nothing points to any more, or null when its bytes are not such a page through and through.
   * The page is not marked as used: call `claim` when its rows are taken.
   */
  orphanRows(number: number): readonly StoredRow[] | null {
    if (this.isUsed(number)) return null;
    const page = this.page(number);
    if (page?.[0] !== TABLE_LEAF) return null;
    const cells = this.#cellOffsets(page, 0, 8);
    if (!cells || cells.bad > 0 || cells.offsets.length === 0) return null;
    const rows: StoredRow[] = [];
    let last = LOWEST_ROWID;
    for (const offset of cells.offsets) {
      const row = this.#tableCell(page, offset, MAX_COLUMNS);
      if (!row || (rows.length > 0 && row.rowid <= last)) return null;
      last = row.rowid;
      rows.push(row);
    }
    return rows;
  }

  claim(number: number): void {
    this.#use(number);
  }

  /** First byte of a page; cheap test before `orphanRows`. */
  typeOf(number: number): number | undefined {
    return this.page(number)?.[0];
  }

  #cellOffsets(
    page: Buffer,
    start: number,
    headerBytes: number,
  ): { readonly offsets: readonly number[]; readonly bad: number } | null {
    const count = page.readUInt16BE(start + 3);
    const first = start + headerBytes;
    const afterPointers = first + count * 2;
    if (afterPointers > this.#usable) return null;
    const offsets: number[] = [];
    let bad = 0;
    for (let index = 0; index < count; index += 1) {
      const offset = page.readUInt16BE(first + index * 2);
      // The smallest cell has four bytes.
      if (offset < afterPointers || offset > this.#usable - 4) bad += 1;
      else offsets.push(offset);
    }
    return bad > 0 && offsets.length === 0 ? null : { offsets, bad };
  }

  #tableCell(page: Buffer, offset: number, maxColumns: number): StoredRow | null {
    const size = readVarint(page, offset, this.#usable);
    const rowid = size && readVarint(page, size.end, this.#usable);
    if (!rowid) return null;
    const row = this.#payload(page, offset, false, maxColumns);
    return row && { rowid: rowid.value, ...row };
  }

  #payload(
    page: Buffer,
    offset: number,
    isIndex: boolean,
    maxColumns: number,
  ): { readonly values: readonly StoredValue[]; readonly complete: boolean } | null {
    const size = readVarint(page, offset, this.#usable);
    if (!size || size.value < 1n || size.value > BigInt(this.pageCount) * BigInt(this.pageSizeBytes))
      return null;
    const total = Number(size.value);
    let start = size.end;
    if (!isIndex) {
      const rowid = readVarint(page, start, this.#usable);
      if (!rowid) return null;
      start = rowid.end;
    }
    // How much of a long record stays on the page: section 1.6 of the format.
    const usable = this.#usable;
    const mostLocal = isIndex ? Math.floor(((usable - 12) * 64) / 255) - 23 : usable - 35;
    let local = total;
    if (total > mostLocal) {
      const least = Math.floor(((usable - 12) * 32) / 255) - 23;
      const wanted = least + ((total - least) % (usable - 4));
      local = wanted <= mostLocal ? wanted : least;
    }
    if (start + local + (local < total ? 4 : 0) > usable) return null;
    const here = page.subarray(start, start + local);
    if (local === total) return decodeRecord(here, total, this.encoding, maxColumns);
    // The types of all columns stand at the front: a record that fits nothing is dropped before its pages are fetched.
    if (!decodeRecord(here, total, this.encoding, maxColumns)) return null;
    const whole = this.#withOverflow(here, page.readUInt32BE(start + local), total);
    return decodeRecord(whole, total, this.encoding, maxColumns);
  }

  // Each overflow page belongs to one record, so a page taken twice is a lie and ends the chain; that also keeps the
  // bytes read below the size of the file, whatever lengths are stated.
  #withOverflow(here: Buffer, firstPage: number, total: number): Buffer {
    const parts: Buffer[] = [here];
    let have = here.byteLength;
    let next = firstPage;
    while (have < total) {
      const page = this.isUsed(next) ? null : this.page(next);
      if (!page) break;
      this.#use(next);
      const part = page.subarray(4, Math.min(this.#usable, 4 + total - have));
      parts.push(part);
      have += part.byteLength;
      next = page.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  }
}

// Gaps come in ascending order. Neighbours become one, so that their number stays small whatever a page claims.
function addGap(gaps: { after: bigint; upTo: bigint }[], after: bigint, upTo: bigint): void {
  const last = gaps.at(-1);
  if (last && after <= last.upTo) last.upTo = upTo > last.upTo ? upTo : last.upTo;
  else gaps.push({ after, upTo });
}

/** A record: sizes and types of all columns first, then the values. Null when the front part makes no sense. */
function decodeRecord(
  record: Buffer,
  totalBytes: number,
  encoding: Encoding,
  maxColumns: number,
): { readonly values: readonly StoredValue[]; readonly complete: boolean } | null {
  const headerSize = readVarint(record, 0, record.byteLength);
  if (!headerSize || headerSize.value > BigInt(record.byteLength)) return null;
  const headerEnd = Number(headerSize.value);
  let at = headerSize.end;
  let body = headerEnd;
  let complete = true;
  const values: StoredValue[] = [];
  while (at < headerEnd) {
    const type = readVarint(record, at, headerEnd);
    if (!type || type.value < 0n || values.length >= maxColumns) return null;
    at = type.end;
    const serial = type.value > 0x7fff_ffffn ? -1 : Number(type.value);
    const size = serialSize(serial);
    if (size === null || body + size > totalBytes) return null;
    if (body + size <= record.byteLength) values.push(decodeValue(record, body, serial, size, encoding));
    else {
      values.push(null);
      complete = false;
    }
    body += size;
  }
  return at === headerEnd && body === totalBytes ? { values, complete } : null;
}

function serialSize(serial: number): number | null {
  if (serial < 0 || serial === 10 || serial === 11) return null;
  if (serial >= 12) return Math.floor((serial - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][serial] ?? null;
}

function decodeValue(
  record: Buffer,
  offset: number,
  serial: number,
  size: number,
  encoding: Encoding,
): StoredValue {
  if (serial >= 12) {
    // Copied: the page it lies in is let go.
    const bytes = Uint8Array.prototype.slice.call(record, offset, offset + size);
    if (serial % 2 === 0) return bytes;
    if (encoding === 'utf8') return new RawText(bytes);
    const even = Buffer.from(bytes.buffer, bytes.byteOffset, size - (size % 2));
    return (encoding === 'utf16be' ? even.swap16() : even).toString('utf16le');
  }
  switch (serial) {
    case 0:
      return null;
    case 6: {
      const value = record.readBigInt64BE(offset);
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    }
    case 7: {
      const value = record.readDoubleBE(offset);
      return Number.isNaN(value) ? null : value;
    }
    case 8:
    case 9:
      return serial - 8;
    default:
      return record.readIntBE(offset, size);
  }
}

/** A stated length; only its size matters, so beyond four bytes it is simply huge. */
function lengthAt(page: Buffer, start: number): number {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = page[start + index];
    if (byte === undefined) return 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return value;
}

// Up to nine bytes, seven bits each, the ninth with eight; two's complement of 64 bits.
function readVarint(
  bytes: Buffer,
  start: number,
  limit: number,
): { readonly value: bigint; readonly end: number } | null {
  let small = 0;
  for (let index = 0; index < 4; index += 1) {
    const at = start + index;
    if (at >= limit) return null;
    const byte = bytes[at] as number;
    small = small * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value: BigInt(small), end: at + 1 };
  }
  let value = BigInt(small);
  for (let index = 4; index < 9; index += 1) {
    const at = start + index;
    if (at >= limit) return null;
    const byte = bytes[at] as number;
    if (index === 8) return { value: BigInt.asIntN(64, (value << 8n) | BigInt(byte)), end: at + 1 };
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return null;
}
