/** Bech32, in which keys of age are written (BIP 173, without its limit of 90 characters, which no key here reaches). */

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
const CHECKSUM_LENGTH = 6;
const MAX_LENGTH = 90;

/** @param prefix in lower case */
export function toBech32(prefix: string, bytes: Uint8Array): string {
  const words = regroup(bytes, 8, 5, true) ?? [];
  const all = [...words, ...checksum(prefix, words)];
  return `${prefix}1${all.map((word) => ALPHABET.charAt(word)).join('')}`;
}

/** @returns the bytes; null when the text is no Bech32, or of another prefix. */
export function fromBech32(prefix: string, text: string): Buffer | null {
  if (text.length > MAX_LENGTH || (text !== text.toLowerCase() && text !== text.toUpperCase())) return null;
  const lower = text.toLowerCase();
  if (!lower.startsWith(`${prefix}1`) || lower.lastIndexOf('1') !== prefix.length) return null;
  const words = [...lower.slice(prefix.length + 1)].map((character) => ALPHABET.indexOf(character));
  if (words.length < CHECKSUM_LENGTH || words.includes(-1)) return null;
  if (polymod([...expand(prefix), ...words]) !== 1) return null;
  const bytes = regroup(words.slice(0, -CHECKSUM_LENGTH), 5, 8, false);
  return bytes && Buffer.from(bytes);
}

function checksum(prefix: string, words: readonly number[]): number[] {
  const value = polymod([...expand(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  return Array.from({ length: CHECKSUM_LENGTH }, (_, index) => (value >>> (5 * (5 - index))) & 31);
}

function expand(prefix: string): number[] {
  const codes = [...Buffer.from(prefix, 'latin1')];
  return [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(words: readonly number[]): number {
  let value = 1;
  for (const word of words) {
    const top = value >>> 25;
    value = ((value & 0x1ffffff) << 5) ^ word;
    for (const [bit, number] of GENERATOR.entries()) if ((top >>> bit) & 1) value ^= number;
  }
  return value >>> 0;
}

/** Groups of bits of another width. @returns null when bits are left over that are not padding of zeros. */
function regroup(values: Iterable<number>, from: number, to: number, pad: boolean): number[] | null {
  const groups: number[] = [];
  let held = 0;
  let bits = 0;
  for (const value of values) {
    held = ((held << from) | value) & 0xfff;
    bits += from;
    while (bits >= to) {
      bits -= to;
      groups.push((held >>> bits) & ((1 << to) - 1));
    }
  }
  const rest = held & ((1 << bits) - 1);
  if (pad) {
    if (bits > 0) groups.push(rest << (to - bits));
    return groups;
  }
  return bits < from && rest === 0 ? groups : null;
}
