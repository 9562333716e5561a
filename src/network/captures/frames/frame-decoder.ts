/** Layers 2 to 4 of packets. Code that runs for every packet: no allocation, no text, plain reads. */
import { half, word } from '../container/byte-order.js';
import type { RawPacket } from '../container/raw-packet.js';
import { FragmentStore } from './fragments.js';
import type { Frame } from './frame.js';
import { FrameCounts } from './frame-counts.js';
import { ipInLink } from './link-layer.js';
import { AGGREGATED, CUT, ENCRYPTED, NOT_IP, UNKNOWN_LINK } from './no-ip.js';
import { ipInIp, ipInUdp, mayBeTunnel } from './tunnels.js';

export { FrameCounts } from './frame-counts.js';

/** IANA protocol numbers. */
const [TCP, UDP, DCCP, SCTP, UDP_LITE] = [6, 17, 33, 132, 136];
/** Extension headers of IPv6 (RFC 8200 4, RFC 4302, RFC 6275, RFC 7401, RFC 5533). */
const [HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, MOBILITY, HIP, SHIM6] = [
  0, 43, 44, 51, 60, 135, 139, 140,
];
const MAX_EXTENSIONS = 16;
/** Tunnels inside one another that are followed. */
const MAX_DEPTH = 4;
const [IPV4_HEADER, IPV6_HEADER, TCP_HEADER, UDP_HEADER, SCTP_HEADER] = [20, 40, 20, 8, 12];
/** Link types met and not read that are remembered. */
const MAX_UNKNOWN_LINK_TYPES = 64;

/**
 * Finds IP and its transport in packets of any link type; fragments are put together, tunnels opened.
 *
 * @example
 * const decoder = new FrameDecoder();
 * const frame = new Frame();
 * if (decoder.decode(packet, frame)) seen.push(frame.destinationPort);
 */
export class FrameDecoder {
  readonly counts = new FrameCounts();
  readonly #unknownLinkTypes = new Set<number>();
  readonly #fragments = new FragmentStore();
  /** Where the outermost IP header of the last packet begins; negative when it has none. */
  ipAt = -1;

  /** Link types met that are not read. */
  get unknownLinkTypes(): ReadonlySet<number> {
    return this.#unknownLinkTypes;
  }

  /** True: the frame holds IP and what it carries. False: the packet holds none, or is a fragment that waits for others. */
  decode(raw: RawPacket, frame: Frame): boolean {
    this.counts.packets += 1;
    const { bytes, start, end, linkType } = raw;
    const at = ipInLink(linkType, bytes, start, end);
    this.ipAt = at;
    if (at < 0) return this.#miss(at, linkType);
    frame.frame = raw.frame;
    frame.micros = raw.micros;
    return this.#ip(bytes, at, end, start + raw.wireLength, frame, 0);
  }

  /** No more packets: what still waits for fragments is counted as incomplete. */
  end(): void {
    this.#fragments.end();
    this.#countFragments();
  }

  #miss(reason: number, linkType: number): boolean {
    const { counts } = this;
    if (reason === NOT_IP) counts.notIp += 1;
    else if (reason === CUT) counts.cutHeaders += 1;
    else if (reason === ENCRYPTED) counts.encrypted += 1;
    else if (reason === AGGREGATED) counts.aggregated += 1;
    else if (reason === UNKNOWN_LINK) {
      counts.unknownLink += 1;
      if (this.#unknownLinkTypes.size < MAX_UNKNOWN_LINK_TYPES) this.#unknownLinkTypes.add(linkType);
    } else counts.damaged += 1;
    return false;
  }

  /** A header ends early: in the file, or by the lengths that the packet states itself. */
  #tooShort(isDamaged: boolean): boolean {
    if (isDamaged) this.counts.damaged += 1;
    else this.counts.cutHeaders += 1;
    return false;
  }

  #damaged(): boolean {
    this.counts.damaged += 1;
    return false;
  }

  /** `end`: of what was captured; `wireEnd`: of what was on the wire. */
  #ip(bytes: Buffer, at: number, end: number, wireEnd: number, frame: Frame, depth: number): boolean {
    if (at >= end) return this.#tooShort(at >= wireEnd);
    const first = bytes[at] as number;
    if (first >> 4 === 4) return this.#ipv4(bytes, at, end, wireEnd, frame, depth);
    if (first >> 4 === 6) return this.#ipv6(bytes, at, end, wireEnd, frame, depth);
    return this.#damaged();
  }

  /** RFC 791 3.1. */
  #ipv4(bytes: Buffer, at: number, end: number, wireEnd: number, frame: Frame, depth: number): boolean {
    if (end - at < IPV4_HEADER) return this.#tooShort(wireEnd - at < IPV4_HEADER);
    const headerBytes = ((bytes[at] as number) & 0x0f) * 4;
    const total = half(bytes, at + 2, true);
    if (headerBytes < IPV4_HEADER || (total !== 0 && total < headerBytes)) return this.#damaged();
    const data = at + headerBytes;
    if (data > end) return this.#tooShort(data > wireEnd);
    // Cards that cut large packets themselves are handed packets with no length; else what lies behind is padding.
    const stop = total === 0 ? wireEnd : at + total;
    const captured = stop < end ? stop : end;
    const fragment = half(bytes, at + 6, true);
    const protocol = bytes[at + 9] as number;
    if ((fragment & 0x3fff) === 0)
      return this.#transport(bytes, at, 4, protocol, data, captured, stop, frame, depth);
    return this.#fragment(
      bytes,
      at,
      4,
      headerBytes,
      protocol,
      `${bytes.toString('latin1', at + 12, at + 20)}${bytes.toString('latin1', at + 4, at + 6)}${protocol}`,
      (fragment & 0x1fff) * 8,
      (fragment & 0x2000) !== 0,
      data,
      captured,
      stop,
      frame,
      depth,
    );
  }

  /** RFC 8200 3. */
  #ipv6(bytes: Buffer, at: number, end: number, wireEnd: number, frame: Frame, depth: number): boolean {
    if (end - at < IPV6_HEADER) return this.#tooShort(wireEnd - at < IPV6_HEADER);
    const length = half(bytes, at + 4, true);
    const next = bytes[at + 6] as number;
    const data = at + IPV6_HEADER;
    // Jumbograms (RFC 2675) and large packets that a card cuts state no length. Less than a header is padding.
    const isOpen = length === 0 && wireEnd - data >= UDP_HEADER * 2;
    const stop = isOpen ? wireEnd : data + length;
    return this.#ipv6Data(bytes, at, next, data, stop < end ? stop : end, stop, frame, depth);
  }

  /** Extension headers, then the transport. */
  #ipv6Data(
    bytes: Buffer,
    ipAt: number,
    firstHeader: number,
    start: number,
    end: number,
    stop: number,
    frame: Frame,
    depth: number,
  ): boolean {
    let next = firstHeader;
    let at = start;
    for (let extension = 0; extension < MAX_EXTENSIONS; extension += 1) {
      if (!isExtension(next)) return this.#transport(bytes, ipAt, 6, next, at, end, stop, frame, depth);
      if (end - at < 8) return this.#tooShort(stop - at < 8);
      if (next === FRAGMENT) {
        const word16 = half(bytes, at + 2, true);
        const hasMore = (word16 & 1) !== 0;
        if ((word16 & 0xfff8) !== 0 || hasMore) {
          return this.#fragment(
            bytes,
            ipAt,
            6,
            IPV6_HEADER,
            bytes[at] as number,
            `${bytes.toString('latin1', ipAt + 8, ipAt + 40)}${bytes.toString('latin1', at + 4, at + 8)}`,
            word16 & 0xfff8,
            hasMore,
            at + 8,
            end,
            stop,
            frame,
            depth,
          );
        }
      }
      const unit = bytes[at + 1] as number;
      // AH counts in words and less two (RFC 4302 2.2), a whole packet's fragment header has one size, the others count in eights.
      const length = next === AUTHENTICATION ? (unit + 2) * 4 : next === FRAGMENT ? 8 : (unit + 1) * 8;
      next = bytes[at] as number;
      at += length;
      if (at > end) return this.#tooShort(at > stop);
    }
    return this.#damaged();
  }

  #fragment(
    bytes: Buffer,
    ipAt: number,
    version: 4 | 6,
    headerBytes: number,
    protocol: number,
    key: string,
    offset: number,
    hasMore: boolean,
    at: number,
    end: number,
    stop: number,
    frame: Frame,
    depth: number,
  ): boolean {
    const length = stop - at;
    // All but the last fill whole units of eight bytes.
    if (length <= 0 || (hasMore && (length & 7) !== 0)) return this.#damaged();
    this.counts.fragments += 1;
    if (end < stop) {
      // Cut by the capture: it can never be whole. Its beginning still tells who speaks.
      if (offset === 0) {
        return version === 4
          ? this.#transport(bytes, ipAt, 4, protocol, at, end, stop, frame, depth)
          : this.#ipv6Data(bytes, ipAt, protocol, at, end, stop, frame, depth);
      }
      this.counts.cutPayloads += 1;
      return false;
    }
    const whole = this.#fragments.add(
      key,
      frame.micros,
      offset,
      !hasMore,
      bytes,
      ipAt,
      headerBytes,
      protocol,
      at,
      length,
    );
    this.#countFragments();
    if (whole === null) return false;
    this.counts.reassembled += 1;
    const joined = whole.join();
    const data = whole.headerBytes;
    const dataEnd = joined.length;
    return version === 4
      ? this.#transport(joined, 0, 4, whole.protocol, data, dataEnd, dataEnd, frame, depth)
      : this.#ipv6Data(joined, 0, whole.protocol, data, dataEnd, dataEnd, frame, depth);
  }

  #countFragments(): void {
    this.counts.incomplete = this.#fragments.incomplete;
    this.counts.overlapping = this.#fragments.overlapping;
  }

  #transport(
    bytes: Buffer,
    ipAt: number,
    version: 4 | 6,
    protocol: number,
    at: number,
    end: number,
    stop: number,
    frame: Frame,
    depth: number,
  ): boolean {
    if (protocol === TCP) return this.#tcp(bytes, ipAt, version, at, end, stop, frame, depth);
    if (protocol === UDP) return this.#udp(bytes, ipAt, version, at, end, stop, frame, depth);
    if (depth < MAX_DEPTH) {
      const inner = ipInIp(protocol, bytes, at, end, stop);
      if (inner >= 0) return this.#tunnelled(bytes, inner, end, stop, frame, depth);
    }
    let payload = at;
    frame.sourcePort = 0;
    frame.destinationPort = 0;
    if (protocol === SCTP || protocol === UDP_LITE || protocol === DCCP) {
      const headerBytes = protocol === UDP_LITE ? UDP_HEADER : SCTP_HEADER;
      if (end - at < headerBytes) return this.#tooShort(stop - at < headerBytes);
      frame.sourcePort = half(bytes, at, true);
      frame.destinationPort = half(bytes, at + 2, true);
      payload = at + headerBytes;
    }
    this.#withoutTcp(frame, payload);
    this.#fill(bytes, ipAt, version, protocol, payload, end, stop, frame, depth);
    return true;
  }

  #tunnelled(bytes: Buffer, at: number, end: number, stop: number, frame: Frame, depth: number): boolean {
    if (depth === 0) this.counts.tunnelled += 1;
    return this.#ip(bytes, at, end, stop, frame, depth + 1);
  }

  /** RFC 9293 3.1. */
  #tcp(
    bytes: Buffer,
    ipAt: number,
    version: 4 | 6,
    at: number,
    end: number,
    stop: number,
    frame: Frame,
    depth: number,
  ): boolean {
    if (end - at < TCP_HEADER) return this.#tooShort(stop - at < TCP_HEADER);
    const offsetAndFlags = half(bytes, at + 12, true);
    const payload = at + (offsetAndFlags >> 12) * 4;
    if (payload < at + TCP_HEADER || payload > stop) return this.#damaged();
    frame.sourcePort = half(bytes, at, true);
    frame.destinationPort = half(bytes, at + 2, true);
    frame.sequence = word(bytes, at + 4, true);
    frame.acknowledgement = word(bytes, at + 8, true);
    frame.tcpFlags = offsetAndFlags & 0x0fff;
    frame.window = half(bytes, at + 14, true);
    frame.optionsAt = at + TCP_HEADER;
    frame.optionsEnd = payload < end ? payload : end;
    this.#fill(bytes, ipAt, version, TCP, payload, end, stop, frame, depth);
    return true;
  }

  /** RFC 768. */
  #udp(
    bytes: Buffer,
    ipAt: number,
    version: 4 | 6,
    at: number,
    end: number,
    stop: number,
    frame: Frame,
    depth: number,
  ): boolean {
    if (end - at < UDP_HEADER) return this.#tooShort(stop - at < UDP_HEADER);
    const length = half(bytes, at + 4, true);
    if (length !== 0 && length < UDP_HEADER) return this.#damaged();
    const payload = at + UDP_HEADER;
    // No length: longer than the field can say (RFC 2675 4). A length beyond the packet lies.
    const stated = length === 0 ? stop : at + length;
    const dataStop = stated < stop ? stated : stop;
    const dataEnd = dataStop < end ? dataStop : end;
    const sourcePort = half(bytes, at, true);
    const destinationPort = half(bytes, at + 2, true);
    if (depth < MAX_DEPTH && mayBeTunnel(sourcePort, destinationPort)) {
      const inner = ipInUdp(destinationPort, bytes, payload, dataEnd, dataStop);
      if (inner >= 0) return this.#tunnelled(bytes, inner, dataEnd, dataStop, frame, depth);
    }
    frame.sourcePort = sourcePort;
    frame.destinationPort = destinationPort;
    this.#withoutTcp(frame, payload);
    this.#fill(bytes, ipAt, version, UDP, payload, dataEnd, dataStop, frame, depth);
    return true;
  }

  #withoutTcp(frame: Frame, payload: number): void {
    frame.sequence = 0;
    frame.acknowledgement = 0;
    frame.tcpFlags = 0;
    frame.window = 0;
    frame.optionsAt = payload;
    frame.optionsEnd = payload;
  }

  #fill(
    bytes: Buffer,
    ipAt: number,
    version: 4 | 6,
    protocol: number,
    payload: number,
    end: number,
    stop: number,
    frame: Frame,
    depth: number,
  ): void {
    frame.bytes = bytes;
    frame.ipVersion = version;
    frame.protocol = protocol;
    frame.tunnelDepth = depth;
    if (version === 4) {
      frame.sourceAt = ipAt + 12;
      frame.destinationAt = ipAt + 16;
      frame.ttl = bytes[ipAt + 8] as number;
      frame.ipId = half(bytes, ipAt + 4, true);
      frame.dontFragment = ((bytes[ipAt + 6] as number) & 0x40) !== 0;
    } else {
      frame.sourceAt = ipAt + 8;
      frame.destinationAt = ipAt + 24;
      frame.ttl = bytes[ipAt + 7] as number;
      frame.ipId = -1;
      frame.dontFragment = false;
    }
    // Where the capture cut the options, nothing of the payload is here.
    frame.payloadStart = payload < end ? payload : end;
    frame.payloadEnd = end;
    frame.payloadLength = stop - payload;
    if (end < stop) this.counts.cutPayloads += 1;
  }
}

function isExtension(next: number): boolean {
  return (
    next === HOP_BY_HOP ||
    next === FRAGMENT ||
    next === DESTINATION ||
    next === ROUTING ||
    next === AUTHENTICATION ||
    next === MOBILITY ||
    next === HIP ||
    next === SHIM6
  );
}
