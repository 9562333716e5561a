/** Opens the file of a bundle: a folder, a zip, or either of the sealed forms. Nothing of it is written in the clear. */
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '../../evidence/age/key-ring.js';
import { readRange } from '../../evidence/file-range.js';
import { type SealedProblem, unlockSealed, unseal } from '../../evidence/sealed.js';
import { openBagSource, openZippedBag } from '../bag/bag-source.js';
import { type Bag, readBag } from '../bag/read-bag.js';
import { BundleFaults, DeskError } from './desk-error.js';

const AGE_BEGINS = [/^age-encryption\.org\//, /^\s*-----BEGIN AGE/];
const HEAD_BYTES = 256;

export interface BundleKeys {
  /** X25519 private keys: of an identity file, and this vault's own. */
  readonly privateKeys: readonly Uint8Array[];
  /** Asked when it is sealed with a passphrase. */
  readonly passphrase: ((request: { readonly attempt: number }) => Promise<string | null>) | null;
}

/**
 * Runs `work` with the bag of a bundle.
 *
 * @throws DeskError bundle-locked, bundle-damaged; BundleFaults; BagError
 */
export async function withBundle<T>(
  path: string,
  keys: BundleKeys,
  work: (bag: Bag) => Promise<T>,
): Promise<T> {
  if (!(await isSealed(path))) return work(sound(await readBag(await openBagSource(path))));
  const pointer = { evidence: '', path, locator: '' };
  const ring = new KeyRing(
    keys.privateKeys.map((key) => Buffer.from(key)),
    keys.passphrase,
  );
  let folder: string | null = null;
  const problems: SealedProblem[] = [];
  const newPath = async (): Promise<string> => {
    folder ??= await mkdtemp(join(tmpdir(), 'vigia-bundle-'));
    return join(folder, 'sealed');
  };
  try {
    const unlocked = await unlockSealed(readRange(path, pointer), ring);
    if ('code' in unlocked) throw refused(unlocked, path);
    const { file, problem } = await unseal(path, unlocked, pointer, newPath, (one) => problems.push(one));
    if (problem) throw refused(problem, path);
    if (file === null) throw new DeskError('bundle-damaged', path);
    try {
      const source = await openZippedBag({ stored: file, sizeBytes: file.sizeBytes, path });
      return await work(sound(await readBag(source)));
    } catch (error) {
      const [changed] = problems;
      throw changed ? refused(changed, path) : error;
    } finally {
      file.forget();
    }
  } finally {
    ring.forget();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

async function isSealed(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  if (!facts?.isFile()) return false;
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead).toString('latin1');
    return AGE_BEGINS.some((begin) => begin.test(head));
  } finally {
    await file.close();
  }
}

function refused({ code }: SealedProblem, path: string): DeskError {
  const isLocked = ['password-needed', 'wrong-password', 'sealed-no-key'].includes(code);
  return new DeskError(isLocked ? 'bundle-locked' : 'bundle-damaged', path);
}

/** @throws BundleFaults with all that is wrong with it */
function sound(bag: Bag): Bag {
  if (bag.problemCount > 0) throw new BundleFaults(bag);
  return bag;
}
