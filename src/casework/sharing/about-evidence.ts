import type { Shared } from './shared.js';

/**
 * The evidence and what was read of it, for people: who receives findings must see what was not looked at. Empty where
 * the profile gives neither.
 */
export function aboutEvidence({ evidence, coverage, words }: Shared): string {
  const items = evidence.map(({ label, kind, sha256 }) => [label, kind, sha256 ?? ''].join(' ').trim());
  const read = coverage.map(({ run, evidence: label, reader, status, records }) =>
    `${run} ${label} ${reader} ${status} ${records}`.trim(),
  );
  return [
    ...(items.length === 0 ? [] : [words('evidence'), ...items]),
    ...(read.length === 0 ? [] : [words('coverage'), ...read]),
  ].join('\n');
}
