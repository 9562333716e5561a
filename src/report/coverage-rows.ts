import { coarsest } from '../core/coverage.js';
import type { Translator } from '../core/language.js';
import type { CoverageStatus, ResultCoverage, ResultProblem } from '../core/result.js';

/** One line of the coverage table: the files one reader read in one piece of evidence. */
export interface CoverageRow {
  /** Id of the evidence; `e1 – e40` where very many are told together. */
  readonly evidence: string;
  readonly name: string;
  readonly artifacts: readonly string[];
  /** Each status with the number of files, the ones that left something unread first. */
  readonly statuses: readonly (readonly [status: CoverageStatus, files: number])[];
  readonly records: number;
  /** Entries that were read and compared and left no record. */
  readonly passedOver: number;
  /** Entries that were read and counted, of which no record is kept one by one. */
  readonly counted: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly precision?: ResultCoverage['precision'];
  readonly remarks: readonly Remark[];
}

/** A problem, told once with all its places. */
export interface Remark {
  readonly message: string;
  readonly effect: ResultProblem['effect'];
  /** Places that are named; the rest is counted. */
  readonly places: readonly string[];
  /** How often, when several problems were put together; else 1, since the sentence then says it itself. */
  readonly times: number;
}

/** Places named per remark; the result document lists more. */
const PLACES_PER_REMARK = 3;
/** Readers of this room count requests and flows: what they pass over was not compared, and findings come of it all the same. */
const COUNTING_ROOM = 'floods/';
/** Above so many lines the evidence is told together, reader by reader. */
const MAX_ROWS = 120;

const STATUS_ORDER: readonly CoverageStatus[] = [
  'unreadable',
  'encrypted',
  'partial',
  'read',
  'empty',
  'absent',
];

/** The coverage as a table, absent parts left out, several files of one reader in one line. */
export function coverageRows(coverage: readonly ResultCoverage[]): CoverageRow[] {
  const looked = coverage.filter((entry) => entry.status !== 'absent');
  const groups = groupBy(looked, (entry) => JSON.stringify([entry.evidence, entry.reader]));
  return (groups.length > MAX_ROWS ? groupBy(looked, (entry) => entry.reader) : groups).map(rowOf);
}

/** Whether the table needs a column that says which evidence a line is about. */
export function coversSeveral(coverage: readonly ResultCoverage[]): boolean {
  return coverage.some((entry) => entry.evidence !== coverage[0]?.evidence);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known) known.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

function rowOf(entries: readonly ResultCoverage[]): CoverageRow {
  const evidence = [...new Set(entries.map((entry) => entry.evidence))];
  const statuses = new Map<CoverageStatus, number>();
  let records = 0;
  let notRecorded = 0;
  const isCounted = entries[0]?.reader.startsWith(COUNTING_ROOM) === true;
  for (const entry of entries) {
    statuses.set(entry.status, (statuses.get(entry.status) ?? 0) + 1);
    for (const count of Object.values(entry.records)) records += count;
    for (const count of Object.values(entry.passedOver ?? {})) notRecorded += count;
  }
  return {
    evidence: evidence.length <= 3 ? evidence.join(', ') : `${evidence[0]} – ${evidence.at(-1)}`,
    name: entries[0]?.name ?? '',
    artifacts: entries.map((entry) => entry.artifact),
    statuses: [...statuses].sort(([a], [b]) => STATUS_ORDER.indexOf(a) - STATUS_ORDER.indexOf(b)),
    records,
    passedOver: isCounted ? 0 : notRecorded,
    counted: isCounted ? notRecorded : 0,
    precision: coarsest(entries),
    firstAt: entries.flatMap((entry) => entry.firstAt ?? []).sort()[0] ?? null,
    lastAt:
      entries
        .flatMap((entry) => entry.lastAt ?? [])
        .sort()
        .at(-1) ?? null,
    remarks: remarksOf(entries.flatMap((entry) => entry.problems)),
  };
}

/** How many records, of how many entries where most left none: `12 of 10,000,000`. Of counted ones only how many they were. */
export function recordsWords({ records, passedOver, counted }: CoverageRow, translate: Translator): string {
  if (counted > 0) return translate.number(counted);
  if (passedOver === 0) return translate.number(records);
  return translate('report.recordsOf', { records, compared: records + passedOver });
}

/** The same as a sentence; null where every entry left a record. */
export function passedOverWords(
  { records, passedOver, counted }: CoverageRow,
  translate: Translator,
): string | null {
  if (counted > 0) return translate('report.counted', { records, counted });
  return passedOver === 0
    ? null
    : translate('report.passedOver', { records, compared: records + passedOver });
}

/** The entries of all evidence that left no record, as sentences. */
export function notRecordedWords(coverage: readonly ResultCoverage[], translate: Translator): string[] {
  const rows = coverageRows(coverage);
  const [passedOver, counted] = [sum(rows, (row) => row.passedOver), sum(rows, (row) => row.counted)];
  return [
    ...(passedOver > 0 ? [translate('report.method.passedOver', { count: passedOver })] : []),
    ...(counted > 0 ? [translate('report.method.counted', { count: counted })] : []),
  ];
}

function sum(rows: readonly CoverageRow[], of: (row: CoverageRow) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

/** Problems with the same sentence told once. What was lost comes first. */
export function remarksOf(problems: readonly ResultProblem[]): Remark[] {
  const byMessage = groupBy(problems, (problem) => `${problem.effect} ${problem.message}`);
  const remarks = byMessage.map((same): Remark => {
    const places = same.map(placeOf).filter((place) => place !== '');
    return {
      message: same[0]?.message ?? '',
      effect: same[0]?.effect ?? 'note',
      places: [...new Set(places)].slice(0, PLACES_PER_REMARK),
      times: same.length === 1 ? 1 : same.reduce((sum, problem) => sum + problem.count, 0),
    };
  });
  return remarks.sort((a, b) => Number(b.effect === 'lost') - Number(a.effect === 'lost'));
}

function placeOf(problem: ResultProblem): string {
  return [problem.path, problem.locator].filter((part) => part !== '').join(' › ');
}
