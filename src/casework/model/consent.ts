/** What the client agreed to. Nothing leaves the machine without it. */
import { z } from 'zod';
import { LANGUAGES } from '../../core/contracts.js';
import { storedTime } from './case.js';

const answer = z.enum(['yes', 'no', 'ask']);

/** What can be agreed to, besides sharing with organisations that are named. */
export const CONSENT_SCOPES = [
  'analyse',
  'retain',
  'shareIndicators',
  'publishAnonymously',
  'publishNamed',
  'useInComplaint',
  'contactAgain',
] as const;

export const consentSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  /** Pseudonym of who gave it. */
  givenBy: z.string(),
  method: z.enum(['spoken', 'written', 'signed']),
  at: storedTime,
  /** Language in which it was explained. */
  language: z.enum(LANGUAGES),
  witness: z.string(),
  scope: z.object({
    analyse: answer,
    retain: answer,
    /** Organisations that may receive the case. */
    shareWith: z.array(z.string()),
    shareIndicators: answer,
    publishAnonymously: answer,
    publishNamed: answer,
    useInComplaint: answer,
    contactAgain: answer,
  }),
  expiresAt: storedTime.nullable(),
  withdrawnAt: storedTime.nullable(),
  /** What was said about other people whose data is in the evidence. */
  thirdPartyData: z.string(),
});
export type Consent = z.infer<typeof consentSchema>;

/**
 * What an export is for. `share`: the case's content to a named organisation. `indicators`: only what describes the
 * attacker. `complaint`: to an authority. `press` and `press-named`: publication without and with the name.
 * `client`: back to the person it is about.
 */
export const EXPORT_PURPOSES = [
  'share',
  'indicators',
  'complaint',
  'press',
  'press-named',
  'client',
  'own-backup',
] as const;
export type ExportPurpose = (typeof EXPORT_PURPOSES)[number];

/** Why an export may not happen, or that it may. */
export type ConsentDecision =
  | { readonly allowed: true; readonly consentId: string | null }
  | {
      readonly allowed: false;
      readonly reason:
        | 'no-consent'
        | 'withdrawn'
        | 'expired'
        | 'not-in-scope'
        | 'recipient-not-named'
        | 'tlp'
        | 'second-person-needed';
      readonly consentId: string | null;
    };
