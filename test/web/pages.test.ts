import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  openStand,
  type Stand,
  scrollsSideways,
  type WatchedPage,
  whyNoBrowser,
} from './browser.js';
import { demoPages, makeDemo, openDemo } from './demo.js';

const why = whyNoBrowser();
const NAMES = Object.keys(demoPages({ code: '', run: '' }));

describe.skipIf(why !== null).each([
  ['es', 'light', 1280],
  ['en', 'dark', 360],
] as const)(
  `every page of the demo case in %s, %s, %i px wide${why === null ? '' : ` (${why})`}`,
  (language, scheme, width) => {
    let folder: string;
    let stand: Stand;
    let watched: WatchedPage;
    let pages: Readonly<Record<string, string>>;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vigia-pages-'));
      stand = await openStand({ vaultFolder: makeDemo(folder, language), language });
      watched = await stand.open({ width, isDark: scheme === 'dark' });
      pages = demoPages(await openDemo(watched.page));
    });
    afterAll(async () => {
      await stand?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(NAMES)(
      '%s: without violations, no wider than the window, in its language, nothing refused',
      async (name) => {
        const { page, complaints } = watched;
        await page.goto(stand.server.url + pages[name]);
        await page.locator('h1').waitFor();
        await page.waitForLoadState('networkidle');
        const violations = await axeViolations(page);
        const heading = await page.locator('h1').innerText();

        expect(violations).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        expect(heading).not.toBe('');
        expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
        expect(await page.getByRole('alert').count()).toBe(0);
        expect(complaints).toEqual([]);
      },
    );
  },
);
