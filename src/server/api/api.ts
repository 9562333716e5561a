/**
 * What the local server and the page say to each other (`/api/v1`), as types and zod schemas. The page imports the types only.
 * Times are UTC in the stored form; ids are opaque. Text for people comes translated where it depends on evidence; codes else.
 */
import { z } from 'zod';

export const API = '/api/v1';

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
  z.object({ mode: z.literal('create'), passphrase: z.string().min(10).max(1024), actor: z.string().min(1).max(100) }),
  z.object({ mode: z.literal('open'), passphrase: z.string().min(1).max(1024), actor: z.string().min(1).max(100) }),
  z.object({ mode: z.literal('unsaved') }),
]);
export type OpenVault = z.infer<typeof openVaultSchema>;
// POST /lock -> 204. POST /activity -> 204 (keeps it open).

/** GET|PUT|DELETE /drafts/:key. PUT {text, rev}: 409 answers the other Draft. */
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
  readonly entries: readonly { readonly name: string; readonly path: string; readonly isFolder: boolean; readonly sizeBytes: number | null }[];
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
export const UPLOAD_PART_BYTES = 16 * 1024 * 1024;
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
  readonly rows: readonly { readonly label: string; readonly cells: readonly string[]; readonly isHere: boolean }[];
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
});
export type EventsQuery = z.infer<typeof eventsQuerySchema>;
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
  readonly next: string | null;
  readonly total: { readonly value: number; readonly isExact: boolean };
}
/** POST /events/histogram {…EventsQuery without after and limit, buckets ≤ 400} */
export interface Histogram {
  readonly from: string | null;
  readonly to: string | null;
  readonly stepSeconds: number;
  readonly counts: readonly number[];
  readonly undated: number;
  readonly kinds: readonly { readonly kind: string; readonly name: string; readonly count: number }[];
}

/** GET /graph?case=CODE : people and infrastructure, laid out, seeded. */
export interface Graph {
  readonly nodes: readonly { readonly id: string; readonly kind: 'person' | 'trace'; readonly type: string; readonly label: string; readonly x: number; readonly y: number; readonly weight: number }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly technique: string; readonly count: number }[];
  readonly shown: number;
  readonly total: number;
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
});
export interface ExportAnswer {
  /** Why it is refused, a code of casework.refusals; null when it may leave. */
  readonly refused: string | null;
  readonly files: readonly { readonly id: string; readonly name: string; readonly sha256: string; readonly sizeBytes: number }[];
}

// ----------------------------------------------------------------------------------------------------------- indicators
// GET /indicators -> FeedRow[] · POST /indicators/search {value} -> IndicatorHit[] · POST /indicators/import {uploads, retro} -> ImportAnswer
export interface FeedRow {
  readonly name: string;
  readonly count: number;
  readonly families: readonly string[];
  readonly licence: string | null;
  readonly importedAt: string | null;
  readonly sha256: string;
  readonly isBuiltIn: boolean;
  /** Older than 90 days. */
  readonly isOld: boolean;
}
