import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { ResultFinding } from '../core/result.js';
import { intervalsFigure } from './intervals-chart.js';
import { anyText, LIVE_LINK, UNPRINTABLE } from './testing/documents.js';
import { HOSTILE_TEXTS, reportTranslator } from './testing/results.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'intervals' }>;
type Row = Picture['rows'][number];

const START = '2026-03-02T10:00:00.000000Z';
const later = (seconds: number): string =>
  new Date(Date.parse(START) + seconds * 1000).toISOString().replace('Z', '000Z');
const row = (part: Partial<Row> = {}): Row => ({
  label: 'c2.example',
  moments: Array.from({ length: 30 }, (_, index) => later(index * 60)),
  intervalSeconds: 60,
  severity: 'low',
  ...part,
});
const figureOf = (part: Partial<Picture>, language: 'es' | 'en' = 'es') =>
  intervalsFigure(
    {
      id: 'f1',
      title: 'Contactos',
      picture: { kind: 'intervals', rows: [row()], from: START, to: later(1_800), ...part },
    },
    reportTranslator(language),
  );
const elements = (svg: string, selector: string) => [...parseHTML(svg).document.querySelectorAll(selector)];

describe('the picture of even intervals', () => {
  it('has a row for each host, a stroke for each moment, and the interval in words', async () => {
    const figure = await figureOf({
      rows: [
        row(),
        row({
          label: '198.51.100.8',
          moments: [later(0), later(9_000)],
          intervalSeconds: 9_000,
          severity: 'medium',
        }),
      ],
    });
    const svg = figure?.svg ?? '';

    expect(figure?.caption).toBe('Cuándo empezó cada contacto (2 mar 2026)');
    expect(elements(svg, '[aria-label="tick"] line')).toHaveLength(32);
    expect(svg).toContain('>cada 60 segundos<');
    expect(svg).toContain('>cada 2.5 horas<');
    expect(svg).toContain('<title>198[.]51[.]100[.]8 · cada 2.5 horas</title>');
    expect(figure?.table?.rows).toEqual([
      ['c2[.]example', 'cada 60 segundos', '30', '2 mar 2026, 04:00:00 – 04:29:00', 'Baja'],
      ['198[.]51[.]100[.]8', 'cada 2.5 horas', '2', '2 mar 2026, 04:00:00 – 06:30:00', 'Media'],
    ]);
  });

  it.each([
    [1, 'every 1 second'],
    [119, 'every 119 seconds'],
    [120, 'every 2 minutes'],
    [5_400, 'every 90 minutes'],
    [86_400, 'every 24 hours'],
    [604_800, 'every 7 days'],
  ])('says %d seconds as "%s"', async (intervalSeconds, words) => {
    const figure = await figureOf({ rows: [row({ intervalSeconds })] }, 'en');

    expect(figure?.table?.rows[0]?.[1]).toBe(words);
  });

  it('says what did not fit, and tells rows apart that are alike', async () => {
    const figure = await figureOf({ rows: Array.from({ length: 40 }, () => row({ label: 'a'.repeat(60) })) });
    const labels = elements(figure?.svg ?? '', '[aria-label="y-axis tick label"] text').map(
      ({ textContent }) => textContent,
    );

    expect(new Set(labels).size).toBe(30);
    expect(figure?.notes.at(-1)).toBe('Otras 10 filas no cupieron en la figura.');
  });

  it('is not drawn without moments, and does not need the span', async () => {
    expect(await figureOf({ rows: [] })).toBeNull();
    expect(await figureOf({ rows: [row({ moments: [] })] })).toBeNull();
    expect(await figureOf({ rows: [row({ moments: ['yesterday'] })] })).toBeNull();
    expect(await figureOf({ from: '', to: '' })).not.toBeNull();
  });

  it('never lets a hostile name become markup, move a cursor or lead anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyText, fc.double({ noNaN: true, min: 0, max: 1e9 })), { maxLength: 10 }),
        async (rows) => {
          const figure = await figureOf({
            rows: [
              ...HOSTILE_TEXTS.map((label) => row({ label })),
              ...rows.map(([label, intervalSeconds]) => row({ label, intervalSeconds })),
            ],
          });
          const { document } = parseHTML(figure?.svg ?? '');
          for (const element of document.querySelectorAll('*'))
            expect('svg g path rect line text title desc'.split(' ')).toContain(element.localName);
          const words = [figure?.svg, ...(figure?.table?.rows.flat() ?? [])].join('\n');
          expect(words).not.toMatch(UNPRINTABLE);
          expect(document.documentElement.textContent).not.toMatch(LIVE_LINK);
          expect(figure?.svg).not.toMatch(/NaN|undefined|Infinity/);
        },
      ),
      { numRuns: 20 },
    );
  });
});
