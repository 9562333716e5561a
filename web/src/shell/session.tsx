/** Whether the vault is open, in which language and how it is shown: for the whole page. */
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { ApiFailure, get, post, put, signIn } from '../api/client.js';
import type { OpenVault, Session, Settings } from '../api/paths.js';
import { draftsSent } from '../api/use-draft.js';

type State =
  | { readonly is: 'starting' }
  /** Without the cookie: the address of the program has to be opened again. */
  | { readonly is: 'signed-out' }
  | { readonly is: 'ended' }
  | { readonly is: 'known'; readonly session: Session };

interface SessionControl {
  readonly state: State;
  /** The program does not answer. What is on the page stays there. */
  readonly isSilent: boolean;
  /** @throws ApiFailure 401 wrong-passphrase */
  readonly openVault: (how: OpenVault) => Promise<void>;
  readonly lock: () => void;
  readonly change: (change: Partial<Settings>) => Promise<void>;
  readonly refresh: () => Promise<void>;
}

const SessionContext = createContext<SessionControl | null>(null);
/** How often it is asked whether the vault is still open. */
const [LOOK_MS, LOOK_WHEN_SILENT_MS] = [10_000, 4_000];
const TOKEN = /^#t=([\w-]+)$/;

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<State>({ is: 'starting' });
  const [isSilent, setSilent] = useState(false);
  const client = useQueryClient();
  const isStarted = useRef(false);

  const refresh = useCallback(async () => {
    try {
      const session = await get<Session>('/session');
      setSilent(false);
      setState({ is: 'known', session });
    } catch (error) {
      const hasEnded = error instanceof ApiFailure && error.code === 'no-answer';
      setSilent(hasEnded);
      // What is being written is not taken away because the program is silent.
      setState((old) => (hasEnded && old.is === 'known' ? old : { is: hasEnded ? 'ended' : 'signed-out' }));
    }
  }, []);
  useEffect(() => {
    const look = setInterval(() => void refresh(), isSilent ? LOOK_WHEN_SILENT_MS : LOOK_MS);
    return () => clearInterval(look);
  }, [refresh, isSilent]);

  useEffect(() => {
    // The token serves once: it must not be sent twice when effects run twice.
    if (isStarted.current) return;
    isStarted.current = true;
    const token = TOKEN.exec(window.location.hash)?.[1];
    if (token !== undefined) window.history.replaceState(null, '', window.location.pathname);
    const begun = token === undefined ? Promise.resolve() : signIn(token).catch(() => undefined);
    void begun.then(refresh);
  }, [refresh]);

  // Hidden in one window, hidden in all of them.
  const channel = useRef<BroadcastChannel | null>(null);
  useEffect(() => {
    const opened = new BroadcastChannel('vigia');
    channel.current = opened;
    opened.onmessage = () => {
      client.clear();
      setState(locked);
    };
    return () => opened.close();
  }, [client]);

  // Anything that answers "locked" or "not signed in" shows the screen that helps.
  useEffect(
    () =>
      client.getQueryCache().subscribe((event) => {
        const error = event.query.state.error;
        if (event.type !== 'updated' || event.action.type !== 'error') return;
        if (error instanceof ApiFailure && [0, 401, 423].includes(error.status)) void refresh();
      }),
    [client, refresh],
  );

  const control = useMemo<SessionControl>(
    () => ({
      state,
      isSilent,
      refresh,
      openVault: async (how) => {
        setState({ is: 'known', session: await post<Session>('/vault', how) });
      },
      lock: () => {
        // What is seen goes first, at once; the server follows.
        client.clear();
        setState(locked);
        channel.current?.postMessage('locked');
        // What was being typed is sent when its page goes, which is before the lock.
        setTimeout(() => {
          void draftsSent()
            .then(() => post('/lock'))
            .catch(() => undefined)
            .then(refresh);
        });
      },
      change: async (change) => {
        if (state.is !== 'known') return;
        const { session } = state;
        const show = (settings: Settings): void =>
          setState({ is: 'known', session: { ...session, settings } });
        const settings = { ...session.settings, ...change };
        show(settings);
        try {
          show(await put<Settings>('/settings', settings));
        } catch (error) {
          show(session.settings);
          throw error;
        }
        // What the server says in words comes in the language of the session.
        await client.invalidateQueries();
      },
    }),
    [state, isSilent, client, refresh],
  );
  return <SessionContext value={control}>{children}</SessionContext>;
}

function locked(old: State): State {
  return old.is === 'known'
    ? { is: 'known', session: { ...old.session, vault: 'locked', locksAt: null } }
    : old;
}

export function useSession(): SessionControl {
  const control = useContext(SessionContext);
  if (control === null) throw new Error('the session is used outside of SessionProvider');
  return control;
}

export const DEFAULT_SETTINGS: Settings = {
  language: 'es',
  timeZone: 'UTC',
  theme: 'auto',
  density: 'comfortable',
  letterKeys: true,
  coverContent: true,
  idleLockMinutes: 5,
};

export function useSettings(): Settings {
  const { state } = useSession();
  return state.is === 'known' ? state.session.settings : DEFAULT_SETTINGS;
}
