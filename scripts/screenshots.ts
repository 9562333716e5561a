/**
 * Pictures of the page for the guides, from the invented case of the demo: `npm run build && npm run screenshots`. Needs a Chromium (see
 * the README). Writes docs/images/*.png, or, with a folder, every page there: Spanish and light, English and dark, wide and narrow.
 *
 *     npx tsx scripts/screenshots.ts [FOLDER]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Look, openStand } from '../test/web/browser.js';
import { demoPages, makeDemo, openDemo } from '../test/web/demo.js';

/** Those that the guides show. */
const SHOWN = ['home', 'findings', 'finding', 'timeline', 'graph', 'deliver'];
const SETTLED_MS = 1_200;
const LOOKS: readonly (readonly [name: string, language: 'es' | 'en', look: Look, fullPage: boolean])[] = [
  ['es-light-1280', 'es', {}, true],
  ['en-dark-1280', 'en', { isDark: true }, true],
  ['es-light-390', 'es', { width: 390, height: 844 }, true],
];

const given = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'vigia-screenshots-'));
try {
  if (given === undefined) {
    const out = fileURLToPath(new URL('../docs/images', import.meta.url));
    await pictures(out, 'es', {}, false, SHOWN);
  } else
    for (const [name, language, look, fullPage] of LOOKS)
      await pictures(join(given, name), language, look, fullPage, null);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function pictures(
  out: string,
  language: 'es' | 'en',
  look: Look,
  fullPage: boolean,
  names: readonly string[] | null,
): Promise<void> {
  mkdirSync(out, { recursive: true });
  const vaultFolder = makeDemo(mkdtempSync(join(folder, 'case-')), language);
  const stand = await openStand({ vaultFolder, language });
  try {
    const { page } = await stand.open(look);
    const pages = demoPages(await openDemo(page));
    for (const [name, path] of Object.entries(pages)) {
      if (names !== null && !names.includes(name)) continue;
      await page.goto(stand.server.url + path);
      await page.locator('h1').waitFor();
      await page.waitForTimeout(SETTLED_MS);
      await page.screenshot({ path: join(out, `${name}.png`), fullPage });
      process.stdout.write(`${name}.png\n`);
    }
  } finally {
    await stand.close();
  }
}
