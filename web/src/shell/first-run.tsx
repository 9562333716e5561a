import { type FormEvent, useState } from 'react';
import { ApiFailure } from '../api/client.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { PasswordField, Segments, TextField } from '../ui/fields.js';
import { Card, Column, Grid, Page, Row, Section } from '../ui/layout.js';
import { Failure } from '../ui/loaded.js';
import classes from './screens.module.css';
import { useSession, useSettings } from './session.js';

/** Fewer are guessed, whatever they are stretched with; the server refuses them too. */
const LEAST_PASSPHRASE = 10;

/** There is no vault yet: language, a passphrase, or working without keeping anything. */
export function FirstRun() {
  const t = useTexts();
  const { state, openVault, change } = useSession();
  const { language } = useSettings();
  const [actor, setActor] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [isBusy, setBusy] = useState<'create' | 'unsaved' | null>(null);
  const [isChecked, setChecked] = useState(false);
  const [error, setError] = useState<ApiFailure | null>(null);
  const tooShort = passphrase.length < LEAST_PASSPHRASE;
  const open = async (how: 'create' | 'unsaved'): Promise<void> => {
    setBusy(how);
    setError(null);
    try {
      await openVault(how === 'create' ? { mode: 'create', passphrase, actor } : { mode: 'unsaved' });
    } catch (failure) {
      if (failure instanceof ApiFailure) setError(failure);
      setBusy(null);
    }
  };
  const create = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (!tooShort && again === passphrase && actor.trim() !== '') void open('create');
  };
  return (
    <main className={classes.wide}>
      <Page title={t('first.title')} documentTitle="Vigía" lead={t('first.lead')}>
        <Row>
          <Segments
            label={t('settings.language')}
            value={language}
            choices={[
              { value: 'es', label: 'Español' },
              { value: 'en', label: 'English' },
            ]}
            onChange={(next) => void change({ language: next })}
          />
        </Row>
        <Grid>
          <Card>
            <form onSubmit={create}>
              <Section title={t('first.vault')}>
                <p>{t('first.vaultWhat')}</p>
                <TextField
                  label={t('first.actor')}
                  help={t('first.actorHelp')}
                  value={actor}
                  onChange={setActor}
                  error={isChecked && actor.trim() === '' ? t('first.actorMissing') : undefined}
                />
                <PasswordField
                  isNew
                  label={t('first.passphrase')}
                  help={t('first.passphraseHelp', { least: LEAST_PASSPHRASE })}
                  value={passphrase}
                  onChange={setPassphrase}
                  error={isChecked && tooShort ? t('first.tooShort', { least: LEAST_PASSPHRASE }) : undefined}
                />
                <PasswordField
                  isNew
                  label={t('first.again')}
                  value={again}
                  onChange={setAgain}
                  error={isChecked && again !== passphrase ? t('first.notSame') : undefined}
                />
                <p>{t('first.lost')}</p>
                <Button type="submit" look="main" isBusy={isBusy === 'create'} disabled={isBusy !== null}>
                  {t('first.create')}
                </Button>
              </Section>
            </form>
          </Card>
          <Card>
            <Section title={t('first.unsaved')}>
              <p>{t('first.unsavedWhat')}</p>
              <Button
                isBusy={isBusy === 'unsaved'}
                disabled={isBusy !== null}
                onClick={() => void open('unsaved')}
              >
                {t('first.goUnsaved')}
              </Button>
            </Section>
          </Card>
        </Grid>
        <Column gap="small">
          {error ? <Failure error={error} /> : null}
          {state.is === 'known' ? <p>{t('first.folder', { folder: state.session.vaultFolder })}</p> : null}
        </Column>
      </Page>
    </main>
  );
}
