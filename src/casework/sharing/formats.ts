/** The files a case can leave in. */
import { alertsJson } from './alerts.js';
import { type CsvOptions, findingsCsv, indicatorsCsv } from './csv.js';
import { mispEvent } from './misp/event.js';
import type { Shared } from './shared.js';
import { stixBundle } from './stix/bundle.js';
import { timesketchCsv, timesketchJsonl } from './timesketch.js';

export const SHARING_FORMATS = [
  'stix',
  'misp',
  'csv-indicators',
  'csv-findings',
  'timesketch-csv',
  'timesketch-jsonl',
  'alerts',
] as const;
export type SharingFormat = (typeof SHARING_FORMATS)[number];

/** Names of the files, as they are written into a folder. */
export const SHARING_FILES: Readonly<Record<SharingFormat, string>> = {
  stix: 'stix-bundle.json',
  misp: 'misp-event.json',
  'csv-indicators': 'indicators.csv',
  'csv-findings': 'findings.csv',
  'timesketch-csv': 'timesketch.csv',
  'timesketch-jsonl': 'timesketch.jsonl',
  alerts: 'alerts.json',
};

/**
 * One file, in pieces of text.
 *
 * @example
 * const shared = redact(shareable, 'anonymised');
 * for await (const text of writeShared(shared, 'stix')) await file.write(text);
 */
export function writeShared(
  shared: Shared,
  format: SharingFormat,
  options: CsvOptions = {},
): AsyncIterable<string> {
  switch (format) {
    case 'stix':
      return stixBundle(shared);
    case 'misp':
      return mispEvent(shared);
    case 'csv-indicators':
      return indicatorsCsv(shared, options);
    case 'csv-findings':
      return findingsCsv(shared, options);
    case 'timesketch-csv':
      return timesketchCsv(shared);
    case 'timesketch-jsonl':
      return timesketchJsonl(shared);
    case 'alerts':
      return alertsJson(shared);
  }
}
