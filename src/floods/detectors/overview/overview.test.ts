import { describe, expect, it } from 'vitest';
import { flashCrowd, getFlood, outage } from '../../../../fixtures/floods/attacks.js';
import { type Happening, type LoggedRequest, merged } from '../../../../fixtures/floods/request.js';
import { siteTraffic } from '../../../../fixtures/floods/site-log.js';
import type { FindingDraft, Language } from '../../../core/contracts.js';
import { detect } from '../../../core/testing/run.js';
import { renderTexts, TEXT_DEFECTS, textIds } from '../../../core/testing/texts.js';
import { LOG_FORMATS } from '../../formats/formats.js';
import { countedTraffic } from '../../testing/counted.js';
import { WebTraffic } from '../../traffic/web-traffic.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './overview.js';

const START = Date.UTC(2026, 2, 2, 6) / 1_000;
const NOON = START + 86_400 + 12 * 3_600;
const TEXTS = { es, en };

function found(traffic: WebTraffic): FindingDraft {
  const [finding, ...others] = detect(detector, [], {}, [traffic]);
  expect(others).toEqual([]);
  return finding as FindingDraft;
}

function site(
  happenings: readonly Happening[] = [],
  format: 'combined' | 'vcombined' = 'combined',
  hitsPerDay = 6_000,
): FindingDraft {
  const traffic = siteTraffic({ seed: 5, from: START, days: 2, hitsPerDay });
  return found(countedTraffic(merged(traffic, happenings), format));
}

const codes = ({ reasons }: FindingDraft): string[] => (reasons ?? []).map(({ code }) => code);

/** Everything a finding says; fails when a sentence lacks a value. */
function said({ values, reasons }: FindingDraft, language: Language): string {
  const { reasons: sentences, ...texts } = TEXTS[language];
  const known: Readonly<Record<string, string>> = sentences;
  // Names of formats are words of these files, found by their whole id.
  const detectors = { 'floods/overview': { formats: texts.formats } };
  const lines = [
    ...Object.values(renderTexts(language, texts, values)),
    ...(reasons ?? []).map(
      ({ code, values: own }) =>
        renderTexts(language, { text: known[code] ?? `no ${code}`, detectors }, own).text ?? '',
    ),
  ];
  for (const line of lines) expect(line).not.toMatch(TEXT_DEFECTS);
  return lines.join('\n');
}

function request(part: Partial<LoggedRequest>): LoggedRequest {
  return {
    second: START,
    ms: 0,
    client: '192.0.2.1',
    method: 'GET',
    target: '/',
    protocol: 'HTTP/1.1',
    status: 200,
    bytes: 1_000,
    referer: '',
    agent: 'Mozilla/5.0',
    durationMs: 10,
    host: 'noticias.example',
    ...part,
  };
}

describe('floods/overview', () => {
  it('says of ordinary days what was compared, and that nothing found is not "no attack"', () => {
    const finding = site();

    expect(finding).toMatchObject({
      severity: 'info',
      shows: 'advice',
      at: '2026-03-02T06:00:00.000000Z',
      values: { files: 1, length: 48, lengthUnit: 'hours', attacks: 0, sites: 0 },
      evidence: [{ evidence: 'e1', path: 'access.log', locator: '' }],
    });
    expect(codes(finding)).toEqual([
      'formats',
      'baseline',
      'cohorts',
      'errors',
      'no-attack',
      'limit-packets',
      'limit-slow',
      'limit-guards',
    ]);
    expect(finding.reasons?.[0]?.values).toEqual({
      formats: { list: [{ word: 'detectors.floods/overview.formats.clf' }] },
    });
    expect(said(finding, 'es')).toContain('Formatos de las líneas: nginx o Apache (combined, common).');
    expect(said(finding, 'es')).toContain('Eso no demuestra que no hubo un ataque');
    expect(said(finding, 'en')).toContain('what is usual at that hour of the day');
    expect(JSON.stringify(finding.details)).not.toMatch(/"240\./);
  });

  it('draws the whole time of all sites, with every incident marked', () => {
    const flood = getFlood({ seed: 2, from: NOON });
    const { picture, values, reasons, details } = site([flood], 'vcombined');
    if (picture?.kind !== 'traffic') throw new Error('no picture');

    expect(values).toMatchObject({ attacks: 1, sites: 1, names: { list: ['noticias.example'] } });
    expect(reasons).toContainEqual({ code: 'attacks', values: { count: 1 } });
    expect(details).toMatchObject({ found: { 'get-flood': 1 }, sitesLeftOut: 0 });
    expect(picture).toMatchObject({ from: '2026-03-02T06:00:00.000000Z', stepSeconds: 300 });
    expect(picture.spans).toMatchObject([
      {
        from: '2026-03-03T18:00:00.000000Z',
        severity: 'high',
        label: { word: 'detectors.floods/overview.kinds.get-flood' },
      },
    ]);
    expect(picture.perMinute.length).toBeLessThanOrEqual(600);
    const drawn = picture.perMinute.reduce((sum, mean) => sum + mean * 5, 0);
    expect(Math.abs(drawn - Number(values.requests))).toBeLessThan(Number(values.requests) * 0.01);
    expect(picture.usual.every((usual) => usual !== null && usual >= 0)).toBe(true);
    expect(said(site([flood], 'vcombined'), 'es')).toContain('al sitio noticias.example');
  });

  it('tells crowds and silences by what they are', () => {
    expect(codes(site([flashCrowd({ seed: 2, from: NOON, minutes: 120 })]))).toContain('flash-crowd');
    const quiet = site([outage({ seed: 2, from: NOON })], 'combined', 20_000);
    expect(codes(quiet)).toEqual(expect.arrayContaining(['no-attack', 'outage']));
    expect(said(quiet, 'en')).toContain('One silence or outage');
  });

  it('says what the lines lack, and that a short log has nothing to compare with', () => {
    const plain = [...Array(200).keys()].map((second) => request({ second: START + second, target: '/a' }));
    const finding = found(countedTraffic(plain, 'common'));

    expect(codes(finding)).toEqual(expect.arrayContaining(['limit-assets', 'limit-agents']));
    expect(said(finding, 'es')).toContain('menos de dos horas de historia');
    expect(finding.picture).toMatchObject({ stepSeconds: 60, usual: [null, null, null, null] });
  });

  it('has a sentence with its values for every limit', () => {
    const traffic = new WebTraffic();
    const view = countedTraffic([request({})]).view();
    const source = {
      ...(view.sources[0] as (typeof view.sources)[number]),
      lines: 100,
      hits: 80,
      events: 3,
      malformed: 4,
      unparsed: 20,
      stepsBack: 70,
      proxied: 79,
      zones: [-360, 0, 330],
    };
    const dropped = { rows: 7, hits: 9 };
    traffic.view = () => ({
      ...view,
      sources: [source],
      dropped: { clients: dropped, cohorts: dropped, sites: dropped, minutes: dropped },
    });
    const finding = found(traffic);

    expect(codes(finding)).toEqual(
      expect.arrayContaining([
        ...['events', 'limit-unparsed', 'limit-malformed', 'limit-proxied', 'limit-zones', 'limit-order'],
        ...['limit-clients', 'limit-cohorts', 'limit-sites', 'limit-minutes'],
      ]),
    );
    expect(said(finding, 'es')).toContain('-06:00, +00:00 y +05:30');
    expect(said(finding, 'en')).toContain('20 lines were not understood (20%)');
  });

  it('is none without a request', () => {
    expect(detect(detector, [], {}, [new WebTraffic()])).toEqual([]);
    expect(detect(detector, [])).toEqual([]);
  });

  it('says the same in both languages, and has a plain name for every format', () => {
    expect(textIds(es)).toEqual(textIds(en));
    const ids = [...LOG_FORMATS.map(({ id }) => id), 'custom'];
    expect(Object.keys(en.formats).sort()).toEqual(expect.arrayContaining(ids));
  });
});
