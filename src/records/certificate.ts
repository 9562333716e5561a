import { z } from 'zod';
import { textOrNull, timeOrNull } from './record-base.js';

/** A distinguished name as pairs of attribute and value in the order of the certificate: `[['CN', 'server']]`. */
const distinguishedName = z.array(z.tuple([z.string(), z.string()])).nullable();

/** An X.509 certificate (RFC 5280) that a server sent, as far as it is known. */
export const certificateSchema = z.object({
  /** Place in the chain the server sent, 1 for its own; null when not known. */
  position: z.number().nullable(),
  subject: distinguishedName,
  issuer: distinguishedName,
  /** False when the export does not keep the order of the attributes of a name. */
  namesInOrder: z.boolean(),
  /** Lower-case hexadecimal without leading zeros; "0" for zero. */
  serial: textOrNull,
  /** Object identifiers, `1.3.6.1.5.5.7.3.2`; null when the export does not say. */
  extendedKeyUsage: z.array(z.string()).nullable(),
  /** Directory name of the authority key identifier; null when there is none or the export does not say. */
  authorityName: distinguishedName,
  /** Of the DER form, lower-case hexadecimal. */
  sha256: textOrNull,
  sha1: textOrNull,
  /** As the export states it. Citizen Lab's is that of the PEM text without its last line end. */
  md5: textOrNull,
  notBefore: timeOrNull.optional(),
  notAfter: timeOrNull.optional(),
  /** Hosts and addresses it is for (subjectAltName), in its order; left out when not read. */
  alternativeNames: z.array(z.string()).optional(),
});

export type ServerCertificate = z.infer<typeof certificateSchema>;
export type DistinguishedName = NonNullable<z.infer<typeof distinguishedName>>;
