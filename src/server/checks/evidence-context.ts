/** The evidence around a pointer of a finding: in its file where that still opens, else the record as the vault kept it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Desk } from '../../casework/desk/desk.js';
import type { EvidenceItem } from '../../casework/model/evidence-item.js';
import type { EvidenceFile, EvidenceRecord, EvidenceSource, Pointer } from '../../core/contracts.js';
import type { Result, ResultFinding } from '../../core/result.js';
import type { OpenedEvidence } from '../../evidence/open-evidence.js';
import type { EvidenceContext } from '../api/api.js';
import { ApiProblem } from '../api-problem.js';
import { recordView, type View, viewOf } from './context-views.js';
import type { HeldItems } from './held-items.js';

/** Records looked through for one of no known time. */
const MAX_SEARCHED_RECORDS = 500_000;
const RECORDS_AT_A_MOMENT = 500;
/** As openEvidence calls what a folder was packed in. */
const HEAPS = ['folder', 'tar'];

export interface ContextQuery {
  readonly finding: string;
  readonly pointer: number;
  readonly before: number;
  readonly after: number;
}

/** @throws ApiProblem 404 no-such-check, no-result, no-such-finding, no-such-pointer */
export async function evidenceContext(
  desk: Desk,
  items: HeldItems,
  runId: string,
  query: ContextQuery,
): Promise<EvidenceContext> {
  const run = desk.vault.runs.get(runId);
  if (!run) throw new ApiProblem(404, 'no-such-check');
  const result = desk.vault.runs.result(runId);
  if (!result) throw new ApiProblem(404, 'no-result');
  const finding = result.findings.find(({ id }) => id === query.finding);
  if (!finding) throw new ApiProblem(404, 'no-such-finding');
  const pointer = finding.evidence[query.pointer];
  if (!pointer) throw new ApiProblem(404, 'no-such-pointer');
  const label = run.evidence[pointer.evidence];
  const item = label === undefined ? null : desk.vault.evidence.byLabel(run.caseId, label);
  const { path, locator } = pointer;
  const told = { evidence: label ?? pointer.evidence, path, locator, sha256: item?.sha256 ?? null };
  const isThere = item !== null && item.destroyedAt === null;
  const view = isThere ? await viewInEvidence(items, item, result, pointer, query) : null;
  if (view) return { ...told, ...view };
  const record = await storedRecord(desk, run.caseId, runId, finding, pointer);
  if (record) return { ...told, ...recordView(record) };
  return { ...told, view: 'unavailable', columns: [], rows: [], isCut: false };
}

async function viewInEvidence(
  items: HeldItems,
  item: EvidenceItem,
  result: Result,
  pointer: Pointer,
  around: ContextQuery,
): Promise<View | null> {
  try {
    const opened = await items.open(item);
    const file = opened ? await fileOf(opened, item, result, pointer) : null;
    return file ? await viewOf(file, pointer.locator, around) : null;
  } catch {
    // Damaged, changed, or in need of a password: what was read of it is in the vault.
    return null;
  }
}

/** The file that was meant: the same place in the same kind of source. */
async function fileOf(
  { sources }: OpenedEvidence,
  { referencePath, sizeBytes }: EvidenceItem,
  result: Result,
  { evidence, path }: Pointer,
): Promise<EvidenceFile | null> {
  const entry = result.evidence.find(({ id }) => id === evidence);
  if (!entry) return null;
  const root = result.evidence.find((other) => entry.path === other.path || isBelow(entry.path, other.path));
  const below = entry.path.slice((root ?? entry).path.length);
  for (const source of sources) {
    const isSame = source.path === `${referencePath}${below}` || source.path.endsWith(below);
    const kinds = HEAPS.includes(entry.kind) ? HEAPS : [entry.kind];
    if (!isSame || !kinds.includes(source.kind)) continue;
    // Evidence that was put in its place, or grew, is not what was read.
    if (below === '' && isRoot(source, referencePath) && source.sizeBytes !== sizeBytes) return null;
    const file = await source.file(path);
    if (file) return file;
  }
  return null;
}

function isRoot(source: EvidenceSource, referencePath: string): boolean {
  return source.path === referencePath;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`) || path.startsWith(`${above}!/`);
}

/** The record behind a pointer: by its time where the finding has one, else looked for. */
async function storedRecord(
  desk: Desk,
  caseId: string,
  runId: string,
  finding: ResultFinding,
  pointer: Pointer,
): Promise<EvidenceRecord | null> {
  const fits = (own: string, { source }: EvidenceRecord): boolean =>
    own === runId &&
    source.evidence === pointer.evidence &&
    source.path === pointer.path &&
    source.locator === pointer.locator;
  if (finding.at !== null) {
    const { moments } = desk.vault.records.timeline({
      caseId,
      from: finding.at,
      to: finding.at,
      limit: RECORDS_AT_A_MOMENT,
    });
    const found = moments.find(({ stored }) => fits(stored.runId, stored.record));
    if (found) return found.stored.record;
  }
  let searched = 0;
  for (const page of desk.vault.records.all(caseId)) {
    const found = page.find((stored) => fits(stored.runId, stored.record));
    if (found) return found.record;
    searched += page.length;
    if (searched > MAX_SEARCHED_RECORDS) return null;
    await nextTurn();
  }
  return null;
}
