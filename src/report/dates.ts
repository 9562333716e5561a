import type { TimePrecision } from '../core/contracts.js';
import { LOCALES, type Translator } from '../core/language.js';
import { printable } from './printable.js';

/**
 * A time of the result in the reader's zone and language, or the word for none. What is no time is shown as the text it
 * is. A day or month alone is that of the evidence, in no zone.
 */
export function timeWords(at: string | null, translate: Translator, precision?: TimePrecision): string {
  if (at === null) return translate('report.undated');
  const isDate = precision === 'day' || precision === 'month';
  return printable(isDate ? translate.value({ date: at, precision }) : translate.time(at), 60);
}

/** The day of a stored time in the reader's zone and language, without the hour: `29 ago 2019`; of a month `ago 2019`. */
export function dayFormat(translate: Translator): (at: string, precision?: TimePrecision) => string {
  const locale = LOCALES[translate.language];
  const monthOf = { month: 'short', year: 'numeric' } as const;
  const day = new Intl.DateTimeFormat(locale, { timeZone: translate.timeZone, day: 'numeric', ...monthOf });
  const dayAlone = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', ...monthOf });
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...monthOf });
  return (at, precision) => {
    const milliseconds = Date.parse(at);
    const format = precision === 'month' ? month : precision === 'day' ? dayAlone : day;
    return Number.isNaN(milliseconds) ? '' : format.format(milliseconds);
  };
}

/**
 * From a stored time to another in the reader's zone and language, the day only once where both are of it:
 * `2 mar 2026, 04:00:12 – 04:27:42`. Null without a time.
 */
export function spanFormat(
  translate: Translator,
): (first: string | null, last: string | null) => string | null {
  const clock = new Intl.DateTimeFormat(LOCALES[translate.language], {
    timeZone: translate.timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const day = dayFormat(translate);
  return (first, last) => {
    const [from, to] = [first, last].map((at) => (at === null || Number.isNaN(Date.parse(at)) ? null : at));
    if (!from) return to ? translate.time(to) : null;
    const begins = translate.time(from);
    const ends = to ? translate.time(to) : begins;
    if (begins === ends || !to) return begins;
    return `${begins} – ${day(from) === day(to) ? clock.format(Date.parse(to)) : ends}`;
  };
}

/**
 * What a clock on the wall shows in the reader's zone, as if it were UTC: drawing libraries know no zones, and an axis
 * in UTC would put an evening message on the next day.
 */
export function wallClock(translate: Translator): (at: string) => Date {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: translate.timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (at) => {
    const parts = new Map(
      format.formatToParts(Date.parse(at)).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return new Date(
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')),
    );
  };
}
