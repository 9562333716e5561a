import type { Tally } from '../../core/contracts.js';
import type { AddressBudget } from './packets/address-set.js';
import { Destinations } from './packets/destinations.js';
import { readPacket } from './packets/read-packet.js';
import { Seconds } from './packets/seconds.js';
import { TargetCounts } from './packets/target-counts.js';
import { TrafficFacts } from './packets/traffic-facts.js';

export { MAPPED_IPV4, TrafficFacts } from './packets/traffic-facts.js';

/** Destinations counted, and those of which all details are. */
const MOST_DESTINATIONS = 65_536;
const MOST_TARGETS = 1_024;
const TARGETS_KEPT = 512;
/** A destination is looked at in detail later when it got so many packets, and so large a part of all. */
const TARGET_PACKETS = 256;
const TARGET_SHARE = 1 / 1_024;
/** Source addresses held of all vectors together. */
const MOST_SOURCES = 524_288;
const MOST_SLOTS = 4_096;

/** A file that was counted. */
export interface PacketSource {
  readonly evidence: string;
  readonly path: string;
  /** What its places are called in locators. */
  readonly place: 'frame' | 'record' | 'line';
  packets: number;
  bytes: number;
  /** 0 for captures. */
  flows: number;
  /** Packets that are not IP (ARP and the like), counted in `packets` too. */
  notIp: number;
  /** Packets whose headers could not be read, counted in `packets` too. */
  unread: number;
  /** Largest factor counts were multiplied with, where only one of so many packets was looked at; 1 otherwise. */
  sampling: number;
  firstMicros: number;
  lastMicros: number;
  /** Packets or flows earlier than the one before them. */
  stepsBack: number;
}

/** A packet as a capture keeps it. */
export interface CapturedPacket {
  readonly bytes: Uint8Array;
  /** Behind the last byte captured. */
  readonly end: number;
  readonly wireLength: number;
  /** UTC microseconds since 1970; NaN where the file gives no time. */
  readonly micros: number;
  /** Number in the file, from 1. */
  readonly frame: number;
}

/** A destination of which details were counted. */
export interface CountedTarget {
  /** Four unsigned words; IPv4 mapped into IPv6. */
  readonly words: readonly [number, number, number, number];
  readonly packets: number;
  readonly bytes: number;
  readonly sentPackets: number;
  readonly sentBytes: number;
  /** null: too small a part of all, only counted. */
  readonly counts: TargetCounts | null;
}

/**
 * What went where in captured packets or in flows, in bounded memory and one pass: enough to tell the means of an attack by
 * the algorithm of the DDoS dissector (https://github.com/NLADC/dissector).
 *
 * For each destination packets and bytes, both ways; for the large ones, by protocol and source port, all that a fingerprint
 * tells. What is exact: everything while no more than 1,024 destinations, 64 source ports of each by protocol, 256
 * destination ports and 65,536 sources of each come. Beyond, small ones are put together or let go of, never large ones.
 *
 * @example
 * const traffic = new PacketTraffic();
 * traffic.startSource({ evidence: 'e1', path: 'capture.pcap', place: 'frame' });
 * traffic.packet(packet, ipAt);
 */
export class PacketTraffic implements Tally {
  readonly kind = 'tally';
  readonly of = 'packet-traffic';
  readonly sources: PacketSource[] = [];
  /** Packets of which the source had been a destination before: where there are some, both directions were seen. */
  returnedPackets = 0;
  readonly seconds = new Seconds(MOST_SLOTS);
  readonly #destinations = new Destinations(MOST_DESTINATIONS);
  readonly #budget: AddressBudget = { left: MOST_SOURCES };
  readonly #facts = new TrafficFacts();
  #targets = 0;
  /** Every new destination gets details until there were too many once. */
  #takesAll = true;
  #file = -1;
  #source: PacketSource | null = null;
  #lastMicros = Number.NaN;
  #second = -1;
  #secondMicros = Number.NaN;

  get packets(): number {
    return this.sources.reduce((sum, { packets }) => sum + packets, 0);
  }

  get bytes(): number {
    return this.sources.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get flows(): number {
    return this.sources.reduce((sum, { flows }) => sum + flows, 0);
  }

  /** The next packets or flows are of this file. */
  startSource(source: Pick<PacketSource, 'evidence' | 'path' | 'place'>): PacketSource {
    const counts: PacketSource = {
      ...source,
      packets: 0,
      bytes: 0,
      flows: 0,
      notIp: 0,
      unread: 0,
      sampling: 1,
      firstMicros: Number.POSITIVE_INFINITY,
      lastMicros: Number.NEGATIVE_INFINITY,
      stepsBack: 0,
    };
    this.#file = this.sources.length;
    this.#source = counts;
    this.#lastMicros = Number.NaN;
    this.sources.push(counts);
    return counts;
  }

  /** Takes a captured packet. @param ipAt - where its outermost IP header begins; negative when there is none */
  packet(packet: CapturedPacket, ipAt: number): void {
    const facts = this.#facts;
    const { bytes, end, wireLength } = packet;
    facts.firstMicros = packet.micros;
    facts.lastMicros = packet.micros;
    facts.bytes = wireLength;
    facts.length = wireLength;
    facts.place = packet.frame;
    this.#count(facts);
    if (ipAt < 0) {
      if (this.#source) this.#source.notIp += 1;
    } else if (!readPacket(bytes, ipAt, end, facts)) {
      if (this.#source) this.#source.unread += 1;
    } else this.#take(facts);
  }

  /** Takes a flow, or a packet that was read elsewhere. The facts may be used again afterwards. */
  flow(facts: TrafficFacts): void {
    this.#count(facts);
    this.#take(facts);
  }

  merge(tally: Tally): void {
    if (!(tally instanceof PacketTraffic)) throw new Error(`not packet traffic: ${tally.of}`);
    const other: PacketTraffic = tally;
    const firstFile = this.sources.length;
    this.sources.push(...other.sources);
    this.returnedPackets += other.returnedPackets;
    this.seconds.merge(other.seconds);
    const [mine, theirs] = [this.#destinations, other.#destinations];
    if (!other.#takesAll) this.#takesAll = false;
    for (let from = 0; from < theirs.size; from += 1) {
      const [w0, w1, w2, w3] = wordsOf(theirs, from);
      const row = mine.at(w0, w1, w2, w3);
      mine.packets[row] = (mine.packets[row] as number) + (theirs.packets[from] as number);
      mine.bytes[row] = (mine.bytes[row] as number) + (theirs.bytes[from] as number);
      mine.sentPackets[row] = (mine.sentPackets[row] as number) + (theirs.sentPackets[from] as number);
      mine.sentBytes[row] = (mine.sentBytes[row] as number) + (theirs.sentBytes[from] as number);
      const counts = theirs.targets[from] ?? null;
      if (counts === null) continue;
      (mine.targets[row] ?? this.#begin(row)).merge(counts, firstFile);
    }
    this.#recount();
    if (this.#targets > MOST_TARGETS) this.#thin();
  }

  /** Destinations let go of for want of room, and what went to them. */
  get dropped(): { readonly destinations: number; readonly packets: number } {
    const { droppedRows, droppedPackets } = this.#destinations;
    return { destinations: droppedRows, packets: droppedPackets };
  }

  /** All destinations: most packets first, then by address. */
  targets(): readonly CountedTarget[] {
    const rows = this.#destinations;
    const list: CountedTarget[] = [];
    for (let row = 0; row < rows.size; row += 1) {
      const [w0, w1, w2, w3] = wordsOf(rows, row);
      list.push({
        words: [w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0],
        packets: rows.packets[row] as number,
        bytes: rows.bytes[row] as number,
        sentPackets: rows.sentPackets[row] as number,
        sentBytes: rows.sentBytes[row] as number,
        counts: rows.targets[row] ?? null,
      });
    }
    return list.sort((a, b) => b.packets - a.packets || compareWords(a.words, b.words));
  }

  #count(facts: TrafficFacts): void {
    const { packets, bytes, firstMicros, lastMicros } = facts;
    const source = this.#source;
    if (source !== null) {
      source.packets += packets;
      source.bytes += bytes;
      source.flows += facts.flows;
      if (firstMicros < source.firstMicros) source.firstMicros = firstMicros;
      if (lastMicros > source.lastMicros) source.lastMicros = lastMicros;
      if (firstMicros < this.#lastMicros) source.stepsBack += 1;
    }
    this.#lastMicros = firstMicros;
    // A small whole number, where a time with its fraction would be put on the heap for each call.
    if (!(firstMicros >= this.#secondMicros && firstMicros < this.#secondMicros + 1e6)) {
      this.#second = Math.floor(firstMicros / 1e6);
      this.#secondMicros = this.#second * 1e6;
    }
    facts.second = firstMicros >= 0 ? this.#second : -1;
    this.seconds.add(facts.second, packets, bytes);
  }

  #take(facts: TrafficFacts): void {
    const rows = this.#destinations;
    const { packets, bytes } = facts;
    const from = rows.find(facts.s0, facts.s1, facts.s2, facts.s3);
    if (from >= 0) {
      this.returnedPackets += packets;
      rows.sentPackets[from] = (rows.sentPackets[from] as number) + packets;
      rows.sentBytes[from] = (rows.sentBytes[from] as number) + bytes;
      const counts = rows.targets[from];
      if (counts) counts.sent(facts);
    }
    const row = rows.at(facts.d0, facts.d1, facts.d2, facts.d3);
    const total = (rows.packets[row] as number) + packets;
    rows.packets[row] = total;
    rows.bytes[row] = (rows.bytes[row] as number) + bytes;
    let counts = rows.targets[row] ?? null;
    if (counts === null) {
      if (!this.#takesAll && (total < TARGET_PACKETS || total < this.packets * TARGET_SHARE)) return;
      if (this.#targets >= MOST_TARGETS) this.#thin();
      counts = this.#begin(row);
    }
    counts.add(facts, this.#file);
  }

  #begin(row: number): TargetCounts {
    const counts = new TargetCounts(this.#budget);
    this.#destinations.targets[row] = counts;
    this.#targets += 1;
    return counts;
  }

  #recount(): void {
    this.#targets = this.#destinations.targets.reduce((sum, counts) => sum + (counts === null ? 0 : 1), 0);
  }

  /** Keeps details of the largest only. */
  #thin(): void {
    this.#takesAll = false;
    const rows = this.#destinations;
    const packets = rows.packets;
    const withCounts: number[] = [];
    for (let row = 0; row < rows.size; row += 1) if (rows.targets[row]) withCounts.push(row);
    withCounts.sort(
      (a, b) =>
        (packets[b] as number) - (packets[a] as number) || compareWords(wordsOf(rows, a), wordsOf(rows, b)),
    );
    for (const row of withCounts.slice(TARGETS_KEPT)) {
      rows.targets[row]?.free();
      rows.targets[row] = null;
    }
    this.#recount();
  }
}

function wordsOf({ words }: Destinations, row: number): readonly [number, number, number, number] {
  const at = row * 4;
  return [words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number];
}

function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < 4; index += 1) {
    const difference = ((a[index] as number) >>> 0) - ((b[index] as number) >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
