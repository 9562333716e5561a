// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md: its five primes, as halves of 32 bits.
const [PRIME_1, PRIME_1_LOW] = [0x9e3779b1, 0x85ebca87];
const [PRIME_2, PRIME_2_LOW] = [0xc2b2ae3d, 0x27d4eb4f];
const [PRIME_3, PRIME_3_LOW] = [0x165667b1, 0x9e3779f9];
const [PRIME_4, PRIME_4_LOW] = [0x85ebca77, 0xc2b2ae63];
const [PRIME_5, PRIME_5_LOW] = [0x27d4eb2f, 0x165667c5];
const STRIPE_BYTES = 32;
const LANES = 4;
/** Slots behind the lanes: the hash, and what is being mixed into it. */
const [HASH, MIXED, SLOTS] = [4, 5, 6];

/**
 * XXH64 with seed 0, of which Zstandard keeps the low four bytes (RFC 8878 3.1.1). Numbers of 64 bits are halves in two
 * arrays, because big integers take fifty times as long.
 */
export class ContentChecksum {
  readonly #high = new Int32Array(SLOTS);
  readonly #low = new Int32Array(SLOTS);
  readonly #rest = new Uint8Array(STRIPE_BYTES);
  #restBytes = 0;
  #totalBytes = 0;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#restBytes = 0;
    this.#totalBytes = 0;
    this.#set(0, PRIME_1, PRIME_1_LOW);
    this.#add(0, PRIME_2, PRIME_2_LOW);
    this.#set(1, PRIME_2, PRIME_2_LOW);
    this.#set(2, 0, 0);
    this.#set(3, 0, 0);
    // Minus the first prime.
    this.#add(3, ~PRIME_1, ~PRIME_1_LOW);
    this.#add(3, 0, 1);
  }

  update(bytes: Uint8Array): void {
    this.#totalBytes += bytes.byteLength;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(STRIPE_BYTES - this.#restBytes, bytes.byteLength);
      this.#rest.set(bytes.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < STRIPE_BYTES) return;
      this.#stripe(this.#rest, 0);
    }
    for (; at + STRIPE_BYTES <= bytes.byteLength; at += STRIPE_BYTES) this.#stripe(bytes, at);
    this.#rest.set(bytes.subarray(at));
    this.#restBytes = bytes.byteLength - at;
  }

  /** Low four bytes of the hash of everything since the start. */
  digest(): number {
    if (this.#totalBytes >= STRIPE_BYTES) this.#joinLanes();
    else this.#set(HASH, PRIME_5, PRIME_5_LOW);
    this.#add(HASH, Math.floor(this.#totalBytes / 2 ** 32), this.#totalBytes);
    this.#mixRest();
    this.#xorShifted(33);
    this.#multiply(HASH, PRIME_2, PRIME_2_LOW);
    this.#xorShifted(29);
    this.#multiply(HASH, PRIME_3, PRIME_3_LOW);
    this.#xorShifted(32);
    return (this.#low[HASH] as number) >>> 0;
  }

  #stripe(bytes: Uint8Array, start: number): void {
    for (let lane = 0; lane < LANES; lane += 1) {
      const at = start + lane * 8;
      this.#round(lane, wordAt(bytes, at + 4), wordAt(bytes, at));
    }
  }

  #joinLanes(): void {
    this.#set(HASH, 0, 0);
    for (const [lane, turn] of [1, 7, 12, 18].entries()) {
      this.#set(MIXED, this.#high[lane] as number, this.#low[lane] as number);
      this.#rotate(MIXED, turn);
      this.#add(HASH, this.#high[MIXED] as number, this.#low[MIXED] as number);
    }
    for (let lane = 0; lane < LANES; lane += 1) {
      this.#set(MIXED, 0, 0);
      this.#round(MIXED, this.#high[lane] as number, this.#low[lane] as number);
      this.#xor(this.#high[MIXED] as number, this.#low[MIXED] as number);
      this.#multiply(HASH, PRIME_1, PRIME_1_LOW);
      this.#add(HASH, PRIME_4, PRIME_4_LOW);
    }
  }

  #mixRest(): void {
    const rest = this.#rest;
    let at = 0;
    for (; at + 8 <= this.#restBytes; at += 8) {
      this.#set(MIXED, 0, 0);
      this.#round(MIXED, wordAt(rest, at + 4), wordAt(rest, at));
      this.#xor(this.#high[MIXED] as number, this.#low[MIXED] as number);
      this.#rotate(HASH, 27);
      this.#multiply(HASH, PRIME_1, PRIME_1_LOW);
      this.#add(HASH, PRIME_4, PRIME_4_LOW);
    }
    if (at + 4 <= this.#restBytes) {
      this.#set(MIXED, 0, wordAt(rest, at));
      this.#multiply(MIXED, PRIME_1, PRIME_1_LOW);
      this.#xor(this.#high[MIXED] as number, this.#low[MIXED] as number);
      this.#rotate(HASH, 23);
      this.#multiply(HASH, PRIME_2, PRIME_2_LOW);
      this.#add(HASH, PRIME_3, PRIME_3_LOW);
      at += 4;
    }
    for (; at < this.#restBytes; at += 1) {
      this.#set(MIXED, 0, rest[at] as number);
      this.#multiply(MIXED, PRIME_5, PRIME_5_LOW);
      this.#xor(this.#high[MIXED] as number, this.#low[MIXED] as number);
      this.#rotate(HASH, 11);
      this.#multiply(HASH, PRIME_1, PRIME_1_LOW);
    }
  }

  #round(slot: number, high: number, low: number): void {
    const [lane, laneLow] = [this.#high[slot] as number, this.#low[slot] as number];
    this.#set(slot, high, low);
    this.#multiply(slot, PRIME_2, PRIME_2_LOW);
    this.#add(slot, lane, laneLow);
    this.#rotate(slot, 31);
    this.#multiply(slot, PRIME_1, PRIME_1_LOW);
  }

  #set(slot: number, high: number, low: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
  }

  #add(slot: number, high: number, low: number): void {
    const sum = ((this.#low[slot] as number) >>> 0) + (low >>> 0);
    this.#low[slot] = sum;
    this.#high[slot] = (this.#high[slot] as number) + high + (sum > 0xffff_ffff ? 1 : 0);
  }

  #multiply(slot: number, high: number, low: number): void {
    const [ownHigh, ownLow] = [this.#high[slot] as number, this.#low[slot] as number];
    // In sixteens: every product and sum stays whole in a double.
    const [a, b, c, d] = [ownLow & 0xffff, ownLow >>> 16, low & 0xffff, low >>> 16];
    const lowest = a * c;
    const middle = a * d + b * c + (lowest >>> 16);
    this.#low[slot] = (middle << 16) | (lowest & 0xffff);
    this.#high[slot] =
      b * d + Math.floor(middle / 65_536) + Math.imul(ownHigh, low) + Math.imul(ownLow, high);
  }

  #rotate(slot: number, count: number): void {
    const [high, low] = [this.#high[slot] as number, this.#low[slot] as number];
    this.#high[slot] = (high << count) | (low >>> (32 - count));
    this.#low[slot] = (low << count) | (high >>> (32 - count));
  }

  #xor(high: number, low: number): void {
    this.#high[HASH] = (this.#high[HASH] as number) ^ high;
    this.#low[HASH] = (this.#low[HASH] as number) ^ low;
  }

  #xorShifted(count: number): void {
    const [high, low] = [this.#high[HASH] as number, this.#low[HASH] as number];
    if (count < 32) this.#xor(high >>> count, (low >>> count) | (high << (32 - count)));
    else this.#xor(0, high >>> (count - 32));
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
