import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryEvidence } from '../evidence/testing/memory-source.js';
import { rowLines, textOfHead } from './row-lines.js';

interface Cut {
  readonly lines: readonly (readonly [text: string, number: number])[];
  readonly tooLong: readonly number[];
}

/** All lines of a content that comes in chunks of a size. */
async function linesOf(
  content: Uint8Array,
  options: {
    readonly chunk?: number;
    readonly maxLineBytes?: number;
    readonly encoding?: 'utf8' | 'latin1';
  } = {},
): Promise<Cut> {
  const lines: (readonly [string, number])[] = [];
  const tooLong: number[] = [];
  const file = await memoryEvidence('scan', content);
  const size = options.chunk ?? 65_536;
  const buffer = Buffer.alloc(size);
  const inChunks = {
    ...file,
    async *stream() {
      // The same buffer each time, as a source may do.
      for (let start = 0; start < content.length; start += size) {
        const part = content.subarray(start, start + size);
        buffer.set(part);
        yield buffer.subarray(0, part.length);
      }
    },
  };
  const loop = rowLines(inChunks, {
    encoding: options.encoding ?? 'utf8',
    ...(options.maxLineBytes === undefined ? {} : { maxLineBytes: options.maxLineBytes }),
    onLine: (text, number) => lines.push([text, number]),
    onTooLong: (number) => tooLong.push(number),
  });
  for await (const _ of loop);
  return { lines, tooLong };
}

describe('rowLines', () => {
  it('numbers lines, leaves empty ones out, and takes both kinds of line end', async () => {
    const { lines } = await linesOf(Buffer.from('\ufeffuno\r\n\r\ndos\n\ntrés'));

    expect(lines).toEqual([
      ['uno', 1],
      ['dos', 3],
      ['trés', 5],
    ]);
  });

  it('says which lines are too long, holds none of them, and goes on after them', async () => {
    const content = Buffer.from(
      `a\n${'x'.repeat(100)}\nb\n${'y'.repeat(11)}\n${'z'.repeat(10)}\n${'w'.repeat(50)}`,
    );

    for (const chunk of [1, 7, 64, 1_000]) {
      const { lines, tooLong } = await linesOf(content, { chunk, maxLineBytes: 10 });
      expect(lines).toEqual([
        ['a', 1],
        ['b', 3],
        ['z'.repeat(10), 5],
      ]);
      expect(tooLong).toEqual([2, 4, 6]);
    }
  });

  it('keeps bytes as characters when asked', async () => {
    const { lines } = await linesOf(Buffer.of(0xff, 0x41, 0xe9, 10), { encoding: 'latin1' });

    expect(lines).toEqual([['ÿAé', 1]]);
  });

  it('reads UTF-16 as PowerShell writes it', async () => {
    const little = Buffer.from('\ufeff{"a":"ñ"}\r\n{}\r\n', 'utf16le');
    const { lines } = await linesOf(little, { chunk: 3 });

    expect(lines).toEqual([
      ['{"a":"ñ"}', 1],
      ['{}', 2],
    ]);
    expect(textOfHead(little)).toBe('{"a":"ñ"}\r\n{}\r\n');
    expect(textOfHead(Buffer.from(little).swap16())).toBe('{"a":"ñ"}\r\n{}\r\n');
  });

  it('ends when asked to', async () => {
    const file = await memoryEvidence('scan', 'a\nb\n');
    const loop = rowLines(file, {
      signal: AbortSignal.abort(),
      encoding: 'utf8',
      onLine: () => {},
      onTooLong: () => {},
    });

    await expect(loop.next()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('cuts as a plain split does, whatever the chunks', async () => {
    const text = fc.array(fc.constantFrom('a', 'ñ', '€', '\n', '\r\n', '{"x":1}'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (parts, chunk) => {
        const content = parts.join('');
        const expected = content
          .split('\n')
          .map((line, index) => [line.replace(/\r$/, ''), index + 1])
          .filter(([line]) => line !== '');
        expect((await linesOf(Buffer.from(content), { chunk })).lines).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
