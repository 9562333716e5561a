import { describe, expect, it } from 'vitest';
import type { ResultFinding } from '../core/result.js';
import { peopleChart } from './people-chart.js';
import { HOSTILE_TEXTS, reportTranslator } from './testing/results.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'people-over-time' }>;
const translate = reportTranslator('es');

function picture(part: Partial<Picture> = {}): Picture {
  return {
    kind: 'people-over-time',
    rows: ['Ana', 'Beto'],
    marks: [
      { row: 0, at: '2015-01-10T12:00:00.000000Z', severity: 'medium', group: 'telefonía' },
      { row: 1, at: '2015-09-02T12:00:00.000000Z', severity: 'high', group: 'noticias' },
      { row: 0, at: '2016-07-20T12:00:00.000000Z', severity: 'high', group: 'telefonía' },
    ],
    ...part,
  };
}

describe('the picture of people over time', () => {
  it('has a row for each person, a letter for each kind of event, a shape for each event', async () => {
    const chart = await peopleChart({ id: 'f1', title: 'Van juntos', picture: picture() }, translate);
    expect(chart?.notes).toEqual(['Clases: A telefonía · B noticias']);
    expect(chart?.caption).toBe('Van juntos');
    expect(chart?.svg.match(/<g transform/g)?.length).toBeGreaterThanOrEqual(3);
    expect(chart?.svg).toContain('>Ana<');
    expect(chart?.svg).toContain('<title id="picture-f1-title">Van juntos</title>');
    expect(chart?.svg).toContain('Beto · 2 sep 2015');
  });

  it('puts together what would cover each other, with its number', async () => {
    const marks = Array.from({ length: 5 }, (_, minute) => ({
      row: 0,
      at: `2015-01-10T12:0${minute}:00.000000Z`,
      severity: 'medium' as const,
      group: 'noticias',
    }));
    const chart = await peopleChart(
      {
        id: 'f1',
        title: '',
        picture: picture({
          marks: [
            ...marks,
            { ...marks[0], row: 1, at: '2016-01-01T00:00:00.000000Z', severity: 'low', group: 'noticias' },
          ],
        }),
      },
      translate,
    );
    expect(chart?.svg).toContain('>A 5<');
    expect(chart?.svg).toContain('noticias (5)');
  });

  it('tells rows apart that are alike when cut, and leaves out those that do not fit', async () => {
    const rows = Array.from({ length: 70 }, (_, index) => `una persona con un nombre muy largo ${index}`);
    const chart = await peopleChart({ id: 'f1', title: '', picture: picture({ rows }) }, translate);
    expect(chart?.notes.at(-1)).toBe('Otras 10 filas no cupieron en la figura.');
    expect(chart?.svg).toContain('(2)');
  });

  it('is not drawn without a date', async () => {
    expect(await peopleChart({ id: 'f1', title: '', picture: picture({ marks: [] }) }, translate)).toBeNull();
  });

  it('never becomes markup, whatever the names are', async () => {
    const rows = [...HOSTILE_TEXTS];
    const marks = rows.map((group, row) => ({
      row,
      at: '2015-01-10T12:00:00.000000Z',
      severity: 'high' as const,
      group,
    }));
    const chart = await peopleChart({ id: 'f1', title: '', picture: picture({ rows, marks }) }, translate);
    expect(chart?.svg).not.toMatch(/<(?:script|img|style|svg onload|b>)/);
    for (const unsafe of ['\u202e', '\u0000', '\u001b']) expect(chart?.svg).not.toContain(unsafe);
  });
});
