/**
 * Times as evidence stores them, turned into one form: UTC, `YYYY-MM-DDTHH:MM:SS.ffffffZ`. Six decimals always,
 * so that times sort as text.
 */

/** Seconds between 1970-01-01 and 2001-01-01 UTC, the epoch of Apple's Core Foundation absolute time. */
export const APPLE_EPOCH_UNIX_SECONDS = 978_307_200;
/** Seconds between 1601-01-01 and 1970-01-01 UTC, the epoch of Chrome's and Windows' times. */
export const WEBKIT_EPOCH_OFFSET_SECONDS = 11_644_473_600;

// Outside 1970-01-01 … 2200-01-01 a number is not a time somebody lived through, but damage or another unit.
const LATEST_UNIX_SECONDS = 7_258_118_400;
const SECONDS_PER_DAY = 86_400;
const [DASH, COLON, POINT, LETTER_T, LETTER_Z] = [45, 58, 46, 84, 90];

/** Unix time in microseconds to the stored form, or null when out of range. Exact: the range lies below 2^53. */
export function fromUnixMicroseconds(microseconds: bigint | number): string | null {
  const value = Number(microseconds);
  if (!(value > 0 && value <= LATEST_UNIX_SECONDS * 1e6)) return null;
  const whole = Math.trunc(value);
  const fraction = whole % 1e6;
  const seconds = (whole - fraction) / 1e6;
  const ofDay = seconds % SECONDS_PER_DAY;
  return textOf(dayOf((seconds - ofDay) / SECONDS_PER_DAY), ofDay, fraction);
}

/** `YYYYMMDD` as a number, by days since 1970. Filled as days are met; the range holds 84,000. */
const DAYS: number[] = [];

function dayOf(day: number): number {
  const known = DAYS[day];
  if (known !== undefined) return known;
  const date = new Date(day * SECONDS_PER_DAY * 1000);
  const number = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  DAYS[day] = number;
  return number;
}

// Digit by digit: a phone's backup holds a million times, and this takes a quarter of what Date's own text takes.
function textOf(day: number, ofDay: number, fraction: number): string {
  const hour = Math.trunc(ofDay / 3600);
  const minute = Math.trunc(ofDay / 60) % 60;
  const second = ofDay % 60;
  return String.fromCharCode(
    digit(day, 10_000_000),
    digit(day, 1_000_000),
    digit(day, 100_000),
    digit(day, 10_000),
    DASH,
    digit(day, 1_000),
    digit(day, 100),
    DASH,
    digit(day, 10),
    digit(day, 1),
    LETTER_T,
    digit(hour, 10),
    digit(hour, 1),
    COLON,
    digit(minute, 10),
    digit(minute, 1),
    COLON,
    digit(second, 10),
    digit(second, 1),
    POINT,
    digit(fraction, 100_000),
    digit(fraction, 10_000),
    digit(fraction, 1_000),
    digit(fraction, 100),
    digit(fraction, 10),
    digit(fraction, 1),
    LETTER_Z,
  );
}

/** Character code of the digit of a number at a power of ten. */
function digit(number: number, power: number): number {
  return 48 + (Math.trunc(number / power) % 10);
}

/** Unix time in seconds, whole or with a fraction. 0, NaN and values outside 1970–2200 give null. */
export function fromUnixSeconds(seconds: number | bigint | null | undefined): string | null {
  if (seconds === null || seconds === undefined) return null;
  return fromUnixMicroseconds(Math.round(Number(seconds) * 1e6));
}

/**
 * Apple absolute time: seconds since 2001-01-01 UTC up to iOS 10, nanoseconds from iOS 11 on. A value above 1e11
 * cannot be seconds (it would be the year 5170), so it is nanoseconds. 0 and null give null.
 *
 * @example
 * fromAppleTime(588813210539788032n); // '2019-08-29T23:13:30.539788Z'
 */
export function fromAppleTime(value: number | bigint | null | undefined): string | null {
  if (value === null || value === undefined || value === 0 || value === 0n) return null;
  const isNanoseconds = typeof value === 'bigint' ? value > 100_000_000_000n : value > 1e11;
  if (isNanoseconds) {
    if (typeof value === 'number' && !Number.isFinite(value)) return null;
    // Only the division needs a big integer: microseconds are exact as a double (or too large to be a time).
    const microseconds = Number((typeof value === 'bigint' ? value : BigInt(Math.trunc(value))) / 1000n);
    return fromUnixMicroseconds(microseconds + APPLE_EPOCH_UNIX_SECONDS * 1e6);
  }
  return fromUnixSeconds(Number(value) + APPLE_EPOCH_UNIX_SECONDS);
}

/** Chrome and WebKit time: microseconds since 1601-01-01 UTC. */
export function fromWebkitMicroseconds(value: number | bigint | null | undefined): string | null {
  if (value === null || value === undefined || value === 0 || value === 0n) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  const microseconds = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
  return fromUnixMicroseconds(microseconds - BigInt(WEBKIT_EPOCH_OFFSET_SECONDS) * 1_000_000n);
}

/** A JavaScript date (of a property list, of a file system) to the stored form, or null when invalid. */
export function fromDate(date: Date | null | undefined): string | null {
  if (!date) return null;
  const milliseconds = date.getTime();
  return Number.isNaN(milliseconds) ? null : fromUnixMicroseconds(BigInt(Math.trunc(milliseconds)) * 1000n);
}

/** Milliseconds between two stored times; positive when `b` is later. */
export function millisecondsBetween(a: string, b: string): number {
  return Date.parse(b) - Date.parse(a);
}
