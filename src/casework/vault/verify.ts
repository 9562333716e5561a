import { inflateRawSync } from 'node:zlib';
import { unseal } from './keys.js';
import { blockPlace } from './record-writer.js';
import { bytesOf, VAULT_NUMBER, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

const ROWS_PER_PAGE = 200;

/** Opens every sealed row. Pages authenticate themselves; this finds rows that were exchanged by somebody who has the database's key. */
export function sealedRowProblems(core: VaultCore): { place: 'row'; detail: string }[] {
  const problems: { place: 'row'; detail: string }[] = [];
  for (const { rows, placeOf } of TABLES) {
    let after: [number, number] = [-1, -1];
    for (;;) {
      const page = tolerant(() => core.database.all(rows, [...after, ROWS_PER_PAGE]), problems) ?? [];
      const end = page.at(-1);
      if (!end) break;
      after = [Number(end.a), Number(end.b)];
      for (const row of page) {
        const number = Number(row.number);
        const detail = placeOf(row);
        tolerant(() => {
          const purpose = row.shelf === 'identity' ? 'identity' : 'content';
          const plain = unseal(core.key(number, purpose), detail, bytesOf(row, 'sealed'));
          if (!plain) throw new VaultError('damaged', 'row', detail);
          inflateRawSync(plain).fill(0);
        }, problems);
      }
    }
  }
  return problems;
}

type Row = Readonly<Record<string, unknown>>;

const TABLES: readonly { readonly rows: string; readonly placeOf: (row: Row) => string }[] = [
  {
    rows: 'SELECT number AS a, 0 AS b, number, sealed FROM vault.cases WHERE (number, 0) > (?, ?) ORDER BY number LIMIT ?',
    placeOf: (row) => `cases ${row.number}`,
  },
  {
    rows: 'SELECT row AS a, 0 AS b, number, shelf, id, sealed FROM vault.documents WHERE (row, 0) > (?, ?) ORDER BY row LIMIT ?',
    placeOf: (row) => {
      if (row.number === VAULT_NUMBER) return `${row.shelf} ${row.id}`;
      const one = row.shelf === 'identity' || row.shelf === 'custody-keys';
      return one ? `${row.shelf} ${row.number}` : `${row.shelf} ${row.number} ${row.id}`;
    },
  },
  {
    rows: 'SELECT number AS a, seq AS b, number, seq, sealed FROM vault.custody WHERE (number, seq) > (?, ?) ORDER BY number, seq LIMIT ?',
    placeOf: (row) => `custody ${row.number} ${row.seq}`,
  },
  {
    rows: 'SELECT last AS a, 0 AS b, last, first, number, run, sealed FROM vault.blocks WHERE (last, 0) > (?, ?) ORDER BY last LIMIT ?',
    placeOf: (row) => blockPlace(Number(row.number), Number(row.run), Number(row.first), Number(row.last)),
  },
];

function tolerant<T>(work: () => T, problems: { place: 'row'; detail: string }[]): T | null {
  try {
    return work();
  } catch (error) {
    problems.push({ place: 'row', detail: error instanceof VaultError ? error.detail : String(error) });
    return null;
  }
}
