import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zstdFile, zstdFrame, zstdSkippable } from '../../../fixtures/zstd-file.js';
import { ContentChecksum } from './content-checksum.js';
import { ZstdError } from './entropy.js';
import { unpackZstd } from './zstd.js';

/** {@link words} packed by zstd 1.5.4 with -19. */
const WORDS = [
  'KLUv/WRSCTUUALbTMxeAK+wAZo5NkdhC6hmN5CIZrmSHO5EVDTMAKgAqACUd1zzUQ6UNHQtzgRwMRCnEjlavkEFxKA9Ug4Cg',
  'GqhwiqIajAShECpfjoQhlScAAQZAv2TzzB9U9FNuqUUv1mTPSfui2uZxVXfDrYm7Xoixzf86u2G7tF+ZR5TJeW0anTY8plvk',
  '2bON0dHfGKx+V6OXjHhs641a9Oyl/p9uXIR40iHlR5gTa5f2n44pgpAfZMM3qZaM5wa5IHemnWsd+qOfMZLW2K+HcOqyxOQz',
  '8cdCNoDNqDGaVCnJsr8BIIQQg5iVeRFABCCBJBElJZEoyXJrk19OAJOA0g2q2P1FW4fcv0aDQL3QjR28XCpYUqpOc5PvU9Io',
  '0rolCv4tOgmWNe0BobRDJiRSWLCq2gS6afzHPYqJocxEAjToqVwZvyzqD7EziWBq+GPW/8E6VE6PCgEb0lM12v3BicNdTEhu',
  'RCVmQ5AtKSbWmQVdswUtwffYL6E0VT9FyfHGVGIV1FFzt5art1XnuwdLKT/BPae8wGlqndFNyp9wtQDQ/a76ggG7jGeKxJ+a',
  'oNbJOTlW9r77dzJ5VIgeZsG3NrQZ1De4HYOs8QycJ0puIFpiFLHneptuav6UZQg3O3V433pbIQwN4C7IohvKRYDMwekfZpwq',
  '9x83/JjaK7Ix/TQvM4u+80jaL0ICz5iUu8D/YJTqCtJzUD4TDmWbYKFzZqT37Coka85tsP9vhzyZGdYCGcLoz+tcowyPpjX5',
  '4WNAz6eNAqm3FWHTZ61rqy8Px6req1OyiZQ28k3DoBHuG6LGQvxkZ6HtpWFZ1M5XDsaas0qEBEyCQf8jmF7ycDW2MW4G2k4I',
  'ol6jaha6uAofKfgc',
].join('');

describe('unpacking Zstandard', () => {
  it.each([
    // By zstd 1.5.4: -19, with four streams of Huffman code, tables of their own and a checksum.
    ['text', WORDS, words(400)],
    // -3 --long=27 --no-check: two blocks, tables of one symbol, copies that overlap themselves.
    [
      'long repetitions',
      'KLUv/QBAXAEAqGxpbmUgMCBvZiBtYW55CjEyMzQ1NggAlP9syAC0AzIDsgD5gMyAFESYdVUAAAABAH2p4/+5BgI=',
      Array.from({ length: 16_000 }, (_, n) => `line ${n % 7} of many\n`).join(''),
    ],
    ['nothing', 'KLUv/SQAAQAAmenYUQ==', ''],
  ])('gives back %s', async (_name, packed, content) => {
    const bytes = Buffer.from(packed, 'base64');
    expect(await unpacked(bytes)).toEqual({ text: content, code: null });
    expect(await unpacked(bytes, 1)).toEqual({ text: content, code: null });
  });

  it('reads frame after frame and passes over those to be skipped', async () => {
    const file = Buffer.concat([
      zstdSkippable('index', 15),
      zstdFile('one, '),
      zstdSkippable(''),
      zstdFrame([{ raw: '' }, { byte: 0x61, times: 3 }, { raw: '' }]),
    ]);
    expect(await unpacked(file)).toEqual({ text: 'one, aaa', code: null });
    expect(await unpacked(file, 3)).toEqual({ text: 'one, aaa', code: null });
  });

  it('tells of a cut anywhere, and gives what came before it', async () => {
    const file = Buffer.from(WORDS, 'base64');
    const two = Buffer.concat([zstdFile('first '), file]);
    for (let length = 0; length < two.byteLength; length += 1) {
      const { text, code } = await unpacked(two.subarray(0, length));
      const firstBytes = two.byteLength - file.byteLength;
      if (length === firstBytes) expect([text, code]).toEqual(['first ', null]);
      else expect(code).toBe('damaged');
      if (length > firstBytes) expect(text.startsWith('first ')).toBe(true);
    }
  });

  it('tells of content that does not fit its checksum or its stated length', async () => {
    const wrong = Buffer.from(WORDS, 'base64');
    wrong[wrong.byteLength - 1] = (wrong.at(-1) as number) ^ 1;
    expect(await unpacked(wrong)).toEqual({ text: words(400), code: 'damaged' });
    expect((await unpacked(zstdFile('a', { checksum: 1 }))).code).toBe('damaged');
    expect((await unpacked(zstdFile('a', { contentBytes: 2 }))).code).toBe('damaged');
    expect((await unpacked(zstdFile('a', { contentBytes: 1 }))).code).toBeNull();
  });

  it('tells of bytes behind the last frame', async () => {
    expect(await unpacked(Buffer.concat([zstdFile('a'), Buffer.from('junk')]))).toEqual({
      text: 'a',
      code: 'damaged',
    });
  });

  it('refuses what needs a dictionary, a window above 128 MiB, or is LZ4', async () => {
    expect((await unpacked(zstdFile('a', { dictionary: 7 }))).code).toBe('not-supported');
    expect((await unpacked(zstdFile('a', { window: (17 << 3) | 1 }))).code).toBe('not-supported');
    expect((await unpacked(zstdFile('a', { window: 31 << 3 }))).code).toBe('not-supported');
    expect((await unpacked(zstdFile('a', { window: 17 << 3 }))).code).toBeNull();
    expect((await unpacked(Buffer.from('04224d18', 'hex'))).code).toBe('not-supported');
  });

  it.each([
    ['a block of the reserved kind', zstdFrame([{ reserved: Buffer.from('abc') }])],
    ['a block longer than any may be', zstdFrame([{ byte: 1, times: 128 * 1024 + 1 }])],
    ['a block longer than the window', zstdFrame([{ byte: 1, times: 1025 }], { window: 0 })],
    ['an empty compressed block', zstdFrame([{ compressed: Buffer.alloc(0) }])],
    // No literals; 98,047 copies of 65,539 bytes each, from nowhere and of no bits.
    [
      'copies without end',
      zstdFrame([{ compressed: Buffer.from('00ffffff5400003401', 'hex') }, { raw: 'x' }]),
    ],
  ])('refuses %s at once', async (_name, file) => {
    const start = performance.now();
    expect((await unpacked(file)).code).toBe('damaged');
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('does not pay for a large window with every small block or frame', async () => {
    const window = 17 << 3;
    const blocks = Array.from({ length: 20_000 }, () => ({ byte: 0x61, times: 1 }));
    const frames = Array.from({ length: 2_000 }, () => zstdFile('b', { window }));
    const start = performance.now();
    expect((await unpacked(zstdFrame(blocks, { window }))).text.length).toBe(20_000);
    expect((await unpacked(Buffer.concat(frames))).text.length).toBe(2_000);
    // With 128 MiB moved or cleared each time it would be minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('gives its content in order when the window moves on', async () => {
    // Five times the window.
    const noise = Array.from({ length: 40 }, (_, n) => ({ raw: randomBytes(n, 128 * 1024) }));
    const file = zstdFrame(noise, { window: 10 << 3 });
    const { text, code } = await unpacked(file, 100_000);
    expect(code).toBeNull();
    expect(text).toBe(Buffer.concat(noise.map(({ raw }) => raw)).toString('latin1'));
  });

  it('gives a value or says why not, of any bytes, and soon', async () => {
    const good = Buffer.from(WORDS, 'base64');
    const changes = fc.array(
      fc.tuple(fc.nat({ max: good.byteLength - 1 }), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const copy = Buffer.from(good);
        for (const [place, value] of list) copy[place] = value;
        await unpacked(copy);
      }),
      { numRuns: 500 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (compressed) => {
        await unpacked(zstdFrame([{ raw: 'before' }, { compressed }]));
        await unpacked(Buffer.from(compressed));
      }),
      { numRuns: 500 },
    );
  });

  const compress = (zlib as { zstdCompressSync?: (bytes: Uint8Array) => Buffer }).zstdCompressSync;
  it.skipIf(!compress)('agrees with the compressor of Node (skipped before version 22.15)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 40 }), { maxLength: 400 }), async (parts) => {
        const content = Buffer.from(parts.join('').repeat(3));
        const packed = compress?.(content) ?? Buffer.alloc(0);
        expect(await unpacked(packed)).toEqual({ text: content.toString('latin1'), code: null });
      }),
    );
  });
});

describe('the checksum of content', () => {
  // The low halves of XXH64 (seed 0) as zstd 1.5.4 writes them behind these texts.
  it.each([
    ['', 0x51d8e999],
    ['a', 0xa98c6e5b],
    ['abc', 0xad770999],
  ])('of %j', (text, low) => {
    const checksum = new ContentChecksum();
    checksum.update(Buffer.from(text));
    expect(checksum.digest()).toBe(low);
  });

  it('is the same whatever the pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 70 }), (bytes, size) => {
        const whole = new ContentChecksum();
        whole.update(bytes);
        const pieces = new ContentChecksum();
        for (let at = 0; at < bytes.length; at += size) pieces.update(bytes.subarray(at, at + size));
        expect(pieces.digest()).toBe(whole.digest());
      }),
    );
  });
});

async function unpacked(
  file: Uint8Array,
  chunkBytes = 65_536,
): Promise<{ text: string; code: string | null }> {
  const parts: Uint8Array[] = [];
  let code: string | null = null;
  try {
    for await (const chunk of unpackZstd(chunksOf(file, chunkBytes))) parts.push(chunk);
  } catch (error) {
    if (!(error instanceof ZstdError)) throw error;
    code = error.code;
  }
  return { text: Buffer.concat(parts).toString('latin1'), code };
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

/** Words drawn by a generator that is the same everywhere. */
function words(count: number): string {
  let seed = 7;
  const drawn: string[] = [];
  for (let left = count; left > 0; left -= 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const choices = ['flow', 'packet', 'host', 'example', 'answer', `192.0.2.${(seed >> 8) & 255}`, 'GET'];
    drawn.push(choices[(seed >> 16) & 7] ?? (seed & 0xffff).toString(16));
  }
  return drawn.join(' ');
}

function randomBytes(first: number, length: number): Buffer {
  let seed = first + 1;
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    bytes[at] = seed & 255;
  }
  return bytes;
}
