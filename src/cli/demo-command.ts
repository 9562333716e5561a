import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeDemoCase } from '../../fixtures/demo-case.js';
import { runCheck } from '../check/check.js';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import { renderTerminal } from '../report/terminal.js';
import { CommandError } from './command-error.js';
import { columns, print, wantsColour } from './print.js';
import { progressLine } from './progress.js';

/** Marks a folder as one this command wrote, and may therefore replace. */
const MARKER = '.vigia-demo';

/** Writes the synthetic case, checks it, and says where the report is. */
export async function demoCommand(
  folder: string | undefined,
  options: { readonly quiet?: boolean },
  translate: Translator,
): Promise<number> {
  const target = resolve(folder ?? 'vigia-demo');
  if (existsSync(target)) {
    if (!existsSync(join(target, MARKER)))
      throw new CommandError('demoExists', { folder: target }, EXIT.couldNotRun);
    await rm(target, { recursive: true });
  }
  print(translate('cli.demo.writing', { folder: target }));
  await mkdir(target, { recursive: true });
  await writeFile(join(target, MARKER), '');
  const { encrypted, password } = writeDemoCase(target);
  print(`${translate('cli.demo.synthetic')}\n`);

  const progress = progressLine(translate, options.quiet === true);
  const out = join(target, translate.language === 'es' ? 'informe' : 'report');
  try {
    const { result } = await runCheck({
      paths: [encrypted.folder],
      indicators: [],
      defaultIndicators: true,
      translate,
      out,
      password: async ({ attempt }) => (attempt === 1 ? password : null),
      progress: progress.listener,
    });
    progress.stop();
    print(renderTerminal(result, translate, { colour: wantsColour(), columns: columns() }));
    print(`\n${translate('cli.demo.report', { path: join(out, 'report.html') })}`);
    return EXIT.ran;
  } finally {
    progress.stop();
  }
}
