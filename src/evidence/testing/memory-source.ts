import { writeFile } from 'node:fs/promises';
import type { EvidenceFile, EvidenceKind, EvidenceSource, FileProbe } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { type ListedMember, Listing } from '../listing.js';
import { Scratch } from '../scratch.js';

export interface MemorySourceOptions {
  readonly id?: string;
  readonly kind?: EvidenceKind;
  readonly fixedPlaces?: boolean;
  readonly probeLooseFiles?: boolean;
  readonly details?: Record<string, unknown>;
}

interface MemoryMember extends ListedMember {
  readonly bytes: Uint8Array;
}

/** Evidence held in memory, for tests: path -> content. Behaves as a folder does, side files and look-up by glob included. */
export async function memorySource(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: MemorySourceOptions = {},
): Promise<EvidenceSource> {
  // Made only when used: tests that forget to close leave nothing behind.
  let scratch: Scratch | null = null;
  const space = {
    // As in Scratch, for tests that look at what is left there.
    get folder() {
      return scratch?.folder;
    },
    newPath: async (name: string): Promise<string> => {
      scratch ??= await Scratch.create();
      return scratch.newPath(name);
    },
  };
  const listing = new Listing<MemoryMember>();
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    listing.add({ path, sizeBytes: bytes.byteLength, bytes });
  }
  const source: EvidenceSource = {
    id: options.id ?? 'e1',
    kind: options.kind ?? 'folder',
    path: 'memory',
    sizeBytes: listing.totalBytes,
    details: options.details ?? {},
    scratch: space,
    fixedPlaces: options.fixedPlaces ?? false,
    probeLooseFiles: options.probeLooseFiles ?? true,
    locked: null,
    file: async (path) => {
      const member = listing.get(path);
      return member ? memoryFile(source, member.path, member.bytes) : null;
    },
    async *find(globs) {
      for (const { path, bytes } of listing.find(globs)) yield memoryFile(source, path, bytes);
    },
    problems: () => [],
    close: async () => scratch?.remove(),
  };
  return source;
}

/** One file in a memory source of its own. */
export async function memoryEvidence(
  path: string,
  content: Uint8Array | string,
  options: MemorySourceOptions = {},
): Promise<EvidenceFile> {
  const file = await (await memorySource({ [path]: content }, options)).file(path);
  if (!file) throw new Error(`no ${path}`);
  return file;
}

function memoryFile(source: EvidenceSource, path: string, content: Uint8Array): EvidenceFile {
  const pointer = { evidence: source.id, path, locator: '' };
  const file: EvidenceFile = {
    source,
    path,
    sizeBytes: content.byteLength,
    async *stream() {
      for (let start = 0; start < content.byteLength; start += 65_536)
        yield content.subarray(start, start + 65_536);
    },
    async bytes({ maxBytes }) {
      if (content.byteLength > maxBytes) throw new EvidenceError('limit-bytes', pointer);
      return content;
    },
    copyTo: (targetPath) => writeFile(targetPath, content, { flag: 'wx', mode: 0o600 }),
    probe: async (): Promise<FileProbe> => ({
      path,
      head: content.subarray(0, 4096),
      // Loaded only when asked: most tests that need a file need no database.
      sqliteTables: async () => (await import('../sqlite/sqlite.js')).sqliteTablesOf(file),
    }),
  };
  return file;
}
