/**
 * From logs to rules: counts the traffic, finds the attack, reads the logs again to try rules on them, and writes the files
 * of those that stop it without stopping readers.
 */
import type { EvidenceFile, EvidenceSource, Problem, ReadContext, ReadItem } from '../../core/contracts.js';
import type { Translator } from '../../core/language.js';
import { fromUnixSeconds } from '../../core/time.js';
import { geoTables } from '../geo/geo-tables.js';
import { isCarrierNat, networkKind } from '../geo/network-kind.js';
import type { HitConsumer, LogFormatKind } from '../hits/log-format.js';
import { readHits } from '../hits/read-hits.js';
import { knownClient } from '../known/known-clients.js';
import { reader } from '../readers/access-log/access-log.js';
import type { TrafficView } from '../traffic/shape.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import type { Attack, Surroundings } from './attack.js';
import { addressesOf, attackRequest, candidatesOf, sourcesOf, sparingOf } from './candidates.js';
import type { Network } from './networks.js';
import type { Defence, DefenceFile, TargetId } from './outputs/target.js';
import { OUTPUTS } from './outputs/targets.js';
import { AIM, choosePlan, harmOf, type Plan, type Refusal, stoppedShare } from './plan.js';
import type { Rule } from './rule.js';
import { type AttackWindow, type Outcome, type Sparing, Trial } from './trial.js';

/** From this share of requests on, the addresses of a log are those of the proxy before the server. */
export const PROXIED_SHARE = 0.6;

export interface DefendOptions {
  readonly sources: readonly EvidenceSource[];
  readonly target: TargetId;
  /** Everything an incident is found by; only those that are attacks are defended against. */
  readonly findIncidents: (view: TrafficView) => readonly (Attack & { readonly isAttack: boolean })[];
  /** Number of the attack, from 1 in order of time; left out, the one with most requests. */
  readonly incident?: number;
  readonly allow: readonly Network[];
  readonly torExits: readonly Network[];
  /** Share of ordinary clients that may be stopped. */
  readonly maxHarm: number;
  readonly lifetimeSeconds: number;
  /** Format of the lines, where it was given. */
  readonly formats?: readonly LogFormatKind[];
  readonly context: ReadContext;
  readonly translate: Translator;
  /** Which file is read now, and for which time. */
  readonly progress?: (step: {
    readonly path: string;
    readonly done: number;
    readonly total: number;
  }) => void;
}

/** An attack of the log, to be named and chosen. */
export interface AttackFound {
  readonly number: number;
  readonly id: string;
  readonly kind: string;
  readonly siteName: string;
  readonly fromAt: string;
  readonly toAt: string;
  readonly attackHits: number;
  readonly clients: number;
}

export type Defended =
  | {
      readonly status: 'no-log' | 'no-such-attack';
      readonly attacks: readonly AttackFound[];
      readonly problems: readonly Problem[];
    }
  | {
      readonly status: 'no-attack';
      readonly attacks: readonly AttackFound[];
      /** Many requests that are alike, with nothing ordinary to tell whether they are an attack; numbered by themselves. */
      readonly unclear: readonly AttackFound[];
      readonly problems: readonly Problem[];
    }
  | {
      readonly status: 'refused';
      readonly reason: Refusal | 'proxied';
      /** Share of requests that came through a proxy, for `proxied`. */
      readonly proxiedShare: number;
      readonly attack: AttackFound | null;
      readonly attacks: readonly AttackFound[];
      readonly outcome: Outcome | null;
      readonly problems: readonly Problem[];
    }
  | {
      readonly status: 'written';
      readonly attack: AttackFound;
      readonly attacks: readonly AttackFound[];
      readonly rules: readonly Rule[];
      readonly outcome: Outcome;
      readonly isEnough: boolean;
      readonly files: readonly DefenceFile[];
      readonly expiresAt: string;
      readonly problems: readonly Problem[];
    };

/** @throws EvidenceError when a log cannot be read the second time; the reason of the signal when aborted */
export async function defend(options: DefendOptions): Promise<Defended> {
  const problems: Problem[] = [];
  const logs = await logsOf(options);
  const counted = await countedTraffic(logs, options, problems);
  if (counted === null) return { status: 'no-log', attacks: [], problems };
  const view = counted.view();

  const [hits, proxied] = view.sources.reduce(
    ([all, through], source) => [all + source.hits, through + source.proxied],
    [0, 0],
  );
  const everything = [...options.findIncidents(view)].sort(
    (a, b) => a.fromMinute - b.fromMinute || (a.siteName < b.siteName ? -1 : 1),
  );
  const incidents = everything.filter(({ isAttack }) => isAttack);
  const attacks = incidents.map((attack, index) => foundOf(attack, index + 1));
  const proxiedShare = hits === 0 ? 0 : proxied / hits;
  if (proxiedShare >= PROXIED_SHARE) {
    return {
      status: 'refused',
      reason: 'proxied',
      proxiedShare,
      attack: null,
      attacks,
      outcome: null,
      problems,
    };
  }
  if (attacks.length === 0) {
    const unclear = everything
      .filter(({ kind }) => kind === 'surge')
      .map((surge, index) => foundOf(surge, index + 1));
    return { status: 'no-attack', attacks, unclear, problems };
  }
  const number = options.incident ?? 1 + indexOfLargest(incidents);
  const attack = incidents[number - 1];
  const found = attacks[number - 1];
  if (!attack || !found) return { status: 'no-such-attack', attacks, problems };

  const sparing = sparingOf(view, SURROUNDINGS, options);
  const target = OUTPUTS[options.target];
  const candidates = candidatesOf(
    attack,
    sourcesOf(view, attack, sparing, SURROUNDINGS),
    // The first of the sites stands for lines that name none.
    target.knowsSites && view.sites.length > 2,
  );
  const rules = candidates.flatMap((rule) => target.adapt(rule) ?? []);
  const common = {
    incident: windowOf(view, attack),
    others: incidents.filter((other) => other !== attack).map((other) => windowOf(view, other)),
    sparing,
  };
  const trial = new Trial({ ...common, rules });
  const ordered = inOrderOfTime(logs, view);
  await readAgain(ordered, trial, options);
  const plan = choosePlan(rules, trial, { maxHarm: options.maxHarm, exempts: target.exempts });
  if (plan.refusal !== null) {
    return {
      status: 'refused',
      reason: plan.refusal,
      proxiedShare,
      attack: found,
      attacks,
      outcome: plan.outcome,
      problems,
    };
  }

  const { outcome, isEnough } = await together(plan, common, ordered, options);
  if (outcome.ordinaryClientsStopped > 0 && harmOf(outcome) >= options.maxHarm) {
    return {
      status: 'refused',
      reason: 'harms-readers',
      proxiedShare,
      attack: found,
      attacks,
      outcome,
      problems,
    };
  }
  const companions =
    options.target === 'crowdsec' ? await companionsOf(candidates, common, ordered, options) : [];
  const defence = defenceOf(plan.rules, companions, { outcome, isEnough, found, sparing, options });
  return {
    status: 'written',
    attack: found,
    attacks,
    rules: plan.rules,
    outcome,
    isEnough,
    files: target.write(defence),
    expiresAt: defence.expiresAt,
    problems,
  };
}

const SURROUNDINGS: Surroundings = {
  isKnown: ({ ipVersion, ip0, ip1 }) => knownClient(ipVersion, ip0, ip1) !== null,
  isCarrier: (asn) => isCarrierNat(asn) || networkKind(asn, geoTables().organisationOf(asn)) === 'mobile',
  isHosting: (asn) => networkKind(asn, geoTables().organisationOf(asn)) === 'hosting',
};

type Common = {
  readonly incident: AttackWindow;
  readonly others: readonly AttackWindow[];
  readonly sparing: Sparing;
};

/** Files that are access logs, by their content. */
async function logsOf({ sources, context }: DefendOptions): Promise<readonly EvidenceFile[]> {
  const logs: EvidenceFile[] = [];
  for (const source of sources) {
    for await (const file of source.find(['**'])) {
      context.signal?.throwIfAborted();
      if (await reader.recognises?.(await file.probe(), context)) logs.push(file);
    }
  }
  return logs;
}

async function countedTraffic(
  logs: readonly EvidenceFile[],
  { context, progress }: DefendOptions,
  problems: Problem[],
): Promise<WebTraffic | null> {
  let all: WebTraffic | null = null;
  for (const [index, file] of logs.entries()) {
    progress?.({ path: file.path, done: index, total: logs.length * 2 });
    for await (const item of reader.read(file, context) as AsyncIterable<ReadItem>) {
      if (item.kind === 'problem') problems.push(item as Problem);
      else if (item instanceof WebTraffic) {
        if (all === null) all = item;
        else all.merge(item);
      }
    }
  }
  return all;
}

/** Limits and bans depend on what came before: rotated logs are read in order of time. */
function inOrderOfTime(logs: readonly EvidenceFile[], view: TrafficView): readonly EvidenceFile[] {
  const first = new Map(
    view.sources.map(({ evidence, path, firstSecond }) => [`${evidence} ${path}`, firstSecond]),
  );
  const at = (file: EvidenceFile): number | undefined => first.get(`${file.source.id} ${file.path}`);
  // What was not counted, because it is a copy of another, is not tried again either.
  return logs.filter((file) => at(file) !== undefined).sort((a, b) => (at(a) ?? 0) - (at(b) ?? 0));
}

async function readAgain(
  logs: readonly EvidenceFile[],
  consumer: HitConsumer,
  { context, formats, progress }: DefendOptions,
): Promise<void> {
  for (const [index, file] of logs.entries()) {
    progress?.({ path: file.path, done: logs.length + index, total: logs.length * 2 });
    const steps = readHits(file, consumer, {
      signal: context.signal,
      ...(formats ? { formats } : {}),
    });
    try {
      while (!(await steps.next()).done);
    } catch (error) {
      if (context.signal?.aborted) throw error;
      // What broke off the first time, breaks off again: it is among the problems.
    }
  }
}

/** Limits and bans were tried each for itself; what was chosen is tried once more as it would act together. */
async function together(
  plan: Extract<Plan, { readonly refusal: null }>,
  common: Common,
  logs: readonly EvidenceFile[],
  options: DefendOptions,
): Promise<{ readonly outcome: Outcome; readonly isEnough: boolean }> {
  const hasState = plan.rules.some(({ action }) => action.do === 'limit' || action.do === 'ban');
  if (!hasState || plan.rules.length === 1) return plan;
  const trial = new Trial({ ...common, rules: plan.rules, together: true });
  await readAgain(logs, trial, options);
  const outcome = trial.outcome(plan.rules.map((_, index) => index));
  return { outcome, isEnough: stoppedShare(outcome) >= AIM };
}

/** Signatures that stop the attack and nobody else, for targets whose own rules are addresses. */
async function companionsOf(
  candidates: readonly Rule[],
  common: Common,
  logs: readonly EvidenceFile[],
  options: DefendOptions,
): Promise<readonly Rule[]> {
  const rules = candidates.filter(({ rung, action }) => rung === 1 && action.do === 'block');
  if (rules.length === 0) return [];
  const trial = new Trial({ ...common, rules });
  await readAgain(logs, trial, options);
  const { exempts } = OUTPUTS[options.target];
  const plan = choosePlan(rules, trial, { maxHarm: options.maxHarm, exempts });
  return plan.refusal === null ? plan.rules : [];
}

function windowOf(view: TrafficView, attack: Attack): AttackWindow {
  const { siteName, fromMinute, toMinute } = attack;
  return {
    ...{ siteName, fromMinute, toMinute, clients: addressesOf(view, attack.clients) },
    ...{ mixed: addressesOf(view, attack.mixedClients), isAttack: attackRequest(attack) },
  };
}

function indexOfLargest(incidents: readonly Attack[]): number {
  let largest = 0;
  for (const [index, { attackHits }] of incidents.entries()) {
    if (attackHits > (incidents[largest]?.attackHits ?? 0)) largest = index;
  }
  return largest;
}

function foundOf(attack: Attack, number: number): AttackFound {
  const fromAt = storedTime(attack.fromMinute * 60);
  const toAt = storedTime((attack.toMinute + 1) * 60);
  const minute = fromAt.slice(0, 16).replace(/[-:]/g, '');
  const kind = attack.kind.replace(/[^a-z0-9-]/g, '');
  return {
    number,
    id: `${kind}-${minute}Z`,
    kind: attack.kind,
    siteName: attack.siteName,
    fromAt,
    toAt,
    attackHits: attack.attackHits,
    clients: attack.clients.length,
  };
}

function storedTime(seconds: number): string {
  return fromUnixSeconds(seconds) ?? '1970-01-01T00:00:00.000000Z';
}

function defenceOf(
  rules: readonly Rule[],
  companions: readonly Rule[],
  of: {
    readonly outcome: Outcome;
    readonly isEnough: boolean;
    readonly found: AttackFound;
    readonly sparing: Sparing;
    readonly options: DefendOptions;
  },
): Defence {
  const { context, lifetimeSeconds, translate } = of.options;
  const now = Math.floor(Date.parse(context.now) / 1000);
  return {
    rules,
    companions,
    outcome: of.outcome,
    sparing: of.sparing,
    incident: of.found,
    generatedAt: storedTime(now),
    expiresAt: storedTime(now + lifetimeSeconds),
    lifetimeSeconds,
    isEnough: of.isEnough,
    translate,
  };
}
