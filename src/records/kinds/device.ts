import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** What the evidence says about the device it comes from. `at` = when the backup was made. */
export const deviceSchema = z.object({
  kind: z.literal('device'),
  ...recordBase,
  platform: z.enum(['ios', 'android', 'computer']),
  name: textOrNull,
  /** `iPhone9,3`. */
  model: textOrNull,
  /** "iPhone 7", where known. */
  modelName: textOrNull,
  osVersion: textOrNull,
  osBuild: textOrNull,
  serialNumber: textOrNull,
  imei: textOrNull,
  phoneNumber: textOrNull,
  /** Every field of the artifact as text, the missing ones null. */
  fields: z.record(z.string(), textOrNull),
});

export type Device = z.infer<typeof deviceSchema>;

export const device: RecordKind<Device> = {
  kind: 'device',
  schema: deviceSchema,
  observables: (record) => observables('phone-number', 'known', [record.phoneNumber]),
  timeline: (record) => entries([record.at, 'backup-made', record.name ?? record.model ?? '']),
};
