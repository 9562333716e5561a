/** Applies rules to the requests of a log, one by one, in the order of its lines. */
import type { Hit } from '../hits/hit.js';
import type { HitConsumer } from '../hits/log-format.js';
import { AGENT_SEEN, AgentSlots, agentHash, agentHashSecond, agentKey } from './agent-slots.js';
import { Bucket, idleSecondsOf, pour, refresh } from './bucket.js';
import type { FieldPath } from './hit-fields.js';
import { type Assumption, HitFields, METHOD_TEXTS, readable, VERSIONS } from './hit-fields.js';
import { lineFits } from './line-rule.js';
import type { Overflow, OverflowVisit, Scenario } from './scenario.js';

/** Keys of one rule that are remembered: twice as many at most. */
const MAX_KEYS = 20_000;
const MAX_SAMPLE_PATHS = 10;
const MAX_PATH_LENGTH = 300;
const MAX_KEY_LENGTH = 300;
/** Statuses counted of one bucket. */
const MAX_STATUSES = 32;
/** A visit ends after this silence, as in the counted traffic (BotHound). What is broken again before is the same case. */
export const VISIT_SECONDS = 1_800;

/** Statuses that rules name, with a class of their own; all others are class 0. */
const STATUSES = [200, 206, 301, 302, 304, 400, 401, 403, 404, 405, 429, 499, 500, 502, 503];
const CLASS_OF_STATUS = new Uint8Array(1_000);
STATUSES.forEach((status, index) => {
  CLASS_OF_STATUS[status] = index + 1;
});
/** Versions, in the order of their classes; class 0 is none of them. */
const PROTOCOLS = [9, 10, 11, 20, 30];
const CLASS_OF_PROTOCOL = new Uint8Array(64);
PROTOCOLS.forEach((protocol, index) => {
  CLASS_OF_PROTOCOL[protocol] = index + 1;
});
/** Bits of a class: status 4, method 2 (GET, HEAD and POST are 1 to 3, as in METHOD), version 3, and six more. */
const CLASSES = 1 << 15;
const BIT = { static: 1, args: 2, plain: 4, lower: 8, event: 16, dot: 32 } as const;

const AGENT_FIELDS: ReadonlySet<FieldPath> = new Set<FieldPath>([
  'evt.Meta.http_user_agent',
  'evt.Parsed.http_user_agent',
]);
/** Fields that are the same for all hits of a class. */
const CLASS_FIELDS: ReadonlySet<FieldPath> = new Set<FieldPath>([
  'evt.Meta.log_type',
  'evt.Meta.service',
  'evt.Parsed.static_ressource',
]);

const AGENT_SLOTS = 2_048;

const NOBODY = (): void => undefined;

/** Keys of one rule. When there are too many, those not seen for longest are forgotten (two generations of a map). */
class Buckets {
  #young = new Map<string, Bucket>();
  #old = new Map<string, Bucket>();
  /** Buckets forgotten while they still held something. */
  forgotten = 0;

  at(key: string, scenario: Scenario, now: number, dying: (bucket: Bucket, key: string) => void): Bucket {
    const known = this.#young.get(key);
    if (known) return known;
    let bucket = this.#old.get(key);
    if (bucket) this.#old.delete(key);
    else bucket = new Bucket();
    if (this.#young.size >= MAX_KEYS) {
      for (const [other, one] of this.#old) {
        if (!one.isSpent(scenario.counting, now)) this.forgotten += 1;
        dying(one, other);
      }
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, bucket);
    return bucket;
  }

  known(key: string): Bucket | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  *entries(): IterableIterator<[string, Bucket]> {
    yield* this.#old;
    yield* this.#young;
  }
}

/** One rule at work. */
class Running {
  readonly buckets = new Buckets();
  /** Depends on the user agent only: worked out once for each. Bit among those of this kind; 0 for others. */
  agentBit = 0;
  /** Set for a rule that counts different user agents of each client, of all requests: it is asked of every line. */
  readonly agents: AgentSlots | null;
  /** Called with a bucket that is forgotten to make room. */
  dying: (bucket: Bucket, key: string) => void = NOBODY;

  constructor(readonly scenario: Scenario) {
    const { distinct, keyKind, fits, counting, cancelOn } = scenario;
    const isOfAgent =
      distinct !== null && distinct.fields.size === 1 && isOnlyOf(distinct.fields, AGENT_FIELDS);
    const isOfEverybody = fits.is === 'expression' && isOnlyOf(fits.fields, CLASS_FIELDS);
    const isOfClient = keyKind === 'client' && counting.kind === 'leaky' && cancelOn === null;
    this.agents = isOfAgent && isOfEverybody && isOfClient ? new AgentSlots() : null;
  }
}

function isOnlyOf(fields: ReadonlySet<FieldPath>, allowed: ReadonlySet<FieldPath>): boolean {
  for (const field of fields) if (!allowed.has(field)) return false;
  return true;
}

/** What is asked of all hits with the same facts. */
interface HitClass {
  /** Rules that they may fit. */
  readonly candidates: readonly Running[];
  /** Bits of rules that they may fit, of which the user agent decides. */
  readonly agentMask: number;
  readonly needsAgent: boolean;
}

/**
 * Replays rules over hits in the time of the log. Which rules a request can fit at all is known from a few facts about it
 * (status, method, extension, marks in its target), and worked out once for each combination of them, so that an ordinary
 * page costs next to nothing.
 *
 * @example
 * const replay = new ScenarioReplay(DEFAULT_SCENARIOS, (overflow) => console.log(overflow.scenario.name, overflow.key));
 */
export class ScenarioReplay implements HitConsumer {
  readonly #running: readonly Running[];
  readonly #emit: (overflow: Overflow) => void;
  readonly #fields = new HitFields();
  readonly #classes: (HitClass | null)[] = new Array<null>(CLASSES).fill(null);
  /** Rules of which the user agent alone decides. */
  readonly #ofAgent: readonly Running[];
  readonly #agents = new Int32Array(AGENT_SLOTS * 4);
  #agentFirst = 0;
  #agentSecond = 0;

  /** @param emit - each time a rule is broken and not muted; its `visit` goes on to be filled while that lasts */
  constructor(scenarios: readonly Scenario[], emit: (overflow: Overflow) => void) {
    this.#running = scenarios.map((scenario) => new Running(scenario));
    for (const running of this.#running) {
      if (running.scenario.counting.kind !== 'counter') continue;
      running.dying = (bucket, key) => this.#endCounter(running, bucket, key);
    }
    this.#emit = emit;
    const ofAgent: Running[] = [];
    for (const running of this.#running) {
      const { fits } = running.scenario;
      if (running.agents !== null || fits.is !== 'expression' || ofAgent.length >= 30) continue;
      const fields = [...fits.fields];
      if (!fields.some((field) => AGENT_FIELDS.has(field))) continue;
      if (!fields.every((field) => AGENT_FIELDS.has(field) || CLASS_FIELDS.has(field))) continue;
      running.agentBit = 1 << ofAgent.length;
      ofAgent.push(running);
    }
    this.#ofAgent = ofAgent;
  }

  /** Keys that were forgotten because there were too many at once. */
  get forgotten(): number {
    return this.#running.reduce((sum, { buckets }) => sum + buckets.forgotten, 0);
  }

  hit(hit: Hit): void {
    if (hit.seconds < 0) return;
    this.#take(hit, false);
  }

  /** A line of an error log. */
  event(hit: Hit): void {
    if (hit.seconds < 0) return;
    this.#take(hit, true);
  }

  /** Rules that say how many there were in a time say so. */
  end(): void {
    for (const running of this.#running) {
      if (running.scenario.counting.kind !== 'counter') continue;
      for (const [key, bucket] of running.buckets.entries()) this.#endCounter(running, bucket, key);
    }
  }

  #take(hit: Hit, isEvent: boolean): void {
    const fields = this.#fields;
    fields.take(hit, isEvent);
    const { status, method, protocol } = hit;
    const index =
      ((((status < 1_000 ? (CLASS_OF_STATUS[status] as number) : 0) << 2) | (method < 4 ? method : 0)) << 9) |
      ((CLASS_OF_PROTOCOL[protocol & 63] as number) << 6) |
      (fields.isStatic ? BIT.static : 0) |
      (fields.argsStart !== -1 ? BIT.args : 0) |
      (fields.isPlain ? BIT.plain : 0) |
      (fields.isLower ? BIT.lower : 0) |
      (fields.hasDot ? BIT.dot : 0) |
      (isEvent ? BIT.event : 0);
    const { candidates, agentMask, needsAgent } = this.#classes[index] ?? this.#classOf(index);
    if (!needsAgent && candidates.length === 0) return;
    const agentBits = needsAgent ? this.#agentBitsOf(hit, agentMask) : 0;
    for (let at = 0; at < candidates.length; at += 1) {
      const running = candidates[at] as Running;
      if (running.agents !== null) {
        this.#seeAgent(running, running.agents, hit);
      } else if (this.#fits(running.scenario)) {
        this.#count(running, hit);
      }
    }
    if (agentBits !== 0) {
      for (const running of this.#ofAgent) {
        if ((agentBits & running.agentBit) !== 0) this.#count(running, hit);
      }
    }
  }

  /** Rules that a hit of a class may fit; those of which the user agent decides stand apart. */
  #classOf(index: number): HitClass {
    const status = STATUSES[((index >>> 11) & 15) - 1];
    const isEvent = (index & BIT.event) !== 0;
    const protocol = PROTOCOLS[((index >>> 6) & 7) - 1];
    const assumption: Assumption = {
      isEvent,
      status: status === undefined ? null : String(status),
      method: METHOD_TEXTS[(index >>> 9) & 3] ?? null,
      isStatic: (index & BIT.static) !== 0,
      hasArgs: (index & BIT.args) !== 0,
      isPlain: (index & BIT.plain) !== 0,
      isLower: (index & BIT.lower) !== 0,
      hasDot: (index & BIT.dot) !== 0,
      version: protocol === undefined ? null : (VERSIONS[protocol] ?? null),
    };
    const candidates: Running[] = [];
    let agentMask = 0;
    for (const running of this.#running) {
      const { fits } = running.scenario;
      if (fits.is === 'line' ? isEvent : fits.guess(assumption) === false) continue;
      if (running.agentBit === 0) candidates.push(running);
      else agentMask |= running.agentBit;
    }
    const needsAgent = agentMask !== 0 || candidates.some(({ agents }) => agents !== null);
    const made = { candidates, agentMask, needsAgent };
    this.#classes[index] = made;
    return made;
  }

  #fits({ fits }: Scenario): boolean {
    return fits.is === 'line' ? lineFits(fits, this.#fields) : fits.truth(this.#fields);
  }

  /** Hashes the user agent, and which rules it alone decides it fits. */
  #agentBitsOf(hit: Hit, mask: number): number {
    const { agentStart } = hit;
    const first = agentStart === -1 ? 0 : agentHash(hit.bytes, agentStart, hit.agentEnd);
    const second = agentStart === -1 ? 0 : agentHashSecond();
    this.#agentFirst = first;
    this.#agentSecond = second;
    if (mask === 0) return 0;
    // What else such a rule asks is the same for all hits with the same two facts.
    const facts = 1 + (this.#fields.isStatic ? 2 : 0) + (this.#fields.isEvent ? 4 : 0);
    const agents = this.#agents;
    const slot = ((first ^ facts) & (AGENT_SLOTS - 1)) * 4;
    if (agents[slot] === first && agents[slot + 1] === second && agents[slot + 3] === facts) {
      return agents[slot + 2] as number;
    }
    let bits = 0;
    for (const running of this.#ofAgent) if (this.#fits(running.scenario)) bits |= running.agentBit;
    agents[slot] = first;
    agents[slot + 1] = second;
    agents[slot + 2] = bits;
    agents[slot + 3] = facts;
    return bits;
  }

  #seeAgent(running: Running, agents: AgentSlots, hit: Hit): void {
    const [first, second] = [this.#agentFirst, this.#agentSecond];
    const idle = idleSecondsOf(running.scenario.counting);
    let seen = agents.look(hit, first, second, idle);
    if (seen === AGENT_SEEN.known) return;
    if (seen === AGENT_SEEN.another || seen === AGENT_SEEN.taken) {
      this.#pourKept(running, agents.take(hit));
      // The place is free now; a client of another place may have a bucket.
      seen = seen === AGENT_SEEN.another ? AGENT_SEEN.count : agents.look(hit, first, second, idle);
    }
    const isNamed = hit.ipVersion === 0;
    const bucket = seen === AGENT_SEEN.count ? running.buckets.known(this.#fields.address()) : undefined;
    if (!isNamed && (bucket === undefined || bucket.events === 0)) {
      agents.begin(hit, first, second);
      return;
    }
    const passed = bucket === undefined ? Number.NaN : hit.seconds - bucket.last;
    // Mostly it knows this one too.
    if (bucket?.distinct?.has(agentKey(first, second)) && passed >= 0 && passed < idle - 1) {
      agents.counted(hit, first, second, bucket.last);
      return;
    }
    const counted = this.#count(running, hit);
    if (counted.events > 0) agents.counted(hit, first, second, counted.last);
    else agents.emptied(hit);
  }

  /** What was kept of a client outside of a bucket is put into one. */
  #pourKept(
    { scenario, buckets }: Running,
    { address, agent, time }: { readonly address: string; readonly agent: string; readonly time: number },
  ): void {
    const bucket = buckets.at(address, scenario, time, NOBODY);
    refresh(bucket, scenario.counting, time);
    if (bucket.isNew(agent)) pour(bucket, scenario.counting, time, this.#fields);
  }

  #count(running: Running, hit: Hit): Bucket {
    const { scenario, buckets } = running;
    const { counting } = scenario;
    const fields = this.#fields;
    const time = hit.seconds + hit.milliseconds / 1_000;
    const key = this.#keyOf(scenario);
    const bucket = buckets.at(key, scenario, time, running.dying);
    if (counting.kind === 'counter' && bucket.events > 0) {
      const passed = time - bucket.first;
      if (passed > counting.seconds || passed < -VISIT_SECONDS) this.#endCounter(running, bucket, key);
    }
    refresh(bucket, counting, time);
    if (scenario.cancelOn?.truth(fields)) {
      bucket.empty();
      return bucket;
    }
    if (scenario.distinct !== null) {
      const value =
        running.agents === null
          ? scenario.distinct.text(fields)
          : agentKey(this.#agentFirst, this.#agentSecond);
      if (!bucket.isNew(value)) return bucket;
    }
    const isBroken = pour(bucket, counting, time, fields);
    this.#note(bucket, hit);
    const { visit } = bucket;
    if (visit !== null) {
      if (Math.abs(time - visit.last) <= VISIT_SECONDS) this.#goOn(visit, hit, time);
      else bucket.visit = null;
    }
    if (isBroken) this.#overflow(running, bucket, key, hit, time);
    return bucket;
  }

  #keyOf({ groupBy, keyKind }: Scenario): string {
    if (groupBy === null) return '';
    return keyKind === 'client'
      ? this.#fields.address()
      : groupBy.text(this.#fields).slice(0, MAX_KEY_LENGTH);
  }

  /** What people are shown of it. */
  #note(bucket: Bucket, hit: Hit): void {
    if (bucket.events === 1) bucket.byte = hit.lineStart;
    addPath(bucket.samplePaths, this.#fields);
    bucket.statuses ??= new Map();
    addStatus(bucket.statuses, hit.status);
  }

  /** More of what was said already. */
  #goOn(visit: OverflowVisit, hit: Hit, time: number): void {
    visit.events += 1;
    if (time > visit.last) visit.last = time;
    if (time < visit.first) visit.first = time;
    addPath(visit.samplePaths, this.#fields);
    addStatus(visit.statuses, hit.status);
  }

  #overflow(running: Running, bucket: Bucket, key: string, hit: Hit, at: number): void {
    const { scenario } = running;
    const { counting } = scenario;
    const isMuted = at < bucket.mutedUntil && at >= bucket.mutedFrom - VISIT_SECONDS;
    if (!isMuted) {
      bucket.visit ??= visitOf(bucket);
      bucket.visit.overflows += 1;
      if (scenario.blackholeSeconds > 0) {
        bucket.mutedFrom = at;
        bucket.mutedUntil = at + scenario.blackholeSeconds;
      }
      this.#emit({
        scenario,
        key: readable(key),
        client: readable(this.#fields.address()),
        site: readable(this.#fields.host()),
        at,
        byte: hit.lineStart,
        events: bucket.events,
        visit: bucket.visit,
      });
    }
    // The rate of the old Banjax and the windows of the new one go on; buckets of CrowdSec die.
    if (counting.kind === 'decay' || counting.kind === 'window') {
      bucket.events = 0;
      bucket.samplePaths = [];
      bucket.statuses = null;
    } else {
      bucket.empty();
    }
  }

  /** The time of a counter is over. */
  #endCounter(running: Running, bucket: Bucket, key: string): void {
    if (bucket.events === 0) return;
    const { scenario } = running;
    const visit = visitOf(bucket);
    visit.overflows = 1;
    this.#emit({
      scenario,
      key: readable(key),
      client: scenario.keyKind === 'client' ? readable(key) : '',
      site: scenario.keyKind === 'site' ? readable(key) : '',
      at: bucket.last,
      byte: bucket.byte,
      events: bucket.events,
      visit,
    });
    bucket.empty();
  }
}

function visitOf({ events, first, last, samplePaths, statuses }: Bucket): OverflowVisit {
  return { events, overflows: 0, first, last, samplePaths, statuses: statuses ?? new Map() };
}

function addPath(paths: string[], fields: HitFields): void {
  if (paths.length >= MAX_SAMPLE_PATHS) return;
  const path = readable(fields.target().slice(0, MAX_PATH_LENGTH));
  if (path !== '' && !paths.includes(path)) paths.push(path);
}

function addStatus(statuses: Map<number, number>, status: number): void {
  const count = statuses.get(status);
  if (count !== undefined) statuses.set(status, count + 1);
  else if (statuses.size < MAX_STATUSES) statuses.set(status, 1);
}
