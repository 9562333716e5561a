import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { certificateSchema } from '../certificate.js';
import { endText, networkEnds } from '../network-ends.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** How a TLS, QUIC or DTLS conversation began. `at` and `source`: the first packet of the ClientHello, else of what was seen. */
export const tlsSchema = z.object({
  kind: z.literal('tls'),
  ...recordBase,
  ...networkEnds,
  carrier: z.enum(['tls', 'quic', 'dtls']),
  /** Agreed version: `TLS 1.3`, `TLS 1.2`, `SSL 3.0`, `DTLS 1.2` …; null when no ServerHello was seen. */
  version: textOrNull,
  /** `1`, `2`, or `draft-29` and the like; null without QUIC. */
  quicVersion: textOrNull,
  /** Server name indication as sent; with `encryptedClientHello` it may be a cover name. */
  serverName: textOrNull,
  /** The hello carries the extension for an encrypted one (ECH 0xfe0d, ESNI 0xffce); browsers also send it empty of meaning (GREASE). */
  encryptedClientHello: z.boolean(),
  /** Protocols offered: `h2`, `http/1.1` …; bytes outside printable ASCII as `\xNN`. */
  alpn: z.array(z.string()),
  /** Protocol the server chose, where it says so in the clear. */
  selectedAlpn: textOrNull,
  /** One per ClientHello: the second follows a HelloRetryRequest. */
  hellos: z.array(z.object({ frame: z.number().nullable(), ja3: textOrNull, ja4: textOrNull })),
  ja3s: textOrNull,
  /** Chosen cipher suite: `0x1301`, or the name a log gives. */
  cipher: textOrNull,
  /** Chain the server sent; empty when it is encrypted (TLS 1.3) or was not seen. */
  certificates: z.array(certificateSchema),
  isResumed: z.boolean().nullable(),
  /** Number of the packet with the first certificate, and of the ServerHello. */
  certificateFrame: z.number().nullable(),
  serverHelloFrame: z.number().nullable(),
  /** What a log says about the chain: `self signed certificate in certificate chain`. */
  validation: textOrNull,
});

export type Tls = z.infer<typeof tlsSchema>;

export const tls: RecordKind<Tls> = {
  kind: 'tls',
  schema: tlsSchema,
  observables: (record) => [
    ...observables('host', 'contacted', [record.serverName, record.serverAddress]),
    ...observables(
      'cert-hash',
      'contacted',
      record.certificates.flatMap(({ sha256, sha1 }) => [sha256, sha1]),
    ),
    ...observables('tls-fingerprint', 'contacted', [
      ...record.hellos.flatMap(({ ja3, ja4 }) => [ja3, ja4]),
      record.ja3s,
    ]),
  ],
  timeline: (record) =>
    entries([
      record.at,
      'tls-began',
      `${record.serverName ?? ''} ${endText(record.serverAddress, record.serverPort)}`.trim(),
    ]),
};
