import { useEffect } from 'react';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Column } from '../ui/layout.js';
import classes from './screens.module.css';
import { useSession } from './session.js';

/** The program ended, or this window was not opened by it: how to go on. */
export function EndedScreen({ why }: { readonly why: 'ended' | 'signed-out' }) {
  const t = useTexts();
  const { refresh } = useSession();
  useEffect(() => {
    document.title = 'Vigía';
  }, []);
  return (
    <main className={classes.screen}>
      <div>
        <Column>
          <h1>Vigía</h1>
          <p>{t(why === 'ended' ? 'ended.program' : 'ended.signedOut')}</p>
          <p>
            <code>vigia serve --open</code>
          </p>
          <Button onClick={() => void refresh()}>{t('retry')}</Button>
        </Column>
      </div>
    </main>
  );
}
