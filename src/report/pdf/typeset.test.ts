import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../printable.js';
import { anyText } from '../testing/documents.js';
import { HOSTILE_TEXTS } from '../testing/results.js';
import { displayable, settableCharacters } from './font-coverage.js';
import type { PrintBlock, PrintDocument, Words } from './print-document.js';
import { breakable, PdfError, typeset } from './typeset.js';
import { TYPST_PROGRAM } from './typst-program.js';

const HAS_PDFTOTEXT = spawnSync('pdftotext', ['-v']).error === undefined;

const printed = (blocks: readonly PrintBlock[], part: Partial<PrintDocument> = {}): PrintDocument => ({
  language: 'es',
  title: 'Título de prueba',
  date: '2024-05-01T12:00:05.000Z',
  brand: 'Vigía',
  header: ['TLP:AMBER', 'V-2026-0001'],
  footer: 'pie',
  missingCharacters: 'Faltan letras.',
  blocks,
  ...part,
});

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="20" viewBox="0 0 100 20" font-family="system-ui"><text x="0" y="15">año 漢</text></svg>';

/** The same words everywhere words can stand. */
function everywhere(words: string): PrintBlock[] {
  const styled: Words = [words, { text: words, style: 'code' }, { text: words, style: 'high' }];
  return [
    { kind: 'paragraph', look: 'lead', words: styled },
    { kind: 'heading', level: 1, text: words },
    { kind: 'heading', level: 2, text: words },
    { kind: 'paragraph', look: 'meta', words },
    { kind: 'list', look: 'bullets', items: [words, styled] },
    { kind: 'list', look: 'row', items: [words] },
    { kind: 'list', look: 'plain', items: [words] },
    { kind: 'numbered', items: [{ label: words, words, notes: [words] }] },
    {
      kind: 'table',
      caption: words,
      columns: [
        { label: words, width: 1 },
        { label: 'n', width: 'narrow', isNumber: true },
      ],
      rows: [[{ lines: [words, styled] }, '1']],
    },
    { kind: 'facts', rows: [[words, { lines: [words] }]] },
    { kind: 'figure', caption: words, alternative: words, svg: SVG },
    {
      kind: 'callout',
      blocks: [{ kind: 'entry', blocks: [{ kind: 'paragraph', look: 'caption', words: styled }] }],
    },
    { kind: 'blank', label: words, lines: 2 },
    { kind: 'page-break' },
    { kind: 'contents', title: words },
  ];
}

const ascii = (pdf: Uint8Array): string => Buffer.from(pdf).toString('latin1');
const bare = (text: string): string => text.replace(/\s+/gu, '');
const textOf = (pdf: Uint8Array): string =>
  execFileSync('pdftotext', ['-raw', '-', '-'], { input: pdf, stdio: ['pipe', 'pipe', 'ignore'] }).toString();

describe('the PDF engine', () => {
  it('writes a tagged file with a title and a language, twice the same', async () => {
    const one = printed(everywhere('Año, «niñez» ¿sí? ¡sí!'));
    const pdf = await typeset(one);
    const text = ascii(pdf);

    expect(text.startsWith('%PDF-1.7')).toBe(true);
    expect(text).toContain('/StructTreeRoot');
    expect(text).toMatch(/\/Lang ?\(es-MX\)/);
    expect(text).toContain('<pdfuaid:part>1</pdfuaid:part>');
    expect(text).toContain('(D:20240501120005Z)');
    expect(text).not.toContain('/URI');
    expect(Buffer.compare(pdf, await typeset(one))).toBe(0);
    expect(ascii(await typeset(printed([], { language: 'en' })))).toMatch(/\/Lang ?\(en-GB\)/);
  });

  it('embeds every font', async () => {
    const text = ascii(await typeset(printed(everywhere('Año Привет العربية ▲'))));
    const descriptors = text.match(/\/Type ?\/FontDescriptor/g) ?? [];

    expect(descriptors.length).toBeGreaterThan(1);
    expect(text.match(/\/FontFile[23] /g)).toHaveLength(descriptors.length);
  });

  it('has a program that reads no file and imports nothing', () => {
    expect(TYPST_PROGRAM).not.toMatch(
      /#?\b(read|include|import|plugin|eval|csv|yaml|toml|xml|cbor|bibliography)\b\s*[("]/,
    );
    expect(TYPST_PROGRAM.match(/\bimage\(/g)).toHaveLength(
      TYPST_PROGRAM.match(/\bimage\(bytes\(/g)?.length ?? 0,
    );
    expect(TYPST_PROGRAM).not.toMatch(/@preview|@local|\blink\(|datetime\.today/);
  });

  it('has every character its table of fonts names, upright, bold and in the type of a machine', async () => {
    const blocks = settableCharacters().map(
      (character): PrintBlock => ({
        kind: 'paragraph',
        words: [
          character,
          ' ',
          { text: character, style: 'strong' },
          ' ',
          { text: character, style: 'code' },
        ],
      }),
    );
    // What is only shown by its code would be counted as missing.
    expect(settableCharacters().every((character) => displayable(character) === character)).toBe(true);
    expect((await typeset(printed(blocks))).length).toBeGreaterThan(100_000);
  });

  it('says that there is no engine, whatever loading it throws', async () => {
    const load = () => Promise.reject(new Error('Cannot find native binding'));
    await expect(typeset(printed([]), load)).rejects.toMatchObject({ name: 'PdfError', code: 'no-engine' });
    await expect(typeset(printed([]), load)).rejects.toThrow(PdfError);
  });

  it('says that the engine refused a document', async () => {
    const blocks: PrintBlock[] = [{ kind: 'figure', caption: 'x', alternative: 'x', svg: '<svg><broken' }];
    await expect(typeset(printed(blocks))).rejects.toMatchObject({ code: 'engine-failed' });
  });
});

describe('texts in the PDF', () => {
  it.skipIf(!HAS_PDFTOTEXT).each(HOSTILE_TEXTS)(
    'stay text: %j (skipped without pdftotext)',
    async (hostile) => {
      const text = bare(textOf(await typeset(printed(everywhere(hostile)))));
      // Right to left and stacked marks come out in another order; Latin does not.
      const said = bare(displayable(printable(hostile)));
      expect(text.split(said).length - 1).toBeGreaterThan(15);
    },
  );

  it('never end or change the program, whatever they are', async () => {
    const typst = fc.string({
      unit: fc.constantFrom(
        ...'#$*_`@<>\\"()[]{}=+-/~ \nab0',
        '#read("/etc/passwd")',
        '")',
        '#{',
        '//',
        '/*',
      ),
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(typst, anyText, fc.string({ unit: 'grapheme', maxLength: 40 })),
        async (text) => {
          const pdf = await typeset(printed(everywhere(text), { title: text, brand: text, footer: text }));
          expect(ascii(pdf)).toContain('<pdfuaid:part>1</pdfuaid:part>');
        },
      ),
      { numRuns: 150 },
    );
  });

  it.skipIf(!HAS_PDFTOTEXT)('come out as they went in (skipped without pdftotext)', async () => {
    const typst = fc.string({ unit: fc.constantFrom(...'#$*_`@<>\\"()[]{}=+-~áñ€ ab01'), maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(typst, async (text) => {
        const pdf = await typeset(printed([{ kind: 'paragraph', words: `«${text}»` }]));
        expect(bare(textOf(pdf))).toContain(bare(`«${printable(text)}»`));
      }),
      { numRuns: 60 },
    );
  });

  it('show what no font has by its code, and say so', () => {
    expect(displayable('día Привет مرحبا ▲ e\u0301')).toBe('día Привет مرحبا ▲ e\u0301');
    expect(displayable('漢 😀 ❤\ufe0f')).toBe('⟨U+6F22⟩ ⟨U+1F600⟩ ❤');
    expect(displayable('день ▲ ⟨x⟩', true)).not.toMatch(/[д▲]/);
  });

  it.skipIf(!HAS_PDFTOTEXT)('say where letters are missing (skipped without pdftotext)', async () => {
    const text = textOf(await typeset(printed([{ kind: 'paragraph', words: 'Chat 漢字' }])));
    expect(text).toContain('Faltan letras.');
    expect(text).toContain('⟨U+6F22⟩⟨U+5B57⟩');
    expect(textOf(await typeset(printed([{ kind: 'paragraph', words: 'Chat' }])))).not.toContain('Faltan');
  });

  it('break where they are long, and nothing is lost', () => {
    const hash = '0f'.repeat(32);
    expect(breakable('palabras cortas de siempre')).toEqual(['palabras cortas de siempre']);
    expect(Math.max(...breakable(hash).map((part) => part.length))).toBeLessThanOrEqual(8);
    expect(breakable('ver hxxps://example[.]org/una/ruta').join('|')).not.toContain('[|');
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        expect(breakable(text).join('')).toBe(text);
      }),
    );
  });
});
