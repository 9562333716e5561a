import { compareText } from '../../../../src/core/compare-text.js';
import { CONFIDENCES, SEVERITIES } from '../../../../src/core/contracts.js';
import type { ResultFinding } from '../../../../src/core/result.js';

/** The gravest first, then the surest, then the earliest; what has no time after what has one. */
export function sortFindings(findings: readonly ResultFinding[]): ResultFinding[] {
  return [...findings].sort(
    (a, b) =>
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) ||
      compareText(a.at ?? '9999', b.at ?? '9999'),
  );
}
