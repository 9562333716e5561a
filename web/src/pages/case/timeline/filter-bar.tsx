import { useEffect, useState } from 'react';
import { SEVERITIES, type Severity } from '../../../../../src/core/contracts.js';
import type { EventFilters, Histogram } from '../../../api/paths.js';
import { useRead } from '../../../api/queries.js';
import { useTexts } from '../../../texts/texts.js';
import { Chip } from '../../../ui/badge.js';
import { Button } from '../../../ui/button.js';
import { CheckField, Select, TextField } from '../../../ui/fields.js';
import { Column, Fold, Row } from '../../../ui/layout.js';
import { FILTER_NAMES, isOn, type LineFilters, NO_FILTERS, without } from './line-filters.js';
import classes from './timeline.module.css';
import { useHidden } from './use-line.js';
import { lastBefore, storedTime, type ZoneTime } from './zone-time.js';

const TYPED_MS = 350;
const MINUTE_MS = 60_000;

export function FilterBar({
  code,
  filters,
  histogram,
  shown,
  times,
  onChange,
}: {
  readonly code: string;
  readonly filters: LineFilters;
  readonly histogram: Histogram | undefined;
  /** Rows that pass; null while they are counted. */
  readonly shown: number | null;
  readonly times: ZoneTime;
  readonly onChange: (filters: LineFilters) => void;
}) {
  const t = useTexts();
  const offered = useRead<EventFilters>(`/events/filters?case=${encodeURIComponent(code)}`);
  const set = (change: Partial<LineFilters>): void => onChange({ ...filters, ...change });
  const all = { value: '', label: t('timeline.all') };
  const { evidence = [], people = [], techniques = [], severities = [] } = offered.data ?? {};
  return (
    <Column gap="small">
      <div className={classes.filters}>
        <WordsField value={filters.text} onChange={(text) => set({ text })} />
        <TimeField
          label={t('timeline.from')}
          value={times.toField(filters.from)}
          onChange={(value) => {
            const ms = times.fromField(value);
            if (value === '' || ms !== null) set({ from: ms === null ? null : storedTime(ms) });
          }}
        />
        <TimeField
          label={t('timeline.to')}
          value={times.toField(filters.to)}
          onChange={(value) => {
            const ms = times.fromField(value);
            if (value === '' || ms !== null) set({ to: ms === null ? null : lastBefore(ms + MINUTE_MS) });
          }}
        />
        {severities.length > 0 ? (
          <Select
            label={t('timeline.severity')}
            value={filters.severity}
            onChange={(severity) => set({ severity })}
            choices={[
              { value: '' as const, label: t('timeline.all') },
              { value: 'info' as const, label: t('timeline.withFindings') },
              ...(SEVERITIES.filter((one) => one !== 'info').reverse() as Severity[]).map((value) => ({
                value,
                label: t('timeline.atLeast', { severity: t(`severity.${value}`) }),
              })),
            ]}
          />
        ) : null}
        {techniques.length > 0 ? (
          <Select
            label={t('timeline.technique')}
            value={filters.technique}
            onChange={(technique) => set({ technique })}
            choices={[all, ...techniques.map(({ technique, name }) => ({ value: technique, label: name }))]}
          />
        ) : null}
        {people.length > 0 ? (
          <Select
            label={t('timeline.person')}
            value={filters.person}
            onChange={(person) => set({ person })}
            choices={[all, ...people.map((person) => ({ value: person, label: person }))]}
          />
        ) : null}
        {evidence.length > 1 ? (
          <Select
            label={t('timeline.evidence')}
            value={filters.evidence}
            onChange={(label) => set({ evidence: label })}
            choices={[
              all,
              ...evidence.map(({ label, name }) => ({ value: label, label: `${label} · ${name}` })),
            ]}
          />
        ) : null}
      </div>
      <Kinds filters={filters} histogram={histogram} onChange={(kinds) => set({ kinds })} />
      <Chips code={code} filters={filters} shown={shown} onChange={onChange} />
    </Column>
  );
}

/** What is typed is looked for a moment after the last key. */
function WordsField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const t = useTexts();
  const [typed, setTyped] = useTyped(value, onChange);
  return <TextField type="search" label={t('timeline.words')} value={typed} onChange={setTyped} />;
}

function TimeField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useTyped(value, onChange);
  return <TextField type="datetime-local" label={label} value={typed} onChange={setTyped} />;
}

function useTyped(value: string, onChange: (text: string) => void) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPED_MS);
    return () => clearTimeout(timer);
  });
  return [typed, setTyped] as const;
}

function Kinds({
  filters,
  histogram,
  onChange,
}: {
  readonly filters: LineFilters;
  readonly histogram: Histogram | undefined;
  readonly onChange: (kinds: string[]) => void;
}) {
  const t = useTexts();
  const kinds = histogram?.kinds ?? [];
  const chosen = new Set(filters.kinds);
  const offered = [
    ...kinds,
    ...filters.kinds
      .filter((kind) => !kinds.some((one) => one.kind === kind))
      .map((kind) => ({ kind, name: kind, count: 0 })),
  ];
  if (offered.length < 2 && filters.kinds.length === 0) return null;
  return (
    <Fold summary={t('timeline.kinds', { count: offered.length, chosen: filters.kinds.length })}>
      <fieldset className={classes.kinds}>
        <legend className="v-hidden-visually">{t('timeline.kindsField')}</legend>
        {offered.map(({ kind, name, count }) => (
          <CheckField
            key={kind}
            label={t('timeline.kind', { name, count })}
            value={chosen.has(kind)}
            onChange={(isOf) =>
              onChange(isOf ? [...filters.kinds, kind] : filters.kinds.filter((one) => one !== kind))
            }
          />
        ))}
      </fieldset>
    </Fold>
  );
}

function Chips({
  code,
  filters,
  shown,
  onChange,
}: {
  readonly code: string;
  readonly filters: LineFilters;
  readonly shown: number | null;
  readonly onChange: (filters: LineFilters) => void;
}) {
  const t = useTexts();
  const hidden = useHidden(code, filters, shown);
  const active = FILTER_NAMES.filter((name) => isOn(filters, name));
  if (active.length === 0) return null;
  return (
    <Row gap="small">
      {active.map((name) => {
        const count = hidden.by.get(name) ?? null;
        const filter = t(`timeline.filter.${name}`);
        const what = count === null ? filter : t('timeline.chip', { filter, n: count });
        return (
          <Chip
            key={name}
            label={t('timeline.removeFilter', { filter: what })}
            onRemove={() => onChange(without(filters, name))}
          >
            {what}
          </Chip>
        );
      })}
      <Button size="small" look="quiet" onClick={() => onChange(NO_FILTERS)}>
        {t('timeline.clear')}
      </Button>
      <span aria-live="polite">{hidden.all === null ? '' : t('timeline.hide', { n: hidden.all })}</span>
    </Row>
  );
}
