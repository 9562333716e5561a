import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Translator } from '../../src/core/language.js';
import { newQueryClient } from './api/queries.js';
import { newRouter } from './routes.js';
import { EndedScreen } from './shell/ended-screen.js';
import { FirstRun } from './shell/first-run.js';
import { LockScreen } from './shell/lock-screen.js';
import { SessionProvider, useSession, useSettings } from './shell/session.js';
import { loadTexts, TextsProvider } from './texts/texts.js';
import { cssVariables, theme } from './theme/theme.js';

export function App({ nonce }: { readonly nonce: string }) {
  const [client] = useState(newQueryClient);
  return (
    <QueryClientProvider client={client}>
      <SessionProvider>
        <Look nonce={nonce} />
      </SessionProvider>
    </QueryClientProvider>
  );
}

/** Language, theme and density of the settings, then the screen that fits the state of the vault. */
function Look({ nonce }: { readonly nonce: string }) {
  const { language, timeZone, theme: chosen, density } = useSettings();
  const [texts, setTexts] = useState<Translator | null>(null);
  useEffect(() => {
    let isWanted = true;
    void loadTexts(language, timeZone).then((loaded) => {
      if (isWanted) setTexts(() => loaded);
    });
    return () => {
      isWanted = false;
    };
  }, [language, timeZone]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.density = density;
  }, [language, density]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce}
      {...(chosen === 'auto' ? { defaultColorScheme: 'auto' as const } : { forceColorScheme: chosen })}
    >
      {texts === null ? null : (
        <TextsProvider texts={texts}>
          <Screen />
        </TextsProvider>
      )}
    </MantineProvider>
  );
}

function Screen() {
  const { state } = useSession();
  const isOpen =
    state.is === 'known' && (state.session.vault === 'open' || state.session.vault === 'unsaved');
  const [router] = useState(newRouter);
  const place = useRef('/');
  // While it is locked the address says nothing; afterwards the same page is back.
  useEffect(() => {
    if (state.is !== 'known') return;
    if (isOpen) {
      if (place.current !== '/' && router.history.location.pathname === '/')
        router.history.replace(place.current);
      return;
    }
    place.current = router.history.location.href;
    router.history.replace('/');
  }, [state.is, isOpen, router]);
  if (state.is === 'starting') return null;
  if (state.is === 'ended' || state.is === 'signed-out') return <EndedScreen why={state.is} />;
  if (isOpen) return <RouterProvider router={router} />;
  return state.session.vault === 'none' ? <FirstRun /> : <LockScreen />;
}
