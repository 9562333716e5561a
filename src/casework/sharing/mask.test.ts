import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskDeep, maskOf } from './mask.js';
import { sharingWords } from './words.js';

const words = sharingWords('en');
const known = { names: ['Inés de la Peña'], contacts: ['+52 1 55 5555 0188', 'ines@buzon.example'] };
const everyone = maskOf(known, { everyone: true, deviceNumbers: true }, words);
const clientOnly = maskOf(known, { everyone: false, deviceNumbers: false }, words);

describe('masking', () => {
  it.each([
    ['Escribió Inés de la Peña ayer', 'Escribió [name] ayer'],
    ['INES_DE_LA_PEÑA.pdf', '[name].pdf'],
    ['la Peña de Inés', 'la [name] de [name]'],
    ['Peñasco e Inesperado', 'Peñasco e Inesperado'],
    ['llame al 55-5555-0188', 'llame al [contact]'],
    ['llame al +52 55 5555 0199', 'llame al [number]'],
    ['x?u=ines%40buzon.example', 'x?u=[contact]'],
    [`x/${Buffer.from('ines@buzon.example').toString('base64')}`, 'x/[contact]'],
    ['otra@persona.example', '[e-mail]'],
    ['IMEI 490154203237518', 'IMEI [identifier]'],
    ['/Users/ines/x y C:\\Users\\otra\\y', '/Users/[user]/x y C:\\Users\\[user]\\y'],
    ['de 192.168.88.23 a 198.51.100.203', 'de [local address] a 198.51.100.203'],
    ['el 2024-03-12 a las 18:04:10', 'el 2024-03-12 a las 18:04:10'],
    ['AA:BB:CC:DD:EE:FF y @cuenta_propia', '[identifier] y [contact]'],
    ['hxxps://lure[.]example y T1660.001', 'hxxps://lure[.]example y T1660.001'],
  ])('makes of %j %j', (text, masked) => {
    expect(everyone(text)).toBe(masked);
  });

  it('takes out only the client where others may stay', () => {
    expect(clientOnly('Inés recibió de +52 55 5555 0199 y ines@buzon.example')).toBe(
      '[name] recibió de +52 55 5555 0199 y [contact]',
    );
    expect(clientOnly('Peña')).toBe('[name]');
  });

  it('goes into every level and key, and no deeper than it can', () => {
    const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 'Peña');

    expect(maskDeep({ Peña: [{ a: 'Peña', b: 1, c: null }] }, clientOnly)).toEqual({
      '[name]': [{ a: '[name]', b: 1, c: null }],
    });
    expect(JSON.stringify(maskDeep(deep, clientOnly))).not.toContain('Peña');
  });

  it('is quick on any text and leaves nothing of the client', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        expect(everyone(`${before} ines@buzon.example ${after}`)).not.toContain('ines@buzon.example');
      }),
    );
    for (const text of [
      '1 '.repeat(50_000),
      'a@'.repeat(50_000),
      'a.'.repeat(50_000),
      '/users/'.repeat(15_000),
      'f:'.repeat(50_000),
      'A1'.repeat(50_000),
      '@_.'.repeat(30_000),
      'Inés de '.repeat(12_000),
    ]) {
      const start = performance.now();
      everyone(text);
      expect(performance.now() - start).toBeLessThan(1_000);
    }
  });
});
