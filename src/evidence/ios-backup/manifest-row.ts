import { APPLE_EPOCH_UNIX_SECONDS, fromDate, fromUnixSeconds } from '../../core/time.js';
import {
  asArray,
  asBytes,
  asDictionary,
  asInteger,
  asText,
  isUid,
  type PlistDictionary,
  type PlistLimits,
  type PlistValue,
  parsePlist,
} from '../plist/plist.js';
import { pickMbFile } from './mbfile.js';

/** What `Manifest.db` tells about one file besides its name. */
export interface ManifestRow {
  /** As noted when the backup began; stale for databases that were open meanwhile. */
  readonly sizeBytes: number | null;
  /** st_mode: type and permission bits. */
  readonly mode: number | null;
  readonly modifiedAt: string | null;
  readonly statusChangedAt: string | null;
  readonly bornAt: string | null;
  readonly userId: number | null;
  readonly groupId: number | null;
  readonly inode: number | null;
  readonly protectionClass: number | null;
  /** 4 bytes protection class, little-endian, then 40 bytes wrapped key. Also kept by decrypted copies. */
  readonly encryptionKey: Uint8Array | null;
  /** Where a symbolic link points to. */
  readonly target: string | null;
}

// A real row has 400 to 2000 bytes and less than 40 objects; extended attributes can make it longer.
const ROW_LIMITS: Partial<PlistLimits> = {
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 16,
  maxObjects: 20_000,
  maxElements: 40_000,
};

/**
 * Reads the `file` column of `Files`: a keyed archive whose root is an `MBFile`. Only the root and what it points to
 * are looked at, as a manifest has some 10^5 of them.
 *
 * @throws PlistError when the bytes are no property list
 */
export function parseManifestRow(blob: Uint8Array): ManifestRow {
  const picked = pickMbFile(blob);
  if (!picked) return parseWholeRow(blob);
  return {
    sizeBytes: picked.size,
    mode: picked.mode,
    modifiedAt: unixTime(picked.lastModified),
    statusChangedAt: unixTime(picked.lastStatusChange),
    bornAt: unixTime(picked.birth),
    userId: picked.userId,
    groupId: picked.groupId,
    inode: picked.inode,
    protectionClass: picked.protectionClass,
    encryptionKey: picked.encryptionKey,
    target: picked.target === '$null' ? null : picked.target,
  };
}

/**
 * The same by way of the general reader, for rows in another form.
 *
 * @internal
 */
export function parseWholeRow(blob: Uint8Array): ManifestRow {
  const archive = asDictionary(parsePlist(blob, ROW_LIMITS));
  const objects = asArray(archive?.$objects) ?? [];
  const resolve = (value: PlistValue | undefined): PlistValue | undefined =>
    isUid(value) ? objects[value.value] : value;
  const root: PlistDictionary | null = asDictionary(resolve(asDictionary(archive?.$top)?.root));
  const target = asText(resolve(root?.Target));
  return {
    sizeBytes: asInteger(root?.Size),
    mode: asInteger(root?.Mode),
    modifiedAt: time(root?.LastModified, resolve),
    statusChangedAt: time(root?.LastStatusChange, resolve),
    bornAt: time(root?.Birth, resolve),
    userId: asInteger(root?.UserID),
    groupId: asInteger(root?.GroupID),
    inode: asInteger(root?.InodeNumber),
    protectionClass: asInteger(root?.ProtectionClass),
    encryptionKey: keyBytes(resolve(root?.EncryptionKey)),
    target: target === '$null' ? null : target,
  };
}

// NSMutableData keeps its bytes under NS.data, which newer writers put in place and older ones point to.
function keyBytes(value: PlistValue | undefined): Uint8Array | null {
  return asBytes(value) ?? asBytes(asDictionary(value)?.['NS.data']);
}

/** Unix seconds; some writers store a date, plain or as NSDate (seconds since 2001). */
function time(
  value: PlistValue | undefined,
  resolve: (value: PlistValue | undefined) => PlistValue | undefined,
): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return unixTime(value);
  const stored = resolve(value);
  if (stored instanceof Date) return fromDate(stored);
  const sinceAppleEpoch = asDictionary(stored)?.['NS.time'];
  return typeof sinceAppleEpoch === 'number'
    ? fromUnixSeconds(sinceAppleEpoch + APPLE_EPOCH_UNIX_SECONDS)
    : null;
}

// The three times of a row are mostly equal, and rows follow each other with equal times.
let lastSeconds = 0;
let lastTime: string | null = null;

function unixTime(seconds: number | bigint | null): string | null {
  if (seconds === lastSeconds) return lastTime;
  const result = fromUnixSeconds(seconds);
  if (typeof seconds === 'number') {
    lastSeconds = seconds;
    lastTime = result;
  }
  return result;
}
