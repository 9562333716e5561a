import { useTexts } from '../texts/texts.js';
import { LinkButton } from '../ui/button.js';
import { Page, Row } from '../ui/layout.js';

export function NotFound() {
  const t = useTexts();
  return (
    <Page title={t('notFound.title')}>
      <p>{t('notFound.what')}</p>
      <Row>
        <LinkButton to="/">{t('shell.home')}</LinkButton>
      </Row>
    </Page>
  );
}
