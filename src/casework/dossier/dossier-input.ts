/** Everything a dossier is made of, as one value: nothing is looked up while it is written, so it can be written again. */
import type { Language } from '../../core/contracts.js';
import type { Result } from '../../core/result.js';
import type { Case, Identity } from '../model/case.js';
import type { Consent } from '../model/consent.js';
import type { EvidenceItem } from '../model/evidence-item.js';

/** An entry of the custody log, as far as the dossier prints it. */
export interface DossierCustodyEntry {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  /** Id of the evidence item. */
  readonly evidenceId: string | null;
  readonly hash: string;
  readonly prev: string;
}

export interface DossierCustody {
  readonly entries: readonly DossierCustodyEntry[];
  /** What checking the whole log said. */
  readonly verdict: {
    readonly ok: boolean;
    readonly entries: number;
    readonly headHash: string | null;
    readonly firstBadSeq: number | null;
    readonly problems: readonly { readonly seq: number | null; readonly code: string }[];
  };
  /** Of the last entry, as it was read aloud or handed over. */
  readonly receipt: { readonly code: string; readonly words: readonly string[] } | null;
}

/** A time stamp on a digest, with what checking it said. */
export interface DossierStamp {
  readonly kind: 'rfc3161' | 'opentimestamps';
  /** Hex of what was stamped: the hash of a custody entry or of an evidence item, or a day's Merkle root. */
  readonly digest: string;
  readonly state: 'verified' | 'pending' | 'not-verified';
  /** The time it proves; null while pending. */
  readonly at: string | null;
  /** Authority or chain, in its own name. */
  readonly by: string;
}

/** A check whose findings belong to the case. */
export interface DossierRun {
  /** Short name in this dossier: `R1`. */
  readonly id: string;
  readonly result: Result;
  /** SHA-256 of result.json. */
  readonly resultSha256: string;
  /** Evidence of the run (`e1`) to the label of the item in the case (`E-001`). */
  readonly evidenceLabels: Readonly<Record<string, string>>;
}

/** A place that shows a fact. */
export interface DossierPointer {
  /** `E-012`; null where it is a custody entry alone. */
  readonly evidence: string | null;
  /** Of the custody entry. */
  readonly custodySeq: number | null;
  /** Run and finding: `R1 f3`. */
  readonly finding: string | null;
  /** Place inside the evidence. */
  readonly locator: string;
}

/** Something that happened, with a date. Several sources beside each other are the correlation; no cause is said. */
export interface DossierFact {
  /** UTC in the stored form, or null when not known. */
  readonly at: string | null;
  readonly precision?: 'day' | 'month' | undefined;
  readonly kind: 'technique' | 'publication' | 'hearing' | 'case-event';
  /** MITRE ATT&CK id or the room's word. */
  readonly technique?: string | undefined;
  /** Who says it: a detector's id, a profile, a person's pseudonym. */
  readonly source: string;
  readonly text: string;
  readonly pointers: readonly DossierPointer[];
  /** Ids of the tests of the legal pack that counsel or the team marked it as bearing on. */
  readonly bearsOn?: readonly string[] | undefined;
}

/** What was seen of the message or address behind a finding, beyond what the finding itself says. */
export interface DossierObservation {
  /** Run and finding: `R1 f3`. */
  readonly finding: string;
  readonly messageText?: string | undefined;
  readonly sender?: string | undefined;
  readonly addresses?: readonly string[] | undefined;
  /** Where the address led, hop by hop, as recorded by somebody else: Vigía opens no link. */
  readonly redirects?: readonly string[] | undefined;
  /** Domain, address or WHOIS as it was at that date. */
  readonly hostRecords?:
    | readonly { readonly what: string; readonly at: string; readonly source: string }[]
    | undefined;
}

/** An export of the case that already happened. */
export interface DossierDeparture {
  readonly at: string;
  readonly to: string;
  readonly purpose: string;
  readonly what: string;
  readonly sha256: string | null;
}

export interface DossierInput {
  readonly case: Case;
  /** Printed only where a consent in force allows the complaint; the pseudonym otherwise. */
  readonly identity: Identity | null;
  readonly consents: readonly Consent[];
  readonly evidence: readonly EvidenceItem[];
  readonly custody: DossierCustody;
  readonly stamps: readonly DossierStamp[];
  readonly runs: readonly DossierRun[];
  readonly facts: readonly DossierFact[];
  readonly observations: readonly DossierObservation[];
  readonly departures: readonly DossierDeparture[];
  /** Stored form, UTC. */
  readonly now: string;
  readonly language: Language;
  /** IANA zone of the times in it; UTC stands beside them where a fact depends on the hour. */
  readonly timeZone: string;
  /** Of the program that writes it. */
  readonly version: string;
}
