import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function CasesPage() {
  const t = useTexts();
  return <Page title={t('cases.title')}>{null}</Page>;
}
