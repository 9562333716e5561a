import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeBinaryPlist } from '../../../fixtures/binary-plist.js';
import {
  type BackupInput,
  backupInMemory,
  buildIosBackup,
  seededBytes,
} from '../../../fixtures/ios-backup.js';
import { buildSqlite } from '../../../fixtures/sqlite-file.js';
import type { EvidenceFile, EvidenceSource } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { openEvidence } from '../open-evidence.js';
import { asBytes, asDictionary, parsePlist } from '../plist/plist.js';
import { openSqlite } from '../sqlite/sqlite.js';
import { memorySource } from '../testing/memory-source.js';
import {
  asIosBackup,
  fileIdOf,
  type IosBackupOptions,
  type IosBackupSource,
  openIosBackup,
} from './ios-backup.js';
import { parseManifestRow } from './manifest-row.js';

const PASSWORD = 'contraseña';
const SMS = 'HomeDomain/Library/SMS/sms.db';
const DATABASE = buildSqlite((db) => {
  db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT)');
  db.run('INSERT INTO message (text) VALUES (?)', ['hola']);
});
const FILES: BackupInput['files'] = [
  { domain: 'HomeDomain', path: 'Library/SMS/sms.db', content: DATABASE },
  { domain: 'HomeDomain', path: 'Library/SMS/sms.db-wal', content: '' },
  { domain: 'HomeDomain', path: 'Library/Safari/History.db', content: seededBytes('history', 5000) },
  { domain: 'HomeDomain', path: 'Library/Safari/Profiles/A/History.db', content: 'profile' },
  { domain: 'AppDomain-org.example.app', path: 'Library/Safari/History.db', content: 'app' },
  { domain: 'HomeDomain', path: 'Library/Notes/.hidden (1) [x].txt', content: 'sixteen bytes ok' },
  { domain: 'RootDomain', path: 'Library/listed.plist', content: null, sizeInManifest: 10 },
  { domain: 'HomeDomain', path: 'Library/link', content: null, entry: 'symlink', target: '/var/x' },
];
const PLAIN: BackupInput = { files: FILES };
const ENCRYPTED: BackupInput = { files: FILES, encrypted: { password: PASSWORD } };

const opened: EvidenceSource[] = [];
afterEach(async () => {
  for (const source of opened.splice(0)) await source.close();
});

describe('a plain backup', () => {
  it('gives files by domain and path, with what is known about the backup', async () => {
    const { source } = await openBuilt(PLAIN);

    expect(source).toMatchObject({
      id: 'e1',
      kind: 'ios-backup',
      encrypted: false,
      locked: null,
      fixedPlaces: true,
    });
    expect(source.details).toEqual({
      encrypted: false,
      manifest: 'db',
      manifestPlist: true,
      isFullBackup: true,
      snapshotState: 'finished',
      listedFiles: 7,
      presentFiles: 6,
      productVersion: '16.7',
      productType: 'iPhone14,5',
      lastBackupAt: '2024-03-05T12:00:00.000000Z',
      wasPasscodeSet: true,
    });
    expect(await contentOf(source, SMS)).toEqual(DATABASE);
    expect(source.problems()).toEqual([]);
    expect(asIosBackup(source)).toBe(source);
  });

  it('finds by exact path, by glob, across domains and dot files, each file once', async () => {
    const { source } = await openBuilt(PLAIN);

    expect(await find(source, ['*/Library/Safari/History.db'])).toEqual([
      'AppDomain-org.example.app/Library/Safari/History.db',
      'HomeDomain/Library/Safari/History.db',
    ]);
    expect(await find(source, ['HomeDomain/Library/Safari/Profiles/*/History.db', SMS, SMS])).toEqual([
      SMS,
      'HomeDomain/Library/Safari/Profiles/A/History.db',
    ]);
    expect(
      await find(source, ['HomeDomain/Library/Safari/**', 'HomeDomain/Library/Safari/History.db']),
    ).toEqual(['HomeDomain/Library/Safari/History.db', 'HomeDomain/Library/Safari/Profiles/A/History.db']);
    expect(await find(source, ['**/.hidden*'])).toEqual(['HomeDomain/Library/Notes/.hidden (1) [x].txt']);
    expect(await find(source, ['**/*-{wal,shm}'])).toEqual([`${SMS}-wal`]);
    expect(await find(source, ['*.plist'])).toEqual(['Info.plist', 'Manifest.plist', 'Status.plist']);
    expect(await find(source, ['**/listed.plist', 'HomeDomain/Library/link', 'HomeDomain/Library'])).toEqual(
      [],
    );
  });

  it('gives the same for any glob as comparing every path with it', async () => {
    const { source } = await openBuilt(PLAIN);
    const all = await find(source, ['**/*']);
    const { default: picomatch } = await import('picomatch');
    const part = fc.constantFrom(
      '*',
      '**',
      'HomeDomain',
      'Home*',
      'AppDomain-*',
      'Library',
      'Lib*',
      'Safari',
      'S?S',
      '*.db',
      'sms*',
      '{SMS,Safari}',
      'History.db',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const glob = parts.join('/');
        const fits = picomatch(glob, { dot: true });
        expect((await find(source, [glob])).sort()).toEqual(all.filter((path) => fits(path)).sort());
      }),
      { numRuns: 300 },
    );
  });

  it('knows files whose names hold characters that mean something in globs', async () => {
    const { source } = await openBuilt(PLAIN);

    expect(await contentOf(source, 'HomeDomain/Library/Notes/.hidden (1) [x].txt')).toEqual(
      Buffer.from('sixteen bytes ok'),
    );
  });

  it('finds the write-ahead log of a database as a file of its own', async () => {
    const { source } = await openBuilt(PLAIN);

    expect((await source.file(`${SMS}-wal`))?.path).toBe(`${SMS}-wal`);
  });

  it('gives null for what is listed only, for folders, links and unknown names', async () => {
    const { source } = await openBuilt(PLAIN);

    for (const path of [
      'RootDomain/Library/listed.plist',
      'HomeDomain/Library',
      'HomeDomain/Library/link',
      'HomeDomain/',
      'x',
      'x/y',
      '',
      '/',
      '../../etc/passwd',
    ]) {
      expect(await source.file(path)).toBeNull();
    }
    expect(source.isPresent(fileIdOf('RootDomain', 'Library/listed.plist'))).toBe(false);
    expect(source.isPresent(fileIdOf('HomeDomain', 'Library/SMS/sms.db'))).toBe(true);
  });

  it('gives content that the Manifest does not list, and says so', async () => {
    const { source } = await openBuilt({ files: [{ domain: 'D', path: 'a', content: 'x', unlisted: true }] });

    expect(await contentOf(source, 'D/a')).toEqual(Buffer.from('x'));
    expect(source.problems()).toMatchObject([
      { code: 'not-in-manifest', effect: 'note', source: { path: 'D/a' } },
    ]);
  });

  it('lies in a folder or archive beside other things', async () => {
    const prefix = 'backups [old]/00008110-1/';
    const { contents } = backupInMemory(PLAIN, prefix);
    const inner = await memorySource({ ...contents, 'backups [old]/other/Info.plist': 'x' }, { kind: 'zip' });
    const source = await openIosBackup({ source: inner, prefix }, { id: 'e2' });
    opened.push(source, inner);

    expect(source.path).toBe('memory!/backups [old]/00008110-1');
    expect(await contentOf(source, SMS)).toEqual(DATABASE);
    expect(source.details).toMatchObject({ presentFiles: 6 });
  });

  it('counts sizes that differ from the Manifest and cuts nothing', async () => {
    const { source, built } = await openBuilt({ ...PLAIN, wrongSizes: true });
    await expectOriginals(source, built.files);

    expect(source.details).toMatchObject({ sizeMismatches: 6 });
    expect(source.problems()).toMatchObject([{ code: 'size-differs', effect: 'note', count: 6 }]);
  });

  it('is read as clear when it is a copy that somebody decrypted', async () => {
    const { source, built } = await openBuilt({
      files: FILES,
      encrypted: { password: PASSWORD, decryptedCopy: true },
    });

    expect(source).toMatchObject({ encrypted: false, locked: null });
    expect(source.details).toMatchObject({ encrypted: false, decryptedCopy: true });
    await expectOriginals(source, built.files);
  });
});

describe('an encrypted backup', () => {
  it('opens with the right password and gives every file as it was', async () => {
    const { source, built } = await openBuilt(ENCRYPTED, { password: async () => PASSWORD });

    expect(source).toMatchObject({ encrypted: true, locked: null });
    await expectOriginals(source, built.files);
    expect(await find(source, ['HomeDomain/Library/Safari/**'])).toHaveLength(2);
    expect(source.problems()).toEqual([]);
  });

  it('gives files with their original SHA-256 when every size in the Manifest is wrong', async () => {
    const { source, built } = await openBuilt(
      { ...ENCRYPTED, wrongSizes: true },
      { password: async () => PASSWORD },
    );

    await expectOriginals(source, built.files);
    expect(source.details).toMatchObject({ sizeMismatches: 6 });
  });

  it('opens with a key file instead', async () => {
    const folder = temporaryFolder();
    const { contents, keyHex } = backupInMemory(ENCRYPTED);
    const keyFile = join(folder, 'key.txt');
    writeFileSync(keyFile, `${keyHex}\n`);
    const source = await openMemory(contents, { keyFile });

    expect(source.locked).toBeNull();
    expect(await contentOf(source, SMS)).toEqual(DATABASE);

    writeFileSync(keyFile, 'no key');
    await expect(openMemory(contents, { keyFile })).rejects.toMatchObject({ code: 'wrong-format' });
    writeFileSync(keyFile, '0'.repeat(64));
    expect(await openMemory(contents, { keyFile })).toMatchObject({ locked: 'wrong-password' });
  });

  it('stays locked without a password, with its property lists readable', async () => {
    const { source } = await openBuilt(ENCRYPTED);

    expect(source).toMatchObject({ encrypted: true, locked: 'password-needed' });
    expect(source.details).toMatchObject({ encrypted: true, productVersion: '16.7', listedFiles: null });
    expect((await contentOf(source, 'Info.plist')).toString()).toContain('Product Version');
    await expect(contentOf(source, 'Manifest.db')).rejects.toMatchObject({ code: 'password-needed' });
    await expect(contentOf(source, SMS)).rejects.toMatchObject({
      code: 'password-needed',
      source: { evidence: 'e1', path: SMS },
    });
    expect(source.problems()).toEqual([]);
  });

  it('says that a password is wrong after asking three times', async () => {
    const asked: number[] = [];
    const password: IosBackupOptions['password'] = async ({ attempt }) => {
      asked.push(attempt);
      return `wrong ${attempt}`;
    };
    const { source } = await openBuilt(ENCRYPTED, { password });

    expect(asked).toEqual([1, 2, 3]);
    expect(source.locked).toBe('wrong-password');
    await expect(contentOf(source, SMS)).rejects.toMatchObject({ code: 'wrong-password' });
  });

  it('does not try the same wrong answer again, and opens when a later one is right', async () => {
    let asked = 0;
    const fixed = await openBuilt(ENCRYPTED, {
      password: async () => {
        asked += 1;
        return 'wrong';
      },
    });
    const second = await openBuilt(ENCRYPTED, {
      password: async ({ attempt }) => (attempt === 1 ? 'wrong' : PASSWORD),
    });
    const given = await openBuilt(ENCRYPTED, {
      password: async ({ attempt }) => (attempt === 1 ? 'wrong' : null),
    });

    expect(asked).toBe(2);
    expect(fixed.source.locked).toBe('wrong-password');
    expect(second.source.locked).toBeNull();
    expect(given.source.locked).toBe('wrong-password');
  });

  it('opens whichever way the accents of the password were typed', async () => {
    for (const [made, typed] of [
      ['NFC', 'NFD'],
      ['NFD', 'NFC'],
    ] as const) {
      const { contents } = backupInMemory({
        files: FILES,
        encrypted: { password: PASSWORD.normalize(made) },
      });
      const source = await openMemory(contents, { password: async () => PASSWORD.normalize(typed) });
      expect(source.locked).toBeNull();
    }
  });

  it('of iOS before 10.2 opens too: clear Manifest, one derivation', async () => {
    const old: BackupInput = { files: FILES, encrypted: { password: PASSWORD, old: true } };
    const { source, built } = await openBuilt(old, { password: async () => PASSWORD });

    expect(source).toMatchObject({ encrypted: true, locked: null });
    expect(source.details).toMatchObject({ productVersion: '10.1.1', listedFiles: 7 });
    await expectOriginals(source, built.files);

    const locked = await openBuilt(old, { password: async () => 'wrong' });
    expect(locked.source).toMatchObject({ encrypted: true, locked: 'wrong-password' });
    await expect(contentOf(locked.source, SMS)).rejects.toMatchObject({ code: 'wrong-password' });
  });

  it('gives files stored clear as they are, and says which only the device can open', async () => {
    const { source } = await openBuilt(
      {
        files: [
          { domain: 'D', path: 'clear', content: 'clear', storedClear: true },
          { domain: 'D', path: 'device', content: 'x', protectionClass: 11 },
          { domain: 'D', path: 'both', content: 'x', protectionClass: 9 },
          { domain: 'D', path: 'unlisted', content: 'x', unlisted: true },
        ],
        encrypted: { password: PASSWORD },
      },
      { password: async () => PASSWORD },
    );

    expect(await contentOf(source, 'D/clear')).toEqual(Buffer.from('clear'));
    for (const name of ['device', 'both', 'unlisted']) {
      await expect(contentOf(source, `D/${name}`)).rejects.toMatchObject({ code: 'encrypted' });
    }
  });

  it('gives what is left of a cut file, and says so', async () => {
    const { contents } = backupInMemory(ENCRYPTED);
    const id = fileIdOf('HomeDomain', 'Library/Safari/History.db');
    const name = `${id.slice(0, 2)}/${id}`;
    const whole = contents[name] ?? Buffer.alloc(0);
    const path = 'HomeDomain/Library/Safari/History.db';
    const original = seededBytes('history', 5000);

    for (const length of [2005, 2000]) {
      const source = await openMemory(
        { ...contents, [name]: whole.subarray(0, length) },
        { password: async () => PASSWORD },
      );
      expect(await contentOf(source, path)).toEqual(original.subarray(0, 2000));
      await contentOf(source, path);
      expect(source.problems()).toMatchObject([
        { code: 'content-truncated', effect: 'lost', source: { path } },
        { code: 'size-differs', count: 1 },
      ]);
    }
  });

  it('keeps content that has no padding, and notes it', async () => {
    const { contents } = backupInMemory({
      files: [{ domain: 'D', path: 'a', content: Buffer.alloc(64, 7), sizeInManifest: 32 }],
      encrypted: { password: PASSWORD },
    });
    const id = fileIdOf('D', 'a');
    const name = `${id.slice(0, 2)}/${id}`;
    const source = await openMemory(
      { ...contents, [name]: contents[name]?.subarray(0, 64) ?? Buffer.alloc(0) },
      { password: async () => PASSWORD },
    );

    // 64 bytes of 7 look like padding of seven bytes; what cannot be told apart is taken off.
    expect((await contentOf(source, 'D/a')).byteLength).toBe(57);

    const other = backupInMemory({
      files: [{ domain: 'D', path: 'a', content: Buffer.alloc(64, 0x20), sizeInManifest: 32 }],
      encrypted: { password: PASSWORD },
    });
    const bare = await openMemory(
      { ...other.contents, [name]: other.contents[name]?.subarray(0, 64) ?? Buffer.alloc(0) },
      { password: async () => PASSWORD },
    );
    expect((await contentOf(bare, 'D/a')).byteLength).toBe(64);
    expect(bare.problems()).toMatchObject([
      { code: 'padding-missing', effect: 'note' },
      { code: 'size-differs' },
    ]);
  });

  it('stops reading at the limit a reader sets', async () => {
    const { source } = await openBuilt(ENCRYPTED, { password: async () => PASSWORD });
    const file = await source.file('HomeDomain/Library/Safari/History.db');

    expect(file?.sizeBytes).toBeNull();
    await expect(file?.bytes({ maxBytes: 4999 })).rejects.toMatchObject({ code: 'limit-bytes' });
    expect((await file?.bytes({ maxBytes: 5000 }))?.byteLength).toBe(5000);
  });

  it('shows the tables of a database at a first look', async () => {
    const { source } = await openBuilt(ENCRYPTED, { password: async () => PASSWORD });
    const probe = await (await source.file(SMS))?.probe();

    expect(probe?.path).toBe(SMS);
    expect(Buffer.from(probe?.head.subarray(0, 15) ?? []).toString()).toBe('SQLite format 3');
    expect([...((await probe?.sqliteTables()) ?? [])]).toEqual(['message']);
  });

  it('decrypts the Manifest as a file like any other', async () => {
    const { source, built } = await openBuilt(ENCRYPTED, { password: async () => PASSWORD });
    const manifest = await source.file('Manifest.db');
    if (!manifest) throw new Error('no Manifest.db');
    const database = await openSqlite(manifest);

    expect([...database.rows('SELECT count(*) AS rows FROM Files')]).toEqual([{ rows: built.rows }]);
    await database.close();
  });
});

describe('a damaged or hostile backup', () => {
  it('without Manifest.plist is read when it is clear, and told from a locked one when it is encrypted', async () => {
    const plain = await openBuilt({ ...PLAIN, manifestPlist: null });
    expect(await contentOf(plain.source, SMS)).toEqual(DATABASE);
    expect(plain.source.details).toMatchObject({ manifestPlist: false, wasPasscodeSet: null });

    const { source } = await openBuilt(
      { ...ENCRYPTED, manifestPlist: null },
      { password: async () => PASSWORD },
    );
    expect(source).toMatchObject({ encrypted: true, locked: null });
    expect(source.problems()).toMatchObject([{ code: 'keybag-missing', effect: 'lost' }]);
    await expect(contentOf(source, SMS)).rejects.toMatchObject({ code: 'encrypted' });
  });

  it('with a damaged keybag is not taken for a wrong password', async () => {
    const { source } = await openBuilt(
      {
        ...ENCRYPTED,
        manifestPlist: { BackupKeyBag: Buffer.from('VERS\0\0\0\x04\0\0\0\x05UUID\0\0\xff\xff') },
      },
      { password: async () => PASSWORD },
    );

    expect(source.locked).toBeNull();
    expect(source.problems()).toMatchObject([
      {
        code: 'keybag-damaged',
        effect: 'lost',
        source: { path: 'Manifest.plist', locator: 'BackupKeyBag byte 12' },
      },
    ]);
    await expect(contentOf(source, SMS)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('with a damaged key of the Manifest says that, not that the password is wrong', async () => {
    const { source } = await openBuilt(
      { ...ENCRYPTED, manifestPlist: { ManifestKey: Buffer.alloc(44, 3) } },
      { password: async () => PASSWORD },
    );

    expect(source.locked).toBeNull();
    expect(source.problems()).toMatchObject([{ code: 'manifest-key-damaged', effect: 'lost' }]);
    await expect(contentOf(source, 'Manifest.db')).rejects.toMatchObject({ code: 'damaged' });
  });

  it.each([
    ['empty', 0],
    ['shorter than a database can be', 100],
    ['cut in its first page', 2000],
  ])('whose Manifest.db is %s still gives files by path', async (_name, length) => {
    const { contents } = backupInMemory(PLAIN);
    const cut = contents['Manifest.db']?.subarray(0, length) ?? Buffer.alloc(0);
    const source = await openMemory({ ...contents, 'Manifest.db': cut });

    expect(await contentOf(source, SMS)).toEqual(DATABASE);
    expect(
      source.problems().some((problem) => problem.effect === 'lost' && problem.source.path === 'Manifest.db'),
    ).toBe(true);
  });

  it('whose Manifest.db is cut in the middle gives the rows that are left', async () => {
    const files = Array.from({ length: 400 }, (_, index) => ({
      domain: 'D',
      path: `f/${index}`,
      content: `${index}`,
    }));
    const { contents } = backupInMemory({ files });
    const whole = contents['Manifest.db'] ?? Buffer.alloc(0);
    const source = await openMemory({
      ...contents,
      'Manifest.db': whole.subarray(0, Math.floor(whole.byteLength / 2)),
    });
    const found = await find(source, ['D/f/*']);

    expect(found.length).toBeGreaterThan(20);
    expect(found.length).toBeLessThan(400);
    expect(await contentOf(source, 'D/f/399')).toEqual(Buffer.from('399'));
    expect(source.problems().some((problem) => problem.effect === 'lost')).toBe(true);
  });

  it('that is a Manifest.mbdb of iOS before 10 is told as not supported', async () => {
    const { contents } = backupInMemory(PLAIN);
    const { 'Manifest.db': _, ...rest } = contents;
    const source = await openMemory({ ...rest, 'Manifest.mbdb': Buffer.from('mbdb\x05\0') });

    expect(source.details).toMatchObject({ manifest: 'mbdb', productVersion: '16.7' });
    expect(source.problems()).toMatchObject([{ code: 'not-supported-mbdb', effect: 'lost' }]);
    expect((await contentOf(source, 'Info.plist')).byteLength).toBeGreaterThan(0);
  });

  it('never becomes a path through a hostile id', async () => {
    const good = fileIdOf('D', 'good');
    const { contents } = backupInMemory({
      files: [
        { domain: 'D', path: 'good', content: 'good' },
        ...['../../etc/passwd', `${good}/../x`, good.toUpperCase(), '', 'Info.plist'].map(
          (fileId, index) => ({
            domain: 'Evil',
            path: `file${index}`,
            content: null,
            fileId,
          }),
        ),
        // Claims content that belongs to another path.
        { domain: 'D', path: 'good', content: null, fileId: fileIdOf('D', 'other') },
      ],
      directories: false,
    });
    const inner = await memorySource({ ...contents, '../etc/passwd': 'secret' });
    const asked: string[] = [];
    const watched: EvidenceSource = {
      ...inner,
      file: (path) => {
        asked.push(path);
        return inner.file(path);
      },
    };
    const source = await openIosBackup({ source: watched, prefix: '' }, { id: 'e1' });
    opened.push(source, inner);

    expect(await find(source, ['Evil/*', '**/file*'])).toEqual([]);
    for (let index = 0; index < 5; index += 1) expect(await source.file(`Evil/file${index}`)).toBeNull();
    expect(await find(source, ['D/*'])).toEqual(['D/good']);
    expect(asked.filter((path) => /\.\.|passwd|[A-F]{2}\//.test(path))).toEqual([]);
  });

  it('ends, and gives every file, whatever numbers the rows of its Manifest have', async () => {
    const { contents } = backupInMemory({ files: [{ domain: 'D', path: 'a', content: 'x' }] });
    const rows = 5_000;
    contents['Manifest.db'] = buildSqlite((db) => {
      db.run('CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)');
      const add = 'INSERT INTO Files (rowid, fileID, domain, relativePath, flags) VALUES (?, ?, ?, ?, 1)';
      db.run(add, [-7, fileIdOf('D', 'a'), 'D', 'a']);
      // Beyond 2^53, where a number of JavaScript no longer tells neighbours apart, up to the last one there is.
      for (let n = 0; n < rows; n += 1) db.run(add, [2n ** 63n - 1n - BigInt(n), `x${n}`, 'D', `f${n}`]);
    });
    const source = await openMemory(contents);

    expect(await find(source, ['D/*', '**/a'])).toEqual(['D/a']);
  });

  it('is read where names came back in capitals from a copy', async () => {
    for (const [password, encrypted] of [
      [null, undefined],
      [PASSWORD, { password: PASSWORD }],
    ] as const) {
      const { contents } = backupInMemory({
        files: [
          { domain: 'D', path: 'a', content: 'x' },
          { domain: 'D', path: 'b', content: 'y' },
        ],
        ...(encrypted && { encrypted }),
      });
      const shouted = Object.fromEntries(
        Object.entries(contents).map(([path, bytes]) => [
          path.includes('/') ? path.toUpperCase() : path,
          bytes,
        ]),
      );
      const source = await openMemory(shouted, password === null ? {} : { password: async () => password });

      expect(await find(source, ['D/*'])).toEqual(['D/a', 'D/b']);
      expect(await contentOf(source, 'D/a')).toEqual(Buffer.from('x'));
      expect(source.details).toMatchObject({ presentFiles: 2 });
    }
  });

  it('says that a log was not read when its database is not in the backup', async () => {
    for (const listed of [true, false]) {
      const { contents } = backupInMemory({
        files: [
          ...(listed ? [{ domain: 'D', path: 'chat.db', content: null }] : []),
          { domain: 'D', path: 'chat.db-wal', content: 'frames' },
          { domain: 'D', path: 'other.db', content: 'x' },
        ],
      });
      const source = await openMemory(contents);

      expect(await source.file('D/chat.db')).toBeNull();
      await source.file('D/other.db');
      expect(source.problems()).toMatchObject([
        { code: 'log-without-database', effect: 'lost', source: { path: 'D/chat.db-wal' } },
      ]);
    }
  });

  it('with a keybag that lost the values of the second derivation is not taken for a wrong password', async () => {
    const { contents } = backupInMemory(ENCRYPTED);
    const plist = asDictionary(parsePlist(contents['Manifest.plist'] ?? Buffer.alloc(0)));
    const keybag = Buffer.from(asBytes(plist?.BackupKeyBag) ?? []);
    keybag.write('DXXX', keybag.indexOf('DPSL'), 'latin1');
    contents['Manifest.plist'] = writeBinaryPlist({ ...plist, BackupKeyBag: keybag });
    const source = await openMemory(contents, { password: async () => PASSWORD });

    expect(source.locked).toBeNull();
    expect(source.problems()).toMatchObject([{ code: 'keybag-damaged', effect: 'lost' }]);
    await expect(contentOf(source, SMS)).rejects.toMatchObject({ code: 'damaged' });
    expect(await openMemory(contents)).toMatchObject({ locked: 'password-needed' });
  });

  it('cannot hide content behind a row that calls it a folder', async () => {
    const { contents } = backupInMemory({ files: [{ domain: 'D', path: 'a', content: 'x' }] });
    contents['Manifest.db'] = buildSqlite((db) => {
      db.run('CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)');
      db.run("INSERT INTO Files VALUES (?, 'D', 'a', 2, NULL)", [fileIdOf('D', 'a')]);
    });
    const source = await openMemory(contents);

    expect(await contentOf(source, 'D/a')).toEqual(Buffer.from('x'));
    expect(await find(source, ['D/*'])).toEqual(['D/a']);
  });

  it('may name its files by another rule: a row is taken at its word when nothing else has the path', async () => {
    const fileId = seededBytes('id', 20).toString('hex');
    const { source } = await openBuilt({ files: [{ domain: 'D', path: 'a', content: 'x', fileId }] });

    expect(await contentOf(source, 'D/a')).toEqual(Buffer.from('x'));
    expect(await find(source, ['D/*'])).toEqual(['D/a']);
  });

  it('gives a value or a typed error whatever happens to its property lists and Manifest', async () => {
    const { contents } = backupInMemory(ENCRYPTED);
    const names = ['Manifest.plist', 'Manifest.db', 'Info.plist', 'Status.plist'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (name, changes) => {
          const bytes = Buffer.from(contents[name] ?? []);
          for (const [at, value] of changes) bytes[at % bytes.byteLength] = value;
          const source = await openMemory({ ...contents, [name]: bytes }, { password: async () => PASSWORD });
          for (const path of [SMS, 'Manifest.db', 'HomeDomain/Library/Safari/History.db']) {
            const content = await contentOf(source, path).catch((error: unknown) => {
              expect(error).toBeInstanceOf(EvidenceError);
              return null;
            });
            if (content && path === SMS) expect(content).toEqual(DATABASE);
          }
          await find(source, ['**/*.db']);
          await source.close();
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});

describe('working copies', () => {
  it('leave the evidence unchanged and are gone after closing', async () => {
    const folder = temporaryFolder();
    const built = buildIosBackup(folder, ENCRYPTED);
    const before = digestOf(folder);
    const evidence = await openEvidence([folder], { password: async () => PASSWORD, hash: false });
    const source = asIosBackup(evidence.sources[0] as EvidenceSource);
    if (!source) throw new Error('not a backup');
    await expectOriginals(source, built.files);
    const copy = await source.scratch.newPath('sms.db');
    await (await source.file(SMS))?.copyTo(copy);
    const scratchFolder = dirname(dirname(copy));

    expect(readFileSync(copy)).toEqual(DATABASE);
    expect(readdirSync(scratchFolder).length).toBeGreaterThan(0);
    await expect((await source.file(SMS))?.copyTo(copy)).rejects.toBeInstanceOf(EvidenceError);
    await evidence.close();
    await source.close();
    expect(existsSync(scratchFolder)).toBe(false);
    expect(digestOf(folder)).toBe(before);
  });

  it('are gone when opening is stopped', async () => {
    const folder = temporaryFolder();
    for (const name of ['TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(name, folder);
    try {
      const controller = new AbortController();
      const { contents } = backupInMemory(ENCRYPTED);
      const inner = await memorySource(contents);
      opened.push(inner);
      const before = readdirSync(folder);
      controller.abort(new Error('stopped'));
      const opening = openIosBackup(
        { source: inner, prefix: '' },
        { id: 'e1', password: async () => PASSWORD, signal: controller.signal },
      );

      await expect(opening).rejects.toThrow('stopped');
      expect(readdirSync(folder)).toEqual(before);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

const sample = fileURLToPath(new URL('../../../../shared/data/ios/ios_backup', import.meta.url));

describe.skipIf(!existsSync(sample))('the sample backup (skipped without ../shared)', () => {
  it('has the rows, files and ids that were counted in it', async () => {
    const before = digestOf(sample);
    const evidence = await openEvidence([sample], { hash: false });
    const source = asIosBackup(evidence.sources[0] as EvidenceSource);
    if (!source) throw new Error('not a backup');
    opened.push({ ...source, close: () => evidence.close() });

    expect(source.details).toMatchObject({
      encrypted: false,
      manifest: 'db',
      manifestPlist: false,
      listedFiles: 1089,
      presentFiles: 7,
      productVersion: '14.3',
      productType: 'iPhone9,3',
      lastBackupAt: '2021-12-03T19:33:13.000000Z',
    });
    const manifest = await source.file('Manifest.db');
    if (!manifest) throw new Error('no Manifest.db');
    const database = await openSqlite(manifest);
    const flags = new Map<unknown, number>();
    let mismatched = 0;
    let absent = 0;
    let keys = 0;
    let targets = 0;
    for (const row of database.rows('SELECT fileID, domain, relativePath, flags, file FROM Files')) {
      flags.set(row.flags, (flags.get(row.flags) ?? 0) + 1);
      if (row.fileID !== fileIdOf(String(row.domain), String(row.relativePath))) mismatched += 1;
      if (row.flags === 1 && !source.isPresent(String(row.fileID))) absent += 1;
      const parsed = parseManifestRow(row.file as Uint8Array);
      if (parsed.encryptionKey?.byteLength === 44) keys += 1;
      if (parsed.target !== null) targets += 1;
    }
    await database.close();

    expect([...flags].sort()).toEqual([
      [1, 1089],
      [2, 2618],
      [4, 14],
    ]);
    expect({ mismatched, absent, keys, targets }).toEqual({
      mismatched: 0,
      absent: 1083,
      keys: 1089,
      targets: 14,
    });
    expect(digestOf(sample)).toBe(before);
  });

  it('gives LID.sqlite although the Manifest does not list it, and the clear files as they are', async () => {
    const evidence = await openEvidence([sample], { hash: false });
    const source = asIosBackup(evidence.sources[0] as EvidenceSource);
    if (!source) throw new Error('not a backup');
    opened.push({ ...source, close: () => evidence.close() });
    const sms = await contentOf(source, SMS);
    const lid = 'AppDomainGroup-group.net.whatsapp.WhatsApp.shared/LID.sqlite';

    expect(createHash('sha256').update(sms).digest('hex').slice(0, 16)).toBe('2d7c6e9a504cd54e');
    expect((await contentOf(source, lid)).byteLength).toBe(8192);
    expect(source.problems().filter((problem) => problem.code === 'not-in-manifest')).toHaveLength(1);
    expect(await find(source, ['*/Library/Safari/BrowserState.db'])).toEqual([
      'HomeDomain/Library/Safari/BrowserState.db',
    ]);
  });
});

async function openBuilt(
  input: BackupInput,
  options: Omit<IosBackupOptions, 'id'> = {},
): Promise<{ source: IosBackupSource; built: ReturnType<typeof backupInMemory> }> {
  const built = backupInMemory(input);
  return { source: await openMemory(built.contents, options), built };
}

async function openMemory(
  contents: Readonly<Record<string, Buffer>>,
  options: Omit<IosBackupOptions, 'id'> = {},
): Promise<IosBackupSource> {
  const inner = await memorySource(contents);
  opened.push(inner);
  const source = await openIosBackup({ source: inner, prefix: '' }, { id: 'e1', ...options });
  opened.push(source);
  return source;
}

async function contentOf(source: EvidenceSource, path: string): Promise<Buffer> {
  const file: EvidenceFile | null = await source.file(path);
  if (!file) throw new Error(`no ${path}`);
  return Buffer.from(await file.bytes({ maxBytes: 10_000_000 }));
}

async function find(source: EvidenceSource, globs: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for await (const file of source.find(globs)) paths.push(file.path);
  return paths.sort();
}

async function expectOriginals(
  source: EvidenceSource,
  files: ReturnType<typeof backupInMemory>['files'],
): Promise<void> {
  for (const { domain, path, sha256 } of files) {
    if (sha256 === null) continue;
    const content = await contentOf(source, `${domain}/${path}`);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backup-test-'));
  opened.push({ close: async () => rmSync(folder, { recursive: true, force: true }) } as EvidenceSource);
  return folder;
}

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    hash.update(entry.name);
    if (entry.isFile()) hash.update(readFileSync(join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex');
}
