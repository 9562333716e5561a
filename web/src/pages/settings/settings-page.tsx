import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function SettingsPage() {
  const t = useTexts();
  return <Page title={t('settings.title')}>{null}</Page>;
}
