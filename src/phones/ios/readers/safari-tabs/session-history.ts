import { constants, inflateRawSync } from 'node:zlib';
import { asArray, asDictionary, asText, PlistError, parsePlist } from '../../../../evidence/plist/plist.js';

// A tab's back/forward list holds at most 100 pages in WebKit; sessions measured take some kilobytes.
const MAX_SESSION_BYTES = 32 * 1024 * 1024;
const MAX_ENTRIES = 5_000;

/**
 * Addresses in the back/forward list of a tab, oldest first, each once. Null when the session cannot be read.
 *
 * A session is a property list behind four bytes (a version), in some versions of iOS compressed: then
 * `uncompressed_session_data_size` is not 0, and the bytes are taken for raw deflate, Apple's COMPRESSION_ZLIB.
 */
export function readSessionHistory(bytes: Uint8Array): string[] | null {
  const plist = plistIn(bytes) ?? plistIn(inflated(bytes)) ?? plistIn(inflated(bytes.subarray(4)));
  if (!plist) return null;
  try {
    const session = asDictionary(parsePlist(plist, { maxBytes: MAX_SESSION_BYTES }));
    const entries = asArray(asDictionary(session?.SessionHistory)?.SessionHistoryEntries) ?? [];
    const addresses = new Set<string>();
    for (const entry of entries.slice(0, MAX_ENTRIES)) {
      const page = asDictionary(entry);
      for (const key of ['SessionHistoryEntryOriginalURL', 'SessionHistoryEntryURL']) {
        const address = asText(page?.[key]);
        if (address) addresses.add(address);
      }
    }
    return [...addresses];
  } catch (error) {
    if (error instanceof PlistError) return null;
    throw error;
  }
}

/** The property list at the start or behind the four bytes. */
function plistIn(bytes: Uint8Array | null): Uint8Array | null {
  if (!bytes) return null;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString('latin1');
  for (const start of [4, 0]) if (head.startsWith('bplist', start)) return bytes.subarray(start);
  return null;
}

function inflated(bytes: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAX_SESSION_BYTES, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    // Not compressed in this way: what node:zlib throws says no more than that.
    return null;
  }
}
