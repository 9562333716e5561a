import { CommanderError } from 'commander';
import { BagError } from '../casework/bag/bag-problem.js';
import { bagProblemText } from '../casework/bag/bag-texts.js';
import { BundleFaults, DeskError } from '../casework/desk/desk-error.js';
import { RedactionError } from '../casework/redaction/redaction-error.js';
import { VaultError } from '../casework/vault/vault-error.js';
import { AddressListError, BadLogFormatError } from '../check/block-error.js';
import { UnknownReaderError } from '../check/check.js';
import { FeedPathError } from '../check/feeds.js';
import { translatorFor } from '../check/messages.js';
import { OutputInEvidenceError } from '../check/output-guard.js';
import { ProfileError } from '../check/profile-error.js';
import { ScenarioFileError } from '../check/scenario-files.js';
import { LANGUAGES, type Language } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import { pathWords, STANDARD_INPUT } from '../core/standard-input.js';
import { StoreError } from '../indicators/store.js';
import { OutputError } from '../report/outputs.js';
import { CommandError } from './command-error.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { Interruption } from './interruption.js';
import { bearClosedPipes, printError, printNote } from './print.js';
import { buildProgram, usageError } from './program.js';

/** Of a bag that is not as it says: enough to tell the sender. */
const BAG_PROBLEMS_SHOWN = 20;

/** Runs the command line and returns its exit code. `arguments_` without the program's own name. */
export async function main(arguments_: readonly string[]): Promise<number> {
  bearClosedPipes();
  const interruption = new Interruption();
  const stopListening = interruption.listen();
  try {
    return await run(arguments_, interruption);
  } finally {
    stopListening();
  }
}

async function run(arguments_: readonly string[], interruption: Interruption): Promise<number> {
  const asked = optionValue(arguments_, '--lang');
  const language = chosenLanguage(asked);
  const zone = optionValue(arguments_, '--tz');
  const translate = translatorFor(language, knownZone(zone) ?? systemZone(), language === 'es' ? es : en);

  if (asked !== null && !isLanguage(asked)) {
    const choices = LANGUAGES.join(', ');
    printError(translate, translate('cli.error.badChoice', { value: asked, option: '--lang', choices }));
    return EXIT.wrongUsage;
  }
  if (zone !== null && knownZone(zone) === null) {
    printError(translate, translate('cli.error.badTimeZone', { value: zone }));
    return EXIT.wrongUsage;
  }

  let exitCode: number = EXIT.ran;
  const program = buildProgram({
    translate,
    interruption,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    if (arguments_.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.wrongUsage;
    }
    await program.parseAsync([...arguments_], { from: 'user' });
    return interruption.exitCode ?? exitCode;
  } catch (error) {
    if (interruption.exitCode !== null) {
      printNote(translate('cli.interrupted'));
      return interruption.exitCode;
    }
    return explain(error, translate);
  }
}

function explain(error: unknown, translate: Translator): number {
  if (error instanceof CommanderError) {
    // Help and version were asked for: commander ends them with an error of exit code 0.
    if (error.exitCode === 0) return EXIT.ran;
    if (error.code === 'commander.help') return EXIT.wrongUsage;
    printError(translate, usageError(error, translate));
    return EXIT.wrongUsage;
  }
  if (error instanceof UnknownReaderError) {
    printError(
      translate,
      translate('cli.error.unknownReader', { name: error.reader, known: error.known.join(', ') }),
    );
    return EXIT.wrongUsage;
  }
  if (error instanceof CommandError) {
    printError(translate, translate(`cli.error.${error.code}`, error.values));
    return error.exitCode;
  }
  if (error instanceof BundleFaults) {
    for (const problem of error.bag.problems.slice(0, BAG_PROBLEMS_SHOWN))
      printNote(bagProblemText(problem, translate));
  }
  if (error instanceof BagError) {
    printError(translate, bagProblemText(error, translate));
    return EXIT.couldNotRun;
  }
  if (error instanceof RedactionError) {
    const { code, detail } = error;
    printError(translate, translate(`casework.redaction.${code}`, { detail }));
    return EXIT.couldNotRun;
  }
  if (error instanceof DeskError) {
    const { code, detail } = error;
    const values = {
      detail: code === 'export-not-allowed' ? translate(`casework.refusals.${detail}`) : detail,
    };
    printError(translate, translate(`casework.errors.${code}`, values));
    return EXIT.couldNotRun;
  }
  if (error instanceof VaultError) {
    const { code, place, detail } = error;
    printError(
      translate,
      translate(`casework.vault.${code}`, { place, detail: detail === '' ? 'none' : detail }),
    );
    return EXIT.couldNotRun;
  }
  if (error instanceof ProfileError) {
    printError(translate, translate(`cli.error.profile.${error.code}`, error.values));
    return EXIT.couldNotRun;
  }
  if (error instanceof AddressListError) {
    const key = error.code === 'unreadable' ? 'addressListUnreadable' : 'addressListLine';
    const { path, line, text } = error;
    printError(translate, translate(`cli.error.${key}`, { path, line, text }));
    return EXIT.couldNotRun;
  }
  if (error instanceof BadLogFormatError) {
    printError(translate, translate('cli.error.logFormat'));
    return EXIT.couldNotRun;
  }
  if (error instanceof ScenarioFileError) {
    printError(translate, translate('cli.error.scenarioFile', { path: error.path }));
    return EXIT.couldNotRun;
  }
  if (error instanceof FeedPathError) {
    const { path } = error;
    const reasons = error.reasons.join(' ') || translate('cli.error.noIndicatorFiles');
    printError(translate, translate('cli.error.indicatorPath', { path, reasons }));
    return EXIT.couldNotRun;
  }
  if (error instanceof StoreError) {
    printError(translate, translate(`indicators.store.${error.code}`, { path: error.path }));
    return EXIT.couldNotRun;
  }
  if (error instanceof OutputInEvidenceError) {
    const key = error.code === 'inside' ? 'outputInEvidence' : 'outputIsEvidence';
    printError(translate, translate(`cli.error.${key}`, { folder: error.folder, evidence: error.evidence }));
    return EXIT.couldNotRun;
  }
  if (error instanceof OutputError) {
    const key = OUTPUT_FAILURES[codeOf(error.cause)] ?? 'output';
    printError(translate, translate(`cli.error.${key}`, { path: error.path, detail: error.message }));
    return EXIT.couldNotRun;
  }
  if (error instanceof EvidenceError) {
    if (error.code === 'empty' && error.source.path === STANDARD_INPUT) {
      printError(translate, translate('cli.error.emptyInput'));
      return EXIT.couldNotRun;
    }
    const path = pathWords(error.source.path, translate);
    const own: Partial<Record<EvidenceError['code'], string>> = {
      missing: 'missingPath',
      'no-permission': 'noPermission',
    };
    const key = own[error.code];
    const { problem } = error;
    const reason = translate(`problems.${problem?.code ?? error.code}`, problem?.values);
    printError(
      translate,
      key ? translate(`cli.error.${key}`, { path }) : translate('cli.error.notOpened', { path, reason }),
    );
    return EXIT.couldNotRun;
  }
  const detail = error instanceof Error ? error.message : String(error);
  printError(translate, translate('cli.error.unexpected', { detail }));
  return EXIT.couldNotRun;
}

/** Sentences for what systems answer when they cannot write. */
const OUTPUT_FAILURES: Readonly<Record<string, string>> = {
  EEXIST: 'outputIsFile',
  ENOTDIR: 'outputIsFile',
  EACCES: 'outputNoPermission',
  EPERM: 'outputNoPermission',
  EROFS: 'outputNoPermission',
  ENOSPC: 'outputNoSpace',
  EDQUOT: 'outputNoSpace',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The language is needed before the command line is parsed, for its own words. */
function optionValue(arguments_: readonly string[], name: string): string | null {
  for (const [index, argument] of arguments_.entries()) {
    if (argument === '--') return null;
    if (argument === name) return arguments_[index + 1] ?? '';
    if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
  }
  return null;
}

function chosenLanguage(asked: string | null): Language {
  if (asked !== null && isLanguage(asked)) return asked;
  const { env } = process;
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || Intl.DateTimeFormat().resolvedOptions().locale;
  return locale.toLowerCase().startsWith('es') ? 'es' : 'en';
}

function isLanguage(value: string): value is Language {
  return LANGUAGES.some((language) => language === value);
}

function knownZone(zone: string | null): string | null {
  if (zone === null) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function systemZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
