/**
 * What a sealed file holds, read at any place without a copy in the clear: chunks are opened where they lie. The last chunk is looked at
 * first, because only it shows whether the file is whole.
 */
import type { Pointer } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { type OpenBytes, openStoredSync, type RandomAccess, type Stored } from '../file-range.js';
import { AgeError } from './age-error.js';
import { CHUNK_BYTES, PAYLOAD_NONCE_BYTES, PayloadKey, plainSize, SEALED_CHUNK_BYTES } from './payload.js';

/** Chunks read from the disk at once: a mebibyte. */
const CHUNKS_TOGETHER = 16;
/** Opened chunks that are kept: what is read in small pieces is mostly read in order. */
const KEPT_CHUNKS = 4;

/** Why a sealed file is not read as a whole, and the byte of it from which it is not. */
export interface SealedDamage {
  readonly reason: 'payload-cut' | 'payload-trailing';
  readonly byte: number;
}

export interface UnsealedOptions {
  /** Size of the sealed file. */
  readonly sealedBytes: number;
  /** Size of its header. */
  readonly headerBytes: number;
  readonly fileKey: Uint8Array;
  /** Told the byte of the sealed file where a chunk begins that was changed, each time it is met. */
  readonly onChanged: (byte: number) => void;
}

export class UnsealedFile implements RandomAccess {
  readonly sizeBytes: number;
  /** Null when the file is whole. Chunks in between may have been changed all the same. */
  readonly damage: SealedDamage | null;
  readonly #stored: Stored;
  readonly #key: PayloadKey;
  readonly #payloadAt: number;
  readonly #payloadBytes: number;
  /** Number of the chunk that ends the content; -1 when the end is missing. */
  readonly #last: number;
  readonly #onChanged: (byte: number) => void;
  readonly #kept = new Map<number, Buffer>();

  /**
   * @throws AgeError header-damaged when it ends before its content begins
   * @throws EvidenceError of reading
   */
  constructor(stored: Stored, pointer: Pointer, options: UnsealedOptions) {
    const { sealedBytes, headerBytes, fileKey } = options;
    this.#stored = stored;
    this.#onChanged = options.onChanged;
    this.#payloadAt = headerBytes + PAYLOAD_NONCE_BYTES;
    this.#payloadBytes = sealedBytes - this.#payloadAt;
    const opened = openStoredSync(stored, pointer);
    try {
      const nonce = opened.readAt(headerBytes, PAYLOAD_NONCE_BYTES);
      if (nonce.byteLength < PAYLOAD_NONCE_BYTES) throw new AgeError('header-damaged', 'nonce');
      this.#key = new PayloadKey(fileKey, nonce);
      const end = this.#findEnd(opened);
      this.sizeBytes = end.sizeBytes;
      this.damage = end.damage;
      this.#last = end.last;
    } finally {
      opened.close();
    }
  }

  /** Bytes are given out up to a changed chunk; from its beginning on there is an error until its end. */
  open(pointer: Pointer): OpenBytes {
    const opened = openStoredSync(this.#stored, pointer);
    return {
      readAt: (position, length) => this.#read(opened, pointer, position, length),
      close: () => opened.close(),
    };
  }

  /** Forgets the key and what was kept. Nothing can be read after this. */
  forget(): void {
    this.#key.forget();
    for (const plain of this.#kept.values()) plain.fill(0);
    this.#kept.clear();
  }

  #findEnd(opened: OpenBytes): { sizeBytes: number; damage: SealedDamage | null; last: number } {
    const whole = plainSize(this.#payloadBytes);
    const chunks = Math.max(1, Math.ceil(this.#payloadBytes / SEALED_CHUNK_BYTES));
    const isAuthentic = (number: number, isLast: boolean): boolean => {
      const plain = this.#key.open(this.#sealed(opened, number, 1), number, isLast);
      plain?.fill(0);
      return plain !== null;
    };
    if (whole !== null && isAuthentic(chunks - 1, true)) {
      return { sizeBytes: whole, damage: null, last: chunks - 1 };
    }
    const complete = Math.floor(this.#payloadBytes / SEALED_CHUNK_BYTES);
    const damage = (reason: SealedDamage['reason'], good: number): SealedDamage => ({
      reason,
      byte: this.#byteOf(good),
    });
    // Something was put behind an end that came out even.
    if (complete > 0 && complete < chunks && isAuthentic(complete - 1, true)) {
      return {
        sizeBytes: complete * CHUNK_BYTES,
        damage: damage('payload-trailing', complete),
        last: complete - 1,
      };
    }
    // Cut, or changed at its end, which is the same to a reader.
    const good = complete === chunks && !isAuthentic(complete - 1, false) ? complete - 1 : complete;
    return { sizeBytes: good * CHUNK_BYTES, damage: damage('payload-cut', good), last: -1 };
  }

  #read(opened: OpenBytes, pointer: Pointer, position: number, length: number): Buffer {
    const end = Math.min(position + length, this.sizeBytes);
    if (!(position >= 0 && position < end)) return Buffer.alloc(0);
    const content = Buffer.allocUnsafeSlow(end - position);
    const lastWanted = Math.floor((end - 1) / CHUNK_BYTES);
    let number = Math.floor(position / CHUNK_BYTES);
    while (number <= lastWanted) {
      const together = this.#kept.has(number) ? 1 : Math.min(CHUNKS_TOGETHER, lastWanted - number + 1);
      const sealed = this.#kept.has(number) ? null : this.#sealed(opened, number, together);
      for (let at = 0; at < together; at += 1, number += 1) {
        const start = at * SEALED_CHUNK_BYTES;
        const chunkAt = number * CHUNK_BYTES;
        const plain = sealed
          ? this.#key.open(sealed.subarray(start, start + SEALED_CHUNK_BYTES), number, number === this.#last)
          : this.#kept.get(number);
        if (!plain) {
          // What comes before it is given out first.
          if (chunkAt > position) return content.subarray(0, chunkAt - position);
          throw this.#changed(number, pointer);
        }
        const from = Math.max(position - chunkAt, 0);
        const to = Math.min(end - chunkAt, plain.byteLength);
        plain.copy(content, chunkAt + from - position, from, to);
        if (from > 0 || to < plain.byteLength) this.#keep(number, plain);
      }
    }
    return content;
  }

  #changed(number: number, pointer: Pointer): EvidenceError {
    const byte = this.#byteOf(number);
    this.#onChanged(byte);
    const cause = new AgeError('payload-damaged', `chunk ${number + 1}`);
    return new EvidenceError('damaged', { ...pointer, locator: `byte ${byte}` }, { cause });
  }

  #keep(number: number, plain: Buffer): void {
    this.#kept.delete(number);
    this.#kept.set(number, plain);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_CHUNKS) break;
      this.#kept.delete(oldest);
    }
  }

  #sealed(opened: OpenBytes, number: number, count: number): Buffer {
    const start = number * SEALED_CHUNK_BYTES;
    const length = Math.min(count * SEALED_CHUNK_BYTES, this.#payloadBytes - start);
    return length > 0 ? opened.readAt(this.#payloadAt + start, length) : Buffer.alloc(0);
  }

  #byteOf(number: number): number {
    return this.#payloadAt + number * SEALED_CHUNK_BYTES;
  }
}
