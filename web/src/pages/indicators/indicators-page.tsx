import { useTexts } from '../../texts/texts.js';
import { Page } from '../../ui/layout.js';

export function IndicatorsPage() {
  const t = useTexts();
  return <Page title={t('indicators.title')}>{null}</Page>;
}
