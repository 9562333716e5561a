import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { demoCase, demoConsent } from '../../fixtures/casework/demo-case.js';
import { type DemoCase, writeDemoCase } from '../../fixtures/demo-case.js';
import { DEMO_EXPORT_FOLDERS } from '../../fixtures/demo-exports.js';
import { receiptText } from '../casework/custody/receipt.js';
import { exportCase } from '../casework/desk/case-export.js';
import { Desk, type Receipt } from '../casework/desk/desk.js';
import { createVault } from '../casework/vault/vault.js';
import { runCaseCheck } from '../check/case-check.js';
import type { CheckOutcome } from '../check/check.js';
import { translatorFor } from '../check/messages.js';
import { loadProfile } from '../check/profile.js';
import { VERSION } from '../check/version.js';
import { LANGUAGES } from '../core/contracts.js';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import type { Result } from '../core/result.js';
import { fromDate } from '../core/time.js';
import { OutputError } from '../report/outputs.js';
import { renderTerminal } from '../report/terminal.js';
import { CommandError } from './command-error.js';
import type { Interruption } from './interruption.js';
import { ownCommand, shortest } from './own-command.js';
import { columns, print, wantsColour } from './print.js';
import { progressLine } from './progress.js';

/** Marks a folder as one this command wrote, whose parts it may therefore replace. */
const MARKER = '.vigia-demo';
/** Folders of the case, as `writeDemoCase` names them. */
const DEMO_FOLDERS = ['iphone-cifrado', 'iphone-sin-cifrar', ...DEMO_EXPORT_FOLDERS];
/** Printed: what lies in the vault of the demo is invented. */
export const DEMO_PASSPHRASE = 'ceiba faro nube lunes pan vela';
const VAULT_FOLDER = 'boveda';
const DOSSIER_FOLDER = 'dossier';
const DEMO_RECEIPT: Receipt = {
  description: 'demo',
  from: 'Ceiba',
  where: 'demo',
  zone: 'America/Mexico_City',
  method: 'demo',
};
const REPORT_FOLDER = { es: 'informe', en: 'report' } as const;

/** Writes the synthetic case, checks it, and says where the report is. */
export async function demoCommand(
  folder: string | undefined,
  options: { readonly quiet?: boolean },
  translate: Translator,
  interruption: Interruption,
): Promise<number> {
  const target = resolve(folder ?? 'vigia-demo');
  const { encrypted, password, exportFolders, profileFile } = await writeCase(target, translate);
  print(`${translate('cli.demo.synthetic')}\n`);

  const profile = await loadProfile(profileFile);
  const progress = await progressLine(translate, options.quiet === true);
  const out = join(target, REPORT_FOLDER[translate.language]);
  try {
    const { result, receipt } = await interruption.graceful((signal) =>
      inDemoVault(target, translate, (desk, code) =>
        runCaseCheck(
          desk,
          code,
          {
            paths: [encrypted.folder, ...exportFolders],
            profile,
            indicators: [],
            defaultIndicators: true,
            translate,
            out,
            password: async ({ attempt }) => (attempt === 1 ? password : null),
            progress: progress.listener,
            signal,
          },
          DEMO_RECEIPT,
        ),
      ),
    );
    progress.stop();
    print(renderTerminal(result, translate, { colour: wantsColour(), columns: columns() }));
    print(`\n${receipt}`);
    print(`\n${translate('cli.demo.dossier', { folder: join(target, DOSSIER_FOLDER) })}`);
    print(translate('cli.demo.vault', { folder: join(target, VAULT_FOLDER) }));
    print(`\n${translate('cli.demo.report', { path: join(out, 'report.html') })}`);
    const command = ownCommand(['serve', '--vault', shortest(join(target, VAULT_FOLDER))]);
    print(`\n${translate('cli.demo.serve', { passphrase: DEMO_PASSPHRASE })}\n\n  ${command}`);
    return EXIT.ran;
  } finally {
    progress.stop();
  }
}

/** Keeps the demo in a vault of its own, with a dossier in both languages. */
async function inDemoVault(
  target: string,
  translate: Translator,
  check: (desk: Desk, code: string) => Promise<CheckOutcome>,
): Promise<{ readonly result: Result; readonly receipt: string }> {
  const now = (): string => fromDate(new Date()) ?? '';
  const passphrase = Buffer.from(DEMO_PASSPHRASE);
  const vault = await createVault({ dir: join(target, VAULT_FOLDER), passphrase, now });
  try {
    const operator = { actor: 'demo', now, monotonicMs: () => performance.now(), random: randomBytes };
    const desk = new Desk(vault, operator);
    const { code, id } = desk.newCase(demoCase(translate.language));
    desk.addConsent(code, demoConsent(now(), translate.language));
    const { result } = await check(desk, code);
    for (const language of LANGUAGES) {
      await exportCase(
        desk,
        code,
        {
          folder: join(target, DOSSIER_FOLDER),
          profile: 'for-prosecutor',
          formats: ['dossier'],
          purpose: 'complaint',
          recipient: 'demo',
          named: false,
          approvedBy: null,
          calendar: [],
          toolVersion: VERSION,
        },
        translatorFor(language, translate.timeZone),
      );
    }
    const head = vault.custody.last(id);
    const receipt = head
      ? receiptText({
          caseCode: code,
          headHash: head.hash,
          seq: head.seq,
          at: head.at,
          language: translate.language,
        })
      : '';
    return { result, receipt };
  } finally {
    passphrase.fill(0);
    vault.close();
  }
}

async function writeCase(target: string, translate: Translator): Promise<DemoCase> {
  const present = await readdir(target).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new OutputError(target, error);
  });
  if (present.length > 0 && !present.includes(MARKER)) {
    throw new CommandError('demoExists', { folder: target }, EXIT.couldNotRun);
  }
  print(translate('cli.demo.writing', { folder: target }));
  try {
    await mkdir(target, { recursive: true });
    await writeFile(join(target, MARKER), '');
    // Only what this command writes: somebody may have put notes of their own beside it.
    for (const part of [...DEMO_FOLDERS, ...Object.values(REPORT_FOLDER), VAULT_FOLDER, DOSSIER_FOLDER]) {
      await rm(join(target, part), { recursive: true, force: true });
    }
    return writeDemoCase(target);
  } catch (error) {
    throw new OutputError(target, error);
  }
}
