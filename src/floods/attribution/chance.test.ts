import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atLeast, binomialAtLeast, logFactorial } from './chance.js';

describe('chance', () => {
  it('knows factorials', () => {
    expect(logFactorial(0)).toBeCloseTo(0, 12);
    expect(logFactorial(10)).toBeCloseTo(Math.log(3_628_800), 10);
    // Stirling's series to the third term.
    const n = 5e6;
    const stirling = (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n);
    expect(logFactorial(n) / stirling).toBeCloseTo(1, 12);
  });

  it('of so many successes of one kind is that of the binomial distribution', () => {
    expect(binomialAtLeast(3, 0.5, 2)).toBeCloseTo(0.5, 10);
    expect(binomialAtLeast(10, 0.1, 1)).toBeCloseTo(1 - 0.9 ** 10, 10);
    expect(binomialAtLeast(10, 0.1, 0)).toBe(1);
    expect(binomialAtLeast(10, 0.1, 11)).toBe(0);
    expect(binomialAtLeast(10, 1, 10)).toBe(1);
    expect(binomialAtLeast(2_000_000, 0.25, 500_000)).toBeCloseTo(0.5, 2);
    expect(binomialAtLeast(300, 0.01, 100)).toBeLessThan(1e-100);
  });

  it('of so many successes is between 0 and 1 and falls with their number, whatever the numbers', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat({ max: 500 }),
        (trials, chance, least) => {
          const probability = binomialAtLeast(trials, chance, least);
          expect(probability).toBeGreaterThanOrEqual(0);
          expect(probability).toBeLessThanOrEqual(1);
          expect(binomialAtLeast(trials, chance, least + 1)).toBeLessThanOrEqual(probability * 1.000001);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of so many successes adds up', () => {
    expect(atLeast([0.5, 0.5], 1)).toBeCloseTo(0.75, 12);
    expect(atLeast([0.1, 0.2, 0.3], 3)).toBeCloseTo(0.006, 12);
    expect(atLeast([0.1], 0)).toBe(1);
    expect(atLeast([], 1)).toBe(0);
  });
});
