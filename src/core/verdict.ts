import type { FindingDraft, TextValue, TextValues } from './contracts.js';
import { coarsest } from './coverage.js';
import { UNKNOWN_FAMILY } from './indicator.js';
import type { Translator } from './language.js';
import type { Result, ResultCoverage, VerdictCode } from './result.js';

/** What a draft shows, when its detector does not say: small things are advice, the rest is out of the ordinary. */
export function showsOf(draft: FindingDraft): NonNullable<FindingDraft['shows']> {
  if (draft.shows) return draft.shows;
  return draft.severity === 'info' || draft.severity === 'low' ? 'advice' : 'oddity';
}

/**
 * The line on top. It is never stronger than the strongest thing shown: a link received is an attempt, whatever its
 * severity, and nothing found in nothing read is no result at all.
 *
 * @param lockedEvidence - ids of evidence that could not be opened for want of a password; what little was read of
 *   them (the device's name) does not count as having looked
 * @param evidenceWithLoss - pieces of evidence that could not be opened whole: refused members, limits
 * @param siteReaders - ids of readers whose evidence tells about a site: with nothing else read, nothing is said of a device
 */
export function verdictOf(
  drafts: readonly FindingDraft[],
  coverage: readonly ResultCoverage[],
  lockedEvidence: ReadonlySet<string>,
  translate: Translator,
  evidenceWithLoss = 0,
  siteReaders: ReadonlySet<string> = new Set(),
): Result['verdict'] {
  // Files that were only compared are no part that was read.
  const looked = coverage.filter((entry) => entry.status !== 'absent' && !entry.sweep);
  const swept = coverage.filter((entry) => entry.sweep);
  const read = looked.filter(
    (entry) => ['read', 'empty', 'partial'].includes(entry.status) && !lockedEvidence.has(entry.evidence),
  );
  const files = filesCompared(swept);
  const isOfSite = read.length > 0 && read.every(({ reader }) => siteReaders.has(reader));
  const code = verdictCode(drafts, read.length, files, isOfSite);
  const families = new Set(
    drafts
      .filter((draft) => showsOf(draft) === 'trace')
      .map((draft) => draft.indicator?.family ?? draft.family ?? ''),
  );
  families.delete('');
  families.delete(UNKNOWN_FAMILY);
  const family = [...families].sort().join(', ');
  const isListed = drafts.some((draft) => showsOf(draft) === 'attempt' && draft.indicator);
  const values: TextValues = {
    family,
    hasFamily: family === '' ? 'no' : 'yes',
    // What only resembles published attacks does not match anything published.
    listed: isListed ? 'yes' : 'no',
  };
  return {
    code,
    text: translate(`verdict.${code}`, values),
    coverage:
      read.length === 0 && looked.length === 0 && files > 0
        ? translate('verdict.coverageCompared', { files })
        : coverageSentence(
            read,
            looked,
            evidenceWithLoss + swept.filter(({ status }) => status === 'partial').length,
            translate,
          ),
  };
}

function filesCompared(swept: readonly ResultCoverage[]): number {
  let files = 0;
  for (const { records, passedOver = {} } of swept)
    files += (records['file-entry'] ?? 0) + (passedOver['file-entry'] ?? 0);
  return files;
}

function verdictCode(
  drafts: readonly FindingDraft[],
  readCount: number,
  files: number,
  isOfSite: boolean,
): VerdictCode {
  const shown = new Set(drafts.map(showsOf));
  if (shown.has('trace')) return 'trace';
  if (shown.has('attempt')) return 'targeted';
  if (shown.has('site-attack')) return 'site-attacked';
  if (shown.has('oddity')) return 'unclear';
  if (shown.has('infrastructure')) return 'infrastructure';
  if (readCount > 0) return isOfSite ? 'none-on-site' : 'none';
  return files > 0 ? 'only-compared' : 'nothing-read';
}

function coverageSentence(
  read: readonly ResultCoverage[],
  looked: readonly ResultCoverage[],
  evidenceWithLoss: number,
  translate: Translator,
): string {
  const precision = coarsest(read);
  const words = (at: string): TextValue => (precision ? { date: at, precision } : { time: at });
  const firsts = read.flatMap((entry) => entry.firstAt ?? []).sort();
  const lasts = read.flatMap((entry) => entry.lastAt ?? []).sort();
  const from = firsts[0];
  const to = lasts.at(-1);
  const whole = looked.filter((entry) => entry.status === 'read' || entry.status === 'empty').length;
  const counts = {
    read: read.length,
    total: looked.length,
    unread: Math.max(0, looked.length - Math.min(whole, read.length)) + evidenceWithLoss,
  };
  return from && to
    ? translate('verdict.coverage', {
        ...counts,
        from: words(from),
        to: words(to),
        fine: precision ?? 'second',
      })
    : translate('verdict.coverageUndated', counts);
}
