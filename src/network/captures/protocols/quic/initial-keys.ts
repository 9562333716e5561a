import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { QuicVersion } from './versions.js';

const TAG_BYTES = 16;
const SAMPLE_BYTES = 16;

/** What one end protects its Initial packets with. Anybody who sees the first packet can derive it (RFC 9001 5.2). */
export class InitialKeys {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly headerKey: Buffer;

  constructor(version: QuicVersion, destinationId: Uint8Array, isServer: boolean) {
    const initial = createHmac('sha256', version.salt).update(destinationId).digest();
    const secret = expandLabel(initial, isServer ? 'server in' : 'client in', 32);
    this.key = expandLabel(secret, `${version.label} key`, 16);
    this.iv = expandLabel(secret, `${version.label} iv`, 12);
    this.headerKey = expandLabel(secret, `${version.label} hp`, 16);
  }

  /**
   * The content of a packet; null when it was not protected with these keys. `start` is its first byte, `numberAt` where
   * its number begins, `end` its end (RFC 9001 5.3 and 5.4).
   */
  open(bytes: Buffer, start: number, numberAt: number, end: number): Buffer | null {
    const sampleAt = numberAt + 4;
    if (sampleAt + SAMPLE_BYTES > end) return null;
    const mask = this.mask(bytes.subarray(sampleAt, sampleAt + SAMPLE_BYTES));
    const first = (bytes[start] as number) ^ ((mask[0] as number) & 0x0f);
    const numberBytes = (first & 3) + 1;
    const contentAt = numberAt + numberBytes;
    if (contentAt + TAG_BYTES > end) return null;
    const header = Buffer.from(bytes.subarray(start, contentAt));
    header[0] = first;
    const nonce = Buffer.from(this.iv);
    for (let index = 0; index < numberBytes; index += 1) {
      const byte = (bytes[numberAt + index] as number) ^ (mask[index + 1] as number);
      header[numberAt - start + index] = byte;
      // Few Initial packets are ever sent, so the bytes that are left out of the number are zero.
      const place = nonce.length - numberBytes + index;
      nonce[place] = (nonce[place] as number) ^ byte;
    }
    const decipher = createDecipheriv('aes-128-gcm', this.key, nonce);
    decipher.setAAD(header);
    decipher.setAuthTag(bytes.subarray(end - TAG_BYTES, end));
    const content = decipher.update(bytes.subarray(contentAt, end - TAG_BYTES));
    try {
      decipher.final();
      return content;
    } catch {
      // Not authentic: other keys, or damage.
      return null;
    }
  }

  /** Mask of the header from a sample of the protected content (RFC 9001 5.4.3). */
  mask(sample: Uint8Array): Buffer {
    const cipher = createCipheriv('aes-128-ecb', this.headerKey, null);
    return cipher.update(sample);
  }
}

/** HKDF-Expand-Label (RFC 8446 7.1) for up to 32 bytes, which one block of SHA-256 gives. */
function expandLabel(secret: Buffer, label: string, lengthBytes: number): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.concat([Buffer.of(0, lengthBytes, name.length), Buffer.from(name), Buffer.of(0, 1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, lengthBytes);
}
