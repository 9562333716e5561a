/** From the outermost IP header of a packet to what is counted of it. Runs for every packet: plain reads, no allocation. */
import { MAPPED_IPV4, type TrafficFacts } from './traffic-facts.js';

const [ICMP, TCP, UDP, ICMPV6, UDP_LITE, DCCP, SCTP] = [1, 6, 17, 58, 136, 33, 132];
/** Extension headers of IPv6 (RFC 8200 4): options and routing, and fragments. */
const [HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION] = [0, 43, 44, 60];
const MOST_EXTENSIONS = 8;

/**
 * False: the headers are cut, or no IP. Of an attack the outermost addresses count, whatever is inside; pieces of packets are
 * counted each, and all but the first have no ports.
 */
export function readPacket(bytes: Uint8Array, at: number, end: number, facts: TrafficFacts): boolean {
  facts.sourcePort = 0;
  facts.destinationPort = 0;
  facts.tcpFlags = -1;
  facts.icmpType = -1;
  facts.payload = bytes;
  facts.payloadStart = 0;
  facts.payloadEnd = 0;
  if (end - at < 20) return false;
  const version = (bytes[at] as number) >> 4;
  if (version === 4) return ipv4(bytes, at, end, facts);
  return version === 6 && ipv6(bytes, at, end, facts);
}

function ipv4(bytes: Uint8Array, at: number, end: number, facts: TrafficFacts): boolean {
  const headerBytes = ((bytes[at] as number) & 15) * 4;
  if (headerBytes < 20) return false;
  facts.isIpv6 = false;
  facts.s0 = 0;
  facts.s1 = 0;
  facts.s2 = MAPPED_IPV4;
  facts.s3 = word(bytes, at + 12);
  facts.d0 = 0;
  facts.d1 = 0;
  facts.d2 = MAPPED_IPV4;
  facts.d3 = word(bytes, at + 16);
  facts.ttl = bytes[at + 8] as number;
  facts.protocol = bytes[at + 9] as number;
  const offset = half(bytes, at + 6) & 0x1fff;
  facts.fragmentOffset = offset * 8;
  if (offset !== 0) return true;
  const total = half(bytes, at + 2);
  const stop = total >= headerBytes && at + total < end ? at + total : end;
  return transport(bytes, at + headerBytes, stop, facts);
}

function ipv6(bytes: Uint8Array, at: number, end: number, facts: TrafficFacts): boolean {
  if (end - at < 40) return false;
  facts.isIpv6 = true;
  facts.s0 = word(bytes, at + 8);
  facts.s1 = word(bytes, at + 12);
  facts.s2 = word(bytes, at + 16);
  facts.s3 = word(bytes, at + 20);
  facts.d0 = word(bytes, at + 24);
  facts.d1 = word(bytes, at + 28);
  facts.d2 = word(bytes, at + 32);
  facts.d3 = word(bytes, at + 36);
  facts.ttl = bytes[at + 7] as number;
  facts.fragmentOffset = 0;
  let next = bytes[at + 6] as number;
  let place = at + 40;
  const length = half(bytes, at + 4);
  const stop = length > 0 && place + length < end ? place + length : end;
  for (let extension = 0; extension < MOST_EXTENSIONS; extension += 1) {
    if (next !== HOP_BY_HOP && next !== ROUTING && next !== DESTINATION && next !== FRAGMENT) break;
    if (stop - place < 8) return false;
    const isFragment = next === FRAGMENT;
    next = bytes[place] as number;
    if (isFragment) {
      const offset = half(bytes, place + 2) & 0xfff8;
      facts.fragmentOffset = offset;
      if (offset !== 0) {
        facts.protocol = next;
        return true;
      }
      place += 8;
    } else place += ((bytes[place + 1] as number) + 1) * 8;
  }
  facts.protocol = next;
  return transport(bytes, place, stop, facts);
}

function transport(bytes: Uint8Array, at: number, end: number, facts: TrafficFacts): boolean {
  switch (facts.protocol) {
    case TCP:
      if (end - at < 14) return false;
      facts.sourcePort = half(bytes, at);
      facts.destinationPort = half(bytes, at + 2);
      facts.tcpFlags = bytes[at + 13] as number;
      facts.payloadStart = at + ((bytes[at + 12] as number) >> 4) * 4;
      facts.payloadEnd = end;
      return true;
    case UDP:
    case UDP_LITE:
      if (end - at < 4) return false;
      facts.sourcePort = half(bytes, at);
      facts.destinationPort = half(bytes, at + 2);
      facts.payloadStart = at + 8;
      facts.payloadEnd = end;
      return true;
    case SCTP:
    case DCCP:
      if (end - at < 4) return false;
      facts.sourcePort = half(bytes, at);
      facts.destinationPort = half(bytes, at + 2);
      return true;
    case ICMP:
    case ICMPV6:
      if (at < end) facts.icmpType = bytes[at] as number;
      return true;
    default:
      return true;
  }
}

function half(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
