import { fromAppleTime, fromUnixSeconds } from '../../core/time.js';

/** A value as SQLite stores it. Whole numbers come as `number` when safe, else as `bigint`. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

// Columns of evidence hold anything, whatever their declared type says (https://www.sqlite.org/flextypegood.html).
// Each function below takes what is there and gives what was meant, or null; none throws.

const utf8 = new TextDecoder('utf-8');

/** Text; blobs are read as UTF-8 (damaged bytes become U+FFFD), numbers become their digits. NULs are kept. */
export function text(value: SqliteValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'object') return utf8.decode(value);
  return String(value);
}

/** A whole number that JavaScript holds exactly, else null. Digits in text count; fractions are cut off. */
export function integer(value: SqliteValue | undefined): number | null {
  if (typeof value === 'number') {
    const whole = Math.trunc(value);
    return Number.isSafeInteger(whole) ? whole + 0 : null;
  }
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return /^[+-]?\d{1,16}$/.test(trimmed) ? integer(Number(trimmed)) : null;
}

/** A whole number of any size. */
export function bigInteger(value: SqliteValue | undefined): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return /^-?\d{1,20}$/.test(trimmed) ? BigInt(trimmed) : null;
}

/** A finite number. Large whole numbers are rounded to what a double holds. */
export function real(value: SqliteValue | undefined): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  // At most 40 characters: no number that means anything is longer.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(trimmed.slice(0, 41)) && trimmed.length <= 40
    ? real(Number(trimmed))
    : null;
}

/** Bytes; text gives its UTF-8 bytes, numbers null. */
export function bytes(value: SqliteValue | undefined): Uint8Array | null {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  return value !== null && typeof value === 'object' ? value : null;
}

/** A yes/no stored as a number (0 is no) or as the digits of one. */
export function flag(value: SqliteValue | undefined): boolean | null {
  if (typeof value === 'bigint') return true;
  const number = real(value);
  return number === null ? null : number !== 0;
}

/** Apple absolute time (seconds or nanoseconds since 2001) in the stored form. */
export function appleTime(value: SqliteValue | undefined): string | null {
  return fromAppleTime(numeric(value));
}

/** Seconds since 1970 in the stored form. */
export function unixTime(value: SqliteValue | undefined): string | null {
  return fromUnixSeconds(numeric(value));
}

function numeric(value: SqliteValue | undefined): number | bigint | null {
  return typeof value === 'bigint' ? value : (integerDigits(value) ?? real(value));
}

// Nanoseconds written as text would lose digits as a double.
function integerDigits(value: SqliteValue | undefined): number | bigint | null {
  if (typeof value !== 'string') return null;
  const whole = bigInteger(value);
  if (whole === null) return null;
  return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;
}
