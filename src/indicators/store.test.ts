import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importFeeds, listFeeds, loadStoredFeeds, removeFeed, searchIndicators } from './store.js';

const NOW = '2026-01-01T00:00:00.000000Z';
const LATER = '2026-01-11T12:00:00.000000Z';

let folder = '';
let store = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigia-store-'));
  store = path.join(folder, 'store');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function given(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('the local store of indicators', () => {
  it('is empty at first', async () => {
    expect(await listFeeds({ store, now: NOW })).toEqual([]);
    expect(await loadStoredFeeds({ store, now: NOW })).toEqual([]);
  });

  it('loses none of many lists that are imported at once', async () => {
    const files = await Promise.all(
      Array.from({ length: 20 }, (_, number) => given(`list${number}.txt`, `lure${number}.example.org\n`)),
    );
    await Promise.all(files.map((file) => importFeeds([file], { store, now: NOW })));
    expect(await listFeeds({ store, now: NOW })).toHaveLength(20);
    expect((await readdir(store)).sort()).toEqual(['feeds', 'feeds.json', 'history.jsonl']);
  });

  it('takes over the lock of a program that died', async () => {
    await mkdir(store, { recursive: true });
    const lock = path.join(store, 'feeds.json.lock');
    await writeFile(lock, '');
    await utimes(lock, new Date('2020-01-01'), new Date('2020-01-01'));
    const file = await given('list.txt', 'lure.example.org\n');
    expect((await importFeeds([file], { store, now: NOW })).imported).toHaveLength(1);
  });

  it('keeps files byte for byte and says what they are and how old', async () => {
    const text = '# list\r\nlure.example.org\r\n203.0.113.7\r\n';
    const file = await given('own-list.txt', text);
    const { imported, refused } = await importFeeds([file], { store, now: NOW, licence: 'CC-BY-4.0' });
    expect(refused).toEqual([]);
    expect(imported).toMatchObject([
      {
        change: 'new',
        record: { feed: 'own-list', origin: file, counts: { domain: 1, ipv4: 1 }, licence: 'CC-BY-4.0' },
      },
    ]);
    const stored = await readdir(path.join(store, 'feeds'));
    expect(stored).toHaveLength(1);
    expect(await readFile(path.join(store, 'feeds', stored[0] ?? ''), 'utf8')).toBe(text);
    expect(await listFeeds({ store, now: LATER })).toMatchObject([
      { feed: 'own-list', ageDays: 10, count: 2 },
    ]);
    const [feed] = await loadStoredFeeds({ store, now: LATER });
    expect(feed).toMatchObject({ feed: 'own-list', importedAt: NOW, licence: 'CC-BY-4.0', problems: [] });
    expect(feed?.indicators[0]).toMatchObject({ value: 'lure.example.org', licence: 'CC-BY-4.0' });
  });

  it('replaces a feed of the same name, remembers the hash before, and keeps the age of unchanged ones', async () => {
    const file = await given('own-list.txt', 'a.example.org\n');
    const first = await importFeeds([file], { store, now: NOW });
    expect((await importFeeds([file], { store, now: LATER })).imported).toMatchObject([
      { change: 'same', record: { importedAt: NOW, checkedAt: LATER } },
    ]);
    await writeFile(file, 'b.example.org\n');
    const second = await importFeeds([file], { store, now: LATER });
    expect(second.imported).toMatchObject([
      { change: 'changed', record: { importedAt: LATER, previousSha256: first.imported[0]?.record.sha256 } },
    ]);
    expect(await readdir(path.join(store, 'feeds'))).toHaveLength(1);
    const history = (await readFile(path.join(store, 'history.jsonl'), 'utf8')).trim().split('\n');
    expect(history.map((line) => JSON.parse(line).action)).toEqual(['new', 'same', 'changed']);
  });

  it('refuses files without indicators and takes the others', async () => {
    const good = await given('good.txt', 'a.example.org\n');
    const bad = await given('bad.json', '{"broken":');
    const { imported, refused } = await importFeeds([bad, path.join(folder, 'missing.txt'), good], {
      store,
      now: NOW,
    });
    expect(imported).toHaveLength(1);
    expect(refused.map((feed) => feed.problems[0]?.code)).toEqual(['damaged', 'missing']);
  });

  it('finds a value in the starter set and in the store, also below a host, and nothing that only looks alike', async () => {
    await importFeeds(
      [
        await given(
          'own-list.txt',
          'lure.example.org\nhttp://links.example.org/AbC\n/private/var/tmp/thing\n',
        ),
      ],
      { store, now: NOW },
    );
    const search = (value: string) => searchIndicators(value, { store, now: NOW });
    expect(await search('smsmensaje.mx')).toMatchObject([
      { how: 'exact', indicator: { feed: 'vigia-starter', family: 'Pegasus' } },
    ]);
    expect(await search('https://a.lure.example.org/x')).toMatchObject([
      { how: 'subdomain', indicator: { value: 'lure.example.org' } },
    ]);
    expect(await search('hxxp://links[.]example[.]org/AbC')).toHaveLength(1);
    expect(await search('/private/var/tmp/thing')).toMatchObject([{ indicator: { type: 'file-path' } }]);
    expect(await search('notlure.example.org')).toEqual([]);
  });

  it('removes a feed by name, and says when the name is unknown or means several', async () => {
    const { mkdir } = await import('node:fs/promises');
    for (const part of ['one', 'two']) {
      await mkdir(path.join(folder, part, 'thing'), { recursive: true });
      await given(path.join(part, 'thing', 'domains.txt'), `${part}.example.org\n`);
    }
    await importFeeds([path.join(folder, 'one'), path.join(folder, 'two')], { store, now: NOW });
    await expect(removeFeed('nothing', { store, now: NOW })).rejects.toMatchObject({ code: 'feed-unknown' });
    await expect(removeFeed('thing/domains', { store, now: NOW })).rejects.toMatchObject({
      code: 'feed-ambiguous',
    });
    await removeFeed('one/thing/domains.txt', { store, now: NOW });
    await removeFeed('thing/domains', { store, now: NOW });
    expect(await listFeeds({ store, now: NOW })).toEqual([]);
    expect(await readdir(path.join(store, 'feeds'))).toEqual([]);
  });

  it('says when a stored file was changed or is gone', async () => {
    await importFeeds([await given('a.txt', 'a.example.org\n'), await given('b.txt', 'b.example.org\n')], {
      store,
      now: NOW,
    });
    const [a, b] = (await readdir(path.join(store, 'feeds'))).sort((x, y) =>
      x.slice(17).localeCompare(y.slice(17)),
    );
    await writeFile(path.join(store, 'feeds', a ?? ''), 'c.example.org\n');
    await rm(path.join(store, 'feeds', b ?? ''));
    const feeds = await loadStoredFeeds({ store, now: NOW });
    expect(feeds[0]?.problems).toMatchObject([{ code: 'feed-changed-on-disk', effect: 'lost' }]);
    expect(feeds[1]?.problems).toMatchObject([{ code: 'missing', effect: 'lost' }]);
  });

  it('never starts anew over a damaged list, and never reads outside of its folder', async () => {
    await importFeeds([await given('a.txt', 'a.example.org\n')], { store, now: NOW });
    const list = path.join(store, 'feeds.json');
    const text = await readFile(list, 'utf8');
    for (const damaged of ['{', '{}', text.replace(/"storedAs": "[^"]*"/, '"storedAs": "../../secret"')]) {
      await writeFile(list, damaged);
      await expect(listFeeds({ store, now: NOW })).rejects.toMatchObject({
        code: 'store-damaged',
        path: list,
      });
      await expect(importFeeds([path.join(folder, 'a.txt')], { store, now: NOW })).rejects.toMatchObject({
        code: 'store-damaged',
      });
      expect(await readFile(list, 'utf8')).toBe(damaged);
    }
  });

  it('says when the store cannot be written', async () => {
    const file = await given('a.txt', 'a.example.org\n');
    await expect(importFeeds([file], { store: file, now: NOW })).rejects.toMatchObject({
      name: 'StoreError',
    });
  });
});
