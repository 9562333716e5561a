import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { buildSqliteWithWal } from '../../../fixtures/sqlite-file.js';
import { rollBack } from './journal.js';
import { inspectWal } from './wal.js';

const folder = mkdtempSync(join(tmpdir(), 'vigia-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FRAME = 24 + 4096;
const { main, wal } = buildSqliteWithWal(
  (db) => db.run('CREATE TABLE t (a)'),
  (db) => db.run('INSERT INTO t VALUES (1)'),
  (db) => db.run('INSERT INTO t VALUES (2)'),
);

describe('inspectWal', () => {
  it('finds the frames of each transaction and the newest version of each page', () => {
    const report = inspect(wal);

    expect(report).toMatchObject({
      header: 'valid',
      pageSizeBytes: 4096,
      framesApplied: 2,
      framesIgnored: 0,
      checksumFailed: false,
      databasePages: 2,
    });
    expect([...report.pages]).toEqual([[2, 32 + FRAME + 24]]);
  });

  it('does not count the leftovers of an earlier round, whose salts differ', () => {
    const old = Buffer.from(wal.subarray(32, 32 + FRAME));
    old.writeUInt32BE(1, 8);

    expect(inspect(Buffer.concat([wal, old]))).toMatchObject({ framesApplied: 2, framesIgnored: 0 });
  });

  it('counts a transaction that was not finished, and a frame cut short', () => {
    const unfinished = Buffer.from(wal);
    // Without the size after the commit the frame ends no transaction; its checksum covers that field too.
    unfinished.writeUInt32BE(0, 32 + FRAME + 4);
    expect(inspect(unfinished)).toMatchObject({ framesApplied: 1, framesIgnored: 1, checksumFailed: true });
    expect(inspect(wal.subarray(0, -1))).toMatchObject({
      framesApplied: 1,
      framesIgnored: 1,
      checksumFailed: false,
    });
  });

  it('gives an answer for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, appended) => {
        const report = inspect(appended ? Buffer.concat([wal.subarray(0, 40), bytes]) : bytes);
        expect(report.framesApplied).toBe(0);
        expect(report.framesIgnored).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('rollBack', () => {
  it('never makes the copy longer and never fails, whatever the journal says', () => {
    const database = join(folder, 'copy.db');
    const journal = join(folder, 'undo');
    const start = Buffer.from('d9d505f920a163d7', 'hex');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        writeFileSync(database, main);
        writeFileSync(journal, Buffer.concat([start, bytes]));
        expect(['none', 'ignored', 'rolled-back']).toContain(rollBack(database, journal).state);
      }),
      { numRuns: 100 },
    );
  });
});

function inspect(bytes: Uint8Array) {
  const path = join(folder, 'log-wal');
  writeFileSync(path, bytes);
  return inspectWal(path);
}
