import { useNavigate, useParams } from '@tanstack/react-router';
import { Fragment, useMemo } from 'react';
import type { Result, ResultFinding } from '../../../../src/core/result.js';
import type { Check, Review } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useLetterKeys } from '../../shell/keys.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { DownloadLink } from '../../ui/download-link.js';
import { EvidenceText, ValueText } from '../../ui/evidence-text.js';
import { Column, Facts, Fold, Page, Row, Section } from '../../ui/layout.js';
import { Failure, Loaded, Loading } from '../../ui/loaded.js';
import { ConfidenceMark, SeverityMark } from '../../ui/severity.js';
import { sortFindings } from '../findings/order.js';
import { whenOf } from '../findings/when.js';
import { EvidenceView } from './evidence-view.js';
import classes from './finding.module.css';
import { PictureOf } from './picture-of.js';
import { ReviewForm } from './review-form.js';
import { concernsStalkerware, StalkerwareNotice, withoutNotice } from './stalkerware-notice.js';

/** Rooms whose evidence is about servers, traffic and programs: nobody's messages. */
const PUBLIC_ROOMS = ['floods/', 'captures/', 'scans/', 'implants/'];

/** A finding: what was seen, what it means and does not mean, what to do, and the evidence it points to. */
export function FindingPage() {
  const t = useTexts();
  const { check, finding: id } = useParams({ from: '/checks/$check/findings/$finding' });
  const result = useRead<Result>(`/checks/${check}/result`);
  const sorted = useMemo(() => sortFindings(result.data?.findings ?? []), [result.data]);
  const at = sorted.findIndex((one) => one.id === id);
  const finding = sorted[at];
  if (result.data === undefined || finding === undefined) {
    return (
      <Page title={t('finding.title')}>
        {result.error ? (
          <Failure error={result.error} onRetry={() => void result.refetch()} />
        ) : result.data === undefined ? (
          <Loading />
        ) : (
          <p>{t('finding.notThere')}</p>
        )}
        <Row>
          <LinkButton to="/checks/$check/findings" params={{ check }}>
            {t('finding.toAll')}
          </LinkButton>
        </Row>
      </Page>
    );
  }
  // A new page for each finding: what was uncovered or typed belongs to one.
  return (
    <Column gap="large">
      {concernsStalkerware(finding) ? <StalkerwareNotice /> : null}
      <Shown
        key={finding.id}
        check={check}
        result={result.data}
        finding={finding}
        previous={sorted[at - 1]?.id ?? null}
        next={sorted[at + 1]?.id ?? null}
        place={{ number: at + 1, total: sorted.length }}
      />
    </Column>
  );
}

function Shown({
  check,
  result,
  finding,
  previous,
  next,
  place,
}: {
  readonly check: string;
  readonly result: Result;
  readonly finding: ResultFinding;
  readonly previous: string | null;
  readonly next: string | null;
  readonly place: { readonly number: number; readonly total: number };
}) {
  const t = useTexts();
  const navigate = useNavigate();
  const about = useRead<Check>(`/checks/${check}`);
  const reviews = useRead<Review[]>(`/checks/${check}/reviews`);
  const go = (id: string | null) => (): void => {
    if (id === null) return;
    void navigate({ to: '/checks/$check/findings/$finding', params: { check, finding: id } });
  };
  useLetterKeys({ '[': go(previous), ']': go(next), j: go(next), k: go(previous) });
  const isPrivate = useMemo(() => privateIn(result), [result]);
  const meaning = withoutNotice(finding.explanation, t('finding.stalkerware'));
  return (
    <Page
      title={finding.title}
      documentTitle={t('finding.title')}
      lead={
        <span className={classes.marks}>
          <SeverityMark severity={finding.severity} />
          <ConfidenceMark confidence={finding.confidence} />
          <span>{whenOf(finding, t)}</span>
        </span>
      }
    >
      <Section title={t('finding.seen')}>
        <Seen finding={finding} />
      </Section>
      <Section title={t('finding.means')}>
        <p className={classes.text}>
          <EvidenceText text={meaning} />
        </p>
        <Reasons finding={finding} />
      </Section>
      <Section title={t('finding.not.title')}>
        <ul className={classes.list}>
          <li>{t('finding.not.effect')}</li>
          <li>{t('finding.not.who')}</li>
          <li>{t('finding.not.expert')}</li>
        </ul>
      </Section>
      {finding.benignCauses.length > 0 ? (
        <Section title={t('finding.benign')}>
          <ul className={classes.list}>
            {finding.benignCauses.map((cause) => (
              <li key={cause}>
                <EvidenceText text={cause} />
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      {finding.nextSteps.length > 0 ? (
        <Section title={t('finding.steps')}>
          <ol className={classes.list}>
            {finding.nextSteps.map((step) => (
              <li key={step}>
                <EvidenceText text={step} />
              </li>
            ))}
          </ol>
        </Section>
      ) : null}
      {finding.picture ? (
        <Section title={t('finding.picture.title')}>
          <PictureOf check={check} finding={finding} picture={finding.picture} />
        </Section>
      ) : null}
      <Section title={t('finding.evidence')}>
        <EvidenceView
          check={check}
          finding={finding.id}
          places={finding.evidence}
          total={finding.evidenceTotal}
          caseCode={about.data?.caseCode ?? ''}
          isPrivate={isPrivate}
        />
      </Section>
      {(finding.attachments ?? []).length > 0 ? (
        <Section title={t('finding.attachments')}>
          <Row>
            {finding.attachments?.map(({ name }) => (
              <DownloadLink key={name} path={`checks/${check}/letters/${encodeURIComponent(name)}`}>
                {name}
              </DownloadLink>
            ))}
          </Row>
        </Section>
      ) : null}
      <Section title={t('finding.review.title')}>
        <Loaded query={reviews}>
          {(said) =>
            about.data === undefined ? null : (
              <ReviewForm
                check={check}
                finding={finding.id}
                caseCode={about.data.caseCode}
                review={said.find((review) => review.finding === finding.id) ?? null}
              />
            )
          }
        </Loaded>
      </Section>
      <Fold summary={t('details')}>
        <Facts
          facts={[
            [t('finding.technical.check'), `${finding.detector} v${finding.version}`],
            [t('finding.technical.id'), finding.id],
            ...(finding.technique === null
              ? []
              : [[t('finding.technical.technique'), finding.technique] as const]),
          ]}
        />
      </Fold>
      <nav aria-label={t('finding.others')}>
        <Row isApart>
          <Row gap="small">
            {previous === null ? null : (
              <LinkButton to="/checks/$check/findings/$finding" params={{ check, finding: previous }}>
                {t('finding.previous')}
              </LinkButton>
            )}
            {next === null ? null : (
              <LinkButton to="/checks/$check/findings/$finding" params={{ check, finding: next }}>
                {t('finding.next')}
              </LinkButton>
            )}
            <span className={classes.muted}>{t('finding.position', place)}</span>
          </Row>
          <LinkButton to="/checks/$check/findings" params={{ check }} look="quiet">
            {t('finding.toAll')}
          </LinkButton>
        </Row>
      </nav>
    </Page>
  );
}

function Seen({ finding }: { readonly finding: ResultFinding }) {
  const t = useTexts();
  const { indicator, subjects, evidenceTotal } = finding;
  const feeds = [...new Set(indicator?.sources?.map(({ feed }) => feed) ?? [])];
  return (
    <Column gap="small">
      <Facts
        facts={[
          [t('finding.when'), whenOf(finding, t)],
          [t('finding.count'), t('findings.places', { count: evidenceTotal })],
          ...(subjects.length === 0
            ? []
            : [[t('finding.subjects'), <EvidenceText key="s" text={subjects.join(', ')} />] as const]),
          ...(indicator === null
            ? []
            : [
                [
                  t('finding.indicator'),
                  <Fragment key="i">
                    <ValueText type={indicator.type} value={indicator.value} />{' '}
                    <span className={classes.muted}>
                      ({t(`finding.types.${indicator.type}`)}
                      {indicator.family === 'unknown' ? '' : ` · ${indicator.family}`})
                    </span>
                  </Fragment>,
                ] as const,
                [
                  t('finding.feed'),
                  <EvidenceText key="f" text={(feeds.length > 0 ? feeds : [indicator.feed]).join(', ')} />,
                ] as const,
              ]),
        ]}
      />
    </Column>
  );
}

function Reasons({ finding: { reasons = [] } }: { readonly finding: ResultFinding }) {
  const t = useTexts();
  if (reasons.length === 0) return null;
  return (
    <Column gap="small">
      <h3>{t('finding.reasons')}</h3>
      <ul className={classes.list}>
        {reasons.map(({ text, points }) => (
          <li key={text}>
            <EvidenceText text={text} />
            {points === null || points === 0 ? null : (
              <span className={classes.muted}>
                {' '}
                {t('finding.points', { points: points > 0 ? `+${points}` : `−${-points}` })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Column>
  );
}

/** Whether what a reader read there is somebody's private life. What no reader is known for is taken as such. */
function privateIn({ coverage }: Result) {
  const open = new Set(
    coverage
      .filter(({ reader }) => PUBLIC_ROOMS.some((room) => reader.startsWith(room)))
      .map(({ evidence, artifact }) => `${evidence}\n${artifact}`),
  );
  return ({ evidence, path }: { readonly evidence: string; readonly path: string }): boolean =>
    !open.has(`${evidence}\n${path}`);
}
