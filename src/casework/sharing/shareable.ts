/** All that a shared file may be made of, as one value: nothing is looked up while it is written. */
import type { EvidenceRecord, Language, RecordKind } from '../../core/contracts.js';
import type { ResultCoverage, ResultFinding } from '../../core/result.js';
import type { Case, Identity } from '../model/case.js';
import type { EvidenceItem } from '../model/evidence-item.js';

/**
 * How much leaves. `indicators-only`: what describes the attacker. `anonymised`: what happened, without the person.
 * `for-prosecutor`: all facts, the name as consent says. `for-press`: a summary, the name as consent says.
 */
export const SHARING_PROFILES = ['indicators-only', 'anonymised', 'for-prosecutor', 'for-press'] as const;
export type SharingProfile = (typeof SHARING_PROFILES)[number];

/** What the consents in force allow this export. The gate was passed before; this only says how much. */
export interface SharingConsent {
  readonly id: string | null;
  /** The client's name may stand in it. */
  readonly named: boolean;
  /** Numbers and identifiers of the client's own devices and accounts may stand in it (phone number, IMEI, serial). */
  readonly clientIdentifiers: boolean;
}

/** A check whose findings belong to the case. */
export interface ShareableRun {
  /** Short name in this export: `R1`. */
  readonly id: string;
  readonly startedAt: string;
  /** Version of Vigía that ran it. */
  readonly toolVersion: string;
  /** Evidence of the run (`e1`) to the label of the item in the case (`E-001`). */
  readonly evidenceLabels: Readonly<Record<string, string>>;
  readonly coverage: readonly ResultCoverage[];
}

export interface ShareableFinding {
  /** Id of its run. */
  readonly run: string;
  readonly finding: ResultFinding;
}

export interface ShareableRecord {
  /** Id of its run: `e1` of one run is not `e1` of another. */
  readonly run: string;
  readonly record: EvidenceRecord;
  readonly kind: RecordKind;
}

export interface Shareable {
  readonly case: Case;
  /** For the name where consent allows it, and to take the client's own data out of texts. */
  readonly identity: Identity | null;
  readonly consent: SharingConsent;
  readonly evidence: readonly EvidenceItem[];
  readonly runs: readonly ShareableRun[];
  readonly findings: readonly ShareableFinding[];
  /** Read once per output that needs records. */
  readonly records?: AsyncIterable<ShareableRecord>;
  /** Version of Vigía that exports. */
  readonly toolVersion: string;
  /** Who exports, as the team calls them. Stands in the redaction record only. */
  readonly operator: string;
  /** Stored form, UTC. */
  readonly now: string;
  /** Language of the words that Vigía adds. */
  readonly language: Language;
  /** At least 32 random bytes, new for every export and kept with the case: pseudonyms of two exports cannot be joined. */
  readonly exportKey: Uint8Array;
}

/** A request that cannot be carried out. */
export class SharingError extends Error {
  override readonly name = 'SharingError';
  constructor(readonly code: 'export-key-too-short' | 'bad-time') {
    super(code);
  }
}
