import { describe, expect, it } from 'vitest';
import { Random } from '../../../fixtures/floods/random.js';
import { followed, type Published, testPublications } from './publications.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const START = Date.UTC(2026, 0, 5) / 1_000;
const LOG = { from: START, to: START + 30 * WEEK };

const at = (moment: number): Published => ({ from: moment, to: moment });

describe('an attack', () => {
  it('follows what was published in the three days before, and nothing later', () => {
    const publications = [at(START), at(START + 2 * DAY), at(START + 80 * HOUR), at(START + 5 * DAY)];

    expect(followed(START + 72 * HOUR, publications)).toEqual([1, 0]);
    expect(followed(START + 72 * HOUR + 1, publications)).toEqual([1]);
    expect(followed(START - 1, publications)).toEqual([]);
  });

  it('follows a publication of which only the day is known from the beginning of that day', () => {
    const day = [{ from: START, to: START + DAY - 1 }];

    expect(followed(START, day)).toEqual([0]);
    expect(followed(START + 95 * HOUR, day)).toEqual([0]);
    expect(followed(START + 97 * HOUR, day)).toEqual([]);
  });
});

describe('attacks', () => {
  const weeks = [2, 5, 9, 14, 20, 26];

  it('that always come the day after a rare publication are more than chance', () => {
    const publications = weeks.map((week) => at(START + week * WEEK + 10 * HOUR));
    const attacks = publications.map(({ from }) => from + DAY);
    const test = testPublications(attacks, publications, LOG);

    expect(test).toMatchObject({ state: 'tested', series: 6, following: 6 });
    expect((test as { chance: number }).chance).toBeLessThan(0.001);
    expect((test as { usualShare: number }).usualShare).toBeLessThan(0.3);
  });

  it('are not when something is published every week', () => {
    const publications = Array.from({ length: 30 }, (_, week) => at(START + week * WEEK + 10 * HOUR));
    const attacks = weeks.map((week) => START + week * WEEK + 34 * HOUR);

    expect(testPublications(attacks, publications, LOG)).toMatchObject({
      state: 'tested',
      following: 6,
      usualShare: 1,
      chance: 1,
    });
  });

  it('are not more than chance when they come at random', () => {
    let surprising = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const random = new Random(seed);
      const moment = (): number => START + Math.floor(random.below(30 * 7 * 24)) * HOUR;
      const publications = Array.from({ length: 20 }, () => at(moment()));
      const attacks = Array.from({ length: 8 }, moment);
      const test = testPublications(attacks, publications, LOG);
      if (test.state === 'tested' && test.chance <= 0.05) surprising += 1;
    }
    expect(surprising).toBeLessThanOrEqual(20);
  });

  it('of one afternoon are one series, however many', () => {
    const attacks = Array.from({ length: 40 }, (_, index) => START + 3 * WEEK + index * HOUR);

    expect(testPublications(attacks, [at(START + 3 * WEEK)], LOG)).toEqual({
      state: 'few-attacks',
      series: 1,
    });
  });

  it('in a log of two weeks are not tested', () => {
    const attacks = [0, 3.5, 7, 10.5, 14].map((days) => START + days * DAY);
    const log = { from: START, to: START + 15 * DAY };

    expect(testPublications(attacks, attacks.map(at), log)).toEqual({ state: 'short-log', series: 5 });
  });

  it('are not tested against an empty calendar as if nothing were ever published', () => {
    const attacks = weeks.map((week) => START + week * WEEK);
    expect(testPublications(attacks, [], LOG)).toMatchObject({ state: 'short-log' });
  });
});
