/** Canonical JSON (RFC 8785, JCS): one text for one value, so that its hash means something. */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Something that JSON cannot hold, or that is nested too deep. */
export class CanonicalError extends Error {
  override readonly name = 'CanonicalError';

  constructor(
    readonly code: 'not-finite' | 'lone-surrogate' | 'not-json' | 'limit-depth',
    /** Keys and indexes on the way to it. */
    readonly path: string,
  ) {
    super(`${code}: ${path}`);
  }
}

const MAX_DEPTH = 100;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * The canonical text of a value: no blanks, keys in the order of their UTF-16 code units, numbers as ECMAScript writes them
 * (RFC 8785, 3.2).
 *
 * @throws CanonicalError
 */
export function canonicalise(value: JsonValue): string {
  return textOf(value, '', 0);
}

function textOf(value: JsonValue, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw new CanonicalError('limit-depth', path);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CanonicalError('not-finite', path);
    // JSON.stringify writes numbers and strings as the RFC asks, and -0 as 0.
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return quoted(value, path);
  if (typeof value !== 'object') throw new CanonicalError('not-json', path);
  if (Array.isArray(value)) {
    return `[${value.map((item: JsonValue, index) => textOf(item, `${path}/${index}`, depth + 1)).join(',')}]`;
  }
  const dictionary = value as { readonly [key: string]: JsonValue };
  // The default order of sort() is that of UTF-16 code units.
  const members = Object.keys(dictionary)
    .sort()
    .map((key) => `${quoted(key, path)}:${textOf(dictionary[key] ?? null, `${path}/${key}`, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function quoted(text: string, path: string): string {
  // Half of a pair has no UTF-8 form: what is hashed would not be what was written.
  if (LONE_SURROGATE.test(text)) throw new CanonicalError('lone-surrogate', path);
  return JSON.stringify(text);
}
