import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtInFeeds, loadFeedsForCheck } from './feeds.js';
import { translatorFor } from './messages.js';
import { unusableRules } from './rule-packs.js';

const NOW = '2026-01-01T00:00:00.000000Z';
const translate = translatorFor('es', 'UTC', {});
const lab = mkdtempSync(join(tmpdir(), 'vigia-feeds-'));
afterAll(() => rmSync(lab, { recursive: true, force: true }));

function file(folder: string, text: string): string {
  const path = join(mkdtempSync(join(lab, folder)), 'rules.yar');
  writeFileSync(path, text);
  return path;
}

describe('the feeds of a check', () => {
  it('hold the rules that come with Vigía', () => {
    expect(builtInFeeds().map(({ feed }) => feed)).toEqual(['vigia-starter', 'vigia-finspy', 'vigia-rcs']);
  });

  it('give every pack once, under a name of its own', async () => {
    const first = file('a-', 'rule one { condition: false }');
    const second = file('a-', 'rule two { condition: false }');
    const same = file('a-', 'rule one { condition: false }');
    const { rulePacks, feedsIn, matcher } = await loadFeedsForCheck(
      { indicators: [first, second, same], defaultIndicators: false, translate },
      NOW,
    );
    expect(feedsIn(translate).map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(rulePacks.map(({ rules }) => rules.map(({ name }) => name))).toEqual([['one'], ['two']]);
    expect(new Set(rulePacks.map(({ name }) => name)).size).toBe(2);
    expect(matcher.size).toBe(0);
  });

  it('refuse a file without indicators and without rules', async () => {
    const empty = file('b-', '// nothing\n');
    await expect(
      loadFeedsForCheck({ indicators: [empty], defaultIndicators: false, translate }, NOW),
    ).rejects.toMatchObject({ name: 'FeedPathError', path: empty });
  });

  it('all compile, and of a pack the rules that do not are named', async () => {
    const built = builtInFeeds().flatMap(({ rulePack }) => rulePack ?? []);
    expect(await unusableRules(built)).toEqual([]);
    expect(await unusableRules([])).toEqual([]);
    const path = file('c-', 'rule good { condition: true }\nrule bad { condition: nothing_known }');
    const { rulePacks } = await loadFeedsForCheck(
      { indicators: [path], defaultIndicators: false, translate },
      NOW,
    );
    expect(await unusableRules(rulePacks)).toMatchObject([
      { rule: 'bad', message: expect.stringContaining('nothing_known') },
    ]);
  });
});
