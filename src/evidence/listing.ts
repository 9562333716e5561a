import picomatch from 'picomatch';

/** One file of a folder or archive. Sources add what they need to find its content. */
export interface ListedMember {
  /** Path inside the source, "/" between parts. */
  readonly path: string;
  readonly sizeBytes: number | null;
}

/** Always the same rules whatever the system: evidence paths have "/" between parts on Windows too. */
const GLOB_OPTIONS = { dot: true, windows: false };

/** The files of one source, found by exact path at once and by glob without looking at more than needed. */
export class Listing<M extends ListedMember> {
  readonly #byPath = new Map<string, M>();
  #byName: Map<string, M[]> | null = null;
  #totalBytes = 0;

  /** Adds a file. A later one of the same path replaces the earlier one, as unpacking would: then false. */
  add(member: M): boolean {
    const earlier = this.#byPath.get(member.path);
    this.#totalBytes += (member.sizeBytes ?? 0) - (earlier?.sizeBytes ?? 0);
    this.#byPath.set(member.path, member);
    this.#byName = null;
    return earlier === undefined;
  }

  get size(): number {
    return this.#byPath.size;
  }

  /** Sum of the sizes known. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  get(path: string): M | undefined {
    return this.#byPath.get(path);
  }

  /** All files in the order they were listed. */
  members(): IterableIterator<M> {
    return this.#byPath.values();
  }

  /** Files of exactly this name, in any folder. */
  named(name: string): readonly M[] {
    if (!this.#byName) {
      this.#byName = new Map();
      for (const member of this.#byPath.values()) {
        const own = nameOf(member.path);
        const list = this.#byName.get(own);
        if (list) list.push(member);
        else this.#byName.set(own, [member]);
      }
    }
    return this.#byName.get(name) ?? [];
  }

  /** A listing with fewer files. */
  filter(keep: (member: M) => boolean): Listing<M> {
    const kept = new Listing<M>();
    for (const member of this.#byPath.values()) if (keep(member)) kept.add(member);
    return kept;
  }

  /** Files that fit any of the globs, each once. */
  *find(globs: readonly string[]): Generator<M, void, undefined> {
    const given = new Set<string>();
    const scanned: string[] = [];
    for (const glob of globs) {
      if (!isGlob(glob)) {
        const member = this.#byPath.get(glob);
        if (member && !given.has(member.path)) {
          given.add(member.path);
          yield member;
        }
        continue;
      }
      // Most globs of readers end in a plain name (`**/History.db`): only files of that name need a closer look.
      const name = nameOf(glob);
      if (isGlob(name)) {
        scanned.push(glob);
        continue;
      }
      const fits = picomatch(glob, GLOB_OPTIONS);
      for (const member of this.named(name)) {
        if (given.has(member.path) || !fits(member.path)) continue;
        given.add(member.path);
        yield member;
      }
    }
    if (scanned.length === 0) return;
    const fits = scanned.includes('**') ? () => true : picomatch(scanned, GLOB_OPTIONS);
    for (const member of this.#byPath.values()) {
      if (!given.has(member.path) && fits(member.path)) yield member;
    }
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isGlob(path: string): boolean {
  return /[*?[\]{}()!+@\\]/.test(path);
}
