import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth, wrapLines } from './layout.js';

describe('the width of a text on a terminal', () => {
  it.each([
    ['abc', 3],
    ['¿Qué pasó?', 10],
    ['e\u0301', 1],
    ['漢字', 4],
    ['ｆｕ', 4],
    ['👩‍👩‍👧‍👦', 2],
    ['🇲🇽', 2],
    ['⯃ ▲ ◆ ○ □', 9],
    ['кириллица', 9],
  ])('of %j is %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('wrapping', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrapLines('uno dos tres', 9, { first: '- ', rest: '  ' })).toEqual(['- uno dos', '  tres']);
  });

  it('breaks a word longer than a line after a sign', () => {
    expect(wrapLines('HomeDomain/Library/SMS/sms.db', 20)).toEqual(['HomeDomain/Library/', 'SMS/sms.db']);
  });

  it('breaks text without spaces, and counts wide characters twice', () => {
    expect(wrapLines('漢字漢字漢字', 6)).toEqual(['漢字漢', '字漢字']);
    expect(wrapLines('a'.repeat(10), 4)).toEqual(['aaaa', 'aaaa', 'aa']);
  });

  it('never leaves a line wider than asked for and never loses a character', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'ñ', ' ', '漢', '👍🏽', '/', '.', 'e\u0301', 'x'),
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 12, max: 80 }), (value, width) => {
        const lines = wrapLines(value, width, { first: '  • ', rest: '    ' });

        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
        const kept = lines.map((line) => line.slice(4)).join('');
        expect(kept.replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
      }),
    );
  });

  it('ends also where there is no room at all', () => {
    expect(wrapLines('a'.repeat(20), 3, { rest: '      ' })).toHaveLength(5);
  });
});
