/**
 * Opens what was given: folders, files, archives, backups, and what lies inside them. Never writes to evidence,
 * never unpacks to a path that evidence names.
 *
 * Rules, so that results can be understood and repeated:
 * - Everything given has one entry; archives and backups found inside have an entry each, with `details.within`.
 *   Only a folder that holds exactly one backup and nothing else has no entry of its own: the backup's stands for it.
 * - Archives inside are recognised by content. In a folder or archive with more than 2,000 loose files only files with
 *   an archive's name are looked into. Documents and apps that happen to be zips are not opened, by name.
 * - A gzip, Zstandard or bzip2 file that holds one file (a rotated log) is no source of its own: what it holds is listed beside
 *   the other files as `name.gz!/name`.
 * - A file sealed in the age format has one entry with what is in it: its kind is that of its content. It is never copied in
 *   the clear: only databases are, to be opened, as those of encrypted backups are.
 */
import { existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import type {
  EvidenceEntry,
  EvidenceKind,
  EvidenceSource,
  Pointer,
  Problem,
  ProgressListener,
} from '../core/contracts.js';
import { EVIDENCE_ERROR_CODES, EvidenceError, problemOf } from '../core/evidence-error.js';
import { STANDARD_INPUT } from '../core/standard-input.js';
import { AgeError } from './age/age-error.js';
import { KeyRing, parseIdentityFile } from './age/key-ring.js';
import type { UnsealedFile } from './age/unsealed-file.js';
import { findBackups, looksLikeBackup } from './backup-layout.js';
import { headOf, type RandomAccess, readRange, type Stored, toEvidenceError } from './file-range.js';
import { folderContent, type ListContext, listFolder } from './folder.js';
import { folderDigest } from './hash-files.js';
import { type Digests, Hasher } from './hasher.js';
import { HELD_CONTENT, type HeldEvidence, type HeldFile, type HeldMember, listHeld } from './held.js';
import { IDENTIFY_BYTES, identify } from './identify.js';
import { openIosBackup } from './ios-backup/ios-backup.js';
import { Budget, DEFAULT_LIMITS, type EvidenceLimits } from './limits.js';
import { type Content, ListedSource } from './listed-source.js';
import { type ListedMember, Listing } from './listing.js';
import {
  isPackedFormat,
  type PackedFormat,
  type PackedKind,
  packedKind,
  packingOf,
  type UnpackedMember,
  unpack,
  unpackedName,
  withUnpacked,
} from './packed.js';
import { ProblemCollector, problemAt } from './problem-collector.js';
import { Scratch } from './scratch.js';
import {
  errorOfSealed,
  type SealedProblem,
  sizeOf,
  spoolSealed,
  type UnlockedSealed,
  unlockSealed,
  unseal,
} from './sealed.js';
import { type Spooled, spool } from './spool.js';

/** Asked when encrypted evidence needs a password; `attempt` counts from 1 and rises after a wrong one. Null gives up. */
export type PasswordCallback = (request: { readonly attempt: number }) => Promise<string | null>;

export interface OpenOptions {
  readonly password?: PasswordCallback;
  /** File with a derived backup key, instead of a password, or with keys that sealed files are opened with. */
  readonly keyFile?: string;
  readonly progress?: ProgressListener;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<EvidenceLimits>;
  /** False leaves the hashes out. Default true. */
  readonly hash?: boolean;
  /** What the path `-` stands for, asked for when its turn comes. Left out: `-` is a file of that name. */
  readonly standardInput?: () => Readable;
  /** What stands for paths: evidence that the caller holds, sealed or in pieces. It stays the caller's to close. */
  readonly held?: ReadonlyMap<string, HeldEvidence>;
}

export interface OpenedEvidence {
  /** What readers read, in the order of their ids. */
  readonly sources: readonly EvidenceSource[];
  /** One entry of the result each; `problems` are those that are not in the problems of the source of the same id. */
  readonly given: readonly EvidenceEntry[];
  /** Hashes again what was given: one problem `evidence-changed` for each that is no longer the same. */
  rehash(): Promise<readonly Problem[]>;
  /** Closes everything and removes all working copies. */
  close(): Promise<void>;
}

/**
 * Opens evidence. What cannot be opened does not end the run: it has an entry with a problem.
 *
 * @example
 * const evidence = await openEvidence(['/cases/7/phone-backup', 'chats.zip']);
 * try {
 *   for (const source of evidence.sources) console.log(source.id, source.kind, source.path);
 * } finally {
 *   await evidence.close();
 * }
 * @throws EvidenceError when nothing at all could be opened; the reason of `signal` when aborted
 */
export async function openEvidence(
  paths: readonly string[],
  options: OpenOptions = {},
): Promise<OpenedEvidence> {
  const opener = new Opener(options, await Scratch.create());
  try {
    for (const path of paths) await opener.openGiven(path);
    if (opener.sources.length === 0) throw opener.nothingOpened(paths);
    return opener;
  } catch (error) {
    await opener.close();
    throw error;
  }
}

/** Loose files looked into for archives in one source; above it only those with an archive's name. */
const SNIFFED_FILES = 2_000;
/** An empty zip has 22 bytes (APPNOTE.TXT 4.3.16), the shortest gzip 20 (RFC 1952), one byte in Zstandard 10 (RFC 8878), nothing in bzip2 14. */
const SMALLEST_ARCHIVE_BYTES = 10;
const ARCHIVE_NAME = /\.(zip|tar|tgz|gz|gzip|7z|rar|bz2|bzip2|tbz|tbz2|tb2|xz|zst|zstd|tzst|age)$/i;
/** What is sealed has the name of its content before it. */
const SEALED_NAME = /\.age$/i;
/** Zips by format, but one thing by meaning. Other rooms read apps as such. */
const ZIP_BASED_NAME =
  /\.(docx|docm|dotx|xlsx|xlsm|xltx|pptx|pptm|potx|ppsx|odt|ods|odp|odg|ott|epub|pages|numbers|key|apk|apks|apkm|xapk|aab|aar|ipa|jar|war|ear|xpi|crx|vsix|nupkg|whl|kmz|cbz|3mf|xmind|sketch|appx|msix)$/i;
/** What documents and apps that are zips hold, for those that come without a name (ECMA-376 part 2, ODF 1.2 part 3, APK). */
const MEMBERS_OF_DOCUMENTS = [
  '[Content_Types].xml',
  'mimetype',
  'AndroidManifest.xml',
  'META-INF/MANIFEST.MF',
];
const UNSUPPORTED_ARCHIVES: readonly string[] = ['7z', 'rar', 'xz'];
/** Journals SQLite keeps beside a database: rows may be only there. */
const WAL_HEADER_BYTES = 32;
const SIDECAR_ENDINGS = ['-wal', '-shm', '-journal'];

type ArchiveKind = 'zip' | 'tar' | PackedKind;

class Entry implements EvidenceEntry {
  readonly problems: Problem[] = [];
  /** Hashes now; null for what has no bytes of its own. */
  measure: (() => Promise<string | null>) | null = null;
  sha256: Promise<string | null> = Promise.resolve(null);
  sizeBytes = 0;
  facts: Record<string, unknown> = {};
  source: EvidenceSource | null = null;

  constructor(
    readonly id: string,
    readonly path: string,
    public kind: EvidenceKind,
  ) {}

  get details(): Readonly<Record<string, unknown>> {
    return { ...this.source?.details, ...this.facts };
  }

  add(code: string, effect: Problem['effect'], values?: Problem['values'], path = this.path): void {
    this.problems.push(problemAt(code, effect, { evidence: this.id, path, locator: '' }, values));
  }

  addSealed({ code, effect, values, locator }: SealedProblem): void {
    this.problems.push(problemAt(code, effect, { evidence: this.id, path: this.path, locator }, values));
  }
}

/** A folder or archive with the means to look further into it. */
interface Container<M extends ListedMember> {
  readonly entry: Entry;
  readonly source: ListedSource<M>;
  /** Archives around it, itself included. */
  readonly depth: number;
  /** Between the path of the container and that of something in it. */
  readonly separator: '/' | '!/';
  /** It is read out of sealed evidence: copies of what is in it are sealed too. */
  readonly isSealed: boolean;
  /** SHA-256 of a file of it, when it is hashed with the container. */
  digestOf?(member: M): Promise<string | null>;
}

class Opener implements OpenedEvidence {
  readonly sources: EvidenceSource[] = [];
  readonly given: Entry[] = [];
  readonly #options: OpenOptions;
  readonly #limits: EvidenceLimits;
  readonly #budget: Budget;
  readonly #scratch: Scratch;
  readonly #hasher: Hasher;
  readonly #opened = new Map<string, Entry>();
  readonly #unsealed: UnsealedFile[] = [];
  #keyRing: Promise<KeyRing> | null = null;
  #keyFile: string | null;

  constructor(options: OpenOptions, scratch: Scratch) {
    this.#options = options;
    this.#keyFile = options.keyFile ?? null;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#budget = new Budget(this.#limits);
    this.#scratch = scratch;
    this.#hasher = new Hasher({ progress: options.progress });
  }

  async openGiven(path: string): Promise<void> {
    this.#options.signal?.throwIfAborted();
    this.#options.progress?.({ stage: 'opening', path });
    const { standardInput } = this.#options;
    const isStandardInput = path === STANDARD_INPUT && standardInput !== undefined;
    const held = this.#options.held?.get(path);
    try {
      if (held) {
        await this.#openHeld(path, held);
        return;
      }
      const real = isStandardInput ? STANDARD_INPUT : await realpath(path);
      const earlier = this.#opened.get(real);
      if (earlier) {
        earlier.add('given-twice', 'note', undefined, path);
        return;
      }
      if (isStandardInput) {
        this.#opened.set(real, await this.#openStandardInput(standardInput()));
        return;
      }
      const facts = await stat(real);
      if (facts.isDirectory()) this.#opened.set(real, await this.#openFolder(path, real));
      else if (facts.isFile()) this.#opened.set(real, await this.#openFile(path, real, facts.size));
      else throw new EvidenceError('not-supported', this.#placeOf('', path));
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      const { code } = toEvidenceError(error, this.#placeOf('', path));
      this.#newEntry(path, code === 'missing' ? 'missing' : 'unreadable').add(code, 'lost');
    }
  }

  async rehash(): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    for (const entry of this.given) {
      const before = await entry.sha256;
      if (before === null || !entry.measure) continue;
      if ((await entry.measure()) !== before) {
        problems.push(problemAt('evidence-changed', 'lost', this.#placeOf(entry.id, entry.path)));
      }
    }
    return problems;
  }

  async close(): Promise<void> {
    await this.#hasher.close();
    // Backups in archives read from the archive: last opened, first closed.
    for (const source of this.sources.toReversed()) await source.close();
    for (const file of this.#unsealed) file.forget();
    (await this.#keyRing)?.forget();
    await this.#scratch.remove();
  }

  nothingOpened(paths: readonly string[]): EvidenceError {
    const entry = this.given[0];
    const problem = entry?.problems.find(({ effect }) => effect === 'lost');
    const known = EVIDENCE_ERROR_CODES.find((code) => code === problem?.code);
    const sealed = problem ? errorOfSealed(problem.code) : null;
    const code =
      known ?? sealed ?? (problem?.code === 'nothing-inside' ? 'empty' : entry ? 'damaged' : 'missing');
    const place = this.#placeOf(entry?.id ?? '', entry?.path ?? paths[0] ?? '');
    return new EvidenceError(code, place, sealed && problem ? { problem } : {});
  }

  // -------------------------------------------------------------------------------------------------------------
  // Folders

  async #openFolder(path: string, root: string): Promise<Entry> {
    const id = this.#nextId();
    const collector = new ProblemCollector(id);
    const listing = await listFolder(root, this.#listContext(collector));
    const backups = findBackups(listing);
    const [prefix] = backups;
    if (backups.length === 1 && prefix !== undefined && prefix !== '' && collector.list().length === 0) {
      const isAlone = [...listing.members()].every((member) => member.path.startsWith(prefix));
      const folder = prefix.slice(0, -1);
      if (isAlone) return this.#openFolder(join(path, folder), join(root, folder));
    }

    const isBackup = backups.includes('');
    const entry = this.#newEntry(path, isBackup ? 'ios-backup' : 'folder', id);
    entry.sizeBytes = listing.totalBytes;
    const isWhole = collector.list().every(({ effect }) => effect === 'note');
    const digests = this.#hashFolder(entry, root, listing, isWhole);
    const order = new Map<string, number>();
    const source = this.#newSource(entry, listing, folderContent(root), collector, {});
    await this.#openTree(backups, {
      entry,
      source,
      depth: 0,
      separator: '/',
      isSealed: false,
      digestOf: async (member) => {
        if (order.size === 0) for (const { path: own } of listing.members()) order.set(own, order.size);
        return (await digests)[order.get(member.path) ?? -1] ?? null;
      },
    });
    return entry;
  }

  async #openTree<M extends ListedMember>(
    backups: readonly string[],
    container: Container<M | UnpackedMember>,
  ): Promise<void> {
    const { entry, source } = container;
    const isBackup = backups.includes('');
    if (isBackup) {
      await this.#openBackup(container, '', entry);
      // The problems of listing are not those of the backup source, which has its own list.
      entry.problems.push(...source.collector.list());
    }
    const others = backups.filter((backup) => backup !== '');
    await this.#reporting(entry, () => this.#explore(container, others, isBackup));
  }

  // -------------------------------------------------------------------------------------------------------------
  // Held evidence

  async #openHeld(path: string, held: HeldEvidence): Promise<void> {
    const [only] = held.files;
    if (held.form === 'folder') await this.#openHeldFolder(path, held);
    else if (only) await this.#openHeldFile(path, only);
    else throw new EvidenceError('empty', this.#placeOf('', path));
  }

  async #openHeldFolder(path: string, held: HeldEvidence): Promise<void> {
    const id = this.#nextId();
    const listing = listHeld(held);
    const backups = findBackups(listing);
    const [prefix] = backups;
    // As with folders on disk: a backup that lies in it alone is what was meant.
    if (backups.length === 1 && prefix !== undefined && prefix !== '') {
      if ([...listing.members()].every((member) => member.path.startsWith(prefix))) {
        const files = held.files.map((file) => ({ ...file, path: file.path.slice(prefix.length) }));
        return this.#openHeldFolder(join(path, prefix.slice(0, -1)), { form: 'folder', files });
      }
    }
    const entry = this.#newEntry(path, backups.includes('') ? 'ios-backup' : 'folder', id);
    entry.sizeBytes = listing.totalBytes;
    entry.sha256 = Promise.resolve(folderDigest(held.files));
    const source = this.#newSource(entry, listing, HELD_CONTENT, new ProblemCollector(id), {});
    await this.#openTree<HeldMember>(backups, {
      entry,
      source,
      depth: 0,
      separator: '/',
      isSealed: true,
      digestOf: async (member) => listing.get(member.path)?.file.sha256 ?? null,
    });
  }

  async #openHeldFile(path: string, { stored, sha256 }: HeldFile): Promise<void> {
    const entry = this.#newEntry(path, 'file');
    entry.sizeBytes = stored.sizeBytes;
    entry.sha256 = Promise.resolve(sha256);
    await this.#reporting(entry, async () => {
      const head = await headOf(readRange(stored, this.#placeOf(entry.id, '')), IDENTIFY_BYTES);
      const name = basename(path);
      if (identify(head) === 'age' && this.#budget.takeArchive())
        await this.#openSealed(entry, stored, name, 1);
      else await this.#openContent(entry, stored, name, 1);
    });
  }

  #hashFolder(
    entry: Entry,
    root: string,
    listing: Listing<ListedMember>,
    isWhole: boolean,
  ): Promise<Digests> {
    const paths = [...listing.members()].map(({ path }) => path);
    if (this.#options.hash === false) return Promise.resolve([]);
    const digests = this.#hasher.hash(
      paths.map((path) => join(root, path)),
      listing.totalBytes,
    );
    entry.sha256 = digests.then((all) => {
      const unhashed = all.filter((digest) => digest === null).length;
      if (unhashed > 0) {
        entry.add('not-hashed', 'note', { files: unhashed });
        entry.facts.notHashedFiles = unhashed;
      }
      // Where folders could not be listed or files were left out, there is no hash: half a one says nothing.
      if (!isWhole) return null;
      return folderDigest(paths.map((path, index) => ({ path, sha256: all[index] ?? null })));
    });
    entry.measure = async () => {
      const again = await listFolder(root, this.#listContext(new ProblemCollector(entry.id)));
      const now = [...again.members()].map(({ path }) => path);
      const all = await this.#hasher.hash(
        now.map((path) => join(root, path)),
        again.totalBytes,
      );
      return folderDigest(now.map((path, index) => ({ path, sha256: all[index] ?? null })));
    };
    return digests;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Files and archives

  /** Copies standard input into scratch, where it is a file like any other that was given. */
  async #openStandardInput(stream: Readable): Promise<Entry> {
    const { signal, hash } = this.#options;
    const pointer = this.#placeOf(this.#nextId(), STANDARD_INPUT);
    const target = await this.#scratch.newPath('standard-input');
    // A person who presses Ctrl-C while nothing comes would otherwise be waited for.
    if (signal) addAbortSignal(signal, stream);
    const copy = await spool(this.#counted(stream, pointer), target, pointer, { hash: hash !== false });
    signal?.throwIfAborted();
    if (copy.sizeBytes === 0) throw copy.failure ?? new EvidenceError('empty', pointer);
    const isDocument = await this.#isDocument(target, copy.sizeBytes, pointer);
    const entry = await this.#openFile(STANDARD_INPUT, target, copy.sizeBytes, { copy, isDocument });
    if (copy.failure) entry.add(copy.failure.code, 'lost');
    return entry;
  }

  /** Whether a zip is a document or an app, told by what it holds where no name tells it. */
  async #isDocument(stored: Stored, sizeBytes: number, pointer: Pointer): Promise<boolean> {
    if (identify(await headOf(readRange(stored, pointer), IDENTIFY_BYTES)) !== 'zip') return false;
    const { listZip } = await import('./zip.js');
    try {
      // Its problems are found again when it is opened.
      const context = this.#listContext(new ProblemCollector(pointer.evidence));
      const listing = await listZip(stored, sizeBytes, context);
      return MEMBERS_OF_DOCUMENTS.some((name) => listing.get(name) !== undefined);
    } catch {
      this.#options.signal?.throwIfAborted();
      return false;
    }
  }

  async #openFile(
    path: string,
    diskPath: string,
    sizeBytes: number,
    piped?: { readonly copy: Spooled; readonly isDocument: boolean },
  ): Promise<Entry> {
    const id = this.#nextId();
    const pointer = this.#placeOf(id, '');
    const head = await headOf(readRange(diskPath, pointer), IDENTIFY_BYTES);
    const format = identify(head);
    const isDocument = ZIP_BASED_NAME.test(path) || piped?.isDocument === true;
    const kind = isDocument
      ? null
      : await this.#archiveKind(format, () => readRange(diskPath, pointer), pointer);
    const isOpened = (kind !== null || format === 'age') && this.#budget.takeArchive();
    const entry = this.#newEntry(path, isOpened ? (kind ?? 'age') : 'file', id);
    entry.sizeBytes = sizeBytes;
    if (this.#options.hash !== false) {
      entry.measure = async () => (await this.#hasher.hash([diskPath], sizeBytes))[0] ?? null;
      // Of what did not come whole there is no hash: half a one says nothing.
      entry.sha256 = piped ? Promise.resolve(piped.copy.failure ? null : piped.copy.sha256) : entry.measure();
    }
    if (isOpened) {
      const name = basename(path);
      await this.#reporting(entry, () =>
        kind ? this.#openArchive(entry, kind, diskPath, name, 1) : this.#openSealed(entry, diskPath, name, 1),
      );
      return entry;
    }
    if (kind || format === 'age') entry.add('limit-count', 'lost');
    if (isUnsupported(format, kind, isDocument)) entry.add('unsupported-archive', 'lost', { format });

    const listing = new Listing<ListedMember>();
    listing.add({ path: basename(path), sizeBytes });
    const folder = dirname(diskPath);
    const content = folderContent(folder);
    const ownName = basename(diskPath);
    // A link may have another name than the file it leads to.
    const diskNameOf = (name: string): string => ownName + name.slice(basename(path).length);
    const sidecars = SIDECAR_ENDINGS.map((ending) => basename(path) + ending).filter(
      (name) => (format === 'sqlite' || format === 'empty') && existsSync(join(folder, diskNameOf(name))),
    );
    // A database can be empty and all its rows still in its log.
    if (format === 'empty' && sidecars.length === 0) entry.add('empty', 'lost');
    for (const name of sidecars) listing.add({ path: name, sizeBytes: null });
    const named: Content<ListedMember> = {
      diskPath: (member) => join(folder, diskNameOf(member.path)),
      stream: (member, place) => content.stream({ path: diskNameOf(member.path), sizeBytes: null }, place),
    };
    const facts = sidecars.length > 0 ? { format, sidecars } : { format };
    this.#addSource(entry, this.#newSource(entry, listing, named, new ProblemCollector(id), facts));
    return entry;
  }

  /** How content with this beginning is opened; null when it is no archive that can be. */
  async #archiveKind(
    format: string,
    stream: () => AsyncIterable<Uint8Array>,
    pointer: Pointer,
  ): Promise<ArchiveKind | null> {
    if (format === 'zip' || format === 'tar') return format;
    if (!isPackedFormat(format)) return null;
    const inside = await this.#insideOfPacked(format, stream(), pointer);
    return inside === null ? null : packedKind(format, inside);
  }

  /** Null when it is packed in a way that cannot be unpacked. */
  async #insideOfPacked(
    format: PackedFormat,
    packed: AsyncIterable<Uint8Array>,
    pointer: Pointer,
  ): Promise<string | null> {
    const start: Uint8Array[] = [];
    try {
      start.push(await headOf(unpack(packed, format, pointer, this.#budget), IDENTIFY_BYTES));
    } catch (error) {
      if (error instanceof EvidenceError && error.code === 'not-supported') return null;
      // Damaged from the start: it is listed as a packed file, and reading it says so.
    }
    return identify(Buffer.concat(start));
  }

  /** Opens an archive: given, sealed, or copied to scratch. */
  async #openArchive(
    entry: Entry,
    kind: ArchiveKind,
    stored: Stored,
    name: string,
    depth: number,
  ): Promise<void> {
    this.#options.progress?.({ stage: 'opening', path: entry.path });
    const collector = new ProblemCollector(entry.id);
    const context = this.#listContext(collector);
    if (kind === 'zip') {
      const size = await sizeOf(stored, this.#placeOf(entry.id, ''));
      // Loaded where there is an archive: most checks are of a folder.
      const { listZip, zipContent } = await import('./zip.js');
      const listing = await listZip(stored, size, context);
      const content = zipContent(stored, size, this.#budget);
      await this.#openListed(
        { entry, depth, isSealed: typeof stored !== 'string' },
        listing,
        content,
        collector,
      );
    } else if (kind === 'tar') {
      await this.#openTar(entry, stored, context, depth);
    } else {
      await this.#openPacked(entry, kind, stored, name, context, depth);
    }
  }

  async #openPacked(
    entry: Entry,
    kind: PackedKind,
    stored: Stored,
    name: string,
    context: ListContext,
    depth: number,
  ): Promise<void> {
    const { collector } = context;
    const packing = packingOf(kind);
    if (!packing) return;
    const { format, isTar } = packing;
    if (isTar) {
      const pointer = this.#placeOf(entry.id, '');
      const plain = unpack(readRange(stored, pointer), format, pointer, this.#budget);
      const copy = await this.#copy(plain, `${name}.tar`, pointer, typeof stored !== 'string');
      if (copy.failure) collector.add(copy.failure.code, 'lost', '', copy.failure.source.locator);
      await this.#openTar(entry, copy.stored, context, depth);
      return;
    }
    const listing = new Listing<UnpackedMember>();
    const packed = { path: name, sizeBytes: entry.sizeBytes };
    listing.add({ path: unpackedName(name), sizeBytes: null, packed, format });
    const content: Content<ListedMember> = { stream: (_member, pointer) => readRange(stored, pointer) };
    await this.#openListed(
      { entry, depth, isSealed: typeof stored !== 'string' },
      listing,
      withUnpacked(content, this.#budget),
      collector,
    );
  }

  async #openTar(entry: Entry, stored: Stored, context: ListContext, depth: number): Promise<void> {
    const size = await sizeOf(stored, this.#placeOf(entry.id, ''));
    const { listTar, tarContent } = await import('./tar.js');
    const listing = await listTar(stored, size, context);
    await this.#openListed(
      { entry, depth, isSealed: typeof stored !== 'string' },
      listing,
      tarContent(stored),
      context.collector,
    );
  }

  async #openListed<M extends ListedMember>(
    place: Pick<Container<M>, 'entry' | 'depth' | 'isSealed'>,
    listing: Listing<M>,
    content: Content<M>,
    collector: ProblemCollector,
  ): Promise<void> {
    const source = this.#newSource(place.entry, listing, content, collector, {});
    await this.#explore({ ...place, source, separator: '!/' }, findBackups(listing), false);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Sealed evidence

  async #openSealed(entry: Entry, stored: Stored, name: string, depth: number): Promise<void> {
    const pointer = this.#placeOf(entry.id, '');
    const outcome = await unlockSealed(readRange(stored, pointer), await this.#keys());
    if ('code' in outcome) entry.addSealed(outcome);
    else await this.#openUnlocked(entry, stored, outcome, name, depth);
  }

  /** What lies in it takes its place: a person who sealed a file to send it means the file. */
  async #openUnlocked(
    entry: Entry,
    stored: Stored,
    unlocked: UnlockedSealed,
    sealedName: string,
    depth: number,
  ): Promise<void> {
    const pointer = this.#placeOf(entry.id, '');
    const name = sealedName.replace(SEALED_NAME, '') || sealedName;
    entry.facts.sealed ??= unlocked.by;
    const newPath = (): Promise<string> => this.#scratch.newPath(sealedName);
    const { file, problem } = await unseal(stored, unlocked, pointer, newPath, (met) => entry.addSealed(met));
    if (problem) entry.addSealed(problem);
    if (!file) return;
    this.#unsealed.push(file);
    await this.#openContent(entry, file, name, depth);
  }

  /** What can be read at any place takes the place of its entry. */
  async #openContent(entry: Entry, file: RandomAccess, name: string, depth: number): Promise<void> {
    const pointer = this.#placeOf(entry.id, '');
    const format = identify(await headOf(readRange(file, pointer), IDENTIFY_BYTES));
    if (format === 'age') {
      if (depth >= this.#limits.depth) entry.add('limit-depth', 'lost');
      else if (!this.#budget.takeArchive()) entry.add('limit-count', 'lost');
      else await this.#openSealed(entry, file, name, depth + 1);
      return;
    }
    const isUnnamed = entry.path === STANDARD_INPUT;
    const isDocument =
      ZIP_BASED_NAME.test(name) || (isUnnamed && (await this.#isDocument(file, file.sizeBytes, pointer)));
    const stream = (): AsyncIterable<Uint8Array> => readRange(file, pointer);
    const kind = isDocument ? null : await this.#archiveKind(format, stream, pointer);
    entry.kind = kind ?? 'file';
    if (kind) {
      await this.#openArchive(entry, kind, file, name, depth);
      return;
    }
    if (isUnsupported(format, kind, isDocument)) entry.add('unsupported-archive', 'lost', { format });
    if (format === 'empty') entry.add('empty', 'lost');
    const listing = new Listing<ListedMember>();
    listing.add({ path: name, sizeBytes: file.sizeBytes });
    const content: Content<ListedMember> = { stream: (_member, place) => readRange(file, place) };
    const facts = { ...entry.facts, format };
    this.#addSource(entry, this.#newSource(entry, listing, content, new ProblemCollector(entry.id), facts));
  }

  /** A working copy, sealed where what is copied was. */
  async #copy(
    clear: AsyncIterable<Uint8Array>,
    name: string,
    pointer: Pointer,
    isSealed: boolean,
    options: { readonly hash?: boolean } = {},
  ): Promise<Spooled & { readonly stored: Stored }> {
    const target = await this.#scratch.newPath(name);
    if (!isSealed) return { ...(await spool(clear, target, pointer, options)), stored: target };
    const copy = await spoolSealed(clear, target, pointer, options);
    this.#unsealed.push(copy.stored);
    return copy;
  }

  /** Keys for sealed evidence. The key file is looked into when they are first needed, or a backup is. */
  #keys(): Promise<KeyRing> {
    this.#keyRing ??= this.#loadKeys();
    return this.#keyRing;
  }

  async #loadKeys(): Promise<KeyRing> {
    const { password } = this.#options;
    const keyFile = this.#keyFile;
    // A file that cannot be read is an error of the backup that needs it.
    const text = keyFile === null ? '' : await readFile(keyFile, 'latin1').catch(() => '');
    const keys = parseIdentityFile(text);
    if (keys) this.#keyFile = null;
    return new KeyRing(keys ?? [], password ?? null);
  }

  // -------------------------------------------------------------------------------------------------------------
  // What lies inside

  /** Opens backups and archives inside a container; what is left are its loose files. */
  async #explore<M extends ListedMember>(
    container: Container<M>,
    backups: readonly string[],
    isBackup: boolean,
  ): Promise<void> {
    const { entry, source } = container;
    const isLoose = ({ path }: ListedMember): boolean =>
      !isBackup && !backups.some((prefix) => path.startsWith(prefix));
    const loose = backups.length === 0 && !isBackup ? source.listing : source.listing.filter(isLoose);
    // The container comes before what is in it, also among the sources; whether it stays is known at the end.
    const place = this.sources.length;

    const total = backups.length + (isBackup ? 1 : 0);
    if (total > 1) entry.add('several-backups', 'note', { backups: total });
    const meantAsBackup = total === 0 ? looksLikeBackup(source.listing) : null;
    // Without the list of files what lies there is read only where its content gives it away.
    if (meantAsBackup) entry.add('not-a-backup', meantAsBackup === 'content' ? 'lost' : 'note');
    for (const prefix of backups) {
      const folder = prefix.replace(/\/$/, '');
      const path = folder === '' ? entry.path : `${entry.path}${container.separator}${folder}`;
      const inner = this.#newEntry(path, 'ios-backup');
      inner.facts.within = entry.id;
      await this.#openBackup(container, prefix, inner);
    }

    const replaced = new Set<string>();
    const unpacked: UnpackedMember<M>[] = [];
    for (const member of this.#archiveCandidates(container, loose)) {
      this.#options.signal?.throwIfAborted();
      const outcome = await this.#openInside(container, member);
      if (outcome === 'stays') continue;
      replaced.add(member.path);
      if (outcome !== 'opened') unpacked.push(outcome);
    }

    const left = new Listing<M | UnpackedMember<M>>();
    for (const member of loose.members()) if (!replaced.has(member.path)) left.add(member);
    for (const member of unpacked) left.add(member);
    await this.#noteLonelyLogs(source, left);
    if (left.size > 0) {
      const content = withUnpacked(source.content, this.#budget);
      const facts = { files: source.listing.size };
      const open = this.#newSource(entry, left, content, source.collector, facts);
      if (!isBackup) entry.source = open;
      this.sources.splice(place, 0, open);
    } else if (!isBackup) {
      entry.facts.files = source.listing.size;
      entry.problems.push(...source.collector.list());
      // Whoever gave it expected something to be in it.
      if (source.listing.size === 0 && entry.problems.length === 0) entry.add('nothing-inside', 'lost');
    }
  }

  /** Logs whose database is not there: nobody reads them, and what they hold may be messages. */
  async #noteLonelyLogs<M extends ListedMember>(
    source: ListedSource<M>,
    left: Listing<M | UnpackedMember<M>>,
  ): Promise<void> {
    for (const { path } of left.members()) {
      if (!path.endsWith('-wal') || left.get(path.slice(0, -'-wal'.length))) continue;
      const member = source.listing.get(path);
      if (!member || (member.sizeBytes !== null && member.sizeBytes <= WAL_HEADER_BYTES)) continue;
      this.#options.signal?.throwIfAborted();
      const head = await headOf(source.content.stream(member, this.#placeOf(source.id, path)), 4).catch(
        () => null,
      );
      if (head && isWal(head)) source.collector.add('log-without-database', 'lost', path);
    }
  }

  async #openBackup<M extends ListedMember>(
    container: Container<M>,
    prefix: string,
    entry: Entry,
  ): Promise<void> {
    const { password, progress, signal } = this.#options;
    await this.#keys();
    const keyFile = this.#keyFile;
    if (entry !== container.entry) {
      for (const { path, sizeBytes } of container.source.listing.members()) {
        if (path.startsWith(prefix)) entry.sizeBytes += sizeBytes ?? 0;
      }
    }
    try {
      const source = await openIosBackup(
        { source: container.source, prefix },
        {
          id: entry.id,
          ...(password ? { password } : {}),
          ...(keyFile ? { keyFile } : {}),
          ...(progress ? { progress } : {}),
          ...(signal ? { signal } : {}),
        },
      );
      this.#addSource(entry, source);
    } catch (error) {
      signal?.throwIfAborted();
      const problem = problemOf(error, this.#placeOf(entry.id, entry.path));
      entry.problems.push({ ...problem, source: { ...problem.source, evidence: entry.id } });
    }
  }

  #archiveCandidates<M extends ListedMember>(container: Container<M>, loose: Listing<M>): readonly M[] {
    const few = loose.size <= SNIFFED_FILES;
    const candidates: M[] = [];
    for (const member of loose.members()) {
      if (member.sizeBytes !== null && member.sizeBytes < SMALLEST_ARCHIVE_BYTES) continue;
      if (ZIP_BASED_NAME.test(member.path) || !(few || ARCHIVE_NAME.test(member.path))) continue;
      if (candidates.length < SNIFFED_FILES) candidates.push(member);
      else container.source.collector.count('archive-not-opened', 'lost', member.path);
    }
    return candidates;
  }

  /** Opens a file of a container if it is an archive. */
  async #openInside<M extends ListedMember>(
    container: Container<M>,
    member: M,
  ): Promise<'stays' | 'opened' | UnpackedMember<M>> {
    const { entry: outer, source } = container;
    const pointer = this.#placeOf(outer.id, member.path);
    const stream = (): AsyncIterable<Uint8Array> => source.content.stream(member, pointer);
    let format: string;
    let kind: ArchiveKind | null;
    let unlocked: UnlockedSealed | null = null;
    try {
      format = identify(await headOf(stream(), IDENTIFY_BYTES));
      if (format === 'age' && container.depth < this.#limits.depth) {
        const outcome = await unlockSealed(stream(), await this.#keys());
        if ('code' in outcome) {
          const { code, effect, locator, values } = outcome;
          source.collector.add(code, effect, member.path, locator, values);
          return 'stays';
        }
        unlocked = outcome;
      }
      kind = await this.#archiveKind(format, stream, pointer);
      // One packed file is listed beside the others. If that is an archive again, it is opened as one.
      const packing = kind && packingOf(kind);
      if (packing && !packing.isTar) {
        const { format: packed } = packing;
        if (!isArchive(await this.#insideOfPacked(packed, stream(), pointer))) {
          const name = unpackedName(basename(member.path));
          return { path: `${member.path}!/${name}`, sizeBytes: null, packed: member, format: packed };
        }
      }
    } catch {
      // It cannot be read: it stays a loose file, and whoever reads it meets the same error and reports it.
      return 'stays';
    }
    if (isUnsupported(format, kind, false)) {
      source.collector.add('unsupported-archive', 'lost', member.path, '', { format });
    }
    if (!kind && format !== 'age') return 'stays';
    if (container.depth >= this.#limits.depth) {
      source.collector.add('limit-depth', 'lost', member.path);
      return 'stays';
    }
    if (!this.#budget.takeArchive()) {
      source.collector.add('limit-count', 'lost', member.path);
      return 'stays';
    }
    const entry = this.#newEntry(`${outer.path}${container.separator}${member.path}`, kind ?? 'age');
    entry.facts.within = outer.id;
    await this.#reporting(entry, () => this.#openNested(container, member, entry, kind, unlocked));
    return 'opened';
  }

  /** What cannot be opened is a problem of its entry; only an abort ends the run. */
  async #reporting(entry: Entry, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      // What was changed in sealed evidence was said where it was met.
      if (error instanceof EvidenceError && error.cause instanceof AgeError) return;
      entry.add(toEvidenceError(error, this.#placeOf(entry.id, entry.path)).code, 'lost');
    }
  }

  async #openNested<M extends ListedMember>(
    { source, depth, digestOf, entry: outer, isSealed }: Container<M>,
    member: M,
    entry: Entry,
    kind: ArchiveKind | null,
    unlocked: UnlockedSealed | null,
  ): Promise<void> {
    const name = basename(member.path);
    const open = async (stored: Stored): Promise<void> => {
      if (unlocked) await this.#openUnlocked(entry, stored, unlocked, name, depth + 1);
      else if (kind) await this.#openArchive(entry, kind, stored, name, depth + 1);
    };
    const inPlace = source.content.diskPath?.(member) ?? source.content.randomAccess?.(member);
    if (inPlace) {
      entry.sizeBytes = member.sizeBytes ?? 0;
      if (digestOf && this.#options.hash !== false) entry.sha256 = digestOf(member);
      await open(inPlace);
      return;
    }
    const pointer = this.#placeOf(outer.id, member.path);
    const clear = this.#counted(source.content.stream(member, pointer), pointer);
    const copy = await this.#copy(clear, name, pointer, isSealed, { hash: this.#options.hash !== false });
    entry.sizeBytes = copy.sizeBytes;
    if (copy.failure) entry.add(copy.failure.code, 'lost');
    else if (this.#options.hash !== false) entry.sha256 = Promise.resolve(copy.sha256);
    await open(copy.stored);
  }

  /** Working copies count against the limits also when nothing is unpacked on the way. */
  async *#counted(stream: AsyncIterable<Uint8Array>, pointer: Pointer): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of stream) {
      this.#options.signal?.throwIfAborted();
      bytes += chunk.byteLength;
      if (bytes > this.#limits.memberBytes) throw new EvidenceError('limit-bytes', pointer);
      this.#budget.spendBytes(chunk.byteLength, pointer);
      yield chunk;
    }
  }

  // -------------------------------------------------------------------------------------------------------------

  #newSource<M extends ListedMember>(
    entry: Entry,
    listing: Listing<M>,
    content: Content<M>,
    collector: ProblemCollector,
    details: Readonly<Record<string, unknown>>,
  ): ListedSource<M> {
    const { id, kind, path, sizeBytes } = entry;
    // A backup with something else in it: the rest is read as what it is, a folder.
    const own = kind === 'ios-backup' ? 'folder' : kind;
    return new ListedSource({
      id,
      kind: own,
      path,
      sizeBytes,
      details,
      scratch: this.#scratch,
      listing,
      content,
      collector,
    });
  }

  #addSource(entry: Entry, source: EvidenceSource): void {
    entry.source = source;
    this.sources.push(source);
  }

  #nextId(): string {
    return `e${this.given.length + 1}`;
  }

  #newEntry(path: string, kind: EvidenceKind, id = this.#nextId()): Entry {
    const entry = new Entry(id, path, kind);
    this.given.push(entry);
    return entry;
  }

  #listContext(collector: ProblemCollector): ListContext {
    return { limits: this.#limits, collector, signal: this.#options.signal };
  }

  #placeOf(evidence: string, path: string): Pointer {
    return { evidence, path, locator: '' };
  }
}

// https://www.sqlite.org/fileformat2.html 4.1: the two magic numbers of a write-ahead log.
function isWal(head: Uint8Array): boolean {
  const magic = Buffer.from(head).toString('hex');
  return magic === '377f0682' || magic === '377f0683';
}

/** An archive of a format, or packed in a variant of one, that cannot be opened. */
function isUnsupported(format: string, kind: ArchiveKind | null, isDocument: boolean): boolean {
  return UNSUPPORTED_ARCHIVES.includes(format) || (!isDocument && kind === null && isPackedFormat(format));
}

function isArchive(format: string | null): boolean {
  if (format === null) return false;
  return format === 'zip' || format === 'tar' || isPackedFormat(format);
}
