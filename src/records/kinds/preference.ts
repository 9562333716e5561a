import { z } from 'zod';
import type { RecordKind } from '../../core/contracts.js';
import { recordBase } from '../record-base.js';

/** One setting. */
export const preferenceSchema = z.object({
  kind: z.literal('preference'),
  ...recordBase,
  /** Where the setting belongs: `.GlobalPreferences`. */
  domain: z.string(),
  key: z.string(),
  /** Its value as JSON text; one longer than 4,000 characters is cut and ends in "…". */
  valueJson: z.string(),
});

export type Preference = z.infer<typeof preferenceSchema>;

export const preference: RecordKind<Preference> = {
  kind: 'preference',
  schema: preferenceSchema,
  observables: () => [],
  timeline: () => [],
};
