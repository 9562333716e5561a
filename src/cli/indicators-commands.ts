import { confirm, isCancel } from '@clack/prompts';
import Table from 'cli-table3';
import { builtInFeeds } from '../check/feeds.js';
import { unusableRules } from '../check/rule-packs.js';
import { EXIT } from '../core/exit-code.js';
import { UNKNOWN_FAMILY } from '../core/indicator.js';
import type { Translator } from '../core/language.js';
import { visibleText } from '../core/language.js';
import { type LoadedFeed, sizeOfFeed } from '../indicators/load.js';
import { compileMatcher } from '../indicators/matcher.js';
import { importFeeds, listFeeds, searchIndicators, searchRules } from '../indicators/store.js';
import { hostsToContact, updateFeeds } from '../indicators/update.js';
import { CommandError } from './command-error.js';
import type { Interruption } from './interruption.js';
import { print, printNote } from './print.js';
import type { VaultOptions } from './vault-session.js';

/** Older than this a set is said to be worth updating. */
const OLD_AFTER_DAYS = 90;

export async function indicatorsListCommand(translate: Translator): Promise<number> {
  const rows = [
    ...builtInFeeds().map((feed) => ({
      feed: feed.feed,
      indicators: feed.indicators.length,
      rules: feed.rulePack?.rules.length ?? 0,
      rulesDate: feed.rulePack?.date ?? null,
      families: feed.families,
      licence: feed.licence ?? '',
      age: translate('cli.indicators.builtin'),
    })),
    ...(await listFeeds({ now: now() })).map((feed) => ({
      ...feed,
      indicators: feed.count - feed.rules,
      licence: feed.licence ?? '',
      age: translate(`cli.indicators.${feed.ageDays > OLD_AFTER_DAYS ? 'old' : 'age'}`, {
        days: feed.ageDays,
      }),
    })),
  ];
  const columns = ['feed', 'count', 'families', 'licence', 'age'].map((name) =>
    translate(`cli.indicators.columns.${name}`),
  );
  const table = new Table({ head: columns, style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  for (const { feed, indicators, rules, rulesDate, families, licence, age } of rows) {
    table.push([
      visibleText(feed),
      rules === 0 ? translate.number(indicators) : translate('cli.indicators.ruleCount', { count: rules }),
      visibleText(shortList(families.filter((family) => family !== UNKNOWN_FAMILY))),
      visibleText(licence),
      rulesDate === null
        ? age
        : `${age}\n${translate('cli.indicators.rulesFrom', { date: { date: `${rulesDate}T00:00:00.000000Z` } })}`,
    ]);
  }
  print(table.toString());
  return EXIT.ran;
}

export async function indicatorsImportCommand(
  paths: readonly string[],
  options: { readonly licence?: string; readonly retro?: boolean } & VaultOptions,
  translate: Translator,
  interruption: Interruption,
): Promise<number> {
  const report = await importFeeds(paths, {
    now: now(),
    ...(options.licence ? { licence: options.licence } : {}),
  });
  for (const { loaded } of report.imported) {
    const key = loaded.rulePack === null ? 'imported' : 'importedRules';
    print(translate(`cli.indicators.${key}`, { feed: loaded.feed, count: sizeOfFeed(loaded) }));
    printFeedRemarks(loaded, translate);
    for (const { rule, message } of await unusableRules(loaded.rulePack === null ? [] : [loaded.rulePack])) {
      const values = { rule: rule ?? 'none', reason: message };
      print(`   ${translate('indicators.problems.rules-not-compiled', values)}`);
    }
  }
  for (const loaded of report.refused) {
    printNote(translate('cli.indicators.notImported', { feed: loaded.file }));
    printFeedRemarks(loaded, translate, printNote);
  }
  if (report.imported.length === 0) return EXIT.couldNotRun;
  if (options.retro)
    await huntAgain(
      report.imported.map(({ loaded }) => loaded),
      options,
      translate,
      interruption,
    );
  return EXIT.ran;
}

/** The new indicators over everything that the vault holds. */
async function huntAgain(
  feeds: readonly LoadedFeed[],
  options: VaultOptions,
  translate: Translator,
  interruption: Interruption,
): Promise<void> {
  const { atDesk } = await import('./vault-session.js');
  const { retroHunt } = await import('../check/retro-hunt.js');
  const matcher = compileMatcher(feeds.flatMap(({ indicators }) => indicators));
  await atDesk(options, { translate, interruption }, (desk) => {
    const { compared, fresh, known, thin } = retroHunt(desk, matcher);
    print(translate('cli.indicators.hunt.compared', { compared, fresh: fresh.length, known }));
    for (const { code, observable, indicator, records, first } of fresh) {
      const value = translate.value({ link: observable.value });
      const at = first.at === null ? '' : translate.time(first.at);
      print(
        translate('cli.indicators.hunt.hit', {
          code,
          value,
          feed: indicator.feed,
          records,
          at,
          place: `${first.source.path} ${first.source.locator}`,
        }),
      );
    }
    if (thin.length > 0) print(translate('cli.indicators.hunt.thin', { codes: thin.join(', ') }));
  });
}

function printFeedRemarks(
  loaded: LoadedFeed,
  translate: Translator,
  out: (text: string) => void = print,
): void {
  for (const { code, values, source } of loaded.problems) {
    const place = source.locator === '' ? '' : ` [${visibleText(source.locator)}]`;
    out(`   ${translate(`indicators.problems.${code}`, values)}${place}`);
  }
  for (const [reason, count] of Object.entries(loaded.skipped)) {
    out(
      translate('cli.indicators.skippedEntries', {
        count,
        reason: translate(`indicators.skipped.${reason}`),
      }),
    );
  }
}

export async function indicatorsSearchCommand(value: string, translate: Translator): Promise<number> {
  const matches = await searchIndicators(value, { now: now() });
  const packs = builtInFeeds().flatMap(({ rulePack }) => rulePack ?? []);
  const rules = await searchRules(value, packs, { now: now() });
  if (matches.length === 0 && rules.length === 0) {
    print(translate('cli.indicators.searchNone', { value: { link: value } }));
    return EXIT.ran;
  }
  for (const { indicator, how } of matches) {
    const { family, feed } = indicator;
    const typeId = `report.indicatorTypes.${indicator.type}`;
    const type = translate.has(typeId) ? translate(typeId) : indicator.type;
    const words = translate(`cli.indicators.how.${how}`);
    print(
      translate('cli.indicators.searchHit', {
        type,
        value: { link: indicator.value },
        family,
        feed,
        how: words,
      }),
    );
  }
  for (const { rule, family, feed } of rules) {
    print(translate('cli.indicators.searchRule', { rule, family: family ?? UNKNOWN_FAMILY, feed }));
  }
  return EXIT.ran;
}

export async function indicatorsUpdateCommand(
  options: { readonly yes?: boolean; readonly quiet?: boolean },
  translate: Translator,
): Promise<number> {
  printNote(translate('cli.indicators.willContact', { hosts: hostsToContact().join(', ') }));
  if (!options.yes) {
    if (process.stdin.isTTY !== true) throw new CommandError('needsYes', {}, EXIT.wrongUsage);
    const answer = await confirm({ message: translate('cli.indicators.confirm'), output: process.stderr });
    if (isCancel(answer) || !answer) {
      printNote(translate('cli.indicators.cancelled'));
      return EXIT.ran;
    }
  }
  const report = await updateFeeds({
    now: now(),
    fetch: globalThis.fetch,
    progress: ({ url }) => {
      if (!options.quiet && process.stderr.isTTY) printNote(visibleText(url));
    },
  });
  const reasonOf = (error: { code: string; values: Readonly<Record<string, string | number>> }): string =>
    translate(`indicators.update.errors.${error.code}`, error.values);
  if (report.indexError)
    printNote(translate('indicators.update.indexFailed', { reason: reasonOf(report.indexError) }));
  for (const { name, outcome, record, error } of report.feeds) {
    const count = Object.values(record?.counts ?? {}).reduce((sum, number) => sum + number, 0);
    const rules = record?.rules ?? 0;
    const reason = error ? reasonOf(error) : '';
    print(translate(`indicators.update.outcome.${outcome}`, { name, count, rules, reason }));
  }
  const anyCame = report.feeds.some((feed) => feed.outcome !== 'failed');
  return anyCame ? EXIT.ran : EXIT.couldNotRun;
}

function now(): string {
  return new Date().toISOString();
}

function shortList(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} … (${names.length})`;
}
