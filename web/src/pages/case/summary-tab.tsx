import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { CasePage } from '../../api/paths.js';
import { useTexts } from '../../texts/texts.js';
import { Badge } from '../../ui/badge.js';
import { Button, LinkButton } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Card, Column, Facts, Row, Section } from '../../ui/layout.js';
import { Notice } from '../../ui/notice.js';
import { Table } from '../../ui/table.js';
import { DeleteCase } from './delete-case.js';
import { EditCase } from './edit-case.js';
import { IdentityCard } from './identity-card.js';

/** What there is to know at a glance, and what to do next. */
export function SummaryTab({ page }: { readonly page: CasePage }) {
  const t = useTexts();
  const { case: own, consentState, evidence, runs, records, notes, isDue } = page;
  const [isEditing, setEditing] = useState(false);
  const tasks = notes.filter(({ task }) => task !== null && task.doneAt === null);
  return (
    <Column gap="large">
      {consentState === 'given' ? null : (
        <Notice
          kind="partial"
          actions={
            <LinkButton to="/cases/$code/$tab" params={{ code: own.code, tab: 'consent' }}>
              {t('case.tabs.consent')}
            </LinkButton>
          }
        >
          <p>{t(`case.summary.consent.${consentState}`)}</p>
        </Notice>
      )}
      {isDue ? (
        <Notice kind="partial">
          <p>{t('case.summary.due')}</p>
        </Notice>
      ) : null}
      <Section
        title={t('case.summary.title')}
        actions={<Button onClick={() => setEditing(true)}>{t('case.summary.edit')}</Button>}
      >
        <Facts
          facts={[
            [
              t('case.field.clientRef'),
              own.clientRef === '' ? '–' : <EvidenceText key="c" text={own.clientRef} />,
            ],
            [t('case.field.urgency'), t(`cases.urgency.${own.urgency}`)],
            [t('case.field.state'), t(`cases.state.${own.state}`)],
            [
              t('case.field.marks'),
              <Row key="m" gap="small">
                <Badge>{`TLP:${own.tlp.toUpperCase()}`}</Badge>
                <Badge>{`PAP:${own.pap}`}</Badge>
              </Row>,
            ],
            [
              t('case.field.opened'),
              t('case.field.openedBy', { at: t.time(own.openedAt), by: own.lead === '' ? '–' : own.lead }),
            ],
            [t('case.field.kept'), t('case.field.keptWhat', { evidence: evidence.length, records })],
            ...(own.summary === ''
              ? []
              : [[t('case.field.summary'), <EvidenceText key="s" text={own.summary} />] as const]),
            ...(own.outcome === ''
              ? []
              : [[t('case.field.outcome'), <EvidenceText key="o" text={own.outcome} />] as const]),
          ]}
        />
      </Section>
      <Section title={t('case.runs.title')}>
        {runs.length === 0 ? (
          <Notice
            actions={
              <LinkButton to="/add" search={{ case: own.code }}>
                {t('case.addEvidence')}
              </LinkButton>
            }
          >
            <p>{t('case.runs.none')}</p>
          </Notice>
        ) : (
          <Table
            caption={t('case.runs.title')}
            rows={[...runs].reverse()}
            keyOf={({ id }) => id}
            columns={[
              {
                name: t('case.runs.run'),
                cell: ({ id, name }) => (
                  <Link to="/checks/$check" params={{ check: id }}>
                    {name}
                  </Link>
                ),
              },
              { name: t('case.runs.when'), cell: ({ startedAt }) => t.time(startedAt) },
              { name: t('case.runs.evidence'), cell: ({ evidence: labels }) => labels.join(', ') },
              { name: t('case.runs.records'), isNumber: true, cell: (run) => t.number(run.records) },
              {
                name: t('case.runs.findings'),
                isNumber: true,
                cell: ({ id, findings }) =>
                  findings === null ? (
                    t('case.runs.unfinished')
                  ) : (
                    <Link to="/checks/$check/findings" params={{ check: id }}>
                      {t('case.runs.count', { count: findings })}
                    </Link>
                  ),
              },
            ]}
          />
        )}
      </Section>
      <Section title={t('case.summary.next')}>
        {tasks.length === 0 ? (
          <p>{t('case.summary.noTasks')}</p>
        ) : (
          <ul>
            {tasks.map(({ id, text }) => (
              <li key={id}>
                <EvidenceText text={text} />
              </li>
            ))}
          </ul>
        )}
        <Row>
          <LinkButton to="/cases/$code/$tab" params={{ code: own.code, tab: 'plan' }} look="quiet">
            {t('case.tabs.plan')}
          </LinkButton>
        </Row>
      </Section>
      <Section title={t('case.identity.title')}>
        <Card>
          <IdentityCard code={own.code} hasIdentity={page.hasIdentity} />
        </Card>
      </Section>
      <DeleteCase code={own.code} />
      <EditCase key={JSON.stringify(own)} page={page} isOpen={isEditing} onClose={() => setEditing(false)} />
    </Column>
  );
}
