import { createGunzip, createInflateRaw } from 'node:zlib';
import { EvidenceError } from '../core/evidence-error.js';
import { Bzip2Error } from './bzip2/block.js';
import { unpackBzip2 } from './bzip2/bzip2.js';
import { toEvidenceError } from './file-range.js';
import type { ExpansionGuard } from './limits.js';
import { ZstdError } from './zstd/entropy.js';
import { unpackZstd } from './zstd/zstd.js';

// Deflate grows 1,032 times at most, so one step never holds more than some 16 MB, whatever the input.
const STEP_BYTES = 16 * 1024;
const OUTPUT_BYTES = 64 * 1024;

/**
 * Decompresses a stream in small steps. Everything that comes before damage, a cut or a limit is given out first, so
 * that what can be read is read.
 *
 * @throws EvidenceError `damaged`, `limit-bytes`, `limit-ratio`
 */
export async function* expand(
  input: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'deflate-raw',
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array, void, undefined> {
  const options = { chunkSize: OUTPUT_BYTES };
  const engine = format === 'gzip' ? createGunzip(options) : createInflateRaw(options);
  let produced: Uint8Array[] = [];
  let failure: unknown = null;
  let ended = false;
  let settle: () => void = () => {};
  engine.on('data', (chunk: Uint8Array) => produced.push(chunk));
  engine.on('error', (error) => {
    failure = error;
    settle();
  });
  engine.on('end', () => {
    ended = true;
    settle();
  });
  engine.on('close', () => settle());

  const step = (slice: Uint8Array | null): Promise<void> =>
    new Promise((resolve) => {
      settle = resolve;
      if (slice) engine.write(slice, () => resolve());
      else engine.end();
    });
  const take = (): Uint8Array[] => {
    const chunks = produced;
    produced = [];
    return chunks;
  };

  try {
    for await (const chunk of input) {
      for (let start = 0; start < chunk.byteLength && !ended && !failure; start += STEP_BYTES) {
        await step(chunk.subarray(start, start + STEP_BYTES));
        for (const output of take()) {
          guard.add(output.byteLength, engine.bytesWritten);
          yield output;
        }
      }
      if (ended || failure) break;
    }
    if (!ended && !failure) await step(null);
    for (const output of take()) {
      guard.add(output.byteLength, engine.bytesWritten);
      yield output;
    }
    if (failure) throw toEvidenceError(failure, guard.pointer);
  } finally {
    engine.destroy();
  }
}

/**
 * The same for Zstandard.
 *
 * @throws EvidenceError `damaged`, `not-supported` (a dictionary or a window of more than 128 MiB is needed),
 * `limit-bytes`, `limit-ratio`
 */
export function expandZstd(
  input: AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array, void, undefined> {
  return guarded((took) => unpackZstd(input, took), guard);
}

/**
 * The same for bzip2.
 *
 * @throws EvidenceError `damaged`, `not-supported` (blocks as bzip2 wrote them before 1999), `limit-bytes`, `limit-ratio`
 */
export function expandBzip2(
  input: AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array, void, undefined> {
  return guarded((took) => unpackBzip2(input, took), guard);
}

async function* guarded(
  unpack: (took: (bytes: number) => void) => AsyncIterable<Uint8Array>,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array, void, undefined> {
  let usedBytes = 0;
  try {
    for await (const output of unpack((bytes) => {
      usedBytes = bytes;
    })) {
      guard.add(output.byteLength, usedBytes);
      yield output;
    }
  } catch (error) {
    if (error instanceof ZstdError || error instanceof Bzip2Error) {
      throw new EvidenceError(error.code, guard.pointer, { cause: error });
    }
    throw toEvidenceError(error, guard.pointer);
  }
}
