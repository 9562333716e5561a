import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ApiFailure, getText } from '../../api/client.js';
import type { Campaigns } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useSettings } from '../../shell/session.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { EvidenceText, ValueText } from '../../ui/evidence-text.js';
import { Card, Column, Facts, Page, Row, Section } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Picture } from '../../ui/picture.js';
import { Table } from '../../ui/table.js';

type Campaign = Campaigns['campaigns'][number];

/** What reaches several people, across all cases; and what one person met at the same time. */
export function CampaignsPage() {
  const t = useTexts();
  const campaigns = useRead<Campaigns>('/campaigns');
  return (
    <Page
      title={t('cases.campaign.title')}
      lead={t('cases.campaign.lead')}
      actions={<LinkButton to="/cases">{t('cases.title')}</LinkButton>}
    >
      <Loaded query={campaigns}>{(found) => <Found found={found} />}</Loaded>
    </Page>
  );
}

function Found({ found: { cases, campaigns, concurrences } }: { readonly found: Campaigns }) {
  const t = useTexts();
  if (campaigns.length === 0 && concurrences.length === 0)
    return (
      <Notice>
        <p>{t('cases.campaign.none', { cases })}</p>
      </Notice>
    );
  return (
    <Column gap="large">
      <Drawn />
      {campaigns.map((campaign, index) => (
        // The order is the server's: the widest first.
        <CampaignCard key={campaign.cases.join() + campaign.firstAt} campaign={campaign} number={index + 1} />
      ))}
      {concurrences.length === 0 ? null : (
        <Section title={t('cases.campaign.together')}>
          <p>{t('cases.campaign.togetherWhat')}</p>
          <Table
            caption={t('cases.campaign.together')}
            rows={concurrences}
            keyOf={(row) => `${row.caseCode} ${row.person} ${row.firstAt}`}
            columns={[
              { name: t('cases.column.case'), cell: ({ caseCode }) => <CaseLink code={caseCode} /> },
              { name: t('cases.campaign.person'), cell: ({ person }) => <EvidenceText text={person} /> },
              {
                name: t('cases.campaign.techniques'),
                cell: ({ techniques }) =>
                  techniques
                    .map(({ name, events }) => t('cases.campaign.events', { name, events }))
                    .join(' · '),
              },
              { name: t('cases.campaign.from'), cell: ({ firstAt }) => t.time(firstAt) },
              { name: t('cases.campaign.to'), cell: ({ lastAt }) => t.time(lastAt) },
            ]}
          />
        </Section>
      )}
      <p>{t('cases.campaign.caution')}</p>
    </Column>
  );
}

function Drawn() {
  const t = useTexts();
  const { language } = useSettings();
  const picture = useQuery<string, ApiFailure>({
    queryKey: ['/campaigns/picture', language],
    queryFn: ({ signal }) => getText('/campaigns/picture', signal),
    retry: false,
  });
  return picture.data === undefined || picture.data === '' ? null : (
    <Picture svg={picture.data} alt={t('cases.campaign.picture')} />
  );
}

function CampaignCard({ campaign, number }: { readonly campaign: Campaign; readonly number: number }) {
  const t = useTexts();
  const { people, cases, techniques, firstAt, lastAt, ties, tiesLeftOut } = campaign;
  return (
    <Card>
      <Section title={t('cases.campaign.heading', { number, people: people.length, cases: cases.length })}>
        <Facts
          facts={[
            [t('cases.campaign.people'), <EvidenceText key="p" text={people.join(', ')} />],
            [
              t('cases.campaign.cases'),
              <Row key="c" gap="small">
                {cases.map((code) => (
                  <CaseLink key={code} code={code} />
                ))}
              </Row>,
            ],
            [t('cases.campaign.techniques'), techniques.map(({ name }) => name).join(' · ')],
            ...(firstAt === null || lastAt === null
              ? []
              : [
                  [
                    t('cases.campaign.when'),
                    t('cases.campaign.span', { from: t.time(firstAt), to: t.time(lastAt) }),
                  ] as const,
                ]),
          ]}
        />
        <Table
          caption={t('cases.campaign.ties')}
          isCaptionShown
          rows={ties}
          keyOf={({ type, value }) => `${type} ${value}`}
          columns={[
            { name: t('cases.campaign.kind'), cell: ({ typeName }) => typeName },
            {
              name: t('cases.campaign.value'),
              cell: ({ type, value }) => <ValueText type={type} value={value} />,
            },
            {
              name: t('cases.campaign.people'),
              cell: (tie) => <EvidenceText text={tie.people.join(', ')} />,
            },
            { name: t('cases.campaign.times'), isNumber: true, cell: ({ events }) => t.number(events) },
          ]}
        />
        {tiesLeftOut > 0 ? <p>{t('cases.campaign.left', { tiesLeftOut })}</p> : null}
      </Section>
    </Card>
  );
}

function CaseLink({ code }: { readonly code: string }) {
  return (
    <Link to="/cases/$code" params={{ code }}>
      {code}
    </Link>
  );
}
