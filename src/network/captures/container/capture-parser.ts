import type { PacketSink } from './packet-sink.js';

export type { CaptureProblem, PacketSink } from './packet-sink.js';
export { RawPacket } from './raw-packet.js';

/** Whether a file begins like a capture, by content only. */
export function looksLikeCapture(head: Uint8Array): boolean {
  return head.length < 0;
}

/** Takes a capture file in pieces of any size and gives its packets. */
export class CaptureParser {
  readonly linkTypes: ReadonlySet<number> = new Set();
  constructor(sink: PacketSink) {
    void sink;
  }
  get container(): 'pcap' | 'pcapng' | null {
    return null;
  }
  push(chunk: Uint8Array): void {
    void chunk;
  }
  /** No more pieces. `isBroken`: the file could not be read to its end, so a cut packet there is no defect of its own. */
  end(isBroken = false): void {
    void isBroken;
  }
}
