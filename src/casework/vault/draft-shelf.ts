import type { Draft } from './case-documents.js';
import { draftSchema } from './case-documents.js';
import { bytesOf, VAULT_NUMBER, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

const SHELF = 'drafts';

/** What somebody is writing, by key. Those of a case are sealed under its key and end with it; others are the vault's. */
export class DraftShelf {
  readonly #core: VaultCore;

  constructor(core: VaultCore) {
    this.#core = core;
  }

  get(key: string): Draft | null {
    const row = this.#core.database.get(
      'SELECT number, sealed FROM vault.documents WHERE shelf = ? AND id = ?',
      [SHELF, key],
    );
    if (!row) return null;
    const number = Number(row.number);
    const place = placeOf(number, key);
    const parsed = draftSchema.safeParse(this.#core.unsealJson(number, place, bytesOf(row, 'sealed')));
    if (!parsed.success) throw new VaultError('damaged', 'row', place, { cause: parsed.error });
    return parsed.data;
  }

  /** In the place of the one before. @param caseId null: of no case */
  put(draft: Draft, caseId: string | null): Draft {
    const number = caseId === null ? VAULT_NUMBER : this.#core.number(caseId);
    const value = draftSchema.parse(draft);
    this.#core.database.run(
      `INSERT INTO vault.documents(number, shelf, id, sealed) VALUES(?, ?, ?, ?)
        ON CONFLICT(shelf, id) DO UPDATE SET number = excluded.number, sealed = excluded.sealed`,
      [number, SHELF, value.id, this.#core.sealJson(number, placeOf(number, value.id), value)],
    );
    return value;
  }

  remove(key: string): void {
    this.#core.database.run('DELETE FROM vault.documents WHERE shelf = ? AND id = ?', [SHELF, key]);
  }
}

function placeOf(number: number, key: string): string {
  return number === VAULT_NUMBER ? `${SHELF} ${key}` : `${SHELF} ${number} ${key}`;
}
