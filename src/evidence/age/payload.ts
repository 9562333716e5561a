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
export const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
/** Bytes of every chunk but the last. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const NONCE_BYTES = 12;
const COUNTER_OFFSET = 5;
const COUNTER_BYTES = 6;
const LAST_OFFSET = 11;
const KEY_BYTES = 32;

/** The key of one payload. Chunks are sealed and opened by it each on its own, in any order. */
export class PayloadKey {
  readonly #key: Buffer;
  // One for all: the cipher takes a copy.
  readonly #nonce = Buffer.alloc(NONCE_BYTES);

  constructor(fileKey: Uint8Array, nonce: Uint8Array) {
    this.#key = Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', KEY_BYTES));
  }

  /** What is sealed, and the code that goes behind it. */
  seal(plain: Uint8Array, number: number, isLast: boolean): readonly [Buffer, Buffer] {
    const nonce = this.#nonceOf(number, isLast);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    const sealed = cipher.update(plain);
    cipher.final();
    return [sealed, cipher.getAuthTag()];
  }

  /** Null when it is not the chunk of this number, as it was written. */
  open(sealed: Buffer, number: number, isLast: boolean): Buffer | null {
    if (sealed.byteLength < TAG_BYTES) return null;
    const end = sealed.byteLength - TAG_BYTES;
    const nonce = this.#nonceOf(number, isLast);
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
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

  /** Nothing can be sealed or opened after this. */
  forget(): void {
    this.#key.fill(0);
  }

  /** Eleven bytes of number, the highest first, of which six are more than any disk holds; then one for the last chunk. */
  #nonceOf(number: number, isLast: boolean): Buffer {
    this.#nonce.writeUIntBE(number, COUNTER_OFFSET, COUNTER_BYTES);
    this.#nonce[LAST_OFFSET] = isLast ? 1 : 0;
    return this.#nonce;
  }
}

/** Encrypts all of a source, chunk by chunk. */
export async function* sealPayload(
  source: ByteSource,
  fileKey: Uint8Array,
  nonce: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  const key = new PayloadKey(fileKey, nonce);
  try {
    for (let number = 0; ; number += 1) {
      const plain = await source.take(CHUNK_BYTES);
      const isLast = plain.byteLength < CHUNK_BYTES || (await source.isAtEnd());
      yield* key.seal(plain, number, isLast);
      if (isLast) return;
    }
  } finally {
    key.forget();
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
  const key = new PayloadKey(fileKey, nonce);
  try {
    for (let number = 0; ; number += 1) {
      const sealed = await source.take(SEALED_CHUNK_BYTES);
      const isLast = sealed.byteLength < SEALED_CHUNK_BYTES || (await source.isAtEnd());
      const place = `chunk ${number + 1}`;
      const plain = key.open(sealed, number, isLast);
      // An empty chunk behind others would be a second way to write the same content.
      if (plain?.byteLength === 0 && number > 0) throw new AgeError('payload-damaged', place);
      if (plain) {
        if (plain.byteLength > 0) yield plain;
        if (isLast) return;
        continue;
      }
      if (sealed.byteLength < SEALED_CHUNK_BYTES) throw new AgeError('payload-cut', place);
      const other = key.open(sealed, number, !isLast);
      if (!other) throw new AgeError('payload-damaged', place);
      // Authentic, and not what stands here: the end comes too early, or something was put behind it.
      yield other;
      throw new AgeError(isLast ? 'payload-cut' : 'payload-trailing', place);
    }
  } finally {
    key.forget();
  }
}

/** Size of the content, by the size of a payload without its nonce; null for a size that no payload has. */
export function plainSize(payloadBytes: number): number | null {
  const chunks = Math.max(1, Math.ceil(payloadBytes / SEALED_CHUNK_BYTES));
  const plain = payloadBytes - chunks * TAG_BYTES;
  return plain < 0 || (chunks > 1 && plain <= (chunks - 1) * CHUNK_BYTES) ? null : plain;
}

/** Size of a payload without its nonce, by the size of its content. */
export function payloadSize(plainBytes: number): number {
  return plainBytes + Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES)) * TAG_BYTES;
}
