import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** A configuration profile on a device. `at` = installed. */
export const configurationProfileSchema = z.object({
  kind: z.literal('configuration-profile'),
  ...recordBase,
  uuid: textOrNull,
  identifier: textOrNull,
  displayName: textOrNull,
  description: textOrNull,
  organization: textOrNull,
  /** Every payload inside, in order. */
  payloads: z.array(
    z.object({
      type: textOrNull,
      uuid: textOrNull,
      identifier: textOrNull,
      displayName: textOrNull,
      /** Servers and addresses the payload names (MDM server, proxy, VPN, filter). */
      hosts: z.array(z.string()),
    }),
  ),
  removalDisallowed: z.boolean().nullable(),
  /** SHA-256 of each signer certificate (DER), hex. */
  signerCertSha256: z.array(z.string()),
});

export type ConfigurationProfile = z.infer<typeof configurationProfileSchema>;

export const configurationProfile: RecordKind<ConfigurationProfile> = {
  kind: 'configuration-profile',
  schema: configurationProfileSchema,
  observables: (record) => [
    ...observables('config-profile', 'configured', [
      record.uuid,
      record.identifier,
      ...record.payloads.flatMap((payload) => [payload.uuid, payload.identifier]),
    ]),
    ...observables(
      'host',
      'configured',
      record.payloads.flatMap((payload) => payload.hosts).filter((host) => !host.includes('/')),
    ),
    ...observables(
      'url',
      'configured',
      record.payloads.flatMap((payload) => payload.hosts).filter((host) => host.includes('/')),
    ),
    ...observables('cert-hash', 'configured', record.signerCertSha256),
  ],
  timeline: (record) =>
    entries([record.at, 'profile-installed', record.displayName ?? record.identifier ?? record.uuid ?? '']),
};
