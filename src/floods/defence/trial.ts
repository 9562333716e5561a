/**
 * Tries rules on a log: reads it again and counts, for every set of rules at once, what of the attack it would have stopped
 * and whom else it would have hit.
 *
 * Attack: requests to the attacked site within the incident, by clients that took part. Ordinary: everything outside the
 * incident, and within it the clients that did not take part. Requests of clients that took part in another attack of the
 * same log, while it lasted, are neither. Of an address with readers and attackers behind it, the requests of the attack's
 * kind are the attack's, and all others ordinary.
 */
import type { AddressWords } from '../hits/client-address.js';
import { addressOf } from '../hits/client-address.js';
import type { Hit } from '../hits/hit.js';
import type { HitConsumer } from '../hits/log-format.js';
import { grown, Index } from '../traffic/index.js';
import { Bans, LeakyBuckets } from './limiter.js';
import { type ClientAddress, type Network, NetworkSet } from './networks.js';
import {
  type Condition,
  compileCondition,
  conditionKey,
  type RequestTest,
  type Rule,
  SHARED_FACTOR,
} from './rule.js';

/** Rules tried at once: their numbers are bits of one word, of which the sign stays free. */
export const MAX_RULES = 30;
/** Clients counted one by one; beyond, only their requests are. */
const MAX_CLIENTS = 4_194_304;
/** Harmed requests kept for each rule, to be looked at. */
const MAX_SAMPLES = 5;
/** Second key of an IPv4 client: no /64 in use ends so. */
const IPV4_KEY = 0xffffffff;

const FLAG = {
  tookPart: 1,
  tookPartElsewhere: 2,
  spared: 4,
  shared: 8,
  attacked: 16,
  ordinary: 32,
  mixed: 64,
} as const;

/** When and where an attack was. */
export interface AttackWindow {
  /** Site attacked; "" when the log does not say. */
  readonly siteName: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly clients: readonly ClientAddress[];
  /** Addresses with readers behind them, too, and which requests of theirs are the attack's. */
  readonly mixed?: readonly ClientAddress[];
  readonly isAttack?: RequestTest | null;
}

/** Who is never stopped, and who stands for many. */
export interface Sparing {
  /** Never stopped by any rule: search engines, own people, what was given. */
  readonly spared: readonly Network[];
  /** Many people behind each of these: Tor exits, carriers' NAT. Limits are {@link SHARED_FACTOR} times as wide. */
  readonly shared: readonly Network[];
}

/** A request of somebody ordinary that a rule would have stopped. */
export interface HarmedSample {
  readonly rule: string;
  readonly client: string;
  readonly seconds: number;
  readonly request: string;
  readonly agent: string;
}

/** What a set of rules would have done. */
export interface Outcome {
  readonly attackHits: number;
  readonly attackHitsStopped: number;
  readonly attackClients: number;
  /** Clients of the attack of whom at least one request is stopped. */
  readonly attackClientsStopped: number;
  /** Of these requests and clients, those of addresses with readers behind them, too. */
  readonly mixedHits: number;
  readonly mixedHitsStopped: number;
  readonly mixedClients: number;
  readonly ordinaryHits: number;
  readonly ordinaryHitsStopped: number;
  readonly ordinaryClients: number;
  readonly ordinaryClientsStopped: number;
  /** Ordinary requests and clients that are asked to pass a check, which a browser does by itself. */
  readonly ordinaryHitsAsked: number;
  readonly ordinaryClientsAsked: number;
  /** Requests of spared clients that fit a rule, and get through since they are spared. */
  readonly sparedHits: number;
  /** Harmed requests, some of each rule. */
  readonly samples: readonly HarmedSample[];
}

export interface TrialOptions {
  readonly rules: readonly Rule[];
  readonly incident: AttackWindow;
  /** The other attacks of the log. */
  readonly others?: readonly AttackWindow[];
  readonly sparing: Sparing;
  /**
   * Rules act one behind the other as in a server: what one stops, the limits of others do not count. For the rules that
   * were chosen; candidates are tried each for itself.
   */
  readonly together?: boolean;
}

/** Takes all requests of the log, then tells the outcome of any of the rules together. */
export class Trial implements HitConsumer {
  /** Requests without a time: neither of the attack nor ordinary. */
  undated = 0;
  /** Requests of clients beyond what is counted one by one. */
  uncounted = 0;

  readonly #rules: readonly Rule[];
  readonly #incident: AttackWindow;
  readonly #others: readonly AttackWindow[];
  readonly #together: boolean;
  readonly #site: Buffer;

  readonly #index = new Index(4_096);
  #flags = new Uint8Array(4_096);
  /** Rules whose addresses the client is among; rules without addresses count. */
  #reach = new Uint32Array(4_096);
  #attackMask = new Uint32Array(4_096);
  #ordinaryMask = new Uint32Array(4_096);
  readonly #tookPart: Index;
  readonly #tookPartElsewhere: Index;
  readonly #mixed: Index;
  readonly #spared: NetworkSet;
  readonly #shared: NetworkSet;
  /** Whether parts of one /64 may be spared. */
  readonly #sparesFinely: boolean;
  readonly #networks: readonly (NetworkSet | null)[];

  readonly #tests: RequestTest[] = [];
  /** Per rule: which of the tests must all be true, as bits. */
  readonly #needs: number[] = [];
  readonly #limits: readonly ({ readonly each: LeakyBuckets; readonly shared: LeakyBuckets } | null)[];
  readonly #bans: readonly (Bans | null)[];
  readonly #limitBits: number;
  readonly #banBits: number;
  readonly #challengeBits: number;

  readonly #attackHits = new Map<number, number>();
  readonly #mixedHits = new Map<number, number>();
  readonly #ordinaryHits = new Map<number, number>();
  readonly #sparedHits = new Map<number, number>();
  readonly #samples: HarmedSample[][];
  readonly #words: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };

  constructor({ rules, incident, others = [], sparing, together = false }: TrialOptions) {
    if (rules.length > MAX_RULES) throw new RangeError(`at most ${MAX_RULES} rules are tried at once`);
    this.#rules = rules;
    this.#incident = incident;
    this.#others = others;
    this.#together = together;
    this.#site = Buffer.from(incident.siteName, 'latin1');
    this.#tookPart = indexOf([incident.clients]);
    this.#tookPartElsewhere = indexOf(others.map(({ clients }) => clients));
    this.#mixed = indexOf([incident.mixed ?? []]);
    this.#spared = new NetworkSet(sparing.spared);
    this.#shared = new NetworkSet(sparing.shared);
    this.#sparesFinely = sparing.spared.some(({ ipVersion, bits }) => ipVersion === 6 && bits > 64);
    this.#networks = rules.map((rule) => networksOf(rule));
    const known = new Map<string, number>();
    for (const rule of rules) {
      let needs = 0;
      for (const condition of rule.when) {
        if (condition.on !== 'client') needs |= 1 << this.#testOf(condition, known);
      }
      this.#needs.push(needs);
    }
    this.#limits = rules.map(({ action }) =>
      action.do === 'limit'
        ? {
            each: new LeakyBuckets(action.perMinute, action.burst),
            shared: new LeakyBuckets(action.perMinute * SHARED_FACTOR, action.burst * SHARED_FACTOR),
          }
        : null,
    );
    this.#bans = rules.map(({ action }) =>
      action.do === 'ban' ? new Bans(action.times, action.withinSeconds, action.forSeconds) : null,
    );
    const bitsOf = (action: Rule['action']['do']): number =>
      rules.reduce((bits, rule, index) => (rule.action.do === action ? bits | (1 << index) : bits), 0);
    this.#limitBits = bitsOf('limit');
    this.#banBits = bitsOf('ban');
    this.#challengeBits = bitsOf('challenge');
    this.#samples = rules.map(() => []);
  }

  #testOf(condition: Exclude<Condition, { on: 'client' }>, known: Map<string, number>): number {
    const key = conditionKey(condition);
    let number = known.get(key);
    if (number === undefined) {
      number = this.#tests.length;
      if (number === MAX_RULES) throw new RangeError('too many different conditions');
      known.set(key, number);
      this.#tests.push(compileCondition(condition));
    }
    return number;
  }

  hit(hit: Hit): void {
    const { seconds } = hit;
    if (seconds < 0) {
      this.undated += 1;
      return;
    }
    const client = this.#clientOf(hit);
    const flags = client === -1 ? 0 : (this.#flags[client] as number);
    const minute = Math.floor(seconds / 60);
    const { incident, others } = { incident: this.#incident, others: this.#others };
    const isIn = minute >= incident.fromMinute && minute <= incident.toMinute;
    const isMixed = (flags & FLAG.mixed) !== 0;
    const isAttack =
      isIn &&
      ((flags & FLAG.tookPart) !== 0 || (isMixed && incident.isAttack?.(hit) === true)) &&
      this.#isSite(hit);
    const isNeither =
      !isAttack &&
      ((isIn && (flags & FLAG.tookPart) !== 0) ||
        ((flags & FLAG.tookPartElsewhere) !== 0 &&
          others.some(({ fromMinute, toMinute }) => minute >= fromMinute && minute <= toMinute)));

    const reach = client === -1 ? this.#reachOf(hit) : (this.#reach[client] as number);
    let mask = this.#fitting(hit, reach);
    const isSpared = (flags & FLAG.spared) !== 0 || (this.#sparesFinely && this.#spared.has(hit));
    if (isSpared) {
      if (mask !== 0) add(this.#sparedHits, mask);
      mask = 0;
    } else if ((this.#limitBits | this.#banBits) !== 0) {
      mask = this.#withState(mask, client, flags, seconds, seconds * 1000 + hit.milliseconds);
    }

    if (isNeither) return;
    if (isAttack) {
      add(this.#attackHits, mask);
      if (isMixed) add(this.#mixedHits, mask);
      this.#flags[client] = flags | FLAG.attacked;
      this.#attackMask[client] = (this.#attackMask[client] as number) | mask;
      return;
    }
    add(this.#ordinaryHits, mask);
    if (client !== -1) {
      this.#flags[client] = flags | FLAG.ordinary;
      this.#ordinaryMask[client] = (this.#ordinaryMask[client] as number) | mask;
    }
    if (mask !== 0) this.#sample(hit, mask);
  }

  /** Rules that fit the request, as bits. */
  #fitting(hit: Hit, reach: number): number {
    if (reach === 0) return 0;
    const tests = this.#tests;
    let truths = 0;
    for (let index = 0; index < tests.length; index += 1) {
      if ((tests[index] as RequestTest)(hit)) truths |= 1 << index;
    }
    const needs = this.#needs;
    let mask = 0;
    for (let index = 0; index < needs.length; index += 1) {
      const need = needs[index] as number;
      if ((truths & need) === need) mask |= 1 << index;
    }
    return mask & reach;
  }

  /** What of the fitting rules stops the request, given what its client did before. */
  #withState(fitting: number, client: number, flags: number, seconds: number, milliseconds: number): number {
    const state = this.#limitBits | this.#banBits;
    let mask = fitting & ~state;
    if (client === -1) return mask;
    const together = this.#together;
    if (this.#banBits !== 0) {
      for (let index = 0; index < this.#bans.length; index += 1) {
        const bans = this.#bans[index];
        if (bans?.isOut(client, seconds)) mask |= 1 << index;
        else if (bans && (fitting & (1 << index)) !== 0 && !together) bans.saw(client, seconds);
      }
      // A client that is out leaves no line that the others could count.
      if (together && (mask & this.#banBits) === 0) {
        for (let index = 0; index < this.#bans.length; index += 1) {
          if ((fitting & (1 << index)) !== 0) this.#bans[index]?.saw(client, seconds);
        }
      }
    }
    const limited = fitting & this.#limitBits;
    if (limited === 0 || (together && mask !== 0)) return mask;
    let refused = 0;
    for (let index = 0; index < this.#limits.length; index += 1) {
      const limit = this.#limits[index];
      if (!limit || (limited & (1 << index)) === 0) continue;
      const buckets = (flags & FLAG.shared) !== 0 ? limit.shared : limit.each;
      const excess = buckets.ask(client, milliseconds);
      if (excess === -1) refused |= 1 << index;
      else if (!together) buckets.take(client, milliseconds, excess);
    }
    if (together && refused === 0) {
      for (let index = 0; index < this.#limits.length; index += 1) {
        const limit = this.#limits[index];
        if (!limit || (limited & (1 << index)) === 0) continue;
        const buckets = (flags & FLAG.shared) !== 0 ? limit.shared : limit.each;
        buckets.take(client, milliseconds, buckets.ask(client, milliseconds));
      }
    }
    return mask | refused;
  }

  #isSite(hit: Hit): boolean {
    const site = this.#site;
    if (site.length === 0 || hit.hostStart === -1) return true;
    if (hit.hostEnd - hit.hostStart !== site.length) return false;
    for (let index = 0; index < site.length; index += 1) {
      let byte = hit.bytes[hit.hostStart + index] as number;
      if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
      if (byte !== site[index]) return false;
    }
    return true;
  }

  /** Number of a client, -1 for one that is no address or beyond what is counted. */
  #clientOf(hit: Hit): number {
    if (hit.ipVersion === 0) return -1;
    const second = hit.ipVersion === 4 ? IPV4_KEY : Math.min(hit.ip1, IPV4_KEY - 1);
    const known = this.#index.find(hit.ip0, second);
    if (known !== -1) return known;
    if (this.#index.size >= MAX_CLIENTS) {
      this.uncounted += 1;
      return -1;
    }
    const client = this.#index.add(hit.ip0, second);
    if (client >= this.#flags.length) {
      const { capacity } = this.#index;
      this.#flags = grown(this.#flags, capacity);
      this.#reach = grown(this.#reach, capacity);
      this.#attackMask = grown(this.#attackMask, capacity);
      this.#ordinaryMask = grown(this.#ordinaryMask, capacity);
    }
    let flags = 0;
    if (this.#tookPartElsewhere.find(hit.ip0, second) !== -1) flags |= FLAG.tookPartElsewhere;
    if (this.#tookPart.find(hit.ip0, second) !== -1) flags |= FLAG.tookPart;
    else if (this.#mixed.find(hit.ip0, second) !== -1) flags |= FLAG.mixed;
    // The whole /64, where it is one: single addresses of it are asked about with each request.
    const words = this.#words;
    words.ipVersion = hit.ipVersion;
    words.ip0 = hit.ip0;
    words.ip1 = hit.ip1;
    words.ip2 = 0;
    words.ip3 = 0;
    if (!this.#sparesFinely && this.#spared.has(words)) flags |= FLAG.spared;
    if (this.#shared.has(words)) flags |= FLAG.shared;
    this.#flags[client] = flags;
    this.#reach[client] = this.#reachOf(hit);
    return client;
  }

  #reachOf(hit: Hit): number {
    let reach = 0;
    for (let index = 0; index < this.#networks.length; index += 1) {
      const networks = this.#networks[index];
      if (!networks || networks.has(hit)) reach |= 1 << index;
    }
    return reach;
  }

  #sample(hit: Hit, mask: number): void {
    for (let index = 0; index < this.#samples.length; index += 1) {
      const samples = this.#samples[index] as HarmedSample[];
      if ((mask & (1 << index)) === 0 || samples.length >= MAX_SAMPLES) continue;
      const cut = (start: number, end: number): string => hit.text(start, Math.min(end, start + 200));
      samples.push({
        rule: (this.#rules[index] as Rule).id,
        client: addressOf(hit) || cut(hit.clientStart, hit.clientEnd),
        seconds: hit.seconds,
        request: `${cut(hit.methodStart, hit.methodEnd)} ${cut(hit.targetStart, hit.targetEnd)}`.trim(),
        agent: cut(hit.agentStart, hit.agentEnd),
      });
    }
  }

  /** What these rules together would have done, by their numbers. */
  outcome(chosen: readonly number[]): Outcome {
    const bits = chosen.reduce((all, index) => all | (1 << index), 0);
    return this.#tally().outcome(bits, chosen);
  }

  /** Requests of spared clients that these rules would stop in a program that knows no exceptions. */
  sparedStopped(chosen: readonly number[]): number {
    const bits = chosen.reduce((all, index) => all | (1 << index), 0);
    let hits = 0;
    for (const [mask, count] of this.#sparedHits) if ((mask & bits) !== 0) hits += count;
    return hits;
  }

  #tallied: MaskTally | null = null;

  #tally(): MaskTally {
    this.#tallied ??= this.#newTally();
    return this.#tallied;
  }

  #newTally(): MaskTally {
    const attackClients = new Map<number, number>();
    const ordinaryClients = new Map<number, number>();
    let mixedClients = 0;
    for (let client = 0; client < this.#index.size; client += 1) {
      const flags = this.#flags[client] as number;
      if ((flags & FLAG.attacked) !== 0) add(attackClients, this.#attackMask[client] as number);
      if ((flags & FLAG.attacked) !== 0 && (flags & FLAG.mixed) !== 0) mixedClients += 1;
      if ((flags & FLAG.ordinary) !== 0) add(ordinaryClients, this.#ordinaryMask[client] as number);
    }
    return new MaskTally(
      this.#attackHits,
      attackClients,
      this.#mixedHits,
      mixedClients,
      this.#ordinaryHits,
      ordinaryClients,
      this.#sparedHits,
      this.#challengeBits,
      this.#samples,
    );
  }
}

/** Counts by the set of rules that fit: from them the outcome of any choice of rules follows without reading again. */
class MaskTally {
  constructor(
    private readonly attackHits: ReadonlyMap<number, number>,
    private readonly attackClients: ReadonlyMap<number, number>,
    private readonly mixedHits: ReadonlyMap<number, number>,
    private readonly mixedClients: number,
    private readonly ordinaryHits: ReadonlyMap<number, number>,
    private readonly ordinaryClients: ReadonlyMap<number, number>,
    private readonly sparedHits: ReadonlyMap<number, number>,
    private readonly challengeBits: number,
    private readonly samples: readonly (readonly HarmedSample[])[],
  ) {}

  outcome(bits: number, chosen: readonly number[]): Outcome {
    const hard = bits & ~this.challengeBits;
    const soft = bits & this.challengeBits;
    const isHard = (mask: number): boolean => (mask & hard) !== 0;
    const isSoft = (mask: number): boolean => (mask & hard) === 0 && (mask & soft) !== 0;
    const isAny = (mask: number): boolean => (mask & bits) !== 0;
    return {
      attackHits: total(this.attackHits),
      attackHitsStopped: total(this.attackHits, isAny),
      attackClients: total(this.attackClients),
      attackClientsStopped: total(this.attackClients, isAny),
      mixedHits: total(this.mixedHits),
      mixedHitsStopped: total(this.mixedHits, isAny),
      mixedClients: this.mixedClients,
      ordinaryHits: total(this.ordinaryHits),
      ordinaryHitsStopped: total(this.ordinaryHits, isHard),
      ordinaryClients: total(this.ordinaryClients),
      ordinaryClientsStopped: total(this.ordinaryClients, isHard),
      ordinaryHitsAsked: total(this.ordinaryHits, isSoft),
      ordinaryClientsAsked: total(this.ordinaryClients, isSoft),
      sparedHits: total(this.sparedHits, isAny),
      samples: chosen.flatMap((index) =>
        (this.challengeBits & (1 << index)) === 0 ? (this.samples[index] ?? []) : [],
      ),
    };
  }
}

function total(
  counts: ReadonlyMap<number, number>,
  isCounted: (mask: number) => boolean = () => true,
): number {
  let sum = 0;
  for (const [mask, count] of counts) if (isCounted(mask)) sum += count;
  return sum;
}

function add(counts: Map<number, number>, mask: number): void {
  counts.set(mask, (counts.get(mask) ?? 0) + 1);
}

function indexOf(lists: readonly (readonly ClientAddress[])[]): Index {
  const index = new Index();
  for (const clients of lists) {
    for (const { ipVersion, ip0, ip1 } of clients) {
      if (ipVersion === 0) continue;
      const second = ipVersion === 4 ? IPV4_KEY : Math.min(ip1, IPV4_KEY - 1);
      if (index.find(ip0, second) === -1) index.add(ip0, second);
    }
  }
  return index;
}

function networksOf(rule: Rule): NetworkSet | null {
  const networks = rule.when.flatMap((condition) => (condition.on === 'client' ? condition.networks : []));
  return rule.when.some(({ on }) => on === 'client') ? new NetworkSet(networks) : null;
}
