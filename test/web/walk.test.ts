import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  openStand,
  PASSPHRASE,
  type Stand,
  type WatchedPage,
  whyNoBrowser,
} from './browser.js';

const why = whyNoBrowser();

describe.skipIf(why !== null)(
  `the page in a browser${why === null ? '' : ` (${why})`}`,
  () => {
    let stand: Stand;
    let watched: WatchedPage;

    beforeAll(async () => {
      stand = await openStand();
      watched = await stand.open();
    }, 60_000);
    afterAll(() => stand.close());

    it('begins with a phrase, and asks what happened', async () => {
      const { page, complaints } = watched;
      expect(await axeViolations(page)).toEqual([]);
      await page.getByLabel('Cómo le llama su equipo').fill('ana');
      await page.getByLabel('Frase', { exact: true }).fill(PASSPHRASE);
      await page.getByLabel('La misma frase otra vez').fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Empezar' }).click();
      await page.getByRole('heading', { name: '¿Qué pasó?' }).waitFor();

      expect(await page.title()).toBe('¿Qué pasó? · Vigía');
      expect(new URL(page.url()).hash).toBe('');
      expect(await axeViolations(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
  },
  120_000,
);
