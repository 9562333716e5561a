import { describe, expect, it } from 'vitest';
import type { ResultFinding } from '../../../../src/core/result.js';
import { finding as aFinding } from '../../../../src/report/testing/results.js';
import type { Review } from '../../api/paths.js';
import { filtered, NO_FILTERS } from './filters.js';
import { sortFindings } from './order.js';

const finding = (id: string, change: Partial<ResultFinding> = {}): ResultFinding =>
  aFinding({ id, severity: 'low', confidence: 'low', at: null, title: 'Conexión', ...change });

const ids = (findings: readonly ResultFinding[]): string[] => findings.map(({ id }) => id);

describe('the list of findings', () => {
  it('has the gravest first, then the surest, then the earliest, undated ones last', () => {
    const sorted = sortFindings([
      finding('undated'),
      finding('late', { at: '2024-02-01T00:00:00.000000Z' }),
      finding('early', { at: '2024-01-01T00:00:00.000000Z' }),
      finding('sure', { confidence: 'high' }),
      finding('grave', { severity: 'critical' }),
    ]);
    expect(ids(sorted)).toEqual(['grave', 'sure', 'early', 'late', 'undated']);
  });

  it('says of each filter how many it hides by itself', () => {
    const all = [
      finding('f1', { severity: 'high', confidence: 'high' }),
      finding('f2', { severity: 'high' }),
      finding('f3', { confidence: 'high' }),
      finding('f4'),
    ];
    const { shown, hidden } = filtered(
      all,
      { ...NO_FILTERS, severity: 'high', confidence: 'high' },
      new Map(),
    );
    expect(ids(shown)).toEqual(['f1']);
    // f4 fails both: taking one filter away does not bring it back.
    expect([...hidden]).toEqual([
      ['severity', 1],
      ['confidence', 1],
    ]);
  });

  it('finds words without their accents, also in places and values', () => {
    const all = [
      finding('f1'),
      finding('f2', { title: 'Otra', evidence: [{ evidence: 'e1', path: 'charla.txt', locator: '' }] }),
    ];
    const search = (text: string) => ids(filtered(all, { ...NO_FILTERS, text }, new Map()).shown);
    expect(search(' conexion ')).toEqual(['f1']);
    expect(search('Charla.TXT')).toEqual(['f2']);
    expect(search('  ')).toEqual(['f1', 'f2']);
  });

  it('takes what nobody reviewed as not reviewed', () => {
    const review: Review = { finding: 'f1', state: 'dismissed', reason: 'r', by: 'ana', at: '' };
    const only = (state: string) =>
      ids(
        filtered([finding('f1'), finding('f2')], { ...NO_FILTERS, review: state }, new Map([['f1', review]]))
          .shown,
      );
    expect(only('dismissed')).toEqual(['f1']);
    expect(only('not-reviewed')).toEqual(['f2']);
  });
});
