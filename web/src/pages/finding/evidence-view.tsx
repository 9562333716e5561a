import { type ReactNode, useState } from 'react';
import type { EvidenceContext } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy-button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Select } from '../../ui/fields.js';
import { Column, Facts, Fold, Row } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { useUncovered } from '../../ui/uncovered.js';
import classes from './finding.module.css';

type Rows = EvidenceContext['rows'];

/** Places that can be chosen from in a list; a report has all of them. */
const MOST_PLACES = 200;
/** Lines or rows before and after that are seen at once. */
const NEAREST = 3;

interface Place {
  readonly evidence: string;
  readonly path: string;
  readonly locator: string;
}

/** A place that a finding points to, with what is around it. */
export function EvidenceView({
  check,
  finding,
  places,
  total,
  caseCode,
  isPrivate,
}: {
  readonly check: string;
  readonly finding: string;
  readonly places: readonly Place[];
  readonly total: number;
  readonly caseCode: string;
  /** Messages, calls, pages that somebody saw: covered until uncovered. */
  readonly isPrivate: (place: Place) => boolean;
}) {
  const t = useTexts();
  const [pointer, setPointer] = useState('0');
  const place = places[Number(pointer)];
  const query = useRead<EvidenceContext>(
    `/checks/${check}/context?finding=${encodeURIComponent(finding)}&pointer=${pointer}`,
  );
  if (place === undefined) return null;
  return (
    <Column>
      {places.length > 1 ? (
        <Select
          label={t('finding.place')}
          help={t('finding.placeCount', { shown: Math.min(places.length, MOST_PLACES), total })}
          value={pointer}
          onChange={setPointer}
          choices={places.slice(0, MOST_PLACES).map((one, index) => ({
            value: String(index),
            label: `${index + 1} · ${[one.path, one.locator].filter((part) => part !== '').join(' › ')}`,
          }))}
        />
      ) : null}
      <Loaded key={pointer} query={query}>
        {(context) => (
          <Column>
            <Facts
              facts={[
                [t('finding.where.evidence'), <EvidenceText key="e" text={context.evidence} />],
                [t('finding.where.file'), <EvidenceText key="f" isMono text={context.path} />],
                [
                  t('finding.where.place'),
                  context.locator === '' ? (
                    t('finding.where.wholeFile')
                  ) : (
                    <EvidenceText key="p" isMono text={context.locator} />
                  ),
                ],
                ...(context.sha256 === null
                  ? []
                  : [
                      [
                        t('finding.where.sha256'),
                        <EvidenceText key="h" isMono text={context.sha256} />,
                      ] as const,
                    ]),
              ]}
            />
            <Row gap="small">
              <CopyButton text={referenceOf(caseCode, context)}>{t('finding.copyReference')}</CopyButton>
            </Row>
            <ContextRows context={context} isPrivate={isPrivate(place)} />
          </Column>
        )}
      </Loaded>
    </Column>
  );
}

/** What lets another person find the place again. */
function referenceOf(caseCode: string, { evidence, path, locator, sha256 }: EvidenceContext): string {
  return [caseCode, evidence, path, locator, sha256 === null ? '' : `SHA-256 ${sha256}`]
    .filter((part) => part !== '')
    .join(' › ');
}

function ContextRows({
  context,
  isPrivate,
}: {
  readonly context: EvidenceContext;
  readonly isPrivate: boolean;
}) {
  const t = useTexts();
  const { view } = context;
  if (view === 'unavailable') return <Notice kind="partial">{t('finding.unavailable')}</Notice>;
  return (
    <Column gap="small">
      <p className={classes.muted}>{t(`finding.view.${view}`)}</p>
      {isPrivate ? <CoveredParts context={context} /> : <OpenParts context={context} />}
      {context.isCut ? <p className={classes.muted}>{t('finding.cut')}</p> : null}
    </Column>
  );
}

/** Before, the place itself, after: uncovered one by one. */
function CoveredParts({ context }: { readonly context: EvidenceContext }) {
  const t = useTexts();
  const { rows } = context;
  const here = rows.findIndex(({ isHere }) => isHere);
  const parts: readonly (readonly [id: string, rows: Rows])[] =
    here < 0
      ? [['record', rows]]
      : [
          ['before', rows.slice(0, here)],
          ['here', rows.slice(here, here + 1)],
          ['after', rows.slice(here + 1)],
        ];
  return parts.map(([id, own]) =>
    own.length === 0 ? null : (
      <Covered key={id} what={t(`finding.part.${id}`, { count: own.length })} words={wordsIn(own)}>
        <ContextPart context={context} rows={own} />
      </Covered>
    ),
  );
}

/** The place with its nearest neighbours; those farther away folded. */
function OpenParts({ context }: { readonly context: EvidenceContext }) {
  const t = useTexts();
  const { rows } = context;
  const here = Math.max(
    0,
    rows.findIndex(({ isHere }) => isHere),
  );
  // A record, or the bytes around a place, is one thing.
  const near = context.view === 'lines' || context.view === 'rows' ? NEAREST : rows.length;
  const [from, to] = [Math.max(0, here - near), here + near + 1];
  const [before, after] = [rows.slice(0, from), rows.slice(to)];
  return (
    <>
      {before.length === 0 ? null : (
        <Fold summary={t('finding.part.before', { count: before.length })}>
          <ContextPart context={context} rows={before} />
        </Fold>
      )}
      <ContextPart context={context} rows={rows.slice(from, to)} />
      {after.length === 0 ? null : (
        <Fold summary={t('finding.part.after', { count: after.length })}>
          <ContextPart context={context} rows={after} />
        </Fold>
      )}
    </>
  );
}

function ContextPart({ context, rows }: { readonly context: EvidenceContext; readonly rows: Rows }) {
  const t = useTexts();
  const { columns, view } = context;
  const isMono = view === 'lines' || view === 'bytes';
  if (view === 'record' || view === 'keys') {
    return (
      <Cells
        cells={rows
          .map(({ label, cells, isHere }) => ({ column: label, cell: cells.join(' '), isHere }))
          .filter(({ cell, isHere }) => cell !== '' || isHere)}
      />
    );
  }
  return (
    <ul className={classes.rows}>
      {rows.map(({ label, cells, isHere }) => (
        <li key={label} className={isHere ? `${classes.line} ${classes.here}` : classes.line}>
          <EvidenceText text={label} isMono={isMono} />
          {columns.length > 0 ? (
            <RowCells columns={columns} cells={cells} />
          ) : (
            <div>
              <EvidenceText text={cells.join('  ')} isMono={isMono} />
              {isHere ? <span className={classes.muted}> ← {t('finding.here')}</span> : null}
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Of tables with dozens of columns, those that say something; the others folded. */
function RowCells({
  columns,
  cells,
}: {
  readonly columns: readonly string[];
  readonly cells: readonly string[];
}) {
  const t = useTexts();
  const named = columns.map((column, index) => ({ column, cell: cells[index] ?? '' }));
  const telling = named.filter(({ cell }) => cell !== '' && cell !== '0');
  const rest = named.filter(({ cell }) => cell === '' || cell === '0');
  return (
    <div>
      <Cells cells={telling} />
      {rest.length === 0 ? null : (
        <Fold summary={t('finding.emptyColumns', { count: rest.length })}>
          <Cells cells={rest} />
        </Fold>
      )}
    </div>
  );
}

function Cells({
  cells,
}: {
  readonly cells: readonly { readonly column: string; readonly cell: string; readonly isHere?: boolean }[];
}) {
  const t = useTexts();
  return (
    <dl className={classes.cells}>
      {cells.map(({ column, cell, isHere }) => (
        <div key={column} className={isHere ? classes.here : undefined}>
          <dt>
            <EvidenceText text={column} />
          </dt>
          <dd>
            {cell === '' ? '–' : <EvidenceText text={cell} />}
            {isHere ? <span className={classes.muted}> ← {t('finding.here')}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Not on the page at all until uncovered. */
function Covered({
  what,
  words,
  children,
}: {
  readonly what: string;
  readonly words: number;
  readonly children: ReactNode;
}) {
  const t = useTexts();
  const { isCovering, isUncovered, uncover } = useUncovered();
  if (!isCovering || isUncovered) return children;
  return (
    <Row gap="small">
      <span>{t('evidence.covered', { what, words })}</span>
      <Button size="small" onClick={uncover} label={t('finding.uncover', { what })}>
        {t('evidence.uncover')}
      </Button>
    </Row>
  );
}

function wordsIn(rows: Rows): number {
  return rows.flatMap(({ cells }) => cells).reduce((sum, cell) => sum + (cell.match(/\S+/g)?.length ?? 0), 0);
}
