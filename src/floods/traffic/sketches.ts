/** Estimates of how many distinct things were seen, in few bytes, mergeable. */

/** Registers of one HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007): standard error 1.04 / sqrt(64) = 13 %. */
export const REGISTERS = 64;
const ALPHA = 0.709;

/** What a 32-bit hash does to a register, as `rank << 6 | register`: worked out once, used on many sketches. */
export function markOf(hash: number): number {
  const rank = Math.clz32((hash >>> 6) | 0) - 5;
  return (rank << 6) | (hash & 63);
}

/** Puts a mark into the sketch that begins at `start`. */
export function putMark(registers: Uint8Array, start: number, mark: number): void {
  const at = start + (mark & 63);
  const rank = mark >>> 6;
  if ((registers[at] as number) < rank) registers[at] = rank;
}

export function mergeSketch(into: Uint8Array, start: number, other: Uint8Array, otherStart: number): void {
  for (let register = 0; register < REGISTERS; register += 1) {
    const rank = other[otherStart + register] as number;
    if ((into[start + register] as number) < rank) into[start + register] = rank;
  }
}

/** How many distinct hashes. */
export function distinctOf(registers: Uint8Array, start: number): number {
  let sum = 0;
  let empty = 0;
  for (let register = 0; register < REGISTERS; register += 1) {
    const rank = registers[start + register] as number;
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const raw = (ALPHA * REGISTERS * REGISTERS) / sum;
  // Small numbers by the share of empty registers (linear counting).
  const estimate = raw <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : raw;
  return Math.round(estimate);
}

/** How many distinct hashes set bits in a map of 64 bits (linear counting; Whang et al. 1990). Full: 266. */
export function distinctOfBits(low: number, high: number): number {
  const empty = 64 - bitsIn(low) - bitsIn(high);
  return Math.round(64 * Math.log(64 / Math.max(empty, 1)));
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
