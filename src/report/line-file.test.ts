import { chmod, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineFile } from './line-file.js';
import { failWrites } from './testing/full-disk.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-lines-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

describe('a file of lines', () => {
  it('keeps every line in order, also when nobody waits for the disk', async () => {
    const file = await LineFile.create(join(folder, 'a.txt'));
    const line = 'ñ'.repeat(1_000);
    const promises = Array.from({ length: 2_000 }, (_, index) => file.line(`${index} ${line}`));
    expect(promises.some((promise) => promise !== undefined)).toBe(true);
    await file.close();
    await file.close();

    const lines = (await readFile(join(folder, 'a.txt'), 'utf8')).split('\n');
    expect(lines).toHaveLength(2_001);
    expect(lines[1_999]).toBe(`1999 ${line}`);
    expect(lines[2_000]).toBe('');
  });

  it('can be read by its owner only, also when it replaces one that could be read by all', async () => {
    const path = join(folder, 'a.txt');
    await writeFile(path, 'old');
    await chmod(path, 0o644);
    const file = await LineFile.create(path);
    await file.line('new');
    await file.close();

    expect(await readFile(path, 'utf8')).toBe('new\n');
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says that the disk is full to whoever waits, to the next line and at the end', async () => {
    const file = await LineFile.create(join(folder, 'a.txt'));
    await failWrites(folder);
    const block = 'x'.repeat(300_000);
    await file.line(block);

    await expect(file.line(block)).rejects.toThrow('ENOSPC');
    expect(() => file.line('more')).toThrow('ENOSPC');
    await expect(file.close()).rejects.toThrow('ENOSPC');
  });

  it('takes itself away when it is given up', async () => {
    const file = await LineFile.create(join(folder, 'a.txt'));
    await file.line('x');
    await file.discard();
    await file.discard();

    expect(await readdir(folder)).toEqual([]);
  });

  it('says where it cannot be created', async () => {
    await expect(LineFile.create(join(folder, 'none', 'a.txt'))).rejects.toThrow('ENOENT');
    await expect(open(join(folder, 'a.txt'))).rejects.toThrow('ENOENT');
  });
});
