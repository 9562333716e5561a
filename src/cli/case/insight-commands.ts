/** `vigia case search|campaigns|stats`: over all cases. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { campaignPicture } from '../../casework/desk/campaign-picture.js';
import { correlation } from '../../casework/desk/case-facts.js';
import {
  type CaseTable,
  type CountedNumber,
  caseTable,
  type Dimension,
  isolates,
  LEAST_COUNT,
  LEAST_COUNT_PUBLIC,
} from '../../casework/statistics/case-table.js';
import { EXIT } from '../../core/exit-code.js';
import type { Translator } from '../../core/language.js';
import { CommandError } from '../command-error.js';
import { print } from '../print.js';
import { atDesk, type SessionContext, type VaultOptions } from '../vault-session.js';
import { asJson, calendarOf, type Json, refuseOutput, writeNew } from './command-parts.js';

export function caseSearch(
  words: readonly string[],
  options: Json & { readonly case?: string } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, (desk) => {
    const caseId = options.case === undefined ? undefined : desk.case(options.case).id;
    const { hits, more } = desk.vault.records.search(words.join(' '), {
      limit: 200,
      ...(caseId ? { caseId } : {}),
    });
    const codes = new Map(desk.vault.cases.list().map((own) => [own.id, own.code]));
    if (options.json) {
      print(
        asJson({
          more,
          hits: hits.map(({ stored }) => ({ code: codes.get(stored.caseId), record: stored.record })),
        }),
      );
      return EXIT.ran;
    }
    for (const { stored, snippet } of hits) {
      const { kind, at, source } = stored.record;
      const when = at === null ? '' : `  ${translate.time(at)}`;
      print(`${codes.get(stored.caseId)}  ${kind}${when}  ${source.path} ${source.locator}`);
      print(`    ${translate.value(snippet.text)}`);
    }
    print(translate('cli.case.search.count', { count: hits.length, more: more ? 'more' : 'all' }));
    return EXIT.ran;
  });
}

export function caseCampaigns(
  codes: readonly string[],
  options: Json & {
    readonly events?: string;
    readonly hearings?: string;
    readonly out?: string;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const calendar = await calendarOf(options, translate);
    const found = correlation(desk, codes, calendar, translate.language);
    if (options.out) {
      await refuseOutput(desk, options.out);
      await mkdir(options.out, { recursive: true });
      const picture = await campaignPicture(found, translate);
      await writeNew(join(options.out, 'campaigns.json'), `${asJson(found)}\n`);
      if (picture !== null) await writeNew(join(options.out, 'campaigns.svg'), picture);
    }
    if (options.json) {
      print(asJson(found));
      return EXIT.ran;
    }
    print(translate('casework.correlation.heading', { cases: found.cases }));
    if (found.campaigns.length === 0) print(translate('casework.correlation.no-campaign'));
    for (const [index, campaign] of found.campaigns.entries()) {
      const { people, cases, firstAt, lastAt } = campaign;
      print(
        translate('casework.correlation.campaign', {
          number: index + 1,
          people: people.length,
          cases: cases.length,
          when: firstAt === null ? 'unknown' : 'known',
          from: { date: firstAt ?? '' },
          to: { date: lastAt ?? '' },
        }),
      );
      for (const tie of campaign.ties.slice(0, 20)) {
        const type = translate(`casework.traces.${tie.trace.type}`);
        const value = translate.value({ link: tie.trace.value });
        print(`  ${translate('casework.correlation.tie', { type, value, people: tie.people.join(', ') })}`);
      }
    }
    print('');
    if (found.concurrences.length === 0) print(translate('casework.correlation.no-concurrence'));
    else print(translate('casework.correlation.together'));
    for (const one of found.concurrences) {
      const techniques = one.techniques
        .map(({ technique, events }) => `${translate(`casework.techniques.${technique}`)} (${events})`)
        .join(', ');
      print(
        translate('casework.correlation.concurrence', {
          person: one.person,
          code: one.caseCode,
          techniques,
          from: { date: one.firstAt },
          to: { date: one.lastAt },
        }),
      );
      for (const { at, title } of one.calendar) {
        print(`    ${translate('casework.correlation.published', { date: { date: at }, title })}`);
      }
    }
    return EXIT.ran;
  });
}

export function caseStats(
  options: Json & {
    readonly rows: Dimension;
    readonly columns: Dimension;
    readonly public?: boolean;
    readonly to?: string;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, (desk) => {
    const k = options.public ? LEAST_COUNT_PUBLIC : LEAST_COUNT;
    const made = caseTable(desk.vault.cases.list(), options.rows, options.columns, {
      k,
      isPublic: options.public === true,
    });
    if (typeof made === 'string') throw new CommandError(`stats.${made}`, { k }, EXIT.couldNotRun);
    const released = desk.vault.releases.list().map(({ table }) => numbersOf(table));
    if (released.some((before) => isolates(made.numbers, before, k))) {
      throw new CommandError('stats.isolates', { k }, EXIT.couldNotRun);
    }
    desk.vault.releases.add({
      id: desk.vault.newId(),
      at: desk.operator.now(),
      recipient: options.to ?? '',
      table: made.numbers.map(({ cases }) => [...cases]),
    });
    const { numbers: _, ...shown } = made;
    print(options.json ? asJson(shown) : tableText(made, translate));
    return EXIT.ran;
  });
}

function numbersOf(table: unknown): CountedNumber[] {
  return (table as string[][]).map((ids) => ({ cases: new Set(ids) }));
}

function tableText(table: CaseTable, translate: Translator): string {
  const word = (name: string): string =>
    translate.has(`casework.stats.${name}`) ? translate(`casework.stats.${name}`) : name;
  const lines = [
    ['', ...table.columns.map(word), translate('casework.stats.total')],
    ...table.rows.map((row, at) => [
      word(row),
      ...(table.counts[at] ?? []).map((count) =>
        count === null ? translate('casework.stats.hidden') : String(count),
      ),
      String(table.rowTotals[at]),
    ]),
    [translate('casework.stats.total'), ...table.columnTotals.map(String), String(table.total)],
  ];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...text, translate('casework.stats.note', { last: table.k - 1 })].join('\n');
}
