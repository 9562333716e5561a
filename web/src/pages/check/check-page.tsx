import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function CheckPage() {
  const t = useTexts();
  return <Page title={t('check.title')}>{null}</Page>;
}
