import { useParams } from '@tanstack/react-router';
import type { Check } from '../../api/paths.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Page, Row } from '../../ui/layout.js';
import { Failure, Loading } from '../../ui/loaded.js';
import { CheckEnd } from './check-end.js';
import { CheckUnderWay } from './check-under-way.js';
import { useCheck } from './use-check.js';

/** A check while it goes on, and what it came to. Everything comes from the server: leaving the page stops nothing. */
export function CheckPage() {
  const t = useTexts();
  const { check: id } = useParams({ from: '/checks/$check' });
  const query = useCheck(id);
  const check = query.data;
  if (check === undefined) {
    return (
      <Page title={t('check.title')}>
        {query.error ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Loading />}
        {query.error ? (
          <Row>
            <LinkButton to="/cases">{t('shell.cases')}</LinkButton>
          </Row>
        ) : null}
      </Page>
    );
  }
  return (
    <Page
      title={t(`check.state.${check.state}`)}
      documentTitle={t('check.title')}
      lead={<Given check={check} />}
    >
      {check.finishedAt === null ? <CheckUnderWay check={check} /> : <CheckEnd check={check} />}
    </Page>
  );
}

function Given({ check: { given } }: { readonly check: Check }) {
  const t = useTexts();
  const [first] = given;
  if (first === undefined) return null;
  return (
    <>
      <EvidenceText text={first} />
      {given.length > 1 ? ` ${t('check.andMore', { count: given.length - 1 })}` : null}
    </>
  );
}
