/** Tables of `vault.db`. A migration is never changed once released: a later version appends another. */

/** Words that come back a million times (kinds, events, types of observables) are kept once and stand as numbers. */
const FIRST = `
CREATE TABLE vault.counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE vault.words(id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE vault.cases(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL
) STRICT;
-- Destroying a case begins here: without its rows nothing sealed of the case opens any more.
CREATE TABLE vault.case_keys(
  number INTEGER NOT NULL, purpose TEXT NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY(number, purpose)
) STRICT, WITHOUT ROWID;
CREATE TABLE vault.tombstones(id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Number 0 stands for the vault itself.
CREATE TABLE vault.documents(
  row INTEGER PRIMARY KEY, number INTEGER NOT NULL, shelf TEXT NOT NULL, id TEXT NOT NULL, sealed BLOB NOT NULL,
  UNIQUE(shelf, id)
) STRICT;
CREATE INDEX vault.documents_of_case ON documents(number, shelf, row);

CREATE TABLE vault.custody(
  number INTEGER NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY(number, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER vault.custody_is_not_changed BEFORE UPDATE ON custody
  BEGIN SELECT RAISE(ABORT, 'custody is append-only'); END;
CREATE TRIGGER vault.custody_is_not_removed BEFORE DELETE ON custody
  WHEN EXISTS (SELECT 1 FROM case_keys WHERE case_keys.number = old.number)
  BEGIN SELECT RAISE(ABORT, 'custody is append-only'); END;

-- Records first..last, one per line, compressed and sealed together.
CREATE TABLE vault.blocks(
  last INTEGER PRIMARY KEY, first INTEGER NOT NULL, number INTEGER NOT NULL, run INTEGER NOT NULL, sealed BLOB NOT NULL
) STRICT;
CREATE INDEX vault.blocks_of_case ON blocks(number, last);
CREATE TABLE vault.moments(
  number INTEGER NOT NULL, at INTEGER NOT NULL, record INTEGER NOT NULL, event INTEGER NOT NULL, kind INTEGER NOT NULL,
  PRIMARY KEY(number, at, record, event)
) STRICT, WITHOUT ROWID;
CREATE TABLE vault.observables(
  number INTEGER NOT NULL, type INTEGER NOT NULL, act INTEGER NOT NULL, value TEXT NOT NULL,
  records INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(number, type, act, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE vault.matches_seen(
  number INTEGER NOT NULL, digest BLOB NOT NULL, at TEXT NOT NULL, PRIMARY KEY(number, digest)
) STRICT, WITHOUT ROWID;
`;

export const MIGRATIONS: readonly string[] = [FIRST];

/**
 * Words of the records of one case. A table of its own for each, so that destroying a case drops its words whole. `content=''`:
 * the text itself is not kept a second time.
 */
export function searchTable(number: number): {
  readonly name: string;
  /** FTS5 names the whole table by a column of its name, without the schema. */
  readonly column: string;
  readonly create: string;
} {
  const column = `words_of_case_${number}`;
  const name = `vault.${column}`;
  return {
    name,
    column,
    create: `CREATE VIRTUAL TABLE ${name} USING fts5(text, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2');
INSERT INTO ${name}(${column}, rank) VALUES('pgsz', 7900);
INSERT INTO ${name}(${column}, rank) VALUES('hashsize', 16777216);`,
  };
}
