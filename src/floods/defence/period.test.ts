import { describe, expect, it } from 'vitest';
import { translatorFor } from '../../check/messages.js';
import { periodText } from './period.js';

describe('a period', () => {
  it('names the day once when it begins and ends on it, by the clock of the reader', () => {
    const [from, to] = ['2026-03-05T05:50:00.000000Z', '2026-03-05T06:20:00.000000Z'];
    expect(periodText(translatorFor('es', 'UTC'), from, to)).toBe('5 mar 2026, 05:50–06:20');
    expect(periodText(translatorFor('en', 'UTC'), from, to)).toBe('5 Mar 2026, 05:50–06:20');
    // In Mexico it is midnight in between.
    expect(periodText(translatorFor('es', 'America/Mexico_City'), from, to)).toBe(
      '4 mar 2026, 23:50 – 5 mar 2026, 00:20',
    );
  });
});
