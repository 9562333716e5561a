import { type Command, Option } from 'commander';
import { CONSENT_SCOPES, EXPORT_PURPOSES } from '../../casework/model/consent.js';
import {
  CASE_STATES,
  INCIDENT_TYPES,
  PAP_LEVELS,
  RETENTION_DAYS,
  ROLES,
  TLP_LEVELS,
  URGENCIES,
  WORK_TYPES,
} from '../../casework/model/vocabularies.js';
import { SHARING_PROFILES } from '../../casework/sharing/shareable.js';
import { DIMENSIONS } from '../../casework/statistics/case-table.js';
import { LANGUAGES } from '../../core/contracts.js';
import type { Translator } from '../../core/language.js';
import { commaList, oneOf, repeated, withShared } from '../arguments.js';
import type { Interruption } from '../interruption.js';

/** What the actions need besides what was typed. */
interface CaseProgramContext {
  readonly translate: Translator;
  readonly interruption: Interruption;
  readonly notAnOption: (option: string) => (value: string) => string;
  setExitCode(code: number): void;
}

const CLIENT_KINDS = ['individual', 'organisation', 'trainer'];
const METHODS = ['spoken', 'written', 'signed'];
const EXPORT_FORMATS = [
  'stix',
  'misp',
  'csv-indicators',
  'csv-findings',
  'timesketch-csv',
  'timesketch-jsonl',
  'alerts',
  'dossier',
  'bundle',
];

// Loaded when asked for: only they need the vault.
const load = {
  cases: () => import('./case-commands.js'),
  evidence: () => import('./evidence-commands.js'),
  custody: () => import('./custody-commands.js'),
  insight: () => import('./insight-commands.js'),
  sharing: () => import('./sharing-commands.js'),
};

/** `vigia case …` */
export function addCaseCommands(
  program: Command,
  { translate, interruption, notAnOption, setExitCode }: CaseProgramContext,
): void {
  const t = (key: string): string => translate(`cli.case.${key}`);
  const v = (key: string): string => translate(`cli.value.${key}`);
  const given = (name: string): ((value: string) => string) => notAnOption(name);
  const choice = (name: string, value: string, choices: readonly string[], text: string): Option =>
    new Option(`${name} <${v(value)}>`, `${t(text)}: ${choices.join(', ')}`).argParser(
      oneOf(choices, name, translate),
    );
  const cases = withShared(program.command('case'), translate)
    .description(t('description'))
    .enablePositionalOptions();

  const command = (name: string, description = name): Command =>
    withVault(withShared(cases.command(name), translate), translate, notAnOption).description(
      t(`${description}.description`),
    );
  const context = { translate, interruption };
  const withFields = (one: Command): Command =>
    one
      .option(`--title <${v('text')}>`, t('field.title'), given('--title'))
      .option(`--client <${v('name')}>`, t('field.client'), given('--client'))
      .addOption(choice('--kind', 'word', CLIENT_KINDS, 'field.kind'))
      .addOption(choice('--urgency', 'word', URGENCIES, 'field.urgency'))
      .addOption(choice('--tlp', 'word', TLP_LEVELS, 'field.tlp'))
      .addOption(choice('--pap', 'word', PAP_LEVELS, 'field.pap'))
      .addOption(choice('--case-language', 'code', LANGUAGES, 'field.language'))
      .option(`--country <${v('code')}>`, t('field.country'), given('--country'))
      .option(`--region <${v('text')}>`, t('field.region'), given('--region'))
      .option(`--lead <${v('name')}>`, t('field.lead'), given('--lead'))
      .option(
        `--work-types <${v('words')}>`,
        `${t('field.workTypes')}: ${WORK_TYPES.join(', ')}`,
        commaList('--work-types', translate),
      )
      .option(
        `--incident-types <${v('words')}>`,
        `${t('field.incidentTypes')}: ${INCIDENT_TYPES.join(', ')}`,
        commaList('--incident-types', translate),
      )
      .addOption(choice('--retention', 'duration', Object.keys(RETENTION_DAYS), 'field.retention'));

  withFields(command('new'))
    .option('--json', t('json'))
    .action(async (options) => setExitCode(await (await load.cases()).caseNew(options, context)));
  command('list')
    .option('--json', t('json'))
    .action(async (options) => setExitCode(await (await load.cases()).caseList(options, context)));
  command('show')
    .argument(`<${v('case')}>`, t('code'))
    .option('--identity', t('show.identity'))
    .option('--json', t('json'))
    .action(async (code: string, options) =>
      setExitCode(await (await load.cases()).caseShow(code, options, context)),
    );
  withFields(command('set'))
    .argument(`<${v('case')}>`, t('code'))
    .addOption(choice('--state', 'word', CASE_STATES, 'field.state'))
    .option(`--summary <${v('text')}>`, t('field.summary'), given('--summary'))
    .option(`--outcome <${v('text')}>`, t('field.outcome'), given('--outcome'))
    .option(`--harm <${v('text')}>`, t('set.harm'), given('--harm'))
    .option(`--similar-cases <${v('text')}>`, t('set.similarCases'), given('--similar-cases'))
    .option(`--attribution <${v('text')}>`, t('set.attribution'), given('--attribution'))
    .option(`--jurisdiction <${v('text')}>`, t('set.jurisdiction'), given('--jurisdiction'))
    .option(`--request <${v('text')}>`, t('set.request'), repeated('--request', notAnOption))
    .option(`--hold <${v('text')}>`, t('set.hold'), given('--hold'))
    .option('--release', t('set.release'))
    .action(async (code: string, options) =>
      setExitCode(await (await load.cases()).caseSet(code, options, context)),
    );
  command('add')
    .argument(`<${v('case')}>`, t('code'))
    .argument(`<${v('path')}...>`, t('add.path'))
    .option(`--from <${v('name')}>`, t('add.from'), given('--from'))
    .option(`--description <${v('text')}>`, t('add.what'), given('--description'))
    .option(`--where <${v('text')}>`, t('add.where'), given('--where'))
    .option(`--method <${v('text')}>`, t('add.method'), given('--method'))
    .option('--seal', t('add.seal'))
    .action(async (code: string, paths: string[], options) =>
      setExitCode(await (await load.evidence()).caseAdd(code, paths, options, context)),
    );
  command('seal')
    .argument(`<${v('case')}>`, t('code'))
    .argument(`[${v('label')}...]`, t('seal.labels'))
    .action(async (code: string, labels: string[], options) =>
      setExitCode(await (await load.evidence()).caseSeal(code, labels, options, context)),
    );
  command('unseal')
    .argument(`<${v('case')}>`, t('code'))
    .argument(`<${v('label')}>`, t('unseal.label'))
    .requiredOption(`-o, --out <${v('path')}>`, t('unseal.out'), given('--out'))
    .action(async (code: string, label: string, options) =>
      setExitCode(await (await load.evidence()).caseUnseal(code, label, options, context)),
    );
  command('redact')
    .argument(`<${v('case')}>`, t('code'))
    .argument(`<${v('label')}>`, t('redact.label'))
    .requiredOption(`-o, --out <${v('path')}>`, t('redact.out'), given('--out'))
    .requiredOption(`--reason <${v('text')}>`, t('redact.reason'), given('--reason'))
    .option(`--hide <${v('text')}>`, t('redact.hide'), repeated('--hide', notAnOption))
    .option(`--hide-file <${v('file')}>`, t('redact.hideFile'), given('--hide-file'))
    .option(`--field <${v('name')}>`, t('redact.field'), repeated('--field', notAnOption))
    .option(`--rectangle <${v('text')}>`, t('redact.rectangle'), repeated('--rectangle', notAnOption))
    .action(async (code: string, label: string, options) =>
      setExitCode(await (await load.evidence()).caseRedact(code, label, options, context)),
    );
  command('identity')
    .argument(`<${v('case')}>`, t('code'))
    .argument(`<${v('file')}>`, t('identity.file'))
    .action(async (code: string, file: string, options) =>
      setExitCode(await (await load.cases()).caseIdentity(code, file, options, context)),
    );
  command('note')
    .argument(`<${v('case')}>`, t('code'))
    .argument(`<${v('text')}>`, t('note.text'))
    .option('--task', t('note.task'))
    .option(`--due <${v('date')}>`, t('note.due'), given('--due'))
    .action(async (code: string, text: string, options) =>
      setExitCode(await (await load.cases()).caseNote(code, text, options, context)),
    );
  command('consent')
    .argument(`<${v('case')}>`, t('code'))
    .option(`--by <${v('name')}>`, t('consent.by'), given('--by'))
    .addOption(choice('--method', 'word', METHODS, 'consent.method'))
    .option(
      `--allow <${v('words')}>`,
      `${t('consent.allow')}: ${CONSENT_SCOPES.map(kebab).join(', ')}`,
      commaList('--allow', translate),
    )
    .option(`--ask <${v('words')}>`, t('consent.ask'), commaList('--ask', translate))
    .option(`--share-with <${v('name')}>`, t('consent.shareWith'), repeated('--share-with', notAnOption))
    .option(`--witness <${v('name')}>`, t('consent.witness'), given('--witness'))
    .option(`--expires <${v('date')}>`, t('consent.expires'), given('--expires'))
    .option(`--third-parties <${v('text')}>`, t('consent.thirdParties'), given('--third-parties'))
    .option('--withdraw', t('consent.withdraw'))
    .option(`--reason <${v('text')}>`, t('reason'), given('--reason'))
    .action(async (code: string, options) =>
      setExitCode(await (await load.cases()).caseConsent(code, options, context)),
    );
  command('verify')
    .argument(`[${v('case')}]`, t('verify.code'))
    .option('--json', t('json'))
    .action(async (code: string | undefined, options) =>
      setExitCode(await (await load.evidence()).caseVerify(code, options, context)),
    );
  command('receipt')
    .argument(`<${v('case')}>`, t('code'))
    .action(async (code: string, options) =>
      setExitCode(await (await load.custody()).caseReceipt(code, options, context)),
    );
  command('log')
    .argument(`<${v('case')}>`, t('code'))
    .option(`-o, --out <${v('folder')}>`, t('log.out'), given('--out'))
    .action(async (code: string, options) =>
      setExitCode(await (await load.custody()).caseLog(code, options, context)),
    );
  command('stamp')
    .argument(`<${v('case')}>`, t('code'))
    .option(`-o, --out <${v('folder')}>`, t('stamp.out'), given('--out'))
    .option(`--reply <${v('file')}>`, t('stamp.reply'), given('--reply'))
    .option(`--ca <${v('file')}>`, t('stamp.ca'), given('--ca'))
    .option(`--proof <${v('file')}>`, t('stamp.proof'), given('--proof'))
    .option(`--header <${v('text')}>`, t('stamp.header'), repeated('--header', notAnOption))
    .action(async (code: string, options) =>
      setExitCode(await (await load.custody()).caseStamp(code, options, context)),
    );
  command('search')
    .argument(`<${v('words')}...>`, t('search.words'))
    .option(`--case <${v('case')}>`, t('search.case'), given('--case'))
    .option('--json', t('json'))
    .action(async (words: string[], options) =>
      setExitCode(await (await load.insight()).caseSearch(words, options, context)),
    );
  command('campaigns')
    .argument(`[${v('case')}...]`, t('campaigns.codes'))
    .option(`--events <${v('file')}>`, t('campaigns.events'), given('--events'))
    .option(`--hearings <${v('file')}>`, t('campaigns.hearings'), given('--hearings'))
    .option(`-o, --out <${v('folder')}>`, t('campaigns.out'), given('--out'))
    .option('--json', t('json'))
    .action(async (codes: string[], options) =>
      setExitCode(await (await load.insight()).caseCampaigns(codes, options, context)),
    );
  command('export')
    .argument(`<${v('case')}>`, t('code'))
    .requiredOption(`-o, --out <${v('folder')}>`, t('export.out'), given('--out'))
    .addOption(choice('--profile', 'word', SHARING_PROFILES, 'export.profile').default('indicators-only'))
    .option(
      `--format <${v('words')}>`,
      `${t('export.format')}: ${EXPORT_FORMATS.join(', ')}`,
      commaList('--format', translate),
    )
    .addOption(choice('--purpose', 'word', EXPORT_PURPOSES, 'export.purpose'))
    .option(`--to <${v('name')}>`, t('export.to'), given('--to'))
    .option(`--events <${v('file')}>`, t('campaigns.events'), given('--events'))
    .option(`--hearings <${v('file')}>`, t('campaigns.hearings'), given('--hearings'))
    .option('--named', t('export.named'))
    .option(`--approved-by <${v('name')}>`, t('export.approvedBy'), given('--approved-by'))
    .option('--with-evidence', t('export.withEvidence'))
    .option(`--seal-to <${v('recipient')}>`, t('export.sealTo'), repeated('--seal-to', notAnOption))
    .option(
      `--seal-passphrase-file <${v('file')}>`,
      t('export.sealPassphraseFile'),
      given('--seal-passphrase-file'),
    )
    .option('--unsealed', t('export.unsealed'))
    .action(async (code: string, options) =>
      setExitCode(await (await load.sharing()).caseExport(code, options, context)),
    );
  command('import')
    .argument(`<${v('path')}>`, t('import.path'))
    .option(`--identity-file <${v('file')}>`, t('import.identityFile'), given('--identity-file'))
    .option(
      `--seal-passphrase-file <${v('file')}>`,
      t('import.sealPassphraseFile'),
      given('--seal-passphrase-file'),
    )
    .option('--json', t('json'))
    .action(async (path: string, options) =>
      setExitCode(await (await load.sharing()).caseImport(path, options, context)),
    );
  command('recipient').action(async (options) =>
    setExitCode(await (await load.sharing()).caseRecipient(options, context)),
  );
  command('stats')
    .addOption(choice('--rows', 'word', DIMENSIONS, 'stats.rows').default('year'))
    .addOption(choice('--columns', 'word', DIMENSIONS, 'stats.columns').default('all'))
    .option('--public', t('stats.public'))
    .option(`--to <${v('name')}>`, t('stats.to'), given('--to'))
    .option('--json', t('json'))
    .action(async (options) => setExitCode(await (await load.insight()).caseStats(options, context)));
  command('delete')
    .argument(`<${v('case')}>`, t('code'))
    .requiredOption(`--reason <${v('text')}>`, t('reason'), given('--reason'))
    .option('-y, --yes', t('delete.yes'))
    .action(async (code: string, options) =>
      setExitCode(await (await load.cases()).caseDelete(code, options, context)),
    );
}

/** `shareIndicators` as it is typed. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Options of every command that opens the vault. */
export function withVault(
  command: Command,
  translate: Translator,
  notAnOption: (option: string) => (value: string) => string,
): Command {
  const t = (key: string): string => translate(`cli.vault.${key}`);
  const v = (key: string): string => translate(`cli.value.${key}`);
  return command
    .option(`--vault <${v('folder')}>`, t('folder'), notAnOption('--vault'))
    .option(`--passphrase-file <${v('file')}>`, t('passphraseFile'), notAnOption('--passphrase-file'))
    .option(`--vault-key <${v('file')}>`, t('keyFile'), notAnOption('--vault-key'))
    .option(`--actor <${v('name')}>`, t('actor'), notAnOption('--actor'))
    .addOption(
      new Option(`--role <${v('word')}>`, `${t('role')}: ${ROLES.join(', ')}`).argParser(
        oneOf(ROLES, '--role', translate),
      ),
    );
}
