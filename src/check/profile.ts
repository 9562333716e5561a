/**
 * Reads the case profile an analyst gives with `--profile`. It is not evidence, but a file all the same, and may be the
 * wrong one: it is read with limits, and what is wrong in it is named with its line. Values are never repeated in
 * errors, because they are names of people.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { z } from 'zod';
import { type CaseProfile, caseProfileSchema } from '../core/case-profile.js';
import type { TextValues } from '../core/contracts.js';
import { publicationTime } from '../floods/attribution/publication-time.js';
import { ProfileError, type ProfileErrorCode } from './profile-error.js';
import { readTextFile } from './text-file.js';

/** Room for the 10,000 people a profile may have. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A profile has four levels, each of which takes the parser up to three steps. Its second half calls itself once a level. */
const MAX_DEPTH = 32;
/** Longest key that an error names. */
const MAX_KEY_CHARACTERS = 100;

/**
 * Reads a profile, in YAML or JSON (which is YAML as well).
 *
 * @example
 * const profile = await loadProfile('cases/7/profile.yaml');
 * @throws ProfileError
 */
export async function loadProfile(path: string): Promise<CaseProfile> {
  return parseProfile(await profileText(path), path);
}

/** The profile in a text. `path` is for the errors. @throws ProfileError */
export function parseProfile(text: string, path: string): CaseProfile {
  if (isTooDeep(text)) throw new ProfileError('tooDeep', { path });
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    // Every value is text: a phone number is not to become a number, nor the name "No" false.
    schema: 'failsafe',
    // Pretty errors quote lines of the file, which hold names.
    prettyErrors: false,
    // "silent" would pass over a second document in the file.
    logLevel: 'error',
  });
  const lineAt = (offset: number | undefined): number =>
    offset === undefined ? 1 : lines.linePos(offset).line;
  const [error] = document.errors;
  if (error) throw new ProfileError(errorCodeOf(error), { path, line: lineAt(error.pos[0]) });
  const refuse = (code: ProfileErrorCode, node: Node | null): never => {
    throw new ProfileError(code, { path, line: lineAt(node?.range?.[0]) });
  };
  const value = plainValue(document.contents, refuse);
  const checked = caseProfileSchema.safeParse(value);
  if (checked.success) {
    for (const [index, { at }] of checked.data.publications.entries()) {
      const keys = ['publications', index, 'at'];
      if (publicationTime(at, checked.data) === null)
        throw new ProfileError('publicationDate', {
          path,
          line: lineAt(offsetOf(document, keys)),
          key: keyWords(keys),
        });
    }
    return checked.data;
  }
  const [issue] = checked.error.issues;
  if (!issue) throw new ProfileError('badValue', { path, line: 1, key: '' });
  throw errorOf(issue, path, value, (keys) => lineAt(offsetOf(document, keys)));
}

function errorCodeOf({ code }: YAMLError): ProfileErrorCode {
  if (code === 'DUPLICATE_KEY') return 'repeatedKey';
  return code === 'BAD_ALIAS' ? 'alias' : 'syntax';
}

async function profileText(path: string): Promise<string> {
  const read = await readTextFile(path, MAX_BYTES);
  if (read === 'unreadable') throw new ProfileError('unreadable', { path });
  if (read === 'too-large') throw new ProfileError('tooLarge', { path });
  return read.text;
}

// The parser keeps its place on a stack of its own, but what makes a document of its tokens calls itself for each level:
// a line of brackets would end the process.
function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) void token;
    if (parser.stack.length > MAX_DEPTH) return true;
  }
  return false;
}

/** Maps without prototype, lists and texts. A key without a value is left out, as a form filled in by half leaves it. */
function plainValue(node: unknown, refuse: (code: ProfileErrorCode, node: Node | null) => never): unknown {
  if (isAlias(node)) return refuse('alias', node);
  if (isSeq(node)) return node.items.map((item) => plainValue(item, refuse));
  if (isMap(node)) {
    const map: Record<string, unknown> = Object.create(null);
    for (const { key, value } of node.items) {
      if (!isScalar(key) || typeof key.value !== 'string') return refuse('syntax', node);
      if (!isEmptyScalar(value)) map[key.value] = plainValue(value, refuse);
    }
    return map;
  }
  return isScalar(node) ? node.value : undefined;
}

function isEmptyScalar(node: unknown): boolean {
  return (
    node === null || (isScalar(node) && (node.value === null || (node.value === '' && node.type === 'PLAIN')))
  );
}

type Keys = readonly PropertyKey[];

function errorOf(
  issue: z.core.$ZodIssue,
  path: string,
  value: unknown,
  lineOf: (keys: Keys) => number,
): ProfileError {
  const error = (code: ProfileErrorCode, keys: Keys, more: TextValues = {}): ProfileError =>
    new ProfileError(code, { path, line: lineOf(keys), key: keyWords(keys), ...more });
  switch (issue.code) {
    case 'unrecognized_keys':
      return error('unknownKey', [...issue.path, issue.keys[0] ?? ''], {
        known: { list: knownKeys(issue.path) },
      });
    case 'invalid_type': {
      if (issue.path.length === 0) return error('notAProfile', [], { known: { list: knownKeys([]) } });
      if (valueAt(value, issue.path) === undefined) return error('missingKey', issue.path);
      const codes: Record<string, ProfileErrorCode> = {
        array: 'notAList',
        string: 'notAText',
        object: 'notASection',
      };
      return error(codes[issue.expected] ?? 'badValue', issue.path);
    }
    case 'too_small':
      return error('tooShort', issue.path);
    case 'too_big':
      return error('tooLong', issue.path, { maximum: Number(issue.maximum) });
    case 'invalid_value':
      return error('dateOrder', issue.path, { choices: { list: issue.values.map(String) } });
    case 'custom':
      return error('timeZone', issue.path);
    default:
      return error('badValue', issue.path);
  }
}

function valueAt(value: unknown, keys: Keys): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** `people[0].names`, as JSON writes it. */
function keyWords(keys: Keys): string {
  const words = keys.map((key) =>
    typeof key === 'number' ? `[${key}]` : `.${String(key).slice(0, MAX_KEY_CHARACTERS)}`,
  );
  return words.join('').replace(/^\./, '');
}

function knownKeys(keys: Keys): string[] {
  const { shape } = caseProfileSchema;
  if (keys[0] === 'people') return Object.keys(shape.people.unwrap().element.shape);
  if (keys[0] === 'brands') return Object.keys(shape.brands.unwrap().element.shape);
  if (keys[0] === 'publications') return Object.keys(shape.publications.unwrap().element.shape);
  return Object.keys(shape);
}

/** Where a key or item stands; where the nearest thing around it does when it is not there. */
function offsetOf(document: Document, keys: Keys): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const key of keys) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (!pair) break;
      offset = isScalar(pair.key) ? pair.key.range?.[0] : offset;
      next = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      next = node.items[key];
      offset = (next as Node | null | undefined)?.range?.[0] ?? offset;
    } else break;
    node = next;
  }
  return offset;
}
