/** What became of the packets of a capture. */
export class FrameCounts {
  /** Packets given. */
  packets = 0;
  /** Not IP: ARP, spanning tree and the like. */
  notIp = 0;
  /** Of a link type that is not read. */
  unknownLink = 0;
  /** Encrypted by the radio network. */
  encrypted = 0;
  /** Several packets in one frame of a radio network, or part of one: not read. */
  aggregated = 0;
  /** Headers that contradict themselves: not read. */
  damaged = 0;
  /** Cut by the capture inside the headers: not read. */
  cutHeaders = 0;
  /** Cut by the capture inside what they carry. */
  cutPayloads = 0;
  /** Fragments of IP packets. */
  fragments = 0;
  /** Packets put together from them. */
  reassembled = 0;
  /** Packets of which fragments were missing: not read. */
  incomplete = 0;
  /** Packets refused because their fragments overlap. */
  overlapping = 0;
  /** Packets found inside tunnels. */
  tunnelled = 0;
}
