/**
 * Which user agent each client had last, for rules that count different ones: nearly every client has one, and a bucket
 * for each would cost more than all else. Only a client that shows a second one gets a bucket. A fixed table; a client
 * that needs the place of another, which still matters, sends that one to a bucket too.
 */
import { addressOf } from '../hits/client-address.js';
import type { Hit } from '../hits/hit.js';

const SLOTS = 16_384;
const SLOT_SHIFT = 32 - 14;
const WORDS = 8;
const PAIR_WORDS = 5;
/** Places of the words of a slot behind the four of the address. */
const [FIRST, SECOND, STATE, SECONDS] = [4, 5, 6, 7];
const STATE_ALONE = 1;
const STATE_COUNTED = 2;
/** As in buckets: lines of one client may be out of order by so much. */
const DISORDER_SECONDS = 60;

export const AGENT_SEEN = {
  /** Nothing new. */
  known: 0,
  /** The first one of this client, as far as the table knows; is kept by `begin`. */
  first: 1,
  /** The bucket of the client counts it. */
  count: 2,
  /** The client had another before, which `kept` holds: to be counted first. */
  another: 3,
  /** The place is another client's, which `kept` holds: to be counted first, then look again. */
  taken: 4,
} as const;

export class AgentSlots {
  readonly #words = new Int32Array(SLOTS * WORDS);
  /**
   * Clients with many user agents (a carrier's address with thousands of people behind it): those their buckets know, by
   * client and user agent, with the slot's epoch, which ends when a bucket of the slot breaks.
   */
  readonly #pairs = new Int32Array(SLOTS * PAIR_WORDS);
  readonly #epochs = new Int32Array(SLOTS).fill(1);
  /** Whether a client of a slot has ever had a bucket. */
  readonly #hasBuckets = new Uint8Array(SLOTS);

  /** What is known of a client's user agent, given as its hash. */
  look(hit: Hit, first: number, second: number, idleSeconds: number): number {
    if (hit.ipVersion === 0) return AGENT_SEEN.count;
    const words = this.#words;
    const at = slotOf(hit) * WORDS;
    const state = ((words[at + STATE] as number) >>> 4) & 15;
    const passed = hit.seconds - (words[at + SECONDS] as number);
    if (
      state !== 0 &&
      words[at] === (hit.ip0 | 0) &&
      words[at + 1] === (hit.ip1 | 0) &&
      words[at + 2] === (hit.ip2 | 0) &&
      words[at + 3] === (hit.ip3 | 0) &&
      ((words[at + STATE] as number) & 15) === hit.ipVersion
    ) {
      const isSame = words[at + FIRST] === first && words[at + SECOND] === second;
      // Within a second of its end the time with its fraction decides, which buckets know.
      if (isSame && passed >= 0 && passed < idleSeconds - 1) return AGENT_SEEN.known;
      if (state === STATE_COUNTED) {
        const isKnown = !isSame && this.#isPair(hit, first, second, idleSeconds);
        return isKnown ? AGENT_SEEN.known : AGENT_SEEN.count;
      }
      if (passed > idleSeconds + 1 || passed < -Math.max(DISORDER_SECONDS, idleSeconds))
        return AGENT_SEEN.first;
      return AGENT_SEEN.another;
    }
    if (state === STATE_ALONE && passed <= idleSeconds + 1 && passed >= -DISORDER_SECONDS)
      return AGENT_SEEN.taken;
    return this.#hasBuckets[at / WORDS] === 1 ? AGENT_SEEN.count : AGENT_SEEN.first;
  }

  /** Keeps the first user agent of a client. */
  begin(hit: Hit, first: number, second: number): void {
    this.#write(hit, first, second, STATE_ALONE, hit.seconds, hit.milliseconds);
  }

  /** Keeps that the bucket of a client knows this one; `last` is when it last counted one. */
  counted(hit: Hit, first: number, second: number, last: number): void {
    if (hit.ipVersion === 0) return;
    const slot = slotOf(hit);
    this.#hasBuckets[slot] = 1;
    const pairs = this.#pairs;
    const at = pairOf(hit, first);
    pairs[at] = addressMix(hit);
    pairs[at + 1] = first;
    pairs[at + 2] = second;
    pairs[at + 3] = Math.floor(last);
    pairs[at + 4] = this.#epochs[slot] as number;
    this.#write(hit, first, second, STATE_COUNTED, Math.floor(last), 0);
  }

  /** The bucket of a client broke and is empty. */
  emptied(hit: Hit): void {
    if (hit.ipVersion === 0) return;
    const slot = slotOf(hit);
    this.#words[slot * WORDS + STATE] = 0;
    this.#epochs[slot] = (this.#epochs[slot] as number) + 1;
  }

  #isPair(hit: Hit, first: number, second: number, idleSeconds: number): boolean {
    const pairs = this.#pairs;
    const at = pairOf(hit, first);
    if (pairs[at + 1] !== first || pairs[at + 2] !== second || pairs[at] !== addressMix(hit)) return false;
    const passed = hit.seconds - (pairs[at + 3] as number);
    return passed >= 0 && passed < idleSeconds - 1 && pairs[at + 4] === this.#epochs[slotOf(hit)];
  }

  /** Takes out what the slot of a client holds. */
  take(hit: Hit): { readonly address: string; readonly agent: string; readonly time: number } {
    const words = this.#words;
    const slot = slotOf(hit);
    const at = slot * WORDS;
    const state = words[at + STATE] as number;
    const word = (index: number): number => (words[at + index] as number) >>> 0;
    const kept = {
      address: addressOf({
        ipVersion: (state & 15) as 4 | 6,
        ...{ ip0: word(0), ip1: word(1), ip2: word(2), ip3: word(3) },
      }),
      agent: agentKey(words[at + FIRST] as number, words[at + SECOND] as number),
      time: (words[at + SECONDS] as number) + (state >>> 8) / 1_000,
    };
    words[at + STATE] = 0;
    this.#hasBuckets[slot] = 1;
    return kept;
  }

  #write(
    hit: Hit,
    first: number,
    second: number,
    state: number,
    seconds: number,
    milliseconds: number,
  ): void {
    const words = this.#words;
    const at = slotOf(hit) * WORDS;
    words[at] = hit.ip0;
    words[at + 1] = hit.ip1;
    words[at + 2] = hit.ip2;
    words[at + 3] = hit.ip3;
    words[at + FIRST] = first;
    words[at + SECOND] = second;
    words[at + STATE] = hit.ipVersion | (state << 4) | (milliseconds << 8);
    words[at + SECONDS] = seconds;
  }
}

function addressMix(hit: Hit): number {
  return Math.imul(hit.ip0 ^ Math.imul(hit.ip1 ^ Math.imul(hit.ip2 ^ hit.ip3, 31), 31), 0x9e3779b1);
}

function slotOf(hit: Hit): number {
  return addressMix(hit) >>> SLOT_SHIFT;
}

function pairOf(hit: Hit, first: number): number {
  return (Math.imul(addressMix(hit) ^ first, 0x85ebca6b) >>> SLOT_SHIFT) * PAIR_WORDS;
}

/** Two hashes as a text, for sets of different values. */
export function agentKey(first: number, second: number): string {
  return String.fromCharCode(first & 0xffff, first >>> 16, second & 0xffff, second >>> 16);
}

let view: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(8));
let viewed: ArrayBufferLike = view.buffer;
/** Second word of the last hash. */
let other = 0;

/** Hash of a user agent, eight bytes at a time: it is worked out for every line. {@link agentHashSecond} is its other half. */
export function agentHash(bytes: Buffer, start: number, end: number): number {
  if (bytes.buffer !== viewed) {
    viewed = bytes.buffer;
    view = new DataView(viewed);
  }
  let first = 0x811c9dc5 ^ (end - start);
  let second = 0x5bd1e995;
  let at = start + bytes.byteOffset;
  const stop = end + bytes.byteOffset;
  for (const last = stop - 7; at < last; at += 8) {
    first = Math.imul(first ^ view.getInt32(at, true), 0x9e3779b1);
    first ^= first >>> 15;
    second = Math.imul(second ^ view.getInt32(at + 4, true), 0x85ebca6b);
    second ^= second >>> 13;
  }
  for (; at < stop; at += 1) first = Math.imul(first ^ view.getUint8(at), 0x01000193);
  // Each half depends on all bytes.
  other = Math.imul(second ^ Math.imul(first, 0xc2b2ae35), 0x27d4eb2f) | 0;
  return Math.imul(first ^ (second >>> 7), 0x85ebca6b) | 0;
}

export function agentHashSecond(): number {
  return other;
}
