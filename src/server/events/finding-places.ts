import { finishedRuns } from '../../casework/desk/case-facts.js';
import type { Desk } from '../../casework/desk/desk.js';
import type { Case } from '../../casework/model/case.js';
import type { StoredRecord } from '../../casework/vault/record-store.js';
import { SEVERITIES } from '../../core/contracts.js';
import type { EventRow } from '../api/api.js';

/** Which findings point at which record, and what `e1` of each run is called in the case. */
export class FindingPlaces {
  readonly #byPlace = new Map<string, EventRow['findings'][number][]>();
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();

  constructor(desk: Desk, own: Case) {
    for (const run of desk.vault.runs.list(own.id)) this.#labels.set(run.id, run.evidence);
    for (const { id: runId, name, result } of finishedRuns(desk, own)) {
      for (const { id, severity, evidence } of result.findings) {
        for (const place of evidence) {
          const key = placeKey(runId, place);
          const known = this.#byPlace.get(key) ?? [];
          const finding = { id: `${name} ${id}`, severity };
          if (!known.some((one) => one.id === finding.id)) known.push(finding);
          this.#byPlace.set(key, known);
        }
      }
    }
    for (const findings of this.#byPlace.values()) findings.sort((a, b) => gravity(b) - gravity(a));
  }

  of({ runId, record }: StoredRecord): EventRow['findings'] {
    return this.#byPlace.get(placeKey(runId, record.source)) ?? [];
  }

  /** Label of the evidence of a record, `E-001`; as its run calls it where it has none. */
  label({ runId, record }: StoredRecord): string {
    return this.#labels.get(runId)?.[record.source.evidence] ?? record.source.evidence;
  }
}

function gravity({ severity }: EventRow['findings'][number]): number {
  return SEVERITIES.findIndex((one) => one === severity);
}

function placeKey(
  runId: string,
  { evidence, path, locator }: { evidence: string; path: string; locator: string },
): string {
  return [runId, evidence, path, locator].join('\0');
}

/** Kept for the case that is looked at, until a check of it ends. */
export class FindingPlacesOfCase {
  #kept: { readonly desk: Desk; readonly key: string; readonly places: FindingPlaces } | null = null;

  of(desk: Desk, own: Case): FindingPlaces {
    const runs = desk.vault.runs.list(own.id).map(({ id, finishedAt }) => [id, finishedAt]);
    const key = JSON.stringify([own.id, runs]);
    if (this.#kept?.desk !== desk || this.#kept.key !== key)
      this.#kept = { desk, key, places: new FindingPlaces(desk, own) };
    return this.#kept.places;
  }
}
