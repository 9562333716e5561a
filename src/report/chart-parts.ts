/** What the drawings of the report have in common: time axes, labels, marks, and how a drawing becomes text. */
import type { plot } from '@observablehq/plot';
import type { Severity } from '../core/contracts.js';
import { LOCALES, type Translator } from '../core/language.js';
import { escapeHtml } from './html-parts.js';
import { SEVERITY_INKS, SEVERITY_SHAPES } from './marks.js';
import { printable } from './printable.js';

/** One drawing of a finding, with what is said below it. */
export interface Figure {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** What the signs mean, what did not fit. */
  readonly notes: readonly string[];
  /** The same in words; null where the finding says it already. */
  readonly table: FigureTable | null;
}

/** The first column names the row; `count` columns hold numbers. */
export interface FigureTable {
  readonly columns: readonly { readonly label: string; readonly isCount: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that are too many. */
  readonly leftOut: number;
  /** Every value of it stands in the drawing too. */
  readonly isDrawn: boolean;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const MAX_TICKS = 5;
/** Below a minute and an hour only for axes of {@link shortAxisSpan}: others are half a day at least. */
const TICK_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 3, 6, 12, 24, 48, 96, 168, 336].map((hours) => hours * HOUR_MS),
];
const TICK_STEPS_MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 1_200];

/** From a little before the first moment to a little after the last. A single one gets half a day on each side. */
export function axisSpan(first: Date, last: Date): { readonly from: Date; readonly to: Date } {
  const margin = Math.max(DAY_MS / 2, (last.getTime() - first.getTime()) * 0.04);
  return { from: new Date(first.getTime() - margin), to: new Date(last.getTime() + margin) };
}

/** From the first moment to the last of something that may have lasted seconds only. */
export function shortAxisSpan(first: Date, last: Date): { readonly from: Date; readonly to: Date } {
  const margin = Math.max(SECOND_MS, (last.getTime() - first.getTime()) * 0.03);
  return { from: new Date(first.getTime() - margin), to: new Date(last.getTime() + margin) };
}

/** Round moments inside a span, few enough for their words to stand side by side. */
export function axisTicks(from: Date, to: Date, maxTicks: number = MAX_TICKS): Date[] {
  for (const step of TICK_STEPS_MS) {
    const first = Math.ceil(from.getTime() / step) * step;
    const count = Math.floor((to.getTime() - first) / step) + 1;
    if (count <= maxTicks)
      return Array.from({ length: Math.max(0, count) }, (_, n) => new Date(first + n * step));
  }
  for (const step of TICK_STEPS_MONTHS) {
    const firstMonth = Math.ceil((from.getUTCFullYear() * 12 + from.getUTCMonth() + 1) / step) * step;
    const ticks: Date[] = [];
    for (let month = firstMonth; ticks.length <= maxTicks; month += step) {
      const tick = new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
      if (tick.getTime() > to.getTime()) return ticks;
      ticks.push(tick);
    }
  }
  return [from, to];
}

/** Moments that fit on an axis hardly wider than a phone: fewer where their words have seconds. */
export function narrowAxisTicks(from: Date, to: Date): Date[] {
  return axisTicks(from, to, hasSeconds(to.getTime() - from.getTime()) ? 2 : 3);
}

function hasSeconds(spanMs: number): boolean {
  return spanMs < 5 * MINUTE_MS;
}

/** Days on the axis; hours too where the whole figure is a few days. The times are wall-clock times written as UTC. */
export function tickFormat(spanMs: number, translate: Translator): (time: Date) => string {
  const hours = spanMs <= 4 * DAY_MS;
  const format = new Intl.DateTimeFormat(LOCALES[translate.language], {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(hours ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { year: 'numeric' }),
  });
  return (time) => format.format(time);
}

/** The hour alone on an axis of less than a day, whose day is told beside the figure; with seconds on one of minutes. */
export function hourFormat(spanMs: number, translate: Translator): (time: Date) => string {
  const format = new Intl.DateTimeFormat(LOCALES[translate.language], {
    timeZone: 'UTC',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(hasSeconds(spanMs) ? { second: '2-digit' } : {}),
  });
  return (time) => format.format(time);
}

/** Names as they fit beside an axis, each of them once: an axis takes what is alike for one. */
export function axisLabels(names: readonly string[], maxLetters: number): string[] {
  const taken = new Set<string>();
  const repeats = new Map<string, number>();
  return names.map((name) => {
    const whole = printable(name, 200);
    const plain = whole.length > maxLetters ? `${cutAt(whole, maxLetters - 1)}…` : whole;
    let label = plain;
    // Counted on for each name: thousands that are alike when cut would be compared with each other.
    for (let number = repeats.get(plain) ?? 2; taken.has(label); number += 1) {
      const suffix = ` (${number})`;
      label = `${cutAt(plain, Math.max(1, maxLetters - suffix.length))}${suffix}`;
      repeats.set(plain, number + 1);
    }
    taken.add(label);
    return label;
  });
}

/** Of a wide letter: system fonts differ. */
export const LETTER_PIXELS = 8.2;

/** Room for labels at the side of a figure. */
export function marginFor(labels: readonly string[]): number {
  return Math.max(40, Math.max(...labels.map((label) => label.length)) * LETTER_PIXELS + 12);
}

/** Addresses of one network begin alike: a long one is cut in its middle, and never inside `[.]`. */
export function cutInside(label: string, maxLetters: number): string {
  if (label.length <= maxLetters) return label;
  const half = Math.floor((maxLetters - 1) / 2);
  const begin = label.slice(0, half).replace(/\[\.?$/, '');
  const end = label.slice(-half).replace(/^\.?\]/, '');
  return printable(`${begin}…${end}`);
}

/** Rows of a table under a figure at most. */
const TABLE_ROWS = 300;

/** The table under a figure, cut to a length. */
export function tableOf(
  columns: FigureTable['columns'],
  rows: readonly (readonly string[])[],
  isDrawn = false,
): FigureTable {
  const shown = rows.slice(0, TABLE_ROWS);
  return { columns, rows: shown, leftOut: rows.length - shown.length, isDrawn };
}

/** Loaded here: drawing is the slowest import of the program, and most runs write no report. */
export async function drawingTools() {
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return { Plot, document };
}

/** Cut without leaving half a letter behind. */
function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** A severity's shape at a place of a drawing, with words that show when pointed at. */
export function drawMark(
  mark: { readonly severity: Severity; readonly words: string },
  left: number,
  top: number,
  size = 16,
): string {
  const { outline, fill } = SEVERITY_SHAPES[mark.severity];
  const ink = SEVERITY_INKS[mark.severity];
  const filled = fill === '' ? '' : `<path d="${fill}" fill="${ink}"></path>`;
  const scaled = size === 16 ? '' : ` scale(${(size / 16).toFixed(3)})`;
  return `<g transform="translate(${left.toFixed(1)} ${top.toFixed(1)})${scaled}"><title>${escapeHtml(printable(mark.words))}</title><path d="${outline}" fill="#ffffff" stroke="${ink}" stroke-width="2"></path>${filled}</g>`;
}

/**
 * A drawing as one SVG element with a title and description for those who do not see it. Static: no script, no style
 * element.
 *
 * @param drawn - further elements, already safe
 * @param about - `id` must be unique in the document
 */
export function svgText(
  svg: ReturnType<typeof plot>,
  drawn: string,
  about: {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    /** For the style of the report; `chart` is always one. */
    readonly className?: string;
  },
): string {
  svg.querySelector('style')?.remove();
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${about.id}-title ${about.id}-description`);
  svg.setAttribute('font-size', '13');
  svg.setAttribute('class', about.className ? `chart ${about.className}` : 'chart');
  const words = `<title id="${about.id}-title">${escapeHtml(printable(about.title, 400))}</title><desc id="${about.id}-description">${escapeHtml(printable(about.description))}</desc>`;
  const { outerHTML } = svg;
  const start = outerHTML.indexOf('>') + 1;
  const end = outerHTML.lastIndexOf('</svg>');
  return `${outerHTML.slice(0, start)}${words}${outerHTML.slice(start, end)}${drawn}</svg>`;
}
