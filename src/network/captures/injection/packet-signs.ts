/**
 * Which of two packets that contradict each other somebody else sent, argued from their headers. The rules and the
 * values that real injections had: specification of the network room, 2.1 and 2.2 (captures of Quantum Insert published by
 * Fox-IT in 2015, of PacketLogic published by Citizen Lab in 2018).
 */
import type { PacketFacts } from '../../../records/network-ends.js';

/** Identification 0x3412 of packets that PacketLogic boxes forge. */
export const PACKETLOGIC_IP_ID = 13_330;
/** Window of the same packets: 0x7d78. */
export const PACKETLOGIC_WINDOW = 32_120;
/** The tools of 2015 left the identification as their library sets it. */
const LIBRARY_IP_ID = 1;
/** Windows of one sender change, but not to a fourth from one packet to the next. */
const WINDOW_RATIO = 4;
const FIN = 0x01;

export const PACKET_SIGNS = [
  /** Identification 0x3412. */
  'id-marked',
  /** Identification 1. */
  'id-one',
  /** Identification of the client's own last packet. */
  'id-echo',
  /** Time to live differs. */
  'ttl',
  /** The DF flag differs. */
  'df',
  /** The window is four times as large as the other's, or more. */
  'window',
  /** It ends the stream where the other packet goes on. */
  'fin',
] as const;
export type PacketSign = (typeof PACKET_SIGNS)[number];

/** What packets are compared with. */
export interface Circumstances {
  readonly fromServer: boolean | null;
  /** First packet of the same end. */
  readonly handshakePacket: PacketFacts | null;
  readonly clientIpId: number | null;
  readonly clientWindow: number | null;
}

/** Two packets that cannot both be of the same sender. */
export interface Suspicion {
  /** Without signs: the one that came first, since only that one gets anywhere. */
  readonly injected: PacketFacts;
  readonly real: PacketFacts;
  readonly signs: readonly PacketSign[];
}

/** Tells the injected packet from the real one. */
export function suspicionOf(first: PacketFacts, second: PacketFacts, around: Circumstances): Suspicion {
  const isSecond = weightOf(second, first, around) > weightOf(first, second, around);
  const [injected, real] = isSecond ? [second, first] : [first, second];
  return { injected, real, signs: signsOf(injected, real, around) };
}

function signsOf(injected: PacketFacts, real: PacketFacts, around: Circumstances): readonly PacketSign[] {
  const mark = markOf(injected, around);
  return PACKET_SIGNS.filter((sign) => {
    switch (sign) {
      case 'id-marked':
      case 'id-one':
      case 'id-echo':
        // When the other has it too it is how this sender counts.
        return mark === sign && markOf(real, around) !== sign;
      case 'ttl':
        return differ(injected.ttl, real.ttl);
      case 'df':
        return differ(injected.dontFragment, real.dontFragment);
      case 'window':
        return isWindowOther(injected.window, real.window);
      case 'fin':
        return endsBefore(injected, real);
    }
    return false;
  });
}

/** How much speaks for a packet being the injected one. */
function weightOf(packet: PacketFacts, other: PacketFacts, around: Circumstances): number {
  const { handshakePacket: own, clientWindow } = around;
  const mark = markOf(packet, around);
  let weight = mark === null ? 0 : mark === 'id-marked' ? 4 : 3;
  if (own !== null) {
    if (distance(packet.ttl, own.ttl) > distance(other.ttl, own.ttl)) weight += 2;
    if (differ(packet.dontFragment, own.dontFragment) && !differ(other.dontFragment, own.dontFragment))
      weight += 1;
  }
  if (clientWindow !== null && packet.window === clientWindow && other.window !== clientWindow) weight += 1;
  // Who agreed to time stamps sends them in every packet (RFC 7323 3.2).
  if (packet.optionsBytes === 0 && (other.optionsBytes ?? 0) > 0) weight += 1;
  if (endsBefore(packet, other)) weight += 1;
  return weight;
}

function markOf({ ipId }: PacketFacts, { fromServer, clientIpId }: Circumstances): PacketSign | null {
  if (ipId === PACKETLOGIC_IP_ID) return 'id-marked';
  if (ipId === LIBRARY_IP_ID) return 'id-one';
  return fromServer === true && ipId !== null && ipId > 0 && ipId === clientIpId ? 'id-echo' : null;
}

function differ<T extends number | boolean>(a: T | null, b: T | null): boolean {
  return a !== null && b !== null && a !== b;
}

function distance(a: number | null, b: number | null): number {
  return a === null || b === null ? 0 : Math.abs(a - b);
}

function isWindowOther(a: number | null, b: number | null): boolean {
  if (a === null || b === null || a === 0 || b === 0) return false;
  return Math.max(a, b) / Math.min(a, b) >= WINDOW_RATIO;
}

/** Its FIN stands where the other packet has data, or ends without one. A late FIN behind the other's data is everyday. */
function endsBefore(packet: PacketFacts, other: PacketFacts): boolean {
  if (packet.tcpFlags === null || other.tcpFlags === null) return false;
  if ((packet.tcpFlags & FIN) === 0 || (other.tcpFlags & FIN) !== 0) return false;
  const end = endOf(packet);
  const otherEnd = endOf(other);
  return end !== null && otherEnd !== null && ((otherEnd - end) | 0) >= 0;
}

/** Sequence number behind the last byte of a packet. */
function endOf({ sequence, payloadBytes }: PacketFacts): number | null {
  return sequence === null || payloadBytes === null ? null : (sequence + payloadBytes) >>> 0;
}
