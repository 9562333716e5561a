/**
 * The contracts every room keeps. One way, left to right:
 * evidence -> readers -> records -> detectors -> findings -> result.
 * This file imports nothing from other rooms; the other rooms meet only through it and through `records/`.
 */
import type { CaseProfile } from './case-profile.js';
import type { Indicator, IndicatorType } from './indicator.js';

/** Languages a person can read Vigía in. */
export const LANGUAGES = ['es', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Where in the evidence something was seen. Printed in reports, so it must let a person find it again. */
export interface Pointer {
  /** Id of the evidence in this run: `e1`, `e2` … */
  readonly evidence: string;
  /** Path inside the evidence, "/" between parts whatever the system: `HomeDomain/Library/SMS/sms.db`. */
  readonly path: string;
  /** Place inside the file: `message ROWID 1`, `line 40`, `byte 194`, `Applications > com.example`. "" = the whole file. */
  readonly locator: string;
}

// ---------------------------------------------------------------------------------------------------------------
// Evidence

/** What was recognised in something given. A later room adds its own word; readers name the ones they apply to. */
export type EvidenceKind = 'folder' | 'file' | 'zip' | 'tar' | 'tar.gz' | 'gz' | 'ios-backup' | (string & {});

/** A private folder for working copies, emptied when the run ends, also when it ends by a signal. */
export interface ScratchSpace {
  /** A path (not yet existing) inside a fresh private folder; `name` is reduced to safe characters. */
  newPath(name: string): Promise<string>;
}

/** A first look at a file, cheap enough to be taken for every loose file. */
export interface FileProbe {
  readonly path: string;
  /** Up to the first 4096 bytes. */
  readonly head: Uint8Array;
  /** True for a file that was given by itself: it was meant to be read, whatever it is called. */
  readonly given?: boolean;
  /** Names of the tables when the file is an SQLite database that opens, else an empty set. */
  sqliteTables(): Promise<ReadonlySet<string>>;
}

/** One file inside a source, opened only on demand. Whether it lies in a folder, an archive or is decrypted on the way is not seen. */
export interface EvidenceFile {
  readonly source: EvidenceSource;
  readonly path: string;
  /** Size in bytes where known before reading, else null. */
  readonly sizeBytes: number | null;
  /** Content as a stream of chunks. @throws EvidenceError */
  stream(): AsyncIterable<Uint8Array>;
  /** Whole content. @throws EvidenceError `limit-bytes` when longer than maxBytes. */
  bytes(limits: { readonly maxBytes: number }): Promise<Uint8Array>;
  /** Writes the content to a path in scratch space. Nothing else is ever written. @throws EvidenceError */
  copyTo(targetPath: string): Promise<void>;
  probe(): Promise<FileProbe>;
}

/** Something given, opened: a folder, an archive, a backup. Sources stack (folder -> zip -> backup). Never written to. */
export interface EvidenceSource {
  /** `e1`, `e2` … in the order they were opened. */
  readonly id: string;
  readonly kind: EvidenceKind;
  /** As given by the user, then "!/" and the path inside for nested sources. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Facts about the evidence for the result document (device, encrypted, counts). JSON values only. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly scratch: ScratchSpace;
  /**
   * True for a source whose artifacts have fixed places (a phone backup): what a reader expects there and is not
   * there is reported as `absent`. False for a heap of files, where nothing in particular is expected.
   */
  readonly fixedPlaces: boolean;
  /** Whether files that fit no place may be recognised by content. False for backups, whose layout is known. */
  readonly probeLooseFiles: boolean;
  /** Why files of this source cannot be opened now; readers then get the coverage status `encrypted`. */
  readonly locked: null | 'password-needed' | 'wrong-password';
  /** Exact path, or null. Paths compare as the source's format does (backups and archives: exactly). */
  file(path: string): Promise<EvidenceFile | null>;
  /** Files whose path fits any of the globs (picomatch syntax, dot files included). Exact paths are looked up, not scanned for. */
  find(globs: readonly string[]): AsyncIterable<EvidenceFile>;
  /** Problems met while opening: refused names, links, limits, damaged members. */
  problems(): readonly Problem[];
  close(): Promise<void>;
}

/**
 * Something that could not be read or is worth knowing about the reading. Data, not logs: it ends up in the coverage.
 * `lost`: content that a detector did not see because of it. `note`: nothing was lost.
 */
export interface Problem {
  readonly kind: 'problem';
  /** Kebab-case; its sentence stands in the reader's language file under `problems`, or in the shared ones of core. */
  readonly code: string;
  readonly effect: 'lost' | 'note';
  readonly source: Pointer;
  /** Values for the sentence. */
  readonly values?: TextValues;
  /** How many times, when one entry stands for many. Default 1. */
  readonly count?: number;
}

// ---------------------------------------------------------------------------------------------------------------
// Records

/** How fine a time is known. Stored times are always UTC with six decimals, so that they sort as text. */
export const TIME_PRECISIONS = ['microsecond', 'millisecond', 'second', 'minute', 'day', 'month'] as const;
export type TimePrecision = (typeof TIME_PRECISIONS)[number];

/** One thing read from evidence. `kind` decides the other fields; kinds live in `records/kinds/`. */
export interface EvidenceRecord {
  readonly kind: string;
  /** UTC, `YYYY-MM-DDTHH:MM:SS.ffffffZ`, or null when the artifact gives no time. */
  readonly at: string | null;
  /** Left out when 'second' or finer is known exactly. */
  readonly atPrecision?: TimePrecision | undefined;
  /** Where the time zone comes from; left out for values stored as UTC or as an epoch. `given`: the analyst named it. */
  readonly atZone?: 'device' | 'given' | 'assumed-utc' | undefined;
  readonly source: Pointer;
  /** True when the row came out of a damaged database by recovery. */
  readonly recovered?: boolean | undefined;
}

/**
 * What the record shows that the device did with the observable. It decides how much a match means:
 * a link received is not a link opened, and a link opened is not a process that ran. `looked-up`: its address was asked
 * of the name system, which is not yet a connection. `scanned` is nothing a device did: somebody's scan met it.
 */
export type ObservableAct =
  | 'received'
  | 'sent'
  | 'opened'
  | 'scheduled'
  | 'known'
  | 'stored'
  | 'ran'
  | 'installed'
  | 'permitted'
  | 'configured'
  | 'contacted'
  | 'looked-up'
  | 'scanned';

/** Something in a record that can be compared with indicators. */
export interface Observable {
  /** `host` is a bare host name or address; `url` a full address; `hash` is told apart by length; the rest as in indicators. */
  readonly type:
    | 'url'
    | 'host'
    | 'email'
    | 'phone-number'
    | 'process'
    | 'file-path'
    | 'hash'
    | 'app-id'
    | 'app-cert'
    | 'cert-hash'
    | 'config-profile'
    | 'property'
    | 'tls-fingerprint'
    | 'user-agent';
  readonly value: string;
  readonly act: ObservableAct;
}

/** One line on the time line. A record may have several (created, modified, read …) or none. */
export interface TimelineEntry {
  readonly at: string;
  /** Kebab-case name of the event: `message-received`. Its words stand in the record language files. */
  readonly event: string;
  /** What the evidence says, not translated: text, path, address. */
  readonly text: string;
}

/** A record kind: its shape, what of it can be compared with indicators, its lines on a time line. */
export interface RecordKind<R extends EvidenceRecord = EvidenceRecord> {
  readonly kind: R['kind'];
  /** zod schema, for imports and tests; not run in inner loops. */
  readonly schema: { parse(value: unknown): unknown };
  observables(record: R): readonly Observable[];
  timeline(record: R): readonly TimelineEntry[];
}

// ---------------------------------------------------------------------------------------------------------------
// Readers

/** A place where an artifact lies in evidence of one kind. */
export interface ArtifactPlace {
  /** Evidence kinds this place applies to; `files` stands for folder, file, zip, tar, tar.gz and gz. */
  readonly in: readonly (EvidenceKind | 'files')[];
  /** Path or picomatch glob inside the source. Must be exact or anchored at a known folder for backups. */
  readonly path: string;
  /** Present only in encrypted backups: its absence from a plain one is said as such. */
  readonly encryptedBackupsOnly?: boolean;
  /** Not said as absent when missing (side files that many phones lack). */
  readonly optional?: boolean;
}

/** What a reader may use besides the file. */
export interface ReadContext {
  readonly signal?: AbortSignal;
  /** Now, ISO 8601 UTC: given, so that a run can be repeated. */
  readonly now: string;
  /** What the analyst says about times that the evidence leaves open. */
  readonly times?: ReadingOfTimes;
  /**
   * Whether an indicator fits. For readers of high-volume evidence, which give records only of what a person would look
   * at: what is listed always is.
   */
  readonly isListed?: (observable: Pick<Observable, 'type' | 'value'>) => boolean;
  /** YARA rules of the check. */
  readonly rulePacks?: readonly RulePack[];
  /** What the analyst says about access logs. */
  readonly accessLogs?: AccessLogOptions;
}

/** How to read access logs, beyond what they show themselves. */
export interface AccessLogOptions {
  /** The format of their lines as a server is told it: nginx `log_format`, Apache `LogFormat`, GoAccess `--log-format`. */
  readonly logFormat?: string;
  /** Rules to replay over the lines: files of CrowdSec scenarios and Banjax configurations. */
  readonly scenarios?: readonly { readonly name: string; readonly text: string }[];
  /** Exits of Tor, as addresses or networks: many people come through each, so it links no two attacks. */
  readonly torExits?: readonly string[];
}

/** How to read local times and dates that a file does not explain. */
export interface ReadingOfTimes {
  /** Order of day and month in dates such as 03/04/21. Left out: inferred over the file. */
  readonly dateOrder?: 'day-first' | 'month-first';
  /** IANA name of the zone of local times: `America/Mexico_City`. Left out: taken as UTC and marked so. */
  readonly timeZone?: string;
}

/**
 * Entries that were read and compared and leave no record, because nothing about them is worth a look: rows of a scan of
 * the whole internet, files that fit no rule. Counted in the coverage, so that nothing found is not nothing read.
 */
export interface PassedOver {
  readonly kind: 'passed-over';
  /** Of what kind their records would be. */
  readonly of: string;
  /** How many since the last time this was said. */
  readonly count: number;
  /** Times between which they lie, where they have any. */
  readonly firstAt?: string | null;
  readonly lastAt?: string | null;
}

/**
 * Counts of many events of one kind: what a reader of high-volume evidence (lines of an access log, packets, flows) gives
 * instead of a record each. Tallies merge: those of several files, or of several processes that each read a part, say
 * together what one reading of everything would have said.
 */
export interface Tally {
  readonly kind: 'tally';
  /** What is counted: `web-traffic`, `packet-traffic`. One class per word. */
  readonly of: string;
  /** Takes over all that another of the same word counts. The other is not used again. */
  merge(other: Tally): void;
}

/** What a reader gives. */
export type ReadItem<R extends EvidenceRecord = EvidenceRecord> = R | Problem | PassedOver | Tally;

/** YARA rules, with what is known about them. */
export interface RulePack {
  /** Short name, shown to people. */
  readonly name: string;
  /** Name as given, or as stored. */
  readonly file: string;
  readonly sha256: string;
  /** The rules as written. */
  readonly source: string;
  readonly licence: string | null;
  /** `YYYY-MM-DD`, the newest date that a rule states. */
  readonly date: string | null;
  readonly rules: readonly RuleInfo[];
}

/** What a YARA rule says about itself. */
export interface RuleInfo {
  readonly name: string;
  /** Of the tool it is about: its own word, else the pack's; null when neither says. */
  readonly family: string | null;
  readonly description: string | null;
  readonly author: string | null;
  readonly date: string | null;
  readonly reference: string | null;
}

/** Reads one kind of artifact into records. One bad row never ends a file; problems are yielded between records. */
export interface Reader<R extends EvidenceRecord = EvidenceRecord> {
  /** `room/name`, the folder it lives in: `ios/sms`. */
  readonly id: string;
  readonly emits: readonly R['kind'][];
  readonly artifacts: readonly ArtifactPlace[];
  /** What its evidence tells about: a site and its visitors, not the device of a person. For the line on top. */
  readonly about?: 'site';
  /** True for a reader that takes by content only what no other reader recognises. */
  readonly lastResort?: boolean;
  /** Recognition by content, for loose files, and a check of files found by place outside backups. */
  recognises?(probe: FileProbe, context?: ReadContext): boolean | Promise<boolean>;
  /** @throws EvidenceError when the file as a whole cannot be read. */
  read(file: EvidenceFile, context: ReadContext): AsyncIterable<ReadItem<R>>;
}

/** Looks at every file of a source, whatever it holds: its path, its hashes, its content against rules. */
export interface SweepReader<R extends EvidenceRecord = EvidenceRecord> {
  readonly id: string;
  readonly emits: readonly R['kind'][];
  /** Kinds of evidence it sweeps; `files` as in {@link ArtifactPlace}. */
  readonly sweeps: readonly (EvidenceKind | 'files')[];
  /** @throws EvidenceError when the source as a whole cannot be read. */
  sweep(source: EvidenceSource, context: ReadContext): AsyncIterable<ReadItem<R>>;
}

export type AnyReader = Reader | SweepReader;

// ---------------------------------------------------------------------------------------------------------------
// Detectors and findings

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/**
 * A value put into a sentence. Plain strings come from evidence and are cleaned of control and bidirectional
 * characters; `link` is printed defanged; `time` in the reader's zone and language, `date`
 * without the time of day, or only the month where no more is known; `country` is an ISO 3166-1 alpha-2
 * code, printed as the language calls it; `word` is the id of a text of the language files (`lures.theme.news`); `list`
 * is joined as the language joins lists.
 */
export type TextValue =
  | string
  | number
  | boolean
  | { readonly link: string }
  | { readonly time: string }
  | { readonly date: string; readonly precision?: TimePrecision | undefined }
  | { readonly country: string }
  | { readonly word: string }
  | { readonly list: readonly TextValue[] };
export type TextValues = Readonly<Record<string, TextValue>>;

/** An indicator that fits an observable, and how. */
export interface IndicatorMatch {
  readonly indicator: Indicator;
  /** `exact`; `subdomain`: the indicator is a parent of the host seen; `range`: inside a CIDR; `truncated`: a process name cut at 16 characters; `component`: one part of a path; `below`: inside an indicated folder. */
  readonly how: 'exact' | 'subdomain' | 'range' | 'truncated' | 'component' | 'below';
}

/** Compares observables with all loaded indicators. Built once per run. */
export interface IndicatorMatcher {
  readonly size: number;
  match(observable: Pick<Observable, 'type' | 'value'>): readonly IndicatorMatch[];
}

export interface DetectorContext {
  /** Now, ISO 8601 UTC. Detectors have no clock of their own. */
  readonly now: string;
  readonly matcher: IndicatorMatcher;
  /** Observables of a record, as its kind defines them. */
  observablesOf(record: EvidenceRecord): readonly Observable[];
  /** What the analyst knows about the people of the case; empty when nothing was given. */
  readonly profile: CaseProfile;
  /** What the analyst says about access logs. */
  readonly accessLogs?: AccessLogOptions;
  /** Where a place lies in what was given, from its last folder on: `case-7/jimena/whatsapp.zip!/_chat.txt`. */
  givenPath(pointer: Pointer): GivenPath;
}

/** A place in what was given, for telling whose it is. */
export interface GivenPath {
  /** Name of the file or folder given. */
  readonly given: string;
  /** Folders, archives and file below it; empty for a file given as such. */
  readonly below: readonly string[];
}

/** What a detector says. Texts are added from its language files. */
export interface FindingDraft {
  readonly severity: Severity;
  readonly confidence: Confidence;
  /**
   * What the finding shows, for the verdict line. `trace`: something of the tool is or was on the device. `attempt`:
   * somebody tried. `site-attack`: somebody attacked a web site, which says nothing about any device. `oddity` (the
   * default): out of the ordinary, with harmless explanations. `infrastructure`: a server of the tool, which says nothing
   * about any device. `advice`: a fact about the device, not about an attack.
   */
  readonly shows?: 'trace' | 'attempt' | 'site-attack' | 'oddity' | 'infrastructure' | 'advice';
  /** Chooses an entry of `variants` in the language files. */
  readonly variant?: string;
  readonly values: TextValues;
  readonly at: string | null;
  /** How fine `at` is known, where that is less than a second. */
  readonly atPrecision?: TimePrecision | undefined;
  /** MITRE ATT&CK (mobile) technique id, where one fits. */
  readonly technique?: string;
  readonly indicator?: FindingIndicator;
  /** The tool it is about, where no indicator says it. For the line on top. */
  readonly family?: string;
  readonly subjects?: readonly string[];
  /** Why, one by one, strongest first. Each code has a sentence under `reasons` in the language files. */
  readonly reasons?: readonly FindingReason[];
  /** The same for programs: JSON values, documented in the detector's description. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Drawn in the report. */
  readonly picture?: FindingPicture;
  /** Files that go with it. */
  readonly attachments?: readonly AttachmentDraft[];
  /** Every place where the same event was seen. At least one. */
  readonly evidence: readonly Pointer[];
}

/** A file that goes with a finding: a letter to send, a document for another program. */
export interface AttachmentDraft {
  /** As `ATTACHMENT_NAME` in `attachment.ts` has it, its own in the whole result: `incident-1-shield.es.txt`. */
  readonly name: string;
  /** A letter in a language of its own, whatever that of the run; the lines of its paragraphs are texts of the language files. */
  readonly content:
    | {
        readonly language: Language;
        readonly paragraphs: readonly (readonly { readonly id: string; readonly values: TextValues }[])[];
      }
    | { readonly json: unknown };
}

/** One reason of a finding that weighs several. */
export interface FindingReason {
  /** Kebab-case; its sentence stands under `reasons` in the detector's language file. */
  readonly code: string;
  /** What it adds to the score; negative when it speaks against. Left out for a reason that decides alone. */
  readonly points?: number;
  readonly values: TextValues;
}

export type FindingPicture =
  | PeopleOverTime
  | ServersPicture
  | ConversationsPicture
  | IntervalsPicture
  | TrafficPicture;

/** Requests to a site over time, beside what is usual then, with the spans that the finding is about. */
export interface TrafficPicture {
  readonly kind: 'traffic';
  /** When the first step begins. */
  readonly from: string;
  readonly stepSeconds: number;
  /** Requests a minute, the mean of each step. At most 1,000 steps. */
  readonly perMinute: readonly number[];
  /** What is usual at that time; null where nothing says it. */
  readonly usual: readonly (number | null)[];
  /** Of the requests a minute those that the server answered with an error of its own. */
  readonly failed: readonly number[];
  readonly spans: readonly {
    readonly from: string;
    readonly to: string;
    readonly severity: Severity;
    /** What it is, where there are several: they are numbered, and told below. */
    readonly label?: TextValue;
  }[];
}

/** Who talked to whom in captured traffic: devices of the own side, the hosts they talked to, how much, and when. */
export interface ConversationsPicture {
  readonly kind: 'conversations';
  /** Addresses of the own side, most traffic first. */
  readonly devices: readonly string[];
  /** One per device and host, most traffic first. */
  readonly conversations: readonly {
    /** Index into `devices`. */
    readonly device: number;
    /** Name of the host where the capture gives one, else its address. */
    readonly host: string;
    readonly addresses: readonly string[];
    /** `tls`, `dns` …, or `tcp 8443` where the protocol is not recognised. */
    readonly protocols: readonly string[];
    readonly connections: number;
    readonly firstAt: string | null;
    readonly lastAt: string | null;
    /** Payload from the device and to it; null where a log does not say. */
    readonly sentBytes: number | null;
    readonly receivedBytes: number | null;
    /** Where it is first seen: `frame 12`. */
    readonly locator: string;
    /** Of the gravest sign the capture itself shows of it; null when there is none. */
    readonly severity: Severity | null;
  }[];
  /** Conversations that are not listed. */
  readonly leftOut: number;
}

/** Moments that come at even distances: one row for each pair of ends. */
export interface IntervalsPicture {
  readonly kind: 'intervals';
  readonly rows: readonly {
    readonly label: string;
    /** At most 500. */
    readonly moments: readonly string[];
    /** Middle distance in seconds. */
    readonly intervalSeconds: number;
    readonly severity: Severity;
  }[];
  /** Span of the capture. */
  readonly from: string;
  readonly to: string;
}

/** Where servers stand, as bars, and from when to when each was seen, as a time line. */
export interface ServersPicture {
  readonly kind: 'servers';
  /** Largest first. */
  readonly bars: readonly { readonly label: TextValue; readonly count: number }[];
  /** One per address, oldest first. `to` is null when only the first time is known. */
  readonly spans: readonly {
    readonly label: string;
    readonly from: string;
    readonly to: string | null;
    readonly severity: Severity;
  }[];
}

/** Events of several people (or devices) over time, one row each. */
export interface PeopleOverTime {
  readonly kind: 'people-over-time';
  /** From top to bottom, as pseudonyms or as the evidence names them. */
  readonly rows: readonly string[];
  readonly marks: readonly {
    /** Index into `rows`. */
    readonly row: number;
    readonly at: string;
    readonly severity: Severity;
    /** What kind of event, one of few: drawn with a letter and explained in a legend. */
    readonly group: TextValue;
  }[];
}

/** The indicator behind a finding, with every feed that lists it. */
export interface FindingIndicator {
  readonly type: IndicatorType;
  readonly value: string;
  readonly family: string;
  readonly feed: string;
  /** All feeds that list it, when more than one does. */
  readonly sources?: readonly { readonly feed: string; readonly family: string; readonly file: string }[];
}

/** Sees records one by one, then the end. Pure: no clock, network or disk. The order of records must not change what it finds. */
export interface Detection<R extends EvidenceRecord = EvidenceRecord> {
  see(record: R): void;
  /** The counts of a word in `tallies`, of all evidence together; at most once for each word, after all records. */
  weigh?(tally: Tally): void;
  end(): readonly FindingDraft[];
}

export interface Detector<R extends EvidenceRecord = EvidenceRecord> {
  /** `room/name`, the folder it lives in. */
  readonly id: string;
  /** Only rises, whenever its results can change. */
  readonly version: number;
  /** Record kinds it sees, or `*` for all. */
  readonly watches: readonly R['kind'][] | '*';
  /** Tallies it weighs, by their word. */
  readonly tallies?: readonly string[];
  /** Reports, specifications and threads the rule comes from. */
  readonly references: readonly string[];
  start(context: DetectorContext): Detection<R>;
}

// ---------------------------------------------------------------------------------------------------------------
// Texts

/** Sentences of one finding: ICU messages. */
export interface FindingTexts {
  readonly title: string;
  readonly explanation: string;
  readonly benignCauses: readonly string[];
  readonly nextSteps: readonly string[];
}

/** A detector's language file: base texts, and variants that replace parts of them. */
export interface DetectorTexts extends FindingTexts {
  /** Plain name of the check, for lists. */
  readonly name: string;
  /** Sentences of the reasons, by code. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** Heads the reasons, where they are no grounds for suspicion: what was compared. */
  readonly reasonsHeading?: string;
  readonly variants?: Readonly<Record<string, Partial<FindingTexts>>>;
}

/** A reader's language file. */
export interface ReaderTexts {
  /** What it reads, in plain words: "Text messages (SMS and iMessage)". */
  readonly name: string;
  /** Sentences for the problem codes only this reader has. */
  readonly problems?: Readonly<Record<string, string>>;
}

export interface RegisteredReader {
  readonly reader: AnyReader;
  readonly texts: Readonly<Record<Language, ReaderTexts>>;
}

export interface RegisteredDetector {
  readonly detector: Detector;
  readonly texts: Readonly<Record<Language, DetectorTexts>>;
}

// ---------------------------------------------------------------------------------------------------------------
// Running

/** One entry of `evidence` in the result: what was given, or found inside it. */
export interface EvidenceEntry {
  readonly id: string;
  readonly path: string;
  readonly kind: EvidenceKind;
  /** Resolves when hashing ends; it runs beside the reading. */
  readonly sha256: Promise<string | null>;
  readonly sizeBytes: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/** Where records go: nowhere, a file, later a vault or a browser. May slow the pipeline down by returning a promise. */
export interface RecordSink {
  record(record: EvidenceRecord, kind: RecordKind): void | Promise<void>;
}

/** What is happening now, for a progress line. Never holds evidence text besides file paths. */
export type ProgressEvent =
  | { readonly stage: 'opening'; readonly path: string }
  | { readonly stage: 'key-derivation'; readonly done: number; readonly total: number }
  | { readonly stage: 'hashing'; readonly doneBytes: number; readonly totalBytes: number }
  | {
      readonly stage: 'reading';
      readonly reader: string;
      readonly path: string;
      readonly records: number;
      readonly done: number;
      readonly total: number;
    }
  | { readonly stage: 'finishing' };

export type ProgressListener = (event: ProgressEvent) => void;
