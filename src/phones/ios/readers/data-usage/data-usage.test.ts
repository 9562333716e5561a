import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSqlite, type SqliteScript } from '../../../../../fixtures/sqlite-file.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll } from '../../../../core/testing/run.js';
import { fileIdOf } from '../../../../evidence/ios-backup/ios-backup.js';
import { changedBytes } from '../../../../evidence/testing/arbitraries.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import { readInMemory } from '../../../../evidence/testing/read-in-memory.js';
import { processUsage } from '../../../../records/kinds/process-usage.js';
import { reader } from './data-usage.js';

// Core Data tables, shortened to the columns that matter.
const PROCESS = `CREATE TABLE ZPROCESS (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, ZFIRSTTIMESTAMP TIMESTAMP,
  ZTIMESTAMP TIMESTAMP, ZBUNDLENAME VARCHAR, ZPROCNAME VARCHAR)`;
const USAGE = `CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY, ZHASPROCESS INTEGER, ZTIMESTAMP TIMESTAMP,
  ZWIFIIN FLOAT, ZWIFIOUT FLOAT, ZWWANIN FLOAT, ZWWANOUT FLOAT)`;
const FIRST = 700_000_000; // 2023-03-08 20:26:40 UTC

const readDb = (script: (db: SqliteScript) => void) =>
  readInMemory(reader, { 'DataUsage.sqlite': buildSqlite(script) });

describe('ios/data-usage', () => {
  it('joins usage rows with their process', async () => {
    const { records, problems } = await readDb((db) => {
      db.run(PROCESS);
      db.run(USAGE);
      db.run('INSERT INTO ZPROCESS VALUES (7, 1, ?, ?, ?, ?)', [
        FIRST,
        FIRST + 60,
        'com.example.chat',
        'exampleChatHelpe/com.example.chat',
      ]);
      db.run('INSERT INTO ZLIVEUSAGE VALUES (3, 7, ?, 10, 20, 30.5, 40)', [FIRST + 30.25]);
    });

    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        kind: 'process-usage',
        at: '2023-03-08T20:27:10.250000Z',
        source: { evidence: 'e1', path: 'DataUsage.sqlite', locator: 'ZLIVEUSAGE ROWID 3' },
        processName: 'exampleChatHelpe/com.example.chat',
        bundleId: 'com.example.chat',
        processId: 7,
        usageId: 3,
        usageProcessId: 7,
        firstAt: '2023-03-08T20:26:40.000000Z',
        lastAt: '2023-03-08T20:27:40.000000Z',
        wifiInBytes: 10,
        wifiOutBytes: 20,
        cellularInBytes: 30.5,
        cellularOutBytes: 40,
      },
    ]);
    expect(records.flatMap((record) => processUsage.timeline(record)).map(({ event }) => event)).toEqual([
      'process-network-use',
      'process-first-seen',
      'process-last-seen',
    ]);
  });

  it('gives processes without usage rows, and usage rows whose process is gone', async () => {
    const { records, problems } = await readDb((db) => {
      db.run(PROCESS);
      db.run(USAGE);
      db.run("INSERT INTO ZPROCESS VALUES (1, 1, ?, NULL, NULL, 'idled')", [FIRST]);
      db.run('INSERT INTO ZLIVEUSAGE VALUES (9, 42, NULL, NULL, NULL, 1, 2)');
      db.run('INSERT INTO ZLIVEUSAGE VALUES (10, NULL, NULL, NULL, NULL, NULL, NULL)');
    });

    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      { processName: null, processId: null, usageId: 9, usageProcessId: 42, at: null, cellularInBytes: 1 },
      { processName: null, processId: null, usageId: 10, usageProcessId: null, cellularInBytes: null },
      {
        processName: 'idled',
        processId: 1,
        usageId: null,
        usageProcessId: null,
        at: '2023-03-08T20:26:40.000000Z',
        source: { locator: 'ZPROCESS ROWID 1' },
      },
    ]);
  });

  it('reads recent databases without Wi-Fi counters, and old ones without bundle names', async () => {
    const { records, problems } = await readDb((db) => {
      db.run('CREATE TABLE ZPROCESS (Z_PK INTEGER PRIMARY KEY, ZPROCNAME, ZFIRSTTIMESTAMP)');
      db.run('CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY, ZHASPROCESS, ZWWANIN, ZWWANOUT)');
      db.run("INSERT INTO ZPROCESS VALUES (1, 'exampled', ?)", [FIRST]);
      db.run('INSERT INTO ZLIVEUSAGE VALUES (1, 1, 5, 6)');
    });

    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      {
        processName: 'exampled',
        bundleId: null,
        at: '2023-03-08T20:26:40.000000Z',
        lastAt: null,
        wifiInBytes: null,
        wifiOutBytes: null,
        cellularInBytes: 5,
        cellularOutBytes: 6,
      },
    ]);
  });

  it('takes values of the wrong type without stopping', async () => {
    const { records, problems } = await readDb((db) => {
      db.run('CREATE TABLE ZPROCESS (Z_PK, ZPROCNAME, ZBUNDLENAME, ZFIRSTTIMESTAMP, ZTIMESTAMP)');
      db.run('CREATE TABLE ZLIVEUSAGE (Z_PK, ZHASPROCESS, ZTIMESTAMP, ZWIFIIN)');
      db.run("INSERT INTO ZPROCESS VALUES (1, ?, x'ff', 'never', -1e300)", [Buffer.from('exampled')]);
      db.run("INSERT INTO ZPROCESS VALUES ('one', 'otherd', NULL, NULL, NULL)");
      db.run("INSERT INTO ZLIVEUSAGE VALUES (1, 1, x'00', 'much')");
      db.run("INSERT INTO ZLIVEUSAGE VALUES ('?', 1, 1, 1)");
    });

    expect(records).toMatchObject([
      {
        processName: 'exampled',
        bundleId: '\ufffd',
        at: null,
        firstAt: null,
        lastAt: null,
        wifiInBytes: null,
      },
    ]);
    expect(problems).toMatchObject([
      { code: 'bad-row', effect: 'lost', source: { locator: 'ZLIVEUSAGE' } },
      { code: 'bad-row', effect: 'lost', source: { locator: 'ZPROCESS' } },
    ]);
  });

  it('joins many rows without an index in reasonable time', async () => {
    const started = performance.now();
    const { records } = await readDb((db) => {
      db.run(PROCESS);
      db.run(USAGE);
      for (let id = 1; id <= 20_000; id += 1) {
        db.run('INSERT INTO ZPROCESS (Z_PK, ZPROCNAME) VALUES (?, ?)', [id, `process${id}`]);
        db.run('INSERT INTO ZLIVEUSAGE (Z_PK, ZHASPROCESS) VALUES (?, ?)', [id, id * 2]);
      }
    });

    expect(records).toHaveLength(30_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('marks what comes out of a damaged database, each row once', async () => {
    const content = buildSqlite((db) => {
      db.run(PROCESS);
      db.run(USAGE);
      for (let id = 1; id <= 3_000; id += 1) {
        db.run('INSERT INTO ZPROCESS (Z_PK, ZPROCNAME) VALUES (?, ?)', [id, `exampled${id}`]);
      }
      for (let id = 1; id <= 3_000; id += 1) {
        db.run('INSERT INTO ZLIVEUSAGE (Z_PK, ZHASPROCESS) VALUES (?, ?)', [id, id]);
      }
    });
    content.fill(0xff, content.byteLength - 3 * 4096, content.byteLength - 2 * 4096);
    const file = await memoryEvidence('DataUsage.sqlite', content);

    const { records, problems } = await readAll(reader, file);

    const places = records.map((record) => record.source.locator);
    expect(new Set(places).size).toBe(places.length);
    expect(records.length).toBeGreaterThan(2_900);
    expect(records.some((record) => record.recovered)).toBe(true);
    expect(problems).toMatchObject([{ code: 'database-recovered', effect: 'lost' }]);
    await file.source.close();
  });

  it('refuses a database without its tables', async () => {
    const one = buildSqlite((db) => db.run(PROCESS));
    await expect(readAll(reader, await memoryEvidence('DataUsage.sqlite', one))).rejects.toMatchObject({
      code: 'wrong-format',
    });
  });

  it('is recognised by its tables', async () => {
    const recognises = async (tables: string[]): Promise<boolean | undefined> =>
      reader.recognises?.({ path: 'x', head: new Uint8Array(), sqliteTables: async () => new Set(tables) });
    expect(await recognises(['ZPROCESS', 'ZLIVEUSAGE', 'Z_METADATA'])).toBe(true);
    expect(await recognises(['ZPROCESS'])).toBe(false);
  });

  it('looks where backups keep it', () => {
    expect(reader.artifacts[0]?.path).toBe('WirelessDomain/Library/Databases/DataUsage.sqlite');
    expect(fileIdOf('WirelessDomain', 'Library/Databases/DataUsage.sqlite')).toBe(
      '0d609c54856a9bb2d56729df1d68f2958a88426b',
    );
  });

  it('survives a database with any bytes changed', async () => {
    const whole = buildSqlite((db) => {
      db.run(PROCESS);
      db.run(USAGE);
      for (let id = 1; id <= 50; id += 1) {
        db.run("INSERT INTO ZPROCESS (Z_PK, ZPROCNAME) VALUES (?, 'exampled')", [id]);
        db.run('INSERT INTO ZLIVEUSAGE (Z_PK, ZHASPROCESS) VALUES (?, ?)', [id, id]);
      }
    });
    await fc.assert(
      fc.asyncProperty(changedBytes(whole, 20), async (content) => {
        const file = await memoryEvidence('DataUsage.sqlite', content);
        await readAll(reader, file).catch((error: unknown) => expect(error).toBeInstanceOf(EvidenceError));
        await file.source.close();
      }),
      { numRuns: 30 },
    );
  });
});
