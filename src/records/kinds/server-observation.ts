import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { certificateSchema } from '../certificate.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/**
 * What somebody else's scan of the internet recorded about one server at one moment. `at` = when it was scanned. Nothing
 * a device did: a match of it is about a server.
 */
export const serverObservationSchema = z.object({
  kind: z.literal('server-observation'),
  ...recordBase,
  /** IPv4 or IPv6 address; null when the export does not name it (a banner in a file of its own). */
  address: textOrNull,
  port: z.number().nullable(),
  hostname: textOrNull,
  /** Who runs the address, as the export says: provider, organisation, name of the autonomous system. */
  operator: textOrNull,
  /** ISO 3166-1 alpha-2, upper case, or what the export says instead. */
  country: textOrNull,
  /** Data set or tool, as it calls itself: `shodan`, `sonar-ssl`, `zgrab2`. */
  scan: z.string(),
  http: z
    .object({
      /** The answer as it was sent, one character per byte (Latin-1). Null when the export only keeps its parsed parts. */
      raw: textOrNull,
      /** `HTTP/1.1 200 OK`. */
      statusLine: textOrNull,
      /** In the order of the export, which is that of the answer only when `raw` is there. */
      headers: z.array(z.tuple([z.string(), z.string()])),
      /** Beginning of the body, one character per byte. */
      body: textOrNull,
      /** Length of the whole body as far as it was received; null when not known. */
      bodyBytes: z.number().nullable(),
    })
    .nullable(),
  /** From the server's own upwards, as far as the export has them. */
  certificates: z.array(certificateSchema),
  /** JARM, JA3S: fingerprints that the export states. */
  tlsFingerprints: z.array(z.string()),
  /** Set when the row is the result of a published study, which names the tool itself. */
  published: z
    .object({
      /** Citation: `Citizen Lab 2013`. */
      study: z.string(),
      family: z.string(),
      /** Versions of the study's fingerprints that fitted: `3.0`. */
      fingerprints: z.array(z.string()),
      /** Whom the study takes for the customer, as it says. */
      customer: textOrNull,
    })
    .nullable(),
});

export type ServerObservation = z.infer<typeof serverObservationSchema>;

export const serverObservation: RecordKind<ServerObservation> = {
  kind: 'server-observation',
  schema: serverObservationSchema,
  observables: (record) => [
    ...observables('host', 'scanned', [record.address, record.hostname]),
    ...observables(
      'cert-hash',
      'scanned',
      record.certificates.flatMap(({ sha256, sha1 }) => [sha256, sha1]),
    ),
    ...observables('tls-fingerprint', 'scanned', record.tlsFingerprints),
  ],
  timeline: (record) => {
    const address = record.address ?? '?';
    return entries([
      record.at,
      'server-scanned',
      record.port === null ? address : `${address} port ${record.port}`,
    ]);
  },
};
