import { useEffect, useMemo, useRef, useState } from 'react';
import type { EventRow } from '../../api/paths.js';
import { useLetterKeys } from '../../shell/keys.js';
import { useSettings } from '../../shell/session.js';
import { useTexts } from '../../texts/texts.js';
import { Button, LinkButton } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { Segments, TextField } from '../../ui/fields.js';
import { Column, Row, Section } from '../../ui/layout.js';
import { Failure, Loading } from '../../ui/loaded.js';
import { useKeptState } from '../findings/use-kept-state.js';
import { FilterBar } from './timeline/filter-bar.js';
import { LineChart } from './timeline/line-chart.js';
import { choiceOf, FILTER_NAMES, isOn, type LineFilters, NO_FILTERS } from './timeline/line-filters.js';
import { LineRows, windowAround } from './timeline/line-rows.js';
import { RowPanel } from './timeline/row-panel.js';
import { UndatedList } from './timeline/undated-list.js';
import { placeOfFinding, placeOfTime, useHidden, useHistogram } from './timeline/use-line.js';
import { storedTime, zoneTime } from './timeline/zone-time.js';

interface Place {
  /** What the window is around. */
  readonly anchor: number;
  /** The row chosen last, and how often one was. */
  readonly target: { readonly place: number; readonly turn: number } | null;
}
const BEGINNING: Place = { anchor: 0, target: null };

/** The line of time of a case: how much there is when, and every record in order. */
export function TimelineTab({ code }: { readonly code: string }) {
  const t = useTexts();
  const { timeZone } = useSettings();
  const [filters, setFilters] = useKeptState<LineFilters>(`timeline filters ${code}`, NO_FILTERS);
  const [place, setPlace] = useKeptState<Place>(`timeline place ${code}`, BEGINNING);
  const [zone, setZone] = useKeptState<'own' | 'utc'>('timeline zone', 'own');
  const [openRow, setOpenRow] = useState<number | null>(null);
  const [isAskingTime, setAskingTime] = useState(false);
  const [said, setSaid] = useState('');
  const chosenRow = useRef<EventRow | null>(null);
  const [panelRow, setPanelRow] = useState<EventRow | null>(null);

  // Coming back to the page shows the rows that were seen last.
  const asked = useRef(place.target?.turn ?? 0);
  const top = useRef(place.anchor);
  const leave = useRef(() => {});
  leave.current = () => setPlace({ ...place, anchor: top.current });
  useEffect(() => () => leave.current(), []);

  const isUtc = zone === 'utc' || timeZone === 'UTC';
  const times = useMemo(() => zoneTime(t.language, isUtc ? 'UTC' : timeZone), [t.language, isUtc, timeZone]);
  const choice = useMemo(() => choiceOf(code, filters), [code, filters]);
  const query = useHistogram(choice);
  const histogram = query.data;
  const isStale = query.isPlaceholderData;
  const total = histogram && !isStale ? histogram.counts.reduce((sum, count) => sum + count, 0) : null;
  const hidden = useHidden(code, filters, total);

  const change = (next: LineFilters): void => {
    setFilters(next);
    setPlace(BEGINNING);
    setOpenRow(null);
    setSaid('');
  };
  const goTo = (to: number): void => {
    if (total === null || total === 0) return;
    const reached = Math.max(0, Math.min(total - 1, to));
    const { start, rows } = windowAround(place.anchor, total);
    const isInside = reached >= start && reached < start + rows;
    setPlace({
      anchor: isInside ? place.anchor : reached,
      target: { place: reached, turn: (place.target?.turn ?? 0) + 1 },
    });
    if (openRow !== null) setOpenRow(reached);
  };
  const step = (by: 1 | -1): void => goTo(place.target === null ? place.anchor : place.target.place + by);
  const fail = (): void => setSaid(t('error.generic'));
  const toMoment = (at: string): void => {
    if (total !== null && total > 0) void placeOfTime(choice, at, total).then(goTo, fail);
  };
  const toFinding = (way: 'previous' | 'next'): void => {
    if (total === null || total === 0) return;
    setSaid('');
    void placeOfFinding(choice, chosenRow.current, way).then(
      (found) => (found === null ? setSaid(t(`timeline.no.${way}`)) : goTo(found)),
      fail,
    );
  };
  useLetterKeys({
    j: () => step(1),
    k: () => step(-1),
    t: () => setAskingTime(true),
    '[': () => toFinding('previous'),
    ']': () => toFinding('next'),
  });

  const isFiltered = FILTER_NAMES.some((name) => isOn(filters, name));
  return (
    <Column gap="large">
      <Section
        title={t('timeline.title')}
        actions={
          <Row gap="small">
            {timeZone === 'UTC' ? null : (
              <Segments
                label={t('timeline.zone')}
                value={zone}
                onChange={setZone}
                choices={[
                  { value: 'own', label: timeZone },
                  { value: 'utc', label: 'UTC' },
                ]}
              />
            )}
            <LinkButton to="/cases/$code/$tab" params={{ code, tab: 'deliver' }}>
              {t('timeline.export')}
            </LinkButton>
          </Row>
        }
      >
        <FilterBar
          code={code}
          filters={filters}
          histogram={histogram}
          shown={total}
          times={times}
          onChange={change}
        />
        {query.error && !histogram ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {!histogram && !query.error ? <Loading /> : null}
        {histogram ? (
          <LineChart
            choice={choice}
            histogram={histogram}
            times={times}
            isUtc={isUtc}
            onStretch={(from, to) => change({ ...filters, from, to })}
            onMoment={toMoment}
          />
        ) : null}
      </Section>
      {total === 0 && !isFiltered ? (
        <p>{histogram?.undated === 0 ? t('timeline.nothing') : t('timeline.onlyUndated')}</p>
      ) : null}
      {total === 0 && isFiltered ? (
        <p>
          {t('timeline.empty')} {hidden.all === null ? '' : t('timeline.hide', { n: hidden.all })}
        </p>
      ) : null}
      {total !== null && total > 0 ? (
        <Section
          title={t('timeline.recordCount', { count: total })}
          actions={
            <Row gap="small">
              <Button size="small" onClick={() => setAskingTime(true)}>
                {t('timeline.goToTime')}
              </Button>
              <Button size="small" onClick={() => toFinding('previous')}>
                {t('timeline.previousFinding')}
              </Button>
              <Button size="small" onClick={() => toFinding('next')}>
                {t('timeline.nextFinding')}
              </Button>
            </Row>
          }
        >
          <p aria-live="polite">{said}</p>
          <LineRows
            // Another choice, or another window, is another list.
            key={JSON.stringify([choice, windowAround(place.anchor, total).start])}
            choice={choice}
            total={total}
            anchor={place.anchor}
            target={place.target}
            asked={asked}
            top={top}
            times={times}
            onTarget={goTo}
            onAnchor={(anchor) => setPlace({ ...place, anchor })}
            onOpen={(at, row) => {
              setPlace({ ...place, target: { place: at, turn: place.target?.turn ?? 0 } });
              setPanelRow(row);
              setOpenRow(at);
            }}
            onRow={(row) => {
              chosenRow.current = row;
              if (row && openRow !== null) setPanelRow(row);
            }}
          />
        </Section>
      ) : null}
      {histogram && !isStale ? (
        <UndatedList code={code} choice={choice} count={histogram.undated} times={times} />
      ) : null}
      <RowPanel
        code={code}
        row={panelRow}
        isOpen={openRow !== null}
        times={times}
        onClose={() => setOpenRow(null)}
        onStep={step}
      />
      <TimeDialog
        isOpen={isAskingTime}
        begin={times.toField(histogram?.from ?? null)}
        onClose={() => setAskingTime(false)}
        onGo={(value) => {
          const ms = times.fromField(value);
          setAskingTime(false);
          if (ms !== null) toMoment(storedTime(ms));
        }}
      />
    </Column>
  );
}

function TimeDialog({
  isOpen,
  begin,
  onClose,
  onGo,
}: {
  readonly isOpen: boolean;
  readonly begin: string;
  readonly onClose: () => void;
  readonly onGo: (value: string) => void;
}) {
  const t = useTexts();
  const [value, setValue] = useState('');
  const asked = value === '' ? begin : value;
  return (
    <Dialog title={t('timeline.goToTime')} isOpen={isOpen} onClose={onClose}>
      <TextField
        type="datetime-local"
        label={t('timeline.timeToGo')}
        value={asked}
        onChange={setValue}
        onEnter={() => onGo(asked)}
      />
      <Row gap="small">
        <Button look="main" onClick={() => onGo(asked)}>
          {t('timeline.go')}
        </Button>
        <Button onClick={onClose}>{t('cancel')}</Button>
      </Row>
    </Dialog>
  );
}
