import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRow } from './csv.js';
import { anyText, parseCsv } from './testing/documents.js';

describe('a row of CSV', () => {
  it('quotes what has to be quoted', () => {
    expect(csvRow(['a', 'b,c', 'd "e"', 'f\ng'])).toBe('a,"b,c","d ""e""","f\ng"');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '"=1', "'=1"])(
    'does not let %j be a formula',
    (text) => {
      expect(parseCsv(csvRow([text]))).toEqual([[`'${text}`]]);
    },
  );

  it('does not let a formula stand after a semicolon, where Excel in Spanish begins a cell', () => {
    expect(csvRow(['hola;=cmd()'])).toBe(`"hola;'=cmd()"`);
    expect(csvRow(['hola; "+1', 'x;-1'])).toBe(`"hola;' ""+1","x;'-1"`);
    expect(csvRow(['hola;) ;-) adiós'])).toBe('"hola;) ;-) adiós"');
  });

  it('is read back with the same number of cells, whatever stands in them', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 9 }), (cells) => {
        const rows = parseCsv(csvRow(cells));

        expect(rows).toHaveLength(1);
        expect(rows[0]).toHaveLength(cells.length);
        for (const [index, cell] of cells.entries()) {
          expect(rows[0]?.[index]?.replaceAll("'", '')).toBe(cell.replaceAll("'", ''));
          expect(rows[0]?.[index]).not.toMatch(/^[\s"]*[=+\-@＝＋－＠]/);
        }
      }),
    );
  });
});
