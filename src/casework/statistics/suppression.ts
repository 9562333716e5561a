/**
 * Hides small counts of a table so that its totals do not give them back. A hidden number is safe when whoever knows all
 * totals, and that no count is negative, cannot narrow it to fewer than `k` possibilities. What such a reader can work out
 * is computed here exactly, by flows, and not guessed.
 */

/** Counts by row and column. Totals are their sums. */
export type Counts = readonly (readonly number[])[];

/** What a reader can work out of a hidden cell from the rest and the totals. */
export interface Interval {
  readonly row: number;
  readonly column: number;
  readonly least: number;
  readonly most: number;
}

/** Which cells are hidden, by row and column. */
export type Hidden = readonly (readonly boolean[])[];

/** Counts a table may have before this takes too long: tables of people are read by people. */
export const MAX_CELLS = 2_500;

/**
 * Intervals of all hidden cells. Exact: the bounds of a cell of a table with known margins are those of a flow in the graph
 * of rows and columns whose edges are the hidden cells, and whole numbers.
 */
export function intervals(counts: Counts, hidden: Hidden): Interval[] {
  const found: Interval[] = [];
  for (const [row, cells] of counts.entries()) {
    for (const [column, count] of cells.entries()) {
      if (!hidden[row]?.[column]) continue;
      const graph = new Exchange(counts, hidden, row, column);
      found.push({
        row,
        column,
        least: count - graph.mostLess(count),
        most: count + graph.mostMore(total(counts)),
      });
    }
  }
  return found;
}

/** Cells from 1 to k - 1 are hidden, and as many others as it takes. Null when no way of hiding is enough. */
export function suppress(counts: Counts, k: number): Hidden | null {
  const columns = counts[0]?.length ?? 0;
  if (counts.length * columns > MAX_CELLS) throw new RangeError(`more than ${MAX_CELLS} cells`);
  const hidden = counts.map((cells) => cells.map((count) => count > 0 && count < k));
  for (;;) {
    const weak = intervals(counts, hidden).filter(({ least, most }) => most - least < k);
    const [first] = weak.sort(
      (a, b) => a.most - a.least - (b.most - b.least) || a.row - b.row || a.column - b.column,
    );
    if (!first) return hidden;
    if (!hideRectangle(counts, hidden, first)) return null;
  }
}

/** Hides the cheapest rectangle through a cell that is not hidden yet. Each time at least one cell more is. */
function hideRectangle(counts: Counts, hidden: boolean[][], { row, column }: Interval): boolean {
  let best: readonly [number, number] | null = null;
  let least = Number.POSITIVE_INFINITY;
  const cost = (r: number, c: number): number => (hidden[r]?.[c] ? 0 : 1 + (counts[r]?.[c] ?? 0));
  for (const [otherRow, cells] of counts.entries()) {
    if (otherRow === row) continue;
    for (const otherColumn of cells.keys()) {
      if (otherColumn === column) continue;
      const price = cost(row, otherColumn) + cost(otherRow, column) + cost(otherRow, otherColumn);
      if (price > 0 && price < least) {
        least = price;
        best = [otherRow, otherColumn];
      }
    }
  }
  if (best === null) return false;
  const [otherRow, otherColumn] = best;
  for (const [r, c] of [
    [row, otherColumn],
    [otherRow, column],
    [otherRow, otherColumn],
  ] as const) {
    const cells = hidden[r];
    if (cells) cells[c] = true;
  }
  return true;
}

function total(counts: Counts): number {
  return counts.reduce((sum, cells) => sum + cells.reduce((all, count) => all + count, 0), 0);
}

/**
 * How much of a cell can be exchanged with the other hidden cells while all totals stay: more here, less in the same row and
 * column, and so on around. A hidden cell can take any more, and give what it has.
 */
class Exchange {
  readonly #counts: Counts;
  readonly #hidden: Hidden;
  readonly #row: number;
  readonly #column: number;

  constructor(counts: Counts, hidden: Hidden, row: number, column: number) {
    this.#counts = counts;
    this.#hidden = hidden;
    this.#row = row;
    this.#column = column;
  }

  /** How much more the cell can hold: what comes back from its column to its row over other cells. */
  mostMore(limit: number): number {
    return this.#flow(false, limit);
  }

  mostLess(limit: number): number {
    return this.#flow(true, limit);
  }

  /** Flow from row to column of the cell, or back, found path by path (Edmonds, Karp 1972). */
  #flow(fromRow: boolean, limit: number): number {
    const rows = this.#counts.length;
    const nodes = rows + (this.#counts[0]?.length ?? 0);
    const capacity: number[][] = Array.from({ length: nodes }, () => new Array<number>(nodes).fill(0));
    for (const [row, cells] of this.#hidden.entries()) {
      for (const [column, isHidden] of cells.entries()) {
        if (!isHidden || (row === this.#row && column === this.#column)) continue;
        (capacity[row] as number[])[rows + column] = Number.POSITIVE_INFINITY;
        (capacity[rows + column] as number[])[row] = this.#counts[row]?.[column] ?? 0;
      }
    }
    const [source, sink] = fromRow ? [this.#row, rows + this.#column] : [rows + this.#column, this.#row];
    let flow = 0;
    while (flow < limit) {
      const from = path(capacity, source, sink);
      if (from === null) break;
      let room = limit - flow;
      for (let node = sink; node !== source; node = from[node] as number) {
        room = Math.min(room, capacity[from[node] as number]?.[node] ?? 0);
      }
      for (let node = sink; node !== source; node = from[node] as number) {
        const before = from[node] as number;
        (capacity[before] as number[])[node] = (capacity[before]?.[node] ?? 0) - room;
        (capacity[node] as number[])[before] = (capacity[node]?.[before] ?? 0) + room;
      }
      flow += room;
    }
    return flow;
  }
}

/** Shortest way with room: where each node was come to from. Null when there is none. */
function path(capacity: readonly (readonly number[])[], source: number, sink: number): Int32Array | null {
  const from = new Int32Array(capacity.length).fill(-1);
  from[source] = source;
  const queue = [source];
  for (let at = 0; at < queue.length; at += 1) {
    const node = queue[at] as number;
    for (const [next, room] of (capacity[node] ?? []).entries()) {
      if (room <= 0 || from[next] !== -1) continue;
      from[next] = node;
      if (next === sink) return from;
      queue.push(next);
    }
  }
  return null;
}
