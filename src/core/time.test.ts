import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromAppleTime,
  fromDate,
  fromUnixMicroseconds,
  fromUnixSeconds,
  fromWebkitMicroseconds,
} from './time.js';

describe('times', () => {
  it('reads Apple nanoseconds without losing the fraction', () => {
    expect(fromAppleTime(588813210539788032n)).toBe('2019-08-29T23:13:30.539788Z');
  });

  it('reads Apple seconds of iOS 10 and before, whole and with a fraction', () => {
    expect(fromAppleTime(703502100)).toBe('2023-04-18T09:15:00.000000Z');
    expect(fromAppleTime(654598606.156382)).toBe('2021-09-29T08:56:46.156382Z');
  });

  it('gives no time for what is not one', () => {
    expect(fromAppleTime(0)).toBeNull();
    expect(fromAppleTime(null)).toBeNull();
    expect(fromAppleTime(-5e9)).toBeNull();
    expect(fromAppleTime(2n ** 63n)).toBeNull();
    expect(fromUnixSeconds(Number.NaN)).toBeNull();
    expect(fromUnixSeconds(1e300)).toBeNull();
    expect(fromWebkitMicroseconds(Number.POSITIVE_INFINITY)).toBeNull();
    expect(fromDate(new Date(Number.NaN))).toBeNull();
  });

  it('reads Chrome and Windows time', () => {
    expect(fromWebkitMicroseconds(13_350_000_000_123_456n)).toBe('2024-01-17T21:20:00.123456Z');
  });

  it('sorts as text in the order of time', () => {
    const microseconds = fc.bigInt({ min: 1n, max: 4_000_000_000_000_000n });
    fc.assert(
      fc.property(microseconds, microseconds, (a, b) => {
        const [x, y] = [fromUnixMicroseconds(a), fromUnixMicroseconds(b)];
        expect(x).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        if (x !== null && y !== null) expect(Math.sign(x.localeCompare(y))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('survives any number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.bigInt()), (value) => {
        for (const convert of [fromAppleTime, fromUnixSeconds, fromWebkitMicroseconds]) {
          const time = convert(value);
          expect(time === null || time.length === 27).toBe(true);
        }
      }),
    );
  });
});
