/**
 * A redacted copy of one file: text of any kind with words and fields hidden, or a PNG with rectangles painted over. The original is not
 * touched. The copy is searched again before it is given out.
 */
import { Buffer, isUtf8 } from 'node:buffer';
import { hideColumns, hideInJson } from './fields.js';
import { formFoundIn } from './hidden-forms.js';
import { HiddenWords } from './hidden-words.js';
import { isPng, paintPng, type Rectangle } from './png.js';
import { RedactionError } from './redaction-error.js';

/** Larger texts are for programs: export from the case instead. */
export const MAX_REDACTED_BYTES = 64 * 1024 * 1024;
/** Share of control characters above which content is no text. */
const MAX_CONTROL_SHARE = 0.02;

export interface RedactionRequest {
  /** Names, numbers, words: hidden however they are written. */
  readonly words: readonly string[];
  /** Columns of a table, members of JSON: their values go whole. */
  readonly fields: readonly string[];
  /** Of a picture. */
  readonly rectangles: readonly Rectangle[];
}

export interface Redacted {
  readonly bytes: Uint8Array;
  readonly mediaType: 'text/plain' | 'text/csv' | 'application/json' | 'image/png';
  /** How often each word, field and rectangle was hidden, in the order of the request; the words themselves are not repeated. */
  readonly words: readonly number[];
  readonly fields: readonly number[];
  /** What else of the file is not in the copy: types of chunks of a picture. */
  readonly removed: readonly string[];
}

/** @throws RedactionError */
export function redactFile(bytes: Uint8Array, request: RedactionRequest): Redacted {
  if (bytes.byteLength > MAX_REDACTED_BYTES)
    throw new RedactionError('too-large', String(MAX_REDACTED_BYTES));
  const { words, fields, rectangles } = request;
  const hidden = new HiddenWords(words);
  if (isPng(bytes)) {
    if (rectangles.length === 0 || words.length + fields.length > 0)
      throw new RedactionError('bad-request', 'png');
    const { bytes: painted, removed } = paintPng(bytes, rectangles);
    return { bytes: painted, mediaType: 'image/png', words: [], fields: [], removed };
  }
  if (rectangles.length > 0 || words.length + fields.length === 0)
    throw new RedactionError('bad-request', 'text');
  const text = textOf(bytes);
  const redacted = hideInJson(text, hidden, fields);
  const missing = redacted?.fieldCounts.indexOf(0) ?? -1;
  if (missing >= 0) throw new RedactionError('no-such-field', fields[missing] ?? '');
  const result = redacted
    ? {
        text: redacted.text,
        words: redacted.counts,
        fields: redacted.fieldCounts,
        mediaType: 'application/json' as const,
      }
    : inText(text, hidden, fields);
  const copy = Buffer.from(result.text, 'utf8');
  const form = formFoundIn(copy, hidden);
  if (form !== null) throw new RedactionError('still-there', form);
  return {
    bytes: copy,
    mediaType: result.mediaType,
    words: result.words,
    fields: result.fields,
    removed: [],
  };
}

function inText(
  text: string,
  hidden: HiddenWords,
  fields: readonly string[],
): {
  text: string;
  words: readonly number[];
  fields: readonly number[];
  mediaType: 'text/plain' | 'text/csv';
} {
  const table = fields.length > 0 ? hideColumns(text, fields) : null;
  const { text: clean, counts } = hidden.hide(table?.text ?? text);
  return {
    text: clean,
    words: counts,
    fields: table?.counts ?? [],
    mediaType: table ? 'text/csv' : 'text/plain',
  };
}

/** UTF-8, UTF-16 by its mark, else Windows-1252. @throws RedactionError kind-not-supported for what is no text */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const utf16 =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  const text = new TextDecoder(utf16 ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252')).decode(bytes);
  const control = text.match(/[^\P{Cc}\t\n\r\f]/gu)?.length ?? 0;
  if (control > text.length * MAX_CONTROL_SHARE || text.startsWith('%PDF-'))
    throw new RedactionError('kind-not-supported', 'binary');
  return text;
}
