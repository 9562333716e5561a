import { type FileHandle, open } from 'node:fs/promises';
import type { Pointer } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';

/** Small at first, because many files are only looked into; large afterwards, because each chunk costs two waits. */
const FIRST_CHUNK_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Bytes of a file on disk from `start` on, at most `length` of them. The file is opened for reading only, and only
 * while it is read: a check may touch thousands of files, and open ones cannot be removed on Windows.
 *
 * @throws EvidenceError `missing`, `no-permission`, `io`; `damaged` when the file ends before `length`
 */
export async function* readRange(
  diskPath: string,
  pointer: Pointer,
  start = 0,
  length = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await openForReading(diskPath, pointer);
  try {
    let position = start;
    let left = length;
    while (left > 0) {
      const wanted = position === start ? FIRST_CHUNK_BYTES : CHUNK_BYTES;
      const chunk = await readAt(handle, position, Math.min(left, wanted), pointer);
      if (chunk.byteLength === 0) {
        if (left === Number.POSITIVE_INFINITY) return;
        throw new EvidenceError('damaged', { ...pointer, locator: `byte ${length - left}` });
      }
      position += chunk.byteLength;
      left -= chunk.byteLength;
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

/** Up to `length` bytes at a position; fewer at the end of the file. */
export async function readBlock(
  diskPath: string,
  pointer: Pointer,
  start: number,
  length: number,
): Promise<Uint8Array> {
  const handle = await openForReading(diskPath, pointer);
  try {
    return await readAt(handle, start, length, pointer);
  } finally {
    await handle.close();
  }
}

/** @throws EvidenceError `missing`, `no-permission`, `io` */
export async function openForReading(diskPath: string, pointer: Pointer): Promise<FileHandle> {
  try {
    return await open(diskPath, 'r');
  } catch (error) {
    throw toEvidenceError(error, pointer);
  }
}

async function readAt(
  handle: FileHandle,
  position: number,
  length: number,
  pointer: Pointer,
): Promise<Uint8Array> {
  // A fresh buffer each time: whoever gets the chunk may keep it.
  const buffer = Buffer.allocUnsafeSlow(length);
  try {
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } catch (error) {
    throw toEvidenceError(error, pointer);
  }
}

/** Up to the first `length` bytes of a stream, which is then left alone. */
export async function headOf(stream: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

const CODES_OF_SYSTEM_ERRORS: Readonly<Record<string, EvidenceError['code']>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  Z_DATA_ERROR: 'damaged',
  Z_BUF_ERROR: 'damaged',
  Z_NEED_DICT: 'not-supported',
};

/** An error of the system or of zlib with the place in the evidence. An EvidenceError passes through. */
export function toEvidenceError(error: unknown, pointer: Pointer): EvidenceError {
  if (error instanceof EvidenceError) return error;
  return new EvidenceError(CODES_OF_SYSTEM_ERRORS[systemCode(error)] ?? 'io', pointer, { cause: error });
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
