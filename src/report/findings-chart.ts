import type { Severity } from '../core/contracts.js';
import { LOCALES, type Translator } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';
import { wallClock } from './dates.js';
import { severityTally } from './finding-blocks.js';
import { escapeHtml } from './html-parts.js';
import { SEVERITY_INKS, SEVERITY_SHAPES } from './marks.js';

const WIDTH = 760;
const MARGIN_LEFT = 110;
const MARGIN_RIGHT = 30;
const ROW_HEIGHT = 44;
/** Marks nearer than this would cover each other: they become one, with their number. */
const SLOT_PIXELS = 18;
const DAY_MS = 86_400_000;

interface Mark {
  readonly severity: Severity;
  readonly time: Date;
  readonly count: number;
  readonly words: string;
}

/**
 * Findings on a time line as one SVG element, or null when none has a date. Static: no script, no style element, and
 * nothing of the evidence but its dates.
 *
 * @param findings - their order does not matter
 */
export async function findingsChart(
  findings: readonly ResultFinding[],
  translate: Translator,
): Promise<string | null> {
  const clock = wallClock(translate);
  const dated = datedFindings(findings).map(({ finding, at }) => ({
    severity: finding.severity,
    at,
    time: clock(at),
  }));
  const first = dated[0];
  const last = dated.at(-1);
  if (!first || !last) return null;

  // A single moment has no extent: half a day on each side gives it one.
  const span = last.time.getTime() - first.time.getTime();
  const margin = Math.max(DAY_MS / 2, span * 0.04);
  const from = new Date(first.time.getTime() - margin);
  const to = new Date(last.time.getTime() + margin);
  const slotMs = ((to.getTime() - from.getTime()) * SLOT_PIXELS) / (WIDTH - MARGIN_LEFT - MARGIN_RIGHT);
  const severities = severityTally(findings.filter((finding) => isDated(finding.at))).map(
    ([severity]) => severity,
  );
  const marks = severities.flatMap((severity) =>
    marksOf(
      severity,
      dated.filter((finding) => finding.severity === severity),
      slotMs,
      translate,
    ),
  );

  // Loaded here: drawing is the slowest import of the program, and most runs write no report.
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const height = 52 + ROW_HEIGHT * severities.length;
  const tick = tickFormat(to.getTime() - from.getTime(), translate);
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    marginBottom: 36,
    x: {
      type: 'utc',
      label: null,
      ticks: axisTicks(from, to),
      tickFormat: tick,
      domain: [from, to],
      grid: true,
    },
    y: {
      type: 'point',
      padding: 0.6,
      label: null,
      tickSize: 0,
      domain: severities,
      tickFormat: (severity: Severity) => translate(`severity.${severity}`),
    },
    marks: [
      Plot.ruleY(severities, { y: (severity: Severity) => severity, stroke: '#78838d', strokeOpacity: 0.4 }),
      Plot.text(marks, {
        x: 'time',
        y: 'severity',
        text: (mark: Mark) => (mark.count > 1 ? translate.number(mark.count) : ''),
        dy: -15,
        fill: '#1b2126',
      }),
    ],
  });
  svg.querySelector('style')?.remove();
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', 'chart-title chart-description');
  svg.setAttribute('font-size', '13');
  svg.setAttribute('class', 'chart');
  const x = svg.scale('x');
  const y = svg.scale('y');
  const drawn = marks.map((mark) =>
    drawMark(mark, Number(x?.apply(mark.time)) - 8, Number(y?.apply(mark.severity)) - 8),
  );
  const words = `<title id="chart-title">${escapeHtml(chartTitle(findings, translate))}</title><desc id="chart-description">${escapeHtml(translate('report.chart.description'))}</desc>`;
  const { outerHTML } = svg;
  const start = outerHTML.indexOf('>') + 1;
  const end = outerHTML.lastIndexOf('</svg>');
  return `${outerHTML.slice(0, start)}${words}${outerHTML.slice(start, end)}${drawn.join('')}</svg>`;
}

/** What the figure shows, in words: the number of dated findings and their first and last time. */
export function chartTitle(findings: readonly ResultFinding[], translate: Translator): string {
  const dated = datedFindings(findings);
  return translate('report.chart.title', {
    count: dated.length,
    from: { time: dated[0]?.at ?? '' },
    to: { time: dated.at(-1)?.at ?? '' },
  });
}

/** The findings that have a date, oldest first. */
export function datedFindings(
  findings: readonly ResultFinding[],
): { readonly finding: ResultFinding; readonly at: string }[] {
  return findings
    .flatMap((finding) => (isDated(finding.at) ? [{ finding, at: finding.at }] : []))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function isDated(at: string | null): at is string {
  return at !== null && !Number.isNaN(Date.parse(at));
}

/** Marks of one severity: findings that would cover each other are put together. */
function marksOf(
  severity: Severity,
  dated: readonly { readonly at: string; readonly time: Date }[],
  slotMs: number,
  translate: Translator,
): Mark[] {
  const slots: { at: string; time: Date; count: number }[] = [];
  for (const { at, time } of dated) {
    const slot = slots.at(-1);
    if (slot && time.getTime() - slot.time.getTime() < slotMs) slot.count += 1;
    else slots.push({ at, time, count: 1 });
  }
  return slots.map(({ at, time, count }) => {
    const number = count > 1 ? ` (${translate.number(count)})` : '';
    return {
      severity,
      time,
      count,
      words: `${translate(`severity.${severity}`)} · ${translate.time(at)}${number}`,
    };
  });
}

function drawMark(mark: Mark, left: number, top: number): string {
  const { outline, fill } = SEVERITY_SHAPES[mark.severity];
  const ink = SEVERITY_INKS[mark.severity];
  const filled = fill === '' ? '' : `<path d="${fill}" fill="${ink}"></path>`;
  return `<g transform="translate(${left.toFixed(1)} ${top.toFixed(1)})"><title>${escapeHtml(mark.words)}</title><path d="${outline}" fill="#ffffff" stroke="${ink}" stroke-width="2"></path>${filled}</g>`;
}

const HOUR_MS = 3_600_000;
const MAX_TICKS = 5;
const TICK_STEPS_MS = [1, 3, 6, 12, 24, 48, 96, 168, 336].map((hours) => hours * HOUR_MS);
const TICK_STEPS_MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 1_200];

/** Round moments inside a span, few enough for their words to stand side by side. */
function axisTicks(from: Date, to: Date): Date[] {
  for (const step of TICK_STEPS_MS) {
    const first = Math.ceil(from.getTime() / step) * step;
    const count = Math.floor((to.getTime() - first) / step) + 1;
    if (count <= MAX_TICKS)
      return Array.from({ length: Math.max(0, count) }, (_, n) => new Date(first + n * step));
  }
  for (const step of TICK_STEPS_MONTHS) {
    const firstMonth = Math.ceil((from.getUTCFullYear() * 12 + from.getUTCMonth() + 1) / step) * step;
    const ticks: Date[] = [];
    for (let month = firstMonth; ticks.length <= MAX_TICKS; month += step) {
      const tick = new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
      if (tick.getTime() > to.getTime()) return ticks;
      ticks.push(tick);
    }
  }
  return [from, to];
}

/** Days on the axis; hours too where the whole figure is a few days. The times are wall-clock times written as UTC. */
function tickFormat(spanMs: number, translate: Translator): (time: Date) => string {
  const hours = spanMs <= 4 * DAY_MS;
  const format = new Intl.DateTimeFormat(LOCALES[translate.language], {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(hours ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { year: 'numeric' }),
  });
  return (time) => format.format(time);
}
