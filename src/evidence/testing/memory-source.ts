import { writeFile } from 'node:fs/promises';
import picomatch from 'picomatch';
import type { EvidenceFile, EvidenceKind, EvidenceSource, FileProbe } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { Scratch } from '../scratch.js';

export interface MemorySourceOptions {
  readonly id?: string;
  readonly kind?: EvidenceKind;
  readonly fixedPlaces?: boolean;
  readonly probeLooseFiles?: boolean;
  readonly details?: Record<string, unknown>;
}

/** Evidence held in memory, for tests: path -> content. */
export async function memorySource(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: MemorySourceOptions = {},
): Promise<EvidenceSource> {
  const scratch = await Scratch.create();
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  );
  const fileAt = (path: string): EvidenceFile | null => {
    const content = contents.get(path);
    return content ? memoryFile(source, path, content) : null;
  };
  const source: EvidenceSource = {
    id: options.id ?? 'e1',
    kind: options.kind ?? 'folder',
    path: 'memory',
    sizeBytes: [...contents.values()].reduce((sum, content) => sum + content.byteLength, 0),
    details: options.details ?? {},
    scratch,
    fixedPlaces: options.fixedPlaces ?? false,
    probeLooseFiles: options.probeLooseFiles ?? true,
    locked: null,
    file: async (path) => fileAt(path),
    async *find(globs) {
      const fits = picomatch([...globs], { dot: true });
      for (const path of contents.keys()) {
        const file = fits(path) ? fileAt(path) : null;
        if (file) yield file;
      }
    },
    problems: () => [],
    close: () => scratch.remove(),
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
  return {
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
      sqliteTables: async () => new Set<string>(),
    }),
  };
}
