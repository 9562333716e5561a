import { readFile } from 'node:fs/promises';
import { password as askPassword, isCancel } from '@clack/prompts';
import { runCheck } from '../check/check.js';
import type { Severity } from '../core/contracts.js';
import { EXIT, exitCodeOf } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import type { PasswordCallback } from '../evidence/open-evidence.js';
import { renderTerminal } from '../report/terminal.js';
import { CommandError } from './command-error.js';
import { columns, print, printNote, wantsColour } from './print.js';
import { type ProgressLine, progressLine } from './progress.js';

/** Options of `vigia check`, as commander gives them. */
export interface CheckCommandOptions {
  readonly indicators: readonly string[];
  readonly defaultIndicators: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly failOn?: Severity;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly keyFile?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly consent?: string;
  readonly verify?: boolean;
  readonly quiet?: boolean;
}

export async function checkCommand(
  paths: readonly string[],
  options: CheckCommandOptions,
  translate: Translator,
): Promise<number> {
  const progress = progressLine(translate, options.quiet === true);
  try {
    const { result, files } = await runCheck({
      paths,
      indicators: options.indicators,
      defaultIndicators: options.defaultIndicators,
      translate,
      password: await passwordSource(options, translate, progress),
      progress: progress.listener,
      ...(options.out ? { out: options.out } : {}),
      ...(options.keyFile ? { keyFile: await checkedKeyFile(options.keyFile) } : {}),
      ...(options.only ? { only: options.only } : {}),
      ...(options.skip ? { skip: options.skip } : {}),
      ...(options.consent ? { consent: options.consent } : {}),
      ...(options.verify ? { verify: true } : {}),
    });
    progress.stop();
    if (options.json) print(JSON.stringify(result, null, 2));
    else print(renderTerminal(result, translate, { colour: wantsColour(), columns: columns() }));
    if (options.out && files.length > 0 && !options.json) {
      print(`\n${translate('cli.written', { folder: options.out, files: files.join(', ') })}`);
    }
    return exitCodeOf(result, options.failOn ?? null);
  } finally {
    progress.stop();
  }
}

/** Where the password comes from: the option, the file, the environment, and on a terminal the person. */
async function passwordSource(
  options: CheckCommandOptions,
  translate: Translator,
  progress: ProgressLine,
): Promise<PasswordCallback> {
  const given =
    options.password ?? (await passwordFromFile(options.passwordFile)) ?? process.env.VIGIA_PASSWORD ?? null;
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return async ({ attempt }) => {
    if (attempt === 1 && given !== null) return given;
    if (!canAsk) return null;
    progress.pause();
    if (attempt > 1) printNote(translate('cli.password.again'));
    const answer = await askPassword({ message: translate('cli.password.ask'), output: process.stderr });
    return isCancel(answer) || answer === '' || answer === undefined ? null : answer;
  };
}

async function passwordFromFile(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  try {
    const text = await readFile(path, 'utf8');
    // Only the line end is not part of the password: spaces may be.
    return text.replace(/^\ufeff/, '').split(/\r?\n/)[0] ?? '';
  } catch {
    throw new CommandError('passwordFile', { path }, EXIT.couldNotRun);
  }
}

async function checkedKeyFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!/^[0-9a-f]{64}$/i.test(text.trim())) throw new CommandError('keyFile', { path }, EXIT.couldNotRun);
  return path;
}
