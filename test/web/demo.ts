import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { DEMO_PASSPHRASE } from '../../src/cli/demo-command.js';
import type { Language } from '../../src/core/contracts.js';
import type { CasePage, CaseRow } from '../../src/server/api/api.js';

const VIGIA = fileURLToPath(new URL('../../bin/vigia.js', import.meta.url));

/** Writes the invented case of the demo, as `vigia demo` does. @returns the folder of its vault */
export function makeDemo(folder: string, language: Language): string {
  const target = join(folder, 'demo');
  const { status, stderr } = spawnSync(
    process.execPath,
    [VIGIA, 'demo', target, '--lang', language, '--quiet'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the demo ended with ${status}: ${stderr}`);
  return join(target, 'boveda');
}

/** Opens the vault of the demo on its lock screen. @returns its case and the check in it */
export async function openDemo(page: Page): Promise<{ readonly code: string; readonly run: string }> {
  await page.locator('input').first().fill(DEMO_PASSPHRASE);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').first().waitFor();
  const read = (path: string): Promise<unknown> =>
    page.evaluate(`fetch('/api/v1${path}').then((answer) => answer.json())`);
  const [{ code } = { code: '' }] = (await read('/cases')) as CaseRow[];
  const [{ id: run } = { id: '' }] = ((await read(`/cases/${code}`)) as CasePage).runs;
  return { code, run };
}

/** Every page of a case, and those that are of none. */
export function demoPages({
  code,
  run,
}: {
  readonly code: string;
  readonly run: string;
}): Readonly<Record<string, string>> {
  return {
    home: '/',
    guide: '/guides/message',
    add: `/add?case=${code}`,
    check: `/checks/${run}`,
    findings: `/checks/${run}/findings`,
    finding: `/checks/${run}/findings/f1`,
    coverage: `/checks/${run}/coverage`,
    cases: '/cases',
    case: `/cases/${code}`,
    custody: `/cases/${code}/evidence`,
    'case-findings': `/cases/${code}/findings`,
    timeline: `/cases/${code}/timeline`,
    graph: `/cases/${code}/graph`,
    notes: `/cases/${code}/notes`,
    plan: `/cases/${code}/plan`,
    consent: `/cases/${code}/consent`,
    deliver: `/cases/${code}/deliver`,
    campaigns: '/campaigns',
    indicators: '/indicators',
    settings: '/settings',
    help: '/help',
  };
}
