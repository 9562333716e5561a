/** What a case is. Names and contacts are not in it: they lie in an {@link Identity}, under a key of its own. */
import { z } from 'zod';
import { LANGUAGES } from '../../core/contracts.js';
import {
  CASE_STATES,
  INCIDENT_TYPES,
  PAP_LEVELS,
  RETENTION_DAYS,
  type RetentionSpan,
  TLP_LEVELS,
  URGENCIES,
  WORK_TYPES,
} from './vocabularies.js';

/** UTC in the stored form, `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
export const storedTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

export const CASE_CODE = /^V-\d{4}-\d{4,}$/;

export const caseSchema = z.object({
  /** UUID version 7 (RFC 9562). */
  id: z.uuid(),
  /** `V-2026-0001`: year of opening and a number that only rises. */
  code: z.string().regex(CASE_CODE),
  /** Short name without names of people. */
  title: z.string(),
  openedAt: storedTime,
  closedAt: storedTime.nullable(),
  state: z.enum(CASE_STATES),
  urgency: z.enum(URGENCIES),
  tlp: z.enum(TLP_LEVELS),
  pap: z.enum(PAP_LEVELS),
  /** Who leads and who works on it, as the team calls them. */
  lead: z.string(),
  team: z.array(z.string()),
  language: z.enum(LANGUAGES),
  /** ISO 3166-1 alpha-2, and a region in the team's own words. */
  country: z.string(),
  region: z.string(),
  /** Pseudonym of the client. */
  clientRef: z.string(),
  clientKind: z.enum(['individual', 'organisation', 'trainer']),
  workTypes: z.array(z.enum(WORK_TYPES)),
  incidentTypes: z.array(z.enum(INCIDENT_TYPES)),
  /** MITRE ATT&CK technique ids. */
  techniques: z.array(z.string()),
  campaigns: z.array(z.string()),
  summary: z.string(),
  outcome: z.string(),
  review: z.object({
    state: z.enum(['not-reviewed', 'pending', 'in-progress', 'reviewed']),
    by: z.string(),
    at: storedTime.nullable(),
  }),
  retention: z.object({
    /** Counted from closing. */
    span: z.enum(Object.keys(RETENTION_DAYS) as [RetentionSpan, ...RetentionSpan[]]),
    /** A hold (litigation) keeps the case whatever the span says. */
    hold: z.boolean(),
    holdReason: z.string(),
  }),
  /** The team's own words for a dossier; "" where nothing was recorded. */
  statements: z
    .object({
      harm: z.string(),
      similarCases: z.string(),
      attribution: z.string(),
      jurisdiction: z.string(),
      /** Requests besides the usual ones. */
      requests: z.array(z.string()),
    })
    .default(() => NO_STATEMENTS),
});

export const NO_STATEMENTS = {
  harm: '',
  similarCases: '',
  attribution: '',
  jurisdiction: '',
  requests: [] as string[],
};

export type Case = z.infer<typeof caseSchema>;

/** Who the client is and how to reach them safely. Opened only when asked for; never leaves but for counsel. */
export const identitySchema = z.object({
  name: z.string(),
  contacts: z.array(z.object({ channel: z.string(), address: z.string(), safe: z.boolean() })),
  safeHours: z.string(),
  forbiddenChannels: z.array(z.string()),
  duressWord: z.string(),
  note: z.string(),
});
export type Identity = z.infer<typeof identitySchema>;
