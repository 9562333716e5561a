/** Evidence of a case that lies sealed in the vault's folder. */
import { basename } from 'node:path';
import type { HeldEvidence } from '../../evidence/held.js';
import type { EvidenceItem } from '../model/evidence-item.js';
import { SealingError } from '../sealing/sealing-error.js';
import type { Desk } from './desk.js';
import { DeskError } from './desk-error.js';
import { sealedStore, withSecrets } from './sealed-items.js';

/**
 * Seals a copy of evidence into the vault's folder. The original stays where it lies.
 *
 * @param held - what stands for the original, where it does not lie on disk as it is
 * @throws DeskError no-such-evidence, already-sealed, destroyed, evidence-unreadable, evidence-changed
 */
export async function sealItem(
  desk: Desk,
  code: string,
  label: string,
  held?: HeldEvidence,
): Promise<EvidenceItem> {
  const own = desk.case(code);
  const item = desk.item(code, label);
  if (item.destroyedAt !== null) throw new DeskError('destroyed', item.label);
  if (item.sealed !== null) throw new DeskError('already-sealed', item.label);
  const sealed = await withSecrets(desk.vault, own.id, (secrets) =>
    sealedStore(desk.vault).seal(item.referencePath, item.sha256, secrets, held),
  ).catch((error: unknown) => {
    throw deskErrorOf(error, item.referencePath);
  });
  const kept = desk.vault.evidence.update({ ...item, sealed });
  desk.log(own, 'copy', item.id, { label: item.label, to: 'sealed store', sha256: item.sha256 });
  return kept;
}

/**
 * Writes a working copy of sealed evidence, in the clear, to a new file or folder.
 *
 * @throws DeskError no-such-evidence, not-sealed, destroyed, evidence-changed, output-exists
 */
export async function unsealItem(
  desk: Desk,
  code: string,
  label: string,
  out: string,
): Promise<EvidenceItem> {
  const own = desk.case(code);
  const item = desk.item(code, label);
  const { sealed } = item;
  if (item.destroyedAt !== null) throw new DeskError('destroyed', item.label);
  if (sealed === null) throw new DeskError('not-sealed', item.label);
  try {
    await withSecrets(desk.vault, own.id, (secrets) =>
      sealedStore(desk.vault).unseal(sealed, item.sha256, secrets, out),
    );
  } catch (error) {
    const failure = deskErrorOf(error, item.label);
    if (failure.code === 'evidence-changed')
      desk.log(own, 'verify-fail', item.id, { label: item.label, sealed: 'changed', sha256: item.sha256 });
    throw failure;
  }
  desk.log(own, 'copy', item.id, { label: item.label, to: basename(out), sha256: item.sha256 });
  return item;
}

function deskErrorOf(error: unknown, place: string): DeskError {
  if (!(error instanceof SealingError)) throw error;
  const { detail } = error;
  const options = { cause: error };
  switch (error.code) {
    case 'output-exists':
      return new DeskError('output-exists', detail, options);
    case 'unreadable':
    case 'missing':
      return new DeskError('evidence-unreadable', place, options);
    case 'changed':
    case 'damaged':
      return new DeskError('evidence-changed', place, options);
  }
}
