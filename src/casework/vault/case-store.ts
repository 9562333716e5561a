import { type Case, caseSchema, type Identity, identitySchema } from '../model/case.js';
import { type EvidenceItem, evidenceItemSchema } from '../model/evidence-item.js';
import { RETENTION_DAYS } from '../model/vocabularies.js';
import type { SqlRow } from './database.js';
import { newId } from './new-id.js';
import { searchTable } from './schema.js';
import { Shelf } from './shelf.js';
import { bytesOf, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

/** Codes here go on from the greatest: one from outside may not use all of them up. */
const MAX_FOREIGN_COUNT = 999_999;
const MILLISECONDS_PER_DAY = 86_400_000;

export class CaseStore {
  readonly #core: VaultCore;

  constructor(core: VaultCore) {
    this.#core = core;
  }

  /** Opens a case under the next code of the year it is opened in. */
  open(draft: Omit<Case, 'id' | 'code'>): Case {
    return this.#core.database.transaction(() => {
      const code = this.#nextCode(draft.openedAt.slice(0, 4));
      return this.insert({ ...draft, id: newId(this.#core.now(), this.#core.random), code });
    });
  }

  /** A case that has its id and code already, of another vault. @throws VaultError already-there */
  insert(whole: Case): Case {
    return this.#core.database.transaction(() => {
      const value = caseSchema.parse(whole);
      for (const table of ['cases', 'tombstones']) {
        if (
          this.#core.database.get(`SELECT 1 FROM vault.${table} WHERE id = ? OR code = ?`, [
            value.id,
            value.code,
          ])
        )
          throw new VaultError('already-there', 'database', value.code);
      }
      const [, year = '', count = ''] = value.code.split('-');
      this.#core.raiseCount(`cases of ${year}`, Number(count));
      const number = this.#core.count('case numbers');
      this.#core.makeCaseKeys(number);
      this.#core.database.exec(searchTable(number).create);
      this.#core.database.run('INSERT INTO vault.cases(number, id, code, sealed) VALUES(?, ?, ?, ?)', [
        number,
        value.id,
        value.code,
        this.#core.sealJson(number, place(number), value),
      ]);
      return value;
    });
  }

  /** The code itself where nobody has or had it here and its number is a likely one, else the next one of its year. */
  freeCode(code: string): string {
    const taken = (candidate: string): boolean =>
      ['cases', 'tombstones'].some((table) =>
        this.#core.database.get(`SELECT 1 FROM vault.${table} WHERE code = ?`, [candidate]),
      );
    const [, year = '', count = ''] = code.split('-');
    return taken(code) || Number(count) > MAX_FOREIGN_COUNT ? this.#nextCode(year) : code;
  }

  /** By code or id. */
  get(codeOrId: string): Case | null {
    const row = this.#core.database.get('SELECT number, sealed FROM vault.cases WHERE code = ? OR id = ?', [
      codeOrId,
      codeOrId,
    ]);
    return row ? this.#open(row) : null;
  }

  /** In the order they were opened or taken in. */
  list(): Case[] {
    return this.#core.database
      .all('SELECT number, sealed FROM vault.cases ORDER BY number')
      .map((row) => this.#open(row));
  }

  update(changed: Case): Case {
    const value = caseSchema.parse(changed);
    const number = this.#core.number(value.id);
    const { changes } = this.#core.database.run(
      'UPDATE vault.cases SET sealed = ? WHERE number = ? AND code = ?',
      [this.#core.sealJson(number, place(number), value), number, value.code],
    );
    if (changes === 0) throw new VaultError('not-found', 'database', 'case');
    return value;
  }

  /** Cases whose time is over: closed longer ago than their retention span, and not held. */
  due(now: string): Case[] {
    return this.list().filter(({ closedAt, retention }) => {
      if (closedAt === null || retention.hold) return false;
      return Date.parse(closedAt) + RETENTION_DAYS[retention.span] * MILLISECONDS_PER_DAY <= Date.parse(now);
    });
  }

  #nextCode(year: string): string {
    return `V-${year}-${String(this.#core.count(`cases of ${year}`)).padStart(4, '0')}`;
  }

  #open(row: SqlRow): Case {
    const number = Number(row.number);
    const parsed = caseSchema.safeParse(this.#core.unsealJson(number, place(number), bytesOf(row, 'sealed')));
    if (!parsed.success) throw new VaultError('damaged', 'row', place(number), { cause: parsed.error });
    return parsed.data;
  }
}

function place(number: number): string {
  return `cases ${number}`;
}

/** Names and contacts, under the second key of each case. */
export class IdentityStore {
  readonly #core: VaultCore;

  constructor(core: VaultCore) {
    this.#core = core;
  }

  set(caseId: string, identity: Identity): void {
    const number = this.#core.number(caseId);
    const sealed = this.#core.sealJson(
      number,
      identityPlace(number),
      identitySchema.parse(identity),
      'identity',
    );
    this.#core.database.run(
      `INSERT INTO vault.documents(number, shelf, id, sealed) VALUES(?, 'identity', ?, ?)
       ON CONFLICT(shelf, id) DO UPDATE SET sealed = excluded.sealed`,
      [number, caseId, sealed],
    );
  }

  get(caseId: string): Identity | null {
    const number = this.#core.number(caseId);
    const row = this.#core.database.get(
      `SELECT sealed FROM vault.documents WHERE shelf = 'identity' AND id = ? AND number = ?`,
      [caseId, number],
    );
    if (!row) return null;
    const value = this.#core.unsealJson(number, identityPlace(number), bytesOf(row, 'sealed'), 'identity');
    const parsed = identitySchema.safeParse(value);
    if (!parsed.success)
      throw new VaultError('damaged', 'row', identityPlace(number), { cause: parsed.error });
    return parsed.data;
  }
}

function identityPlace(number: number): string {
  return `identity ${number}`;
}

/** Evidence items of cases, labelled E-001, E-002 … in each. */
export class EvidenceStore extends Shelf<EvidenceItem> {
  readonly #core: VaultCore;

  constructor(core: VaultCore) {
    super(core, 'evidence', evidenceItemSchema);
    this.#core = core;
  }

  /** Adds an item under the next label of its case. */
  take(draft: Omit<EvidenceItem, 'id' | 'label'>): EvidenceItem {
    return this.#core.database.transaction(() => {
      const count = this.#core.count(`evidence of ${this.#core.number(draft.caseId)}`);
      const label = `E-${String(count).padStart(3, '0')}`;
      return super.add({ ...draft, id: newId(this.#core.now(), this.#core.random), label });
    });
  }

  /** An item that has its id and label already, of another vault. */
  override add(item: EvidenceItem): EvidenceItem {
    return this.#core.database.transaction(() => {
      this.#core.raiseCount(`evidence of ${this.#core.number(item.caseId)}`, Number(item.label.slice(2)));
      return super.add(item);
    });
  }

  byLabel(caseId: string, label: string): EvidenceItem | null {
    return this.list(caseId).find((item) => item.label === label) ?? null;
  }
}
