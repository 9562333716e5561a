/**
 * Hashes of short texts: two words of 32 bits, a multiplication each for four bytes (in the manner of FNV-1a, Fowler, Noll,
 * Vo, but over words). Fixed, so that counts of several processes merge; tables are salted besides, see {@link Index}.
 */

/** Second word of the last hash. The first is returned: two numbers without an object for each. */
let second = 0;

/** First word; {@link secondHash} gives the other. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let a = 0x811c9dc5 ^ seed;
  let b = 0x9747b28c + seed;
  let at = start;
  for (const words = end - 3; at < words; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    a = Math.imul(a ^ word, 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0x85ebca6b) ^ (b >>> 13);
  }
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b + byte, 0x85ebca6b) ^ (b >>> 13);
  }
  second = mixed(b ^ (end - start));
  return mixed(a);
}

export function secondHash(): number {
  return second;
}

/** Spreads every bit over the word (the finaliser of MurmurHash3, Appleby). Unsigned. */
export function mixed(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One hash of two words. */
export function mixedPair(a: number, b: number): number {
  return mixed(Math.imul(a ^ 0x9e3779b9, 0x01000193) ^ Math.imul(b, 0x27d4eb2f));
}
