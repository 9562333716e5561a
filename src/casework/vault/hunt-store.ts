import { createHmac } from 'node:crypto';
import type { VaultCore } from './vault-core.js';

/** An indicator that fits something stored. */
export interface StoredMatch {
  readonly caseId: string;
  readonly observable: { readonly type: string; readonly value: string; readonly act: string };
  readonly indicator: { readonly type: string; readonly value: string; readonly feed: string };
}

/** Remembers which matches were said before, so that the next hunt says what is new. */
export class HuntStore {
  readonly #core: VaultCore;

  constructor(core: VaultCore) {
    this.#core = core;
  }

  /** Those not given before, in their order; from now on they are known. */
  keepNew<T extends StoredMatch>(matches: Iterable<T>): T[] {
    const at = this.#core.now();
    return this.#core.database.transaction(() => {
      const fresh: T[] = [];
      for (const match of matches) {
        const { changes } = this.#core.database.run(
          'INSERT OR IGNORE INTO vault.matches_seen VALUES(?, ?, ?)',
          [this.#core.number(match.caseId), this.#digest(match), at],
        );
        if (changes > 0) fresh.push(match);
      }
      return fresh;
    });
  }

  #digest({ caseId, observable, indicator }: StoredMatch): Buffer {
    const parts = [
      caseId,
      observable.type,
      observable.act,
      observable.value,
      indicator.type,
      indicator.value,
      indicator.feed,
    ];
    return createHmac('sha256', this.#core.keys.index).update(JSON.stringify(parts)).digest();
  }
}
