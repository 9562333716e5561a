/**
 * Payload of age files: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) over chunks of 64 KiB with ChaCha20-Poly1305.
 * The nonce of a chunk is its number and whether it is the last, so that none can be left out, put elsewhere or added.
 * By OpenSSL and not by the JavaScript library, which takes eight times as long.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { AgeError } from './age-error.js';
import type { ByteSource } from './byte-source.js';

export const PAYLOAD_NONCE_BYTES = 16;
const CIPHER = 'chacha20-poly1305';
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const COUNTER_OFFSET = 5;
const COUNTER_BYTES = 6;
const LAST_OFFSET = 11;
const KEY_BYTES = 32;

/** Encrypts all of a source, chunk by chunk. */
export async function* sealPayload(
  source: ByteSource,
  fileKey: Uint8Array,
  nonce: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  const key = payloadKey(fileKey, nonce);
  try {
    for (let number = 0; ; number += 1) {
      const plain = await source.take(CHUNK_BYTES);
      const isLast = plain.byteLength < CHUNK_BYTES || (await source.isAtEnd());
      const cipher = createCipheriv(CIPHER, key, chunkNonce(number, isLast), { authTagLength: TAG_BYTES });
      yield cipher.update(plain);
      cipher.final();
      yield cipher.getAuthTag();
      if (isLast) return;
    }
  } finally {
    key.fill(0);
  }
}

/**
 * Decrypts all of a source. Nothing is given out that is not authentic; everything before damage or a cut is.
 *
 * @throws AgeError payload-cut, payload-damaged, payload-trailing
 */
export async function* openPayload(
  source: ByteSource,
  fileKey: Uint8Array,
  nonce: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  const key = payloadKey(fileKey, nonce);
  try {
    for (let number = 0; ; number += 1) {
      const sealed = await source.take(CHUNK_BYTES + TAG_BYTES);
      const isLast = sealed.byteLength < CHUNK_BYTES + TAG_BYTES || (await source.isAtEnd());
      const place = `chunk ${number + 1}`;
      const plain = openChunk(key, sealed, number, isLast);
      // An empty chunk behind others would be a second way to write the same content.
      if (plain?.byteLength === 0 && number > 0) throw new AgeError('payload-damaged', place);
      if (plain) {
        if (plain.byteLength > 0) yield plain;
        if (isLast) return;
        continue;
      }
      if (sealed.byteLength < CHUNK_BYTES + TAG_BYTES) throw new AgeError('payload-cut', place);
      const other = openChunk(key, sealed, number, !isLast);
      if (!other) throw new AgeError('payload-damaged', place);
      // Authentic, and not what stands here: the end comes too early, or something was put behind it.
      yield other;
      throw new AgeError(isLast ? 'payload-cut' : 'payload-trailing', place);
    }
  } finally {
    key.fill(0);
  }
}

/** Size of the content, by the size of a payload without its nonce; null for a size that no payload has. */
export function plainSize(payloadBytes: number): number | null {
  const chunks = Math.max(1, Math.ceil(payloadBytes / (CHUNK_BYTES + TAG_BYTES)));
  const plain = payloadBytes - chunks * TAG_BYTES;
  return plain < 0 || (chunks > 1 && plain <= (chunks - 1) * CHUNK_BYTES) ? null : plain;
}

/** Size of a payload without its nonce, by the size of its content. */
export function payloadSize(plainBytes: number): number {
  return plainBytes + Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES)) * TAG_BYTES;
}

function openChunk(key: Buffer, sealed: Buffer, number: number, isLast: boolean): Buffer | null {
  if (sealed.byteLength < TAG_BYTES) return null;
  const end = sealed.byteLength - TAG_BYTES;
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv(CIPHER, key, chunkNonce(number, isLast), options);
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', KEY_BYTES));
}

/** Eleven bytes of number, the highest first, of which six are more than any disk holds; then one for the last chunk. */
function chunkNonce(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(number, COUNTER_OFFSET, COUNTER_BYTES);
  nonce[LAST_OFFSET] = isLast ? 1 : 0;
  return nonce;
}
