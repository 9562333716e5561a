import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INDICATOR_TYPES } from '../core/indicator.js';
import { flattenMessages } from '../core/language.js';
import { COVERAGE_STATUSES } from '../core/result.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { reportTranslator } from './testing/results.js';

const texts = { es: flattenMessages(es), en: flattenMessages(en) };

describe('the texts of the report', () => {
  it('are the same in both languages', () => {
    expect(Object.keys(texts.es).sort()).toEqual(Object.keys(texts.en).sort());
  });

  it('take the same values in both languages', () => {
    // A branch of a choice may be one word in braces: only names of values count.
    const names = new Set([...Object.keys(ANY_VALUES), 'count', 'feeds']);
    const values = (message = ''): string[] => {
      const found = [...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map(([, name = '']) => name);
      return [...new Set(found)].filter((name) => names.has(name)).sort();
    };
    for (const id of Object.keys(texts.es))
      expect([id, values(texts.en[id])]).toEqual([id, values(texts.es[id])]);
  });

  it.each(['es', 'en'] as const)('can all be said in %s', (language) => {
    const translate = reportTranslator(language);
    for (const id of Object.keys(texts[language])) {
      const said = [0, 1, 2].map((count) =>
        translate(`report.${id}`, { ...ANY_VALUES, count, feeds: Math.max(1, count) }),
      );
      if (!id.endsWith('undated')) for (const text of said) expect(text).not.toBe('');
      for (const text of said) expect(text).not.toMatch(/[{}]|undefined|null/);
    }
  });

  it('name every type of indicator, status and severity', () => {
    const translate = reportTranslator('es');
    for (const type of INDICATOR_TYPES) expect(translate.has(`report.indicatorTypes.${type}`)).toBe(true);
    for (const status of COVERAGE_STATUSES) expect(translate.has(`status.${status}`)).toBe(true);
  });

  it('name every event of the time line', () => {
    const kinds = new URL('../records/kinds/', import.meta.url);
    for (const file of readdirSync(kinds).filter((name) => !name.endsWith('.test.ts'))) {
      const source = readFileSync(new URL(file, kinds), 'utf8');
      const timeline = source.slice(source.indexOf('timeline'));
      for (const [, event] of timeline.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g))
        expect([file, event, texts.es[`events.${event}`] === undefined]).toEqual([file, event, false]);
    }
    for (const letters of ['m', 'c', 'b', 'mc', 'mb', 'cb', 'mcb'])
      expect(texts.en[`events.file-${letters}`]).toBeDefined();
  });

  it('never say that something is infected, clean or certain', () => {
    for (const text of [...Object.values(texts.es), ...Object.values(texts.en)]) {
      expect(text).not.toMatch(/infect|a salvo|\bsafe\b|está limpio|is clean/i);
    }
  });

  it('address the reader as usted, and mark accents and questions', () => {
    for (const text of Object.values(texts.es)) {
      expect(text).not.toMatch(/\b(?:tú|tu|tus|te|contigo|haz|puedes|debes)\b/i);
      expect(text).not.toMatch(/[^¿\s]\?\s*$(?<!¿.*\?)/);
      expect(text).not.toMatch(
        /\b(?:revision|comprobacion|telefono|numero|informacion|linea|mas de|aqui|esta en linea)\b/i,
      );
    }
  });

  it('counts in whole sentences', () => {
    const translate = reportTranslator('es');

    expect(translate('report.moreOfSame', { count: 1, detector: 'X', id: 'f1' })).toBe(
      'Un hallazgo más de la comprobación «X». Qué significa y qué hacer se explica en f1.',
    );
    expect(translate('report.moreOfSame', { count: 2, detector: 'X', id: 'none' })).toBe(
      '2 hallazgos más de la comprobación «X».',
    );
    expect(translate('report.indicatorSummary', { count: 1_448, feeds: 2 })).toBe(
      'Se comparó con 1,448 indicadores y reglas de 2 conjuntos.',
    );
  });
});

const ANY_VALUES = {
  version: '1',
  time: { time: '2024-01-01T00:00:00.000Z' },
  startedAt: { time: '2024-01-01T00:00:00.000Z' },
  finishedAt: { time: '2024-01-01T00:00:00.000Z' },
  from: { time: '2024-01-01T00:00:00.000Z' },
  to: { time: '2024-01-01T00:00:00.000Z' },
  zone: 'UTC',
  consent: 'x',
  id: 'f1',
  detector: 'x',
  technique: 'T1',
  type: 'x',
  value: 'x',
  family: 'x',
  feed: 'x',
  names: 'x',
  examples: 'x',
  evidence: 'e1',
  product: 'x',
  severity: 'x',
  status: 'x',
  sha256: 'x',
  rows: 2,
  marks: 3,
  bars: 2,
  servers: 3,
  highest: 3,
  isCut: 'yes',
  devices: 2,
  hosts: 3,
  day: 'x',
  isWithinDay: 'yes',
  unit: 'seconds',
  records: 1,
  compared: 3,
  counted: 3,
  event: 'x',
  text: 'x',
  points: '+5',
  peak: 3,
  hasUsual: 'yes',
  spans: 2,
  number: '1',
  label: 'x',
  when: 'x',
};
