/** How likely so much is by chance. */

/** Coefficients of Lanczos' approximation for g = 7, n = 9; relative error below 1e-14 (Numerical Recipes, 6.1, in the form of Godfrey). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const HALF_LOG_TWO_PI = 0.9189385332046727;
/** Terms smaller than the largest by this factor no longer change the sum. */
const NEGLIGIBLE = -45;

/** Natural logarithm of (n)!, for n from 0. */
export function logFactorial(n: number): number {
  let sum = LANCZOS[0] as number;
  for (let index = 1; index < LANCZOS.length; index += 1) sum += (LANCZOS[index] as number) / (n + index);
  const t = n + 7.5;
  return HALF_LOG_TWO_PI + (n + 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Probability of `least` or more successes in so many trials with the same chance (binomial distribution, upper tail). Sums
 * logarithms: stays right for millions.
 *
 * @example
 * binomialAtLeast(300, 0.01, 100); // some 1e-116
 */
export function binomialAtLeast(trials: number, chance: number, least: number): number {
  if (least <= 0) return 1;
  if (least > trials || chance <= 0) return 0;
  if (chance >= 1) return 1;
  const whole = logFactorial(trials);
  const term = (k: number): number =>
    whole -
    logFactorial(k) -
    logFactorial(trials - k) +
    k * Math.log(chance) +
    (trials - k) * Math.log1p(-chance);
  // From the largest term of the tail on, both ways.
  const start = Math.max(least, Math.min(trials, Math.floor((trials + 1) * chance)));
  const top = term(start);
  let sum = 0;
  for (const step of [1, -1]) {
    for (let k = step === 1 ? start : start - 1; k >= least && k <= trials; k += step) {
      const difference = term(k) - top;
      if (difference < NEGLIGIBLE) break;
      sum += Math.exp(difference);
    }
  }
  return Math.min(1, Math.exp(top + Math.log(sum)));
}

/** Probability of `least` or more successes of independent trials, each with a chance of its own (Poisson binomial). */
export function atLeast(chances: readonly number[], least: number): number {
  // Probability of 0, 1, 2 … successes so far.
  let successes = [1];
  for (const chance of chances) {
    const next = new Array<number>(successes.length + 1).fill(0);
    for (const [count, probability] of successes.entries()) {
      next[count] = (next[count] as number) + probability * (1 - chance);
      next[count + 1] = (next[count + 1] as number) + probability * chance;
    }
    successes = next;
  }
  return Math.min(
    1,
    successes.slice(Math.max(0, least)).reduce((sum, probability) => sum + probability, 0),
  );
}
