import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPattern } from './stix-pattern.js';

describe('STIX patterns', () => {
  it('reads one comparison', () => {
    expect(readPattern("[domain-name:value='example.org']")).toEqual({
      comparisons: [{ object: 'domain-name', steps: ['value'], value: 'example.org' }],
      skipped: [],
    });
  });

  it('keeps "=" and escaped quotation marks of values', () => {
    const { comparisons } = readPattern(String.raw`[url:value = 'http://example.org/?a=1&b=\'x\'\\']`);
    expect(comparisons[0]?.value).toBe(String.raw`http://example.org/?a=1&b='x'\ `.trim());
  });

  it('reads quoted steps', () => {
    const { comparisons } = readPattern(`[file:hashes.'SHA-256' = '${'a'.repeat(64)}']`);
    expect(comparisons[0]).toEqual({ object: 'file', steps: ['hashes', 'SHA-256'], value: 'a'.repeat(64) });
  });

  it('splits OR and IN, inside and outside of the brackets', () => {
    const inside = readPattern(
      "[domain-name:value = 'a.example' OR domain-name:value IN ('b.example', 'c.example')]",
    );
    expect(inside.comparisons.map(({ value }) => value)).toEqual(['a.example', 'b.example', 'c.example']);
    const outside = readPattern("[domain-name:value = 'a.example'] OR ([domain-name:value = 'b.example'])");
    expect(outside.comparisons.map(({ value }) => value)).toEqual(['a.example', 'b.example']);
  });

  it('reads address ranges', () => {
    expect(readPattern("[ipv4-addr:value ISSUBSET '198.51.100.0/24']").comparisons[0]?.value).toBe(
      '198.51.100.0/24',
    );
  });

  it.each([
    ["[process:name = 'a' AND file:name = 'b']", 'pattern-and'],
    ["[process:name = 'a'] AND [file:name = 'b']", 'pattern-and'],
    ["[process:name = 'a'] FOLLOWEDBY [file:name = 'b']", 'pattern-followed-by'],
    ["[domain-name:value LIKE '%.example']", 'pattern-operator'],
    ["[domain-name:value MATCHES '^x']", 'pattern-operator'],
    ["[domain-name:value != 'a.example']", 'pattern-operator'],
    ['[EXISTS file:name]', 'pattern-operator'],
    ["[domain-name:value NOT = 'a.example']", 'negated'],
    ["[domain-name:value NOT IN ('a.example')]", 'negated'],
    ["[process:name = 'a'] REPEATS 5 TIMES", 'pattern-qualifier'],
    ["[process:name = 'a'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'", 'pattern-qualifier'],
    ["[process:name = 'a'", 'pattern-malformed'],
    ["[process:name = 'a", 'pattern-malformed'],
    ["process:name = 'a'", 'pattern-malformed'],
    ['', 'pattern-malformed'],
    [`${'('.repeat(5000)}`, 'pattern-too-complex'],
  ])('takes nothing from %s: %s', (pattern, reason) => {
    expect(readPattern(pattern)).toEqual({ comparisons: [], skipped: [reason] });
  });

  it('takes the usable branch of an OR and counts the other', () => {
    const result = readPattern("[domain-name:value = 'a.example' OR (file:name = 'x' AND file:size = 3)]");
    expect(result.comparisons.map(({ value }) => value)).toEqual(['a.example']);
    expect(result.skipped).toEqual(['pattern-and']);
  });

  it('gives back every value it is given, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (value) => {
        const quoted = value.replace(/[\\']/g, (character) => `\\${character}`);
        expect(readPattern(`[url:value='${quoted}']`).comparisons).toEqual([
          { object: 'url', steps: ['value'], value },
        ]);
      }),
    );
  });

  it('survives any text', () => {
    const words = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      "'a'",
      'AND',
      'OR',
      'file:name',
      '=',
      'IN',
      ',',
      'NOT',
      '.',
      "'",
      '\\',
    );
    fc.assert(fc.property(fc.array(words, { maxLength: 40 }), (parts) => void readPattern(parts.join(' '))));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void readPattern(text)));
  });
});
