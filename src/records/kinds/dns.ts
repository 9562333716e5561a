import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { networkEnds } from '../network-ends.js';
import { entries, observables, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/**
 * One question to the name system with the answer to it. `at` = the question, or the answer where only that was seen;
 * `source` = the frame of it.
 */
export const dnsSchema = z.object({
  kind: z.literal('dns'),
  ...recordBase,
  ...networkEnds,
  /** `dns` (also over TCP), `mdns` (RFC 6762), `llmnr` (RFC 4795). */
  service: z.enum(['dns', 'mdns', 'llmnr']),
  transactionId: z.number().nullable(),
  /** As asked, without the final dot ("." for the root); bytes outside printable ASCII, dots and backslashes in labels as `\DDD` (RFC 1035 5.1). */
  name: z.string(),
  /** `A`, `AAAA`, `HTTPS` …; `TYPE<number>` where there is no name (RFC 3597). */
  type: z.string(),
  /** `NOERROR`, `NXDOMAIN` …; null when no answer was seen. */
  responseCode: textOrNull,
  isQuerySeen: z.boolean(),
  answeredAt: timeOrNull,
  answerFrame: z.number().nullable(),
  /** The answer section; `data` as zone files write it: address, name, text. */
  answers: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      ttlSeconds: z.number().nullable(),
      data: z.string(),
    }),
  ),
});

export type Dns = z.infer<typeof dnsSchema>;

const HOSTS_IN_ANSWERS = new Set(['A', 'AAAA', 'CNAME']);

export const dns: RecordKind<Dns> = {
  kind: 'dns',
  schema: dnsSchema,
  // Names of the own network (mDNS, LLMNR) are nobody's infrastructure.
  observables: (record) =>
    record.service === 'dns'
      ? [
          ...observables('host', 'looked-up', [record.name]),
          ...observables(
            'host',
            'looked-up',
            record.answers.flatMap(({ type, data }) => (HOSTS_IN_ANSWERS.has(type) ? [data] : [])),
          ),
        ]
      : [],
  timeline: (record) =>
    record.service === 'dns' ? entries([record.at, 'name-looked-up', `${record.name} ${record.type}`]) : [],
};
