import type { Translator } from '../../core/language.js';
import { axisSpan, axisTicks, drawingTools, svgText, tickFormat } from '../../report/chart-parts.js';
import { wallClock } from '../../report/dates.js';
import type { Histogram } from '../api/api.js';

const WIDTH = 960;
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
  const span = axisSpan(clock(from), clock(to));
  const { Plot, document } = await drawingTools();
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 70,
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
