/**
 * IP packets inside others. A tunnel is believed only when the header inside it checks out, so that what merely uses the
 * same port stays what it is. What ICMP quotes is no tunnel: those packets were sent before, by others.
 */
import { half } from '../container/byte-order.js';
import { ipAfterEtherType, ipInEthernet, ipInMpls, ipInPpp } from './ether-type.js';
import { ETHER } from './link-types.js';
import { NOT_IP } from './no-ip.js';

/** IANA protocol numbers. */
const [IPV4, TCP, UDP, IPV6, GRE, ICMPV6, ETHERIP, SCTP, MPLS] = [4, 6, 17, 41, 47, 58, 97, 132, 137];
/** Ports of RFC 7348, of Linux before it, of RFC 8926, of 3GPP TS 29.281 and of RFC 4380. */
const [VXLAN, OLD_VXLAN, GENEVE, GTP_USER, TEREDO] = [4789, 8472, 6081, 2152, 3544];
const MAX_GTP_EXTENSIONS = 16;

/** Place of the IP header inside IP of a protocol; negative when there is none. `stop`: where the outer packet ends on the wire. */
export function ipInIp(protocol: number, bytes: Buffer, at: number, end: number, stop: number): number {
  switch (protocol) {
    case IPV4:
    case IPV6:
      return checked(bytes, at, end, stop, false);
    case GRE:
      return checked(bytes, ipInGre(bytes, at, end), end, stop, false);
    case ETHERIP:
      // RFC 3378 3: version 3.
      return end - at < 2 || bytes[at] !== 0x30
        ? NOT_IP
        : checked(bytes, ipInEthernet(bytes, at + 2, end), end, stop, false);
    case MPLS:
      return checked(bytes, ipInMpls(bytes, at, end), end, stop, false);
    default:
      return NOT_IP;
  }
}

/** Whether packets of these ports of UDP may be tunnels. */
export function mayBeTunnel(sourcePort: number, destinationPort: number): boolean {
  return (
    destinationPort === VXLAN ||
    destinationPort === OLD_VXLAN ||
    destinationPort === GENEVE ||
    destinationPort === GTP_USER ||
    destinationPort === TEREDO ||
    sourcePort === TEREDO
  );
}

/** Place of the IP header inside UDP; negative when there is none. */
export function ipInUdp(
  destinationPort: number,
  bytes: Buffer,
  at: number,
  end: number,
  stop: number,
): number {
  let inner: number;
  switch (destinationPort) {
    case VXLAN:
    case OLD_VXLAN:
      // RFC 7348 5: the flag of a valid network number, and nothing else.
      if (end - at < 8 || bytes[at] !== 0x08) return NOT_IP;
      inner = ipInEthernet(bytes, at + 8, end);
      break;
    case GENEVE:
      inner = ipInGeneve(bytes, at, end);
      break;
    case GTP_USER:
      inner = ipInGtp(bytes, at, end);
      break;
    default:
      inner = ipInTeredo(bytes, at, end);
  }
  return checked(bytes, inner, end, stop, true);
}

/** RFC 2784 2.1, RFC 2890 2, RFC 1701 (routing), RFC 2637 4.1 (version 1, PPP). */
function ipInGre(bytes: Buffer, start: number, end: number): number {
  if (end - start < 4) return NOT_IP;
  const flags = half(bytes, start, true);
  const type = half(bytes, start + 2, true);
  let at = start + 4;
  if ((flags & 7) === 1) {
    if (type !== ETHER.ppp) return NOT_IP;
    at += 4 + (flags & 0x1000 ? 4 : 0) + (flags & 0x0080 ? 4 : 0);
    return ipInPpp(bytes, at, end);
  }
  if ((flags & 7) !== 0) return NOT_IP;
  if (flags & 0xc000) at += 4;
  if (flags & 0x2000) at += 4;
  if (flags & 0x1000) at += 4;
  // Source routes, which nobody uses, are not followed.
  if (flags & 0x4000) return NOT_IP;
  // Copies of a switch's traffic (draft-foschiano-erspan): a header of 8 bytes where GRE has a sequence number, of 12 in version 3.
  if (type === ETHER.erspan2) return ipInEthernet(bytes, at + (flags & 0x1000 ? 8 : 0), end);
  if (type === ETHER.erspan3) {
    if (end - at < 12) return NOT_IP;
    return ipInEthernet(bytes, at + 12 + ((bytes[at + 11] as number) & 1 ? 8 : 0), end);
  }
  return ipAfterEtherType(type, bytes, at, end);
}

/** RFC 8926 3.4. */
function ipInGeneve(bytes: Buffer, at: number, end: number): number {
  if (end - at < 8 || (bytes[at] as number) >> 6 !== 0) return NOT_IP;
  const options = ((bytes[at] as number) & 0x3f) * 4;
  return ipAfterEtherType(half(bytes, at + 2, true), bytes, at + 8 + options, end);
}

/** 3GPP TS 29.281 5.1 and 5.2. */
function ipInGtp(bytes: Buffer, start: number, end: number): number {
  if (end - start < 12) return NOT_IP;
  const flags = bytes[start] as number;
  // Version 1, GTP, and a packet of the user.
  if ((flags & 0xf0) !== 0x30 || bytes[start + 1] !== 0xff) return NOT_IP;
  let at = start + 8;
  if ((flags & 0x07) === 0) return at;
  at += 4;
  let next = flags & 0x04 ? (bytes[at - 1] as number) : 0;
  for (let extension = 0; next !== 0; extension += 1) {
    if (at >= end || extension >= MAX_GTP_EXTENSIONS) return NOT_IP;
    const length = (bytes[at] as number) * 4;
    if (length === 0 || at + length > end) return NOT_IP;
    at += length;
    next = bytes[at - 1] as number;
  }
  return at;
}

/** RFC 4380 5.1.1: optional authentication and origin, then IPv6 with an address of 2001::/32. */
function ipInTeredo(bytes: Buffer, start: number, end: number): number {
  let at = start;
  if (end - at >= 13 && bytes[at] === 0 && bytes[at + 1] === 1)
    at += 13 + (bytes[at + 2] as number) + (bytes[at + 3] as number);
  if (end - at >= 8 && bytes[at] === 0 && bytes[at + 1] === 0) at += 8;
  if (end - at < 40 || (bytes[at] as number) >> 4 !== 6) return NOT_IP;
  return isTeredo(bytes, at + 8) || isTeredo(bytes, at + 24) ? at : NOT_IP;
}

function isTeredo(bytes: Buffer, at: number): boolean {
  return half(bytes, at, true) === 0x2001 && half(bytes, at + 2, true) === 0;
}

/** The place given, if a sound IP header stands there that fits into the outer packet. */
function checked(bytes: Buffer, at: number, end: number, stop: number, isStrict: boolean): number {
  if (at < 0 || end - at < 20) return NOT_IP;
  const first = bytes[at] as number;
  if (first >> 4 === 4) {
    const headerBytes = (first & 0x0f) * 4;
    const total = half(bytes, at + 2, true);
    const fits = headerBytes >= 20 && total >= headerBytes && total <= stop - at && at + headerBytes <= end;
    return fits && (!isStrict || isSummed(bytes, at, headerBytes)) ? at : NOT_IP;
  }
  if (first >> 4 !== 6 || end - at < 40 || half(bytes, at + 4, true) + 40 > stop - at) return NOT_IP;
  // Nobody sends from a group, nor with no hop left.
  if (bytes[at + 8] === 0xff || bytes[at + 7] === 0) return NOT_IP;
  return !isStrict || isLikelyNext(bytes[at + 6] as number) ? at : NOT_IP;
}

/** RFC 1071: the sum of a header, its checksum included, is all ones. */
function isSummed(bytes: Buffer, at: number, headerBytes: number): boolean {
  let sum = 0;
  for (let index = 0; index < headerBytes; index += 2) sum += half(bytes, at + index, true);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

function isLikelyNext(next: number): boolean {
  // Extension headers of RFC 8200 4, ESP and AH, no next header.
  const isExtension =
    next === 0 || next === 43 || next === 44 || next === 50 || next === 51 || next === 59 || next === 60;
  return (
    isExtension ||
    next === TCP ||
    next === UDP ||
    next === ICMPV6 ||
    next === SCTP ||
    next === IPV4 ||
    next === IPV6
  );
}
