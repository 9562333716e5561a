/** `vigia case new|list|show|set|identity|note|consent|delete`: parses, calls the desk, prints. */
import { readFile } from 'node:fs/promises';
import type { Desk } from '../../casework/desk/desk.js';
import { type Case, identitySchema, NO_STATEMENTS } from '../../casework/model/case.js';
import { CONSENT_SCOPES, type Consent } from '../../casework/model/consent.js';
import type { RetentionSpan } from '../../casework/model/vocabularies.js';
import { EXIT } from '../../core/exit-code.js';
import type { Translator } from '../../core/language.js';
import { fromDate } from '../../core/time.js';
import { CommandError } from '../command-error.js';
import { print } from '../print.js';
import { atDesk, type SessionContext, type VaultOptions } from '../vault-session.js';
import { asJson, type Json } from './command-parts.js';

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
        statements: NO_STATEMENTS,
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

/** What the team records for a dossier, as it is typed. */
interface StatementFields {
  readonly harm?: string;
  readonly similarCases?: string;
  readonly attribution?: string;
  readonly jurisdiction?: string;
  /** Takes the place of all requests recorded before. */
  readonly request?: readonly string[];
}

function statementsOf(fields: StatementFields, old: Case['statements']): Case['statements'] {
  return {
    harm: fields.harm ?? old.harm,
    similarCases: fields.similarCases ?? old.similarCases,
    attribution: fields.attribution ?? old.attribution,
    jurisdiction: fields.jurisdiction ?? old.jurisdiction,
    requests: [...(fields.request ?? old.requests)],
  };
}

export function caseSet(
  code: string,
  options: CaseFields & {
    readonly state?: Case['state'];
    readonly summary?: string;
    readonly outcome?: string;
    readonly hold?: string;
    readonly release?: boolean;
  } & StatementFields &
    VaultOptions,
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
      statements: statementsOf(options, old.statements),
      ...(hold === undefined ? {} : { retention: { ...retention, hold: true, holdReason: hold } }),
      ...(release ? { retention: { ...retention, hold: false, holdReason: '' } } : {}),
    });
    print(context.translate('cli.case.set.done', { code: updated.code }));
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
    const { originals, departures, compacted, cannotErase } = await desk.delete(own.code, options.reason);
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
