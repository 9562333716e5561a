import { constants } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import type {
  EvidenceFile,
  EvidenceKind,
  EvidenceSource,
  FileProbe,
  Pointer,
  Problem,
  ScratchSpace,
} from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';
import { headOf, type RandomAccess, toEvidenceError } from './file-range.js';
import type { ListedMember, Listing } from './listing.js';
import type { ProblemCollector } from './problem-collector.js';
import { spool } from './spool.js';
import { readSqliteTables } from './sqlite/sqlite.js';

const PROBE_BYTES = 4096;

/** How the content of a source's files is read. */
export interface Content<M extends ListedMember> {
  stream(member: M, pointer: Pointer): AsyncIterable<Uint8Array>;
  /** Where the content lies on disk as it is, for quick copies; null when it has to be unpacked. */
  diskPath?(member: M): string | null;
  /** The same for what can be read at any place, but does not lie on disk as it is. */
  randomAccess?(member: M): RandomAccess | null;
}

export interface ListedSourceParts<M extends ListedMember>
  extends Pick<EvidenceSource, 'id' | 'kind' | 'path' | 'sizeBytes' | 'details' | 'scratch'> {
  readonly listing: Listing<M>;
  readonly content: Content<M>;
  readonly collector: ProblemCollector;
}

/** A source whose files are all known from the start: a folder or an archive. */
export class ListedSource<M extends ListedMember> implements EvidenceSource {
  readonly id: string;
  readonly kind: EvidenceKind;
  readonly path: string;
  readonly sizeBytes: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly scratch: ScratchSpace;
  readonly fixedPlaces = false;
  readonly probeLooseFiles = true;
  readonly locked = null;
  readonly listing: Listing<M>;
  readonly content: Content<M>;
  readonly collector: ProblemCollector;
  readonly #failedLooks = new Set<string>();

  constructor(parts: ListedSourceParts<M>) {
    this.id = parts.id;
    this.kind = parts.kind;
    this.path = parts.path;
    this.sizeBytes = parts.sizeBytes;
    this.details = parts.details;
    this.scratch = parts.scratch;
    this.listing = parts.listing;
    this.content = parts.content;
    this.collector = parts.collector;
  }

  /** The same source with other files, for what is left when backups and archives in it are sources of their own. */
  withListing(listing: Listing<M>, details: Readonly<Record<string, unknown>>): ListedSource<M> {
    return new ListedSource({ ...this.#parts(), listing, details });
  }

  async file(path: string): Promise<EvidenceFile | null> {
    const member = this.listing.get(path);
    return member ? this.fileOf(member) : null;
  }

  async *find(globs: readonly string[]): AsyncGenerator<EvidenceFile, void, undefined> {
    for (const member of this.listing.find(globs)) yield this.fileOf(member);
  }

  fileOf(member: M): EvidenceFile {
    return new ListedFile(this, member);
  }

  problems(): readonly Problem[] {
    return this.collector.list();
  }

  /**
   * A first look that fails is said here: no reader recognises a file that cannot be looked into, so nobody else
   * would. What the listing has said already (encrypted, packed in an unknown way) is not said twice.
   */
  lookFailed(path: string, error: unknown): void {
    if (!(error instanceof EvidenceError) || this.#failedLooks.has(path)) return;
    if (error.code === 'encrypted' || error.code === 'not-supported') return;
    this.#failedLooks.add(path);
    this.collector.add(error.code, 'lost', path, error.source.locator);
  }

  /** Nothing is held open between reads; scratch copies belong to whoever opened all the evidence. */
  async close(): Promise<void> {}

  #parts(): ListedSourceParts<M> {
    const { id, kind, path, sizeBytes, details, scratch, listing, content, collector } = this;
    return { id, kind, path, sizeBytes, details, scratch, listing, content, collector };
  }
}

class ListedFile<M extends ListedMember> implements EvidenceFile {
  readonly source: ListedSource<M>;
  readonly #member: M;

  constructor(source: ListedSource<M>, member: M) {
    this.source = source;
    this.#member = member;
  }

  get path(): string {
    return this.#member.path;
  }

  get sizeBytes(): number | null {
    return this.#member.sizeBytes;
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.source.content.stream(this.#member, this.#pointer());
  }

  async bytes({ maxBytes }: { readonly maxBytes: number }): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.stream()) {
      length += chunk.byteLength;
      if (length > maxBytes) throw new EvidenceError('limit-bytes', this.#pointer());
      chunks.push(chunk);
    }
    const [first] = chunks;
    return chunks.length === 1 && first ? first : Buffer.concat(chunks);
  }

  async copyTo(targetPath: string): Promise<void> {
    const diskPath = this.source.content.diskPath?.(this.#member);
    if (!diskPath) {
      const { failure } = await spool(this.stream(), targetPath, this.#pointer());
      if (failure) throw failure;
      return;
    }
    try {
      // Never over something that exists; as a clone where the file system can.
      await copyFile(diskPath, targetPath, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      // A copy takes over the permissions of the original, which may be read-only for us or readable by all.
      await chmod(targetPath, 0o600);
    } catch (error) {
      throw toEvidenceError(error, this.#pointer());
    }
  }

  async probe(): Promise<FileProbe> {
    let head: Uint8Array;
    try {
      head = await headOf(this.stream(), PROBE_BYTES);
    } catch (error) {
      this.source.lookFailed(this.path, error);
      throw error;
    }
    let tables: Promise<ReadonlySet<string>> | null = null;
    return {
      path: this.path,
      head,
      given: this.source.kind === 'file',
      sqliteTables: () => {
        // An empty file may be a database that is still all in its log.
        tables ??=
          isSqlite(head) || head.byteLength === 0 ? this.#tables() : Promise.resolve(new Set<string>());
        return tables;
      },
    };
  }

  async #tables(): Promise<ReadonlySet<string>> {
    try {
      return await readSqliteTables(this);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.source.lookFailed(this.path, error);
      return new Set();
    }
  }

  #pointer(): Pointer {
    return { evidence: this.source.id, path: this.path, locator: '' };
  }
}

function isSqlite(head: Uint8Array): boolean {
  return (
    Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1', 0, 15) === 'SQLite format 3'
  );
}
