/** `vigia case …`: parses, calls the desk, prints. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CalendarEntry } from '../casework/correlation/correlate.js';
import { receiptText } from '../casework/custody/receipt.js';
import { campaignPicture } from '../casework/desk/campaign-picture.js';
import { exportCase, PURPOSE_OF } from '../casework/desk/case-export.js';
import { correlation } from '../casework/desk/case-facts.js';
import { checkProof, checkReply, stampRequests } from '../casework/desk/case-stamps.js';
import type { CaseCheck, Desk } from '../casework/desk/desk.js';
import { DeskError } from '../casework/desk/desk-error.js';
import { type Case, identitySchema } from '../casework/model/case.js';
import { CONSENT_SCOPES, type Consent, type ExportPurpose } from '../casework/model/consent.js';
import type { RetentionSpan } from '../casework/model/vocabularies.js';
import { SHARING_FORMATS, type SharingFormat } from '../casework/sharing/formats.js';
import type { SharingProfile } from '../casework/sharing/shareable.js';
import { type BlockHeader, readBlockHeader } from '../casework/stamps/opentimestamps.js';
import { StampError } from '../casework/stamps/stamp-error.js';
import { proofLines, stampErrorText, stampLines, stampTranslator } from '../casework/stamps/stamp-texts.js';
import {
  type CaseTable,
  type CountedNumber,
  caseTable,
  type Dimension,
  isolates,
  LEAST_COUNT,
  LEAST_COUNT_PUBLIC,
} from '../casework/statistics/case-table.js';
import { loadCalendar } from '../check/calendar.js';
import { VERSION } from '../check/version.js';
import { compareText } from '../core/compare-text.js';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import { fromDate } from '../core/time.js';
import { OutputError } from '../report/outputs.js';
import { CommandError } from './command-error.js';
import { print } from './print.js';
import { atDesk, type SessionContext, type VaultOptions } from './vault-session.js';

interface Json {
  readonly json?: boolean;
}

/** Fields of a case as they are typed. */
interface CaseFields {
  readonly title?: string;
  readonly client?: string;
  readonly kind?: Case['clientKind'];
  readonly urgency?: Case['urgency'];
  readonly tlp?: Case['tlp'];
  readonly pap?: Case['pap'];
  readonly caseLanguage?: Case['language'];
  readonly country?: string;
  readonly region?: string;
  readonly lead?: string;
  readonly workTypes?: Case['workTypes'];
  readonly incidentTypes?: Case['incidentTypes'];
  readonly retention?: RetentionSpan;
}

function changesOf(fields: CaseFields, old: Case | null): Partial<Case> {
  const { title, client, kind, urgency, tlp, pap, caseLanguage, country, region, lead, retention } = fields;
  return {
    ...(title === undefined ? {} : { title }),
    ...(client === undefined ? {} : { clientRef: client }),
    ...(kind === undefined ? {} : { clientKind: kind }),
    ...(urgency === undefined ? {} : { urgency }),
    ...(tlp === undefined ? {} : { tlp }),
    ...(pap === undefined ? {} : { pap }),
    ...(caseLanguage === undefined ? {} : { language: caseLanguage }),
    ...(country === undefined ? {} : { country: country.toUpperCase() }),
    ...(region === undefined ? {} : { region }),
    ...(lead === undefined ? {} : { lead }),
    ...(fields.workTypes === undefined ? {} : { workTypes: fields.workTypes }),
    ...(fields.incidentTypes === undefined ? {} : { incidentTypes: fields.incidentTypes }),
    ...(retention === undefined ? {} : { retention: { ...(old?.retention ?? NO_HOLD), span: retention } }),
  };
}

const NO_HOLD: Case['retention'] = { span: '2y', hold: false, holdReason: '' };

export function caseNew(options: CaseFields & Json & VaultOptions, context: SessionContext): Promise<number> {
  const { translate } = context;
  return atDesk(
    options,
    context,
    (desk) => {
      const opened = desk.newCase({
        title: '',
        state: 'new',
        urgency: 'normal',
        tlp: 'amber',
        pap: 'RED',
        lead: desk.operator.actor,
        team: [],
        language: translate.language,
        country: 'MX',
        region: '',
        clientRef: '',
        clientKind: 'individual',
        workTypes: [],
        incidentTypes: [],
        techniques: [],
        campaigns: [],
        summary: '',
        outcome: '',
        retention: NO_HOLD,
        ...changesOf(options, null),
      });
      print(options.json ? asJson(opened) : translate('cli.case.new.opened', { code: opened.code }));
      return EXIT.ran;
    },
    true,
  );
}

export function caseList(options: Json & VaultOptions, context: SessionContext): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, (desk) => {
    const cases = desk.vault.cases.list();
    if (options.json) {
      print(asJson(cases));
      return EXIT.ran;
    }
    if (cases.length === 0) print(translate('cli.case.list.none'));
    for (const own of cases)
      print(
        `${own.code}  ${stateOf(own, translate)}  TLP:${own.tlp.toUpperCase()}  ${own.clientRef}  ${own.title}`.trimEnd(),
      );
    const due = desk.vault.cases.due(desk.operator.now());
    if (due.length > 0) {
      print(
        `\n${translate('cli.case.list.due', { codes: due.map(({ code }) => code).join(', '), count: due.length })}`,
      );
    }
    return EXIT.ran;
  });
}

export function caseShow(
  code: string,
  options: Json & { readonly identity?: boolean } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, (desk) => {
    const own = desk.case(code);
    const consent = desk.consent(code);
    const evidence = desk.vault.evidence.list(own.id);
    const runs = desk.vault.runs.list(own.id);
    const identity = options.identity ? desk.identity(code) : null;
    if (options.identity) desk.log(own, 'open', null, { what: 'identity' });
    const departures = desk.vault.departures.list(own.id);
    const notes = desk.vault.notes.list(own.id);
    if (options.json) {
      print(
        asJson({
          case: own,
          consent,
          evidence,
          runs,
          departures,
          notes,
          ...(options.identity ? { identity } : {}),
        }),
      );
      return EXIT.ran;
    }
    const line = (key: string, value: string): void => {
      if (value !== '') print(`${translate(`cli.case.show.${key}`)}: ${value}`);
    };
    print(`${own.code}  ${own.title}`.trimEnd());
    line('state', stateOf(own, translate));
    line('client', own.clientRef);
    line('marking', `TLP:${own.tlp.toUpperCase()}, PAP:${own.pap}`);
    if (own.pap === 'RED') print(translate('cli.case.show.papRed'));
    line('lead', own.lead);
    line('opened', translate.time(own.openedAt));
    line('consent', consentWords(consent, desk, translate));
    line('records', translate.number(desk.vault.records.count(own.id)));
    if (identity) line('name', identity.name);
    if (own.retention.hold) line('hold', own.retention.holdReason);
    for (const item of evidence) print(`  ${item.label}  ${item.kind}  ${item.originalName}  ${item.sha256}`);
    for (const run of runs) {
      const result = desk.vault.runs.result(run.id);
      const found = result?.findings.length ?? null;
      print(
        `  ${translate('cli.case.show.run', { at: { time: run.startedAt }, records: run.records, findings: found ?? 0, state: found === null ? 'broken' : 'finished' })}`,
      );
    }
    for (const { at, fileName, recipient } of departures) {
      print(`  ${translate('cli.case.show.left', { at: { time: at }, file: fileName, recipient })}`);
    }
    for (const { at, text, task } of notes) {
      print(
        `  ${translate('cli.case.show.note', { at: { time: at }, text, kind: task === null ? 'note' : 'task' })}`,
      );
    }
    return EXIT.ran;
  });
}

export function caseSet(
  code: string,
  options: CaseFields & {
    readonly state?: Case['state'];
    readonly summary?: string;
    readonly outcome?: string;
    readonly hold?: string;
    readonly release?: boolean;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  return atDesk(options, context, (desk) => {
    const old = desk.case(code);
    const { state, summary, outcome, hold, release } = options;
    const changes = changesOf(options, old);
    const retention = changes.retention ?? old.retention;
    const updated = desk.update(code, {
      ...changes,
      ...(state === undefined ? {} : { state }),
      ...(summary === undefined ? {} : { summary }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(hold === undefined ? {} : { retention: { ...retention, hold: true, holdReason: hold } }),
      ...(release ? { retention: { ...retention, hold: false, holdReason: '' } } : {}),
    });
    print(context.translate('cli.case.set.done', { code: updated.code }));
    return EXIT.ran;
  });
}

export function caseAdd(
  code: string,
  paths: readonly string[],
  options: {
    readonly from?: string;
    readonly description?: string;
    readonly where?: string;
    readonly method?: string;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const own = desk.case(code);
    for (const path of paths) {
      const item = await desk.receive(code, path, {
        description: options.description ?? '',
        from: options.from ?? own.clientRef,
        where: options.where ?? '',
        zone: translate.timeZone,
        method: options.method ?? '',
      });
      print(translate('cli.case.add.taken', { label: item.label, path, sha256: item.sha256 }));
    }
    return EXIT.ran;
  });
}

export function caseIdentity(
  code: string,
  file: string,
  options: VaultOptions,
  context: SessionContext,
): Promise<number> {
  return atDesk(options, context, async (desk) => {
    const text = await readFile(file, 'utf8').catch(() => null);
    const parsed = identitySchema.safeParse(jsonOf(text));
    if (!parsed.success) throw new CommandError('identityFile', { path: file }, EXIT.couldNotRun);
    desk.setIdentity(code, parsed.data);
    print(context.translate('cli.case.identity.kept', { code: desk.case(code).code, path: file }));
    return EXIT.ran;
  });
}

export function caseNote(
  code: string,
  text: string,
  options: { readonly task?: boolean; readonly due?: string } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  return atDesk(options, context, (desk) => {
    const own = desk.case(code);
    desk.vault.notes.add({
      id: desk.vault.newId(),
      caseId: own.id,
      at: desk.operator.now(),
      by: desk.operator.actor,
      text,
      task: options.task || options.due ? { dueAt: dateOf(options.due, '--due'), doneAt: null } : null,
    });
    print(context.translate('cli.case.note.kept', { code: own.code }));
    return EXIT.ran;
  });
}

export function caseConsent(
  code: string,
  options: {
    readonly by?: string;
    readonly method?: Consent['method'];
    readonly allow?: readonly string[];
    readonly ask?: readonly string[];
    readonly shareWith?: readonly string[];
    readonly witness?: string;
    readonly expires?: string;
    readonly thirdParties?: string;
    readonly withdraw?: boolean;
    readonly reason?: string;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, (desk) => {
    const own = desk.case(code);
    if (options.withdraw) {
      const left = desk.withdrawConsent(code, options.reason ?? '');
      print(translate('cli.case.consent.withdrawn', { code: own.code, count: left.length }));
      for (const { at, fileName, recipient } of left) {
        print(`  ${translate('cli.case.show.left', { at: { time: at }, file: fileName, recipient })}`);
      }
      return EXIT.ran;
    }
    const scopes = new Map<string, 'yes' | 'ask'>();
    for (const name of options.ask ?? []) scopes.set(scopeOf(name), 'ask');
    for (const name of options.allow ?? []) scopes.set(scopeOf(name), 'yes');
    const answer = (scope: (typeof CONSENT_SCOPES)[number]): 'yes' | 'no' | 'ask' =>
      scopes.get(scope) ?? 'no';
    const consent = desk.addConsent(code, {
      givenBy: options.by ?? own.clientRef,
      method: options.method ?? 'spoken',
      at: desk.operator.now(),
      language: own.language,
      witness: options.witness ?? '',
      scope: {
        analyse: answer('analyse'),
        retain: answer('retain'),
        shareWith: [...(options.shareWith ?? [])],
        shareIndicators: answer('shareIndicators'),
        publishAnonymously: answer('publishAnonymously'),
        publishNamed: answer('publishNamed'),
        useInComplaint: answer('useInComplaint'),
        contactAgain: answer('contactAgain'),
      },
      expiresAt: dateOf(options.expires, '--expires'),
      thirdPartyData: options.thirdParties ?? '',
    });
    print(
      translate('cli.case.consent.kept', { code: own.code, words: consentWords(consent, desk, translate) }),
    );
    return EXIT.ran;
  });
}

/** `share-indicators` as it is kept. */
function scopeOf(name: string): string {
  const scope = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if ((CONSENT_SCOPES as readonly string[]).includes(scope)) return scope;
  throw new CommandError(
    'consentScope',
    { name, known: CONSENT_SCOPES.map(kebab).join(', ') },
    EXIT.wrongUsage,
  );
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function consentWords(consent: Consent | null, desk: Desk, translate: Translator): string {
  if (consent === null) return translate('cli.case.consent.none');
  const { scope, withdrawnAt, expiresAt } = consent;
  if (withdrawnAt !== null) return translate('cli.case.consent.gone', { at: { time: withdrawnAt } });
  if (expiresAt !== null && expiresAt <= desk.operator.now()) {
    return translate('cli.case.consent.over', { at: { time: expiresAt } });
  }
  const granted = CONSENT_SCOPES.filter((name) => scope[name] === 'yes').map((name) =>
    translate(`cli.case.scope.${kebab(name)}`),
  );
  if (scope.shareWith.length > 0) {
    granted.push(translate('cli.case.scope.share', { names: scope.shareWith.join(', ') }));
  }
  return granted.length === 0 ? translate('cli.case.consent.nothing') : granted.join('; ');
}

export function caseVerify(
  code: string | undefined,
  options: Json & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const problems = desk.vault.verify();
    const codes = code === undefined ? desk.vault.cases.list().map((own) => own.code) : [code];
    const checks: CaseCheck[] = [];
    for (const one of codes) checks.push(await desk.verify(one));
    const isWhole = problems.length === 0 && checks.every((check) => check.isWhole);
    if (options.json) {
      print(
        asJson({
          isWhole,
          vault: problems,
          cases: checks.map(({ case: own, log, items }) => ({ code: own.code, log, items })),
        }),
      );
      return isWhole ? EXIT.ran : EXIT.someEvidenceUnreadable;
    }
    for (const { place, detail } of problems)
      print(translate('cli.case.verify.vaultProblem', { place, detail }));
    for (const { case: own, log, items } of checks) {
      print(
        log.ok
          ? translate('cli.case.verify.logOk', { code: own.code, entries: log.entries })
          : translate('cli.case.verify.logBad', { code: own.code, seq: log.firstBadSeq ?? 0 }),
      );
      for (const { item, original } of items) {
        print(`  ${item.label}  ${item.originalName}: ${translate(`casework.originals.${original}`)}`);
      }
    }
    print(translate('cli.case.verify.limits'));
    return isWhole ? EXIT.ran : EXIT.someEvidenceUnreadable;
  });
}

export function caseReceipt(code: string, options: VaultOptions, context: SessionContext): Promise<number> {
  return atDesk(options, context, (desk) => {
    const own = desk.case(code);
    const head = desk.vault.custody.last(own.id);
    if (!head) throw new CommandError('emptyLog', { code: own.code }, EXIT.couldNotRun);
    const { language } = context.translate;
    print(receiptText({ caseCode: own.code, headHash: head.hash, seq: head.seq, at: head.at, language }));
    return EXIT.ran;
  });
}

export function caseStamp(
  code: string,
  options: {
    readonly out?: string;
    readonly reply?: string;
    readonly ca?: string;
    readonly proof?: string;
    readonly header?: readonly string[];
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  const say = stampTranslator(translate.language, translate.timeZone);
  return atDesk(options, context, async (desk) => {
    try {
      if (options.out !== undefined) {
        const files = stampRequests(desk, code);
        await mkdir(options.out, { recursive: true });
        for (const { name, bytes } of files) await writeNew(join(options.out, name), bytes);
        print(translate('cli.case.stamp.written', { count: files.length, folder: options.out }));
        return EXIT.ran;
      }
      if (options.reply !== undefined) {
        if (options.ca === undefined) throw new CommandError('stampCa', {}, EXIT.wrongUsage);
        const trusted = [(await bytesOf(options.ca)).toString('utf8')];
        const { day, verdict } = checkReply(desk, code, await bytesOf(options.reply), trusted);
        print(dayLine(day, translate));
        for (const line of stampLines(verdict, say)) print(line);
        return verdict.holds && day !== null ? EXIT.ran : EXIT.someEvidenceUnreadable;
      }
      if (options.proof === undefined) throw new CommandError('stampWhat', {}, EXIT.wrongUsage);
      const { day, verdict } = checkProof(
        desk,
        code,
        await bytesOf(options.proof),
        headersOf(options.header ?? []),
      );
      print(dayLine(day, translate));
      for (const line of proofLines(verdict, say)) print(line);
      return verdict.holds && day !== null ? EXIT.ran : EXIT.someEvidenceUnreadable;
    } catch (error) {
      if (!(error instanceof StampError)) throw error;
      print(stampErrorText(error, say));
      return EXIT.couldNotRun;
    }
  });
}

function dayLine(day: string | null, translate: Translator): string {
  return translate('cli.case.stamp.day', { day: day ?? '', found: day === null ? 'no' : 'yes' });
}

/** `HEIGHT:HEX`, the 80 bytes of a block header. */
function headersOf(given: readonly string[]): BlockHeader[] {
  return given.map((text) => {
    const [, height, hex] = /^(\d{1,9}):([0-9a-f]{64,160})$/i.exec(text) ?? [];
    if (height === undefined || hex === undefined)
      throw new CommandError('blockHeader', { value: text }, EXIT.wrongUsage);
    return readBlockHeader(Number(height), hex);
  });
}

async function bytesOf(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) throw new CommandError('fileUnreadable', { path }, EXIT.couldNotRun);
  return bytes;
}

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

/** @throws DeskError when it is there already */
async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new DeskError('output-exists', path);
    throw new OutputError(path, error);
  });
}

async function calendarOf(
  { events, hearings }: { readonly events?: string; readonly hearings?: string },
  translate: Translator,
): Promise<CalendarEntry[]> {
  const entries: CalendarEntry[] = [];
  for (const [path, kind] of [
    [events, 'publication'],
    [hearings, 'hearing'],
  ] as const) {
    if (path === undefined) continue;
    for (const { at, title } of await loadCalendar(path, { timeZone: translate.timeZone })) {
      const time = new Date(at);
      const stored = Number.isNaN(time.getTime()) ? null : fromDate(time);
      if (stored !== null) entries.push({ at: stored, title, kind, caseCode: null });
    }
  }
  return entries.sort((a, b) => compareText(a.at, b.at));
}

export function caseExport(
  code: string,
  options: {
    readonly out: string;
    readonly profile: SharingProfile;
    readonly format?: readonly string[];
    readonly purpose?: ExportPurpose;
    readonly to?: string;
    readonly named?: boolean;
    readonly approvedBy?: string;
    readonly events?: string;
    readonly hearings?: string;
  } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const written = await exportCase(
      desk,
      code,
      {
        folder: options.out,
        profile: options.profile,
        formats: formatsOf(options.format),
        purpose: options.purpose ?? PURPOSE_OF[options.profile],
        recipient: options.to ?? '',
        named: options.named === true,
        approvedBy: options.approvedBy ?? null,
        calendar: await calendarOf(options, translate),
        toolVersion: VERSION,
      },
      translate,
    );
    for (const { name, sha256 } of written) print(`${sha256}  ${join(options.out, name)}`);
    print(translate('cli.case.export.gone', { count: written.length, recipient: options.to ?? '' }));
    return EXIT.ran;
  });
}

function formatsOf(names: readonly string[] | undefined): readonly (SharingFormat | 'dossier')[] {
  const known = [...SHARING_FORMATS, 'dossier'] as const;
  return (names ?? ['stix', 'misp', 'csv-indicators']).map((name) => {
    const format = known.find((one) => one === name);
    if (format) return format;
    throw new CommandError('exportFormat', { name, known: known.join(', ') }, EXIT.wrongUsage);
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

export function caseDelete(
  code: string,
  options: { readonly reason: string; readonly yes?: boolean } & VaultOptions,
  context: SessionContext,
): Promise<number> {
  const { translate } = context;
  return atDesk(options, context, async (desk) => {
    const own = desk.case(code);
    if (!options.yes && !(await isConfirmed(translate, own.code))) {
      print(translate('cli.case.delete.kept', { code: own.code }));
      return EXIT.ran;
    }
    const { originals, departures, compacted, cannotErase } = desk.delete(own.code, options.reason);
    print(translate('cli.case.delete.gone', { code: own.code }));
    if (!compacted) print(`  ${translate('cli.case.delete.notCompacted')}`);
    for (const reason of cannotErase) print(`  - ${translate(`cli.case.delete.remains.${reason}`)}`);
    for (const path of originals) print(`      ${path}`);
    for (const { fileName, recipient } of departures) print(`      ${fileName} → ${recipient}`);
    return EXIT.ran;
  });
}

async function isConfirmed(translate: Translator, code: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) throw new CommandError('deleteYes', {}, EXIT.wrongUsage);
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: translate('cli.case.delete.confirm', { code }),
    initialValue: false,
    output: process.stderr,
  });
  return !isCancel(answer) && answer;
}

function stateOf({ state }: Case, translate: Translator): string {
  return translate(`casework.states.${state}`);
}

/** A day or a moment as it is typed, in the stored form. */
function dateOf(text: string | undefined, option: string): string | null {
  if (text === undefined) return null;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  const stored = Number.isNaN(time.getTime()) ? null : fromDate(time);
  if (stored === null) throw new CommandError('badDate', { value: text, option }, EXIT.wrongUsage);
  return stored;
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
