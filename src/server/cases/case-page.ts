/** A case, and the list of them, as the page shows them. Names are not in it: they are opened by themselves. */
import type { Desk } from '../../casework/desk/desk.js';
import type { Case } from '../../casework/model/case.js';
import type { Consent } from '../../casework/model/consent.js';
import type { EvidenceItem } from '../../casework/model/evidence-item.js';
import type { Note } from '../../casework/vault/case-documents.js';
import { compareText } from '../../core/compare-text.js';
import type { Translator } from '../../core/language.js';
import type { CaseEvidence, CasePage, CaseRow, CaseRun } from '../api/api.js';

export function caseRows(desk: Desk): CaseRow[] {
  const due = dueCases(desk);
  return desk.vault.cases.list().map((own) => ({
    code: own.code,
    title: own.title,
    clientRef: own.clientRef,
    state: own.state,
    urgency: own.urgency,
    tlp: own.tlp,
    pap: own.pap,
    openedAt: own.openedAt,
    consent: consentState(desk, desk.consent(own.code)),
    nextTask: nextTask(desk.vault.notes.list(own.id)),
    isDue: due.has(own.id),
  }));
}

/** @throws DeskError no-such-case */
export function casePage(desk: Desk, code: string, translate: Translator): CasePage {
  const own = desk.case(code);
  const { vault } = desk;
  const consent = desk.consent(own.code);
  return {
    case: own,
    consentState: consentState(desk, consent),
    consent,
    consents: vault.consents.list(own.id).reverse(),
    evidence: caseEvidence(desk, own, vault.evidence.list(own.id), translate),
    runs: caseRuns(desk, own),
    departures: vault.departures.list(own.id).reverse(),
    notes: vault.notes.list(own.id),
    records: vault.records.count(own.id),
    custodyEntries: vault.custody.last(own.id)?.seq ?? 0,
    hasIdentity: desk.identity(own.code) !== null,
    isDue: dueCases(desk).has(own.id),
  };
}

export function caseEvidence(
  desk: Desk,
  own: Case,
  items: readonly EvidenceItem[],
  translate: Translator,
): CaseEvidence[] {
  const entries = new Map<string, { seq: number; at: string; action: string }[]>();
  for (const { evidenceId, seq, at, action } of items.length > 0 ? desk.vault.custody.entries(own.id) : []) {
    if (evidenceId === null) continue;
    entries.set(evidenceId, [...(entries.get(evidenceId) ?? []), { seq, at, action }]);
  }
  return items.map((item) => ({
    label: item.label,
    kind: item.kind,
    kindName: translate.has(`report.kinds.${item.kind}`) ? translate(`report.kinds.${item.kind}`) : item.kind,
    description: item.sourceDescription,
    name: item.originalName,
    path: item.referencePath,
    from: item.receivedFrom,
    receivedAt: item.receivedAt,
    zone: item.receivedZone,
    where: item.receivedWhere,
    takenBy: item.acquiredBy,
    method: item.method,
    sizeBytes: item.sizeBytes,
    sha256: item.sha256,
    tlp: item.tlp,
    isSealed: item.sealed !== null,
    destroyedAt: item.destroyedAt,
    custody: entries.get(item.id) ?? [],
  }));
}

function caseRuns({ vault }: Desk, { id }: Case): CaseRun[] {
  return vault.runs.list(id).map((run, index) => {
    const result = vault.runs.result(run.id);
    return {
      id: run.id,
      name: `R${index + 1}`,
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
      records: run.records,
      findings: result?.findings.length ?? null,
      verdict: result?.verdict.code ?? null,
      evidence: [...new Set(Object.values(run.evidence))],
    };
  });
}

function consentState(desk: Desk, consent: Consent | null): CaseRow['consent'] {
  if (consent === null) return 'none';
  if (consent.withdrawnAt !== null) return 'withdrawn';
  return consent.expiresAt !== null && consent.expiresAt <= desk.operator.now() ? 'expired' : 'given';
}

function dueCases({ vault, operator }: Desk): Set<string> {
  return new Set(vault.cases.due(operator.now()).map(({ id }) => id));
}

/** What is due first; tasks without a date come after, the oldest first. */
function nextTask(notes: readonly Note[]): CaseRow['nextTask'] {
  const open = notes.flatMap(({ text, at, task }) =>
    task === null || task.doneAt !== null ? [] : [{ text, at, dueAt: task.dueAt }],
  );
  const LAST = '~';
  const [next] = open.sort(
    (a, b) => compareText(a.dueAt ?? LAST, b.dueAt ?? LAST) || compareText(a.at, b.at),
  );
  return next ? { text: next.text, dueAt: next.dueAt } : null;
}
