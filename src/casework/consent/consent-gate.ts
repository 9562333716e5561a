/**
 * The one door through which a case leaves the machine. Sharing cannot be undone: recipients rarely delete what they were
 * sent. So nothing leaves unless the newest consent says yes to this purpose, and the traffic light allows it.
 */
import type { Case } from '../model/case.js';
import type { Consent, ConsentDecision, ExportPurpose } from '../model/consent.js';
import type { Tlp } from '../model/vocabularies.js';

/** What is about to leave, and to whom. */
export interface ExportRequest {
  readonly purpose: ExportPurpose;
  /** Organisation, authority or person, as it is written in the consent. */
  readonly recipient: string;
  /** Whether the client's name or contacts are in it. */
  readonly named: boolean;
  /** Who else approved, in the words of the team; null when nobody did. */
  readonly approvedBy: string | null;
  /** Who exports. */
  readonly actor: string;
  /** Stored form of a time. */
  readonly now: string;
}

/** What each traffic light lets out, besides the client's own copy and our own. TLP 2.0 (FIRST, August 2022). */
const LEAVES_UNDER: Readonly<Record<Tlp, readonly ExportPurpose[]>> = {
  clear: ['share', 'indicators', 'complaint', 'press', 'press-named'],
  green: ['share', 'indicators', 'complaint'],
  amber: ['share', 'indicators', 'complaint'],
  'amber+strict': ['share', 'complaint'],
  red: ['share', 'complaint'],
};

/** The consent that counts: the newest of the case that was given by then. */
export function currentConsent(consents: readonly Consent[], caseId: string, now: string): Consent | null {
  let newest: Consent | null = null;
  for (const consent of consents) {
    if (consent.caseId !== caseId || consent.at > now) continue;
    if (newest === null || consent.at >= newest.at) newest = consent;
  }
  return newest;
}

/** Whether an export may happen. `ask`, missing and expired are no. */
export function consentGate(
  { id, tlp }: Pick<Case, 'id' | 'tlp'>,
  consents: readonly Consent[],
  request: ExportRequest,
): ConsentDecision {
  const { purpose, now } = request;
  const consent = currentConsent(consents, id, now);
  // What is about a person is theirs.
  if (purpose === 'client') return { allowed: true, consentId: consent?.id ?? null };
  if (consent === null) return { allowed: false, reason: 'no-consent', consentId: null };
  const refused = (reason: Extract<ConsentDecision, { allowed: false }>['reason']): ConsentDecision => ({
    allowed: false,
    reason,
    consentId: consent.id,
  });
  if (consent.withdrawnAt !== null && consent.withdrawnAt <= now) return refused('withdrawn');
  if (consent.expiresAt !== null && consent.expiresAt <= now) return refused('expired');
  const { scope } = consent;
  if (purpose === 'own-backup') {
    return scope.retain === 'yes' ? { allowed: true, consentId: consent.id } : refused('not-in-scope');
  }
  if (purpose === 'share') {
    if (scope.shareWith.length === 0) return refused('not-in-scope');
    if (!scope.shareWith.some((name) => isSame(name, request.recipient)))
      return refused('recipient-not-named');
  } else if (scope[SCOPE_OF[purpose]] !== 'yes') {
    return refused('not-in-scope');
  }
  if (request.named && scope.publishNamed !== 'yes' && purpose !== 'complaint')
    return refused('not-in-scope');
  if (!LEAVES_UNDER[tlp].includes(purpose)) return refused('tlp');
  // Four eyes: what may harm most when it is a mistake.
  const needsSecond = tlp === 'red' || request.named;
  const second = request.approvedBy?.trim() ?? '';
  if (needsSecond && (second === '' || isSame(second, request.actor))) return refused('second-person-needed');
  return { allowed: true, consentId: consent.id };
}

const SCOPE_OF = {
  indicators: 'shareIndicators',
  complaint: 'useInComplaint',
  press: 'publishAnonymously',
  'press-named': 'publishNamed',
} as const satisfies Partial<Record<ExportPurpose, keyof Consent['scope']>>;

/** Names of organisations, as people write them. */
function isSame(one: string, other: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
  return plain(one) !== '' && plain(one) === plain(other);
}
