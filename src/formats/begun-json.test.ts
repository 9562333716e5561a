import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { begunJson } from './begun-json.js';

describe('begunJson', () => {
  it.each([
    ['{"ip":"192.0.2.1","data":"SFRU', { ip: '192.0.2.1', data: 'SFRU' }],
    ['{"a":{"b":[1,2,{"c":"d"', { a: { b: [1, 2, { c: 'd' }] } }],
    ['{"a":1,"b":12', { a: 1 }],
    ['{"a":1,"bc', { a: 1 }],
    ['{"a":1,"b":', { a: 1 }],
    ['{"a":"x\\', { a: 'x' }],
    ['{"a":"x\\u00', { a: 'x' }],
    ['{"a":"x\\\\', { a: 'x\\' }],
    ['[{"a":1},{"b":2', [{ a: 1 }, {}]],
    ['{"a":1}\n{"b":2', { a: 1 }],
    ['{', {}],
    ['{"a":"b","c":"d"}', { a: 'b', c: 'd' }],
    ['hola', null],
    ['', null],
    ['\ufeff \n[{"a":1}', [{ a: 1 }]],
    ['{"a":[{"b":1},{"c":', { a: [{ b: 1 }, {}] }],
    ['{"a":1}\n{"b":2}', { a: 1 }],
    ['{]', null],
    ['{"a":}', null],
    ['{"a":]', null],
    ['"a"', null],
  ])('closes %s', (text, expected) => {
    expect(begunJson(text)).toEqual(expected);
  });

  it('begins as the whole does, wherever it is cut', () => {
    const row = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())));
    fc.assert(
      fc.property(row, fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        const begun = begunJson(text.slice(0, at % (text.length + 1)));
        for (const key of Object.keys(begun ?? {})) expect(Object.hasOwn(value, key)).toBe(true);
      }),
    );
  });

  it('gives whole what is whole', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(begunJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is quick with anything', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '[', '"', '\\', ',', ':', 'a', '}', ']') }),
        (text) => {
          begunJson(text);
        },
      ),
    );
    const started = performance.now();
    begunJson('['.repeat(8_192));
    begunJson('{"a":'.repeat(2_000));
    begunJson(`{"a":"${'\\'.repeat(8_192)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
