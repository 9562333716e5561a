import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderedSet, Real, Uid, writeBinaryPlist } from '../../../fixtures/binary-plist.js';
import { parsePlist } from './plist.js';
import { PlistError, type PlistLimits, PlistUid, type PlistValue } from './value.js';

describe('binary property lists', () => {
  it('reads bytes written by another program', () => {
    const bytes = Buffer.from(
      '62706c6973743030d10102546c697374af100f030405060708090a0b0c0d0e0f10110908100111012c12000111701300000100000000' +
        '0013ffffffffffffffff1400000000000000008000000000000000233ff800000000000051616100f14201023341c18c49cd000000' +
        '81012cd0080b1022232426292e3740515a5c5f626b6e0000000000000101000000000000001200000000000000000000000000000' +
        '06f',
      'hex',
    );

    expect(parsePlist(bytes)).toEqual({
      list: [
        true,
        false,
        1,
        300,
        70_000,
        2 ** 40,
        -1,
        2n ** 63n,
        1.5,
        'a',
        'ñ',
        new Uint8Array([1, 2]),
        new Date('2019-08-29T23:13:30Z'),
        new PlistUid(300),
        {},
      ],
    });
  });

  it.each<[string, unknown, PlistValue]>([
    ['null', null, null],
    ['the largest exact number', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['the first number that is not exact', 2n ** 53n, 2n ** 53n],
    ['2^62 + 1, which peers round', 2n ** 62n + 1n, 2n ** 62n + 1n],
    ['2^63 + 5, which peers read as 0', 2n ** 63n + 5n, 2n ** 63n + 5n],
    ['the smallest of eight bytes', -(2n ** 63n), -(2n ** 63n)],
    ['the smallest of sixteen bytes', -(2n ** 127n), -(2n ** 127n)],
    ['the largest of sixteen bytes', 2n ** 127n - 1n, 2n ** 127n - 1n],
    ['-1, in eight bytes', -1, -1],
    ['4,294,967,295, in four bytes without sign', 0xffff_ffff, 0xffff_ffff],
    ['a real of four bytes', new Real(0.5, 4), 0.5],
    ['a real that is whole', new Real(5), 5],
    ['a date before 1970', new Date('1969-07-20T20:17:40.500Z'), new Date('1969-07-20T20:17:40.500Z')],
    ['no bytes', new Uint8Array(0), new Uint8Array(0)],
    ['an emoji and half of one', '👁 \ud83d', '👁 \ud83d'],
    ['a long text', 'x'.repeat(70_000), 'x'.repeat(70_000)],
    ['a UID of four bytes', new Uid(0xffff_fffe), new PlistUid(0xffff_fffe)],
    ['a set', new Set(['a', 'b']), ['a', 'b']],
    ['an ordered set', new OrderedSet(['b', 'a']), ['b', 'a']],
  ])('reads %s', (_, written, read) => {
    expect(parsePlist(writeBinaryPlist(written))).toEqual(read);
  });

  it('reads every width of offsets and references', () => {
    const value = { a: [1, 'two', { three: 3 }], b: 'two' };
    for (let width = 1; width <= 8; width += 1)
      expect(
        parsePlist(writeBinaryPlist(value, { offsetSizeBytes: width, referenceSizeBytes: 9 - width })),
      ).toEqual(value);
  });

  it('gives dictionaries without a prototype, so that no key is special', () => {
    const value = parsePlist(writeBinaryPlist(new Map([['__proto__', { polluted: true }]])));

    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('names keys that are no text, and keeps both values when two keys are the same', () => {
    const odd = new Map<unknown, unknown>([
      [1, 'number'],
      ['1', 'text'],
      [true, 'flag'],
      [new Date(0), 'date'],
      [new Uint8Array([0xab]), 'bytes'],
      [new Uid(7), 'uid'],
    ]);

    expect(parsePlist(writeBinaryPlist(odd))).toEqual({
      1: 'number',
      '1 (entry 2)': 'text',
      true: 'flag',
      '1970-01-01T00:00:00.000Z': 'date',
      ab: 'bytes',
      'UID 7': 'uid',
    });
    expect(codeOf(writeBinaryPlist(new Map([[[1], 2]])))).toBe('damaged');
  });

  it('does not multiply a long key that repeats', () => {
    const key = 'k'.repeat(1000);
    const bytes = writeBinaryPlist({ [key]: 1, other: 2 });
    bytes[bytes.indexOf(Buffer.from([0xd2, 1, 2])) + 2] = 1;

    expect(codeOf(bytes)).toBe('damaged');
  });

  it('gives a copy of bytes, not a window on the whole file', () => {
    const value = parsePlist(writeBinaryPlist(new Uint8Array([1, 2, 3])));

    expect((value as Uint8Array).buffer.byteLength).toBe(3);
  });

  it('reads values that start inside a larger buffer', () => {
    const bytes = writeBinaryPlist({ a: [1.5, 2n ** 64n, 'ñ'] });
    const padded = Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(5, 0xff)]);

    expect(parsePlist(padded.subarray(13, 13 + bytes.byteLength))).toEqual({ a: [1.5, 2n ** 64n, 'ñ'] });
  });
});

describe('hostile binary property lists', () => {
  it('reads a graph of 2^30 paths in 194 bytes at once, as shared objects', () => {
    const bytes = sharedGraph(30);
    expect(bytes.byteLength).toBe(194);

    const started = performance.now();
    const value = parsePlist(bytes) as readonly PlistValue[];
    expect(performance.now() - started).toBeLessThan(100);
    expect(value[0]).toBe(value[1]);
  });

  it('refuses an array that contains itself, and a longer circle', () => {
    const itself: unknown[] = [];
    itself.push(itself);
    expect(codeOf(writeBinaryPlist(itself))).toBe('damaged');

    const circle: Record<string, unknown> = {};
    circle.a = { b: [circle] };
    expect(codeOf(writeBinaryPlist(circle))).toBe('damaged');
  });

  it('stops at the limit of depth', () => {
    expect(parsePlist(writeBinaryPlist(nested(512)))).toBeInstanceOf(Array);
    expect(codeOf(writeBinaryPlist(nested(513)))).toBe('limit-depth');
    expect(codeOf(writeBinaryPlist(nested(100_000)))).toBe('limit-depth');
  });

  it('stops at the limit of depth also where shared objects hide it', () => {
    // Read first, near the root, none of the parts is deep; joined they are.
    const inner = nested(8);
    const outer = nested(8, inner);
    const bytes = writeBinaryPlist([inner, outer]);

    expect(parsePlist(bytes, { maxDepth: 17 })).toBeInstanceOf(Array);
    expect(codeOf(bytes, { maxDepth: 16 })).toBe('limit-depth');
  });

  it('stops at the limit of objects', () => {
    const bytes = writeBinaryPlist([1, 2, 3]);

    expect(parsePlist(bytes, { maxObjects: 4 })).toEqual([1, 2, 3]);
    expect(codeOf(bytes, { maxObjects: 3 })).toBe('limit-count');
  });

  it('stops at the limit of container entries, where a key and its value count as two', () => {
    const bytes = writeBinaryPlist([1, 1, { a: 1 }]);

    expect(parsePlist(bytes, { maxElements: 5 })).toEqual([1, 1, { a: 1 }]);
    expect(codeOf(bytes, { maxElements: 4 })).toBe('limit-count');
  });

  it('stops at the limit of bytes', () => {
    const bytes = writeBinaryPlist('abc');

    expect(parsePlist(bytes, { maxBytes: bytes.byteLength })).toBe('abc');
    expect(codeOf(bytes, { maxBytes: bytes.byteLength - 1 })).toBe('limit-bytes');
  });

  it('stops when many objects lie over the same bytes', () => {
    const texts = Array.from({ length: 200 }, (_, index) => `text ${index}`.padEnd(500, '.'));
    const bytes = writeBinaryPlist([...texts, 'x'.repeat(100_000)]);
    const { tableOffset, offsetSize, count } = trailerOf(bytes);
    const lastOffset = bytes.subarray(
      tableOffset + (count - 1) * offsetSize,
      tableOffset + count * offsetSize,
    );
    for (let index = 1; index < count; index += 1) bytes.set(lastOffset, tableOffset + index * offsetSize);

    expect(codeOf(bytes)).toBe('limit-bytes');
  });

  it.each<[string, (bytes: Buffer) => void]>([
    ['offsets of no bytes', (bytes) => bytes.writeUInt8(0, bytes.length - 26)],
    ['offsets of nine bytes', (bytes) => bytes.writeUInt8(9, bytes.length - 26)],
    ['references of no bytes', (bytes) => bytes.writeUInt8(0, bytes.length - 25)],
    [
      'more objects than the table has room for',
      (bytes) => bytes.fill(0xff, bytes.length - 24, bytes.length - 16),
    ],
    ['no objects', (bytes) => bytes.fill(0, bytes.length - 24, bytes.length - 16)],
    ['a root that is no object', (bytes) => bytes.writeUInt8(9, bytes.length - 9)],
    ['a table outside the file', (bytes) => bytes.fill(0x7f, bytes.length - 8)],
    ['a table before the objects', (bytes) => bytes.fill(0, bytes.length - 8)],
    ['an offset into the header', (bytes) => bytes.writeUInt8(0, bytes.length - 32 - 3)],
    ['a reference to no object', (bytes) => bytes.writeUInt8(200, 9)],
    ['a text longer than the file', (bytes) => bytes.writeUInt8(0x5e, 11)],
    ['an object of unknown type', (bytes) => bytes.writeUInt8(0x70, 11)],
    ['a container of unknown type', (bytes) => bytes.writeUInt8(0xe0, 11)],
    ['an integer of 32 bytes', (bytes) => bytes.writeUInt8(0x15, 11)],
    ['a real of two bytes', (bytes) => bytes.writeUInt8(0x21, 11)],
    ['a count that is no integer', (bytes) => bytes.writeUInt8(0x5f, 11)],
    ['a UID that runs out of the file', (bytes) => bytes.writeUInt8(0x8f, 11)],
  ])('says damaged for %s', (_, damage) => {
    const bytes = writeBinaryPlist(['a', 'b']);
    damage(bytes);

    expect(codeOf(bytes)).toBe('damaged');
  });

  it('says damaged for a file cut anywhere', () => {
    const bytes = writeBinaryPlist({ a: [1, 2, 3], b: 'text' });
    for (let length = 8; length < bytes.byteLength; length += 1)
      expect(codeOf(bytes.subarray(0, length))).toBe('damaged');
  });

  it('names the byte where reading stopped', () => {
    const bytes = writeBinaryPlist(['a', 'b']);
    bytes.writeUInt8(0x70, 11);

    expect(() => parsePlist(bytes)).toThrow(expect.objectContaining({ code: 'damaged', offset: 11 }));
  });
});

describe('any binary property list', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parsePlist(writeBinaryPlist(value))).toEqual(asRead(value));
      }),
      { numRuns: 500 },
    );
  });

  it('reads back deep values that are within the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 511 }), fc.integer(), (depth, leaf) => {
        expect(parsePlist(writeBinaryPlist(nested(depth, [leaf])))).toEqual(nested(depth, [leaf]));
      }),
      { numRuns: 30 },
    );
  });

  it('gives a value or a typed error for any bytes, within 100 ms', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), (noise, withHeader) => {
        const bytes = withHeader ? Buffer.concat([Buffer.from('bplist00'), noise]) : noise;
        expectValueOrError(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives a value or a typed error for any change of a valid file, within 100 ms', () => {
    fc.assert(
      fc.property(
        anyValue,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
        (value, changes) => {
          const bytes = writeBinaryPlist([value, value, { again: value }]);
          for (const [place, byte] of changes) bytes[8 + (place % (bytes.byteLength - 8))] = byte;
          expectValueOrError(bytes);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

const anyScalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc.uint8Array(),
  fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
  fc.integer({ min: 0, max: 0xffff_ffff }).map((value) => new Uid(value)),
);
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyScalar,
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ),
}));

/** What the reader gives for a written value: small bigints as numbers, UIDs in its own class. */
function asRead(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Uid) return new PlistUid(value.value);
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asRead(item)]));
}

function expectValueOrError(bytes: Uint8Array): void {
  let milliseconds = timeOf(bytes);
  // A busy machine may have paused the first run; slow reading is slow every time.
  if (milliseconds >= 100) milliseconds = Math.min(timeOf(bytes), timeOf(bytes));
  expect(milliseconds).toBeLessThan(100);
}

function timeOf(bytes: Uint8Array): number {
  const started = performance.now();
  try {
    parsePlist(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(PlistError);
  }
  return performance.now() - started;
}

function codeOf(bytes: Uint8Array, limits: Partial<PlistLimits> = {}): string | null {
  try {
    parsePlist(bytes, limits);
    return null;
  } catch (error) {
    if (error instanceof PlistError) return error.code;
    throw error;
  }
}

/** Arrays inside each other, `depth` of them; the innermost holds nothing or `core`. */
function nested(depth: number, core?: unknown): unknown {
  let value: unknown = core === undefined ? [] : [core];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

function sharedGraph(levels: number): Buffer {
  let value: unknown = 0;
  for (let level = 0; level < levels; level += 1) value = [value, value];
  return writeBinaryPlist(value, { offsetSizeBytes: 2 });
}

function trailerOf(bytes: Buffer): { tableOffset: number; offsetSize: number; count: number } {
  const trailer = bytes.subarray(-32);
  return {
    tableOffset: Number(trailer.readBigUInt64BE(24)),
    offsetSize: trailer.readUInt8(6),
    count: Number(trailer.readBigUInt64BE(8)),
  };
}
