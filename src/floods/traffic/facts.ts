import { addressOf } from '../hits/client-address.js';
import { CACHE, type Hit, METHOD } from '../hits/hit.js';
import type { ClientStep } from './client-table.js';
import { type CohortStep, MAX_COHORT_TEXT } from './cohort-table.js';
import { hashBytes, mixed, mixedPair, secondHash } from './hash.js';
import { COHORT } from './shape.js';
import { isAsset, ShapeWriter } from './shapes.js';
import { markOf } from './sketches.js';

/** Paths and queries whose shape is remembered by their hash; powers of two. */
const REMEMBERED_PATHS = 32_768;
const REMEMBERED_QUERIES = 8_192;
/** Seeds that keep hashes of different things apart. */
export const SEED = { site: 1, path: 2, query: 3, agent: 4, referer: 6, tls: 7, name: 8, value: 9 } as const;

/** Referers that are no other site. */
export const REFERER = { none: 0, own: 1 } as const;

/** What one request adds to every table. */
export type HitFacts = ClientStep &
  CohortStep & {
    /** One of {@link REFERER}, else a hash of the other site. */
    refererHash: number;
  };

/** Works out of a request what is counted: its kind, hashes of its values and of their shapes. One object, filled again. */
export class FactReader {
  readonly facts: HitFacts = newFacts();
  readonly #shapes: ShapeTexts;
  /** Paths seen lately: both hashes, then site and method, then the hash of the shape. */
  readonly #remembered = new Uint32Array(REMEMBERED_PATHS * 4);
  /** Queries seen lately: both hashes, that of the path, then the hash of the shape. */
  readonly #rememberedQueries = new Uint32Array(REMEMBERED_QUERIES * 4);
  #ownHost = 0;
  #ownVotes = 0;

  constructor(shapes: ShapeTexts) {
    this.#shapes = shapes;
  }

  /** Hash of the host that referers name most often, and its votes: what is taken for the site's own in a log without hosts. */
  get ownHost(): readonly [number, number] {
    return [this.#ownHost, this.#ownVotes];
  }

  set ownHost([hash, votes]: readonly [number, number]) {
    this.#ownHost = hash;
    this.#ownVotes = votes;
  }

  /** Everything but the client. `site` keeps paths of different sites apart. */
  read(hit: Hit, site: number, minute: number): HitFacts {
    const { facts } = this;
    classify(hit, facts, minute);
    this.#hashTexts(hit, facts, site);
    this.#readReferer(hit, facts);
    return facts;
  }

  /** Hashes of what is distinct, and of the shapes. */
  #hashTexts(hit: Hit, step: HitFacts, site: number): void {
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
    const querySecond = secondHash();
    step.queryMark = hasQuery ? markOf(step.queryHash) || 1 : 0;
    // The shape of a path asked for often is worked out once.
    const remembered = this.#remembered;
    const place = (mixedPair(pathHash, hit.method) & (REMEMBERED_PATHS - 1)) * 4;
    const owner = (site * 16 + hit.method) >>> 0;
    if (
      remembered[place] === pathHash &&
      remembered[place + 1] === pathSecond &&
      remembered[place + 2] === owner
    ) {
      step.pathShape = remembered[place + 3] as number;
    } else {
      step.pathShape = this.#shapes.pathHash(hit);
      remembered[place] = pathHash;
      remembered[place + 1] = pathSecond;
      remembered[place + 2] = owner;
      remembered[place + 3] = step.pathShape;
    }
    step.queryShape = hasQuery ? this.#queryShape(hit, step.queryHash, querySecond, pathHash) : 0;
  }

  /** The shape of a query asked for often (`?ver=6.7`) is worked out once, too. */
  #queryShape(hit: Hit, first: number, second: number, pathHash: number): number {
    const remembered = this.#rememberedQueries;
    const place = (mixedPair(first, pathHash) & (REMEMBERED_QUERIES - 1)) * 4;
    if (
      remembered[place] === first &&
      remembered[place + 1] === second &&
      remembered[place + 2] === pathHash
    ) {
      return remembered[place + 3] as number;
    }
    const shape = this.#shapes.queryHash(hit);
    remembered[place] = first;
    remembered[place + 1] = second;
    remembered[place + 2] = pathHash;
    remembered[place + 3] = shape;
    return shape;
  }

  /** 0 none, 1 own, else a hash of the other site; and the manner, which holds which of these. */
  #readReferer(hit: Hit, step: HitFacts): void {
    let value: number = REFERER.none;
    if (hit.refererStart !== -1) {
      const from = refererHostStart(hit);
      const stop = refererHostEnd(hit, from);
      if (this.#isOwn(hit, from, stop)) {
        value = REFERER.own;
      } else {
        value = hashBytes(hit.bytes, from, stop, SEED.referer) || 2;
        step.outsideReferer = 1;
      }
    }
    const kind = value > 1 ? 2 : value;
    step.manner = mixedPair(step.agentHash, (hit.method << 16) | (hit.protocol << 8) | kind) || 1;
    step.refererHash = value;
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
}

/** Everything but hashes and the referer. */
export function classify(hit: Hit, step: HitFacts, minute: number): void {
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

/** Shapes of requests and what else cohorts are called, as texts. */
export class ShapeTexts {
  readonly #shape = new ShapeWriter();

  /** Hash of what the path looks like, with the method. */
  pathHash(hit: Hit): number {
    this.#writePath(hit);
    return this.#hash();
  }

  /** Hash of what the query looks like, with its path. */
  queryHash(hit: Hit): number {
    this.#writeQuery(hit);
    return this.#hash();
  }

  /** The value of a cohort type that a request has. Not of types that need to know the client's place. */
  textOf(type: number, hit: Hit, { refererHash }: Pick<HitFacts, 'refererHash'>): string {
    const { bytes } = hit;
    const part = (start: number, end: number): string =>
      bytes.toString('latin1', start, Math.min(end, start + MAX_COHORT_TEXT));
    switch (type) {
      case COHORT.path:
        this.#writePath(hit);
        return this.#text();
      case COHORT.query:
        this.#writeQuery(hit);
        return this.#text();
      case COHORT.agent:
        return hit.agentStart === -1 ? '' : part(hit.agentStart, hit.agentEnd);
      case COHORT.protocol:
        return `${methodText(hit)} ${protocolText(hit.protocol)}`;
      case COHORT.referer: {
        if (refererHash === REFERER.none) return 'none';
        if (refererHash === REFERER.own) return 'own';
        const from = refererHostStart(hit);
        return part(from, refererHostEnd(hit, from));
      }
      case COHORT.tls:
        return part(hit.tlsStart, hit.tlsEnd);
      default: {
        const kind = refererHash === REFERER.none ? 'none' : refererHash === REFERER.own ? 'own' : 'outside';
        const agent =
          hit.agentStart === -1 ? '' : part(hit.agentStart, Math.min(hit.agentEnd, hit.agentStart + 240));
        return `${methodText(hit)} ${protocolText(hit.protocol)} ${kind} ${agent}`;
      }
    }
  }

  #writePath(hit: Hit): void {
    const shape = this.#shape;
    shape.length = 0;
    shape.text(`${methodText(hit)} `);
    if (hit.targetStart !== -1 && !hit.malformed) shape.path(hit.bytes, hit.targetStart, hit.pathEnd);
    else shape.text('*');
  }

  #writeQuery(hit: Hit): void {
    const shape = this.#shape;
    shape.length = 0;
    shape.path(hit.bytes, hit.targetStart, hit.pathEnd);
    shape.query(hit.bytes, hit.queryStart, hit.targetEnd);
  }

  #hash(): number {
    return hashBytes(this.#shape.bytes, 0, this.#shape.length, SEED.value);
  }

  #text(): string {
    return this.#shape.bytes.toString('latin1', 0, this.#shape.length);
  }
}

function methodText(hit: Hit): string {
  return hit.methodStart === -1 ? '?' : hit.bytes.toString('latin1', hit.methodStart, hit.methodEnd);
}

/** Where the host of a referer begins, after `https://`. */
function refererHostStart({ bytes, refererStart, refererEnd }: Hit): number {
  let scheme = refererStart;
  while (scheme < refererEnd && bytes[scheme] !== 0x3a) scheme += 1;
  return scheme < refererEnd && bytes[scheme + 1] === 0x2f ? scheme + 3 : refererStart;
}

function refererHostEnd({ bytes, refererEnd }: Hit, from: number): number {
  let stop = from;
  while (stop < refererEnd && bytes[stop] !== 0x2f && bytes[stop] !== 0x3a && bytes[stop] !== 0x3f) stop += 1;
  return stop;
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
export function networkHash(hit: Hit): number {
  return hit.ipVersion === 4 ? mixed(hit.ip0 >>> 8) : mixedPair(hit.ip0, hit.ip1 >>> 16);
}

export function networkText(hit: Hit): string {
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

export function newFacts(): HitFacts {
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
    refererHash: 0,
    clientMark: 0,
    pathMark: 0,
    queryMark: 0,
    agentMark: 0,
  };
}
