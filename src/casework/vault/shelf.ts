import type { z } from 'zod';
import type { SqlRow } from './database.js';
import { bytesOf, VAULT_NUMBER, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

/** Documents of one sort, each sealed under the key of its case, in the order they were added. */
export class Shelf<T extends { readonly id: string; readonly caseId: string }> {
  readonly #core: VaultCore;
  readonly #name: string;
  readonly #schema: z.ZodType<T>;

  constructor(core: VaultCore, name: string, schema: z.ZodType<T>) {
    this.#core = core;
    this.#name = name;
    this.#schema = schema;
  }

  add(item: T): T {
    const number = this.#core.number(item.caseId);
    const value = this.#schema.parse(item);
    this.#core.database.run('INSERT INTO vault.documents(number, shelf, id, sealed) VALUES(?, ?, ?, ?)', [
      number,
      this.#name,
      value.id,
      this.#core.sealJson(number, this.#place(number, value.id), value),
    ]);
    return value;
  }

  /** @throws VaultError not-found */
  update(item: T): T {
    const number = this.#core.number(item.caseId);
    const value = this.#schema.parse(item);
    const { changes } = this.#core.database.run(
      'UPDATE vault.documents SET sealed = ? WHERE shelf = ? AND id = ? AND number = ?',
      [this.#core.sealJson(number, this.#place(number, value.id), value), this.#name, value.id, number],
    );
    if (changes === 0) throw new VaultError('not-found', 'database', this.#name);
    return value;
  }

  get(id: string): T | null {
    const row = this.#core.database.get(
      'SELECT number, id, sealed FROM vault.documents WHERE shelf = ? AND id = ?',
      [this.#name, id],
    );
    return row ? this.#open(row) : null;
  }

  list(caseId: string): T[] {
    return this.#core.database
      .all('SELECT number, id, sealed FROM vault.documents WHERE number = ? AND shelf = ? ORDER BY row', [
        this.#core.number(caseId),
        this.#name,
      ])
      .map((row) => this.#open(row));
  }

  #open(row: SqlRow): T {
    const number = Number(row.number);
    const place = this.#place(number, String(row.id));
    const parsed = this.#schema.safeParse(this.#core.unsealJson(number, place, bytesOf(row, 'sealed')));
    if (!parsed.success) throw new VaultError('damaged', 'row', place, { cause: parsed.error });
    return parsed.data;
  }

  #place(number: number, id: string): string {
    return `${this.#name} ${number} ${id}`;
  }
}

/** Documents that belong to no case, under the vault's own key. */
export class VaultShelf<T extends { readonly id: string }> {
  readonly #core: VaultCore;
  readonly #name: string;
  readonly #schema: z.ZodType<T>;

  constructor(core: VaultCore, name: string, schema: z.ZodType<T>) {
    this.#core = core;
    this.#name = name;
    this.#schema = schema;
  }

  add(item: T): T {
    const value = this.#schema.parse(item);
    this.#core.database.run('INSERT INTO vault.documents(number, shelf, id, sealed) VALUES(?, ?, ?, ?)', [
      VAULT_NUMBER,
      this.#name,
      value.id,
      this.#core.sealJson(VAULT_NUMBER, `${this.#name} ${value.id}`, value),
    ]);
    return value;
  }

  list(): T[] {
    return this.#core.database
      .all('SELECT id, sealed FROM vault.documents WHERE number = ? AND shelf = ? ORDER BY row', [
        VAULT_NUMBER,
        this.#name,
      ])
      .map((row) => {
        const place = `${this.#name} ${row.id}`;
        const parsed = this.#schema.safeParse(
          this.#core.unsealJson(VAULT_NUMBER, place, bytesOf(row, 'sealed')),
        );
        if (!parsed.success) throw new VaultError('damaged', 'row', place, { cause: parsed.error });
        return parsed.data;
      });
  }
}
