import { compareText } from '../../../core/compare-text.js';
import type {
  Detection,
  Detector,
  FindingDraft,
  FindingReason,
  Pointer,
  Tally,
} from '../../../core/contracts.js';
import { fromUnixSeconds } from '../../../core/time.js';
import type { RuleOverflow } from '../../../records/kinds/rule-overflow.js';
import { type ClientCase, RuleCases, rowsOf } from '../../scenarios/rule-cases.js';
import type { TrafficView } from '../../traffic/shape.js';
import { WebTraffic } from '../../traffic/web-traffic.js';

const BEHAVIOUR = 'http:bruteforce';

/** What each of our own rules is a sign of; those of others are named. */
const SIGN_OF_RULE: Readonly<Record<string, string>> = {
  'wordpress-login-bf': 'wordpress',
  'wordpress-xmlrpc-bf': 'xmlrpc',
  'generic-bf': 'forms',
  'http-401-bf': 'basic',
  'http-403-bf': 'forbidden',
};
/** Pages that are forbidden are no passwords: a sign beside others only. */
const WEAK_SIGN = 'forbidden';

/** Slower than the rules: so many refused logins of one client, or calls of xmlrpc.php, over the whole log. */
const SLOW = { failures: 20, xmlrpc: 60 };
/** From so many clients, each with a few tries. */
const SPREAD = { failures: 200, clients: 20 };
/** Less is what comes to every site. */
const MANY = { tries: 1_000, clients: 20 };
/** A login that was accepted counts after as many that were refused (floods spec, 1.1). */
const FAILURES_BEFORE_SUCCESS = 5;
/** Of one client, so many refused for each accepted are no longer a person's. */
const FAILURES_PER_SUCCESS = 10;
const MAX_SUCCESSES = 10;
const MAX_LISTED = 50;
const MAX_PLACES = 20;
const MAX_FOREIGN_RULES = 5;

/**
 * Passwords tried on the login of a site, and the case in which one may have been found: the answer to a login became a
 * redirect (302, as WordPress greets who is let in) after the same client had at least five refused.
 *
 * The first shows tries only. The second shows that a client which had been refused was let in; it does not show that it was not
 * the person herself, who had forgotten her password, or another one at the same address.
 *
 * `details` of the first: `clients` (`client`, `failures`, `xmlrpc`, `rules`, `firstAt`, `lastAt`), most tries first, `clientsTotal`. Of the second:
 * `client`, `failures`, `successes`, `firstSuccessAt`, `adminPages`, `burst`.
 */
export const detector: Detector<RuleOverflow> = {
  id: 'floods/brute-force',
  version: 1,
  watches: ['rule-overflow'],
  tallies: ['web-traffic'],
  references: [
    'https://attack.mitre.org/techniques/T1110/',
    'https://developer.wordpress.org/advanced-administration/security/brute-force/',
  ],
  start: () => new BruteForce(),
};

class BruteForce implements Detection<RuleOverflow> {
  readonly #cases = new RuleCases();
  #view: TrafficView | null = null;

  see(record: RuleOverflow): void {
    if (record.behaviour === BEHAVIOUR) this.#cases.add(record);
  }

  weigh(tally: Tally): void {
    if (tally instanceof WebTraffic) this.#view = tally.view();
  }

  end(): readonly FindingDraft[] {
    const cases = this.#cases.inOrder().filter(isAboutPasswords);
    const view = this.#view;
    const rows = view === null ? new Map<ClientCase, number>() : rowsOf(view, cases);
    const tries = triesOf(cases, rows, view);
    const findings: FindingDraft[] = [];
    const base = baseFinding(tries, cases, view, this.#cases.aboutLeftOut);
    if (base) findings.push(base);
    if (view) findings.push(...successFindings(view, rows));
    return findings;
  }
}

/** A client that broke more than the rule about forbidden pages. */
function isAboutPasswords(each: ClientCase): boolean {
  for (const { rule } of each.rules.values()) if (SIGN_OF_RULE[rule] !== WEAK_SIGN) return true;
  return false;
}

/** What a client tried. */
interface Tries {
  readonly client: string;
  readonly failures: number;
  readonly xmlrpc: number;
  /** All that is counted of it. */
  readonly tries: number;
  readonly found: ClientCase | null;
  readonly row: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
}

function triesOf(
  cases: readonly ClientCase[],
  rows: ReadonlyMap<ClientCase, number>,
  view: TrafficView | null,
): readonly Tries[] {
  const all: Tries[] = [];
  const seen = new Set<number>();
  for (const found of cases) {
    const row = rows.get(found) ?? -1;
    // Two addresses of one /64 are one row: counted with the first of them.
    const isFirst = row === -1 || !seen.has(row);
    seen.add(row);
    const { failures, xmlrpc } = isFirst ? countsOf(view, row) : { failures: 0, xmlrpc: 0 };
    const { client, firstAt, lastAt } = found;
    all.push({
      client,
      failures,
      xmlrpc,
      tries: Math.max(found.events, failures + xmlrpc),
      found,
      row,
      firstAt,
      lastAt,
    });
  }
  for (let row = 0; view !== null && row < view.clients.size; row += 1) {
    if (seen.has(row)) continue;
    const { failures, xmlrpc } = countsOf(view, row);
    if (failures < SLOW.failures && xmlrpc < SLOW.xmlrpc) continue;
    // Editors whose program writes over xmlrpc.php also look at their site and log in.
    if (isEditor(view, row)) continue;
    all.push({
      client: view.clientText(row),
      failures,
      xmlrpc,
      tries: failures + xmlrpc,
      found: null,
      row,
      firstAt: fromUnixSeconds(view.clients.firstSecond[row]),
      lastAt: fromUnixSeconds(view.clients.lastSecond[row]),
    });
  }
  return all.sort((a, b) => b.tries - a.tries || compareText(a.client, b.client));
}

function countsOf(
  view: TrafficView | null,
  row: number,
): { readonly failures: number; readonly xmlrpc: number } {
  if (view === null || row === -1) return { failures: 0, xmlrpc: 0 };
  return {
    failures: view.clients.loginFailures[row] as number,
    xmlrpc: view.clients.xmlrpcPosts[row] as number,
  };
}

function isEditor(view: TrafficView, row: number): boolean {
  const { clients } = view;
  return (
    (clients.adminPages[row] as number) >
    (clients.loginFailures[row] as number) + (clients.loginSuccesses[row] as number)
  );
}

/** Refused logins of clients with a few each. */
function spreadOf(
  view: TrafficView | null,
  counted: readonly Tries[],
): { readonly failures: number; readonly clients: number } {
  let failures = 0;
  let clients = 0;
  if (view === null) return { failures, clients };
  const known = new Set(counted.map(({ row }) => row));
  for (let row = 0; row < view.clients.size; row += 1) {
    const own = view.clients.loginFailures[row] as number;
    if (own === 0 || known.has(row) || isEditor(view, row)) continue;
    failures += own;
    clients += 1;
  }
  return failures >= SPREAD.failures && clients >= SPREAD.clients
    ? { failures, clients }
    : { failures: 0, clients: 0 };
}

function baseFinding(
  tries: readonly Tries[],
  cases: readonly ClientCase[],
  view: TrafficView | null,
  aboutLeftOut: number,
): FindingDraft | null {
  const spread = spreadOf(view, tries);
  const clients = tries.length + spread.clients + aboutLeftOut;
  if (clients === 0) return null;
  const total = sum(tries.map((each) => each.tries)) + spread.failures;
  const reasons: FindingReason[] = signReasons(cases);
  const slow = tries.filter(({ found }) => found === null);
  if (slow.length > 0) {
    reasons.push({
      code: 'slow',
      values: { clients: slow.length, events: sum(slow.map((each) => each.tries)) },
    });
  }
  if (spread.clients > 0)
    reasons.push({ code: 'spread', values: { clients: spread.clients, events: spread.failures } });
  const first =
    tries.flatMap(({ firstAt }) => (firstAt === null ? [] : [firstAt])).sort(compareText)[0] ?? null;
  const last =
    tries
      .flatMap(({ lastAt }) => (lastAt === null ? [] : [lastAt]))
      .sort(compareText)
      .at(-1) ?? null;
  const [most] = tries;
  return {
    severity: total >= MANY.tries || clients >= MANY.clients ? 'medium' : 'low',
    confidence: cases.length > 0 ? 'high' : 'medium',
    shows: 'site-attack',
    technique: 'T1110',
    values: {
      clients,
      tries: total,
      client: most?.client ?? '',
      hasClient: clients === 1 && most ? 'yes' : 'no',
      first: { time: first ?? '' },
      last: { time: last ?? '' },
      hasSpan: first === null || last === null ? 'no' : 'yes',
      isProxy: most?.found?.isProxy ? 'yes' : 'no',
    },
    at: first,
    reasons,
    details: {
      clients: tries.slice(0, MAX_LISTED).map((each) => ({
        client: each.client,
        failures: each.failures,
        xmlrpc: each.xmlrpc,
        rules: Object.fromEntries(
          (each.found?.rulesInOrder() ?? []).map(({ rule, events }) => [rule, events]),
        ),
        firstAt: each.firstAt,
        lastAt: each.lastAt,
      })),
      clientsTotal: clients,
    },
    evidence: placesOf(tries, view),
  };
}

function signReasons(cases: readonly ClientCase[]): FindingReason[] {
  const signs = new Map<string, { code: string; rule: string; events: number; clients: number }>();
  for (const each of cases) {
    for (const { rule, events } of each.rules.values()) {
      const signOf = SIGN_OF_RULE[rule] ?? 'rule';
      const key = signOf === 'rule' ? `rule ${rule}` : signOf;
      const sign = signs.get(key) ?? { code: signOf, rule, events: 0, clients: 0 };
      sign.events += events;
      sign.clients += 1;
      signs.set(key, sign);
    }
  }
  const order = ['wordpress', 'forms', 'xmlrpc', 'basic', WEAK_SIGN, 'rule'];
  return [...signs.values()]
    .sort(
      (a, b) =>
        order.indexOf(a.code) - order.indexOf(b.code) || b.events - a.events || compareText(a.rule, b.rule),
    )
    .filter(
      ({ code }, index, all) =>
        code !== 'rule' || index < all.findIndex((one) => one.code === 'rule') + MAX_FOREIGN_RULES,
    )
    .map(({ code, rule, events, clients }) => ({ code, values: { rule, events, clients } }));
}

function placesOf(tries: readonly Tries[], view: TrafficView | null): readonly Pointer[] {
  const places: Pointer[] = [];
  for (const { found, row } of tries.slice(0, MAX_PLACES)) {
    const place = found?.places.values()[0]?.source ?? placeOf(view, row);
    if (place) places.push(place);
  }
  // Spread over clients that are not listed: the files as a whole.
  if (places.length === 0) {
    for (const { evidence, path } of view?.sources ?? []) places.push({ evidence, path, locator: '' });
  }
  return places.slice(0, MAX_PLACES);
}

/** Where the first request of a client stands. */
function placeOf(view: TrafficView | null, row: number): Pointer | null {
  if (view === null || row === -1) return null;
  const source = view.sources[view.clients.source[row] as number];
  if (!source) return null;
  return { evidence: source.evidence, path: source.path, locator: `byte ${view.clients.firstByte[row]}` };
}

/** A client that was let in after it had been refused. */
function successFindings(view: TrafficView, rows: ReadonlyMap<ClientCase, number>): readonly FindingDraft[] {
  const { clients } = view;
  const caseOfRow = new Map([...rows].map(([found, row]) => [row, found]));
  const found: number[] = [];
  for (let row = 0; row < clients.size; row += 1) {
    if (
      (clients.loginSuccesses[row] as number) > 0 &&
      (clients.loginFailures[row] as number) >= FAILURES_BEFORE_SUCCESS
    ) {
      found.push(row);
    }
  }
  const rank = { high: 0, medium: 1 };
  const judged = found
    .map((row) => ({
      row,
      found: caseOfRow.get(row) ?? null,
      grade: gradeOf(view, row, caseOfRow.get(row) ?? null),
    }))
    .sort(
      (a, b) =>
        rank[a.grade] - rank[b.grade] ||
        (clients.loginFailures[b.row] as number) - (clients.loginFailures[a.row] as number) ||
        compareText(view.clientText(a.row), view.clientText(b.row)),
    );
  const leftOut = Math.max(0, judged.length - MAX_SUCCESSES);
  return judged
    .slice(0, MAX_SUCCESSES)
    .map((each) => successFinding(view, each.row, each.found, each.grade, leftOut));
}

/**
 * An office where somebody mistypes now and then, and everybody logs in from, comes to five refused logins in a year too: it
 * has many accepted ones for them, and more pages of the administration. One that broke a rule did not mistype.
 */
function gradeOf(view: TrafficView, row: number, found: ClientCase | null): 'high' | 'medium' {
  const { clients } = view;
  if (found !== null) return 'high';
  const failures = clients.loginFailures[row] as number;
  const successes = clients.loginSuccesses[row] as number;
  const isPerson = isEditor(view, row) || failures < successes * FAILURES_PER_SUCCESS;
  return isPerson ? 'medium' : 'high';
}

function successFinding(
  view: TrafficView,
  row: number,
  found: ClientCase | null,
  grade: 'high' | 'medium',
  leftOut: number,
): FindingDraft {
  const { clients } = view;
  const client = view.clientText(row);
  const failures = clients.loginFailures[row] as number;
  const successes = clients.loginSuccesses[row] as number;
  const adminPages = clients.adminPages[row] as number;
  const at = fromUnixSeconds(clients.loginSuccessSecond[row]);
  const place = placeOf(view, row);
  const source = view.sources[clients.source[row] as number];
  const minute = Math.floor((clients.loginSuccessSecond[row] as number) / 60);
  // The requests of that minute, where a person finds the login that was accepted.
  const ranges = at === null ? [] : view.ranges(minute, minute).slice(0, 3);
  const evidence: Pointer[] = ranges.flatMap((range) => {
    const file = view.sources[range.source];
    return file ? [{ evidence: file.evidence, path: file.path, locator: `byte ${range.firstByte}` }] : [];
  });
  if (place) evidence.push(place);
  if (evidence.length === 0 && source)
    evidence.push({ evidence: source.evidence, path: source.path, locator: '' });
  return {
    severity: grade,
    confidence: grade === 'high' ? 'medium' : 'low',
    shows: 'site-attack',
    technique: 'T1110',
    variant: 'success',
    values: {
      client,
      failures,
      successes,
      adminPages,
      at: { time: at ?? '' },
      hasTime: at === null ? 'no' : 'yes',
      burst: found === null ? 'no' : 'yes',
      isProxy: found?.isProxy ? 'yes' : 'no',
      grade,
      leftOut,
    },
    at,
    reasons: [],
    details: {
      client,
      failures,
      successes,
      firstSuccessAt: at,
      adminPages,
      burst: found !== null,
    },
    evidence,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
