import type { IndicatorMatcher, Problem, RulePack } from '../core/contracts.js';
import { ProblemList } from '../core/coverage.js';
import type { Translator } from '../core/language.js';
import type { ResultFeed } from '../core/result.js';
import { bundledRulePacks } from '../implants/rules/bundled.js';
import { starterFeed } from '../indicators/builtin.js';
import { type LoadedFeed, loadIndicators, sizeOfFeed } from '../indicators/load.js';
import { compileMatcher } from '../indicators/matcher.js';
import { loadStoredFeeds } from '../indicators/store.js';

/** Indicators and rules that are there without any import. */
export function builtInFeeds(): readonly LoadedFeed[] {
  return [starterFeed(), ...bundledRulePacks().map(feedOfPack)];
}

function feedOfPack(pack: RulePack): LoadedFeed {
  const families = new Set(pack.rules.flatMap(({ family }) => family ?? []));
  return {
    feed: pack.name,
    file: pack.file,
    sha256: pack.sha256,
    licence: pack.licence,
    families: [...families].sort(),
    indicators: [],
    problems: [],
    skipped: {},
    references: [],
    rulePack: pack,
  };
}

/** A path given with `--indicators` holds nothing that can be used: a check without it would look cleaner than it is. */
export class FeedPathError extends Error {
  override readonly name = 'FeedPathError';
  constructor(
    readonly path: string,
    readonly reasons: readonly string[],
  ) {
    super(path);
  }
}

/** Entries left out for these reasons need no mention: nothing that could match was lost. */
const SILENT_REASONS: ReadonlySet<string> = new Set([
  'duplicate',
  'blank',
  'reference',
  'benign',
  'superseded',
]);

export interface FeedOptions {
  readonly indicators: readonly string[];
  readonly defaultIndicators: boolean;
  readonly translate: Translator;
}

export interface CheckFeeds {
  readonly matcher: IndicatorMatcher;
  readonly rulePacks: readonly RulePack[];
  /** What the result says about each feed. */
  feedsIn(translate: Translator): readonly ResultFeed[];
}

/**
 * All indicators of a check, compiled, and its YARA rules.
 *
 * @throws FeedPathError when a path given has no usable indicator and no rule; StoreError when the local store cannot be read
 */
export async function loadFeedsForCheck(options: FeedOptions, now: string): Promise<CheckFeeds> {
  const { translate } = options;
  const feeds: (LoadedFeed & { readonly importedAt?: string | null })[] = [];
  if (options.defaultIndicators) feeds.push(...builtInFeeds(), ...(await loadStoredFeeds({ now })));
  for (const path of options.indicators) {
    const loaded = await loadIndicators([path], now);
    if (loaded.every((feed) => sizeOfFeed(feed) === 0)) {
      const problems = loaded
        .flatMap((feed) => problemsOf(feed, translate))
        .map((problem) => problem.message);
      throw new FeedPathError(path, [...new Set(problems)]);
    }
    feeds.push(...loaded);
  }
  return {
    matcher: compileMatcher(feeds.flatMap((feed) => feed.indicators)),
    rulePacks: distinctPacks(feeds.flatMap(({ rulePack }) => rulePack ?? [])),
    feedsIn: (language) =>
      feeds.map((feed) => ({
        feed: feed.feed,
        families: feed.families,
        count: sizeOfFeed(feed),
        sha256: feed.sha256,
        file: feed.file,
        licence: feed.licence,
        importedAt: feed.importedAt ?? null,
        problems: problemsOf(feed, language),
      })),
  };
}

/**
 * Every pack once, under a name of its own: a pack that is in the store and was given as well would report each file
 * twice, and two packs called "rules" could not be told apart.
 */
function distinctPacks(packs: readonly RulePack[]): RulePack[] {
  const byContent = new Map(packs.map((pack) => [pack.sha256, pack]));
  const names = new Map<string, number>();
  return [...byContent.values()].map((pack) => {
    const count = (names.get(pack.name) ?? 0) + 1;
    names.set(pack.name, count);
    return count === 1 ? pack : { ...pack, name: `${pack.name} (${count})` };
  });
}

function problemsOf(feed: LoadedFeed, translate: Translator): ResultFeed['problems'] {
  const list = new ProblemList();
  for (const problem of feed.problems) list.add(problem);
  for (const [reason, count] of Object.entries(feed.skipped)) {
    if (!SILENT_REASONS.has(reason)) list.add(skippedProblem(feed, reason, count, translate));
  }
  return list.toResult(translate, 'indicators');
}

function skippedProblem(feed: LoadedFeed, reason: string, count: number, translate: Translator): Problem {
  return {
    kind: 'problem',
    code: 'entries-skipped',
    effect: 'note',
    source: { evidence: '', path: feed.file, locator: '' },
    values: { reason: translate(`indicators.skipped.${reason}`) },
    count,
  };
}
