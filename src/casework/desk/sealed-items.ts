/** The sealed files of a case: where they lie, what opens them, whether they are as they were. */
import type { EvidenceItem } from '../model/evidence-item.js';
import { type CaseSecrets, SealedStore } from '../sealing/sealed-store.js';
import { SealingError } from '../sealing/sealing-error.js';
import type { Vault } from '../vault/vault.js';

/** How sealed evidence is found when it is read again; null when the item was never sealed. */
export type SealedState = 'same' | 'changed' | 'missing' | null;

export function sealedStore(vault: Vault): SealedStore {
  return new SealedStore(vault.dir);
}

/** For one use: {@link zero} them afterwards. */
export function caseSecrets(vault: Vault, caseId: string): CaseSecrets {
  return {
    names: vault.caseSecret(caseId, 'names of sealed files'),
    identity: vault.caseSecret(caseId, 'sealed files'),
  };
}

export function zero({ names, identity }: CaseSecrets): void {
  names.fill(0);
  identity.fill(0);
}

/** Runs `work` with the secrets of a case, which are zeroed afterwards. */
export async function withSecrets<T>(
  vault: Vault,
  caseId: string,
  work: (secrets: CaseSecrets) => Promise<T>,
): Promise<T> {
  const secrets = caseSecrets(vault, caseId);
  try {
    return await work(secrets);
  } finally {
    zero(secrets);
  }
}

/** Reads sealed evidence through. */
export async function checkSealed(
  vault: Vault,
  { caseId, sealed, sha256 }: EvidenceItem,
): Promise<SealedState> {
  if (sealed === null) return null;
  const store = sealedStore(vault);
  return withSecrets(vault, caseId, (secrets) => store.unseal(sealed, sha256, secrets, null)).then(
    () => 'same',
    (error: unknown) => {
      if (!(error instanceof SealingError)) throw error;
      return error.code === 'missing' ? 'missing' : 'changed';
    },
  );
}
