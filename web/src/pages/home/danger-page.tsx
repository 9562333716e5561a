import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function DangerPage() {
  const t = useTexts();
  return <Page title={t('home.title')}>{null}</Page>;
}
