/** Whether traffic to one destination is an attack by volume, and of what kind. */
import type { TargetCounts } from '../../../records/tallies/packets/target-counts.js';
import { type AttackVector, judgedVectors } from '../../fingerprint/attack-vectors.js';
import { AMPLIFIERS, ICMP, ICMPV6, TCP, UDP } from '../../fingerprint/services.js';

export type FloodKind =
  | 'amplification'
  | 'syn-ack-reflection'
  | 'syn-flood'
  | 'tcp-flood'
  | 'udp-flood'
  | 'icmp-flood'
  | 'protocol-flood'
  | 'fragments';

export interface JudgedVector {
  readonly kind: FloodKind;
  readonly vector: AttackVector;
}

/** What is known of the traffic around. */
export interface Surroundings {
  /** Packets the destination sent itself. */
  readonly sentPackets: number;
  readonly packets: number;
  /** Whether the evidence has both directions: without, an answer looks like something nobody asked for. */
  readonly seesBoth: boolean;
}

/** Fewer packets are no flood. */
const FEWEST_PACKETS = 300;
/** Packets in the busiest second, or bytes: what a small server or line feels. Ours. */
const AMPLIFIED_PPS = 500;
const AMPLIFIED_BYTES = 2_500_000;
const FLOOD_PPS = 1_000;
/** One source that opens connections this fast and completes none. */
const LONE_SYN_PPS = 5_000;
/** Sources that take part. Reflectors may be few, forged addresses are many. */
const [FEW_REFLECTORS, SOME_SOURCES, MANY_SOURCES] = [10, 50, 100];
/** Part that the destination asked for itself. */
const ASKED_FOR = 0.1;
/** The least that the destination sends in a conversation, in parts of what it gets. */
const CONVERSATION = 0.05;
/** Part of packets that begin a connection; in finished ones it is a third at most, in the shortest. */
const SYN_SHARE = 0.5;
const SYN_ACK_SHARE = 0.3;
const HANDSHAKE_SHARE = 0.8;
/** Answers of DNS that nobody asked for are long; those to a resolver are not. */
const LONG_DNS_BYTES = 400;
/** Addresses that were made up send a few packets each. */
const FORGED_PACKETS = 5;
/** Both ends of these protocols use the port: such packets may be questions. */
const SAME_PORT_SHARE = 0.5;
const [DNS, QUIC] = [53, 443];
/** Ports that many send to and that never answer: syslog, SNMP traps, NetFlow, IPFIX, sFlow, statsd, Graylog, RADIUS accounts. */
const COLLECTORS: ReadonlySet<number> = new Set([
  162, 514, 1813, 2055, 2056, 4739, 6343, 6514, 8125, 9555, 9995, 9996, 12201,
]);
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];

/** What of the traffic to a destination is an attack: most bytes first, pieces of packets last. */
export function judge(target: TargetCounts, around: Surroundings): readonly JudgedVector[] {
  const kinds = new Map<string, FloodKind>();
  const judged = (vector: AttackVector, kind: FloodKind | null): boolean => {
    if (kind !== null) kinds.set(keyOf(vector), kind);
    return kind !== null;
  };
  const vectors = judgedVectors(
    target,
    (vector) => judged(vector, portKind(vector, target, around)),
    (vector) => judged(vector, restKind(vector, target, around)),
  );
  return vectors.map((vector) => ({
    vector,
    kind: vector.isFragments ? 'fragments' : (kinds.get(keyOf(vector)) ?? 'protocol-flood'),
  }));
}

function keyOf({ protocol, service }: AttackVector): string {
  return `${protocol} ${service ?? ''}`;
}

function isTooSmall({ counts }: AttackVector): boolean {
  return counts.packets < FEWEST_PACKETS;
}

/** From one source port: answers that somebody had sent here. */
function portKind(vector: AttackVector, target: TargetCounts, around: Surroundings): FloodKind | null {
  if (isTooSmall(vector) || vector.sourcePort === null) return null;
  if (vector.protocol === UDP)
    return AMPLIFIERS.has(vector.sourcePort) && isAmplified(vector, around) ? 'amplification' : null;
  return vector.protocol === TCP && isReflectedHandshake(vector, target) ? 'syn-ack-reflection' : null;
}

function isAmplified({ counts, sourcePort }: AttackVector, { seesBoth }: Surroundings): boolean {
  const peak = counts.seconds.peak();
  if (peak.packets < AMPLIFIED_PPS && peak.bytes < AMPLIFIED_BYTES) return false;
  if (counts.sources.distinct < FEW_REFLECTORS) return false;
  if (counts.answered > counts.packets * ASKED_FOR) return false;
  if (seesBoth) return true;
  // Only one direction was captured: what a resolver, a time server or a gateway of VPNs gets looks alike at first.
  const samePort = counts.destinationPorts.countOf(sourcePort as number);
  if (samePort > counts.packets * SAME_PORT_SHARE) return false;
  return sourcePort !== DNS || counts.bytes / counts.packets >= LONG_DNS_BYTES;
}

/** Servers answer connections that the destination never began: somebody used its address (RFC 9293 3.5). */
function isReflectedHandshake({ counts }: AttackVector, target: TargetCounts): boolean {
  const flags = flagCounts(counts.headers('tcp-flags'));
  if (counts.seconds.peak().packets < AMPLIFIED_PPS || counts.sources.distinct < SOME_SOURCES) return false;
  if (flags.synAck < flags.all * SYN_ACK_SHARE) return false;
  if (flags.synAck + flags.reset < flags.all * HANDSHAKE_SHARE) return false;
  return target.sentSyn <= flags.synAck * ASKED_FOR;
}

/** From ports that mean nothing. */
function restKind(vector: AttackVector, target: TargetCounts, around: Surroundings): FloodKind | null {
  if (isTooSmall(vector)) return null;
  const { protocol } = vector;
  if (protocol === TCP) return tcpKind(vector, target, around);
  if (protocol === UDP) return isUdpFlood(vector, around) ? 'udp-flood' : null;
  const { counts } = vector;
  if (counts.seconds.peak().packets < FLOOD_PPS || counts.sources.distinct < SOME_SOURCES) return null;
  if (counts.answered > counts.packets * ASKED_FOR) return null;
  if (protocol === ICMP || protocol === ICMPV6) return 'icmp-flood';
  return around.seesBoth ? 'protocol-flood' : null;
}

function tcpKind(vector: AttackVector, target: TargetCounts, around: Surroundings): FloodKind | null {
  const { counts } = vector;
  const peak = counts.seconds.peak().packets;
  if (peak < FLOOD_PPS) return null;
  if (isReflectedHandshake(vector, target)) return 'syn-ack-reflection';
  const flags = flagCounts(counts.headers('tcp-flags'));
  const sources = counts.sources.distinct;
  if (flags.syn > flags.all * SYN_SHARE) {
    if (sources >= MANY_SOURCES) return 'syn-flood';
    // Many ports from one source are a scan, not a flood.
    const [busiest] = counts.destinationPorts.entries();
    const isOnePort = busiest !== undefined && busiest[1] > counts.packets * 0.9;
    return isOnePort && peak >= LONE_SYN_PPS ? 'syn-flood' : null;
  }
  if (sources < MANY_SOURCES) return null;
  const isSilent = around.sentPackets < around.packets * CONVERSATION;
  if (around.seesBoth && isSilent) return 'tcp-flood';
  return flags.reset > flags.all * HANDSHAKE_SHARE && target.sentSyn < flags.reset * ASKED_FOR
    ? 'tcp-flood'
    : null;
}

function isUdpFlood({ counts }: AttackVector, { seesBoth }: Surroundings): boolean {
  if (counts.seconds.peak().packets < FLOOD_PPS || counts.sources.distinct < SOME_SOURCES) return false;
  if (counts.answered > counts.packets * ASKED_FOR) return false;
  const [busiest] = counts.destinationPorts.entries();
  if (busiest && COLLECTORS.has(busiest[0]) && busiest[1] > counts.packets * SAME_PORT_SHARE) return false;
  if (seesBoth) return true;
  // Calls, games and QUIC look like this in one direction; only made-up addresses do not repeat. Neither do those who ask a
  // name or time server, but their questions are short.
  if (counts.packets >= counts.sources.distinct * FORGED_PACKETS) return false;
  const isAsked = busiest !== undefined && busiest[1] > counts.packets * SAME_PORT_SHARE;
  if (!isAsked) return true;
  if (busiest[0] === QUIC) return false;
  return !AMPLIFIERS.has(busiest[0]) || counts.bytes / counts.packets >= LONG_DNS_BYTES;
}

interface FlagCounts {
  readonly all: number;
  /** Begins a connection. */
  readonly syn: number;
  readonly synAck: number;
  readonly reset: number;
}

/** Of flows the flags of all packets together: a connection that went on has more than the first one. */
function flagCounts(values: readonly (readonly [number, number])[]): FlagCounts {
  let [all, syn, synAck, reset] = [0, 0, 0, 0];
  for (const [flags, count] of values) {
    all += count;
    if (flags & RST) reset += count;
    else if ((flags & (SYN | ACK | FIN)) === SYN) syn += count;
    else if ((flags & (SYN | ACK | FIN)) === (SYN | ACK)) synAck += count;
  }
  return { all, syn, synAck, reset };
}
