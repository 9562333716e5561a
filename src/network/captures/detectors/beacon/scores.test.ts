import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beaconScores, bowleySkew } from './scores.js';

const series = (starts: readonly number[], sizes: readonly number[] = starts.map(() => 500)) => ({
  seconds: starts,
  sizes,
});
/** Every so many seconds, from 0. */
const every = (seconds: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => index * seconds);

describe('the scores of a beacon', () => {
  it('are all full for one that never varies', () => {
    // 24 starts, one in each bar of an hour: flat, no deviation, the longest run is the whole.
    expect(beaconScores(series(every(3600, 24)), 0, 86_400)).toEqual({
      timing: 1,
      size: 1,
      duration: 1,
      histogram: 1,
      total: 1,
      intervalSeconds: 3600,
      deviationSeconds: 0,
    });
  });

  it('have the parts computed by hand', () => {
    // Distances 100, 140, 120, 100, 200, sorted 100 100 120 140 200: quartiles 100, 120, 170 (medians of 100 100 and of
    // 140 200); skew (100 + 170 - 240) / 70 = 3/7. Deviations 20 20 0 20 80, middle 20: (120 - 20) / 120 = 5/6.
    // Mean of 1 - 3/7 and 5/6: 0.702.
    const starts = [0, 100, 240, 360, 460, 660];
    // Sizes 90 100 110 100 100 100, sorted 90 100 100 100 100 110: quartiles alike, no skew; no deviation.
    const sizes = [90, 100, 110, 100, 100, 100];
    // Span 2,400: bars of 100. 0 | 100 | 240 | 360 | 460 | 660 lie in bars 0 1 2 3 4 6: six bars. Coverage 660 / 2,400 =
    // 0.275; longest run 5 of 12 = 0.4167, rounded up 0.417.
    // Six bars of one in 24: mean 1/4, variance (6 · 9/16 + 18 · 1/16) / 24 = 3/16; 1 - (0.4330 / 0.25) is below 0.
    expect(beaconScores(series(starts, sizes), 0, 2_400)).toEqual({
      timing: 0.702,
      size: 1,
      duration: 0.417,
      histogram: 0,
      total: 0.53,
      intervalSeconds: 120,
      deviationSeconds: 20,
    });
  });

  it('take a run that goes over the end to the beginning', () => {
    // Bars 0 1 2 and 21 22 23 of 24: one run of six; coverage 2,350 / 2,400 = 0.98 rounded up.
    const starts = [0, 100, 200, 2_100, 2_200, 2_350];

    expect(beaconScores(series(starts), 0, 2_400)).toMatchObject({ duration: 0.98 });
    // Without much coverage the run counts: bars 9 to 14.
    expect(beaconScores(series([900, 1_000, 1_100, 1_200, 1_300, 1_400]), 0, 2_400)).toMatchObject({
      duration: 0.5,
    });
  });

  it('have no duration below six bars, and none of modes below eleven', () => {
    expect(beaconScores(series(every(100, 5)), 0, 2_400)).toMatchObject({ duration: 0, histogram: 0 });
    // Eleven bars of heights 1 (nine times), 4 and 9: steps of ceil(9 · 0.05) = 1. (9 + 1) / (11 - 1) = 1.
    const starts = [
      ...every(100, 9),
      ...[900, 910, 920, 930],
      ...[1_000, 1_010, 1_020, 1_030, 1_040, 1_050, 1_060, 1_070, 1_080],
    ];
    expect(beaconScores(series(starts), 0, 2_400)).toMatchObject({ histogram: 1 });
    expect(beaconScores(series(starts.slice(1)), 0, 2_400)?.histogram).toBeLessThan(0.5);
  });

  it('leave out distances of zero, and need three others', () => {
    const starts = [0, 0, 0, 60, 60, 120, 180];

    expect(beaconScores(series(starts), 0, 180)).toMatchObject({ timing: 1, intervalSeconds: 60 });
    expect(beaconScores(series([0, 0, 60, 120]), 0, 180)).toBeNull();
    expect(beaconScores(series([0, 60, 120, 180]), 5, 5)).toBeNull();
    expect(beaconScores(series([]), 0, 10)).toBeNull();
  });

  it('give nothing for sizes that are not known, and half for empty ones', () => {
    const starts = every(60, 10);

    expect(beaconScores(series(starts, []), 0, 600)).toMatchObject({ size: 0 });
    // No skew, but nothing can be near a middle of 0.
    expect(
      beaconScores(
        series(
          starts,
          starts.map(() => 0),
        ),
        0,
        600,
      ),
    ).toMatchObject({ size: 0.5 });
  });

  it('have no skew where the quartiles are nearer than ten, or one of them is the middle', () => {
    expect(bowleySkew([1, 2, 9])).toBe(0);
    expect(bowleySkew([100, 100, 100, 100, 150, 150, 150])).toBe(0);
    // Quartiles 10, 20, 60: (70 - 40) / 50.
    expect(bowleySkew([10, 20, 60])).toBeCloseTo(0.6);
  });

  it('lie between 0 and 1, whatever the starts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { maxLength: 60 }),
        fc.array(fc.nat(2_000_000), { maxLength: 60 }),
        fc.nat(100_000),
        fc.nat(200_000),
        (starts, sizes, from, to) => {
          const scores = beaconScores(
            series(
              [...starts].sort((a, b) => a - b),
              sizes,
            ),
            from,
            to,
          );
          if (!scores) return;
          for (const score of [scores.timing, scores.size, scores.duration, scores.histogram, scores.total]) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});
