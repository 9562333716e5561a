import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '@signalapp/sqlcipher';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hkdf, keyEncryptionKey, unseal } from './keys.js';
import { fillCase } from './testing/fill.js';
import { CHEAP, newVault, reopened, temporaryFolder, unlocking } from './testing/open-vault.js';
import { openVault, type VaultProblem } from './vault.js';
import { VAULT_ERROR_CODES, VaultError } from './vault-error.js';

const PAGE_BYTES = 8_192;
const { folder, remove } = temporaryFolder();
const whole = join(folder, 'whole');
const keyFile = Buffer.from('the bytes of a key file');
let header: Buffer;
let database: Buffer;

beforeAll(async () => {
  const vault = await newVault(whole);
  fillCase(vault);
  fillCase(vault);
  // Free pages as well.
  const gone = fillCase(vault);
  vault.cases.update({ ...gone, summary: 'x'.repeat(50_000) });
  vault.cases.update(gone);
  vault.close();
  header = readFileSync(join(whole, 'vault.json'));
  database = readFileSync(join(whole, 'vault.db'));
});
afterAll(remove);

let copies = 0;
/** A vault of these bytes. */
function vaultOf(files: { readonly header?: Uint8Array; readonly database?: Uint8Array }): string {
  copies += 1;
  const dir = join(folder, `copy ${copies % 4}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'vault.json'), files.header ?? header);
  writeFileSync(join(dir, 'vault.db'), files.database ?? database);
  writeFileSync(join(dir, 'vault.db-wal'), '');
  return dir;
}

/** What opening or verifying says; empty when nothing is wrong. */
async function said(dir: string, given: Parameters<typeof unlocking>[1] = {}): Promise<readonly string[]> {
  let found: readonly VaultProblem[];
  try {
    const vault = await reopened(dir, given);
    try {
      found = vault.verify();
    } finally {
      vault.close();
    }
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return [`${error.code} ${error.place}`];
  }
  return found.map(({ place, detail }) => `${place} ${detail}`);
}

function flipped(bytes: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

/** The header with other values, and its check made anew, as somebody would who knows the format. */
function changedHeader(change: (value: Record<string, unknown>) => void): Buffer {
  const { check: _check, ...rest } = JSON.parse(header.toString('utf8'));
  change(rest);
  const check = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  return Buffer.from(JSON.stringify({ ...rest, check }));
}

it('a vault as it was written has nothing wrong', async () => {
  expect(await said(whole)).toEqual([]);
  expect(await said(vaultOf({}))).toEqual([]);
});

describe('a bit that flipped', () => {
  it('anywhere in the header is noticed', async () => {
    for (let at = 0; at < header.length; at += 1) {
      const found = await said(vaultOf({ header: flipped(header, at, at % 8) }));
      // Between the values white space may change without changing what is said.
      const isSpace = /\s/.test(String.fromCharCode(header[at] ?? 0));
      if (isSpace && found.length === 0) continue;
      expect([at, ...found]).toEqual([at, 'damaged header']);
    }
  });

  it('on any page of the database is noticed, and the page named', async () => {
    const pages = database.length / PAGE_BYTES;
    expect(pages).toBeGreaterThan(20);
    for (let page = 0; page < pages; page += 1)
      for (const offset of [0, 16 + ((page * 31) % 60), 100 + ((page * 977) % 8_000), PAGE_BYTES - 1]) {
        const at = page * PAGE_BYTES + offset;
        const found = await said(vaultOf({ database: flipped(database, at, (page + offset) % 8) }));
        expect([at, found.length > 0]).toEqual([at, true]);
        const isNamed = found.every(
          (line) => line === 'damaged database' || /^(?:database|row) ./.test(line),
        );
        expect([found, isNamed]).toEqual([found, true]);
      }
  }, 120_000);

  it('and is read before anybody verifies gives no wrong content but an error', async () => {
    const vault = await reopened(whole);
    const [first] = vault.cases.list();
    const text = JSON.stringify([...vault.records.all(first?.id ?? '')]);
    vault.close();
    for (let page = 1; page < database.length / PAGE_BYTES; page += 1) {
      const dir = vaultOf({ database: flipped(database, page * PAGE_BYTES + 4_000, 3) });
      try {
        const damaged = await reopened(dir);
        try {
          expect(JSON.stringify([...damaged.records.all(first?.id ?? '')])).toBe(text);
        } finally {
          damaged.close();
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'damaged' });
      }
    }
  });
});

describe('a write-ahead log that was left by a process that was killed', () => {
  const frameBytes = PAGE_BYTES + 24;
  let left: Buffer;
  let under: Buffer;
  let kept: Buffer;

  beforeAll(async () => {
    const dir = join(folder, 'left');
    const vault = await newVault(dir);
    for (let count = 0; count < 4; count += 1) fillCase(vault, (place) => place, 50);
    // As they are on disk at this moment: nobody closes them.
    left = readFileSync(join(dir, 'vault.db-wal'));
    under = readFileSync(join(dir, 'vault.db'));
    kept = readFileSync(join(dir, 'vault.json'));
    vault.close();
  });

  async function saidWith(log: Uint8Array): Promise<readonly string[]> {
    const dir = vaultOf({ header: kept, database: under });
    writeFileSync(join(dir, 'vault.db-wal'), log);
    return said(dir);
  }

  it('is read where it is whole, or was cut off while it was written', async () => {
    expect(await saidWith(left)).toEqual([]);
    const frames = Math.floor((left.length - 32) / frameBytes);
    expect(frames).toBeGreaterThan(50);
    for (let frame = frames - 20; frame < frames; frame += 1)
      expect(await saidWith(left.subarray(0, 32 + frame * frameBytes + frame * 300))).toEqual([]);
    expect(await saidWith(Buffer.concat([left, Buffer.alloc(100_000)]))).toEqual([]);
  });

  it('in which a bit has flipped is not read only as far as that', async () => {
    const frames = Math.floor((left.length - 32) / frameBytes);
    const places = Array.from({ length: 32 }, (_, at) => at);
    for (let frame = 0; frame < frames - 2; frame += 2)
      for (const offset of [3, 7, 9, 15, 17, 23, 24 + ((frame * 977) % PAGE_BYTES)])
        places.push(32 + frame * frameBytes + offset);
    for (const at of places)
      expect([at, ...(await saidWith(flipped(left, at, at % 8)))]).toEqual([at, 'damaged database']);
  }, 120_000);
});

describe('a file that is not whole, or another one', () => {
  it('cut at any length is noticed', async () => {
    const lengths = [0, 1, 15, 16, 100, 4_096, PAGE_BYTES - 1, PAGE_BYTES, PAGE_BYTES + 1];
    for (let page = 2; page < database.length / PAGE_BYTES; page += 1)
      lengths.push(page * PAGE_BYTES, page * PAGE_BYTES + ((page * 977) % PAGE_BYTES));
    lengths.push(database.length - 1, database.length - PAGE_BYTES);
    for (const length of lengths) {
      const found = await said(vaultOf({ database: database.subarray(0, length) }));
      expect([length, found.length > 0]).toEqual([length, true]);
    }
    for (let length = 0; length < header.length - 1; length += 1)
      expect([length, ...(await said(vaultOf({ header: header.subarray(0, length) })))]).toEqual([
        length,
        'damaged header',
      ]);
  }, 60_000);

  it('that is gone is not taken for an empty vault', async () => {
    const dir = join(folder, 'gone');
    mkdirSync(dir);
    copyFileSync(join(whole, 'vault.json'), join(dir, 'vault.json'));
    expect(await said(dir)).toEqual(['damaged database']);
    expect(readdirSync(dir)).toEqual(['vault.json']);
  });

  it('of another program is no vault', async () => {
    const plain = join(folder, 'plain.db');
    const other = new Database(plain);
    other.exec('CREATE TABLE t(a); INSERT INTO t VALUES(1)');
    other.close();
    for (const bytes of [readFileSync(plain), Buffer.alloc(100_000), Buffer.from('%PDF-1.7 '.repeat(5_000))])
      expect(await said(vaultOf({ database: bytes }))).toEqual(['damaged database']);
    for (const text of ['{}', '[]', 'null', '{"format":"other"}', '\ufeff{}', '<html>', '9'.repeat(10_000)])
      expect(await said(vaultOf({ header: Buffer.from(text) }))).toEqual(['damaged header']);
  });

  it('of another vault is noticed', async () => {
    const dir = join(folder, 'another');
    (await newVault(dir)).close();
    expect(await said(vaultOf({ database: readFileSync(join(dir, 'vault.db')) }))).toEqual([
      'damaged database',
    ]);
    expect(await said(vaultOf({ header: readFileSync(join(dir, 'vault.json')) }))).toEqual([
      'damaged database',
    ]);
  });

  it('with pages in another order is noticed', async () => {
    const swapped = Buffer.from(database);
    database.copy(swapped, 5 * PAGE_BYTES, 7 * PAGE_BYTES, 8 * PAGE_BYTES);
    database.copy(swapped, 7 * PAGE_BYTES, 5 * PAGE_BYTES, 6 * PAGE_BYTES);
    expect(await said(vaultOf({ database: swapped }))).not.toEqual([]);
  });

  it('that has no end is not read', async () => {
    const dir = vaultOf({});
    truncateSync(join(dir, 'vault.json'), 2 ** 33);
    const started = Date.now();
    expect(await said(dir)).toEqual(['damaged header']);
    expect(Date.now() - started).toBeLessThan(500);
  });
});

describe('what opens it', () => {
  it('is the passphrase, and the key file where there is one: nothing else', async () => {
    const dir = join(folder, 'with key file');
    (await newVault(dir, { keyFile })).close();
    const wrong = ['wrong-passphrase-or-key-file header'];

    expect(await said(dir, { keyFile })).toEqual([]);
    expect(await said(dir)).toEqual(wrong);
    expect(await said(dir, { keyFile: Buffer.from('the bytes of a key filf') })).toEqual(wrong);
    expect(await said(dir, { keyFile: new Uint8Array() })).toEqual(wrong);
    expect(await said(dir, { keyFile, passphrase: Buffer.from('six words for a tesu') })).toEqual(wrong);
    expect(await said(dir, { keyFile, passphrase: new Uint8Array() })).toEqual(wrong);
    expect(await said(whole, { keyFile })).toEqual(wrong);
    expect(await said(whole, { passphrase: Buffer.from('x'.repeat(1_000_000)) })).toEqual(wrong);
  });

  it('is no key of zeros or another time', async () => {
    const turned = changedHeader((value) => {
      value.wrapped = Buffer.alloc(60).toString('base64');
    });
    expect(await said(vaultOf({ header: turned }))).toEqual(['wrong-passphrase-or-key-file header']);
    const redated = changedHeader((value) => {
      value.createdAt = '2020-01-01T00:00:00.000000Z';
    });
    expect(await said(vaultOf({ header: redated }))).toEqual(['wrong-passphrase-or-key-file header']);
  });

  it.each([
    ['memoryKiB', 2 ** 40],
    ['memoryKiB', 4 * 1024 * 1024 + 1],
    ['memoryKiB', 0],
    ['memoryKiB', -1],
    ['memoryKiB', 1.5],
    ['memoryKiB', 1e300],
    ['passes', 0],
    ['passes', 2 ** 31],
    ['lanes', 0],
    ['lanes', 1_000],
  ])('is not looked for when the header asks for %s %d', async (name, value) => {
    const hostile = changedHeader((rest) => {
      rest.argon2id = { ...CHEAP, salt: Buffer.alloc(16).toString('base64'), [name]: value };
    });
    const before = process.memoryUsage().rss;
    const started = Date.now();

    expect(await said(vaultOf({ header: hostile }))).toEqual(['weak-parameters header']);
    expect(Date.now() - started).toBeLessThan(500);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('costs 64 MiB at least, outside tests', async () => {
    const { leastMemoryKiB: _least, ...given } = unlocking(whole);
    await expect(openVault(given)).rejects.toMatchObject({ code: 'weak-parameters', place: 'header' });
  });

  it('is refused to a later version, which is said', async () => {
    const later = changedHeader((value) => {
      value.version = 2;
      value.more = { nested: true };
    });
    expect(await said(vaultOf({ header: later }))).toEqual(['newer-version header']);
  });

  it.each([
    ['a salt of one byte', { argon2id: { ...CHEAP, salt: 'AA==' } }],
    ['no salt', { argon2id: { ...CHEAP, salt: '' } }],
    ['no key', { wrapped: '' }],
    ['another type', { keyFile: 'yes' }],
    ['a name of its own', { __proto__2: {} }],
  ])('is not found with %s', async (_name, values) => {
    const hostile = changedHeader((rest) => void Object.assign(rest, values));
    expect(await said(vaultOf({ header: hostile }))).toEqual([
      expect.stringMatching(/^(?:damaged|wrong-passphrase-or-key-file) header$/),
    ]);
  });

  it('is not found by any bytes: they give an error of the vault', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 2_000 }),
          fc.json().map((text) => Buffer.from(text)),
          fc
            .tuple(fc.constantFrom(...Object.keys(JSON.parse(header.toString('utf8')))), fc.jsonValue())
            .map(([name, value]) => changedHeader((rest) => void Object.assign(rest, { [name]: value }))),
        ),
        async (bytes) => {
          const [found = ''] = await said(vaultOf({ header: bytes }));
          expect(VAULT_ERROR_CODES).toContain(found.split(' ')[0] ?? 'nothing');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('rows that were changed by somebody who has the key of the database', () => {
  const TABLES: readonly (readonly [string, string])[] = [
    ['cases', 'number'],
    ['documents', 'row'],
    ['blocks', 'last'],
  ];

  /** Opens the database beside the vault, as a program would that knows the passphrase. */
  async function changed(sql: string): Promise<readonly string[]> {
    const dir = vaultOf({});
    const stored = JSON.parse(header.toString('utf8'));
    const { wrapped, check: _check, ...open } = stored;
    const { passphrase } = unlocking(dir);
    const salt = Buffer.from(stored.argon2id.salt, 'base64');
    const key = await keyEncryptionKey(passphrase, undefined, salt, stored.argon2id);
    const master = unseal(key, JSON.stringify(open), Buffer.from(wrapped, 'base64'));
    if (!master) throw new Error('the header of the test does not open');
    const memory = new Database(':memory:');
    try {
      memory.exec(`PRAGMA cipher_default_page_size=${PAGE_BYTES}`);
      const text = hkdf(master, 'database').toString('hex');
      memory.exec(`ATTACH DATABASE '${join(dir, 'vault.db')}' AS vault KEY "x'${text}'"`);
      memory.exec(sql);
    } finally {
      memory.close();
    }
    return said(dir);
  }

  it('are named when what is sealed in two of them was exchanged', async () => {
    for (const [table, key] of TABLES) {
      const found = await changed(`
        CREATE TEMP TABLE two AS SELECT ${key} AS k, sealed FROM vault.${table} ORDER BY ${key} LIMIT 2;
        UPDATE vault.${table} SET sealed = (SELECT sealed FROM two WHERE k <> vault.${table}.${key})
        WHERE ${key} IN (SELECT k FROM two)`);
      expect(found).toHaveLength(2);
      expect(found.every((line) => line.startsWith('row '))).toBe(true);
    }
  });

  it('are named in the custody log, of which the database itself refuses to change any', async () => {
    await expect(changed('UPDATE vault.custody SET seq = seq + 10')).rejects.toThrow(
      'custody is append-only',
    );
    await expect(changed('DELETE FROM vault.custody')).rejects.toThrow('custody is append-only');
    expect(
      await changed(`
        DROP TRIGGER vault.custody_is_not_changed;
        CREATE TEMP TABLE two AS SELECT number, seq, sealed FROM vault.custody WHERE number = 1;
        UPDATE vault.custody SET sealed = (SELECT sealed FROM two WHERE two.seq <> vault.custody.seq)
        WHERE number = 1`),
    ).toEqual(['row custody 1 1', 'row custody 1 2']);
  });

  it('are named when a row stands under another case, run or number', async () => {
    expect(await changed('UPDATE vault.blocks SET number = 2 WHERE last <= 256')).toEqual([
      expect.stringMatching(/^row blocks 2 /),
    ]);
    expect(
      await changed("UPDATE vault.documents SET number = 2 WHERE shelf = 'notes' AND number = 1"),
    ).toEqual([expect.stringMatching(/^row notes 2 /)]);
    expect(
      await changed("UPDATE vault.documents SET shelf = 'notes' WHERE shelf = 'withdrawals'"),
    ).toHaveLength(3);
  });

  it('are named when keys of cases were exchanged or removed', async () => {
    const swapped = await changed(`
      CREATE TEMP TABLE two AS SELECT * FROM vault.case_keys WHERE purpose = 'content' AND number < 3;
      UPDATE vault.case_keys SET wrapped = (SELECT wrapped FROM two WHERE two.number <> vault.case_keys.number)
      WHERE purpose = 'content' AND number < 3`);
    expect(new Set(swapped)).toEqual(new Set(['row case_keys 1 content', 'row case_keys 2 content']));
    const removed = await changed("DELETE FROM vault.case_keys WHERE number = 1 AND purpose = 'identity'");
    expect(new Set(removed)).toEqual(new Set(['row case_keys 1 identity']));
  });

  it('are named when what is sealed was cut or is empty', async () => {
    for (const sealed of ["x''", "x'00'", 'substr(sealed, 1, 20)', 'zeroblob(100)'])
      expect((await changed(`UPDATE vault.cases SET sealed = ${sealed} WHERE number = 1`)).length).toBe(1);
  });

  it('are refused when they are of a later version', async () => {
    expect(await changed('PRAGMA vault.user_version = 99')).toEqual(['newer-version database']);
  });
});
