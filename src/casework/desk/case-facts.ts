/** A case as the exports and the correlation see it: findings of its finished runs, and what they were made of. */

import type { Language } from '../../core/contracts.js';
import type { Translator } from '../../core/language.js';
import type { Result } from '../../core/result.js';
import { recordKinds } from '../../records/kinds.generated.js';
import {
  type CalendarEntry,
  type CaseFindings,
  type Correlation,
  correlate,
} from '../correlation/correlate.js';
import { verifyLog } from '../custody/custody-log.js';
import { receiptCode, receiptWords } from '../custody/receipt.js';
import type { DossierFact, DossierInput, DossierRun } from '../dossier/dossier-input.js';
import type { Case } from '../model/case.js';
import type { Shareable, ShareableRecord } from '../sharing/shareable.js';
import type { Desk } from './desk.js';
import { resultSha256 } from './result-hash.js';

/** A finished check of a case, by its short name. */
export interface FinishedRun {
  /** `R1`, in the order they were begun. */
  readonly name: string;
  readonly id: string;
  readonly evidence: Readonly<Record<string, string>>;
  readonly result: Result;
}

/** @param language left out: each as its check gave it */
export function finishedRuns({ vault }: Desk, { id }: Case, language?: Language): FinishedRun[] {
  return vault.runs.list(id).flatMap((run, index) => {
    const result = language ? vault.runs.resultIn(run.id, language) : vault.runs.result(run.id);
    return result ? [{ name: `R${index + 1}`, id: run.id, evidence: run.evidence, result }] : [];
  });
}

/** What the cases have in common. @param codes left out: all */
export function correlation(
  desk: Desk,
  codes: readonly string[],
  calendar: readonly CalendarEntry[],
  language?: Language,
): Correlation & { readonly cases: number } {
  const chosen = codes.length > 0 ? codes.map((code) => desk.case(code)) : desk.vault.cases.list();
  return {
    ...correlate(
      chosen.map((own) => findingsOf(desk, own, language)),
      calendar,
    ),
    cases: chosen.length,
  };
}

function findingsOf(desk: Desk, own: Case, language?: Language): CaseFindings {
  const findings = finishedRuns(desk, own, language).flatMap(({ name, result }) =>
    result.findings.map((finding) => ({ run: name, finding })),
  );
  return { case: own, findings };
}

/** Everything a shared file may be made of. */
export function shareableOf(
  desk: Desk,
  own: Case,
  options: {
    readonly named: boolean;
    readonly language: Language;
    readonly toolVersion: string;
    readonly exportKey: Uint8Array;
  },
): Shareable {
  const runs = finishedRuns(desk, own, options.language);
  const consent = desk.consent(own.code);
  return {
    case: own,
    identity: desk.identity(own.code),
    consent: { id: consent?.id ?? null, named: options.named, clientIdentifiers: options.named },
    evidence: desk.vault.evidence.list(own.id),
    runs: runs.map(({ name, evidence, result }) => ({
      id: name,
      startedAt: result.tool.startedAt,
      toolVersion: result.tool.version,
      evidenceLabels: evidence,
      coverage: result.coverage,
    })),
    findings: runs.flatMap(({ name, result }) => result.findings.map((finding) => ({ run: name, finding }))),
    records: recordsOf(desk, own, runs),
    toolVersion: options.toolVersion,
    operator: desk.operator.actor,
    now: desk.operator.now(),
    language: options.language,
    exportKey: options.exportKey,
  };
}

/** Records of the runs, each time from the beginning. */
function recordsOf(desk: Desk, { id }: Case, runs: readonly FinishedRun[]): AsyncIterable<ShareableRecord> {
  const names = new Map(runs.map((run) => [run.id, run.name]));
  return {
    async *[Symbol.asyncIterator]() {
      for (const page of desk.vault.records.all(id)) {
        for (const { runId, record } of page) {
          const [run, kind] = [names.get(runId), recordKinds.get(record.kind)];
          if (run !== undefined && kind !== undefined) yield { run, record, kind };
        }
      }
    },
  };
}

/** Everything a dossier is made of. */
export async function dossierInputOf(
  desk: Desk,
  own: Case,
  options: {
    readonly named: boolean;
    readonly calendar: readonly CalendarEntry[];
    readonly translate: Translator;
    readonly toolVersion: string;
  },
): Promise<DossierInput> {
  const { vault } = desk;
  const { translate } = options;
  const runs = finishedRuns(desk, own, translate.language);
  const entries = [...vault.custody.entries(own.id)];
  const verdict = await verifyLog(vault.custody.lines(own.id), vault.custody.publicKeys(own.id));
  const head = entries.at(-1)?.hash ?? null;
  return {
    case: own,
    identity: options.named ? desk.identity(own.code) : null,
    consents: vault.consents.list(own.id),
    evidence: vault.evidence.list(own.id),
    custody: {
      entries,
      verdict,
      receipt:
        head === null ? null : { code: receiptCode(head), words: receiptWords(head, translate.language) },
    },
    stamps: vault.stamps
      .list(own.id)
      .map(({ kind, root, state, at, by }) => ({ kind, digest: root, state, at, by })),
    runs: runs.map(
      ({ name, id, evidence, result }): DossierRun => ({
        id: name,
        result,
        resultSha256: resultSha256(vault.runs.result(id) ?? result),
        evidenceLabels: evidence,
      }),
    ),
    facts: factsOf(desk, own, runs, options.calendar, translate.language),
    observations: [],
    departures: vault.departures.list(own.id).map(({ at, recipient, purpose, what, sha256 }) => ({
      at,
      to: recipient,
      purpose,
      what,
      sha256,
    })),
    now: desk.operator.now(),
    language: translate.language,
    timeZone: translate.timeZone,
    version: options.toolVersion,
  };
}

/** The line of time: what was found, and beside it what was published and heard. */
function factsOf(
  desk: Desk,
  own: Case,
  runs: readonly FinishedRun[],
  calendar: readonly CalendarEntry[],
  language: Language,
): DossierFact[] {
  const { events, calendar: entries } = correlation(desk, [own.code], calendar, language);
  const byName = new Map(runs.map((run) => [run.name, run]));
  // A finding about several people is one fact.
  const facts = new Map(events.map((event) => [`${event.run} ${event.finding}`, event]));
  const found = [...facts.values()].map((event): DossierFact => {
    const run = byName.get(event.run);
    const places = run?.result.findings.find(({ id }) => id === event.finding)?.evidence ?? [];
    return {
      at: event.at,
      ...(event.precision === 'day' || event.precision === 'month' ? { precision: event.precision } : {}),
      kind: 'technique',
      technique: event.technique,
      source: event.detector,
      text: event.title,
      pointers: places.slice(0, 10).map(({ evidence, path, locator }) => ({
        evidence: run?.evidence[evidence] ?? null,
        custodySeq: null,
        finding: `${event.run} ${event.finding}`,
        locator: locator === '' ? path : `${path}, ${locator}`,
      })),
    };
  });
  const dated = entries.map(
    ({ at, title, kind }): DossierFact => ({ at, kind, source: 'calendar', text: title, pointers: [] }),
  );
  return [...found, ...dated];
}
