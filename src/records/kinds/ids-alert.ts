import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { endText, networkEnds } from '../network-ends.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** An alert of an intrusion detection system, as its log tells it. */
export const idsAlertSchema = z.object({
  kind: z.literal('ids-alert'),
  ...recordBase,
  ...networkEnds,
  /** `suricata`, `zeek`, `snort`. */
  engine: z.string(),
  /** Number of the rule (sid); null where the engine has none. */
  signatureId: z.number().nullable(),
  /** Its text, or Zeek's notice name: `SSL::Invalid_Server_Cert`. */
  signature: z.string(),
  category: textOrNull,
  /** Suricata: 1 (gravest) to 4; null where the engine has none. */
  priority: z.number().nullable(),
  /** `allowed`, `blocked`. */
  action: textOrNull,
  /** Name of the server, where the log has it. */
  host: textOrNull,
});

export type IdsAlert = z.infer<typeof idsAlertSchema>;

export const idsAlert: RecordKind<IdsAlert> = {
  kind: 'ids-alert',
  schema: idsAlertSchema,
  observables: (record) => observables('host', 'contacted', [record.host]),
  timeline: (record) =>
    entries([
      record.at,
      'ids-alert',
      `${record.signature} ${endText(record.clientAddress, record.clientPort)} > ${endText(record.serverAddress, record.serverPort)}`,
    ]),
};
