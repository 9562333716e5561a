import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResultFinding } from '../../../../src/core/result.js';
import { grouped } from './groups.js';

const finding = (id: string, title: string, severity: ResultFinding['severity'] = 'high'): ResultFinding =>
  ({ id, title, severity, detector: 'indicators/match' }) as ResultFinding;
const ids = (findings: readonly ResultFinding[]): string[][] =>
  grouped(findings).map((group) => group.map(({ id }) => id));

describe('findings that say the same', () => {
  it('are told where the first of them stands, in their order', () => {
    expect(ids([finding('1', 'a'), finding('2', 'b'), finding('3', 'a'), finding('4', 'a', 'low')])).toEqual([
      ['1', '3'],
      ['2'],
      ['4'],
    ]);
  });

  it('are each told once, whatever there is', () => {
    const any = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('high' as const, 'low' as const)),
    );
    fc.assert(
      fc.property(any, (drawn) => {
        const findings = drawn.map(([title, severity], index) => finding(String(index), title, severity));
        const groups = grouped(findings);
        expect(
          groups
            .flat()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(findings.map(({ id }) => id).sort());
        const firsts = groups.map(([{ id }]) => Number(id));
        expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
        for (const group of groups)
          expect(new Set(group.map(({ title, severity }) => title + severity)).size).toBe(1);
      }),
    );
  });
});
