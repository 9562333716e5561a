import { z } from 'zod';
import type { CustodyBody } from '../custody/custody-log.js';
import { storedTime } from '../model/case.js';
import type { Departure } from './case-documents.js';
import type { CaseStore, EvidenceStore } from './case-store.js';
import type { CustodyStore } from './custody-store.js';
import { searchTable } from './schema.js';
import type { Shelf } from './shelf.js';
import { bytesOf, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

const tombstoneSchema = z.object({
  id: z.uuid(),
  code: z.string(),
  destroyedAt: storedTime,
  by: z.string(),
  reason: z.string(),
  /** Hashes and signatures of the whole log: a copy of it can still be recognised and verified. */
  custody: z.array(z.object({ seq: z.number().int(), hash: z.string(), sig: z.string() })),
  publicKeys: z.array(z.string()),
});
/** What is left of a destroyed case. */
export type Tombstone = z.infer<typeof tombstoneSchema>;

/** What deleting cannot reach; the sentences stand in the language files under `cannotErase`. */
export const CANNOT_ERASE = [
  'departures',
  'originals',
  'copies-of-the-vault',
  'storage-remnants',
  'memory-and-swap',
] as const;

export interface DeletionReport {
  readonly tombstone: Tombstone;
  /** Files of the sealed store that nothing opens any more; they can be removed. */
  readonly sealedNames: readonly string[];
  /** Where evidence lay when it was taken in: those files are not the vault's and are still there. */
  readonly originals: readonly string[];
  readonly departures: readonly Departure[];
  /** False when there was no room to rewrite the file: what was deleted is overwritten, but free space stays in it. */
  readonly compacted: boolean;
  readonly cannotErase: readonly (typeof CANNOT_ERASE)[number][];
}

export interface DeletionStores {
  readonly core: VaultCore;
  readonly cases: CaseStore;
  readonly evidence: EvidenceStore;
  readonly departures: Shelf<Departure>;
  readonly custody: CustodyStore;
}

/** @throws VaultError hold, not-found */
export function destroyCase(
  stores: DeletionStores,
  caseId: string,
  told: Pick<CustodyBody, 'at' | 'clockSource' | 'monotonicMs' | 'actor'> & { readonly reason: string },
): DeletionReport {
  const { core, cases, evidence, departures, custody } = stores;
  const { reason, ...clock } = told;
  const { tombstone, items, left } = core.database.transaction(() => {
    const kept = cases.get(caseId);
    if (!kept) throw new VaultError('not-found', 'database', 'case');
    if (kept.retention.hold) throw new VaultError('hold', 'database', kept.code);
    custody.append(kept.id, {
      ...clock,
      action: 'destroy',
      evidenceId: null,
      detail: { case: kept.code, reason },
    });
    const tombstone: Tombstone = {
      id: kept.id,
      code: kept.code,
      destroyedAt: clock.at,
      by: clock.actor,
      reason,
      custody: custody.trace(kept.id),
      publicKeys: custody.publicKeys(kept.id).map((key) => Buffer.from(key).toString('hex')),
    };
    const items = evidence.list(kept.id);
    const left = departures.list(kept.id);
    removeCase(core, core.number(kept.id));
    core.database.run('INSERT INTO vault.tombstones VALUES(?, ?, ?)', [
      kept.id,
      kept.code,
      core.sealJson(0, `tombstones ${kept.id}`, tombstoneSchema.parse(tombstone)),
    ]);
    return { tombstone, items, left };
  });
  return {
    tombstone,
    sealedNames: items.flatMap(({ sealed }) => sealed?.name ?? []),
    originals: items
      .filter(({ destroyedAt }) => destroyedAt === null)
      .map(({ referencePath }) => referencePath),
    departures: left,
    compacted: compacted(core),
    cannotErase: CANNOT_ERASE.filter((code) => code !== 'departures' || left.length > 0),
  };
}

/** All rows of a case, its keys first. Inside a transaction. */
export function removeCase(core: VaultCore, number: number): void {
  core.destroyCaseKeys(number);
  core.database.exec(`DROP TABLE IF EXISTS ${searchTable(number).name}`);
  for (const table of ['custody', 'documents', 'blocks', 'moments', 'observables', 'matches_seen', 'cases'])
    core.database.run(`DELETE FROM vault.${table} WHERE number = ?`, [number]);
}

export function tombstones(core: VaultCore): Tombstone[] {
  return core.database.all('SELECT id, sealed FROM vault.tombstones ORDER BY code').map((row) => {
    const at = `tombstones ${row.id}`;
    const parsed = tombstoneSchema.safeParse(core.unsealJson(0, at, bytesOf(row, 'sealed')));
    if (!parsed.success) throw new VaultError('damaged', 'row', at, { cause: parsed.error });
    return parsed.data;
  });
}

function compacted(core: VaultCore): boolean {
  try {
    core.database.compact();
    return true;
  } catch (error) {
    if (error instanceof VaultError && error.code === 'disk-full') return false;
    throw error;
  }
}
