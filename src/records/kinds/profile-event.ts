import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** An installation or removal of a configuration profile, from the device's own log. */
export const profileEventSchema = z.object({
  kind: z.literal('profile-event'),
  ...recordBase,
  profileId: z.string(),
  /** As stored: `install`, `remove`. */
  operation: textOrNull,
  /** Process that did it. */
  process: textOrNull,
});

export type ProfileEvent = z.infer<typeof profileEventSchema>;

export const profileEvent: RecordKind<ProfileEvent> = {
  kind: 'profile-event',
  schema: profileEventSchema,
  observables: (record) => [
    ...observables('config-profile', 'configured', [record.profileId]),
    ...observables('process', 'ran', [record.process]),
  ],
  timeline: (record) =>
    entries([
      record.at,
      'profile-operation',
      [record.operation, record.profileId, record.process].filter(Boolean).join(' '),
    ]),
};
