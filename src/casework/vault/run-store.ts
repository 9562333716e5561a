import { z } from 'zod';
import {
  type EvidenceRecord,
  LANGUAGES,
  type Language,
  type RecordKind,
  type RecordSink,
} from '../../core/contracts.js';
import { type Result, resultSchema } from '../../core/result.js';
import { storedTime } from '../model/case.js';
import type { SqlRow } from './database.js';
import { newId } from './new-id.js';
import { RecordWriter } from './record-writer.js';
import { bytesOf, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

const SHELF = 'runs';
const RESULTS = 'results';
const resultsIn = (language: Language): string => `${RESULTS} ${language}`;

const runSchema = z.object({
  id: z.uuid(),
  caseId: z.uuid(),
  startedAt: storedTime,
  /** Null when the run was broken off: what it had stored until then is there. */
  finishedAt: storedTime.nullable(),
  /** Evidence of the run (`e1`) -> label of the evidence item (`E-001`). */
  evidence: z.record(z.string(), z.string()),
  records: z.number().int().nonnegative(),
});
/** One check of evidence of a case. */
export type Run = z.infer<typeof runSchema>;

/** Takes the records of a run while it goes on, and its result at the end. */
export class RunWriter implements RecordSink {
  readonly #store: RunStore;
  readonly #writer: RecordWriter;
  #run: Run;

  constructor(store: RunStore, run: Run, writer: RecordWriter) {
    this.#store = store;
    this.#run = run;
    this.#writer = writer;
  }

  get id(): string {
    return this.#run.id;
  }

  record(record: EvidenceRecord, kind: RecordKind): void {
    this.#writer.record(record, kind);
  }

  /** When it returns, all records given so far are on disk. Gives their number. */
  flush(): number {
    this.#writer.flush();
    return this.#writer.written;
  }

  /**
   * The result document, kept whole, as the check gave it and then in other languages. `evidence`: which item each `e1` … is, where
   * it was not known at the start.
   */
  finish(
    results: readonly Result[],
    finishedAt: string,
    evidence: Readonly<Record<string, string>> = {},
  ): Run {
    const records = this.flush();
    this.#run = { ...this.#run, finishedAt, records, evidence: { ...this.#run.evidence, ...evidence } };
    this.#store.finish(this.#run, results);
    return this.#run;
  }
}

export class RunStore {
  readonly #core: VaultCore;

  constructor(core: VaultCore) {
    this.#core = core;
  }

  /** `id`: of a check that was asked for before it could begin. */
  begin(begun: {
    id?: string;
    caseId: string;
    startedAt: string;
    evidence?: Readonly<Record<string, string>>;
  }): RunWriter {
    const id = begun.id ?? newId(this.#core.now(), this.#core.random);
    const { caseId, startedAt, evidence = {} } = begun;
    const run = { id, caseId, startedAt, finishedAt: null, evidence: { ...evidence }, records: 0 };
    return new RunWriter(this, run, this.insert(run));
  }

  /** A run that has its id already, of another vault. */
  insert(run: Run, results: readonly Result[] = []): RecordWriter {
    const value = runSchema.parse(run);
    const number = this.#core.number(value.caseId);
    const row = this.#core.database.transaction(() => {
      const { lastInsertRowid } = this.#core.database.run(
        'INSERT INTO vault.documents(number, shelf, id, sealed) VALUES(?, ?, ?, ?)',
        [number, SHELF, value.id, this.#core.sealJson(number, place(SHELF, number, value.id), value)],
      );
      this.#keepResults(value, results);
      return lastInsertRowid;
    });
    return new RecordWriter(this.#core, number, row);
  }

  /** @internal Called by the writer. */
  finish(run: Run, results: readonly Result[]): void {
    const number = this.#core.number(run.caseId);
    this.#core.database.transaction(() => {
      this.#core.database.run('UPDATE vault.documents SET sealed = ? WHERE shelf = ? AND id = ?', [
        this.#core.sealJson(number, place(SHELF, number, run.id), runSchema.parse(run)),
        SHELF,
        run.id,
      ]);
      this.#keepResults(run, results);
    });
  }

  list(caseId: string): Run[] {
    return this.#core.database
      .all('SELECT number, id, sealed FROM vault.documents WHERE number = ? AND shelf = ? ORDER BY row', [
        this.#core.number(caseId),
        SHELF,
      ])
      .map((row) => this.#open(row));
  }

  get(id: string): Run | null {
    const row = this.#core.database.get(
      'SELECT number, id, sealed FROM vault.documents WHERE shelf = ? AND id = ?',
      [SHELF, id],
    );
    return row ? this.#open(row) : null;
  }

  /** What the run came to, as the check gave it; null when it was broken off. */
  result(id: string): Result | null {
    return this.#result(id, RESULTS);
  }

  /** What the run came to, in a language where it was kept in that; else as the check gave it. */
  resultIn(id: string, language: Language): Result | null {
    const asGiven = this.result(id);
    return asGiven?.tool.language === language ? asGiven : (this.#result(id, resultsIn(language)) ?? asGiven);
  }

  /** As the check gave it first, then the others. */
  results(id: string): Result[] {
    const others = LANGUAGES.map((language) => this.#result(id, resultsIn(language)));
    return [this.result(id), ...others].filter((result) => result !== null);
  }

  #result(id: string, shelf: string): Result | null {
    const row = this.#core.database.get(
      'SELECT number, sealed FROM vault.documents WHERE shelf = ? AND id = ?',
      [shelf, id],
    );
    if (!row) return null;
    const number = Number(row.number);
    const at = place(shelf, number, id);
    const parsed = resultSchema.safeParse(this.#core.unsealJson(number, at, bytesOf(row, 'sealed')));
    if (!parsed.success) throw new VaultError('damaged', 'row', at, { cause: parsed.error });
    return parsed.data;
  }

  #keepResults(run: Run, results: readonly Result[]): void {
    const number = this.#core.number(run.caseId);
    for (const [index, result] of results.entries()) {
      const shelf = index === 0 ? RESULTS : resultsIn(result.tool.language);
      this.#core.database.run('INSERT INTO vault.documents(number, shelf, id, sealed) VALUES(?, ?, ?, ?)', [
        number,
        shelf,
        run.id,
        this.#core.sealJson(number, place(shelf, number, run.id), result),
      ]);
    }
  }

  #open(row: SqlRow): Run {
    const number = Number(row.number);
    const at = place(SHELF, number, String(row.id));
    const parsed = runSchema.safeParse(this.#core.unsealJson(number, at, bytesOf(row, 'sealed')));
    if (!parsed.success) throw new VaultError('damaged', 'row', at, { cause: parsed.error });
    return parsed.data;
  }
}

function place(shelf: string, number: number, id: string): string {
  return `${shelf} ${number} ${id}`;
}

export { runSchema };
