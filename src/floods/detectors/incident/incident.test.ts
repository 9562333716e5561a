import { describe, expect, it } from 'vitest';
import {
  crawl,
  flashCrowd,
  getFlood,
  loginBruteForce,
  outage,
  pingbackFlood,
  searchFlood,
  slowloris,
} from '../../../../fixtures/floods/attacks.js';
import { type Happening, merged } from '../../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import type { FindingDraft } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { countedTraffic } from '../../testing/counted.js';
import { detector } from './incident.js';

const START = Date.UTC(2026, 2, 2, 6) / 1_000;
const NOON = START + 86_400 + 12 * 3_600;

function found(
  happenings: readonly Happening[],
  format: 'combined' | 'vcombined' = 'combined',
): readonly FindingDraft[] {
  const traffic = siteTraffic({ seed: 5, from: START, days: 2, hitsPerDay: 6_000 });
  return detect(detector, [], {}, [countedTraffic(merged(traffic, happenings), format)]);
}

describe('floods/incident', () => {
  it('tells an attack with its span, what it has in common, a picture, and where to look', () => {
    const [finding, ...others] = found([pingbackFlood({ seed: 2, from: NOON })], 'vcombined');

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'medium',
      confidence: 'high',
      shows: 'site-attack',
      technique: 'T1499',
      at: '2026-03-03T18:00:00.000000Z',
      values: {
        kind: 'pingback',
        site: 'noticias.example',
        hasSite: true,
        to: { time: '2026-03-03T18:30:00.000000Z' },
        clients: 150,
        attackHits: 36_000,
        number: 1,
        baseline: 'day',
      },
    });
    expect(finding?.reasons?.[0]).toEqual({
      code: 'asker',
      values: { address: '198.51.100.7', hits: 32_400 },
    });
    expect(finding?.evidence[0]?.locator).toMatch(/^bytes \d+–\d+$/);
    const picture = finding?.picture;
    expect(picture?.kind === 'traffic' && picture.spans).toEqual([
      { from: '2026-03-03T18:00:00.000000Z', to: '2026-03-03T18:30:00.000000Z', severity: 'medium' },
    ]);
  });

  it('gives programs the facts, and no address of a client', () => {
    const [finding] = found([searchFlood({ seed: 2, from: NOON })]);

    expect(finding?.details).toMatchObject({
      kind: 'search-abuse',
      isAttack: true,
      number: 1,
      clients: 300,
      site: null,
      baseline: 'hour-of-day',
    });
    expect(JSON.stringify(finding?.details)).not.toMatch(
      /(?:192\.0\.2|198\.51\.100|203\.0\.113)\.(?!0\/24)\d/,
    );
    expect(finding?.reasons?.map(({ code }) => code)).toContain('sign-query');
  });

  it('is grave when the site fails under it', () => {
    const [finding] = found([getFlood({ seed: 2, from: NOON })]);

    expect(finding).toMatchObject({ severity: 'high', values: { kind: 'get' } });
    expect(finding?.reasons?.map(({ code }) => code)).toContain('errors');
  });

  it('tells passwords that are tried by many, and requests that never end, in their own words', () => {
    const [login] = found([loginBruteForce({ seed: 2, from: NOON, clients: 80 })]);
    const [slow] = found([slowloris({ seed: 2, from: NOON })]);

    expect(login).toMatchObject({ variant: 'login', technique: 'T1110', values: { kind: 'login' } });
    expect(slow).toMatchObject({ variant: 'slow', confidence: 'low' });
    expect(slow?.reasons?.map(({ code }) => code)).toContain('not-provable');
  });

  it('tells who goes through the whole site as no attack', () => {
    const [finding] = found([crawl({ seed: 2, from: NOON })]);

    expect(finding).toMatchObject({ variant: 'crawl', severity: 'low', shows: 'oddity' });
    expect(finding).not.toHaveProperty('technique');
    expect(finding?.details).toMatchObject({ isAttack: false, number: null });
  });

  it('says nothing of ordinary days, of readers, and of silence', () => {
    expect(found([])).toEqual([]);
    expect(found([flashCrowd({ seed: 2, from: NOON })])).toEqual([]);
    expect(found([outage({ seed: 2, from: NOON, minutes: 200 })])).toEqual([]);
    expect(detect(detector, [])).toEqual([]);
  });
});
