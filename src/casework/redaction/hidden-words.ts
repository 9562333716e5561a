/**
 * Finds what is to be hidden in a text however it is written there: in any case, with or without accents, with other blanks, in any
 * width of letters; numbers with other marks between their digits.
 */
import { RedactionError } from './redaction-error.js';

/** What stands instead, always the same: its length tells nothing of what was there. */
export const MARK = '█████';

/** A number of so many digits is looked for with anything between them. */
const LEAST_DIGITS = 7;
/** Signs between two digits of one number: `+52 (55) 5555-0120`. */
const MOST_BETWEEN = 3;
/** A shorter word stands inside half of all words. */
const LEAST_CHARACTERS = 3;

interface Range {
  readonly start: number;
  readonly end: number;
  readonly word: number;
}

export class HiddenWords {
  readonly #words: readonly string[];
  readonly #numbers: readonly (string | null)[];

  /** @throws RedactionError bad-request for a word of fewer than three characters */
  constructor(words: readonly string[]) {
    this.#words = words.map((word) => plainOf(word.trim()).text);
    this.#numbers = words.map(digitsOf);
    if (this.#words.some((word) => [...word].length < LEAST_CHARACTERS))
      throw new RedactionError('bad-request');
  }

  get size(): number {
    return this.#words.length;
  }

  /** @returns the text with marks, and how often each word was met */
  hide(text: string): { readonly text: string; readonly counts: readonly number[] } {
    const counts = this.#words.map(() => 0);
    const ranges = this.#find(text);
    if (ranges.length === 0) return { text, counts };
    const parts: string[] = [];
    let position = 0;
    for (const { start, end, word } of ranges) {
      counts[word] = (counts[word] ?? 0) + 1;
      if (end <= position) continue;
      // What overlaps the range before belongs to its mark.
      if (start >= position) parts.push(text.slice(position, start), MARK);
      position = end;
    }
    parts.push(text.slice(position));
    return { text: parts.join(''), counts };
  }

  isIn(text: string): boolean {
    return this.#find(text).length > 0;
  }

  #find(text: string): Range[] {
    if (this.#words.length === 0) return [];
    const plain = plainOf(text);
    const numbers = this.#numbers.some((digits) => digits !== null) ? digitRunsOf(text) : [];
    const ranges: Range[] = [];
    for (const [word, wanted] of this.#words.entries()) {
      ranges.push(...places(plain, wanted, word));
      const digits = this.#numbers[word];
      if (digits) for (const run of numbers) ranges.push(...places(run, digits, word));
    }
    return ranges.sort((a, b) => a.start - b.start || b.end - a.end);
  }
}

/** A text made comparable, with the place in the original from which each of its UTF-16 units comes. */
interface PlainText {
  readonly text: string;
  /** One more than `text` has units: the last is the end. */
  readonly origin: readonly number[];
  readonly ends: readonly number[];
}

function places({ text, origin, ends }: PlainText, wanted: string, word: number): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    found.push({ start: origin[at] ?? 0, end: ends[at + wanted.length - 1] ?? 0, word });
  }
  return found;
}

/** Lower case, without accents, compatible forms folded (NFKD), runs of blanks as one, invisible characters left out. */
function plainOf(original: string): PlainText {
  const parts: string[] = [];
  const origin: number[] = [];
  const ends: number[] = [];
  let isBlank = false;
  let at = 0;
  for (const character of original) {
    const end = at + character.length;
    const isSpace = /\s/.test(character);
    const folded: string = isSpace
      ? isBlank
        ? ''
        : ' '
      : character
          .normalize('NFKD')
          .replace(/[\p{M}\p{Cf}\u00ad]/gu, '')
          .toLowerCase()
          .replace(/\u0307/g, '');
    for (let unit = 0; unit < folded.length; unit += 1) {
      origin.push(at);
      ends.push(end);
    }
    // A mark, or what is not to be seen, belongs to the character before it.
    if (folded === '' && ends.length > 0) ends[ends.length - 1] = end;
    parts.push(folded);
    isBlank = isSpace || (folded === '' && isBlank);
    at = end;
  }
  return { text: parts.join(''), origin, ends };
}

/** The digits of a word that is a number; null when it is none. */
function digitsOf(word: string): string | null {
  const digits = word.normalize('NFKD').replace(/\D/g, '');
  const isNumber = /^[\s\d+().\-–/·_]+$/.test(word.normalize('NFKD').trim());
  return isNumber && digits.length >= LEAST_DIGITS ? digits : null;
}

/** Digits that stand together but for a few signs. */
function digitRunsOf(text: string): PlainText[] {
  const runs: PlainText[] = [];
  let current: { digits: string[]; origin: number[]; ends: number[] } | null = null;
  let between = 0;
  let at = 0;
  const close = (): void => {
    if (current) runs.push({ text: current.digits.join(''), origin: current.origin, ends: current.ends });
    current = null;
  };
  for (const character of text) {
    const end = at + character.length;
    const digit = character.normalize('NFKD');
    if (/^[0-9]$/.test(digit)) {
      current ??= { digits: [], origin: [], ends: [] };
      current.digits.push(digit);
      current.origin.push(at);
      current.ends.push(end);
      between = 0;
    } else if (current) {
      between += 1;
      if (between > MOST_BETWEEN || /\p{L}/u.test(character)) close();
    }
    at = end;
  }
  close();
  return runs;
}
