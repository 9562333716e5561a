import { type Technique, techniqueOf } from '../../casework/correlation/correlate.js';
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
  readonly #techniques = new Map<string, Technique>();

  constructor(desk: Desk, own: Case) {
    for (const run of desk.vault.runs.list(own.id)) this.#labels.set(run.id, run.evidence);
    for (const { id: runId, name, result } of finishedRuns(desk, own)) {
      for (const { id, severity, evidence, detector } of result.findings) {
        if (evidence.length > 0) this.#techniques.set(`${name} ${id}`, techniqueOf({ detector }));
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

  /** By which technique a finding is, `R1 f3`. */
  techniqueOf(finding: string): Technique | null {
    return this.#techniques.get(finding) ?? null;
  }

  /** Of all findings that point somewhere. */
  get techniques(): ReadonlySet<Technique> {
    return new Set(this.#techniques.values());
  }

  get severities(): ReadonlySet<string> {
    return new Set(
      [...this.#byPlace.values()].flatMap((findings) => findings.map(({ severity }) => severity)),
    );
  }

  /** Label of the evidence of a record, `E-001`; as its run calls it where it has none. */
  label({ runId, record }: StoredRecord): string {
    return this.#labels.get(runId)?.[record.source.evidence] ?? record.source.evidence;
  }
}

/** Place among the severities, the gravest last. */
export function gravity({ severity }: Pick<EventRow['findings'][number], 'severity'>): number {
  return (SEVERITIES as readonly string[]).indexOf(severity);
}

function placeKey(
  runId: string,
  { evidence, path, locator }: { evidence: string; path: string; locator: string },
): string {
  return [runId, evidence, path, locator].join('\0');
}
