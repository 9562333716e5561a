import { post } from '../../api/client.js';
import type { CaseEvidence, CasePage, CaseVerification } from '../../api/paths.js';
import { useRead, useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Badge } from '../../ui/badge.js';
import { Button, LinkButton } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy-button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Card, Column, Facts, Fold, Row, Section } from '../../ui/layout.js';
import { Failure, Loaded } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { sizeWords } from '../../ui/size.js';
import { Table } from '../../ui/table.js';
import { CustodyEntries } from './custody-entries.js';

/** What was taken in, and all that was done with it. */
export function EvidenceTab({ page: { case: own, evidence, custodyEntries } }: { readonly page: CasePage }) {
  const t = useTexts();
  return (
    <Column gap="large">
      <Section title={t('case.evidence.title')}>
        {evidence.length === 0 ? (
          <Notice
            actions={
              <LinkButton to="/add" search={{ case: own.code }}>
                {t('case.addEvidence')}
              </LinkButton>
            }
          >
            <p>{t('case.evidence.none')}</p>
          </Notice>
        ) : (
          evidence.map((item) => <Item key={item.label} code={own.code} item={item} />)
        )}
      </Section>
      <Section title={t('case.custody.title')}>
        <p>{t('case.custody.what')}</p>
        <Verify code={own.code} />
        <CustodyEntries code={own.code} total={custodyEntries} />
        <Fold summary={t('case.custody.receipt')}>
          <Receipt code={own.code} />
        </Fold>
      </Section>
    </Column>
  );
}

function Item({ code, item }: { readonly code: string; readonly item: CaseEvidence }) {
  const t = useTexts();
  const seal = useWrite(
    () => post(`/cases/${code}/evidence/${encodeURIComponent(item.label)}/seal`),
    ['/cases'],
  );
  return (
    <Card>
      <Column gap="small">
        <Row isApart>
          <h3>
            {item.label} · <EvidenceText text={item.name} />
          </h3>
          <Row gap="small">
            {item.destroyedAt === null ? null : <Badge>{t('case.evidence.destroyed')}</Badge>}
            <Badge>{t(item.isSealed ? 'case.evidence.sealed' : 'case.evidence.notSealed')}</Badge>
          </Row>
        </Row>
        <Facts
          facts={[
            [t('case.evidence.kind'), item.kindName],
            ...(item.description === ''
              ? []
              : [
                  [t('case.evidence.description'), <EvidenceText key="d" text={item.description} />] as const,
                ]),
            [t('case.evidence.from'), item.from === '' ? '–' : <EvidenceText key="f" text={item.from} />],
            [
              t('case.evidence.received'),
              t('case.evidence.by', { at: t.time(item.receivedAt), by: item.takenBy }),
            ],
            [t('case.evidence.size'), sizeWords(item.sizeBytes, t)],
            [
              'SHA-256',
              <Row key="h" gap="small">
                <code>{item.sha256}</code>
                <CopyButton text={item.sha256}>{t('case.evidence.copy')}</CopyButton>
              </Row>,
            ],
            ...(item.path === ''
              ? []
              : [[t('case.evidence.path'), <EvidenceText key="p" isMono text={item.path} />] as const]),
          ]}
        />
        {item.isSealed || item.destroyedAt !== null ? null : (
          <Column gap="small">
            <p>{t('case.evidence.sealWhat')}</p>
            <Row>
              <Button
                size="small"
                label={t('case.evidence.sealThis', { label: item.label })}
                isBusy={seal.isPending}
                onClick={() => seal.mutate(undefined)}
              >
                {t('case.evidence.seal')}
              </Button>
            </Row>
            {seal.error ? <Failure error={seal.error} /> : null}
          </Column>
        )}
        <Fold summary={t('case.evidence.entries', { count: item.custody.length })}>
          <Table
            caption={t('case.evidence.entriesOf', { label: item.label })}
            rows={item.custody}
            keyOf={({ seq }) => String(seq)}
            columns={[
              { name: t('case.custody.number'), isNumber: true, cell: ({ seq }) => t.number(seq) },
              { name: t('case.custody.at'), cell: ({ at }) => t.time(at) },
              { name: t('case.custody.action'), cell: ({ action }) => t(`case.action.${action}`) },
            ]}
          />
        </Fold>
      </Column>
    </Card>
  );
}

function Verify({ code }: { readonly code: string }) {
  const t = useTexts();
  const verify = useWrite(() => post<CaseVerification>(`/cases/${code}/custody/verify`), [`/cases/${code}`]);
  return (
    <Column gap="small">
      <Row>
        <Button isBusy={verify.isPending} onClick={() => verify.mutate(undefined)}>
          {t('case.custody.verify')}
        </Button>
      </Row>
      <div aria-live="polite">
        {verify.error ? <Failure error={verify.error} /> : null}
        {verify.data ? <Verified found={verify.data} /> : null}
      </div>
    </Column>
  );
}

function Verified({ found: { log, items, isWhole } }: { readonly found: CaseVerification }) {
  const t = useTexts();
  const odd = items.filter(
    ({ original, sealed }) => original !== 'same' || (sealed !== null && sealed !== 'same'),
  );
  return (
    <Notice kind={isWhole ? 'info' : 'problem'}>
      <Column gap="small">
        <p>
          {log.ok
            ? t('case.custody.whole', { entries: log.entries })
            : t('case.custody.broken', { entry: log.firstBadSeq ?? 1 })}
        </p>
        {odd.length === 0 ? (
          items.length > 0 ? (
            <p>{t('case.custody.items', { count: items.length })}</p>
          ) : null
        ) : (
          <Table
            caption={t('case.custody.odd')}
            isCaptionShown
            rows={odd}
            keyOf={({ label }) => label}
            columns={[
              {
                name: t('case.evidence.title'),
                cell: ({ label, name }) => (
                  <>
                    {label} · <EvidenceText text={name} />
                  </>
                ),
              },
              { name: t('case.custody.original'), cell: ({ original }) => t(`case.original.${original}`) },
              {
                name: t('case.custody.sealed'),
                cell: ({ sealed }) => (sealed === null ? '–' : t(`case.sealed.${sealed}`)),
              },
            ]}
          />
        )}
      </Column>
    </Notice>
  );
}

function Receipt({ code }: { readonly code: string }) {
  const t = useTexts();
  const receipt = useRead<{ readonly text: string }>(`/cases/${code}/receipt`);
  return (
    <Loaded query={receipt}>
      {({ text }) => (
        <Column gap="small">
          <EvidenceText isMono text={text} />
          <Row>
            <CopyButton text={text}>{t('case.evidence.copy')}</CopyButton>
          </Row>
        </Column>
      )}
    </Loaded>
  );
}
