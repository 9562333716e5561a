import { csvRow } from '../../report/csv.js';
import type { Shared, SharedTime } from './shared.js';

export interface CsvOptions {
  /** UTF-8 byte order mark, which Excel needs to show accents. */
  readonly byteOrderMark?: boolean;
  /** The semicolon is what Excel expects where the comma is the decimal sign. */
  readonly separator?: ',' | ';';
}

/** Headings that our own reader of indicator tables and MISP's import know. */
export const INDICATOR_COLUMNS = [
  'type',
  'value',
  'to_ids',
  'family',
  'comment',
  'severity',
  'first_seen',
  'last_seen',
  'time_known',
  'findings',
  'techniques',
  'lists',
] as const;

export const FINDING_COLUMNS = [
  'id',
  'run',
  'check',
  'version',
  'severity',
  'confidence',
  'time',
  'time_known',
  'title',
  'explanation',
  'technique',
  'indicators',
  'reasons',
  'subjects',
  'places',
] as const;

/** One row per indicator. */
export async function* indicatorsCsv(shared: Shared, options: CsvOptions = {}): AsyncGenerator<string> {
  yield `${options.byteOrderMark ? '\ufeff' : ''}${line(INDICATOR_COLUMNS, options)}`;
  for (const indicator of shared.indicators) {
    const { firstSeen, lastSeen } = indicator;
    yield line(
      [
        indicator.type,
        indicator.value,
        indicator.forDetection ? 'true' : 'false',
        indicator.family ?? '',
        shared.words(`indicator.${indicator.basis}`),
        indicator.severity,
        shownTime(firstSeen),
        shownTime(lastSeen),
        firstSeen?.known ?? '',
        String(indicator.findings),
        indicator.techniques.join(' '),
        indicator.lists.join(' '),
      ],
      options,
    );
  }
}

/** One row per finding. */
export async function* findingsCsv(shared: Shared, options: CsvOptions = {}): AsyncGenerator<string> {
  yield `${options.byteOrderMark ? '\ufeff' : ''}${line(FINDING_COLUMNS, options)}`;
  for (const finding of shared.findings) {
    yield line(
      [
        finding.id,
        finding.run,
        finding.detector,
        String(finding.version),
        finding.severity,
        finding.confidence,
        shownTime(finding.time),
        finding.time?.known ?? '',
        finding.title,
        finding.explanation ?? '',
        finding.technique ?? '',
        finding.indicators.map(({ value }) => value).join(' '),
        finding.reasonCodes.join(' '),
        finding.subjects.join(' '),
        finding.places
          .map(({ evidence, path, locator }) => `${evidence} ${path} ${locator}`.trim())
          .join('\n'),
      ],
      options,
    );
  }
}

/** As much of a time as is known: `2024-03`, `2024-03-12`, or all of it. */
export function shownTime(time: SharedTime | null): string {
  if (time === null) return '';
  return time.known === 'exact' ? time.at : time.at.slice(0, time.known === 'day' ? 10 : 7);
}

function line(cells: readonly string[], { separator = ',' }: CsvOptions): string {
  return `${cells.map((cell) => csvRow([cell])).join(separator)}\n`;
}
