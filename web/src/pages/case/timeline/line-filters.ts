import type { Severity } from '../../../../../src/core/contracts.js';
import type { EventsQuery, HistogramQuery } from '../../../api/paths.js';

/** What of the line of time is looked at. Words stay in memory: they never stand in an address. */
export interface LineFilters {
  readonly from: string | null;
  readonly to: string | null;
  readonly kinds: readonly string[];
  readonly text: string;
  /** A label, a pseudonym, a technique; `` for all. */
  readonly evidence: string;
  readonly person: string;
  readonly technique: string;
  /** Only records that a finding of this gravity or a graver one points at. */
  readonly severity: Severity | '';
}

export const NO_FILTERS: LineFilters = {
  from: null,
  to: null,
  kinds: [],
  text: '',
  evidence: '',
  person: '',
  technique: '',
  severity: '',
};

/** What can be taken away by itself; both bounds are one. */
export const FILTER_NAMES = ['time', 'kinds', 'text', 'evidence', 'person', 'technique', 'severity'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

export function isOn(filters: LineFilters, name: FilterName): boolean {
  if (name === 'time') return filters.from !== null || filters.to !== null;
  if (name === 'kinds') return filters.kinds.length > 0;
  return filters[name].trim() !== '';
}

export function without(filters: LineFilters, name: FilterName): LineFilters {
  if (name === 'time') return { ...filters, from: null, to: null };
  return { ...filters, [name]: NO_FILTERS[name] };
}

type Choice = Omit<HistogramQuery, 'buckets' | 'utc'>;

export function choiceOf(code: string, filters: LineFilters): Choice {
  const { from, to, kinds, text, evidence, person, technique, severity } = filters;
  return {
    caseCode: code,
    from,
    to,
    kinds: [...kinds],
    text: text.trim(),
    ...(evidence === '' ? {} : { evidence: [evidence] }),
    ...(person === '' ? {} : { people: [person] }),
    ...(technique === '' ? {} : { techniques: [technique] }),
    ...(severity === '' ? {} : { severity }),
  };
}

export function pageOf(
  choice: Choice,
  where: Partial<Pick<EventsQuery, 'after' | 'offset' | 'limit' | 'undated'>>,
): EventsQuery {
  return { ...choice, after: null, limit: 1, ...where };
}
