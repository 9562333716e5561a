import type { EvidenceFile } from '../../core/contracts.js';
import { EvidenceError } from '../../core/evidence-error.js';
import { fromDate } from '../../core/time.js';
import { isBinaryPlist, parseBinaryPlist } from './binary.js';
import {
  DEFAULT_PLIST_LIMITS,
  type PlistDictionary,
  PlistError,
  type PlistLimits,
  PlistUid,
  type PlistValue,
} from './value.js';
import { parseXmlPlist } from './xml.js';

export { type PlistDictionary, PlistError, type PlistLimits, PlistUid, type PlistValue };

/**
 * Reads a property list, binary or XML, told apart by content.
 *
 * @example
 * const info = asDictionary(parsePlist(bytes));
 * const name = asText(info?.['Device Name'] ?? null);
 * @throws PlistError
 */
export function parsePlist(bytes: Uint8Array, limits: Partial<PlistLimits> = {}): PlistValue {
  const all = { ...DEFAULT_PLIST_LIMITS, ...limits };
  if (bytes.byteLength > all.maxBytes) throw new PlistError('limit-bytes', all.maxBytes);
  return isBinaryPlist(bytes) ? parseBinaryPlist(bytes, all) : parseXmlPlist(bytes, all);
}

/**
 * Reads a file of the evidence as a property list.
 *
 * @throws EvidenceError with the file and the byte or line where reading stopped
 */
export async function readPlist(file: EvidenceFile, limits: Partial<PlistLimits> = {}): Promise<PlistValue> {
  const source = { evidence: file.source.id, path: file.path, locator: '' };
  const bytes = await file.bytes({ maxBytes: limits.maxBytes ?? DEFAULT_PLIST_LIMITS.maxBytes });
  if (bytes.byteLength === 0) throw new EvidenceError('empty', source);
  try {
    return parsePlist(bytes, limits);
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    const locator = error.line === null ? `byte ${error.offset}` : `line ${error.line}`;
    throw new EvidenceError(error.code, { ...source, locator }, { cause: error });
  }
}

/** The dictionary, or null when the value is something else (or absent, as the converters below). */
export function asDictionary(value: PlistValue | undefined): PlistDictionary | null {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null
    ? (value as PlistDictionary)
    : null;
}

export function asArray(value: PlistValue | undefined): readonly PlistValue[] | null {
  return Array.isArray(value) ? value : null;
}

export function asText(value: PlistValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A whole number that is exact as a `number`; bigger ones (kept as bigint), fractions and texts give null. */
export function asInteger(value: PlistValue | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** A boolean, also when it was stored as 0 or 1. */
export function asFlag(value: PlistValue | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  return value === 0 ? false : value === 1 ? true : null;
}

/** A date in the stored time form `YYYY-MM-DDTHH:MM:SS.ffffffZ`; null outside 1970–2200, as everywhere. */
export function asDate(value: PlistValue | undefined): string | null {
  return value instanceof Date ? fromDate(value) : null;
}

export function asBytes(value: PlistValue | undefined): Uint8Array | null {
  return value instanceof Uint8Array ? value : null;
}

export function isUid(value: PlistValue | undefined): value is PlistUid {
  return value instanceof PlistUid;
}
