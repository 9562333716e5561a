// biome-ignore-all lint/a11y/useSemanticElements: rows of a table cannot be placed where the list has scrolled to
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons in the rows take the focus
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Severity } from '../../../../../src/core/contracts.js';
import type { EventRow } from '../../../api/paths.js';
import { useSettings } from '../../../shell/session.js';
import { useTexts } from '../../../texts/texts.js';
import { Button } from '../../../ui/button.js';
import { Failure } from '../../../ui/loaded.js';
import { SeverityMark } from '../../../ui/severity.js';
import type { choiceOf } from './line-filters.js';
import { RowText } from './row-text.js';
import classes from './timeline.module.css';
import { PAGE_ROWS, usePages } from './use-line.js';
import type { ZoneTime } from './zone-time.js';

/** Above this the list is a window: browsers cap how tall an element may be (Chromium 33 554 428 px, Firefox about half of 17.9 M). */
const TALLEST_ROWS = 300_000;
export const WINDOW_ROWS = 100_000;
/** As `--v-row`, and two lines where the page is narrow. */
const ROW_PX = { comfortable: 44, compact: 28, narrow: 76 } as const;
const NARROW = '(max-width: 700px)';
const OVERSCAN = 8;

/** Which rows of all are in the list around a place. */
export function windowAround(
  place: number,
  total: number,
): { readonly start: number; readonly rows: number } {
  if (total <= TALLEST_ROWS) return { start: 0, rows: total };
  const start = Math.max(0, Math.min(total - WINDOW_ROWS, place - WINDOW_ROWS / 2));
  return { start, rows: WINDOW_ROWS };
}

export function LineRows({
  choice,
  total,
  anchor,
  target,
  asked,
  top,
  times,
  onTarget,
  onAnchor,
  onOpen,
  onRow,
}: {
  readonly choice: ReturnType<typeof choiceOf>;
  readonly total: number;
  /** The place that the window is around, and that is shown first. */
  readonly anchor: number;
  /** The row that was chosen, and how often: choosing it again shows it again. */
  readonly target: { readonly place: number; readonly turn: number } | null;
  /** The turn that was shown already, also by the list before this one. */
  readonly asked: RefObject<number>;
  /** Where the place of the first row seen is noted. */
  readonly top: RefObject<number>;
  readonly times: ZoneTime;
  readonly onTarget: (place: number) => void;
  readonly onAnchor: (place: number) => void;
  readonly onOpen: (place: number, row: EventRow) => void;
  /** The chosen row, as soon as it is there. */
  readonly onRow: (row: EventRow | null) => void;
}) {
  const t = useTexts();
  const { start, rows } = windowAround(anchor, total);
  const rowPx = useRowPx();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    initialOffset: Math.max(0, anchor - start) * rowPx,
  });
  useEffect(() => {
    if (rowPx > 0) list.measure();
  }, [rowPx, list]);

  const items = list.getVirtualItems();
  const shown = items.map(({ index }) => start + index);
  const [first, last] = [shown[0] ?? start, shown.at(-1) ?? start];
  const numbers: number[] = [];
  for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page += 1)
    numbers.push(page);
  if (target && !numbers.includes(Math.floor(target.place / PAGE_ROWS)))
    numbers.push(Math.floor(target.place / PAGE_ROWS));
  const { rowAt, error, retry } = usePages(choice, numbers);

  const chosen = target ? rowAt(target.place) : null;
  const tell = useRef(onRow);
  tell.current = onRow;
  useEffect(() => tell.current(chosen), [chosen]);

  // A place that was asked for is shown and focused, once it is among the rows drawn.
  useEffect(() => {
    if (target === null || asked.current === target.turn) return;
    asked.current = target.turn;
    list.scrollToIndex(target.place - start, { align: 'auto' });
    const focus = (tries: number): void => {
      const button = scroller.current?.querySelector<HTMLElement>(`[data-place="${target.place}"]`);
      if (button) {
        button.focus({ preventScroll: true });
        scroller.current?.scrollIntoView({ block: 'nearest' });
      } else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
    };
    requestAnimationFrame(() => focus(20));
  }, [target, start, list, asked]);

  const visible = list.range?.startIndex;
  if (visible !== undefined) top.current = start + visible;

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0 || !(event.target instanceof HTMLElement) || event.target.dataset.place === undefined)
      return;
    event.preventDefault();
    onTarget(Math.max(0, Math.min(total - 1, Number(event.target.dataset.place) + by)));
  };

  return (
    <div>
      {error ? <Failure error={error} onRetry={retry} /> : null}
      {start > 0 ? (
        <Button size="small" look="quiet" onClick={() => onAnchor(Math.max(0, start - WINDOW_ROWS / 2))}>
          {t('timeline.earlier', { count: start })}
        </Button>
      ) : null}
      <div
        ref={scroller}
        className={classes.scroller}
        role="table"
        aria-label={t('timeline.list')}
        aria-rowcount={total + 1}
        aria-colcount={5}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard (WCAG 2.1.1)
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={`${classes.line} ${classes.head}`}>
          {(['time', 'mark', 'kindName', 'what', 'evidence'] as const).map((name) => (
            <span key={name} role="columnheader">
              {t(`timeline.${name}`)}
            </span>
          ))}
        </div>
        <div role="rowgroup" className={classes.tall} style={{ height: list.getTotalSize() }}>
          {items.map(({ index, start: offset }) => {
            const place = start + index;
            return (
              <Line
                key={place}
                place={place}
                offset={offset}
                height={rowPx}
                row={rowAt(place)}
                isChosen={place === target?.place}
                isStop={place === (target?.place ?? first) || (target === null && place === first)}
                times={times}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
      {start + rows < total ? (
        <Button
          size="small"
          look="quiet"
          onClick={() => onAnchor(Math.min(total - 1, start + rows + WINDOW_ROWS / 2))}
        >
          {t('timeline.later', { count: total - start - rows })}
        </Button>
      ) : null}
    </div>
  );
}

function Line({
  place,
  offset,
  height,
  row,
  isChosen,
  isStop,
  times,
  onOpen,
}: {
  readonly place: number;
  readonly offset: number;
  readonly height: number;
  readonly row: EventRow | null;
  readonly isChosen: boolean;
  /** The one row that Tab reaches; the others are reached from it. */
  readonly isStop: boolean;
  readonly times: ZoneTime;
  readonly onOpen: (place: number, row: EventRow) => void;
}) {
  const t = useTexts();
  const severity = row?.findings[0]?.severity as Severity | undefined;
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      className={isChosen ? `${classes.line} ${classes.chosen}` : classes.line}
      style={{ height, transform: `translateY(${offset}px)` }}
    >
      <span role="cell" className={classes.when}>
        {row?.at ? times.format(row.at) : '…'}
      </span>
      <span role="cell" className={classes.mark}>
        {severity ? <SeverityMark severity={severity} /> : null}
      </span>
      <span role="cell" className={classes.kind}>
        {row?.kindName ?? ''}
      </span>
      <span role="cell" className={classes.what}>
        {row ? (
          <button
            type="button"
            className={classes.open}
            data-place={place}
            tabIndex={isStop ? 0 : -1}
            aria-haspopup="dialog"
            onClick={() => onOpen(place, row)}
          >
            {row.event === '' ? null : <span className={classes.event}>{row.event}: </span>}
            <RowText row={row} />
          </button>
        ) : (
          <span>{t('timeline.rowLoading')}</span>
        )}
      </span>
      <span role="cell" className={classes.from}>
        {row?.evidence ?? ''}
      </span>
    </div>
  );
}

function useRowPx(): number {
  const { density } = useSettings();
  const [isNarrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const media = window.matchMedia(NARROW);
    const follow = (): void => setNarrow(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  return isNarrow ? ROW_PX.narrow : ROW_PX[density];
}
