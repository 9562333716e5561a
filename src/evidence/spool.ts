import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Pointer } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';
import { toEvidenceError } from './file-range.js';

export interface Spooled {
  readonly sizeBytes: number;
  /** Null unless asked for. */
  readonly sha256: string | null;
  /** Why the copy is not whole. What came before is in the file. */
  readonly failure: EvidenceError | null;
}

/** Writes a stream into a new file that only this user can read. Reading errors are returned, not thrown. */
export async function spool(
  stream: AsyncIterable<Uint8Array>,
  targetPath: string,
  pointer: Pointer,
  options: { readonly hash?: boolean } = {},
): Promise<Spooled> {
  const hash = options.hash === true ? createHash('sha256') : null;
  let sizeBytes = 0;
  let failure: EvidenceError | null = null;
  let handle: FileHandle;
  try {
    handle = await open(targetPath, 'wx', 0o600);
  } catch (error) {
    throw new EvidenceError('io', pointer, { cause: error });
  }
  try {
    for await (const chunk of stream) {
      hash?.update(chunk);
      await writeAll(handle, chunk, pointer);
      sizeBytes += chunk.byteLength;
    }
  } catch (error) {
    failure = toEvidenceError(error, pointer);
  } finally {
    await handle.close();
  }
  return { sizeBytes, sha256: hash?.digest('hex') ?? null, failure };
}

// Disk full and the like: the same code whatever the system calls it.
async function writeAll(handle: FileHandle, chunk: Uint8Array, pointer: Pointer): Promise<void> {
  try {
    let written = 0;
    while (written < chunk.byteLength) {
      const { bytesWritten } = await handle.write(chunk, written, chunk.byteLength - written);
      written += bytesWritten;
    }
  } catch (error) {
    throw new EvidenceError('io', pointer, { cause: error });
  }
}
