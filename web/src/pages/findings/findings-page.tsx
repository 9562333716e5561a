import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function FindingsPage() {
  const t = useTexts();
  return <Page title={t('findings.title')}>{null}</Page>;
}
