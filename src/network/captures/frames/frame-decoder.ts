import type { RawPacket } from '../container/raw-packet.js';
import type { Frame } from './frame.js';

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
  /** Headers that contradict themselves. */
  damaged = 0;
  /** Cut by the capture inside the headers: not read. */
  cutHeaders = 0;
  /** Cut by the capture inside what they carry. */
  cutPayloads = 0;
  /** Fragments of IP packets. */
  fragments = 0;
  /** Packets put together from them. */
  reassembled = 0;
  /** Packets of which fragments were missing. */
  incomplete = 0;
  /** Packets refused because their fragments overlap. */
  overlapping = 0;
  /** Packets found inside tunnels. */
  tunnelled = 0;
}

/** Finds IP and its transport in packets of any link type. */
export class FrameDecoder {
  readonly counts = new FrameCounts();
  /** Link types met that are not read. */
  readonly unknownLinkTypes: ReadonlySet<number> = new Set();

  /** True: the frame holds IP with a transport. */
  decode(raw: RawPacket, frame: Frame): boolean {
    frame.frame = raw.frame;
    return false;
  }

  /** No more packets: what still waits for fragments is counted as incomplete. */
  end(): void {}
}
