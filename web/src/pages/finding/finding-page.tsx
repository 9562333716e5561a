import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function FindingPage() {
  const t = useTexts();
  return <Page title={t('finding.title')}>{null}</Page>;
}
