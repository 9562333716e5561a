import type { Tally } from '../../core/contracts.js';
import { geoTables } from '../geo/geo-tables.js';
import { EVENT, type Hit, METHOD } from '../hits/hit.js';
import type { HitConsumer } from '../hits/log-format.js';
import { ClientTable, K, KF } from './client-table.js';
import { CohortCounter, type CohortSink } from './cohort-counter.js';
import { CohortTable } from './cohort-table.js';
import { packedCountry } from './country-code.js';
import { FactReader, type HitFacts, SEED, ShapeTexts } from './facts.js';
import { hashBytes, mixedPair, secondHash } from './hash.js';
import { M, MF, MinuteRows } from './minute-table.js';
import type { ByteRange, TrafficSource, TrafficView } from './shape.js';
import { isBulk } from './shapes.js';
import { markOf } from './sketches.js';
import { nameKey, viewOf } from './view.js';

/** Sites told apart; requests to others count as those of no named site. */
const MAX_SITES = 256;
/** Addresses named by pingbacks that are kept. */
const MAX_PINGBACKS = 1_000;
/** Names kept of clients that are no addresses. */
const MAX_CLIENT_NAMES = 50_000;
/** Lines between two marks of where in the file which minutes lie, at first; twice as many each time there are too many marks. */
const LINES_PER_MARK = 32;
const MAX_MARKS = 16_384;
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
  linesPerMark: number;
  /** From and to minute, first and last byte of every `linesPerMark` lines. */
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
  readonly #reader: FactReader;
  readonly #counter: CohortCounter;
  readonly #cohorts: CohortSink;
  #source = -1;
  #lastSecond = -1;
  #mark: { lines: number; from: number; to: number; first: number; last: number } = emptyMark();
  #siteHash = 0;
  #site = 0;

  /** @param cohorts counts what requests have in common; left out, they are counted here */
  constructor(cohorts?: CohortSink) {
    const texts = new ShapeTexts();
    this.#reader = new FactReader(texts);
    this.#counter = new CohortCounter(this.cohorts, texts);
    this.#cohorts = cohorts ?? this.#counter;
  }

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
      linesPerMark: LINES_PER_MARK,
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
    const step = this.#reader.read(hit, site, minute);
    const client = this.#clientOf(hit);
    if (this.clients.count(client, step)) this.#countMinuteClient(site, minute);
    this.#countLogin(hit, client, seconds);
    this.#countMinute(hit, step, site, minute);
    this.#cohorts.count(
      hit,
      step,
      site,
      this.clients.counter(client, K.asn),
      this.clients.counter(client, K.country),
    );
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
    if (mark.lines >= state.linesPerMark) this.#closeMark(state);
  }

  #closeMark(state: SourceState): void {
    const { lines, from, to, first, last } = this.#mark;
    if (lines > 0) state.marks.push(from, to, first, last);
    if (state.marks.length >= MAX_MARKS * 4) joinMarks(state);
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

  #clientOf(hit: Hit): number {
    let first = hit.ip0;
    let second = hit.ipVersion === 4 ? IPV4_KEY : Math.min(hit.ip1, IPV4_KEY - 1);
    if (hit.ipVersion === 0) {
      first = hit.clientStart === -1 ? 0 : hashBytes(hit.bytes, hit.clientStart, hit.clientEnd, SEED.name);
      second = hit.clientStart === -1 ? 0 : secondHash();
      if (second === IPV4_KEY) second = 0;
    }
    const step = this.#reader.facts;
    step.clientMark = markOf(mixedPair(first, second));
    const known = this.clients.index.find(first, second);
    if (known !== -1) return known;
    if (this.clients.isFull()) this.clients.thin();
    const row = this.clients.addClient(first, second);
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
          clients.increase(client, K.loginStreak);
        } else if (hit.status === 302 || hit.status === 303) {
          this.#countAcceptedLogin(client, seconds);
        }
      }
    } else if (hit.status === 200 && hit.method === METHOD.get && isAdminPage(hit)) {
      clients.increase(client, K.adminPages);
    }
  }

  /** Whoever mistypes now and then and gets in is no guesser: only refusals since the last accepted login count. */
  #countAcceptedLogin(client: number, seconds: number): void {
    const { clients } = this;
    const streak = clients.counter(client, K.loginStreak);
    clients.set(client, K.loginStreak, 0);
    if (streak < FAILURES_BEFORE_SUCCESS) return;
    clients.increase(client, K.loginSuccesses);
    if (clients.float(client, KF.loginSuccessSecond) === 0)
      clients.setFloat(client, KF.loginSuccessSecond, seconds);
  }

  #countMinuteClient(site: number, minute: number): void {
    const row = this.minutes.row(site, minute);
    if (row !== -1) this.minutes.increase(row, M.clients);
  }

  #countMinute(hit: Hit, step: HitFacts, site: number, minute: number): void {
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
    if (step.isAsset === 1 && isBulk(hit)) minutes.increase(row, M.bulk);
    minutes.addFloat(row, MF.bytesOut, step.bytesOut);
    if (step.durationMs >= 0) {
      minutes.increase(row, M.timed);
      minutes.addFloat(row, MF.durationMs, step.durationMs);
      if (step.durationMs >= SLOW_MS) minutes.increase(row, M.slow);
    }
  }

  /** The address a pingback says it comes from: `WordPress/4.7; https://blog.example; verifying pingback from 198.51.100.7`. */
  #countPingback(hit: Hit): void {
    const { bytes, agentStart } = hit;
    if (bytes[agentStart] !== 0x57 || bytes[agentStart + 4] !== 0x50) return;
    const at = bytes.subarray(agentStart, hit.agentEnd).indexOf(PINGBACK);
    if (at === -1) return;
    const from = agentStart + at + PINGBACK.length;
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
    this.minutes.merge(other.minutes, site);
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
        own = clients.addClient(first, second);
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
        if (cohorts.isFull()) this.#counter.thin();
        const type = other.type[row] as number;
        const text = other.texts[row] ?? '';
        own = cohorts.addCohort(first, second, type, second & 0xffffff, other.valueHash[row] as number, text);
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
  // Most paths of a WordPress begin like this; the letter after the dash tells them apart: /wp-content/, /wp-includes/.
  if (targetStart === -1 || bytes[targetStart + 4] !== 0x61 || bytes[targetStart + 1] !== 0x77) return false;
  if (targetStart + WP_ADMIN.length > hit.targetEnd) return false;
  if (bytes.compare(WP_ADMIN, 0, WP_ADMIN.length, targetStart, targetStart + WP_ADMIN.length) !== 0)
    return false;
  const at = targetStart + WP_ADMIN.length;
  return !(bytes[at] === 0x61 && bytes[at + 5] === 0x2d && bytes[at + 6] === 0x61);
}

/** Two neighbouring marks become one. */
function joinMarks(state: SourceState): void {
  const { marks } = state;
  const joined: number[] = [];
  for (let at = 0; at + 7 < marks.length; at += 8) {
    joined.push(
      Math.min(marks[at] as number, marks[at + 4] as number),
      Math.max(marks[at + 1] as number, marks[at + 5] as number),
      marks[at + 2] as number,
      marks[at + 7] as number,
    );
  }
  state.marks = joined;
  state.linesPerMark *= 2;
}

function emptyMark(): { lines: number; from: number; to: number; first: number; last: number } {
  return { lines: 0, from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY, first: 0, last: 0 };
}
