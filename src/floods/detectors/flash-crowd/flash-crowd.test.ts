import { describe, expect, it } from 'vitest';
import { flashCrowd, getFlood } from '../../../../fixtures/floods/attacks.js';
import { type Happening, merged } from '../../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import type { FindingDraft } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { countedTraffic } from '../../testing/counted.js';
import { detector } from './flash-crowd.js';

const START = Date.UTC(2026, 2, 2, 6) / 1_000;
const NOON = START + 86_400 + 12 * 3_600;

function found(happenings: readonly Happening[]): readonly FindingDraft[] {
  const traffic = siteTraffic({ seed: 5, from: START, days: 2, hitsPerDay: 6_000 });
  return detect(detector, [], {}, [countedTraffic(merged(traffic, happenings))]);
}

describe('floods/flash-crowd', () => {
  it('tells a story that is passed on, lists nobody, and is no reason for alarm', () => {
    const [finding, ...others] = found([flashCrowd({ seed: 2, from: NOON, minutes: 120 })]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'info', shows: 'advice', values: { clients: 0 } });
    expect(finding?.details).toMatchObject({ isAttack: false, clients: 0, networks: [], signs: [] });
    expect(finding?.picture?.kind).toBe('traffic');
  });

  it('says when the site was not enough for everybody', () => {
    const crowd = flashCrowd({ seed: 2, from: NOON, minutes: 60 });
    const [finding] = found([
      {
        ...crowd,
        *requests() {
          for (const request of crowd.requests())
            yield request.ms < 100 ? { ...request, status: 503 } : request;
        },
      },
    ]);
    expect(finding?.reasons?.map(({ code }) => code)).toEqual(['errors']);
  });

  it('says nothing of an attack, nor of ordinary days', () => {
    expect(found([getFlood({ seed: 2, from: NOON })])).toEqual([]);
    expect(found([])).toEqual([]);
  });
});
