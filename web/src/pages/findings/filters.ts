import type { Result, ResultFinding } from '../../../../src/core/result.js';
import type { Review } from '../../api/paths.js';

/** `` in a field: everything. */
export interface Filters {
  readonly severity: string;
  readonly confidence: string;
  readonly evidence: string;
  readonly technique: string;
  readonly review: string;
  readonly text: string;
}

export type FilterName = keyof Filters;

export const NO_FILTERS: Filters = {
  severity: '',
  confidence: '',
  evidence: '',
  technique: '',
  review: '',
  text: '',
};

/** A finding without a technique. */
export const NO_TECHNIQUE = 'none';

type Reviews = ReadonlyMap<string, Review>;

export function reviewStateOf(reviews: Reviews, finding: string): Review['state'] {
  return reviews.get(finding)?.state ?? 'not-reviewed';
}

/** What passes, and how many each filter that is on hides by itself: what would be seen again without it. */
export function filtered(
  findings: readonly ResultFinding[],
  filters: Filters,
  reviews: Reviews,
): { readonly shown: ResultFinding[]; readonly hidden: ReadonlyMap<FilterName, number> } {
  const active = (Object.keys(filters) as FilterName[]).filter((name) => filters[name].trim() !== '');
  const hidden = new Map<FilterName, number>(active.map((name) => [name, 0]));
  const shown: ResultFinding[] = [];
  for (const finding of findings) {
    const failed = active.filter((name) => !passes(finding, name, filters[name], reviews));
    const [only] = failed;
    if (only === undefined) shown.push(finding);
    else if (failed.length === 1) hidden.set(only, (hidden.get(only) ?? 0) + 1);
  }
  return { shown, hidden };
}

function passes(finding: ResultFinding, name: FilterName, wanted: string, reviews: Reviews): boolean {
  switch (name) {
    case 'severity':
    case 'confidence':
      return finding[name] === wanted;
    case 'technique':
      return (finding.technique ?? NO_TECHNIQUE) === wanted;
    case 'evidence':
      return finding.evidence.some(({ evidence }) => evidence === wanted);
    case 'review':
      return reviewStateOf(reviews, finding.id) === wanted;
    case 'text':
      return textOf(finding).includes(plain(wanted));
  }
}

/** Letters without accents, small: `conexion` finds `conexión`. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

function textOf({ title, explanation, indicator, evidence }: ResultFinding): string {
  const places = evidence.slice(0, 20).map(({ path, locator }) => `${path} ${locator}`);
  return plain([title, explanation, indicator?.value ?? '', ...places].join('\n'));
}

/** What can be chosen from: only what occurs. */
export function choicesOf(
  findings: readonly ResultFinding[],
  evidence: Result['evidence'],
): { readonly evidence: Result['evidence'][number][]; readonly techniques: string[] } {
  const ids = new Set(findings.flatMap((finding) => finding.evidence.map(({ evidence: id }) => id)));
  const techniques = new Set(findings.map(({ technique }) => technique ?? NO_TECHNIQUE));
  return {
    evidence: evidence.filter(({ id }) => ids.has(id)),
    techniques: [...techniques].sort(),
  };
}
