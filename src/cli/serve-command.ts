/** `vigia serve`: the same rooms, in the browser of this computer. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import { type LocalServer, startServer } from '../server/server.js';
import { CommandError } from './command-error.js';
import type { Interruption } from './interruption.js';
import { openBrowser } from './open-browser.js';
import { print, printNote } from './print.js';
import { keyFileBytes, vaultFolder } from './vault-session.js';

export interface ServeCommandOptions {
  readonly port?: number;
  readonly open?: boolean;
  readonly vault?: string;
  readonly vaultKey?: string;
}

/** Built, this is `dist/src/cli/serve-command.js` and the page lies in `dist/web`; run from the sources it is the same folder. */
const WEB_FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/web/' : '../../web/', import.meta.url),
);

/** Serves until it is interrupted. */
export async function serveCommand(
  options: ServeCommandOptions,
  translate: Translator,
  interruption: Interruption,
): Promise<number> {
  const keyFile = options.vaultKey === undefined ? undefined : await keyFileBytes(options.vaultKey);
  const folder = vaultFolder(options);
  await interruption.graceful(async (signal) => {
    const server = await startServer({
      vaultFolder: folder,
      webFolder: WEB_FOLDER,
      language: translate.language,
      timeZone: translate.timeZone,
      onDefect: (id, error) => printNote(translate('cli.serve.defect', { id, place: placeOf(error) })),
      ...(keyFile ? { keyFile } : {}),
      ...(options.port === undefined ? {} : { port: options.port }),
    }).catch((error: unknown) => {
      throw portError(error, options.port);
    });
    const lines = createInterface({ input: process.stdin, terminal: false });
    try {
      if (!existsSync(join(WEB_FOLDER, 'index.html'))) printNote(translate('cli.serve.noPage'));
      print(translate('cli.serve.started', { folder }));
      tellAddress(server, translate, options.open === true);
      print(`\n${translate('cli.serve.howToEnd')}`);
      lines.on('line', () => tellAddress(server, translate, false));
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      lines.close();
      await server.close();
      keyFile?.fill(0);
    }
  });
  return EXIT.ran;
}

function tellAddress(server: LocalServer, translate: Translator, isToOpen: boolean): void {
  const url = server.launchUrl();
  print(`\n  ${url}\n`);
  print(translate('cli.serve.once'));
  if (isToOpen) openBrowser(url, () => printNote(translate('cli.serve.notOpened')));
}

/** Name of a defect and where in the program it came up: its message may hold evidence. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const stack = error.stack?.slice(error.stack.indexOf(error.message) + error.message.length) ?? '';
  const frame = /[\w-]+\.[jt]s:\d+/.exec(stack)?.[0] ?? '';
  return `${error.name} ${frame}`.trim();
}

function portError(error: unknown, port: number | undefined): unknown {
  const name = error instanceof Error && 'code' in error ? error.code : '';
  if (name === 'EADDRINUSE' || name === 'EACCES')
    return new CommandError('port', { port: port ?? 0 }, EXIT.couldNotRun);
  return error;
}
