import { describe, expect, it } from 'vitest';
import { detect } from '../../../../core/testing/run.js';
import type { ProcessUsage } from '../../../../records/kinds/process-usage.js';
import { usage } from '../../../../records/testing/records.js';
import { detectInAnyOrder, sayInBoth } from '../../testing/findings.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './process-gaps.js';

const numbered = (...ids: number[]): ProcessUsage[] =>
  ids.map((id) => usage({ processId: id, usageId: id, usageProcessId: id }));

describe('ios/process-gaps', () => {
  it('gives one remark for all holes, with the places around the largest', () => {
    const drafts = detectInAnyOrder(detector, numbered(1, 2, 4, 9, 10, 12));

    expect(drafts).toEqual([
      {
        severity: 'info',
        confidence: 'low',
        shows: 'advice',
        values: { missing: 6, holes: 3, size: 4, from: '5', to: '8' },
        at: null,
        evidence: [
          {
            evidence: 'e1',
            path: 'WirelessDomain/Library/Databases/DataUsage.sqlite',
            locator: 'ZLIVEUSAGE ROWID 4',
          },
          {
            evidence: 'e1',
            path: 'WirelessDomain/Library/Databases/DataUsage.sqlite',
            locator: 'ZLIVEUSAGE ROWID 9',
          },
        ],
      },
    ]);
  });

  it('stays silent on a whole numbering, wherever it begins', () => {
    expect(detectInAnyOrder(detector, numbered(7, 8, 9))).toEqual([]);
    expect(detectInAnyOrder(detector, numbered(7))).toEqual([]);
    expect(detectInAnyOrder(detector, [])).toEqual([]);
  });

  it('leaves to another detector the processes whose traffic is still there', () => {
    const orphan = usage({ processId: null, usageId: 50, usageProcessId: 2, processName: null });
    expect(detectInAnyOrder(detector, [...numbered(1, 3), orphan])).toEqual([]);
  });

  it('says nothing of a damaged database', () => {
    expect(
      detectInAnyOrder(detector, [...numbered(1, 9), usage({ processId: 10, recovered: true })]),
    ).toEqual([]);
  });

  it('does not mix the numbers of two phones', () => {
    const other = usage({ processId: 3, source: { evidence: 'e2', path: 'a', locator: 'b' } });
    expect(detectInAnyOrder(detector, [...numbered(1, 2, 4), other])).toMatchObject([
      { values: { missing: 1, from: '3', to: '3' } },
    ]);
  });

  it('is quick with many processes and with numbers far apart', () => {
    const records = numbered(...Array.from({ length: 50_000 }, (_, index) => 2 * index), 2 ** 52);
    const started = performance.now();
    expect(detect(detector, records)).toMatchObject([{ values: { holes: 50_000 } }]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('says it in both languages', () => {
    const many = sayInBoth({ es, en }, detectInAnyOrder(detector, numbered(1, 2, 4, 9))[0]);
    expect(many.es.title).toBe('Faltan 5 números en la lista de procesos que usaron la red');
    expect(many.es.explanation).toContain('Faltan 5 números, en 2 huecos; el mayor va del 5 al 8.');
    expect(many.en.explanation).toContain('5 numbers are missing, in 2 holes; the largest goes from 5 to 8.');

    const one = sayInBoth({ es, en }, detectInAnyOrder(detector, numbered(1_415, 1_417))[0]);
    expect(one.es.title).toBe('Falta un número en la lista de procesos que usaron la red');
    expect(one.es.explanation).toContain('en un hueco; el mayor es el número 1416.');
    expect(one.en.explanation).toContain('One number is missing, in one hole; the largest is number 1416.');
  });
});
