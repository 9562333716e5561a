import { describe, expect, it } from 'vitest';
import { pingbackFlood } from '../../../../fixtures/floods/attacks.js';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts } from '../../../core/testing/texts.js';
import {
  addressOfNetwork,
  HOUR,
  MONDAY,
  traffic,
  twoAttacks,
  unusedAddress,
  withClients,
} from '../../attribution/testing/scenes.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './linked-incidents.js';

describe('linked attacks', () => {
  it('by the same 300 clients are one finding, of high confidence', () => {
    const [finding, ...rest] = detect(detector, [], {}, [twoAttacks(unusedAddress(1), unusedAddress(1))]);

    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ severity: 'low', confidence: 'high', at: '2026-03-03T01:00:00.000000Z' });
    expect(finding?.values).toMatchObject({ attacks: 2, strength: 'strong' });
    expect(finding?.reasons?.map(({ code }) => code)).toEqual(['same-clients']);
    expect(finding?.evidence.every(({ path }) => path === 'access.log')).toBe(true);
    const details = finding?.details as { sharedSources: string[]; pairs: unknown[] };
    expect(details.pairs).toHaveLength(1);
    expect(details.sharedSources).toHaveLength(50);
    expect(details.sharedSources.every((address) => address.startsWith('251.'))).toBe(true);
  });

  it('by different clients are none', () => {
    expect(detect(detector, [], {}, [twoAttacks(unusedAddress(1), unusedAddress(2))])).toEqual([]);
  });

  it('that share only the addresses of a telephone carrier are none', () => {
    const carrier = addressOfNetwork(28_403);
    const some = (kind: number) => (index: number) =>
      index < 150 ? carrier(index) : unusedAddress(kind)(index);
    expect(detect(detector, [], {}, [twoAttacks(some(1), some(2))])).toEqual([]);
  });

  it('of the same asker are one of medium confidence', () => {
    const flood = (from: number, kind: number) =>
      withClients(pingbackFlood({ seed: kind, from }), unusedAddress(kind));
    const [finding] = detect(detector, [], {}, [
      traffic([flood(MONDAY + 19 * HOUR, 1), flood(MONDAY + 58 * HOUR, 2)]),
    ]);

    expect(finding).toMatchObject({ confidence: 'medium', values: { strength: 'moderate' } });
    expect(finding?.reasons?.map(({ code }) => code)).toContain('same-asker');
  });

  it('that share only exits of Tor are none once the exits are given', () => {
    const some = (kind: number) => (index: number) => unusedAddress(index < 150 ? 3 : kind)(index);
    const two = twoAttacks(some(1), some(2));
    const torExits = Array.from({ length: 150 }, (_, index) => unusedAddress(3)(index));

    expect(detect(detector, [], {}, [two])[0]?.values).toMatchObject({ strength: 'strong', tor: 'unknown' });
    expect(detect(detector, [], { accessLogs: { torExits } }, [two])).toEqual([]);
  });

  it('need two attacks', () => {
    const one = withClients(pingbackFlood({ seed: 1, from: MONDAY + 19 * HOUR }), unusedAddress(1));
    expect(detect(detector, [], {}, [traffic([one], 2)])).toEqual([]);
    expect(detect(detector, [], {}, [traffic([], 1)])).toEqual([]);
    expect(detect(detector, [])).toEqual([]);
  });

  it('are told in both languages', () => {
    const base = {
      ...{ attacks: 2, numbers: { list: ['1', '3'] }, from: { time: '2026-03-03T01:00:00Z' } },
      ...{ to: { time: '2026-03-04T16:00:00Z' }, first: 1, second: 3, firstClients: 300, secondClients: 1 },
      ...{ askers: '198.51.100.7', signatures: 'bot/1.0', percent: 97 },
    };
    expectSoundTexts(
      { es, en },
      {
        ...base,
        tor: 'unknown',
        strength: 'strong',
        pairs: 1,
        all: 1,
        both: 290,
        expected: 1,
        isThin: false,
        aside: 0,
      },
      {
        ...base,
        tor: 'given',
        strength: 'moderate',
        pairs: 3,
        all: 4,
        both: 1,
        expected: 7,
        isThin: true,
        aside: 2,
      },
    );
  });
});
