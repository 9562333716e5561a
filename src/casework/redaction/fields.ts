/** Columns of a table and members of JSON whose values go, wherever they stand. */
import type { HiddenWords } from './hidden-words.js';
import { MARK } from './hidden-words.js';
import { RedactionError } from './redaction-error.js';

export interface Hidden {
  readonly text: string;
  /** By word. */
  readonly counts: readonly number[];
  /** By field. */
  readonly fieldCounts: readonly number[];
}

/** As deep as anything real; deeper is not walked. */
const MAX_DEPTH = 200;

/**
 * JSON, or JSON Lines: written anew without blanks, so that nothing of the original's form is left.
 *
 * @returns null when it is neither
 * @throws RedactionError damaged when nested too deep
 */
export function hideInJson(text: string, hidden: HiddenWords, fields: readonly string[]): Hidden | null {
  const whole = parsed(text);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const values = whole !== undefined ? [whole] : lines.map(parsed);
  if (values.length === 0 || values.some((value) => value === undefined)) return null;
  // A file of one number or word is a text like any other.
  if (!values.every((value) => typeof value === 'object' && value !== null)) return null;
  const counts = Array.from({ length: hidden.size }, () => 0);
  const fieldCounts = fields.map(() => 0);
  const sum = (more: readonly number[]): void => {
    for (const [word, count] of more.entries()) counts[word] = (counts[word] ?? 0) + count;
  };
  const hide = (value: string): string => {
    const { text: clean, counts: more } = hidden.hide(value);
    sum(more);
    return clean;
  };
  const walk = (value: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new RedactionError('damaged', 'depth');
    if (typeof value === 'string') return hide(value);
    // A number may be somebody's.
    if (typeof value === 'number') {
      const clean = hide(String(value));
      return clean === String(value) ? value : clean;
    }
    if (Array.isArray(value)) return value.map((one) => walk(one, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    const out: Record<string, unknown> = Object.create(null);
    for (const [name, inner] of Object.entries(value)) {
      const field = fields.indexOf(name);
      if (field >= 0) fieldCounts[field] = (fieldCounts[field] ?? 0) + 1;
      out[hide(name)] = field >= 0 ? MARK : walk(inner, depth + 1);
    }
    return out;
  };
  const written = values.map((value) => JSON.stringify(walk(value, 0)));
  return { text: `${written.join('\n')}\n`, counts, fieldCounts };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A table of text: the delimiter is the sign that its first line has most of. Quotes and line ends stay as they are. */
export function hideColumns(text: string, columns: readonly string[]): { text: string; counts: number[] } {
  const counts = columns.map(() => 0);
  const cells = cellsOf(text, delimiterOf(text));
  const names = new Map<number, number>();
  for (const { row, column, value } of cells) {
    if (row > 0) break;
    const wanted = columns.indexOf(value.trim().replace(/^\ufeff/, ''));
    if (wanted >= 0) names.set(column, wanted);
  }
  const parts: string[] = [];
  let position = 0;
  for (const { row, column, start, end } of cells) {
    const wanted = names.get(column);
    if (row === 0 || wanted === undefined || start === end) continue;
    parts.push(text.slice(position, start), MARK);
    position = end;
    counts[wanted] = (counts[wanted] ?? 0) + 1;
  }
  parts.push(text.slice(position));
  for (const [index, name] of columns.entries())
    if (![...names.values()].includes(index)) throw new RedactionError('no-such-field', name);
  return { text: parts.join(''), counts };
}

function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/\r|\n|$/));
  const count = (sign: string): number => first.split(sign).length;
  return ['\t', ';', ','].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ',');
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** RFC 4180: cells in quotes may hold delimiters, line ends and doubled quotes. */
function cellsOf(text: string, delimiter: string): Cell[] {
  const cells: Cell[] = [];
  let [row, column, at] = [0, 0, 0];
  while (at < text.length) {
    const start = at;
    if (text[at] === '"') {
      at += 1;
      while (at < text.length && !(text[at] === '"' && text[at + 1] !== '"')) at += text[at] === '"' ? 2 : 1;
      at += 1;
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
    const raw = text.slice(start, at);
    const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw;
    cells.push({ row, column, start, end: at, value });
    if (text[at] === delimiter) {
      column += 1;
    } else {
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
      row += 1;
      column = 0;
    }
    at += 1;
  }
  return cells;
}
