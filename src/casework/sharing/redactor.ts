import type { TimePrecision } from '../../core/contracts.js';
import type { ExportIds } from './export-ids.js';
import { type Mask, maskDeep } from './mask.js';
import { SHARED_FIELDS, type SharedField, type Treatment, treatmentOf } from './policy.js';
import type { SharingProfile } from './shareable.js';
import type { RedactedField, SharedTime } from './shared.js';

const STORED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** Applies the policy of one profile, field by field, and counts what it does. */
export class Redactor {
  readonly #counts = new Map<SharedField, number>();

  constructor(
    readonly profile: SharingProfile,
    readonly ids: ExportIds,
    readonly mask: Mask,
    /** Whether a text holds something known about the client, whatever consent says. */
    readonly isClients: (text: string) => boolean,
  ) {}

  treatment(field: SharedField): Treatment {
    return treatmentOf(field, this.profile);
  }

  keeps(field: SharedField): boolean {
    return this.treatment(field) !== 'remove';
  }

  /** Says that values of a field did not leave as they were. */
  count(field: SharedField, values = 1): void {
    if (values > 0) this.#counts.set(field, (this.#counts.get(field) ?? 0) + values);
  }

  /** A value that leaves as it is or not at all. */
  plain<T>(field: SharedField, value: T): T | null {
    if (this.treatment(field) === 'keep') return value;
    if (!isNothing(value)) this.count(field, Array.isArray(value) ? value.length : 1);
    return null;
  }

  list<T>(field: SharedField, values: readonly T[]): readonly T[] {
    return this.plain(field, values) ?? [];
  }

  /** A text that leaves as it is, masked, or not at all. */
  text(field: SharedField, value: string): string | null {
    if (value === '') return null;
    switch (this.treatment(field)) {
      case 'keep':
        return value;
      case 'mask': {
        const masked = this.mask(value);
        if (masked !== value) this.count(field);
        return masked;
      }
      default:
        this.count(field);
        return null;
    }
  }

  texts(field: SharedField, values: readonly string[]): string[] {
    return values.flatMap((value) => this.text(field, value) ?? []);
  }

  /** A JSON object whose texts leave masked, or not at all. */
  json(
    field: SharedField,
    value: Readonly<Record<string, unknown>> | undefined,
  ): Readonly<Record<string, unknown>> | null {
    if (value === undefined) return null;
    const treatment = this.treatment(field);
    if (treatment === 'keep') return value;
    if (treatment !== 'mask') {
      this.count(field, Object.keys(value).length);
      return null;
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const masked = maskDeep(inner, this.mask);
        if (JSON.stringify(masked) !== JSON.stringify(inner)) this.count(field);
        return [this.mask(key), masked];
      }),
    );
  }

  /** A name that leaves as it is, as a pseudonym, or not at all. */
  name(field: SharedField, prefix: string, value: string): string | null {
    if (value === '') return null;
    const treatment = this.treatment(field);
    if (treatment === 'keep') return value;
    if (treatment === 'mask') return this.text(field, value);
    this.count(field);
    return treatment === 'pseudonym' ? this.ids.pseudonym(prefix, value) : null;
  }

  /** A time that leaves as exact as the profile allows. */
  time(field: SharedField, at: string | null, precision?: TimePrecision): SharedTime | null {
    if (at === null || !STORED_TIME.test(at)) return null;
    const treatment = this.treatment(field);
    if (treatment !== 'keep') this.count(field);
    const known = treatment === 'month' || precision === 'month' ? 'month' : 'day';
    switch (treatment) {
      case 'keep':
        return precision === 'month' || precision === 'day'
          ? { at: coarse(at, precision), known: precision }
          : { at, known: 'exact' };
      case 'day':
      case 'month':
        return { at: coarse(at, known), known };
      default:
        return null;
    }
  }

  fields(): RedactedField[] {
    return SHARED_FIELDS.flatMap((field) => {
      const treatment = this.treatment(field);
      const values = this.#counts.get(field) ?? 0;
      return treatment === 'keep' || values === 0 ? [] : [{ field, treatment, values }];
    });
  }

  /** A second one of the same policy, whose counts are its own. */
  fresh(): Redactor {
    return new Redactor(this.profile, this.ids, this.mask, this.isClients);
  }

  /** Takes over counts of a pass over the records: the largest of several passes over the same. */
  takeLargest(pass: Redactor): void {
    for (const [field, count] of pass.#counts)
      this.#counts.set(field, Math.max(this.#counts.get(field) ?? 0, count));
  }
}

/** The first moment of the day or month. */
function coarse(at: string, known: 'day' | 'month'): string {
  return known === 'day' ? `${at.slice(0, 10)}T00:00:00.000000Z` : `${at.slice(0, 7)}-01T00:00:00.000000Z`;
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
