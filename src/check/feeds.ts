import type { IndicatorMatcher, Problem } from '../core/contracts.js';
import { ProblemList } from '../core/coverage.js';
import type { Translator } from '../core/language.js';
import type { ResultFeed } from '../core/result.js';
import { starterFeed } from '../indicators/builtin.js';
import { type LoadedFeed, loadIndicators } from '../indicators/load.js';
import { compileMatcher } from '../indicators/matcher.js';
import { loadStoredFeeds } from '../indicators/store.js';

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

/**
 * All indicators of a check, compiled, and what the result says about each feed.
 *
 * @throws FeedPathError when a path given has no usable indicator; StoreError when the local store cannot be read
 */
export async function loadFeedsForCheck(
  options: FeedOptions,
  now: string,
): Promise<{ readonly matcher: IndicatorMatcher; readonly feeds: readonly ResultFeed[] }> {
  const { translate } = options;
  const feeds: (LoadedFeed & { readonly importedAt?: string | null })[] = [];
  if (options.defaultIndicators) feeds.push(starterFeed(), ...(await loadStoredFeeds({ now })));
  for (const path of options.indicators) {
    const loaded = await loadIndicators([path], now);
    if (loaded.every((feed) => feed.indicators.length === 0)) {
      const problems = loaded
        .flatMap((feed) => problemsOf(feed, translate))
        .map((problem) => problem.message);
      throw new FeedPathError(path, [...new Set(problems)]);
    }
    feeds.push(...loaded);
  }
  return {
    matcher: compileMatcher(feeds.flatMap((feed) => feed.indicators)),
    feeds: feeds.map((feed) => ({
      feed: feed.feed,
      families: feed.families,
      count: feed.indicators.length,
      sha256: feed.sha256,
      file: feed.file,
      licence: feed.licence,
      importedAt: feed.importedAt ?? null,
      problems: problemsOf(feed, translate),
    })),
  };
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
