/** From protocol numbers of Ethernet and PPP, tags and labels on to the IP header. */
import { half } from '../container/byte-order.js';
import { ETHER } from './link-types.js';
import { CUT, DAMAGED, NOT_IP } from './no-ip.js';

/** Tags and labels around one packet. Real ones have a handful; a file may pile them up. */
const MAX_LAYERS = 24;
/** Numbers up to here are lengths of IEEE 802.3 frames. */
const LARGEST_LENGTH = 1500;
const [PPP_IPV4, PPP_IPV6, PPP_MPLS] = [0x0021, 0x0057, 0x0281];

/** Place of the IP header in an Ethernet frame. */
export function ipInEthernet(bytes: Buffer, at: number, end: number, layers = 0): number {
  if (end - at < 14) return CUT;
  return ipAfterEtherType(half(bytes, at + 12, true), bytes, at + 14, end, layers);
}

/** Place of the IP header in what a protocol number announces; negative: see `no-ip.ts`. */
export function ipAfterEtherType(
  etherType: number,
  bytes: Buffer,
  start: number,
  end: number,
  layers = 0,
): number {
  let type = etherType;
  let at = start;
  for (let layer = layers; layer < MAX_LAYERS; layer += 1) {
    switch (type) {
      case ETHER.ipv4:
      case ETHER.ipv6:
        return at;
      case ETHER.vlan:
      case ETHER.serviceVlan:
      case ETHER.oldVlan:
      case ETHER.otherOldVlan:
        if (end - at < 4) return CUT;
        type = half(bytes, at + 2, true);
        at += 4;
        break;
      case ETHER.mpls:
      case ETHER.mplsMulticast:
        return ipInMpls(bytes, at, end, layer + 1);
      case ETHER.pppoe:
        // RFC 2516 4: version and type 1, code 0 for a session.
        if (end - at < 8) return CUT;
        if (bytes[at] !== 0x11 || bytes[at + 1] !== 0) return NOT_IP;
        return ipInPpp(bytes, at + 6, end, layer + 1);
      case ETHER.bridging:
        return ipInEthernet(bytes, at, end, layer + 1);
      default:
        return type <= LARGEST_LENGTH ? ipInLlc(bytes, at, end, layer + 1) : NOT_IP;
    }
  }
  return DAMAGED;
}

/** IEEE 802.2 with the protocol number of Ethernet behind it (RFC 1042). */
export function ipInLlc(bytes: Buffer, at: number, end: number, layers = 0): number {
  if (end - at < 3) return CUT;
  if (bytes[at + 2] !== 0x03) return NOT_IP;
  if (bytes[at] === 0x06 && bytes[at + 1] === 0x06) return at + 3;
  if (bytes[at] !== 0xaa || bytes[at + 1] !== 0xaa) return NOT_IP;
  if (end - at < 8) return CUT;
  // 00-00-F8 is the bridge tunnel of IEEE 802.1H.
  const isPlain =
    bytes[at + 3] === 0 && bytes[at + 4] === 0 && (bytes[at + 5] === 0 || bytes[at + 5] === 0xf8);
  if (!isPlain) return NOT_IP;
  return ipAfterEtherType(half(bytes, at + 6, true), bytes, at + 8, end, layers);
}

/** RFC 1661 2 and 6.5, RFC 1662 3.1: address and control may be left out, and so may the first byte of the number. */
export function ipInPpp(bytes: Buffer, start: number, end: number, layers = 0): number {
  let at = start;
  if (end - at < 2) return CUT;
  if (bytes[at] === 0xff && bytes[at + 1] === 0x03) at += 2;
  if (end - at < 2) return CUT;
  let protocol = bytes[at] as number;
  at += 1;
  if ((protocol & 1) === 0) {
    protocol = (protocol << 8) | (bytes[at] as number);
    at += 1;
  }
  if (protocol === PPP_IPV4 || protocol === PPP_IPV6) return at;
  return protocol === PPP_MPLS ? ipInMpls(bytes, at, end, layers + 1) : NOT_IP;
}

/** RFC 3032 2.1. What comes after the labels is not said: it is told by its first half byte, as routers do. */
export function ipInMpls(bytes: Buffer, start: number, end: number, layers = 0): number {
  let at = start;
  for (let layer = layers; layer < MAX_LAYERS; layer += 1) {
    if (end - at < 5) return CUT;
    const isLast = ((bytes[at + 2] as number) & 1) !== 0;
    at += 4;
    if (!isLast) continue;
    const version = (bytes[at] as number) >> 4;
    if (version === 4 || version === 6) return at;
    // A control word and an Ethernet frame (RFC 4448 4.6).
    return version === 0 ? ipInEthernet(bytes, at + 4, end, layer + 1) : NOT_IP;
  }
  return DAMAGED;
}
