/**
 * Requests on their way to another thread: memory that both threads see, cut into slots. One thread fills a slot, hands it
 * over and goes on with the next; the other empties it and gives it back. Each waits for the other when it has nothing to do.
 */
import { Hit } from '../hits/hit.js';
import { MAX_LINE_BYTES } from '../hits/line-splitter.js';
import type { CohortSink } from '../traffic/cohort-counter.js';
import { classify, type HitFacts, newFacts, REFERER } from '../traffic/facts.js';

const SLOTS = 4;
const ROWS = 1_024;
/** Room for the texts of a slot: at least those of the longest line. */
const TEXT_BYTES = MAX_LINE_BYTES + 4_096;
/** A slot with so much text is handed over: what it holds is still in the caches of the processor. */
const TEXT_ENOUGH = 262_144;
/** Words and fractions of one request. */
const WORDS = 52;
const FRACTIONS = 4;
const WORDS_AT = 64;
const FRACTIONS_AT = WORDS_AT + ROWS * WORDS * 4;
const TEXT_AT = FRACTIONS_AT + ROWS * FRACTIONS * 8;
const SLOT_BYTES = Math.ceil((TEXT_AT + TEXT_BYTES) / 64) * 64;
/** First words of a slot. */
const [STATE, COUNT] = [0, 1];
const FREE = 0;
const FULL = 1;
/** In place of a count: nothing comes after this slot. */
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
  return new SharedArrayBuffer(SLOTS * SLOT_BYTES);
}

interface Slot {
  readonly head: Int32Array;
  readonly words: Int32Array;
  readonly fractions: Float64Array;
  readonly text: Buffer;
}

function slotsOf(memory: SharedArrayBuffer): readonly Slot[] {
  return Array.from({ length: SLOTS }, (_, index) => {
    const base = index * SLOT_BYTES;
    return {
      head: new Int32Array(memory, base, 2),
      words: new Int32Array(memory, base + WORDS_AT, ROWS * WORDS),
      fractions: new Float64Array(memory, base + FRACTIONS_AT, ROWS * FRACTIONS),
      text: Buffer.from(memory, base + TEXT_AT, TEXT_BYTES),
    };
  });
}

/** Puts requests into slots. */
export class HitWriter implements CohortSink {
  readonly #slots: readonly Slot[];
  #current = 0;
  #slot: Slot;
  #rows = 0;
  #textBytes = 0;

  /** @param patience - milliseconds without a move of the other thread after which it is given up */
  constructor(
    memory: SharedArrayBuffer,
    readonly patience = PATIENCE_MILLISECONDS,
  ) {
    this.#slots = slotsOf(memory);
    this.#slot = this.#slots[0] as Slot;
  }

  /** A request. @throws ThreadLost */
  count(hit: Hit, facts: HitFacts, site: number, asn: number, country: number): void {
    const at = this.#put(hit, KIND.request);
    const { words } = this.#slot;
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
    if (this.#rows === ROWS || this.#textBytes > TEXT_ENOUGH) this.#handOver();
  }

  /** A line of an error or ban log. @throws ThreadLost */
  event(hit: Hit): void {
    this.#put(hit, KIND.event);
    this.#rows += 1;
    if (this.#rows === ROWS || this.#textBytes > TEXT_ENOUGH) this.#handOver();
  }

  /** There is no more. @throws ThreadLost */
  end(): void {
    if (this.#rows > 0) this.#handOver();
    this.#rows = LAST;
    this.#handOver();
  }

  /** @returns where the words of the request begin */
  #put(hit: Hit, kind: number): number {
    const from = firstByte(hit);
    const length = Math.min(lastByte(hit) - from, TEXT_BYTES);
    if (this.#textBytes + length > TEXT_BYTES) this.#handOver();
    const { words, fractions, text } = this.#slot;
    const shift = this.#textBytes - from;
    if (length > 0) {
      copy(hit.bytes, from, text, this.#textBytes, length);
      this.#textBytes += length;
    }
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

  #handOver(): void {
    const { head } = this.#slot;
    head[COUNT] = this.#rows;
    Atomics.store(head, STATE, FULL);
    Atomics.notify(head, STATE);
    this.#current = (this.#current + 1) % SLOTS;
    this.#slot = this.#slots[this.#current] as Slot;
    this.#rows = 0;
    this.#textBytes = 0;
    waitFor(this.#slot.head, FREE, this.patience);
  }
}

/** Waits until a slot has a state. @throws ThreadLost when nothing moves for so long */
function waitFor(head: Int32Array, state: number, milliseconds: number): void {
  for (let now = Atomics.load(head, STATE); now !== state; now = Atomics.load(head, STATE)) {
    if (Atomics.wait(head, STATE, now, milliseconds) === 'timed-out') {
      throw new ThreadLost('the counting thread does not answer');
    }
  }
}

/** Texts so short that `Buffer.copy`, which makes an object for each, takes longer than a loop. */
const SHORT_TEXT = 1_024;

function copy(source: Buffer, from: number, target: Buffer, at: number, length: number): void {
  if (length > SHORT_TEXT) {
    source.copy(target, at, from, from + length);
    return;
  }
  for (let offset = 0; offset < length; offset += 1) {
    target[at + offset] = source[from + offset] as number;
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

/** Empties slots until the writer says that there is no more. Blocks the thread. */
export function takeAll(memory: SharedArrayBuffer, taker: HitTaker): void {
  const slots = slotsOf(memory);
  const hit = new Hit();
  const facts = newFacts();
  for (let index = 0; ; index = (index + 1) % SLOTS) {
    const slot = slots[index] as Slot;
    // The reading thread may wait for a slow disk as long as it likes.
    waitFor(slot.head, FULL, Number.POSITIVE_INFINITY);
    const rows = slot.head[COUNT] as number;
    hit.bytes = slot.text;
    for (let row = 0; row < rows; row += 1) takeRow(slot, row, hit, facts, taker);
    Atomics.store(slot.head, STATE, FREE);
    Atomics.notify(slot.head, STATE);
    if (rows === LAST) return;
  }
}

function takeRow(slot: Slot, row: number, hit: Hit, facts: HitFacts, taker: HitTaker): void {
  const { words, fractions } = slot;
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
