/** What all stores of an open vault share: database, keys, clock, and rows sealed under the key of their case. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SqlRow, VaultDatabase } from './database.js';
import { KEY_BYTES, type KeyRing, type RandomBytes, seal, unseal } from './keys.js';
import { VaultError } from './vault-error.js';

/** Names and contacts have a key of their own, so that work on a case never opens them by the way. */
export type KeyPurpose = 'content' | 'identity';
const PURPOSES: readonly KeyPurpose[] = ['content', 'identity'];
/** Stands for the vault itself where rows name a case by number. */
export const VAULT_NUMBER = 0;

export class VaultCore {
  readonly #caseKeys = new Map<string, Buffer>();
  readonly #numbers = new Map<string, number>();
  readonly #words = new Map<string, number>();
  readonly #wordOf = new Map<number, string>();

  constructor(
    readonly database: VaultDatabase,
    readonly keys: KeyRing,
    readonly now: () => string,
    readonly random: RandomBytes,
  ) {
    database.onRollback = () => this.#forgetAll();
  }

  /** Number of a case, under which its rows stand. @throws VaultError not-found, case-destroyed */
  number(caseId: string): number {
    const known = this.#numbers.get(caseId);
    if (known !== undefined) return known;
    const row = this.database.get('SELECT number FROM vault.cases WHERE id = ?', [caseId]);
    if (row) {
      const number = Number(row.number);
      this.#numbers.set(caseId, number);
      return number;
    }
    const destroyed = this.database.get('SELECT 1 FROM vault.tombstones WHERE id = ?', [caseId]);
    throw new VaultError(destroyed ? 'case-destroyed' : 'not-found', 'database', 'case');
  }

  caseId(number: number): string {
    for (const [id, known] of this.#numbers) if (known === number) return id;
    const id = this.database.get('SELECT id FROM vault.cases WHERE number = ?', [number])?.id;
    if (typeof id !== 'string') throw new VaultError('not-found', 'database', 'case');
    this.#numbers.set(id, number);
    return id;
  }

  /** A number that only rises, also over deletions. Inside a transaction. */
  count(name: string, by = 1): number {
    const row = this.database.get(
      `INSERT INTO vault.counters VALUES(?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value RETURNING value`,
      [name, by],
    );
    return Number(row?.value);
  }

  raiseCount(name: string, to: number): void {
    this.database.run(
      'INSERT INTO vault.counters VALUES(?, ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)',
      [name, to],
    );
  }

  /** Number of a word that comes back often. Inside a transaction. */
  word(text: string): number {
    const known = this.#words.get(text);
    if (known !== undefined) return known;
    const row =
      this.database.get('SELECT id FROM vault.words WHERE word = ?', [text]) ??
      this.database.get('INSERT INTO vault.words(word) VALUES(?) RETURNING id', [text]);
    const id = Number(row?.id);
    this.#words.set(text, id);
    return id;
  }

  /** Number of a word that has come up before, or null. */
  knownWord(text: string): number | null {
    const id = this.database.get('SELECT id FROM vault.words WHERE word = ?', [text])?.id;
    return typeof id === 'number' ? id : null;
  }

  wordOf(id: number): string {
    const known = this.#wordOf.get(id);
    if (known !== undefined) return known;
    const word = this.database.get('SELECT word FROM vault.words WHERE id = ?', [id])?.word;
    if (typeof word !== 'string') throw new VaultError('damaged', 'row', `words ${id}`);
    this.#wordOf.set(id, word);
    return word;
  }

  /** Random keys of a new case. Inside a transaction. */
  makeCaseKeys(number: number): void {
    for (const purpose of PURPOSES) {
      const key = this.random(KEY_BYTES);
      const wrapped = seal(this.keys.cases, keyBinding(number, purpose), key, this.random);
      key.fill(0);
      this.database.run('INSERT INTO vault.case_keys VALUES(?, ?, ?)', [number, purpose, wrapped]);
    }
  }

  /** From here on nothing sealed of the case opens any more. Inside a transaction. */
  destroyCaseKeys(number: number): void {
    this.database.run('DELETE FROM vault.case_keys WHERE number = ?', [number]);
    this.forget(number);
  }

  forget(number: number): void {
    for (const purpose of PURPOSES) {
      const name = `${number} ${purpose}`;
      this.#caseKeys.get(name)?.fill(0);
      this.#caseKeys.delete(name);
    }
    for (const [id, known] of this.#numbers) if (known === number) this.#numbers.delete(id);
  }

  key(number: number, purpose: KeyPurpose = 'content'): Buffer {
    if (number === VAULT_NUMBER) return this.keys.vault;
    const name = `${number} ${purpose}`;
    const known = this.#caseKeys.get(name);
    if (known) return known;
    const row = this.database.get('SELECT wrapped FROM vault.case_keys WHERE number = ? AND purpose = ?', [
      number,
      purpose,
    ]);
    if (!row) throw new VaultError('case-destroyed', 'row', `case_keys ${name}`);
    const key = unseal(this.keys.cases, keyBinding(number, purpose), bytesOf(row, 'wrapped'));
    if (key?.length !== KEY_BYTES) throw new VaultError('damaged', 'row', `case_keys ${name}`);
    this.#caseKeys.set(name, key);
    return key;
  }

  /** `place` names the row: what is sealed for one does not open in another. */
  seal(number: number, place: string, plain: Uint8Array, purpose: KeyPurpose = 'content'): Buffer {
    return seal(this.key(number, purpose), place, deflateRawSync(plain, { level: 1 }), this.random);
  }

  /** @throws VaultError damaged, naming the row; case-destroyed */
  unseal(number: number, place: string, sealed: Uint8Array, purpose: KeyPurpose = 'content'): Buffer {
    const compressed = unseal(this.key(number, purpose), place, sealed);
    if (!compressed) throw new VaultError('damaged', 'row', place);
    return inflateRawSync(compressed);
  }

  sealJson(number: number, place: string, value: unknown, purpose: KeyPurpose = 'content'): Buffer {
    const plain = Buffer.from(JSON.stringify(value), 'utf8');
    const sealed = this.seal(number, place, plain, purpose);
    plain.fill(0);
    return sealed;
  }

  unsealJson(number: number, place: string, sealed: Uint8Array, purpose: KeyPurpose = 'content'): unknown {
    return JSON.parse(this.unseal(number, place, sealed, purpose).toString('utf8'));
  }

  close(): void {
    this.#forgetAll();
    this.keys.zero();
    this.database.close();
  }

  /** Also after a transaction was undone, with which numbers and keys may have gone. */
  #forgetAll(): void {
    for (const key of this.#caseKeys.values()) key.fill(0);
    for (const known of [this.#caseKeys, this.#numbers, this.#words, this.#wordOf]) known.clear();
  }
}

export function bytesOf(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new VaultError('damaged', 'row', column);
  return value;
}

function keyBinding(number: number, purpose: KeyPurpose): string {
  return `key of case ${number} ${purpose}`;
}
