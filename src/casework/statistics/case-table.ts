/** Tables over cases that can be shown: small counts are hidden, what is rare is put together. */
import { compareText } from '../../core/compare-text.js';
import type { Case } from '../model/case.js';
import { type Hidden, suppress } from './suppression.js';

/** What cases can be counted by. Of those with several values a case counts once for each. */
export const DIMENSIONS = [
  'all',
  'year',
  'month',
  'country',
  'region',
  'state',
  'urgency',
  'client-kind',
  'work-type',
  'incident-type',
  'technique',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Inside a team, and for what is published. */
export const LEAST_COUNT = 5;
export const LEAST_COUNT_PUBLIC = 10;
/** Of fewer cases no shares are given. */
export const LEAST_FOR_SHARES = 20;
/** What is too rare to stand alone is put together under this name. */
export const OTHER = 'other';

/** A number of a release, with the cases behind it: kept, so that a later release can be held against it. */
export interface CountedNumber {
  readonly cases: ReadonlySet<string>;
}

export interface CaseTable {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Null where hidden. */
  readonly counts: readonly (readonly (number | null)[])[];
  readonly rowTotals: readonly number[];
  readonly columnTotals: readonly number[];
  readonly total: number;
  readonly k: number;
  /** Whether shares may be given. */
  readonly hasShares: boolean;
  /** Everything that is shown or follows from it. */
  readonly numbers: readonly CountedNumber[];
}

/** Why there is no table. */
export type NoTable = 'too-few-cases' | 'not-safe' | 'identifying-dimensions';

/** Counts cases by two dimensions. @param k least count that is shown */
export function caseTable(
  cases: readonly Case[],
  row: Dimension,
  column: Dimension,
  { k, isPublic }: { readonly k: number; readonly isPublic: boolean },
): CaseTable | NoTable {
  // Where and when together point at people, whatever the numbers.
  if (isPublic && isPlace(row) !== isPlace(column) && (row === 'month' || column === 'month')) {
    return 'identifying-dimensions';
  }
  if (cases.length < k) return 'too-few-cases';
  const cells = new Cells(cases, row, column);
  cells.joinRare(k);
  const counts = cells.rows.map((r) => cells.columns.map((c) => cells.cases(r, c).size));
  const hidden = suppress(counts, k);
  if (hidden === null) return 'not-safe';
  const shown = counts.map((line, r) => line.map((count, c) => (isHidden(hidden, r, c) ? null : count)));
  const numbers = [
    ...cells.rows.flatMap((r, at) =>
      cells.columns.flatMap((c, index) => (isHidden(hidden, at, index) ? [] : [cells.cases(r, c)])),
    ),
    ...cells.rows.map((r) => cells.casesOfRow(r)),
    ...cells.columns.map((c) => cells.casesOfColumn(c)),
    new Set(cases.map(({ id }) => id)),
  ].map((own) => ({ cases: own }));
  return {
    rows: cells.rows,
    columns: cells.columns,
    counts: shown,
    rowTotals: counts.map((line) => sum(line)),
    columnTotals: cells.columns.map((_, c) => sum(counts.map((line) => line[c] ?? 0))),
    total: cases.length,
    k,
    hasShares: cases.length >= LEAST_FOR_SHARES,
    numbers,
  };
}

/**
 * Whether a release gives people away when it is held against an earlier one: two numbers that differ by fewer than `k`
 * cases are those cases.
 */
export function isolates(
  now: readonly CountedNumber[],
  before: readonly CountedNumber[],
  k: number,
): boolean {
  return now.some((one) =>
    before.some((other) => {
      const difference = differenceOf(one.cases, other.cases, k);
      return difference > 0 && difference < k;
    }),
  );
}

/** How many are in one and not in the other, counted up to a limit. */
function differenceOf(one: ReadonlySet<string>, other: ReadonlySet<string>, limit: number): number {
  if (Math.abs(one.size - other.size) >= limit) return limit;
  let count = 0;
  for (const id of one) if (!other.has(id) && ++count >= limit) return limit;
  for (const id of other) if (!one.has(id) && ++count >= limit) return limit;
  return count;
}

function isHidden(hidden: Hidden, row: number, column: number): boolean {
  return hidden[row]?.[column] ?? true;
}

function isPlace(dimension: Dimension): boolean {
  return dimension === 'region' || dimension === 'country';
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

/** Cases by row and column. */
class Cells {
  #cells = new Map<string, Map<string, Set<string>>>();

  constructor(cases: readonly Case[], row: Dimension, column: Dimension) {
    for (const one of cases) {
      for (const r of valuesOf(one, row)) for (const c of valuesOf(one, column)) this.#add(r, c, one.id);
    }
  }

  #add(row: string, column: string, id: string): void {
    const line = this.#cells.get(row) ?? new Map<string, Set<string>>();
    this.#cells.set(row, line);
    const cell = line.get(column) ?? new Set<string>();
    line.set(column, cell);
    cell.add(id);
  }

  get rows(): string[] {
    return ordered([...this.#cells.keys()]);
  }

  get columns(): string[] {
    return ordered([...new Set([...this.#cells.values()].flatMap((line) => [...line.keys()]))]);
  }

  cases(row: string, column: string): ReadonlySet<string> {
    return this.#cells.get(row)?.get(column) ?? new Set();
  }

  casesOfRow(row: string): ReadonlySet<string> {
    return new Set([...(this.#cells.get(row)?.values() ?? [])].flatMap((cell) => [...cell]));
  }

  casesOfColumn(column: string): ReadonlySet<string> {
    return new Set(this.rows.flatMap((row) => [...this.cases(row, column)]));
  }

  /** Totals are shown: rows and columns with fewer cases than `k` become one, which takes in the next smallest while it is small itself. */
  joinRare(k: number): void {
    this.#rename(
      (names, size) => rareOf(names, size, k),
      this.rows,
      (row) => this.#sizeOfRow(row),
      true,
    );
    this.#rename(
      (names, size) => rareOf(names, size, k),
      this.columns,
      (column) => this.#sizeOfColumn(column),
      false,
    );
  }

  #sizeOfRow(row: string): number {
    return sum([...(this.#cells.get(row)?.values() ?? [])].map(({ size }) => size));
  }

  #sizeOfColumn(column: string): number {
    return sum(this.rows.map((row) => this.cases(row, column).size));
  }

  #rename(
    choose: (names: readonly string[], size: (name: string) => number) => ReadonlySet<string>,
    names: readonly string[],
    size: (name: string) => number,
    isRow: boolean,
  ): void {
    const rare = choose(names, size);
    if (rare.size === 0) return;
    const old = this.#cells;
    this.#cells = new Map();
    for (const [row, line] of old) {
      for (const [column, cell] of line) {
        const r = isRow && rare.has(row) ? OTHER : row;
        const c = !isRow && rare.has(column) ? OTHER : column;
        for (const id of cell) this.#add(r, c, id);
      }
    }
  }
}

function rareOf(names: readonly string[], size: (name: string) => number, k: number): ReadonlySet<string> {
  const bySize = [...names].sort((a, b) => size(a) - size(b) || compareText(a, b));
  const rare = new Set<string>();
  let together = 0;
  for (const name of bySize) {
    if (size(name) >= k && (rare.size === 0 || together >= k)) break;
    rare.add(name);
    together += size(name);
  }
  return rare;
}

function ordered(names: string[]): string[] {
  return names.sort((a, b) => Number(a === OTHER) - Number(b === OTHER) || compareText(a, b));
}

const NONE = ['none'];

function valuesOf(one: Case, dimension: Dimension): readonly string[] {
  const some = (values: readonly string[]): readonly string[] =>
    values.length === 0 ? NONE : [...new Set(values)];
  const word = (value: string): readonly string[] => (value === '' ? NONE : [value]);
  switch (dimension) {
    case 'all':
      return ['all'];
    case 'year':
      return [one.openedAt.slice(0, 4)];
    case 'month':
      return [one.openedAt.slice(0, 7)];
    case 'country':
      return word(one.country);
    case 'region':
      return word(one.region);
    case 'state':
      return [one.state];
    case 'urgency':
      return [one.urgency];
    case 'client-kind':
      return [one.clientKind];
    case 'work-type':
      return some(one.workTypes);
    case 'incident-type':
      return some(one.incidentTypes);
    case 'technique':
      return some(one.techniques);
  }
}
