import type { EvidenceRecord, RecordKind, RecordSink } from '../../core/contracts.js';
import { searchText } from './record-text.js';
import { searchTable } from './schema.js';
import { microsecondsOf } from './stored-time.js';
import type { VaultCore } from './vault-core.js';

/** Records sealed together. Fewer: larger database. More: slower to look one up. */
const RECORDS_PER_BLOCK = 256;
const CHARACTERS_PER_BLOCK = 1 << 20;
/** What waits in memory until it is written in one transaction: each costs the disk a flush. */
const RECORDS_WAITING = 16_384;
const CHARACTERS_WAITING = 1 << 24;
/** Longer values (whole messages as a file path, `data:` links) are no indicator. */
const MAX_OBSERVABLE_CHARACTERS = 4_096;

interface Waiting {
  readonly line: string;
  readonly text: string;
  readonly kind: string;
  /** Time in microseconds and event, in turns. */
  readonly moments: readonly (readonly [number, string])[];
  readonly observables: ReturnType<RecordKind['observables']>;
}

/**
 * Takes the records of one run. What was given is on disk when {@link flush} has returned, and otherwise from time to time; after a
 * crash, all of a flush is there or nothing.
 */
export class RecordWriter implements RecordSink {
  readonly #core: VaultCore;
  readonly #number: number;
  readonly #run: number;
  #waiting: Waiting[] = [];
  #characters = 0;
  #written = 0;
  #failure: unknown = null;

  constructor(core: VaultCore, number: number, run: number) {
    this.#core = core;
    this.#number = number;
    this.#run = run;
  }

  /** Records on disk. */
  get written(): number {
    return this.#written;
  }

  /** @throws VaultError disk-full, closed … the same again once one flush has failed, as what waited then is lost */
  record(record: EvidenceRecord, kind: RecordKind | undefined): void {
    if (this.#failure !== null) throw this.#failure;
    const line = JSON.stringify(record);
    this.#waiting.push({
      line,
      text: searchText(record),
      kind: record.kind,
      moments: kind ? momentsOf(record, kind) : [],
      observables: kind ? kind.observables(record) : [],
    });
    this.#characters += line.length;
    if (this.#waiting.length >= RECORDS_WAITING || this.#characters >= CHARACTERS_WAITING) this.flush();
  }

  flush(): void {
    if (this.#failure !== null) throw this.#failure;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#characters = 0;
    try {
      this.#core.database.transaction(() => this.#write(waiting));
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.#written += waiting.length;
  }

  #write(waiting: readonly Waiting[]): void {
    const core = this.#core;
    const number = this.#number;
    const before = core.count('records', waiting.length) - waiting.length;
    const words = `INSERT INTO ${searchTable(number).name}(rowid, text) VALUES(?, ?)`;
    const seen = new Map<
      string,
      { type: number; act: number; value: string; records: number; first: number; last: number }
    >();
    let block: string[] = [];
    let characters = 0;
    for (const [index, { line, text, kind, moments, observables }] of waiting.entries()) {
      const id = before + index + 1;
      if (text !== '') core.database.run(words, [id, text]);
      const kindWord = core.word(kind);
      for (const [at, event] of moments)
        core.database.run('INSERT OR IGNORE INTO vault.moments VALUES(?, ?, ?, ?, ?)', [
          number,
          at,
          id,
          core.word(event),
          kindWord,
        ]);
      for (const { type, act, value } of observables) {
        if (value.length > MAX_OBSERVABLE_CHARACTERS) continue;
        const key = `${type} ${act} ${value}`;
        const known = seen.get(key);
        if (!known) {
          seen.set(key, {
            type: core.word(type),
            act: core.word(act),
            value,
            records: 1,
            first: id,
            last: id,
          });
        } else if (known.last !== id) {
          known.records += 1;
          known.last = id;
        }
      }
      block.push(line);
      characters += line.length;
      if (
        block.length >= RECORDS_PER_BLOCK ||
        characters >= CHARACTERS_PER_BLOCK ||
        index === waiting.length - 1
      ) {
        this.#writeBlock(id, block);
        block = [];
        characters = 0;
      }
    }
    for (const { type, act, value, records, first, last } of seen.values())
      core.database.run(
        `INSERT INTO vault.observables VALUES(?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET records = records + excluded.records, last = excluded.last`,
        [number, type, act, value, records, first, last],
      );
  }

  #writeBlock(last: number, lines: readonly string[]): void {
    const first = last - lines.length + 1;
    const plain = Buffer.from(lines.join('\n'), 'utf8');
    const sealed = this.#core.seal(this.#number, blockPlace(this.#number, this.#run, first, last), plain);
    plain.fill(0);
    this.#core.database.run('INSERT INTO vault.blocks VALUES(?, ?, ?, ?, ?)', [
      last,
      first,
      this.#number,
      this.#run,
      sealed,
    ]);
  }
}

export function blockPlace(number: number, run: number, first: number, last: number): string {
  return `blocks ${number} ${run} ${first} ${last}`;
}

function momentsOf(record: EvidenceRecord, kind: RecordKind): [number, string][] {
  const moments: [number, string][] = [];
  for (const { at, event } of kind.timeline(record)) {
    const microseconds = microsecondsOf(at);
    if (microseconds !== null) moments.push([microseconds, event]);
  }
  return moments;
}
