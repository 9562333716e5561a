import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { starterFeed } from './builtin.js';
import { FEED_PROBLEM_CODES, SKIP_REASONS } from './codes.js';
import { dataFolder } from './data-folder.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { loadFeed, loadIndicators } from './load.js';
import { UPDATE_ERROR_CODES } from './update.js';

const NOW = '2026-01-01T00:00:00.000000Z';

describe('loading one feed', () => {
  it.each([
    ['', 'empty', 'note'],
    [' \n ', 'empty', 'note'],
    ['{"a":', 'damaged', 'lost'],
    ['[1, 2', 'damaged', 'lost'],
    ['{"a": 1}', 'not-an-indicator-list', 'lost'],
    ['<html><body>x</body></html>', 'not-an-indicator-list', 'lost'],
    ['SQLite format 3\u0000', 'not-an-indicator-list', 'lost'],
    ['Dear reader,\nnothing here.\n', 'not-an-indicator-list', 'lost'],
  ])('%j gives no indicator and the problem %s', (text, code, effect) => {
    const feed = loadFeed('x/list', Buffer.from(text), NOW);
    expect(feed.indicators).toEqual([]);
    expect(feed.problems).toMatchObject([{ kind: 'problem', code, effect, source: { path: 'x/list' } }]);
  });

  it('knows formats by content whatever the ending of the name', () => {
    const text =
      '{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1","pattern":"[process:name=\'abc\']"}]}';
    expect(loadFeed('x/list.csv', Buffer.from(text), NOW).indicators).toMatchObject([{ type: 'process' }]);
  });

  it('gives the SHA-256 of the bytes', () => {
    expect(loadFeed('x', Buffer.from('abc'), NOW).sha256).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('gives up on JSON nested without end, and names many bad places only so often', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(loadFeed('x', Buffer.from(deep), NOW).indicators).toEqual([]);
    const bad = { type: 'bundle', objects: Array.from({ length: 500 }, () => 3) };
    const feed = loadFeed('x', Buffer.from(JSON.stringify(bad)), NOW);
    expect(feed.problems).toHaveLength(20);
    expect(feed.problems.at(-1)?.count).toBe(481);
  });

  it('loads 10,000 indicators in well below a second', () => {
    const objects = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'indicator',
      id: `indicator--${index}`,
      pattern: `[domain-name:value='host-${index}.example.org']`,
      valid_from: '2024-01-01T00:00:00Z',
    }));
    const bytes = Buffer.from(JSON.stringify({ type: 'bundle', objects }));
    const start = performance.now();
    expect(loadFeed('x', bytes, NOW).indicators).toHaveLength(10_000);
    // The goal is one second; the machine of the tests may be busy with others.
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void loadFeed('x', bytes, NOW)));
    const starts = fc.constantFrom(
      '{',
      '[',
      '<',
      '- name:',
      'indicators:\n github:',
      'alert ',
      'domain,ip\n',
      '\ufeff',
    );
    fc.assert(
      fc.property(
        starts,
        fc.string({ unit: 'binary', maxLength: 200 }),
        (start, rest) => void loadFeed('x', Buffer.from(start + rest), NOW),
      ),
    );
  });
});

describe('loading files and folders', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vigia-load-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('reads folders with everything below, in order, and passes papers and dot files over', async () => {
    await mkdir(path.join(folder, 'b'));
    await writeFile(path.join(folder, 'b', 'domains.txt'), 'b.example.org\n');
    await writeFile(path.join(folder, 'a.txt'), 'a.example.org\n');
    await writeFile(path.join(folder, 'LICENSE'), 'Some licence\n');
    await writeFile(path.join(folder, 'README.md'), 'x.example.org\n');
    await writeFile(path.join(folder, '.hidden'), 'x.example.org\n');
    const feeds = await loadIndicators([folder], NOW);
    expect(feeds.map(({ feed, indicators }) => [feed, indicators.length])).toEqual([
      ['a', 1],
      ['b/domains', 1],
    ]);
  });

  it('says what is missing and goes on with the others', async () => {
    await writeFile(path.join(folder, 'a.txt'), 'a.example.org\n');
    const feeds = await loadIndicators([path.join(folder, 'nowhere.txt'), path.join(folder, 'a.txt')], NOW);
    expect(feeds[0]?.problems).toMatchObject([{ code: 'missing', effect: 'lost' }]);
    expect(feeds[1]?.indicators).toHaveLength(1);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'says when there is no permission',
    async () => {
      const file = path.join(folder, 'a.txt');
      await writeFile(file, 'a.example.org\n');
      await chmod(file, 0o000);
      expect((await loadIndicators([file], NOW))[0]?.problems).toMatchObject([{ code: 'no-permission' }]);
    },
  );

  it.skipIf(process.platform === 'win32')('does not follow links inside folders', async () => {
    await symlink(folder, path.join(folder, 'again'));
    await writeFile(path.join(folder, 'a.txt'), 'a.example.org\n');
    expect(await loadIndicators([folder], NOW)).toHaveLength(1);
  });
});

describe('the starter set', () => {
  it('holds the ten hosts of 2017 with their source', () => {
    const { indicators, families, feed } = starterFeed();
    expect(feed).toBe('vigia-starter');
    expect(families).toEqual(['Pegasus']);
    expect(indicators.map(({ value }) => value)).toEqual([
      'fb-accounts.com',
      'ideas-telcel.com.mx',
      'iusacell-movil.com.mx',
      'mymensaje-sms.com',
      'network190.com',
      'secure-access10.mx',
      'smscentro.com',
      'smsmensaje.mx',
      'twiitter.com.mx',
      'unonoticias.net',
    ]);
    expect(indicators[0]?.comment).toContain('Reckless Exploit');
  });
});

describe('the data folder', () => {
  it('is the one each system has for it', () => {
    expect(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/data/vigia');
    expect(dataFolder({ XDG_DATA_HOME: 'relative' }, 'linux', '/home/a')).toBe('/home/a/.local/share/vigia');
    expect(dataFolder({}, 'linux', '/home/a')).toBe('/home/a/.local/share/vigia');
    expect(dataFolder({}, 'darwin', '/Users/a')).toBe('/Users/a/Library/Application Support/vigia');
    expect(dataFolder({ LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local' }, 'win32', 'C:\\Users\\a')).toBe(
      'C:\\Users\\a\\AppData\\Local\\vigia',
    );
    expect(dataFolder({}, 'win32', 'C:\\Users\\a')).toBe('C:\\Users\\a\\AppData\\Local\\vigia');
  });

  it('can be chosen', () => {
    expect(dataFolder({ VIGIA_DATA_DIR: path.resolve('/key/vigia') })).toBe(path.resolve('/key/vigia'));
  });
});

describe('texts', () => {
  const shape = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, inner]) => [key, shape(inner)])
      : 'text';

  it('are there in both languages for every code', () => {
    expect(shape(es)).toEqual(shape(en));
    expect(Object.keys(en.problems).sort()).toEqual([...FEED_PROBLEM_CODES].sort());
    expect(Object.keys(en.skipped).sort()).toEqual([...SKIP_REASONS].sort());
    expect(Object.keys(en.update.errors).sort()).toEqual([...UPDATE_ERROR_CODES].sort());
  });

  it('use the same values in both languages', () => {
    const valuesIn = (text: string) => [...new Set(text.match(/\{\w+(?=[},])/g))].sort();
    const flat = (value: object): string[] =>
      Object.values(value).flatMap((inner) => (typeof inner === 'string' ? [inner] : flat(inner as object)));
    expect(flat(es).map(valuesIn)).toEqual(flat(en).map(valuesIn));
  });
});
