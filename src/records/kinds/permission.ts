import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** An answer to "may this app use …" (iOS TCC). `at` = last change. */
export const permissionSchema = z.object({
  kind: z.literal('permission'),
  ...recordBase,
  /** As stored: `kTCCServiceMicrophone`. */
  service: z.string(),
  /** Bundle id or absolute path. */
  client: z.string(),
  clientType: z.enum(['bundle-id', 'absolute-path']),
  decision: z.enum(['denied', 'unknown', 'allowed', 'limited']),
  /** Why it is so: `user-consent`, `mdm-policy` …; null on old iOS. */
  reason: textOrNull,
});

export type Permission = z.infer<typeof permissionSchema>;

export const permission: RecordKind<Permission> = {
  kind: 'permission',
  schema: permissionSchema,
  observables: (record) =>
    record.clientType === 'bundle-id'
      ? [
          ...observables('app-id', 'permitted', [record.client]),
          ...observables('process', 'permitted', [record.client]),
        ]
      : [
          ...observables('file-path', 'permitted', [record.client]),
          ...observables('process', 'permitted', [record.client]),
        ],
  timeline: (record) =>
    entries([record.at, `permission-${record.decision}`, `${record.client} ${record.service}`]),
};
