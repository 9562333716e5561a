/** From the beginning of a packet of any link type on to the IP header. */
import { half, word } from '../container/byte-order.js';
import { ipAfterEtherType, ipInEthernet, ipInLlc, ipInPpp } from './ether-type.js';
import { ETHER, LINK } from './link-types.js';
import { CUT, DAMAGED, NOT_IP, UNKNOWN_LINK } from './no-ip.js';
import { ipInAvs, ipInPrism, ipInRadiotap, ipInWifi } from './wifi.js';

/** Headers of capture tools in front of other link types. */
const MAX_WRAPPERS = 2;
const [PKTAP_SMALLEST, PKTAP_LARGEST, PKTAP_PACKET] = [52, 4096, 1];
const NFLOG_PAYLOAD = 9;
const MAX_NFLOG_VALUES = 64;
/** Address families of IP in the systems that write captures: IPv4 everywhere, IPv6 in each of them. */
const FAMILIES: ReadonlySet<number> = new Set([2, 10, 23, 24, 26, 28, 30]);

/** Place of the IP header of a packet; negative when there is none: see `no-ip.ts`. */
export function ipInLink(linkType: number, bytes: Buffer, at: number, end: number, wrappers = 0): number {
  switch (linkType) {
    case LINK.ethernet:
      return ipInEthernet(bytes, at, end);
    case LINK.raw:
    case LINK.rawOld:
    case LINK.rawOpenBsd:
    case LINK.ipv4:
    case LINK.ipv6:
      return at;
    case LINK.null:
    case LINK.loop:
      return afterFamily(bytes, at, end, 4);
    case LINK.linuxCooked:
      return ipInCooked(bytes, at, end);
    case LINK.linuxCooked2:
      return end - at < 20 ? CUT : afterCookedType(half(bytes, at, true), bytes, at + 20, end);
    case LINK.ppp:
    case LINK.pppSerial:
      return ipInPppOrHdlc(bytes, at, end);
    case LINK.pppd:
      // The direction stands where HDLC has its address.
      return end - at < 4 ? CUT : ipInPpp(bytes, at + (bytes[at + 1] === 0x03 ? 2 : 1), end);
    case LINK.pppWithDirection:
      return ipInPpp(bytes, at + 1, end);
    case LINK.pppEther:
      return ipAfterEtherType(ETHER.pppoe, bytes, at, end);
    case LINK.ciscoHdlc:
      return end - at < 4 ? CUT : ipAfterEtherType(half(bytes, at + 2, true), bytes, at + 4, end);
    case LINK.wifi:
      return ipInWifi(bytes, at, end);
    case LINK.wifiRadiotap:
      return ipInRadiotap(bytes, at, end);
    case LINK.wifiPrism:
      return ipInPrism(bytes, at, end);
    case LINK.wifiAvs:
      return ipInAvs(bytes, at, end);
    case LINK.enc:
      return afterFamily(bytes, at, end, 12);
    case LINK.pflog:
      // Its length leaves out the padding to a multiple of four.
      return end - at < 4 ? CUT : at + (((bytes[at] as number) + 3) & ~3);
    case LINK.appleFirewire:
      return end - at < 18 ? CUT : ipAfterEtherType(half(bytes, at + 16, true), bytes, at + 18, end);
    case LINK.ipnet:
      return end - at < 24 ? CUT : at + 24;
    case LINK.nflog:
      return ipInNflog(bytes, at, end);
    case LINK.ppi:
      return ipInPpi(bytes, at, end, wrappers);
    case LINK.pktap:
    case LINK.user2:
      return ipInPktap(linkType, bytes, at, end, wrappers);
    default:
      return UNKNOWN_LINK;
  }
}

/** A family of addresses in the order of some machine, then IP. */
function afterFamily(bytes: Buffer, at: number, end: number, headerBytes: number): number {
  if (end - at < headerBytes) return CUT;
  const isKnown = FAMILIES.has(word(bytes, at, false)) || FAMILIES.has(word(bytes, at, true));
  return isKnown ? at + headerBytes : NOT_IP;
}

function ipInCooked(bytes: Buffer, at: number, end: number): number {
  return end - at < 16 ? CUT : afterCookedType(half(bytes, at + 14, true), bytes, at + 16, end);
}

/** Small numbers are those of Linux (if_ether.h): 4 is IEEE 802.2. */
function afterCookedType(type: number, bytes: Buffer, at: number, end: number): number {
  if (type === 4) return ipInLlc(bytes, at, end);
  return type < 0x0600 ? NOT_IP : ipAfterEtherType(type, bytes, at, end);
}

/** Files of link type PPP hold Cisco HDLC at times, told by its address (0f unicast, 8f broadcast). */
function ipInPppOrHdlc(bytes: Buffer, at: number, end: number): number {
  if (end - at < 4) return CUT;
  const isHdlc = (bytes[at] === 0x0f || bytes[at] === 0x8f) && bytes[at + 1] === 0;
  return isHdlc ? ipAfterEtherType(half(bytes, at + 2, true), bytes, at + 4, end) : ipInPpp(bytes, at, end);
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html: values with lengths in the order of the machine. */
function ipInNflog(bytes: Buffer, start: number, end: number): number {
  let at = start + 4;
  for (let value = 0; value < MAX_NFLOG_VALUES; value += 1) {
    if (end - at < 4) return CUT;
    const length = half(bytes, at, false);
    if (length < 4) return DAMAGED;
    if ((half(bytes, at + 2, false) & 0x7fff) === NFLOG_PAYLOAD) return at + 4;
    at += (length + 3) & ~3;
  }
  return DAMAGED;
}

/** CACE PPI 1.0.10, section 3: little-endian, the link type of what follows inside. */
function ipInPpi(bytes: Buffer, at: number, end: number, wrappers: number): number {
  if (end - at < 8) return CUT;
  const length = half(bytes, at + 2, false);
  if (length < 8 || wrappers >= MAX_WRAPPERS) return DAMAGED;
  if (at + length > end) return CUT;
  return ipInLink(word(bytes, at + 4, false), bytes, at + length, end, wrappers + 1);
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_PKTAP.html: little-endian on the machines that write it. */
function ipInPktap(linkType: number, bytes: Buffer, at: number, end: number, wrappers: number): number {
  if (end - at < PKTAP_SMALLEST) return CUT;
  const length = word(bytes, at, false);
  const follows = word(bytes, at + 4, false);
  // "User 2" may be anything else.
  if (length < PKTAP_SMALLEST || length > PKTAP_LARGEST || follows > PKTAP_PACKET || wrappers >= MAX_WRAPPERS)
    return linkType === LINK.user2 ? UNKNOWN_LINK : DAMAGED;
  if (follows !== PKTAP_PACKET) return NOT_IP;
  if (at + length > end) return CUT;
  const inside = word(bytes, at + 8, false);
  const packet = at + length;
  if (inside === LINK.rawOld && !isIp(bytes, packet, end)) {
    // Interfaces without a link layer of their own state the bytes that go before IP.
    const before = word(bytes, at + 44, false);
    return before <= end - packet && isIp(bytes, packet + before, end) ? packet + before : NOT_IP;
  }
  return ipInLink(inside, bytes, packet, end, wrappers + 1);
}

function isIp(bytes: Buffer, at: number, end: number): boolean {
  if (at >= end) return false;
  const version = (bytes[at] as number) >> 4;
  return version === 4 || version === 6;
}
