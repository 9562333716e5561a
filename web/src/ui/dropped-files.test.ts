import { describe, expect, it } from 'vitest';
import { chosenItems, itemsOf } from './dropped-files.js';

const BATCH = 100;

/** As Chromium gives a folder: at most a hundred entries a time, until none is left. */
function folder(path: string, entries: readonly (FileSystemEntry | 'locked')[]): FileSystemEntry {
  return {
    isFile: false,
    name: path.split('/').at(-1),
    fullPath: path,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (give: (batch: unknown) => void, refuse: () => void) => {
          if (entries[at] === 'locked') return refuse();
          const batch = entries.slice(at, at + BATCH);
          at += batch.length;
          return give(batch);
        },
      };
    },
  } as unknown as FileSystemEntry;
}

function file(path: string, isReadable = true): FileSystemEntry {
  const name = path.split('/').at(-1) ?? '';
  return {
    isFile: true,
    name,
    fullPath: path,
    file: (give: (file: File) => void, refuse: () => void) =>
      isReadable ? give(new File(['x'], name)) : refuse(),
  } as unknown as FileSystemEntry;
}

describe('what is dropped', () => {
  it('is walked in batches, with the paths it had', async () => {
    const many = Array.from({ length: 250 }, (_, number) => file(`/caso/a/${number}.txt`));
    const [item] = await itemsOf([folder('/caso', [folder('/caso/a', many), file('/caso/b.txt')])], 1_000);
    expect(item).toMatchObject({ name: 'caso', isFolder: true, isCut: false, missing: 0 });
    expect(item?.files).toHaveLength(251);
    expect(item?.files[0]?.relativePath).toBe('caso/a/0.txt');
    expect(item?.files.at(-1)?.relativePath).toBe('caso/b.txt');
  });

  it('counts what the system does not give, and says when there is more than is taken', async () => {
    const entries = [file('/c/1'), file('/c/2', false), folder('/c/d', ['locked']), file('/c/3')];
    expect(await itemsOf([folder('/c', entries)], 10)).toMatchObject([{ missing: 2, isCut: false }]);
    const [cut] = await itemsOf([folder('/c', entries)], 1);
    expect([cut?.files.length, cut?.isCut]).toEqual([1, true]);
  });

  it('takes files by themselves, also where the browser knows no entries', async () => {
    const items = await itemsOf([file('/a.txt'), new File(['x'], 'b.txt')], 10);
    expect(items.map(({ name, isFolder, files }) => [name, isFolder, files[0]?.relativePath])).toEqual([
      ['a.txt', false, ''],
      ['b.txt', false, ''],
    ]);
  });

  it('gathers what a folder field gives by folder', () => {
    const inside = (path: string): File =>
      Object.defineProperty(new File(['x'], path.split('/').at(-1) ?? ''), 'webkitRelativePath', {
        value: path,
      });
    const list = [inside('caso/a'), inside('caso/sub/b'), inside('')] as unknown as FileList;
    expect(
      chosenItems(list, 10).map(({ name, files }) => [name, files.map(({ relativePath }) => relativePath)]),
    ).toEqual([
      ['', ['']],
      ['caso', ['caso/a', 'caso/sub/b']],
    ]);
  });
});
