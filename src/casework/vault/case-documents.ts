/** What the vault keeps of a case besides what the model describes. */
import { z } from 'zod';
import { storedTime } from '../model/case.js';
import { EXPORT_PURPOSES } from '../model/consent.js';

/** Something left: what, in which profile, what for, to whom. */
export const departureSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  at: storedTime,
  /** `stix`, `misp`, `bag`, `dossier` … */
  what: z.string(),
  profile: z.string(),
  purpose: z.enum(EXPORT_PURPOSES),
  recipient: z.string(),
  /** Of the file that was written. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  fileName: z.string(),
  consentId: z.uuid().nullable(),
});
export type Departure = z.infer<typeof departureSchema>;

/** A consent was taken back. `departureIds`: what had already left under it and cannot be called back. */
export const withdrawalSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  consentId: z.uuid(),
  at: storedTime,
  reason: z.string(),
  departureIds: z.array(z.uuid()),
});
export type Withdrawal = z.infer<typeof withdrawalSchema>;

export const noteSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  at: storedTime,
  by: z.string(),
  text: z.string(),
  /** Set on tasks. */
  task: z.object({ dueAt: storedTime.nullable(), doneAt: storedTime.nullable() }).nullable(),
});
export type Note = z.infer<typeof noteSchema>;

export const REVIEW_STATES = ['not-reviewed', 'confirmed', 'dismissed'] as const;

/** What a person thinks of a finding, after looking at what is behind it. */
export const reviewSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  runId: z.uuid(),
  /** Id of the finding in the result of the run: `f1`. */
  finding: z.string().max(32),
  state: z.enum(REVIEW_STATES),
  reason: z.string(),
  by: z.string(),
  at: storedTime,
});
export type Review = z.infer<typeof reviewSchema>;

/** A time stamp on a day of the custody log, as it came back, with what checking it said at the time. */
export const stampSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  keptAt: storedTime,
  /** Day of the log whose Merkle root it is over, UTC. */
  day: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  kind: z.enum(['rfc3161', 'opentimestamps']),
  /** The reply or proof itself, base64. */
  bytes: z.base64(),
  /** Of the bytes. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Hex of the Merkle root. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
  state: z.enum(['verified', 'pending', 'not-verified']),
  /** What it proves the log existed at; null unless verified. */
  at: storedTime.nullable(),
  /** Authority, or chain and block. */
  by: z.string(),
});
export type KeptStamp = z.infer<typeof stampSchema>;

/** Numbers that were given out: the next release is compared with them, so that nobody is found by subtracting. */
export const releaseSchema = z.object({
  id: z.uuid(),
  at: storedTime,
  recipient: z.string(),
  /** As released. */
  table: z.json(),
});
export type Release = z.infer<typeof releaseSchema>;

/** Text that somebody is still writing. */
export const draftSchema = z.object({
  /** Names the place in the page: `V-2026-0007:note`. */
  id: z.string().min(1).max(200),
  text: z.string(),
  savedAt: storedTime,
  /** Rises by one with each writing. */
  rev: z.number().int().positive(),
});
export type Draft = z.infer<typeof draftSchema>;
