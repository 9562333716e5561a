import type { EvidenceRecord, Observable } from '../../core/contracts.js';
import { CaseTimeline } from './case-timeline.js';
import type { SqlRow, SqlValue } from './database.js';
import { type Snippet, searchQuery, searchText, snippetOf } from './record-text.js';
import { blockPlace } from './record-writer.js';
import { searchTable } from './schema.js';
import type { StoredRecord, TimelineMoment } from './stored-record.js';
import { BEFORE_ALL_TIMES, microsecondsOf, storedTimeOf } from './stored-time.js';
import { bytesOf, type VaultCore } from './vault-core.js';
import { VaultError } from './vault-error.js';

/** Opened blocks kept in memory, of about 100 KB each. */
const BLOCKS_IN_MEMORY = 64;
const OBSERVABLES_PER_PAGE = 5_000;

export type { StoredRecord, TimelineMoment };

export interface TimelineQuery {
  /** Left out: all cases. */
  readonly caseId?: string;
  readonly kinds?: readonly string[];
  /** Times in the stored form, both included. */
  readonly from?: string;
  readonly to?: string;
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface SearchHit {
  readonly stored: StoredRecord;
  readonly snippet: Snippet;
}

export interface SeenObservable {
  readonly caseId: string;
  readonly type: Observable['type'];
  readonly act: Observable['act'];
  readonly value: string;
  /** How many records have it, and the first and last of them. */
  readonly records: number;
  readonly firstRecord: number;
  readonly lastRecord: number;
}

interface Block {
  readonly first: number;
  readonly last: number;
  readonly number: number;
  readonly runId: string;
  /** Records as lines of JSON; overwritten when it is let go. */
  readonly plain: Buffer;
}

export class RecordStore {
  readonly #core: VaultCore;
  /** By last id; the one used longest ago first. */
  readonly #blocks = new Map<number, Block>();
  readonly #runIds = new Map<number, string>();
  readonly #timelines = new Map<number, CaseTimeline>();

  constructor(core: VaultCore) {
    this.#core = core;
  }

  /** @throws VaultError not-found */
  get(id: number): StoredRecord {
    const block = this.#blockOf(id);
    const line = lineOf(block.plain, id - block.first);
    if (line === null) throw new VaultError('damaged', 'row', `blocks ${block.last}`);
    return this.#stored(block, id, line);
  }

  /** Records of a case in the order they were stored, page by page. */
  *all(caseId: string): Iterable<readonly StoredRecord[]> {
    const number = this.#core.number(caseId);
    let last = 0;
    for (;;) {
      const row = this.#core.database.get(
        'SELECT * FROM vault.blocks WHERE number = ? AND last > ? ORDER BY last LIMIT 1',
        [number, last],
      );
      if (!row) return;
      const block = this.#open(row);
      last = block.last;
      const lines = block.plain.toString('utf8').split('\n');
      block.plain.fill(0);
      yield lines.map((line, index) => this.#stored(block, block.first + index, line));
    }
  }

  count(caseId: string): number {
    const row = this.#core.database.get(
      'SELECT total(last - first + 1) AS records FROM vault.blocks WHERE number = ?',
      [this.#core.number(caseId)],
    );
    return Number(row?.records);
  }

  /** In order of time. A record that has several times is there several times, one that has none is not. */
  timeline(query: TimelineQuery): { moments: TimelineMoment[]; next: string | null } {
    const cursor = cursorOf(query.after);
    const kinds = query.kinds?.map((kind) => this.#core.knownWord(kind)).filter((word) => word !== null);
    const numbers =
      query.caseId === undefined
        ? this.#core.database.all('SELECT number FROM vault.cases').map((row) => Number(row.number))
        : [this.#core.number(query.caseId)];
    const conditions = ['number = ?', '(at, record, event) > (?, ?, ?)'];
    const parameters: SqlValue[] = [...cursor];
    for (const [bound, comparison] of [
      [query.from, 'at >= ?'],
      [query.to, 'at <= ?'],
    ] as const) {
      const at = bound === undefined ? null : microsecondsOf(bound);
      if (at === null) continue;
      conditions.push(comparison);
      parameters.push(at);
    }
    if (kinds) conditions.push(`kind IN (${kinds.join(', ')})`);
    const sql = `SELECT at, record, event FROM vault.moments WHERE ${conditions.join(' AND ')} ORDER BY at, record, event LIMIT ?`;
    const rows = numbers
      .flatMap((number) => this.#core.database.all(sql, [number, ...parameters, query.limit]))
      .sort((a, b) => difference(a, b, 'at') || difference(a, b, 'record') || difference(a, b, 'event'))
      .slice(0, query.limit);
    const end = rows.length < query.limit ? undefined : rows.at(-1);
    return {
      moments: rows.map((row) => ({
        at: storedTimeOf(Number(row.at)),
        event: this.#core.wordOf(Number(row.event)),
        stored: this.get(Number(row.record)),
      })),
      next: end ? `${end.at}.${end.record}.${end.event}` : null,
    };
  }

  /** The line of time of a case, to be filtered and counted. It stays in memory until {@link forget}. */
  timelineOf(caseId: string): CaseTimeline {
    const number = this.#core.number(caseId);
    const known = this.#timelines.get(number) ?? new CaseTimeline(this.#core, number, (id) => this.get(id));
    // One case is looked at at a time.
    this.#timelines.clear();
    this.#timelines.set(number, known);
    return known;
  }

  /**
   * Records in which all words typed occur (accents and case do not matter; `"…"` is a phrase, `word*` a beginning), those
   * stored last first within each case.
   */
  search(typed: string, options: { caseId?: string; limit: number }): { hits: SearchHit[]; more: boolean } {
    const query = searchQuery(typed);
    if (query === null) return { hits: [], more: false };
    const numbers =
      options.caseId === undefined
        ? this.#core.database
            .all('SELECT number FROM vault.cases ORDER BY number DESC')
            .map((row) => Number(row.number))
        : [this.#core.number(options.caseId)];
    const ids: number[] = [];
    for (const number of numbers) {
      const wanted = options.limit + 1 - ids.length;
      if (wanted <= 0) break;
      const { name, column } = searchTable(number);
      const sql = `SELECT rowid FROM ${name} WHERE ${column} MATCH ? ORDER BY rowid DESC LIMIT ?`;
      for (const row of this.#core.database.all(sql, [query, wanted])) ids.push(Number(row.rowid));
    }
    const hits = ids.slice(0, options.limit).map((id) => {
      const stored = this.get(id);
      return { stored, snippet: snippetOf(searchText(stored.record), typed) };
    });
    return { hits, more: ids.length > options.limit };
  }

  /** All that can be compared with indicators, each once per case, page by page. */
  *observables(): Iterable<readonly SeenObservable[]> {
    let cursor: SqlValue[] = [-1, -1, -1, ''];
    for (;;) {
      const rows = this.#core.database.all(
        `SELECT * FROM vault.observables WHERE (number, type, act, value) > (?, ?, ?, ?)
         ORDER BY number, type, act, value LIMIT ?`,
        [...cursor, OBSERVABLES_PER_PAGE],
      );
      const end = rows.at(-1);
      if (!end) return;
      yield rows.map((row) => ({
        caseId: this.#core.caseId(Number(row.number)),
        // Written from an Observable, in a page whose authentication code was checked.
        type: this.#core.wordOf(Number(row.type)) as Observable['type'],
        act: this.#core.wordOf(Number(row.act)) as Observable['act'],
        value: String(row.value),
        records: Number(row.records),
        firstRecord: Number(row.first),
        lastRecord: Number(row.last),
      }));
      cursor = [end.number ?? null, end.type ?? null, end.act ?? null, end.value ?? null];
    }
  }

  /** Nothing opened stays in memory. */
  forget(): void {
    for (const { plain } of this.#blocks.values()) plain.fill(0);
    this.#blocks.clear();
    this.#runIds.clear();
    this.#timelines.clear();
  }

  #blockOf(id: number): Block {
    for (const [last, block] of this.#blocks) {
      if (id < block.first || id > last) continue;
      this.#blocks.delete(last);
      this.#blocks.set(last, block);
      return block;
    }
    const row = this.#core.database.get('SELECT * FROM vault.blocks WHERE last >= ? ORDER BY last LIMIT 1', [
      id,
    ]);
    if (!row || Number(row.first) > id) throw new VaultError('not-found', 'database', `record ${id}`);
    const block = this.#open(row);
    this.#blocks.set(block.last, block);
    for (const [last, { plain }] of this.#blocks) {
      if (this.#blocks.size <= BLOCKS_IN_MEMORY) break;
      plain.fill(0);
      this.#blocks.delete(last);
    }
    return block;
  }

  #open(row: SqlRow): Block {
    const [number, run, first, last] = [row.number, row.run, row.first, row.last].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const plain = this.#core.unseal(number, blockPlace(number, run, first, last), bytesOf(row, 'sealed'));
    return { first, last, number, runId: this.#runId(run), plain };
  }

  #runId(run: number): string {
    const known = this.#runIds.get(run);
    if (known !== undefined) return known;
    const id = this.#core.database.get('SELECT id FROM vault.documents WHERE row = ?', [run])?.id;
    if (typeof id !== 'string') throw new VaultError('damaged', 'row', `documents ${run}`);
    this.#runIds.set(run, id);
    return id;
  }

  #stored(block: Block, id: number, line: string): StoredRecord {
    return {
      id,
      caseId: this.#core.caseId(block.number),
      runId: block.runId,
      record: JSON.parse(line) as EvidenceRecord,
    };
  }
}

/** Only the one that is asked for becomes text: of a page each record may lie in another block. */
function lineOf(plain: Buffer, index: number): string | null {
  let start = 0;
  for (let line = 0; line < index; line += 1) {
    const end = plain.indexOf(0x0a, start);
    if (end < 0) return null;
    start = end + 1;
  }
  const end = plain.indexOf(0x0a, start);
  return plain.toString('utf8', start, end < 0 ? plain.length : end);
}

function difference(a: SqlRow, b: SqlRow, column: string): number {
  return Number(a[column]) - Number(b[column]);
}

function cursorOf(after: string | undefined): number[] {
  const parts = after?.split('.').map(Number) ?? [];
  const [at, record, event] = parts;
  if (at === undefined || record === undefined || event === undefined || parts.some(Number.isNaN))
    return [BEFORE_ALL_TIMES, 0, 0];
  return [at, record, event];
}
