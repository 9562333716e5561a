import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.js';

function split(chunks: readonly Buffer[]): { lines: string[]; offsets: number[]; cut: number } {
  const lines: string[] = [];
  const offsets: number[] = [];
  const splitter = new LineSplitter((bytes, start, end, at) => {
    lines.push(bytes.toString('latin1', start, end));
    offsets.push(at);
  });
  for (const chunk of chunks) splitter.add(chunk);
  splitter.end();
  return { lines, offsets, cut: splitter.cut };
}

describe('lines', () => {
  it('end with a line feed, a carriage return before it or not; blank ones are left out; the last may lack its end', () => {
    const { lines, offsets } = split([Buffer.from('one\r\n\ntwo\nthree')]);
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(offsets).toEqual([0, 6, 10]);
  });

  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r'), maxLength: 30 }), { maxLength: 8 }),
        (parts) => {
          const whole = split([Buffer.from(parts.join(''))]);
          const cut = split(parts.map((part) => Buffer.from(part)));
          expect(cut).toEqual(whole);
          const text = parts.join('');
          for (const [index, line] of whole.lines.entries()) {
            expect(text.startsWith(line, whole.offsets[index])).toBe(true);
          }
        },
      ),
    );
  });

  it('of more than a mebibyte are cut, and the next is read', () => {
    const long = Buffer.alloc(700_000, 'x');
    const { lines, cut, offsets } = split([long, long, Buffer.from('x\nnext\n'), long, Buffer.from('\n')]);
    expect(lines.map((line) => line.length)).toEqual([1_048_576, 4, 700_000]);
    expect([cut, offsets]).toEqual([1, [0, 1_400_002, 1_400_007]]);
  });
});
