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

/** Unix time in microseconds to the stored form, or null when out of range. Exact: the range lies below 2^53. */
export function fromUnixMicroseconds(microseconds: bigint | number): string | null {
  const value = Number(microseconds);
  if (!(value > 0 && value <= LATEST_UNIX_SECONDS * 1e6)) return null;
  const milliseconds = Math.floor(value / 1000);
  const rest = Math.trunc(value) % 1000;
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
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
    const nanoseconds = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
    return fromUnixMicroseconds(nanoseconds / 1000n + BigInt(APPLE_EPOCH_UNIX_SECONDS) * 1_000_000n);
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
