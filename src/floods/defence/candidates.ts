/** Rules worth trying against an attack, from the mildest to the widest. */
import { COHORT, type TrafficView } from '../traffic/shape.js';
import type { Attack, AttackSign, Surroundings } from './attack.js';
import {
  type ClientAddress,
  joined,
  type Network,
  NetworkSet,
  networkOfClient,
  PRIVATE_NETWORKS,
  widened,
} from './networks.js';
import {
  type Action,
  type Condition,
  compileCondition,
  isHost,
  isMethod,
  isPlain,
  plainPiece,
  type RequestTest,
  type Rule,
} from './rule.js';
import { MAX_RULES, type Sparing } from './trial.js';

/** Signs of one type that become conditions. */
const MAX_SIGNS = 3;
/** A piece of a user agent shorter than this says little. */
const MIN_PIECE = 12;
/** Agents are kept up to 300 bytes, in manners up to 240: what is as long may go on. */
const AGENT_BYTES = 300;
const MANNER_AGENT_BYTES = 240;
const SHAPE_BYTES = 300;
const MAX_PARAMETERS = 12;
/** As many sources of an attack in one network of a hosting company, and the network is blocked. */
const MIN_IN_NETWORK = 4;
/** Limits tried on an endpoint and on everything: requests a minute for each client, and at once. */
const ENDPOINT_LIMITS = [
  { perMinute: 30, burst: 10 },
  { perMinute: 6, burst: 5 },
] as const;
const SITE_LIMITS = [
  { perMinute: 240, burst: 120 },
  { perMinute: 60, burst: 60 },
] as const;

/** The clients of an attack, sorted by what may be done to them. */
export interface Sources {
  /** May be blocked. */
  readonly blockable: readonly Network[];
  /** Of these, the ones that asked for nothing outside the attack. */
  readonly onlyThen: readonly Network[];
  /** Limits only: behind each of them are many people. */
  readonly shared: readonly Network[];
  /** Networks of hosting companies with several sources, and the other sources alone. */
  readonly hosting: readonly Network[];
  /** Took part and are spared all the same. */
  readonly spared: number;
}

/** Who is spared in this log, and who is many people: what was given, private ranges, known clients, editors, Tor exits, carriers. */
export function sparingOf(
  view: TrafficView,
  surroundings: Surroundings,
  given: { readonly allow: readonly Network[]; readonly torExits: readonly Network[] },
): Sparing {
  const spared: Network[] = [...given.allow, ...PRIVATE_NETWORKS];
  const shared: Network[] = [...given.torExits];
  for (let row = 0; row < view.clients.size; row += 1) {
    const address = view.clientAddress(row);
    const network = networkOfClient(address);
    if (!network) continue;
    if ((view.clients.adminPages[row] ?? 0) > 0 || surroundings.isKnown(address)) spared.push(network);
    else if (surroundings.isCarrier(view.clientPlace(row).asn)) shared.push(network);
  }
  return { spared: joined(spared), shared: joined(shared) };
}

export function sourcesOf(
  view: TrafficView,
  attack: Attack,
  sparing: Sparing,
  surroundings: Surroundings,
): Sources {
  const spared = new NetworkSet(sparing.spared);
  const shared = new NetworkSet(sparing.shared);
  const blockable: Network[] = [];
  const onlyThen: Network[] = [];
  const sharedOnes: Network[] = [];
  const hosted = new Map<string, { readonly around: Network; readonly inside: Network[] }>();
  const alone: Network[] = [];
  let sparedCount = 0;
  const { firstSecond, lastSecond } = view.clients;
  for (const row of attack.clients) {
    const network = networkOfClient(view.clientAddress(row));
    if (!network) continue;
    if (spared.overlaps(network)) {
      sparedCount += 1;
      continue;
    }
    if (shared.overlaps(network)) {
      sharedOnes.push(network);
      continue;
    }
    blockable.push(network);
    const isOnlyThen =
      (firstSecond[row] ?? 0) >= attack.fromMinute * 60 &&
      (lastSecond[row] ?? 0) < (attack.toMinute + 1) * 60;
    if (isOnlyThen) onlyThen.push(network);
    if (!surroundings.isHosting(view.clientPlace(row).asn)) {
      alone.push(network);
      continue;
    }
    const around = widened(network, network.ipVersion === 4 ? 24 : 48);
    const key = `${around.ipVersion} ${around.ip0} ${around.ip1}`;
    const inside = hosted.get(key)?.inside;
    if (inside) inside.push(network);
    else hosted.set(key, { around, inside: [network] });
  }
  const hosting: Network[] = [...alone];
  let isWider = false;
  for (const { around, inside } of hosted.values()) {
    if (inside.length >= MIN_IN_NETWORK && !spared.overlaps(around) && !shared.overlaps(around)) {
      hosting.push(around);
      isWider = true;
    } else hosting.push(...inside);
  }
  return {
    blockable: joined(blockable),
    onlyThen: joined(onlyThen),
    shared: joined(sharedOnes),
    hosting: isWider ? joined(hosting) : [],
    spared: sparedCount,
  };
}

/**
 * Rules to try, at most as many as one trial takes, the mildest first.
 *
 * @param onlySite - rules on requests hold for the attacked site alone: for logs and servers of several sites
 */
export function candidatesOf(attack: Attack, sources: Sources, onlySite = false): readonly Rule[] {
  const signatures: Rule[] = [];
  const endpoints: Rule[] = [];
  const sourceRules: Rule[] = [];
  const ofType = (type: number): readonly AttackSign[] => attack.signs.filter((sign) => sign.type === type);

  const agents = agentConditions(attack, ofType(COHORT.agent));
  const places = placeConditions(ofType(COHORT.query), ofType(COHORT.path));
  const protocols = ofType(COHORT.protocol)
    .slice(0, 2)
    .flatMap((sign) => protocolConditions(sign.value));
  const isWithoutReferer = ofType(COHORT.referer).some(({ value }) => value === 'none');
  const noReferer: Condition[] = isWithoutReferer ? [{ on: 'no-referer' }] : [];
  const manners = ofType(COHORT.manner)
    .slice(0, MAX_SIGNS)
    .flatMap((sign) => mannerConditions(sign.value));

  for (const agent of agents) signatures.push(signature(agent));
  for (const manner of manners) signatures.push(signature(manner));
  for (const place of places.slice(0, 2)) {
    for (const agent of agents.slice(0, 3)) signatures.push(signature([...place, ...agent]));
    for (const manner of manners.slice(0, 2)) signatures.push(signature(merged(place, manner)));
  }
  for (const place of places) {
    const isPost = place.some((condition) => condition.on === 'method' && condition.method === 'POST');
    // A form that is sent does not survive the way round of a check, and programs of editors send forms too.
    const limits = ENDPOINT_LIMITS.map((limit) => endpoint(place, { do: 'limit', ...limit }));
    if (isPost) {
      endpoints.push(...limits);
      continue;
    }
    for (const protocol of protocols) {
      if (isOldProtocol(protocol)) signatures.push(signature(merged(place, [...protocol, ...noReferer])));
    }
    if (isWithoutReferer) endpoints.push(endpoint([...place, ...noReferer], { do: 'challenge' }));
    endpoints.push(...limits, endpoint(place, { do: 'challenge' }));
  }
  for (const limit of SITE_LIMITS) endpoints.push(endpoint([], { do: 'limit', ...limit }));

  const from = (id: string, rung: 3 | 4, networks: readonly Network[], action: Action): void => {
    if (networks.length > 0) sourceRules.push({ id, rung, when: [{ on: 'client', networks }], action });
  };
  from('sources-only-then', 3, sources.onlyThen, { do: 'block' });
  from('sources', 3, sources.blockable, { do: 'block' });
  from('sources-shared', 3, sources.shared, { do: 'limit', perMinute: 6, burst: 5 });
  from('sources-hosting', 4, sources.hosting, { do: 'block' });

  const unique = new Map<string, Rule>();
  const room = MAX_RULES - sourceRules.length;
  const half = Math.ceil(room / 2);
  const kept = [...distinct(signatures).slice(0, half), ...distinct(endpoints)].slice(0, room);
  const counts = new Map<string, number>();
  const site: readonly Condition[] =
    onlySite && isHost(attack.siteName) ? [{ on: 'site', host: attack.siteName }] : [];
  const held = kept.map((rule) => ({ ...rule, when: [...rule.when, ...site] }));
  for (const rule of [...held, ...sourceRules]) {
    const number = (counts.get(rule.id) ?? 0) + 1;
    counts.set(rule.id, number);
    const id = rule.rung >= 3 ? rule.id : `${rule.id}-${number}`;
    unique.set(id, { ...rule, id });
  }
  return withinConditions([...unique.values()]);
}

/** A trial knows no more different conditions than rules: rules that would need more are left out, last first. */
function withinConditions(rules: readonly Rule[]): readonly Rule[] {
  const known = new Set<string>();
  return rules.filter((rule) => {
    const own = rule.when.flatMap((condition) =>
      condition.on === 'client' ? [] : [JSON.stringify(condition)],
    );
    const added = own.filter((key) => !known.has(key));
    if (known.size + added.length > MAX_RULES) return false;
    for (const key of added) known.add(key);
    return true;
  });
}

function distinct(rules: readonly Rule[]): readonly Rule[] {
  const seen = new Set<string>();
  return rules.filter((rule) => {
    const key = JSON.stringify([rule.when, rule.action]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Blocks what no reader's browser sends; what one could send is only checked. */
function signature(when: readonly Condition[]): Rule {
  return { id: 'signature', rung: 1, when, action: { do: isNoBrowser(when) ? 'block' : 'challenge' } };
}

function endpoint(when: readonly Condition[], action: Action): Rule {
  return { id: 'endpoint', rung: 2, when, action };
}

function isNoBrowser(when: readonly Condition[]): boolean {
  return when.some((condition) => {
    if (condition.on === 'protocol') return condition.protocol <= 10;
    if (condition.on !== 'agent') return false;
    if (condition.how === 'none') return true;
    // Every browser of today begins so; a piece of such an agent is as common as the browser.
    return !/Mozilla|Opera|Chrome|Safari|AppleWebKit|Gecko|Firefox|Windows NT|Linux;|Macintosh|iPhone|Mobile/.test(
      condition.text,
    );
  });
}

function isOldProtocol(conditions: readonly Condition[]): boolean {
  return conditions.some((condition) => condition.on === 'protocol' && condition.protocol <= 10);
}

/** Conditions of two sets together, each thing asked once. */
function merged(first: readonly Condition[], second: readonly Condition[]): readonly Condition[] {
  const asked = new Set(first.map(({ on }) => on));
  return [...first, ...second.filter(({ on }) => !asked.has(on))];
}

function agentConditions(attack: Attack, signs: readonly AttackSign[]): readonly (readonly Condition[])[] {
  const conditions: Condition[][] = [];
  // WordPress that was asked to check a pingback says so in its agent; older ones name only their version and their site.
  if (attack.kind === 'pingback') {
    conditions.push(
      [{ on: 'agent', how: 'contains', text: 'verifying pingback from' }],
      [{ on: 'agent', how: 'starts', text: 'WordPress/' }],
    );
  }
  const start = commonStart(signs.slice(0, 8).map(({ value }) => value));
  if (start !== null) conditions.push([{ on: 'agent', how: 'starts', text: start }]);
  for (const { value } of signs.slice(0, MAX_SIGNS)) {
    const condition = agentCondition(value, AGENT_BYTES);
    if (condition) conditions.push([condition]);
  }
  return conditions;
}

function agentCondition(value: string, cutAt: number): Condition | null {
  if (value === '') return { on: 'agent', how: 'none' };
  const isWhole = Buffer.byteLength(value) < cutAt;
  if (isPlain(value) && value.trim() === value) {
    return { on: 'agent', how: isWhole ? 'is' : 'starts', text: value };
  }
  const piece = plainPiece(value);
  return piece.length >= MIN_PIECE ? { on: 'agent', how: 'contains', text: piece } : null;
}

/** What several agents begin with, up to where a version begins: `sqlbot/`, not `sqlbot/1`. */
function commonStart(values: readonly string[]): string | null {
  const [first, ...others] = values;
  if (first === undefined || others.length === 0) return null;
  let length = first.length;
  for (const value of others) {
    let same = 0;
    while (same < length && value[same] === first[same]) same += 1;
    length = same;
  }
  const start = first.slice(0, length).replace(/\d+$/, '').trim();
  return start.length >= MIN_PIECE && isPlain(start) ? start : null;
}

/** What is asked for: path and query where the query is the sign, else method and path. */
function placeConditions(
  queries: readonly AttackSign[],
  paths: readonly AttackSign[],
): readonly (readonly Condition[])[] {
  const conditions: Condition[][] = [];
  for (const { value } of queries.slice(0, MAX_SIGNS)) {
    const mark = value.indexOf('?');
    if (mark === -1 || value.length >= SHAPE_BYTES || !isPlain(value)) continue;
    const path: Condition = { on: 'path', template: value.slice(0, mark) };
    const template = value.slice(mark + 1);
    const parameters = template.split('&');
    const name = /^([^=#*]+)=/.exec(parameters[0] ?? '')?.[1];
    if (name !== undefined) conditions.push([path, { on: 'query', how: 'has', name }]);
    if (parameters.length < MAX_PARAMETERS && template !== '')
      conditions.push([path, { on: 'query', how: 'is', template }]);
  }
  for (const { value } of paths.slice(0, MAX_SIGNS)) {
    const space = value.indexOf(' ');
    const method = value.slice(0, space);
    const template = value.slice(space + 1);
    if (!isMethod(method) || !template.startsWith('/') || !isPlain(template)) continue;
    if (value.length >= SHAPE_BYTES) continue;
    conditions.push([
      { on: 'method', method },
      { on: 'path', template },
    ]);
  }
  return conditions;
}

const PROTOCOLS: Readonly<Record<string, 9 | 10 | 11 | 20 | 30>> = {
  'HTTP/0.9': 9,
  'HTTP/1.0': 10,
  'HTTP/1.1': 11,
  'HTTP/2.0': 20,
  'HTTP/3.0': 30,
};

/** `GET HTTP/1.0`. */
function protocolConditions(value: string): readonly (readonly Condition[])[] {
  const [method = '', name = ''] = value.split(' ');
  const protocol = PROTOCOLS[name];
  if (!isMethod(method) || protocol === undefined) return [];
  return [
    [
      { on: 'method', method },
      { on: 'protocol', protocol },
    ],
  ];
}

/** `GET HTTP/1.0 none agent`. */
function mannerConditions(value: string): readonly (readonly Condition[])[] {
  const [method = '', name = '', referer = ''] = value.split(' ', 3);
  const protocol = PROTOCOLS[name];
  const agent = agentCondition(
    value.slice(method.length + name.length + referer.length + 3),
    MANNER_AGENT_BYTES,
  );
  if (!isMethod(method) || protocol === undefined || !agent) return [];
  const conditions: Condition[] = [{ on: 'method', method }, { on: 'protocol', protocol }, agent];
  if (referer === 'none') conditions.push({ on: 'no-referer' });
  return [conditions];
}

/**
 * Whether a request is one of the attack, where only that can tell: behind an address with readers too. What is asked for
 * decides; a path that readers ask for as well must be asked for in the attack's way.
 */
export function attackRequest(attack: Attack): RequestTest | null {
  const ofType = (type: number): readonly AttackSign[] => attack.signs.filter((sign) => sign.type === type);
  const queries = placeConditions(ofType(COHORT.query), []);
  const paths = placeConditions([], ofType(COHORT.path));
  const ways = [
    ...ofType(COHORT.manner).flatMap(({ value }) => mannerConditions(value)),
    ...(ofType(COHORT.manner).length > 0 ? [] : agentConditions(attack, ofType(COHORT.agent))),
  ];
  const whole =
    queries.length > 0
      ? queries
      : paths.length > 0 && ways.length > 0
        ? paths.flatMap((path) => ways.map((way) => merged(path, way)))
        : [...paths, ...ways];
  const tests = whole.map((conditions) =>
    conditions.flatMap((condition) => (condition.on === 'client' ? [] : [compileCondition(condition)])),
  );
  if (tests.length === 0) return null;
  return (hit) => tests.some((all) => all.every((test) => test(hit)));
}

/** The clients of an attack by their addresses. */
export function addressesOf(view: TrafficView, rows: readonly number[]): readonly ClientAddress[] {
  return rows.map((row) => view.clientAddress(row));
}
