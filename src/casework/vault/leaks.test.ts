import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reopened, temporaryFolder } from './testing/open-vault.js';
import { plainScript } from './testing/plain-script.js';
import { PLANTED } from './testing/planted-words.js';
import { StartedProcess } from './testing/started-process.js';

const { folder, remove } = temporaryFolder();
let script = '';
beforeAll(() => {
  if (process.platform !== 'win32')
    script = plainScript(new URL('./testing/vault-process.ts', import.meta.url), join(folder, 'plain'));
});
afterAll(remove);

/** A word as it may stand in a file: in two encodings, in both cases, and at the three places of a base64 text. */
function forms(word: string): readonly Buffer[] {
  const bytes = Buffer.from(word, 'utf8');
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Without the characters that depend on what stands before and after.
    return Buffer.from(text.slice(before === 0 ? 0 : before + 1, -1), 'latin1');
  });
  const upper = word.toUpperCase();
  return [
    bytes,
    Buffer.from(upper, 'utf8'),
    Buffer.from(word, 'utf16le'),
    Buffer.from(word, 'utf16le').swap16(),
    Buffer.from(bytes.toString('hex'), 'latin1'),
    ...inBase64,
  ];
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Places of planted words in files, their names included. */
function found(...folders: readonly string[]): string[] {
  const files = folders.flatMap(filesBelow).map((path) => ({ path, bytes: readFileSync(path) }));
  return Object.entries(PLANTED).flatMap(([place, word]) =>
    files
      .filter(({ path, bytes }) => path.includes(word) || forms(word).some((form) => bytes.includes(form)))
      .map(({ path }) => `${place} in ${path}`),
  );
}

describe('the search for planted words itself', () => {
  it('finds them where they are', () => {
    const [word = ''] = Object.values(PLANTED);
    for (const encoded of [
      Buffer.from(`a ${word} b`),
      Buffer.from(`a ${word} b`, 'utf16le'),
      ...['', '1', '12', '123'].map((before) =>
        Buffer.from(Buffer.from(`${before}${word} and more`).toString('base64')),
      ),
    ])
      expect(forms(word).some((form) => encoded.includes(form))).toBe(true);
    expect(Object.keys(PLANTED).length).toBeGreaterThanOrEqual(20);
    expect(new Set(Object.values(PLANTED)).size).toBe(Object.keys(PLANTED).length);
  });
});

describe.skipIf(process.platform === 'win32')('of what a case holds, nothing can be read', () => {
  it.each([
    ['after the vault was closed', 0],
    ['while it is open, and after its process was killed', 1],
  ])('in its folder or the folder for temporary files %s', async (_when, staysOpen) => {
    const dir = join(folder, `vault ${staysOpen}`);
    const temporary = join(folder, `temporary ${staysOpen}`);
    mkdirSync(temporary);
    const planting = new StartedProcess(process.execPath, [script, 'plant', dir, String(staysOpen)], {
      TMPDIR: temporary,
      SQLITE_TMPDIR: temporary,
    });
    await planting.said('ended');
    if (staysOpen === 1) {
      expect(found(dir, temporary)).toEqual([]);
      await planting.kill();
      // Something is still in the write-ahead log.
      expect(readFileSync(join(dir, 'vault.db-wal')).length).toBeGreaterThan(100_000);
    } else await planting.ended;
    expect(planting.errors).toBe('');

    expect(found(dir, temporary)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
    for (const path of filesBelow(dir).filter((name) => name.includes('vault.db'))) {
      // What is encrypted does not become smaller, and is not opened by inflating it.
      expect(() => inflateRawSync(readFileSync(path))).toThrow();
    }
    // They are in it.
    const vault = await reopened(dir);
    const [kept] = vault.cases.list();
    expect(kept?.title).toBe(PLANTED.title);
    expect(vault.records.search(PLANTED.message ?? '', { limit: 5 }).hits).toHaveLength(5);
    expect(vault.identities.get(kept?.id ?? '')?.name).toBe(PLANTED.name);
    expect(vault.verify()).toEqual([]);
    vault.close();
    expect(found(dir, temporary)).toEqual([]);
  });
});
