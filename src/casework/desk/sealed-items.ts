/** The sealed files of a case: where they lie, what opens them, whether they are as they were. */
import { KeyRing } from '../../evidence/age/key-ring.js';
import { readRange, stretchOf } from '../../evidence/file-range.js';
import type { HeldEvidence } from '../../evidence/held.js';
import { DEFAULT_LIMITS } from '../../evidence/limits.js';
import { ProblemCollector } from '../../evidence/problem-collector.js';
import { unlockSealed, unseal } from '../../evidence/sealed.js';
import { listTar } from '../../evidence/tar.js';
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

/**
 * Sealed evidence as it can be read again, without a copy in the clear; null when it is not sealed or does not open. `forget` it.
 */
export async function openSealedItem(
  vault: Vault,
  { caseId, sealed, sha256, originalName }: EvidenceItem,
): Promise<{ readonly held: HeldEvidence; forget(): void } | null> {
  if (sealed === null) return null;
  const path = sealedStore(vault).pathOf(sealed.name);
  const pointer = { evidence: '', path: originalName, locator: '' };
  const unlocked = await withSecrets(vault, caseId, ({ identity }) =>
    unlockSealed(readRange(path, pointer), new KeyRing([identity], null)),
  );
  if ('code' in unlocked) return null;
  const noCopy = (): Promise<string> => Promise.reject(new Error('sealed evidence is in the binary form'));
  const { file } = await unseal(path, unlocked, pointer, noCopy, () => {});
  if (!file) return null;
  const forget = (): void => file.forget();
  if (sealed.form === 'file')
    return { held: { form: 'file', files: [{ path: originalName, stored: file, sha256 }] }, forget };
  const context = { limits: DEFAULT_LIMITS, collector: new ProblemCollector('') };
  const files = [...(await listTar(file, file.sizeBytes, context)).members()].map((member) => ({
    path: member.path,
    stored: stretchOf(file, member.offset, member.sizeBytes),
    sha256: null,
  }));
  return { held: { form: 'folder', files }, forget };
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
