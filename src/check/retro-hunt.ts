/** New indicators over everything that the vault holds. */
import type { Desk } from '../casework/desk/desk.js';
import type { StoredMatch } from '../casework/vault/hunt-store.js';
import type { EvidenceRecord, IndicatorMatcher } from '../core/contracts.js';

/** An indicator that fits something stored, and where it was seen first. */
export interface HuntHit extends StoredMatch {
  readonly code: string;
  /** How many records have it. */
  readonly records: number;
  readonly first: EvidenceRecord;
}

export interface Hunted {
  /** Values that were compared. */
  readonly compared: number;
  /** Those that were not said by an earlier hunt. */
  readonly fresh: readonly HuntHit[];
  readonly known: number;
  /** Cases with evidence of which most leaves no record (captures, logs): their originals have to be checked again. */
  readonly thin: readonly string[];
}

/** Compares all that is stored with indicators, and says what is new. */
export function retroHunt({ vault }: Desk, matcher: IndicatorMatcher): Hunted {
  const codes = new Map(vault.cases.list().map(({ id, code }) => [id, code]));
  const hits: HuntHit[] = [];
  let compared = 0;
  for (const page of vault.records.observables()) {
    for (const { caseId, type, act, value, records, firstRecord } of page) {
      compared += 1;
      for (const { indicator } of matcher.match({ type, value })) {
        hits.push({
          caseId,
          code: codes.get(caseId) ?? '',
          observable: { type, value, act },
          indicator: { type: indicator.type, value: indicator.value, feed: indicator.feed },
          records,
          first: vault.records.get(firstRecord).record,
        });
      }
    }
  }
  const fresh = vault.hunts.keepNew(hits);
  return { compared, fresh, known: hits.length - fresh.length, thin: thinCases(vault) };
}

function thinCases(vault: Desk['vault']): string[] {
  return vault.cases
    .list()
    .filter(({ id }) =>
      vault.runs
        .list(id)
        .some((run) =>
          vault.runs.result(run.id)?.coverage.some(({ passedOver }) => passedOver !== undefined),
        ),
    )
    .map(({ code }) => code);
}
