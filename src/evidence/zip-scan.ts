import { parseExtraFields } from 'yauzl';
import type { WindowReader, ZipEntryFacts } from './zip-reader.js';

// APPNOTE.TXT 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12 (central directory).
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const DESCRIPTOR = 0x08074b50;
const LOCAL_HEADER_BYTES = 30;
const SEARCH_BYTES = 256 * 1024;
const P = 0x50;

/**
 * Finds members by their local headers, for a zip whose end is cut off or whose central directory is damaged.
 * The member a cut goes through is given too: reading it yields what is there, then says that it is damaged.
 */
export function* scanLocalHeaders(
  reader: WindowReader,
  sizeBytes: number,
): Generator<ZipEntryFacts, void, undefined> {
  let position = nextSignature(reader, sizeBytes, 0);
  while (position !== null) {
    const header = reader.block(position, LOCAL_HEADER_BYTES);
    if (header.byteLength < LOCAL_HEADER_BYTES) return;
    const flags = header.readUInt16LE(6);
    const nameLength = header.readUInt16LE(26);
    const extraLength = header.readUInt16LE(28);
    const method = header.readUInt16LE(8);
    let checksum = header.readUInt32LE(14);
    let compressedBytes = header.readUInt32LE(18);
    let size: number | null = header.readUInt32LE(22);
    const headerOffset: number = position;
    const names = reader.block(headerOffset + LOCAL_HEADER_BYTES, nameLength + extraLength);
    if (names.byteLength < nameLength) return;
    const nameRaw = Buffer.from(names.subarray(0, nameLength));
    const extraFields = extraFieldsOf(names.subarray(nameLength));
    const start = headerOffset + LOCAL_HEADER_BYTES + nameLength + extraLength;
    const wide = extraFields.find(({ id }) => id === 1)?.data;
    if (wide && wide.byteLength >= 16 && compressedBytes === 0xffffffff) {
      size = Number(wide.readBigUInt64LE(0));
      compressedBytes = Number(wide.readBigUInt64LE(8));
    }
    // Bit 3: sizes and checksum come after the content, and are 0 here.
    if ((flags & 8) !== 0 && compressedBytes === 0) {
      const end = findDescriptor(reader, sizeBytes, start);
      ({ checksum, compressedBytes, size } = end);
    }
    yield {
      nameRaw,
      extraFields,
      flags,
      method,
      crc32: checksum,
      compressedBytes,
      sizeBytes: size,
      headerOffset,
      unixMode: 0,
    };
    position = nextSignature(reader, sizeBytes, Math.min(start + compressedBytes, sizeBytes));
  }
}

/** Position of the next local header at or after `from`, or null at the central directory or the end. */
function nextSignature(reader: WindowReader, sizeBytes: number, from: number): number | null {
  for (const { position, signature } of signatures(reader, sizeBytes, from)) {
    if (signature === LOCAL_HEADER) return position;
    if (signature === CENTRAL_HEADER) return null;
  }
  return null;
}

interface Descriptor {
  readonly checksum: number;
  readonly compressedBytes: number;
  readonly size: number | null;
}

// The descriptor is known by the compressed size it states: it has to be the distance from the start of the content.
// Its signature is optional; without one it stands right before the next header.
function findDescriptor(reader: WindowReader, sizeBytes: number, start: number): Descriptor {
  for (const { position, signature } of signatures(reader, sizeBytes, start)) {
    const bare = signature === DESCRIPTOR ? position + 4 : position - 12;
    const end = signature === DESCRIPTOR ? position : bare;
    if (bare < start) continue;
    const fields = reader.block(bare, 12);
    if (fields.byteLength < 12 || fields.readUInt32LE(4) !== (end - start) % 2 ** 32) continue;
    return {
      checksum: fields.readUInt32LE(0),
      compressedBytes: end - start,
      size: fields.readUInt32LE(8),
    };
  }
  return { checksum: 0, compressedBytes: sizeBytes - start, size: null };
}

function* signatures(
  reader: WindowReader,
  sizeBytes: number,
  from: number,
): Generator<{ readonly position: number; readonly signature: number }, void, undefined> {
  let position = from;
  while (position + 4 <= sizeBytes) {
    // A copy, because whoever gets a signature reads elsewhere in between.
    const block = Buffer.from(reader.block(position, SEARCH_BYTES));
    if (block.byteLength < 4) return;
    for (let at = block.indexOf(P); at !== -1 && at + 4 <= block.byteLength; at = block.indexOf(P, at + 1)) {
      const signature = block.readUInt32LE(at);
      if (signature === LOCAL_HEADER || signature === CENTRAL_HEADER || signature === DESCRIPTOR) {
        yield { position: position + at, signature };
      }
    }
    position += block.byteLength - 3;
  }
}

function extraFieldsOf(bytes: Buffer): ZipEntryFacts['extraFields'] {
  try {
    return parseExtraFields(Buffer.from(bytes));
  } catch {
    return [];
  }
}
