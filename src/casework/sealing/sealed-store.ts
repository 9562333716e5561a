/**
 * Sealed evidence beside the vault: files in the age format under `ev/`. The name of each is a digest of its content under the key of
 * its case: with a plain hash, anybody who sees the folder could tell that a known file (a published sample) is in a case.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sealStream, unsealStream } from '../../evidence/age/age.js';
import { AgeError } from '../../evidence/age/age-error.js';
import { publicKeyOf } from '../../evidence/age/keys.js';
import type { HeldEvidence } from '../../evidence/held.js';
import { type PackedForm, packEvidence, packHeld, unpackEvidence } from './packing.js';
import { SealingError } from './sealing-error.js';

/** In the vault's folder. */
export const SEALED_FOLDER = 'ev';
const READ_BYTES = 1024 * 1024;

/** Secrets of one case, of 32 bytes each: both end with the case. */
export interface CaseSecrets {
  readonly names: Uint8Array;
  /** X25519 private key. */
  readonly identity: Uint8Array;
}

export interface SealedItem {
  /** 64 hexadecimal digits. */
  readonly name: string;
  readonly form: PackedForm;
}

export class SealedStore {
  readonly #root: string;

  /** @param vaultFolder - where the vault lies */
  constructor(vaultFolder: string) {
    this.#root = join(vaultFolder, SEALED_FOLDER);
  }

  pathOf(name: string): string {
    return join(this.#root, name.slice(0, 2), name);
  }

  /**
   * Seals evidence where it lies; the original stays. What is there already is not sealed twice.
   *
   * @param held - what stands for the path, where it is no file or folder
   * @throws SealingError unreadable; changed when its hash is not the one it was taken in with; errors of writing pass through
   */
  async seal(path: string, sha256: string, secrets: CaseSecrets, held?: HeldEvidence): Promise<SealedItem> {
    const { form, chunks, sha256: packedSha256 } = held ? packHeld(held) : await packEvidence(path);
    return this.#seal(form, chunks, sha256, secrets, () => {
      if (packedSha256() !== sha256) throw new SealingError('changed', path);
    });
  }

  /**
   * Seals what comes packed, of another vault, and reads it back: only then is it known whether it is what it is said to be.
   *
   * @throws SealingError damaged
   */
  async take(
    form: PackedForm,
    chunks: AsyncIterable<Uint8Array>,
    sha256: string,
    secrets: CaseSecrets,
  ): Promise<SealedItem> {
    const item = await this.#seal(form, chunks, sha256, secrets, () => {});
    try {
      await this.unseal(item, sha256, secrets, null);
    } catch (error) {
      await this.remove(item.name);
      throw error;
    }
    return item;
  }

  async #seal(
    form: PackedForm,
    chunks: AsyncIterable<Uint8Array>,
    sha256: string,
    secrets: CaseSecrets,
    check: () => void,
  ): Promise<SealedItem> {
    const recipient = { kind: 'x25519', publicKey: publicKeyOf(secrets.identity) } as const;
    const name = nameOf(sha256, secrets.names);
    const path = this.pathOf(name);
    const unfinished = `${path}.${randomBytes(4).toString('hex')}`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await writeSynced(unfinished, sealStream(chunks, [recipient]));
      check();
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return { name, form };
  }

  /**
   * Reads a sealed item through, and writes it in the clear where `out` is given.
   *
   * @throws SealingError missing, damaged, output-exists
   */
  async unseal(item: SealedItem, sha256: string, secrets: CaseSecrets, out: string | null): Promise<void> {
    let digest: string;
    try {
      digest = await unpackEvidence(item.form, this.open(item.name, secrets), out);
    } catch (error) {
      if (isAbsent(error)) throw new SealingError('missing', item.name, { cause: error });
      // Errors of the system have a code; what has none comes from what was sealed.
      if (
        error instanceof SealingError ||
        (error instanceof Error && 'code' in error && !(error instanceof AgeError))
      )
        throw error;
      throw new SealingError('damaged', `${item.name}: ${String(error)}`, { cause: error });
    }
    if (digest !== sha256) throw new SealingError('damaged', item.name);
  }

  /** A sealed item as it was packed. @throws AgeError, errors of reading */
  open(name: string, secrets: CaseSecrets): AsyncIterable<Uint8Array> {
    const sealed = createReadStream(this.pathOf(name), { highWaterMark: READ_BYTES });
    return unsealStream(sealed, [{ kind: 'x25519', privateKey: secrets.identity }]);
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }
}

/** The hash of the content stands for it: the same content has the same name in its case, and says nothing outside. */
function nameOf(sha256: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(Buffer.from(sha256, 'hex')).digest('hex');
}

/** On disk when it returns: the original may be put away afterwards. */
async function writeSynced(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
