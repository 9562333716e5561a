/** A check whose records, findings and coverage go into a case. */

import { basename } from 'node:path';
import type { Desk, Receipt } from '../casework/desk/desk.js';
import { resultSha256 } from '../casework/desk/result-hash.js';
import type { Case } from '../casework/model/case.js';
import { LANGUAGES } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import { STANDARD_INPUT } from '../core/standard-input.js';
import { fromDate } from '../core/time.js';
import { type CheckOptions, type CheckOutcome, runCheck } from './check.js';
import { VERSION } from './version.js';

/**
 * Runs a check and keeps what it found. What was given is taken in by reference, under the hash that the check worked out.
 *
 * @param runId - a new id of the vault under which it is kept; left out, it gets one
 * @throws DeskError when the client did not agree to it; else as {@link runCheck}
 */
export async function runCaseCheck(
  desk: Desk,
  code: string,
  options: CheckOptions,
  receipt: Receipt,
  runId?: string,
): Promise<CheckOutcome> {
  const own = desk.case(code);
  desk.mayAnalyse(code);
  // Names only: where things lie on this computer would leave with every copy of the log.
  desk.log(own, 'open', null, { given: options.paths.map((path) => basename(path)) });
  const run = desk.vault.runs.begin({
    ...(runId === undefined ? {} : { id: runId }),
    caseId: own.id,
    startedAt: desk.operator.now(),
  });
  const outcome = await runCheck({
    ...options,
    consent: options.consent ?? consentWords(desk, own, options.translate),
    sinks: [run, ...(options.sinks ?? [])],
  });
  const { result } = outcome;
  // Kept in every language: a dossier is written in the reader's, whatever the helper's.
  const others = LANGUAGES.filter((language) => language !== result.tool.language).map(outcome.inLanguage);
  const labels = labelsOf(desk, code, options.paths, outcome, receipt);
  run.finish([result, ...others], fromDate(new Date()) ?? desk.operator.now(), labels);
  desk.log(own, 'analyse', null, {
    tool: `vigia ${VERSION}`,
    run: run.id,
    resultSha256: resultSha256(result),
    evidence: Object.values(labels).filter((label, index, all) => all.indexOf(label) === index),
    findings: result.findings.length,
    verdict: result.verdict.code,
    feeds: result.indicators.map(({ feed, sha256 }) => ({ feed, sha256 })),
  });
  return outcome;
}

/** Takes in what was given, and says which evidence of the result belongs to it. */
function labelsOf(
  desk: Desk,
  code: string,
  paths: readonly string[],
  { result }: CheckOutcome,
  receipt: Receipt,
): Record<string, string> {
  const labels: Record<string, string> = {};
  const taken: { readonly path: string; readonly label: string }[] = [];
  for (const { id, path, kind, sha256, sizeBytes } of result.evidence) {
    const within = taken.find(
      (other) => path.startsWith(`${other.path}!/`) || path.startsWith(`${other.path}/`),
    );
    if (within) labels[id] = within.label;
    else if (sha256 !== null && path !== STANDARD_INPUT && paths.length > 0) {
      const item = desk.keep(code, { path, kind, sha256, sizeBytes }, receipt);
      taken.push({ path, label: item.label });
      labels[id] = item.label;
    }
  }
  return labels;
}

function consentWords(desk: Desk, { code }: Case, translate: Translator): string {
  const consent = desk.consent(code);
  if (consent === null) return code;
  const { givenBy, method, at } = consent;
  return `${code}: ${givenBy}, ${translate(`casework.methods.${method}`)}, ${at.slice(0, 10)}`;
}
