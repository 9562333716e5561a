import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { entries, observables, recordBase, textOrNull } from '../record-base.js';

/** One visit in a browser history. */
export const urlVisitSchema = z.object({
  kind: z.literal('url-visit'),
  ...recordBase,
  browser: z.string(),
  url: z.string(),
  title: textOrNull,
  /**
   * Id of the visit inside the same database (null when only the address is left, or a trace of its deletion), and of
   * the visits it was redirected from and to.
   */
  visitId: z.number().nullable(),
  redirectSourceVisitId: z.number().nullable(),
  redirectDestinationVisitId: z.number().nullable(),
  /** Kept by the browser as a trace of a deleted visit. */
  deleted: z.boolean().optional(),
});

export type UrlVisit = z.infer<typeof urlVisitSchema>;

export const urlVisit: RecordKind<UrlVisit> = {
  kind: 'url-visit',
  schema: urlVisitSchema,
  observables: (record) => observables('url', 'opened', [record.url]),
  timeline: (record) =>
    entries([record.at, 'url-visited', record.title ? `${record.url} (${record.title})` : record.url]),
};
