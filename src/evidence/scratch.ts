import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScratchSpace } from '../core/contracts.js';
import { EvidenceError } from '../core/evidence-error.js';

const live = new Set<string>();
let exitHookInstalled = false;

/**
 * A private folder (mode 0700) for working copies of evidence. It is removed by `remove()`, and in any case when the
 * process exits; the command line turns SIGINT and SIGTERM into an exit, so nothing clear stays behind on Ctrl-C.
 */
export class Scratch implements ScratchSpace {
  #counter = 0;

  private constructor(readonly folder: string) {}

  /** @throws EvidenceError `io` */
  static async create(): Promise<Scratch> {
    if (!exitHookInstalled) {
      exitHookInstalled = true;
      process.on('exit', removeAllScratch);
    }
    const folder = makeFolder(join(tmpdir(), 'vigia-'));
    live.add(folder);
    return new Scratch(folder);
  }

  /** @throws EvidenceError `io` when no space is left or the folder is gone */
  async newPath(name: string): Promise<string> {
    this.#counter += 1;
    const folder = makeFolder(join(this.folder, `${this.#counter}-`));
    return join(folder, safeName(name));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    live.delete(this.folder);
  }
}

/** Synchronous on purpose: exit hooks cannot wait. */
export function removeAllScratch(): void {
  for (const folder of live) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // A file still open on Windows: nothing more can be done while the process ends.
    }
  }
  live.clear();
}

// Synchronous: an exit must not come between the making of a folder and its place in the list of the exit hook.
function makeFolder(prefix: string): string {
  try {
    // Its mode is 0700.
    return mkdtempSync(prefix);
  } catch (error) {
    // Disk full, no temporary folder, or closed already: without a place to work nothing can be read.
    throw new EvidenceError('io', { evidence: '', path: prefix, locator: '' }, { cause: error });
  }
}

// Names come from evidence: only characters that mean nothing on any system, and no reserved Windows name.
function safeName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  if (base === '' || base === '.' || base === '..') return 'file';
  const safe = base
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .slice(-80)
    // Windows drops a dot at the end.
    .replace(/\.$/, '_');
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe) ? `_${safe}` : safe;
}
