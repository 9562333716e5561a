/**
 * A packet, or a flow of several, as the counts of traffic take it. One object is filled again and again. Addresses are four
 * signed words, IPv4 mapped into IPv6 (RFC 4291 2.5.5.2).
 */
export class TrafficFacts {
  s0 = 0;
  s1 = 0;
  s2 = 0;
  s3 = 0;
  d0 = 0;
  d1 = 0;
  d2 = 0;
  d3 = 0;
  isIpv6 = false;
  /** IANA number of what IP carries. */
  protocol = 0;
  /** 0 where the protocol has none, and for all pieces of a packet but the first. */
  sourcePort = 0;
  destinationPort = 0;
  /** The eight flags of TCP; of a flow, all that came. -1 when it is no TCP, or not known. */
  tcpFlags = -1;
  /** -1 when not known, as the rest below. */
  ttl = -1;
  /** Bytes on the wire of one packet. */
  length = -1;
  /** In bytes. */
  fragmentOffset = -1;
  icmpType = -1;
  packets = 1;
  /** Of all packets, on the wire (of flows: as the exporter counted them). */
  bytes = 0;
  /** 1 for a flow, 0 for a packet. */
  flows = 0;
  /** UTC microseconds since 1970; NaN when not known. */
  firstMicros = Number.NaN;
  lastMicros = Number.NaN;
  /** Unix second in which it began; -1 when not known. Filled in when it is counted. */
  second = -1;
  /** Number of the packet, record or line in its file, from 1. */
  place = 0;
  /** What TCP or UDP carries, in `payload`; empty when not known. */
  payload: Uint8Array = EMPTY;
  payloadStart = 0;
  payloadEnd = 0;
}

const EMPTY = new Uint8Array(0);

/** Which end of IPv4 addresses, mapped into IPv6, the third word is. */
export const MAPPED_IPV4 = 0xffff;
