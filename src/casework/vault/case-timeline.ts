/** The line of time of one case, filtered, counted and paged: what the tables hold, kept in memory while it is looked at. */
import { setImmediate } from 'node:timers/promises';
import type { SqlRow, SqlValue } from './database.js';
import { type Moment, type MomentColumns, MomentIndex, RecordSet } from './moment-index.js';
import { searchQuery } from './record-text.js';
import { searchTable } from './schema.js';
import type { StoredRecord, TimelineMoment } from './stored-record.js';
import { BEFORE_ALL_TIMES, microsecondsOf, storedTimeOf } from './stored-time.js';
import type { VaultCore } from './vault-core.js';

/** Rows read at a time, about 15 ms: in between others have their turn. */
const ROWS_PER_TURN = 32_768;
/** Words are few; two of them in one number of 53 bits. */
const WORDS_OF_KINDS = 2 ** 20;
/** As text: a number by itself takes longer to come over from SQLite than to be written and read there (measured: 500 ms to 270 ms). */
const PAGE_OF_MOMENTS = `SELECT json_group_array(at) AS at, json_group_array(record) AS record,
    json_group_array(event * ${WORDS_OF_KINDS} + kind) AS words
  FROM (SELECT at, record, event, kind FROM vault.moments
    WHERE number = ? AND (at, record, event) > (CAST(? AS INTEGER), ?, ?) ORDER BY at, record, event LIMIT ?)`;
/** While a check goes on, what it adds is taken over no more often than this. */
const STALE_MS = 5_000;
/** Records without a time have to be opened to know their kind. */
const OPENED_AT_MOST = 5_000;
const SELECTIONS_KEPT = 4;

/** What of the line is looked at. Times in the stored form, both included; words as {@link searchQuery} takes them. */
export interface LineFilter {
  readonly from: string | null;
  readonly to: string | null;
  /** None: all. */
  readonly kinds: readonly string[];
  readonly text: string;
  /** Only these records; the key says which they are, the same key the same records. Left out: all. */
  readonly only?: { readonly key: string; readonly records: RecordSet };
}

export interface LinePage {
  readonly moments: readonly (TimelineMoment & { readonly key: string })[];
  /** Place of the first of them among all that pass. */
  readonly offset: number;
  readonly next: string | null;
  readonly total: number;
}

export interface LineHistogram {
  readonly from: string | null;
  readonly to: string | null;
  readonly stepSeconds: number;
  readonly counts: readonly number[];
  /** Under the same bounds and words, whatever the kinds chosen. */
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
  /** Records in which the words occur that have no time. */
  readonly undated: number;
}

interface Loaded {
  readonly index: MomentIndex;
  readonly records: number;
  readonly loadedMs: number;
  /** By filter; the newest last. */
  readonly selections: Map<string, Uint32Array>;
  readonly found: Map<string, RecordSet>;
  readonly dated: RecordSet;
  readonly ranges: readonly (readonly [number, number])[];
}

export class CaseTimeline {
  readonly #core: VaultCore;
  readonly #number: number;
  readonly #get: (id: number) => StoredRecord;
  #loading: Promise<Loaded> | null = null;
  #loaded: Loaded | null = null;

  constructor(core: VaultCore, number: number, get: (id: number) => StoredRecord) {
    this.#core = core;
    this.#number = number;
    this.#get = get;
  }

  /** @param from cursor of the page before, or the place of the first row */
  async page(filter: LineFilter, from: string | number | null, limit: number): Promise<LinePage> {
    const loaded = await this.#load();
    const places = this.#select(loaded, filter);
    const start = typeof from === 'number' ? from : startOf(loaded.index, places, from);
    const chosen = places.subarray(start, start + limit);
    const moments = Array.from(chosen, (place) => {
      const moment = loaded.index.moment(place);
      return {
        key: keyOf(moment),
        at: storedTimeOf(moment.at),
        event: this.#core.wordOf(moment.event),
        stored: this.#get(moment.record),
      };
    });
    const isLast = start + chosen.length >= places.length;
    return {
      moments,
      offset: start,
      next: isLast ? null : (moments.at(-1)?.key ?? null),
      total: places.length,
    };
  }

  async histogram(filter: LineFilter, buckets: number): Promise<LineHistogram> {
    const loaded = await this.#load();
    const places = this.#select(loaded, filter);
    const { index } = loaded;
    const counts = index.kinds(this.#select(loaded, { ...filter, kinds: [] }));
    const kinds = [...counts]
      .map(([word, count]) => ({ kind: this.#core.wordOf(word), count }))
      .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
    const undated = this.#undatedCount(loaded, filter);
    const [first, last] = [places[0], places.at(-1)];
    if (first === undefined || last === undefined)
      return { from: null, to: null, stepSeconds: 0, counts: [], kinds, undated };
    const [from, to] = [index.moment(first).at, index.moment(last).at];
    // A whole second at least: nobody reads finer ones.
    const stepSeconds = Math.max(1, Math.ceil((to - from + 1) / 1e6 / buckets));
    const used = Math.floor((to - from) / (stepSeconds * 1e6)) + 1;
    return {
      from: storedTimeOf(from),
      to: storedTimeOf(to),
      stepSeconds,
      counts: index.histogram(places, stepSeconds * 1e6, used),
      kinds,
      undated,
    };
  }

  /** Records without a time, in the order they were stored. `next` is the id to go on after. */
  async undated(
    { kinds, text, only }: Pick<LineFilter, 'kinds' | 'text' | 'only'>,
    after: number,
    limit: number,
  ): Promise<{ records: StoredRecord[]; next: number | null }> {
    const { ranges, dated, found } = await this.#load();
    const words = this.#found({ ranges, found }, text);
    const records: StoredRecord[] = [];
    let opened = 0;
    for (const [first, last] of ranges) {
      for (let id = Math.max(first, after + 1); id <= last; id += 1) {
        if (dated.has(id) || (words !== null && !words.has(id)) || only?.records.has(id) === false) continue;
        const stored = this.#get(id);
        opened += 1;
        if (kinds.length === 0 || kinds.includes(stored.record.kind)) records.push(stored);
        if (records.length >= limit || opened >= OPENED_AT_MOST) return { records, next: id };
      }
    }
    return { records, next: null };
  }

  #undatedCount({ ranges, dated, found }: Loaded, { text, only }: LineFilter): number {
    const words = this.#found({ ranges, found }, text);
    if (words === null && only === undefined)
      return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0) - dated.size;
    let count = 0;
    for (const [first, last] of ranges)
      for (let id = first; id <= last; id += 1)
        if (words?.has(id) !== false && only?.records.has(id) !== false && !dated.has(id)) count += 1;
    return count;
  }

  #select(loaded: Loaded, filter: LineFilter): Uint32Array {
    const { index, selections } = loaded;
    const { only } = filter;
    const key = JSON.stringify([filter.from, filter.to, [...filter.kinds].sort(), filter.text, only?.key]);
    const known = selections.get(key);
    if (known) {
      selections.delete(key);
      selections.set(key, known);
      return known;
    }
    const kinds = filter.kinds.flatMap((kind) => this.#core.knownWord(kind) ?? []);
    const places = index.select({
      from: filter.from === null ? null : microsecondsOf(filter.from),
      to: filter.to === null ? null : microsecondsOf(filter.to),
      kinds: filter.kinds.length === 0 ? null : new Set(kinds),
      records: this.#found(loaded, filter.text),
      only: only?.records ?? null,
    });
    keepNewest(selections, key, places);
    return places;
  }

  /** Records in which the words occur; null when nothing is looked for. */
  #found({ ranges, found }: Pick<Loaded, 'ranges' | 'found'>, typed: string): RecordSet | null {
    const query = searchQuery(typed);
    if (query === null) return null;
    const known = found.get(query);
    if (known) return known;
    const records = emptySet(ranges);
    const { name, column } = searchTable(this.#number);
    for (const id of this.#core.database.column(`SELECT rowid FROM ${name} WHERE ${column} MATCH ?`, [query]))
      records.add(Number(id));
    keepNewest(found, query, records);
    return records;
  }

  async #load(): Promise<Loaded> {
    const loaded = this.#loaded;
    const isStale =
      loaded === null || (loaded.records !== this.#count() && performance.now() - loaded.loadedMs > STALE_MS);
    if (!isStale) return loaded;
    this.#loading ??= this.#read().finally(() => {
      this.#loading = null;
    });
    this.#loaded = await this.#loading;
    return this.#loaded;
  }

  async #read(): Promise<Loaded> {
    const records = this.#count();
    const pages: MomentColumns[] = [];
    let cursor: SqlValue[] = [BEFORE_ALL_TIMES, 0, 0];
    for (;;) {
      const page = columnsOf(
        this.#core.database.get(PAGE_OF_MOMENTS, [this.#number, ...cursor, ROWS_PER_TURN]),
      );
      pages.push(page);
      if (page.at.length < ROWS_PER_TURN) break;
      cursor = [page.at.at(-1) ?? null, page.record.at(-1) ?? null, page.event.at(-1) ?? null];
      await setImmediate();
    }
    const index = new MomentIndex(pages);
    const ranges = this.#ranges();
    const dated = emptySet(ranges);
    index.addDated(dated);
    return {
      index,
      records,
      loadedMs: performance.now(),
      selections: new Map(),
      found: new Map(),
      dated,
      ranges,
    };
  }

  /** Ids of the case's records, in one or more runs. */
  #ranges(): [number, number][] {
    const ranges: [number, number][] = [];
    for (const row of this.#core.database.all(
      'SELECT first, last FROM vault.blocks WHERE number = ? ORDER BY last',
      [this.#number],
    )) {
      const [first, last] = [Number(row.first), Number(row.last)];
      const open = ranges.at(-1);
      if (open && open[1] + 1 === first) open[1] = last;
      else ranges.push([first, last]);
    }
    return ranges;
  }

  #count(): number {
    const row = this.#core.database.get(
      'SELECT total(last - first + 1) AS records FROM vault.blocks WHERE number = ?',
      [this.#number],
    );
    return Number(row?.records);
  }
}

function columnsOf(row: SqlRow | undefined): MomentColumns {
  // Written by SQLite from columns of integers.
  const numbers = (column: string): number[] => JSON.parse(String(row?.[column] ?? '[]')) as number[];
  const words = numbers('words');
  return {
    at: numbers('at'),
    record: numbers('record'),
    event: words.map((pair) => Math.floor(pair / WORDS_OF_KINDS)),
    kind: words.map((pair) => pair % WORDS_OF_KINDS),
  };
}

function emptySet(ranges: readonly (readonly [number, number])[]): RecordSet {
  return new RecordSet(ranges[0]?.[0] ?? 1, ranges.at(-1)?.[1] ?? 0);
}

function keepNewest<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= SELECTIONS_KEPT) return;
    kept.delete(oldest);
  }
}

function keyOf({ at, record, event }: Moment): string {
  return `${at}.${record}.${event}`;
}

function startOf(index: MomentIndex, places: Uint32Array, cursor: string | null): number {
  const [at, record, event] = cursor?.split('.').map(Number) ?? [];
  if (at === undefined || record === undefined || event === undefined) return 0;
  const moment = { at, record, event };
  return Object.values(moment).some(Number.isNaN) ? 0 : index.after(places, moment);
}
