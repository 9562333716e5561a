/** Microseconds from one stored time to another; null when one of them is not known. */
export function microsecondsBetween(from: string | null, to: string | null): number | null {
  const [start, end] = [microsOf(from), microsOf(to)];
  return start === null || end === null ? null : end - start;
}

/** Milliseconds with one decimal, as people compare them. */
export function millisecondsOf(microseconds: number | null): number | null {
  return microseconds === null ? null : Math.round(microseconds / 100) / 10;
}

/** A date of JavaScript ends at the millisecond; the three digits behind it stand in the text. */
function microsOf(at: string | null): number | null {
  if (at === null) return null;
  const millis = Date.parse(at);
  const rest = Number(at.slice(23, 26));
  return Number.isNaN(millis) || Number.isNaN(rest) ? null : millis * 1000 + rest;
}
