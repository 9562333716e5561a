import type { Tally } from '../../core/contracts.js';
import { geoTables } from '../geo/geo-tables.js';
import { addressOf } from '../hits/client-address.js';
import { CACHE, EVENT, type Hit, METHOD } from '../hits/hit.js';
import type { HitConsumer } from '../hits/log-format.js';
import { type ClientStep, ClientTable, K, KF } from './client-table.js';
import { type CohortStep, CohortTable, MAX_COHORT_TEXT } from './cohort-table.js';
import { hashBytes, mixed, mixedPair, secondHash } from './hash.js';
import { M, MF, MinuteRows } from './minute-table.js';
import type { ByteRange, TrafficSource, TrafficView } from './shape.js';
import { COHORT } from './shape.js';
import { isAsset, ShapeWriter } from './shapes.js';
import { markOf } from './sketches.js';
import { viewOf } from './view.js';

/** Sites told apart; requests to others count as those of no named site. */
const MAX_SITES = 256;
/** Addresses named by pingbacks that are kept. */
const MAX_PINGBACKS = 1_000;
/** Names kept of clients that are no addresses. */
const MAX_CLIENT_NAMES = 50_000;
/** Lines between two marks of where in the file which minutes lie. */
const LINES_PER_MARK = 1_024;
/** Paths whose shape is remembered by their hash. */
const REMEMBERED_PATHS = 32_768;
/** Seeds that keep hashes of different things apart. */
const SEED = {
  site: 1,
  path: 2,
  query: 3,
  agent: 4,
  shape: 5,
  referer: 6,
  tls: 7,
  name: 8,
  value: 9,
} as const;
/** Second word of the key of an IPv4 client. */
const IPV4_KEY = 0xffffffff;
const SLOW_MS = 1_000;
/** Refused logins before one that succeeds looks like a guess that came true. */
const FAILURES_BEFORE_SUCCESS = 5;

/** A source while and after it is counted. */
interface SourceState {
  evidence: string;
  path: string;
  formats: Map<string, number>;
  lines: number;
  hits: number;
  events: number;
  malformed: number;
  unparsed: number;
  firstSecond: number;
  lastSecond: number;
  stepsBack: number;
  proxied: number;
  zones: Set<number>;
  /** From and to minute, first and last byte of every {@link LINES_PER_MARK} lines. */
  marks: number[];
}

/** What is said of a file when its lines are over. */
export interface SourceEnd {
  readonly lines: number;
  readonly unparsed: number;
  readonly formats: ReadonlyMap<string, number>;
}

/** Counts the requests of access logs. See {@link TrafficView} for what it holds. */
export class WebTraffic implements Tally, HitConsumer {
  readonly kind = 'tally';
  readonly of = 'web-traffic';
  readonly minutes = new MinuteRows();
  readonly clients = new ClientTable();
  readonly cohorts = new CohortTable();
  readonly sites: string[] = [''];
  readonly sources: SourceState[] = [];
  readonly pingbacks = new Map<string, { hits: number; firstSecond: number; lastSecond: number }>();
  readonly clientNames = new Map<string, string>();
  /** Requests of sites beyond the limit. */
  otherSiteHits = 0;
  readonly #geo = geoTables();
  readonly #siteRows = new Map<number, number>();
  readonly #shape = new ShapeWriter();
  readonly #step: ClientStep & CohortStep = newStep();
  /** Paths seen lately: both hashes, then site and method, then hash and second hash of the shape. */
  readonly #remembered = new Uint32Array(REMEMBERED_PATHS * 4);
  #source = -1;
  #lastSecond = -1;
  #mark: { lines: number; from: number; to: number; first: number; last: number } = emptyMark();
  #siteHash = 0;
  #site = 0;

  /** Begins a file. @returns its number, for {@link endSource} */
  startSource(source: { readonly evidence: string; readonly path: string }): number {
    this.sources.push({
      ...source,
      formats: new Map(),
      lines: 0,
      hits: 0,
      events: 0,
      malformed: 0,
      unparsed: 0,
      firstSecond: Number.POSITIVE_INFINITY,
      lastSecond: Number.NEGATIVE_INFINITY,
      stepsBack: 0,
      proxied: 0,
      zones: new Set(),
      marks: [],
    });
    this.#source = this.sources.length - 1;
    this.#lastSecond = -1;
    this.#mark = emptyMark();
    return this.#source;
  }

  endSource(source: number, end: SourceEnd): void {
    const state = this.#stateOf(source);
    this.#closeMark(state);
    state.lines = end.lines;
    state.unparsed = end.unparsed;
    state.formats = new Map(end.formats);
  }

  #stateOf(source: number): SourceState {
    const state = this.sources[source];
    if (!state) throw new RangeError(`no source ${source}`);
    return state;
  }

  /** A request. `isProxied`: the client is a known proxy and the line names no other. */
  hit(hit: Hit, isProxied = false): void {
    const { seconds } = hit;
    if (seconds < 0) return;
    const minute = Math.floor(seconds / 60);
    this.#noteSource(hit, minute, isProxied);
    const site = this.#siteOf(hit);
    const step = this.#step;
    this.#classify(hit, step, minute);
    this.#hashTexts(hit, step, site);
    const referer = this.#refererOf(hit, step);
    const client = this.#clientOf(hit);
    if (this.clients.count(client, step)) this.#countMinuteClient(site, minute);
    this.#countLogin(hit, client, seconds);
    this.#countMinute(hit, step, site, minute);
    this.#countCohorts(hit, step, site, client, referer);
    if (step.agentHash !== 0) this.#countPingback(hit);
  }

  /** A line of an error or ban log. */
  event(hit: Hit): void {
    if (hit.seconds < 0) return;
    const minute = Math.floor(hit.seconds / 60);
    this.#noteTime(this.#stateOf(this.#source), hit, minute);
    this.#stateOf(this.#source).events += 1;
    const row = this.minutes.row(this.#siteOf(hit), minute);
    if (row === -1) return;
    const counter = COUNTER_OF_EVENT[hit.event];
    if (counter !== undefined) this.minutes.increase(row, counter);
  }

  #noteSource(hit: Hit, minute: number, isProxied: boolean): void {
    const state = this.sources[this.#source] as SourceState;
    state.hits += 1;
    if (hit.malformed) state.malformed += 1;
    if (isProxied) state.proxied += 1;
    this.#noteTime(state, hit, minute);
  }

  #noteTime(state: SourceState, hit: Hit, minute: number): void {
    const { seconds } = hit;
    if (seconds < this.#lastSecond) state.stepsBack += 1;
    this.#lastSecond = seconds;
    if (seconds < state.firstSecond) state.firstSecond = seconds;
    if (seconds > state.lastSecond) state.lastSecond = seconds;
    if (state.zones.size < 64) state.zones.add(hit.zoneMinutes);
    const mark = this.#mark;
    if (mark.lines === 0) mark.first = hit.lineStart;
    mark.lines += 1;
    if (minute < mark.from) mark.from = minute;
    if (minute > mark.to) mark.to = minute;
    mark.last = hit.lineStart + hit.lineLength;
    if (mark.lines === LINES_PER_MARK) this.#closeMark(state);
  }

  #closeMark(state: SourceState): void {
    const { lines, from, to, first, last } = this.#mark;
    if (lines > 0) state.marks.push(from, to, first, last);
    this.#mark = emptyMark();
  }

  #siteOf(hit: Hit): number {
    if (hit.hostStart === -1) return 0;
    const hash = hashBytes(hit.bytes, hit.hostStart, hit.hostEnd, SEED.site);
    if (hash === this.#siteHash) return this.#site;
    let site = this.#siteRows.get(hash);
    if (site === undefined) {
      site = this.#siteNamed(hit.text(hit.hostStart, Math.min(hit.hostEnd, hit.hostStart + 253)));
      if (this.#siteRows.size < MAX_SITES * 4) this.#siteRows.set(hash, site);
    }
    this.#siteHash = hash;
    this.#site = site;
    return site;
  }

  #siteNamed(name: string): number {
    const plain = name.toLowerCase();
    const known = this.sites.indexOf(plain);
    if (known !== -1) return known;
    if (this.sites.length >= MAX_SITES) {
      this.otherSiteHits += 1;
      return 0;
    }
    return this.sites.push(plain) - 1;
  }

  #classify(hit: Hit, step: ClientStep & CohortStep, minute: number): void {
    const { status } = hit;
    step.seconds = hit.seconds;
    step.minute = minute;
    const asset = !hit.malformed && isAsset(hit) ? 1 : 0;
    step.isAsset = asset;
    step.isPage = 1 - asset;
    step.isPost = hit.method === METHOD.post ? 1 : 0;
    step.is4xx = status >= 400 && status < 500 ? 1 : 0;
    step.is5xx = status >= 500 && status < 600 ? 1 : 0;
    step.isNotFound = status === 404 ? 1 : 0;
    step.isMalformed = hit.malformed ? 1 : 0;
    step.bytesOut = hit.bytesOut > 0 ? hit.bytesOut : 0;
    step.durationMs = hit.durationMs;
    step.cacheKnown = hit.cache === CACHE.unknown ? 0 : 1;
    step.cacheMissed = hit.cache === CACHE.miss || hit.cache === CACHE.uncacheable ? 1 : 0;
    step.noReferer = hit.refererStart === -1 ? 1 : 0;
    step.outsideReferer = 0;
  }

  /** Hashes of what is distinct, and of the shapes. */
  #hashTexts(hit: Hit, step: ClientStep & CohortStep, site: number): void {
    const { bytes } = hit;
    const { pathEnd } = hit;
    step.agentHash =
      hit.agentStart === -1 ? 0 : hashBytes(bytes, hit.agentStart, hit.agentEnd, SEED.agent) || 1;
    step.agentMark = markOf(step.agentHash);
    const pathHash = hit.targetStart === -1 ? 0 : hashBytes(bytes, hit.targetStart, pathEnd, SEED.path);
    const pathSecond = hit.targetStart === -1 ? 0 : secondHash();
    step.pathHash = pathHash;
    step.pathMark = markOf(pathHash);
    const hasQuery = hit.queryStart !== -1 && hit.queryStart < hit.targetEnd;
    step.queryHash = hasQuery ? hashBytes(bytes, hit.queryStart, hit.targetEnd, SEED.query) || 1 : 0;
    step.queryMark = hasQuery ? markOf(step.queryHash) || 1 : 0;
    // The shape of a path asked for often is worked out once.
    const remembered = this.#remembered;
    const place = (mixedPair(pathHash, hit.method) % REMEMBERED_PATHS) * 4;
    const owner = (site * 16 + hit.method) >>> 0;
    if (
      remembered[place] === pathHash &&
      remembered[place + 1] === pathSecond &&
      remembered[place + 2] === owner
    ) {
      step.pathShape = remembered[place + 3] as number;
    } else {
      this.#writePathShape(hit);
      step.pathShape = hashBytes(this.#shape.bytes, 0, this.#shape.length, SEED.value);
      remembered[place] = pathHash;
      remembered[place + 1] = pathSecond;
      remembered[place + 2] = owner;
      remembered[place + 3] = step.pathShape;
    }
    step.queryShape = 0;
    if (hasQuery) {
      this.#writeQueryShape(hit);
      step.queryShape = hashBytes(this.#shape.bytes, 0, this.#shape.length, SEED.value);
    }
  }

  #writePathShape(hit: Hit): void {
    const shape = this.#shape;
    shape.length = 0;
    shape.text(`${this.#methodText(hit)} `);
    if (hit.targetStart !== -1 && !hit.malformed) shape.path(hit.bytes, hit.targetStart, hit.pathEnd);
    else shape.text('*');
  }

  #writeQueryShape(hit: Hit): void {
    const shape = this.#shape;
    shape.length = 0;
    shape.path(hit.bytes, hit.targetStart, hit.pathEnd);
    shape.query(hit.bytes, hit.queryStart, hit.targetEnd);
  }

  #clientOf(hit: Hit): number {
    let first = hit.ip0;
    let second = hit.ipVersion === 4 ? IPV4_KEY : Math.min(hit.ip1, IPV4_KEY - 1);
    if (hit.ipVersion === 0) {
      first = hit.clientStart === -1 ? 0 : hashBytes(hit.bytes, hit.clientStart, hit.clientEnd, SEED.name);
      second = hit.clientStart === -1 ? 0 : secondHash();
      if (second === IPV4_KEY) second = 0;
    }
    const step = this.#step;
    step.clientMark = markOf(mixedPair(first, second));
    const known = this.clients.index.find(first, second);
    if (known !== -1) return known;
    if (this.clients.isFull()) this.clients.thin();
    const row = this.clients.add(first, second);
    const { clients } = this;
    clients.set(row, K.ipVersion, hit.ipVersion);
    clients.set(row, K.source, this.#source);
    clients.setFloat(row, KF.firstByte, hit.lineStart);
    clients.set(row, K.asn, hit.asn || this.#geo.asnOf(hit.ipVersion, hit.ip0, hit.ip1));
    const country = this.#geo.countryOf(hit.ipVersion, hit.ip0, hit.ip1);
    clients.set(row, K.country, hit.country || packedCountry(country));
    if (hit.ipVersion === 0 && hit.clientStart !== -1 && this.clientNames.size < MAX_CLIENT_NAMES) {
      this.clientNames.set(nameKey(first, second), hit.text(hit.clientStart, hit.clientEnd));
    }
    return row;
  }

  /** Logins refused and accepted, and pages of an administrator. */
  #countLogin(hit: Hit, client: number, seconds: number): void {
    const { clients } = this;
    if (hit.method === METHOD.post) {
      if (endsWith(hit, XMLRPC)) {
        clients.increase(client, K.xmlrpcPosts);
      } else if (isLogin(hit)) {
        if (hit.status === 200 || hit.status === 401 || hit.status === 403) {
          clients.increase(client, K.loginFailures);
        } else if (
          (hit.status === 302 || hit.status === 303) &&
          clients.counter(client, K.loginFailures) >= FAILURES_BEFORE_SUCCESS
        ) {
          clients.increase(client, K.loginSuccesses);
          if (clients.float(client, KF.loginSuccessSecond) === 0)
            clients.setFloat(client, KF.loginSuccessSecond, seconds);
        }
      }
    } else if (hit.status === 200 && hit.method === METHOD.get && isAdminPage(hit)) {
      clients.increase(client, K.adminPages);
    }
  }

  #countMinuteClient(site: number, minute: number): void {
    const row = this.minutes.row(site, minute);
    if (row !== -1) this.minutes.increase(row, M.clients);
  }

  #countMinute(hit: Hit, step: ClientStep & CohortStep, site: number, minute: number): void {
    const { minutes } = this;
    const row = minutes.row(site, minute);
    if (row === -1) {
      minutes.droppedHits += 1;
      return;
    }
    const { status } = hit;
    minutes.increase(row, M.hits);
    minutes.increase(row, step.isPage === 1 ? M.pages : M.assets);
    if (step.isPost === 1) minutes.increase(row, M.posts);
    if (status >= 200 && status < 600) {
      minutes.increase(
        row,
        status < 300 ? M.status2xx : status < 400 ? M.status3xx : status < 500 ? M.status4xx : M.status5xx,
      );
    }
    if (status === 404) minutes.increase(row, M.notFound);
    // 408 request timeout (RFC 9110), 499 nginx and 460 of AWS: the client closed; 400 without a byte: it sent nothing whole.
    else if (status === 408 || status === 499 || status === 460 || (status === 400 && hit.bytesOut === 0))
      minutes.increase(row, M.clientGone);
    if (step.cacheKnown === 1) {
      minutes.increase(row, M.cacheKnown);
      if (step.cacheMissed === 1) minutes.increase(row, M.cacheMissed);
    }
    if (step.noReferer === 1) minutes.increase(row, M.refererNone);
    else if (step.outsideReferer === 1) minutes.increase(row, M.refererOutside);
    if (hit.malformed) minutes.increase(row, M.malformed);
    if (hit.protocol >= 20) minutes.increase(row, M.protocol2);
    minutes.addFloat(row, MF.bytesOut, step.bytesOut);
    if (step.durationMs >= 0) {
      minutes.increase(row, M.timed);
      minutes.addFloat(row, MF.durationMs, step.durationMs);
      if (step.durationMs >= SLOW_MS) minutes.increase(row, M.slow);
    }
  }

  #countCohorts(
    hit: Hit,
    step: ClientStep & CohortStep,
    site: number,
    client: number,
    referer: number,
  ): void {
    const { cohorts, clients } = this;
    cohorts.count(this.#cohort(COHORT.path, site, step.pathShape, hit), step);
    cohorts.count(this.#cohort(COHORT.agent, site, step.agentHash, hit), step);
    cohorts.count(this.#cohort(COHORT.manner, site, step.manner, hit), step);
    if (hit.ipVersion !== 0) {
      cohorts.count(
        this.#placeCohort(COHORT.network, K.networkCohort, networkHash(hit), site, client, hit),
        step,
      );
    }
    // Parts of pages follow from the page: they say nothing more about these.
    if (step.isAsset === 1) return;
    cohorts.count(this.#cohort(COHORT.referer, site, referer, hit), step);
    if (step.queryShape !== 0) cohorts.count(this.#cohort(COHORT.query, site, step.queryShape, hit), step);
    cohorts.count(this.#cohort(COHORT.protocol, site, (hit.method << 8) | hit.protocol, hit), step);
    if (hit.tlsStart !== -1) {
      const hash = hashBytes(hit.bytes, hit.tlsStart, hit.tlsEnd, SEED.tls);
      cohorts.count(this.#cohort(COHORT.tls, site, hash, hit), step);
    }
    const asn = clients.counter(client, K.asn);
    if (asn !== 0) cohorts.count(this.#placeCohort(COHORT.asn, K.asnCohort, asn, site, client, hit), step);
    const country = clients.counter(client, K.country);
    if (country !== 0) {
      cohorts.count(this.#placeCohort(COHORT.country, K.countryCohort, country, site, client, hit), step);
    }
  }

  /** 0 none, 1 own, else a hash of the other site; says of the step which, and works out its manner. */
  #refererOf(hit: Hit, step: ClientStep & CohortStep): number {
    let value = 0;
    if (hit.refererStart !== -1) {
      const { bytes } = hit;
      let from = hit.refererStart;
      const end = hit.refererEnd;
      const scheme = bytes.indexOf(0x3a, from);
      if (scheme !== -1 && scheme < end && bytes[scheme + 1] === 0x2f) from = scheme + 3;
      let stop = from;
      while (stop < end && bytes[stop] !== 0x2f && bytes[stop] !== 0x3a && bytes[stop] !== 0x3f) stop += 1;
      refererFrom = from;
      refererTo = stop;
      if (this.#isOwn(hit, from, stop)) {
        value = 1;
      } else {
        value = hashBytes(bytes, from, stop, SEED.referer) || 2;
        step.outsideReferer = 1;
      }
    }
    const kind = value > 1 ? 2 : value;
    step.manner = mixedPair(step.agentHash, (hit.method << 16) | (hit.protocol << 8) | kind) || 1;
    return value;
  }

  /** Whether a referer is the site itself. A log without host names takes the host most often named there for its own. */
  #isOwn(hit: Hit, from: number, to: number): boolean {
    const { bytes } = hit;
    if (hit.hostStart !== -1) return sameHost(bytes, from, to, hit.hostStart, hit.hostEnd);
    const hash = hashBytes(bytes, from, to, SEED.referer);
    if (this.#ownVotes === 0) {
      this.#ownHost = hash;
      this.#ownVotes = 1;
    } else if (this.#ownHost === hash) this.#ownVotes += 1;
    else this.#ownVotes -= 1;
    return this.#ownHost === hash;
  }
  #ownHost = 0;
  #ownVotes = 0;

  /** A cohort that depends on the client's address only: its row is remembered with the client, for one site. */
  #placeCohort(type: number, column: number, value: number, site: number, client: number, hit: Hit): number {
    const known = this.clients.counter(client, column);
    if (known !== 0 && this.cohorts.site[known - 1] === site) return known - 1;
    const row = this.#cohort(type, site, value, hit);
    this.clients.set(client, column, row + 1);
    return row;
  }

  #cohort(type: number, site: number, value: number, hit: Hit): number {
    const { cohorts } = this;
    const second = ((type << 24) | site) >>> 0;
    const known = cohorts.index.find(value, second);
    if (known !== -1) return known;
    if (cohorts.isFull()) this.clients.cohortsMoved(cohorts.thin());
    return cohorts.add(value, second, type, site, value, this.#cohortText(type, hit));
  }

  #cohortText(type: number, hit: Hit): string {
    const { bytes } = hit;
    const part = (start: number, end: number): string =>
      bytes.toString('latin1', start, Math.min(end, start + MAX_COHORT_TEXT));
    switch (type) {
      case COHORT.path:
        this.#writePathShape(hit);
        return this.#shape.bytes.toString('latin1', 0, this.#shape.length);
      case COHORT.query:
        this.#writeQueryShape(hit);
        return this.#shape.bytes.toString('latin1', 0, this.#shape.length);
      case COHORT.agent:
        return hit.agentStart === -1 ? '' : part(hit.agentStart, hit.agentEnd);
      case COHORT.protocol:
        return `${this.#methodText(hit)} ${protocolText(hit.protocol)}`;
      case COHORT.referer:
        if (hit.refererStart === -1) return 'none';
        return this.#step.outsideReferer === 0 ? 'own' : part(refererFrom, refererTo);
      case COHORT.tls:
        return part(hit.tlsStart, hit.tlsEnd);
      case COHORT.network:
        return networkText(hit);
      case COHORT.asn:
        return `AS${hit.asn || this.#geo.asnOf(hit.ipVersion, hit.ip0, hit.ip1)}`;
      case COHORT.country:
        return hit.country ? countryText(hit.country) : this.#geo.countryOf(hit.ipVersion, hit.ip0, hit.ip1);
      default: {
        const kind = hit.refererStart === -1 ? 'none' : this.#step.outsideReferer === 0 ? 'own' : 'outside';
        const agent =
          hit.agentStart === -1 ? '' : part(hit.agentStart, Math.min(hit.agentEnd, hit.agentStart + 240));
        return `${this.#methodText(hit)} ${protocolText(hit.protocol)} ${kind} ${agent}`;
      }
    }
  }

  #methodText(hit: Hit): string {
    return hit.methodStart === -1 ? '?' : hit.bytes.toString('latin1', hit.methodStart, hit.methodEnd);
  }

  /** The address a pingback says it comes from: `WordPress/4.7; https://blog.example; verifying pingback from 198.51.100.7`. */
  #countPingback(hit: Hit): void {
    const { bytes, agentStart } = hit;
    if (bytes[agentStart] !== 0x57 || bytes[agentStart + 4] !== 0x50) return;
    const at = bytes.indexOf(PINGBACK, agentStart);
    if (at === -1 || at >= hit.agentEnd) return;
    const from = at + PINGBACK.length;
    let to = from;
    while (to < hit.agentEnd && bytes[to] !== 0x3b && bytes[to] !== 0x20) to += 1;
    const address = hit.text(from, Math.min(to, from + 64));
    const known = this.pingbacks.get(address);
    if (known) {
      known.hits += 1;
      if (hit.seconds < known.firstSecond) known.firstSecond = hit.seconds;
      if (hit.seconds > known.lastSecond) known.lastSecond = hit.seconds;
    } else if (this.pingbacks.size < MAX_PINGBACKS) {
      this.pingbacks.set(address, { hits: 1, firstSecond: hit.seconds, lastSecond: hit.seconds });
    }
  }

  /** Takes over all that another counted. */
  merge(other: Tally): void {
    if (!(other instanceof WebTraffic)) throw new TypeError('only web traffic merges with web traffic');
    other.flush();
    this.flush();
    const sourceOffset = this.sources.length;
    this.sources.push(...other.sources);
    const siteOf = other.sites.map((name) => (name === '' ? 0 : this.#siteNamed(name)));
    const site = (index: number): number => siteOf[index] ?? 0;
    this.otherSiteHits += other.otherSiteHits;
    this.#mergeMinutes(other.minutes, site);
    const clientRows = this.#mergeClients(other, sourceOffset);
    this.clients.slots.merge(other.clients.slots, clientRows);
    const cohortRows = this.#mergeCohorts(other.cohorts, site);
    this.cohorts.slots.merge(other.cohorts.slots, cohortRows);
    for (const [address, more] of other.pingbacks) {
      const known = this.pingbacks.get(address);
      if (known) {
        known.hits += more.hits;
        known.firstSecond = Math.min(known.firstSecond, more.firstSecond);
        known.lastSecond = Math.max(known.lastSecond, more.lastSecond);
      } else if (this.pingbacks.size < MAX_PINGBACKS) this.pingbacks.set(address, { ...more });
    }
    for (const [key, name] of other.clientNames) {
      if (this.clientNames.size < MAX_CLIENT_NAMES) this.clientNames.set(key, name);
    }
  }

  #mergeMinutes(other: MinuteRows, site: (index: number) => number): void {
    this.minutes.droppedHits += other.droppedHits;
    for (let row = 0; row < other.size; row += 1) {
      const own = this.minutes.row(site(other.index.first(row)), other.index.second(row));
      if (own === -1) this.minutes.droppedHits += other.counters[row * 24] as number;
      else this.minutes.take(own, other, row);
    }
  }

  /** @returns the row here of each row there */
  #mergeClients(other: WebTraffic, sourceOffset: number): (row: number) => number {
    const { clients } = this;
    clients.droppedRows += other.clients.droppedRows;
    clients.droppedHits += other.clients.droppedHits;
    for (let row = 0; row < other.clients.size; row += 1) {
      const [first, second] = [other.clients.index.first(row), other.clients.index.second(row)];
      let own = clients.index.find(first, second);
      if (own === -1) {
        if (clients.isFull()) clients.thin();
        own = clients.add(first, second);
        clients.set(own, K.ipVersion, other.clients.counter(row, K.ipVersion));
      }
      clients.take(own, other.clients, row, sourceOffset);
    }
    return (row) => clients.index.find(other.clients.index.first(row), other.clients.index.second(row));
  }

  #mergeCohorts(other: CohortTable, site: (index: number) => number): (row: number) => number {
    const { cohorts } = this;
    cohorts.droppedRows += other.droppedRows;
    cohorts.droppedHits += other.droppedHits;
    const keyOf = (row: number): [number, number] => [
      other.index.first(row),
      (((other.type[row] as number) << 24) | site(other.site[row] as number)) >>> 0,
    ];
    for (let row = 0; row < other.size; row += 1) {
      const [first, second] = keyOf(row);
      let own = cohorts.index.find(first, second);
      if (own === -1) {
        if (cohorts.isFull()) this.clients.cohortsMoved(cohorts.thin());
        const type = other.type[row] as number;
        const text = other.texts[row] ?? '';
        own = cohorts.add(first, second, type, second & 0xffffff, other.valueHash[row] as number, text);
      }
      cohorts.take(own, other, row);
    }
    return (row) => cohorts.index.find(...keyOf(row));
  }

  /** Everything counted is in the tables of slots. */
  flush(): void {
    this.clients.flush();
    this.cohorts.flush();
  }

  /** What detectors see. Counting may go on afterwards; the view stays as it is where it copied. */
  view(): TrafficView {
    this.flush();
    return viewOf(this);
  }

  /** For views. @internal */
  sourceViews(): readonly TrafficSource[] {
    return this.sources.map((state) => ({
      evidence: state.evidence,
      path: state.path,
      formats: [...state.formats].sort(([, a], [, b]) => b - a).map(([id]) => id),
      lines: state.lines,
      hits: state.hits,
      events: state.events,
      malformed: state.malformed,
      unparsed: state.unparsed,
      firstSecond: state.firstSecond,
      lastSecond: state.lastSecond,
      stepsBack: state.stepsBack,
      proxied: state.proxied,
      zones: [...state.zones].sort((a, b) => a - b),
    }));
  }

  /** For views. @internal */
  ranges(fromMinute: number, toMinute: number): ByteRange[] {
    const ranges: ByteRange[] = [];
    for (const [source, { marks }] of this.sources.entries()) {
      let [firstByte, lastByte] = [-1, -1];
      for (let at = 0; at < marks.length; at += 4) {
        if ((marks[at + 1] as number) < fromMinute || (marks[at] as number) > toMinute) continue;
        // Marks that follow each other are one range.
        if (firstByte === -1) firstByte = marks[at + 2] as number;
        lastByte = marks[at + 3] as number;
      }
      if (firstByte !== -1) ranges.push({ source, firstByte, lastByte });
    }
    return ranges;
  }
}

/** Where the host of the last referer lies. */
let refererFrom = 0;
let refererTo = 0;

const PINGBACK = Buffer.from('verifying pingback from ');
const XMLRPC = Buffer.from('/xmlrpc.php');
const WP_ADMIN = Buffer.from('/wp-admin/');
/** Forms of WordPress, Joomla, Drupal, and what others call theirs. */
const LOGINS = [
  '/wp-login.php',
  '/administrator/index.php',
  '/user/login',
  '/login',
  '/signin',
  '/login.php',
  '/ghost/api/admin/session/',
].map((path) => Buffer.from(path));

const COUNTER_OF_EVENT: Readonly<Record<number, number>> = {
  [EVENT.requestsLimited]: M.limited,
  [EVENT.connectionsLimited]: M.limited,
  [EVENT.clientTimedOut]: M.timedOut,
  [EVENT.exhausted]: M.exhausted,
  [EVENT.upstreamFailed]: M.upstreamFailed,
  [EVENT.challenged]: M.guarded,
  [EVENT.blocked]: M.guarded,
};

function endsWith(hit: Hit, ending: Buffer): boolean {
  const end = hit.pathEnd;
  const start = end - ending.length;
  return start >= hit.targetStart && hit.bytes.compare(ending, 0, ending.length, start, end) === 0;
}

function isLogin(hit: Hit): boolean {
  for (const path of LOGINS) if (endsWith(hit, path)) return true;
  return false;
}

/** A page below wp-admin. Not what pages of visitors ask for in passing (`admin-ajax.php`). */
function isAdminPage(hit: Hit): boolean {
  const { bytes, targetStart } = hit;
  if (targetStart === -1 || bytes[targetStart + 1] !== 0x77) return false;
  if (targetStart + WP_ADMIN.length > hit.targetEnd) return false;
  if (bytes.compare(WP_ADMIN, 0, WP_ADMIN.length, targetStart, targetStart + WP_ADMIN.length) !== 0)
    return false;
  const at = targetStart + WP_ADMIN.length;
  return !(bytes[at] === 0x61 && bytes[at + 5] === 0x2d && bytes[at + 6] === 0x61);
}

function sameHost(bytes: Buffer, from: number, to: number, hostStart: number, hostEnd: number): boolean {
  const start = withoutWww(bytes, from, to);
  const own = withoutWww(bytes, hostStart, hostEnd);
  if (to - start !== hostEnd - own) return false;
  for (let at = 0; at < to - start; at += 1) {
    if (((bytes[start + at] as number) | 0x20) !== ((bytes[own + at] as number) | 0x20)) return false;
  }
  return true;
}

function withoutWww(bytes: Buffer, from: number, to: number): number {
  const isWww =
    to - from > 4 &&
    bytes[from] === 0x77 &&
    bytes[from + 1] === 0x77 &&
    bytes[from + 2] === 0x77 &&
    bytes[from + 3] === 0x2e;
  return isWww ? from + 4 : from;
}

/** IPv4 /24, IPv6 /48. */
function networkHash(hit: Hit): number {
  return hit.ipVersion === 4 ? mixed(hit.ip0 >>> 8) : mixedPair(hit.ip0, hit.ip1 >>> 16);
}

function networkText(hit: Hit): string {
  if (hit.ipVersion === 4) {
    return `${addressOf({ ipVersion: 4, ip0: hit.ip0 - (hit.ip0 & 255), ip1: 0, ip2: 0, ip3: 0 })}/24`;
  }
  const ip1 = ((hit.ip1 >>> 16) << 16) >>> 0;
  return `${addressOf({ ipVersion: 6, ip0: hit.ip0, ip1, ip2: 0, ip3: 0 })}/48`;
}

function protocolText(protocol: number): string {
  if (protocol === 0) return '-';
  return protocol === 9 ? 'HTTP/0.9' : `HTTP/${Math.floor(protocol / 10)}.${protocol % 10}`;
}

function packedCountry(code: string): number {
  return code.length === 2 ? (code.charCodeAt(0) << 8) | code.charCodeAt(1) : 0;
}

/** Two letters. */
export function countryText(packed: number): string {
  return packed === 0 ? '' : String.fromCharCode(packed >>> 8, packed & 255);
}

/** Key of a name in `clientNames`. */
export function nameKey(first: number, second: number): string {
  return `${first}:${second}`;
}

/** Version of a client's address. */
export function versionOf(clients: ClientTable, row: number): 0 | 4 | 6 {
  return clients.counter(row, K.ipVersion) as 0 | 4 | 6;
}

function emptyMark(): { lines: number; from: number; to: number; first: number; last: number } {
  return { lines: 0, from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY, first: 0, last: 0 };
}

function newStep(): ClientStep & CohortStep {
  return {
    seconds: 0,
    minute: 0,
    isPage: 0,
    isAsset: 0,
    isPost: 0,
    is4xx: 0,
    is5xx: 0,
    isNotFound: 0,
    noReferer: 0,
    outsideReferer: 0,
    isMalformed: 0,
    cacheKnown: 0,
    cacheMissed: 0,
    bytesOut: 0,
    durationMs: -1,
    pathHash: 0,
    queryHash: 0,
    agentHash: 0,
    pathShape: 0,
    queryShape: 0,
    manner: 0,
    clientMark: 0,
    pathMark: 0,
    queryMark: 0,
    agentMark: 0,
  };
}
