/** Reading back what the report room writes, with tools that are not its own. */
import fc from 'fast-check';
import { HOSTILE_TEXTS } from './results.js';

/** Any text, half surrogate pairs and control characters too, and the ones an attacker would choose. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom(...'<>&"\'=+-@;,/:. \t\r\nhtpsw[]{}#|`a1'), maxLength: 60 }),
  fc.constantFrom(...HOSTILE_TEXTS),
);

/** A plain reader of RFC 4180, to see what a spreadsheet would see. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = (): void => {
    row.push(cell);
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') endCell();
    else if (character === '\n') endRow();
    else cell += character;
  }
  if (cell !== '' || row.length > 0 || rows.length === 0) endRow();
  return rows;
}

/** Characters that could move a cursor, turn a name around or hide. */
export const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cs}\u00ad\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
/** An address that a program would make a link of by itself. */
export const LIVE_LINK = /https?:\/\/[^\s"'<>«»“”]|www\.[^\s"'<>«»“”]/i;
