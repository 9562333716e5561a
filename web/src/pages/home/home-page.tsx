import { Link, useNavigate } from '@tanstack/react-router';
import type { CaseRow } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useLetterKeys } from '../../shell/keys.js';
import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { DropZone } from '../../ui/drop-zone.js';
import { handOver } from '../../ui/handed-over.js';
import { Page, Row, Section } from '../../ui/layout.js';
import classes from './home.module.css';
import { TOPICS } from './topics.js';

/** Open cases that are offered to go on with. */
const RECENT = 3;

/** "What happened?": one question, in the words of who asks for help. */
export function HomePage() {
  const t = useTexts();
  const navigate = useNavigate();
  const cases = useRead<CaseRow[]>('/cases');
  useLetterKeys(
    Object.fromEntries(
      TOPICS.map((topic, index) => [
        String(index + 1),
        () => void navigate({ to: '/guides/$topic', params: { topic } }),
      ]),
    ),
  );
  const recent = (cases.data ?? [])
    .filter(({ state }) => state !== 'closed' && state !== 'archived')
    .sort((a, b) => b.openedAt.localeCompare(a.openedAt))
    .slice(0, RECENT);
  return (
    <Page title={t('home.title')} lead={t('home.lead')}>
      <ol className={classes.cards}>
        {TOPICS.map((topic, index) => (
          <li key={topic}>
            <Link to="/guides/$topic" params={{ topic }} className={classes.card}>
              <span className={classes.number} aria-hidden="true">
                {index + 1}
              </span>
              <span>
                <strong>{t(`home.topics.${topic}.name`)}</strong>
                <span className={classes.hint}>{t(`home.topics.${topic}.hint`)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
      <DropZone
        label={t('home.haveFile')}
        fileButton={t('add.evidence.file')}
        folderButton={t('add.evidence.folder')}
        onGiven={(items) => {
          handOver(items);
          void navigate({ to: '/add' });
        }}
      >
        <LinkButton to="/add" look="main">
          {t('home.giveFile')}
        </LinkButton>
      </DropZone>
      <Row>
        <LinkButton to="/danger">{t('home.danger')}</LinkButton>
      </Row>
      {recent.length > 0 ? (
        <Section title={t('home.goOn')}>
          <ul className={classes.recent}>
            {recent.map(({ code, clientRef, openedAt }) => (
              <li key={code}>
                <Link to="/cases/$code" params={{ code }}>
                  {clientRef === '' ? code : `${code} · ${clientRef}`}
                </Link>{' '}
                <span className={classes.muted}>{t('home.openedAt', { at: { date: openedAt } })}</span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </Page>
  );
}
