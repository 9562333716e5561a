import type { Translator } from '../../core/language.js';
import { axisTicks, drawingTools, svgText, tickFormat } from '../../report/chart-parts.js';
import { wallClock } from '../../report/dates.js';
import type { Histogram } from '../api/api.js';
import { HISTOGRAM_AXIS } from '../api/constants.js';

const HEIGHT = 220;
const INK = '#125c66';

/** Counts over time as one SVG, with nothing of the evidence but its times. Null when nothing has a time. */
export async function histogramPicture(
  { from, to, stepSeconds, counts }: Pick<Histogram, 'from' | 'to' | 'stepSeconds' | 'counts'>,
  translate: Translator,
  texts: Translator,
): Promise<string | null> {
  if (from === null || to === null) return null;
  const clock = wallClock(translate);
  const begin = Date.parse(from);
  const bars = counts.map((count, index) => ({
    count,
    from: clock(new Date(begin + index * stepSeconds * 1_000).toISOString()),
    to: clock(new Date(begin + (index + 1) * stepSeconds * 1_000).toISOString()),
  }));
  // As long as the counts, to the pixel: the page lays its own over it, to choose a stretch of time.
  const span = { from: clock(from), to: bars.at(-1)?.to ?? clock(to) };
  const { Plot, document } = await drawingTools();
  const svg = Plot.plot({
    document,
    width: HISTOGRAM_AXIS.width,
    height: HEIGHT,
    marginLeft: HISTOGRAM_AXIS.left,
    marginRight: HISTOGRAM_AXIS.width - HISTOGRAM_AXIS.right,
    x: {
      type: 'utc',
      label: null,
      domain: [span.from, span.to],
      ticks: axisTicks(span.from, span.to),
      tickFormat: tickFormat(span.to.getTime() - span.from.getTime(), translate),
    },
    y: {
      label: texts('picture.axis'),
      zero: true,
      grid: true,
      tickFormat: (count: number) => (Number.isInteger(count) ? translate.number(count) : ''),
    },
    marks: [
      Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'count', fill: INK, insetRight: 0.5 }),
      Plot.ruleY([0], { stroke: '#78838d' }),
    ],
  });
  return svgText(svg, '', {
    id: 'line-of-time',
    title: texts('picture.title', {
      count: counts.reduce((sum, count) => sum + count, 0),
      from: { time: from },
      to: { time: to },
    }),
    description: texts('picture.description'),
  });
}
