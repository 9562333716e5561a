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

export type PlistErrorCode = 'wrong-format' | 'damaged' | 'limit-depth' | 'limit-count' | 'limit-bytes';

/**
 * A property list could not be read. `offset` is the byte (in XML: the character) where it was noticed.
 *
 * @example
 * throw new PlistError('limit-depth', 194);
 */
export class PlistError extends Error {
  override readonly name = 'PlistError';

  constructor(
    readonly code: PlistErrorCode,
    readonly offset: number,
    detail = '',
    options?: ErrorOptions,
  ) {
    super(`${code} at byte ${offset}${detail === '' ? '' : `: ${detail}`}`, options);
  }
}

/** How much one property list may ask of us. */
export interface PlistLimits {
  /** Size of the file. */
  readonly maxBytes: number;
  /** Containers inside each other. */
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
