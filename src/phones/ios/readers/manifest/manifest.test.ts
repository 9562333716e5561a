import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedArchive } from '../../../../../fixtures/binary-plist.js';
import { buildSqlite, type SqliteScript } from '../../../../../fixtures/sqlite-file.js';
import { readAll } from '../../../../core/testing/run.js';
import { fileIdOf } from '../../../../evidence/ios-backup/ios-backup.js';
import { changedBytes } from '../../../../evidence/testing/arbitraries.js';
import { readInMemory } from '../../../../evidence/testing/read-in-memory.js';
import { type FileEntry, fileEntry } from '../../../../records/kinds/file-entry.js';
import { hasSample, sampleBackup } from '../../testing/sample-backup.js';
import { fileOf, smallBackup } from '../../testing/small-backup.js';
import { reader } from './manifest.js';

const TABLE =
  'CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)';
const ROW = 'INSERT INTO Files VALUES (?, ?, ?, ?, ?)';
const DETAILS = keyedArchive({ $class: 'MBFile', Mode: 0o100600, Size: 9, LastModified: 1_700_000_000 });

const readManifest = (script: (db: SqliteScript) => void) =>
  readInMemory(reader, { 'Manifest.db': buildSqlite(script) });

describe('ios/manifest', () => {
  it('lists files, folders and links, and says which contents are in the backup', async () => {
    const backup = await smallBackup({
      directories: false,
      files: [
        { domain: 'HomeDomain', path: 'Library/SMS', content: null, entry: 'directory' },
        {
          domain: 'HomeDomain',
          path: 'Library/SMS/sms.db',
          content: 'twelve bytes',
          modified: new Date('2024-03-01T10:00:00Z'),
          born: new Date('2024-02-01T10:00:00Z'),
        },
        { domain: 'RootDomain', path: 'Library/link', content: null, entry: 'symlink', target: '/var/tmp' },
      ],
    });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Manifest.db'));

    expect(problems).toEqual([]);
    const fileId = fileIdOf('HomeDomain', 'Library/SMS/sms.db');
    expect(records[1]).toEqual({
      kind: 'file-entry',
      at: '2024-03-01T10:00:00.000000Z',
      source: { evidence: 'e1', path: 'Manifest.db', locator: `Files fileID ${fileId}` },
      domain: 'HomeDomain',
      path: 'Library/SMS/sms.db',
      devicePath: '/private/var/mobile/Library/SMS/sms.db',
      entryType: 'file',
      sizeBytes: 12,
      modifiedAt: '2024-03-01T10:00:00.000000Z',
      statusChangedAt: '2024-03-01T10:00:00.000000Z',
      bornAt: '2024-02-01T10:00:00.000000Z',
      mode: '100644',
      userId: 501,
      present: true,
      origins: [],
    });
    expect(records.map(({ entryType, present, userId }) => [entryType, present, userId])).toEqual([
      ['directory', false, 501],
      ['file', true, 501],
      ['symlink', false, 0],
    ]);
    await backup.close();
  });

  it('counts files that are listed only, as one note', async () => {
    const backup = await smallBackup({
      files: ['a', 'b', 'c'].map((path) => ({
        domain: 'HomeDomain',
        path,
        content: path === 'a' ? 'x' : null,
      })),
    });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Manifest.db'));

    expect(problems).toMatchObject([{ code: 'not-on-disk', effect: 'note', count: 2 }]);
    expect(records.filter((record) => record.present).map((record) => record.path)).toEqual(['a']);
    await backup.close();
  });

  it('reads the manifest of an encrypted backup like any other', async () => {
    const backup = await smallBackup({
      files: [{ domain: 'HomeDomain', path: 'a', content: 'secret' }],
      encrypted: { password: 'right' },
    });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Manifest.db'));

    expect(problems).toEqual([]);
    expect(records.at(-1)).toMatchObject({ path: 'a', present: true, sizeBytes: 6 });
    await backup.close();
  });

  it('names web origins kept in storage folders', async () => {
    const path = 'Library/WebKit/WebsiteData/LocalStorage/https_lure.example.org_0.localstorage';
    const { records } = await readManifest((db) => {
      db.run(TABLE);
      db.run(ROW, [fileIdOf('AppDomain-com.example', path), 'AppDomain-com.example', path, 1, DETAILS]);
    });

    expect(records).toMatchObject([{ origins: ['https://lure.example.org'] }]);
    expect(fileEntry.observables(records[0] as FileEntry)).toContainEqual({
      type: 'url',
      value: 'https://lure.example.org',
      act: 'contacted',
    });
  });

  it('says what is wrong with a row and keeps what it says', async () => {
    const { records, problems } = await readManifest((db) => {
      db.run(TABLE);
      db.run(ROW, [fileIdOf('HomeDomain', 'blob'), 'HomeDomain', 'blob', 1, Buffer.from('bplist00 cut')]);
      db.run(ROW, [fileIdOf('HomeDomain', 'null'), 'HomeDomain', 'null', 1, null]);
      db.run(ROW, ['../../../etc/passwd', 'HomeDomain', 'escape', 1, DETAILS]);
      db.run(ROW, ['0'.repeat(40), 'HomeDomain', 'renamed', 1, DETAILS]);
      db.run(ROW, [fileIdOf('HomeDomain', 'nameless'), 'HomeDomain', null, 1, DETAILS]);
      db.run(ROW, [fileIdOf('HomeDomain', 'good'), 'HomeDomain', 'good', 77, DETAILS]);
    });

    expect(problems.map(({ code, effect, source }) => [code, effect, source.locator])).toEqual([
      ['bad-file-details', 'lost', `Files fileID ${fileIdOf('HomeDomain', 'blob')}`],
      ['bad-file-details', 'lost', `Files fileID ${fileIdOf('HomeDomain', 'null')}`],
      ['bad-file-id', 'lost', 'Files ROWID 3'],
      ['file-id-mismatch', 'note', `Files fileID ${'0'.repeat(40)}`],
      ['bad-row', 'lost', `Files fileID ${fileIdOf('HomeDomain', 'nameless')}`],
      ['not-on-disk', 'note', 'Files'],
    ]);
    expect(
      records.map(({ path, entryType, sizeBytes, at }) => [path, entryType, sizeBytes, at !== null]),
    ).toEqual([
      ['blob', 'file', null, false],
      ['null', 'file', null, false],
      ['escape', 'file', 9, true],
      ['renamed', 'file', 9, true],
      ['good', 'file', 9, true],
    ]);
  });

  it('refuses a database without the table', async () => {
    await expect(readManifest((db) => db.run('CREATE TABLE Other (a)'))).rejects.toMatchObject({
      name: 'EvidenceError',
      code: 'wrong-format',
    });
  });

  it('survives rows of any types', async () => {
    const value = fc.oneof(
      fc.constantFrom('HomeDomain', 'Library/SMS/sms.db', 1, 2, 4, null),
      fc.string(),
      fc.uint8Array(),
      fc.integer(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value, value, value), { maxLength: 10 }), async (rows) => {
        await readManifest((db) => {
          db.run('CREATE TABLE Files (fileID, domain, relativePath, flags, file)');
          for (const row of rows) db.run(ROW, [...row, DETAILS]);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('survives details of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(changedBytes(DETAILS, 5), async (blob) => {
        const { records } = await readManifest((db) => {
          db.run(TABLE);
          db.run(ROW, [fileIdOf('HomeDomain', 'a'), 'HomeDomain', 'a', 1, blob]);
        });
        expect(records).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe.skipIf(!hasSample)('ios/manifest on the published sample (skipped without ../shared)', () => {
  it('gives 3721 entries, 5881 lines of time, and 1083 files not on disk', async () => {
    const backup = await sampleBackup();

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Manifest.db'));

    expect(records).toHaveLength(3721);
    expect(records.reduce((sum, record) => sum + fileEntry.timeline(record).length, 0)).toBe(5881);
    expect(problems).toMatchObject([{ code: 'not-on-disk', effect: 'note', count: 1083 }]);
    const count = (entryType: string): number =>
      records.filter((record) => record.entryType === entryType).length;
    expect([count('file'), count('directory'), count('symlink'), count('unknown')]).toEqual([
      1089, 2618, 14, 0,
    ]);
    expect(records.filter((record) => record.present)).toHaveLength(6);
    expect(new Set(records.map((record) => record.domain)).size).toBe(562);
    expect(records.filter((record) => record.path.endsWith('-wal'))).toHaveLength(4);
    expect(records.filter((record) => record.origins.length > 0)).toHaveLength(4);
    expect(
      records
        .filter((record) => record.path.endsWith('/com.apple.CoreBrightness.plist'))
        .map((record) => record.domain),
    ).toEqual(['HomeDomain']);
    await backup.close();
  });
});
