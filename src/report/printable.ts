import { visibleText } from '../core/language.js';
import { defangText } from '../records/defang-text.js';

/** Longest text printed from a result; the documents for programs hold all of it. */
const MAX_CHARACTERS = 4_000;

/**
 * A text of a result made safe to print anywhere: cut to a length, its addresses defanged, its control, bidirectional
 * and invisible characters shown by their code.
 *
 * @example
 * printable('a\u202eb http://example.org'); // 'a⟨U+202E⟩b hxxp://example[.]org'
 */
export function printable(text: string, maxCharacters: number = MAX_CHARACTERS): string {
  // Cut before, or a hostile row of any length is worked through; and after, because a hidden character is shown as nine.
  return cut(visibleText(defangText(cut(text, maxCharacters))), maxCharacters);
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 2);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? length - 2 : length - 1)}…`;
}
