import { grown, Index } from './index.js';

/** Rows of counters by a key of two words, side by side in memory: what one request touches lies together. */
export class Rows {
  readonly index = new Index();
  counters: Uint32Array;
  floats: Float64Array;

  /**
   * @param width counters of a row
   * @param floatWidth sums and times of a row
   */
  constructor(
    readonly width: number,
    readonly floatWidth: number,
  ) {
    this.counters = new Uint32Array(this.index.capacity * width);
    this.floats = new Float64Array(this.index.capacity * floatWidth);
  }

  get size(): number {
    return this.index.size;
  }

  /** A new row, of zeros. */
  protected addRow(first: number, second: number): number {
    const row = this.index.add(first, second);
    const { capacity } = this.index;
    this.counters = grown(this.counters, capacity * this.width);
    this.floats = grown(this.floats, capacity * this.floatWidth);
    this.counters.fill(0, row * this.width, (row + 1) * this.width);
    this.floats.fill(0, row * this.floatWidth, (row + 1) * this.floatWidth);
    return row;
  }

  counter(row: number, counter: number): number {
    return this.counters[row * this.width + counter] as number;
  }

  set(row: number, counter: number, value: number): void {
    this.counters[row * this.width + counter] = value;
  }

  add(row: number, counter: number, by: number): void {
    const at = row * this.width + counter;
    this.counters[at] = (this.counters[at] as number) + by;
  }

  increase(row: number, counter: number): void {
    this.add(row, counter, 1);
  }

  float(row: number, float: number): number {
    return this.floats[row * this.floatWidth + float] as number;
  }

  setFloat(row: number, float: number, value: number): void {
    this.floats[row * this.floatWidth + float] = value;
  }

  addFloat(row: number, float: number, by: number): void {
    const at = row * this.floatWidth + float;
    this.floats[at] = (this.floats[at] as number) + by;
  }

  /** One counter of all rows, or of those of an order. */
  column(counter: number, order?: Uint32Array): Uint32Array {
    const column = new Uint32Array(this.size);
    for (let at = 0; at < column.length; at += 1) {
      column[at] = this.counter(order ? (order[at] as number) : at, counter);
    }
    return column;
  }

  floatColumn(float: number, order?: Uint32Array): Float64Array {
    const column = new Float64Array(this.size);
    for (let at = 0; at < column.length; at += 1) {
      column[at] = this.float(order ? (order[at] as number) : at, float);
    }
    return column;
  }

  /** Adds the counters from one to another of a row of another table to those of a row of this. */
  protected takeCounters(row: number, other: Rows, otherRow: number, from: number, to: number): void {
    for (let counter = from; counter <= to; counter += 1) {
      this.add(row, counter, other.counter(otherRow, counter));
    }
  }

  /** Keeps some rows. @returns the new number of each old row, -1 for those left out */
  protected keepRows(isKept: (row: number) => boolean): Int32Array {
    const moved = this.index.keep(isKept);
    moveRows(this.counters, moved, this.width);
    moveRows(this.floats, moved, this.floatWidth);
    return moved;
  }
}

/** Rows of a column were renumbered, never to a higher number. */
export function moveRows(
  column: Uint32Array | Float64Array | Uint8Array,
  moved: Int32Array,
  width: number,
): void {
  for (let from = 0; from < moved.length; from += 1) {
    const to = moved[from] as number;
    if (to !== -1 && to !== from) column.copyWithin(to * width, from * width, (from + 1) * width);
  }
}
