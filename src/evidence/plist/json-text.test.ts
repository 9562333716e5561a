import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Uid, writeBinaryPlist } from '../../../fixtures/binary-plist.js';
import { jsonText } from './json-text.js';
import { type PlistValue, parsePlist } from './plist.js';

describe('values as JSON text', () => {
  it('writes every type', () => {
    const value = parsePlist(
      writeBinaryPlist({
        a: [null, true, 1.5, 2n ** 63n, 'ñ "x"'],
        date: new Date('2019-08-29T23:13:30.678Z'),
        bytes: new Uint8Array([1, 255]),
        uid: new Uid(3),
        infinite: Number.POSITIVE_INFINITY,
        empty: {},
        'quoted "key"': [false, 'línea\n'],
      }),
    );

    expect(jsonText(value, 4000)).toBe(
      '{"a":[null,true,1.5,9223372036854775808,"ñ \\"x\\""],"date":"2019-08-29T23:13:30.678000Z","bytes":"01ff",' +
        '"uid":{"uid":3},"infinite":null,"empty":{},"quoted \\"key\\"":[false,"línea\\n"]}',
    );
    expect(jsonText(new Date(Number.NaN), 10)).toBe('null');
  });

  it('cuts at the length asked for, and says so', () => {
    expect(jsonText(['abcdef'], 10)).toBe('["abcdef"]');
    expect(jsonText(['abcdef'], 9)).toBe('["abcdef…');
    expect(jsonText(new Uint8Array(1_000_000), 6)).toBe('"0000…');
  });

  it('never exceeds the length asked for', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 50 }), (text, maxCharacters) => {
        expect(jsonText(text, maxCharacters).length).toBeLessThanOrEqual(maxCharacters);
      }),
    );
  });

  it('is done at once with a graph of 2^30 paths', () => {
    let graph: unknown = 0;
    for (let level = 0; level < 30; level += 1) graph = [graph, graph];
    const value = parsePlist(writeBinaryPlist(graph));

    const started = performance.now();
    expect(jsonText(value, 4000)).toHaveLength(4000);
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('does not fall over values far deeper than any that is read', () => {
    let deep: PlistValue = [];
    for (let level = 0; level < 100_000; level += 1) deep = [deep];

    expect(jsonText(deep, 1_000_000)).toContain('…');
  });

  it('agrees with JSON.stringify where JSON has the types', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = parsePlist(writeBinaryPlist(value));
        expect(JSON.parse(jsonText(read, 1_000_000))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
