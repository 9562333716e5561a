/** What an attack by volume looks like, as JSON that DDoS-DB and the tools around it read. */
import { createHash } from 'node:crypto';
import { fromUnixMicroseconds } from '../../core/time.js';
import type { CountedTarget, PacketTraffic } from '../../records/tallies/packet-traffic.js';
import { TargetCounts } from '../../records/tallies/packets/target-counts.js';
import { addressOf } from '../hits/client-address.js';
import { type AttackVector, attackVectors, emptyCounts, FRAGMENTS } from './attack-vectors.js';
import { outliers, rounded, type Shares } from './outliers.js';
import {
  AMPLIFIERS,
  DNS_TYPES,
  flagTag,
  flagText,
  ICMP,
  ICMP_TYPES,
  ICMPV6,
  protocolName,
  TCP,
  UDP,
} from './services.js';

/** Part of the packets that makes a destination the target. */
const TARGET_SHARE = 0.5;
/** Shares over which values are listed. */
const [USUAL, SMALL, FLAGS] = [0.1, 0.05, 0.2];
const MEGABYTE = 1_000_000;

/** One means of an attack. Names of fields are those of the dissector, which is why they have underscores. */
export interface FingerprintVector {
  readonly service: string | null;
  readonly protocol: string;
  readonly fraction_of_attack: number | null;
  readonly source_port: number | 'random';
  readonly destination_ports: Shares;
  readonly tcp_flags: Shares | null;
  readonly nr_flows?: number;
  readonly nr_packets: number;
  readonly nr_megabytes: number;
  readonly time_start: string | null;
  readonly duration_seconds: number;
  readonly source_ips: readonly string[];
  readonly ethernet_type?: Shares;
  readonly frame_len?: Shares;
  readonly fragmentation_offset?: Shares;
  readonly ttl?: Shares;
  readonly dns_query_name?: Shares;
  readonly dns_query_type?: Shares;
  readonly http_uri?: Shares;
  readonly http_method?: Shares;
  readonly http_user_agent?: Shares;
  readonly ntp_requestcode?: Shares;
  readonly icmp_type?: Shares;
  /** Ours, which other programs pass over. */
  readonly x_vigia_source_count: number;
  readonly x_vigia_source_count_estimated: boolean;
  readonly x_vigia_bytes: number;
  readonly x_vigia_peak_pps: number;
}

/** Format: https://github.com/NLADC/dissector, `fingerprint_format.md`. */
export interface Fingerprint {
  readonly attack_vectors: readonly FingerprintVector[];
  readonly target: string;
  readonly tags: readonly string[];
  readonly key: string;
  readonly time_start: string | null;
  readonly time_end: string | null;
  readonly duration_seconds: number;
  readonly total_flows?: number;
  readonly total_megabytes: number;
  readonly total_packets: number;
  readonly total_ips: number;
  readonly avg_bps: number;
  readonly avg_pps: number;
  readonly avg_Bpp: number;
  readonly x_vigia_bytes: number;
  readonly x_vigia_peak_pps: number;
  /** Only one of so many packets was seen where they were counted; 1: all. */
  readonly x_vigia_sampling: number;
}

export interface FingerprintOptions {
  /** Means to tell; else those that the algorithm finds. */
  readonly vectors?: readonly AttackVector[];
  /** Written as the target; it is left out otherwise. */
  readonly showTarget?: string;
  /** Addresses listed of each means: those with most packets. Default all that are known. */
  readonly maxSources?: number;
}

/** Destinations with more than half of all packets: none or one. */
export function mainTarget(traffic: PacketTraffic): CountedTarget | null {
  const [first] = traffic.targets();
  return first && first.packets > traffic.packets * TARGET_SHARE ? first : null;
}

/** What went to several destinations, as to one. */
export function togetherOf(targets: readonly CountedTarget[]): TargetCounts {
  const all = new TargetCounts({ left: Number.POSITIVE_INFINITY });
  for (const { counts } of targets) if (counts) all.merge(counts, 0);
  return all;
}

/**
 * The fingerprint of what went to some destinations; null when there is no means that stands out.
 *
 * @example
 * const target = mainTarget(traffic);
 * const json = target && JSON.stringify(fingerprintOf(traffic, [target]));
 */
export function fingerprintOf(
  traffic: PacketTraffic,
  targets: readonly CountedTarget[],
  options: FingerprintOptions = {},
): Fingerprint | null {
  const vectors = options.vectors ?? attackVectors(countsOf(targets));
  if (vectors.length === 0) return null;
  const isFlows = vectors.some(({ counts }) => counts.flows > 0);
  const whole = vectors.filter(({ isFragments }) => !isFragments).reduce((sum, { bytes }) => sum + bytes, 0);
  const told = vectors.map((vector) =>
    vectorJson(vector, whole, isFlows, options.maxSources ?? Number.POSITIVE_INFINITY),
  );
  const all = emptyCounts();
  for (const { counts } of vectors) {
    all.firstMicros = Math.min(all.firstMicros, counts.firstMicros);
    all.lastMicros = Math.max(all.lastMicros, counts.lastMicros);
    all.sources.merge(counts.sources);
    all.seconds.merge(counts.seconds);
  }
  const packets = vectors.reduce((sum, vector) => sum + vector.packets, 0);
  const bytes = vectors.reduce((sum, vector) => sum + vector.bytes, 0);
  const seconds = durationOf(all.firstMicros, all.lastMicros);
  const perSecond = (amount: number): number => (seconds > 0 ? Math.floor(amount / seconds) : 0);
  const summary = {
    time_start: timeText(all.firstMicros),
    time_end: timeText(all.lastMicros),
    duration_seconds: seconds,
    ...(isFlows ? { total_flows: vectors.reduce((sum, { counts }) => sum + counts.flows, 0) } : {}),
    total_megabytes: Math.floor(bytes / MEGABYTE),
    total_packets: packets,
    total_ips: all.sources.distinct,
    avg_bps: perSecond(bytes * 8),
    avg_pps: perSecond(packets),
    avg_Bpp: packets > 0 ? Math.floor(bytes / packets) : 0,
    x_vigia_bytes: bytes,
    x_vigia_peak_pps: Math.round(all.seconds.peak().packets),
    x_vigia_sampling: Math.max(1, ...traffic.sources.map(({ sampling }) => sampling)),
  };
  return {
    attack_vectors: told,
    target: options.showTarget ?? 'Anonymous',
    tags: tagsOf(vectors, told, targets.length > 1),
    // MD5 is what the format asks for: a name, not a protection.
    key: createHash('md5')
      .update(JSON.stringify([told, summary]))
      .digest('hex'),
    ...summary,
  };
}

export function countsOf(targets: readonly CountedTarget[]): TargetCounts {
  const [first] = targets;
  return targets.length === 1 && first?.counts ? first.counts : togetherOf(targets);
}

function vectorJson(
  vector: AttackVector,
  wholeBytes: number,
  isFlows: boolean,
  maxSources: number,
): FingerprintVector {
  const { counts, protocol, service } = vector;
  const total = counts.packets;
  const shares = (
    values: readonly (readonly [number, number])[],
    name: (value: number) => string,
    threshold: number,
    byDeviation = true,
  ): Shares => {
    const named = values.map(([value, count]) => [name(value), count] as const);
    return outliers(named, sumOf(named), threshold, byDeviation);
  };
  const flags = protocol === TCP ? shares(counts.headers('tcp-flags'), flagText, FLAGS) : null;
  // Ports that were let go of to save room count as well: the sum is that of all packets.
  const ports = outliers(
    counts.destinationPorts.entries().map(([port, count]) => [String(port), count] as const),
    total,
    USUAL,
    false,
  );
  const lengths = counts.lengths.entries().map(([length, count]) => [String(length), count] as const);
  return {
    service,
    protocol: protocolName(protocol),
    fraction_of_attack: vector.isFragments || wholeBytes === 0 ? null : rounded(vector.bytes / wholeBytes),
    source_port: vector.sourcePort ?? 'random',
    destination_ports: ports,
    tcp_flags: flags === 'random' ? null : flags,
    ...(isFlows ? { nr_flows: counts.flows } : {}),
    nr_packets: vector.packets,
    nr_megabytes: Math.floor(vector.bytes / MEGABYTE),
    time_start: timeText(counts.firstMicros),
    duration_seconds: durationOf(counts.firstMicros, counts.lastMicros),
    source_ips: sourcesOf(vector, maxSources),
    ...(lengths.length > 0
      ? {
          ethernet_type: outliers(
            [['IPv4', total - counts.ipv6Packets] as const, ['IPv6', counts.ipv6Packets] as const].filter(
              ([, count]) => count > 0,
            ),
            total,
            SMALL,
          ),
          frame_len: outliers(lengths, total, SMALL),
          fragmentation_offset: outliers(offsetsOf(vector), total, USUAL),
          ttl: shares(counts.headers('ttl'), String, USUAL),
        }
      : {}),
    ...payloadJson(vector, shares),
    x_vigia_source_count: counts.sources.distinct,
    x_vigia_source_count_estimated: counts.sources.isSample,
    x_vigia_bytes: vector.bytes,
    x_vigia_peak_pps: Math.round(counts.seconds.peak().packets),
  };
}

function payloadJson(
  { counts, protocol, service }: AttackVector,
  shares: (
    values: readonly (readonly [number, number])[],
    name: (value: number) => string,
    threshold: number,
  ) => Shares,
): Partial<FingerprintVector> {
  if (protocol === ICMP || protocol === ICMPV6) {
    const types = counts.headers('icmp-type');
    const name = (type: number): string =>
      (protocol === ICMP ? ICMP_TYPES.get(type) : undefined) ?? String(type);
    return types.length > 0 ? { icmp_type: shares(types, name, USUAL) } : {};
  }
  const { payloads } = counts;
  if (payloads === null) return {};
  const texts = (values: readonly (readonly [string, number])[], threshold: number): Shares =>
    outliers(values, sumOf(values), threshold);
  if (service === 'DNS' || payloads.dnsTypes.size > 0) {
    return {
      dns_query_name: texts(payloads.dnsNames.entries(), USUAL),
      dns_query_type: shares(
        payloads.dnsTypes.entries(),
        (type) => DNS_TYPES.get(type) ?? String(type),
        USUAL,
      ),
    };
  }
  if (service === 'NTP') return { ntp_requestcode: shares(payloads.ntpCodes.entries(), String, USUAL) };
  const methods = payloads.methods.entries();
  if (methods.length === 0) return {};
  return {
    http_uri: texts(payloads.uris.entries(), SMALL),
    http_method: texts(methods, USUAL),
    http_user_agent: texts(payloads.agents.entries(), SMALL),
  };
}

/** Whole packets and first pieces have the offset 0. */
function offsetsOf({ counts, isFragments }: AttackVector): readonly (readonly [string, number])[] {
  const pieces = counts.fragmentOffsets.entries().map(([offset, count]) => [String(offset), count] as const);
  const rest = counts.packets - sumOf(pieces);
  return rest > 0 && !isFragments ? [['0', rest] as const, ...pieces].sort((a, b) => b[1] - a[1]) : pieces;
}

function sourcesOf({ counts }: AttackVector, most: number): readonly string[] {
  const list: { readonly words: readonly [number, number, number, number]; readonly packets: number }[] = [];
  counts.sources.each((w0, w1, w2, w3, packets) =>
    list.push({ words: [w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0], packets }),
  );
  const kept =
    list.length > most
      ? list.sort((a, b) => b.packets - a.packets || byWords(a.words, b.words)).slice(0, most)
      : list;
  return kept.sort((a, b) => byWords(a.words, b.words)).map(({ words }) => wordsText(words));
}

/** Address of four words, of which IPv4 is mapped into IPv6. */
export function wordsText([ip0, ip1, ip2, ip3]: readonly [number, number, number, number]): string {
  return ip0 === 0 && ip1 === 0 && ip2 === 0xffff
    ? addressOf({ ipVersion: 4, ip0: ip3, ip1: 0, ip2: 0, ip3: 0 })
    : addressOf({ ipVersion: 6, ip0, ip1, ip2, ip3 });
}

/** As the dissector words them, each once, in the order of the alphabet. */
function tagsOf(
  vectors: readonly AttackVector[],
  told: readonly FingerprintVector[],
  isCarpet: boolean,
): readonly string[] {
  const tags = new Set<string>();
  if (vectors.filter(({ isFragments }) => !isFragments).length > 1) tags.add('Multi-vector attack');
  if (isCarpet) tags.add('Carpet bombing attack');
  for (const [index, { protocol, service, sourcePort }] of vectors.entries()) {
    const name = protocolName(protocol);
    tags.add(name);
    if (service === null) tags.add(`${name} flood attack`);
    const flags = told[index]?.tcp_flags;
    if (service === FRAGMENTS) tags.add('Fragmentation attack');
    else if (protocol === TCP)
      tags.add(
        flagTag(flags && flags !== 'random' ? Object.keys(flags).filter((key) => key !== 'others') : []),
      );
    else if (protocol === UDP && sourcePort !== null && AMPLIFIERS.has(sourcePort))
      tags.add('Amplification attack');
  }
  return [...tags].sort();
}

function sumOf(values: readonly (readonly [unknown, number])[]): number {
  return values.reduce((sum, [, count]) => sum + count, 0);
}

/** Whole seconds between two moments, of any number of days. */
function durationOf(firstMicros: number, lastMicros: number): number {
  return lastMicros > firstMicros ? Math.floor((lastMicros - firstMicros) / 1e6) : 0;
}

function timeText(micros: number): string | null {
  return fromUnixMicroseconds(micros)?.replace('Z', '+00:00') ?? null;
}

function byWords(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < 4; index += 1) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
