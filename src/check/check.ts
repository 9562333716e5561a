/**
 * One check from beginning to end: open what was given, load the indicators, run the pipeline, write what was asked
 * for. The surfaces (command line, local server) call this and hold no logic of their own.
 */
import type { Readable } from 'node:stream';
import type { CaseProfile } from '../core/case-profile.js';
import type {
  AccessLogOptions,
  AnyReader,
  Language,
  ProgressListener,
  RecordSink,
} from '../core/contracts.js';
import type { Translator } from '../core/language.js';
import { runPipeline } from '../core/pipeline.js';
import type { Result } from '../core/result.js';
import { STANDARD_INPUT } from '../core/standard-input.js';
import type { HeldEvidence } from '../evidence/held.js';
import { openEvidence, type PasswordCallback } from '../evidence/open-evidence.js';
import { recordKinds } from '../records/kinds.generated.js';
import { OUTPUT_FILES, OUTPUT_FOLDERS, openOutputs } from '../report/outputs.js';
import { loadFeedsForCheck } from './feeds.js';
import { translatorFor } from './messages.js';
import { refuseOutputInEvidence } from './output-guard.js';
import { detectors, readers } from './registry.generated.js';
import { VERSION } from './version.js';

export interface CheckOptions {
  readonly paths: readonly string[];
  /** What the path `-` stands for; left out, it is a file of that name. */
  readonly standardInput?: () => Readable;
  /** What stands for paths: evidence that the caller holds. */
  readonly held?: ReadonlyMap<string, HeldEvidence>;
  /** Files or folders of indicators, besides the store. */
  readonly indicators: readonly string[];
  /** The built-in starter set and the local store. */
  readonly defaultIndicators: boolean;
  readonly translate: Translator;
  /** Folder for result.json, records.jsonl, timeline.csv and report.html. */
  readonly out?: string;
  readonly password?: PasswordCallback;
  /** File with the derived backup key as 64 hexadecimal characters. */
  readonly keyFile?: string;
  /** Reader ids, or rooms (`ios`), to run exclusively / to leave out. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** What the analyst knows about the case. Nothing of it ends up in the result but the codes of people. */
  readonly profile?: CaseProfile;
  readonly accessLogs?: AccessLogOptions;
  readonly consent?: string;
  readonly verify?: boolean;
  readonly progress?: ProgressListener;
  readonly signal?: AbortSignal;
  /** Where records go besides the files of `out`. */
  readonly sinks?: readonly RecordSink[];
}

export interface CheckOutcome {
  readonly result: Result;
  /** The same result in another language. */
  inLanguage(language: Language): Result;
  /** Files written to `out`. */
  readonly files: readonly string[];
}

/** A reader named in `--only` or `--skip` does not exist. */
export class UnknownReaderError extends Error {
  override readonly name = 'UnknownReaderError';
  constructor(
    readonly reader: string,
    readonly known: readonly string[],
  ) {
    super(`unknown reader: ${reader}`);
  }
}

/**
 * Runs a check.
 *
 * @throws UnknownReaderError; OutputInEvidenceError when `out` would change the evidence; OutputError when it cannot be
 * written; FeedPathError when indicators given cannot be used; EvidenceError when nothing given could be opened; the
 * reason of `signal` when aborted
 */
export async function runCheck(options: CheckOptions): Promise<CheckOutcome> {
  const chosen = chooseReaders(options.only, options.skip);
  const clock = (): string => new Date().toISOString();
  const { standardInput } = options;
  if (options.out) {
    const onDisk = options.paths.filter((path) => !(standardInput && path === STANDARD_INPUT));
    await refuseOutputInEvidence(options.out, onDisk, OUTPUT_FILES, OUTPUT_FOLDERS);
  }
  const { matcher, rulePacks, feedsIn } = await loadFeedsForCheck(options, clock());
  const opened = await openEvidence(options.paths, {
    ...(options.password ? { password: options.password } : {}),
    ...(options.keyFile ? { keyFile: options.keyFile } : {}),
    ...(options.progress ? { progress: options.progress } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(standardInput ? { standardInput } : {}),
    ...(options.held ? { held: options.held } : {}),
  });
  try {
    options.signal?.throwIfAborted();
    const outputs = options.out ? await openOutputs(options.out, options.translate) : null;
    try {
      const { result, inLanguageOf } = await runPipeline({
        sources: opened.sources,
        evidence: opened.given,
        readers: chosen,
        detectors: detectors.map(({ detector }) => detector),
        kinds: recordKinds,
        matcher,
        rulePacks,
        feedsIn,
        translate: options.translate,
        // Letters go to people elsewhere: their times are UTC.
        translatorOf: (language) => translatorFor(language, 'UTC'),
        clock,
        toolVersion: VERSION,
        consent: options.consent ?? null,
        ...(options.profile ? { profile: options.profile } : {}),
        ...(options.accessLogs ? { accessLogs: options.accessLogs } : {}),
        sinks: [...(outputs?.sinks ?? []), ...(options.sinks ?? [])],
        ...(options.progress ? { progress: options.progress } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
        ...(options.verify ? { rehash: () => opened.rehash() } : {}),
      });
      const files = outputs ? await outputs.finish(result) : [];
      const { timeZone } = options.translate;
      const inLanguage = (language: Language): Result => inLanguageOf(translatorFor(language, timeZone));
      return { result, inLanguage, files };
    } catch (error) {
      await outputs?.abort();
      throw error;
    }
  } finally {
    await opened.close();
  }
}

function chooseReaders(only: readonly string[] = [], skip: readonly string[] = []): readonly AnyReader[] {
  const all = readers.map(({ reader }) => reader);
  const names = (reader: AnyReader): string[] => [reader.id, ...reader.id.split('/')];
  for (const wanted of [...only, ...skip]) {
    if (!all.some((reader) => names(reader).includes(wanted))) {
      throw new UnknownReaderError(
        wanted,
        all.map((reader) => reader.id),
      );
    }
  }
  return all.filter((reader) => {
    const own = names(reader);
    return (
      (only.length === 0 || only.some((name) => own.includes(name))) &&
      !skip.some((name) => own.includes(name))
    );
  });
}
