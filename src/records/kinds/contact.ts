import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/** A contact in an address book or messenger. `at` is its last update. */
export const contactSchema = z.object({
  kind: z.literal('contact'),
  ...recordBase,
  service: z.string(),
  name: textOrNull,
  phoneNumbers: z.array(z.string()),
  emails: z.array(z.string()),
  /** Ids of the messenger: `…@s.whatsapp.net`, `…@lid`, user names. */
  accounts: z.array(z.string()),
  about: textOrNull,
  notes: textOrNull,
  aboutChangedAt: timeOrNull,
  aboutExpiresAt: timeOrNull,
  /** Lifetime of disappearing messages in seconds; 0 = off; null = not stored. */
  disappearingSeconds: z.number().nullable(),
  disappearingSetAt: timeOrNull,
});

export type Contact = z.infer<typeof contactSchema>;

export const contact: RecordKind<Contact> = {
  kind: 'contact',
  schema: contactSchema,
  observables: (record) => [
    ...observables('email', 'known', record.emails),
    ...observables('phone-number', 'known', record.phoneNumbers),
  ],
  timeline: (record) => {
    const text = record.name ?? record.phoneNumbers[0] ?? record.accounts[0] ?? '';
    return entries(
      [record.disappearingSetAt, 'disappearing-messages-set', text],
      [record.aboutChangedAt, 'about-changed', text],
      [record.aboutExpiresAt, 'about-expires', text],
      [record.at, 'contact-updated', text],
    );
  },
};
