/** What is carried out to get a stamp: one Merkle root a day, in files that say nothing of any case. */
import { createHash } from 'node:crypto';
import { makeRequest } from './rfc3161.js';
import { StampError } from './stamp-error.js';

export interface CarriedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface DayStampFiles {
  /** SHA-256 of the root file: what both kinds of stamp are over. */
  readonly digest: Uint8Array;
  readonly files: readonly CarriedFile[];
}

/**
 * The file that stands for a Merkle root: its 64 hex digits and a line end, nothing else. A stamp over a file can be checked
 * with the ordinary programs (`openssl ts -verify -data`, `ots verify`), which one over a bare digest cannot always.
 */
export function rootFile(root: Uint8Array): Uint8Array {
  if (root.length !== 32) throw new StampError('wrong-format', `root of ${root.length} bytes`);
  return new TextEncoder().encode(`${Buffer.from(root).toString('hex')}\n`);
}

/**
 * Files to carry for one day: the root file (for `ots stamp`) and the request over it (for an RFC 3161 authority).
 *
 * @param day - `2026-11-22`, in UTC
 * @param nonce - 8 random bytes
 *
 * @example
 * const { files } = dayStampFiles('2026-11-22', root, randomBytes(8)); // 2026-11-22.root.txt, 2026-11-22.root.txt.tsq
 */
export function dayStampFiles(day: string, root: Uint8Array, nonce: Uint8Array): DayStampFiles {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new StampError('wrong-format', 'day');
  const bytes = rootFile(root);
  const digest = new Uint8Array(createHash('sha256').update(bytes).digest());
  const name = `${day}.root.txt`;
  return {
    digest,
    files: [
      { name, bytes },
      { name: `${name}.tsq`, bytes: makeRequest(digest, nonce) },
    ],
  };
}
