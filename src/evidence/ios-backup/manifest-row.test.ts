import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedArchive, writeBinaryPlist } from '../../../fixtures/binary-plist.js';
import { seededBytes } from '../../../fixtures/ios-backup.js';
import { PlistError } from '../plist/plist.js';
import { parseManifestRow, parseWholeRow } from './manifest-row.js';
import { pickMbFile } from './mbfile.js';

const KEY = seededBytes('key', 44);
const FILE = {
  $class: 'MBFile',
  LastModified: 1_709_640_000,
  Flags: 0,
  GroupID: 501,
  LastStatusChange: 1_709_640_001,
  RelativePath: 'Library/SMS/sms.db',
  Birth: 1_600_000_000,
  EncryptionKey: { $class: 'NSMutableData', 'NS.data': KEY },
  Size: 5_000_000_000,
  InodeNumber: 77_000,
  Mode: 0o100644,
  UserID: 501,
  ProtectionClass: 3,
  Digest: new Uint8Array(20),
};

describe('a row of the Manifest', () => {
  it('tells size, mode, times, owner and key', () => {
    const row = parseManifestRow(keyedArchive(FILE));

    expect(row).toEqual({
      sizeBytes: 5_000_000_000,
      mode: 33_188,
      modifiedAt: '2024-03-05T12:00:00.000000Z',
      statusChangedAt: '2024-03-05T12:00:01.000000Z',
      bornAt: '2020-09-13T12:26:40.000000Z',
      userId: 501,
      groupId: 501,
      inode: 77_000,
      protectionClass: 3,
      encryptionKey: row.encryptionKey,
      target: null,
    });
    expect(Buffer.from(row.encryptionKey ?? []).equals(KEY)).toBe(true);
  });

  it('tells where a link points to, also with accents', () => {
    const row = parseManifestRow(
      keyedArchive({ ...FILE, EncryptionKey: undefined, Target: '/var/mobile/Año' }),
    );

    expect(row).toMatchObject({ target: '/var/mobile/Año', encryptionKey: null });
  });

  it('takes dates and plain bytes, which other writers use', () => {
    const row = parseManifestRow(
      keyedArchive({ ...FILE, LastModified: new Date('2024-03-05T12:00:00Z'), EncryptionKey: KEY }),
    );

    expect(row.modifiedAt).toBe('2024-03-05T12:00:00.000000Z');
    expect(row.statusChangedAt).toBe('2024-03-05T12:00:01.000000Z');
    expect(Buffer.from(row.encryptionKey ?? []).equals(KEY)).toBe(true);
  });

  it('gives nulls for an archive of something else, and a typed error for no archive', () => {
    expect(parseManifestRow(writeBinaryPlist(['x']))).toMatchObject({ sizeBytes: null, encryptionKey: null });
    expect(() => parseManifestRow(Buffer.from('not a property list'))).toThrow(PlistError);
    expect(() => parseManifestRow(new Uint8Array())).toThrow(PlistError);
  });

  it('is read the quick way in the form iOS writes', () => {
    expect(pickMbFile(keyedArchive(FILE))).toMatchObject({ size: 5_000_000_000, mode: 33_188 });
  });

  it('never says something else the quick way than the general reader says', () => {
    const archives = [
      FILE,
      { ...FILE, Target: '/a/b', EncryptionKey: undefined },
      { ...FILE, EncryptionKey: KEY },
    ].map((file) => keyedArchive(file));
    fc.assert(
      fc.property(
        fc.constantFrom(...archives),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 4 }),
        (archive, changes) => {
          const bytes = Buffer.from(archive);
          for (const [at, value] of changes) bytes[at % bytes.byteLength] = value;
          const whole = orNull(() => parseWholeRow(bytes));
          // The quick way does not look at objects that do not matter here, so it may read a row whose rest is damaged.
          if (whole !== null) expect(comparable(parseManifestRow(bytes))).toEqual(comparable(whole));
          else orNull(() => parseManifestRow(bytes));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isPlist) => {
        orNull(() => parseManifestRow(isPlist ? Buffer.concat([Buffer.from('bplist00'), bytes]) : bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a hundred thousand rows in a few seconds', () => {
    const archive = keyedArchive(FILE);
    const start = performance.now();
    for (let index = 0; index < 100_000; index += 1) parseManifestRow(archive);

    // About half a second on an idle laptop; the bound only catches a loss of the quick way on a busy machine.
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});

function comparable(row: ReturnType<typeof parseManifestRow>): unknown {
  return { ...row, encryptionKey: row.encryptionKey && Buffer.from(row.encryptionKey).toString('hex') };
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(PlistError);
    return null;
  }
}
