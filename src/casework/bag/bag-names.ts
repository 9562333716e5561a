/** Names inside bags: which are safe to have, and how they are compared. */

/** A name that stays in its folder on every system, whoever unpacks it later. */
export function isSafeName(name: string): boolean {
  // "\" separates on Windows only: the same name would mean two places. RFC 8493, 5.1 and 6.2.
  if (name.includes('\\') || /^[A-Za-z]:/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !hasControls(name);
}

/**
 * File systems may give back a name in another normal form than it was written in; RFC 8493, 6.1.2 asks that
 * both be taken for one.
 */
export function nameKey(name: string): string {
  return name.normalize('NFC');
}

export function isPayload(name: string): boolean {
  return name.startsWith('data/');
}

/** The algorithm a file is a manifest of, by its name; null for any other file. */
export function manifestAlgorithm(
  name: string,
): { readonly algorithm: string; readonly ofTags: boolean } | null {
  const match = /^(tag)?manifest-([^/]+)\.txt$/.exec(name);
  const algorithm = match?.[2];
  return algorithm === undefined ? null : { algorithm, ofTags: match?.[1] !== undefined };
}

// Line ends are left: RFC 8493, 2.1.3 lets names have them, encoded.
function hasControls(name: string): boolean {
  return /(?![\n\r])\p{Cc}/u.test(name);
}
