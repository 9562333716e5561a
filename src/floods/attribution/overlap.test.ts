import { describe, expect, it } from 'vitest';
import { pingbackFlood } from '../../../fixtures/floods/attacks.js';
import type { TrafficView } from '../traffic/shape.js';
import type { WebTraffic } from '../traffic/web-traffic.js';
import { attacksOf } from './attacks-of.js';
import { AttackOverlap } from './overlap.js';
import {
  addressOfNetwork,
  HOUR,
  MONDAY,
  traffic,
  twoAttacks,
  unusedAddress,
  withClients,
} from './testing/scenes.js';

function linkIn(counted: WebTraffic) {
  const found = attacksOf(counted);
  const incidents = (found?.attacks ?? []).map(({ incident }) => incident);
  expect(incidents).toHaveLength(2);
  return new AttackOverlap(counted.view(), incidents).between(0, 1);
}

describe('two attacks', () => {
  it('by the same 300 clients are strongly linked', () => {
    const link = linkIn(twoAttacks(unusedAddress(1), unusedAddress(1)));

    expect(link.strength).toBe('strong');
    expect(link.clients.both).toBeGreaterThanOrEqual(290);
    expect(link.clients.excess).toBeGreaterThan(0.9);
    expect(link.clients.chance).toBeLessThan(1e-100);
    expect(link.isThin).toBe(false);
    expect(link.minutesApart).toBeGreaterThan(38 * 60);
  });

  it('by different clients are not', () => {
    const link = linkIn(twoAttacks(unusedAddress(1), unusedAddress(2)));

    expect(link.strength).toBe('none');
    expect(link.clients.both).toBeLessThan(5);
    expect(link.clients.chance).toBeGreaterThan(0.01);
  });

  it('with a third of their clients in common are', () => {
    const link = linkIn(twoAttacks(unusedAddress(1), (index) => unusedAddress(index < 100 ? 1 : 2)(index)));

    expect(link.strength).toBe('strong');
    expect(link.clients.share).toBeGreaterThan(0.3);
    expect(link.clients.share).toBeLessThan(0.4);
  });

  it('that share only addresses of a telephone carrier are not', () => {
    const carrier = addressOfNetwork(28_403);
    const link = linkIn(
      twoAttacks(
        (index) => (index < 150 ? carrier(index) : unusedAddress(1)(index)),
        (index) => (index < 150 ? carrier(index) : unusedAddress(2)(index)),
      ),
    );

    expect(link.strength).toBe('none');
    expect(link.clients.both).toBeLessThan(5);
    expect(link.setAside.carriers).toBeGreaterThan(140);
  });

  it('with readers taken for attackers in both are not: readers come at other times too', () => {
    const found = attacksOf(twoAttacks(unusedAddress(1), unusedAddress(2)));
    const view = found?.view as TrafficView;
    const readers = [...view.clients.hits.keys()].filter((row) => view.clientText(row).startsWith('24'));
    const incidents = (found?.attacks ?? []).map(({ incident }, index) => ({
      ...incident,
      clients: readers.filter((_row, at) => at % 4 < 2 || at % 4 === 2 + index),
    }));
    const link = new AttackOverlap(view, incidents).between(0, 1);

    expect(link.clients.both + link.setAside.regular).toBeGreaterThan(50);
    expect(link.strength).toBe('none');
  });

  it('by blogs that name the same asker are moderately linked, though the blogs differ', () => {
    const flood = (from: number, kind: number) =>
      withClients(pingbackFlood({ seed: kind, from }), unusedAddress(kind));
    const link = linkIn(traffic([flood(MONDAY + 19 * HOUR, 1), flood(MONDAY + 58 * HOUR, 2)]));

    expect(link.strength).toBe('moderate');
    expect(link.sharedAskers).toEqual(['198.51.100.7']);
    expect(link.sharedSignatures).toEqual([]);
  });
});
