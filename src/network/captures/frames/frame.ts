/**
 * The layers 2 to 4 of one packet: the innermost IP header and its transport. One object is used for all packets; places
 * are indices into `bytes`, valid until the next packet is decoded.
 */
export class Frame {
  /** Number of the packet in the file, from 1. */
  frame = 0;
  /** UTC microseconds since 1970; NaN where the file gives no time. */
  micros = Number.NaN;
  /** The packet; of a reassembled one, the whole of it. */
  bytes: Buffer = Buffer.alloc(0);
  ipVersion: 4 | 6 = 4;
  /** Addresses: 4 or 16 bytes. */
  sourceAt = 0;
  destinationAt = 0;
  /** IANA number of what IP carries: 6 TCP, 17 UDP. */
  protocol = 0;
  /** Time to live, or hop limit. */
  ttl = 0;
  /** Identification of IPv4; -1 for IPv6. */
  ipId = -1;
  dontFragment = false;
  /** Of TCP, UDP, SCTP, DCCP and UDP-Lite; else 0. */
  sourcePort = 0;
  destinationPort = 0;
  /** Of TCP; else 0. */
  sequence = 0;
  acknowledgement = 0;
  /** The twelve bits beside the data offset, reserved ones included. */
  tcpFlags = 0;
  window = 0;
  /** TCP options, as far as captured. */
  optionsAt = 0;
  optionsEnd = 0;
  /** What the transport carries, as far as captured. Of other protocols: everything after the IP header. */
  payloadStart = 0;
  payloadEnd = 0;
  /** Its length on the wire, by the lengths of the headers: more than is here where the capture cut it. */
  payloadLength = 0;
  /** How many headers of tunnels were around it. */
  tunnelDepth = 0;

  /** Sent to a group or to all (RFC 1112, RFC 4291 2.7). */
  get isMulticast(): boolean {
    const first = this.bytes[this.destinationAt] as number;
    if (this.ipVersion === 6) return first === 0xff;
    return (first & 0xf0) === 0xe0 || this.bytes.readUInt32BE(this.destinationAt) === 0xffff_ffff;
  }
}
