import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function HelpPage() {
  const t = useTexts();
  return <Page title={t('help.title')}>{null}</Page>;
}
