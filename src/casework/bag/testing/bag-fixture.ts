import { createHash } from 'node:crypto';
import { EvidenceError } from '../../../core/evidence-error.js';
import type { BagSource } from '../bag-source.js';

/** Files by path, as a bag's source. */
export function memoryBag(files: Readonly<Record<string, string | Uint8Array>>): BagSource {
  return {
    faults: [],
    paths: () => Object.keys(files),
    async *stream(path) {
      const content = files[path];
      if (content === undefined) throw new EvidenceError('missing', { evidence: '', path, locator: '' });
      const bytes = Buffer.from(content);
      // Small pieces, so that lines and their ends are cut.
      for (let start = 0; start < bytes.byteLength; start += 7) yield bytes.subarray(start, start + 7);
    },
  };
}

export function digestOf(content: string | Uint8Array, algorithm = 'sha256'): string {
  return createHash(algorithm).update(content).digest('hex');
}

export function manifestLines(
  files: Readonly<Record<string, string | Uint8Array>>,
  algorithm = 'sha256',
): string {
  return Object.entries(files)
    .map(([name, content]) => `${digestOf(content, algorithm)}  ${name}\n`)
    .join('');
}

export const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** A small bag without a problem; `changes` replace or, when null, leave out files after the manifests were made. */
export function bagFiles(
  changes: Readonly<Record<string, string | Uint8Array | null>> = {},
): Record<string, string | Uint8Array> {
  const payload = { 'data/case.json': '{"a":1}', 'data/notes/día.txt': 'hola\n' };
  const tags = {
    'bagit.txt': DECLARATION,
    'bag-info.txt': `Source-Organization: Help desk\n  of the coast\nPayload-Oxum: 12.2\n`,
    'manifest-sha256.txt': manifestLines(payload),
    'custody.jsonl': '{}\n',
  };
  const all: Record<string, string | Uint8Array> = {
    ...payload,
    ...tags,
    'tagmanifest-sha256.txt': manifestLines(tags),
  };
  for (const [name, content] of Object.entries(changes)) {
    if (content === null) delete all[name];
    else all[name] = content;
  }
  return all;
}
