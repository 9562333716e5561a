/** What became of everything that was given, in numbers that add up. */
import type { CoverageStatus, Result } from '../../core/result.js';
import type { ImportReport } from '../api/api.js';

/** Files that were seen and left alone: links, devices, what lies beyond a limit. */
const SKIPPED = new Set([
  'link-skipped',
  'content-is-link',
  'special-file-skipped',
  'name-too-long',
  'files-not-looked-into',
  'given-twice',
  'duplicate-name',
  'unsupported-member',
]);

type Outcome = Exclude<keyof ImportReport, 'received'>;

/** From the worst to the best: a file that several readers read counts as what the best of them came to. */
const OUTCOME: Readonly<Partial<Record<CoverageStatus, Outcome>>> = {
  unreadable: 'unreadable',
  encrypted: 'unreadable',
  empty: 'empty',
  partial: 'read',
  read: 'read',
};
const BETTER: readonly Outcome[] = ['unreadable', 'empty', 'read'];

export function importReport(result: Result): ImportReport {
  const counts = { read: 0, empty: 0, notRecognised: 0, unreadable: 0, skipped: 0 };
  const files = new Map<string, Outcome>();
  for (const { evidence, artifact, status, sweep } of result.coverage) {
    const outcome = OUTCOME[status];
    if (sweep || outcome === undefined) continue;
    const place = `${evidence}\n${artifact}`;
    const known = files.get(place);
    if (known === undefined || BETTER.indexOf(outcome) > BETTER.indexOf(known)) files.set(place, outcome);
  }
  for (const outcome of files.values()) counts[outcome] += 1;
  const opened = new Set(result.coverage.map(({ evidence }) => evidence));
  for (const { id, details, problems } of result.evidence) {
    const isHeap = 'unrecognisedFiles' in details;
    counts.notRecognised += numberOf(details.unrecognisedFiles);
    counts.read += numberOf(details.sidecarFiles);
    // Nothing of it was opened, and something of it was lost.
    if (!isHeap && !opened.has(id) && problems.some(({ effect }) => effect === 'lost'))
      counts.unreadable += 1;
    for (const { code, count } of problems) if (SKIPPED.has(code)) counts.skipped += count;
  }
  const received = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { received, ...counts };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
