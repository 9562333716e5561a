import { Command, type CommanderError, InvalidArgumentError, Option } from 'commander';
import { VERSION } from '../check/version.js';
import { SEVERITIES } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import { checkCommand } from './check-command.js';
import { demoCommand } from './demo-command.js';
import {
  indicatorsImportCommand,
  indicatorsListCommand,
  indicatorsSearchCommand,
  indicatorsUpdateCommand,
} from './indicators-commands.js';

/** The command line: what can be typed, and which room answers. */
export function buildProgram(translate: Translator, setExitCode: (code: number) => void): Command {
  const t = (key: string): string => translate(`cli.${key}`);
  const program = new Command('vigia');
  program
    .description(t('description'))
    .version(VERSION, '-V, --version', t('help.version'))
    .addHelpText('after', `\n${t('exitCodes')}`);

  withShared(program.command('check'), translate)
    .description(t('check.description'))
    .argument('<path...>', t('check.path'))
    .option('-i, --indicators <path>', t('check.indicators'), collect, [])
    .option('--no-default-indicators', t('check.noDefaultIndicators'))
    .option('-o, --out <dir>', t('check.out'))
    .option('--json', t('check.json'))
    .addOption(
      new Option('--fail-on <severity>', t('check.failOn')).argParser(
        oneOf(SEVERITIES, '--fail-on', translate),
      ),
    )
    .option('-p, --password <text>', t('check.password'))
    .option('--password-file <file>', t('check.passwordFile'))
    .option('--key-file <file>', t('check.keyFile'))
    .option('--only <readers>', t('check.only'), commaList)
    .option('--skip <readers>', t('check.skip'), commaList)
    .option('--consent <text>', t('check.consent'))
    .option('--verify', t('check.verify'))
    .action(async (paths: string[], options) => setExitCode(await checkCommand(paths, options, translate)));

  const indicators = withShared(program.command('indicators'), translate).description(
    t('indicators.description'),
  );
  withShared(indicators.command('list'), translate)
    .description(t('indicators.list'))
    .action(async () => setExitCode(await indicatorsListCommand(translate)));
  withShared(indicators.command('import'), translate)
    .description(t('indicators.import'))
    .argument('<path...>', t('indicators.importPath'))
    .option('--licence <name>', t('indicators.licence'))
    .action(async (paths: string[], options) =>
      setExitCode(await indicatorsImportCommand(paths, options, translate)),
    );
  withShared(indicators.command('search'), translate)
    .description(t('indicators.search'))
    .argument('<value>', t('indicators.value'))
    .action(async (value: string) => setExitCode(await indicatorsSearchCommand(value, translate)));
  withShared(indicators.command('update'), translate)
    .description(t('indicators.update'))
    .option('-y, --yes', t('indicators.yes'))
    .action(async (options) => setExitCode(await indicatorsUpdateCommand(options, translate)));

  withShared(program.command('demo'), translate)
    .description(t('demo.description'))
    .argument('[dir]', t('demo.dir'))
    .action(async (folder: string | undefined, options) =>
      setExitCode(await demoCommand(folder, options, translate)),
    );

  speakLanguage(program, translate);
  return program;
}

/** Options every command takes, so that their order on the line does not matter. */
function withShared(command: Command, translate: Translator): Command {
  return command
    .option('--lang <code>', translate('cli.option.lang'))
    .option('--tz <zone>', translate('cli.option.tz'))
    .option('-q, --quiet', translate('cli.option.quiet'));
}

/** Commander's own words, in the reader's language. */
function speakLanguage(command: Command, translate: Translator): void {
  const titles: Record<string, string> = {
    'Usage:': translate('cli.help.usage'),
    'Options:': translate('cli.help.options'),
    'Commands:': translate('cli.help.commands'),
    'Arguments:': translate('cli.help.arguments'),
    'Global Options:': translate('cli.help.global'),
  };
  command
    .configureHelp({ styleTitle: (title) => titles[title] ?? title })
    .helpOption('-h, --help', translate('cli.help.option'))
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  if (command.commands.length > 0) command.helpCommand('help [command]', translate('cli.help.command'));
  for (const inner of command.commands) speakLanguage(inner, translate);
}

/** The sentence for a wrong command line. */
export function usageError(error: CommanderError, translate: Translator): string {
  if (error instanceof InvalidArgumentError || error.code === 'commander.invalidArgument') {
    // Our own parsers already speak the reader's language; commander puts an English frame around them.
    const own = /\u2039(.*)\u203a/.exec(error.message)?.[1];
    if (own) return own;
  }
  const key = error.code.replace(/^commander\./, '');
  const id = `cli.error.${key}`;
  const name = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const detail = translate.has(id) ? translate(id, { name }) : translate('cli.error.other');
  return translate('cli.error.usage', { detail });
}

/** A value that must be one of a list. The message is marked so that it can be told from commander's own words. */
function oneOf(choices: readonly string[], option: string, translate: Translator): (value: string) => string {
  return (value) => {
    if (choices.includes(value)) return value;
    const text = translate('cli.error.badChoice', { value, option, choices: choices.join(', ') });
    throw new InvalidArgumentError(`\u2039${text}\u203a`);
  };
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function commaList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
