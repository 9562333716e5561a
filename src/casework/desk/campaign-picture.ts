import type { Translator } from '../../core/language.js';
import { peopleChart } from '../../report/people-chart.js';
import type { Correlation } from '../correlation/correlate.js';

/** More rows nobody reads; those of campaigns and of several techniques come first. */
const MAX_ROWS = 60;

/**
 * All techniques over time, one row for each person, and what was published and heard in a row of its own. Null when nothing
 * has a date.
 */
export async function campaignPicture(found: Correlation, translate: Translator): Promise<string | null> {
  const calendarRow = found.calendar.length > 0 ? [translate('casework.correlation.calendar')] : [];
  const first = [
    ...found.campaigns.flatMap(({ people }) => people),
    ...found.concurrences.map(({ person }) => person),
  ];
  // Where servers stood years before stretches the axis, and is nothing that a person met.
  const events = found.events.filter(({ technique }) => technique !== 'surveillance-server');
  const people = [...new Set([...first, ...events.map(({ person }) => person)])].slice(0, MAX_ROWS);
  const rows = [...calendarRow, ...people];
  const rowOf = new Map(rows.map((row, index) => [row, index]));
  const marks = events.flatMap(({ person, at, severity, technique }) => {
    const row = rowOf.get(person);
    return row === undefined || at === null
      ? []
      : [{ row, at, severity, group: translate(`casework.techniques.${technique}`) }];
  });
  const dates = found.calendar.map(({ at, kind }) => ({
    row: 0,
    at,
    severity: 'info' as const,
    group: translate(`casework.correlation.${kind}`),
  }));
  const figure = await peopleChart(
    {
      id: 'campaigns',
      title: translate('casework.correlation.picture'),
      picture: { kind: 'people-over-time', rows, marks: [...dates, ...marks] },
    },
    translate,
  );
  return figure?.svg ?? null;
}
