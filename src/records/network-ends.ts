import { z } from 'zod';
import { textOrNull, timeOrNull } from './record-base.js';

/** The two ends of a conversation. The client is the one that began it, as far as the capture shows. */
export const networkEnds = {
  /** `tcp`, `udp`, `icmp`, `ipv6-icmp`, or another name of the IANA protocol numbers, lower case; `ip-<number>` where it has none. */
  transport: z.string(),
  /** IPv4 dotted, IPv6 as RFC 5952 writes it; null where a log does not say. */
  clientAddress: textOrNull,
  clientPort: z.number().nullable(),
  serverAddress: textOrNull,
  serverPort: z.number().nullable(),
};

/** What the headers of one packet say. Null: the log that tells of it does not say. */
export const packetFactsSchema = z.object({
  /** Number of the packet in the file, from 1, as Wireshark counts them. */
  frame: z.number().nullable(),
  at: timeOrNull,
  /** Time to live (IPv4) or hop limit (IPv6). */
  ttl: z.number().nullable(),
  /** Identification of IPv4 (RFC 791); null for IPv6. */
  ipId: z.number().nullable(),
  /** The DF flag of IPv4; null for IPv6. */
  dontFragment: z.boolean().nullable(),
  /** The twelve bits beside the data offset of TCP: reserved (0xe00), AE 0x100, CWR 0x80, ECE 0x40, URG 0x20, ACK 0x10, PSH 0x08, RST 0x04, SYN 0x02, FIN 0x01 (RFC 9293 3.1). */
  tcpFlags: z.number().nullable(),
  sequence: z.number().nullable(),
  acknowledgement: z.number().nullable(),
  /** As in the header, not scaled. */
  window: z.number().nullable(),
  /** Length of the TCP options. */
  optionsBytes: z.number().nullable(),
  /** On the wire, even when the capture cut it. */
  payloadBytes: z.number().nullable(),
});

export type PacketFacts = z.infer<typeof packetFactsSchema>;

export interface NetworkEnds {
  readonly transport: string;
  readonly clientAddress: string | null;
  readonly clientPort: number | null;
  readonly serverAddress: string | null;
  readonly serverPort: number | null;
}

/** `address:port` of an end as the time line shows it; IPv6 in brackets. */
export function endText(address: string | null, port: number | null): string {
  const host = address === null ? '?' : address.includes(':') ? `[${address}]` : address;
  return port === null ? host : `${host}:${port}`;
}
