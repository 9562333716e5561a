/** Values with their shares of the traffic, and `others`; `random` where none stands out. */
export type Shares = Readonly<Record<string, number>> | 'random';

/** Values listed of a field at most. */
const MOST_VALUES = 20;
/** Shares of what is listed that need no `others`. */
const NEARLY_ALL = 0.99;

/**
 * The values that stand out: with a share over `threshold`, or more than two standard deviations over the mean of all shares.
 * `counts` has the most frequent first.
 */
export function outliers(
  counts: readonly (readonly [value: string, count: number])[],
  total: number,
  threshold: number,
  byDeviation = true,
): Shares {
  if (!(total > 0)) return 'random';
  const shares = counts.map(([value, count]) => [value, count / total] as const);
  const limit = byDeviation ? deviationLimit(shares.map(([, share]) => share)) : Number.POSITIVE_INFINITY;
  const found = shares.filter(([, share]) => share > threshold || share > limit).slice(0, MOST_VALUES);
  if (found.length === 0) return 'random';
  const told: Record<string, number> = Object.create(null);
  let explained = 0;
  for (const [value, share] of found) {
    told[value] = rounded(share);
    explained += rounded(share);
  }
  if (explained < NEARLY_ALL) told.others = rounded(1 - explained);
  return told;
}

/** Three decimals. */
export function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}

/** Two sample standard deviations over the mean; never reached by a single value. */
function deviationLimit(shares: readonly number[]): number {
  if (shares.length < 2) return Number.POSITIVE_INFINITY;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  return mean + 2 * Math.sqrt(squares / (shares.length - 1));
}
