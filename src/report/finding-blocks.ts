import { SEVERITIES, type Severity } from '../core/contracts.js';
import type { ResultFinding } from '../core/result.js';

/** Findings that say the same about different things: told in full once, and then listed. */
export interface FindingBlock {
  readonly severity: Severity;
  readonly detector: string;
  /** Told in full: the first ones. Empty in a block that gathers what is left of very many. */
  readonly full: readonly ResultFinding[];
  /** Only listed. */
  readonly listed: readonly ResultFinding[];
}

/** More kinds of finding than this are no longer told in full, whatever the evidence brings. */
const MAX_FULL_BLOCKS = 40;

/**
 * Groups findings of one check with the same severity, harmless causes and next steps. Keeps their order: the blocks of
 * graver findings come first.
 *
 * @param fullPerBlock - how many of a block are told in full
 */
export function findingBlocks(findings: readonly ResultFinding[], fullPerBlock: number): FindingBlock[] {
  const groups = new Map<string, ResultFinding[]>();
  for (const finding of findings) {
    const { severity, detector, benignCauses, nextSteps } = finding;
    const own = JSON.stringify([severity, detector, benignCauses, nextSteps]);
    const key = groups.has(own) || groups.size < MAX_FULL_BLOCKS ? own : JSON.stringify([severity, detector]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map((group, index) => {
    const first = group[0];
    if (!first) throw new Error('a group of findings is never empty');
    const full = index < MAX_FULL_BLOCKS ? fullPerBlock : 0;
    return {
      severity: first.severity,
      detector: first.detector,
      full: group.slice(0, full),
      listed: group.slice(full),
    };
  });
}

/** How many findings there are of each severity, gravest first; severities without one are left out. */
export function severityTally(findings: readonly ResultFinding[]): [Severity, number][] {
  const tally = new Map<Severity, number>();
  for (const { severity } of findings) tally.set(severity, (tally.get(severity) ?? 0) + 1);
  return SEVERITIES.toReversed().flatMap((severity): [Severity, number][] => {
    const count = tally.get(severity);
    return count === undefined ? [] : [[severity, count]];
  });
}

/** At most so many distinct next steps, those of the gravest findings first: what to do now, on one page. */
export function firstSteps(findings: readonly ResultFinding[], limit: number): string[] {
  const steps = new Set<string>();
  for (const finding of findings) {
    for (const step of finding.nextSteps) {
      if (steps.size >= limit) return [...steps];
      steps.add(step);
    }
  }
  return [...steps];
}
