import type {
  Detection,
  Detector,
  DetectorContext,
  FindingDraft,
  FindingReason,
  Tally,
} from '../../../core/contracts.js';
import { fromUnixSeconds } from '../../../core/time.js';
import { attacksOf, type CountedAttacks, type NumberedAttack, spanOf } from '../../attribution/attacks-of.js';
import { publicationsOf } from '../../attribution/publication-time.js';
import { FOLLOWS_SECONDS, followed, testPublications } from '../../attribution/publications.js';
import { attackValues, placesOf } from '../../attribution/words.js';

/** Attacks told in words, and publications of each. */
const [MOST_TOLD, MOST_TITLES] = [12, 3];
/** Attacks listed in the details. */
const MOST_LISTED = 1_000;
/** From here on a coincidence is called more than chance. */
const UNLIKELY = 0.01;

/**
 * Which attacks on a site came within 72 hours after something that the analyst says was published, and whether that is more
 * than other weeks would give. Shows a coincidence in time, never a cause, and never who.
 *
 * `details`: `attacks` with the `publications` they follow; `test` with its state, series of attacks, the share of windows at
 * the same hour of other weeks that follow a publication, and the probability of so many by chance.
 */
export const detector: Detector = {
  id: 'floods/publications',
  version: 1,
  watches: [],
  tallies: ['web-traffic'],
  references: ['https://github.com/equalitie/BotHound'],
  start: (context) => new Publications(context),
};

class Publications implements Detection {
  readonly #context: DetectorContext;
  #counted: CountedAttacks | null = null;

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  see(): void {}

  weigh(tally: Tally): void {
    this.#counted = attacksOf(tally) ?? this.#counted;
  }

  end(): readonly FindingDraft[] {
    const publications = publicationsOf(this.#context.profile);
    if (this.#counted === null || this.#counted.attacks.length === 0 || publications.length === 0) return [];
    const { view, attacks } = this.#counted;
    const times = publications.map(({ time }) => time);
    const told = attacks.map((attack) => {
      const { from } = spanOf(attack.incident);
      return { attack, from, after: followed(from, times) };
    });
    const following = told.filter(({ after }) => after.length > 0);
    const test = testPublications(
      told.map(({ from }) => from),
      times,
      {
        from: Math.min(...view.sources.map(({ firstSecond }) => firstSecond)),
        to: Math.max(...view.sources.map(({ lastSecond }) => lastSecond)),
      },
    );
    const isTested = test.state === 'tested';
    const isUnlikely = isTested && test.chance <= UNLIKELY;
    const titleOf = (index: number): string => publications[index]?.title ?? '';
    return [
      {
        severity: 'info',
        confidence: isUnlikely ? 'medium' : 'low',
        values: {
          attacks: attacks.length,
          following: following.length,
          publications: publications.length,
          hours: FOLLOWS_SECONDS / 3_600,
          test: isTested
            ? isUnlikely
              ? 'unlikely'
              : 'likely'
            : test.state === 'short-log'
              ? 'short'
              : 'few',
          series: test.series,
          seriesFollowing: isTested ? test.following : 0,
          usual: isTested ? Math.round(test.usualShare * 100) : 0,
          chance: isTested ? chanceWords(test.chance) : '',
        },
        at: fromUnixSeconds((following[0] ?? told[0])?.from ?? 0),
        reasons: following
          .slice(0, MOST_TOLD)
          .map(({ attack, from, after }) => reasonOf(attack, from, after, titleOf, times)),
        details: {
          test,
          attacks: told.slice(0, MOST_LISTED).map(({ attack, from, after }) => ({
            number: attack.number,
            kind: attack.incident.kind,
            site: attack.incident.siteName,
            from: fromUnixSeconds(from),
            publications: after.map((index) => ({
              at: fromUnixSeconds(times[index]?.from ?? 0),
              title: titleOf(index),
            })),
          })),
        },
        evidence: placesOf(
          view,
          (following.length > 0 ? following : told).map(({ attack }) => attack.incident),
        ),
      },
    ];
  }
}

function reasonOf(
  attack: NumberedAttack,
  from: number,
  after: readonly number[],
  titleOf: (index: number) => string,
  times: readonly { readonly from: number; readonly to: number }[],
): FindingReason {
  const [latest] = after;
  const time = times[latest ?? 0];
  const isDay = time !== undefined && time.to - time.from > 3_600;
  return {
    code: 'follows',
    values: {
      ...attackValues(attack),
      titles: { list: after.slice(0, MOST_TITLES).map((index) => `«${titleOf(index)}»`) },
      more: Math.max(0, after.length - MOST_TITLES),
      isDay,
      hours: time ? Math.max(0, Math.floor((from - time.from) / 3_600)) : 0,
    },
  };
}

/** One in so many, as people say it. */
function chanceWords(chance: number): string {
  if (chance < 0.000_1) return '< 0.01 %';
  return `${Number((chance * 100).toPrecision(2))} %`;
}
