/** Ranges of addresses with a number each, packed so that hundreds of thousands need a few megabytes. */

/** IPv4 addresses are kept as the most significant word, so that both versions are sorted by the same code. */
const HIGHEST = 0xffffffff;

/** Rows as they are read: in any order, perhaps one inside another. */
export class RangeRows {
  size = 0;
  startHigh: Uint32Array;
  startLow: Uint32Array;
  endHigh: Uint32Array;
  endLow: Uint32Array;
  value: Uint32Array;
  /** Every row so far begins after the one before it, or with it and is no wider. */
  inOrder = true;

  /** @param expected so many rows will come, as far as one knows; room is made for more when they do */
  constructor(expected = 1024) {
    const room = Math.max(expected, 16);
    this.startHigh = new Uint32Array(room);
    this.startLow = new Uint32Array(room);
    this.endHigh = new Uint32Array(room);
    this.endLow = new Uint32Array(room);
    this.value = new Uint32Array(room);
  }

  /** Adds a range, both ends within it. One that ends before it begins is left out. */
  add(startHigh: number, startLow: number, endHigh: number, endLow: number, value: number): boolean {
    if (endHigh < startHigh || (endHigh === startHigh && endLow < startLow)) return false;
    const row = this.size;
    if (row === this.value.length) this.#grow();
    if (row > 0 && this.inOrder) {
      const high = this.startHigh[row - 1] as number;
      if (startHigh < high || (startHigh === high && startLow <= (this.startLow[row - 1] as number)))
        this.inOrder = this.#isWithinLast(startHigh, startLow, endHigh, endLow);
    }
    this.startHigh[row] = startHigh;
    this.startLow[row] = startLow;
    this.endHigh[row] = endHigh;
    this.endLow[row] = endLow;
    this.value[row] = value;
    this.size = row + 1;
    return true;
  }

  /** Begins with the last row and ends with it or before. */
  #isWithinLast(startHigh: number, startLow: number, endHigh: number, endLow: number): boolean {
    const row = this.size - 1;
    if (this.startHigh[row] !== startHigh || this.startLow[row] !== startLow) return false;
    const high = this.endHigh[row] as number;
    return endHigh < high || (endHigh === high && endLow <= (this.endLow[row] as number));
  }

  #grow(): void {
    const more = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const next = new Uint32Array(old.length * 2);
      next.set(old);
      return next;
    };
    this.startHigh = more(this.startHigh);
    this.startLow = more(this.startLow);
    this.endHigh = more(this.endHigh);
    this.endLow = more(this.endLow);
    this.value = more(this.value);
  }

  /** Numbers of the rows by start; of those that start together, the widest first. Null when they are in order. */
  order(): Uint32Array | null {
    if (this.inOrder) return null;
    const order = new Uint32Array(this.size);
    for (let row = 0; row < this.size; row += 1) order[row] = row;
    const { startHigh, startLow, endHigh, endLow } = this;
    return order.sort(
      (a, b) =>
        (startHigh[a] as number) - (startHigh[b] as number) ||
        (startLow[a] as number) - (startLow[b] as number) ||
        (endHigh[b] as number) - (endHigh[a] as number) ||
        (endLow[b] as number) - (endLow[a] as number) ||
        a - b,
    );
  }
}

/** Where numbers change: each start is good until the next. Built from rows; of rows one inside another, the inner counts. */
class Steps {
  size = 0;
  high: Uint32Array;
  low: Uint32Array;
  value: Uint32Array;
  readonly #openHigh: number[] = [];
  readonly #openLow: number[] = [];
  readonly #openValue: number[] = [];

  constructor(rows: RangeRows) {
    // Each row gives at most its start and what follows its end.
    const most = rows.size * 2 + 1;
    this.high = new Uint32Array(most);
    this.low = new Uint32Array(most);
    this.value = new Uint32Array(most);
    const order = rows.order();
    for (let index = 0; index < rows.size; index += 1) {
      const row = order ? (order[index] as number) : index;
      const startHigh = rows.startHigh[row] as number;
      const startLow = rows.startLow[row] as number;
      this.#closeBefore(startHigh, startLow);
      const value = rows.value[row] as number;
      this.#add(startHigh, startLow, value);
      this.#openHigh.push(rows.endHigh[row] as number);
      this.#openLow.push(rows.endLow[row] as number);
      this.#openValue.push(value);
    }
    while (this.#openValue.length > 0) this.#close();
  }

  #closeBefore(high: number, low: number): void {
    while (this.#openValue.length > 0) {
      const top = this.#openValue.length - 1;
      const endHigh = this.#openHigh[top] as number;
      if (endHigh > high || (endHigh === high && (this.#openLow[top] as number) >= low)) return;
      this.#close();
    }
  }

  /** The innermost open range ends; the next wider one that goes on is the one that counts again. */
  #close(): void {
    const high = this.#openHigh.pop() as number;
    const low = this.#openLow.pop() as number;
    this.#openValue.pop();
    for (let top = this.#openValue.length - 1; top >= 0; top -= 1) {
      const nextHigh = this.#openHigh[top] as number;
      if (nextHigh > high || (nextHigh === high && (this.#openLow[top] as number) > low)) break;
      this.#openHigh.pop();
      this.#openLow.pop();
      this.#openValue.pop();
    }
    if (high === HIGHEST && low === HIGHEST) return;
    const value = this.#openValue.at(-1) ?? 0;
    this.#add(low === HIGHEST ? high + 1 : high, low === HIGHEST ? 0 : low + 1, value);
  }

  #add(high: number, low: number, value: number): void {
    let at = this.size;
    if (at > 0 && this.high[at - 1] === high && this.low[at - 1] === low) at -= 1;
    if (at > 0 ? this.value[at - 1] === value : value === 0) {
      this.size = at;
      return;
    }
    this.high[at] = high;
    this.low[at] = low;
    this.value[at] = value;
    this.size = at + 1;
  }
}

/** Numbers below 65,536 need half the room. */
function packed(values: Uint32Array): Uint32Array | Uint16Array {
  let most = 0;
  for (let at = 0; at < values.length; at += 1) most = Math.max(most, values[at] as number);
  return most > 0xffff ? values.slice() : new Uint16Array(values);
}

/** A table with fewer starts is quick to search. */
const SHORT_TABLE = 4_096;

/** Looks up a number by one word: IPv4. */
export class WordTable {
  readonly #starts: Uint32Array;
  readonly #values: Uint32Array | Uint16Array;
  /** How much of an address is left out in the index: the lower half, or all but the first byte of a short table. */
  readonly #shift: number;
  /** By the rest of an address: how many starts lie below it. Leaves a handful to search. */
  readonly #index: Uint32Array;

  constructor(rows: RangeRows) {
    const steps = new Steps(rows);
    this.#starts = steps.high.slice(0, steps.size);
    this.#values = packed(steps.value.subarray(0, steps.size));
    this.#shift = steps.size > SHORT_TABLE ? 16 : 24;
    this.#index = new Uint32Array(2 ** (32 - this.#shift) + 1);
    let at = 0;
    for (let upper = 0; upper < this.#index.length; upper += 1) {
      const first = upper * 2 ** this.#shift;
      while (at < steps.size && (this.#starts[at] as number) < first) at += 1;
      this.#index[upper] = at;
    }
  }

  get size(): number {
    return this.#starts.length;
  }

  /** The number of the range that the word lies in; 0 for none. */
  find(word: number): number {
    const upper = word >>> this.#shift;
    let low = this.#index[upper] as number;
    let high = this.#index[upper + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= word) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#values[low - 1] as number);
  }
}

/** Looks up a number by two words: the first half of an IPv6 address. */
export class PairTable {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #values: Uint32Array | Uint16Array;

  constructor(rows: RangeRows) {
    const steps = new Steps(rows);
    this.#high = steps.high.slice(0, steps.size);
    this.#low = steps.low.slice(0, steps.size);
    this.#values = packed(steps.value.subarray(0, steps.size));
  }

  get size(): number {
    return this.#high.length;
  }

  /** The number of the range that the words lie in; 0 for none. */
  find(word: number, second: number): number {
    let low = 0;
    let high = this.#high.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#high[middle] as number;
      if (start < word || (start === word && (this.#low[middle] as number) <= second)) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#values[low - 1] as number);
  }
}
