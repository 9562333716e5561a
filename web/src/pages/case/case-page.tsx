import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { CasePage as CaseData } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { NotFound } from '../../shell/not-found.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { Page } from '../../ui/layout.js';
import { Loaded, Loading } from '../../ui/loaded.js';
import { Tabs } from '../../ui/tabs.js';
import { ConsentTab } from './consent-tab.js';
import { EvidenceTab } from './evidence-tab.js';
import { FindingsTab } from './findings-tab.js';
import { NotesTab } from './notes-tab.js';
import { PlanTab } from './plan-tab.js';
import { SummaryTab } from './summary-tab.js';

const TimelineTab = lazy(async () => ({ default: (await import('./timeline-tab.js')).TimelineTab }));
const GraphTab = lazy(async () => ({ default: (await import('./graph-tab.js')).GraphTab }));
const DeliverTab = lazy(async () => ({ default: (await import('./deliver-tab.js')).DeliverTab }));

const TABS = [
  'summary',
  'evidence',
  'findings',
  'timeline',
  'graph',
  'notes',
  'plan',
  'consent',
  'deliver',
] as const;
type TabName = (typeof TABS)[number];

export function CasePage() {
  const t = useTexts();
  const { code = '', tab = 'summary' } = useParams({ strict: false });
  const path = `/cases/${encodeURIComponent(code)}`;
  const page = useRead<CaseData>(path);
  if (!isTab(tab)) return <NotFound />;
  return (
    <Page
      key={code}
      title={code}
      documentTitle={t(`case.tabs.${tab}`)}
      lead={page.data?.case.title}
      actions={
        <LinkButton to="/add" search={{ case: code }} look="main">
          {t('case.addEvidence')}
        </LinkButton>
      }
    >
      <Tabs
        label={t('case.parts')}
        current={tab}
        tabs={TABS.map((id) => ({
          id,
          name: t(`case.tabs.${id}`),
          to: { to: '/cases/$code/$tab', params: { code, tab: id } },
        }))}
      />
      <Loaded query={page}>
        {(data) => (
          <Suspense fallback={<Loading />}>
            <Part tab={tab} code={code} page={data} />
          </Suspense>
        )}
      </Loaded>
    </Page>
  );
}

function Part({
  tab,
  code,
  page,
}: {
  readonly tab: TabName;
  readonly code: string;
  readonly page: CaseData;
}) {
  switch (tab) {
    case 'summary':
      return <SummaryTab page={page} />;
    case 'evidence':
      return <EvidenceTab page={page} />;
    case 'findings':
      return <FindingsTab page={page} />;
    case 'timeline':
      return <TimelineTab code={code} />;
    case 'graph':
      return <GraphTab code={code} />;
    case 'notes':
      return <NotesTab page={page} />;
    case 'plan':
      return <PlanTab page={page} />;
    case 'consent':
      return <ConsentTab page={page} />;
    case 'deliver':
      return <DeliverTab code={code} page={page} />;
  }
}

function isTab(name: string): name is TabName {
  return (TABS as readonly string[]).includes(name);
}
