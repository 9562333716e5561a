/** All that a document says, in its order and without white space, to be compared with other renderings of it. */

import type { PrintBlock, PrintCell, PrintDocument, Words } from '../pdf/print-document.js';
import { printable } from '../printable.js';

export function bare(text: string): string {
  return text.replace(/\s+/gu, '');
}

export function printedText(document: PrintDocument): string {
  return bare(
    [document.brand, document.title, ...document.blocks.flatMap(blockTexts)]
      .map((text) => printable(text))
      .join(' '),
  );
}

/** The same for people to read: one text a line. */
export function printedLines(document: PrintDocument): string {
  const [left, right] = document.header;
  const texts = [left, right, document.brand, document.title, ...document.blocks.flatMap(blockTexts)];
  return texts
    .map((text) => printable(text).trim())
    .filter((text) => text !== '')
    .join('\n');
}

function blockTexts(block: PrintBlock): string[] {
  switch (block.kind) {
    case 'heading':
      return [block.text];
    case 'paragraph':
      return wordTexts(block.words);
    case 'list':
      return block.items.flatMap(wordTexts);
    case 'numbered':
      return block.items.flatMap(({ label, words, notes }) => [
        label,
        ...wordTexts(words),
        ...notes.flatMap(wordTexts),
      ]);
    case 'table':
      return [
        ...(block.hidesCaption ? [] : [block.caption]),
        ...block.columns.map(({ label }) => label),
        ...block.rows.flatMap((row) => row.flatMap(cellTexts)),
      ];
    case 'facts':
      return block.rows.flatMap(([name, value]) => [name, ...cellTexts(value)]);
    case 'figure':
      return [block.caption];
    case 'callout':
    case 'entry':
      return block.blocks.flatMap(blockTexts);
    case 'blank':
      return [block.label];
    case 'contents':
      return [block.title];
    case 'page-break':
      return [];
  }
}

function cellTexts(cell: PrintCell): string[] {
  return typeof cell === 'object' && 'lines' in cell ? cell.lines.flatMap(wordTexts) : wordTexts(cell);
}

function wordTexts(words: Words): string[] {
  if (typeof words === 'string') return [words];
  return words.flatMap((run) => (typeof run === 'string' ? [run] : 'text' in run ? [run.text] : []));
}
