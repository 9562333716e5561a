/** Where servers stand, as bars, and from when to when each was seen, as a time line. */
import { compareText } from '../core/compare-text.js';
import { isIP } from '../core/ip-address.js';
import { LOCALES, type Translator } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';
import { defang } from '../records/links.js';
import {
  axisLabels,
  axisSpan,
  axisTicks,
  cutInside,
  drawingTools,
  drawMark,
  type Figure,
  type FigureTable,
  LETTER_PIXELS,
  marginFor,
  svgText,
  tableOf,
  tickFormat,
} from './chart-parts.js';
import { SEVERITY_INKS } from './marks.js';
import { printable } from './printable.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'servers' }>;
type Span = Picture['spans'][number];

interface Drawn {
  readonly id: string;
  readonly title: string;
  readonly picture: Picture;
}

/** Hardly wider than a phone: bars and columns are read there without moving them. */
const BARS_WIDTH = 400;
const BAR_HEIGHT = 20;
const MAX_BARS = 40;
const BAR_LABEL_LETTERS = 24;
const BAR_INK = '#125c66';
const OTHERS_INK = '#6b757e';

const ROWS_WIDTH = 500;
const SPAN_HEIGHT = 17;
/** Above so many addresses a row each would not fit on a page: then they are counted by month. */
const MAX_SPAN_ROWS = 60;
const SPAN_LABEL_LETTERS = 21;
const MARK_SIZE = 11;
const PERIODS_HEIGHT = 220;
/** Above so many months (a wrong date is enough) years are counted. */
const MAX_MONTHS = 240;

/** From so long a time on the days of an axis would say nothing. */
const MONTHS_ON_AXIS_MS = 120 * 86_400_000;
/** A scan is told by its day: hours on the axis would say more than is known. */
const SHORTEST_AXIS_MS = 28 * 86_400_000;
const FIRST_OF_MONTH = /^\d{4}-\d\d-01T00:00:00\.000000Z$/;

/**
 * Up to two figures: bars when there are any, a time line when anything has a date. Dates are told in UTC: those of a scan
 * belong to no reader's zone, and a month is stored as its first moment in UTC.
 */
export async function serversFigures(drawn: Drawn, translate: Translator): Promise<Figure[]> {
  const figures = [await barsFigure(drawn, translate), await timeFigure(drawn, translate)];
  return figures.filter((figure) => figure !== null);
}

async function barsFigure({ id, title, picture }: Drawn, translate: Translator): Promise<Figure | null> {
  const sorted = [...picture.bars].sort((a, b) => b.count - a.count);
  if (sorted.length === 0) return null;
  const own = sorted.length > MAX_BARS ? sorted.slice(0, MAX_BARS - 1) : sorted;
  const rest = sorted.slice(own.length);
  const others = rest.reduce((sum, { count }) => sum + count, 0);
  const names = own.map(({ label }) => label);
  if (rest.length > 0) names.push(translate('report.servers.others', { count: rest.length }));
  const labels = axisLabels(names, BAR_LABEL_LETTERS);
  const highest = Math.max(1, own[0]?.count ?? 0);
  // The sum of the others may be many times the largest: its bar then ends where the largest does, and says so.
  const isCut = others > highest;
  const data = labels.map((label, index) => {
    const bar = own[index];
    return {
      label,
      count: bar?.count ?? others,
      length: Math.min(highest, bar?.count ?? others),
      isOwn: bar !== undefined,
    };
  });
  const { Plot, document } = await drawingTools();
  const height = 16 + BAR_HEIGHT * data.length;
  type Bar = (typeof data)[number];
  const svg = Plot.plot({
    document,
    width: BARS_WIDTH,
    height,
    marginTop: 8,
    marginBottom: 8,
    marginLeft: marginFor(labels),
    marginRight: translate.number(Math.max(highest, others)).length * LETTER_PIXELS + 14,
    x: { axis: null, domain: [0, highest] },
    y: { type: 'band', padding: 0.25, round: false, label: null, tickSize: 0, domain: labels },
    marks: [
      Plot.barX(data, {
        x: 'length',
        y: 'label',
        fill: (bar: Bar) => (bar.isOwn ? BAR_INK : OTHERS_INK),
        fillOpacity: (bar: Bar) => (bar.isOwn || !isCut ? 1 : 0.35),
        stroke: (bar: Bar) => (bar.isOwn ? 'none' : OTHERS_INK),
      }),
      Plot.text(data, {
        x: 'length',
        y: 'label',
        text: (bar: Bar) => translate.number(bar.count),
        textAnchor: 'start',
        dx: 5,
        fill: '#1b2126',
      }),
    ],
  });
  const caption = translate('report.servers.barsTitle');
  const servers = own.reduce((sum, { count }) => sum + count, others);
  return {
    svg: svgText(svg, '', {
      id: `picture-${id}-bars`,
      title: `${title}. ${caption}`,
      description: translate('report.servers.barsDescription', { bars: data.length, servers }),
      className: 'narrow',
    }),
    width: BARS_WIDTH,
    height,
    caption,
    notes:
      rest.length > 0
        ? [translate('report.servers.othersNote', { count: rest.length, isCut: isCut ? 'yes' : 'no' })]
        : [],
    table: tableOf(
      [column('place', translate), column('servers', translate, true)],
      sorted.map(({ label, count }) => [printable(label, 200), translate.number(count)]),
      rest.length === 0,
    ),
  };
}

async function timeFigure(drawn: Drawn, translate: Translator): Promise<Figure | null> {
  const spans = drawn.picture.spans
    .filter(({ from }) => !Number.isNaN(Date.parse(from)))
    .sort((a, b) => compareText(a.from, b.from) || compareText(a.label, b.label));
  if (spans.length === 0) return null;
  return spans.length > MAX_SPAN_ROWS
    ? periodsFigure(drawn, spans, translate)
    : rowsFigure(drawn, spans, translate);
}

/** A row for each address. */
async function rowsFigure(
  { id, title }: Drawn,
  spans: readonly Span[],
  translate: Translator,
): Promise<Figure> {
  const day = dayWords(translate);
  const names = spans.map(({ label }) => addressWords(label));
  const labels = axisLabels(
    names.map((name) => cutInside(name, SPAN_LABEL_LETTERS)),
    SPAN_LABEL_LETTERS,
  );
  const data = spans.map((span, index) => {
    const from = day(span.from, span.to === null);
    const to = endOf(span) ? day(endOf(span) ?? '', false) : null;
    return {
      label: labels[index] ?? '',
      severity: span.severity,
      first: new Date(Date.parse(span.from)),
      last: new Date(Date.parse(endOf(span) ?? span.from)),
      from,
      to,
      words: `${names[index]} · ${to === null || to === from ? from : `${from} – ${to}`}`,
    };
  });
  const times = data.flatMap(({ first, last }) => [first.getTime(), last.getTime()]);
  const { lowest, highest } = extremesOf(times);
  const { from, to } = daysSpan(new Date(lowest), new Date(highest));
  const { Plot, document } = await drawingTools();
  const height = 52 + SPAN_HEIGHT * data.length;
  type Row = (typeof data)[number];
  const svg = Plot.plot({
    document,
    width: ROWS_WIDTH,
    height,
    marginTop: 8,
    marginLeft: marginFor(labels),
    marginRight: 36,
    marginBottom: 32,
    x: {
      type: 'utc',
      label: null,
      // Beside the addresses there is room for few dates.
      ticks: axisTicks(from, to, isLong(from, to) ? 4 : 3),
      tickFormat: axisWords(from, to, translate),
      domain: [from, to],
      grid: true,
    },
    y: { type: 'point', padding: 0.6, label: null, tickSize: 0, domain: labels },
    marks: [
      Plot.ruleY(labels, { y: (label: string) => label, stroke: '#78838d', strokeOpacity: 0.35 }),
      Plot.ruleY(data, {
        y: 'label',
        x1: 'first',
        x2: 'last',
        stroke: (row: Row) => SEVERITY_INKS[row.severity],
        strokeWidth: 4,
      }),
    ],
  });
  const x = svg.scale('x');
  const y = svg.scale('y');
  const marks = data.map((row) =>
    drawMark(
      row,
      Number(x?.apply(row.first)) - MARK_SIZE / 2,
      Number(y?.apply(row.label)) - MARK_SIZE / 2,
      MARK_SIZE,
    ),
  );
  const caption = translate('report.servers.rowsTitle');
  const unknown = translate('report.servers.unknownEnd');
  return {
    svg: svgText(svg, marks.join(''), {
      id: `picture-${id}-time`,
      title: `${title}. ${caption}`,
      description: translate('report.servers.rowsDescription', { servers: data.length }),
      className: 'time',
    }),
    width: ROWS_WIDTH,
    height,
    caption,
    notes: [translate('report.servers.rowsNote')],
    table: tableOf(
      [
        column('address', translate),
        { label: translate('report.columns.from'), isCount: false },
        { label: translate('report.columns.to'), isCount: false },
      ],
      data.map((row, index) => [names[index] ?? '', row.from, row.to ?? unknown]),
    ),
  };
}

/** A column for each month (or year) with the number of addresses seen by then and after. */
async function periodsFigure(
  { id, title }: Drawn,
  spans: readonly Span[],
  translate: Translator,
): Promise<Figure> {
  const months = spans.map((span) => ({
    first: monthOf(span.from),
    last: Math.max(monthOf(span.from), monthOf(endOf(span) ?? span.from)),
  }));
  const { lowest: firstMonth, highest: lastMonth } = extremesOf(
    months.flatMap(({ first, last }) => [first, last]),
  );
  const unit = lastMonth - firstMonth < MAX_MONTHS ? 1 : 12;
  const start = Math.floor(firstMonth / unit);
  const periods = countPeriods(
    months.map(({ first, last }) => [Math.floor(first / unit) - start, Math.floor(last / unit) - start]),
    Math.floor(lastMonth / unit) - start + 1,
  );
  const data = periods.map((count, index) => ({
    count,
    begins: firstDay((start + index) * unit),
    ends: firstDay((start + index + 1) * unit),
  }));
  const highest = Math.max(...periods);
  const from = data[0]?.begins ?? firstDay(firstMonth);
  const to = data.at(-1)?.ends ?? firstDay(lastMonth + 1);
  const { Plot, document } = await drawingTools();
  const svg = Plot.plot({
    document,
    width: BARS_WIDTH,
    height: PERIODS_HEIGHT,
    marginTop: 16,
    marginLeft: translate.number(highest).length * LETTER_PIXELS + 18,
    marginRight: 36,
    marginBottom: 32,
    x: {
      type: 'utc',
      label: null,
      ticks: axisTicks(from, to),
      tickFormat: monthWords(translate),
      domain: [from, to],
    },
    y: {
      label: null,
      tickSize: 0,
      domain: [0, highest],
      ticks: countTicks(highest),
      tickFormat: (count: number) => translate.number(count),
      grid: true,
    },
    marks: [
      Plot.rectY(data, {
        x1: 'begins',
        x2: 'ends',
        y: 'count',
        fill: BAR_INK,
        inset: data.length > 100 ? 0 : 0.5,
      }),
      Plot.ruleY([0], { stroke: '#78838d' }),
    ],
  });
  const caption = translate(`report.servers.${unit === 1 ? 'monthsTitle' : 'yearsTitle'}`);
  const period = new Intl.DateTimeFormat(LOCALES[translate.language], {
    timeZone: 'UTC',
    year: 'numeric',
    ...(unit === 1 ? { month: 'long' } : {}),
  });
  return {
    svg: svgText(svg, '', {
      id: `picture-${id}-time`,
      title: `${title}. ${caption}`,
      description: translate('report.servers.periodsDescription', { servers: spans.length, highest }),
      className: 'narrow',
    }),
    width: BARS_WIDTH,
    height: PERIODS_HEIGHT,
    caption,
    notes: [translate('report.servers.periodsNote')],
    table: tableOf(
      [column(unit === 1 ? 'month' : 'year', translate), column('addresses', translate, true)],
      data.map(({ begins, count }) => [period.format(begins), translate.number(count)]),
    ),
  };
}

/** How many of the stretches lie over each of so many periods. In one pass: there may be a hundred thousand. */
function countPeriods(
  stretches: readonly (readonly [first: number, last: number])[],
  length: number,
): number[] {
  const changes = new Array<number>(length + 1).fill(0);
  for (const [first, last] of stretches) {
    changes[first] = (changes[first] ?? 0) + 1;
    changes[last + 1] = (changes[last + 1] ?? 0) - 1;
  }
  let count = 0;
  return changes.slice(0, length).map((change) => {
    count += change;
    return count;
  });
}

/** One by one: a call with a hundred thousand arguments fails. */
function extremesOf(values: readonly number[]): { readonly lowest: number; readonly highest: number } {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return { lowest, highest };
}

function daysSpan(first: Date, last: Date): ReturnType<typeof axisSpan> {
  const { from, to } = axisSpan(first, last);
  const missing = Math.max(0, SHORTEST_AXIS_MS - (to.getTime() - from.getTime())) / 2;
  return { from: new Date(from.getTime() - missing), to: new Date(to.getTime() + missing) };
}

/** When a span ends, where that is known and not before it began. */
function endOf({ from, to }: Span): string | null {
  return to !== null && Date.parse(to) >= Date.parse(from) ? to : null;
}

/** An address, defanged as everywhere; what stands for one (the place of an answer) as it is. */
function addressWords(label: string): string {
  return printable(isIP(label) === 0 ? label : defang(label), 200);
}

/** The day of a time in UTC; only the month where a first moment of a month stands alone. */
function dayWords(translate: Translator): (at: string, alone: boolean) => string {
  const format = new Intl.DateTimeFormat(LOCALES[translate.language], {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  return (at, alone) =>
    alone && FIRST_OF_MONTH.test(at)
      ? translate.value({ date: at, precision: 'month' })
      : format.format(Date.parse(at));
}

function axisWords(from: Date, to: Date, translate: Translator): (time: Date) => string {
  return isLong(from, to) ? monthWords(translate) : tickFormat(to.getTime() - from.getTime(), translate);
}

function monthWords(translate: Translator): (time: Date) => string {
  const format = new Intl.DateTimeFormat(LOCALES[translate.language], {
    timeZone: 'UTC',
    month: 'short',
    year: 'numeric',
  });
  return (time) => format.format(time);
}

function isLong(from: Date, to: Date): boolean {
  return to.getTime() - from.getTime() > MONTHS_ON_AXIS_MS;
}

/** Whole numbers from 0 to about the highest, few enough to be read. */
function countTicks(highest: number): number[] {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power * 10;
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step);
}

/** Months since the year 0. */
function monthOf(at: string): number {
  const date = new Date(Date.parse(at));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function firstDay(month: number): Date {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
}

function column(name: string, translate: Translator, isCount = false): FigureTable['columns'][number] {
  return { label: translate(`report.servers.columns.${name}`), isCount };
}
