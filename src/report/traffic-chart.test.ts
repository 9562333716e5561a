import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { ResultFinding } from '../core/result.js';
import { reportTranslator } from './testing/results.js';
import { trafficFigure } from './traffic-chart.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'traffic' }>;

const FROM = '2026-03-02T10:00:00.000000Z';
const figureOf = (part: Partial<Picture> = {}, language: 'es' | 'en' = 'es') =>
  trafficFigure(
    {
      id: 'f1',
      title: 'Inundación',
      picture: {
        kind: 'traffic',
        from: FROM,
        stepSeconds: 60,
        perMinute: [10, 12, 900, 1_100, 11],
        usual: [10, 10, 10, 10, 10],
        failed: [0, 0, 400, 500, 0],
        spans: [{ from: '2026-03-02T10:02:00.000Z', to: '2026-03-02T10:04:00.000Z', severity: 'high' }],
        ...part,
      },
    },
    reportTranslator(language),
  );
const elements = (svg: string, selector: string) => [...parseHTML(svg).document.querySelectorAll(selector)];

describe('the picture of traffic', () => {
  it('draws requests, what is usual, errors and the span, and says the same in a table', async () => {
    const figure = await figureOf();
    const svg = figure?.svg ?? '';

    expect(figure?.caption).toBe('Peticiones por minuto (2 mar 2026)');
    expect(elements(svg, '[aria-label="line"] path')).toHaveLength(3);
    expect(elements(svg, '[aria-label="rect"] rect')).toHaveLength(1);
    expect(svg).toContain('>errores del servidor<');
    expect(figure?.table?.rows[3]).toEqual(['2 mar 2026, 04:03:00', '1,100', '10', '500']);
    expect(figure?.notes).toEqual([
      'La línea de rayas es lo habitual a esa hora en este registro. La franja marca el tramo del hallazgo.',
    ]);
  });

  it('says that nothing is known to be usual in a short log, and what a point is', async () => {
    const figure = await figureOf(
      { usual: [null, null, null, null, null], stepSeconds: 600, failed: [] },
      'en',
    );

    expect(elements(figure?.svg ?? '', '[aria-label="line"] path')).toHaveLength(1);
    expect(figure?.notes).toEqual([
      'The log is too short to say what is usual. The band marks the span of the finding.',
      'Each point is the mean of 10 minutes.',
    ]);
  });

  it('numbers spans that have names, and tells them below', async () => {
    const span = { from: '2026-03-02T10:01:00.000Z', to: '2026-03-02T10:02:00.000Z' };
    const figure = await figureOf({
      spans: [
        { ...span, severity: 'high', label: 'Inundación <b>' },
        { ...span, severity: 'low', label: 'Silencio' },
      ],
    });

    expect(elements(figure?.svg ?? '', '[aria-label="text"] text').map((text) => text.textContent)).toEqual([
      '1',
      '2',
    ]);
    expect(figure?.notes).toEqual([
      expect.stringContaining('Cada franja marca un tramo que se salió de lo habitual.'),
      '1. Inundación <b> (Alta): 2 mar 2026, 04:01:00 – 04:02:00.',
      '2. Silencio (Baja): 2 mar 2026, 04:01:00 – 04:02:00.',
    ]);
    expect((await figureOf({ spans: [] }))?.notes[0]).not.toContain('franja');
  });

  it('keeps the table short', async () => {
    const many = Array.from({ length: 1_000 }, (_, step) => step);
    const figure = await figureOf({ perMinute: many, usual: many, failed: many });

    expect(figure?.table?.rows.length).toBeLessThanOrEqual(36);
  });

  it('is none without a step or a time', async () => {
    expect(await figureOf({ perMinute: [] })).toBeNull();
    expect(await figureOf({ from: 'nunca' })).toBeNull();
  });

  it('draws whatever the numbers are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 1_000_000_000 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 10_000_000 }),
        async (perMinute, stepSeconds) => {
          const figure = await figureOf({ perMinute, stepSeconds, usual: [], failed: [] });
          expect(figure?.svg).not.toMatch(/NaN|undefined|Infinity/);
        },
      ),
      { numRuns: 20 },
    );
  });
});
