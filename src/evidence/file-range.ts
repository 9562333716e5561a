import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Pointer } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';

/** Small at first, because many files are only looked into; large afterwards, because each chunk costs two waits. */
const FIRST_CHUNK_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Content that can be read at any place though it does not lie on disk as it is: it is decrypted on the way. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** @throws EvidenceError */
  open(pointer: Pointer): OpenBytes;
}

export interface OpenBytes {
  /** Up to `length` bytes; fewer at the end, or before what cannot be read. @throws EvidenceError */
  readAt(position: number, length: number): Buffer;
  close(): void;
}

/** A stretch of something that can be read at any place: a member of an archive that is not compressed. */
export function stretchOf(whole: RandomAccess, offset: number, length: number): RandomAccess {
  const sizeBytes = Math.max(0, Math.min(length, whole.sizeBytes - offset));
  return {
    sizeBytes,
    open: (pointer) => {
      const opened = whole.open(pointer);
      return {
        readAt: (position, wanted) =>
          opened.readAt(offset + position, Math.max(0, Math.min(wanted, sizeBytes - position))),
        close: () => opened.close(),
      };
    },
  };
}

/** Where content lies that is read at any place: the path of a file, or what stands for one. */
export type Stored = string | RandomAccess;

/** The same for those that wait for the disk. */
interface OpenStored {
  readAt(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Bytes of a file on disk from `start` on, at most `length` of them. The file is opened for reading only, and only
 * while it is read: a check may touch thousands of files, and open ones cannot be removed on Windows.
 *
 * @throws EvidenceError `missing`, `no-permission`, `io`; `damaged` when the file ends before `length`
 */
export async function* readRange(
  stored: Stored,
  pointer: Pointer,
  start = 0,
  length = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array, void, undefined> {
  const opened = await openStored(stored, pointer);
  try {
    let position = start;
    let left = length;
    while (left > 0) {
      const wanted = position === start ? FIRST_CHUNK_BYTES : CHUNK_BYTES;
      const chunk = await opened.readAt(position, Math.min(left, wanted));
      if (chunk.byteLength === 0) {
        if (left === Number.POSITIVE_INFINITY) return;
        throw new EvidenceError('damaged', { ...pointer, locator: `byte ${length - left}` });
      }
      position += chunk.byteLength;
      left -= chunk.byteLength;
      yield chunk;
    }
  } finally {
    await opened.close();
  }
}

/** Up to `length` bytes at a position; fewer at the end of the file. */
export async function readBlock(
  stored: Stored,
  pointer: Pointer,
  start: number,
  length: number,
): Promise<Uint8Array> {
  const opened = await openStored(stored, pointer);
  try {
    return await opened.readAt(start, length);
  } finally {
    await opened.close();
  }
}

/** @throws EvidenceError `missing`, `no-permission`, `io` */
export async function openStored(stored: Stored, pointer: Pointer): Promise<OpenStored> {
  if (typeof stored !== 'string') {
    const opened = stored.open(pointer);
    return {
      readAt: async (position, length) => opened.readAt(position, length),
      close: async () => opened.close(),
    };
  }
  const handle = await openForReading(stored, pointer);
  return {
    readAt: (position, length) => readAt(handle, position, length, pointer),
    close: () => handle.close(),
  };
}

/** The same without waiting. @throws EvidenceError `missing`, `no-permission`, `io` */
export function openStoredSync(stored: Stored, pointer: Pointer): OpenBytes {
  if (typeof stored !== 'string') return stored.open(pointer);
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw toEvidenceError(error, pointer);
    }
  };
  const file = attempt(() => openSync(stored, 'r'));
  return {
    readAt: (position, length) => attempt(() => readAtSync(file, position, length)),
    close: () => closeSync(file),
  };
}

function readAtSync(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(file, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function openForReading(diskPath: string, pointer: Pointer): Promise<FileHandle> {
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
