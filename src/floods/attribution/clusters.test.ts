import { describe, expect, it } from 'vitest';
import { getFlood, loginBruteForce, searchFlood } from '../../../fixtures/floods/attacks.js';
import type { Happening, LoggedRequest } from '../../../fixtures/floods/request.js';
import type { WebTraffic } from '../traffic/web-traffic.js';
import { groupsOf } from './clusters.js';
import { distanceOf, FEATURES, featuresOf } from './features.js';
import { counted, MONDAY, unusedAddress, withClients } from './testing/scenes.js';

const rowsOf = (traffic: WebTraffic): number[] => [...traffic.view().clients.hits.keys()];

function* all(happenings: readonly Happening[]): Generator<LoggedRequest> {
  const requests = happenings.flatMap((happening) => [...happening.requests()]);
  yield* requests.sort((a, b) => a.second - b.second || a.ms - b.ms);
}

const search = withClients(searchFlood({ seed: 1, from: MONDAY, clients: 200 }), unusedAddress(1));
const login = withClients(
  loginBruteForce({ seed: 2, from: MONDAY, clients: 80, minutes: 20, perMinute: 2 }),
  unusedAddress(2),
);

describe('features', () => {
  it('are standard deviations from the mean of all', () => {
    const traffic = counted(all([search, login]));
    const { values, rows } = featuresOf(traffic.view(), rowsOf(traffic));

    expect(values).toHaveLength(rows.length * FEATURES.length);
    for (let feature = 0; feature < FEATURES.length; feature += 1) {
      const column = rows.map((_row, index) => values[index * FEATURES.length + feature] as number);
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      expect(mean).toBeCloseTo(0, 6);
      expect(column.every(Number.isFinite)).toBe(true);
    }
  });

  it('tell attacks of different behaviour apart, and not the same behaviour', () => {
    const of = (happening: Happening) => {
      const traffic = counted(happening.requests());
      return featuresOf(traffic.view(), rowsOf(traffic));
    };
    const again = withClients(searchFlood({ seed: 9, from: MONDAY, clients: 200 }), unusedAddress(3));

    expect(distanceOf(of(search), of(again))).toBeLessThan(3);
    expect(distanceOf(of(search), of(login))).toBeGreaterThan(20);
  });

  it('of no client are nothing', () => {
    const traffic = counted([]);
    expect(featuresOf(traffic.view(), []).values).toHaveLength(0);
    expect(groupsOf(traffic.view(), [])).toEqual([]);
  });
});

describe('groups of clients', () => {
  it('are two when two kinds of machines attack at once', () => {
    const traffic = counted(all([search, login]));
    const view = traffic.view();
    const groups = groupsOf(view, rowsOf(traffic));

    expect(groups).toHaveLength(2);
    expect(groups.map(({ clients }) => clients.length)).toEqual([200, 80]);
    const second = new Set(login.truth.clients);
    expect(groups[1]?.clients.every((row) => second.has(view.clientText(row)))).toBe(true);
    expect(groups[1]?.path).toMatch(/login/);
  });

  it('are the same in whatever order the log was read', () => {
    const view = counted(all([search, login])).view();
    const turned = counted([...all([search, login])].reverse()).view();
    const texts = (of: typeof view): string[][] =>
      groupsOf(of, [...of.clients.hits.keys()]).map(({ clients }) =>
        clients.map((row) => of.clientText(row)),
      );

    expect(texts(view)).toHaveLength(2);
    expect(texts(turned)).toHaveLength(2);
  });

  it('are none when all do the same', () => {
    const flood = withClients(getFlood({ seed: 4, from: MONDAY, clients: 300 }), unusedAddress(1));
    const traffic = counted(flood.requests());

    expect(groupsOf(traffic.view(), rowsOf(traffic))).toEqual([]);
  });
});
