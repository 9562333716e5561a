import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counts, type Hidden, intervals, suppress } from './suppression.js';

const EXAMPLE = new URL('../../../../shared/data/casework/suppression/example.json', import.meta.url);

interface Example {
  readonly k: number;
  readonly counts: Counts;
  readonly cases: readonly {
    readonly name: string;
    readonly hidden: readonly (readonly [number, number])[];
    readonly attackerIntervals: readonly (readonly [readonly [number, number], readonly [number, number]])[];
  }[];
}

function hiding(counts: Counts, cells: readonly (readonly [number, number])[]): Hidden {
  return counts.map((line, row) =>
    line.map((_, column) => cells.some(([r, c]) => r === row && c === column)),
  );
}

/** All tables with the same shown cells and totals, tried one by one. */
function bruteForce(counts: Counts, hidden: Hidden): Map<string, [number, number]> {
  const cells = counts.flatMap((line, row) =>
    line.flatMap((_, column) => (hidden[row]?.[column] ? [[row, column] as const] : [])),
  );
  const rowLeft = counts.map((line, row) =>
    line.reduce((sum, count, c) => sum + (hidden[row]?.[c] ? count : 0), 0),
  );
  const columnLeft = (counts[0] ?? []).map((_, c) =>
    counts.reduce((sum, line, row) => sum + (hidden[row]?.[c] ? (line[c] ?? 0) : 0), 0),
  );
  const found = new Map<string, [number, number]>();
  const values: number[] = [];
  const place = (at: number): void => {
    const cell = cells[at];
    if (!cell) {
      if (rowLeft.some((left) => left !== 0) || columnLeft.some((left) => left !== 0)) return;
      for (const [index, [row, column]] of cells.entries()) {
        const value = values[index] as number;
        const [least, most] = found.get(`${row},${column}`) ?? [value, value];
        found.set(`${row},${column}`, [Math.min(least, value), Math.max(most, value)]);
      }
      return;
    }
    const [row, column] = cell;
    const most = Math.min(rowLeft[row] as number, columnLeft[column] as number);
    for (let value = 0; value <= most; value += 1) {
      rowLeft[row] = (rowLeft[row] as number) - value;
      columnLeft[column] = (columnLeft[column] as number) - value;
      values[at] = value;
      place(at + 1);
      rowLeft[row] = (rowLeft[row] as number) + value;
      columnLeft[column] = (columnLeft[column] as number) + value;
    }
  };
  place(0);
  return found;
}

const smallTable = fc
  .tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 }))
  .chain(([rows, columns]) =>
    fc.record({
      counts: fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
      hidden: fc.array(fc.array(fc.boolean(), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    }),
  );

describe('what a reader works out of hidden cells', () => {
  it('is nothing less than trying every table would give', () => {
    fc.assert(
      fc.property(smallTable, ({ counts, hidden }) => {
        const tried = bruteForce(counts, hidden);
        for (const { row, column, least, most } of intervals(counts, hidden)) {
          expect([least, most]).toEqual(tried.get(`${row},${column}`));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the number itself when nothing else in its row or column is hidden', () => {
    const counts = [
      [3, 9],
      [8, 7],
    ];

    expect(intervals(counts, hiding(counts, [[0, 0]]))).toEqual([{ row: 0, column: 0, least: 3, most: 3 }]);
  });
});

describe.skipIf(!existsSync(EXAMPLE))('the published example (skipped without ../shared)', () => {
  const example = existsSync(EXAMPLE) ? (JSON.parse(readFileSync(EXAMPLE, 'utf8')) as Example) : null;

  it('has the intervals that are given for it', () => {
    for (const { name, hidden, attackerIntervals } of example?.cases ?? []) {
      const found = intervals(example?.counts ?? [], hiding(example?.counts ?? [], hidden));
      expect(
        found.map(({ row, column, least, most }) => [
          [row, column],
          [least, most],
        ]),
        name,
      ).toEqual(attackerIntervals);
    }
  });

  it('is hidden by the rectangle', () => {
    expect(suppress(example?.counts ?? [], 5)).toEqual(
      hiding(example?.counts ?? [], [
        [0, 1],
        [0, 3],
        [3, 1],
        [3, 3],
      ]),
    );
  });
});

describe('hiding small counts', () => {
  it('hides none where none is small', () => {
    expect(suppress([[5, 9, 0]], 5)).toEqual([[false, false, false]]);
  });

  it('is not possible in a table of one row', () => {
    expect(suppress([[3, 9, 12]], 5)).toBeNull();
  });

  it('leaves no hidden cell that can be narrowed to fewer than k, whatever the table', () => {
    const table = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(table, fc.constantFrom(3, 5, 10), (counts, k) => {
        const hidden = suppress(counts, k);
        if (hidden === null) return;
        for (const { least, most } of intervals(counts, hidden))
          expect(most - least).toBeGreaterThanOrEqual(k);
        for (const [row, line] of counts.entries()) {
          for (const [column, count] of line.entries()) {
            if (count > 0 && count < k) expect(hidden[row]?.[column]).toBe(true);
          }
        }
      }),
    );
  });
});
