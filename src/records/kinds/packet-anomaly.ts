import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { endText, networkEnds, packetFactsSchema } from '../network-ends.js';
import { entries, recordBase, textOrNull } from '../record-base.js';

/** What about packets does not fit together. Facts only: what they mean, detectors say. */
export const PACKET_ANOMALIES = [
  /** Two segments of one direction with different bytes for the same place. `packets`: the one seen first, the later one. */
  'overlap-conflict',
  /** IPv4 identification 0x3412 (13330) with FIN+ACK or RST+ACK, no TCP options: the published marks. `packets`: it. */
  'marked-packet',
  /** A reset that does not fit: see `signs`. `packets`: the reset, then (where there is one) the packet with which its supposed sender went on. */
  'reset',
  /** Two SYN/ACKs with different sequence numbers for one SYN. `packets`: both. */
  'competing-syn-ack',
  /** Two answers to one question of DNS within a second, with different addresses. `packets`: both; `answers`: both. */
  'dns-race',
  /** Data of an end beyond the sequence number of its own FIN or RST. `packets`: the end, the data. */
  'data-after-end',
  /** First data of the server with the identification of the client's own last packet. `packets`: it. */
  'ip-id-echo',
] as const;

/** What is odd about a reset. */
export const RESET_SIGNS = [
  /** Its supposed sender went on speaking. */
  'sender-went-on',
  /** Time to live differs by more than 2 from the SYN/ACK's, or from that of the sender's other packets. */
  'ttl-differs',
  /** Reserved bits of the flags are set. */
  'reserved-bits',
  /** It answers the SYN, and a SYN/ACK follows. */
  'before-syn-ack',
] as const;

export const packetAnomalySchema = z.object({
  kind: z.literal('packet-anomaly'),
  ...recordBase,
  ...networkEnds,
  anomaly: z.enum(PACKET_ANOMALIES),
  /** Whether the odd packets travel from the server to the client. */
  fromServer: z.boolean().nullable(),
  /** In the order captured; see the anomaly. Empty when a log tells of it. */
  packets: z.array(packetFactsSchema),
  /** First SYN/ACK (or SYN) of the same end in this connection, for comparison. */
  handshakePacket: packetFactsSchema.nullable(),
  /** `overlap-conflict`: bytes that overlap; of them as many differ. */
  overlapBytes: z.number().nullable(),
  differingBytes: z.number().nullable(),
  /** Beginning of the payload of each of `packets`, Latin-1, at most 400 bytes each. */
  excerpts: z.array(z.string()),
  /** `overlap-conflict`: the overlapping bytes themselves of each, at most 64. */
  overlapExcerpts: z.array(z.string()),
  /** Identification and window of the client's last packet before, and its header of IPv4 or IPv6. */
  clientIpId: z.number().nullable(),
  clientWindow: z.number().nullable(),
  signs: z.array(z.enum(RESET_SIGNS)),
  /** `dns-race`: name asked, and the data of both answers. */
  name: textOrNull,
  answers: z.array(z.array(z.string())),
  /** Request the answer belongs to, where it is HTTP: `GET http://host/a`. */
  request: textOrNull,
  /** The log that tells of it: `suricata`, `zeek`; null when the packets themselves do. */
  statedBy: textOrNull,
});

export type PacketAnomaly = z.infer<typeof packetAnomalySchema>;

export const packetAnomaly: RecordKind<PacketAnomaly> = {
  kind: 'packet-anomaly',
  schema: packetAnomalySchema,
  observables: () => [],
  timeline: (record) =>
    entries([
      record.at,
      'packets-disagreed',
      `${record.anomaly} ${endText(record.serverAddress, record.serverPort)} > ${endText(record.clientAddress, record.clientPort)}`,
    ]),
};
