import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowList } from './address-lists.js';
import { loadScenarioFiles } from './scenario-files.js';
import { readTextFile } from './text-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-text-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** As Notepad saves “Unicode”, and “Unicode big endian”. */
const little = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
const big = (text: string): Buffer => little(text).swap16();

describe('a text file that is given', () => {
  it.each([
    ['UTF-8', Buffer.from('año\n')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFaño\n')],
    ['UTF-16', little('año\n')],
    ['UTF-16, big end first', big('año\n')],
  ])('is read as %s', async (name, bytes) => {
    expect(await readTextFile(await file(name, bytes), 100)).toEqual({ text: 'año\n' });
  });

  it('may have as many bytes as are allowed, and not one more', async () => {
    const path = await file('ten', '0123456789');
    expect(await readTextFile(path, 10)).toEqual({ text: '0123456789' });
    expect(await readTextFile(path, 9)).toBe('too-large');
  });

  it('may be empty, and must be a file', async () => {
    expect(await readTextFile(await file('empty', ''), 10)).toEqual({ text: '' });
    expect(await readTextFile(join(folder, 'not-there'), 10)).toBe('unreadable');
    expect(await readTextFile(folder, 10)).toBe('unreadable');
  });

  it('is read the same way as a list of addresses and as rules', async () => {
    expect(await allowList(await file('allow.txt', little('192.0.2.1\r\n198.51.100.0/24')))).toMatchObject([
      { bits: 32 },
      { bits: 24 },
    ]);
    const [rules] = await loadScenarioFiles([await file('rules.yaml', little('type: leaky\n'))]);
    expect(rules?.text).toBe('type: leaky\n');
  });
});
