import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase } from '../record-base.js';

/** Two names of one account, as a messenger pairs them (WhatsApp: LID and phone number). `at` = when recorded. */
export const accountLinkSchema = z.object({
  kind: z.literal('account-link'),
  ...recordBase,
  service: z.string(),
  account: z.string(),
  phoneNumber: z.string(),
});

export type AccountLink = z.infer<typeof accountLinkSchema>;

export const accountLink: RecordKind<AccountLink> = {
  kind: 'account-link',
  schema: accountLinkSchema,
  observables: (record) => observables('phone-number', 'known', [record.phoneNumber]),
  timeline: (record) => entries([record.at, 'account-linked', `${record.account} = ${record.phoneNumber}`]),
};
