import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function CasePage() {
  const t = useTexts();
  return <Page title={t('case.title')}>{null}</Page>;
}
