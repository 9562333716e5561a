/** Moments that come at even distances: a row for each pair of ends, a stroke for each moment. */
import type { Translator } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';
import { defang } from '../records/links.js';
import {
  axisLabels,
  cutInside,
  drawingTools,
  drawMark,
  type Figure,
  hourFormat,
  marginFor,
  narrowAxisTicks,
  shortAxisSpan,
  svgText,
  tableOf,
  tickFormat,
} from './chart-parts.js';
import { dayFormat, spanFormat, wallClock } from './dates.js';
import { SEVERITY_INKS } from './marks.js';
import { printable } from './printable.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'intervals' }>;

/** Hardly wider than a phone. */
const WIDTH = 400;
/** An axis with days needs more. */
const DAYS_WIDTH = 520;
const ROW_HEIGHT = 36;
const MAX_ROWS = 30;
const MAX_MOMENTS = 500;
const LABEL_LETTERS = 22;
const MARK_SIZE = 11;
const DAY_MS = 86_400_000;
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** Null when no moment is a time. */
export async function intervalsFigure(
  { id, title, picture }: { readonly id: string; readonly title: string; readonly picture: Picture },
  translate: Translator,
): Promise<Figure | null> {
  const clock = wallClock(translate);
  const rows = picture.rows
    .slice(0, MAX_ROWS)
    .map((row) => ({ ...row, moments: row.moments.filter(isTime).slice(0, MAX_MOMENTS).sort() }))
    .filter(({ moments }) => moments.length > 0);
  const times = [picture.from, picture.to]
    .filter(isTime)
    .concat(rows.flatMap(({ moments }) => moments))
    .sort();
  const [first] = times;
  const last = times.at(-1);
  if (rows.length === 0 || first === undefined || last === undefined) return null;
  const names = rows.map(({ label }) => printable(defang(label), 200));
  const labels = axisLabels(
    names.map((name) => cutInside(name, LABEL_LETTERS)),
    LABEL_LETTERS,
  );
  const data = rows.map((row, index) => ({
    ...row,
    row: labels[index] ?? '',
    words: translate('report.intervals.every', distance(row.intervalSeconds)),
  }));
  const strokes = data.flatMap(({ row, severity, moments }) =>
    moments.map((at) => ({ row, severity, time: clock(at) })),
  );
  const { from, to } = shortAxisSpan(clock(first), clock(last));
  const spanMs = to.getTime() - from.getTime();
  const isWithinDay = spanMs < DAY_MS;
  const width = isWithinDay ? WIDTH : DAYS_WIDTH;
  const marginLeft = marginFor(labels) + MARK_SIZE + 6;
  const { Plot, document } = await drawingTools();
  const height = 52 + ROW_HEIGHT * data.length;
  type Row = (typeof data)[number];
  type Stroke = (typeof strokes)[number];
  const svg = Plot.plot({
    document,
    width,
    height,
    marginTop: 12,
    marginLeft,
    marginRight: 36,
    marginBottom: 32,
    x: {
      type: 'utc',
      label: null,
      ticks: narrowAxisTicks(from, to),
      tickFormat: isWithinDay ? hourFormat(spanMs, translate) : tickFormat(spanMs, translate),
      domain: [from, to],
      grid: true,
    },
    y: { type: 'band', paddingInner: 0.6, paddingOuter: 0.5, axis: null, domain: labels },
    marks: [
      Plot.axisY({ label: null, tickSize: 0, tickPadding: MARK_SIZE + 8 }),
      Plot.tickX(strokes, {
        x: 'time',
        y: 'row',
        stroke: (stroke: Stroke) => SEVERITY_INKS[stroke.severity],
        strokeWidth: strokes.length > 400 ? 1 : 1.5,
      }),
      // Above its row, where the strokes of no row are.
      Plot.text(data, {
        x: from,
        y: 'row',
        text: (row: Row) => row.words,
        textAnchor: 'start',
        dx: 2,
        dy: -16,
        fill: '#1b2126',
        fontSize: 11,
      }),
    ],
  });
  const y = svg.scale('y');
  const marks = data.map((row, index) =>
    drawMark(
      { severity: row.severity, words: `${names[index] ?? ''} · ${row.words}` },
      marginLeft - MARK_SIZE - 5,
      Number(y?.apply(row.row)) + Number(y?.bandwidth ?? 0) / 2 - MARK_SIZE / 2,
      MARK_SIZE,
    ),
  );
  const caption = translate('report.intervals.title', {
    day: dayFormat(translate)(first),
    isWithinDay: isWithinDay ? 'yes' : 'no',
  });
  const when = spanFormat(translate);
  const leftOut = picture.rows.length - rows.length;
  return {
    svg: svgText(svg, marks.join(''), {
      id: `picture-${id}`,
      title: `${title}. ${caption}`,
      description: translate('report.intervals.description', { rows: data.length }),
      className: isWithinDay ? 'narrow' : 'time',
    }),
    width,
    height,
    caption,
    notes: [
      translate('report.intervals.note'),
      ...(leftOut > 0 ? [translate('report.intervals.leftOut', { count: leftOut })] : []),
    ],
    table: tableOf(
      ['host', 'interval', 'moments', 'when', 'sign'].map((name) => ({
        label: translate(`report.intervals.columns.${name}`),
        isCount: name === 'moments',
      })),
      data.map((row, index) => [
        names[index] ?? '',
        row.words,
        translate.number(row.moments.length),
        when(row.moments[0] ?? null, row.moments.at(-1) ?? null) ?? '',
        translate(`severity.${row.severity}`),
      ]),
    ),
  };
}

function isTime(at: string): boolean {
  return !Number.isNaN(Date.parse(at));
}

/** Under two of a unit the smaller one is told: 90 minutes say more than 1.5 hours. */
function distance(seconds: number): { readonly count: number; readonly unit: string } {
  const [size, unit] =
    seconds < 2 * MINUTE
      ? ([1, 'seconds'] as const)
      : seconds < 2 * HOUR
        ? ([MINUTE, 'minutes'] as const)
        : seconds < 2 * DAY
          ? ([HOUR, 'hours'] as const)
          : ([DAY, 'days'] as const);
  return { count: Math.round((seconds / size) * 10) / 10, unit };
}
