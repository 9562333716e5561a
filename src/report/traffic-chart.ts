/** Requests to a site over time, beside what is usual then; the spans that a finding is about are marked, and numbered where they have names. */
import type { Translator } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';
import {
  axisTicks,
  drawingTools,
  type Figure,
  hourFormat,
  LETTER_PIXELS,
  shortAxisSpan,
  svgText,
  tableOf,
  tickFormat,
} from './chart-parts.js';
import { dayFormat, spanFormat, wallClock } from './dates.js';
import { SEVERITY_INKS } from './marks.js';
import { printable } from './printable.js';

type Picture = Extract<NonNullable<ResultFinding['picture']>, { kind: 'traffic' }>;

const WIDTH = 520;
const HEIGHT = 240;
const MAX_STEPS = 1_000;
const MAX_SPANS = 50;
/** Numbers of more would lie on each other. */
const NUMBERED_SPANS = 20;
/** Rows of the table: steps are put together until so few are left. */
const TABLE_ROWS = 36;
const DAY_MS = 86_400_000;
const REQUESTS_INK = '#125c66';
const USUAL_INK = '#1b2126';
const FAILED_INK = '#a33226';

/** Null when there is no step, or no time. */
export async function trafficFigure(
  { id, title, picture }: { readonly id: string; readonly title: string; readonly picture: Picture },
  translate: Translator,
): Promise<Figure | null> {
  const start = Date.parse(picture.from);
  const stepMs = picture.stepSeconds * 1_000;
  const steps = picture.perMinute.slice(0, MAX_STEPS);
  const spanWords = spanFormat(translate);
  if (Number.isNaN(start) || steps.length === 0 || !(stepMs > 0)) return null;
  const clock = wallClock(translate);
  const timeOf = (step: number): string => new Date(start + step * stepMs).toISOString();
  const data = steps.map((count, step) => ({
    time: clock(timeOf(step)),
    count,
    failed: picture.failed[step] ?? 0,
    usual: picture.usual[step] ?? null,
  }));
  const peak = Math.max(...steps);
  const highest = Math.max(1, peak, ...data.map(({ usual }) => usual ?? 0));
  const spans = picture.spans
    .slice(0, MAX_SPANS)
    .filter(({ from, to }) => !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(to)))
    .map((span, index) => ({
      ...{ ...span, number: String(index + 1), when: spanWords(span.from, span.to) ?? '' },
      ...{ from: clock(span.from), to: clock(span.to) },
    }));
  const named = spans.filter(({ label }) => label !== undefined);
  const { from, to } = shortAxisSpan(clock(timeOf(0)), clock(timeOf(steps.length)));
  const spanMs = to.getTime() - from.getTime();
  const isWithinDay = spanMs < DAY_MS;
  const hasUsual = data.some(({ usual }) => usual !== null);
  const hasFailed = data.some(({ failed }) => failed > 0);
  const { Plot, document } = await drawingTools();
  type Step = (typeof data)[number];
  type Span = (typeof spans)[number];
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginTop: named.length > 0 ? 42 : 26,
    marginLeft: Math.max(40, translate.number(Math.round(highest)).length * LETTER_PIXELS + 14),
    marginRight: 40,
    marginBottom: 32,
    x: {
      type: 'utc',
      label: null,
      domain: [from, to],
      ticks: axisTicks(from, to, isWithinDay ? 5 : 4),
      tickFormat: isWithinDay ? hourFormat(spanMs, translate) : tickFormat(spanMs, translate),
    },
    y: {
      label: null,
      domain: [0, highest],
      ticks: 4,
      tickFormat: (count: number) => translate.number(count),
      grid: true,
    },
    marks: [
      Plot.rect(spans, {
        x1: 'from',
        x2: 'to',
        y1: 0,
        y2: highest,
        fill: (span: Span) => SEVERITY_INKS[span.severity],
        fillOpacity: 0.12,
      }),
      Plot.areaY(data, { x: 'time', y: 'count', curve: 'step-after', fill: REQUESTS_INK, fillOpacity: 0.25 }),
      Plot.lineY(data, {
        x: 'time',
        y: 'count',
        curve: 'step-after',
        stroke: REQUESTS_INK,
        strokeWidth: 1.5,
      }),
      ...(hasFailed
        ? [
            Plot.lineY(data, {
              x: 'time',
              y: 'failed',
              curve: 'step-after',
              stroke: FAILED_INK,
              strokeWidth: 1.5,
              strokeDasharray: '2 2',
            }),
          ]
        : []),
      ...(hasUsual
        ? [
            Plot.lineY(data, {
              x: 'time',
              y: (step: Step) => step.usual ?? Number.NaN,
              stroke: USUAL_INK,
              strokeWidth: 1.25,
              strokeDasharray: '6 3',
            }),
          ]
        : []),
      Plot.text(named.slice(0, NUMBERED_SPANS), {
        x: (span: Span) => new Date((span.from.getTime() + span.to.getTime()) / 2),
        y: highest,
        text: 'number',
        dy: -9,
        fill: USUAL_INK,
        fontWeight: 700,
        fontSize: 12,
      }),
    ],
  });
  const caption = translate('report.traffic.title', {
    day: dayFormat(translate)(timeOf(0)),
    isWithinDay: isWithinDay ? 'yes' : 'no',
  });
  const stepMinutes = Math.max(1, Math.round(picture.stepSeconds / 60));
  return {
    svg: svgText(svg, legend(translate, hasUsual, hasFailed), {
      id: `picture-${id}`,
      title: `${title}. ${caption}`,
      description: translate('report.traffic.description', { peak: Math.round(peak), spans: spans.length }),
      className: 'time',
    }),
    width: WIDTH,
    height: HEIGHT,
    caption,
    notes: [
      translate('report.traffic.note', { hasUsual: hasUsual ? 'yes' : 'no', spans: spans.length }),
      ...(stepMinutes > 1 ? [translate('report.traffic.steps', { count: stepMinutes })] : []),
      ...named.slice(0, NUMBERED_SPANS).map(({ number, label, when, severity }) =>
        translate('report.traffic.span', {
          number,
          label: printable(label ?? '', 200),
          severity: translate(`severity.${severity}`),
          when,
        }),
      ),
    ],
    table: tableOf(
      ['when', 'requests', 'usual', 'failed'].map((name) => ({
        label: translate(`report.traffic.columns.${name}`),
        isCount: name !== 'when',
      })),
      tableRows(data, (step) => translate.time(timeOf(step)), translate),
    ),
  };
}

/** Above the drawing: a stroke in its ink and its word. */
function legend(translate: Translator, hasUsual: boolean, hasFailed: boolean): string {
  const entries = [
    { word: translate('report.traffic.requests'), ink: REQUESTS_INK, dash: '' },
    ...(hasUsual ? [{ word: translate('report.traffic.usual'), ink: USUAL_INK, dash: '6 3' }] : []),
    ...(hasFailed ? [{ word: translate('report.traffic.failed'), ink: FAILED_INK, dash: '2 2' }] : []),
  ];
  let left = 40;
  return entries
    .map(({ word, ink, dash }) => {
      const at = left;
      left += 34 + word.length * LETTER_PIXELS;
      const stroke = `<line x1="${at}" x2="${at + 20}" y1="12" y2="12" stroke="${ink}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ''}></line>`;
      return `${stroke}<text x="${at + 25}" y="16" font-size="12" text-anchor="start" fill="#1b2126">${word}</text>`;
    })
    .join('');
}

function tableRows(
  data: readonly { readonly count: number; readonly failed: number; readonly usual: number | null }[],
  timeOf: (step: number) => string,
  translate: Translator,
): string[][] {
  const joined = Math.ceil(data.length / TABLE_ROWS);
  const rows: string[][] = [];
  for (let first = 0; first < data.length; first += joined) {
    const part = data.slice(first, first + joined);
    const mean = (values: readonly number[]): string =>
      translate.number(Math.round(values.reduce((sum, value) => sum + value, 0) / values.length));
    const usual = part.flatMap((step) => (step.usual === null ? [] : [step.usual]));
    rows.push([
      timeOf(first),
      mean(part.map(({ count }) => count)),
      usual.length > 0 ? mean(usual) : '',
      mean(part.map(({ failed }) => failed)),
    ]);
  }
  return rows;
}
