/** One observable that fits one indicator, and the parts of a finding that come from such hits alone. */
import { compareText } from '../../../core/compare-text.js';
import type {
  Confidence,
  FindingDraft,
  FindingIndicator,
  IndicatorMatch,
  Observable,
  Pointer,
  Severity,
  TextValue,
} from '../../../core/contracts.js';
import { type Indicator, UNKNOWN_FAMILY } from '../../../core/indicator.js';
import {
  type ActClass,
  compareMatches,
  confidenceOf,
  greaterConfidence,
  greaterSeverity,
  isNameOnly,
  namingRank,
  severityOf,
} from './rules.js';

const MAX_SHOWN_LENGTH = 300;
const MAX_FAMILIES = 5;

/** One observable that fits one indicator, with what both mean. */
export interface Hit {
  readonly observable: Observable;
  readonly match: IndicatorMatch;
  readonly severity: Severity;
  readonly confidence: Confidence;
}

/** One event of one record: all hits that are about the same thing. */
export interface Sighting {
  readonly actClass: ActClass;
  /** What makes two sightings the same event, apart from time. */
  readonly subject: string;
  readonly hits: readonly Hit[];
  readonly at: string | null;
  readonly source: Pointer;
}

export function hitOf(observable: Observable, match: IndicatorMatch): Hit {
  return {
    observable,
    match,
    severity: severityOf(match, observable),
    confidence: confidenceOf(observable, match),
  };
}

/** Severity, confidence, indicator and values that hits of one event give. */
export function weighed(
  hits: readonly Hit[],
  best: Hit,
): Pick<FindingDraft, 'severity' | 'confidence' | 'values'> & { readonly indicator: FindingIndicator } {
  const { indicator, how } = best.match;
  const indicators = hits.map((hit) => hit.match.indicator);
  return {
    severity: hits.reduce((most, hit) => greaterSeverity(most, hit.severity), best.severity),
    // Only hits on the indicator that speaks count: a sure match of something small must not lend it certainty.
    confidence: hits
      .filter((hit) => hit.match.indicator.value === indicator.value)
      .reduce((most, hit) => greaterConfidence(most, hit.confidence), best.confidence),
    values: {
      observed: shownValue(
        best.observable.value,
        best.observable.type === 'url' || best.observable.type === 'host',
      ),
      indicator: shownValue(
        indicator.value,
        ['domain', 'url', 'ipv4', 'ipv6', 'cidr'].includes(indicator.type),
      ),
      nameOnly: isNameOnly(best.observable, best.match) ? 'yes' : 'no',
      category: indicator.category,
      act: best.observable.act,
      how,
      family: familiesOf(indicators),
      feed: indicator.feed,
      otherFeeds: new Set(indicators.map(({ feed }) => feed)).size - 1,
      // What captured traffic shows of it; see traffic.ts.
      seen: 'none',
    },
    indicator: findingIndicator(indicator, indicators),
  };
}

function findingIndicator(indicator: Indicator, all: readonly Indicator[]): FindingIndicator {
  const sources = new Map<string, { feed: string; family: string; file: string }>();
  for (const { feed, family, file } of all)
    sources.set(JSON.stringify([feed, family, file]), { feed, family, file });
  return {
    type: indicator.type,
    value: indicator.value,
    family: indicator.family,
    feed: indicator.feed,
    ...(sources.size > 1
      ? { sources: [...sources.keys()].sort(compareText).flatMap((key) => sources.get(key) ?? []) }
      : {}),
  };
}

/**
 * Names of the tools; three package names belong to two stalkerware apps each. The folder a list was published in stands
 * in for a name only while no list gives one.
 */
function familiesOf(indicators: readonly Indicator[]): string {
  const all = [...new Set(indicators.map(({ family }) => family))].filter((name) => namingRank(name) < 2);
  const proper = all.filter((name) => namingRank(name) === 0);
  const names = proper.length > 0 ? proper : all;
  return names.length === 0 ? UNKNOWN_FAMILY : names.sort(compareText).slice(0, MAX_FAMILIES).join(', ');
}

export function placeOf({ evidence, path, locator }: Pointer): string {
  return `${evidence}\n${path}\n${locator}`;
}

export function compareHits(a: Hit, b: Hit): number {
  return (
    compareMatches(a.match, b.match) ||
    compareText(a.observable.value, b.observable.value) ||
    compareText(a.observable.act, b.observable.act) ||
    compareText(a.observable.type, b.observable.type)
  );
}

function shownValue(value: string, isLink: boolean): TextValue {
  const text = value.length > MAX_SHOWN_LENGTH ? `${value.slice(0, MAX_SHOWN_LENGTH)}…` : value;
  return isLink ? { link: text } : text;
}
