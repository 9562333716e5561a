import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull, timeOrNull } from '../record-base.js';

/** Network use of one process as the device counts it. `at` = time of the usage row, or the first time seen. */
export const processUsageSchema = z.object({
  kind: z.literal('process-usage'),
  ...recordBase,
  /** As stored. On iOS often `process/bundle`, the process part cut at 16 characters. Null when the process row is gone. */
  processName: textOrNull,
  bundleId: textOrNull,
  /** Primary key of the process row; null when a usage row points to a row that is not there. */
  processId: z.number().nullable(),
  /** Primary key of the usage row and the process it claims; null for a process without usage rows. */
  usageId: z.number().nullable(),
  usageProcessId: z.number().nullable(),
  firstAt: timeOrNull,
  lastAt: timeOrNull,
  wifiInBytes: z.number().nullable(),
  wifiOutBytes: z.number().nullable(),
  cellularInBytes: z.number().nullable(),
  cellularOutBytes: z.number().nullable(),
});

export type ProcessUsage = z.infer<typeof processUsageSchema>;

export const processUsage: RecordKind<ProcessUsage> = {
  kind: 'process-usage',
  schema: processUsageSchema,
  observables: (record) => [
    ...observables('process', 'ran', [record.processName]),
    ...observables('app-id', 'ran', [record.bundleId]),
  ],
  timeline(record) {
    const text = record.processName ?? record.bundleId ?? `(${record.usageProcessId ?? '?'})`;
    const usage = entries([record.at, 'process-network-use', text]);
    if (record.processId === null || record.usageId === null) return usage;
    return [
      ...usage,
      ...entries([record.firstAt, 'process-first-seen', text], [record.lastAt, 'process-last-seen', text]),
    ];
  },
};
