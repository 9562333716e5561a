import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, ZipFile } from 'yauzl';
import type { Pointer } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';
import { expand } from './expand.js';
import { readBlock, readRange, type Stored } from './file-range.js';
import type { ListContext } from './folder.js';
import { type Budget, ExpansionGuard } from './limits.js';
import type { Content } from './listed-source.js';
import { type ListedMember, Listing } from './listing.js';
import { memberName } from './member-name.js';
import { WindowReader, type ZipEntryFacts } from './zip-reader.js';
import { scanLocalHeaders } from './zip-scan.js';

// APPNOTE.TXT 4.3.7 and 4.3.12.
const LOCAL_HEADER_SIGNATURE = 0x04034b50;
const CENTRAL_HEADER_SIGNATURE = 0x02014b50;
const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const STORED = 0;
const DEFLATED = 8;
/** Bad entries of a central directory after which it is given up and the file itself is searched. */
const MAX_BAD_ENTRIES = 1_000;

export interface ZipMember extends ListedMember {
  readonly compressedBytes: number;
  readonly headerOffset: number;
  readonly method: number;
  readonly crc32: number;
  readonly encrypted: boolean;
}

/**
 * Lists the members of a zip. The central directory is read by yauzl; where it is damaged or cut off, members are
 * found by their local headers, so that everything before the cut can still be read.
 */
export async function listZip(
  stored: Stored,
  sizeBytes: number,
  context: ListContext,
): Promise<Listing<ZipMember>> {
  const { collector } = context;
  const listing = new Listing<ZipMember>();
  const reader = new WindowReader(stored, sizeBytes, collector.evidence);
  try {
    const known = new Set<number>();
    const add = (facts: ZipEntryFacts): boolean => {
      known.add(facts.headerOffset);
      return addMember(facts, listing, context);
    };
    if ((await readCentralDirectory(reader, sizeBytes, add, context)) === 'whole') {
      noteOverlaps(listing, sizeBytes, context);
    } else {
      collector.add('damaged', 'lost', '');
      for (const facts of scanLocalHeaders(reader, sizeBytes)) {
        context.signal?.throwIfAborted();
        if (!known.has(facts.headerOffset) && !add(facts)) break;
      }
    }
  } finally {
    reader.closeFile();
  }
  return listing;
}

// Members that share their bytes: the way to make a bomb without nesting (D. Fifield, "A better zip bomb", 2019).
// The limits hold all the same; it is noted because no honest program writes such a file.
function noteOverlaps(listing: Listing<ZipMember>, archiveBytes: number, { collector }: ListContext): void {
  let storedBytes = 0;
  for (const member of listing.members()) storedBytes += member.compressedBytes;
  if (storedBytes > archiveBytes) collector.add('overlapping-members', 'note', '');
}

/** Reads members of a zip, with all limits; sizes and checksums the archive states are checked, not believed. */
export function zipContent(stored: Stored, archiveBytes: number, budget: Budget): Content<ZipMember> {
  return { stream: (member, pointer) => streamMember(stored, archiveBytes, member, pointer, budget) };
}

async function* streamMember(
  stored: Stored,
  archiveBytes: number,
  member: ZipMember,
  pointer: Pointer,
  budget: Budget,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (member.encrypted) throw new EvidenceError('encrypted', pointer);
  if (member.method !== STORED && member.method !== DEFLATED) {
    throw new EvidenceError('not-supported', { ...pointer, locator: `compression method ${member.method}` });
  }
  const header = Buffer.from(await readBlock(stored, pointer, member.headerOffset, LOCAL_HEADER_BYTES));
  if (header.byteLength < LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw new EvidenceError('damaged', { ...pointer, locator: `byte ${member.headerOffset}` });
  }
  const start = member.headerOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const there = Math.max(0, Math.min(member.compressedBytes, archiveBytes - start));
  const packed = readRange(stored, pointer, start, there);
  const guard = new ExpansionGuard(budget, pointer);
  const content = member.method === DEFLATED ? expand(packed, 'deflate-raw', guard) : packed;
  let checksum = 0;
  let length = 0;
  for await (const chunk of content) {
    checksum = crc32(chunk, checksum);
    length += chunk.byteLength;
    yield chunk;
  }
  const sizeIsRight = member.sizeBytes === null || length === member.sizeBytes;
  if (!sizeIsRight || checksum !== member.crc32 || there !== member.compressedBytes) {
    throw new EvidenceError('damaged', { ...pointer, locator: `byte ${length}` });
  }
}

async function readCentralDirectory(
  reader: WindowReader,
  sizeBytes: number,
  add: (facts: ZipEntryFacts) => boolean,
  { collector, signal }: ListContext,
): Promise<'whole' | 'damaged'> {
  let zip: ZipFile;
  try {
    const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false };
    zip = await fromRandomAccessReaderPromise(reader, sizeBytes, options);
  } catch {
    return 'damaged';
  }
  // The types call it boolean; it is the position of the next entry.
  let position = Number(zip.readEntryCursor);
  let left = zip.entryCount;
  for (let badEntries = 0; ; ) {
    try {
      for await (const entry of zip.eachEntry()) {
        signal?.throwIfAborted();
        position +=
          CENTRAL_HEADER_BYTES + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
        left -= 1;
        if (!add(factsOf(entry))) return 'whole';
      }
      if (!isCentralHeader(reader.block(position, CENTRAL_HEADER_BYTES))) return 'whole';
      // The count has 16 bits, and Apple's tools let it wrap around instead of writing a zip64 record.
      left = Number.POSITIVE_INFINITY;
    } catch {
      signal?.throwIfAborted();
      // yauzl ends at the first bad entry. If its length is known, reading goes on behind it.
      const header = reader.block(position, CENTRAL_HEADER_BYTES);
      badEntries += 1;
      if (!isCentralHeader(header)) return left === Number.POSITIVE_INFINITY ? 'whole' : 'damaged';
      if (badEntries > MAX_BAD_ENTRIES) return 'damaged';
      const nameLength = header.readUInt16LE(28);
      const name = reader.block(position + CENTRAL_HEADER_BYTES, Math.min(nameLength, 200)).toString('utf8');
      // Bit 6: strong encryption (APPNOTE.TXT 4.4.4).
      const isEncrypted = (header.readUInt16LE(8) & 0x40) !== 0;
      collector.add(isEncrypted ? 'encrypted-member' : 'damaged', 'lost', name, `byte ${position}`);
      position += CENTRAL_HEADER_BYTES + nameLength + header.readUInt16LE(30) + header.readUInt16LE(32);
      left -= 1;
    }
    if (left === 0) return 'whole';
    zip = new ZipFile(reader, position, sizeBytes, left, '', false, true, false, false);
  }
}

function isCentralHeader(block: Buffer): boolean {
  return block.byteLength >= CENTRAL_HEADER_BYTES && block.readUInt32LE(0) === CENTRAL_HEADER_SIGNATURE;
}

function factsOf(entry: Entry): ZipEntryFacts {
  return {
    nameRaw: entry.fileNameRaw,
    extraFields: entry.extraFields,
    flags: entry.generalPurposeBitFlag,
    method: entry.compressionMethod,
    crc32: entry.crc32,
    compressedBytes: entry.compressedSize,
    sizeBytes: entry.uncompressedSize,
    headerOffset: entry.relativeOffsetOfLocalHeader,
    unixMode: entry.externalFileAttributes >>> 16,
  };
}

/** Lists one member. False when the archive has more of them than are accepted. */
function addMember(
  facts: ZipEntryFacts,
  listing: Listing<ZipMember>,
  { limits, collector }: ListContext,
): boolean {
  const raw = decodeName(facts);
  const name = memberName(raw, limits.pathLength);
  const fileType = facts.unixMode & 0o170000;
  if ('refused' in name) {
    collector.add(name.refused, 'lost', raw.slice(0, 200));
  } else if (fileType === 0o120000) {
    collector.count('link-skipped', 'note', name.path);
  } else if (name.isDirectory || fileType === 0o040000) {
    return true;
  } else if (fileType !== 0 && fileType !== 0o100000) {
    collector.count('special-file-skipped', 'note', name.path);
  } else if (listing.size >= limits.members) {
    collector.add('limit-count', 'lost', name.path);
    return false;
  } else {
    const encrypted = (facts.flags & 1) !== 0;
    if (encrypted) collector.add('encrypted-member', 'lost', name.path);
    else if (facts.method !== STORED && facts.method !== DEFLATED) {
      collector.add('unsupported-member', 'lost', name.path);
    }
    const { sizeBytes, compressedBytes, headerOffset, method } = facts;
    // Only what is needed to read it later: an archive can hold half a million members.
    const member = { path: name.path, sizeBytes, compressedBytes, headerOffset, method, encrypted };
    if (!listing.add({ ...member, crc32: facts.crc32 })) collector.add('duplicate-name', 'lost', name.path);
  }
  return true;
}

// Bit 11 says UTF-8 (APPNOTE.TXT D). Apple's tools write UTF-8 and leave the bit off, so bytes that are valid UTF-8
// are taken as such; the rest is code page 437, as the format says.
function decodeName({ nameRaw, flags, extraFields }: ZipEntryFacts): string {
  const saysUtf8 = (flags & 0x800) !== 0;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(nameRaw);
    if (!saysUtf8 && extraFields.length > 0)
      return getFileNameLowLevel(flags | 0x800, nameRaw, extraFields, true);
    return text;
  } catch {
    return getFileNameLowLevel(flags, nameRaw, extraFields, true);
  }
}
