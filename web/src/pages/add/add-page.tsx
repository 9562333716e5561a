import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { CasePage } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useSession } from '../../shell/session.js';
import { useTexts } from '../../texts/texts.js';
import { Button, LinkButton } from '../../ui/button.js';
import { Page, Row } from '../../ui/layout.js';
import { Failure, Loading } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { CaseStep } from './case-step.js';
import { ConsentStep } from './consent-step.js';
import { EvidenceStep } from './evidence-step.js';

/** Case, consent, evidence: one question at a time. The case stands in the address, so that nothing is asked twice. */
export function AddPage() {
  const t = useTexts();
  const navigate = useNavigate();
  const { case: code } = useSearch({ from: '/add' });
  const { state } = useSession();
  const isUnsaved = state.is === 'known' && state.session.vault === 'unsaved';
  const own = useRead<CasePage>(`/cases/${code ?? ''}`, code !== undefined);
  const [isRefused, setRefused] = useState(false);
  const goOn = (next: string): void => void navigate({ to: '/add', search: { case: next }, replace: true });

  if (isRefused) return <Refused code={code ?? null} onAgain={() => setRefused(false)} />;
  if (code === undefined && !isUnsaved) {
    return (
      <Page title={t('add.case.title')} lead={t('add.case.lead')} documentTitle={t('add.title')}>
        <CaseStep onChosen={goOn} />
      </Page>
    );
  }
  if (code !== undefined && own.data === undefined) {
    return (
      <Page title={t('add.title')}>
        {own.error ? <Failure error={own.error} onRetry={() => void own.refetch()} /> : <Loading />}
        {own.error ? (
          <Row>
            <LinkButton to="/add" search={{}}>
              {t('add.otherCase')}
            </LinkButton>
          </Row>
        ) : null}
      </Page>
    );
  }
  if (own.data === undefined || !mayRead(own.data)) {
    return (
      <Page title={t('add.consent.title')} documentTitle={t('add.title')}>
        <ConsentStep own={own.data ?? null} onAgreed={goOn} onRefused={() => setRefused(true)} />
      </Page>
    );
  }
  return (
    <Page title={t('add.evidence.title')} lead={t('add.evidence.lead')} documentTitle={t('add.title')}>
      <EvidenceStep own={own.data} isUnsaved={isUnsaved} />
    </Page>
  );
}

/** There is a consent that counts now, and it lets us read. */
function mayRead({ consentState, consent }: CasePage): boolean {
  return consentState === 'given' && consent?.scope.analyse === 'yes';
}

function Refused({ code, onAgain }: { readonly code: string | null; readonly onAgain: () => void }) {
  const t = useTexts();
  return (
    <Page title={t('add.refused.title')} documentTitle={t('add.title')}>
      <Notice>{t(code === null ? 'add.refused.what' : 'add.refused.recorded')}</Notice>
      <Row>
        {code === null ? (
          <LinkButton to="/">{t('shell.home')}</LinkButton>
        ) : (
          <LinkButton to="/cases/$code" params={{ code }}>
            {t('add.refused.toCase')}
          </LinkButton>
        )}
        <Button look="quiet" onClick={onAgain}>
          {t('add.refused.again')}
        </Button>
      </Row>
    </Page>
  );
}
