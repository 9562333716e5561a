/** The local server: one computer, one person, one vault. */
import { createAdaptorServer } from '@hono/node-server';
import { translatorFor } from '../check/messages.js';
import { VERSION } from '../check/version.js';
import type { Language } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import { createApp } from './app.js';
import { DownloadShelf } from './exports/download-shelf.js';
import { PathBrowser } from './paths/path-browser.js';
import { casesRoutes } from './routes/cases.js';
import { checksRoutes } from './routes/checks.js';
import { custodyRoutes } from './routes/custody.js';
import { draftsRoutes } from './routes/drafts.js';
import { eventsRoutes } from './routes/events.js';
import { exportsRoutes } from './routes/exports.js';
import { findingsRoutes } from './routes/findings.js';
import { graphRoutes } from './routes/graph.js';
import { indicatorsRoutes } from './routes/indicators.js';
import { pathsRoutes } from './routes/paths.js';
import { uploadsRoutes } from './routes/uploads.js';
import type { ServerContext } from './server-context.js';
import { BrowserSession, LaunchTokens } from './session.js';
import { SettingsStore } from './settings.js';
import { VaultKeeper, type VaultKeeperOptions } from './vault-keeper.js';

/** By number, never by name: a name may be made to point elsewhere. */
const ADDRESS = '127.0.0.1';
const MAX_HEADER_BYTES = 16 * 1024;
/** Both ends are on one computer: what takes longer to arrive is not going to. A piece of an upload may wait for the disk. */
const [HEADERS_MILLISECONDS, REQUEST_MILLISECONDS] = [10_000, 60_000];
const PROGRESS = /\/checks\/[^/]+\/progress(?:\?|$)/;

export interface ServerOptions
  extends Pick<VaultKeeperOptions, 'keyFile' | 'paths' | 'nowMs' | 'cost' | 'refusalMilliseconds'> {
  readonly vaultFolder: string;
  /** The built page, `dist/web`. */
  readonly webFolder: string;
  /** Left out: whichever the system has free. */
  readonly port?: number;
  /** Until the person chooses others. */
  readonly language: Language;
  readonly timeZone: string;
  readonly onDefect?: (requestId: string, error: unknown) => void;
}

export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** The address to open, with a new token; the one before is of no use any more. */
  launchUrl(): string;
  /** Ends checks and connections, closes the vault, removes what was not to be kept. */
  close(): Promise<void>;
}

/** @throws the system's error when the port is taken (`EADDRINUSE`) */
export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const { vaultFolder, webFolder, onDefect } = options;
  const settings = new SettingsStore(vaultFolder, options);
  const translate = translators(settings);
  const browser = new BrowserSession();
  const launch = new LaunchTokens(options.nowMs);
  const paths = options.paths ?? new PathBrowser();
  const keeper = new VaultKeeper({
    ...options,
    folder: vaultFolder,
    settings,
    translate,
    paths,
    onIdle: () => {
      browser.limit();
      // A check that goes on is told to nobody until the page is open again.
      for (const stream of streams) stream.destroy();
    },
    onClosed: () => shelf.clear(),
  });
  const context: ServerContext = {
    desk: () => keeper.desk(),
    translate,
    settings: () => settings.get(),
    checks: () => keeper.checks(),
    uploads: () => keeper.uploads(),
    isPassphrase: (passphrase) => keeper.isPassphrase(passphrase),
    toolVersion: VERSION,
  };
  const shelf = new DownloadShelf((desk) => keeper.isAt(desk));
  const streams = new Set<{ destroy(): unknown }>();
  let port = options.port ?? 0;
  const app = createApp({
    keeper,
    browser,
    settings,
    launch,
    vaultFolder,
    webFolder,
    toolVersion: VERSION,
    port: () => port,
    modules: [
      casesRoutes(context),
      custodyRoutes(context),
      uploadsRoutes(context),
      pathsRoutes(context, paths),
      checksRoutes(context),
      findingsRoutes(context),
      eventsRoutes(context),
      graphRoutes(context),
      indicatorsRoutes(context),
      exportsRoutes(context, shelf),
      draftsRoutes(context),
    ],
    ...(onDefect ? { onDefect } : {}),
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_MILLISECONDS,
      requestTimeout: REQUEST_MILLISECONDS,
    },
  });
  server.on('request', ({ url = '' }, response) => {
    if (!PROGRESS.test(url)) return;
    streams.add(response);
    response.once('close', () => streams.delete(response));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, ADDRESS, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    await keeper.close();
    throw error;
  }
  const address = server.address();
  if (address !== null && typeof address === 'object') port = address.port;
  const url = `http://${ADDRESS}:${port}`;
  return {
    url,
    port,
    launchUrl: () => `${url}/#t=${launch.issue()}`,
    async close() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await keeper.close();
      await ended;
    },
  };
}

/** In the language and zone of the settings; making one takes a while, so the last is kept. */
function translators(settings: SettingsStore): () => Translator {
  let last: Translator | null = null;
  return () => {
    const { language, timeZone } = settings.get();
    if (last?.language !== language || last.timeZone !== timeZone) last = translatorFor(language, timeZone);
    return last;
  };
}
