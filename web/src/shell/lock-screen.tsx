import { type FormEvent, useEffect, useState } from 'react';
import { ApiFailure } from '../api/client.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { PasswordField } from '../ui/fields.js';
import { Column } from '../ui/layout.js';
import { Failure } from '../ui/loaded.js';
import classes from './screens.module.css';
import { useSession } from './session.js';

/** What is seen while the vault is locked, and when hiding: a word and a field. No case, no count, no name of the program. */
export function LockScreen() {
  const t = useTexts();
  const { openVault } = useSession();
  const [passphrase, setPassphrase] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiFailure | null>(null);
  useEffect(() => {
    document.title = t('lock.title');
  }, [t]);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await openVault({ mode: 'open', passphrase, actor: '' });
    } catch (failure) {
      if (failure instanceof ApiFailure) setError(failure);
      setPassphrase('');
      setBusy(false);
    }
  };
  return (
    <main className={classes.screen}>
      <form onSubmit={(event) => void submit(event)}>
        <Column>
          <h1>{t('lock.title')}</h1>
          <PasswordField label={t('lock.field')} value={passphrase} onChange={setPassphrase} />
          <Button type="submit" look="main" isBusy={isBusy} disabled={passphrase === ''}>
            {t('lock.open')}
          </Button>
          {error ? <Failure error={error} /> : null}
        </Column>
      </form>
    </main>
  );
}
