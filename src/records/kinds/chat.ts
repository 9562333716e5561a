import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/** A conversation as a messenger lists it. `at` is the time of its last message as the list gives it. */
export const chatSchema = z.object({
  kind: z.literal('chat'),
  ...recordBase,
  service: z.string(),
  /** Account or group id. */
  address: textOrNull,
  /** Phone number behind the account id, where another table resolves it. */
  phoneNumber: textOrNull,
  name: textOrNull,
  isGroup: z.boolean(),
  archived: z.boolean().nullable(),
  removed: z.boolean().nullable(),
  /** The messenger's own counter of messages, which also counts deleted ones. */
  messageCounter: z.number().nullable(),
  storedMessageCount: z.number(),
  firstMessageAt: timeOrNull,
  /** Newest message that is still stored. */
  lastStoredMessageAt: timeOrNull,
  groupCreatedAt: timeOrNull,
});

export type Chat = z.infer<typeof chatSchema>;

export const chat: RecordKind<Chat> = {
  kind: 'chat',
  schema: chatSchema,
  observables: () => [],
  timeline: (record) => {
    const text = record.name ?? record.address ?? '';
    return entries(
      [record.groupCreatedAt, 'group-created', text],
      [record.firstMessageAt, 'chat-first-message', text],
      [record.at ?? record.lastStoredMessageAt, 'chat-last-message', text],
    );
  },
};
