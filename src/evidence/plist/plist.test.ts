import { describe, expect, it } from 'vitest';
import { writeBinaryPlist } from '../../../fixtures/binary-plist.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { memoryEvidence } from '../testing/memory-source.js';
import {
  asArray,
  asBytes,
  asDate,
  asDictionary,
  asFlag,
  asInteger,
  asText,
  isUid,
  type PlistLimits,
  PlistUid,
  parsePlist,
  readPlist,
} from './plist.js';

describe('reading property lists of the evidence', () => {
  it('reads binary and XML alike', async () => {
    const xml = '<plist version="1.0"><dict><key>a</key><integer>1</integer></dict></plist>';

    expect(await readPlist(await memoryEvidence('a.plist', writeBinaryPlist({ a: 1 })))).toEqual({ a: 1 });
    expect(await readPlist(await memoryEvidence('a.plist', xml))).toEqual({ a: 1 });
  });

  it('names the file and the place in it when reading cannot go on', async () => {
    const broken = writeBinaryPlist(['a', 'b']);
    broken.writeUInt8(0x70, 11);

    expect(await failure(broken)).toMatchObject({
      code: 'damaged',
      source: { evidence: 'e1', path: 'Library/a.plist', locator: 'byte 11' },
    });
    expect(await failure('<plist>\n<dict>\n<true/></dict></plist>')).toMatchObject({
      code: 'damaged',
      source: { evidence: 'e1', path: 'Library/a.plist', locator: 'line 3' },
    });
    expect(await failure('')).toMatchObject({ code: 'empty' });
    expect(await failure('{ a = 1; }')).toMatchObject({ code: 'wrong-format' });
    expect(await failure(writeBinaryPlist([1, 2]), { maxBytes: 10 })).toMatchObject({ code: 'limit-bytes' });
    expect(await failure(writeBinaryPlist([[1]]), { maxDepth: 1 })).toMatchObject({ code: 'limit-depth' });
    expect(await failure(writeBinaryPlist([1, 2]), { maxObjects: 1 })).toMatchObject({ code: 'limit-count' });
  });
});

describe('taking values out of property lists', () => {
  const value = asDictionary(
    parsePlist(
      writeBinaryPlist({
        list: [1],
        text: 'x',
        whole: 5,
        half: 0.5,
        huge: 2n ** 60n,
        yes: true,
        one: 1,
        date: new Date('2019-08-29T23:13:30.539Z'),
        zero: new Date(0),
        bytes: new Uint8Array([1]),
      }),
    ),
  );

  it('gives what is there in the form asked for', () => {
    expect(asDictionary(value)).toBe(value);
    expect(asArray(value?.list)).toEqual([1]);
    expect(asText(value?.text)).toBe('x');
    expect(asInteger(value?.whole)).toBe(5);
    expect(asFlag(value?.yes)).toBe(true);
    expect(asFlag(value?.one)).toBe(true);
    expect(asDate(value?.date)).toBe('2019-08-29T23:13:30.539000Z');
    expect(asBytes(value?.bytes)).toEqual(new Uint8Array([1]));
    expect(isUid(new PlistUid(3))).toBe(true);
  });

  it('gives null for what is absent or of another type', () => {
    const converters = [asDictionary, asArray, asText, asInteger, asFlag, asDate, asBytes];
    for (const convert of converters) {
      expect(convert(undefined)).toBeNull();
      expect(convert(null)).toBeNull();
      expect(convert(value?.half)).toBeNull();
      expect(convert(value?.huge)).toBeNull();
      expect(convert(new PlistUid(1))).toBeNull();
      expect(convert(value?.zero)).toBeNull();
    }
    expect(asDictionary(value?.list)).toBeNull();
    expect(asDate(1_567_120_410)).toBeNull();
    expect(isUid(1)).toBe(false);
  });
});

async function failure(
  content: Uint8Array | string,
  limits: Partial<PlistLimits> = {},
): Promise<EvidenceError> {
  try {
    await readPlist(await memoryEvidence('Library/a.plist', content), limits);
  } catch (error) {
    if (error instanceof EvidenceError) return error;
    throw error;
  }
  throw new Error('was read');
}
