import { Rows } from './rows.js';
import { BUSY_MINUTE, type SlotManner, Slots } from './slots.js';

/** Clients kept one by one; beyond, those with the fewest requests are dropped (their requests stay in all other counts). */
const MAX_CLIENTS = 300_000;
const MAX_CLIENT_SLOTS = 1_000_000;
/** Quiet minutes are put together by 16. */
const BLOCK_SHIFT = 4;
/** A new visit begins after this silence (BotHound). */
const VISIT_GAP_SECONDS = 1_800;

/** Counters of a client, side by side in memory. */
export const K = {
  hits: 0,
  pages: 1,
  assets: 2,
  posts: 3,
  status4xx: 4,
  status5xx: 5,
  notFound: 6,
  refererNone: 7,
  malformed: 8,
  visits: 9,
  gaps: 10,
  evenGaps: 11,
  agent: 12,
  agentVotes: 13,
  path: 14,
  pathVotes: 15,
  loginFailures: 16,
  loginSuccesses: 17,
  adminPages: 18,
  xmlrpcPosts: 19,
  source: 20,
  lastGap: 21,
  pathsLow: 22,
  pathsHigh: 23,
  queriesLow: 24,
  queriesHigh: 25,
  agentsLow: 26,
  agentsHigh: 27,
  asn: 28,
  /** Two letters as `first << 8 | second`. */
  country: 29,
  /** The minute of its last request and what fell into it; then the same of the quiet minutes before. */
  minute: 30,
  minuteHits: 31,
  minuteAssets: 32,
  minuteErrors: 33,
  blockMinute: 34,
  blockHits: 35,
  blockAssets: 36,
  blockErrors: 37,
  /** What most pages of its block were. */
  slotAgent: 38,
  slotPath: 39,
  slotPathVotes: 40,
  slotQuery: 41,
  slotManner: 42,
  ipVersion: 43,
  /** Refused logins since the last that was accepted. */
  loginStreak: 44,
} as const;
const COUNTERS = 45;
export const KF = {
  bytesOut: 0,
  firstSecond: 1,
  lastSecond: 2,
  /** Of the request read last: gaps are between requests as they come. */
  seenSecond: 3,
  gapSeconds: 4,
  gapSquares: 5,
  firstByte: 6,
  loginSuccessSecond: 7,
} as const;
const FLOATS = 8;

/** What one request adds to its client. */
export interface ClientStep {
  seconds: number;
  minute: number;
  isPage: number;
  isAsset: number;
  isPost: number;
  is4xx: number;
  is5xx: number;
  isNotFound: number;
  noReferer: number;
  isMalformed: number;
  bytesOut: number;
  pathHash: number;
  queryHash: number;
  agentHash: number;
  /** Hashes of shapes. */
  pathShape: number;
  queryShape: number;
  manner: number;
}

/** Clients of a site, one by one, in bounded memory: an address, or the /64 of an IPv6 address. */
export class ClientTable extends Rows {
  readonly slots = new Slots(MAX_CLIENT_SLOTS, BLOCK_SHIFT, true);
  droppedRows = 0;
  droppedHits = 0;

  /** By ip0 and ip1; those of IPv4 have a second word that no IPv6 address has. */
  constructor() {
    super(COUNTERS, FLOATS);
  }

  isFull(): boolean {
    return this.index.size >= MAX_CLIENTS;
  }

  addClient(first: number, second: number): number {
    const row = this.addRow(first, second);
    this.setFloat(row, KF.firstSecond, Number.POSITIVE_INFINITY);
    this.setFloat(row, KF.lastSecond, Number.NEGATIVE_INFINITY);
    return row;
  }

  /** One request. @returns whether it is the first of its minute */
  count(row: number, step: ClientStep): boolean {
    const { counters, floats } = this;
    const c = row * COUNTERS;
    const f = row * FLOATS;
    const hits = counters[c] as number;
    counters[c] = hits + 1;
    counters[c + K.pages] = (counters[c + K.pages] as number) + step.isPage;
    counters[c + K.assets] = (counters[c + K.assets] as number) + step.isAsset;
    counters[c + K.posts] = (counters[c + K.posts] as number) + step.isPost;
    counters[c + K.status4xx] = (counters[c + K.status4xx] as number) + step.is4xx;
    counters[c + K.status5xx] = (counters[c + K.status5xx] as number) + step.is5xx;
    counters[c + K.notFound] = (counters[c + K.notFound] as number) + step.isNotFound;
    counters[c + K.refererNone] = (counters[c + K.refererNone] as number) + step.noReferer;
    counters[c + K.malformed] = (counters[c + K.malformed] as number) + step.isMalformed;
    floats[f] = (floats[f] as number) + step.bytesOut;
    const { seconds } = step;
    if (seconds < (floats[f + KF.firstSecond] as number)) floats[f + KF.firstSecond] = seconds;
    if (seconds > (floats[f + KF.lastSecond] as number)) floats[f + KF.lastSecond] = seconds;
    if (hits === 0) {
      counters[c + K.visits] = 1;
    } else {
      const gap = seconds - (floats[f + KF.seenSecond] as number);
      if (gap > VISIT_GAP_SECONDS) {
        counters[c + K.visits] = (counters[c + K.visits] as number) + 1;
      } else if (gap >= 0) {
        counters[c + K.gaps] = (counters[c + K.gaps] as number) + 1;
        floats[f + KF.gapSeconds] = (floats[f + KF.gapSeconds] as number) + gap;
        floats[f + KF.gapSquares] = (floats[f + KF.gapSquares] as number) + gap * gap;
        const last = counters[c + K.lastGap] as number;
        if (last > 0 && gap - last <= 1 && last - gap <= 1) {
          counters[c + K.evenGaps] = (counters[c + K.evenGaps] as number) + 1;
        }
        counters[c + K.lastGap] = gap;
      }
    }
    floats[f + KF.seenSecond] = seconds;
    // Majority votes (Boyer, Moore 1981): whoever has more than half of the requests wins.
    if (counters[c + K.agent] === step.agentHash) {
      counters[c + K.agentVotes] = (counters[c + K.agentVotes] as number) + 1;
    } else if (counters[c + K.agentVotes] === 0) {
      counters[c + K.agent] = step.agentHash;
      counters[c + K.agentVotes] = 1;
    } else {
      counters[c + K.agentVotes] = (counters[c + K.agentVotes] as number) - 1;
    }
    if (counters[c + K.path] === step.pathShape) {
      counters[c + K.pathVotes] = (counters[c + K.pathVotes] as number) + 1;
    } else if (counters[c + K.pathVotes] === 0) {
      counters[c + K.path] = step.pathShape;
      counters[c + K.pathVotes] = 1;
    } else {
      counters[c + K.pathVotes] = (counters[c + K.pathVotes] as number) - 1;
    }
    setBit(counters, c + K.pathsLow, step.pathHash);
    if (step.queryHash !== 0) setBit(counters, c + K.queriesLow, step.queryHash);
    setBit(counters, c + K.agentsLow, step.agentHash);
    const isNewMinute = counters[c + K.minuteHits] === 0 || counters[c + K.minute] !== step.minute;
    if (isNewMinute) this.#startMinute(row, c, step.minute);
    counters[c + K.minuteHits] = (counters[c + K.minuteHits] as number) + 1;
    counters[c + K.minuteAssets] = (counters[c + K.minuteAssets] as number) + step.isAsset;
    counters[c + K.minuteErrors] = (counters[c + K.minuteErrors] as number) + step.is4xx + step.is5xx;
    // What it does is told by the pages, not by the pictures that come with them.
    if (step.isPage === 1 || counters[c + K.slotPathVotes] === 0) this.#countManner(c, step);
    return isNewMinute;
  }

  #countManner(c: number, step: ClientStep): void {
    const { counters } = this;
    if (counters[c + K.slotPath] === step.pathShape && counters[c + K.slotQuery] === step.queryShape) {
      counters[c + K.slotPathVotes] = (counters[c + K.slotPathVotes] as number) + 1;
    } else if ((counters[c + K.slotPathVotes] as number) <= 1) {
      counters[c + K.slotPath] = step.pathShape;
      counters[c + K.slotQuery] = step.queryShape;
      counters[c + K.slotPathVotes] = 1;
    } else {
      counters[c + K.slotPathVotes] = (counters[c + K.slotPathVotes] as number) - 1;
    }
    counters[c + K.slotAgent] = step.agentHash;
    counters[c + K.slotManner] = step.manner;
  }

  #startMinute(row: number, c: number, minute: number): void {
    const { counters } = this;
    const { shift } = this.slots;
    this.#endMinute(row, c);
    if ((counters[c + K.minute] as number) >>> shift !== minute >>> shift) {
      this.#endBlock(row, c);
      counters[c + K.slotPathVotes] = 0;
    }
    counters[c + K.minute] = minute;
  }

  #endMinute(row: number, c: number): void {
    const { counters } = this;
    const hits = counters[c + K.minuteHits] as number;
    if (hits === 0) return;
    const minute = counters[c + K.minute] as number;
    const assets = counters[c + K.minuteAssets] as number;
    const errors = counters[c + K.minuteErrors] as number;
    counters[c + K.minuteHits] = 0;
    counters[c + K.minuteAssets] = 0;
    counters[c + K.minuteErrors] = 0;
    if (hits >= BUSY_MINUTE) {
      this.slots.addMinute(row, minute, hits, this.#manner(c, assets, errors));
      return;
    }
    counters[c + K.blockMinute] = minute;
    counters[c + K.blockHits] = (counters[c + K.blockHits] as number) + hits;
    counters[c + K.blockAssets] = (counters[c + K.blockAssets] as number) + assets;
    counters[c + K.blockErrors] = (counters[c + K.blockErrors] as number) + errors;
  }

  #endBlock(row: number, c: number): void {
    const { counters } = this;
    const hits = counters[c + K.blockHits] as number;
    if (hits === 0) return;
    const manner = this.#manner(
      c,
      counters[c + K.blockAssets] as number,
      counters[c + K.blockErrors] as number,
    );
    this.slots.addBlock(row, counters[c + K.blockMinute] as number, hits, manner);
    counters[c + K.blockHits] = 0;
    counters[c + K.blockAssets] = 0;
    counters[c + K.blockErrors] = 0;
  }

  #manner(c: number, assets: number, errors: number): SlotManner {
    const { counters } = this;
    slotManner.assets = assets;
    slotManner.errors = errors;
    slotManner.agent = counters[c + K.slotAgent] as number;
    slotManner.path = counters[c + K.slotPath] as number;
    slotManner.query = counters[c + K.slotQuery] as number;
    slotManner.manner = counters[c + K.slotManner] as number;
    return slotManner;
  }

  flush(): void {
    for (let row = 0; row < this.size; row += 1) {
      this.#endMinute(row, row * COUNTERS);
      this.#endBlock(row, row * COUNTERS);
    }
  }

  /** Drops at least a quarter, those with the fewest requests. Row numbers change. */
  thin(): void {
    this.flush();
    const hits = Uint32Array.from({ length: this.size }, (_, row) => this.counter(row, K.hits)).sort();
    const border = hits[hits.length >> 2] as number;
    const moved = this.keepRows((row) => {
      const count = this.counter(row, K.hits);
      if (count > border) return true;
      this.droppedRows += 1;
      this.droppedHits += count;
      return false;
    });
    this.slots.renumber(moved);
  }

  /** Adds a row of another table to one of this. */
  take(row: number, other: ClientTable, otherRow: number, sourceOffset: number): void {
    const mine = this.counters;
    const theirs = other.counters;
    const [c, oc] = [row * COUNTERS, otherRow * COUNTERS];
    const isNew = mine[c] === 0;
    this.takeCounters(row, other, otherRow, K.hits, K.evenGaps);
    for (const [value, votes] of [
      [K.agent, K.agentVotes],
      [K.path, K.pathVotes],
    ] as const) {
      const [own, more] = [mine[c + votes] as number, theirs[oc + votes] as number];
      if (mine[c + value] === theirs[oc + value]) mine[c + votes] = own + more;
      else if (more > own) {
        mine[c + value] = theirs[oc + value] as number;
        mine[c + votes] = more - own;
      } else mine[c + votes] = own - more;
    }
    this.takeCounters(row, other, otherRow, K.loginFailures, K.xmlrpcPosts);
    for (let counter = K.pathsLow; counter <= K.agentsHigh; counter += 1) {
      mine[c + counter] = (mine[c + counter] as number) | (theirs[oc + counter] as number);
    }
    const [f, of] = [row * FLOATS, otherRow * FLOATS];
    if (isNew) {
      mine[c + K.source] = (theirs[oc + K.source] as number) + sourceOffset;
      this.floats[f + KF.firstByte] = other.floats[of + KF.firstByte] as number;
    }
    if (mine[c + K.asn] === 0) mine[c + K.asn] = theirs[oc + K.asn] as number;
    if (mine[c + K.country] === 0) mine[c + K.country] = theirs[oc + K.country] as number;
    for (const sum of [KF.bytesOut, KF.gapSeconds, KF.gapSquares] as const) {
      this.floats[f + sum] = (this.floats[f + sum] as number) + (other.floats[of + sum] as number);
    }
    const first = KF.firstSecond;
    this.floats[f + first] = Math.min(this.floats[f + first] as number, other.floats[of + first] as number);
    for (const latest of [KF.lastSecond, KF.seenSecond, KF.loginSuccessSecond] as const) {
      this.floats[f + latest] = Math.max(
        this.floats[f + latest] as number,
        other.floats[of + latest] as number,
      );
    }
  }
}

/** Filled again for each slot that is handed on. */
const slotManner: { -readonly [Key in keyof SlotManner]: number } = {
  assets: 0,
  errors: 0,
  agent: 0,
  path: 0,
  query: 0,
  manner: 0,
};

function setBit(words: Uint32Array, low: number, hash: number): void {
  const at = low + ((hash >>> 5) & 1);
  words[at] = (words[at] as number) | (1 << (hash & 31));
}
