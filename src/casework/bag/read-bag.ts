/**
 * Reads a bag that came from somewhere (BagIt 0.93 to 1.0, RFC 8493). Everything in it is checked before anything is
 * given, by streaming each file once; nothing is unpacked, and nothing is fetched.
 *
 * Stricter than the RFC where that protects whoever imports: every file must be in a manifest, tag files too (only the
 * files of the format itself may be without one, in bags that have no tag manifest).
 */
import { createHash, type Hash } from 'node:crypto';
import { EvidenceError } from '../../core/evidence-error.js';
import { LineLimit, type LineLimits, readLines } from './bag-lines.js';
import { isPayload, isSafeName, manifestAlgorithm, nameKey } from './bag-names.js';
import { BagError, type BagProblem, BagProblems } from './bag-problem.js';
import type { BagSource } from './bag-source.js';
import {
  type Declaration,
  DIGEST_LENGTHS,
  readDeclaration,
  readFetchLine,
  readInfoLine,
  readManifestLine,
} from './tag-files.js';

/** Algorithm -> digest in lower-case hexadecimal. */
type Digests = ReadonlyMap<string, string>;

export interface BagFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** What the manifests say; where the bag has no problem, the content has it. */
  readonly digests: Digests;
}

export interface Bag {
  /** `bag-info.txt`, in its order; labels may repeat. */
  readonly info: readonly (readonly [label: string, value: string])[];
  /** Files that are there and in a manifest, sorted by name. */
  readonly files: readonly BagFile[];
  /** Empty for a bag that can be trusted to be what was packed. Up to 100 of each code. */
  readonly problems: readonly BagProblem[];
  /** All of them, also those not kept. */
  readonly problemCount: number;
  /**
   * Content of a file of `files`, checked again while it is read: the bag may have been changed meanwhile. What comes before the
   * error is not checked yet, so nothing may be done with it until the end.
   *
   * @throws BagError `digest-mismatch` at the end, `not-in-bag`, `unreadable`
   */
  open(name: string): AsyncIterable<Uint8Array>;
}

export interface BagLimits {
  /** Bytes of one line of a tag file; paths have up to 4,096 (PATH_MAX of Linux), encoded three times that. */
  readonly lineBytes: number;
  /** Bytes of `bag-info.txt` or `fetch.txt`. */
  readonly infoBytes: number;
  /** Bytes of one manifest: some 500,000 files. */
  readonly manifestBytes: number;
  /** Files in the bag, and lines of one manifest. */
  readonly files: number;
}

const DEFAULT_BAG_LIMITS: BagLimits = {
  lineBytes: 16 * 1024,
  infoBytes: 1024 ** 2,
  manifestBytes: 128 * 1024 ** 2,
  files: 500_000,
};

export interface ReadBagOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<BagLimits> | undefined;
}

/**
 * @example
 * const bag = await readBag(await openBagSource('case.zip'));
 * if (bag.problems.length === 0) for await (const chunk of bag.open('custody.jsonl')) …
 * @throws the reason of `signal` when aborted
 */
export async function readBag(source: BagSource, options: ReadBagOptions = {}): Promise<Bag> {
  const reader = new BagReader(source, { ...DEFAULT_BAG_LIMITS, ...options.limits }, options.signal);
  return reader.read();
}

class BagReader {
  readonly #source: BagSource;
  readonly #limits: BagLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #problems = new BagProblems();
  /** Key of a name -> path in the source. */
  readonly #paths = new Map<string, string>();
  /** Key of a name -> what the manifests say. */
  readonly #listed = new Map<string, { readonly name: string; readonly digests: Map<string, string> }>();
  readonly #payloadAlgorithms: string[] = [];
  #hasTagManifest = false;
  readonly #info: [string, string][] = [];

  constructor(source: BagSource, limits: BagLimits, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#limits = limits;
    this.#signal = signal;
  }

  async read(): Promise<Bag> {
    for (const { code, path } of this.#source.faults) this.#problems.add(code, path);
    this.#listPaths();
    const declaration = await this.#readDeclaration();
    if (declaration !== null) {
      await this.#readInfo(declaration);
      await this.#readManifests(declaration);
      this.#compareNames(declaration);
      await this.#readFetch(declaration);
    }
    const files = await this.#verify();
    const byKey = new Map(files.map((file) => [nameKey(file.name), file]));
    this.#checkOxum(files);
    files.sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      info: this.#info,
      files,
      problems: this.#problems.list(),
      problemCount: this.#problems.count,
      open: (name) => {
        const file = byKey.get(nameKey(name));
        const path = this.#paths.get(nameKey(name));
        if (file === undefined || path === undefined) throw new BagError('not-in-bag', name);
        return verified(this.#source.stream(path), file);
      },
    };
  }

  // -------------------------------------------------------------------------------------------------------------
  // Names

  #listPaths(): void {
    const top = topFolderOf(this.#source.paths());
    for (const path of this.#source.paths()) {
      const name = path.slice(top.length);
      if (!isSafeName(name)) {
        this.#problems.add('unsafe-name', name);
        continue;
      }
      if (this.#paths.size >= this.#limits.files) {
        this.#problems.add('too-many-files', name);
        return;
      }
      const key = nameKey(name);
      if (this.#paths.has(key)) this.#problems.add('twice-in-archive', name);
      else this.#paths.set(key, path);
    }
  }

  /** Whether every file is listed where it has to be, and every listed one there. */
  #compareNames({ isFinal }: Declaration): void {
    if (this.#payloadAlgorithms.length === 0) this.#problems.add('no-manifest', 'manifest-sha256.txt');
    for (const [key, { name, digests }] of this.#listed) {
      if (!this.#paths.has(key)) this.#problems.add('missing-file', name);
      // RFC 8493, 3: in 1.0 all payload manifests list all files; before, one of them had to.
      if (!isFinal || !isPayload(name)) continue;
      const without = this.#payloadAlgorithms.find((algorithm) => !digests.has(algorithm));
      if (without !== undefined) {
        this.#problems.add('manifests-differ', `manifest-${without}.txt`, null, name);
      }
    }
    for (const key of this.#paths.keys()) {
      if (!this.#listed.has(key) && !this.#mayBeUnlisted(key)) this.#problems.add('unlisted-file', key);
    }
  }

  #mayBeUnlisted(name: string): boolean {
    const manifest = manifestAlgorithm(name);
    if (manifest?.ofTags) return true;
    if (this.#hasTagManifest) return false;
    return manifest !== null || ['bagit.txt', 'bag-info.txt', 'fetch.txt'].includes(name);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Tag files

  async #readDeclaration(): Promise<Declaration | null> {
    const path = this.#paths.get('bagit.txt');
    if (path === undefined) {
      this.#problems.add('no-bagit-txt', 'bagit.txt');
      return null;
    }
    const lines: Uint8Array[] = [];
    await this.#forLines('bagit.txt', path, this.#limits.infoBytes, (bytes) => {
      // Two lines belong there; a third is enough to see that it is wrong.
      if (lines.length < 3) lines.push(bytes);
    });
    const { declaration, faults } = readDeclaration(lines);
    for (const { code, line, detail } of faults) this.#problems.add(code, 'bagit.txt', line, detail);
    return declaration;
  }

  async #readInfo(declaration: Declaration): Promise<void> {
    const file = 'bag-info.txt';
    const path = this.#paths.get(file);
    if (path === undefined) return;
    await this.#forLines(file, path, this.#limits.infoBytes, (bytes, line) => {
      const text = declaration.decode(bytes);
      const last = this.#info.at(-1);
      if (text !== null && /^[ \t]/.test(text) && last) {
        // A long value goes on in lines that begin with a blank (RFC 8493, 2.2.2).
        if (text.trim() !== '') last[1] = `${last[1]} ${text.trim()}`.trimStart();
        return;
      }
      const entry = text === null ? null : readInfoLine(text, declaration);
      if (entry !== null) this.#info.push(entry);
      else if (text !== '') this.#problems.add('bad-info-line', file, line, text ?? file);
    });
  }

  async #readManifests(declaration: Declaration): Promise<void> {
    for (const [file, path] of this.#paths) {
      const manifest = manifestAlgorithm(file);
      if (manifest === null) continue;
      const digestLength = DIGEST_LENGTHS.get(manifest.algorithm);
      if (digestLength === undefined) {
        this.#problems.add('unsupported-digest', file, null, manifest.algorithm);
        continue;
      }
      if (manifest.ofTags) this.#hasTagManifest = true;
      else this.#payloadAlgorithms.push(manifest.algorithm);
      await this.#readManifest(file, path, { ...manifest, digestLength, declaration });
    }
  }

  async #readManifest(
    file: string,
    path: string,
    manifest: {
      readonly algorithm: string;
      readonly ofTags: boolean;
      readonly digestLength: number;
      readonly declaration: Declaration;
    },
  ): Promise<void> {
    const { algorithm, ofTags, digestLength, declaration } = manifest;
    let entries = 0;
    await this.#forLines(file, path, this.#limits.manifestBytes, (bytes, line) => {
      if (bytes.byteLength === 0) return;
      entries += 1;
      if (entries > this.#limits.files) {
        if (entries === this.#limits.files + 1) this.#problems.add('too-many-files', file, line);
        return;
      }
      const text = declaration.decode(bytes);
      const entry = text === null ? null : readManifestLine(text, digestLength, declaration);
      if (entry === null) {
        this.#problems.add('bad-manifest-line', file, line, text ?? file);
        return;
      }
      const { name, digest } = entry;
      if (!isSafeName(name)) this.#problems.add('unsafe-name', file, line, name);
      // Payload belongs into payload manifests, all else into tag manifests, and those are in none (RFC 8493, 2.1.3 and 2.2.1).
      else if (isPayload(name) === ofTags || manifestAlgorithm(name)?.ofTags) {
        this.#problems.add('wrong-manifest', file, line, name);
      } else this.#list(name, algorithm, digest, file, line);
    });
  }

  #list(name: string, algorithm: string, digest: string, file: string, line: number): void {
    const key = nameKey(name);
    const known = this.#listed.get(key) ?? { name, digests: new Map<string, string>() };
    const earlier = known.digests.get(algorithm);
    this.#listed.set(key, known);
    if (earlier === undefined) known.digests.set(algorithm, digest);
    else {
      const problem = earlier === digest ? 'listed-twice' : 'listed-twice-other-digest';
      this.#problems.add(problem, file, line, name);
    }
  }

  async #readFetch(declaration: Declaration): Promise<void> {
    const file = 'fetch.txt';
    const path = this.#paths.get(file);
    if (path === undefined) return;
    await this.#forLines(file, path, this.#limits.infoBytes, (bytes, line) => {
      if (bytes.byteLength === 0) return;
      const text = declaration.decode(bytes);
      const name = text === null ? null : readFetchLine(text, declaration);
      if (name === null) this.#problems.add('bad-fetch-line', file, line, text ?? file);
      else if (!isSafeName(name)) this.#problems.add('unsafe-name', file, line, name);
      else if (!isPayload(name)) this.#problems.add('wrong-manifest', file, line, name);
      // A bag that somebody has filled may still carry the list.
      else if (!this.#paths.has(nameKey(name))) this.#problems.add('fetch-not-followed', file, line, name);
    });
  }

  async #forLines(
    file: string,
    path: string,
    fileBytes: number,
    take: (bytes: Uint8Array, line: number) => void,
  ): Promise<void> {
    const limits: LineLimits = { lineBytes: this.#limits.lineBytes, fileBytes };
    try {
      for await (const lines of readLines(this.#source.stream(path), limits)) {
        this.#signal?.throwIfAborted();
        for (const { bytes, number } of lines) take(bytes, number);
      }
    } catch (error) {
      if (error instanceof LineLimit) this.#problems.add(error.limit, file, error.line);
      else if (error instanceof EvidenceError) this.#problems.add('unreadable', file);
      else throw error;
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // Content

  async #verify(): Promise<BagFile[]> {
    const files: BagFile[] = [];
    for (const [key, { name, digests }] of this.#listed) {
      const path = this.#paths.get(key);
      if (path === undefined) continue;
      const hashes = hashesOf(digests);
      let sizeBytes = 0;
      try {
        for await (const chunk of this.#source.stream(path)) {
          this.#signal?.throwIfAborted();
          sizeBytes += chunk.byteLength;
          for (const { hash } of hashes) hash.update(chunk);
        }
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        this.#problems.add('unreadable', name);
        continue;
      }
      if (!isAsListed(hashes)) this.#problems.add('digest-mismatch', name);
      files.push({ name, sizeBytes, digests });
    }
    return files;
  }

  #checkOxum(files: readonly BagFile[]): void {
    const payload = files.filter(({ name }) => isPayload(name));
    const bytes = payload.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    // Of files in no manifest, or that cannot be read, the bytes are not known; they are a problem already.
    if ([...this.#paths.keys()].filter(isPayload).length !== payload.length) return;
    for (const [label, value] of this.#info) {
      if (label.toLowerCase() !== 'payload-oxum') continue;
      if (value !== `${bytes}.${payload.length}`) {
        this.#problems.add('oxum-mismatch', 'bag-info.txt', null, value);
      }
    }
  }
}

/** "name/" when all files lie in that one folder and it is the bag (RFC 8493, 4.1), else "". */
function topFolderOf(paths: Iterable<string>): string {
  let top: string | null = null;
  let hasDeclaration = false;
  for (const path of paths) {
    const own = path.slice(0, path.indexOf('/') + 1);
    if (own === '' || (top !== null && own !== top)) return '';
    top = own;
    if (path === `${own}bagit.txt`) hasDeclaration = true;
  }
  return hasDeclaration ? (top ?? '') : '';
}

interface ExpectedHash {
  readonly hash: Hash;
  readonly expected: string;
}

function hashesOf(digests: Digests): ExpectedHash[] {
  return [...digests].map(([algorithm, expected]) => ({ hash: createHash(algorithm), expected }));
}

function isAsListed(hashes: readonly ExpectedHash[]): boolean {
  return hashes.every(({ hash, expected }) => hash.digest('hex') === expected);
}

async function* verified(
  content: AsyncIterable<Uint8Array>,
  { name, digests }: BagFile,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hashes = hashesOf(digests);
  try {
    for await (const chunk of content) {
      for (const { hash } of hashes) hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof EvidenceError ? new BagError('unreadable', name, { cause: error }) : error;
  }
  if (!isAsListed(hashes)) throw new BagError('digest-mismatch', name);
}
