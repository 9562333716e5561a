import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { networkEnds, packetFactsSchema } from '../network-ends.js';
import { entries, observables, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/**
 * One request of HTTP/1 in the clear with its answer. `at` and `source`: the packet with the first byte of the request,
 * or of the answer where only that was seen. Texts are Latin-1, as sent.
 */
export const httpSchema = z.object({
  kind: z.literal('http'),
  ...recordBase,
  ...networkEnds,
  /** `HTTP/1.1`; null when the request was not seen. */
  version: textOrNull,
  method: textOrNull,
  /** Of the Host header, or of an absolute target; without port. */
  host: textOrNull,
  /** Request target as sent: `/a?b=c`. */
  target: textOrNull,
  /** Whole address, where host (else the server's address) and target are known: `http://host:port/target`. */
  url: textOrNull,
  /** In the order sent, at most 64, each value at most 4,096 characters. Cookies and credentials are as sent: evidence. */
  requestHeaders: z.array(z.tuple([z.string(), z.string()])),
  userAgent: textOrNull,
  referrer: textOrNull,
  requestBodyBytes: z.number().nullable(),
  /** First 2,048 bytes of the request's body. */
  requestBodyStart: textOrNull,
  /** 200, 302 …; null when no answer was seen. */
  status: z.number().nullable(),
  reason: textOrNull,
  responseHeaders: z.array(z.tuple([z.string(), z.string()])),
  location: textOrNull,
  contentType: textOrNull,
  /** As received, after undoing the chunks; null when not known. */
  responseBodyBytes: z.number().nullable(),
  /** First 512 bytes of the answer's body as sent (perhaps compressed). */
  responseBodyStart: textOrNull,
  responseAt: timeOrNull,
  /** Packet with the first byte of the request, and of the answer. */
  requestPacket: packetFactsSchema.nullable(),
  responsePacket: packetFactsSchema.nullable(),
  /** The server's SYN/ACK of this connection. */
  synAckPacket: packetFactsSchema.nullable(),
  /** From the client's SYN to the SYN/ACK as captured, in microseconds; null when not both were seen. */
  handshakeMicroseconds: z.number().nullable(),
});

export type Http = z.infer<typeof httpSchema>;

export const http: RecordKind<Http> = {
  kind: 'http',
  schema: httpSchema,
  observables: (record) => [
    ...observables('url', 'contacted', [record.url]),
    ...observables('host', 'contacted', [record.host, record.serverAddress]),
    ...observables('user-agent', 'contacted', [record.userAgent]),
  ],
  timeline: (record) =>
    entries([
      record.at,
      'http-requested',
      `${record.method ?? ''} ${record.url ?? ''}${record.status === null ? '' : ` ${record.status}`}${record.location === null ? '' : ` > ${record.location}`}`.trim(),
    ]),
};
