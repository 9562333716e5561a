import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareText } from './compare-text.js';
import { SampledMap } from './sampled-map.js';
import { Smallest } from './smallest.js';

describe('a sampled map', () => {
  const filled = (keys: readonly string[], limit: number) => {
    const map = new SampledMap<{ key: string; times: number }>(limit);
    for (const key of keys) {
      const entry = map.at(key, () => ({ key, times: 0 }));
      if (entry) entry.times += 1;
    }
    return map;
  };

  it('holds everything while there is room', () => {
    const map = filled(['a', 'b', 'a'], 2);

    expect([...map.values()]).toEqual([
      { key: 'a', times: 2 },
      { key: 'b', times: 1 },
    ]);
    expect([map.isSample, map.aboutLeftOut]).toEqual([false, 0]);
  });

  it('holds the same at the end, whatever the order, and nothing halfway', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-d]{1,4}$/), { maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        (keys, limit) => {
          const sorted = (list: readonly string[]) =>
            [...filled(list, limit).values()].sort((a, b) => compareText(a.key, b.key));
          const kept = sorted(keys);

          expect(sorted(keys.toReversed())).toEqual(kept);
          expect(sorted([...keys].sort())).toEqual(kept);
          expect(kept.length).toBeLessThanOrEqual(limit);
          for (const { key, times } of kept) expect(times).toBe(keys.filter((one) => one === key).length);
        },
      ),
    );
  });

  it('says about how many it let go of', () => {
    const map = filled(
      Array.from({ length: 40_000 }, (_, index) => `198.51.100.${index}`),
      1_000,
    );

    expect(map.size).toBeGreaterThan(500);
    expect(map.size).toBeLessThanOrEqual(1_000);
    expect(map.aboutLeftOut).toBeGreaterThan(34_000);
    expect(map.aboutLeftOut).toBeLessThan(46_000);
  });
});

describe('the smallest of many', () => {
  it('are the same as of all of them sorted', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.integer({ min: 1, max: 10 }), (numbers, limit) => {
        const smallest = new Smallest<number>(limit, (a, b) => a - b);
        for (const number of numbers) smallest.add(number);
        const all = [...new Set(numbers)].sort((a, b) => a - b);

        expect(smallest.values()).toEqual(all.slice(0, limit));
        expect(smallest.isCut).toBe(all.length > limit);
      }),
    );
  });
});
