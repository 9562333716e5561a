import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geoTables, geoTablesFrom, openTables } from './geo-tables.js';
import { PairTable, RangeRows, WordTable } from './range-table.js';

const NETWORKS = Buffer.from(
  [
    '3221225984,3221226239,64500,"Example, ""Inc."""',
    '192.0.3.0,192.0.3.255,64501,Ejemplo Móvil',
    '2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,64502,Example Six',
    '42540766411362381960998550477352206336,42540766411362381960998550477352206336,64503,one address',
    '',
    'nonsense',
    '192.0.5.9,192.0.5.0,64504,ends before it begins',
    '192.0.6.0,2001:db8::,64504,mixed',
    '192.0.7.0,192.0.7.255,0,no number',
    '192.0.8.0,192.0.8.255,4294967296,too large',
  ].join('\r\n'),
);
const COUNTRIES = Buffer.from(
  '3221225984,3221226239,MX\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,DE\n1,2,mx\n3,4,MEX\n',
);
const IPV4 = 0xc0000200;

describe('tables of networks and countries', () => {
  const tables = geoTablesFrom(NETWORKS, COUNTRIES, '2026-01-02');

  it('know both ends of a range and nothing beyond', () => {
    const asn = [IPV4 - 1, IPV4, IPV4 + 255, IPV4 + 256, IPV4 + 511, IPV4 + 512].map((word) =>
      tables.asnOf(4, word, 0),
    );
    expect(asn).toEqual([0, 64500, 64500, 64501, 64501, 0]);
    expect([IPV4 - 1, IPV4 + 7, IPV4 + 256].map((word) => tables.countryOf(4, word, 0))).toEqual([
      '',
      'MX',
      '',
    ]);
  });

  it('know IPv6 by its first half', () => {
    expect(tables.asnOf(6, 0x20010db8, 0x0000ffff)).toBe(64502);
    expect(tables.asnOf(6, 0x20010db8, 0x00010000)).toBe(0);
    expect(tables.countryOf(6, 0x20010db8, 0xffffffff)).toBe('DE');
    expect(tables.countryOf(6, 0x20010db9, 0)).toBe('');
  });

  it('know nothing of what is no address', () => {
    expect([tables.asnOf(0, IPV4, 0), tables.countryOf(0, IPV4, 0)]).toEqual([0, '']);
  });

  it('know names as they are written', () => {
    expect([64500, 64501, 64502, 64504, 1].map((asn) => tables.organisationOf(asn))).toEqual([
      'Example, "Inc."',
      'Ejemplo Móvil',
      'Example Six',
      'ends before it begins',
      null,
    ]);
  });

  it('of a user carry his date and ask for no attribution, and say that lines were damaged', () => {
    expect([tables.builtOn, tables.attribution]).toEqual(['2026-01-02', '']);
    expect(tables.problems).toEqual(['asn-damaged', 'country-damaged']);
  });

  it('may come in several files', () => {
    const two = geoTablesFrom([Buffer.from('1,2,7,a'), Buffer.from('2001:db8::,2001:db8::,8,b')], []);
    expect([two.asnOf(4, 1, 0), two.asnOf(6, 0x20010db8, 0)]).toEqual([7, 8]);
    expect(two.problems).toEqual(['country-damaged']);
  });

  it('that are missing know nothing and say so', () => {
    const none = openTables({ asn: () => null, country: () => null, builtOn: '', attribution: '' });
    expect([none.asnOf(4, IPV4, 0), none.countryOf(4, IPV4, 0), none.organisationOf(64500)]).toEqual([
      0,
      '',
      null,
    ]);
    expect(none.problems).toEqual(['asn-missing', 'country-missing']);
  });

  it('keep the first 200 bytes of a name, and no control bytes', () => {
    const { organisationOf } = {
      organisationOf: (csv: string) => geoTablesFrom(Buffer.from(csv), []).organisationOf(7),
    };
    expect(organisationOf(`1,2,7,${'x'.repeat(5_000)}`)).toBe('x'.repeat(200));
    expect(organisationOf('1,2,7,a\x1b[31mb\x00c')).toBe('a [31mb c');
    expect(organisationOf('1,2,7,')).toBe(null);
    expect(organisationOf('1,2,7')).toBe(null);
  });

  it('hold as many names as there are numbers', () => {
    const csv = Array.from(
      { length: 20_000 },
      (_, row) => `${row * 2},${row * 2},${row * 7919 + 1},name ${row}`,
    );
    const many = geoTablesFrom(Buffer.from(csv.join('\n')), []);
    for (const row of [0, 1, 9_999, 19_999]) expect(many.organisationOf(row * 7919 + 1)).toBe(`name ${row}`);
    expect(many.organisationOf(2)).toBe(null);
  });

  it('are read out of any bytes without a failure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.ipV4(), (bytes, text) => {
        const any = geoTablesFrom([bytes, Buffer.from(`${text},${text},9,x`)], bytes);
        return any.asnOf(4, 5, 0) >= 0 && any.countryOf(6, 5, 0).length <= 2;
      }),
    );
    const fields = fc.stringMatching(/^[0-9a-f.:,"A-Z\n]{0,120}$/);
    fc.assert(
      fc.property(fields, (text) => geoTablesFrom(Buffer.from(text), Buffer.from(text)).problems.length <= 2),
    );
  });

  it('take time in proportion to lines, however long', () => {
    const start = performance.now();
    geoTablesFrom(Buffer.from(`${'9'.repeat(1_000_000)},${','.repeat(1_000_000)}`), []).asnOf(4, 1, 0);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('ranges', () => {
  /** The narrowest range that began last counts. */
  const slow = (rows: readonly (readonly [number, number, number])[], word: number): number[] => {
    const open = rows.filter(([start, end]) => start <= word && word <= end);
    const latest = Math.max(...open.map(([start]) => start));
    const began = open.filter(([start]) => start === latest);
    const narrowest = Math.min(...began.map(([, end]) => end));
    return began.filter(([, end]) => end === narrowest).map(([, , value]) => value);
  };

  it('are found as a plain search finds them, when some lie within others, in any order', () => {
    // Nested or apart, as networks are: never half of one in another.
    const network = fc
      .tuple(fc.nat(255), fc.nat(8), fc.integer({ min: 1, max: 70_000 }))
      .map(([word, bits, value]) => {
        const size = 2 ** bits;
        const start = Math.floor(word / size) * size;
        return [start, start + size - 1, value] as const;
      });
    fc.assert(
      fc.property(fc.array(network, { maxLength: 30 }), (rows) => {
        const [ipv4, ipv6] = [new RangeRows(), new RangeRows(4)];
        for (const [start, end, value] of rows) {
          ipv4.add(start * 0x1000000, 0, end * 0x1000000 + 0xffffff, 0xffffffff, value);
          ipv6.add(0xffffffff, start, 0xffffffff, end, value);
        }
        const [words, pairs] = [new WordTable(ipv4), new PairTable(ipv6)];
        for (let word = 0; word < 256; word += 1) {
          const expected = slow(rows, word);
          const found = [words.find(word * 0x1000000 + 77), pairs.find(0xffffffff, word)];
          for (const value of found) {
            if (expected.length === 0 ? value !== 0 : !expected.includes(value)) return false;
          }
        }
        return pairs.find(0xffffffff, 256) === 0;
      }),
    );
  });

  it('reach the last address', () => {
    const rows = new RangeRows();
    rows.add(0xffffff00, 0, 0xffffffff, 0xffffffff, 3);
    expect([0xfffffeff, 0xffffff00, 0xffffffff].map((word) => new WordTable(rows).find(word))).toEqual([
      0, 3, 3,
    ]);
  });
});

describe('the tables that come with the program', () => {
  it('know their day, their sources, and well-known networks', () => {
    const tables = geoTables();
    expect(tables.builtOn).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(tables.attribution).toContain('https://db-ip.com');
    expect(tables.problems).toEqual([]);
    expect([28403, 28469, 8151, 265540].map((asn) => tables.organisationOf(asn))).toEqual([
      'RadioMovil Dipsa, S.A. de C.V.',
      'AT&T COMUNICACIONES DIGITALES S DE RL',
      'Uninet S.A. de C.V.',
      'ALTAN REDES, S.A.P.I. de C. V.',
    ]);
    // The resolvers of Google and Quad9, which they publish.
    expect([tables.asnOf(4, 0x08080808, 0), tables.countryOf(4, 0x08080808, 0)]).toEqual([15169, 'US']);
    expect(tables.asnOf(4, 0x09090909, 0)).toBe(19281);
    expect(tables.asnOf(6, 0x20014860, 0x48600000)).toBe(15169);
    expect([tables.asnOf(4, 0x0a000001, 0), tables.countryOf(4, 0xc0a80001, 0)]).toEqual([0, '']);
    expect(geoTables()).toBe(tables);
  });
});
