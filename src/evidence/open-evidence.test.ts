import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type TarFixtureMember,
  tarArchive,
  type ZipFixtureMember,
  zipArchive,
} from '../../fixtures/archives.js';
import { writeBinaryPlist } from '../../fixtures/binary-plist.js';
import { bzip2File } from '../../fixtures/bzip2-file.js';
import { buildSqlite } from '../../fixtures/sqlite-file.js';
import { zstdFile, zstdFrame, zstdSkippable } from '../../fixtures/zstd-file.js';
import type { EvidenceFile, EvidenceSource, Problem } from '../core/contracts.js';
import coreTexts from '../core/en.json' with { type: 'json' };
import english from './en.json' with { type: 'json' };
import spanish from './es.json' with { type: 'json' };
import type { EvidenceLimits } from './limits.js';
import { type OpenedEvidence, type OpenOptions, openEvidence } from './open-evidence.js';

let folder: string;
let opened: OpenedEvidence[] = [];

// Other tests run at the same time and make working folders too: these ones are counted in a place of their own.
const systemTmp = tmpdir();
const ownTmp = mkdtempSync(join(systemTmp, 'vigia-tests-'));
beforeAll(() => {
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, ownTmp);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(ownTmp, { recursive: true, force: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-test-'));
});
afterEach(async () => {
  for (const evidence of opened) await evidence.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Writes evidence into the test's folder and gives its path. */
function given(path: string, content: Uint8Array | string): string {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
}

async function openAll(paths: readonly string[], options: OpenOptions = {}): Promise<OpenedEvidence> {
  const evidence = await openEvidence(paths, options);
  opened.push(evidence);
  return evidence;
}

async function openOne(path: string, limits: Partial<EvidenceLimits> = {}): Promise<EvidenceSource> {
  const { sources } = await openAll([path], { limits });
  expect(sources).toHaveLength(1);
  return sources[0] as EvidenceSource;
}

async function pathsOf(source: EvidenceSource | undefined): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of source?.find(['**']) ?? []) paths.push(path);
  return paths;
}

async function fileOf(source: EvidenceSource | undefined, path: string): Promise<EvidenceFile> {
  const file = await source?.file(path);
  if (!file) throw new Error(`no ${path}`);
  return file;
}

async function textOf(source: EvidenceSource | undefined, path: string): Promise<string> {
  const bytes = await (await fileOf(source, path)).bytes({ maxBytes: 1_000_000 });
  return Buffer.from(bytes).toString();
}

/** Everything a file gives before it ends or fails. */
async function drain(file: EvidenceFile): Promise<{ bytes: number; code: string | null }> {
  let bytes = 0;
  try {
    for await (const chunk of file.stream()) bytes += chunk.byteLength;
    return { bytes, code: null };
  } catch (error) {
    return { bytes, code: (error as { code: string }).code };
  }
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const codes = (problems: readonly Problem[]): string[] => problems.map(({ code }) => code);
const placed = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, effect, source, count }) => `${code} ${effect} ${source.path} ${count ?? 1}`);

/** The files that make a folder a backup, with one content file. */
function backupFiles(prefix = ''): Record<string, Buffer> {
  const fileId = createHash('sha1').update('HomeDomain-Library/note.txt').digest('hex');
  const manifest = buildSqlite((db) => {
    db.run(
      'CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)',
    );
    db.run('CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB)');
    db.run('INSERT INTO Files VALUES (?, ?, ?, 1, NULL)', [fileId, 'HomeDomain', 'Library/note.txt']);
  });
  return {
    [`${prefix}Info.plist`]: writeBinaryPlist({ 'Device Name': 'Test phone', 'Product Version': '17.1' }),
    [`${prefix}Manifest.plist`]: writeBinaryPlist({ IsEncrypted: false }),
    [`${prefix}Manifest.db`]: manifest,
    [`${prefix}${fileId.slice(0, 2)}/${fileId}`]: Buffer.from('hola'),
  };
}

function giveBackup(prefix: string, leaveOut: readonly string[] = []): void {
  for (const [path, content] of Object.entries(backupFiles(prefix))) {
    if (!leaveOut.includes(basename(path))) given(path, content);
  }
}

function zipOf(files: Readonly<Record<string, Uint8Array | string>>): Buffer {
  return zipArchive(Object.entries(files).map(([name, content]) => ({ name, content })));
}

describe('what is given', () => {
  it('opens a folder: files at any depth, sorted, with hash, size and no problems', async () => {
    given('case/b.txt', 'bb');
    given('case/sub/ñandú 日本.txt', 'unicode\r\n');
    given('case/.hidden', 'h');
    const evidence = await openAll([join(folder, 'case')]);
    const [source] = evidence.sources;
    expect(await pathsOf(source)).toEqual(['.hidden', 'b.txt', 'sub/ñandú 日本.txt']);
    expect(source).toMatchObject({
      id: 'e1',
      kind: 'folder',
      locked: null,
      fixedPlaces: false,
      probeLooseFiles: true,
    });
    expect(await textOf(source, 'sub/ñandú 日本.txt')).toBe('unicode\r\n');
    expect(await source?.file('nothing')).toBeNull();
    const lines = [
      `${sha256('h')}  .hidden\n`,
      `${sha256('bb')}  b.txt\n`,
      `${sha256('unicode\r\n')}  sub/ñandú 日本.txt\n`,
    ];
    expect(evidence.given).toHaveLength(1);
    expect(await evidence.given[0]?.sha256).toBe(sha256(lines.join('')));
    expect(evidence.given[0]).toMatchObject({ sizeBytes: 12, problems: [], details: { files: 3 } });
    expect(source?.problems()).toEqual([]);
  });

  it('opens a single file with the journal that lies beside a database', async () => {
    const database = buildSqlite((db) => db.run('CREATE TABLE message (text TEXT)'));
    const path = given('a/sms.db', database);
    given('a/sms.db-wal', '');
    given('a/other.txt', 'not given');
    const evidence = await openAll([path]);
    const [source] = evidence.sources;
    expect(await pathsOf(source)).toEqual(['sms.db', 'sms.db-wal']);
    expect(evidence.given[0]).toMatchObject({
      kind: 'file',
      details: { format: 'sqlite', sidecars: ['sms.db-wal'] },
    });
    expect(await evidence.given[0]?.sha256).toBe(sha256(database));
    const probe = await (await fileOf(source, 'sms.db')).probe();
    expect(probe.head.byteLength).toBe(4096);
    expect(await probe.sqliteTables()).toEqual(new Set(['message']));
  });

  it.each([
    ['zip', 'a.zip', zipOf({ 'x/a.txt': 'one', 'b.txt': 'two' })],
    [
      'tar',
      'a.tar',
      tarArchive([
        { name: 'x/a.txt', content: 'one' },
        { name: 'b.txt', content: 'two' },
      ]),
    ],
    [
      'tar.gz',
      'a.tgz',
      gzipSync(
        tarArchive([
          { name: 'x/a.txt', content: 'one' },
          { name: 'b.txt', content: 'two' },
        ]),
      ),
    ],
    [
      'tar.zst',
      'a.tar.zst',
      zstdFile(
        tarArchive([
          { name: 'x/a.txt', content: 'one' },
          { name: 'b.txt', content: 'two' },
        ]),
      ),
    ],
    [
      'tar.bz2',
      'a.tbz2',
      bzip2File(
        tarArchive([
          { name: 'x/a.txt', content: 'one' },
          { name: 'b.txt', content: 'two' },
        ]),
      ),
    ],
    ['zip', 'renamed.dat', zipOf({ 'x/a.txt': 'one', 'b.txt': 'two' })],
  ])('opens a %s given as %s, by content', async (kind, name, bytes) => {
    const evidence = await openAll([given(name, bytes)]);
    const [source] = evidence.sources;
    expect(source?.kind).toBe(kind);
    expect(await pathsOf(source)).toEqual(['x/a.txt', 'b.txt']);
    expect(await textOf(source, 'x/a.txt')).toBe('one');
    expect(await textOf(source, 'b.txt')).toBe('two');
    expect(await evidence.given[0]?.sha256).toBe(sha256(bytes));
    expect(source?.problems()).toEqual([]);
    expect(evidence.given[0]?.problems).toEqual([]);
  });

  it('opens a gzip of one file, unpacked while it is read', async () => {
    const source = await openOne(given('access.log.gz', gzipSync('line\n')));
    expect(source.kind).toBe('gz');
    expect(await pathsOf(source)).toEqual(['access.log']);
    expect(await textOf(source, 'access.log')).toBe('line\n');
  });

  it('opens a Zstandard file in the same way, whatever comes first in it', async () => {
    const bytes = Buffer.concat([zstdSkippable('index'), zstdFile('line\n'), zstdFile('more\n')]);
    const source = await openOne(given('capture.pcap.zst', bytes));
    expect(source.kind).toBe('zst');
    expect(await pathsOf(source)).toEqual(['capture.pcap']);
    expect(await textOf(source, 'capture.pcap')).toBe('line\nmore\n');
    expect(source.problems()).toEqual([]);
  });

  it('opens a bzip2 file in the same way, written by one program or by several at once', async () => {
    const bytes = Buffer.concat([bzip2File('line\n'), bzip2File('more\n', { blockBytes: 2 })]);
    const source = await openOne(given('access.log.2.bz2', bytes));
    expect(source.kind).toBe('bz2');
    expect(await pathsOf(source)).toEqual(['access.log.2']);
    expect(await textOf(source, 'access.log.2')).toBe('line\nmore\n');
    expect(source.problems()).toEqual([]);
  });

  it('says of a bzip2 file that cannot be unpacked that it was not', async () => {
    const shuffled = bzip2File('line\n', { shuffled: true });
    const [entry] = (await openAll([given('log.bz2', shuffled)])).given;
    expect(placed(entry?.problems ?? [])).toEqual([`unsupported-archive lost ${join(folder, 'log.bz2')} 1`]);
  });

  it('says of a Zstandard file that cannot be unpacked that it was not', async () => {
    const needsDictionary = zstdFile('line\n', { dictionary: 9 });
    const [entry] = (await openAll([given('log.zst', needsDictionary)])).given;
    expect(placed(entry?.problems ?? [])).toEqual([`unsupported-archive lost ${join(folder, 'log.zst')} 1`]);
    given('case/far.zst', zstdFile('line\n', { window: 31 << 3 }));
    const source = await openOne(join(folder, 'case'));
    expect(placed(source.problems())).toEqual(['unsupported-archive lost far.zst 1']);
    expect(await pathsOf(source)).toEqual(['far.zst']);
  });

  it('leaves documents and apps alone though they are zips', async () => {
    const document = zipOf({ 'word/document.xml': '<w/>' });
    const source = await openOne(given('report.docx', document));
    expect(source.kind).toBe('file');
    const inFolder = given('case/app.apk', document);
    expect(await pathsOf(await openOne(dirname(inFolder)))).toEqual(['app.apk']);
  });

  it('goes on when a path does not exist, and says so', async () => {
    const evidence = await openAll([join(folder, 'missing'), given('a.txt', 'a')]);
    expect(evidence.given.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['e1 missing', 'e2 file']);
    expect(placed(evidence.given[0]?.problems ?? [])).toEqual([`missing lost ${join(folder, 'missing')} 1`]);
    expect(await evidence.given[0]?.sha256).toBeNull();
    expect(evidence.sources.map(({ id }) => id)).toEqual(['e2']);
  });

  it.each([
    ['missing', () => join(folder, 'missing')],
    ['damaged', () => given('cut.zip', zipOf({ 'a.txt': 'one' }).subarray(0, 20))],
    ['empty', () => given('empty.zip', zipArchive([]))],
    ['empty', () => join(given('none/x/.keep', ''), '..', 'y')],
  ])('throws %s when nothing at all could be opened, and leaves no working copies', async (code, path) => {
    const target = path();
    if (basename(target) === 'y') mkdirSync(target);
    const before = scratchFolders();
    await expect(openEvidence([target])).rejects.toMatchObject({ name: 'EvidenceError', code });
    expect(scratchFolders()).toEqual(before);
  });

  it('opens what is given twice only once', async () => {
    const path = given('a.txt', 'a');
    const evidence = await openAll([path, join(folder, '.', 'a.txt')]);
    expect(evidence.sources).toHaveLength(1);
    expect(codes(evidence.given[0]?.problems ?? [])).toEqual(['given-twice']);
  });

  it('says which archive formats it cannot open', async () => {
    const evidence = await openAll([given('a.7z', Buffer.from('7z\xbc\xaf\x27\x1c\0\x04', 'latin1'))]);
    expect(evidence.given[0]?.problems[0]).toMatchObject({
      code: 'unsupported-archive',
      effect: 'lost',
      values: { format: '7z' },
    });
  });

  it.skipIf(process.platform === 'win32')('does not follow links and skips what is no file', async () => {
    given('outside/secret.txt', 'secret');
    given('case/a.txt', 'a');
    symlinkSync(join(folder, 'outside', 'secret.txt'), join(folder, 'case', 'link.txt'));
    symlinkSync(join(folder, 'outside'), join(folder, 'case', 'linked'));
    symlinkSync('..', join(folder, 'case', 'loop'));
    const source = await openOne(join(folder, 'case'));
    expect(await pathsOf(source)).toEqual(['a.txt']);
    expect(placed(source.problems())).toEqual(['link-skipped note link.txt 3']);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'reports a file without permission when it is opened, not before',
    async () => {
      const path = given('case/closed.txt', 'a');
      given('case/open.txt', 'b');
      chmodSync(path, 0o000);
      const evidence = await openAll([join(folder, 'case')]);
      expect(evidence.sources[0]?.problems()).toEqual([]);
      await expect(textOf(evidence.sources[0], 'closed.txt')).rejects.toMatchObject({
        code: 'no-permission',
      });
      expect(await evidence.given[0]?.sha256).toBeNull();
      expect(codes(evidence.given[0]?.problems ?? [])).toEqual(['not-hashed']);
    },
  );

  it('stops when asked to', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    const before = scratchFolders();
    await expect(openEvidence([given('a.txt', 'a')], { signal: stopped })).rejects.toThrow('stopped');
    expect(scratchFolders()).toEqual(before);
  });

  it('lists a folder of 20,000 files quickly, and opens only what is named like an archive in it', async () => {
    const root = join(folder, 'large');
    await mkdir(root);
    const content = Buffer.from('x');
    for (let start = 0; start < 20_000; start += 500) {
      const names = Array.from({ length: 500 }, (_, n) => join(root, `file-${start + n}.txt`));
      await Promise.all(names.map((name) => writeFile(name, content)));
    }
    given('large/disguised.dat', zipOf({ a: 'a' }));
    given('large/chats.zip', zipOf({ 'chat.txt': 'hola' }));
    const start = performance.now();
    const evidence = await openAll([root], { hash: false });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(evidence.sources.map(({ kind, path }) => `${kind} ${basename(path)}`)).toEqual([
      'folder large',
      'zip chats.zip',
    ]);
    expect(await pathsOf(evidence.sources[0])).toHaveLength(20_001);
    expect(await evidence.given[0]?.sha256).toBeNull();
  });
});

describe('archives in archives', () => {
  it('opens a zip in a tar.gz in a folder, each with its own entry and hash', async () => {
    const inner = zipOf({ 'chat.txt': 'hola' });
    const outer = gzipSync(
      tarArchive([
        { name: 'dir/chats.zip', content: inner },
        { name: 'log.txt', content: 'l' },
      ]),
    );
    given('case/dump.tar.gz', outer);
    given('case/note.txt', 'n');
    const evidence = await openAll([join(folder, 'case')]);
    expect(evidence.given.map(({ id, kind, path, details }) => [id, kind, path, details.within])).toEqual([
      ['e1', 'folder', join(folder, 'case'), undefined],
      ['e2', 'tar.gz', `${join(folder, 'case')}/dump.tar.gz`, 'e1'],
      ['e3', 'zip', `${join(folder, 'case')}/dump.tar.gz!/dir/chats.zip`, 'e2'],
    ]);
    expect(await Promise.all(evidence.given.slice(1).map((entry) => entry.sha256))).toEqual([
      sha256(outer),
      sha256(inner),
    ]);
    expect(await Promise.all(evidence.sources.map(pathsOf))).toEqual([
      ['note.txt'],
      ['log.txt'],
      ['chat.txt'],
    ]);
    expect(await textOf(evidence.sources[2], 'chat.txt')).toBe('hola');
  });

  it('lists the one file of a gzip in a folder beside the others', async () => {
    given('case/access.log.1.gz', gzipSync('old\n'));
    given('case/access.log', 'new\n');
    const source = await openOne(join(folder, 'case'));
    expect(await pathsOf(source)).toEqual(['access.log', 'access.log.1.gz!/access.log.1']);
    expect(await textOf(source, 'access.log.1.gz!/access.log.1')).toBe('old\n');
    const copy = await source.scratch.newPath('log');
    await (await fileOf(source, 'access.log.1.gz!/access.log.1')).copyTo(copy);
    expect(readFileSync(copy, 'utf8')).toBe('old\n');
  });

  it('lists the one file of a Zstandard file in a folder beside the others, also a very short one', async () => {
    given('case/capture.pcap.zst', zstdFile('old\n'));
    given('case/notes.txt', 'new\n');
    const source = await openOne(join(folder, 'case'));
    expect(await pathsOf(source)).toEqual(['notes.txt', 'capture.pcap.zst!/capture.pcap']);
    expect(await textOf(source, 'capture.pcap.zst!/capture.pcap')).toBe('old\n');
  });

  it('lists rotated logs packed with bzip2 in a folder beside the others', async () => {
    given('logs/access.log', 'new\n');
    given('logs/access.log.2.bz2', bzip2File('old\n'));
    given('logs/access.log.3.bz2', bzip2File('older\n').subarray(0, 30));
    const source = await openOne(join(folder, 'logs'));
    expect(await pathsOf(source)).toEqual([
      'access.log',
      'access.log.2.bz2!/access.log.2',
      'access.log.3.bz2!/access.log.3',
    ]);
    expect(await textOf(source, 'access.log.2.bz2!/access.log.2')).toBe('old\n');
    expect(await drain(await fileOf(source, 'access.log.3.bz2!/access.log.3'))).toEqual({
      bytes: 0,
      code: 'damaged',
    });
  });

  it('opens a tar packed with bzip2 in a zip, and a zip packed with it', async () => {
    const tar = bzip2File(tarArchive([{ name: 'access.log', content: 'line' }]));
    const evidence = await openAll([given('a.zip.bz2', bzip2File(zipOf({ 'logs.tar.bz2': tar })))]);
    expect(evidence.given.map(({ kind }) => kind)).toEqual(['bz2', 'zip', 'tar.bz2']);
    expect(
      await textOf(
        evidence.sources.find(({ kind }) => kind === 'tar.bz2'),
        'access.log',
      ),
    ).toBe('line');
  });

  it('opens a zip that was packed with Zstandard', async () => {
    const evidence = await openAll([given('a.zip.zst', zstdFile(zipOf({ 'a.txt': 'one' })))]);
    expect(evidence.given.map(({ kind }) => kind)).toEqual(['zst', 'zip']);
  });

  it('opens a zip that was packed with gzip', async () => {
    const evidence = await openAll([given('a.zip.gz', gzipSync(zipOf({ 'a.txt': 'one' })))]);
    expect(evidence.sources.map(({ kind }) => kind)).toEqual(['zip']);
    expect(evidence.given.map(({ kind }) => kind)).toEqual(['gz', 'zip']);
    expect(await textOf(evidence.sources[0], 'a.txt')).toBe('one');
  });

  it('stops at the depth limit and says where', async () => {
    let archive = zipOf({ 'bottom.txt': 'deep' });
    for (let level = 4; level >= 1; level -= 1)
      archive = zipOf({ [`level${level}.zip`]: archive, [`note${level}.txt`]: 'n' });
    const evidence = await openAll([given('top.zip', archive)]);
    expect(evidence.sources).toHaveLength(4);
    expect(await pathsOf(evidence.sources[3])).toEqual(['level4.zip', 'note4.txt']);
    expect(placed(evidence.sources[3]?.problems() ?? [])).toEqual(['limit-depth lost level4.zip 1']);
  });

  it('opens a limited number of archives', async () => {
    const files = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`${n}.zip`, zipOf({ a: 'a' })]));
    const evidence = await openAll([given('many.zip', zipOf(files))], { limits: { archives: 4 } });
    expect(evidence.given).toHaveLength(4);
    expect(await pathsOf(evidence.sources[0])).toEqual(['3.zip', '4.zip', '5.zip']);
    expect(codes(evidence.sources[0]?.problems() ?? [])).toEqual([
      'limit-count',
      'limit-count',
      'limit-count',
    ]);
  });
});

describe('backups', () => {
  it('takes a backup folder as one entry', async () => {
    giveBackup('phone/');
    const evidence = await openAll([join(folder, 'phone')]);
    expect(evidence.sources.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['e1 ios-backup']);
    expect(evidence.given).toHaveLength(1);
    expect(evidence.given[0]).toMatchObject({
      id: 'e1',
      kind: 'ios-backup',
      path: join(folder, 'phone'),
      problems: [],
    });
    const lines = Object.entries(backupFiles())
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, content]) => `${sha256(content)}  ${path}\n`);
    expect(await evidence.given[0]?.sha256).toBe(sha256(lines.join('')));
    expect(await textOf(evidence.sources[0], 'HomeDomain/Library/note.txt')).toBe('hola');
  });

  it('finds the only backup of a folder below it', async () => {
    giveBackup('Backup/MobileSync/00008030-AAAA/');
    const evidence = await openAll([join(folder, 'Backup')]);
    expect(evidence.given.map(({ id, kind, path }) => [id, kind, path])).toEqual([
      ['e1', 'ios-backup', join(folder, 'Backup', 'MobileSync', '00008030-AAAA')],
    ]);
    expect(await textOf(evidence.sources[0], 'HomeDomain/Library/note.txt')).toBe('hola');
  });

  it('keeps the folder as evidence when something else is in it', async () => {
    giveBackup('case/phone/');
    given('case/chat.txt', 'c');
    const evidence = await openAll([join(folder, 'case')]);
    expect(evidence.sources.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['e1 folder', 'e2 ios-backup']);
    expect(evidence.given[1]?.details.within).toBe('e1');
    expect(await evidence.given[1]?.sha256).toBeNull();
    expect(await pathsOf(evidence.sources[0])).toEqual(['chat.txt']);
    expect(codes(evidence.given[0]?.problems ?? [])).toEqual([]);
  });

  it('opens each of several backups, and says that there are several', async () => {
    giveBackup('case/one/');
    giveBackup('case/two/');
    const evidence = await openAll([join(folder, 'case')]);
    expect(evidence.given.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'e1 folder',
      'e2 ios-backup',
      'e3 ios-backup',
    ]);
    expect(evidence.sources.map(({ id }) => id)).toEqual(['e2', 'e3']);
    expect(evidence.given[0]?.problems).toMatchObject([
      { code: 'several-backups', effect: 'note', values: { backups: 2 } },
    ]);
    expect(await evidence.given[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(['', '/', './', 'a/b/phone/', '\\phone\\'])(
    'finds a backup in a zip whose names start with %j',
    async (prefix) => {
      const files = Object.fromEntries(
        Object.entries(backupFiles()).map(([path, content]) => [
          `${prefix}${prefix.includes('\\') ? path.replaceAll('/', '\\') : path}`,
          content,
        ]),
      );
      const evidence = await openAll([given('phone.zip', zipOf(files))]);
      expect(evidence.given.map(({ kind }) => kind)).toEqual(['zip', 'ios-backup']);
      expect(await textOf(evidence.sources[0], 'HomeDomain/Library/note.txt')).toBe('hola');
    },
  );

  it('finds a backup in a tar.gz', async () => {
    const members = Object.entries(backupFiles('/phone/')).map(([name, content]) => ({ name, content }));
    const evidence = await openAll([given('phone.tar.gz', gzipSync(tarArchive(members)))]);
    expect(evidence.given.map(({ kind, path }) => `${kind} ${basename(path)}`)).toEqual([
      'tar.gz phone.tar.gz',
      'ios-backup phone',
    ]);
    expect(await textOf(evidence.sources[0], 'HomeDomain/Library/note.txt')).toBe('hola');
  });

  it('knows a backup without Info.plist, and none in the snapshot of one', async () => {
    giveBackup('phone/', ['Info.plist']);
    giveBackup('phone/Snapshot/');
    const evidence = await openAll([join(folder, 'phone')]);
    expect(evidence.given.map(({ kind }) => kind)).toEqual(['ios-backup']);
  });

  it.each([
    ['files laid out as in a backup', ['Manifest.db', 'Manifest.plist', 'Info.plist']],
    ['Info.plist without Manifest.db', ['Manifest.db']],
    ['Manifest.db alone', ['Info.plist', 'Manifest.plist']],
  ])(
    'says that a folder with the files of a backup is none, as they were not read as such: %s',
    async (_title, leaveOut) => {
      giveBackup('phone/', leaveOut);
      const evidence = await openAll([join(folder, 'phone')]);
      expect(evidence.given[0]).toMatchObject({
        kind: 'folder',
        problems: [{ code: 'not-a-backup', effect: 'lost' }],
      });
    },
  );

  it('notes a folder that has only one of the two files of a backup', async () => {
    given('phone/Info.plist', '<plist/>');
    const evidence = await openAll([join(folder, 'phone')]);
    expect(evidence.given[0]?.problems).toMatchObject([{ code: 'not-a-backup', effect: 'note' }]);
  });

  it('does not think of a backup for other folders', async () => {
    given('repository/.git/objects/ab/cdef0123456789abcdef0123456789abcdef01', 'x');
    given('repository/a.txt', 'x');
    const evidence = await openAll([join(folder, 'repository')]);
    expect(evidence.given[0]?.problems).toEqual([]);
  });
});

describe('hostile and damaged archives', () => {
  it('refuses names that climb, reads absolute ones as relative, skips links and devices; all is reported', async () => {
    const members: ZipFixtureMember[] = [
      { name: '../../evil.txt', content: 'evil' },
      { name: '/etc/passwd', content: 'absolute' },
      { name: 'C:\\Windows\\evil.txt', content: 'drive' },
      { name: 'nul\0.txt', content: 'nul' },
      { name: 'link', content: '/etc/passwd', mode: 0o120777 },
      { name: 'device', mode: 0o060644 },
      { name: 'folder/', mode: 0o040755 },
      { name: `${'long/'.repeat(900)}x`, content: 'long' },
      { name: 'good.txt', content: 'good' },
    ];
    const source = await openOne(given('evil.zip', zipArchive(members)));
    expect(await pathsOf(source)).toEqual(['etc/passwd', 'good.txt']);
    expect(await textOf(source, 'good.txt')).toBe('good');
    expect(placed(source.problems())).toEqual([
      'unsafe-name lost ../../evil.txt 1',
      'unsafe-name lost C:\\Windows\\evil.txt 1',
      'unsafe-name lost nul\0.txt 1',
      `name-too-long lost ${'long/'.repeat(40)} 1`,
      'link-skipped note link 1',
      'special-file-skipped note device 1',
    ]);
  });

  it('does the same for a tar', async () => {
    const members: TarFixtureMember[] = [
      { name: '../../evil.txt', content: 'evil' },
      { name: '/private/var/a.txt', content: 'absolute' },
      { name: 'hard', type: '1', linkTarget: 'good.txt' },
      { name: 'soft', type: '2', linkTarget: '/etc/passwd' },
      { name: 'device', type: '3' },
      { name: 'folder/', type: '5' },
      { name: 'holes', type: 'S', content: 'map' },
      { name: `${'long/'.repeat(50)}ñ.txt`, content: 'long' },
      { name: 'good.txt', content: 'good' },
    ];
    const source = await openOne(given('evil.tar', tarArchive(members)));
    expect(await pathsOf(source)).toEqual(['private/var/a.txt', `${'long/'.repeat(50)}ñ.txt`, 'good.txt']);
    expect(await textOf(source, `${'long/'.repeat(50)}ñ.txt`)).toBe('long');
    expect(await textOf(source, 'good.txt')).toBe('good');
    expect(placed(source.problems())).toEqual([
      'unsafe-name lost ../../evil.txt 1',
      'unsupported-member lost holes 1',
      'link-skipped note hard 2',
      'special-file-skipped note device 1',
    ]);
  });

  it('lists only the first of many bad names and counts the rest', async () => {
    const members = Array.from({ length: 500 }, (_, n) => ({ name: `../${n}`, content: 'x' }));
    const source = await openOne(
      given('evil.zip', zipArchive([...members, { name: 'good.txt', content: 'good' }])),
    );
    const problems = source.problems();
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toMatchObject({ code: 'unsafe-name', count: 490 });
  });

  it('takes the later of two members with one name, and says so', async () => {
    const members = [
      { name: 'a.txt', content: 'first' },
      { name: './a.txt', content: 'second' },
    ];
    for (const path of [given('a.zip', zipArchive(members)), given('a.tar', tarArchive(members))]) {
      const source = await openOne(path);
      expect(await textOf(source, 'a.txt')).toBe('second');
      expect(placed(source.problems())).toEqual(['duplicate-name lost a.txt 1']);
    }
  });

  it('says that members are encrypted or packed in a way it does not know', async () => {
    const source = await openOne(
      given(
        'a.zip',
        zipArchive([
          { name: 'closed.txt', content: 'x', flags: 1 },
          { name: 'lzma.txt', content: 'x', method: 14 },
          { name: 'open.txt', content: 'open' },
        ]),
      ),
    );
    expect(placed(source.problems())).toEqual([
      'encrypted-member lost closed.txt 1',
      'unsupported-member lost lzma.txt 1',
    ]);
    await expect(textOf(source, 'closed.txt')).rejects.toMatchObject({ code: 'encrypted' });
    await expect(textOf(source, 'lzma.txt')).rejects.toMatchObject({ code: 'not-supported' });
    expect(await textOf(source, 'open.txt')).toBe('open');
  });

  it('reads on behind entries the library gives up at', async () => {
    const source = await openOne(
      given(
        'a.zip',
        zipArchive([
          { name: 'a.txt', content: 'a' },
          { name: 'strong.txt', content: 'x', flags: 0x41 },
          { name: 'extra.txt', content: 'x', extra: Buffer.from([1, 0, 255, 255]) },
          { name: 'b.txt', content: 'b' },
        ]),
      ),
    );
    expect(await pathsOf(source)).toEqual(['a.txt', 'b.txt']);
    expect(placed(source.problems())).toEqual([
      'encrypted-member lost strong.txt 1',
      'damaged lost extra.txt 1',
    ]);
  });

  it.each([
    ['a size that is too small', { statedSize: 10 }],
    ['a size that is too large', { statedSize: 1_000_000 }],
    ['a wrong checksum', { statedCrc32: 1 }],
  ])('gives what is there and says "damaged" for %s', async (_title, lie) => {
    const content = Buffer.alloc(100_000, 'abc');
    const source = await openOne(given('a.zip', zipArchive([{ name: 'a', content, ...lie }])));
    expect(await drain(await fileOf(source, 'a'))).toEqual({ bytes: 100_000, code: 'damaged' });
  });

  it('reads a zip whose count of members wrapped around', async () => {
    const members = [
      { name: 'a', content: 'a' },
      { name: 'b', content: 'b' },
      { name: 'c', content: 'c' },
    ];
    const source = await openOne(given('a.zip', zipArchive(members, { statedCount: 1 })));
    expect(await pathsOf(source)).toEqual(['a', 'b', 'c']);
    expect(source.problems()).toEqual([]);
  });

  it('reads names as UTF-8 when they are, and as code page 437 otherwise', async () => {
    const members = [
      { name: 'Conversación.txt', content: 'a', flags: 0 },
      { name: Buffer.from([0x6e, 0xa4, 0x6f]), content: 'b', flags: 0 },
    ];
    const source = await openOne(given('a.zip', zipArchive(members)));
    expect(await pathsOf(source)).toEqual(['Conversación.txt', 'nño']);
  });

  it.each([false, true])('reads a cut zip up to the cut (sizes behind the content: %s)', async (streamed) => {
    const content = incompressible(60_000);
    const names = ['a.bin', 'dir/b.bin', 'c.bin'];
    const whole = zipArchive(names.map((name) => ({ name, content, streamed })));
    const cut = whole.subarray(0, whole.indexOf('c.bin') + 1_000);
    const source = await openOne(given('cut.zip', cut));
    expect(await pathsOf(source)).toEqual(names);
    expect(codes(source.problems())).toEqual(['damaged']);
    expect(await drain(await fileOf(source, 'dir/b.bin'))).toEqual({ bytes: 60_000, code: null });
    const last = await drain(await fileOf(source, 'c.bin'));
    expect(last.code).toBe('damaged');
    expect(last.bytes).toBeGreaterThan(500);
  });

  it('reads a cut tar and a cut tar.gz up to the cut', async () => {
    const content = incompressible(60_000);
    const tar = tarArchive(['a', 'b', 'c'].map((name) => ({ name, content })));
    const gz = gzipSync(tar);
    const cuts = [
      given('cut.tar', tar.subarray(0, 2 * (512 + 60_416) + 30_000)),
      given('cut.tar.gz', gz.subarray(0, Math.floor(gz.byteLength * 0.8))),
    ];
    for (const path of cuts) {
      const source = await openOne(path);
      expect((await pathsOf(source)).slice(0, 2)).toEqual(['a', 'b']);
      expect(codes(source.problems())).toContain('damaged');
      expect(source.problems().every(({ effect }) => effect === 'lost')).toBe(true);
      expect(await drain(await fileOf(source, 'a'))).toEqual({ bytes: 60_000, code: null });
      const last = await source.file('c');
      if (last) expect((await drain(last)).code).toBe('damaged');
    }
  });

  it('lists a tar with large members without reading them, and reads each at its place', async () => {
    const big = Buffer.alloc(3_000_001, 'big');
    const source = await openOne(
      given(
        'a.tar',
        tarArchive([
          { name: 'big', content: big },
          { name: 'small', content: 'small' },
          { name: 'big2', content: big },
        ]),
      ),
    );
    expect(await textOf(source, 'small')).toBe('small');
    expect(sha256(await (await fileOf(source, 'big2')).bytes({ maxBytes: 4_000_000 }))).toBe(sha256(big));
    expect(source.problems()).toEqual([]);
  });
});

describe('limits', () => {
  const bomb = (megabytes: number): ZipFixtureMember => {
    const content = Buffer.alloc(megabytes * 1024 * 1024);
    return { name: 'bomb.txt', content, deflated: deflateRawSync(content, { level: 9 }) };
  };

  it('stops a bomb early: 300 KB that become 300 MB', async () => {
    const archive = zipArchive([bomb(300), { name: 'good.txt', content: 'good' }]);
    expect(archive.byteLength).toBeLessThan(320_000);
    const source = await openOne(given('bomb.zip', archive));
    const { bytes, code } = await drain(await fileOf(source, 'bomb.txt'));
    expect(code).toBe('limit-ratio');
    expect(bytes).toBeLessThan(85_000_000);
    expect(await textOf(source, 'good.txt')).toBe('good');
  });

  it('stops a bomb in a tar.gz and keeps what came before', async () => {
    const tar = tarArchive([
      { name: 'good.txt', content: 'good' },
      { name: 'bomb', content: Buffer.alloc(150_000_000) },
    ]);
    const source = await openOne(given('bomb.tar.gz', gzipSync(tar)));
    expect(codes(source.problems())).toContain('limit-ratio');
    expect(await textOf(source, 'good.txt')).toBe('good');
    expect((await drain(await fileOf(source, 'bomb'))).bytes).toBeLessThan(85_000_000);
  });

  it('stops a bomb in a Zstandard file: 12 KB that become 400 MB', async () => {
    const bomb = zstdFrame(Array.from({ length: 3_000 }, () => ({ byte: 0, times: 128 * 1024 })));
    const source = await openOne(given('bomb.zst', bomb));
    const { bytes, code } = await drain(await fileOf(source, 'bomb'));
    expect(code).toBe('limit-ratio');
    expect(bytes).toBeLessThan(85_000_000);
  });

  it('stops a bomb in a bzip2 file: 242 bytes that become 300 MB', async () => {
    // 300,000,000 zeros, by bzip2 1.0.8.
    const bomb =
      'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWXcjn6wAvHRAIMAAEAAACCAAMMwJqmmqQqC2pSFQXi7kinChIQEEDIg=';
    const source = await openOne(given('bomb.bz2', Buffer.from(bomb, 'base64')));
    const { bytes, code } = await drain(await fileOf(source, 'bomb'));
    expect(code).toBe('limit-ratio');
    expect(bytes).toBeLessThan(85_000_000);
  });

  it('reads a cut Zstandard file up to the cut', async () => {
    const whole = zstdFrame([{ raw: 'kept' }, { raw: 'lost' }]);
    const source = await openOne(given('cut.zst', whole.subarray(0, whole.byteLength - 1)));
    expect(await drain(await fileOf(source, 'cut'))).toEqual({ bytes: 4, code: 'damaged' });
  });

  it('does not mind a file of zeros below 64 MB', async () => {
    const source = await openOne(given('zeros.zip', zipArchive([bomb(60)])));
    expect(await drain(await fileOf(source, 'bomb.txt'))).toEqual({ bytes: 60 * 1024 * 1024, code: null });
  });

  it('limits the bytes of one member, also when it is copied', async () => {
    const source = await openOne(given('a.zip', zipArchive([bomb(2)])), { memberBytes: 1_000_000 });
    const file = await fileOf(source, 'bomb.txt');
    expect((await drain(file)).code).toBe('limit-bytes');
    await expect(file.copyTo(await source.scratch.newPath('x'))).rejects.toMatchObject({
      code: 'limit-bytes',
    });
    await expect(file.bytes({ maxBytes: 10 })).rejects.toMatchObject({ code: 'limit-bytes' });
  });

  it('limits the bytes of a whole run', async () => {
    const members = ['a', 'b', 'c'].map((name) => ({ ...bomb(1), name }));
    const source = await openOne(given('a.zip', zipArchive(members)), { totalBytes: 1_500_000 });
    expect((await drain(await fileOf(source, 'a'))).code).toBeNull();
    expect((await drain(await fileOf(source, 'b'))).code).toBe('limit-bytes');
  });

  it('limits the copy of an archive in an archive', async () => {
    const inner = zipArchive([{ name: 'a', content: Buffer.alloc(2_000_000, 1), stored: true }]);
    const evidence = await openAll([given('a.zip', zipOf({ 'inner.zip': inner, 'good.txt': 'good' }))], {
      limits: { memberBytes: 1_000_000 },
    });
    expect(codes(evidence.given[1]?.problems ?? [])).toContain('limit-bytes');
    expect(await textOf(evidence.sources[0], 'good.txt')).toBe('good');
  });

  it('limits the number of files', async () => {
    const members = Array.from({ length: 20 }, (_, n) => ({ name: `${n}.txt`, content: 'x' }));
    for (const { name } of members) given(`many/${name}`, 'x');
    const paths = [
      given('a.zip', zipArchive(members)),
      given('a.tar', tarArchive(members)),
      join(folder, 'many'),
    ];
    for (const path of paths) {
      const source = await openOne(path, { members: 7 });
      expect(await pathsOf(source)).toHaveLength(7);
      expect(source.problems()).toMatchObject([{ code: 'limit-count', effect: 'lost' }]);
    }
  });

  it('limits the length of paths', async () => {
    given('case/short.txt', 'x');
    given('case/a-name-of-some-length/of-a-file.txt', 'x');
    const source = await openOne(join(folder, 'case'), { pathLength: 20 });
    expect(await pathsOf(source)).toEqual(['short.txt']);
    expect(placed(source.problems())).toEqual(['name-too-long lost a-name-of-some-length 1']);
    expect(await opened[0]?.given[0]?.sha256).toBeNull();
  });

  it('notes members that share their bytes', async () => {
    const archive = zipArchive([
      { name: 'a', content: Buffer.alloc(1000, 1), stored: true },
      { name: 'b', content: 'b' },
    ]);
    // Both entries of the directory point at the first member.
    const second = archive.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    archive.writeUInt32LE(0, second + 42);
    archive.writeUInt32LE(1000, second + 20);
    const source = await openOne(given('a.zip', archive));
    expect(codes(source.problems())).toEqual(['overlapping-members']);
  });
});

describe('care of evidence', () => {
  it('never changes evidence, and leaves nothing behind', async () => {
    giveBackup('case/phone/');
    given('case/a.zip', zipOf({ 'b.zip': zipOf({ 'c.txt': 'c' }), 'd.txt': 'd' }));
    given('case/e.tar.gz', gzipSync(tarArchive([{ name: 'f.txt', content: 'f' }])));
    given(
      'case/sms.db',
      buildSqlite((db) => db.run('CREATE TABLE message (text TEXT)')),
    );
    const before = snapshot(join(folder, 'case'));
    const scratchBefore = scratchFolders();
    const evidence = await openEvidence([join(folder, 'case')]);
    for (const source of evidence.sources) {
      for await (const file of source.find(['**'])) {
        await drain(file);
        await file.copyTo(await source.scratch.newPath(file.path));
        await (await file.probe()).sqliteTables();
      }
    }
    await evidence.given[0]?.sha256;
    expect(await evidence.rehash()).toEqual([]);
    expect(scratchFolders().length).toBeGreaterThan(scratchBefore.length);
    await evidence.close();
    expect(snapshot(join(folder, 'case'))).toEqual(before);
    expect(scratchFolders()).toEqual(scratchBefore);
  });

  it('never copies over a file that exists', async () => {
    const source = await openOne(given('case/a.txt', 'new'));
    const target = given('precious.txt', 'old');
    await expect((await fileOf(source, 'a.txt')).copyTo(target)).rejects.toMatchObject({ code: 'io' });
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  it('makes copies that only this user can read, also of files that are read-only', async () => {
    const path = given('a.txt', 'a');
    chmodSync(path, 0o444);
    const source = await openOne(path);
    const copy = await source.scratch.newPath('a.txt');
    await (await fileOf(source, 'a.txt')).copyTo(copy);
    writeFileSync(copy, 'changed');
    if (process.platform !== 'win32') expect(lstatSync(copy).mode & 0o777).toBe(0o600);
  });

  it('notices when evidence changed since it was opened: a byte, a new file', async () => {
    const single = given('a.txt', 'a');
    given('case/b.txt', 'b');
    given('still/c.txt', 'c');
    const evidence = await openAll([single, join(folder, 'case'), join(folder, 'still')]);
    await Promise.all(evidence.given.map((entry) => entry.sha256));
    writeFileSync(single, 'A');
    given('case/new.txt', '');
    expect((await evidence.rehash()).map(({ code, source }) => `${code} ${source.evidence}`)).toEqual([
      'evidence-changed e1',
      'evidence-changed e2',
    ]);
  });
});

describe('texts', () => {
  it('has a sentence in both languages for every problem the sources name', () => {
    expect(Object.keys(spanish.problems)).toEqual(Object.keys(english.problems));
    const known = new Set([...Object.keys(english.problems), ...Object.keys(coreTexts.problems)]);
    const files = readdirSync(new URL('.', import.meta.url)).filter((name) => /^[a-z-]+\.ts$/.test(name));
    const named = files.flatMap((name) => {
      const code = readFileSync(new URL(name, import.meta.url), 'utf8');
      return [...code.matchAll(/\b(?:add|count|problemAt)\(\s*'([a-z-]+)'|refused: '([a-z-]+)'/g)].map(
        (match) => match[1] ?? match[2],
      );
    });
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((code) => code === undefined || !known.has(code))).toEqual([]);
  });
});

const REAL_PHONES = fileURLToPath(new URL('../../../shared/data/ios/', import.meta.url));

describe.skipIf(!existsSync(REAL_PHONES))('real evidence (skipped without ../shared)', () => {
  it('opens a folder with a backup and zips of phone files, and hashes the backup as sha256sum does', async () => {
    const evidence = await openAll([REAL_PHONES, join(REAL_PHONES, 'ios_backup')]);
    expect(evidence.given.map(({ kind, details }) => [kind, details.within])).toEqual([
      ['folder', undefined],
      ['ios-backup', 'e1'],
      ['zip', 'e1'],
      ['zip', 'e1'],
      ['zip', 'e1'],
      ['ios-backup', undefined],
    ]);
    expect(evidence.given.flatMap(({ problems }) => problems)).toEqual([]);
    // find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
    expect(await evidence.given[5]?.sha256).toBe(
      '691ed9f4c0df0aac7495e96ace79daaa45e9023db09d268dd1445c4465201286',
    );
    const chats =
      'filesystem2/mobile/Containers/Shared/AppGroup/694FBBC5-2E69-480A-A25B-FF8CC038BEF8/ChatStorage.sqlite';
    const probe = await (await fileOf(evidence.sources[4], chats)).probe();
    expect(await probe.sqliteTables()).toContain('ZWAMESSAGE');
  });
});

describe('any input', () => {
  const archives = [
    zipOf({ 'a.txt': 'one', 'dir/b.txt': 'two'.repeat(500) }),
    zipArchive([
      { name: 'a', content: 'streamed'.repeat(100), streamed: true },
      { name: 'b', content: 'b' },
    ]),
    tarArchive([
      { name: 'a', content: 'one' },
      { name: `${'x/'.repeat(80)}b`, content: 'two' },
    ]),
    gzipSync(tarArchive([{ name: 'a', content: 'one' }])),
    gzipSync('one file'),
    zstdFile(tarArchive([{ name: 'a', content: 'one' }])),
  ];

  it('changed archives are read or refused with a typed error, never worse', async () => {
    const change = fc.record({
      archive: fc.constantFrom(...archives),
      bytes: fc.array(
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })),
        { maxLength: 8 },
      ),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(change, async ({ archive, bytes, cut }) => {
        const copy = Buffer.from(
          archive.subarray(0, cut === null ? archive.length : Math.floor(cut * archive.length)),
        );
        for (const [place, value] of bytes)
          if (copy.length > 0) copy[Math.floor(place * (copy.length - 1))] = value;
        number += 1;
        await openAndRead(given(`changed-${number}`, copy));
      }),
      { numRuns: 400 },
    );
  });

  it('any bytes behind the beginning of an archive', async () => {
    const start = fc.constantFrom('PK\x03\x04', 'PK\x05\x06', '\x1f\x8b\x08', '');
    let number = 0;
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 2000 }), async (magic, bytes) => {
        number += 1;
        await openAndRead(given(`any-${number}`, Buffer.concat([Buffer.from(magic, 'latin1'), bytes])));
      }),
      { numRuns: 200 },
    );
  });
});

async function openAndRead(path: string): Promise<void> {
  let evidence: OpenedEvidence;
  try {
    evidence = await openEvidence([path], { hash: false });
  } catch (error) {
    expect(error).toMatchObject({ name: 'EvidenceError' });
    return;
  }
  try {
    for (const source of evidence.sources) {
      for await (const file of source.find(['**'])) {
        expect(file.path.split('/')).not.toContain('..');
        try {
          await file.bytes({ maxBytes: 10_000_000 });
        } catch (error) {
          expect(error).toMatchObject({ name: 'EvidenceError' });
        }
      }
    }
  } finally {
    await evidence.close();
  }
}

/** Bytes that look random and are the same each time. */
function incompressible(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let n = 0, state = 1; n < length; n += 1) {
    state = (state * 48_271) % 2_147_483_647;
    bytes[n] = state >>> 8;
  }
  return bytes;
}

function scratchFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^vigia-[A-Za-z0-9]{6}$/.test(name));
}

function snapshot(root: string): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name);
    const facts = lstatSync(path);
    entries[name] = facts.isFile()
      ? `${sha256(readFileSync(path))} ${facts.mtimeMs} ${facts.mode}`
      : 'folder';
  }
  return entries;
}
