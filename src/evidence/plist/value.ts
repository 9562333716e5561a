/** What a property list can hold, and how reading one may fail. Shared by the binary reader, the XML reader and the unarchiver. */

/** A dictionary. It has no prototype, so that a key named `__proto__` or `constructor` is a key like any other. */
export interface PlistDictionary {
  readonly [key: string]: PlistValue;
}

/**
 * A value of a property list. Whole numbers are `number` when exactly representable, else `bigint`, never rounded.
 * Sets are arrays. Values that the file shares are shared here as well: a small file can hold a graph whose
 * written-out form is endless, so whatever walks a value must count its steps.
 */
export type PlistValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | PlistUid
  | readonly PlistValue[]
  | PlistDictionary;

/** A reference by number, as keyed archives use it to point into `$objects`. */
export class PlistUid {
  constructor(readonly value: number) {}
}

type PlistErrorCode = 'wrong-format' | 'damaged' | 'limit-depth' | 'limit-count' | 'limit-bytes';

/**
 * A property list could not be read. `offset` is the byte where it was noticed; in XML it is the character, and
 * `line` is given; in a keyed archive it is the number of the object.
 *
 * @example
 * throw new PlistError('limit-depth', 194);
 */
export class PlistError extends Error {
  override readonly name = 'PlistError';
  readonly line: number | null;

  constructor(
    readonly code: PlistErrorCode,
    readonly offset: number,
    detail = '',
    options: ErrorOptions & { readonly line?: number } = {},
  ) {
    super(`${code} at ${offset}${detail === '' ? '' : `: ${detail}`}`, options);
    this.line = options.line ?? null;
  }
}

/** How much one property list may ask of us. */
export interface PlistLimits {
  /** Size of the file. */
  readonly maxBytes: number;
  /** Containers inside each other. Reading recurses: stay below about 1,000. */
  readonly maxDepth: number;
  /** Objects in the file (in XML: elements; in an archive: objects resolved). */
  readonly maxObjects: number;
  /** Entries of all containers together; a key and its value count as two. */
  readonly maxElements: number;
}

/**
 * Far above what phones write (the largest property lists of a backup hold some 10^5 dictionaries in tens of
 * megabytes), low enough that reading stays within a few hundred megabytes of memory and the default stack.
 */
export const DEFAULT_PLIST_LIMITS: PlistLimits = {
  maxBytes: 128 * 1024 * 1024,
  maxDepth: 512,
  maxObjects: 4_000_000,
  maxElements: 8_000_000,
};

const MAX_REPEATED_KEY = 64;

export type MutableDictionary = Record<string, PlistValue>;

/** @internal */
export function newDictionary(): MutableDictionary {
  return Object.create(null) as MutableDictionary;
}

/**
 * Puts an entry into a dictionary without ever losing one in silence: a key that is there already gets its position
 * behind it (`name (entry 3)`), since programs disagree on which of two equal keys counts, and hiding a value from
 * one of them is an old trick.
 *
 * @internal
 */
export function setEntry(
  dictionary: MutableDictionary,
  key: PlistValue,
  value: PlistValue,
  position: number,
  offset: number,
): void {
  const name = typeof key === 'string' ? key : keyName(key, offset);
  if (!(name in dictionary)) {
    dictionary[name] = value;
    return;
  }
  const other = `${name} (entry ${position + 1})`;
  // One long key repeated a million times would become a million long keys.
  if (name.length > MAX_REPEATED_KEY || other in dictionary)
    throw new PlistError('damaged', offset, 'keys repeat');
  dictionary[other] = value;
}

/** Apple writes only strings as keys, but the format allows any object. */
function keyName(key: PlistValue, offset: number): string {
  if (key === null || typeof key !== 'object') return String(key);
  if (key instanceof PlistUid) return `UID ${key.value}`;
  if (key instanceof Date) return Number.isNaN(key.getTime()) ? 'date' : key.toISOString();
  if (key instanceof Uint8Array && key.byteLength <= 64) return Buffer.from(key).toString('hex');
  throw new PlistError('damaged', offset, 'key is a container');
}
