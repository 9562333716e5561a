/**
 * Newest versions of iOS and iPadOS known when this edition of Vigía was made. Facts from Apple's list of security
 * releases (support.apple.com/100100) as kept by endoflife.date/ios on the date below; lines 10 to 17 from the notes of
 * Apple's security updates for older devices of January and May 2026. A version that is newer than this table is never
 * said to be old.
 */

/** Day of the table, noon UTC, so that it is the same day in nearly every time zone. */
export const VERSIONS_KNOWN_AT = Date.UTC(2026, 8, 29, 12);

const NEWEST_BY_LINE: Readonly<Record<number, string>> = {
  10: '10.3.3',
  12: '12.5.8',
  15: '15.8.8',
  16: '16.7.16',
  // iPhones moved on to iOS 18; only iPads of 2017 and 2018 stayed on this line.
  17: '17.7.11',
  18: '18.7.10',
  26: '26.7.1',
  27: '27.0.1',
};

/** Lines that get security updates on every device that can run them. Older lines only get them on older devices. */
const CURRENT_LINES: readonly number[] = [27, 26];

// The last line a model can run, by the beginning of its identifier. Apple's pages of compatible models for each iOS.
// Models that are not here could run the current lines.
const LAST_LINE_BY_MODEL: readonly (readonly [model: RegExp, line: number])[] = [
  [/^(iPhone5,|iPad3,[456]$)/, 10],
  [/^(iPhone[67],|iPad4,|iPod7,)/, 12],
  [/^(iPhone[89],|iPad5,|iPod9,)/, 15],
  [/^(iPhone10,|iPad6,)/, 16],
  [/^(iPad7,[1-6]$)/, 17],
  [/^(iPhone11,|iPad7,1[12]$)/, 18],
];

/** What a version should be brought up to. */
export interface NewerVersion {
  readonly version: string;
  /** False when the line is newer and it is not known whether the model can run it. */
  readonly fitsModel: boolean;
}

/**
 * The newest known version that a device should have, or null when it has that or a newer one, or when the version is
 * not understood.
 *
 * @example
 * newerVersionFor('14.3', 'iPhone9,3'); // { version: '15.8.8', fitsModel: true }
 * newerVersionFor('15.8.8', 'iPhone9,3'); // null: an iPhone 7 can run nothing newer
 */
export function newerVersionFor(version: string, model: string | null): NewerVersion | null {
  const parts = partsOf(version);
  if (!parts) return null;
  const [line = 0] = parts;
  const lastLine = LAST_LINE_BY_MODEL.find(([pattern]) => pattern.test(model ?? ''))?.[1];
  const wantedLine = lastLine ?? (CURRENT_LINES.includes(line) ? line : Math.max(...CURRENT_LINES));
  const newest = NEWEST_BY_LINE[wantedLine];
  const newestParts = newest === undefined ? null : partsOf(newest);
  if (newest === undefined || !newestParts || compareParts(parts, newestParts) >= 0) return null;
  return { version: newest, fitsModel: lastLine !== undefined || wantedLine === line };
}

/** Numbers of a version; what follows them (`16.4.1 (a)`, a beta's letter) is left aside. */
function partsOf(version: string): number[] | null {
  const match = /^\d{1,4}(?:\.\d{1,4}){0,3}/.exec(version.trim());
  return match ? match[0].split('.').map(Number) : null;
}

function compareParts(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
