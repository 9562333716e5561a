import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bzip2File } from '../../../fixtures/bzip2-file.js';
import { Bzip2Error } from './block.js';
import { unpackBzip2 } from './bzip2.js';

/** {@link words} packed by bzip2 1.0.8. */
const WORDS =
  'QlpoOTFBWSZTWZa0YDwAAXWfgEABf+ACgAQAP0/cwEACsFOdxqNDU2kaGjQpPRNAANT00FPU00p5JNpDI9QJNUk9Q9Jo0AyGgCJQRTyaZTyj1AZMnofz0AQfIbx00B4BO05CG8aW0l0xwtdJczOXJyKXV1bs1XqHPDCC/CqQSIaEznzqYMGA/LZfzvK5tIkAkVeHZ4iDqbml4oFYpQJPxVyPldq7LcLnd4VRmZmBD6SUE9EMesqRmGpjlbywqZUQ5uK8PMwklQSGepg6mqlmqlhUCKPOlWYIoKJslQzWSii2o5TB9PK5xs8iWg81V8bPZDyzEV3tq52f37u+4Uum3cahxwxfDYNGo7zURzPC5iXayvbK4hsR4tbjts8RVoYwMDOMBYAGvONdiqizeF7U314rln77UtJvo89CgX5wKl70CsCsCspApQVKxHrhbG5ptTWuV1JEhI2pCqRS6l1k2YUq49rYXt9qa8dVbNN6CHQXzAZGs92aguQQl1AzwmFzdyL2R04m5gzxbKapeZ5XubZN1jPOyRFYGmPLPbdLLgKvAXYVom4I0GYvtXJxqmxakpCUocTikleFIdh28ojiiPyiNs9LJvv/Kph69PKoYgjbC26M/eoKdcy3Tp4rKabr4lKUglkzmtSl9QF6qh+vVASB6TaCUgnWJaBdrnPwEeyqWVDjihtNGKAxVOVQ4FHJRTsimgo4Kp3VDUEfCKeARoeSSRiSQJFRiiCIqoMVERGIxEiowhGVFGgI0VD/F3JFOFCQlrRgPA==';
/** By bzip2 1.0.8 with -1: three blocks. */
const LINES =
  'QlpoMTFBWSZTWYsSbxIAdSrZgAAQQAB/ACMngCAwANtEU0yMTExBNVUYAEyBSqhpo09Q0/VMiBLSQJe4gS0KlbqEaVCNahG1QjeoRwKlaSBLmIEvyQJZECWJAlxzECW8QJYkCWRAl1iBLxEBP5igrJMprMbjfoSAFlFswAAIIAA/gBGTwBAYAG2iKaZGJiYgmqqMACZApVEAeUPKbiBLEQJZSBLxgVK0qEa1COcahG9QjioSyKlZiBL8kCWogS2kCW4gS1ECXZIEtxAliIEuUgS7xBJ/MUFZJlNZNk/t2wBAylmAABBAAH8AIyeAIDAAsBTTIxMTEE1VJo0HqGn6oU0yMTExMhFLSIpe0RS0gXCBd0C8IF5gL0gWkC20iKXKIpfkRSxEUsRFLlEUuyIpYiKWCFW+0QLdEUuIRS/i7kinChIAMXVwQA==';
/** 300,000,000 zeros by bzip2 1.0.8. */
const ZEROS =
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWXcjn6wAvHRAIMAAEAAACCAAMMwJqmmqQqC2pSFQXi7kinChIQEEDIg=';

describe('unpacking bzip2', () => {
  it.each([
    ['text', WORDS, words(400)],
    ['several blocks', LINES, Array.from({ length: 16_000 }, (_, n) => `line ${n % 7} of many\n`).join('')],
    ['nothing', 'QlpoORdyRThQkAAAAAA=', ''],
  ])('gives back %s', async (_name, packed, content) => {
    const bytes = Buffer.from(packed, 'base64');
    expect(await unpacked(bytes)).toEqual({ text: content, code: null });
    expect(await unpacked(bytes, 1)).toEqual({ text: content, code: null });
  });

  it('gives back any content, in blocks of any size', async () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc
        .array(fc.tuple(fc.nat(3), fc.nat(600)), { maxLength: 8 })
        .map((runs) => Uint8Array.from(runs.flatMap(([byte, times]) => Array<number>(times).fill(byte)))),
    );
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 1, max: 700 }), async (bytes, blockBytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        expect(await unpacked(bzip2File(bytes, { blockBytes }))).toEqual({ text, code: null });
      }),
      { numRuns: 60 },
    );
  });

  it('reads stream after stream, empty ones too', async () => {
    const file = Buffer.concat([
      bzip2File('one, '),
      bzip2File(''),
      bzip2File('two', { blockBytes: 2, level: 1 }),
    ]);
    expect(await unpacked(file)).toEqual({ text: 'one, two', code: null });
    expect(await unpacked(file, 3)).toEqual({ text: 'one, two', code: null });
  });

  it('tells of a cut anywhere, and gives the blocks before it', async () => {
    const first = bzip2File('first ', { blockBytes: 3 });
    const file = Buffer.concat([first, Buffer.from(WORDS, 'base64')]);
    for (let length = 0; length < file.byteLength; length += 1) {
      const { text, code } = await unpacked(file.subarray(0, length));
      if (length === first.byteLength) expect([text, code]).toEqual(['first ', null]);
      else expect(code).toBe('damaged');
      if (length > first.byteLength) expect(text.startsWith('first ')).toBe(true);
    }
  });

  it('tells of content that does not fit its checksums', async () => {
    expect(await unpacked(bzip2File('abc', { wrongBlock: 1 }))).toEqual({ text: 'abc', code: 'damaged' });
    expect(await unpacked(bzip2File('abc', { wrongStream: 1 }))).toEqual({ text: 'abc', code: 'damaged' });
    const wrong = Buffer.from(WORDS, 'base64');
    wrong[wrong.byteLength - 1] = (wrong.at(-1) as number) ^ 0xf0;
    expect(await unpacked(wrong)).toEqual({ text: words(400), code: 'damaged' });
  });

  it('tells of bytes behind the last stream', async () => {
    const file = Buffer.concat([bzip2File('a'), Buffer.from('junk')]);
    expect(await unpacked(file)).toEqual({ text: 'a', code: 'damaged' });
  });

  it('refuses blocks that were shuffled, as before 1999, and what only begins alike', async () => {
    expect((await unpacked(bzip2File('abc', { shuffled: true }))).code).toBe('not-supported');
    expect((await unpacked(Buffer.from('BZ0abcdefghij'))).code).toBe('not-supported');
    expect((await unpacked(Buffer.from('BZh5 is what it says'))).code).toBe('damaged');
  });

  it('refuses a block with more content than its level allows', async () => {
    const start = performance.now();
    for (const times of [100_001, 900_000, 2 ** 52]) {
      expect(await unpacked(ofOneByte(times))).toEqual({ text: '', code: 'damaged' });
    }
    // What fits is read, and held against the checksum, which is wrong.
    expect((await unpacked(ofOneByte(5))).text).toBe('\0\0\0\0');
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('says how much of the input was used, block by block', async () => {
    const file = Buffer.from(ZEROS, 'base64');
    const told: number[] = [];
    let bytes = 0;
    for await (const chunk of unpackBzip2(chunksOf(file, 7), (used) => told.push(used))) {
      expect(chunk.byteLength).toBeLessThanOrEqual(65_536);
      bytes += chunk.byteLength;
      if (told.length > 1) break;
    }
    expect(told).toEqual([36, 68]);
    expect(bytes).toBeGreaterThan(45_000_000);
  });

  it('takes any bytes behind a header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, hasMark) => {
        const mark = hasMark ? Buffer.from('314159265359', 'hex') : Buffer.alloc(0);
        const { code } = await unpacked(Buffer.concat([Buffer.from('BZh9'), mark, bytes]));
        expect(['damaged', 'not-supported', null]).toContain(code);
      }),
      { numRuns: 500 },
    );
  });

  it('takes a file with any bytes changed', async () => {
    const whole = Buffer.from(WORDS, 'base64');
    const change = fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const file = Buffer.from(whole);
        for (const [at, byte] of changes) file[at] = byte;
        const { text, code } = await unpacked(file);
        if (code === null) expect(text).toBe(words(400));
      }),
      { numRuns: 500 },
    );
  });
});

/** A block that says of one byte that it comes so many times, in a stream of the lowest level. */
function ofOneByte(times: number): Buffer {
  const bits: number[] = [];
  const add = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push(Math.floor(value / 2 ** bit) % 2);
  };
  for (const [value, count] of [
    [0x425a68, 24],
    [0x31, 8],
    [0x314159, 24],
    [0x265359, 24],
    [0, 32],
    [0, 1],
    [0, 24],
    [0x8000, 16],
    [0x8000, 16],
    [2, 3],
    [1, 15],
    [0, 1],
  ] as const) {
    add(value, count);
  }
  // Two tables of three codes, two bits each.
  for (let table = 0; table < 2; table += 1) add(2 << 3, 8);
  for (let run = times; run > 0; run = Math.floor((run - 1) / 2)) add(run % 2 === 1 ? 0 : 1, 2);
  add(2, 2);
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries()) {
    bytes[index >> 3] = (bytes[index >> 3] as number) | (bit << (7 - (index & 7)));
  }
  return bytes;
}

async function unpacked(
  file: Uint8Array,
  chunkBytes = 65_536,
): Promise<{ text: string; code: string | null }> {
  const parts: Uint8Array[] = [];
  let code: string | null = null;
  try {
    for await (const chunk of unpackBzip2(chunksOf(file, chunkBytes))) parts.push(chunk);
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
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
