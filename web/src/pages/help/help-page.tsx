import { useTexts } from '../../texts/texts.js';
import { LinkButton } from '../../ui/button.js';
import { Facts, Page, Row, Section } from '../../ui/layout.js';

const QUESTIONS = ['net', 'clean', 'who', 'big', 'lost', 'keys', 'more'] as const;
const WORDS = [
  'finding',
  'severity',
  'confidence',
  'indicator',
  'coverage',
  'hash',
  'custody',
  'consent',
  'tlp',
  'pap',
  'stalkerware',
] as const;

export function HelpPage() {
  const t = useTexts();
  return (
    <Page title={t('help.title')} lead={t('help.lead')}>
      {QUESTIONS.map((question) => (
        <Section key={question} title={t(`help.questions.${question}.ask`)}>
          <p>{t(`help.questions.${question}.answer`)}</p>
        </Section>
      ))}
      <Section title={t('help.words')}>
        <Facts facts={WORDS.map((word) => [t(`help.word.${word}.name`), t(`help.word.${word}.means`)])} />
      </Section>
      <Row>
        <LinkButton to="/danger">{t('home.danger')}</LinkButton>
      </Row>
    </Page>
  );
}
