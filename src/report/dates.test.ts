import { describe, expect, it } from 'vitest';
import { dayFormat, spanFormat, timeWords } from './dates.js';
import { reportTranslator } from './testing/results.js';

const MONTH = '2012-06-01T00:00:00.000000Z';

describe('times in a report', () => {
  it('are no finer than they are known, and a month stays itself west of Greenwich', () => {
    const t = reportTranslator('es', 'America/Mexico_City');

    expect(timeWords(MONTH, t, 'month')).toBe('junio de 2012');
    expect(timeWords(MONTH, t, 'day')).toBe('1 de junio de 2012');
    expect(timeWords(MONTH, t)).toContain('31 may 2012');
    expect(timeWords(null, t, 'month')).toBe(t('report.undated'));
    expect(dayFormat(t)(MONTH, 'month')).toBe('jun 2012');
    expect(dayFormat(t)(MONTH, 'day')).toBe('1 jun 2012');
    expect(dayFormat(t)(MONTH)).toBe('31 may 2012');
  });

  it('that belong together say their day once', () => {
    const span = spanFormat(reportTranslator('en', 'America/Mexico_City'));
    const [first, later, nextDay] = [
      '2026-03-02T10:00:01.500000Z',
      '2026-03-02T10:20:00.000000Z',
      '2026-03-03T06:30:00.000000Z',
    ] as const;

    expect(span(first, later)).toBe('2 Mar 2026, 04:00:01 – 04:20:00');
    expect(span(first, nextDay)).toBe('2 Mar 2026, 04:00:01 – 3 Mar 2026, 00:30:00');
    expect(span(first, first)).toBe('2 Mar 2026, 04:00:01');
    expect(span(first, null)).toBe('2 Mar 2026, 04:00:01');
    expect(span(null, later)).toBe('2 Mar 2026, 04:20:00');
    expect(span(null, 'never')).toBeNull();
  });
});
