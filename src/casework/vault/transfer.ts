/**
 * A case as plain files, one JSON value per line: what a bag or a sealed bundle carries, and what another vault takes in. Everything
 * is in it, so it leaves only sealed or through the consent gate; that is the caller's business.
 */
import { z } from 'zod';
import { LANGUAGES } from '../../core/contracts.js';
import { resultSchema } from '../../core/result.js';
import { recordKinds } from '../../records/kinds.generated.js';
import type { CustodyEntry } from '../custody/custody-log.js';
import { type Case, caseSchema, identitySchema } from '../model/case.js';
import { type Consent, consentSchema } from '../model/consent.js';
import { type EvidenceItem, evidenceItemSchema } from '../model/evidence-item.js';
import { CUSTODY_ACTIONS } from '../model/vocabularies.js';
import {
  type Departure,
  departureSchema,
  type KeptStamp,
  type Note,
  noteSchema,
  type Review,
  reviewSchema,
  stampSchema,
  type Withdrawal,
  withdrawalSchema,
} from './case-documents.js';
import type { CaseStore, IdentityStore } from './case-store.js';
import type { CustodyStore } from './custody-store.js';
import { removeCase } from './deletion.js';
import type { RecordStore } from './record-store.js';
import type { RecordWriter } from './record-writer.js';
import { type RunStore, runSchema } from './run-store.js';
import type { Shelf } from './shelf.js';
import type { VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

/** A result with a thousand findings has some megabytes. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const IMPORTING = 'importing case ';
/** Numbers go on from the greatest that is there: one near the end of all numbers would leave none. */
const MAX_ENTRIES = 1e9;
const MAX_LABEL = 999_999;

/** One file of an exported case. */
export interface CasePart {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface TransferStores {
  readonly core: VaultCore;
  readonly cases: CaseStore;
  readonly identities: IdentityStore;
  readonly consents: Shelf<Consent>;
  readonly evidence: Shelf<EvidenceItem>;
  readonly departures: Shelf<Departure>;
  readonly withdrawals: Shelf<Withdrawal>;
  readonly stamps: Shelf<KeptStamp>;
  readonly notes: Shelf<Note>;
  readonly reviews: Shelf<Review>;
  readonly runs: RunStore;
  readonly records: RecordStore;
  readonly custody: CustodyStore;
}

/** `identity`: with names and contacts. The order matters to importing. */
export async function* exportCase(
  stores: TransferStores,
  caseId: string,
  options: { readonly identity: boolean },
): AsyncIterable<CasePart> {
  const kept = stores.cases.get(caseId);
  if (!kept) throw new VaultError('not-found', 'database', 'case');
  const identity = options.identity ? stores.identities.get(kept.id) : null;
  yield part('case.json', [kept]);
  if (identity) yield part('identity.json', [identity]);
  for (const name of SHELVES) yield part(`${name}.jsonl`, stores[name].list(kept.id));
  yield part('runs.jsonl', runsOf(stores, kept.id));
  yield part('records.jsonl', recordsOf(stores, kept.id));
  yield part('custody-keys.json', [
    stores.custody.publicKeys(kept.id).map((key) => Buffer.from(key).toString('hex')),
  ]);
  yield { name: 'custody.jsonl', chunks: chunksOf(stores.custody.lines(kept.id)) };
}

const SHELVES = ['consents', 'evidence', 'departures', 'withdrawals', 'stamps', 'notes', 'reviews'] as const;

function part(name: string, values: Iterable<unknown>): CasePart {
  return { name, chunks: chunksOf(jsonLines(values)) };
}

function* jsonLines(values: Iterable<unknown>): Iterable<string> {
  for (const value of values) yield JSON.stringify(value);
}

function* runsOf(stores: TransferStores, caseId: string): Iterable<unknown> {
  for (const run of stores.runs.list(caseId)) yield { run, results: stores.runs.results(run.id) };
}

function* recordsOf(stores: TransferStores, caseId: string): Iterable<unknown> {
  for (const page of stores.records.all(caseId))
    for (const { id, runId, record } of page) yield { id, run: runId, record };
}

async function* chunksOf(lines: Iterable<string>): AsyncIterable<Uint8Array> {
  let waiting: string[] = [];
  let length = 0;
  for (const line of lines) {
    waiting.push(line, '\n');
    length += line.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.from(waiting.join(''), 'utf8');
    waiting = [];
    length = 0;
  }
  if (waiting.length > 0) yield Buffer.from(waiting.join(''), 'utf8');
}

/**
 * Takes a case in. Ids stay; the code too, unless another case here has it. Whether the custody log and hashes are right is for
 * their verifiers to say. After a failure nothing of the case is left.
 *
 * @throws VaultError bad-import (place: file and line), already-there, case-destroyed, disk-full
 */
export async function importCase(stores: TransferStores, parts: AsyncIterable<CasePart>): Promise<Case> {
  const importing = new Importing(stores);
  try {
    for await (const { name, chunks } of parts) await importing.take(name, chunks);
    return importing.finish();
  } catch (error) {
    importing.undo();
    throw error;
  }
}

/** Removes what an import left that was broken off. */
export function removeUnfinishedImports(core: VaultCore): void {
  const rows = core.database.all('SELECT name FROM vault.counters WHERE substr(name, 1, ?) = ?', [
    IMPORTING.length,
    IMPORTING,
  ]);
  for (const row of rows) removeUnfinished(core, Number(String(row.name).slice(IMPORTING.length)));
}

function removeUnfinished(core: VaultCore, number: number): void {
  core.database.transaction(() => {
    removeCase(core, number);
    core.database.run('DELETE FROM vault.counters WHERE name = ?', [IMPORTING + number]);
  });
}

const custodyEntrySchema = z.strictObject({
  seq: z.number().int().positive().max(MAX_ENTRIES),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  clockSource: z.string(),
  monotonicMs: z.number(),
  actor: z.string(),
  action: z.enum(CUSTODY_ACTIONS),
  evidenceId: z.string().nullable(),
  detail: z.record(z.string(), z.json()),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  sig: z.string().regex(/^[0-9a-f]{128}$/),
});
const importedRunSchema = z.object({ run: runSchema, results: z.array(resultSchema).max(LANGUAGES.length) });
const importedRecordSchema = z.object({
  run: z.uuid(),
  record: z.looseObject({
    kind: z.string(),
    at: z.string().nullable(),
    source: z.object({ evidence: z.string(), path: z.string(), locator: z.string() }),
  }),
});
const keysSchema = z.array(z.string().regex(/^[0-9a-f]{64}$/));

class Importing {
  readonly #stores: TransferStores;
  readonly #runs = new Map<string, RecordWriter>();
  #case: Case | null = null;
  #number: number | null = null;

  constructor(stores: TransferStores) {
    this.#stores = stores;
  }

  async take(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const takers: Readonly<Record<string, (value: unknown) => void>> = {
      'case.json': (value) => this.#takeCase(caseSchema.parse(value)),
      'identity.json': (value) => this.#stores.identities.set(this.#caseId(), identitySchema.parse(value)),
      'consents.jsonl': (value) => this.#stores.consents.add(this.#own(consentSchema.parse(value))),
      'evidence.jsonl': (value) => this.#takeEvidence(evidenceItemSchema.parse(value)),
      'departures.jsonl': (value) => this.#stores.departures.add(this.#own(departureSchema.parse(value))),
      'withdrawals.jsonl': (value) => this.#stores.withdrawals.add(this.#own(withdrawalSchema.parse(value))),
      'stamps.jsonl': (value) => this.#stores.stamps.add(this.#own(stampSchema.parse(value))),
      'notes.jsonl': (value) => this.#stores.notes.add(this.#own(noteSchema.parse(value))),
      'reviews.jsonl': (value) => this.#stores.reviews.add(this.#own(reviewSchema.parse(value))),
      'runs.jsonl': (value) => this.#takeRun(importedRunSchema.parse(value)),
      'records.jsonl': (value) => this.#takeRecord(importedRecordSchema.parse(value)),
      'custody-keys.json': (value) => {
        for (const key of keysSchema.parse(value))
          this.#stores.custody.addKey(this.#caseId(), Buffer.from(key, 'hex'));
      },
      'custody.jsonl': (value) =>
        this.#stores.custody.keep(this.#caseId(), custodyEntrySchema.parse(value) as CustodyEntry),
    };
    const taker = Object.hasOwn(takers, name) ? takers[name] : undefined;
    if (!taker) throw new VaultError('bad-import', 'import', name);
    for await (const { text, place } of linesOf(chunks, name)) {
      try {
        taker(JSON.parse(text));
      } catch (error) {
        // Anything else is of the vault (full disk, closed), not of what is read.
        if (error instanceof VaultError && error.code !== 'bad-import') throw error;
        throw new VaultError('bad-import', 'import', place, { cause: error });
      }
    }
  }

  finish(): Case {
    for (const writer of this.#runs.values()) writer.flush();
    if (!this.#case || this.#number === null) throw new VaultError('bad-import', 'import', 'case.json');
    this.#stores.core.database.run('DELETE FROM vault.counters WHERE name = ?', [IMPORTING + this.#number]);
    return this.#case;
  }

  undo(): void {
    if (this.#number !== null) removeUnfinished(this.#stores.core, this.#number);
  }

  #takeCase(whole: Case): void {
    if (this.#case) throw new VaultError('bad-import', 'import', 'case.json');
    const { core, cases } = this.#stores;
    core.database.transaction(() => {
      if (core.database.get('SELECT 1 FROM vault.tombstones WHERE id = ?', [whole.id]))
        throw new VaultError('case-destroyed', 'import', whole.code);
      if (cases.get(whole.id)) throw new VaultError('already-there', 'import', whole.code);
      this.#case = cases.insert({ ...whole, code: cases.freeCode(whole.code) });
      this.#number = core.number(whole.id);
      core.raiseCount(IMPORTING + this.#number, 1);
    });
  }

  #takeEvidence(item: EvidenceItem): void {
    if (Number(item.label.slice(2)) > MAX_LABEL) throw new VaultError('bad-import', 'import', item.label);
    this.#stores.evidence.add(this.#own(item));
  }

  #takeRun({ run, results }: z.infer<typeof importedRunSchema>): void {
    this.#runs.set(run.id, this.#stores.runs.insert(this.#own(run), results));
  }

  #takeRecord({ run, record }: z.infer<typeof importedRecordSchema>): void {
    const writer = this.#runs.get(run);
    if (!writer) throw new VaultError('bad-import', 'import', `records.jsonl run ${run}`);
    const kind = recordKinds.get(record.kind);
    // Of a later version: kept and searched, but on no line of time and not compared with indicators.
    kind?.schema.parse(record);
    writer.record(record, kind);
  }

  #caseId(): string {
    if (!this.#case) throw new VaultError('bad-import', 'import', 'case.json');
    return this.#case.id;
  }

  #own<T extends { readonly caseId: string }>(value: T): T {
    if (value.caseId !== this.#caseId()) throw new VaultError('bad-import', 'import', `case ${value.caseId}`);
    return value;
  }
}

interface Line {
  readonly text: string;
  /** File and line, from 1. */
  readonly place: string;
}

/** Lines that are not empty. @throws VaultError bad-import */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  const line = (): Line => {
    const place = `${name} line ${number}`;
    try {
      return { text: decoder.decode(Buffer.concat(parts)), place };
    } catch (error) {
      throw new VaultError('bad-import', 'import', place, { cause: error });
    } finally {
      parts = [];
      length = 0;
      number += 1;
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      start = end + 1;
      const whole = line();
      if (whole.text !== '') yield whole;
    }
    const rest = chunk.subarray(start);
    if (rest.length === 0) continue;
    parts.push(rest.slice());
    length += rest.length;
    if (length > MAX_LINE_BYTES) throw new VaultError('bad-import', 'import', `${name} line ${number}`);
  }
  const last = line();
  if (last.text !== '') yield last;
}
