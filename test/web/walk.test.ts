import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeDemoCase } from '../../fixtures/demo-case.js';
import { buildSmsBackup } from '../../fixtures/messages/android-sms-backup.js';
import { axeViolations, begin, openStand, type Stand, type WatchedPage, whyNoBrowser } from './browser.js';

const why = whyNoBrowser();
/** Published as part of Pegasus; comes with the program. */
const LURE = 'UNOTV: mira esto http://smsmensaje.mx/1234567s/';
/** What would run, load, show or lead somewhere if it were anything but text. */
const HOSTILE = [
  '<img src=x onerror="document.title=\'owned\'">',
  '<script>document.title="owned"</script>',
  '</script><svg onload=alert(1)>',
  'javascript:alert(1)',
  'https://elsewhere.example/pixel.png',
  'a\u202Egpj.exe',
];

/** Covered pieces, one by one. */
async function uncoverAll(page: Page): Promise<void> {
  const covered = page.getByRole('button', { name: /^Destapar/ });
  for (let left = await covered.count(); left > 0; left = await covered.count())
    await covered.first().click();
}

/** Of the first case there is. */
async function firstCase(page: Page): Promise<string> {
  const code = await page.evaluate(
    async () => ((await (await fetch('/api/v1/cases')).json()) as { code: string }[])[0]?.code,
  );
  return code ?? '';
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe.skipIf(why !== null)(`a help desk's day${why === null ? '' : ` (${why})`}`, () => {
  let stand: Stand;
  let watched: WatchedPage;
  let evidence: string;

  beforeAll(async () => {
    stand = await openStand();
    watched = await stand.open();
    await begin(watched.page);
    evidence = join(stand.folder, 'sms-20240501.xml');
    writeFileSync(
      evidence,
      buildSmsBackup([
        { at: '2024-05-01T10:00:00Z', address: '+525555550101', body: 'Llego a las siete' },
        { at: '2024-05-01T17:03:00Z', address: '+525555550199', body: LURE },
        ...HOSTILE.map((body, index) => ({
          at: `2024-05-02T1${index}:00:00Z`,
          address: '+525555550123',
          body,
          contactName: body,
        })),
      ]),
    );
  });
  afterAll(() => stand.close());
  afterEach(async ({ task }) => {
    const shots = process.env['VIGIA_SHOTS'];
    if (shots !== undefined && task.result?.state === 'fail')
      await watched.page.screenshot({ path: join(shots, `failed-${task.id}.png`), fullPage: true });
  });

  it('leads from a strange message to a finding in at most twelve clicks, and asks before it reads', async () => {
    const { page, complaints } = watched;
    let clicks = 0;
    const click = async (name: string, role: 'button' | 'link' = 'button'): Promise<void> => {
      clicks += 1;
      await page.getByRole(role, { name }).first().click();
    };
    await click('Me llegó un mensaje o un enlace extraño', 'link');
    await click('Dar la evidencia', 'link');
    await page.getByLabel('Nombre corto del caso').fill('Mensajes raros');
    await page.getByLabel('Seudónimo de la persona').fill('ALBA');
    await click('Crear el caso');
    await page.getByText('Todo se queda en esta computadora').waitFor();
    const onConsent = await axeViolations(page);
    await click('Sí, de acuerdo');
    await page.getByRole('heading', { name: '¿Qué vamos a revisar?' }).waitFor();
    await page.locator('input[type="file"]').first().setInputFiles(evidence);
    await page.getByText('sms-20240501.xml').first().waitFor();
    const onEvidence = await axeViolations(page);
    await click('Empezar la revisión');
    await page.getByText('Revisión terminada').waitFor({ timeout: 60_000 });
    const onEnd = await axeViolations(page);
    await page
      .getByRole('link', { name: /hallazgo/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Hallazgos', exact: true }).waitFor();
    await page.getByText('Eso apunta a un intento').first().waitFor();

    expect(clicks).toBeLessThanOrEqual(12);
    expect([onConsent, onEvidence, onEnd, await axeViolations(page), complaints]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  it('shows the evidence behind a finding, covered until it is uncovered', async () => {
    const { page, complaints } = watched;
    await page
      .getByRole('link', { name: /Se recibió un enlace/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'La evidencia' }).waitFor();
    await page.getByText('Qué no significa').waitFor();
    await page
      .getByRole('button', { name: /^Destapar/ })
      .first()
      .waitFor();
    const before = await page.evaluate(() => document.documentElement.innerHTML.includes('UNOTV'));
    const violations = await axeViolations(page);
    await uncoverAll(page);
    await page.getByText('UNOTV').first().waitFor();
    const links = await page.evaluate(() =>
      [...document.querySelectorAll('a')]
        .map(({ href }) => href)
        .filter((href) => href.includes('smsmensaje')),
    );
    const text = await page.evaluate(() => document.body.innerText);
    await page.reload();
    await page
      .getByRole('button', { name: /^Destapar/ })
      .first()
      .waitFor();
    const after = await page.evaluate(() => document.documentElement.innerHTML.includes('UNOTV'));

    expect([before, after, links, violations, complaints]).toEqual([false, false, [], [], []]);
    expect(text).toContain('hxxp://smsmensaje[.]mx');
    expect(text).not.toContain('http://smsmensaje');
  });

  it('keeps what is dismissed, with the reason, and says so in the list', async () => {
    const { page } = watched;
    await page.getByLabel('Descartado: tiene otra explicación').check();
    await page.getByRole('button', { name: 'Anotar' }).click();
    await page.getByText('Escriba el motivo').first().waitFor();
    await page.getByLabel('Motivo para descartarlo').fill('Es de una capacitación');
    await page.getByRole('button', { name: 'Anotar' }).click();
    await page.getByText('Anotado por ana').waitFor();
    await page.getByRole('link', { name: 'Todos los hallazgos' }).first().click();
    await page.getByText('Un hallazgo descartado').waitFor();

    expect(await axeViolations(page)).toEqual([]);
  });

  it('says what was read and what was not', async () => {
    const { page, complaints } = watched;
    await page.getByRole('link', { name: 'Qué se revisó y qué no' }).first().click();
    await page.getByRole('heading', { name: 'Qué se revisó y qué no' }).waitFor();
    await page.getByText('Mensajes SMS y MMS de Android').first().waitFor();

    expect([await axeViolations(page), complaints]).toEqual([[], []]);
  });

  it('shows hostile evidence as text, wherever it stands', async () => {
    const { page, complaints } = watched;
    const run = new URL(page.url()).pathname.split('/')[2];
    const check = await page.evaluate(
      async (id) => (await (await fetch(`/api/v1/checks/${id}`)).json()) as { caseCode: string },
      run,
    );
    for (const tab of ['timeline', 'evidence', 'findings', 'graph', 'notes'])
      await page.goto(`${stand.server.url}/cases/${check.caseCode}/${tab}`).then(async () => {
        await page.locator('h1').waitFor();
        await page.waitForTimeout(700);
        await uncoverAll(page);
        const found = await page.evaluate(() => ({
          title: document.title,
          images: [...document.querySelectorAll('img')].filter(({ src }) => !src.startsWith('blob:')).length,
          scripts: [...document.scripts].filter(({ src }) => !src.startsWith(window.location.origin)).length,
          links: [...document.querySelectorAll('a')].filter(
            ({ href }) => !href.startsWith(`${window.location.origin}/`),
          ).length,
        }));
        expect([tab, found.images, found.scripts, found.links]).toEqual([tab, 0, 0, 0]);
        expect(found.title).not.toContain('owned');
      });
    expect(complaints).toEqual([]);
  });

  it('reads a folder where it lies, keeps what was typed as password out, and the sum adds up', async () => {
    const { page } = watched;
    const folder = join(stand.folder, 'carpeta');
    mkdirSync(folder);
    writeFileSync(join(folder, 'vacio.xml'), '');
    writeFileSync(join(folder, 'nota.bin'), Buffer.from([0, 1, 2, 3, 255]));
    writeFileSync(
      join(folder, 'sms.xml'),
      buildSmsBackup([{ at: '2024-06-01T10:00:00Z', address: '1', body: 'hola' }]),
    );
    await page.goto(`${stand.server.url}/add?case=${await firstCase(page)}`);
    await page.locator('input[type="file"][webkitdirectory]').setInputFiles(folder);
    await page.getByText('carpeta', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Empezar la revisión' }).click();
    await page.getByText('Revisión terminada').waitFor({ timeout: 60_000 });
    await page.getByText('No se encontraron indicios conocidos').first().waitFor();
    const numbers = await page.evaluate(() =>
      [...document.querySelectorAll('table td')]
        .map(({ textContent }) => Number(textContent))
        .filter((value) => !Number.isNaN(value)),
    );
    const text = await page.evaluate(() => document.body.innerText);

    expect(text).toContain('Se recibieron 3 archivos');
    expect(numbers.reduce((sum, value) => sum + value, 0)).toBe(3);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('opens an encrypted backup: a wrong password, then the right one, then what was found', async () => {
    const { page, complaints } = watched;
    const { encrypted, password } = writeDemoCase(join(stand.folder, 'respaldo'));
    await page.goto(`${stand.server.url}/add?case=${await firstCase(page)}`);
    await page.locator('input[type="file"][webkitdirectory]').setInputFiles(encrypted.folder);
    await page.getByRole('button', { name: 'Empezar la revisión' }).click();
    const field = page.getByLabel('Contraseña del respaldo o del archivo');
    await field.waitFor({ timeout: 60_000 });
    const onPassword = await axeViolations(page);
    // The page can be loaded again without losing what goes on.
    await page.reload();
    await field.fill('not that');
    await page.getByRole('button', { name: 'Abrir', exact: true }).click();
    await page.getByText('Esa contraseña no lo abrió').waitFor({ timeout: 60_000 });
    await field.fill(password);
    await page.getByRole('button', { name: 'Abrir', exact: true }).click();
    await page.getByText('Revisión terminada').waitFor({ timeout: 60_000 });
    await page.getByText('Se leyeron 16 partes de 16').waitFor();

    expect([onPassword, await axeViolations(page), complaints]).toEqual([[], [], []]);
  });

  it('speaks English, and lets a dossier out as it was looked at', async () => {
    const { page, complaints } = watched;
    const code = await firstCase(page);
    await page.goto(`${stand.server.url}/settings`);
    await page.getByLabel('English').check();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.goto(`${stand.server.url}/cases/${code}/deliver`);
    await page.getByLabel('Give the person what is theirs').check();
    await page.getByLabel('Dossier to read and print').check();
    await page.getByLabel('Without the name').check();
    await page.getByRole('button', { name: /^Prepare/ }).click();
    const card = page.locator('div', { has: page.getByText('dossier.en.html', { exact: true }) }).last();
    await card.waitFor({ timeout: 60_000 });
    const looked = await page.locator('code').allInnerTexts();
    await page.getByRole('button', { name: 'See the pages here' }).click();
    await page.getByRole('img', { name: /Page 1 of the dossier/ }).waitFor({ timeout: 60_000 });
    const violations = await axeViolations(page);
    await page.getByRole('button', { name: 'Make the files' }).click();
    await page.getByText(/Ready/).first().waitFor({ timeout: 60_000 });
    const link = page.getByRole('link', { name: /dossier\.en\.html/ }).last();
    const [left] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const after = await left.path();
    const text = readFileSync(after, 'utf8');

    expect(looked).toContain(sha256(after));
    expect(text).toContain(code);
    expect(text).not.toMatch(/<script/i);
    expect([violations, complaints]).toEqual([[], []]);
  });

  it('lets nothing out, nor in, once the consent is withdrawn', async () => {
    const { page } = watched;
    const code = await firstCase(page);
    await page.goto(`${stand.server.url}/cases/${code}/consent`);
    await page.getByRole('button', { name: 'Withdraw the consent' }).click();
    await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await page.getByText('Nothing leaves from now on').first().waitFor();
    const left = await page.getByText('dossier.en.html').count();
    await page.goto(`${stand.server.url}/cases/${code}/deliver`);
    await page.getByText('The person withdrew their consent').first().waitFor();
    const started = await page.evaluate(
      async (caseCode) =>
        (
          await fetch('/api/v1/checks', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({
              caseCode,
              paths: ['/etc/hostname'],
              uploads: [],
              from: '',
              description: '',
              seal: false,
            }),
          })
        ).status,
      code,
    );

    expect(left).toBe(1);
    expect(started).toBe(422);
  });
});
