/** A packet as the capture file keeps it. One object is used for all packets of a file: take what is needed during the call. */
export class RawPacket {
  /** Where the bytes lie, valid only during the call. */
  bytes: Buffer = Buffer.alloc(0);
  /** First byte of what was captured, and the place after its last. */
  start = 0;
  end = 0;
  /** Bytes on the wire; never fewer than were captured. */
  wireLength = 0;
  /** UTC microseconds since 1970; NaN where the file gives no time. */
  micros = Number.NaN;
  /** Number in the file, from 1, as Wireshark counts. */
  frame = 0;
  /** LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). */
  linkType = 0;
}
