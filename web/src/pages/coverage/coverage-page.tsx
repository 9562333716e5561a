import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { visibleText } from '../../../../src/core/language.js';
import type { Result } from '../../../../src/core/result.js';
import type { CoverageRow, Remark } from '../../../../src/report/coverage-rows.js';
import { useRead } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy-button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Column, Page, Row, Section } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Table } from '../../ui/table.js';
import classes from './coverage.module.css';
import {
  asText,
  type EvidencePart,
  partsOf,
  recordsWords,
  remarkWords,
  statusWords,
  timeWords,
} from './coverage-parts.js';

/** What was read, how far, and what was not: what the word "nothing found" rests on. */
export function CoveragePage() {
  const t = useTexts();
  const { check } = useParams({ from: '/checks/$check/coverage' });
  const result = useRead<Result>(`/checks/${check}/result`);
  return (
    <Page
      title={t('coverage.title')}
      lead={t('coverage.lead')}
      actions={
        <LinkButton to="/checks/$check/findings" params={{ check }}>
          {t('coverage.toFindings')}
        </LinkButton>
      }
    >
      <Loaded query={result}>{(known) => <Parts result={known} />}</Loaded>
    </Page>
  );
}

function Parts({ result }: { readonly result: Result }) {
  const t = useTexts();
  const parts = useMemo(() => partsOf(result, t), [result, t]);
  const count = result.indicators.reduce((sum, feed) => sum + feed.count, 0);
  const notSought = parts.filter((part) => part.notSought.length > 0);
  return (
    <Column gap="large">
      <Column gap="small">
        <p>{result.verdict.coverage}</p>
        <Row>
          <CopyButton text={asText(result, parts, t)}>{t('coverage.copy')}</CopyButton>
        </Row>
      </Column>
      {parts.map((part) => (
        <OfEvidence key={part.id} part={part} />
      ))}
      <Section title={t('coverage.notSought.title')}>
        {notSought.length === 0 ? (
          <p>{t('coverage.notSought.nothing')}</p>
        ) : (
          <>
            <p>{t('coverage.notSought.what')}</p>
            <ul className={classes.list}>
              {notSought.flatMap(({ id, name, notSought: words }) =>
                words.map((one) => (
                  <li key={`${id} ${one}`}>
                    {parts.length > 1 ? (
                      <>
                        <EvidenceText text={name} />:{' '}
                      </>
                    ) : null}
                    <EvidenceText text={one} />
                  </li>
                )),
              )}
            </ul>
          </>
        )}
      </Section>
      <Section title={t('coverage.compared.title')}>
        <p>{t('coverage.compared.what', { count })}</p>
        {result.indicators.length === 0 ? null : (
          <Table
            caption={t('coverage.compared.title')}
            rows={result.indicators}
            keyOf={({ file, sha256 }) => `${file} ${sha256}`}
            columns={[
              { name: t('coverage.compared.feed'), cell: ({ feed }) => <EvidenceText text={feed} /> },
              {
                name: t('coverage.compared.count'),
                isNumber: true,
                cell: (feed) => t.number(feed.count),
              },
              {
                name: 'SHA-256',
                cell: ({ sha256 }) => <EvidenceText isMono text={sha256.slice(0, 12)} />,
              },
            ]}
          />
        )}
      </Section>
    </Column>
  );
}

interface Range {
  readonly from: string;
  readonly to: string;
}

function OfEvidence({ part }: { readonly part: EvidencePart }) {
  const t = useTexts();
  const range = rangeOf(part);
  const remarked = part.rows.filter(({ remarks }) => remarks.length > 0);
  return (
    <Section title={visibleText(part.name)}>
      {part.rows.length === 0 ? (
        <p>{t('coverage.nothing')}</p>
      ) : (
        <Table
          caption={t('coverage.caption', { evidence: part.name })}
          rows={part.rows}
          keyOf={({ name, artifacts }) => `${name} ${artifacts[0]}`}
          columns={[
            { name: t('coverage.part'), cell: (row) => row.name },
            { name: t('coverage.status'), cell: (row) => statusWords(row, t) },
            { name: t('coverage.records'), isNumber: true, cell: (row) => recordsWords(row, t) },
            { name: t('coverage.first'), cell: (row) => <Time>{timeWords(row.firstAt, row, t)}</Time> },
            { name: t('coverage.last'), cell: (row) => <Time>{timeWords(row.lastAt, row, t)}</Time> },
            ...(range === null
              ? []
              : [
                  {
                    name: t('coverage.span'),
                    cell: (row: CoverageRow) => <Span row={row} range={range} />,
                  },
                ]),
          ]}
        />
      )}
      {range === null || part.rows.length === 0 ? null : (
        <p className={classes.muted}>
          {t('coverage.timeSpan', { from: { date: range.from }, to: { date: range.to } })}
        </p>
      )}
      {remarked.length === 0 ? null : (
        <Section level={3} title={t('coverage.problems')}>
          <dl className={classes.remarked}>
            {remarked.map(({ name, artifacts, remarks }) => (
              <div key={`${name} ${artifacts[0]}`}>
                <dt>{name}</dt>
                <dd>
                  <Remarks remarks={remarks} />
                </dd>
              </div>
            ))}
          </dl>
        </Section>
      )}
      {part.opening.length === 0 ? null : (
        <Section level={3} title={t('coverage.opening')}>
          <Remarks remarks={part.opening} />
        </Section>
      )}
    </Section>
  );
}

function Time({ children }: { readonly children: string }) {
  return <span className={classes.time}>{children}</span>;
}

function Remarks({ remarks }: { readonly remarks: readonly Remark[] }) {
  const t = useTexts();
  return (
    <ul className={classes.remarks}>
      {remarks.map((remark) => (
        <li key={`${remark.effect} ${remark.message}`}>
          <span className={classes.muted}>{t(`coverage.${remark.effect}`)}:</span>{' '}
          <EvidenceText text={remarkWords(remark, t)} />
        </li>
      ))}
    </ul>
  );
}

/** From when to when, on one scale for all parts of the evidence. The dates stand beside it. */
function Span({ row: { firstAt, lastAt }, range }: { readonly row: CoverageRow; readonly range: Range }) {
  if (firstAt === null || lastAt === null) return null;
  const [from, to] = [Date.parse(range.from), Date.parse(range.to)];
  const place = (at: string): number => ((Date.parse(at) - from) / Math.max(1, to - from)) * 160;
  return (
    <svg className={classes.span} viewBox="0 0 160 12" aria-hidden="true">
      <rect className={classes.track} x="0" y="2" width="160" height="8" />
      <rect
        className={classes.bar}
        x={Math.min(158, place(firstAt))}
        y="2"
        width={Math.max(2, place(lastAt) - place(firstAt))}
        height="8"
      />
    </svg>
  );
}

function rangeOf({ rows }: EvidencePart): Range | null {
  const from = rows.flatMap(({ firstAt }) => firstAt ?? []).sort()[0];
  const to = rows
    .flatMap(({ lastAt }) => lastAt ?? [])
    .sort()
    .at(-1);
  return from === undefined || to === undefined || from === to ? null : { from, to };
}
