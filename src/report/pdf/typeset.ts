import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeCompiler, NodeTypstDocument } from '@myriaddreamin/typst-ts-node-compiler';
import { LOCALES } from '../../core/language.js';
import { confidencePicture, SEVERITY_INKS, severityPicture } from '../marks.js';
import { printable } from '../printable.js';
import { displayable } from './font-coverage.js';
import type { PrintBlock, PrintCell, PrintDocument, Run, Words } from './print-document.js';
import { TYPST_PROGRAM } from './typst-program.js';

/**
 * Why there is no PDF. `no-engine`: the engine has no binary for this system. `engine-failed`: it refused the document.
 * Neither is a reason for a check to fail: report.html says the same and can be printed.
 */
export type PdfErrorCode = 'no-engine' | 'engine-failed';

export class PdfError extends Error {
  override readonly name = 'PdfError';
  constructor(
    readonly code: PdfErrorCode,
    cause: unknown,
  ) {
    super(`${code}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

type Engine = typeof import('@myriaddreamin/typst-ts-node-compiler');

/** PDF/UA-1 (ISO 14289-1): tagged for screen readers. */
const STANDARD = 'ua-1';

/** How the engine is loaded: it is large, native, and not there for every system. */
type Load = () => Promise<Engine>;
const loadEngine: Load = () => import('@myriaddreamin/typst-ts-node-compiler');

/**
 * A document as PDF, A4, tagged. The same document gives the same bytes.
 *
 * @throws PdfError
 */
export function typeset(document: PrintDocument, load: Load = loadEngine): Promise<Uint8Array> {
  return withEngine(load, (compiler) => compile(compiler, document));
}

/**
 * The pages of the PDF, each as an SVG picture: to look at, where a PDF cannot be shown.
 *
 * @throws PdfError
 */
export function typesetPages(document: PrintDocument, load: Load = loadEngine): Promise<string[]> {
  return withEngine(load, (compiler) =>
    pagesOf(compiler.plainSvg(compiledOf(compiler, new Encoder(document, false).encode()))),
  );
}

/** The first line of a page and the line after its last, as the engine (0.7.0) writes them: all pages in one picture, one group each. */
const PAGE_BEGINS = /^ {4}<g(?: transform="matrix\(1 0 0 1 0 ([\d.]+)\)")?>$/;
const PAGE_ENDS = '    </g>';
const GLYPHS_BEGIN = /^ {4}<defs\b/;
const PAGE_SIZE = /^ {4}<path class="typst-shape" fill="#ffffff" [^>]*d="M 0 0v ([\d.]+) h ([\d.]+) /;

function pagesOf(svg: string): string[] {
  const lines = svg.split('\n');
  const size = PAGE_SIZE.exec(lines[1] ?? '');
  const glyphs = lines.slice(lines.findIndex((line) => GLYPHS_BEGIN.test(line)));
  const pages: string[] = [];
  for (let from = 0; from < lines.length; from += 1) {
    const begins = PAGE_BEGINS.exec(lines[from] ?? '');
    if (!begins || !size) continue;
    const to = lines.indexOf(PAGE_ENDS, from);
    const [, height, width] = size;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}pt" height="${height}pt" viewBox="0 ${begins[1] ?? 0} ${width} ${height}">`;
    pages.push([head, ...lines.slice(from, to + 1), ...glyphs].join('\n'));
    from = to;
  }
  if (pages.length === 0) throw new Error('the engine writes pages in another way');
  return pages;
}

async function withEngine<T>(load: Load, work: (compiler: NodeCompiler) => T): Promise<T> {
  let compiler: NodeCompiler;
  try {
    const { NodeCompiler } = await load();
    // The engine reads files of its workspace where a program asks for them. Ours asks for none, and this folder is not there.
    compiler = NodeCompiler.create({ workspace: join(tmpdir(), 'vigia-no-such-folder') });
  } catch (error) {
    throw new PdfError('no-engine', error);
  }
  try {
    return work(compiler);
  } catch (error) {
    throw new PdfError('engine-failed', error);
  } finally {
    compiler.evictCache(0);
  }
}

function compile(compiler: NodeCompiler, document: PrintDocument): Uint8Array {
  try {
    return compileOnce(compiler, new Encoder(document, false).encode(), STANDARD);
  } catch (error) {
    if (!/PDF\/UA-1 error/.test(messageOf(error))) throw error;
  }
  // A letter that a font has and that cannot be shown all the same, for what stands beside it.
  const strict = new Encoder(document, true).encode();
  try {
    return compileOnce(compiler, strict, STANDARD);
  } catch {
    // A file that is harder to read aloud is better than none.
    return compileOnce(compiler, strict);
  }
}

function compileOnce(compiler: NodeCompiler, document: string, pdfStandard?: string): Uint8Array {
  return compiler.pdf(compiledOf(compiler, document), pdfStandard ? { pdfStandard } : {});
}

function compiledOf(compiler: NodeCompiler, document: string): NodeTypstDocument {
  const compiled = compiler.compile({ mainFileContent: TYPST_PROGRAM, inputs: { document } });
  if (!compiled.result) {
    throw new Error(JSON.stringify(compiled.takeDiagnostics()?.shortDiagnostics ?? 'no document'));
  }
  return compiled.result;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Longest run of characters without a place to break a line. */
const PART_CHARACTERS = 8;
/** Words up to this length are not taken apart. */
const WHOLE_CHARACTERS = 22;
/** Rows up to this length, written as JSON, are not torn apart at the end of a page. */
const WHOLE_ROW_CHARACTERS = 1_500;
const WHOLE_FACTS_CHARACTERS = 2_500;
const WHOLE_FACTS_ROWS = 7;
/** Width and height of the text on a page, in points. */
const TEXT_WIDTH = 470;
const FIGURE_HEIGHT = 580;
/** Drawings are made for a screen: so many points per pixel keep their letters as large as those of tables. */
const POINTS_PER_PIXEL = 0.7;

/** The document as the program reads it. Texts are made safe to print here, as they are in the other reports. */
class Encoder {
  #isMissingCharacters = false;

  constructor(
    readonly document: PrintDocument,
    readonly strict: boolean,
  ) {}

  encode(): string {
    const { document } = this;
    const blocks = document.blocks.map((block) => this.#block(block));
    const marks: Record<string, string> = {};
    for (const [severity, ink] of Object.entries(SEVERITY_INKS))
      marks[severity] = inInk(severityPicture(severity as keyof typeof SEVERITY_INKS), ink);
    for (const confidence of ['low', 'medium', 'high'] as const)
      marks[`confidence-${confidence}`] = inInk(confidencePicture(confidence), '#1b2126');
    const note: PrintBlock[] = this.#isMissingCharacters
      ? [{ kind: 'paragraph', look: 'muted', words: document.missingCharacters }]
      : [];
    return JSON.stringify({
      title: this.#plain(said(document.title)),
      language: document.language,
      region: (LOCALES[document.language].split('-')[1] ?? '').toLowerCase(),
      date: dateParts(document.date),
      brand: this.#parts(document.brand),
      header: document.header.map((words) => this.#parts(words)),
      footer: this.#parts(document.footer),
      inks: SEVERITY_INKS,
      marks,
      blocks: [...note.map((block) => this.#block(block)), ...blocks],
    });
  }

  #block(block: PrintBlock): unknown {
    switch (block.kind) {
      case 'heading':
        return { ...block, text: this.#words(said(block.text)) };
      case 'paragraph':
        return { kind: 'paragraph', look: block.look ?? 'plain', words: this.#words(block.words) };
      case 'list':
        return { ...block, items: block.items.map((item) => this.#words(item)) };
      case 'numbered':
        return {
          kind: 'numbered',
          items: block.items.map(({ label, words, notes }) => ({
            label: this.#parts(label),
            words: this.#words(words),
            notes: notes.map((note) => this.#words(note)),
          })),
        };
      case 'table':
        return {
          kind: 'table',
          caption: this.#words(block.caption),
          hidesCaption: block.hidesCaption ?? false,
          columns: block.columns.map(({ label, width, isNumber }) => ({
            label: this.#words(label),
            width,
            isNumber: isNumber ?? false,
          })),
          count: block.rows.length,
          cells: block.rows.flatMap((row) => this.#row(row)),
        };
      case 'facts': {
        const rows = block.rows.map(([name, value]) => [this.#words(name), this.#cell(value)]);
        return {
          kind: 'facts',
          rows,
          whole: rows.length <= WHOLE_FACTS_ROWS && JSON.stringify(rows).length <= WHOLE_FACTS_CHARACTERS,
        };
      }
      case 'figure':
        return {
          kind: 'figure',
          caption: this.#words(block.caption),
          alternative: this.#plain(said(block.alternative)),
          svg: this.#show(withOwnFonts(block.svg)),
          width: figureWidth(block.svg),
        };
      case 'callout':
      case 'entry':
        return { kind: block.kind, blocks: block.blocks.map((inner) => this.#block(inner)) };
      case 'blank':
        return { ...block, label: this.#words(block.label) };
      case 'contents':
        return { kind: 'contents', title: this.#words(said(block.title)) };
      case 'page-break':
        return { kind: 'page-break' };
    }
  }

  #row(row: readonly PrintCell[]): unknown[] {
    const cells = row.map((cell) => this.#cell(cell));
    const whole = Math.max(...cells.map((lines) => JSON.stringify(lines).length)) <= WHOLE_ROW_CHARACTERS;
    return cells.map((lines) => ({ lines, whole }));
  }

  #cell(cell: PrintCell): unknown[] {
    return typeof cell === 'object' && 'lines' in cell
      ? cell.lines.map((line) => this.#words(line))
      : [this.#words(cell)];
  }

  #words(words: Words): unknown[] {
    return typeof words === 'string' ? [this.#parts(words)] : words.map((run) => this.#run(run));
  }

  #run(run: Run): unknown {
    if (typeof run === 'string') return this.#parts(run);
    if ('severityMark' in run) return { mark: run.severityMark };
    if ('confidenceMark' in run) return { mark: `confidence-${run.confidenceMark}` };
    return { parts: this.#parts(run.text), style: run.style };
  }

  #parts(text: string): string[] {
    return breakable(this.#plain(text));
  }

  #plain(text: string): string {
    return this.#show(printable(text));
  }

  #show(text: string): string {
    const shown = displayable(text, this.strict);
    if (shown !== text && !shown.startsWith('<svg')) this.#isMissingCharacters = true;
    return shown;
  }
}

/** A text in parts between which a line may break: addresses and hashes have no spaces. */
export function breakable(text: string): string[] {
  const parts: string[] = [];
  let whole = '';
  for (const word of text.split(/(?<= )/)) {
    if (word.length <= WHOLE_CHARACTERS) {
      whole += word;
      continue;
    }
    // After a sign of an address where there is one, else anywhere; never inside `[.]` or `⟨U+202E⟩`.
    const pieces = word.match(/⟨[^⟩]{0,12}⟩|\[[.:]\]|[^⟨[]{1,8}?[/\\?=&._:;,+-](?!\])|[^⟨[]{1,8}|[⟨[]/gu) ?? [
      word,
    ];
    for (const piece of pieces) {
      if (whole !== '' && whole.length + piece.length > PART_CHARACTERS) {
        parts.push(whole);
        whole = '';
      }
      whole += piece;
    }
  }
  if (whole !== '') parts.push(whole);
  return parts;
}

/** A heading says something: the standard asks for it. */
function said(text: string): string {
  return text.trim() === '' ? '–' : text;
}

function inInk(svg: string, ink: string): string {
  return svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ').replaceAll('currentColor', ink);
}

/** Drawings name the fonts of a browser. */
function withOwnFonts(svg: string): string {
  return svg.replace(/font-family="[^"]*"/g, 'font-family="Libertinus Serif"');
}

function figureWidth(svg: string): number {
  const size = (name: string): number =>
    Number(new RegExp(`^<svg [^>]*?\\b${name}="([\\d.]+)"`).exec(svg)?.[1] ?? 0);
  const [width, height] = [size('width'), size('height')];
  if (!(width > 0) || !(height > 0)) return TEXT_WIDTH;
  const points = Math.min(TEXT_WIDTH, width * POINTS_PER_PIXEL);
  return Math.min(points, (FIGURE_HEIGHT * width) / height);
}

function dateParts(date: string): Record<string, number> {
  const at = new Date(date);
  if (Number.isNaN(at.getTime())) throw new RangeError('a document has a date');
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
}
