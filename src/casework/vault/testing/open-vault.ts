import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVault, openVault, type Vault, type VaultOptions } from '../vault.js';
import { VaultError } from '../vault-error.js';

/** A key that is quick to derive: for vaults that hold nothing. */
export const CHEAP = { memoryKiB: 256, passes: 1, lanes: 1 } as const;
export const LEAST_MEMORY_KIB = 8;
export const NOW = '2026-11-23T00:00:00.000000Z';

/** The vaults that are killed change between these all the time. */
export const PASSPHRASES = [Buffer.from('six words for a test'), Buffer.from('and six other words')] as const;

/** What opens the vault of a folder in tests. */
export function unlocking(dir: string, given: Partial<VaultOptions> = {}): VaultOptions {
  return {
    dir,
    passphrase: PASSPHRASES[0],
    now: () => NOW,
    leastMemoryKiB: LEAST_MEMORY_KIB,
    ...given,
  };
}

/** A folder for tests, to be removed by its user. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-vault-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Makes a vault that is quick to open. */
export function newVault(dir: string, given: Partial<VaultOptions> = {}): Promise<Vault> {
  return createVault({ ...unlocking(dir, given), argon2: CHEAP });
}

/** Opens it again. */
export function reopened(dir: string, given: Partial<VaultOptions> = {}): Promise<Vault> {
  return openVault(unlocking(dir, given));
}

/** With the one of two passphrases that is right at the moment. */
export async function withEither<T>(open: (passphrase: Buffer) => Promise<T>): Promise<T> {
  try {
    return await open(PASSPHRASES[0]);
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== 'wrong-passphrase-or-key-file') throw error;
    return open(PASSPHRASES[1]);
  }
}
