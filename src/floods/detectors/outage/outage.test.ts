import { describe, expect, it } from 'vitest';
import { getFlood, outage } from '../../../../fixtures/floods/attacks.js';
import { type Happening, merged } from '../../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import type { FindingDraft } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { countedTraffic } from '../../testing/counted.js';
import { detector } from './outage.js';

const START = Date.UTC(2026, 2, 2, 6) / 1_000;
const NOON = START + 86_400 + 12 * 3_600;

function found(happenings: readonly Happening[], hitsPerDay = 20_000): readonly FindingDraft[] {
  const traffic = siteTraffic({ seed: 5, from: START, days: 2, hitsPerDay });
  return detect(detector, [], {}, [countedTraffic(merged(traffic, happenings))]);
}

describe('floods/outage', () => {
  it('tells silence at an hour when the site is never silent', () => {
    const [finding, ...others] = found([outage({ seed: 2, from: NOON })]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'low',
      shows: 'oddity',
      at: '2026-03-03T18:00:00.000000Z',
      values: { silent: 40, hits: 0 },
    });
    expect(finding?.evidence[0]?.locator).toMatch(/^bytes /);
  });

  it('tells a server that answers nothing but errors', () => {
    const [finding] = found([outage({ seed: 2, from: NOON, answers: true })]);

    expect(finding).toMatchObject({ variant: 'failing', values: { silent: 40 } });
  });

  it('says nothing of silence after a flood, of ordinary days, and of nights of a small site', () => {
    const flood = getFlood({ seed: 2, from: NOON });

    expect(found([flood, outage({ seed: 3, from: flood.truth.to })])).toEqual([]);
    expect(found([])).toEqual([]);
    expect(found([], 300)).toEqual([]);
  });
});
