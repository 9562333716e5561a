import { canonicalise } from '../custody/canonical-json.js';
import { type CustodyBody, type CustodyEntry, makeEntry } from '../custody/custody-log.js';
import { publicKeyOf, signer } from '../custody/keys.js';
import { bytesOf, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

/** What a tombstone keeps of a log: enough to recognise each entry of a copy, nothing of what it says. */
export interface CustodyTrace {
  readonly seq: number;
  readonly hash: string;
  readonly sig: string;
}

/** The custody logs, one per case. The database itself refuses to change or remove an entry while its case lives. */
export class CustodyStore {
  readonly #core: VaultCore;

  constructor(core: VaultCore) {
    this.#core = core;
  }

  /** On disk when it returns. */
  append(caseId: string, body: Omit<CustodyBody, 'seq' | 'prev'>): CustodyEntry {
    return this.#core.database.transaction(() => {
      const entry = makeEntry(this.last(caseId), body, signer(this.#core.keys.log));
      this.keep(caseId, entry);
      this.addKey(caseId, this.publicKey());
      return entry;
    });
  }

  /** An entry that is made already, of another vault. Whether it is right is for the verifier to say. */
  keep(caseId: string, entry: CustodyEntry): void {
    const number = this.#core.number(caseId);
    this.#core.database.run('INSERT INTO vault.custody VALUES(?, ?, ?, ?)', [
      number,
      entry.seq,
      entry.hash,
      this.#core.seal(number, place(number, entry.seq), Buffer.from(canonicalise({ ...entry }), 'utf8')),
    ]);
  }

  /** The lines of the log as they are exported and verified. @param after the entry to go on after */
  *lines(caseId: string, after = 0): Iterable<string> {
    const number = this.#core.number(caseId);
    let seq = after;
    for (;;) {
      const row = this.#core.database.get(
        'SELECT seq, sealed FROM vault.custody WHERE number = ? AND seq > ? ORDER BY seq LIMIT 1',
        [number, seq],
      );
      if (!row) return;
      seq = Number(row.seq);
      yield this.#core.unseal(number, place(number, seq), bytesOf(row, 'sealed')).toString('utf8');
    }
  }

  *entries(caseId: string, after = 0): Iterable<CustodyEntry> {
    for (const line of this.lines(caseId, after)) yield JSON.parse(line) as CustodyEntry;
  }

  /** The newest entry, whose hash is the head of the log. */
  last(caseId: string): CustodyEntry | null {
    const number = this.#core.number(caseId);
    const row = this.#core.database.get(
      'SELECT seq, hash, sealed FROM vault.custody WHERE number = ? ORDER BY seq DESC LIMIT 1',
      [number],
    );
    if (!row) return null;
    const at = place(number, Number(row.seq));
    const entry = JSON.parse(
      this.#core.unseal(number, at, bytesOf(row, 'sealed')).toString('utf8'),
    ) as CustodyEntry;
    if (entry.hash !== row.hash) throw new VaultError('damaged', 'row', at);
    return entry;
  }

  trace(caseId: string): CustodyTrace[] {
    return [...this.entries(caseId)].map(({ seq, hash, sig }) => ({ seq, hash, sig }));
  }

  /** With which this vault signs. */
  publicKey(): Uint8Array {
    return publicKeyOf(this.#core.keys.log);
  }

  /** Of all vaults the case has been in. */
  publicKeys(caseId: string): Uint8Array[] {
    return this.#keys(caseId).map((hex) => Buffer.from(hex, 'hex'));
  }

  addKey(caseId: string, publicKey: Uint8Array): void {
    const known = this.#keys(caseId);
    const hex = Buffer.from(publicKey).toString('hex');
    if (known.includes(hex)) return;
    const number = this.#core.number(caseId);
    this.#core.database.run(
      `INSERT INTO vault.documents(number, shelf, id, sealed) VALUES(?, 'custody-keys', ?, ?)
       ON CONFLICT(shelf, id) DO UPDATE SET sealed = excluded.sealed`,
      [number, caseId, this.#core.sealJson(number, keysPlace(number), [...known, hex])],
    );
  }

  #keys(caseId: string): string[] {
    const number = this.#core.number(caseId);
    const row = this.#core.database.get(
      `SELECT sealed FROM vault.documents WHERE shelf = 'custody-keys' AND id = ?`,
      [caseId],
    );
    return row ? (this.#core.unsealJson(number, keysPlace(number), bytesOf(row, 'sealed')) as string[]) : [];
  }
}

function place(number: number, seq: number): string {
  return `custody ${number} ${seq}`;
}

function keysPlace(number: number): string {
  return `custody-keys ${number}`;
}
