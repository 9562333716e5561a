import picomatch from 'picomatch';
import type { ArtifactPlace, EvidenceFile, EvidenceSource, ReadContext, Reader } from './contracts.js';

/**
 * Loose files looked into by content, per source. Looking costs an open per file: seconds for a large folder of
 * exports, too much for a dump of half a million files. What lies beyond is said to be lost.
 */
const MAX_PROBED_FILES = 20_000;

/** Which reader reads which file of a source, and what was not recognised. */
export interface Routes {
  readonly files: ReadonlyMap<Reader, readonly EvidenceFile[]>;
  readonly unrecognisedFiles: number;
  /** First names of unrecognised files, for the coverage. */
  readonly unrecognisedExamples: readonly string[];
  /** Files beyond the limit that were not looked into. */
  readonly notProbedFiles: number;
  /** Journals that are read with their database. */
  readonly sidecarFiles: number;
}

/** What readers may call a source: its kind, and `files` for a heap of files. */
export function kindsOf(source: EvidenceSource): readonly string[] {
  return source.fixedPlaces ? [source.kind] : [source.kind, 'files'];
}

/** Places of a reader that apply to a source. */
export function placesFor(reader: Reader, source: EvidenceSource): readonly ArtifactPlace[] {
  const names = kindsOf(source);
  return reader.artifacts.filter((place) => place.in.some((kind) => names.includes(kind)));
}

/** Whether a reader has any business with a source. */
export function appliesTo(reader: Reader, source: EvidenceSource): boolean {
  if (placesFor(reader, source).length > 0) return true;
  return source.probeLooseFiles && reader.recognises !== undefined;
}

/** Finds the files of each reader: first by place, then, among loose files, by content. */
export async function routeFiles(
  source: EvidenceSource,
  readers: readonly Reader[],
  context?: ReadContext,
): Promise<Routes> {
  const signal = context?.signal;
  const files = new Map<Reader, EvidenceFile[]>();
  const claimed = new Set<string>();
  const claim = (reader: Reader, file: EvidenceFile): void => {
    const list = files.get(reader);
    if (list) list.push(file);
    else files.set(reader, [file]);
    claimed.add(file.path);
  };

  const matchers = readers.flatMap((reader) => {
    const globs = placesFor(reader, source).map((place) => place.path);
    return globs.length === 0 ? [] : [{ reader, globs, fits: picomatch(globs, { dot: true }) }];
  });
  const globs = [...new Set(matchers.flatMap((matcher) => matcher.globs))];
  if (globs.length > 0) {
    for await (const file of source.find(globs)) {
      signal?.throwIfAborted();
      for (const { reader, fits } of matchers) {
        if (fits(file.path) && (await confirmed(reader, file, source, context))) claim(reader, file);
      }
    }
  }

  let probed = 0;
  let unrecognisedFiles = 0;
  let notProbedFiles = 0;
  let sidecarFiles = 0;
  const unrecognisedExamples: string[] = [];
  if (source.probeLooseFiles) {
    for await (const file of source.find(['**'])) {
      signal?.throwIfAborted();
      if (claimed.has(file.path)) continue;
      if (isSidecar(file.path)) {
        sidecarFiles += 1;
        continue;
      }
      if (probed >= MAX_PROBED_FILES) {
        notProbedFiles += 1;
        continue;
      }
      probed += 1;
      if (await claimByContent(readers, file, claim, context)) continue;
      unrecognisedFiles += 1;
      if (unrecognisedExamples.length < 10) unrecognisedExamples.push(file.path);
    }
  }
  return { files, unrecognisedFiles, unrecognisedExamples, notProbedFiles, sidecarFiles };
}

// Journals of a database are read with it, not on their own.
function isSidecar(path: string): boolean {
  return /-(wal|shm|journal)$/.test(path);
}

// In a backup the place is enough. Elsewhere a file may carry the right name and be something else: then its content
// decides. A damaged file cannot be told from a foreign one; it goes to the reader, which reports it as unreadable,
// rather than vanish among the unrecognised ones.
async function confirmed(
  reader: Reader,
  file: EvidenceFile,
  source: EvidenceSource,
  context: ReadContext | undefined,
): Promise<boolean> {
  if (source.fixedPlaces || !reader.recognises) return true;
  try {
    const probe = await file.probe();
    return (await reader.recognises(probe, context)) || (await probe.sqliteTables()).size === 0;
  } catch {
    // It cannot be looked into: the reader will meet the same error and report it with its place.
    return true;
  }
}

async function claimByContent(
  readers: readonly Reader[],
  file: EvidenceFile,
  claim: (reader: Reader, file: EvidenceFile) => void,
  context: ReadContext | undefined,
): Promise<boolean> {
  let found = false;
  try {
    const probe = await file.probe();
    for (const isLast of [false, true]) {
      if (found) break;
      for (const reader of readers) {
        if ((reader.lastResort ?? false) !== isLast) continue;
        if (reader.recognises && (await reader.recognises(probe, context))) {
          claim(reader, file);
          found = true;
        }
      }
    }
  } catch {
    // Counted as unrecognised, which the coverage shows.
    return false;
  }
  return found;
}
