import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  begin,
  openStand,
  PASSPHRASE,
  type Stand,
  scrollsSideways,
  type WatchedPage,
  whyNoBrowser,
} from './browser.js';

const why = whyNoBrowser();
const PLAIN_PAGES = ['/', '/guides/message', '/guides/tower', '/danger', '/help', '/settings', '/nowhere'];

describe.skipIf(why !== null)(`the frame of the page${why === null ? '' : ` (${why})`}`, () => {
  let stand: Stand;
  let watched: WatchedPage;

  beforeAll(async () => {
    stand = await openStand();
    watched = await stand.open();
  });
  afterAll(() => stand.close());

  it('begins with a phrase, says what is wrong with it, and asks what happened', async () => {
    const { page, complaints } = watched;
    const before = await axeViolations(page);
    await page.getByRole('button', { name: 'Empezar' }).click();
    const told = await page.getByText('Faltan caracteres').count();
    await begin(page);

    expect(before).toEqual([]);
    expect(told).toBe(1);
    expect(await page.title()).toBe('¿Qué pasó? · Vigía');
    // The token is not left in the address.
    expect(page.url()).toBe(`${stand.server.url}/`);
    expect(complaints).toEqual([]);
  });

  it('opens a guide with a number, and gives the focus to its heading', async () => {
    const { page } = watched;
    await page.goto(stand.server.url);
    await page.getByRole('heading', { name: '¿Qué pasó?' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('heading', { name: 'Me llegó un mensaje o un enlace extraño' }).waitFor();

    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      'Me llegó un mensaje o un enlace extraño',
    );
    expect(await page.getByText('No abra el enlace').count()).toBeGreaterThan(0);
  });

  it.each(PLAIN_PAGES)('has no violation and no scrolling sideways on %s', async (path) => {
    const { page, complaints } = watched;
    for (const [width, scheme] of [
      [1280, 'light'],
      [320, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.goto(stand.server.url + path);
      await page.locator('h1').waitFor();

      expect([width, await axeViolations(page)]).toEqual([width, []]);
      expect([width, await scrollsSideways(page)]).toEqual([width, false]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
    expect(complaints).toEqual([]);
  });

  it('hides at once with three times Esc, and comes back to the same place', async () => {
    const { page } = watched;
    await page.goto(`${stand.server.url}/guides/phone`);
    await page.getByRole('heading', { name: 'Quiero revisar un teléfono' }).waitFor();
    for (let times = 0; times < 3; times += 1) await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Notas' }).waitFor({ timeout: 1_000 });
    const hidden = await page.evaluate(() => ({
      text: document.body.innerText,
      title: document.title,
      path: window.location.pathname,
    }));
    const violations = await axeViolations(page);
    const later = await stand.browser.contexts()[0]?.newPage();
    await later?.goto(`${stand.server.url}/cases`);
    await later?.getByRole('heading', { name: 'Notas' }).waitFor();
    await later?.close();
    await page.getByLabel('Frase', { exact: true }).fill('not that');
    await page.getByRole('button', { name: 'Abrir' }).click();
    await page.getByText('La frase no abre').waitFor();
    await page.getByLabel('Frase', { exact: true }).fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Abrir' }).click();
    await page.getByRole('heading', { name: 'Quiero revisar un teléfono' }).waitFor();

    expect(hidden).toEqual({ text: 'Notas\nFrase\nAbrir', title: 'Notas', path: '/' });
    expect(violations).toEqual([]);
  });

  it('speaks English when asked, and keeps that', async () => {
    const { page, complaints } = watched;
    await page.goto(`${stand.server.url}/settings`);
    await page.getByLabel('English').check();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    const lang = await page.evaluate(() => document.documentElement.lang);
    await page.reload();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    const violations = await axeViolations(page);
    await page.getByLabel('Español').check();
    await page.getByRole('heading', { name: 'Ajustes' }).waitFor();

    expect([lang, violations, complaints]).toEqual(['en', [], []]);
  });

  it('keeps letters for who writes: keys never act in a field, nor when they are switched off', async () => {
    const { page } = watched;
    await page.goto(`${stand.server.url}/settings`);
    await page.getByRole('button', { name: 'Borrar todo…' }).click();
    const field = page.getByLabel('Escriba BORRAR para confirmar');
    await field.fill('');
    await field.press('?');
    await field.press('g');
    await field.press('c');
    const typed = await field.inputValue();
    await page.keyboard.press('Escape');
    await page.getByLabel('Teclas de una letra').uncheck();
    await page.locator('h1').focus();
    await page.keyboard.press('?');
    const shown = await page.getByRole('dialog').count();
    await page.getByLabel('Teclas de una letra').check();
    await page.locator('h1').focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Teclas' }).waitFor();
    await page.waitForTimeout(300);
    const violations = await axeViolations(page);
    await page.keyboard.press('Escape');

    expect([typed, shown, violations]).toEqual(['?gc', 0, []]);
  });

  it('shows nothing to a window that was not opened by the program', async () => {
    const context = await stand.browser.newContext();
    const page = await context.newPage();
    await page.goto(stand.server.url);
    await page.getByText('Esta ventana no tiene permiso').waitFor();
    const text = await page.evaluate(() => document.body.innerText);
    await context.close();

    expect(text).not.toContain('¿Qué pasó?');
  });

  it('says so when the program is silent, keeps what is there, and needs a new address afterwards', async () => {
    const { page } = watched;
    await page.goto(`${stand.server.url}/settings`);
    await page.getByRole('button', { name: 'Borrar todo…' }).click();
    await page.getByLabel('Escriba BORRAR para confirmar').fill('half a wo');
    await stand.server.close();
    await page.getByText('El programa no responde').waitFor({ timeout: 25_000 });
    const typed = await page.getByLabel('Escriba BORRAR para confirmar').inputValue();
    await stand.restart();
    const other = await stand.open();
    await other.page.getByRole('heading', { name: 'Notas' }).waitFor();
    await other.page.getByLabel('Frase', { exact: true }).fill(PASSPHRASE);
    await other.page.getByRole('button', { name: 'Abrir' }).click();
    await other.page.getByRole('heading', { name: '¿Qué pasó?' }).waitFor();

    expect(typed).toBe('half a wo');
    expect(other.complaints).toEqual([]);
  });
});
