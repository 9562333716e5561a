/** A real Chromium over a real local server: what a person would see, with every message of the browser watched. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Language } from '../../src/core/contracts.js';
import { type LocalServer, startServer } from '../../src/server/server.js';

const WEB_FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** Cheap on purpose: these vaults hold nothing of anybody. */
const COST = { argon2: { memoryKiB: 1024, passes: 1, lanes: 1 }, leastMemoryKiB: 1024 };

export const PASSPHRASE = 'cuatro palabras muy al azar';

/** VIGIA_CHROMIUM, or what the system has; null when there is none. */
export function findChromium(): string | null {
  const named = process.env['VIGIA_CHROMIUM'];
  if (named !== undefined) return existsSync(named) ? named : null;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter))
    for (const name of NAMES) if (existsSync(join(folder, name))) return join(folder, name);
  return null;
}

/** Why the walks cannot be walked here; null when they can. */
export function whyNoBrowser(): string | null {
  if (findChromium() === null)
    return 'skipped: no Chromium (Debian: apt install chromium; or VIGIA_CHROMIUM=path)';
  if (!existsSync(join(WEB_FOLDER, 'index.html'))) return 'skipped: the page is not built (npm run build)';
  return null;
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console, refusals of the policy, requests that went elsewhere. */
  readonly complaints: string[];
}

export interface Stand {
  readonly browser: Browser;
  readonly server: LocalServer;
  readonly folder: string;
  readonly vaultFolder: string;
  /** A new window, signed in by a launch address. */
  open(options?: Look): Promise<WatchedPage>;
  /** The server ends and begins again at the same vault. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly isDark?: boolean;
  readonly isReduced?: boolean;
  readonly forcedColors?: boolean;
}

/** A server over an empty folder, and a browser. */
export async function openStand(
  options: { readonly language?: Language; readonly vaultFolder?: string } = {},
): Promise<Stand> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no Chromium');
  const folder = mkdtempSync(join(tmpdir(), 'vigia-web-'));
  const vaultFolder = options.vaultFolder ?? join(folder, 'vault');
  // Not the indicators that somebody imported on this machine.
  process.env.VIGIA_DATA_DIR = join(folder, 'data');
  const start = (): Promise<LocalServer> =>
    startServer({
      vaultFolder,
      webFolder: WEB_FOLDER,
      language: options.language ?? 'es',
      timeZone: 'America/Mexico_City',
      cost: COST,
      refusalMilliseconds: 0,
      onDefect: (_, error) =>
        process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`),
    });
  let server = await start();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const contexts: BrowserContext[] = [];
  return {
    browser,
    folder,
    vaultFolder,
    get server() {
      return server;
    },
    async open(look = {}) {
      const context = await browser.newContext({
        viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
        colorScheme: look.isDark ? 'dark' : 'light',
        reducedMotion: look.isReduced === false ? 'no-preference' : 'reduce',
        forcedColors: look.forcedColors ? 'active' : 'none',
        acceptDownloads: true,
      });
      contexts.push(context);
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const page = await context.newPage();
      const watched = { page, complaints: watch(page, () => server.url) };
      page.setDefaultTimeout(12_000);
      await page.goto(server.launchUrl());
      await page.locator('h1').first().waitFor();
      return watched;
    },
    async restart() {
      await server.close();
      server = await start();
    },
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function watch(page: Page, origin: () => string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // The browser also notes answers that are no success, and features of the header that it does not have.
    const isAnswer = /^Failed to load resource|Unrecognized feature/.test(message.text());
    if ((message.type() === 'error' || message.type() === 'warning') && !isAnswer)
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin()}/`) && !url.startsWith('blob:')) complaints.push(`elsewhere: ${url}`);
  });
  return complaints;
}

/** Violations that axe finds on the page (WCAG 2.2 AA and its good practice), as text; empty is good. */
export async function axeViolations(page: Page): Promise<string[]> {
  // The policy of the page lets nothing be put in; a world of its own does.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
    worldName: 'axe',
  });
  await session.send('Runtime.evaluate', {
    expression: readFileSync(AXE, 'utf8'),
    contextId: executionContextId,
  });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary).join(' | '))))`,
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return JSON.parse(String(result.value)) as string[];
}

/** First run in Spanish: a vault with a phrase, up to the first screen. */
export async function begin(page: Page): Promise<void> {
  await page.getByLabel('Cómo le llama su equipo').fill('ana');
  await page.getByLabel('Frase', { exact: true }).fill(PASSPHRASE);
  await page.getByLabel('La misma frase otra vez').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Empezar' }).click();
  await page.getByRole('heading', { name: '¿Qué pasó?' }).waitFor();
}

/** WCAG 1.4.10: nothing but a named scroller is wider than the window. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth + 1');
}
