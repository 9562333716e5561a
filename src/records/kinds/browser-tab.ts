import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** A tab left open (or its stored session). `at` = last viewed. */
export const browserTabSchema = z.object({
  kind: z.literal('browser-tab'),
  ...recordBase,
  browser: z.string(),
  title: textOrNull,
  url: textOrNull,
  /** Addresses in the back/forward list of the tab. */
  history: z.array(z.string()),
  privateBrowsing: z.boolean().nullable(),
});

export type BrowserTab = z.infer<typeof browserTabSchema>;

export const browserTab: RecordKind<BrowserTab> = {
  kind: 'browser-tab',
  schema: browserTabSchema,
  observables: (record) => observables('url', 'opened', [record.url, ...record.history]),
  timeline: (record) =>
    entries([record.at, 'tab-viewed', `${record.title ?? ''} ${record.url ?? ''}`.trim()]),
};
