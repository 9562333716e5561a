/** The words of a record that a search finds, and the piece of text around them. */
import type { EvidenceRecord } from '../../core/contracts.js';

// A mail may carry megabytes; its first 256 KiB are found by search, all of it is kept.
const MAX_CHARACTERS = 262_144;
const MAX_DEPTH = 8;
const SNIPPET_CHARACTERS = 160;
/** A word found only behind this shows the beginning instead. */
const MAX_SNIPPET_SEARCH = 65_536;
const STORED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
/** The same in every record of a file: finding it would find all of them. */
const NOT_SEARCHED: ReadonlySet<string> = new Set(['kind', 'source']);

/** All texts of a record, one per line; not its times, its kind and its place. */
export function searchText(record: EvidenceRecord): string {
  const texts: string[] = [];
  let length = 0;
  const collect = (value: unknown, depth: number): void => {
    if (typeof value === 'string') {
      if (value === '' || length >= MAX_CHARACTERS) return;
      if (value.length === 27 && STORED_TIME.test(value)) return;
      texts.push(value.length + length > MAX_CHARACTERS ? value.slice(0, MAX_CHARACTERS - length) : value);
      length += value.length;
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      if (Array.isArray(value)) for (const item of value) collect(item, depth + 1);
      else
        for (const key in value)
          if (depth > 0 || !NOT_SEARCHED.has(key)) collect(Reflect.get(value, key), depth + 1);
    }
  };
  collect(record, 0);
  return texts.join('\n');
}

/**
 * What a person types as a question to FTS5 (sqlite.org/fts5.html 3): all words must occur, `"…"` is a phrase, a word ending in
 * `*` a beginning. Everything is quoted, so no operator of FTS5 can be written. Null when there is nothing to look for.
 */
export function searchQuery(typed: string): string | null {
  const parts = typed.normalize('NFC').match(/"[^"]*"\*?|[^\s"]+/gu) ?? [];
  const terms: string[] = [];
  for (const part of parts.slice(0, 32)) {
    const begins = part.endsWith('*');
    const words = part.replaceAll('"', ' ').replaceAll('\0', ' ').replace(/\*+$/u, '').trim();
    // A term without a letter or digit has no token and would find nothing beside others.
    if (/[\p{L}\p{N}\p{Co}]/u.test(words)) terms.push(`"${words}"${begins ? '*' : ''}`);
  }
  return terms.length === 0 ? null : terms.join(' ');
}

export interface Snippet {
  readonly text: string;
  /** Start and end of what was found, in `text`. */
  readonly marks: readonly (readonly [number, number])[];
}

/** The text around the first word found, with the words marked. */
export function snippetOf(text: string, typed: string): Snippet {
  const words = (typed.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []).slice(0, 32).map((word) => folded(word).text);
  const { text: plain, origin } = folded(text.slice(0, MAX_SNIPPET_SEARCH));
  let first = -1;
  for (const word of words) {
    const at = wordAt(plain, word, 0);
    if (at >= 0 && (first < 0 || at < first)) first = at;
  }
  const start = Math.max(0, (origin[Math.max(first, 0)] ?? 0) - SNIPPET_CHARACTERS / 4);
  const end = Math.min(text.length, start + SNIPPET_CHARACTERS);
  const marks: [number, number][] = [];
  for (const word of words) {
    for (
      let at = first < 0 ? -1 : wordAt(plain, word, first);
      at >= 0;
      at = wordAt(plain, word, at + word.length)
    ) {
      const from = origin[at] ?? 0;
      const to = origin[at + word.length] ?? text.length;
      if (from >= end) break;
      if (from >= start && to <= end) marks.push([from - start, to - start]);
    }
  }
  marks.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return {
    text: text.slice(start, end),
    marks: marks.filter(([from], index) => index === 0 || from >= (marks[index - 1]?.[1] ?? 0)),
  };
}

function wordAt(plain: string, word: string, from: number): number {
  for (let at = plain.indexOf(word, from); at >= 0; at = plain.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}\p{Co}]/u.test(plain[at - 1] ?? '')) return at;
  }
  return -1;
}

/** Lower case without accents, as the index has it, and where each character came from. */
function folded(text: string): { text: string; origin: number[] } {
  const parts: string[] = [];
  const origin: number[] = [];
  let at = 0;
  for (const character of text) {
    const plain =
      character < '\u0080'
        ? character.toLowerCase()
        : character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    for (let index = 0; index < plain.length; index += 1) origin.push(at);
    parts.push(plain);
    at += character.length;
  }
  origin.push(at);
  return { text: parts.join(''), origin };
}
