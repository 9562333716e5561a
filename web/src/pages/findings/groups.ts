import type { ResultFinding } from '../../../../src/core/result.js';

/** Findings that say the same thing; never empty. */
export type FindingGroup = readonly [first: ResultFinding, ...others: ResultFinding[]];

/** Findings of one detector with the same title and severity are told together, where the first of them stands. */
export function grouped(findings: readonly ResultFinding[]): FindingGroup[] {
  const groups = new Map<string, [ResultFinding, ...ResultFinding[]]>();
  for (const finding of findings) {
    const key = groupKey(finding);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()];
}

export function groupKey({ severity, detector, title }: ResultFinding): string {
  return JSON.stringify([severity, detector, title]);
}
