import { LOCALES, type Translator } from '../../core/language.js';

/** A span of time as people write it: the day once, when it begins and ends on the same. `4 mar 2026, 18:00–18:20` */
export function periodText({ language, timeZone }: Translator, from: string, to: string): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    ...{ timeZone, day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  // Programs that read the file take no other spaces than the plain one.
  return format.formatRange(Date.parse(from), Date.parse(to)).replace(/\s/gu, ' ');
}
