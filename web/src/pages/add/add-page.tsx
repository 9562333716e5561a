import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function AddPage() {
  const t = useTexts();
  return <Page title={t('add.title')}>{null}</Page>;
}
