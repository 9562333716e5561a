/** What every output has in common: what it can express, what it is given, what it writes. */
import { createHash } from 'node:crypto';
import type { Translator } from '../../../core/language.js';
import type { Network } from '../networks.js';
import { periodText } from '../period.js';
import { MIN_ORDINARY_CLIENTS } from '../plan.js';
import type { Action, Condition, Rule } from '../rule.js';
import type { Outcome, Sparing } from '../trial.js';
import type { TargetId } from './target-ids.js';

export { TARGETS, type TargetId } from './target-ids.js';

/** A file to be written. */
export interface DefenceFile {
  readonly name: string;
  readonly text: string;
}

/** Everything a file is written from. The same input gives the same bytes. */
export interface Defence {
  readonly rules: readonly Rule[];
  readonly outcome: Outcome;
  readonly sparing: Sparing;
  /** Rules the target cannot carry out by itself, written beside it where the target has a place for them. */
  readonly companions: readonly Rule[];
  readonly incident: {
    /** `pingback-20260101T1200Z`: letters, digits and `-`. */
    readonly id: string;
    readonly kind: string;
    readonly siteName: string;
    readonly fromAt: string;
    readonly toAt: string;
  };
  /** Stored form of times. */
  readonly generatedAt: string;
  readonly expiresAt: string;
  /** Seconds from the one to the other. */
  readonly lifetimeSeconds: number;
  /** Whether it stops as much of the attack as it should. */
  readonly isEnough: boolean;
  readonly translate: Translator;
}

export interface Target {
  readonly id: TargetId;
  /** Whether its rules can hold for one of several sites. */
  readonly knowsSites: boolean;
  /** Whether spared addresses get through whatever the rules say. */
  readonly exempts: boolean;
  /**
   * The rule as this target would carry it out, or null when it cannot. What comes back is what is tried on the log and
   * what is written.
   */
  adapt(rule: Rule): Rule | null;
  write(defence: Defence): readonly DefenceFile[];
}

/** Targets that only know addresses. */
export function addressesOnly(rule: Rule): Rule | null {
  const isAddresses = rule.when.length === 1 && rule.when[0]?.on === 'client' && rule.action.do === 'block';
  return isAddresses ? rule : null;
}

/** A rule that a target takes when it knows all its conditions and its action. */
export function taken(
  rule: Rule,
  actions: readonly Action['do'][],
  knows: (condition: Condition) => boolean = () => true,
): Rule | null {
  return actions.includes(rule.action.do) && rule.when.every(knows) ? rule : null;
}

export function networksOf(rules: readonly Rule[]): readonly Network[] {
  return rules.flatMap(({ when }) =>
    when.flatMap((condition) => (condition.on === 'client' ? condition.networks : [])),
  );
}

/** Value of the cookie that a passed check leaves: the same for the same files, of no use elsewhere. */
export function cookieValue({ incident, expiresAt }: Defence): string {
  return createHash('sha256').update(`vigia ${incident.id} ${expiresAt}`).digest('hex').slice(0, 24);
}

/** Stored time to whole Unix seconds. */
export function unixSeconds(at: string): number {
  return Math.floor(Date.parse(at) / 1000);
}

const COMMENT_WIDTH = 100;

/** A percentage that is 100 or 0 of all and none only. */
export function share(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0';
  if (part === whole) return '100';
  const percent = (part * 100) / whole;
  if (percent < 0.001) return '0.001';
  return percent > 99.9 ? '99.9' : percent.toFixed(percent < 0.1 ? 3 : 1);
}

/** The comment at the head of a file, in the reader's language: what it is, what it did on the log, how to test and undo it. */
export function header(
  target: TargetId,
  defence: Defence,
  files: { readonly test: string; readonly undo: string },
): readonly string[] {
  const { translate, incident, outcome, sparing } = defence;
  const t = (key: string, values = {}): string => translate(`floods.defence.${key}`, values);
  const actions = new Set(defence.rules.map(({ action }) => action.do));
  return [
    t('made', {
      id: incident.id,
      at: { time: defence.generatedAt },
      target,
    }),
    t('incident', {
      kind: {
        word: `floods.defence.kinds.${translate.has(`floods.defence.kinds.${incident.kind}`) ? incident.kind : 'other'}`,
      },
      site: incident.siteName === '' ? t('noSite') : incident.siteName,
      period: periodText(translate, incident.fromAt, incident.toAt).replaceAll('–', '-'),
    }),
    t('expires', { at: { time: defence.expiresAt }, stored: defence.expiresAt.slice(0, 16) }),
    t('stops', {
      stopped: outcome.attackHitsStopped,
      hits: outcome.attackHits,
      share: share(outcome.attackHitsStopped, outcome.attackHits),
      clientsStopped: outcome.attackClientsStopped,
      clients: outcome.attackClients,
    }),
    t('harms', {
      harmed: outcome.ordinaryClientsStopped,
      clients: outcome.ordinaryClients,
      hits: outcome.ordinaryHitsStopped,
      share: share(outcome.ordinaryClientsStopped, outcome.ordinaryClients),
    }),
    ...(outcome.mixedClients > 0
      ? [
          t('mixed', {
            clients: outcome.mixedClients,
            hits: outcome.mixedHits,
            stopped: outcome.mixedHitsStopped,
          }),
        ]
      : []),
    ...(outcome.ordinaryClientsAsked > 0 ? [t('asks', { clients: outcome.ordinaryClientsAsked })] : []),
    ...(defence.isEnough ? [] : [t('notEnough')]),
    ...(actions.has('challenge') ? [t('challenge')] : []),
    ...(outcome.ordinaryClients < MIN_ORDINARY_CLIENTS
      ? [t('thinBaseline', { clients: outcome.ordinaryClients })]
      : []),
    t('spared', { count: sparing.spared.length }),
    t('otherDays'),
    t('test', { how: files.test }),
    t('undo', { how: files.undo }),
  ];
}

/**
 * Lines of a comment. Nothing of it can end the comment: it has no line ends, and no `\`, which at the end of a line goes
 * on with the comment in some languages.
 */
export function comment(sentences: readonly string[], mark = '#'): string {
  const lines: string[] = [];
  for (const sentence of sentences) {
    const clean = sentence
      .replace(/\s+/gu, ' ')
      .replaceAll('\\', '/')
      .replace(/\p{Cc}/gu, '');
    let line = mark;
    for (const word of clean.split(' ')) {
      if (line.length + word.length + 1 > COMMENT_WIDTH && line !== mark) {
        lines.push(line);
        line = `${mark}  `;
      }
      line += `${line.endsWith(' ') ? '' : ' '}${word}`;
    }
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

/** A rule in words for the comment above it: its name, and whom of the attack it is meant for. */
export function ruleComment(rule: Rule, { translate }: Defence, mark = '#'): string {
  return comment([translate(`floods.defence.actions.${rule.action.do}`, { id: rule.id })], mark);
}

/** Text as JSON has it, which YAML, CEL and JavaScript read alike; only for printable ASCII. */
export function quoted(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new RangeError('only printable ASCII goes into a rule');
  return JSON.stringify(text);
}

/** In parts of so many. */
export function inParts<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let at = 0; at < values.length; at += size) parts.push(values.slice(at, at + size));
  return parts;
}

/** `24h`, or with minutes or seconds where it is not whole hours. */
export function durationText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
