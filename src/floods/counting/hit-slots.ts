/**
 * Requests on their way to another thread, in memory that both threads see: pieces of the log, and batches of what was read
 * in them. One thread fills a batch, hands it over and goes on with the next; the other empties it and gives it back. Each
 * waits for the other when it has nothing to do.
 */
import { Hit } from '../hits/hit.js';
import { MAX_LINE_BYTES } from '../hits/line-splitter.js';
import { PIECE_BYTES } from '../hits/log-format.js';
import type { CohortSink } from '../traffic/cohort-counter.js';
import { classify, type HitFacts, newFacts, REFERER } from '../traffic/facts.js';

/** Requests that are handed over together. */
const ROWS = 1_024;
const BATCHES = 8;
/** Pieces of the log, and beside each room for lines that lie elsewhere: over the border of two pieces, or unescaped. */
const TEXTS = 4;
const ASIDE_BYTES = MAX_LINE_BYTES + 4_096;
const TEXT_BYTES = PIECE_BYTES + ASIDE_BYTES;
/** Words and fractions of one request. */
const WORDS = 48;
const FRACTIONS = 4;
/** In the head: batches handed over, batches taken. Then, for each batch, its requests and its piece. */
const [GIVEN, TAKEN, BATCH_HEADS] = [0, 1, 2];
const HEAD_BYTES = Math.ceil(((BATCH_HEADS + BATCHES * 2) * 4) / 64) * 64;
const BATCH_BYTES = ROWS * (WORDS * 4 + FRACTIONS * 8);
/** In place of a number of requests: nothing comes after this batch. */
const LAST = -1;
const KIND = { request: 0, event: 1 } as const;
/** The other thread has died when it does not move for so long. */
const PATIENCE_MILLISECONDS = 60_000;

/** The thread that takes requests is gone. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

/** Memory for both threads. */
export function newSlots(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + BATCHES * BATCH_BYTES + TEXTS * TEXT_BYTES);
}

interface Batch {
  readonly words: Int32Array;
  readonly fractions: Float64Array;
}

/** The memory as both threads see it. */
class Shared {
  readonly head: Int32Array;
  readonly batches: readonly Batch[];
  readonly texts: readonly Buffer[];

  constructor(memory: SharedArrayBuffer) {
    this.head = new Int32Array(memory, 0, BATCH_HEADS + BATCHES * 2);
    this.batches = Array.from({ length: BATCHES }, (_, index) => {
      const at = HEAD_BYTES + index * BATCH_BYTES;
      return {
        words: new Int32Array(memory, at, ROWS * WORDS),
        fractions: new Float64Array(memory, at + ROWS * WORDS * 4, ROWS * FRACTIONS),
      };
    });
    const textsAt = HEAD_BYTES + BATCHES * BATCH_BYTES;
    this.texts = Array.from({ length: TEXTS }, (_, index) =>
      Buffer.from(memory, textsAt + index * TEXT_BYTES, TEXT_BYTES),
    );
  }
}

/** Waits until a counter of batches reaches a number. @throws ThreadLost when it does not move for so long */
function waitFor(head: Int32Array, counter: number, least: number, milliseconds: number): void {
  for (let now = Atomics.load(head, counter); now < least; now = Atomics.load(head, counter)) {
    if (Atomics.wait(head, counter, now, milliseconds) === 'timed-out') {
      throw new ThreadLost('the counting thread does not answer');
    }
  }
}

/** Hands requests over, in batches. */
export class HitWriter implements CohortSink {
  readonly #shared: Shared;
  readonly #patience: number;
  /** Number of the batch that is filled, from 0, and how many requests are in it. */
  #number = 0;
  #batch: Batch;
  #rows = 0;
  #textIndex = 0;
  #text: Buffer;
  /** The piece as the reader has it. */
  #piece: Buffer | null = null;
  /** Where the next line aside begins. */
  #aside = PIECE_BYTES;
  /** For each text, the number of batches after which nobody needs it any more. */
  readonly #freeAfter = new Array<number>(TEXTS).fill(0);

  /** @param patience - milliseconds without a move of the other thread after which it is given up */
  constructor(memory: SharedArrayBuffer, patience = PATIENCE_MILLISECONDS) {
    this.#shared = new Shared(memory);
    this.#patience = patience;
    this.#batch = this.#shared.batches[0] as Batch;
    this.#text = this.#shared.texts[0] as Buffer;
  }

  /** Puts a piece of the log, of at most {@link PIECE_BYTES}, where both threads see it: read it from there. @throws ThreadLost */
  place(piece: Buffer): Buffer {
    this.#nextText();
    piece.copy(this.#text);
    this.#piece = this.#text.subarray(0, piece.length);
    return this.#piece;
  }

  /** A request. @throws ThreadLost */
  count(hit: Hit, facts: HitFacts, site: number, asn: number, country: number): void {
    const at = this.#put(hit, KIND.request);
    const { words } = this.#batch;
    words[at + 35] = site;
    words[at + 36] = asn;
    words[at + 37] = country;
    words[at + 38] = facts.pathShape;
    words[at + 39] = facts.queryShape;
    words[at + 40] = facts.agentHash;
    words[at + 41] = facts.manner;
    words[at + 42] = facts.refererHash;
    words[at + 43] = facts.clientMark;
    words[at + 44] = facts.pathMark;
    words[at + 45] = facts.queryMark;
    words[at + 46] = facts.agentMark;
    this.#rows += 1;
    if (this.#rows === ROWS) this.#handOver();
  }

  /** A line of an error or ban log. @throws ThreadLost */
  event(hit: Hit): void {
    this.#put(hit, KIND.event);
    this.#rows += 1;
    if (this.#rows === ROWS) this.#handOver();
  }

  /** There is no more. @throws ThreadLost */
  end(): void {
    if (this.#rows > 0) this.#handOver();
    this.#rows = LAST;
    this.#handOver();
  }

  /** @returns where the words of the request begin */
  #put(hit: Hit, kind: number): number {
    const shift = hit.bytes === this.#piece ? 0 : this.#putAside(hit);
    const { words, fractions } = this.#batch;
    const f = this.#rows * FRACTIONS;
    fractions[f] = hit.seconds;
    fractions[f + 1] = hit.bytesOut;
    fractions[f + 2] = hit.durationMs;
    fractions[f + 3] = hit.lineStart;
    const at = this.#rows * WORDS;
    words[at] = kind;
    words[at + 1] = hit.milliseconds;
    words[at + 2] = hit.ipVersion;
    words[at + 3] = hit.ip0;
    words[at + 4] = hit.ip1;
    words[at + 5] = hit.ip2;
    words[at + 6] = hit.ip3;
    words[at + 7] = moved(hit.clientStart, shift);
    words[at + 8] = hit.clientEnd + shift;
    words[at + 9] = moved(hit.hostStart, shift);
    words[at + 10] = hit.hostEnd + shift;
    words[at + 11] = moved(hit.userStart, shift);
    words[at + 12] = hit.userEnd + shift;
    words[at + 13] = hit.method;
    words[at + 14] = moved(hit.methodStart, shift);
    words[at + 15] = hit.methodEnd + shift;
    words[at + 16] = moved(hit.targetStart, shift);
    words[at + 17] = hit.targetEnd + shift;
    words[at + 18] = moved(hit.queryStart, shift);
    words[at + 19] = hit.protocol;
    words[at + 20] = hit.malformed ? 1 : 0;
    words[at + 21] = hit.status;
    words[at + 22] = moved(hit.refererStart, shift);
    words[at + 23] = hit.refererEnd + shift;
    words[at + 24] = moved(hit.agentStart, shift);
    words[at + 25] = hit.agentEnd + shift;
    words[at + 26] = hit.cache;
    words[at + 27] = hit.upstreamStatus;
    words[at + 28] = moved(hit.typeStart, shift);
    words[at + 29] = hit.typeEnd + shift;
    words[at + 30] = moved(hit.tlsStart, shift);
    words[at + 31] = hit.tlsEnd + shift;
    words[at + 32] = hit.event;
    words[at + 33] = hit.lineLength;
    words[at + 34] = hit.zoneMinutes;
    return at;
  }

  /** Copies the texts of a line that lies in no piece. @returns how far they were moved */
  #putAside(hit: Hit): number {
    const from = firstByte(hit);
    const length = Math.max(0, Math.min(lastByte(hit) - from, ASIDE_BYTES));
    if (this.#aside + length > TEXT_BYTES) this.#nextText();
    const shift = this.#aside - from;
    hit.bytes.copy(this.#text, this.#aside, from, from + length);
    this.#aside += length;
    return shift;
  }

  /** What comes now goes with another text; the piece stays with the requests that were taken from it. */
  #nextText(): void {
    if (this.#rows > 0) this.#handOver();
    this.#freeAfter[this.#textIndex] = this.#number;
    this.#textIndex = (this.#textIndex + 1) % TEXTS;
    this.#text = this.#shared.texts[this.#textIndex] as Buffer;
    this.#piece = null;
    this.#aside = PIECE_BYTES;
    waitFor(this.#shared.head, TAKEN, this.#freeAfter[this.#textIndex] as number, this.#patience);
  }

  #handOver(): void {
    const { head, batches } = this.#shared;
    const slot = this.#number % BATCHES;
    head[BATCH_HEADS + slot * 2] = this.#rows;
    head[BATCH_HEADS + slot * 2 + 1] = this.#textIndex;
    this.#number += 1;
    Atomics.store(head, GIVEN, this.#number);
    Atomics.notify(head, GIVEN);
    this.#rows = 0;
    this.#batch = batches[this.#number % BATCHES] as Batch;
    waitFor(head, TAKEN, this.#number - BATCHES + 1, this.#patience);
  }
}

/** -1 stays -1: there is no such text. */
function moved(start: number, shift: number): number {
  return start === -1 ? -1 : start + shift;
}

/** Where the texts of a request begin in its bytes. */
function firstByte(hit: Hit): number {
  let first = Number.MAX_SAFE_INTEGER;
  if (hit.clientStart !== -1) first = hit.clientStart;
  if (hit.hostStart !== -1 && hit.hostStart < first) first = hit.hostStart;
  if (hit.userStart !== -1 && hit.userStart < first) first = hit.userStart;
  if (hit.methodStart !== -1 && hit.methodStart < first) first = hit.methodStart;
  if (hit.targetStart !== -1 && hit.targetStart < first) first = hit.targetStart;
  if (hit.refererStart !== -1 && hit.refererStart < first) first = hit.refererStart;
  if (hit.agentStart !== -1 && hit.agentStart < first) first = hit.agentStart;
  if (hit.typeStart !== -1 && hit.typeStart < first) first = hit.typeStart;
  if (hit.tlsStart !== -1 && hit.tlsStart < first) first = hit.tlsStart;
  return first === Number.MAX_SAFE_INTEGER ? 0 : first;
}

/** Where they end. */
function lastByte(hit: Hit): number {
  let last = 0;
  if (hit.clientStart !== -1) last = hit.clientEnd;
  if (hit.hostStart !== -1 && hit.hostEnd > last) last = hit.hostEnd;
  if (hit.userStart !== -1 && hit.userEnd > last) last = hit.userEnd;
  if (hit.methodStart !== -1 && hit.methodEnd > last) last = hit.methodEnd;
  if (hit.targetStart !== -1 && hit.targetEnd > last) last = hit.targetEnd;
  if (hit.refererStart !== -1 && hit.refererEnd > last) last = hit.refererEnd;
  if (hit.agentStart !== -1 && hit.agentEnd > last) last = hit.agentEnd;
  if (hit.typeStart !== -1 && hit.typeEnd > last) last = hit.typeEnd;
  if (hit.tlsStart !== -1 && hit.tlsEnd > last) last = hit.tlsEnd;
  return last;
}

/** Takes requests out of slots. */
export interface HitTaker {
  request(hit: Hit, facts: HitFacts, site: number, asn: number, country: number): void;
  event(hit: Hit): void;
}

/** Takes batches until the writer says that there is no more. Blocks the thread. */
export function takeAll(memory: SharedArrayBuffer, taker: HitTaker): void {
  const { head, batches, texts } = new Shared(memory);
  const hit = new Hit();
  const facts = newFacts();
  for (let number = 0; ; number += 1) {
    // The reading thread may wait for a slow disk as long as it likes.
    waitFor(head, GIVEN, number + 1, Number.POSITIVE_INFINITY);
    const slot = number % BATCHES;
    const rows = head[BATCH_HEADS + slot * 2] as number;
    hit.bytes = texts[head[BATCH_HEADS + slot * 2 + 1] as number] as Buffer;
    for (let row = 0; row < rows; row += 1) takeRow(batches[slot] as Batch, row, hit, facts, taker);
    Atomics.store(head, TAKEN, number + 1);
    Atomics.notify(head, TAKEN);
    if (rows === LAST) return;
  }
}

function takeRow(batch: Batch, row: number, hit: Hit, facts: HitFacts, taker: HitTaker): void {
  const { words, fractions } = batch;
  const f = row * FRACTIONS;
  hit.seconds = fractions[f] as number;
  hit.bytesOut = fractions[f + 1] as number;
  hit.durationMs = fractions[f + 2] as number;
  hit.lineStart = fractions[f + 3] as number;
  const at = row * WORDS;
  hit.milliseconds = words[at + 1] as number;
  hit.ipVersion = words[at + 2] as 0 | 4 | 6;
  hit.ip0 = (words[at + 3] as number) >>> 0;
  hit.ip1 = (words[at + 4] as number) >>> 0;
  hit.ip2 = (words[at + 5] as number) >>> 0;
  hit.ip3 = (words[at + 6] as number) >>> 0;
  hit.clientStart = words[at + 7] as number;
  hit.clientEnd = words[at + 8] as number;
  hit.hostStart = words[at + 9] as number;
  hit.hostEnd = words[at + 10] as number;
  hit.userStart = words[at + 11] as number;
  hit.userEnd = words[at + 12] as number;
  hit.method = words[at + 13] as number;
  hit.methodStart = words[at + 14] as number;
  hit.methodEnd = words[at + 15] as number;
  hit.targetStart = words[at + 16] as number;
  hit.targetEnd = words[at + 17] as number;
  hit.queryStart = words[at + 18] as number;
  hit.protocol = words[at + 19] as number;
  hit.malformed = words[at + 20] === 1;
  hit.status = words[at + 21] as number;
  hit.refererStart = words[at + 22] as number;
  hit.refererEnd = words[at + 23] as number;
  hit.agentStart = words[at + 24] as number;
  hit.agentEnd = words[at + 25] as number;
  hit.cache = words[at + 26] as number;
  hit.upstreamStatus = words[at + 27] as number;
  hit.typeStart = words[at + 28] as number;
  hit.typeEnd = words[at + 29] as number;
  hit.tlsStart = words[at + 30] as number;
  hit.tlsEnd = words[at + 31] as number;
  hit.event = words[at + 32] as number;
  hit.lineLength = words[at + 33] as number;
  hit.zoneMinutes = words[at + 34] as number;
  if (words[at] === KIND.event) {
    taker.event(hit);
    return;
  }
  classify(hit, facts, Math.floor(hit.seconds / 60));
  facts.pathShape = (words[at + 38] as number) >>> 0;
  facts.queryShape = (words[at + 39] as number) >>> 0;
  facts.agentHash = (words[at + 40] as number) >>> 0;
  facts.manner = (words[at + 41] as number) >>> 0;
  facts.refererHash = (words[at + 42] as number) >>> 0;
  facts.outsideReferer = facts.refererHash > REFERER.own ? 1 : 0;
  facts.clientMark = words[at + 43] as number;
  facts.pathMark = words[at + 44] as number;
  facts.queryMark = words[at + 45] as number;
  facts.agentMark = words[at + 46] as number;
  const asn = (words[at + 36] as number) >>> 0;
  taker.request(hit, facts, words[at + 35] as number, asn, words[at + 37] as number);
}
