import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { endText, networkEnds } from '../network-ends.js';
import { entries, observables, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/** One connection, or packets between two ends that belong together. `at` = first packet; `source` = its frame. */
export const flowSchema = z.object({
  kind: z.literal('flow'),
  ...recordBase,
  ...networkEnds,
  lastAt: timeOrNull,
  /** Protocol above, as it was recognised: `dns`, `mdns`, `tls`, `quic`, `http`, `dtls`, `ssh` …; null when not. */
  application: textOrNull,
  /** Names the conversation itself gives for the server: server name of TLS or QUIC, Host of HTTP. */
  serverNames: z.array(z.string()),
  /** Packets from the client and from the server; null where a log does not say. */
  clientPackets: z.number().nullable(),
  serverPackets: z.number().nullable(),
  /** Bytes above the transport (payload), repeated ones counted each time. */
  clientBytes: z.number().nullable(),
  serverBytes: z.number().nullable(),
  /** Whether the server sent anything. */
  isAnswered: z.boolean().nullable(),
  /**
   * What happened, a letter each in the order it first happened, as Zeek writes it in conn.log: S SYN, H SYN/ACK, A bare
   * ACK, D data, F FIN, R RST, T repeated data; capital from the client. `^` first: the direction was turned round.
   */
  history: textOrNull,
  /** Distinct times to live seen, in order of appearance, at most 16. */
  clientTtls: z.array(z.number()),
  serverTtls: z.array(z.number()),
  /**
   * The client's first SYN as p0f 3 writes signatures: `version:ttl+distance:olen:mss:window,scale:options:quirks:payload`.
   */
  synFingerprint: textOrNull,
  /** Number of the last packet in the file. */
  lastFrame: z.number().nullable(),
});

export type Flow = z.infer<typeof flowSchema>;

/** These have lines of their own on the time line. */
const TOLD_BY_OTHERS = new Set(['dns', 'mdns', 'llmnr', 'tls', 'quic', 'http']);

export const flow: RecordKind<Flow> = {
  kind: 'flow',
  schema: flowSchema,
  observables: (record) => [
    ...observables('host', 'contacted', [record.serverAddress, record.clientAddress]),
    ...observables('host', 'contacted', record.serverNames),
  ],
  timeline: (record) =>
    record.application !== null && TOLD_BY_OTHERS.has(record.application)
      ? []
      : entries([
          record.at,
          'connection-opened',
          `${record.transport} ${endText(record.clientAddress, record.clientPort)} > ${endText(record.serverAddress, record.serverPort)}`,
        ]),
};
