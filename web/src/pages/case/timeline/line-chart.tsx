import { type PointerEvent, useRef, useState } from 'react';
import { HISTOGRAM_AXIS, type Histogram } from '../../../api/paths.js';
import { useTexts } from '../../../texts/texts.js';
import { Column, Fold } from '../../../ui/layout.js';
import { Failure } from '../../../ui/loaded.js';
import { Picture } from '../../../ui/picture.js';
import { Table } from '../../../ui/table.js';
import type { choiceOf } from './line-filters.js';
import classes from './timeline.module.css';
import { useHistogramPicture } from './use-line.js';
import { lastBefore, storedTime, type ZoneTime } from './zone-time.js';

/** A pointer that hardly moved pressed a place; it did not draw over a stretch. */
const PRESS_SHARE = 0.005;

interface Bar {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** The picture of the server with a layer to draw over: a stretch of time is chosen, or the list goes to a moment. */
export function LineChart({
  choice,
  histogram,
  times,
  isUtc,
  onStretch,
  onMoment,
}: {
  readonly choice: ReturnType<typeof choiceOf>;
  readonly histogram: Histogram;
  readonly times: ZoneTime;
  readonly isUtc: boolean;
  readonly onStretch: (from: string, to: string) => void;
  readonly onMoment: (at: string) => void;
}) {
  const t = useTexts();
  const picture = useHistogramPicture(choice, isUtc);
  const { from, to, counts } = histogram;
  if (from === null || to === null) return null;
  const bars = barsOf(histogram);
  const count = counts.reduce((sum, one) => sum + one, 0);
  const caption = t('timeline.pictureAlt', { count, from: times.format(from), to: times.format(to) });
  return (
    <Column gap="small">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard (WCAG 2.1.1) */}
      <section className={classes.chart} aria-label={t('timeline.picture')} tabIndex={0}>
        <div className={classes.drawing}>
          {picture.data ? <Picture svg={picture.data} alt={caption} /> : null}
          {picture.data ? (
            <Brush bars={bars} times={times} onStretch={onStretch} onMoment={onMoment} />
          ) : null}
        </div>
      </section>
      {picture.error ? <Failure error={picture.error} onRetry={() => void picture.refetch()} /> : null}
      <p className={classes.help}>{t('timeline.pictureHelp')}</p>
      <Fold summary={t('timeline.sameNumbers')}>
        <Table
          caption={caption}
          columns={[
            { name: t('timeline.from'), cell: (bar: Bar) => times.format(bar.from) },
            { name: t('timeline.to'), cell: (bar) => times.format(bar.to) },
            { name: t('timeline.records'), isNumber: true, cell: (bar) => t.number(bar.count) },
          ]}
          rows={bars.filter((bar) => bar.count > 0)}
          keyOf={(bar) => bar.from}
        />
        <p>{t('timeline.emptyStretches', { count: bars.filter((bar) => bar.count === 0).length })}</p>
      </Fold>
    </Column>
  );
}

function Brush({
  bars,
  times,
  onStretch,
  onMoment,
}: {
  readonly bars: readonly Bar[];
  readonly times: ZoneTime;
  readonly onStretch: (from: string, to: string) => void;
  readonly onMoment: (at: string) => void;
}) {
  const t = useTexts();
  const layer = useRef<HTMLDivElement>(null);
  const [begun, setBegun] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const shareAt = (event: PointerEvent): number => {
    const box = layer.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const barAt = (share: number): number => Math.min(bars.length - 1, Math.floor(share * bars.length));
  const end = (event: PointerEvent): void => {
    if (begun === null) return;
    const here = shareAt(event);
    const [first, last] = [bars[barAt(Math.min(begun, here))], bars[barAt(Math.max(begun, here))]];
    setBegun(null);
    if (!first || !last) return;
    if (Math.abs(here - begun) < PRESS_SHARE) onMoment(first.from);
    else onStretch(first.from, last.to);
  };
  const hovered = over === null ? undefined : bars[barAt(over)];
  const percent = (share: number): string => `${share * 100}%`;
  return (
    <>
      {/* For pointers only: the fields of time and the table below do the same with the keyboard. */}
      <div
        ref={layer}
        className={classes.brush}
        aria-hidden="true"
        style={{
          left: percent(HISTOGRAM_AXIS.left / HISTOGRAM_AXIS.width),
          right: percent(1 - HISTOGRAM_AXIS.right / HISTOGRAM_AXIS.width),
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setBegun(shareAt(event));
        }}
        onPointerMove={(event) => setOver(shareAt(event))}
        onPointerUp={end}
        onPointerCancel={() => setBegun(null)}
        onPointerLeave={() => setOver(null)}
      >
        {begun !== null && over !== null ? (
          <div
            className={classes.stretch}
            style={{ left: percent(Math.min(begun, over)), width: percent(Math.abs(over - begun)) }}
          />
        ) : null}
      </div>
      <p className={classes.hover} aria-hidden="true">
        {hovered
          ? t('timeline.bar', {
              count: hovered.count,
              from: times.format(hovered.from),
              to: times.format(hovered.to),
            })
          : '\u00a0'}
      </p>
    </>
  );
}

function barsOf({ from, stepSeconds, counts }: Histogram): Bar[] {
  const begin = Date.parse(from ?? '');
  const step = stepSeconds * 1_000;
  return counts.map((count, index) => ({
    from: storedTime(begin + index * step),
    to: lastBefore(begin + (index + 1) * step),
    count,
  }));
}
