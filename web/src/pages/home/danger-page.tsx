import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { Facts, Page, Row, Section } from '../../ui/layout.js';
import { Notice } from '../../ui/notice.js';
import classes from './home.module.css';

const [FIRST, PLACES] = [
  5,
  ['accessNow', 'frontLine', 'socialtic', 'r3d', 'articulo19', 'stalkerware'],
] as const;

/** What to do first, and whom to ask. The places are text: nothing is opened from here. */
export function DangerPage() {
  const t = useTexts();
  return (
    <Page title={t('home.dangerPage.title')} lead={t('home.dangerPage.lead')}>
      <ol className={classes.steps}>
        {Array.from({ length: FIRST }, (_, index) => `home.dangerPage.first.${index}`).map((id) => (
          <li key={id}>{t(id)}</li>
        ))}
      </ol>
      <Section title={t('home.dangerPage.who')}>
        <Notice>{t('home.dangerPage.check')}</Notice>
        <Facts
          facts={PLACES.map((place) => [
            t(`home.dangerPage.places.${place}.name`),
            t(`home.dangerPage.places.${place}.where`),
          ])}
        />
      </Section>
      <Row>
        <LinkButton to="/">{t('home.other')}</LinkButton>
      </Row>
    </Page>
  );
}
