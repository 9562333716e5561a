import type { ListedMember, Listing } from './listing.js';

/** Folders above a backup that are looked through. Backups are packed with their path at most, not buried. */
const MAX_FOLDERS_ABOVE = 12;
/** Files named by a SHA-1 alone, as up to iOS 9, from which a folder looks meant to be a backup: caches have them too. */
const MIN_FLAT_FILES = 8;
const MANIFESTS = ['Manifest.db', 'Manifest.mbdb'];
// Info.plist beside the manifest is the rule of thumb of the field; a backup stripped of it still has Manifest.plist.
const COMPANIONS = ['Info.plist', 'Manifest.plist'];
/** A backup in the making keeps a half copy of itself in this folder (libimobiledevice, idevicebackup2). */
const SNAPSHOT = 'Snapshot';

/**
 * Where iPhone backups lie in a folder or archive: "" for the top, else "folder/". A backup inside another one is
 * listed too, unless it is the snapshot of one in the making.
 */
export function findBackups(listing: Listing<ListedMember>): readonly string[] {
  const prefixes = new Set<string>();
  for (const name of MANIFESTS) {
    for (const { path } of listing.named(name)) {
      const prefix = path.slice(0, path.length - name.length);
      if (prefix.split('/').length - 1 > MAX_FOLDERS_ABOVE) continue;
      if (COMPANIONS.some((companion) => listing.get(prefix + companion))) prefixes.add(prefix);
    }
  }
  const isSnapshot = (prefix: string): boolean => {
    const end = prefix.length - SNAPSHOT.length - 1;
    return prefix.endsWith(`${SNAPSHOT}/`) && prefixes.has(prefix.slice(0, end));
  };
  return [...prefixes].filter((prefix) => !isSnapshot(prefix)).sort((a, b) => (a < b ? -1 : 1));
}

/**
 * Whether a folder without a backup looks as if it was meant to be one. `content`: files named and laid out as in a
 * backup, without the list that tells what they are. `part`: only one of the two files that make it one.
 */
export function looksLikeBackup(listing: Listing<ListedMember>): 'content' | 'part' | null {
  let flatFiles = 0;
  for (const { path } of listing.members()) {
    // Files are named by a SHA-1 and lie in folders of its first two characters (iOS 10 and later).
    if (/(?:^|\/)([0-9a-f]{2})\/\1[0-9a-f]{38}$/i.test(path)) return 'content';
    if (/^(?:[^/]+\/)?[0-9a-f]{40}$/i.test(path)) flatFiles += 1;
  }
  if (flatFiles >= MIN_FLAT_FILES) return 'content';
  return [...MANIFESTS, 'Info.plist'].some((name) => listing.get(name) !== undefined) ? 'part' : null;
}
