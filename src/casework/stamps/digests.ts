/**
 * The hashes that OpenTimestamps proofs are made of. RIPEMD-160 and Keccak-256 are written here: what `node:crypto`
 * offers depends on how its OpenSSL was built, and Keccak-256 (padding of 2011, not SHA-3's) it never offers.
 */
import { createHash } from 'node:crypto';

export const PROOF_HASHES = ['sha1', 'ripemd160', 'sha256', 'keccak256'] as const;
export type ProofHash = (typeof PROOF_HASHES)[number];

/** A hash fed piece by piece. */
export interface RunningDigest {
  update(bytes: Uint8Array): RunningDigest;
  digest(): Uint8Array;
}

export const DIGEST_BYTES: Readonly<Record<ProofHash, number>> = {
  sha1: 20,
  ripemd160: 20,
  sha256: 32,
  keccak256: 32,
};

/** A hash fed piece by piece, for files of any size. */
export function newDigest(hash: ProofHash): RunningDigest {
  switch (hash) {
    case 'sha1':
    case 'sha256':
      return nativeDigest(hash);
    case 'ripemd160':
      return blockDigest(64, ripemd160());
    case 'keccak256':
      return blockDigest(KECCAK_RATE_BYTES, keccak256());
  }
}

export function digestOf(hash: ProofHash, bytes: Uint8Array): Uint8Array {
  return newDigest(hash).update(bytes).digest();
}

function nativeDigest(name: 'sha1' | 'sha256'): RunningDigest {
  const hash = createHash(name);
  const running: RunningDigest = {
    update(bytes) {
      hash.update(bytes);
      return running;
    },
    digest: () => new Uint8Array(hash.digest()),
  };
  return running;
}

interface BlockFunction {
  /** Takes in one whole block. */
  block(view: DataView, offset: number): void;
  /** Pads the rest (shorter than a block), takes it in and gives the result. */
  end(rest: Uint8Array, totalBytes: number): Uint8Array;
}

function blockDigest(blockBytes: number, inner: BlockFunction): RunningDigest {
  const pending = new Uint8Array(blockBytes);
  const pendingView = new DataView(pending.buffer);
  let held = 0;
  let total = 0;
  const running: RunningDigest = {
    update(bytes) {
      total += bytes.length;
      let from = 0;
      if (held > 0) {
        from = Math.min(blockBytes - held, bytes.length);
        pending.set(bytes.subarray(0, from), held);
        held += from;
        if (held < blockBytes) return running;
        inner.block(pendingView, 0);
        held = 0;
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (; from + blockBytes <= bytes.length; from += blockBytes) inner.block(view, from);
      pending.set(bytes.subarray(from));
      held = bytes.length - from;
      return running;
    },
    digest: () => inner.end(pending.subarray(0, held), total),
  };
  return running;
}

// ---------------------------------------------------------------------------------------------------------------
// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996; ISO/IEC 10118-3)

// Order of the sixteen words in each of five rounds of the left line: the identity, then the permutation rho again and again.
const RHO = [7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8];
const LEFT_WORDS = roundOrders(Array.from({ length: 16 }, (_, i) => i));
// The right line starts with pi(i) = 9i + 5 mod 16.
const RIGHT_WORDS = roundOrders(Array.from({ length: 16 }, (_, i) => (9 * i + 5) % 16));
// Rotations, indexed by round and by *word*, the same for both lines.
const ROTATIONS_BY_WORD = [
  [11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8],
  [12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7],
  [13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9],
  [14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6],
  [15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5],
];
const LEFT_CONSTANTS = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];
const RIGHT_CONSTANTS = [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0];

function roundOrders(first: readonly number[]): number[][] {
  const orders = [[...first]];
  for (let round = 1; round < 5; round += 1) {
    orders.push((orders[round - 1] ?? []).map((word) => RHO[word] ?? 0));
  }
  return orders;
}

function ripemd160(): BlockFunction {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const words = new Uint32Array(16);
  const block = (view: DataView, offset: number): void => {
    for (let i = 0; i < 16; i += 1) words[i] = view.getUint32(offset + 4 * i, true);
    const left = ripemdLine(state, words, LEFT_WORDS, LEFT_CONSTANTS, (round) => round);
    const right = ripemdLine(state, words, RIGHT_WORDS, RIGHT_CONSTANTS, (round) => 4 - round);
    const at = (values: Uint32Array, i: number): number => values[i % 5] ?? 0;
    state.set(Array.from({ length: 5 }, (_, i) => at(state, i + 1) + at(left, i + 2) + at(right, i + 3)));
  };
  return {
    block,
    end(rest, totalBytes) {
      const padded = new Uint8Array(rest.length < 56 ? 64 : 128);
      padded.set(rest);
      padded[rest.length] = 0x80;
      const view = new DataView(padded.buffer);
      view.setBigUint64(padded.length - 8, BigInt(totalBytes) * 8n, true);
      for (let offset = 0; offset < padded.length; offset += 64) block(view, offset);
      const result = new DataView(new ArrayBuffer(20));
      state.forEach((word, i) => {
        result.setUint32(4 * i, word, true);
      });
      return new Uint8Array(result.buffer);
    },
  };
}

function ripemdLine(
  state: Uint32Array,
  words: Uint32Array,
  orders: readonly (readonly number[])[],
  constants: readonly number[],
  mixing: (round: number) => number,
): Uint32Array {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let round = 0; round < 5; round += 1) {
    const order = orders[round] ?? [];
    const constant = constants[round] ?? 0;
    const mix = mixing(round);
    for (const word of order) {
      const rotation = ROTATIONS_BY_WORD[round]?.[word] ?? 0;
      const sum = (a + ripemdMix(mix, b, c, d) + (words[word] ?? 0) + constant) | 0;
      const next = (rotateLeft(sum, rotation) + e) | 0;
      [a, b, c, d, e] = [e, next, b, rotateLeft(c, 10), d];
    }
  }
  return Uint32Array.of(a, b, c, d, e);
}

function ripemdMix(kind: number, x: number, y: number, z: number): number {
  if (kind === 0) return x ^ y ^ z;
  if (kind === 1) return (x & y) | (~x & z);
  if (kind === 2) return (x | ~y) ^ z;
  if (kind === 3) return (x & z) | (y & ~z);
  return x ^ (y | ~z);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

// ---------------------------------------------------------------------------------------------------------------
// Keccak-256 as submitted in 2011 (rate 1088, padding 0x01 … 0x80), which Ethereum and OpenTimestamps use

const KECCAK_RATE_BYTES = 136;
// Lanes of 64 bits lie as two 32-bit halves, the low one first. Rotations and round constants follow from the
// definition (Keccak reference 3.0, 1.2): a linear-feedback shift register gives the constants, a walk the offsets.
const LANE_WALK = laneWalk();
const ROUND_CONSTANTS = roundConstants();

function laneWalk(): { from: number; to: number; rotation: number }[] {
  const steps: { from: number; to: number; rotation: number }[] = [{ from: 0, to: 0, rotation: 0 }];
  let [x, y] = [1, 0];
  for (let t = 0; t < 24; t += 1) {
    // rho turns lane (x, y) by (t+1)(t+2)/2; pi moves it to (y, 2x+3y).
    const target = { x: y, y: (2 * x + 3 * y) % 5 };
    steps.push({
      from: 2 * (x + 5 * y),
      to: 2 * (target.x + 5 * target.y),
      rotation: (((t + 1) * (t + 2)) / 2) % 64,
    });
    [x, y] = [target.x, target.y];
  }
  return steps;
}

function roundConstants(): { low: number; high: number }[] {
  let register = 1;
  return Array.from({ length: 24 }, () => {
    let low = 0;
    let high = 0;
    for (let j = 0; j < 7; j += 1) {
      const bit = 2 ** j - 1;
      if (register & 1) {
        if (bit < 32) low |= 1 << bit;
        else high |= 1 << (bit - 32);
      }
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
    return { low, high };
  });
}

function keccak256(): BlockFunction {
  const lanes = new Int32Array(50);
  const block = (view: DataView, offset: number): void => {
    for (let i = 0; i < KECCAK_RATE_BYTES / 4; i += 1) {
      lanes[i] = (lanes[i] ?? 0) ^ view.getInt32(offset + 4 * i, true);
    }
    keccakPermutation(lanes);
  };
  return {
    block,
    end(rest) {
      const padded = new Uint8Array(KECCAK_RATE_BYTES);
      padded.set(rest);
      padded[rest.length] = 0x01;
      padded[KECCAK_RATE_BYTES - 1] = (padded[KECCAK_RATE_BYTES - 1] ?? 0) | 0x80;
      block(new DataView(padded.buffer), 0);
      const result = new DataView(new ArrayBuffer(32));
      for (let i = 0; i < 8; i += 1) result.setInt32(4 * i, lanes[i] ?? 0, true);
      return new Uint8Array(result.buffer);
    },
  };
}

function keccakPermutation(lanes: Int32Array): void {
  const columns = new Int32Array(10);
  const moved = new Int32Array(50);
  const lane = (values: Int32Array, index: number): number => values[index] ?? 0;
  for (const constant of ROUND_CONSTANTS) {
    // theta
    for (let i = 0; i < 10; i += 1) {
      columns[i] =
        lane(lanes, i) ^
        lane(lanes, i + 10) ^
        lane(lanes, i + 20) ^
        lane(lanes, i + 30) ^
        lane(lanes, i + 40);
    }
    for (let x = 0; x < 5; x += 1) {
      const before = 2 * ((x + 4) % 5);
      const after = 2 * ((x + 1) % 5);
      const [afterLow, afterHigh] = [lane(columns, after), lane(columns, after + 1)];
      const low = lane(columns, before) ^ ((afterLow << 1) | (afterHigh >>> 31));
      const high = lane(columns, before + 1) ^ ((afterHigh << 1) | (afterLow >>> 31));
      for (let index = 2 * x; index < 50; index += 10) {
        lanes[index] = lane(lanes, index) ^ low;
        lanes[index + 1] = lane(lanes, index + 1) ^ high;
      }
    }
    // rho and pi
    for (const { from, to, rotation } of LANE_WALK) {
      // Turning by 32 or more swaps the halves first.
      const first = lane(lanes, rotation < 32 ? from : from + 1);
      const second = lane(lanes, rotation < 32 ? from + 1 : from);
      const bits = rotation % 32;
      moved[to] = bits === 0 ? first : (first << bits) | (second >>> (32 - bits));
      moved[to + 1] = bits === 0 ? second : (second << bits) | (first >>> (32 - bits));
    }
    // chi
    for (let row = 0; row < 50; row += 10) {
      for (let i = 0; i < 10; i += 1) {
        lanes[row + i] =
          lane(moved, row + i) ^ (~lane(moved, row + ((i + 2) % 10)) & lane(moved, row + ((i + 4) % 10)));
      }
    }
    // iota
    lanes[0] = lane(lanes, 0) ^ constant.low;
    lanes[1] = lane(lanes, 1) ^ constant.high;
  }
}
