import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScratchSpace } from '../core/contracts.js';

const live = new Set<string>();
let exitHookInstalled = false;

/**
 * A private folder (mode 0700) for working copies of evidence. It is removed by `remove()`, and in any case when the
 * process exits; the command line turns SIGINT and SIGTERM into an exit, so nothing clear stays behind on Ctrl-C.
 */
export class Scratch implements ScratchSpace {
  #counter = 0;

  private constructor(readonly folder: string) {}

  static async create(): Promise<Scratch> {
    if (!exitHookInstalled) {
      exitHookInstalled = true;
      process.on('exit', removeAllScratch);
    }
    // mkdtemp creates the folder with mode 0700.
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    live.add(folder);
    return new Scratch(folder);
  }

  async newPath(name: string): Promise<string> {
    this.#counter += 1;
    const folder = await mkdtemp(join(this.folder, `${this.#counter}-`));
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

// Names come from evidence: only characters that mean nothing on any system, and no reserved Windows name.
function safeName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  const safe = base.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(-80);
  return safe === '' || safe === '.' || safe === '..' ? 'file' : safe;
}
