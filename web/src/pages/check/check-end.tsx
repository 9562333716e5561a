import type { Result } from '../../../../src/core/result.js';
import { ApiFailure } from '../../api/client.js';
import type { Check, ImportReport } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { DownloadLink } from '../../ui/download-link.js';
import { Column, Row, Section } from '../../ui/layout.js';
import { Failure, Loaded } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Table } from '../../ui/table.js';
import classes from './check.module.css';

const OUTCOMES = ['read', 'empty', 'notRecognised', 'unreadable', 'skipped'] as const;

/** What became of a check: its verdict, what became of everything that was given, and where to go on. */
export function CheckEnd({ check }: { readonly check: Check }) {
  const t = useTexts();
  if (check.state === 'done') return <Done check={check} />;
  const { error, caseCode } = check;
  return (
    <Column gap="large">
      {check.state === 'stopped' ? (
        <Notice kind="partial">{t('check.stopped', { records: check.progress.records })}</Notice>
      ) : (
        <Failure error={failureOf(error)} />
      )}
      <Row>
        <LinkButton to="/add" search={{ case: caseCode }} look="main">
          {t('check.again')}
        </LinkButton>
        {check.progress.records > 0 ? (
          <LinkButton to="/cases/$code/$tab" params={{ code: caseCode, tab: 'timeline' }}>
            {t('check.toTimeline')}
          </LinkButton>
        ) : null}
        <LinkButton to="/cases/$code" params={{ code: caseCode }}>
          {t('check.toCase')}
        </LinkButton>
      </Row>
    </Column>
  );
}

function failureOf(error: Check['error']): ApiFailure {
  return new ApiFailure(500, error?.code ?? 'internal', error?.params ?? {}, false, error?.requestId ?? '');
}

function Done({ check: { id, caseCode } }: { readonly check: Check }) {
  const t = useTexts();
  const result = useRead<Result>(`/checks/${id}/result`);
  return (
    <Loaded query={result}>
      {({ verdict, findings }) => (
        <Column gap="large">
          <Column gap="small">
            <p className={classes.verdict}>{verdict.text}</p>
            <p>{verdict.coverage}</p>
          </Column>
          <Row>
            <LinkButton to="/checks/$check/findings" params={{ check: id }} look="main">
              {t('check.toFindings', { count: findings.length })}
            </LinkButton>
            <LinkButton to="/checks/$check/coverage" params={{ check: id }}>
              {t('check.toCoverage')}
            </LinkButton>
            <LinkButton to="/cases/$code" params={{ code: caseCode }}>
              {t('check.toCase')}
            </LinkButton>
          </Row>
          <Import id={id} />
          <Section title={t('check.report.title')}>
            <p>{t('check.report.what')}</p>
            <Row>
              <DownloadLink path={`checks/${id}/report.pdf`}>{t('check.report.pdf')}</DownloadLink>
              <DownloadLink path={`checks/${id}/report.html`}>{t('check.report.html')}</DownloadLink>
            </Row>
          </Section>
          <Row>
            <LinkButton to="/add" search={{ case: caseCode }} look="quiet">
              {t('check.more')}
            </LinkButton>
          </Row>
        </Column>
      )}
    </Loaded>
  );
}

function Import({ id }: { readonly id: string }) {
  const t = useTexts();
  const query = useRead<ImportReport>(`/checks/${id}/import`);
  return (
    <Section title={t('check.import.title')}>
      <Loaded query={query}>
        {(report) => {
          const rows = OUTCOMES.map((outcome) => ({ outcome, count: report[outcome] })).filter(
            ({ outcome, count }) => outcome === 'read' || count > 0,
          );
          return (
            <>
              <p>{t('check.import.sum', { received: report.received })}</p>
              <div className={classes.narrow}>
                <Table
                  caption={t('check.import.title')}
                  rows={rows}
                  keyOf={({ outcome }) => outcome}
                  columns={[
                    { name: t('check.import.what'), cell: ({ outcome }) => t(`check.import.${outcome}`) },
                    { name: t('check.import.files'), isNumber: true, cell: ({ count }) => t.number(count) },
                  ]}
                />
              </div>
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
