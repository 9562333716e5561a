import { describe, expect, it } from 'vitest';
import {
  agentRotation,
  cacheBusting,
  crawl,
  flashCrowd,
  getFlood,
  loginBruteForce,
  outage,
  pingbackFlood,
  postFlood,
  randomUris,
  rapidReset,
  searchFlood,
  slowloris,
  xmlrpcFlood,
} from '../../../../fixtures/floods/attacks.js';
import { type Happening, merged } from '../../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import type { FindingDraft, Language } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { renderTexts, TEXT_DEFECTS } from '../../../core/testing/texts.js';
import { addressOfNetwork, withClients } from '../../attribution/testing/scenes.js';
import { countedTraffic } from '../../testing/counted.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
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

const TEXTS = { es, en };

/** Everything a finding says, with its own values; fails when a sentence lacks one. */
function said({ variant, values, reasons }: FindingDraft, language: Language): string {
  const { reasons: sentences, variants, reasonsHeading: _heading, ...texts } = TEXTS[language];
  const known: Readonly<Record<string, string>> = sentences;
  const own = variant === undefined ? {} : (variants as Readonly<Record<string, object>>)[variant];
  expect(own).toBeDefined();
  const lines = [
    ...Object.values(renderTexts(language, { ...texts, ...own }, values)),
    ...(reasons ?? []).map(({ code, values: given }) => {
      expect(known, code).toHaveProperty(code);
      return renderTexts(language, { text: known[code] ?? '' }, given).text ?? '';
    }),
  ];
  for (const line of lines) expect(line.replaceAll(/«[^»]*»|“[^”]*”/g, 'x')).not.toMatch(TEXT_DEFECTS);
  return lines.join('\n');
}

const EVERY_KIND = [
  ['get-flood', getFlood],
  ['post-flood', postFlood],
  ['pingback', pingbackFlood],
  ['cache-busting', cacheBusting],
  ['random-uri', randomUris],
  ['search-abuse', searchFlood],
  ['xmlrpc-flood', xmlrpcFlood],
  ['agent-rotation', agentRotation],
  ['rapid-reset', rapidReset],
  ['slow-requests', slowloris],
  ['login-brute-force', loginBruteForce],
  ['crawl', crawl],
] as const;

describe('floods/incident', () => {
  it.each(EVERY_KIND)('says everything of %s in both languages', (kind, attack) => {
    const clients = kind === 'login-brute-force' ? { clients: 80 } : {};
    const findings = found([attack({ seed: 2, from: NOON, ...clients })], 'vcombined');
    const finding = findings.find(({ details }) => details?.kind === kind);
    if (!finding) throw new Error(`found ${findings.map(({ details }) => details?.kind).join(', ')}`);

    expect(said(finding, 'es')).toContain('noticias.example');
    expect(said(finding, 'en')).toContain('noticias.example');
  });

  it('cleans what attackers write, and keeps it short', () => {
    const flood = getFlood({ seed: 2, from: NOON });
    const hostile = `<img src=x onerror=alert(1)>\u001b[2J\u202e${'A'.repeat(900)}`;
    const [finding] = found([
      {
        ...flood,
        *requests() {
          for (const request of flood.requests()) yield { ...request, agent: hostile };
        },
      },
    ]);
    if (!finding) throw new Error('none');
    const words = said(finding, 'en');

    expect(words).toContain('<img src=x onerror=alert(1)>');
    expect(words).not.toContain('\u001b');
    expect(words).not.toContain('\u202e');
    expect(words).not.toContain('A'.repeat(350));
  });

  it('names the tables when it names a network or a country', () => {
    const flood = withClients(getFlood({ seed: 2, from: NOON }), addressOfNetwork(24940));
    const [finding] = found([flood]);
    const codes = finding?.reasons?.map(({ code }) => code) ?? [];

    expect(codes).toContain('tables');
    expect(codes.some((code) => code === 'sign-asn' || code === 'sign-country')).toBe(true);
    expect(said(finding as FindingDraft, 'es')).toContain('https://db-ip.com');
  });

  it('tells an attack with its span, what it has in common, a picture, and where to look', () => {
    const [finding, ...others] = found([pingbackFlood({ seed: 2, from: NOON })], 'vcombined');

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'medium',
      confidence: 'high',
      shows: 'site-attack',
      technique: 'T1499.002',
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
