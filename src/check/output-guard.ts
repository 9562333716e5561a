import type { BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** Writing where it was asked would change evidence. */
export class OutputInEvidenceError extends Error {
  override readonly name = 'OutputInEvidenceError';
  constructor(
    /** `inside`: the folder lies in the evidence; `replaces`: a file of the evidence would be written over. */
    readonly code: 'inside' | 'replaces',
    readonly folder: string,
    readonly evidence: string,
  ) {
    super(`${code}: ${folder} ${evidence}`);
  }
}

/**
 * Refuses an output folder that would change what was given: one inside a folder of evidence, or one whose files
 * would replace a file of evidence. Links are followed first, and folders are told by their identity on disk, so that
 * neither another spelling (`/CASES/7` on a disk that ignores case) nor a second mount gets around it.
 *
 * @param names - names of the files that will be written
 * @param folders - names of folders below in which files will be written and taken away
 * @throws OutputInEvidenceError
 */
export async function refuseOutputInEvidence(
  folder: string,
  evidence: readonly string[],
  names: readonly string[],
  folders: readonly string[] = [],
): Promise<void> {
  const target = await realPathOf(folder);
  for (const name of folders) {
    const below = join(folder, name);
    // A link may lead elsewhere.
    await refuseOutputInEvidence(below, evidence, []);
    const own = await identityOf(await realPathOf(below));
    for (const path of evidence) {
      const given = await identityOf(path);
      if (!given || given.isDirectory()) continue;
      const parent = await identityOf(dirname(await realpath(path)));
      if (parent && isSame(own, parent)) throw new OutputInEvidenceError('replaces', folder, path);
    }
  }
  const above = await Promise.all(ancestorsOf(target).map(identityOf));
  const files = await Promise.all(names.map((name) => identityOf(join(target, name))));
  for (const path of evidence) {
    const given = await identityOf(path);
    // What is not there cannot be changed; the check says that it is missing.
    if (!given) continue;
    const real = await realpath(path);
    if (given.isDirectory()) {
      if (above.some((own) => isSame(own, given)) || isBelow(target, real)) {
        throw new OutputInEvidenceError('inside', folder, path);
      }
    } else if (files.some((own) => isSame(own, given)) || names.some((name) => join(target, name) === real)) {
      throw new OutputInEvidenceError('replaces', folder, path);
    }
  }
}

/** The real path of something that need not exist yet: that of the nearest folder that does, and the rest. */
async function realPathOf(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(await realPathOf(parent), basename(absolute));
  }
}

function ancestorsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestorsOf(parent)];
}

async function identityOf(path: string): Promise<BigIntStats | null> {
  return stat(path, { bigint: true }).catch(() => null);
}

function isSame(own: BigIntStats | null, given: BigIntStats): boolean {
  // Some network drives number nothing; paths decide there.
  return own !== null && own.ino !== 0n && own.ino === given.ino && own.dev === given.dev;
}

function isBelow(path: string, folder: string): boolean {
  const rest = relative(folder, path);
  return rest === '' || !(isAbsolute(rest) || rest === '..' || /^\.\.[\\/]/.test(rest));
}
