/**
 * The file `vault.db-wal`, which is there when a process ended without closing the vault. SQLite takes the first frame that does not
 * fit for the end of the log, and would silently forget all that was committed behind it: right after a power cut, wrong when a bit
 * has flipped in the middle. Layout: sqlite.org/fileformat2.html, 4.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const LITTLE_ENDIAN_MAGIC = 0x377f0682;
const BIG_ENDIAN_MAGIC = 0x377f0683;

type Sum = readonly [number, number];

/**
 * Whether something was changed in the log after it was written: a frame does not fit, but behind it a transaction was finished. The
 * last frame of all cannot be told from one that was being written when the power went.
 *
 * @throws the error of the file system
 */
export function isAltered(path: string, pageBytes: number): boolean {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return false;
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageBytes);
    const hasFrames = readSync(file, frame, 0, frame.length, HEADER_BYTES) === frame.length;
    const magic = header.readUInt32BE(0);
    // It is written at once, before any frame.
    if (magic !== LITTLE_ENDIAN_MAGIC && magic !== BIG_ENDIAN_MAGIC) return hasFrames;
    const add = magic === LITTLE_ENDIAN_MAGIC ? addLittleEndian : addBigEndian;
    const stated = sumAt(header, 24);
    if (!isSame(add([0, 0], header.subarray(0, 24)), stated)) return hasFrames;

    let before = stated;
    let isBroken = false;
    for (let at = HEADER_BYTES; ; at += frame.length) {
      if (readSync(file, frame, 0, frame.length, at) < frame.length) return false;
      const sum = sumAt(frame, 16);
      const fits =
        frame.compare(header, 16, 24, 8, 16) === 0 &&
        isSame(add(add(before, frame.subarray(0, 8)), frame.subarray(FRAME_HEADER_BYTES)), sum);
      if (!fits) isBroken = true;
      // The size of the database stands in frames that end a transaction.
      else if (isBroken && frame.readUInt32BE(4) > 0) return true;
      before = sum;
    }
  } finally {
    closeSync(file);
  }
}

function sumAt(bytes: Buffer, at: number): Sum {
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
}

function isSame(a: Sum, b: Sum): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function addLittleEndian([first, second]: Sum, bytes: Buffer): Sum {
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + bytes.readUInt32LE(at) + b) >>> 0;
    b = (b + bytes.readUInt32LE(at + 4) + a) >>> 0;
  }
  return [a, b];
}

function addBigEndian([first, second]: Sum, bytes: Buffer): Sum {
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + bytes.readUInt32BE(at) + b) >>> 0;
    b = (b + bytes.readUInt32BE(at + 4) + a) >>> 0;
  }
  return [a, b];
}
