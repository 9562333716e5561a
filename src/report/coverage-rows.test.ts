import { describe, expect, it } from 'vitest';
import { coverageRows, notRecordedWords, passedOverWords, recordsWords, remarksOf } from './coverage-rows.js';
import { coverage, problem, reportTranslator } from './testing/results.js';

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

describe('entries that left no record', () => {
  const scan = (records: number, passedOver: Record<string, number>) =>
    coverage({ records: records > 0 ? { 'server-observation': records } : {}, passedOver });
  const [es, en] = [reportTranslator('es'), reportTranslator('en')];

  it('are added up over files and kinds', () => {
    const [row] = coverageRows([
      scan(12, { 'server-observation': 5, 'file-entry': 3 }),
      scan(1, {}),
      coverage(),
    ]);

    expect(row).toMatchObject({ records: 25, passedOver: 8 });
  });

  it('are told so that nothing recorded is not nothing read', () => {
    const [some] = coverageRows([scan(12, { 'server-observation': 9_999_988 })]);
    const [none] = coverageRows([scan(0, { 'server-observation': 1 })]);
    const [plain] = coverageRows([coverage()]);
    if (!some || !none || !plain) throw new Error('three rows');

    expect(recordsWords(some, es)).toBe('12 de 10,000,000');
    expect(recordsWords(none, en)).toBe('0 of 1');
    expect(recordsWords(plain, es)).toBe('12');
    expect(passedOverWords(some, es)).toBe(
      'Se leyeron y compararon 10,000,000 entradas; quedaron 12 registros. Lo demás no coincidió con nada.',
    );
    expect(passedOverWords(none, en)).toBe(
      'One entry was read and compared; no record was kept, because nothing fitted.',
    );
    expect(passedOverWords(plain, es)).toBeNull();
  });

  it('were counted where the reader counts: nothing is said to have fitted nothing', () => {
    const log = (records: Record<string, number>) =>
      coverage({ reader: 'floods/access-log', records, passedOver: { http: 214_145 } });
    const [counted] = coverageRows([log({})]);
    const [broken] = coverageRows([log({ 'rule-overflow': 12 })]);
    if (!counted || !broken) throw new Error('two rows');

    expect(counted).toMatchObject({ passedOver: 0, counted: 214_145 });
    expect([recordsWords(counted, es), recordsWords(broken, en)]).toEqual(['214,145', '214,145']);
    expect(passedOverWords(counted, es)).toBe(
      'Se leyeron y contaron 214,145 entradas, y los hallazgos salen de esas cuentas: no se guarda un registro de cada una.',
    );
    expect(passedOverWords(broken, en)).toContain('limit of a rule 12 records were kept');
    expect(notRecordedWords([log({}), scan(0, { 'server-observation': 5 })], en)).toEqual([
      'Another 5 entries were read and compared; they fitted nothing, and no record of them was kept.',
      'Another 214,145 requests or flows were read and counted; of these no record is kept one by one.',
    ]);
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
