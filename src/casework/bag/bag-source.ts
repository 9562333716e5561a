/**
 * The files of a bag as they lie in a folder or a zip. Opened here and not as other evidence is, because that looks into archives
 * it finds and lists what they hold in their place: a bag's manifests speak of the files as they are.
 */
import { lstat } from 'node:fs/promises';
import { fromRandomAccessReaderPromise } from 'yauzl';
import type { Problem } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { headOf, readRange, type Stored } from '../../evidence/file-range.js';
import { folderContent, type ListContext, listFolder } from '../../evidence/folder.js';
import { IDENTIFY_BYTES, identify } from '../../evidence/identify.js';
import { Budget, DEFAULT_LIMITS } from '../../evidence/limits.js';
import type { Content } from '../../evidence/listed-source.js';
import type { ListedMember, Listing } from '../../evidence/listing.js';
import { ProblemCollector } from '../../evidence/problem-collector.js';
import { listZip, zipContent } from '../../evidence/zip.js';
import { WindowReader } from '../../evidence/zip-reader.js';
import { isSafeName } from './bag-names.js';
import { BagError, type BagProblemCode } from './bag-problem.js';

/** Where the files of a bag are read. */
export interface BagSource {
  /** Paths of all files, "/" between parts. */
  paths(): Iterable<string>;
  /** @throws EvidenceError */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** What could not be listed, or should not be there. */
  readonly faults: readonly SourceFault[];
}

interface SourceFault {
  readonly code: BagProblemCode;
  readonly path: string;
}

export interface OpenBagOptions {
  readonly signal?: AbortSignal | undefined;
  /** Files at most. */
  readonly maxFiles?: number | undefined;
}

const FAULTS = new Map<string, BagProblemCode>([
  ['duplicate-name', 'twice-in-archive'],
  ['unsafe-name', 'unsafe-name'],
  ['empty-name', 'unsafe-name'],
  ['name-too-long', 'unsafe-name'],
  // Whoever unpacks it gets the link, and follows it.
  ['link-skipped', 'not-a-file'],
  ['special-file-skipped', 'not-a-file'],
  ['content-is-link', 'not-a-file'],
  ['limit-count', 'too-many-files'],
]);

/** @throws BagError `not-a-bag` for what is neither folder nor zip, `unreadable`; the reason of `signal` when aborted */
export async function openBagSource(path: string, options: OpenBagOptions = {}): Promise<BagSource> {
  const { signal, maxFiles } = options;
  const collector = new ProblemCollector('');
  const limits = { ...DEFAULT_LIMITS, members: maxFiles ?? DEFAULT_LIMITS.members };
  const context: ListContext = { limits, collector, signal };
  try {
    const facts = await lstat(path);
    if (facts.isDirectory()) {
      return sourceOf(await listFolder(path, context), folderContent(path), collector, []);
    }
    if (!facts.isFile()) throw new BagError('not-a-bag', path);
    return await openZippedBag({ stored: path, sizeBytes: facts.size, path }, options);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof BagError ? error : new BagError('unreadable', path, { cause: error });
  }
}

/** A zip, also one that is decrypted while it is read. @throws as {@link openBagSource} */
export async function openZippedBag(
  zip: { readonly stored: Stored; readonly sizeBytes: number /** For messages. */; readonly path: string },
  options: OpenBagOptions = {},
): Promise<BagSource> {
  const { stored, sizeBytes, path } = zip;
  const { signal, maxFiles } = options;
  const pointer = { evidence: '', path: '', locator: '' };
  const collector = new ProblemCollector('');
  const limits = { ...DEFAULT_LIMITS, members: maxFiles ?? DEFAULT_LIMITS.members };
  try {
    if (identify(await headOf(readRange(stored, pointer), IDENTIFY_BYTES)) !== 'zip')
      throw new BagError('not-a-bag', path);
    const listing = await listZip(stored, sizeBytes, { limits, collector, signal });
    const content = zipContent(stored, sizeBytes, new Budget(limits));
    const unsafe = await unsafeNamesOf(stored, sizeBytes, limits.members, signal);
    return sourceOf(listing, content, collector, unsafe);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof BagError ? error : new BagError('unreadable', path, { cause: error });
  }
}

function sourceOf<M extends ListedMember>(
  listing: Listing<M>,
  content: Content<M>,
  collector: ProblemCollector,
  unsafeNames: readonly string[],
): BagSource {
  const faults = [
    ...unsafeNames.map((path): SourceFault => ({ code: 'unsafe-name', path })),
    ...collector
      .list()
      .filter((problem) => !unsafeNames.includes(problem.source.path))
      .map(faultOf),
  ];
  return {
    faults,
    *paths() {
      for (const { path } of listing.members()) yield path;
    },
    stream(path) {
      const pointer = { evidence: '', path, locator: '' };
      const member = listing.get(path);
      if (member === undefined) throw new EvidenceError('missing', pointer);
      return content.stream(member, pointer);
    },
  };
}

function faultOf(problem: Problem): SourceFault {
  return { code: FAULTS.get(problem.code) ?? 'unreadable', path: problem.source.path };
}

/** Names kept; one is enough to refuse a bag. */
const MAX_UNSAFE_NAMES = 100;

/**
 * Listing makes names of dumps usable ("/a" and "b\a" become paths): other programs may obey them as they are, so those
 * of a bag are looked at as they are written.
 */
async function unsafeNamesOf(
  stored: Stored,
  sizeBytes: number,
  maxFiles: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const unsafe: string[] = [];
  let seen = 0;
  try {
    const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false, autoClose: false };
    const reader = new WindowReader(stored, sizeBytes, '');
    try {
      const zip = await fromRandomAccessReaderPromise(reader, sizeBytes, options);
      for await (const { fileNameRaw } of zip.eachEntry()) {
        signal?.throwIfAborted();
        seen += 1;
        if (seen > maxFiles || unsafe.length >= MAX_UNSAFE_NAMES) break;
        // The characters looked for are the same in code page 437 and UTF-8.
        const name = Buffer.from(fileNameRaw).toString('utf8');
        if (!isSafeName(name.replace(/\/$/, ''))) unsafe.push(name.slice(0, 200));
      }
    } finally {
      reader.closeFile();
    }
  } catch {
    // Damaged: listing has found that and says so.
    signal?.throwIfAborted();
  }
  return unsafe;
}
