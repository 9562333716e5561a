/**
 * What is left of a case for a profile. The outputs know only this, so nothing that was not put in here on purpose can
 * reach a file.
 */
import type { Confidence, Language, Severity } from '../../core/contracts.js';
import type { IndicatorType } from '../../core/indicator.js';
import type { CoverageStatus } from '../../core/result.js';
import type { Case } from '../model/case.js';
import type { Pap, Tlp } from '../model/vocabularies.js';
import type { ExportIds } from './export-ids.js';
import type { SharedField, Treatment } from './policy.js';
import type { SharingProfile } from './shareable.js';
import type { SharingWords } from './words.js';

/** A moment in the stored form, and how much of it is true: the rest stands for the first moment of the day or month. */
export interface SharedTime {
  readonly at: string;
  readonly known: 'exact' | 'day' | 'month';
}

export interface SharedCase {
  readonly code: string;
  readonly title: string | null;
  readonly summary: string | null;
  readonly outcome: string | null;
  readonly openedAt: SharedTime | null;
  readonly isClosed: boolean | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly workTypes: Case['workTypes'];
  readonly incidentTypes: Case['incidentTypes'];
  readonly techniques: readonly string[];
  readonly retention: Case['retention']['span'] | null;
}

export interface SharedClient {
  /** Pseudonym, or the name where consent says so. */
  readonly name: string;
  readonly isNamed: boolean;
  readonly kind: Case['clientKind'];
}

export interface SharedIndicator {
  readonly type: IndicatorType;
  /** As published. Never the address of one person's link, unless the profile gives all facts. */
  readonly value: string;
  readonly family: string | null;
  /** `observed`: met in the case and in no list. It may be harmless, so it is never for blocking. */
  readonly basis: 'published' | 'observed';
  /** Fit for blocking and alarms: published, and what it fitted was not slight. */
  readonly forDetection: boolean;
  readonly severity: Severity;
  readonly lists: readonly string[];
  readonly firstSeen: SharedTime | null;
  readonly lastSeen: SharedTime | null;
  /** Number of findings that name it. */
  readonly findings: number;
  readonly techniques: readonly string[];
}

export interface SharedPlace {
  readonly evidence: string;
  readonly path: string;
  readonly locator: string;
}

export interface SharedFinding {
  readonly id: string;
  readonly run: string;
  readonly detector: string;
  readonly version: number;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly time: SharedTime | null;
  /** A sentence of its own where the profile keeps texts, else one that says only what kind of finding it is. */
  readonly title: string;
  readonly explanation: string | null;
  readonly benignCauses: readonly string[];
  readonly nextSteps: readonly string[];
  readonly reasonCodes: readonly string[];
  readonly technique: string | null;
  /** Of those shared. */
  readonly indicators: readonly SharedIndicator[];
  readonly subjects: readonly string[];
  readonly places: readonly SharedPlace[];
  readonly details: Readonly<Record<string, unknown>> | null;
}

export interface SharedEvidence {
  readonly label: string;
  readonly kind: string;
  readonly sha256: string | null;
  readonly sizeBytes: number | null;
  readonly method: string | null;
  readonly tool: string | null;
  readonly description: string | null;
  readonly originalName: string | null;
  readonly receivedAt: SharedTime | null;
}

export interface SharedCoverage {
  readonly run: string;
  readonly evidence: string;
  readonly reader: string;
  readonly status: CoverageStatus;
  readonly records: number;
}

/** One line on a time line. */
export interface SharedEvent {
  readonly time: SharedTime;
  /** Kebab-case. */
  readonly event: string;
  /** Record kind, or `finding`. */
  readonly kind: string;
  readonly text: string;
  readonly place: SharedPlace | null;
}

/** A message that a finding points at. */
export interface SharedMessage {
  readonly service: string;
  readonly direction: string;
  readonly sender: string | null;
  readonly recipients: readonly string[];
  readonly text: string | null;
  readonly links: readonly string[];
  readonly time: SharedTime | null;
  readonly place: SharedPlace;
}

/** What was done to one field. */
export interface RedactedField {
  readonly field: SharedField;
  readonly treatment: Exclude<Treatment, 'keep'>;
  /** Values that were there and did not leave as they were. */
  readonly values: number;
}

/** What was taken out, for the case: kept as a derived item beside the original. It holds none of the values. */
export interface RedactionRecord {
  readonly profile: SharingProfile;
  readonly operator: string;
  readonly at: string;
  readonly consentId: string | null;
  /** In the order of the policy. Records are counted as they are written: complete when the files are. */
  readonly fields: readonly RedactedField[];
  /** Records that were looked at and left out. */
  readonly recordsLeftOut: number;
}

export interface Shared {
  readonly profile: SharingProfile;
  readonly language: Language;
  readonly words: SharingWords;
  readonly ids: ExportIds;
  readonly now: string;
  readonly toolVersion: string;
  readonly tlp: Tlp;
  readonly pap: Pap;
  readonly case: SharedCase;
  readonly client: SharedClient | null;
  readonly indicators: readonly SharedIndicator[];
  readonly findings: readonly SharedFinding[];
  readonly evidence: readonly SharedEvidence[];
  readonly coverage: readonly SharedCoverage[];
  /** Findings, then records. Not sorted. */
  events(): AsyncIterable<SharedEvent>;
  /** Messages that findings point at; none unless the profile gives all facts. */
  messages(): AsyncIterable<SharedMessage>;
  redaction(): RedactionRecord;
}
