import { describe, expect, it } from 'vitest';
import type { Case } from '../model/case.js';
import { type CaseTable, caseTable, isolates } from './case-table.js';

let next = 0;

function cases(count: number, more: Partial<Case>): Case[] {
  return Array.from({ length: count }, () => {
    next += 1;
    return {
      id: `case ${next}`,
      openedAt: '2026-03-01T00:00:00.000000Z',
      country: 'MX',
      region: 'Norte',
      workTypes: [],
      incidentTypes: [],
      techniques: [],
      state: 'active',
      urgency: 'normal',
      clientKind: 'individual',
      ...more,
    } as unknown as Case;
  });
}

function table(made: ReturnType<typeof caseTable>): CaseTable {
  if (typeof made === 'string') throw new Error(made);
  return made;
}

const INSIDE = { k: 5, isPublic: false };

describe('a table over cases', () => {
  it('hides small counts and what would give them back', () => {
    const all = [
      ...cases(12, { region: 'Norte', urgency: 'normal' }),
      ...cases(2, { region: 'Norte', urgency: 'high' }),
      ...cases(9, { region: 'Sur', urgency: 'normal' }),
      ...cases(7, { region: 'Sur', urgency: 'high' }),
    ];
    const made = table(caseTable(all, 'region', 'urgency', INSIDE));

    expect([made.rows, made.columns]).toEqual([
      ['Norte', 'Sur'],
      ['high', 'normal'],
    ]);
    expect(made.counts).toEqual([
      [null, null],
      [null, null],
    ]);
    expect([made.rowTotals, made.columnTotals, made.total, made.hasShares]).toEqual([
      [14, 16],
      [9, 21],
      30,
      true,
    ]);
  });

  it('puts together what is rare, so that totals say nothing about few', () => {
    const all = [
      ...cases(12, { region: 'Norte' }),
      ...cases(6, { region: 'Sur' }),
      ...cases(2, { region: 'Este' }),
      ...cases(1, { region: 'Oeste' }),
    ];
    const made = table(caseTable(all, 'region', 'all', INSIDE));

    expect(made.rows).toEqual(['Norte', 'other']);
    expect(made.counts).toEqual([[12], [9]]);
  });

  it('is not made of fewer cases than may be shown, nor of place and month for the public', () => {
    expect(caseTable(cases(4, {}), 'region', 'urgency', INSIDE)).toBe('too-few-cases');
    expect(caseTable(cases(99, {}), 'region', 'month', { k: 10, isPublic: true })).toBe(
      'identifying-dimensions',
    );
    expect(typeof caseTable(cases(99, {}), 'region', 'month', INSIDE)).toBe('object');
  });

  it('counts a case once for each of its values', () => {
    const made = table(
      caseTable(cases(6, { incidentTypes: ['ddos', 'raid'] }), 'incident-type', 'all', INSIDE),
    );

    expect([made.rows, made.counts, made.total, made.hasShares]).toEqual([
      ['ddos', 'raid'],
      [[6], [6]],
      6,
      false,
    ]);
  });
});

describe('a release held against an earlier one', () => {
  it('gives people away when few were added since', () => {
    const before = cases(20, {});
    const release = (all: Case[]): CaseTable => table(caseTable(all, 'region', 'all', INSIDE));
    const earlier = release(before).numbers;

    expect(isolates(release(before).numbers, earlier, 5)).toBe(false);
    expect(isolates(release([...before, ...cases(1, {})]).numbers, earlier, 5)).toBe(true);
    expect(isolates(release([...before, ...cases(5, {})]).numbers, earlier, 5)).toBe(false);
    expect(isolates(release([...before.slice(3), ...cases(1, {})]).numbers, earlier, 5)).toBe(true);
  });
});
