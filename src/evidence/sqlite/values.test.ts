import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appleTime,
  bigInteger,
  bytes,
  flag,
  integer,
  real,
  type SqliteValue,
  text,
  unixTime,
} from './values.js';

const encoded = (value: string) => new TextEncoder().encode(value);

describe('tolerant SQLite values', () => {
  it.each<[string, unknown, unknown]>([
    ['text of text', text('a\0b'), 'a\0b'],
    ['text of a blob', text(encoded('ñ')), 'ñ'],
    ['text of a damaged blob', text(new Uint8Array([0x61, 0xff])), 'a\ufffd'],
    ['text of a number', text(2n ** 63n - 1n), '9223372036854775807'],
    ['text of nothing', text(null), null],
    ['text of an absent column', text(undefined), null],
    ['integer of digits', integer(' 42 '), 42],
    ['integer of a fraction', integer(-1.9), -1],
    ['integer of zero with a sign', integer(-0.5), 0],
    ['integer beyond what is safe', integer(2n ** 60n), null],
    ['integer of words', integer('four'), null],
    ['integer of a blob', integer(encoded('4')), null],
    ['big integer of digits', bigInteger('588813210539788032'), 588_813_210_539_788_032n],
    ['big integer of infinity', bigInteger(Number.POSITIVE_INFINITY), null],
    ['real of digits', real('-1.5e3'), -1500],
    ['real of a hexadecimal number', real('0x10'), null],
    ['real of infinity', real(Number.POSITIVE_INFINITY), null],
    ['real of a huge exponent', real('1e999'), null],
    ['bytes of text', bytes('a'), encoded('a')],
    ['bytes of a number', bytes(1), null],
    ['flag of 2', flag(2), true],
    ['flag of "0"', flag('0'), false],
    ['flag of nothing', flag(null), null],
    ['Apple time in nanoseconds', appleTime(588_813_210_539_788_032n), '2019-08-29T23:13:30.539788Z'],
    ['Apple time in digits', appleTime('588813210539788032'), '2019-08-29T23:13:30.539788Z'],
    ['Apple time in seconds', appleTime(703_502_100), '2023-04-18T09:15:00.000000Z'],
    ['Apple time of zero', appleTime(0), null],
    ['Unix time', unixTime(1_500_000_000), '2017-07-14T02:40:00.000000Z'],
    ['Unix time of words', unixTime('yesterday'), null],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  it('gives a value or null for anything a column may hold', () => {
    const any: fc.Arbitrary<SqliteValue> = fc.oneof(
      fc.constant(null),
      fc.double(),
      fc.integer(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[+-]?[0-9]{1,30}(\.[0-9]{0,30})?(e[+-]?[0-9]{1,4})?$/),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(any, (value) => {
        const whole = integer(value);
        expect(whole === null || Number.isSafeInteger(whole)).toBe(true);
        const number = real(value);
        expect(number === null || Number.isFinite(number)).toBe(true);
        for (const time of [appleTime(value), unixTime(value)])
          expect(time ?? '2000-01-01T00:00:00.000000Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        text(value);
        bigInteger(value);
        bytes(value);
        flag(value);
      }),
    );
  });
});
