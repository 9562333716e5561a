import { describe, expect, it } from 'vitest';
import { createTranslator } from '../../../../src/core/language.js';
import type { Result } from '../../../../src/core/result.js';
import { messages } from '../../texts/es.js';
import { asText, partsOf } from './coverage-parts.js';

const t = createTranslator('es', messages, 'UTC', (link) => link);

const coverage: Result['coverage'] = [
  {
    evidence: 'e1',
    reader: 'lures/chat',
    name: 'Conversaciones',
    artifact: 'chat\n- Mensajes: leído.txt',
    status: 'partial',
    records: { message: 1200 },
    firstAt: '2024-01-02T03:04:05.000000Z',
    lastAt: '2024-01-03T03:04:05.000000Z',
    problems: [
      {
        code: 'bad-row',
        effect: 'lost',
        message: 'Una fila no se pudo leer.',
        path: 'chat\nhttps://example.org/x',
        locator: 'line 4',
        count: 1,
      },
    ],
  },
  {
    evidence: 'e1',
    reader: 'ios/calls',
    name: 'Llamadas',
    artifact: 'calls.db',
    status: 'absent',
    records: {},
    firstAt: null,
    lastAt: null,
    problems: [
      { code: 'encrypted-backups-only', effect: 'note', message: '', path: '', locator: '', count: 1 },
    ],
  },
];

const result = {
  evidence: [
    {
      id: 'e1',
      path: '/casos/entrega',
      kind: 'folder',
      sha256: null,
      sizeBytes: 1,
      details: { unrecognisedFiles: 2, unrecognisedExamples: ['x.bin', 'y.bin'] },
      problems: [],
    },
  ],
  coverage,
  verdict: { code: 'none', text: '', coverage: 'Se leyó 1 parte de 1.' },
} as unknown as Result;

describe('coverage', () => {
  it('tells apart what was read, what was not there and what nobody recognised', () => {
    const [part] = partsOf(result, t);
    expect(part?.name).toBe('e1 · entrega');
    expect(part?.rows.map(({ name, records }) => [name, records])).toEqual([['Conversaciones', 1200]]);
    expect(part?.notSought).toEqual([
      'No está porque el respaldo no está cifrado: Llamadas.',
      '2 archivos que no se reconocieron y no se leyeron por dentro: x.bin, y.bin.',
    ]);
  });

  it('is copied as text in which names of evidence make no lines and no links', () => {
    const lines = asText(result, partsOf(result, t), t).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'Qué se revisó y qué no',
      '',
      'Se leyó 1 parte de 1.',
      '',
      'e1 · entrega',
      '- Conversaciones: leído en parte · Registros: 1,200 · 2 ene 2024, 03:04:05 – 3 ene 2024, 03:04:05',
    ]);
    expect(lines[6]).toBe('  · Una fila no se pudo leer. (chat hxxps://example[.]org/x › line 4)');
    expect(lines.some((line) => line.startsWith('- Mensajes'))).toBe(false);
  });
});
