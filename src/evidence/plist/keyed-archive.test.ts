import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedArchive, Uid, writeBinaryPlist } from '../../../fixtures/binary-plist.js';
import { unarchive } from './keyed-archive.js';
import { parsePlist } from './plist.js';
import { PlistError, type PlistLimits, PlistUid, type PlistValue } from './value.js';

describe('keyed archives', () => {
  it('reads the description of a file as phone backups hold it', () => {
    const digest = new Uint8Array(20).fill(7);
    const key = new Uint8Array(44).fill(9);
    const archive = keyedArchive({
      $class: 'MBFile',
      LastModified: 1_567_120_410,
      Mode: 0o100644,
      RelativePath: 'Library/SMS/sms.db',
      EncryptionKey: { $class: 'NSMutableData', 'NS.data': key },
      Digest: digest,
      Target: null,
    });

    expect(unarchive(parsePlist(archive))).toEqual({
      $class: 'MBFile',
      LastModified: 1_567_120_410,
      Mode: 33_188,
      RelativePath: 'Library/SMS/sms.db',
      EncryptionKey: key,
      Digest: digest,
      Target: null,
    });
  });

  it.each<[string, unknown, PlistValue]>([
    ['a dictionary', { a: 1, b: 'two' }, { a: 1, b: 'two' }],
    ['a dictionary with numbers for keys', new Map([[1, 'one']]), { 1: 'one' }],
    ['a list inside a list', [[1], 'x'], [[1], 'x']],
    ['a set', new Set(['x']), ['x']],
    ['a date', new Date('2019-08-29T23:13:30.539Z'), new Date('2019-08-29T23:13:30.539Z')],
    ['bytes', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ['nothing', null, null],
    ['NSNull', { $class: 'NSNull' }, null],
    ['a mutable text', { $class: 'NSMutableString', 'NS.string': 'ñ' }, 'ñ'],
    ['a text kept as bytes', { $class: 'NSString', 'NS.bytes': new Uint8Array([0xc3, 0xb1]) }, 'ñ'],
    [
      'an address',
      { $class: 'NSURL', 'NS.base': null, 'NS.relative': 'https://Example.org/A' },
      'https://Example.org/A',
    ],
    [
      'an address below another',
      {
        $class: 'NSURL',
        'NS.base': { $class: 'NSURL', 'NS.base': null, 'NS.relative': 'https://example.org/a/b' },
        'NS.relative': '../c?d',
      },
      'https://example.org/c?d',
    ],
    [
      'a UUID',
      { $class: 'NSUUID', 'NS.uuidbytes': Uint8Array.from({ length: 16 }, (_, index) => index * 16 + 10) },
      '0A1A2A3A-4A5A-6A7A-8A9A-AABACADAEAFA',
    ],
    [
      'an object of another class',
      { $class: 'NSAttributedString', NSString: 'hi', NSAttributes: { a: true } },
      { $class: 'NSAttributedString', NSString: 'hi', NSAttributes: { a: true } },
    ],
    ['a class named like a prototype', { $class: '__proto__', a: 1 }, { $class: '__proto__', a: 1 }],
    ['a list without its items', { $class: 'NSArray', a: 1 }, { $class: 'NSArray', a: 1 }],
    ['a UUID of the wrong length', badUuid(), { ...badUuid() }],
  ])('reads %s', (_, root, value) => {
    expect(unarchive(parsePlist(keyedArchive(root)))).toEqual(value);
  });

  it('takes a subclass for its parent only when it has no fields of its own', () => {
    const subclass = (fields: Record<string, unknown>): Uint8Array =>
      archiveOf([
        '$null',
        { $class: new Uid(2), 'NS.objects': [new Uid(3)], ...fields },
        { $classname: 'MyList', $classes: ['MyList', 'NSArray', 'NSObject'] },
        'item',
      ]);

    expect(unarchive(parsePlist(subclass({})))).toEqual(['item']);
    expect(unarchive(parsePlist(subclass({ more: 1 })))).toEqual({
      $class: 'MyList',
      'NS.objects': ['item'],
      more: 1,
    });
  });

  it('shows a dictionary whose keys are objects as two lists', () => {
    const archive = keyedArchive(new Map([[{ $class: 'Place', x: 1 }, 'here']]));

    expect(unarchive(parsePlist(archive))).toEqual({
      $class: 'NSDictionary',
      'NS.keys': [{ $class: 'Place', x: 1 }],
      'NS.objects': ['here'],
    });
  });

  it('follows the only root whatever its name, and gives all when there are several', () => {
    const objects = ['$null', 'one', 'two'];

    expect(unarchive(parsePlist(archiveOf(objects, { other: new Uid(2) })))).toBe('two');
    expect(unarchive(parsePlist(archiveOf(objects, { a: new Uid(1), b: new Uid(2) })))).toEqual({
      a: 'one',
      b: 'two',
    });
    expect(unarchive(parsePlist(archiveOf(objects, { a: new Uid(1), root: new Uid(2) })))).toBe('two');
  });

  it('reads an archive in XML', () => {
    const uid = (value: number): string => `<dict><key>CF$UID</key><integer>${value}</integer></dict>`;
    const xml = `<plist version="1.0"><dict><key>$archiver</key><string>NSKeyedArchiver</string>
      <key>$top</key><dict><key>root</key>${uid(1)}</dict><key>$objects</key>
      <array><string>$null</string><string>hello</string></array></dict></plist>`;

    expect(unarchive(parsePlist(Buffer.from(xml)))).toBe('hello');
  });

  it.each<[string, PlistValue]>([
    ['null', null],
    ['a text', 'NSKeyedArchiver'],
    ['a plain dictionary', parsePlist(writeBinaryPlist({ a: 1 }))],
    ['an archive without objects', parsePlist(writeBinaryPlist({ $top: { root: new Uid(1) } }))],
    ['an archive without a root', parsePlist(writeBinaryPlist({ $objects: ['$null'] }))],
  ])('says wrong-format for %s', (_, value) => {
    expect(() => unarchive(value)).toThrow(expect.objectContaining({ code: 'wrong-format' }));
  });
});

describe('hostile keyed archives', () => {
  it('marks the place where an object contains itself', () => {
    const person: Record<string, unknown> = { $class: 'Person', name: 'Ana' };
    person.friends = [person];

    expect(unarchive(parsePlist(keyedArchive(person)))).toEqual({
      $class: 'Person',
      name: 'Ana',
      friends: [{ $cycle: true }],
    });
  });

  it('leaves pointers to nothing and pointers to pointers as they are', () => {
    const archive = archiveOf(['$null', [new Uid(99), new Uid(2), new Uid(0)], new Uid(2)]);

    expect(unarchive(parsePlist(archive))).toEqual([new PlistUid(99), new PlistUid(2), null]);
  });

  it('resolves a graph of 2^30 paths at once, by pointers or by shared objects', () => {
    let root: unknown = 'leaf';
    for (let level = 0; level < 30; level += 1) root = [root, root];
    for (const archive of [keyedArchive(root), archiveOf(['$null', root])]) {
      const started = performance.now();
      const value = unarchive(parsePlist(archive)) as readonly PlistValue[];
      expect(performance.now() - started).toBeLessThan(100);
      expect(value[0]).toBe(value[1]);
    }
  });

  it('stops at the limit of depth', () => {
    expect(codeOf(keyedArchive(nested(512)))).toBeNull();
    expect(codeOf(keyedArchive(nested(513)))).toBe('limit-depth');
    expect(codeOf(keyedArchive(nested(512, (core) => ({ a: core }))))).toBeNull();
    const inner = nested(8);
    expect(codeOf(keyedArchive([inner, nested(8, (core) => [core], inner)]), { maxDepth: 12 })).toBe(
      'limit-depth',
    );
  });

  it('stops at the limit of objects', () => {
    const archive = keyedArchive([[1], [2]]);
    // Three lists; the fields they are archived in are part of them.
    expect(codeOf(archive, { maxObjects: 3 })).toBeNull();
    expect(codeOf(archive, { maxObjects: 2 })).toBe('limit-count');
  });

  it('stops at the limit of container entries', () => {
    const archive = keyedArchive([1, 2, 3]);
    expect(codeOf(archive, { maxElements: 3 })).toBeNull();
    expect(codeOf(archive, { maxElements: 2 })).toBe('limit-count');
  });

  it('stops when many texts are made from the same bytes', () => {
    const bytes = new Uint8Array(1000).fill(0x61);
    const texts = Array.from({ length: 10 }, (_, index) => ({
      $class: 'NSString',
      'NS.bytes': bytes,
      index,
    }));
    expect(codeOf(keyedArchive(texts), { maxBytes: 10_000 })).toBeNull();
    expect(codeOf(keyedArchive(texts), { maxBytes: 9_999 })).toBe('limit-bytes');
  });

  it('gives a value or a typed error for any objects, within 100 ms', () => {
    const pointer = fc.integer({ min: 0, max: 12 }).map((value) => new Uid(value));
    const field = fc.constantFrom('$class', '$classname', 'NS.keys', 'NS.objects', 'NS.data', 'NS.base', 'x');
    const className = fc.constantFrom(
      'NSArray',
      'NSDictionary',
      'NSURL',
      'NSDate',
      'NSUUID',
      'NSString',
      'Other',
    );
    const part = fc.oneof(
      pointer,
      className,
      fc.integer(),
      fc.uint8Array({ maxLength: 20 }),
      fc.array(pointer),
    );
    const description = className.map((name) => ({ $classname: name, $classes: [name, 'NSObject'] }));
    const object = fc.oneof(part, description, fc.dictionary(field, part));
    fc.assert(
      fc.property(fc.array(object, { maxLength: 12 }), (objects) => {
        const archive = parsePlist(archiveOf(['$null', ...objects]));
        const timeOnce = (): number => {
          const started = performance.now();
          try {
            unarchive(archive);
          } catch (error) {
            expect(error).toBeInstanceOf(PlistError);
          }
          return performance.now() - started;
        };
        let milliseconds = timeOnce();
        // A busy machine may have paused the first run; slow reading is slow every time.
        if (milliseconds >= 100) milliseconds = Math.min(timeOnce(), timeOnce());
        expect(milliseconds).toBeLessThan(100);
      }),
      { numRuns: 2_000 },
    );
  });
});

function badUuid(): Record<string, PlistValue> {
  return { $class: 'NSUUID', 'NS.uuidbytes': new Uint8Array(3) };
}

function archiveOf(objects: unknown, top: unknown = { root: new Uid(1) }): Uint8Array {
  return writeBinaryPlist({ $archiver: 'NSKeyedArchiver', $version: 100_000, $top: top, $objects: objects });
}

function nested(depth: number, wrap = (core: unknown): unknown => [core], core: unknown = []): unknown {
  let value = core;
  for (let level = 1; level < depth; level += 1) value = wrap(value);
  return value;
}

function codeOf(archive: Uint8Array, limits: Partial<PlistLimits> = {}): string | null {
  const value = parsePlist(archive);
  try {
    unarchive(value, limits);
    return null;
  } catch (error) {
    if (error instanceof PlistError) return error.code;
    throw error;
  }
}
