/** Merkle trees over the entries of a day, as RFC 6962, 2.1: one root stands for all, and is what is time-stamped. */
import { createHash } from 'node:crypto';
import type { CustodyEntry } from './custody-log.js';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** Root over hashes of 32 bytes, in their order. Of none it is the hash of nothing. */
export function merkleRoot(hashes: readonly Uint8Array[]): Buffer {
  const [first] = hashes;
  if (!first) return createHash('sha256').digest();
  if (hashes.length === 1) return sha256(LEAF, first);
  const half = splitOf(hashes.length);
  return sha256(NODE, merkleRoot(hashes.slice(0, half)), merkleRoot(hashes.slice(half)));
}

/** The hashes that lead from one leaf to the root, from below. */
export function merkleProof(hashes: readonly Uint8Array[], index: number): Buffer[] {
  if (hashes.length <= 1) return [];
  const half = splitOf(hashes.length);
  return index < half
    ? [...merkleProof(hashes.slice(0, half), index), merkleRoot(hashes.slice(half))]
    : [...merkleProof(hashes.slice(half), index - half), merkleRoot(hashes.slice(0, half))];
}

/** Whether a hash is the leaf at an index of a tree of so many leaves. */
export function isIncluded(
  hash: Uint8Array,
  index: number,
  count: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= count) return false;
  const found = rootFrom(sha256(LEAF, hash), index, count, [...proof]);
  return found?.equals(root) === true;
}

function rootFrom(leaf: Buffer, index: number, count: number, proof: Uint8Array[]): Buffer | null {
  if (count === 1) return proof.length === 0 ? leaf : null;
  const last = proof.pop();
  if (!last) return null;
  const half = splitOf(count);
  if (index < half) {
    const left = rootFrom(leaf, index, half, proof);
    return left && sha256(NODE, left, last);
  }
  const right = rootFrom(leaf, index - half, count - half, proof);
  return right && sha256(NODE, last, right);
}

/** Roots of the days (UTC) of a log. */
export function dailyRoots(
  entries: Iterable<Pick<CustodyEntry, 'at' | 'hash'>>,
): { readonly day: string; readonly entries: number; readonly root: Buffer }[] {
  const byDay = new Map<string, Uint8Array[]>();
  for (const { at, hash } of entries) {
    const day = at.slice(0, 10);
    const hashes = byDay.get(day);
    if (hashes) hashes.push(Buffer.from(hash, 'hex'));
    else byDay.set(day, [Buffer.from(hash, 'hex')]);
  }
  return [...byDay].map(([day, hashes]) => ({ day, entries: hashes.length, root: merkleRoot(hashes) }));
}

/** The largest power of two below a number. */
function splitOf(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1));
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
