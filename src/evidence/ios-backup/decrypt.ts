import { createDecipheriv } from 'node:crypto';

const BLOCK_BYTES = 16;
// Backups use an initial value of zeros for every file: each has a key of its own.
const ZERO_IV = Buffer.alloc(BLOCK_BYTES);

/** How the end of an encrypted file looked. */
export interface DecryptedEnd {
  readonly clearBytes: number;
  /** False when the last block holds no PKCS#7 padding: everything was kept. */
  readonly padded: boolean;
  /** Bytes after the last whole block, which cannot be decrypted: the file was cut. */
  readonly cutBytes: number;
}

/**
 * AES-256-CBC over a stream. `pkcs7` takes the padding off the end and nothing else: the size in the Manifest is stale
 * for databases that were open during the backup, and cutting to it is what damages them
 * (mvt-project/mvt #571 and #613, avibrazil/iOSbackup pull request 26).
 */
export async function* decryptStream(
  chunks: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  padding: 'pkcs7' | 'sqlite',
  ended: (end: DecryptedEnd) => void,
): AsyncGenerator<Uint8Array> {
  const decipher = createDecipheriv('aes-256-cbc', key, ZERO_IV).setAutoPadding(false);
  let inputBytes = 0;
  let clearBytes = 0;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    inputBytes += chunk.byteLength;
    const clear = decipher.update(chunk);
    if (clear.byteLength === 0) continue;
    // The last block is held back: only at the end is it known which one carries the padding.
    const ready = held;
    const body = clear.subarray(0, clear.byteLength - BLOCK_BYTES);
    held = clear.subarray(clear.byteLength - BLOCK_BYTES);
    clearBytes += ready.byteLength + body.byteLength;
    if (ready.byteLength > 0) yield ready;
    if (body.byteLength > 0) yield body;
  }
  const cutBytes = inputBytes % BLOCK_BYTES;
  const paddingBytes = cutBytes === 0 ? paddingLength(held) : 0;
  // Manifest.db is stored without padding, its length being a multiple of the page. One whole block of padding after
  // the last page is taken off too, in case a writer adds it; anything else could be the end of a page.
  const removed =
    padding === 'pkcs7' || (inputBytes % 512 === BLOCK_BYTES && paddingBytes === BLOCK_BYTES)
      ? paddingBytes
      : 0;
  const rest = held.subarray(0, held.byteLength - removed);
  clearBytes += rest.byteLength;
  if (rest.byteLength > 0) yield rest;
  ended({ clearBytes, padded: paddingBytes > 0 || inputBytes === 0, cutBytes });
}

/** Number of padding bytes of RFC 5652 §6.3 at the end of a block, 0 when they are not there. */
function paddingLength(block: Uint8Array): number {
  const length = block.at(-1) ?? 0;
  if (length < 1 || length > BLOCK_BYTES || length > block.byteLength) return 0;
  for (const byte of block.subarray(block.byteLength - length)) if (byte !== length) return 0;
  return length;
}
