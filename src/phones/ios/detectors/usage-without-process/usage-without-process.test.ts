import { describe, expect, it } from 'vitest';
import type { ProcessUsage } from '../../../../records/kinds/process-usage.js';
import { time, usage } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './usage-without-process.js';

const orphan = (usageId: number, at: string, fields: Partial<ProcessUsage> = {}): ProcessUsage =>
  usage({
    usageId,
    usageProcessId: 1416,
    processId: null,
    processName: null,
    bundleId: null,
    at: time(at),
    firstAt: null,
    lastAt: null,
    ...fields,
  });

const TWO_ROWS = [
  orphan(90, '2024-02-14T14:13:21Z', { wifiInBytes: 300_000, cellularInBytes: 10_500, wifiOutBytes: 96_000 }),
  orphan(103, '2024-02-15T09:00:00Z'),
];

describe('ios/usage-without-process', () => {
  it('reports a missing process once, with all its rows', () => {
    const drafts = detectInAnyOrder(detector, TWO_ROWS);

    expect(drafts).toHaveLength(1);
    expect(drafts[0]).toMatchObject({
      severity: 'high',
      confidence: 'medium',
      shows: 'oddity',
      technique: 'T1630',
      at: '2024-02-14T14:13:21.000000Z',
      values: { process: '1416', rows: 2, received: 311, sent: 96 },
    });
    expect(drafts[0]?.evidence.map(({ locator }) => locator)).toEqual([
      'ZLIVEUSAGE ROWID 90',
      'ZLIVEUSAGE ROWID 103',
    ]);
  });

  it('stays silent on processes that are there and on processes without usage', () => {
    expect(
      detectInAnyOrder(detector, [usage(), usage({ processId: 2, usageId: null, usageProcessId: null })]),
    ).toEqual([]);
  });

  it('keeps missing processes, databases and phones apart', () => {
    const path = 'WirelessDomain/Library/Databases/DataUsage.sqlite';
    const drafts = detectInAnyOrder(detector, [
      ...TWO_ROWS,
      orphan(7, '2024-02-14T14:13:21Z', { usageProcessId: 1417 }),
      orphan(8, '2024-02-14T14:13:21Z', {
        source: { evidence: 'e1', path: 'netusage.sqlite', locator: 'a' },
      }),
      orphan(9, '2024-02-14T14:13:21Z', { source: { evidence: 'e2', path, locator: 'a' } }),
    ]);

    expect(
      drafts.map(({ values, evidence }) => [values.process, evidence.length, evidence[0]?.evidence]),
    ).toEqual([
      ['1416', 2, 'e1'],
      ['1417', 1, 'e1'],
      ['1416', 1, 'e1'],
      ['1416', 1, 'e2'],
    ]);
  });

  it('weighs little in a damaged database and for rows that name no process', () => {
    expect(
      detectInAnyOrder(detector, [orphan(1, '2024-02-14T14:13:21Z', { recovered: true })]),
    ).toMatchObject([{ severity: 'low', confidence: 'low', variant: 'damaged' }]);
    expect(
      detectInAnyOrder(detector, [orphan(1, '2024-02-14T14:13:21Z', { usageProcessId: null })]),
    ).toMatchObject([{ severity: 'low', confidence: 'low', variant: 'unattributed' }]);
  });

  it('says it in both languages', () => {
    const said = sayInBoth({ es, en }, detectInAnyOrder(detector, TWO_ROWS)[0]);
    expect(said.es.explanation).toContain('Hay 2 filas de tráfico del proceso número 1416, entre el ');
    expect(said.es.explanation).toContain('Recibió unos 311 kB y envió unos 96 kB.');
    expect(said.en.explanation).toContain('There are 2 rows of traffic of process number 1416, between ');

    const undated = orphan(1, '2024-02-14T14:13:21Z', { at: null });
    const bare = sayInBoth({ es, en }, detectInAnyOrder(detector, [undated])[0]);
    expect(bare.es.explanation).toContain('Hay una fila de tráfico del proceso número 1416, pero la ficha');
    expect(bare.en.explanation).toContain(
      'There is one row of traffic of process number 1416, but the entry',
    );
    for (const fields of [{ recovered: true }, { usageProcessId: null }])
      sayInBoth({ es, en }, detectInAnyOrder(detector, [orphan(1, '2024-02-14T14:13:21Z', fields)])[0]);
  });
});
