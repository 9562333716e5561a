/**
 * Evidence that a program holds in a form of its own, sealed or in pieces: it is read where it lies, and looks to readers like the
 * file or folder that it stands for.
 */
import { type RandomAccess, readRange } from './file-range.js';
import type { Content } from './listed-source.js';
import { type ListedMember, Listing } from './listing.js';

export interface HeldFile {
  /** Path in the folder it stands in, "/" between parts; of a file by itself its name. */
  readonly path: string;
  readonly stored: RandomAccess;
  /** Of the content, where it is known. */
  readonly sha256: string | null;
}

export interface HeldEvidence {
  /** A file by itself, the only one; or a folder with files in it. */
  readonly form: 'file' | 'folder';
  readonly files: readonly HeldFile[];
}

export interface HeldMember extends ListedMember {
  readonly file: HeldFile;
}

/** The files of a held folder, sorted as those of one on disk. */
export function listHeld({ files }: HeldEvidence): Listing<HeldMember> {
  const listing = new Listing<HeldMember>();
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const file of sorted) listing.add({ path: file.path, sizeBytes: file.stored.sizeBytes, file });
  return listing;
}

export const HELD_CONTENT: Content<HeldMember> = {
  stream: ({ file }, pointer) => readRange(file.stored, pointer),
  randomAccess: ({ file }) => file.stored,
};
