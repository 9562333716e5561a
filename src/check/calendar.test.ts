import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCalendar, parseCalendar } from './calendar.js';
import { ProfileError } from './profile-error.js';

const ZONE = { timeZone: 'America/Mexico_City' };
const lab = mkdtempSync(join(tmpdir(), 'vigia-calendar-'));
afterAll(() => rmSync(lab, { recursive: true, force: true }));

function read(text: string) {
  return parseCalendar(text, 'c.csv', ZONE).map(({ at, title }) => `${at} ${title}`);
}

function errorIn(text: string): [string, unknown] {
  try {
    parseCalendar(text, 'c.csv', ZONE);
  } catch (error) {
    if (error instanceof ProfileError) return [error.code, error.values.line];
    throw error;
  }
  throw new Error('accepted');
}

describe('a calendar of publications', () => {
  it('has columns for date and title, in Spanish or English, in any order', () => {
    expect(read('fecha,título\n2026-03-05,El río\n')).toEqual(['2026-03-05 El río']);
    expect(read('Title;Published at\n"River; part 2";2026-03-05T14:00:30Z\n')).toEqual([
      '2026-03-05T14:00:30+00:00 River; part 2',
    ]);
    expect(read('Evento\tFecha de publicación\tHora\nMarcha\t5 de marzo de 2026\t14:00\n')).toEqual([
      '2026-03-05T14:00 Marcha',
    ]);
    expect(read('sep=;\r\nDate;Name\r\n2026-03-05;A\r\n\r\n2026-03-06;\r\n')).toEqual([
      '2026-03-05 A',
      '2026-03-06 —',
    ]);
    expect(read('2026-03-05,Sin encabezado\n')).toEqual(['2026-03-05 Sin encabezado']);
  });

  it('tells the order of day and month from the whole column', () => {
    expect(read('fecha,titulo\n03/04/2026,a\n25/04/2026,b\n')).toEqual(['2026-04-03 a', '2026-04-25 b']);
    expect(read('date,title\n03/04/2026,a\n04/25/2026,b\n')).toEqual(['2026-03-04 a', '2026-04-25 b']);
    expect(
      parseCalendar('date,title\n03/04/2026,a\n', 'c.csv', { ...ZONE, dateOrder: 'month-first' })[0]?.at,
    ).toBe('2026-03-04');
  });

  it('carries the zone of its times', () => {
    expect(parseCalendar('fecha,titulo\n2026-03-05,a\n', 'c.csv', ZONE)).toEqual([
      { at: '2026-03-05', title: 'a', timeZone: 'America/Mexico_City' },
    ]);
  });

  it('is refused with the line of what is wrong', () => {
    expect(errorIn('fecha,titulo\n2026-03-05,a\nayer,b\n')).toEqual(['calendarDate', 3]);
    expect(errorIn('fecha,titulo\n31/02/2026,a\n')).toEqual(['calendarDate', 2]);
    expect(errorIn('una,dos\n1,2\n')).toEqual(['calendarColumns', 1]);
    expect(errorIn('')).toEqual(['calendarColumns', 1]);
    expect(errorIn(`fecha,titulo\n${'2026-03-05,a\n'.repeat(10_001)}`)[0]).toBe('calendarTooLarge');
  });

  it('is read from a file as editors save it', async () => {
    const path = join(lab, 'c.csv');
    for (const bytes of [
      Buffer.from('\ufefffecha,título\n2026-03-05,Año\n'),
      Buffer.from('\ufefffecha\ttítulo\n2026-03-05\tAño\n', 'utf16le'),
    ]) {
      writeFileSync(path, bytes);
      expect((await loadCalendar(path, ZONE)).map(({ title }) => title)).toEqual(['Año']);
    }
    await expect(loadCalendar(join(lab, 'none.csv'), ZONE)).rejects.toMatchObject({
      code: 'calendarUnreadable',
    });
  });

  it('is read or refused, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000, unit: 'binary' }), (text) => {
        for (const whole of [text, `fecha,titulo\n${text}`]) {
          try {
            for (const { at } of parseCalendar(whole, 'c.csv', ZONE)) expect(at).toMatch(/^\d{4}-\d\d-\d\d/);
          } catch (error) {
            expect(error).toBeInstanceOf(ProfileError);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
