import { useEffect, useState } from 'react';
import { post } from '../api/client.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { useSession } from './session.js';

const [ANNOUNCED_MS, LOOK_EVERY_MS] = [120_000, 20_000];

/** Two minutes before the vault locks by itself: one key keeps it open. */
export function IdleNotice() {
  const t = useTexts();
  const { state, refresh } = useSession();
  const [isNear, setNear] = useState(false);
  const locksAt = state.is === 'known' ? state.session.locksAt : null;
  useEffect(() => {
    const look = setInterval(() => void refresh(), LOOK_EVERY_MS);
    return () => clearInterval(look);
  }, [refresh]);
  useEffect(() => {
    setNear(locksAt !== null && Date.parse(locksAt) - Date.now() < ANNOUNCED_MS);
  }, [locksAt]);
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
