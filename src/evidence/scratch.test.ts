import { existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeAllScratch, Scratch } from './scratch.js';

describe('private working space', () => {
  it('gives fresh paths with harmless names and is removed with all in it', async () => {
    const scratch = await Scratch.create();
    const first = await scratch.newPath('../../etc/pass wd');
    const second = await scratch.newPath('../../etc/pass wd');
    expect(basename(first)).toBe('pass_wd');
    expect(first).not.toBe(second);
    expect(dirname(dirname(first))).toBe(scratch.folder);
    expect(basename(await scratch.newPath('..'))).toBe('file');
    if (process.platform !== 'win32') expect(statSync(scratch.folder).mode & 0o777).toBe(0o700);
    writeFileSync(first, 'copy');
    await scratch.remove();
    expect(existsSync(scratch.folder)).toBe(false);
  });

  it('can be emptied at once for all runs, as when the process is ended', async () => {
    const scratches = [await Scratch.create(), await Scratch.create()];
    for (const scratch of scratches) writeFileSync(await scratch.newPath('copy.db'), 'copy');
    removeAllScratch();
    expect(scratches.map(({ folder }) => existsSync(folder))).toEqual([false, false]);
  });

  it('says "io" when it is gone or no space is left', async () => {
    const scratch = await Scratch.create();
    await scratch.remove();
    await expect(scratch.newPath('copy.db')).rejects.toMatchObject({ name: 'EvidenceError', code: 'io' });
  });

  it('does not give device names of Windows', async () => {
    const scratch = await Scratch.create();
    expect(basename(await scratch.newPath('CON'))).toBe('_CON');
    expect(basename(await scratch.newPath('nul.txt'))).toBe('_nul.txt');
    expect(basename(await scratch.newPath('a.db.'))).toBe('a.db_');
    await scratch.remove();
  });
});
