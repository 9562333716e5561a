import type { Language } from '../../../../../src/core/contracts.js';
import { LOCALES } from '../../../../../src/core/language.js';

/** Times of the line in one zone, and what a field of date and time holds in it. */
export interface ZoneTime {
  readonly zone: string;
  /** `12 jul 2016, 17:03:22`; what is no time, as it is. */
  format(at: string): string;
  /** `2016-07-12T17:03`, or `` when there is none. */
  toField(at: string | null): string;
  /** The moment a field means, in milliseconds since 1970; null while it is not written out. */
  fromField(value: string): number | null;
}

const FIELD = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?/;

export function zoneTime(language: Language, zone: string): ZoneTime {
  const clock = new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  // Swedish writes a time as fields do.
  const wall = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const wallMs = (ms: number): number => Date.parse(`${wall.format(ms).replace(' ', 'T')}Z`);
  return {
    zone,
    format(at) {
      const ms = Date.parse(at);
      return Number.isNaN(ms) ? at : clock.format(ms);
    },
    toField(at) {
      const ms = at === null ? Number.NaN : Date.parse(at);
      return Number.isNaN(ms) ? '' : wall.format(ms).replace(' ', 'T').slice(0, 16);
    },
    fromField(value) {
      const parts = FIELD.exec(value)
        ?.slice(1)
        .map((part) => Number(part ?? 0));
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = parts ?? [];
      // While a year is typed it is 2, 20 and 201 first.
      if (!parts || year < 1970) return null;
      const asUtc = Date.UTC(year, month - 1, day, hour, minute);
      // Twice: the offset at the moment itself may be another than the first guess near a change of the clocks.
      const guess = asUtc - (wallMs(asUtc) - asUtc);
      return guess - (wallMs(guess) - asUtc);
    },
  };
}

/** Stored form: microseconds. */
export function storedTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** The last microsecond before a moment. */
export function lastBefore(ms: number): string {
  return new Date(ms - 1).toISOString().replace('Z', '999Z');
}
