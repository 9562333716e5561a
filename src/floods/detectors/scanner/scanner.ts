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
import { isProxyAddress, knownClient } from '../../known/known-clients.js';
import { type ClientCase, RuleCases, rowsOf } from '../../scenarios/rule-cases.js';
import type { TrafficView } from '../../traffic/shape.js';
import { WebTraffic } from '../../traffic/web-traffic.js';

/** Behaviours of rules that are about looking for holes. */
const SCAN_BEHAVIOURS: ReadonlySet<string> = new Set(['http:scan', 'http:exploit']);

/** What each of our own rules is a sign of; those of others are named. */
const SIGN_OF_RULE: Readonly<Record<string, string>> = {
  'http-probing': 'probing',
  'sensitive-files': 'sensitive',
  wpconfig: 'sensitive',
  backdoors: 'backdoors',
  'sqli-probing': 'exploit',
  'xss-probing': 'exploit',
  'path-traversal': 'exploit',
  'admin-interface': 'panels',
  'wordpress-scan': 'wordpress',
  'wordpress-user-enum': 'wordpress',
  'bad-user-agent': 'agent',
  'open-proxy': 'proxy',
};
/** Asked for only by who looks for holes: an answer of 200 is worth a look. */
const TELLING_SIGNS: ReadonlySet<string> = new Set(['sensitive', 'backdoors']);

/**
 * Slower than any rule: so many requests of one client over the whole log for addresses that are not there, half of all it
 * asked, and few parts of pages. A crawler that follows old links has fewer of them, and is known by its address.
 */
const SLOW = { notFound: 100, share: 0.5, paths: 40 };
/** One client that asks for so much, or such a part of everything, is felt by the server. */
const HEAVY = { hits: 1_000, share: 0.2, always: 20_000 };
/** Fewer addresses that are not there than this, and nothing else, say little. */
const FAINT_EVENTS = 50;
const MAX_LISTED = 50;
const MAX_PLACES = 20;
const MAX_FOREIGN_RULES = 5;

/**
 * Clients that look for holes in a site: many addresses that are not there, files that should not be given away, values that
 * are commands. Each public site has them every day, mostly programs that try all addresses of the internet. They come from
 * one or few clients and are no denial of service. Does not show that a hole was found; where files were answered with 200,
 * says so.
 *
 * `details`: `clients` (`client`, `events`, `rules`, `firstAt`, `lastAt`, `hits` in all or null), most events first, `clientsTotal`,
 * `aboutLeftOut`, `answered` (requests for files that should not be given away answered with 200).
 */
export const detector: Detector<RuleOverflow> = {
  id: 'floods/scanner',
  version: 1,
  watches: ['rule-overflow'],
  tallies: ['web-traffic'],
  references: [
    'https://attack.mitre.org/techniques/T1595/',
    'https://owasp.org/www-project-automated-threats-to-web-applications/assets/oats/EN/OAT-014_Vulnerability_Scanning',
  ],
  start: () => new Scanner(),
};

class Scanner implements Detection<RuleOverflow> {
  readonly #cases = new RuleCases();
  #view: TrafficView | null = null;

  see(record: RuleOverflow): void {
    const { behaviour } = record;
    if (behaviour !== null && SCAN_BEHAVIOURS.has(behaviour)) this.#cases.add(record);
  }

  weigh(tally: Tally): void {
    if (tally instanceof WebTraffic) this.#view = tally.view();
  }

  end(): readonly FindingDraft[] {
    const cases = this.#cases.inOrder().filter((each) => !each.isKnownService);
    const rows = this.#view === null ? new Map<ClientCase, number>() : rowsOf(this.#view, cases);
    const slow = this.#view === null ? [] : slowScanners(this.#view, new Set(rows.values()));
    if (cases.length + slow.length === 0) return [];
    return [findingOf(cases, rows, slow, this.#view, this.#cases.aboutLeftOut)];
  }
}

/** Rows of clients that no rule caught because they take their time. */
function slowScanners(view: TrafficView, known: ReadonlySet<number>): readonly number[] {
  const { clients } = view;
  const rows: number[] = [];
  for (let row = 0; row < clients.size; row += 1) {
    const [hits, notFound] = [clients.hits[row] as number, clients.notFound[row] as number];
    if (notFound < SLOW.notFound || notFound < hits * SLOW.share || known.has(row)) continue;
    if ((clients.assets[row] as number) * 2 > hits || view.clientDistinct(row, 'paths') < SLOW.paths)
      continue;
    const { ipVersion, ip0, ip1 } = view.clientAddress(row);
    const service = ipVersion === 0 ? null : knownClient(ipVersion, ip0, ip1);
    if (service === null || service.kind === 'cdn' || service.kind === 'guard') rows.push(row);
  }
  return rows;
}

interface Sign {
  readonly code: string;
  readonly rule: string;
  events: number;
  readonly clients: Set<string>;
}

function findingOf(
  cases: readonly ClientCase[],
  rows: ReadonlyMap<ClientCase, number>,
  slow: readonly number[],
  view: TrafficView | null,
  aboutLeftOut: number,
): FindingDraft {
  const signs = signsOf(cases);
  const answered = answeredOf(cases);
  const allHits = view === null ? 0 : sum(view.sources.map(({ hits }) => hits));
  const heaviest = heaviestOf(cases, rows, view);
  const clients = cases.length + slow.length + aboutLeftOut;
  const hits = heaviest?.hits ?? 0;
  const share = allHits > 0 ? hits / allHits : 0;
  const isHeavy = hits >= HEAVY.always || (hits >= HEAVY.hits && share >= HEAVY.share);
  const span = spanOf(cases, slow, view);
  // A site with broken links makes its readers do the same.
  const isFaint =
    slow.length === 0 &&
    signs.every(({ code }) => code === 'probing') &&
    cases.every(({ events }) => events < FAINT_EVENTS);
  const [first] = cases;
  const client = first?.client ?? (view === null ? '' : view.clientText(slow[0] as number));
  const isProxy = cases.length > 0 ? (first?.isProxy ?? false) : slowIsProxy(view, slow);
  const reasons: FindingReason[] = signs.map(({ code, rule, events, clients: who }) => ({
    code,
    values: { rule, events, clients: who.size },
  }));
  if (slow.length > 0) reasons.push({ code: 'slow', values: { clients: slow.length } });
  if (answered.events > 0) {
    reasons.unshift({
      code: 'answered',
      values: { events: answered.events, paths: { list: [...answered.paths] } },
    });
  }
  if (isHeavy && heaviest) {
    reasons.push({
      code: 'heavy',
      values: { client: heaviest.client, hits, percent: Math.round(share * 100) },
    });
  }
  return {
    severity: answered.events > 0 || isHeavy ? 'medium' : isFaint ? 'info' : 'low',
    confidence: isFaint ? 'low' : cases.length === 0 || isProxy ? 'medium' : 'high',
    shows: 'site-attack',
    technique: 'T1595',
    ...(clients === 1 ? { variant: 'one' } : {}),
    values: {
      client,
      clients,
      events: sum(cases.map(({ events }) => events)) + slowEvents(view, slow),
      first: { time: span.first ?? '' },
      last: { time: span.last ?? '' },
      hasSpan: span.first === null || span.last === null ? 'no' : 'yes',
      isProxy: isProxy ? 'yes' : 'no',
      isAbout: aboutLeftOut > 0 ? 'yes' : 'no',
    },
    at: span.first,
    reasons,
    details: detailsOf(cases, rows, slow, view, { clients, aboutLeftOut, answered: answered.events }),
    evidence: placesOf(cases, slow, view),
  };
}

/** What was tried, most telling first. */
function signsOf(cases: readonly ClientCase[]): readonly Sign[] {
  const signs = new Map<string, Sign>();
  for (const each of cases) {
    for (const { rule, events } of each.rules.values()) {
      const signOf = SIGN_OF_RULE[rule] ?? 'rule';
      const key = signOf === 'rule' ? `rule ${rule}` : signOf;
      let sign = signs.get(key);
      if (!sign) {
        sign = { code: signOf, rule, events: 0, clients: new Set() };
        signs.set(key, sign);
      }
      sign.events += events;
      sign.clients.add(each.client);
    }
  }
  const order = [
    'exploit',
    'sensitive',
    'backdoors',
    'panels',
    'wordpress',
    'agent',
    'proxy',
    'probing',
    'rule',
  ];
  const sorted = [...signs.values()].sort(
    (a, b) =>
      order.indexOf(a.code) - order.indexOf(b.code) || b.events - a.events || compareText(a.rule, b.rule),
  );
  const own = sorted.filter(({ code }) => code !== 'rule');
  return [...own, ...sorted.filter(({ code }) => code === 'rule').slice(0, MAX_FOREIGN_RULES)];
}

/** Requests for what should not be given away that were answered as if it was. */
function answeredOf(cases: readonly ClientCase[]): {
  readonly events: number;
  readonly paths: readonly string[];
} {
  let events = 0;
  const paths = new Set<string>();
  for (const each of cases) {
    let own = 0;
    for (const { rule, statuses } of each.rules.values()) {
      if (TELLING_SIGNS.has(SIGN_OF_RULE[rule] ?? '')) own += statuses.get(200) ?? 0;
    }
    if (own === 0) continue;
    events += own;
    for (const path of each.paths.values()) if (paths.size < 3) paths.add(path.slice(0, 80));
  }
  return { events, paths: [...paths].sort(compareText) };
}

function heaviestOf(
  cases: readonly ClientCase[],
  rows: ReadonlyMap<ClientCase, number>,
  view: TrafficView | null,
): { readonly client: string; readonly hits: number } | null {
  let heaviest: { readonly client: string; readonly hits: number } | null = null;
  for (const each of cases) {
    const row = rows.get(each);
    const hits = row === undefined || view === null ? each.events : (view.clients.hits[row] as number);
    if (heaviest === null || hits > heaviest.hits) heaviest = { client: each.client, hits };
  }
  return heaviest;
}

function spanOf(
  cases: readonly ClientCase[],
  slow: readonly number[],
  view: TrafficView | null,
): { readonly first: string | null; readonly last: string | null } {
  const firsts = cases.map(({ firstAt }) => firstAt);
  const lasts = cases.map(({ lastAt }) => lastAt);
  for (const row of view === null ? [] : slow) {
    firsts.push(fromUnixSeconds(view?.clients.firstSecond[row]));
    lasts.push(fromUnixSeconds(view?.clients.lastSecond[row]));
  }
  const known = (times: readonly (string | null)[]): string[] =>
    times.filter((time) => time !== null).sort(compareText);
  return { first: known(firsts)[0] ?? null, last: known(lasts).at(-1) ?? null };
}

function slowEvents(view: TrafficView | null, slow: readonly number[]): number {
  return view === null ? 0 : sum(slow.map((row) => view.clients.notFound[row] as number));
}

function slowIsProxy(view: TrafficView | null, slow: readonly number[]): boolean {
  if (view === null) return false;
  return slow.some((row) => {
    const { ipVersion, ip0, ip1 } = view.clientAddress(row);
    return ipVersion !== 0 && isProxyAddress(ipVersion, ip0, ip1, 0, 0);
  });
}

function detailsOf(
  cases: readonly ClientCase[],
  rows: ReadonlyMap<ClientCase, number>,
  slow: readonly number[],
  view: TrafficView | null,
  totals: { readonly clients: number; readonly aboutLeftOut: number; readonly answered: number },
): Readonly<Record<string, unknown>> {
  const listed = cases.slice(0, MAX_LISTED).map((each) => {
    const row = rows.get(each);
    return {
      client: each.client,
      events: each.events,
      rules: Object.fromEntries(each.rulesInOrder().map(({ rule, events }) => [rule, events])),
      paths: each.paths.values(),
      firstAt: each.firstAt,
      lastAt: each.lastAt,
      hits: row === undefined || view === null ? null : view.clients.hits[row],
    };
  });
  const unhurried = (view === null ? [] : slow.slice(0, MAX_LISTED - listed.length)).map((row) => ({
    client: view?.clientText(row),
    events: view?.clients.notFound[row],
    rules: {},
    paths: [],
    firstAt: fromUnixSeconds(view?.clients.firstSecond[row]),
    lastAt: fromUnixSeconds(view?.clients.lastSecond[row]),
    hits: view?.clients.hits[row],
  }));
  return {
    clients: [...listed, ...unhurried],
    clientsTotal: totals.clients,
    aboutLeftOut: totals.aboutLeftOut,
    answered: totals.answered,
  };
}

function placesOf(
  cases: readonly ClientCase[],
  slow: readonly number[],
  view: TrafficView | null,
): readonly Pointer[] {
  const places = cases.slice(0, MAX_PLACES).flatMap((each) =>
    each.places
      .values()
      .slice(0, 1)
      .map(({ source }) => source),
  );
  for (const row of slow.slice(0, MAX_PLACES - places.length)) {
    const source = view?.sources[view.clients.source[row] as number];
    if (!source) continue;
    places.push({
      evidence: source.evidence,
      path: source.path,
      locator: `byte ${view?.clients.firstByte[row]}`,
    });
  }
  return places;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
