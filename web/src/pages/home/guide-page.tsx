import { useParams } from '@tanstack/react-router';
import { NotFound } from '../../shell/not-found.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { Page, Row, Section } from '../../ui/layout.js';
import { Notice } from '../../ui/notice.js';
import classes from './home.module.css';
import { isTopic, NOT_READ_YET, STEPS } from './topics.js';

/** What to preserve, how to get it safely, and where to give it. */
export function GuidePage() {
  const t = useTexts();
  const { topic } = useParams({ from: '/guides/$topic' });
  if (!isTopic(topic)) return <NotFound />;
  const own = `home.topics.${topic}`;
  return (
    <Page key={topic} title={t(`${own}.name`)} lead={t(`${own}.lead`)}>
      <Notice>{t(`${own}.keep`)}</Notice>
      <Section title={t('home.steps')}>
        <ol className={classes.steps}>
          {Array.from({ length: STEPS[topic] }, (_, index) => `${own}.steps.${index}`).map((id) => (
            <li key={id}>{t(id)}</li>
          ))}
        </ol>
      </Section>
      <Section title={t('home.what')}>
        <p>{t(`${own}.what`)}</p>
        {NOT_READ_YET.has(topic) ? <Notice kind="partial">{t(`${own}.notYet`)}</Notice> : null}
      </Section>
      <Row>
        <LinkButton to="/add" look="main">
          {t(NOT_READ_YET.has(topic) ? 'home.keepFile' : 'home.giveFile')}
        </LinkButton>
        <LinkButton to="/">{t('home.other')}</LinkButton>
        <LinkButton to="/danger" look="quiet">
          {t('home.danger')}
        </LinkButton>
      </Row>
    </Page>
  );
}
