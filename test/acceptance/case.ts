/** What the acceptance tests share: every check is watched for changed evidence and forgotten working copies. */
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { messagesOf } from '../../src/check/messages.js';
import { checkJson, hashesOf } from '../../src/cli/testing/built-cli.js';
import { checkMain } from '../../src/cli/testing/run-main.js';
import type { Result } from '../../src/core/result.js';

/** Real data, beside the repository and never part of it. */
export const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
export const hasShared = existsSync(SHARED);

export interface Checked {
  readonly code: number | null;
  readonly result: Result;
}

/**
 * Checks evidence with the command line and expects what holds for every check: one JSON document on standard output,
 * nothing on standard error, no working copy left, the evidence as it was, and a sentence for every problem.
 *
 * @param evidence - what is given first; its bytes are compared before and after
 */
export async function check(
  evidence: string,
  args: readonly string[] = [],
  { built = false }: { built?: boolean } = {},
): Promise<Checked> {
  const before = contentOf(evidence);
  const { result, ...run } = await (built ? checkJson : checkMain)([evidence, ...args]);
  expect(run).toMatchObject({ stderr: '', leftovers: [] });
  expect(contentOf(evidence)).toEqual(before);
  const unknown = messagesOf(result.tool.language)['problems.unknown']?.split('{')[0] ?? '';
  for (const problem of problemsOf(result)) {
    expect(problem.message, problem.code).not.toBe('');
    expect(problem.message.startsWith(unknown), `${problem.code} has no sentence`).toBe(false);
  }
  return { code: run.code, result };
}

function contentOf(evidence: string): unknown {
  if (!existsSync(evidence)) return null;
  return statSync(evidence).isDirectory() ? hashesOf(evidence) : statSync(evidence).mtimeMs;
}

/** All problems of a result, those of the evidence and of each artifact. */
export function problemsOf(result: Result): Result['evidence'][number]['problems'] {
  return [...result.evidence, ...result.coverage].flatMap(({ problems }) => problems);
}

/** `lost` problems as "code path". */
export function lossesOf(result: Result): string[] {
  return problemsOf(result)
    .filter(({ effect }) => effect === 'lost')
    .map(({ code, path }) => `${code} ${path}`)
    .sort();
}

/** Status of each reader, the worst one when it read several files. */
export function statusOf(result: Result, reader: string): string | undefined {
  return result.coverage.find((entry) => entry.reader === reader)?.status;
}

/** Findings of the indicator detector, shortened. */
export function matchesOf(
  result: Result,
): { severity: string; value: string | undefined; places: string[] }[] {
  return result.findings
    .filter(({ detector }) => detector === 'indicators/match')
    .map(({ severity, indicator, evidence }) => ({
      severity,
      value: indicator?.value,
      places: evidence.map(({ path, locator }) => `${path} ${locator}`),
    }));
}

/** A STIX 2.1 bundle with these patterns. */
export function stixBundle(...patterns: readonly string[]): string {
  const id = (type: string, number: number): string =>
    `${type}--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const malware = {
    type: 'malware',
    spec_version: '2.1',
    id: id('malware', 0),
    name: 'Test',
    is_family: false,
  };
  const objects = patterns.flatMap((pattern, index) => [
    { type: 'indicator', spec_version: '2.1', id: id('indicator', index), pattern, pattern_type: 'stix' },
    {
      type: 'relationship',
      id: id('relationship', index),
      relationship_type: 'indicates',
      source_ref: id('indicator', index),
      target_ref: malware.id,
    },
  ]);
  return JSON.stringify({ type: 'bundle', id: id('bundle', 0), objects: [malware, ...objects] });
}
