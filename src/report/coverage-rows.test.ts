import { describe, expect, it } from 'vitest';
import { coverageRows, remarksOf } from './coverage-rows.js';
import { coverage, problem } from './testing/results.js';

describe('the coverage as a table', () => {
  it('puts several files of one reader in one line', () => {
    const rows = coverageRows([
      coverage({ artifact: 'a', firstAt: '2024-03-01T00:00:00.000000Z', records: { message: 2, chat: 1 } }),
      coverage({
        artifact: 'b',
        status: 'unreadable',
        records: {},
        firstAt: null,
        lastAt: null,
        problems: [problem()],
      }),
      coverage({ artifact: 'c', firstAt: '2024-01-01T00:00:00.000000Z', records: { message: 4 } }),
      coverage({ reader: 'ios/calendar', name: 'Calendario', artifact: 'd' }),
    ]);

    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      artifacts: ['a', 'b', 'c'],
      statuses: [
        ['unreadable', 1],
        ['read', 2],
      ],
      records: 7,
      firstAt: '2024-01-01T00:00:00.000000Z',
      lastAt: '2024-04-12T16:45:00.000000Z',
    });
    expect(rows[0]?.remarks).toHaveLength(1);
  });

  it('leaves out absent parts and keeps pieces of evidence apart', () => {
    const rows = coverageRows([
      coverage(),
      coverage({ evidence: 'e2' }),
      coverage({ reader: 'ios/calls', status: 'absent' }),
    ]);

    expect(rows.map((row) => row.evidence)).toEqual(['e1', 'e2']);
  });

  it('tells very many pieces of evidence together', () => {
    const rows = coverageRows(
      Array.from({ length: 1_000 }, (_, index) => coverage({ evidence: `e${index + 1}` })),
    );

    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ evidence: 'e1 – e1000', records: 12_000 });
  });
});

describe('remarks', () => {
  it('are told once with their places, the losses first', () => {
    const remarks = remarksOf([
      problem({ effect: 'note', message: 'Aviso.', path: '', locator: '' }),
      ...Array.from({ length: 11 }, (_, index) => problem({ locator: `fila ${index}` })),
      problem({ locator: '', count: 200 }),
    ]);

    expect(remarks).toEqual([
      {
        message: 'Una fila no se pudo leer.',
        effect: 'lost',
        places: [0, 1, 2].map((index) => `HomeDomain/Library/SMS/sms.db › fila ${index}`),
        times: 211,
      },
      { message: 'Aviso.', effect: 'note', places: [], times: 1 },
    ]);
  });
});
