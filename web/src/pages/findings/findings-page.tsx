import { Link, useParams } from '@tanstack/react-router';
import type { Result } from '../../../../src/core/result.js';
import type { Check } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { DownloadLink } from '../../ui/download-link.js';
import { Column, Page, Row, Section } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import classes from './findings.module.css';
import { FindingsList } from './findings-list.js';

const ADVICE = [0, 1, 2] as const;

/** What a check came to: the verdict, what it rests on, and the findings. */
export function FindingsPage() {
  const t = useTexts();
  const { check: id } = useParams({ from: '/checks/$check/findings' });
  const check = useRead<Check>(`/checks/${id}`);
  const result = useRead<Result>(`/checks/${id}/result`);
  return (
    <Page
      title={t('findings.title')}
      actions={
        check.data ? (
          <LinkButton to="/cases/$code" params={{ code: check.data.caseCode }} look="quiet">
            {t('findings.toCase')}
          </LinkButton>
        ) : null
      }
    >
      {check.data && check.data.finishedAt === null ? (
        <Notice
          actions={
            <LinkButton to="/checks/$check" params={{ check: id }}>
              {t('findings.toProgress')}
            </LinkButton>
          }
        >
          {t('findings.running')}
        </Notice>
      ) : check.data && check.data.state !== 'done' ? (
        <Notice
          kind="partial"
          actions={
            <LinkButton to="/checks/$check" params={{ check: id }}>
              {t('findings.toCheck')}
            </LinkButton>
          }
        >
          {t(`findings.${check.data.state === 'stopped' ? 'stopped' : 'failed'}`)}
        </Notice>
      ) : (
        <Loaded query={result}>
          {(known) => <Outcome id={id} result={known} caseCode={check.data?.caseCode ?? null} />}
        </Loaded>
      )}
    </Page>
  );
}

/** What to do where there is no finding. */
function Advice({ isRead, caseCode }: { readonly isRead: boolean; readonly caseCode: string | null }) {
  const t = useTexts();
  const id = isRead ? 'findings.none' : 'findings.nothingRead';
  return (
    <Section title={t(`${id}.title`)}>
      <ul className={classes.advice}>
        {ADVICE.map((step) => (
          <li key={step}>{t(`${id}.steps.${step}`)}</li>
        ))}
      </ul>
      <Row>
        <LinkButton to="/add" search={caseCode === null ? {} : { case: caseCode }}>
          {t('findings.addMore')}
        </LinkButton>
      </Row>
    </Section>
  );
}

function Outcome({
  id,
  result,
  caseCode,
}: {
  readonly id: string;
  readonly result: Result;
  readonly caseCode: string | null;
}) {
  const t = useTexts();
  const { verdict, findings, coverage } = result;
  const partial = coverage.filter(({ status }) => status === 'partial').length;
  const locked = coverage.some(({ status }) => status === 'encrypted');
  return (
    <Column gap="large">
      <Column gap="small">
        <p className={classes.verdict}>{verdict.text}</p>
        <p>
          {verdict.coverage}{' '}
          <Link to="/checks/$check/coverage" params={{ check: id }}>
            {t('findings.toCoverage')}
          </Link>
        </p>
      </Column>
      {partial > 0 ? <Notice kind="partial">{t('findings.partial', { count: partial })}</Notice> : null}
      {locked ? <Notice kind="partial">{t('findings.encrypted')}</Notice> : null}
      {findings.length === 0 ? (
        <Advice isRead={verdict.code !== 'nothing-read'} caseCode={caseCode} />
      ) : (
        <Section title={t('findings.count', { count: findings.length })}>
          <FindingsList check={id} />
        </Section>
      )}
      <Section title={t('findings.report')}>
        <Row>
          <DownloadLink path={`checks/${id}/report.pdf`}>{t('check.report.pdf')}</DownloadLink>
          <DownloadLink path={`checks/${id}/report.html`}>{t('check.report.html')}</DownloadLink>
        </Row>
      </Section>
    </Column>
  );
}
