import { useEffect, useState } from 'react';
import { post } from '../api/client.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { useSession } from './session.js';

const ANNOUNCED_MS = 120_000;

/** That the program is silent; or, two minutes before, that the vault locks by itself: one key keeps it open. */
export function IdleNotice() {
  const t = useTexts();
  const { state, refresh, isSilent } = useSession();
  const [isNear, setNear] = useState(false);
  const locksAt = state.is === 'known' ? state.session.locksAt : null;
  useEffect(() => {
    setNear(locksAt !== null && Date.parse(locksAt) - Date.now() < ANNOUNCED_MS);
  }, [locksAt]);
  if (isSilent)
    return (
      <Notice kind="problem" isAnnounced>
        {t('error.no-answer')}
      </Notice>
    );
  if (!isNear) return null;
  return (
    <Notice
      isAnnounced
      actions={<Button onClick={() => void post('/activity').then(refresh)}>{t('shell.stay')}</Button>}
    >
      {t('shell.locksSoon')}
    </Notice>
  );
}
