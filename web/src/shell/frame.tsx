import {
  IconEyeOff,
  IconFolder,
  IconHelp,
  IconHome,
  IconListSearch,
  IconSettings,
} from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, useCallback, useState } from 'react';
import type { CasePage, Check } from '../api/paths.js';
import { useRead } from '../api/queries.js';
import { useTexts } from '../texts/texts.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Loading } from '../ui/loaded.js';
import { CaseMark } from './case-mark.js';
import classes from './frame.module.css';
import { IdleNotice } from './idle-notice.js';
import { useHideKeys, useNavigationKeys } from './keys.js';
import { useSession } from './session.js';

const PLACES = { i: '/', c: '/cases' } as const;
const KEYS = ['search', 'go', 'help', 'rows', 'open', 'close', 'lock', 'hide'] as const;

/** Header and navigation around every page. */
export function Frame() {
  const t = useTexts();
  const { lock, state } = useSession();
  const [areKeysShown, setKeysShown] = useState(false);
  const showKeys = useCallback(() => setKeysShown(true), []);
  const own = useOpenCase();
  useHideKeys(lock);
  useNavigationKeys(placesOf(own?.code ?? null), showKeys);
  const isUnsaved = state.is === 'known' && state.session.vault === 'unsaved';
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {t('shell.skip')}
      </a>
      <header className={`${classes.header} v-no-print`}>
        <Link to="/" className={classes.brand}>
          Vigía
        </Link>
        <div className={classes.open} aria-live="polite">
          {own ? <CaseMark code={own.code} person={own.person} /> : null}
        </div>
        <span className={classes.state}>{isUnsaved ? t('shell.unsaved') : t('shell.offline')}</span>
        <Button size="small" icon={<IconEyeOff aria-hidden size={18} />} onClick={lock}>
          {t('shell.hide')}
        </Button>
      </header>
      <nav className={`${classes.nav} v-no-print`} aria-label={t('shell.navigation')}>
        <Link to="/" className={classes.place} activeOptions={{ exact: true }}>
          <IconHome aria-hidden size={20} /> {t('shell.home')}
        </Link>
        <Link to="/cases" className={classes.place}>
          <IconFolder aria-hidden size={20} /> {t('shell.cases')}
        </Link>
        <Link to="/indicators" className={classes.place}>
          <IconListSearch aria-hidden size={20} /> {t('shell.indicators')}
        </Link>
        <Link to="/settings" className={classes.place}>
          <IconSettings aria-hidden size={20} /> {t('shell.settings')}
        </Link>
        <Link to="/help" className={classes.place}>
          <IconHelp aria-hidden size={20} /> {t('shell.help')}
        </Link>
      </nav>
      <main id="content" className={classes.main}>
        <IdleNotice />
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
        <footer className={classes.printed}>{t('shell.printed', { code: own?.code ?? '' })}</footer>
      </main>
      <Dialog title={t('keys.title')} isOpen={areKeysShown} onClose={() => setKeysShown(false)}>
        <dl className={classes.keys}>
          {KEYS.map((key) => (
            <div key={key}>
              <dt>
                <kbd>{t(`keys.${key}.keys`)}</kbd>
              </dt>
              <dd>{t(`keys.${key}.what`)}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </div>
  );
}

function placesOf(code: string | null): Readonly<Record<string, string>> {
  if (code === null) return PLACES;
  const tab = (name: string): string => `/cases/${encodeURIComponent(code)}/${name}`;
  return { ...PLACES, h: tab('findings'), l: tab('timeline'), e: tab('evidence') };
}

/** The case of the page that is open, by its address or by the check it shows. */
function useOpenCase(): { readonly code: string; readonly person: string } | null {
  const { path, asked } = useRouterState({
    select: ({ location }) => ({ path: location.pathname, asked: location.search.case }),
    structuralSharing: true,
  });
  const [, room, id = ''] = path.split('/');
  const check = useRead<Check>(`/checks/${id}`, room === 'checks' && id !== '');
  const code = codeOf(room ?? '', decodeURIComponent(id), asked, check.data) || null;
  const page = useRead<CasePage>(`/cases/${encodeURIComponent(code ?? '')}`, code !== null);
  return page.data ? { code: page.data.case.code, person: page.data.case.clientRef } : null;
}

/** Empty where the page is of no case. */
function codeOf(room: string, id: string, asked: string | undefined, check: Check | undefined): string {
  switch (room) {
    case 'cases':
      return id;
    case 'add':
      return asked ?? '';
    case 'checks':
      return check?.caseCode ?? '';
    default:
      return '';
  }
}
