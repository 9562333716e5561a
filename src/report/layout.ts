/** Text laid out in columns of equal width, as terminals have them. */

// One column each: Latin with its accents, Greek, Cyrillic. Nearly every text is nothing else.
const NARROW =
  /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u04ff\u2010-\u2027\u2030-\u205e]*$/;
// Two columns each: East Asian Wide and Fullwidth (Unicode Standard Annex 11), and what is drawn as a picture.
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;
const MARK = /^[\p{M}\u200d]+$/u;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Columns a text takes on a terminal: two for wide characters and emoji, none for accents that stand on another letter. */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return MARK.test(grapheme) ? 0 : 1;
}

/** What stands before the lines of a wrapped text. */
export interface Indents {
  readonly first?: string;
  readonly rest?: string;
}

/**
 * Breaks a text at its spaces into lines of at most `width` columns; a word longer than a line is broken, after a sign
 * such as "/" where there is one.
 *
 * @example
 * wrapLines('uno dos tres', 9, { rest: '  ' }); // ['uno dos', '  tres']
 */
export function wrapLines(text: string, width: number, indents: Indents = {}): string[] {
  const rest = indents.rest ?? '';
  const lines: string[] = [];
  let line = indents.first ?? rest;
  let used = textWidth(line);
  let empty = true;
  const newLine = (): void => {
    lines.push(line);
    line = rest;
    used = textWidth(rest);
    empty = true;
  };
  for (const word of text.split(/[ \t\n]+/)) {
    if (word === '') continue;
    let left = word;
    let leftWidth = textWidth(left);
    if (!empty && used + 1 + leftWidth > width) newLine();
    while (used + (empty ? 0 : 1) + leftWidth > width) {
      // At least a few columns, or a wide indent on a narrow terminal would never end.
      const head = takeColumns(left, Math.max(4, width - used));
      line += head;
      left = left.slice(head.length);
      leftWidth = textWidth(left);
      if (left === '') break;
      newLine();
    }
    if (left === '') {
      empty = false;
      continue;
    }
    line += empty ? left : ` ${left}`;
    used += leftWidth + (empty ? 0 : 1);
    empty = false;
  }
  lines.push(line);
  return lines;
}

/** The beginning of a text that fits into so many columns, never less than one character. */
function takeColumns(text: string, columns: number): string {
  let end = 0;
  let width = 0;
  let afterSign = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    const next = width + graphemeWidth(segment);
    if (next > columns && end > 0) break;
    width = next;
    end = index + segment.length;
    if (/[/\\.?&=_-]$/.test(segment) && width > columns * 0.6) afterSign = end;
    if (next > columns) break;
  }
  return text.slice(0, afterSign > 0 && end < text.length ? afterSign : end);
}
