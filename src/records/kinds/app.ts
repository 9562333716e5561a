import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** An installed application. `at` = bought or installed. */
export const appSchema = z.object({
  kind: z.literal('app'),
  ...recordBase,
  /** Bundle id or package name. */
  appId: z.string(),
  name: textOrNull,
  version: textOrNull,
  publisher: textOrNull,
  /** What installed it: on iOS `sourceApp` of the store receipt. */
  installer: textOrNull,
  /** Whether the device keeps a store receipt for it. Null = the evidence cannot tell. */
  storeReceipt: z.boolean().nullable(),
  /** Where the app was found: `receipt`, `installed-list`, `data-folder`. */
  seenIn: z.array(z.string()),
  certSha1: textOrNull,
  certSha256: textOrNull,
  sha256: textOrNull,
});

export type App = z.infer<typeof appSchema>;

export const app: RecordKind<App> = {
  kind: 'app',
  schema: appSchema,
  observables: (record) => [
    ...observables('app-id', 'installed', [record.appId]),
    ...observables('process', 'installed', [record.appId]),
    ...observables('app-cert', 'installed', [record.certSha1, record.certSha256]),
    ...observables('hash', 'installed', [record.sha256]),
  ],
  timeline: (record) =>
    entries([record.at, 'app-installed', record.name ? `${record.name} (${record.appId})` : record.appId]),
};
