import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { zipArchive } from '../../fixtures/archives.js';
import { buildSqlite, buildSqliteWithWal } from '../../fixtures/sqlite-file.js';
import type { EvidenceSource } from '../core/contracts.js';
import { type OpenedEvidence, openEvidence } from './open-evidence.js';
import { openSqlite } from './sqlite/sqlite.js';

const ROWS = 2_000;
const DATABASE = buildSqlite((db) => {
  db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT)');
  for (let n = 1; n <= ROWS; n += 1)
    db.run('INSERT INTO message (text) VALUES (?)', [`row ${n} ${'x'.repeat(60)}`]);
});
const WITH_LOG = buildSqliteWithWal(
  () => {},
  (db) => {
    db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT)');
    db.run("INSERT INTO message (text) VALUES ('only in the log')");
  },
);

let folder: string;
let opened: OpenedEvidence[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'first-look-test-'));
});
afterEach(async () => {
  for (const evidence of opened) await evidence.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

// A reader recognises loose files by what is in them. One that cannot be looked into is recognised by none, so that
// without a word about it the check would look complete.
describe('a first look at loose files', () => {
  it('says of a database that cannot be opened that it was not read', async () => {
    const headOnly = Buffer.from(DATABASE.subarray(0, 4096));
    headOnly.fill(0xaa, 100);
    give('a/odd.bin', headOnly);
    give('a/good.bin', DATABASE);
    const source = await openOne('a');

    expect(await tablesOf(source, 'good.bin')).toEqual(['message']);
    expect(await tablesOf(source, 'odd.bin')).toEqual([]);
    // Each reader takes a look of its own.
    expect(await tablesOf(source, 'odd.bin')).toEqual([]);
    expect(problemsOf(source)).toEqual(['damaged lost odd.bin']);
  });

  it('says nothing of files that are no database, or an empty one', async () => {
    give('a/text.bin', 'SQLite format 3 is the name of a format');
    give('a/empty.bin', '');
    give(
      'a/tables-none.bin',
      buildSqlite((db) => db.run('PRAGMA user_version = 1')),
    );
    const source = await openOne('a');

    for (const name of ['text.bin', 'empty.bin', 'tables-none.bin'])
      expect(await tablesOf(source, name)).toEqual([]);
    expect(problemsOf(source)).toEqual([]);
  });

  it('says of packed content that is damaged from its start that it was not read', async () => {
    const archive = zipArchive([{ name: 'odd.bin', content: DATABASE }]);
    archive.fill(0xff, 60, 90);
    give('a.zip', archive);
    const source = await openOne('a.zip');

    await expect(tablesOf(source, 'odd.bin')).rejects.toMatchObject({ code: 'damaged' });
    expect(problemsOf(source)).toEqual(['damaged lost odd.bin']);
  });

  it('finds the tables of a database that is still all in its log, in a folder and given alone', async () => {
    give('a/new.db', '');
    give('a/new.db-wal', WITH_LOG.wal);
    for (const path of ['a', 'a/new.db']) {
      const source = await openOne(path);
      expect(await tablesOf(source, 'new.db')).toEqual(['message']);
      expect(problemsOf(source)).toEqual([]);
      expect(opened.at(-1)?.given[0]?.problems).toEqual([]);
    }
  });

  it('says that a log without its database was not read, and nothing of other files of such a name', async () => {
    give('a/chat.db-wal', WITH_LOG.wal);
    give('a/notes-wal', 'a text about walls that is longer than the header of a log');
    give('a/empty.db-wal', '');
    give('a/with.db', WITH_LOG.main);
    give('a/with.db-wal', WITH_LOG.wal);

    expect(problemsOf(await openOne('a'))).toEqual(['log-without-database lost chat.db-wal']);
  });
});

// Windows lets only some people make links.
describe.skipIf(process.platform === 'win32')('a backup with links in place of files', () => {
  it('says which of its files were not followed; other links are only noted', async () => {
    const id = `3d${'0'.repeat(38)}`;
    give('elsewhere.db', DATABASE);
    give('a/text.txt', 'text');
    mkdirSync(join(folder, 'a/3d'));
    symlinkSync(join(folder, 'elsewhere.db'), join(folder, 'a/3d', id));
    symlinkSync(join(folder, 'elsewhere.db'), join(folder, 'a/other.db'));

    expect(problemsOf(await openOne('a'))).toEqual([
      `content-is-link lost 3d/${id}`,
      'link-skipped note other.db',
    ]);
  });
});

describe('a database in a damaged package', () => {
  it.each(['cut.gz', 'flipped.zip'])(
    'gives the rows that can be had, and says what happened: %s',
    async (name) => {
      const packed = gzipSync(DATABASE, { level: 1 });
      give('cut.gz', packed.subarray(0, packed.byteLength >> 1));
      const archive = zipArchive([{ name: 'sms.db', content: DATABASE, stored: true }]);
      archive.fill(0x79, 100_000, 100_010);
      give('flipped.zip', archive);
      const source = await openOne(name);
      const file = await source.file(name === 'cut.gz' ? 'cut' : 'sms.db');
      if (!file) throw new Error('nothing in it');

      const database = await openSqlite(file);
      const rows = [...database.rows('SELECT ROWID FROM message', { key: 'ROWID' })].length;
      const problems = database.problems().map(({ code, effect }) => `${code} ${effect}`);
      await database.close();

      expect(rows).toBeGreaterThan(ROWS / 4);
      expect(problems).toContain('content-damaged lost');
    },
  );
});

function give(path: string, content: Uint8Array | string): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}

async function openOne(path: string): Promise<EvidenceSource> {
  const evidence = await openEvidence([join(folder, path)]);
  opened.push(evidence);
  const [source] = evidence.sources;
  if (!source) throw new Error('no source');
  return source;
}

async function tablesOf(source: EvidenceSource, path: string): Promise<string[]> {
  const probe = await (await source.file(path))?.probe();
  return [...((await probe?.sqliteTables()) ?? [])];
}

function problemsOf(source: EvidenceSource): string[] {
  return source.problems().map(({ code, effect, source: { path } }) => `${code} ${effect} ${path}`);
}
