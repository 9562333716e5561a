import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededBytes } from '../../../fixtures/ios-backup.js';
import { type DecryptedEnd, decryptStream } from './decrypt.js';

const KEY = seededBytes('key', 32);

describe('decrypting a file of a backup', () => {
  it('gives back any content, however the stream is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 20 }),
        async (content, sizes) => {
          const { clear, end } = await decrypt(encrypt(Buffer.from(content), true), 'pkcs7', sizes);
          expect(clear.equals(content)).toBe(true);
          expect(end).toEqual({ clearBytes: content.byteLength, padded: true, cutBytes: 0 });
        },
      ),
    );
  });

  it('keeps everything when the padding is not there', async () => {
    const content = seededBytes('content', 64);
    content[63] = 0;
    const { clear, end } = await decrypt(encrypt(content, false), 'pkcs7');

    expect(clear.equals(content)).toBe(true);
    expect(end).toEqual({ clearBytes: 64, padded: false, cutBytes: 0 });
  });

  it('keeps bytes that only look a little like padding', async () => {
    // The last byte says 3, the two before it do not.
    const content = Buffer.concat([seededBytes('content', 29), Buffer.from([3, 2, 3])]);

    expect((await decrypt(encrypt(content, false), 'pkcs7')).clear.equals(content)).toBe(true);
  });

  it('decrypts the whole blocks of a cut file and tells how much is left over', async () => {
    const content = seededBytes('content', 100);
    const { clear, end } = await decrypt(encrypt(content, true).subarray(0, 90), 'pkcs7');

    expect(clear.equals(content.subarray(0, 80))).toBe(true);
    expect(end).toEqual({ clearBytes: 80, padded: false, cutBytes: 10 });
  });

  it('takes nothing off a Manifest.db whose last bytes look like padding', async () => {
    const content = Buffer.alloc(1024, 1);

    expect((await decrypt(encrypt(content, false), 'sqlite')).clear.byteLength).toBe(1024);
    expect((await decrypt(encrypt(content, true), 'sqlite')).clear.byteLength).toBe(1024);
  });

  it('gives nothing for an empty file', async () => {
    expect(await decrypt(Buffer.alloc(0), 'pkcs7')).toEqual({
      clear: Buffer.alloc(0),
      end: { clearBytes: 0, padded: true, cutBytes: 0 },
    });
  });
});

function encrypt(content: Buffer, padded: boolean): Buffer {
  const cipher = createCipheriv('aes-256-cbc', KEY, Buffer.alloc(16)).setAutoPadding(padded);
  return Buffer.concat([cipher.update(content), cipher.final()]);
}

async function decrypt(
  stored: Buffer,
  padding: 'pkcs7' | 'sqlite',
  sizes: readonly number[] = [],
): Promise<{ clear: Buffer; end: DecryptedEnd | null }> {
  const parts: Uint8Array[] = [];
  const result: { end: DecryptedEnd | null } = { end: null };
  const ended = (end: DecryptedEnd): void => {
    result.end = end;
  };
  for await (const part of decryptStream(chunks(stored, sizes), KEY, padding, ended)) parts.push(part);
  return { clear: Buffer.concat(parts), end: result.end };
}

async function* chunks(stored: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let offset = 0;
  for (const size of sizes) {
    yield stored.subarray(offset, offset + size);
    offset += size;
  }
  if (offset < stored.byteLength) yield stored.subarray(offset);
}
