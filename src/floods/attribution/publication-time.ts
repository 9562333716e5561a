import type { CaseProfile, Publication } from '../../core/case-profile.js';
import { parseLocalDate, recordTime } from '../../formats/local-time.js';
import type { Published } from './publications.js';

const SECONDS_OF: Readonly<Record<string, number>> = { day: 86_400, minute: 60 };

/** When something was published, in Unix seconds; null for what is no date. A day alone lasts until its last second. */
export function publicationTime(
  at: string,
  { dateOrder, timeZone }: Pick<CaseProfile, 'dateOrder' | 'timeZone'>,
  ownZone?: string,
): Published | null {
  const written = parseLocalDate(at.trim());
  if (written === null) return null;
  const zone = ownZone ?? timeZone;
  const time = recordTime(written, dateOrder ?? 'day-first', zone === undefined ? {} : { timeZone: zone });
  if (time.at === null) return null;
  const from = Date.parse(time.at) / 1_000;
  return { from, to: from + (SECONDS_OF[time.atPrecision ?? 'second'] ?? 1) - 1 };
}

/** Publications of a profile with their times; those without a readable one are left out. */
export function publicationsOf(
  profile: CaseProfile,
): readonly { readonly title: string; readonly time: Published }[] {
  return profile.publications.flatMap(({ at, title, timeZone }: Publication) => {
    const time = publicationTime(at, profile, timeZone);
    return time === null ? [] : [{ title, time }];
  });
}
