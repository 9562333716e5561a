/**
 * Watches a log while it is written: bounded state, event time only (so that a replay decides as the live run did), and a
 * memory that can be written down and taken up again.
 */
import { type Network, NetworkSet, networkOfClient, PRIVATE_NETWORKS } from '../defence/networks.js';
import { geoTables } from '../geo/geo-tables.js';
import { isCarrierNat, networkKind } from '../geo/network-kind.js';
import { addressOf } from '../hits/client-address.js';
import { type Hit, METHOD } from '../hits/hit.js';
import type { HitConsumer } from '../hits/log-format.js';
import { isProxyAddress, knownClient } from '../known/known-clients.js';
import { FactReader, type HitFacts, ShapeTexts } from '../traffic/facts.js';
import type { Alert, AlertSign, Decision, DecisionAction, DecisionReason } from './decision.js';
import { type SurgeState, SurgeWatch } from './surge.js';

/** Clients remembered; the one heard of longest ago is forgotten first. */
const MAX_CLIENTS = 100_000;
/**
 * A bucket for each reason: it holds so many requests, and loses one each so many seconds; one more than it holds decides.
 * Pages: a person who opens sixty at once, or one a second for long, is none. Posts: Banjax counts 45 in 60 s. Logins: as
 * CrowdSec counts those of WordPress (5, 10 s).
 */
const BUCKETS = {
  'page-rate': { capacity: 60, leakSeconds: 1 },
  'post-rate': { capacity: 45, leakSeconds: 1.33 },
  pingback: { capacity: 3, leakSeconds: 200 },
  'refused-logins': { capacity: 5, leakSeconds: 10 },
  'part-of-flood': { capacity: 5, leakSeconds: 120 },
} as const satisfies Record<DecisionReason, { capacity: number; leakSeconds: number }>;
const REASONS = Object.keys(BUCKETS) as DecisionReason[];
/** Buckets of an address that many people share are so many times as large. */
const SHARED_FACTOR = 20;
const FIRST_TTL_SECONDS = 600;
const LONGEST_TTL_SECONDS = 86_400;
/** A client that kept still for so long begins with the first time to live again. */
const FORGIVEN_AFTER_SECONDS = 86_400;
/** Lines of one moment are written in any order; a clock further back was set. */
const SET_BACK_SECONDS = 300;
const MAX_BLOCKS_PER_MINUTE = 5_000;
/** Of the clients that read pages with their parts before the flood. */
const MAX_ORDINARY_SHARE = 0.02;
const MIN_ORDINARY = 50;
/** Share of requests from addresses of proxies from which the log does not show the visitors. */
const PROXY_SHARE = 0.6;
const HITS_BEFORE_PROXY_GATE = 200;

interface Client {
  /** Fill of each bucket at `at`, in the order of {@link REASONS}. */
  readonly fill: number[];
  at: number;
  hits: number;
  assets: number;
  firstAt: number;
  /** Until when a decision holds, and how often there was one. */
  until: number;
  strikes: number;
}

/** What is never blocked, and what is known of addresses. */
export interface GuardOptions {
  /** Besides private addresses and known services. */
  readonly allow?: readonly Network[];
  readonly isTorExit?: (ipVersion: 0 | 4 | 6, ip0: number, ip1: number) => boolean;
  readonly decide: (decision: Decision) => void;
  readonly alert: (alert: Alert) => void;
}

/** All that a guard remembers, as JSON. */
export interface GuardState {
  readonly version: 1;
  readonly totals: GuardTotals;
  readonly clients: readonly (readonly [string, ...number[]])[];
  readonly surge: SurgeState;
  /** Host that the log's referers name most often: its own. */
  readonly ownHost: readonly [number, number];
  readonly blockMinute: number;
  readonly blocksInMinute: number;
  readonly ordinaryBlocked: number;
  readonly ordinary: number;
}

export interface GuardTotals {
  hits: number;
  proxied: number;
  decisions: number;
  blocks: number;
}

/** Takes requests in the order of the log and says what is to be done. */
export class Guard implements HitConsumer {
  readonly #options: GuardOptions;
  readonly #allow: NetworkSet;
  readonly #clients = new Map<string, Client>();
  readonly #texts = new ShapeTexts();
  readonly #facts = new FactReader(this.#texts);
  readonly #geo = geoTables();
  readonly #surge: SurgeWatch;
  totals: GuardTotals = { hits: 0, proxied: 0, decisions: 0, blocks: 0 };
  #blockMinute = -1;
  #blocksInMinute = 0;
  #ordinary = 0;
  #ordinaryBlocked = 0;
  #isProxyAlerted = false;
  #isCapAlerted = false;

  constructor(options: GuardOptions, state?: GuardState) {
    this.#options = options;
    this.#allow = new NetworkSet([...PRIVATE_NETWORKS, ...(options.allow ?? [])]);
    this.#surge = new SurgeWatch((alert) => options.alert(alert), state?.surge);
    if (state) this.#restore(state);
  }

  hit(hit: Hit): void {
    const at = hit.seconds;
    if (at < 0) return;
    const { totals } = this;
    totals.hits += 1;
    if (isProxyAddress(hit.ipVersion, hit.ip0, hit.ip1, hit.ip2, hit.ip3)) totals.proxied += 1;
    const minute = Math.floor(at / 60);
    const facts = this.#facts.read(hit, 0, minute);
    if (facts.isPage === 1) this.#surge.page(minute, facts, (type) => this.#texts.textOf(type, hit, facts));
    if (hit.ipVersion === 0) return;
    const client = this.#clientOf(hit, at);
    client.hits += 1;
    if (facts.isAsset === 1) {
      client.assets += 1;
      if (client.assets === 1 && !this.#surge.isFlood) this.#ordinary += 1;
      return;
    }
    this.#weigh(hit, facts, client, at);
  }

  #weigh(hit: Hit, facts: HitFacts, client: Client, at: number): void {
    this.#leak(client, at);
    this.#fill('page-rate', hit, client, at);
    if (facts.isPost === 1) {
      this.#fill('post-rate', hit, client, at);
      if (isRefusedLogin(hit)) this.#fill('refused-logins', hit, client, at);
    }
    if (isPingback(hit)) this.#fill('pingback', hit, client, at);
    // Whoever fetches styles and pictures besides is a reader who came at a bad time.
    if (client.assets * 10 < client.hits && this.#surge.isPartOfFlood(facts)) {
      this.#fill('part-of-flood', hit, client, at);
    }
  }

  #clientOf(hit: Hit, at: number): Client {
    const key = keyOf(hit);
    const known = this.#clients.get(key);
    if (known) {
      // Last in the order of the map is who was heard of last.
      this.#clients.delete(key);
      this.#clients.set(key, known);
      return known;
    }
    const client: Client = {
      fill: REASONS.map(() => 0),
      at,
      hits: 0,
      assets: 0,
      firstAt: at,
      until: 0,
      strikes: 0,
    };
    this.#clients.set(key, client);
    if (this.#clients.size > MAX_CLIENTS) {
      const [oldest] = this.#clients.keys();
      if (oldest !== undefined) this.#clients.delete(oldest);
    }
    return client;
  }

  #leak(client: Client, at: number): void {
    const passed = at - client.at;
    if (passed < -SET_BACK_SECONDS) {
      // What it did by the clock of before would never leak, and what was decided would hold until that comes again.
      client.at = at;
      client.fill.fill(0);
      client.until = Math.min(client.until, at + LONGEST_TTL_SECONDS);
    }
    if (passed <= 0) return;
    client.at = at;
    for (const [index, reason] of REASONS.entries()) {
      const left = (client.fill[index] as number) - passed / BUCKETS[reason].leakSeconds;
      client.fill[index] = left > 0 ? left : 0;
    }
  }

  #fill(reason: DecisionReason, hit: Hit, client: Client, at: number): void {
    const index = REASONS.indexOf(reason);
    const fill = (client.fill[index] as number) + 1;
    client.fill[index] = fill;
    if (fill <= BUCKETS[reason].capacity || at < client.until) return;
    const action = this.#actionFor(hit, client, fill, reason);
    if (action === null) return;
    client.fill[index] = 0;
    if (at - client.until > FORGIVEN_AFTER_SECONDS) client.strikes = 0;
    const ttlSeconds = Math.min(FIRST_TTL_SECONDS * 2 ** Math.min(client.strikes, 20), LONGEST_TTL_SECONDS);
    client.strikes += 1;
    client.until = at + ttlSeconds;
    this.totals.decisions += 1;
    if (action === 'block') this.totals.blocks += 1;
    const subject = networkOfClient(hit);
    if (subject === null) return;
    this.#options.decide({
      subject,
      action,
      reason,
      at,
      ttlSeconds,
      hits: Math.ceil(fill),
      byte: hit.lineStart,
    });
  }

  /** Blocking is the last thing: null when the bucket of a shared address is not full yet. */
  #actionFor(hit: Hit, client: Client, fill: number, reason: DecisionReason): DecisionAction | null {
    const { ipVersion, ip0, ip1 } = hit;
    const subject = networkOfClient(hit);
    if (subject === null || this.#allow.overlaps(subject)) return 'observe';
    if (knownClient(ipVersion, ip0, ip1) !== null) return 'observe';
    if (this.#isBehindProxy(hit.seconds)) return 'observe';
    const asn = this.#geo.asnOf(ipVersion, ip0, ip1);
    const isShared =
      isCarrierNat(asn) ||
      networkKind(asn, this.#geo.organisationOf(asn)) === 'mobile' ||
      this.#options.isTorExit?.(ipVersion, ip0, ip1) === true;
    if (isShared) return fill > BUCKETS[reason].capacity * SHARED_FACTOR ? 'limit' : null;
    return this.#mayBlock(hit.seconds, client) ? 'block' : 'observe';
  }

  #isBehindProxy(at: number): boolean {
    const { hits, proxied } = this.totals;
    if (hits < HITS_BEFORE_PROXY_GATE || proxied < hits * PROXY_SHARE) return false;
    if (!this.#isProxyAlerted) {
      this.#isProxyAlerted = true;
      this.#options.alert({ code: 'proxy-addresses', at });
    }
    return true;
  }

  #mayBlock(at: number, client: Client): boolean {
    const minute = Math.floor(at / 60);
    if (minute !== this.#blockMinute) {
      this.#blockMinute = minute;
      this.#blocksInMinute = 0;
      this.#isCapAlerted = false;
    }
    const isOrdinary = client.assets > 0;
    const most = Math.max(this.#ordinary, MIN_ORDINARY) * MAX_ORDINARY_SHARE;
    if (this.#blocksInMinute >= MAX_BLOCKS_PER_MINUTE || (isOrdinary && this.#ordinaryBlocked >= most)) {
      if (!this.#isCapAlerted) this.#options.alert({ code: 'too-many-blocks', at });
      this.#isCapAlerted = true;
      return false;
    }
    this.#blocksInMinute += 1;
    if (isOrdinary) this.#ordinaryBlocked += 1;
    return true;
  }

  /** What the requests of the present flood have in common; empty without a flood. */
  get signs(): readonly AlertSign[] {
    return this.#surge.signs;
  }

  /** Everything it remembers: a guard made from it decides as this one would. */
  state(): GuardState {
    return {
      version: 1,
      totals: { ...this.totals },
      clients: [...this.#clients].map(([key, { fill, at, hits, assets, firstAt, until, strikes }]) => [
        key,
        at,
        hits,
        assets,
        firstAt,
        until,
        strikes,
        ...fill,
      ]),
      surge: this.#surge.state(),
      ownHost: this.#facts.ownHost,
      blockMinute: this.#blockMinute,
      blocksInMinute: this.#blocksInMinute,
      ordinaryBlocked: this.#ordinaryBlocked,
      ordinary: this.#ordinary,
    };
  }

  #restore(state: GuardState): void {
    this.totals = { ...state.totals };
    this.#facts.ownHost = state.ownHost;
    for (const [
      key,
      at = 0,
      hits = 0,
      assets = 0,
      firstAt = 0,
      until = 0,
      strikes = 0,
      ...fill
    ] of state.clients) {
      this.#clients.set(key, {
        fill: REASONS.map((_, index) => fill[index] ?? 0),
        at,
        hits,
        assets,
        firstAt,
        until,
        strikes,
      });
    }
    this.#blockMinute = state.blockMinute;
    this.#blocksInMinute = state.blocksInMinute;
    this.#ordinaryBlocked = state.ordinaryBlocked;
    this.#ordinary = state.ordinary;
  }
}

/** An address, or the /64 of an IPv6 address. */
function keyOf({ ipVersion, ip0, ip1 }: Hit): string {
  return ipVersion === 4 ? String(ip0) : addressOf({ ipVersion, ip0, ip1, ip2: 0, ip3: 0 });
}

const PINGBACK = Buffer.from('verifying pingback from');
const LOGIN = Buffer.from('/wp-login.php');

function isPingback(hit: Hit): boolean {
  const { bytes, agentStart, agentEnd } = hit;
  if (agentStart === -1 || bytes[agentStart] !== 0x57) return false;
  return bytes.subarray(agentStart, agentEnd).includes(PINGBACK);
}

/** WordPress shows the form again, with 200, when it refuses. */
function isRefusedLogin(hit: Hit): boolean {
  if (hit.method !== METHOD.post || hit.status !== 200) return false;
  const start = hit.pathEnd - LOGIN.length;
  return start >= hit.targetStart && hit.bytes.compare(LOGIN, 0, LOGIN.length, start, hit.pathEnd) === 0;
}
