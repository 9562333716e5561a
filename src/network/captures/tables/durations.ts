import type { TextValues } from '../../../core/contracts.js';

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/**
 * A length of time as values for a sentence: a number and the word for its unit, `seconds`, `minutes`, `hours` or `days`.
 * Under two of a unit the smaller one is told: 90 minutes say more than 1.5 hours.
 *
 * @example
 * durationValues('length', 5400); // { length: 90, lengthUnit: 'minutes' }
 */
export function durationValues(name: string, seconds: number): TextValues {
  const [size, unit] =
    seconds < 2 * MINUTE
      ? ([1, 'seconds'] as const)
      : seconds < 2 * HOUR
        ? ([MINUTE, 'minutes'] as const)
        : seconds < 2 * DAY
          ? ([HOUR, 'hours'] as const)
          : ([DAY, 'days'] as const);
  return { [name]: Math.round((seconds / size) * 10) / 10, [`${name}Unit`]: unit };
}
