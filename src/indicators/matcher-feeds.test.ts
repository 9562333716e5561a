import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadIndicators } from './load.js';
import { compileMatcher } from './matcher.js';

const FEEDS = new URL('../../../shared/data/indicators/', import.meta.url);

describe.skipIf(!existsSync(FEEDS))('matcher on published feeds (skipped without ../shared)', () => {
  it('finds every published domain, address, process, path and app by its own value', {
    timeout: 120_000,
  }, async () => {
    const feeds = await loadIndicators([fileURLToPath(FEEDS)], '2026-01-01T00:00:00.000000Z');
    const indicators = feeds.flatMap((feed) => feed.indicators);
    const matcher = compileMatcher(indicators);
    const types = {
      domain: 'url',
      url: 'url',
      ipv4: 'host',
      process: 'process',
      'file-path': 'file-path',
      'file-name': 'file-path',
      'app-id': 'app-id',
      email: 'email',
      sha256: 'hash',
      'config-profile': 'config-profile',
      'android-property': 'property',
    } as const;
    const counts = new Map<string, number>();
    const missed: string[] = [];
    for (const { type, value } of indicators) {
      if (!(type in types)) continue;
      counts.set(type, (counts.get(type) ?? 0) + 1);
      const observed = types[type as keyof typeof types];
      const found = matcher.match({
        type: observed,
        value: type === 'domain' ? `https://${value}/x` : value,
      });
      if (!found.some(({ indicator }) => indicator.value === value)) missed.push(`${type} ${value}`);
    }
    expect(counts.get('domain')).toBeGreaterThan(6_000);
    // One list holds a word without an ending, which is no host name; it must not match anything either.
    expect(missed.filter((entry) => entry.includes('.'))).toEqual([]);
    expect(new Set(missed).size).toBeLessThanOrEqual(1);
  });
});
