const STORED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})Z$/;

/** Microseconds since 1970, earlier than any time of four digits of a year. */
export const BEFORE_ALL_TIMES = -(2 ** 62);

/** Microseconds since 1970 of a time in the stored form; null when it is in another. Exact from 1684 to 2255, below 2^53; off by one before and after. */
export function microsecondsOf(at: string): number | null {
  const parts = STORED.exec(at);
  if (!parts) return null;
  const milliseconds = Date.parse(`${parts[1]}Z`);
  return Number.isNaN(milliseconds) ? null : milliseconds * 1_000 + Number(parts[2]);
}

export function storedTimeOf(microseconds: number): string {
  const fraction = ((microseconds % 1e6) + 1e6) % 1e6;
  const seconds = new Date((microseconds - fraction) / 1_000).toISOString().slice(0, 19);
  return `${seconds}.${String(fraction).padStart(6, '0')}Z`;
}
