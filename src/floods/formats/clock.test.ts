import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Clock, dayNumber, daysFromCivil } from './clock.js';

const dates = fc.date({ min: new Date('1990-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });

describe('dates of access logs', () => {
  it('counts days as the calendar does', () => {
    fc.assert(
      fc.property(dates, (date) => {
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
        expect(daysFromCivil(year, month + 1, day)).toBe(Date.UTC(year, month, day) / 86_400_000);
      }),
    );
  });

  it.each([
    [2023, 2, 29],
    [2100, 2, 29],
    [2024, 4, 31],
    [2024, 0, 1],
    [2024, 13, 1],
    [2024, 1, 0],
    [1989, 1, 1],
    [2200, 1, 1],
  ])('knows no day %i-%i-%i', (year, month, day) => {
    expect(dayNumber(year, month, day)).toBe(-1);
  });

  it('reads every second in every form', () => {
    const clock = new Clock();
    fc.assert(
      fc.property(dates, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, zone) => {
        const seconds = Math.floor(date.getTime() / 1000);
        const local = new Date((seconds + zone * 60) * 1000).toUTCString();
        const sign = zone < 0 ? '-' : '+';
        const [hh, mm] = [Math.trunc(Math.abs(zone) / 60), Math.abs(zone) % 60].map((n) =>
          String(n).padStart(2, '0'),
        );
        const clf = `${local.slice(5, 7)}/${local.slice(8, 11)}/${local.slice(12, 16)}:${local.slice(17, 25)} ${sign}${hh}${mm}`;
        if (Number(local.slice(12, 16)) < 1990 || Number(local.slice(12, 16)) > 2199) return;
        expect(read((bytes) => clock.readClf(bytes, 1, bytes.length - 1), clf)).toBe(clf.length);
        expect([clock.seconds, clock.zoneMinutes]).toEqual([seconds, zone]);
        const iso = `${new Date((seconds + zone * 60) * 1000).toISOString().slice(0, 19)}.0456${sign}${hh}:${mm}`;
        expect(read((bytes) => clock.readRfc3339(bytes, 1, bytes.length - 1), iso)).toBe(iso.length);
        expect([clock.seconds, clock.milliseconds, clock.zoneMinutes]).toEqual([seconds, 45, zone]);
        const asctime = `${local.slice(0, 3)} ${local.slice(8, 11)} ${local.slice(5, 7)} ${local.slice(17, 25)} ${local.slice(12, 16)}`;
        expect(read((bytes) => clock.readAsctime(bytes, 1, bytes.length - 1), asctime)).toBe(asctime.length);
        expect(clock.seconds - zone * 60).toBe(seconds);
      }),
    );
  });

  it.each([
    ['1693840791', 1_693_840_791, 0],
    ['1693840791.7564995', 1_693_840_791, 756],
    ['1693840791756', 1_693_840_791, 756],
    ['1693840791756499', 1_693_840_791, 756],
    ['1693840791756499512', 1_693_840_791, 756],
    ['999999999', 999_999_999, 0],
  ])('reads %s as a Unix time', (text, seconds, milliseconds) => {
    const clock = new Clock();
    const bytes = Buffer.from(text);
    expect(clock.readEpoch(bytes, 0, bytes.length)).toBe(true);
    expect([clock.seconds, clock.milliseconds]).toEqual([seconds, milliseconds]);
  });

  it.each([
    '',
    '1',
    '12345678',
    '16938407917',
    '169384079175',
    '1693840791x',
    '1693840791.x',
    '9999999999',
    '-1',
    '0999999999',
  ])('reads no time in «%s»', (text) => {
    const bytes = Buffer.from(text);
    expect(new Clock().readEpoch(bytes, 0, bytes.length)).toBe(text === '0999999999');
  });

  it.each([
    '',
    '10/Oct/2024',
    '10/Oct/2024:13:55:60x',
    '31/Feb/2024:13:55:36 +0000',
    '10-Oct-2024:13:55:36 +0000',
    '10/Oct/2024:13:55:36 +9900',
    '\0'.repeat(26),
    '\xff'.repeat(26),
  ])('reads no CLF date in «%s»', (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const clock = new Clock();
    const end = clock.readClf(bytes, 0, bytes.length);
    if (text.endsWith('60x'))
      expect([end, clock.seconds]).toEqual([20, Date.UTC(2024, 9, 10, 13, 55, 59) / 1000]);
    else expect(end).toBe(-1);
  });

  it('reads a time or none in any bytes, and remembers nothing that was wrong', () => {
    const good = Buffer.from('10/Oct/2024:13:55:36 +0000');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const clock = new Clock();
        for (const end of [
          clock.readClf(bytes, 0, bytes.length),
          clock.readRfc3339(bytes, 0, bytes.length),
          clock.readSlashed(bytes, 0, bytes.length),
          clock.readAsctime(bytes, 0, bytes.length),
        ]) {
          expect(end).toBeGreaterThanOrEqual(-1);
          expect(end).toBeLessThanOrEqual(bytes.length);
        }
        clock.readEpoch(bytes, 0, bytes.length);
        expect(clock.readClf(good, 0, good.length)).toBe(26);
        expect(clock.seconds).toBe(Date.UTC(2024, 9, 10, 13, 55, 36) / 1000);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Bytes before and behind, so that places count. @returns the length that was read */
function read(reader: (bytes: Buffer) => number, text: string): number {
  return reader(Buffer.from(`x${text}x`)) - 1;
}
