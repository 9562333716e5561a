/**
 * Evidence sealed in the age format, opened without a copy in the clear: what it holds is read where it lies, and working copies of what is
 * taken out of it are sealed again, under a key that only this process has.
 */
import { createHash, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Pointer, Problem, TextValues } from '../core/contracts.js';
import type { EvidenceError, EvidenceErrorCode } from '../core/evidence-error.js';
import { lookAtSealed, openHeader, sealStream } from './age/age.js';
import { AgeError, type AgeErrorCode } from './age/age-error.js';
import { unarmor } from './age/armor.js';
import type { Closed, KeyRing, Unlocked } from './age/key-ring.js';
import { generateIdentity, publicKeyOf } from './age/keys.js';
import { UnsealedFile } from './age/unsealed-file.js';
import { readRange, type Stored, toEvidenceError } from './file-range.js';
import { type Spooled, spool } from './spool.js';

/** Why sealed evidence is not read, or not as a whole. Its sentence stands among those of evidence. */
export interface SealedProblem {
  readonly code: string;
  readonly effect: Problem['effect'];
  readonly values?: TextValues;
  readonly locator: string;
}

/** A sealed file whose key is known. */
export interface UnlockedSealed extends Unlocked {
  readonly headerBytes: number;
  readonly isArmored: boolean;
}

export interface Unsealed {
  /** Null when nothing of it can be read. */
  readonly file: UnsealedFile | null;
  readonly problem: SealedProblem | null;
}

const CODES: Readonly<Record<Exclude<AgeErrorCode, 'no-match'> | Closed, string>> = {
  'password-needed': 'password-needed',
  'wrong-password': 'wrong-password',
  'no-key': 'sealed-no-key',
  'too-much-work': 'sealed-too-much-work',
  'work-factor': 'sealed-too-much-work',
  'newer-version': 'sealed-newer',
  'not-age': 'sealed-header-damaged',
  'header-damaged': 'sealed-header-damaged',
  'header-changed': 'sealed-header-damaged',
  'armor-damaged': 'sealed-text-damaged',
  'payload-cut': 'sealed-cut',
  'payload-damaged': 'sealed-changed',
  'payload-trailing': 'sealed-trailing',
};

/** All codes of sealed evidence: their sentences stand among those of evidence. */
export const SEALED_PROBLEM_CODES: readonly string[] = Object.values(CODES);

/** As what each counts where only the codes of reading are known; the others are damage. */
const ERRORS: Readonly<Record<string, EvidenceErrorCode>> = {
  'sealed-no-key': 'encrypted',
  'sealed-newer': 'not-supported',
  'sealed-too-much-work': 'not-supported',
};

/** The code of reading that says the same as that of a problem, roughly; null for problems of others. */
export function errorOfSealed(problemCode: string): EvidenceErrorCode | null {
  return problemCode.startsWith('sealed-') ? (ERRORS[problemCode] ?? 'damaged') : null;
}

/** Reads the header and tries the keys. @throws errors of reading */
export async function unlockSealed(
  sealed: AsyncIterable<Uint8Array>,
  keys: KeyRing,
): Promise<UnlockedSealed | SealedProblem> {
  try {
    const { header, isArmored } = await lookAtSealed(sealed);
    const unlocked = await keys.unlock(header);
    if (typeof unlocked === 'string') return problemOf(unlocked);
    return { ...unlocked, headerBytes: header.sizeBytes, isArmored };
  } catch (error) {
    if (!(error instanceof AgeError) || error.code === 'no-match') throw error;
    return problemOf(error.code, error.place);
  }
}

/**
 * Opens what lies in a sealed file.
 *
 * @param newPath - asked for the place of a copy in the binary form, when the file is in the text form; it stays sealed
 * @param onProblem - told of changed chunks when they are met, each once
 * @throws EvidenceError of reading
 */
export async function unseal(
  stored: Stored,
  unlocked: UnlockedSealed,
  pointer: Pointer,
  newPath: () => Promise<string>,
  onProblem: (problem: SealedProblem) => void,
): Promise<Unsealed> {
  let binary = stored;
  let problem: SealedProblem | null = null;
  if (unlocked.isArmored) {
    binary = await newPath();
    const { failure } = await spool(unarmor(readRange(stored, pointer)), binary, pointer);
    if (failure && !(failure.cause instanceof AgeError)) throw failure;
    if (failure?.cause instanceof AgeError) problem = problemOf(failure.cause.code, failure.cause.place);
  }
  const met = new Set<number>();
  try {
    const file = new UnsealedFile(binary, pointer, {
      sealedBytes: await sizeOf(binary, pointer),
      headerBytes: unlocked.headerBytes,
      fileKey: unlocked.fileKey,
      onChanged: (byte) => {
        if (!met.has(byte)) onProblem(problemAtByte('payload-damaged', byte));
        met.add(byte);
      },
    });
    if (file.damage) problem ??= problemAtByte(file.damage.reason, file.damage.byte);
    return { file: file.damage && file.sizeBytes === 0 ? null : file, problem };
  } catch (error) {
    if (!(error instanceof AgeError)) throw error;
    return { file: null, problem: problem ?? problemOf(error.code, error.place) };
  } finally {
    unlocked.fileKey.fill(0);
  }
}

/** A working copy that is sealed: its key is gone when the process is. Reading errors are returned, not thrown. */
export async function spoolSealed(
  clear: AsyncIterable<Uint8Array>,
  targetPath: string,
  pointer: Pointer,
  options: { readonly hash?: boolean } = {},
): Promise<Spooled & { readonly stored: UnsealedFile }> {
  const hash = options.hash === true ? createHash('sha256') : null;
  let sizeBytes = 0;
  let failure: EvidenceError | null = null;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of clear) {
        hash?.update(chunk);
        sizeBytes += chunk.byteLength;
        yield chunk;
      }
    } catch (error) {
      // What came before is kept: the copy ends well.
      failure = toEvidenceError(error, pointer);
    }
  };
  const identity = generateIdentity(randomBytes);
  const recipient = { kind: 'x25519', publicKey: publicKeyOf(identity.privateKey) } as const;
  const copy = await spool(sealStream(watched(), [recipient]), targetPath, pointer);
  if (copy.failure) throw copy.failure;
  const { header } = await lookAtSealed(readRange(targetPath, pointer));
  const fileKey = await openHeader(header, [identity]);
  const stored = new UnsealedFile(targetPath, pointer, {
    sealedBytes: copy.sizeBytes,
    headerBytes: header.sizeBytes,
    fileKey,
    onChanged: () => {},
  });
  fileKey.fill(0);
  return { stored, sizeBytes, sha256: hash?.digest('hex') ?? null, failure };
}

export async function sizeOf(stored: Stored, pointer: Pointer): Promise<number> {
  if (typeof stored !== 'string') return stored.sizeBytes;
  try {
    return (await stat(stored)).size;
  } catch (error) {
    throw toEvidenceError(error, pointer);
  }
}

function problemOf(reason: AgeErrorCode | Closed, place = ''): SealedProblem {
  const code = reason === 'no-match' ? CODES['no-key'] : CODES[reason];
  return { code, effect: 'lost', locator: /^line \d+$/.test(place) ? place : '' };
}

function problemAtByte(
  reason: 'payload-cut' | 'payload-damaged' | 'payload-trailing',
  byte: number,
): SealedProblem {
  return {
    code: CODES[reason],
    // All of the content came before it.
    effect: reason === 'payload-trailing' ? 'note' : 'lost',
    values: { byte: String(byte) },
    locator: `byte ${byte}`,
  };
}
