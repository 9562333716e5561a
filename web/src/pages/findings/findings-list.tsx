import { Link } from '@tanstack/react-router';
import { useId, useMemo, useRef, useState } from 'react';
import { compareText } from '../../../../src/core/compare-text.js';
import { CONFIDENCES, SEVERITIES } from '../../../../src/core/contracts.js';
import { type Translator, visibleText } from '../../../../src/core/language.js';
import type { Result, ResultFinding } from '../../../../src/core/result.js';
import type { Review } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useLetterKeys } from '../../shell/keys.js';
import { useTexts } from '../../texts/texts.js';
import { Badge, Chip } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Select, TextField } from '../../ui/fields.js';
import { Column, Fold, Row } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { ConfidenceMark, SeverityMark } from '../../ui/severity.js';
import { concernsStalkerware, StalkerwareNotice } from '../finding/stalkerware-notice.js';
import { evidenceName } from './evidence-name.js';
import {
  choicesOf,
  type FilterName,
  type Filters,
  filtered,
  NO_FILTERS,
  NO_TECHNIQUE,
  reviewStateOf,
} from './filters.js';
import classes from './findings.module.css';
import { type FindingGroup, grouped, groupKey } from './groups.js';
import { sortFindings } from './order.js';
import { useKeptState } from './use-kept-state.js';
import { whenOf } from './when.js';

/** Rows on the page at first, and more each time they are asked for. */
const ROWS = 100;
const REVIEW_STATES = ['not-reviewed', 'confirmed', 'dismissed'] as const;

/** The findings of a check: filters, rows, and those that were dismissed in a group of their own. */
export function FindingsList({ check }: { readonly check: string }) {
  const result = useRead<Result>(`/checks/${check}/result`);
  const reviews = useRead<Review[]>(`/checks/${check}/reviews`);
  return (
    <Loaded query={result}>
      {(known) => (
        <Loaded query={reviews}>{(said) => <List check={check} result={known} reviews={said} />}</Loaded>
      )}
    </Loaded>
  );
}

function List({
  check,
  result,
  reviews: said,
}: {
  readonly check: string;
  readonly result: Result;
  readonly reviews: readonly Review[];
}) {
  const t = useTexts();
  const [filters, setFilters] = useKeptState<Filters>(`findings ${check}`, NO_FILTERS);
  const sorted = useMemo(() => sortFindings(result.findings), [result]);
  const reviews = useMemo(() => new Map(said.map((review) => [review.finding, review])), [said]);
  const { shown, hidden } = useMemo(() => filtered(sorted, filters, reviews), [sorted, filters, reviews]);
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  // Nothing was found: the sentences above say so, and what could not be looked at.
  if (sorted.length === 0) return null;
  const isDismissed = ({ id }: ResultFinding): boolean => reviewStateOf(reviews, id) === 'dismissed';
  const isAskedFor = filters.review === 'dismissed';
  const standing = isAskedFor ? shown : shown.filter((finding) => !isDismissed(finding));
  const dismissed = isAskedFor ? [] : shown.filter(isDismissed);
  const rows = { check, result, reviews };
  return (
    <div ref={box}>
      <Column>
        {sorted.some(concernsStalkerware) ? <StalkerwareNotice /> : null}
        {sorted.length > 1 ? (
          <FilterBar
            result={result}
            filters={filters}
            hidden={hidden}
            total={sorted.length - shown.length}
            onChange={setFilters}
          />
        ) : null}
        {standing.length > 0 ? <Rows {...rows} findings={standing} /> : null}
        {shown.length === 0 ? (
          <Row>
            <p>{t('findings.allHidden')}</p>
            <Button size="small" onClick={() => setFilters(NO_FILTERS)}>
              {t('findings.clear')}
            </Button>
          </Row>
        ) : null}
        {dismissed.length > 0 ? (
          <Fold summary={t('findings.dismissed', { count: dismissed.length })}>
            <Rows {...rows} findings={dismissed} />
          </Fold>
        ) : null}
      </Column>
    </div>
  );
}

function FilterBar({
  result,
  filters,
  hidden,
  total,
  onChange,
}: {
  readonly result: Result;
  readonly filters: Filters;
  readonly hidden: ReadonlyMap<FilterName, number>;
  readonly total: number;
  readonly onChange: (next: Filters) => void;
}) {
  const t = useTexts();
  const { evidence, techniques } = choicesOf(result.findings, result.evidence);
  const wordOf = (name: FilterName, value: string): string => {
    switch (name) {
      case 'severity':
        return t(`severity.${value}`);
      case 'confidence':
        return t(`confidence.${value}`);
      case 'review':
        return t(`findings.review.${value}`);
      case 'evidence':
        return visibleText(evidenceName(result.evidence, value));
      case 'technique':
        return value === NO_TECHNIQUE ? t('findings.noTechnique') : value;
      case 'text':
        return value;
    }
  };
  const field = (name: FilterName, values: readonly string[]) => (
    <Select
      label={t(`findings.filter.${name}`)}
      value={filters[name]}
      onChange={(value) => onChange({ ...filters, [name]: value })}
      choices={[
        { value: '', label: t('findings.filter.all') },
        ...values.map((value) => ({ value, label: wordOf(name, value) })),
      ]}
    />
  );
  return (
    <Column gap="small">
      <search className={classes.filters} aria-label={t('findings.filter.label')}>
        {field('severity', SEVERITIES.toReversed())}
        {field('confidence', CONFIDENCES.toReversed())}
        {evidence.length > 1
          ? field(
              'evidence',
              evidence.map(({ id }) => id),
            )
          : null}
        {techniques.length > 1 ? field('technique', techniques) : null}
        {field('review', REVIEW_STATES)}
        <TextField
          type="search"
          label={t('findings.filter.text')}
          value={filters.text}
          onChange={(text) => onChange({ ...filters, text })}
        />
      </search>
      {hidden.size > 0 ? (
        <Row gap="small">
          {[...hidden].map(([name, count]) => {
            const words = t('findings.chip', {
              filter: t(`findings.filter.${name}`),
              value: wordOf(name, filters[name]),
              count,
            });
            return (
              <Chip
                key={name}
                label={t('findings.removeChip', { chip: words })}
                onRemove={() => onChange({ ...filters, [name]: '' })}
              >
                {words}
              </Chip>
            );
          })}
          <span aria-live="polite">{t('findings.hidden', { n: total })}</span>
        </Row>
      ) : null}
    </Column>
  );
}

function Rows({
  check,
  result,
  reviews,
  findings,
}: {
  readonly check: string;
  readonly result: Result;
  readonly reviews: ReadonlyMap<string, Review>;
  readonly findings: readonly ResultFinding[];
}) {
  const t = useTexts();
  const [limit, setLimit] = useState(ROWS);
  const [open, setOpen] = useKeptState<readonly string[]>(`findings open ${check}`, []);
  const groups = useMemo(() => grouped(findings), [findings]);
  const turn = (key: string): void =>
    setOpen(open.includes(key) ? open.filter((one) => one !== key) : [...open, key]);
  const rows = { check, evidence: result.evidence, reviews };
  return (
    <>
      <ul className={classes.list} aria-label={t('findings.list')}>
        {groups
          .slice(0, limit)
          .map((group) =>
            group.length === 1 ? (
              <FindingRow key={group[0].id} {...rows} finding={group[0]} />
            ) : (
              <GroupRow
                key={group[0].id}
                {...rows}
                group={group}
                isOpen={open.includes(groupKey(group[0]))}
                onTurn={() => turn(groupKey(group[0]))}
              />
            ),
          )}
      </ul>
      {groups.length > limit ? (
        <Row>
          <Button onClick={() => setLimit(limit + ROWS)}>
            {t('findings.more', { count: groups.length - limit })}
          </Button>
        </Row>
      ) : null}
    </>
  );
}

interface RowProps {
  readonly check: string;
  readonly evidence: Result['evidence'];
  readonly reviews: ReadonlyMap<string, Review>;
}

/** Several findings that say the same, as one row that opens. */
function GroupRow({
  group,
  isOpen,
  onTurn,
  ...rows
}: RowProps & {
  readonly group: FindingGroup;
  readonly isOpen: boolean;
  readonly onTurn: () => void;
}) {
  const t = useTexts();
  const marks = useId();
  const [first] = group;
  const evidence = new Set(group.flatMap((finding) => finding.evidence.map((pointer) => pointer.evidence)));
  const times = group.flatMap(({ at }) => at ?? []).sort(compareText);
  const states = REVIEW_STATES.map(
    (state) => [state, group.filter(({ id }) => reviewStateOf(rows.reviews, id) === state).length] as const,
  ).filter(([, count]) => count > 0);
  return (
    <li>
      <div className={classes.row}>
        <div className={classes.marks} id={marks}>
          <SeverityMark severity={first.severity} />
          <ConfidenceMark confidence={first.confidence} />
        </div>
        <div>
          <button
            type="button"
            className={classes.group}
            aria-expanded={isOpen}
            aria-describedby={marks}
            data-row
            onClick={onTurn}
          >
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> <EvidenceText text={first.title} />
          </button>
          <div className={classes.facts}>
            {t('findings.group.times', { count: group.length })}
            {' · '}
            {t('findings.group.evidence', { count: evidence.size })}
          </div>
        </div>
        <div className={classes.when}>
          <div>{spanOf(times, t)}</div>
          <Badge>{states.map(([state, count]) => t(`findings.group.${state}`, { count })).join(', ')}</Badge>
        </div>
      </div>
      {isOpen ? (
        <ul className={classes.inner} aria-label={visibleText(first.title)}>
          {group.map((finding) => (
            <FindingRow key={finding.id} {...rows} finding={finding} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function spanOf(times: readonly string[], t: Translator): string {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return t('findings.undated');
  return first === last
    ? t.time(first)
    : t('findings.group.span', { from: { date: first }, to: { date: last } });
}

function FindingRow({ check, finding, evidence, reviews }: RowProps & { readonly finding: ResultFinding }) {
  const t = useTexts();
  const review = reviews.get(finding.id) ?? null;
  const marks = useId();
  const ids = [...new Set(finding.evidence.map((pointer) => pointer.evidence))];
  const [first = ''] = ids;
  return (
    <li className={classes.row}>
      <div className={classes.marks} id={marks}>
        <SeverityMark severity={finding.severity} />
        <ConfidenceMark confidence={finding.confidence} />
      </div>
      <div>
        <Link
          to="/checks/$check/findings/$finding"
          params={{ check, finding: finding.id }}
          className={classes.title}
          aria-describedby={marks}
          data-row
        >
          <EvidenceText text={finding.title} />
        </Link>
        <div className={classes.facts}>
          <EvidenceText text={evidenceName(evidence, first)} />
          {ids.length > 1 ? ` ${t('findings.moreEvidence', { count: ids.length - 1 })}` : null}
          {' · '}
          {t('findings.places', { count: finding.evidenceTotal })}
        </div>
        {review !== null && review.reason !== '' && review.state !== 'not-reviewed' ? (
          <div className={classes.facts}>
            {t('findings.reason')} <EvidenceText text={review.reason} />
          </div>
        ) : null}
      </div>
      <div className={classes.when}>
        <div>{whenOf(finding, t)}</div>
        <Badge>{t(`findings.review.${review?.state ?? 'not-reviewed'}`)}</Badge>
      </div>
    </li>
  );
}

/** `j` and `k` go from row to row; Enter then opens, as with any link. */
function useRowKeys(box: React.RefObject<HTMLDivElement | null>): void {
  const move = (step: 1 | -1): void => {
    const rows = [...(box.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].filter(
      (row) => row.offsetParent !== null,
    );
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    rows[next]?.focus();
    rows[next]?.scrollIntoView({ block: 'nearest' });
  };
  useLetterKeys({ j: () => move(1), k: () => move(-1) });
}
