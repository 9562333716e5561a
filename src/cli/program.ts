import { type Argument, Command, type CommanderError, InvalidArgumentError, Option } from 'commander';
import { BLOCK_TARGETS as TARGETS } from '../check/block-targets.js';
import { VERSION } from '../check/version.js';
import { SEVERITIES } from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import {
  commaList,
  duration,
  missingValue,
  numberBetween,
  oneOf,
  repeated,
  withShared,
} from './arguments.js';
import type { BlockCommandOptions } from './block-command.js';
import { addCaseCommands, withVault } from './case/case-program.js';
import type { CheckCommandOptions } from './check-command.js';
import type { Interruption } from './interruption.js';
import type { ServeCommandOptions } from './serve-command.js';
import type { WatchCommandOptions } from './watch-command.js';

const DATE_ORDERS = ['day-first', 'month-first'];

/** What the actions of the command line need besides what was typed. */
export interface ProgramContext {
  readonly translate: Translator;
  readonly interruption: Interruption;
  setExitCode(code: number): void;
}

// Loaded when asked for: help and version answer without the rooms, and a check without what only other commands need.
const commands = {
  check: () => import('./check-command.js'),
  block: () => import('./block-command.js'),
  demo: () => import('./demo-command.js'),
  indicators: () => import('./indicators-commands.js'),
  serve: () => import('./serve-command.js'),
  watch: () => import('./watch-command.js'),
};

/** The command line: what can be typed, and which room answers. */
export function buildProgram({ translate, interruption, setExitCode }: ProgramContext): Command {
  const t = (key: string): string => translate(`cli.${key}`);
  /** What stands for a value in the help: a word of the reader's language. */
  const v = (key: string): string => translate(`cli.value.${key}`);
  const quiet = (command: Command): { quiet?: boolean } =>
    command.optsWithGlobals<{ quiet?: boolean }>().quiet ? { quiet: true } : {};
  const program = new Command('vigia');
  // A forgotten value (`--out --json`, `--out "$UNSET"`) must neither name a folder nor be passed over.
  const notAnOption =
    (option: string) =>
    (value: string): string => {
      const isOption = check.options.some(({ long, short }) => value === long || value === short);
      if (value === '' || isOption) {
        throw missingValue(option, translate);
      }
      return value;
    };
  withShared(program, translate)
    .description(t('description'))
    .version(VERSION, '-V, --version', t('help.version'))
    // Otherwise the program would look for its own options among the values of those of a command.
    .enablePositionalOptions();

  const check = withVault(withShared(program.command('check'), translate), translate, notAnOption);
  check
    .description(t('check.description'))
    .argument(`<${v('path')}...>`, t('check.path'))
    .option(`-i, --indicators <${v('path')}>`, t('check.indicators'), repeated('--indicators', notAnOption))
    .option('--no-default-indicators', t('check.noDefaultIndicators'))
    .option(`-o, --out <${v('folder')}>`, t('check.out'), notAnOption('--out'))
    .option('--json', t('check.json'))
    .addOption(
      new Option(`--fail-on <${v('severity')}>`, t('check.failOn')).argParser(
        oneOf(SEVERITIES, '--fail-on', translate),
      ),
    )
    .option(`-p, --password <${v('text')}>`, t('check.password'))
    .option(`--password-file <${v('file')}>`, t('check.passwordFile'), notAnOption('--password-file'))
    .option(`--key-file <${v('file')}>`, t('check.keyFile'), notAnOption('--key-file'))
    .option(`--only <${v('readers')}>`, t('check.only'), commaList('--only', translate))
    .option(`--skip <${v('readers')}>`, t('check.skip'), commaList('--skip', translate))
    .option(`--profile <${v('file')}>`, t('check.profile'), notAnOption('--profile'))
    .addOption(
      new Option(`--date-order <${v('order')}>`, t('check.dateOrder')).argParser(
        oneOf(DATE_ORDERS, '--date-order', translate),
      ),
    )
    .option(`--events <${v('file')}>`, t('check.events'), notAnOption('--events'))
    .option(`--log-format <${v('format')}>`, t('check.logFormat'), notAnOption('--log-format'))
    .option(`--scenarios <${v('path')}>`, t('check.scenarios'), repeated('--scenarios', notAnOption))
    .option(`--tor-exits <${v('file')}>`, t('check.torExits'), notAnOption('--tor-exits'))
    .option(`--consent <${v('text')}>`, t('check.consent'), notAnOption('--consent'))
    .option('--verify', t('check.verify'))
    .option(`--case <${v('case')}>`, t('check.case'), notAnOption('--case'))
    .option(`--description <${v('text')}>`, t('case.add.what'), notAnOption('--description'))
    .action(async (paths: string[], options: CheckCommandOptions, command: Command) =>
      setExitCode(
        await (await commands.check()).checkCommand(
          paths,
          { ...options, ...quiet(command) },
          translate,
          interruption,
        ),
      ),
    );

  const indicators = withShared(program.command('indicators'), translate)
    .description(t('indicators.description'))
    .enablePositionalOptions();
  withShared(indicators.command('list'), translate)
    .description(t('indicators.list'))
    .action(async () => setExitCode(await (await commands.indicators()).indicatorsListCommand(translate)));
  withVault(withShared(indicators.command('import'), translate), translate, notAnOption)
    .description(t('indicators.import'))
    .argument(`<${v('path')}...>`, t('indicators.importPath'))
    .option(`--licence <${v('name')}>`, t('indicators.licence'))
    .option('--retro', t('indicators.retro'))
    .action(async (paths: string[], options) =>
      setExitCode(
        await (await commands.indicators()).indicatorsImportCommand(paths, options, translate, interruption),
      ),
    );
  withShared(indicators.command('search'), translate)
    .description(t('indicators.search'))
    .argument(`<${v('value')}>`, t('indicators.value'))
    .action(async (value: string) =>
      setExitCode(await (await commands.indicators()).indicatorsSearchCommand(value, translate)),
    );
  withShared(indicators.command('update'), translate)
    .description(t('indicators.update'))
    .option('-y, --yes', t('indicators.yes'))
    .action(async (options, command: Command) =>
      setExitCode(
        await (await commands.indicators()).indicatorsUpdateCommand(
          { ...options, ...quiet(command) },
          translate,
        ),
      ),
    );

  withShared(program.command('block'), translate)
    .description(t('block.description'))
    .argument(`<${v('path')}...>`, t('block.path'))
    .addOption(
      new Option(`--for <${v('program')}>`, translate('cli.block.for', { targets: TARGETS.join(', ') }))
        .argParser(oneOf(TARGETS, '--for', translate))
        .makeOptionMandatory(),
    )
    .option(`-o, --out <${v('path')}>`, t('block.out'), notAnOption('--out'))
    .option(
      `--incident <${v('number')}>`,
      t('block.incident'),
      numberBetween(1, 10_000, '--incident', translate),
    )
    .option(`--allow <${v('file')}>`, t('block.allow'), notAnOption('--allow'))
    .option(`--tor-exits <${v('file')}>`, t('block.torExits'), notAnOption('--tor-exits'))
    .option(
      `--max-harm <${v('percent')}>`,
      t('block.maxHarm'),
      numberBetween(0, 5, '--max-harm', translate),
      0.1,
    )
    .option(`--expires <${v('duration')}>`, t('block.expires'), duration('--expires', translate), 86_400)
    .option(`--log-format <${v('format')}>`, t('block.logFormat'), notAnOption('--log-format'))
    .option('--json', t('block.json'))
    .action(async (paths: string[], options: BlockCommandOptions, command: Command) =>
      setExitCode(
        await (await commands.block()).blockCommand(
          paths,
          { ...options, ...quiet(command) },
          translate,
          interruption,
        ),
      ),
    );

  withShared(program.command('watch'), translate)
    .description(t('watch.description'))
    .argument(`[${v('path')}]`, t('watch.log'))
    .option('--nft', t('watch.nft'))
    .option('--json', t('watch.json'))
    .option('--from-start', t('watch.fromStart'))
    .option('--once', t('watch.once'))
    .option(`--checkpoint <${v('file')}>`, t('watch.checkpoint'), notAnOption('--checkpoint'))
    .option(`--allow <${v('file')}>`, t('watch.allow'), notAnOption('--allow'))
    .option(`--tor-exits <${v('file')}>`, t('watch.torExits'), notAnOption('--tor-exits'))
    .option(`--log-format <${v('format')}>`, t('watch.logFormat'), notAnOption('--log-format'))
    .option('--off', t('watch.off'))
    .action(async (log: string | undefined, options: WatchCommandOptions) =>
      setExitCode(await (await commands.watch()).watchCommand(log, options, translate, interruption)),
    );

  addCaseCommands(program, { translate, interruption, notAnOption, setExitCode });

  withShared(program.command('serve'), translate)
    .description(t('serve.description'))
    .option(`--port <${v('number')}>`, t('serve.port'), numberBetween(1, 65_535, '--port', translate))
    .option('--open', t('serve.open'))
    .option(`--vault <${v('folder')}>`, t('vault.folder'), notAnOption('--vault'))
    .option(`--vault-key <${v('file')}>`, t('vault.keyFile'), notAnOption('--vault-key'))
    .action(async (options: ServeCommandOptions) =>
      setExitCode(await (await commands.serve()).serveCommand(options, translate, interruption)),
    );

  withShared(program.command('demo'), translate)
    .description(t('demo.description'))
    .argument(`[${v('folder')}]`, t('demo.folder'))
    .action(async (folder: string | undefined, _options, command: Command) =>
      setExitCode(await (await commands.demo()).demoCommand(folder, quiet(command), translate, interruption)),
    );

  speakLanguage(program, translate);
  return program;
}

/** Commander's own words, in the reader's language. */
function speakLanguage(command: Command, translate: Translator): void {
  const v = (key: string): string => translate(`cli.value.${key}`);
  const titles: Record<string, string> = {
    'Usage:': translate('cli.help.usage'),
    'Options:': translate('cli.help.options'),
    'Commands:': translate('cli.help.commands'),
    'Arguments:': translate('cli.help.arguments'),
  };
  command
    .usage(usageOf(command, `[${v('options')}]`, `[${v('command')}]`))
    .configureHelp({
      styleTitle: (title) => titles[title] ?? title,
      subcommandTerm: (inner) => [inner.name(), ...inner.registeredArguments.map(argumentTerm)].join(' '),
    })
    .helpOption('-h, --help', translate('cli.help.option'))
    .addHelpText('after', ({ command: shown }) => {
      const help = shown.createHelp();
      return `\n${help.boxWrap(translate('cli.exitCodes'), process.stdout.columns ?? help.helpWidth ?? 80)}`;
    })
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  if (command.commands.length > 0)
    command.helpCommand(`help [${v('command')}]`, translate('cli.help.command'));
  for (const inner of command.commands) speakLanguage(inner, translate);
}

function usageOf(command: Command, options: string, inner: string): string {
  const rest = command.commands.length > 0 ? [inner] : command.registeredArguments.map(argumentTerm);
  return [options, ...rest].join(' ');
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
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
