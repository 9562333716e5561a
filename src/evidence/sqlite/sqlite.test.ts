import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSqlite, buildSqliteWithWal, type SqliteScript } from '../../../fixtures/sqlite-file.js';
import type { EvidenceSource, Problem } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import type { Scratch } from '../scratch.js';
import { memorySource } from '../testing/memory-source.js';
import { unzip } from '../testing/unzip.js';
import {
  type OpenSqliteOptions,
  openSqlite,
  type RowsOptions,
  type SqliteRow,
  sqliteTablesOf,
} from './sqlite.js';

const PATH = 'HomeDomain/Library/SMS/sms.db';
const PAGE = 4096;

describe('openSqlite', () => {
  it('streams the rows of a sound database and reports nothing', async () => {
    const { rows, problems, recovered, tables } = await read(messages(3), 'SELECT ROWID, text FROM message');

    expect(rows).toEqual([
      { ROWID: 1, text: 'message 1' },
      { ROWID: 2, text: 'message 2' },
      { ROWID: 3, text: 'message 3' },
    ]);
    expect(tables).toEqual(['message']);
    expect(problems).toEqual([]);
    expect(recovered).toEqual([false, false, false]);
  });

  it('binds parameters of every type', async () => {
    const bytes = buildSqlite((db) => db.run('CREATE TABLE t (x)'));
    const values = [null, 7, -(2n ** 63n), 1.5, 'a\0b ñ', new Uint8Array([0, 255])];

    const { rows } = await read(bytes, 'SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f', {
      parameters: values,
    });

    expect(Object.values(rows[0] ?? {})).toEqual(values);
  });

  it('gives whole numbers as number when they are safe and as bigint beyond', async () => {
    const numbers = [0, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)];
    const large = [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 588_813_210_539_788_032n];
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE t (n INTEGER)');
      for (const value of [...numbers, ...large]) db.run('INSERT INTO t VALUES (?)', [value]);
    });

    const { rows } = await read(bytes, 'SELECT n FROM t');

    expect(rows.map((row) => row.n)).toEqual([...numbers, ...large]);
  });

  it('takes any type in any column, keeps what stands after a NUL, and replaces invalid UTF-8', async () => {
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)');
      db.run("INSERT INTO t VALUES (1, 'see' || char(0) || 'https://example.org/')");
      db.run("INSERT INTO t VALUES (2, CAST(x'61ff62' AS TEXT))");
      db.run("INSERT INTO t VALUES (3, CAST(x'edb080' || zeroblob(40) AS TEXT))");
      db.run("INSERT INTO t VALUES (4, x'00ff')");
      db.run("INSERT INTO t VALUES (5, CAST(x'efbbbf61' AS TEXT))");
      db.run("INSERT INTO t VALUES (6, '')");
      db.run("INSERT INTO t VALUES (7, x'')");
    });

    const { rows } = await read(bytes, 'SELECT text FROM t');

    expect(rows.map((row) => row.text)).toEqual([
      'see\0https://example.org/',
      'a\ufffdb',
      `\ufffd\ufffd\ufffd${'\0'.repeat(40)}`,
      new Uint8Array([0, 255]),
      '\ufeffa',
      '',
      new Uint8Array(0),
    ]);
  });

  it('reads tables and columns with hostile names', async () => {
    const table = `"; DROP TABLE x; --'[\``;
    const bytes = buildSqlite((db) => {
      db.run(`CREATE TABLE "${table.replaceAll('"', '""')}" ("__proto__" TEXT, "a""b" TEXT, "select" TEXT)`);
      db.run(`INSERT INTO "${table.replaceAll('"', '""')}" VALUES ('p', 'q', 'r')`);
    });

    await withSource({ [PATH]: bytes }, async (source) => {
      const database = await open(source);
      expect([...database.tables]).toEqual([table]);
      expect([...database.columns(table)]).toEqual(['__proto__', 'a"b', 'select']);
      const [row] = database.rows(`SELECT * FROM "${table.replaceAll('"', '""')}"`);
      expect(Object.entries(row ?? {})).toEqual([
        ['__proto__', 'p'],
        ['a"b', 'q'],
        ['select', 'r'],
      ]);
      await database.close();
    });
  });

  it('does not take a view or a virtual table for a table', async () => {
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE real_one (a)');
      db.run(
        'CREATE VIEW message AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS text FROM n',
      );
      db.run('CREATE VIRTUAL TABLE search USING fts5(text)');
    });

    await withSource({ [PATH]: bytes }, async (source) => {
      const database = await open(source);
      expect(database.tables.has('real_one')).toBe(true);
      expect(database.tables.has('message')).toBe(false);
      expect(database.tables.has('search')).toBe(false);
      // The endless view is gone from the copy, so not even a careless query can start it.
      expect(() => [...database.rows('SELECT count(*) FROM message')]).toThrow(/wrong-format/);
      await database.close();
      await expect(open(source, { requires: { message: ['text'] } })).rejects.toMatchObject({
        code: 'wrong-format',
        source: { locator: 'message' },
      });
    });
  });

  it('leaves out generated columns, whose values come from expressions in the evidence', async () => {
    const bytes = buildSqlite((db) => db.run('CREATE TABLE t (a, b AS (hex(zeroblob(1000000))))'));

    await withSource({ [PATH]: bytes }, async (source) => {
      const database = await open(source);
      expect([...database.columns('t')]).toEqual(['a']);
      await database.close();
    });
  });

  it('names the table or column a reader requires and does not find', async () => {
    await withSource({ [PATH]: messages(1) }, async (source) => {
      await expect(
        open(source, { requires: { message: ['rowid', 'TEXT'] } }).then((db) => db.close()),
      ).resolves.toBe(undefined);
      await expect(open(source, { requires: { message: ['absent'] } })).rejects.toMatchObject({
        code: 'wrong-format',
        source: { evidence: 'e1', path: PATH, locator: 'message.absent' },
      });
      await expect(open(source, { requires: { other: [] } })).rejects.toMatchObject({
        code: 'wrong-format',
        source: { locator: 'other' },
      });
    });
  });

  it('tells an empty file, a foreign file and a file of zeros from a database', async () => {
    await withSource({ [PATH]: new Uint8Array(0) }, async (source) => {
      await expect(open(source)).rejects.toMatchObject({ code: 'empty' });
    });
    await withSource({ [PATH]: 'bplist00 and more text'.repeat(500) }, async (source) => {
      await expect(open(source)).rejects.toMatchObject({ code: 'wrong-format' });
    });
    await withSource({ [PATH]: new Uint8Array(8192) }, async (source) => {
      await expect(open(source)).rejects.toMatchObject({ code: 'wrong-format' });
    });
    await withSource({ [PATH]: 'SQLite format 3\0 but nothing after it' }, async (source) => {
      await expect(open(source)).rejects.toMatchObject({ code: 'damaged' });
    });
  });

  it('says that a query does not fit the database', async () => {
    await withSource({ [PATH]: messages(1) }, async (source) => {
      const database = await open(source);
      expect(() => [...database.rows('SELECT nothing FROM message')]).toThrow(EvidenceError);
      await database.close();
    });
  });

  it('lets several queries run at once and a loop be left early', async () => {
    await withSource({ [PATH]: messages(50) }, async (source) => {
      const database = await open(source);
      const seen: unknown[] = [];
      for (const outer of database.rows('SELECT ROWID FROM message')) {
        for (const inner of database.rows('SELECT text FROM message WHERE ROWID = ?', {
          parameters: [outer.ROWID ?? null],
        })) {
          seen.push(inner.text);
        }
        if (seen.length === 3) break;
      }
      expect(seen).toEqual(['message 1', 'message 2', 'message 3']);
      await database.close();
    });
  });

  it('leaves no copy behind when closed, whatever happened', async () => {
    const scratchOf = (source: EvidenceSource) => readdirSync((source.scratch as Scratch).folder);
    await withSource({ [PATH]: messages(3), foreign: 'x'.repeat(5000) }, async (source) => {
      const database = await open(source);
      expect(scratchOf(source)).toHaveLength(1);
      // Closed in the middle of a query.
      database.rows('SELECT * FROM message')[Symbol.iterator]().next();
      await database.close();
      await database.close();
      expect(scratchOf(source)).toEqual([]);
      await expect(open(source, {}, 'foreign')).rejects.toThrow(EvidenceError);
      expect(scratchOf(source)).toEqual([]);
    });
  });

  it('copies a database once for all who have it open, and removes the copy with the last', async () => {
    const scratchOf = (source: EvidenceSource) => readdirSync((source.scratch as Scratch).folder);
    await withSource({ [PATH]: messages(3) }, async (source) => {
      const first = await open(source);
      const second = await open(source, { requires: { message: ['text'] } });
      expect(scratchOf(source)).toHaveLength(1);
      await expect(open(source, { requires: { nothing: [] } })).rejects.toThrow(EvidenceError);

      const [fromFirst, fromSecond] = [first, second].map((database) =>
        database.rows('SELECT text FROM message ORDER BY ROWID')[Symbol.iterator](),
      );
      expect(fromFirst?.next().value).toEqual({ text: 'message 1' });
      expect(fromSecond?.next().value).toEqual({ text: 'message 1' });
      await first.close();
      expect(fromSecond?.next().value).toEqual({ text: 'message 2' });
      expect([...second.rows('SELECT count(*) AS n FROM message')]).toEqual([{ n: 3 }]);
      await second.close();
      expect(scratchOf(source)).toEqual([]);

      const again = await open(source);
      expect([...again.rows('SELECT count(*) AS n FROM message')]).toEqual([{ n: 3 }]);
      await again.close();
    });
  });

  it('reads a database in UTF-16, which the engine itself does not', async () => {
    const bytes = buildSqlite((db) => {
      db.run("PRAGMA encoding = 'UTF-8'");
      db.run('CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT)');
    });
    const utf16 = utf16Database(bytes);

    const { rows, problems } = await read(utf16, 'SELECT id, s FROM t');

    expect(rows).toEqual([{ id: 5, s: 'hé' }]);
    expect(problems).toMatchObject([
      { code: 'database-rebuilt', effect: 'note', values: { tables: 1, rows: 1 } },
    ]);
  });
});

describe('openSqlite with a write-ahead log', () => {
  const inMain = (db: SqliteScript) => {
    db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT)');
    db.run("INSERT INTO message VALUES (1, 'in the main file')");
  };
  const insert = (id: number) => (db: SqliteScript) => {
    db.run('INSERT INTO message VALUES (?, ?)', [id, `only in the log ${id}`]);
  };
  const sql = 'SELECT ROWID FROM message';

  it('reads rows that exist only in the log', async () => {
    const { main, wal } = buildSqliteWithWal(inMain, insert(2), insert(3));

    const { rows, problems, recovered } = await read(main, sql, {}, { [`${PATH}-wal`]: wal });

    expect(rows.map((row) => row.ROWID)).toEqual([1, 2, 3]);
    expect(problems).toEqual([]);
    expect(recovered).toEqual([false, false, false]);
    expect((await read(main, sql)).rows).toHaveLength(1);
  });

  it('reads a schema that exists only in the log', async () => {
    const { main, wal } = buildSqliteWithWal(() => {}, inMain);

    const { tables, rows } = await read(main, sql, {}, { [`${PATH}-wal`]: wal });

    expect(tables).toEqual(['message']);
    expect(rows).toEqual([{ ROWID: 1 }]);
  });

  it('reads an empty main file whose whole content is in the log', async () => {
    const { main } = buildSqliteWithWal(inMain);

    const { rows } = await read(new Uint8Array(0), sql, {}, { [`${PATH}-wal`]: walOf(main) });

    expect(rows).toEqual([{ ROWID: 1 }]);
  });

  it('takes a log of 0 bytes and a log of zeros as normal', async () => {
    const { main } = buildSqliteWithWal(inMain);
    for (const wal of [new Uint8Array(0), new Uint8Array(32 + 24 + PAGE)]) {
      const { rows, problems } = await read(main, sql, {}, { [`${PATH}-wal`]: wal });
      expect(rows).toHaveLength(1);
      expect(problems).toEqual([]);
    }
  });

  it('counts the frames of a log cut in the middle', async () => {
    const { main, wal } = buildSqliteWithWal(inMain, insert(2), insert(3), insert(4));
    const frames = (wal.byteLength - 32) / (24 + PAGE);
    const cut = wal.subarray(0, wal.byteLength - 100);

    const { rows, problems } = await read(main, sql, {}, { [`${PATH}-wal`]: cut });

    expect(rows.map((row) => row.ROWID)).toEqual([1, 2, 3]);
    expect(problems).toMatchObject([
      {
        code: 'wal-partly-applied',
        effect: 'lost',
        values: { framesApplied: frames - 1, framesIgnored: 1 },
      },
    ]);
  });

  it('reports a log whose middle was changed, and one whose header was', async () => {
    const { main, wal } = buildSqliteWithWal(inMain, insert(2), insert(3), insert(4));
    const frames = (wal.byteLength - 32) / (24 + PAGE);
    const changed = Buffer.from(wal);
    // A byte in the content of the second frame.
    changed.writeUInt8(changed.readUInt8(32 + 24 + PAGE + 24 + 200) ^ 1, 32 + 24 + PAGE + 24 + 200);
    const middle = await read(main, sql, {}, { [`${PATH}-wal`]: changed });
    expect(middle.rows.map((row) => row.ROWID)).toEqual([1, 2]);
    expect(middle.problems).toMatchObject([
      { code: 'wal-damaged', effect: 'lost', values: { framesApplied: 1, framesIgnored: frames - 1 } },
    ]);

    const wrongSalt = Buffer.from(wal);
    wrongSalt.writeUInt32BE(1, 16);
    const header = await read(main, sql, {}, { [`${PATH}-wal`]: wrongSalt });
    expect(header.rows.map((row) => row.ROWID)).toEqual([1]);
    expect(header.problems).toMatchObject([
      { code: 'wal-damaged', effect: 'lost', values: { framesApplied: 0, framesIgnored: frames } },
    ]);
  });

  it('reads the main file alone when the log belongs to another database', async () => {
    const { main } = buildSqliteWithWal(inMain);
    const other = buildSqliteWithWal(
      () => {},
      (db) => db.run('CREATE TABLE unrelated (a)'),
    );

    const { rows, problems } = await read(
      main,
      sql,
      {},
      { [`${PATH}-wal`]: other.wal },
      { requires: { message: ['ROWID'] } },
    );

    expect(rows).toEqual([{ ROWID: 1 }]);
    expect(problems).toMatchObject([{ code: 'wal-damaged', values: { framesApplied: 0 } }]);
  });

  it('does not mind a log beside a database that is not in log mode', async () => {
    const { rows, problems } = await read(
      messages(2),
      sql,
      {},
      { [`${PATH}-wal`]: new Uint8Array(0), [`${PATH}-shm`]: new Uint8Array(32_768) },
    );

    expect(rows).toHaveLength(2);
    expect(problems).toEqual([]);
  });
});

describe('openSqlite with a rollback journal', () => {
  it('puts the pages back that an unfinished transaction had changed', async () => {
    const before = messages(20);
    const after = Buffer.from(before);
    after.fill(0xee, PAGE, 2 * PAGE);

    const { rows, problems } = await read(
      after,
      'SELECT text FROM message',
      {},
      { [`${PATH}-journal`]: journalOf(before, [2]) },
    );

    expect(rows).toHaveLength(20);
    expect(problems).toMatchObject([{ code: 'journal-rolled-back', effect: 'note', values: { pages: 1 } }]);
  });

  it('leaves a finished journal alone, and one that names another journal', async () => {
    const database = messages(5);
    const finished = journalOf(database, [2]);
    finished.fill(0, 0, 28);
    const named = Buffer.concat([
      journalOf(messages(9), [2]),
      Buffer.from('/home/someone/precious'),
      Buffer.from('d9d505f920a163d7', 'hex'),
    ]);

    const first = await read(database, 'SELECT 1 FROM message', {}, { [`${PATH}-journal`]: finished });
    const second = await read(database, 'SELECT 1 FROM message', {}, { [`${PATH}-journal`]: named });

    expect(first.rows).toHaveLength(5);
    expect(first.problems).toEqual([]);
    expect(second.rows).toHaveLength(5);
    expect(second.problems).toMatchObject([{ code: 'journal-ignored', effect: 'note' }]);
  });
});

describe('openSqlite on damaged databases', () => {
  const sql = 'SELECT ROWID, text FROM message';
  const count = 20_000;
  const large = () => messages(count, 100);

  it('gives what a plain reading gives first, then what lies past the broken pages', async () => {
    const bytes = large();
    const broken = breakPages(bytes, [40, 41, 90, 150], 'zeros');

    const { rows, problems, recovered } = await read(broken, sql, { key: 'ROWID' });

    const ids = rows.map((row) => Number(row.ROWID));
    expect(new Set(ids).size).toBe(ids.length);
    expect(rows.every((row) => row.text === `message ${row.ROWID}`)).toBe(true);
    // Each page holds some 35 rows, and only those of the four pages are gone.
    expect(ids.length).toBeGreaterThan(count - 4 * 40);
    expect(recovered[0]).toBe(false);
    expect(recovered.at(-1)).toBe(true);
    expect(recovered.indexOf(true)).toBe(recovered.lastIndexOf(false) + 1);
    expect(problems).toMatchObject([
      {
        code: 'database-recovered',
        effect: 'lost',
        values: { table: 'message', rowsRecovered: ids.length, badSpots: 4 },
      },
    ]);
  });

  it('tells rows apart without a key too, and keeps rows that are equal', async () => {
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE t (a TEXT)');
      for (let row = 0; row < 4_000; row += 1) db.run('INSERT INTO t VALUES (?)', ['the same'.repeat(8)]);
    });
    const broken = breakPages(bytes, [30], 'zeros');

    const { rows } = await read(broken, 'SELECT a FROM t');

    expect(rows.length).toBeGreaterThan(3_900);
    expect(rows.length).toBeLessThan(4_000);
  });

  it('reads most of a file cut to 60 %, where SQLite gives no row at all', async () => {
    const bytes = large();
    const cut = bytes.subarray(0, Math.floor(bytes.byteLength * 0.6));

    const { rows, problems, recovered } = await read(cut, sql, { key: 'ROWID' });

    expect(rows.length).toBeGreaterThan(count * 0.59);
    expect(new Set(rows.map((row) => row.ROWID)).size).toBe(rows.length);
    expect(rows.every((row) => row.text === `message ${row.ROWID}`)).toBe(true);
    expect(recovered.every(Boolean)).toBe(true);
    expect(problems).toMatchObject([
      { code: 'database-recovered', effect: 'lost', values: { table: 'message' } },
    ]);
  });

  it('places pages whose parent is lost by their row numbers and shape', async () => {
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT NOT NULL, kind INTEGER)');
      db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT NOT NULL, date INTEGER, body BLOB)');
      for (let row = 1; row <= 2_000; row += 1) {
        db.run('INSERT INTO handle VALUES (?, ?, ?)', [row, `+1 555 01${row}`, 1]);
        db.run('INSERT INTO message VALUES (?, ?, ?, ?)', [row, `message ${row}`, row, new Uint8Array(60)]);
      }
    });
    // Both roots: nothing says any more which page belongs to which table.
    const broken = breakPages(bytes, [2, 3], 'noise');

    const { rows, problems } = await read(broken, 'SELECT ROWID, text FROM message', { key: 'ROWID' });
    const handles = await read(broken, 'SELECT ROWID, id FROM handle', { key: 'ROWID' });

    expect(rows).toHaveLength(2_000);
    expect(rows.every((row) => row.text === `message ${row.ROWID}`)).toBe(true);
    expect(handles.rows).toHaveLength(2_000);
    expect(problems).toMatchObject([
      { code: 'database-recovered', values: { rowsRecovered: 2_000, placedRows: 2_000 } },
      { code: 'database-recovered', values: { rowsRecovered: 2_000, placedRows: 2_000 } },
    ]);
  });

  it('does not bring deleted rows back', async () => {
    const bytes = buildSqlite((db) => {
      fillMessages(db, 4_000, 100);
      db.run('DELETE FROM message WHERE ROWID > 1000');
    });
    const broken = breakPages(bytes, [2], 'zeros');

    const { rows } = await read(broken, sql, { key: 'ROWID' });

    expect(rows.length).toBeGreaterThan(900);
    expect(rows.every((row) => Number(row.ROWID) <= 1_000)).toBe(true);
  });

  it('rebuilds a database whose header was overwritten', async () => {
    const broken = Buffer.from(messages(100));
    broken.fill(0, 0, 100);

    const { rows, problems } = await read(broken, sql);

    expect(rows).toHaveLength(100);
    expect(problems).toMatchObject([
      { code: 'database-rebuilt', effect: 'note', values: { tables: 1, rows: 100 } },
    ]);
  });

  it('keeps row numbers, long values, tables without row numbers and columns added later', async () => {
    const long = 'ñ'.repeat(30_000);
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE plain (a TEXT, rowid TEXT)');
      db.run("INSERT INTO plain (oid, a, rowid) VALUES (77, 'x', 'y')");
      db.run("ALTER TABLE plain ADD COLUMN late TEXT DEFAULT 'it''s'");
      db.run('CREATE TABLE keyed (v TEXT, k TEXT, n INTEGER, PRIMARY KEY (k, n)) WITHOUT ROWID');
      db.run("INSERT INTO keyed VALUES ('v1', 'k1', 1), ('v2', 'k2', 2)");
      db.run('CREATE TABLE long (id INTEGER PRIMARY KEY, t TEXT, b BLOB, n INTEGER, r REAL)');
      db.run('INSERT INTO long VALUES (9, ?, ?, ?, 2.0)', [long, new Uint8Array(20_000).fill(3), 2n ** 62n]);
      db.run("CREATE TABLE checked (a TEXT CHECK (a <> 'bad') UNIQUE, b AS (upper(a)) STORED, c TEXT)");
      db.run("INSERT INTO checked VALUES ('ok', 'c')");
    });
    const broken = Buffer.from(bytes);
    broken.fill(0, 0, 100);

    const plain = await read(broken, 'SELECT oid AS o, a, "rowid" AS r, late FROM plain');
    const keyed = await read(broken, 'SELECT * FROM keyed ORDER BY k');
    const longs = await read(broken, 'SELECT * FROM long');
    const checked = await read(broken, 'SELECT * FROM checked');

    expect(plain.rows).toEqual([{ o: 77, a: 'x', r: 'y', late: "it's" }]);
    expect(keyed.rows).toEqual([
      { k: 'k1', n: 1, v: 'v1' },
      { k: 'k2', n: 2, v: 'v2' },
    ]);
    expect(longs.rows).toEqual([{ id: 9, t: long, b: new Uint8Array(20_000).fill(3), n: 2n ** 62n, r: 2 }]);
    expect(checked.rows).toEqual([{ a: 'ok', c: 'c' }]);
  });

  it('rebuilds what is only in the log as well', async () => {
    const { main, wal } = buildSqliteWithWal(
      (db) => fillMessages(db, 2_000, 100),
      (db) => db.run('INSERT INTO message VALUES (?, ?, ?)', [2_001, 'message 2001', new Uint8Array(1)]),
    );
    const broken = breakPages(main, [20], 'zeros');

    const { rows, problems } = await read(broken, sql, { key: 'ROWID' }, { [`${PATH}-wal`]: wal });

    expect(rows.at(-1)).toEqual({ ROWID: 2_001, text: 'message 2001' });
    expect(rows.length).toBeGreaterThan(1_950);
    expect(problems).toMatchObject([{ code: 'database-recovered' }]);
  });

  it('is not led round in circles by pages that point to one page many times', async () => {
    const bytes = messages(20_000, 100);
    const broken = Buffer.from(bytes);
    // The root of the table and nine pages below it become copies of its fullest inner page, each with hundreds of
    // ways to the next and the last with as many to one leaf.
    const pageAt = (number: number) => broken.subarray((number - 1) * PAGE, number * PAGE);
    const cellsOf = (page: Buffer) => (page.readUInt8(0) === 5 ? page.readUInt16BE(3) : 0);
    const numbers = Array.from({ length: bytes.byteLength / PAGE - 1 }, (_, index) => index + 2);
    const [fullest = 2] = numbers.toSorted((one, other) => cellsOf(pageAt(other)) - cellsOf(pageAt(one)));
    const interior = Buffer.from(pageAt(fullest));
    expect(cellsOf(interior)).toBeGreaterThan(200);
    const levels = [2, 11, 12, 13, 14, 15, 16, 17, 18, 19];
    for (const [index, number] of levels.entries()) {
      const next = levels[index + 1] ?? 30;
      const page = Buffer.from(interior);
      for (let cell = 0; cell < cellsOf(interior); cell += 1)
        page.writeUInt32BE(next, page.readUInt16BE(12 + cell * 2));
      page.writeUInt32BE(next, 8);
      page.copy(pageAt(number));
    }

    const started = performance.now();
    const { rows } = await read(broken, 'SELECT count(*) AS n FROM message');

    expect(performance.now() - started).toBeLessThan(10_000);
    expect(Number(rows[0]?.n)).toBeLessThanOrEqual(20_000);
  });

  it('survives any change of bytes, quickly, and never gives a wrong problem shape', async () => {
    const database = buildSqlite((db) => {
      fillMessages(db, 60, 40);
      db.run('CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID');
      for (let row = 0; row < 40; row += 1)
        db.run('INSERT INTO keyed VALUES (?, ?)', [`k${row}`, 'v'.repeat(row * 30)]);
      db.run('CREATE INDEX i ON message (text)');
    });
    const log = buildSqliteWithWal(
      (db) => fillMessages(db, 30, 40),
      (db) => fillMore(db, 31, 60),
    );
    const change = fc.record({
      at: fc.nat(),
      value: fc.nat(255),
      run: fc.constantFrom(1, 1, 2, 4, 100, PAGE),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: 1, freq: 3 }),
        async (changes, withLog, keep) => {
          const main = mutate(withLog ? log.main : database, changes, keep);
          const wal = withLog ? mutate(log.wal, changes.slice(0, 3), 1) : null;
          const before = Buffer.from(main);
          const started = performance.now();
          try {
            const { rows, problems } = await read(
              main,
              'SELECT ROWID, text, body FROM message',
              { key: 'ROWID' },
              wal ? { [`${PATH}-wal`]: wal } : {},
            );
            expect(rows.length).toBeLessThan(500);
            for (const problem of problems) expect(problem.code).toMatch(/^[a-z-]+$/);
          } catch (error) {
            expect(error).toBeInstanceOf(EvidenceError);
          }
          expect(Buffer.from(main).equals(before)).toBe(true);
          expect(performance.now() - started).toBeLessThan(5_000);
        },
      ),
      { numRuns: 250 },
    );
  });
});

describe('sqliteTablesOf', () => {
  it('lists the tables, those in the log too, and gives nothing for anything else', async () => {
    const { main, wal } = buildSqliteWithWal(
      () => {},
      (db) => db.run('CREATE TABLE a (x); CREATE TABLE b (y)'),
    );
    await withSource({ db: main, 'db-wal': wal, other: 'text', empty: '' }, async (source) => {
      const tablesOf = async (path: string) => {
        const file = await source.file(path);
        return file ? [...(await sqliteTablesOf(file))].sort() : null;
      };
      expect(await tablesOf('db')).toEqual(['a', 'b']);
      expect(await tablesOf('other')).toEqual([]);
      expect(await tablesOf('empty')).toEqual([]);
      expect(readdirSync((source.scratch as Scratch).folder)).toEqual([]);
    });
  });
});

const images = fileURLToPath(new URL('../../../../shared/data/ios/ileapp/', import.meta.url));

describe.skipIf(!existsSync(images))('SQLite of public training images (skipped without ../shared)', () => {
  const archive = async (name: string) => unzip(await readFile(`${images}testdata.${name}.zip`));

  it("finds the rows of Safari's address cache only in the log", async () => {
    const files = await archive('safariCache.safariCache.josh_ios17_ffs');
    const path = pathEnding(files, 'com.apple.mobilesafari/Cache.db');
    const rowsIn = async (content: Record<string, Buffer>) => {
      let rows = -1;
      await withSource(content, async (source) => {
        const database = await open(source, { requires: { cfurl_cache_response: ['request_key'] } }, path);
        rows = [...database.rows('SELECT * FROM cfurl_cache_response')].length;
        expect(database.problems()).toEqual([]);
        await database.close();
      });
      return rows;
    };
    expect(await rowsIn({ [path]: files[path] as Buffer })).toBe(0);
    expect(await rowsIn(files)).toBe(6);
  });

  it('counts the rows of the address book with and without the log', async () => {
    const files = await archive('addressBook.addressBook.josh_ios15_ffs');
    const path = pathEnding(files, 'AddressBook.sqlitedb');
    const one = async (source: EvidenceSource, sql: string) => {
      const database = await open(source, {}, path);
      const [row] = [...database.rows(sql)];
      const problems = database.problems();
      await database.close();
      return [row?.n, problems];
    };
    await withSource(files, async (source) => {
      expect(await one(source, 'SELECT count(*) AS n FROM ABPerson')).toEqual([9, []]);
      expect(await one(source, 'SELECT count(*) AS n FROM ABMultiValue')).toEqual([13, []]);
      const joined =
        'SELECT count(*) AS n FROM ABPerson p JOIN ABMultiValue v ON v.record_id = p.ROWID WHERE v.value IS NOT NULL';
      expect(await one(source, joined)).toEqual([12, []]);
      expect(await one(source, 'SELECT count(*) AS n FROM ClientSequence')).toEqual([154, []]);
    });
    await withSource({ [path]: files[path] as Buffer }, async (source) => {
      expect(await one(source, 'SELECT count(*) AS n FROM ClientSequence')).toEqual([138, []]);
    });
  });

  it('finds the tables of the contact pictures only in the log', async () => {
    const files = await archive('addressBook.addressBook.josh_ios15_ffs');
    const path = pathEnding(files, 'AddressBookImages.sqlitedb');
    const tables = async (content: Record<string, Buffer>) => {
      let size = -1;
      await withSource(content, async (source) => {
        const database = await open(source, {}, path);
        size = database.tables.size;
        await database.close();
      });
      return size;
    };
    expect(await tables({ [path]: files[path] as Buffer })).toBe(0);
    expect(await tables(files)).toBe(3);
  });
});

// ---------------------------------------------------------------------------------------------------------------

interface Reading {
  readonly rows: readonly SqliteRow[];
  /** For each row, whether it came out of a rebuilt copy. */
  readonly recovered: readonly boolean[];
  readonly problems: readonly Problem[];
  readonly tables: readonly string[];
}

async function read(
  main: Uint8Array,
  sql: string,
  options: RowsOptions = {},
  sidecars: Record<string, Uint8Array> = {},
  openOptions: OpenSqliteOptions = {},
): Promise<Reading> {
  const source = await memorySource({ [PATH]: main, ...sidecars });
  try {
    const database = await open(source, openOptions);
    try {
      const rows: SqliteRow[] = [];
      const recovered: boolean[] = [];
      for (const row of database.rows(sql, options)) {
        rows.push(row);
        recovered.push(database.recovered);
      }
      return { rows, recovered, problems: database.problems(), tables: [...database.tables] };
    } finally {
      await database.close();
    }
  } finally {
    await source.close();
  }
}

async function withSource(
  files: Record<string, Uint8Array | string>,
  work: (source: EvidenceSource) => Promise<void>,
): Promise<void> {
  const source = await memorySource(files);
  try {
    await work(source);
  } finally {
    await source.close();
  }
}

async function open(source: EvidenceSource, options: OpenSqliteOptions = {}, path = PATH) {
  const file = await source.file(path);
  if (!file) throw new Error(`no ${path}`);
  return openSqlite(file, options);
}

function messages(count: number, bodyBytes = 8): Buffer {
  return buildSqlite((db) => fillMessages(db, count, bodyBytes));
}

function fillMessages(db: SqliteScript, count: number, bodyBytes: number): void {
  db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, body BLOB)');
  fillMore(db, 1, count, bodyBytes);
}

function fillMore(db: SqliteScript, from: number, to: number, bodyBytes = 40): void {
  for (let id = from; id <= to; id += 1)
    db.run('INSERT INTO message VALUES (?, ?, ?)', [id, `message ${id}`, new Uint8Array(bodyBytes).fill(id)]);
}

/** Pages are numbered from 1, as in SQLite. */
function breakPages(bytes: Uint8Array, pages: readonly number[], how: 'zeros' | 'noise'): Buffer {
  const broken = Buffer.from(bytes);
  for (const page of pages) {
    const start = (page - 1) * PAGE;
    for (let index = start; index < start + PAGE; index += 1)
      broken[index] = how === 'zeros' ? 0 : (index * 2_654_435_761) >>> 24;
  }
  return broken;
}

function mutate(
  bytes: Uint8Array,
  changes: readonly { readonly at: number; readonly value: number; readonly run: number }[],
  keep: number,
): Buffer {
  const changed = Buffer.from(bytes.subarray(0, Math.ceil(bytes.byteLength * keep)));
  for (const { at, value, run } of changes) {
    if (changed.byteLength === 0) break;
    const start = at % changed.byteLength;
    changed.fill(value, start, Math.min(start + run, changed.byteLength));
  }
  return changed;
}

/** A log that holds every page of a database, as one transaction. */
function walOf(database: Buffer): Buffer {
  const pages = database.byteLength / PAGE;
  const wal = Buffer.alloc(32 + pages * (24 + PAGE));
  const sum = [0, 0] as [number, number];
  const add = (start: number, length: number) => {
    for (let at = start; at < start + length; at += 8) {
      sum[0] = (sum[0] + wal.readUInt32BE(at) + sum[1]) >>> 0;
      sum[1] = (sum[1] + wal.readUInt32BE(at + 4) + sum[0]) >>> 0;
    }
  };
  // The odd magic number: checksums over big-endian words.
  for (const [index, value] of [0x377f0683, 3_007_000, PAGE, 0, 11, 22].entries())
    wal.writeUInt32BE(value, index * 4);
  add(0, 24);
  wal.writeUInt32BE(sum[0], 24);
  wal.writeUInt32BE(sum[1], 28);
  for (let page = 0; page < pages; page += 1) {
    const at = 32 + page * (24 + PAGE);
    wal.writeUInt32BE(page + 1, at);
    wal.writeUInt32BE(page === pages - 1 ? pages : 0, at + 4);
    wal.writeUInt32BE(11, at + 8);
    wal.writeUInt32BE(22, at + 12);
    database.copy(wal, at + 24, page * PAGE, (page + 1) * PAGE);
    add(at, 8);
    add(at + 24, PAGE);
    wal.writeUInt32BE(sum[0], at + 16);
    wal.writeUInt32BE(sum[1], at + 20);
  }
  return wal;
}

/** The journal of a transaction that had changed these pages of a database. */
function journalOf(before: Buffer, pages: readonly number[]): Buffer {
  const sector = 512;
  const header = Buffer.alloc(sector);
  Buffer.from('d9d505f920a163d7', 'hex').copy(header);
  for (const [index, value] of [pages.length, 5, before.byteLength / PAGE, sector, PAGE].entries())
    header.writeUInt32BE(value, 8 + index * 4);
  const records = pages.map((number) => {
    const page = before.subarray((number - 1) * PAGE, number * PAGE);
    let checksum = 5;
    for (let at = PAGE - 200; at > 0; at -= 200) checksum += page[at] as number;
    const record = Buffer.alloc(PAGE + 8);
    record.writeUInt32BE(number, 0);
    page.copy(record, 4);
    record.writeUInt32BE(checksum, PAGE + 4);
    return record;
  });
  return Buffer.concat([header, ...records]);
}

/** Turns a database with one table `t` and no row into UTF-16, which this build of SQLite cannot write. */
function utf16Database(utf8: Buffer): Buffer {
  const bytes = Buffer.from(utf8);
  bytes.writeUInt32BE(2, 56);
  const text = (value: string) => Buffer.from(value, 'utf16le');
  const schema = ['table', 't', 't', 'CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT)'].map(text) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const typeOf = (value: Buffer) => {
    const type = value.byteLength * 2 + 13;
    return type < 128 ? [type] : [0x80 | (type >> 7), type & 0x7f];
  };
  const types = [...typeOf(schema[0]), ...typeOf(schema[1]), ...typeOf(schema[2]), 1, ...typeOf(schema[3])];
  const record = Buffer.concat([
    Buffer.from([types.length + 1, ...types]),
    schema[0],
    schema[1],
    schema[2],
    Buffer.from([2]),
    schema[3],
  ]);
  const putCell = (pageStart: number, header: number, cell: Buffer) => {
    const offset = PAGE - cell.byteLength;
    cell.copy(bytes, pageStart + offset);
    bytes.writeUInt8(0x0d, header);
    bytes.writeUInt16BE(0, header + 1);
    bytes.writeUInt16BE(1, header + 3);
    bytes.writeUInt16BE(offset, header + 5);
    bytes.writeUInt8(0, header + 7);
    bytes.writeUInt16BE(offset, header + 8);
  };
  const size = record.byteLength;
  const length = size < 128 ? [size] : [0x80 | (size >> 7), size & 0x7f];
  putCell(0, 100, Buffer.concat([Buffer.from([...length, 1]), record]));
  const value = text('hé');
  putCell(PAGE, PAGE, Buffer.concat([Buffer.from([7, 5, 3, 0, value.byteLength * 2 + 13]), value]));
  return bytes;
}

function pathEnding(files: Record<string, Buffer>, end: string): string {
  const path = Object.keys(files).find((name) => name.endsWith(end));
  if (path === undefined) throw new Error(`no ${end}`);
  return path;
}
