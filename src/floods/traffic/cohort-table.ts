import { grown } from './index.js';
import { moveRows, Rows } from './rows.js';
import { mergeSketch, putMark, REGISTERS } from './sketches.js';
import { BUSY_MINUTE, type SlotContent, Slots } from './slots.js';

/** Cohorts kept; a flood of invented user agents must not push out what matters. */
const MAX_COHORTS = 49_152;
const MAX_COHORT_SLOTS = 1_000_000;
/** Quiet minutes are put together by 64. */
const BLOCK_SHIFT = 6;
/** Requests before a cohort has slots: of the many that are seen a few times nobody asks when. */
const HITS_BEFORE_SLOTS = 64;
/** Text bytes kept of a value. */
export const MAX_COHORT_TEXT = 300;

/** Counters of a cohort, side by side in memory: one request touches them together. */
export const C = {
  hits: 0,
  pages: 1,
  assets: 2,
  posts: 3,
  status4xx: 4,
  status5xx: 5,
  notFound: 6,
  refererNone: 7,
  refererOutside: 8,
  cacheKnown: 9,
  cacheMissed: 10,
  timed: 11,
  /** The minute of its last request, and how many fell into it; then the same of the quiet minutes before. */
  minute: 12,
  minuteHits: 13,
  blockMinute: 14,
  blockHits: 15,
} as const;
const COUNTERS = 16;
export const CF = { bytesOut: 0, durationMs: 1, firstSecond: 2, lastSecond: 3 } as const;
const FLOATS = 4;
/** Sketches of a cohort, in this order. */
export const SKETCH = { clients: 0, paths: 1, queries: 2, agents: 3 } as const;
const SKETCH_BYTES = REGISTERS * 4;

/** What one request adds to each of its cohorts, worked out once. */
export interface CohortStep {
  seconds: number;
  minute: number;
  isPage: number;
  isAsset: number;
  isPost: number;
  is4xx: number;
  is5xx: number;
  isNotFound: number;
  noReferer: number;
  outsideReferer: number;
  cacheKnown: number;
  cacheMissed: number;
  bytesOut: number;
  durationMs: number;
  clientMark: number;
  pathMark: number;
  /** 0 when there is no query. */
  queryMark: number;
  agentMark: number;
}

/** What a table holds, as it can be sent to another thread. */
export interface CohortContent {
  readonly keys: Uint32Array;
  readonly type: Uint8Array<ArrayBuffer>;
  readonly site: Uint32Array<ArrayBuffer>;
  readonly valueHash: Uint32Array<ArrayBuffer>;
  readonly counters: Uint32Array;
  readonly floats: Float64Array;
  readonly sketches: Uint8Array<ArrayBuffer>;
  readonly texts: string[];
  readonly slots: SlotContent;
  readonly droppedRows: number;
  readonly droppedHits: number;
}

/** Values that clients have in common, by type and site, in bounded memory. */
export class CohortTable extends Rows {
  type = new Uint8Array(this.index.capacity);
  site = new Uint32Array(this.index.capacity);
  /** Hash of the value alone, as clients carry it. */
  valueHash = new Uint32Array(this.index.capacity);
  sketches = new Uint8Array(this.index.capacity * SKETCH_BYTES);
  /** Bytes of the values as Latin-1. */
  texts: string[] = [];
  readonly slots = new Slots(MAX_COHORT_SLOTS, BLOCK_SHIFT, false);
  droppedRows = 0;
  droppedHits = 0;

  constructor() {
    super(COUNTERS, FLOATS);
  }

  isFull(): boolean {
    return this.index.size >= MAX_COHORTS;
  }

  /** A new row. There must be room. */
  addCohort(
    first: number,
    second: number,
    type: number,
    site: number,
    valueHash: number,
    text: string,
  ): number {
    const row = this.addRow(first, second);
    const { capacity } = this.index;
    this.type = grown(this.type, capacity);
    this.site = grown(this.site, capacity);
    this.valueHash = grown(this.valueHash, capacity);
    this.sketches = grown(this.sketches, capacity * SKETCH_BYTES);
    this.type[row] = type;
    this.site[row] = site;
    this.valueHash[row] = valueHash;
    this.setFloat(row, CF.firstSecond, Number.POSITIVE_INFINITY);
    this.setFloat(row, CF.lastSecond, Number.NEGATIVE_INFINITY);
    this.sketches.fill(0, row * SKETCH_BYTES, (row + 1) * SKETCH_BYTES);
    this.texts[row] = text;
    return row;
  }

  /** One request. */
  count(row: number, step: CohortStep): void {
    const { counters, floats, sketches } = this;
    const c = row * COUNTERS;
    counters[c] = (counters[c] as number) + 1;
    counters[c + C.pages] = (counters[c + C.pages] as number) + step.isPage;
    counters[c + C.assets] = (counters[c + C.assets] as number) + step.isAsset;
    counters[c + C.posts] = (counters[c + C.posts] as number) + step.isPost;
    counters[c + C.status4xx] = (counters[c + C.status4xx] as number) + step.is4xx;
    counters[c + C.status5xx] = (counters[c + C.status5xx] as number) + step.is5xx;
    counters[c + C.notFound] = (counters[c + C.notFound] as number) + step.isNotFound;
    counters[c + C.refererNone] = (counters[c + C.refererNone] as number) + step.noReferer;
    counters[c + C.refererOutside] = (counters[c + C.refererOutside] as number) + step.outsideReferer;
    counters[c + C.cacheKnown] = (counters[c + C.cacheKnown] as number) + step.cacheKnown;
    counters[c + C.cacheMissed] = (counters[c + C.cacheMissed] as number) + step.cacheMissed;
    const f = row * FLOATS;
    floats[f] = (floats[f] as number) + step.bytesOut;
    if (step.durationMs >= 0) {
      counters[c + C.timed] = (counters[c + C.timed] as number) + 1;
      floats[f + CF.durationMs] = (floats[f + CF.durationMs] as number) + step.durationMs;
    }
    if (step.seconds < (floats[f + CF.firstSecond] as number)) floats[f + CF.firstSecond] = step.seconds;
    if (step.seconds > (floats[f + CF.lastSecond] as number)) floats[f + CF.lastSecond] = step.seconds;
    const s = row * SKETCH_BYTES;
    putMark(sketches, s, step.clientMark);
    putMark(sketches, s + REGISTERS, step.pathMark);
    if (step.queryMark !== 0) putMark(sketches, s + REGISTERS * 2, step.queryMark);
    putMark(sketches, s + REGISTERS * 3, step.agentMark);
    if (counters[c + C.minute] !== step.minute) {
      this.#endMinute(row, c);
      counters[c + C.minute] = step.minute;
    }
    counters[c + C.minuteHits] = (counters[c + C.minuteHits] as number) + 1;
  }

  #endMinute(row: number, c: number): void {
    const { counters, slots } = this;
    const hits = counters[c + C.minuteHits] as number;
    if (hits === 0) return;
    const minute = counters[c + C.minute] as number;
    counters[c + C.minuteHits] = 0;
    if ((counters[c] as number) <= HITS_BEFORE_SLOTS) return;
    if (hits >= BUSY_MINUTE) {
      slots.addMinute(row, minute, hits);
      return;
    }
    const blockMinute = counters[c + C.blockMinute] as number;
    if (blockMinute >>> slots.shift !== minute >>> slots.shift) this.#endBlock(row, c);
    counters[c + C.blockMinute] = minute;
    counters[c + C.blockHits] = (counters[c + C.blockHits] as number) + hits;
  }

  #endBlock(row: number, c: number): void {
    const { counters } = this;
    const hits = counters[c + C.blockHits] as number;
    if (hits === 0) return;
    counters[c + C.blockHits] = 0;
    this.slots.addBlock(row, counters[c + C.blockMinute] as number, hits);
  }

  /** Everything counted is in the slots. */
  flush(): void {
    for (let row = 0; row < this.size; row += 1) {
      this.#endMinute(row, row * COUNTERS);
      this.#endBlock(row, row * COUNTERS);
    }
  }

  /** Drops the smaller half. @returns the new number of each old row, -1 when dropped */
  thin(): Int32Array {
    this.flush();
    const hits = Uint32Array.from({ length: this.size }, (_, row) => this.counter(row, C.hits)).sort();
    const border = hits[hits.length >> 1] as number;
    // Of those as large as the border as many as there is room for, first come.
    let room = (this.size >> 1) - hits.filter((count) => count > border).length;
    const moved = this.keepRows((row) => {
      const count = this.counter(row, C.hits);
      const isKept = count > border || (count === border && room > 0);
      if (isKept && count === border) room -= 1;
      if (!isKept) {
        this.droppedRows += 1;
        this.droppedHits += count;
      }
      return isKept;
    });
    moveRows(this.type, moved, 1);
    moveRows(this.site, moved, 1);
    moveRows(this.valueHash, moved, 1);
    moveRows(this.sketches, moved, SKETCH_BYTES);
    for (const [from, to] of moved.entries()) if (to !== -1) this.texts[to] = this.texts[from] as string;
    this.texts.length = this.size;
    this.slots.renumber(moved);
    return moved;
  }

  /** Adds a row of another table to one of this. */
  take(row: number, other: CohortTable, otherRow: number): void {
    this.takeCounters(row, other, otherRow, C.hits, C.timed);
    const [f, of] = [row * FLOATS, otherRow * FLOATS];
    const mine = this.floats;
    mine[f] = (mine[f] as number) + (other.floats[of] as number);
    mine[f + CF.durationMs] =
      (mine[f + CF.durationMs] as number) + (other.floats[of + CF.durationMs] as number);
    mine[f + CF.firstSecond] = Math.min(
      mine[f + CF.firstSecond] as number,
      other.floats[of + CF.firstSecond] as number,
    );
    mine[f + CF.lastSecond] = Math.max(
      mine[f + CF.lastSecond] as number,
      other.floats[of + CF.lastSecond] as number,
    );
    for (let sketch = 0; sketch < 4; sketch += 1) {
      const offset = sketch * REGISTERS;
      mergeSketch(
        this.sketches,
        row * SKETCH_BYTES + offset,
        other.sketches,
        otherRow * SKETCH_BYTES + offset,
      );
    }
  }

  /** All of it, to be sent to another thread. */
  content(): CohortContent {
    this.flush();
    return {
      keys: this.index.keys(),
      type: this.type,
      site: this.site,
      valueHash: this.valueHash,
      counters: this.counters,
      floats: this.floats,
      sketches: this.sketches,
      texts: this.texts,
      slots: this.slots.content(),
      droppedRows: this.droppedRows,
      droppedHits: this.droppedHits,
    };
  }

  /** Becomes what another was; what it held itself is gone. */
  restore(content: CohortContent): void {
    this.index.restore(content.keys);
    this.type = content.type;
    this.site = content.site;
    this.valueHash = content.valueHash;
    this.counters = content.counters;
    this.floats = content.floats;
    this.sketches = content.sketches;
    this.texts = content.texts;
    this.slots.restore(content.slots);
    this.droppedRows = content.droppedRows;
    this.droppedHits = content.droppedHits;
  }

  sketchStart(row: number, sketch: number): number {
    return row * SKETCH_BYTES + sketch * REGISTERS;
  }
}
