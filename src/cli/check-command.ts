import type { Readable } from 'node:stream';
import { type CheckOptions, type CheckOutcome, runCheck } from '../check/check.js';
import { readTextFile } from '../check/text-file.js';
import { type CaseProfile, EMPTY_PROFILE } from '../core/case-profile.js';
import type { AccessLogOptions, Severity } from '../core/contracts.js';
import { EXIT, exitCodeOf } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import { STANDARD_INPUT } from '../core/standard-input.js';
import { parseIdentityFile } from '../evidence/age/key-ring.js';
import type { PasswordCallback } from '../evidence/open-evidence.js';
import { CommandError } from './command-error.js';
import type { Interruption } from './interruption.js';
import { columns, print, printNote, wantsColour } from './print.js';
import { type ProgressLine, progressLine } from './progress.js';
import type { VaultOptions } from './vault-session.js';

/** Options of `vigia check`, as commander gives them. */
export interface CheckCommandOptions extends VaultOptions {
  readonly indicators?: readonly string[];
  readonly defaultIndicators: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly failOn?: Severity;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly keyFile?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly profile?: string;
  readonly events?: string;
  readonly dateOrder?: NonNullable<CaseProfile['dateOrder']>;
  readonly logFormat?: string;
  readonly scenarios?: readonly string[];
  readonly torExits?: string;
  readonly consent?: string;
  readonly case?: string;
  readonly description?: string;
  readonly verify?: boolean;
  readonly quiet?: boolean;
}

export async function checkCommand(
  paths: readonly string[],
  options: CheckCommandOptions,
  translate: Translator,
  interruption: Interruption,
): Promise<number> {
  const progress = await progressLine(translate, options.quiet === true);
  const piped = paths.includes(STANDARD_INPUT);
  try {
    const password = await passwordSource(options, translate, progress, interruption, piped);
    const keyFile = options.keyFile ? await checkedKeyFile(options.keyFile) : null;
    const profile = await profileOf(options, translate.timeZone);
    const accessLogs = await accessLogOptions(options);
    const run = await runnerOf(options, translate, interruption);
    const { result, files } = await interruption.graceful((signal) =>
      run({
        paths,
        indicators: options.indicators ?? [],
        defaultIndicators: options.defaultIndicators,
        translate,
        password,
        progress: progress.listener,
        signal,
        ...(piped ? { standardInput: () => standardInput(translate, progress) } : {}),
        ...(profile ? { profile } : {}),
        ...(accessLogs ? { accessLogs } : {}),
        ...(options.out ? { out: options.out } : {}),
        ...(keyFile ? { keyFile } : {}),
        ...(options.only ? { only: options.only } : {}),
        ...(options.skip ? { skip: options.skip } : {}),
        ...(options.consent ? { consent: options.consent } : {}),
        ...(options.verify ? { verify: true } : {}),
      }),
    );
    progress.stop();
    if (options.json) print(JSON.stringify(result, null, 2));
    else {
      const { renderTerminal } = await import('../report/terminal.js');
      print(renderTerminal(result, translate, { colour: wantsColour(), columns: columns() }));
    }
    if (options.out && files.length > 0 && !options.json) {
      print(`\n${translate('cli.written', { folder: options.out, files: files.join(', ') })}`);
      if (!files.includes('report.pdf')) print(translate('cli.noPdf'));
    }
    return exitCodeOf(result, options.failOn ?? null);
  } finally {
    progress.stop();
  }
}

/** A check by itself, or one that goes into a case. */
async function runnerOf(
  options: CheckCommandOptions,
  translate: Translator,
  interruption: Interruption,
): Promise<(options: CheckOptions) => Promise<CheckOutcome>> {
  const code = options.case;
  if (code === undefined) return runCheck;
  const { atDesk } = await import('./vault-session.js');
  const { runCaseCheck } = await import('../check/case-check.js');
  return (check) =>
    atDesk(options, { translate, interruption }, (desk) =>
      runCaseCheck(desk, code, check, {
        description: options.description ?? '',
        from: desk.case(code).clientRef,
        where: '',
        zone: translate.timeZone,
        method: '',
      }),
    );
}

/** What is piped in. Whoever types it in is told how to end it. */
function standardInput(translate: Translator, progress: ProgressLine): Readable {
  const { stdin } = process;
  if (stdin.isTTY === true) {
    progress.pause();
    printNote(
      translate('cli.standardInput.howToEnd', { system: process.platform === 'win32' ? 'windows' : 'other' }),
    );
    stdin.once('close', () => progress.resume());
  }
  return stdin;
}

/** What the analyst says about access logs; null when nothing. @throws ScenarioFileError, AddressListError */
async function accessLogOptions({
  logFormat,
  scenarios,
  torExits,
}: CheckCommandOptions): Promise<AccessLogOptions | null> {
  if (logFormat === undefined && scenarios === undefined && torExits === undefined) return null;
  const { loadScenarioFiles } = await import('../check/scenario-files.js');
  const { exitList, networkText } = await import('../check/address-lists.js');
  return {
    ...(logFormat === undefined ? {} : { logFormat }),
    ...(scenarios === undefined ? {} : { scenarios: await loadScenarioFiles(scenarios) }),
    ...(torExits === undefined ? {} : { torExits: (await exitList(torExits)).map(networkText) }),
  };
}

/** The profile, and what was given beside it, which wins. */
async function profileOf(
  { profile: path, dateOrder, events }: CheckCommandOptions,
  ownZone: string,
): Promise<CaseProfile | null> {
  // Loaded where there is one: most checks have none.
  const profile = path === undefined ? null : await (await import('../check/profile.js')).loadProfile(path);
  const known = dateOrder ? { ...(profile ?? EMPTY_PROFILE), dateOrder } : profile;
  if (events === undefined) return known;
  const { publications, ...rest } = known ?? EMPTY_PROFILE;
  const calendar = await (await import('../check/calendar.js')).loadCalendar(events, {
    // The zone of the case, or else that of whoever wrote the calendar.
    timeZone: rest.timeZone ?? ownZone,
    ...(rest.dateOrder ? { dateOrder: rest.dateOrder } : {}),
  });
  return { ...rest, publications: [...publications, ...calendar] };
}

/** Where the password comes from: the option, the file, the environment, and on a terminal the person. */
async function passwordSource(
  options: CheckCommandOptions,
  translate: Translator,
  progress: ProgressLine,
  interruption: Interruption,
  piped: boolean,
): Promise<PasswordCallback> {
  const given =
    options.password ??
    (await passwordFromFile(options.passwordFile)) ??
    (process.env.VIGIA_PASSWORD || null);
  // An answer typed in would be taken from the evidence, or the evidence for an answer.
  const canAsk = !piped && process.stdin.isTTY === true && process.stderr.isTTY === true;
  let isSaid = false;
  return async ({ attempt }) => {
    if (attempt === 1 && given !== null) return given;
    if (!canAsk) {
      if (piped && !isSaid) printNote(translate('cli.standardInput.noPassword'));
      isSaid = true;
      return null;
    }
    progress.pause();
    if (attempt > 1) printNote(translate('cli.password.again'));
    const { password: askPassword, isCancel } = await import('@clack/prompts');
    const answer = await askPassword({ message: translate('cli.password.ask'), output: process.stderr });
    progress.resume();
    if (isCancel(answer)) {
      interruption.interrupt();
      return null;
    }
    return answer === '' || answer === undefined ? null : answer;
  };
}

/** Longer than any password or key. */
const SHORT_TEXT_BYTES = 65_536;

async function passwordFromFile(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  const read = await readTextFile(path, SHORT_TEXT_BYTES);
  if (typeof read === 'string') throw new CommandError('passwordFile', { path }, EXIT.couldNotRun);
  // Only the line end is not part of the password: spaces may be.
  const password = read.text.split(/\r?\n/)[0] ?? '';
  if (password === '') throw new CommandError('passwordFileEmpty', { path }, EXIT.couldNotRun);
  return password;
}

async function checkedKeyFile(path: string): Promise<string> {
  const read = await readTextFile(path, SHORT_TEXT_BYTES);
  const isKey = (text: string): boolean =>
    /^[0-9a-f]{64}$/i.test(text.trim()) || parseIdentityFile(text) !== null;
  if (typeof read === 'string' || !isKey(read.text)) {
    throw new CommandError('keyFile', { path }, EXIT.couldNotRun);
  }
  return path;
}
