import type { EvidenceRecord } from '../../core/contracts.js';

/** A record with its place in the vault. `record.source.evidence` (`e1`) is explained by the run. */
export interface StoredRecord {
  readonly id: number;
  readonly caseId: string;
  readonly runId: string;
  readonly record: EvidenceRecord;
}

export interface TimelineMoment {
  readonly at: string;
  readonly event: string;
  readonly stored: StoredRecord;
}
