import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { buildSqlite } from '../../../fixtures/sqlite-file.js';
import { Connection } from './engine.js';
import { PIECE_BYTES, ReadAhead, withReadAhead } from './read-ahead.js';

const OK = 0;
const SHORT_READ = 522;
const TARGET = 0;
const PAGE = 4096;

/** A file in memory and an engine's memory in which every allocation lies behind the target. */
function smallEngine(sizeBytes: number) {
  const file = Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
  const heap = new Uint8Array(PAGE + 4 * PIECE_BYTES);
  let used = PAGE;
  const counts = { reads: 0, freed: 0 };
  const ahead = new ReadAhead(
    {
      read(_, target, size, offset) {
        counts.reads += 1;
        const from = Number(offset);
        const got = file.subarray(from, from + size);
        heap.fill(0, target, target + size);
        heap.set(got, target);
        return got.byteLength === size ? OK : SHORT_READ;
      },
    },
    {
      bytes: () => heap,
      allocate(size) {
        used += size;
        return used > heap.byteLength ? 0 : used - size;
      },
      free: () => {
        counts.freed += 1;
      },
    },
  );
  const page = (from: number, size = PAGE): { code: number; bytes: string } => {
    const code = ahead.read(1, TARGET, size, BigInt(from));
    return { code, bytes: Buffer.from(heap.subarray(TARGET, TARGET + size)).toString('hex') };
  };
  const expected = (from: number, size = PAGE): { code: number; bytes: string } => {
    const bytes = Buffer.alloc(size);
    const got = file.subarray(from, from + size);
    bytes.set(got);
    return { code: got.byteLength === size ? OK : SHORT_READ, bytes: bytes.toString('hex') };
  };
  return { ahead, file, counts, page, expected };
}

describe('reading ahead', () => {
  it('reads a file from beginning to end in few calls, and the same bytes', () => {
    const { page, expected, counts } = smallEngine(PIECE_BYTES * 3 + 10 * PAGE + 100);
    for (let from = 0; from < PIECE_BYTES * 3 + 11 * PAGE; from += PAGE)
      expect(page(from)).toEqual(expected(from));
    expect(counts.reads).toBeLessThan(30);
  });

  it('gives what was written meanwhile', () => {
    const { ahead, file, page, expected } = smallEngine(PIECE_BYTES * 2);
    for (let from = 0; from < 10 * PAGE; from += PAGE) page(from);
    file.fill(7, 10 * PAGE, 12 * PAGE);
    ahead.changed(1);
    expect(page(10 * PAGE)).toEqual(expected(10 * PAGE));
    expect(page(11 * PAGE)).toEqual(expected(11 * PAGE));
  });

  it('gives its memory back when a file is closed', () => {
    const { ahead, page, counts } = smallEngine(PIECE_BYTES * 2);
    for (let from = 0; from < 10 * PAGE; from += PAGE) page(from);
    ahead.closed(1);
    ahead.closed(1);
    expect(counts.freed).toBe(1);
  });

  it('never gives other bytes or another code than reading directly, wherever reads go', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant({ jump: null, size: PAGE }) },
      {
        weight: 1,
        arbitrary: fc.record({ jump: fc.nat(PIECE_BYTES * 2), size: fc.constantFrom(16, 24, 100, PAGE) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat(PIECE_BYTES), (steps, surplus) => {
        const { page, expected } = smallEngine(PIECE_BYTES + surplus);
        let from = 0;
        for (const { jump, size } of steps) {
          from = jump ?? from;
          expect(page(from, size)).toEqual(expected(from, size));
          from += size;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves the imports of another module alone', () => {
    const imports = { a: { b: () => 1 }, c: 2 };
    const memory = { bytes: () => new Uint8Array(), allocate: () => 0, free: () => {} };
    expect(withReadAhead(imports, memory)).toEqual(imports);
  });

  it('is in place in the engine that is installed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigia-test-'));
    const path = join(folder, 'a.db');
    writeFileSync(
      path,
      buildSqlite((db) => {
        db.run('CREATE TABLE t (a TEXT)');
        db.run(
          "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT printf('%.1000c', 'x') FROM n",
        );
      }),
    );
    const files = createRequire(import.meta.url)('fs') as typeof import('node:fs');
    const reads = vi.spyOn(files, 'readSync');
    try {
      const connection = new Connection(path);
      connection.exec('PRAGMA locking_mode=EXCLUSIVE');
      let characters = 0;
      for (const row of connection.query('SELECT a FROM t')) characters += String(row.a).length;
      connection.close();
      expect(characters).toBe(3_000_000);
      // A thousand pages at the least.
      expect(reads.mock.calls.length).toBeLessThan(200);
    } finally {
      reads.mockRestore();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
