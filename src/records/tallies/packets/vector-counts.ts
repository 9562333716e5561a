import { type AddressBudget, AddressSet } from './address-set.js';
import { HeavyCounts } from './heavy-counts.js';
import { hasPayloadFacts, PayloadFacts } from './payload-facts.js';
import { Seconds } from './seconds.js';
import type { TrafficFacts } from './traffic-facts.js';

/** Addresses kept of one vector; beyond them a sample, and the number of all is estimated to half a percent. */
const MOST_SOURCES = 65_536;
const MOST_PORTS = 256;
const MOST_LENGTHS = 128;
const MOST_HEADERS = 512;
const MOST_OFFSETS = 64;
const MOST_SLOTS = 256;
/** A flow of long is spread over so many moments at most. */
const MOST_PARTS = 64;

/** What went to one destination by one protocol, from one source port or from all ports that are not told apart. */
export class VectorCounts {
  packets = 0;
  bytes = 0;
  flows = 0;
  ipv6Packets = 0;
  /** Packets the destination itself sent to that port: requests, of which these may be the answers. */
  answered = 0;
  /** UTC microseconds; infinite before the first packet with a time. */
  firstMicros = Number.POSITIVE_INFINITY;
  lastMicros = Number.NEGATIVE_INFINITY;
  readonly destinationPorts = new HeavyCounts(MOST_PORTS);
  /** Only where ports are not told apart. */
  readonly sourcePorts = new HeavyCounts(MOST_PORTS);
  /** Time to live, and flags of TCP or type of ICMP, as {@link headerKey} puts them together: fewer look-ups a packet. */
  readonly #headers = new HeavyCounts(MOST_HEADERS);
  readonly lengths = new HeavyCounts(MOST_LENGTHS);
  /** Of pieces of packets; 0 is not counted. */
  readonly fragmentOffsets = new HeavyCounts(MOST_OFFSETS);
  readonly seconds = new Seconds(MOST_SLOTS);
  readonly sources: AddressSet;
  payloads: PayloadFacts | null = null;

  constructor(budget: AddressBudget) {
    this.sources = new AddressSet(MOST_SOURCES, budget);
  }

  /** @param weight - how many packets like this one it stands for in all but the sums; 0: none */
  add(facts: TrafficFacts, weight: number): void {
    const { packets, bytes, firstMicros, lastMicros } = facts;
    this.packets += packets;
    this.bytes += bytes;
    this.flows += facts.flows;
    if (facts.isIpv6) this.ipv6Packets += packets;
    if (firstMicros < this.firstMicros) this.firstMicros = firstMicros;
    if (lastMicros > this.lastMicros) this.lastMicros = lastMicros;
    if (lastMicros - firstMicros >= 1e6) this.#spread(facts);
    else this.seconds.add(facts.second, packets, bytes);
    if (weight > 0) this.#look(facts, packets * weight);
  }

  /** Packets by time to live, flags of TCP, or type of ICMP, most first; those for which it is not known are left out. */
  headers(what: 'ttl' | 'tcp-flags' | 'icmp-type'): readonly (readonly [value: number, packets: number])[] {
    const shift = what === 'ttl' ? 0 : what === 'tcp-flags' ? 9 : 18;
    const counts = new Map<number, number>();
    for (const [key, packets] of this.#headers.entries()) {
      const value = ((key >>> shift) & 0x1ff) - 1;
      if (value >= 0) counts.set(value, (counts.get(value) ?? 0) + packets);
    }
    return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  merge(other: VectorCounts): void {
    this.mergeAllButSources(other);
    this.sources.merge(other.sources);
  }

  mergeAllButSources(other: VectorCounts): void {
    this.packets += other.packets;
    this.bytes += other.bytes;
    this.flows += other.flows;
    this.ipv6Packets += other.ipv6Packets;
    this.answered += other.answered;
    this.firstMicros = Math.min(this.firstMicros, other.firstMicros);
    this.lastMicros = Math.max(this.lastMicros, other.lastMicros);
    this.destinationPorts.merge(other.destinationPorts);
    this.sourcePorts.merge(other.sourcePorts);
    this.#headers.merge(other.#headers);
    this.lengths.merge(other.lengths);
    this.fragmentOffsets.merge(other.fragmentOffsets);
    this.seconds.merge(other.seconds);
    if (other.payloads) {
      this.payloads ??= new PayloadFacts();
      this.payloads.merge(other.payloads);
    }
  }

  #look(facts: TrafficFacts, packets: number): void {
    this.destinationPorts.add(facts.destinationPort, packets);
    this.#headers.add(headerKey(facts.ttl, facts.tcpFlags, facts.icmpType), packets);
    if (facts.length >= 0) this.lengths.add(facts.length, packets);
    if (facts.fragmentOffset > 0) this.fragmentOffsets.add(facts.fragmentOffset, packets);
    this.sources.add(facts.s0, facts.s1, facts.s2, facts.s3, packets);
    if (facts.payloadEnd > facts.payloadStart && hasPayloadFacts(facts)) {
      this.payloads ??= new PayloadFacts();
      this.payloads.add(facts);
    }
  }

  /** A flow says only how much came from when to when: as if evenly. */
  #spread({ packets, bytes, firstMicros, lastMicros }: TrafficFacts): void {
    const first = Math.floor(firstMicros / 1e6);
    const seconds = Math.floor(lastMicros / 1e6) - first + 1;
    const parts = Math.min(seconds, MOST_PARTS);
    for (let part = 0; part < parts; part += 1)
      this.seconds.add(first + Math.floor((part * seconds) / parts), packets / parts, bytes / parts);
  }
}

/** Nine bits each: one more than the value, 0 for none. */
function headerKey(ttl: number, tcpFlags: number, icmpType: number): number {
  return (ttl + 1) | ((tcpFlags + 1) << 9) | ((icmpType + 1) << 18);
}
