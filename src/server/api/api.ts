/**
 * What the local server and the page say to each other (`/api/v1`), as types and zod schemas. The page imports the types only.
 * Times are UTC in the stored form; ids are opaque. Text for people comes translated where it depends on evidence; codes else.
 */
import { z } from 'zod';
import type { CustodyEntry, LogVerdict } from '../../casework/custody/custody-log.js';
import type { Case, Identity } from '../../casework/model/case.js';
import type { Consent } from '../../casework/model/consent.js';
import type { Departure, Note } from '../../casework/vault/case-documents.js';
import { SEVERITIES } from '../../core/contracts.js';

export { API, UPLOAD_PART_BYTES } from './constants.js';

/** Every error, translated by the page: `error.CODE`. Never a stack, never text of evidence. */
export interface ApiError {
  /** `not-signed-in`, `locked`, `not-found`, `changed`, `bad-request`, `consent/withdrawn` … */
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Whether trying again may help. */
  readonly retry: boolean;
  readonly requestId: string;
}

// ------------------------------------------------------------------------------------------------------------ session
export type VaultState =
  /** There is no vault yet in the folder. */
  | 'none'
  | 'locked'
  | 'open'
  /** Open, and gone when the program ends: nothing is kept. */
  | 'unsaved';

export const settingsSchema = z.object({
  language: z.enum(['es', 'en']),
  timeZone: z.string().max(64),
  theme: z.enum(['auto', 'light', 'dark']),
  density: z.enum(['comfortable', 'compact']),
  /** Keys of one letter. */
  letterKeys: z.boolean(),
  /** Abusive or private content is covered until uncovered. */
  coverContent: z.boolean(),
  idleLockMinutes: z.union([z.literal(1), z.literal(5), z.literal(15)]),
});
export type Settings = z.infer<typeof settingsSchema>;

/** GET /session · PUT /settings (Settings) */
export interface Session {
  readonly vault: VaultState;
  readonly version: string;
  readonly settings: Settings;
  /** Folder of the vault, for people. */
  readonly vaultFolder: string;
  /** When it locks unless something happens, UTC; null while locked. */
  readonly locksAt: string | null;
}

/** POST /vault: makes or opens. Answers a Session; 401 `wrong-passphrase`. */
export const openVaultSchema = z.discriminatedUnion('mode', [
  z.object({
    mode: z.literal('create'),
    passphrase: z.string().min(10).max(1024),
    actor: z.string().min(1).max(100),
  }),
  z.object({
    mode: z.literal('open'),
    passphrase: z.string().min(1).max(1024),
    /** Empty: the same as the last time. */
    actor: z.string().max(100),
  }),
  z.object({ mode: z.literal('unsaved') }),
]);
export type OpenVault = z.infer<typeof openVaultSchema>;
/** POST /vault/erase -> 204: the open vault is closed and destroyed. */
export const eraseSchema = z.object({ confirmed: z.literal(true) });
// POST /lock -> 204. POST /activity -> 204 (keeps it open).

/**
 * GET|PUT|DELETE /drafts/:key. Nothing written yet: rev 0 and empty texts. PUT {text, rev of what was changed}: 409 `changed`, whose
 * params are the other Draft. A key that begins with the code of a case and a colon (`V-2026-0007:note`) ends with the case.
 */
export interface Draft {
  readonly text: string;
  readonly savedAt: string;
  readonly rev: number;
}
export const draftSchema = z.object({ text: z.string().max(200_000), rev: z.number().int().nonnegative() });

// ------------------------------------------------------------------------------------------------------------ evidence
/** GET /paths?under=… : folders and files below home and mounted media. */
export interface PathListing {
  readonly path: string;
  readonly parent: string | null;
  readonly entries: readonly {
    readonly name: string;
    readonly path: string;
    readonly isFolder: boolean;
    readonly sizeBytes: number | null;
  }[];
  readonly isCut: boolean;
}

/** POST /uploads. One upload is one file, or one file of a dropped folder (`batch` the same, `relativePath` set). */
export const newUploadSchema = z.object({
  name: z.string().min(1).max(255),
  sizeBytes: z.number().int().nonnegative(),
  lastModifiedMs: z.number().int(),
  relativePath: z.string().max(4096),
  batch: z.string().max(64),
});
export type NewUpload = z.infer<typeof newUploadSchema>;
/** PUT /uploads/:id/parts/:n (raw, header X-Part-SHA256) · GET /uploads/:id · POST /uploads/:id/complete · DELETE */
export interface Upload {
  readonly id: string;
  readonly batch: string;
  readonly name: string;
  readonly relativePath: string;
  readonly sizeBytes: number;
  readonly parts: readonly number[];
  readonly sha256: string | null;
  readonly isComplete: boolean;
}

// -------------------------------------------------------------------------------------------------------------- checks
/** POST /checks -> 202 Check */
export const newCheckSchema = z.object({
  caseCode: z.string(),
  paths: z.array(z.string().min(1).max(4096)).max(100),
  /** Batches of complete uploads. */
  uploads: z.array(z.string()).max(100),
  from: z.string().max(200),
  description: z.string().max(2000),
  /** Keep a sealed copy in the vault. */
  seal: z.boolean(),
});

export type NewCheck = z.infer<typeof newCheckSchema>;

export type CheckState = 'waiting' | 'running' | 'needs-password' | 'done' | 'stopped' | 'failed';

/** GET /checks?case=CODE · GET /checks/:id · DELETE /checks/:id (stop) · POST /checks/:id/password {password|null} */
export interface Check {
  readonly id: string;
  readonly caseCode: string;
  readonly state: CheckState;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Names of what was given, for people. */
  readonly given: readonly string[];
  readonly progress: CheckProgress;
  readonly error: ApiError | null;
}

export interface CheckProgress {
  readonly stage: 'hashing' | 'opening' | 'key-derivation' | 'reading' | 'finishing';
  /** 0..1 of the stage; null when it cannot be known. */
  readonly share: number | null;
  /** What is being read, in plain words. */
  readonly what: string;
  readonly records: number;
  readonly attempt: number;
}
// GET /checks/:id/progress : server-sent events `progress` (Check), at most 4 a second, snapshot first, `: beat` each 15 s.

/**
 * GET /checks/:id/import : what became of everything that was given. `received` is the sum of the others; archives and backups
 * count as what is in them, journals of databases as read with them.
 */
export interface ImportReport {
  readonly received: number;
  readonly read: number;
  readonly empty: number;
  readonly notRecognised: number;
  readonly unreadable: number;
  readonly skipped: number;
}

/** GET /checks/:id/result : vigia.result/1 in the language of the session. GET /checks/:id/pictures/:finding -> SVG text. */

/** GET /checks/:id/reviews · PUT /checks/:id/reviews/:finding */
export const reviewSchema = z.object({
  state: z.enum(['not-reviewed', 'confirmed', 'dismissed']),
  reason: z.string().max(2000),
});
export interface Review extends z.infer<typeof reviewSchema> {
  readonly finding: string;
  readonly by: string;
  readonly at: string;
}

/** GET /checks/:id/context?finding=f1&pointer=0 : the evidence around a pointer, as plain text cells. */
export interface EvidenceContext {
  readonly view: 'rows' | 'lines' | 'bytes' | 'keys' | 'record' | 'unavailable';
  readonly evidence: string;
  readonly path: string;
  readonly locator: string;
  readonly sha256: string | null;
  readonly columns: readonly string[];
  /** `isHere` marks the pointer itself. */
  readonly rows: readonly {
    readonly label: string;
    readonly cells: readonly string[];
    readonly isHere: boolean;
  }[];
  readonly isCut: boolean;
}

// ------------------------------------------------------------------------------------------------------------ time line
/** POST /events/query */
export const eventsQuerySchema = z.object({
  caseCode: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  kinds: z.array(z.string()).max(100),
  text: z.string().max(500),
  after: z.string().nullable(),
  limit: z.number().int().min(1).max(500),
  /** Instead of `after`: the place of the first row among all that pass, to jump in a long list. */
  offset: z.number().int().nonnegative().optional(),
  /** The records without a time, by themselves: in the order they were stored. */
  undated: z.boolean().optional(),
  /** Labels of evidence, `E-001`. */
  evidence: z.array(z.string().max(64)).max(200).optional(),
  /** From whom the evidence is, as it was taken in: pseudonyms. */
  people: z.array(z.string().max(200)).max(200).optional(),
  /** Only records at which a finding points: of this gravity at least, by one of these techniques. */
  severity: z.enum(SEVERITIES).optional(),
  techniques: z.array(z.string().max(64)).max(50).optional(),
});
export type EventsQuery = z.infer<typeof eventsQuerySchema>;
/** GET /events/filters?case=CODE : what there is to choose from. */
export interface EventFilters {
  readonly evidence: readonly { readonly label: string; readonly name: string; readonly from: string }[];
  readonly people: readonly string[];
  readonly techniques: readonly { readonly technique: string; readonly name: string }[];
  /** Of findings that point at a record, the gravest first. */
  readonly severities: readonly string[];
}
export interface EventRow {
  readonly id: string;
  readonly at: string | null;
  readonly kind: string;
  readonly kindName: string;
  readonly event: string;
  readonly text: string;
  readonly evidence: string;
  readonly path: string;
  readonly locator: string;
  /** Findings that point here, `R1 f3`, the gravest severity first. */
  readonly findings: readonly { readonly id: string; readonly severity: string }[];
}
export interface EventPage {
  readonly rows: readonly EventRow[];
  /** Place of the first row among all that pass. */
  readonly offset: number;
  readonly next: string | null;
  readonly total: { readonly value: number; readonly isExact: boolean };
}
/**
 * POST /events/histogram. Times come from the data: counts[0] begins at `from`. POST /events/picture -> the same as SVG text, whose
 * axis is exactly as long as the counts: HISTOGRAM_AXIS.
 */
export const histogramSchema = eventsQuerySchema
  .pick({
    caseCode: true,
    from: true,
    to: true,
    kinds: true,
    text: true,
    evidence: true,
    people: true,
    severity: true,
    techniques: true,
  })
  .extend({
    buckets: z.number().int().min(1).max(400),
    /** The picture in UTC instead of the zone of the settings. */
    utc: z.boolean().optional(),
  });
export type HistogramQuery = z.infer<typeof histogramSchema>;
export interface Histogram {
  readonly from: string | null;
  readonly to: string | null;
  readonly stepSeconds: number;
  readonly counts: readonly number[];
  /** Records in which the words occur that have no time, whatever their kind. */
  readonly undated: number;
  /** Under the same bounds and words, whatever the kinds chosen. */
  readonly kinds: readonly { readonly kind: string; readonly name: string; readonly count: number }[];
}

/** GET /graph?case=CODE : people and infrastructure, laid out, seeded. */
export interface Graph {
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: 'person' | 'trace';
    readonly type: string;
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly weight: number;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly technique: string;
    readonly count: number;
  }[];
  readonly shown: number;
  readonly total: number;
  /** `most-people`: traces that most people have come first, then those met most often; people all. */
  readonly criterion: 'most-people';
  readonly seed: number;
}

// ---------------------------------------------------------------------------------------------------------------- cases
// GET /cases -> CaseRow[] · POST /cases · GET /cases/:code -> CasePage · PATCH /cases/:code
// POST /cases/:code/consents · POST /cases/:code/consents/withdraw {reason} · GET /cases/:code/custody?after=SEQ&limit
// POST /cases/:code/custody/verify -> CaseVerification · GET /cases/:code/receipt -> {text}
// POST /cases/:code/notes · PATCH /cases/:code/notes/:id {doneAt} · POST /cases/:code/identity/open {passphrase} -> Identity
// PUT /cases/:code/identity {passphrase, identity} · POST /cases/:code/evidence/:label/seal
// POST /cases/:code/delete {code, reason} · GET /campaigns -> Campaigns (+ GET /campaigns/picture -> SVG text)
export interface CaseRow {
  readonly code: string;
  readonly title: string;
  readonly clientRef: string;
  readonly state: string;
  readonly urgency: string;
  readonly tlp: string;
  readonly pap: string;
  readonly openedAt: string;
  readonly consent: 'none' | 'given' | 'expired' | 'withdrawn';
  readonly nextTask: { readonly text: string; readonly dueAt: string | null } | null;
  readonly isDue: boolean;
}

/** POST /cases, PATCH /cases/:code: any of these; what is left out stays, or is as `vigia case new` has it. */
export type CaseDraft = Partial<
  Pick<
    Case,
    | 'title'
    | 'clientRef'
    | 'clientKind'
    | 'urgency'
    | 'tlp'
    | 'pap'
    | 'language'
    | 'country'
    | 'region'
    | 'lead'
    | 'team'
    | 'workTypes'
    | 'incidentTypes'
    | 'retention'
    | 'state'
    | 'summary'
    | 'outcome'
    | 'statements'
  >
>;

export interface CaseEvidence {
  readonly label: string;
  /** As evidence is recognised, and in words. */
  readonly kind: string;
  readonly kindName: string;
  readonly description: string;
  readonly name: string;
  readonly path: string;
  readonly from: string;
  readonly receivedAt: string;
  readonly zone: string;
  readonly where: string;
  readonly takenBy: string;
  readonly method: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly tlp: string;
  readonly isSealed: boolean;
  readonly destroyedAt: string | null;
  /** Entries of the log about it: numbers and what was done. */
  readonly custody: readonly { readonly seq: number; readonly at: string; readonly action: string }[];
}

export interface CaseRun {
  readonly id: string;
  /** `R1`, in the order they were begun. */
  readonly name: string;
  readonly startedAt: string;
  /** Null when it was broken off, or goes on. */
  readonly finishedAt: string | null;
  readonly records: number;
  readonly findings: number | null;
  readonly verdict: string | null;
  readonly evidence: readonly string[];
}

/** GET /cases/:code; POST /cases and PATCH answer the same. */
export interface CasePage {
  readonly case: Case;
  readonly consentState: CaseRow['consent'];
  /** The one that counts now. */
  readonly consent: Consent | null;
  /** All, the newest first. */
  readonly consents: readonly Consent[];
  readonly evidence: readonly CaseEvidence[];
  readonly runs: readonly CaseRun[];
  /** What left, the newest first. */
  readonly departures: readonly Departure[];
  readonly notes: readonly Note[];
  readonly records: number;
  readonly custodyEntries: number;
  readonly hasIdentity: boolean;
  /** Its time is over. */
  readonly isDue: boolean;
}

/** POST /cases/:code/identity/open {passphrase}. Opened names are also at GET /cases/:code/identity until then: 5 minutes. */
export interface OpenedIdentity {
  readonly identity: Identity | null;
  readonly closesAt: string;
}
export const identityOpenSchema = z.object({ passphrase: z.string().min(1).max(1024) });

/** POST /cases/:code/consents. `expiresAt`: any ISO 8601 time or day. */
export const newConsentSchema = z.object({
  givenBy: z.string().max(200),
  method: z.enum(['spoken', 'written', 'signed']),
  witness: z.string().max(200),
  scope: z.object({
    analyse: z.enum(['yes', 'no', 'ask']),
    retain: z.enum(['yes', 'no', 'ask']),
    shareWith: z.array(z.string().min(1).max(200)).max(50),
    shareIndicators: z.enum(['yes', 'no', 'ask']),
    publishAnonymously: z.enum(['yes', 'no', 'ask']),
    publishNamed: z.enum(['yes', 'no', 'ask']),
    useInComplaint: z.enum(['yes', 'no', 'ask']),
    contactAgain: z.enum(['yes', 'no', 'ask']),
  }),
  expiresAt: z.string().max(40).nullable(),
  thirdPartyData: z.string().max(2000),
});
export type NewConsent = z.infer<typeof newConsentSchema>;
/** POST /cases/:code/consents/withdraw {reason}: what had left already. */
export interface Withdrawn {
  readonly left: readonly Departure[];
}

/** POST /cases/:code/notes -> Note. `task` null: a note. PATCH /cases/:code/notes/:id {doneAt: time or null} -> Note */
export const newNoteSchema = z.object({
  text: z.string().min(1).max(200_000),
  task: z.object({ dueAt: z.string().max(40).nullable() }).nullable(),
});

/** GET /cases/:code/custody?after=SEQ&limit */
export interface CustodyPage {
  readonly entries: readonly Pick<CustodyEntry, 'seq' | 'at' | 'actor' | 'action' | 'detail' | 'hash'>[];
  readonly next: number | null;
  readonly total: number;
  readonly headHash: string | null;
}

/** POST /cases/:code/custody/verify */
export interface CaseVerification {
  readonly isWhole: boolean;
  readonly log: LogVerdict;
  readonly items: readonly {
    readonly label: string;
    readonly name: string;
    readonly original: 'same' | 'changed' | 'missing' | 'unreadable' | 'destroyed';
    /** Null: never sealed. */
    readonly sealed: 'same' | 'changed' | 'missing' | null;
  }[];
}

/** POST /cases/:code/delete {code, reason} */
export interface CaseDeleted {
  readonly originals: readonly string[];
  readonly departures: readonly Departure[];
  readonly isCompacted: boolean;
  /** What deleting cannot reach: `departures`, `originals`, `copies-of-the-vault`, `storage-remnants`, `memory-and-swap`. */
  readonly cannotErase: readonly string[];
}

/** GET /campaigns. Values of traces are text of evidence. */
export interface Campaigns {
  readonly cases: number;
  readonly campaigns: readonly {
    readonly people: readonly string[];
    readonly cases: readonly string[];
    readonly techniques: readonly { readonly technique: string; readonly name: string }[];
    readonly firstAt: string | null;
    readonly lastAt: string | null;
    readonly ties: readonly {
      readonly type: string;
      readonly typeName: string;
      readonly value: string;
      readonly people: readonly string[];
      readonly cases: readonly string[];
      readonly events: number;
    }[];
    readonly tiesLeftOut: number;
  }[];
  readonly concurrences: readonly {
    readonly caseCode: string;
    readonly person: string;
    readonly firstAt: string;
    readonly lastAt: string;
    readonly techniques: readonly {
      readonly technique: string;
      readonly name: string;
      readonly events: number;
    }[];
  }[];
}

// GET /exports/profiles -> ExportProfile[] : what each profile does with each field, in words.
export interface ExportProfile {
  readonly profile: string;
  /** What it is usually for. */
  readonly purpose: string;
  readonly fields: readonly {
    readonly field: string;
    readonly name: string;
    readonly treatment: string;
    readonly words: string;
  }[];
}
// POST /exports/preview {…exportSchema} -> ExportAnswer : the dossier as it would leave, on record as looked at, not as having left.
// POST /exports/preview/pages {…exportSchema, page: from 0} -> DossierPage : one page of the same dossier, to look at.
// POST /exports {dryRun, …} : dry run answers {allowed, refused}; else 202 with downloads. GET /download/:id
export const exportSchema = z.object({
  caseCode: z.string(),
  profile: z.string(),
  formats: z.array(z.string()).min(1).max(20),
  purpose: z.string(),
  recipient: z.string().max(200),
  named: z.boolean(),
  approvedBy: z.string().max(200),
  withEvidence: z.boolean(),
  sealTo: z.array(z.string()).max(20),
  dryRun: z.boolean(),
  /**
   * Ids of the files of a preview: what was looked at leaves, byte by byte. 409 `preview-gone` when it is not of the same case, purpose
   * and naming, or too old: look again.
   */
  preview: z.array(z.string().max(64)).min(1).max(20).optional(),
});
export interface DossierPage {
  /** SVG text; empty where there is no such page. */
  readonly svg: string;
  /** 0 where this system has no engine for pages. */
  readonly pages: number;
}
export interface ExportAnswer {
  /** Why it is refused, a code of casework.refusals or `whole-case-purpose`; null when it may leave. */
  readonly refused: string | null;
  readonly files: readonly {
    readonly id: string;
    readonly name: string;
    readonly sha256: string;
    readonly sizeBytes: number;
  }[];
}

// ----------------------------------------------------------------------------------------------------------- indicators
export const searchSchema = z.object({ value: z.string().min(1).max(2000) });
/** POST /indicators/search: what is published about one value. Nothing is asked of anybody. */
export interface IndicatorHit {
  /** `indicator`, or a rule whose name or family it is. */
  readonly what: 'indicator' | 'rule';
  readonly type: string;
  readonly typeName: string;
  readonly value: string;
  readonly family: string;
  readonly feed: string;
  /** How it fits: `exact`, `subdomain` …; `` for rules. */
  readonly how: string;
}
/** `uploads`: batches of complete uploads. `retro`: compare what is new with everything stored. */
export const importSchema = z.object({
  uploads: z.array(z.string().max(64)).min(1).max(20),
  licence: z.string().max(200).nullable(),
  retro: z.boolean(),
});
export interface ImportAnswer {
  readonly imported: readonly {
    readonly name: string;
    readonly change: 'new' | 'changed' | 'same';
    readonly count: number;
    readonly remarks: readonly string[];
  }[];
  /** Files without any indicator or rule, and why. */
  readonly refused: readonly { readonly name: string; readonly remarks: readonly string[] }[];
  /** Null unless asked for. */
  readonly hunt: {
    readonly compared: number;
    readonly known: number;
    readonly fresh: readonly {
      readonly caseCode: string;
      readonly type: string;
      readonly value: string;
      readonly feed: string;
      readonly records: number;
      readonly at: string | null;
      readonly path: string;
      readonly locator: string;
    }[];
    /** Cases whose originals have to be checked again. */
    readonly thin: readonly string[];
  } | null;
}
// POST /indicators/remove {file} -> 204
// GET /indicators -> FeedRow[] · POST /indicators/search {value} -> IndicatorHit[] · POST /indicators/import {uploads, retro} -> ImportAnswer
export interface FeedRow {
  readonly name: string;
  /** What it is removed by; unique. */
  readonly file: string;
  readonly count: number;
  readonly families: readonly string[];
  readonly licence: string | null;
  readonly importedAt: string | null;
  readonly sha256: string;
  readonly isBuiltIn: boolean;
  readonly ageDays: number | null;
  /** Older than 90 days. */
  readonly isOld: boolean;
}
