import type { Severity } from '../core/contracts.js';
import { SEVERITIES } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import type { ResultFinding } from '../core/result.js';

/** Inks of the severities on white (contrast at least 7:1); the shape says the same without colour. */
export const SEVERITY_INKS: Readonly<Record<Severity, string>> = {
  critical: '#8a1538',
  high: '#8f3a00',
  medium: '#6b5200',
  low: '#1f5a8a',
  info: '#4a5560',
};

/** Plot's name of the shape that stands for each severity; near to the marks used in text. */
const SHAPES: Readonly<Record<Severity, string>> = {
  critical: 'hexagon',
  high: 'triangle',
  medium: 'diamond',
  low: 'circle',
  info: 'square',
};

/**
 * Findings on a time line as one SVG element, or null when none has a date. Static: no script, no style element.
 *
 * @param findings - their order does not matter
 */
export async function findingsChart(
  findings: readonly ResultFinding[],
  translate: Translator,
): Promise<string | null> {
  const dated = findings
    .flatMap(({ at, severity, id }) => (at === null ? [] : [{ time: new Date(at), at, severity, id }]))
    .sort((a, b) => a.time.getTime() - b.time.getTime());
  const first = dated[0];
  const last = dated.at(-1);
  if (!first || !last) return null;

  // Loaded here: drawing is the slowest import of the program, and most runs write no report.
  const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const words = new Map(SEVERITIES.map((severity) => [severity, translate(`severity.${severity}`)]));
  const day = new Intl.DateTimeFormat(translate.language === 'es' ? 'es-MX' : 'en-GB', {
    timeZone: translate.timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  // A single moment has no extent: a day on each side gives it one.
  const dayMs = 86_400_000;
  const margin = Math.max(dayMs, (last.time.getTime() - first.time.getTime()) * 0.03);
  const svg = Plot.plot({
    document,
    width: 760,
    height: 230,
    marginLeft: 110,
    marginBottom: 36,
    x: {
      type: 'utc',
      label: null,
      ticks: 5,
      tickFormat: (time: Date) => day.format(time),
      domain: [new Date(first.time.getTime() - margin), new Date(last.time.getTime() + margin)],
    },
    y: {
      type: 'point',
      label: null,
      grid: true,
      domain: [...SEVERITIES].reverse(),
      tickFormat: (severity: Severity) => words.get(severity) ?? severity,
    },
    symbol: { domain: [...SEVERITIES], range: SEVERITIES.map((severity) => SHAPES[severity]) },
    color: { domain: [...SEVERITIES], range: SEVERITIES.map((severity) => SEVERITY_INKS[severity]) },
    marks: [
      Plot.dot(dated, {
        x: 'time',
        y: 'severity',
        symbol: 'severity',
        fill: 'severity',
        r: 6,
        title: ({ id, at }: { id: string; at: string }) => `${id} · ${translate.time(at)}`,
      }),
    ],
  });
  svg.querySelector('style')?.remove();
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', 'chart-title chart-description');
  const title = document.createElement('title');
  title.setAttribute('id', 'chart-title');
  title.textContent = translate('report.chart.title', {
    count: dated.length,
    from: { time: first.at },
    to: { time: last.at },
  });
  const description = document.createElement('desc');
  description.setAttribute('id', 'chart-description');
  description.textContent = translate('report.chart.description');
  svg.prepend(title, description);
  return svg.outerHTML;
}
