/**
 * The pipeline: evidence -> readers -> records -> detectors -> findings -> result. It knows no technique; everything
 * it works with is given to it.
 */

import { attachmentOf } from './attachment.js';
import { type CaseProfile, EMPTY_PROFILE } from './case-profile.js';
import { compareText } from './compare-text.js';
import {
  type AccessLogOptions,
  type AnyReader,
  CONFIDENCES,
  type Detection,
  type Detector,
  type DetectorContext,
  type EvidenceEntry,
  type EvidenceFile,
  type EvidenceRecord,
  type EvidenceSource,
  type FindingDraft,
  type FindingPicture,
  type IndicatorMatcher,
  type Language,
  type PassedOver,
  type Problem,
  type ProgressListener,
  type ReadContext,
  type Reader,
  type ReadItem,
  type RecordKind,
  type RecordSink,
  type RulePack,
  SEVERITIES,
  type SweepReader,
  type Tally,
} from './contracts.js';
import { CoverageEntry, ProblemList } from './coverage.js';
import { errorDetail, problemOf } from './evidence-error.js';
import { givenPaths } from './given-path.js';
import { type Translator, visibleText } from './language.js';
import { ReadAhead } from './read-ahead.js';
import { RESULT_SCHEMA_ID, type Result, type ResultFeed, type ResultFinding } from './result.js';
import { appliesTo, kindsOf, placesFor, routeFiles } from './routing.js';
import { verdictOf } from './verdict.js';

/** Pointers listed per finding; the rest is counted. */
const MAX_POINTERS_PER_FINDING = 1_000;
/** Files a sweep may be ahead of the readers. */
const SWEPT_AHEAD = 2_000;
/** Stands for the artifact of a sweep. */
const EVERY_FILE = '**';
/** How often reading reports progress, in records. */
const PROGRESS_EVERY_RECORDS = 5_000;

export interface PipelineInput {
  readonly sources: readonly EvidenceSource[];
  readonly evidence: readonly EvidenceEntry[];
  readonly readers: readonly AnyReader[];
  readonly detectors: readonly Detector[];
  readonly kinds: ReadonlyMap<string, RecordKind>;
  readonly matcher: IndicatorMatcher;
  /** What was compared with, as the result tells it. */
  readonly feedsIn: (translate: Translator) => readonly ResultFeed[];
  /** YARA rules for readers that look at whole files. */
  readonly rulePacks?: readonly RulePack[];
  readonly accessLogs?: AccessLogOptions;
  readonly translate: Translator;
  /** For letters, which are in languages of their own. Left out, they are in that of the run. */
  readonly translatorOf?: (language: Language) => Translator;
  /** What the analyst knows about the case. */
  readonly profile?: CaseProfile;
  /** Clock, ISO 8601 UTC. Detectors see its value at the start. */
  readonly clock: () => string;
  readonly toolVersion: string;
  readonly consent: string | null;
  readonly sinks?: readonly RecordSink[];
  readonly progress?: ProgressListener;
  readonly signal?: AbortSignal;
  /** Hashes again what was given (`--verify`), when reading is over. */
  readonly rehash?: () => Promise<readonly Problem[]>;
}

/** What a run came to, in the language it was asked for, and in any other. */
export interface PipelineOutcome {
  readonly result: Result;
  inLanguageOf(translate: Translator): Result;
}

/** Runs everything over everything. Bad evidence never throws; an abort does. */
export async function runPipeline(input: PipelineInput): Promise<PipelineOutcome> {
  const startedAt = input.clock();
  const run = new Run(input, startedAt);
  for (const source of input.sources) await run.readSource(source);
  input.progress?.({ stage: 'finishing' });
  return run.finish();
}

/** A detector at work. */
interface Watcher {
  readonly detector: Detector;
  readonly detection: Detection;
}

interface Found {
  readonly detector: Detector;
  readonly draft: FindingDraft;
}

class Run {
  readonly #input: PipelineInput;
  readonly #startedAt: string;
  readonly #watchers: readonly Watcher[];
  readonly #watchersByKind = new Map<string, readonly Watcher[]>();
  readonly #coverage: CoverageEntry[] = [];
  readonly #details = new Map<string, Record<string, unknown>>();
  readonly #evidenceProblems = new Map<string, ProblemList>();
  readonly #brokenDetectors = new Set<string>();
  readonly #tallies = new Map<string, Tally>();
  readonly #context: ReadContext;

  constructor(input: PipelineInput, startedAt: string) {
    this.#input = input;
    this.#startedAt = startedAt;
    const { dateOrder, timeZone } = input.profile ?? EMPTY_PROFILE;
    this.#context = {
      now: startedAt,
      times: { ...(dateOrder ? { dateOrder } : {}), ...(timeZone ? { timeZone } : {}) },
      isListed: (observable) => input.matcher.match(observable).length > 0,
      rulePacks: input.rulePacks ?? [],
      ...(input.accessLogs ? { accessLogs: input.accessLogs } : {}),
      ...(input.signal ? { signal: input.signal } : {}),
    };
    const context: DetectorContext = {
      now: startedAt,
      matcher: input.matcher,
      profile: input.profile ?? EMPTY_PROFILE,
      ...(input.accessLogs ? { accessLogs: input.accessLogs } : {}),
      givenPath: givenPaths(input.evidence),
      observablesOf: (record) => this.#kindOf(record).observables(record),
    };
    this.#watchers = input.detectors.map((detector) => ({ detector, detection: detector.start(context) }));
    for (const entry of input.evidence) {
      const problems = new ProblemList();
      for (const problem of entry.problems) problems.add(problem);
      this.#evidenceProblems.set(entry.id, problems);
    }
  }

  async readSource(source: EvidenceSource): Promise<void> {
    const readers = this.#input.readers.filter(
      (reader): reader is Reader => !isSweep(reader) && appliesTo(reader, source),
    );
    if (source.locked) {
      await this.#readLocked(source, readers);
      return;
    }
    // They work in threads of their own, so they begin before the readers; what they say comes after.
    const sweeps = this.#input.readers
      .filter(isSweep)
      .filter((reader) => kindsOf(source).some((kind) => reader.sweeps.includes(kind)))
      .map((reader) => ({ reader, ahead: new ReadAhead(reader.sweep(source, this.#context), SWEPT_AHEAD) }));
    try {
      await this.#readFiles(source, readers);
      for (const { reader, ahead } of sweeps)
        await this.#read(reader, source.id, EVERY_FILE, 0, 1, () => ahead);
    } finally {
      for (const { ahead } of sweeps) ahead.stop();
    }
    for (const problem of source.problems()) this.#noteProblem(source.id, problem);
  }

  async #readFiles(source: EvidenceSource, readers: readonly Reader[]): Promise<void> {
    let routes: Awaited<ReturnType<typeof routeFiles>>;
    try {
      routes = await routeFiles(source, readers, this.#context);
    } catch (error) {
      if (this.#input.signal?.aborted) throw error;
      const place = { evidence: source.id, path: source.path, locator: '' };
      this.#noteProblem(source.id, problemOf(error, place));
      return;
    }
    if (source.probeLooseFiles) {
      this.#details.set(source.id, {
        ...(routes.sidecarFiles > 0 ? { sidecarFiles: routes.sidecarFiles } : {}),
        unrecognisedFiles: routes.unrecognisedFiles,
        unrecognisedExamples: routes.unrecognisedExamples,
      });
      if (routes.notProbedFiles > 0) {
        this.#noteProblem(source.id, {
          kind: 'problem',
          code: 'files-not-looked-into',
          effect: 'lost',
          source: { evidence: source.id, path: source.path, locator: '' },
          count: routes.notProbedFiles,
        });
      }
    }
    for (const reader of readers) {
      const files = routes.files.get(reader) ?? [];
      for (const [index, file] of files.entries()) await this.#readFile(reader, file, index, files.length);
      if (files.length === 0 && source.fixedPlaces) this.#noteAbsent(source, reader);
    }
  }

  /** Without the password only the clear files at the root of a backup can be read; the rest is said to be encrypted. */
  async #readLocked(source: EvidenceSource, readers: readonly Reader[]): Promise<void> {
    for (const reader of readers) {
      const places = placesFor(reader, source);
      const rootFiles: EvidenceFile[] = [];
      for (const place of places) {
        const file = place.path.includes('/') ? null : await source.file(place.path).catch(() => null);
        if (file) rootFiles.push(file);
      }
      for (const [index, file] of rootFiles.entries())
        await this.#readFile(reader, file, index, rootFiles.length);
      const expected = places.find((place) => !place.optional);
      if (rootFiles.length === 0 && expected) {
        const problem: Problem = {
          kind: 'problem',
          code: source.locked ?? 'encrypted',
          effect: 'lost',
          source: { evidence: source.id, path: expected.path, locator: '' },
        };
        this.#coverage.push(
          CoverageEntry.unopened(source.id, reader.id, expected.path, 'encrypted', [problem]),
        );
      }
    }
    for (const problem of source.problems()) this.#noteProblem(source.id, problem);
  }

  #readFile(reader: Reader, file: EvidenceFile, index: number, total: number): Promise<void> {
    return this.#read(reader, file.source.id, file.path, index, total, (context) =>
      reader.read(file, context),
    );
  }

  async #read(
    reader: AnyReader,
    evidence: string,
    path: string,
    index: number,
    total: number,
    start: (context: ReadContext) => AsyncIterable<ReadItem>,
  ): Promise<void> {
    const { signal, progress } = this.#input;
    const entry = new CoverageEntry(evidence, reader.id, path, isSweep(reader));
    this.#coverage.push(entry);
    const report = (records: number): void =>
      progress?.({ stage: 'reading', reader: reader.id, path, records, done: index, total });
    report(0);
    let records = 0;
    try {
      for await (const item of start(this.#context)) {
        if (isProblem(item)) {
          entry.problem(item);
          continue;
        }
        if (isPassedOver(item)) {
          entry.passedOver(item);
          signal?.throwIfAborted();
          report(entry.readCount);
          continue;
        }
        if (isTally(item)) {
          const known = this.#tallies.get(item.of);
          if (known) known.merge(item);
          else this.#tallies.set(item.of, item);
          continue;
        }
        const waiting = this.#take(item, entry);
        if (waiting) await waiting.catch(asSinkFailure);
        records += 1;
        if (records % PROGRESS_EVERY_RECORDS === 0) {
          signal?.throwIfAborted();
          report(records);
        }
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      // A full disk under the output is not a defect of the evidence: the run ends and says so.
      if (error instanceof SinkFailure) throw error.cause;
      entry.fail(error);
    }
  }

  /** Gives a record to its detectors and sinks. Returns a promise only when a sink wants the pipeline to wait. */
  #take(record: EvidenceRecord, entry: CoverageEntry): Promise<unknown> | null {
    const kind = this.#kindOf(record);
    entry.record(record);
    for (const { detector, detection } of this.#watchersOf(record.kind)) {
      if (this.#brokenDetectors.size > 0 && this.#brokenDetectors.has(detector.id)) continue;
      try {
        detection.see(record);
      } catch (error) {
        this.#brokenDetectors.add(detector.id);
        entry.problem(detectorFailed(detector, error, record.source));
      }
    }
    let waiting: Promise<unknown> | null = null;
    for (const sink of this.#input.sinks ?? []) {
      const result = recordIn(sink, record, kind);
      if (result) waiting = waiting ? Promise.all([waiting, result]) : result;
    }
    return waiting;
  }

  #noteAbsent(source: EvidenceSource, reader: Reader): void {
    const places = placesFor(reader, source).filter((place) => !place.optional);
    const first = places[0];
    if (!first) return;
    const plain = source.details.encrypted === false;
    const problems: Problem[] =
      plain && places.every((place) => place.encryptedBackupsOnly)
        ? [
            {
              kind: 'problem',
              code: 'encrypted-backups-only',
              effect: 'note',
              source: { evidence: source.id, path: first.path, locator: '' },
            },
          ]
        : [];
    this.#coverage.push(CoverageEntry.unopened(source.id, reader.id, first.path, 'absent', problems));
  }

  async finish(): Promise<PipelineOutcome> {
    const input = this.#input;
    const drafts = this.#drafts();
    if (input.rehash) {
      for (const problem of await input.rehash()) this.#noteProblem(problem.source.evidence, problem);
    }
    const hashes = new Map<string, string | null>();
    for (const { id, sha256 } of input.evidence) hashes.set(id, await sha256);
    const finishedAt = input.clock();
    const tell = (translate: Translator): Result => this.#tell(drafts, hashes, finishedAt, translate);
    return { result: tell(input.translate), inLanguageOf: tell };
  }

  #tell(
    drafts: readonly Found[],
    hashes: ReadonlyMap<string, string | null>,
    finishedAt: string,
    translate: Translator,
  ): Result {
    const input = this.#input;
    const coverage = this.#coverage.map((entry) => entry.toResult(translate));
    const locked = new Set(input.sources.filter((source) => source.locked).map((source) => source.id));
    const evidence = input.evidence.map((item) => ({
      id: item.id,
      path: item.path,
      kind: item.kind,
      sha256: hashes.get(item.id) ?? null,
      sizeBytes: item.sizeBytes,
      details: { ...item.details, ...this.#details.get(item.id) },
      problems: this.#evidenceProblems.get(item.id)?.toResult(translate) ?? [],
    }));
    const verdict = verdictOf(
      drafts.map(({ draft }) => draft),
      coverage,
      locked,
      translate,
      evidence.filter(
        ({ id, problems }) => !locked.has(id) && problems.some(({ effect }) => effect === 'lost'),
      ).length,
      new Set(
        input.readers.flatMap((reader) => (!isSweep(reader) && reader.about === 'site' ? reader.id : [])),
      ),
    );
    return {
      schema: RESULT_SCHEMA_ID,
      tool: {
        name: 'vigia',
        version: input.toolVersion,
        startedAt: this.#startedAt,
        finishedAt,
        language: translate.language,
        timeZone: translate.timeZone,
      },
      consent: input.consent,
      evidence,
      coverage,
      counts: countsOf(coverage),
      indicators: [...input.feedsIn(translate)],
      findings: drafts.map(({ detector, draft }, index) =>
        findingOf(`f${index + 1}`, detector, draft, translate, input.translatorOf ?? (() => translate)),
      ),
      verdict,
    };
  }

  #drafts(): Found[] {
    const list: Found[] = [];
    for (const { detector, detection } of this.#watchers) {
      if (this.#brokenDetectors.has(detector.id)) continue;
      try {
        for (const word of detector.tallies ?? []) {
          const tally = this.#tallies.get(word);
          if (tally) detection.weigh?.(tally);
        }
        for (const draft of detection.end()) list.push({ detector, draft });
      } catch (error) {
        const evidence = this.#input.evidence[0];
        const source = { evidence: evidence?.id ?? '', path: evidence?.path ?? '', locator: '' };
        this.#noteProblem(source.evidence, detectorFailed(detector, error, source));
      }
    }
    return list.sort(bySeverity);
  }

  #noteProblem(evidence: string, problem: Problem): void {
    this.#evidenceProblems.get(evidence)?.add(problem);
  }

  #kindOf(record: EvidenceRecord): RecordKind {
    const kind = this.#input.kinds.get(record.kind);
    if (!kind) throw new Error(`a reader emitted a record of unknown kind "${record.kind}"`);
    return kind;
  }

  #watchersOf(kind: string): readonly Watcher[] {
    const known = this.#watchersByKind.get(kind);
    if (known) return known;
    const watchers = this.#watchers.filter(
      ({ detector }) => detector.watches === '*' || detector.watches.includes(kind),
    );
    this.#watchersByKind.set(kind, watchers);
    return watchers;
  }
}

/** Records of each kind, over all readers. */
function countsOf(coverage: Result['coverage']): Result['counts'] {
  const counts = new Map<string, number>();
  for (const { records } of coverage) {
    for (const [kind, count] of Object.entries(records)) counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Marks an error of a sink on its way past the handling of reading errors. */
class SinkFailure extends Error {}

function asSinkFailure(cause: unknown): never {
  throw new SinkFailure('sink', { cause });
}

function recordIn(sink: RecordSink, record: EvidenceRecord, kind: RecordKind): void | Promise<void> {
  try {
    return sink.record(record, kind);
  } catch (error) {
    return asSinkFailure(error);
  }
}

function isProblem(item: ReadItem): item is Problem {
  return item.kind === 'problem';
}

function isPassedOver(item: EvidenceRecord | PassedOver | Tally): item is PassedOver {
  return item.kind === 'passed-over';
}

function isTally(item: EvidenceRecord | Tally): item is Tally {
  return item.kind === 'tally';
}

function isSweep(reader: AnyReader): reader is SweepReader {
  return 'sweep' in reader;
}

function detectorFailed(detector: Detector, error: unknown, source: Problem['source']): Problem {
  return {
    kind: 'problem',
    code: 'detector-failed',
    effect: 'lost',
    source,
    values: { detector: detector.id, detail: errorDetail(error) },
  };
}

/** Gravest first, then surest, then oldest; undated last. Ties are settled by detector and place: runs repeat. */
function bySeverity(a: Found, b: Found): number {
  return (
    SEVERITIES.indexOf(b.draft.severity) - SEVERITIES.indexOf(a.draft.severity) ||
    CONFIDENCES.indexOf(b.draft.confidence) - CONFIDENCES.indexOf(a.draft.confidence) ||
    compareText(a.draft.at ?? '9999', b.draft.at ?? '9999') ||
    compareText(a.detector.id, b.detector.id) ||
    compareText(placeOf(a.draft), placeOf(b.draft))
  );
}

function placeOf(draft: FindingDraft): string {
  const first = draft.evidence[0];
  return first ? `${first.evidence} ${first.path} ${first.locator}` : '';
}

function pictureOf(picture: FindingPicture, translate: Translator): NonNullable<ResultFinding['picture']> {
  switch (picture.kind) {
    case 'people-over-time':
      return {
        kind: picture.kind,
        rows: picture.rows.map(visibleText),
        marks: picture.marks.map((mark) => ({ ...mark, group: translate.value(mark.group) })),
      };
    case 'servers':
      return {
        kind: picture.kind,
        bars: picture.bars.map(({ label, count }) => ({ label: translate.value(label), count })),
        spans: picture.spans.map((span) => ({ ...span, label: visibleText(span.label) })),
      };
    case 'conversations':
      return {
        kind: picture.kind,
        devices: picture.devices.map(visibleText),
        conversations: picture.conversations.map((one) => ({
          ...one,
          host: visibleText(one.host),
          addresses: one.addresses.map(visibleText),
          protocols: one.protocols.map(visibleText),
          locator: visibleText(one.locator),
        })),
        leftOut: picture.leftOut,
      };
    case 'intervals':
      return {
        kind: picture.kind,
        rows: picture.rows.map((row) => ({
          ...row,
          label: visibleText(row.label),
          moments: [...row.moments],
        })),
        from: picture.from,
        to: picture.to,
      };
    case 'traffic':
      return {
        ...picture,
        perMinute: [...picture.perMinute],
        usual: [...picture.usual],
        failed: [...picture.failed],
        spans: picture.spans.map(({ label, ...span }) => ({
          ...span,
          ...(label === undefined ? {} : { label: translate.value(label) }),
        })),
      };
  }
}

function findingOf(
  id: string,
  detector: Detector,
  draft: FindingDraft,
  translate: Translator,
  translatorOf: (language: Language) => Translator,
): ResultFinding {
  const text = (key: string): string | null => {
    const own = `detectors.${detector.id}.variants.${draft.variant}.${key}`;
    const base = `detectors.${detector.id}.${key}`;
    if (draft.variant !== undefined && translate.has(own)) return translate(own, draft.values);
    return translate.has(base) ? translate(base, draft.values) : null;
  };
  // A variant with a list of its own replaces the whole list.
  const list = (key: string): string[] => {
    const hasOwn = translate.has(`detectors.${detector.id}.variants.${draft.variant}.${key}.0`);
    const prefix = hasOwn ? `variants.${draft.variant}.${key}` : key;
    const texts: string[] = [];
    for (let n = 0; translate.has(`detectors.${detector.id}.${prefix}.${n}`); n += 1) {
      texts.push(translate(`detectors.${detector.id}.${prefix}.${n}`, draft.values));
    }
    return texts;
  };
  return {
    id,
    detector: detector.id,
    version: detector.version,
    severity: draft.severity,
    confidence: draft.confidence,
    at: draft.at,
    ...(draft.atPrecision ? { atPrecision: draft.atPrecision } : {}),
    title: text('title') ?? detector.id,
    explanation: text('explanation') ?? '',
    benignCauses: list('benignCauses'),
    nextSteps: list('nextSteps'),
    technique: draft.technique ?? null,
    indicator: draft.indicator
      ? { ...draft.indicator, sources: draft.indicator.sources ? [...draft.indicator.sources] : undefined }
      : null,
    subjects: [...(draft.subjects ?? [])],
    ...(draft.reasons
      ? {
          reasons: draft.reasons.map(({ code, points, values }) => ({
            code,
            points: points ?? null,
            text: translate(`detectors.${detector.id}.reasons.${code}`, values),
          })),
        }
      : {}),
    ...(draft.details ? { details: { ...draft.details } } : {}),
    ...(draft.picture ? { picture: pictureOf(draft.picture, translate) } : {}),
    ...(draft.attachments
      ? { attachments: draft.attachments.map((attachment) => attachmentOf(attachment, translatorOf)) }
      : {}),
    evidence: draft.evidence.slice(0, MAX_POINTERS_PER_FINDING).map((pointer) => ({ ...pointer })),
    evidenceTotal: draft.evidence.length,
  };
}
