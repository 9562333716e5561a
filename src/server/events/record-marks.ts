/** Which evidence each record of a case is from, and which findings point at it: read once, then chosen from in milliseconds. */
import { setImmediate } from 'node:timers/promises';
import type { Desk } from '../../casework/desk/desk.js';
import type { Case } from '../../casework/model/case.js';
import type { LineFilter } from '../../casework/vault/case-timeline.js';
import { RecordSet } from '../../casework/vault/moment-index.js';
import type { EventRow, EventsQuery } from '../api/api.js';
import { type FindingPlaces, gravity } from './finding-places.js';

export type RecordChoice = Pick<EventsQuery, 'evidence' | 'people' | 'severity' | 'techniques'>;

export function isChoosing({ evidence, people, severity, techniques }: RecordChoice): boolean {
  return severity !== undefined || [evidence, people, techniques].some((list) => (list?.length ?? 0) > 0);
}

/** Records one after the other that are from the same evidence: labels come in long runs. */
interface Stretch {
  readonly first: number;
  last: number;
  readonly label: string;
}

export class RecordMarks {
  readonly #stretches: Stretch[] = [];
  readonly #pointedAt = new Map<number, EventRow['findings']>();
  readonly #people: ReadonlyMap<string, string>;
  readonly #places: FindingPlaces;

  private constructor(places: FindingPlaces, people: ReadonlyMap<string, string>) {
    this.#places = places;
    this.#people = people;
  }

  static async read(desk: Desk, own: Case, places: FindingPlaces): Promise<RecordMarks> {
    const items = desk.vault.evidence.list(own.id);
    const marks = new RecordMarks(places, new Map(items.map((item) => [item.label, item.receivedFrom])));
    for (const page of desk.vault.records.all(own.id)) {
      for (const stored of page) {
        const label = places.label(stored);
        const open = marks.#stretches.at(-1);
        if (open?.label === label && open.last + 1 === stored.id) open.last = stored.id;
        else marks.#stretches.push({ first: stored.id, last: stored.id, label });
        const findings = places.of(stored);
        if (findings.length > 0) marks.#pointedAt.set(stored.id, findings);
      }
      await setImmediate();
    }
    return marks;
  }

  choose({ evidence = [], people = [], severity, techniques = [] }: RecordChoice): LineFilter['only'] {
    const key = JSON.stringify([[...evidence].sort(), [...people].sort(), severity, [...techniques].sort()]);
    const records = new RecordSet(this.#stretches[0]?.first ?? 1, this.#stretches.at(-1)?.last ?? 0);
    const [labels, persons] = [new Set(evidence), new Set(people)];
    const isFrom = (label: string): boolean =>
      (labels.size === 0 || labels.has(label)) &&
      (persons.size === 0 || persons.has(this.#people.get(label) ?? ''));
    const isOfFindings = severity !== undefined || techniques.length > 0;
    const least = severity === undefined ? 0 : gravity({ severity });
    const isMeant = (findings: EventRow['findings']): boolean =>
      findings.some(
        (finding) =>
          gravity(finding) >= least &&
          (techniques.length === 0 || techniques.includes(this.#places.techniqueOf(finding.id) ?? '')),
      );
    for (const { first, last, label } of this.#stretches) {
      if (!isFrom(label)) continue;
      for (let id = first; id <= last; id += 1)
        if (!isOfFindings || isMeant(this.#pointedAt.get(id) ?? [])) records.add(id);
    }
    return { key, records };
  }
}
