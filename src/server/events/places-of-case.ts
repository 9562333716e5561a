import type { Desk } from '../../casework/desk/desk.js';
import type { Case } from '../../casework/model/case.js';
import type { LineFilter } from '../../casework/vault/case-timeline.js';
import { FindingPlaces } from './finding-places.js';
import { isChoosing, type RecordChoice, RecordMarks } from './record-marks.js';

/** While a check goes on its records are taken over no more often than this. */
const STALE_MS = 20_000;

/** Kept for the case that is looked at, until a check of it ends. */
export class FindingPlacesOfCase {
  #kept: { readonly desk: Desk; readonly key: string; readonly places: FindingPlaces } | null = null;
  #read: {
    readonly places: FindingPlaces;
    readonly records: number;
    readonly readMs: number;
    readonly marks: Promise<RecordMarks>;
  } | null = null;

  of(desk: Desk, own: Case): FindingPlaces {
    const runs = desk.vault.runs.list(own.id).map(({ id, finishedAt }) => [id, finishedAt]);
    const key = JSON.stringify([own.id, runs]);
    if (this.#kept?.desk !== desk || this.#kept.key !== key)
      this.#kept = { desk, key, places: new FindingPlaces(desk, own) };
    return this.#kept.places;
  }

  /** The records that are left when evidence, people or findings are chosen; null when none of them is. */
  async chosen(desk: Desk, own: Case, choice: RecordChoice): Promise<LineFilter['only'] | null> {
    if (!isChoosing(choice)) return null;
    return (await this.#marks(desk, own)).choose(choice);
  }

  /** Reads on its own what {@link chosen} needs: a second or more with a million records. */
  prepare(desk: Desk, own: Case): void {
    void this.#marks(desk, own).catch(() => undefined);
  }

  #marks(desk: Desk, own: Case): Promise<RecordMarks> {
    const places = this.of(desk, own);
    const records = desk.vault.records.count(own.id);
    const now = performance.now();
    const known = this.#read;
    if (known?.places === places && (known.records === records || now - known.readMs < STALE_MS))
      return known.marks;
    const marks = RecordMarks.read(desk, own, places);
    const read = { places, records, readMs: now, marks };
    this.#read = read;
    marks.catch(() => {
      if (this.#read === read) this.#read = null;
    });
    return marks;
  }
}
