// SHA-256 and SHA-512 (FIPS 180-4), written out so that the page needs nothing of the browser but the language.
((vigia) => {
  // The constants are the fractional parts of square and cube roots of the first primes: worked out here, not copied.
  const BITS = BigInt(64);
  const LOW_32 = BigInt(0xffffffff);
  const SHIFT_32 = BigInt(32);
  const primes = firstPrimes(80);
  const roundConstants = primes.map((prime) => fraction(prime, 3));
  const startValues = primes.slice(0, 8).map((prime) => fraction(prime, 2));

  const K = new Int32Array(roundConstants.slice(0, 64).map(upperHalf));
  const START = new Int32Array(startValues.map(upperHalf));

  function upperHalf(value) {
    return Number(value >> SHIFT_32) | 0;
  }

  function firstPrimes(count) {
    const found = [];
    for (let candidate = 2; found.length < count; candidate += 1) {
      if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
    }
    return found;
  }

  /** The first 64 bits after the point of the square or cube root of a number. */
  function fraction(number, degree) {
    return BigInt.asUintN(64, root(BigInt(number) << (BITS * BigInt(degree)), degree));
  }

  /** The whole part of a root, by Newton's method from above. */
  function root(value, degree) {
    const n = BigInt(degree);
    const less = n - BigInt(1);
    let guess = BigInt(1) << (BITS + BigInt(8));
    for (;;) {
      let power = guess;
      for (let index = 2; index < degree; index += 1) power *= guess;
      const next = (less * guess + value / power) / n;
      if (next >= guess) return guess;
      guess = next;
    }
  }

  /** SHA-256 over bytes that come in pieces. */
  class Sha256 {
    constructor() {
      this.state = new Int32Array(START);
      this.schedule = new Int32Array(64);
      this.rest = new Uint8Array(64);
      this.restLength = 0;
      this.length = 0;
    }

    update(bytes) {
      this.length += bytes.length;
      let at = 0;
      if (this.restLength > 0) {
        at = Math.min(64 - this.restLength, bytes.length);
        this.rest.set(bytes.subarray(0, at), this.restLength);
        this.restLength += at;
        if (this.restLength < 64) return this;
        this.block(this.rest, 0);
        this.restLength = 0;
      }
      for (; at + 64 <= bytes.length; at += 64) this.block(bytes, at);
      this.rest.set(bytes.subarray(at));
      this.restLength = bytes.length - at;
      return this;
    }

    /** The 32 bytes. Nothing can be added afterwards. */
    digest() {
      const length = this.length;
      const padding = new Uint8Array(this.restLength < 56 ? 64 - this.restLength : 128 - this.restLength);
      padding[0] = 0x80;
      const view = new DataView(padding.buffer);
      view.setUint32(padding.length - 8, Math.floor(length / 0x20000000));
      view.setUint32(padding.length - 4, (length << 3) >>> 0);
      this.update(padding);
      const result = new Uint8Array(32);
      const out = new DataView(result.buffer);
      this.state.forEach((word, index) => {
        out.setInt32(4 * index, word);
      });
      return result;
    }

    block(bytes, start) {
      const w = this.schedule;
      for (let t = 0; t < 16; t += 1) {
        const at = start + 4 * t;
        w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      }
      for (let t = 16; t < 64; t += 1) {
        const x = w[t - 15];
        const y = w[t - 2];
        const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const big = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[t] = (w[t - 16] + small + w[t - 7] + big) | 0;
      }
      const state = this.state;
      let a = state[0];
      let b = state[1];
      let c = state[2];
      let d = state[3];
      let e = state[4];
      let f = state[5];
      let g = state[6];
      let h = state[7];
      for (let t = 0; t < 64; t += 1) {
        const sumE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const first = (h + sumE + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
        const sumA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const second = (sumA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + first) | 0;
        d = c;
        c = b;
        b = a;
        a = (first + second) | 0;
      }
      state[0] += a;
      state[1] += b;
      state[2] += c;
      state[3] += d;
      state[4] += e;
      state[5] += f;
      state[6] += g;
      state[7] += h;
    }
  }

  /** SHA-512 of some bytes at once: signatures need it for 96 of them. */
  function sha512(bytes) {
    const padded = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
    const word = (at) => (BigInt(view.getUint32(at)) << SHIFT_32) | BigInt(view.getUint32(at + 4));
    const turn = (value, by) => wrap((value >> BigInt(by)) | (value << BigInt(64 - by)));
    const wrap = (value) => BigInt.asUintN(64, value);
    const state = startValues.slice();
    for (let start = 0; start < padded.length; start += 128) {
      const w = [];
      for (let t = 0; t < 16; t += 1) w.push(word(start + 8 * t));
      for (let t = 16; t < 80; t += 1) {
        const small = turn(w[t - 15], 1) ^ turn(w[t - 15], 8) ^ (w[t - 15] >> BigInt(7));
        const big = turn(w[t - 2], 19) ^ turn(w[t - 2], 61) ^ (w[t - 2] >> BigInt(6));
        w.push(wrap(w[t - 16] + small + w[t - 7] + big));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < 80; t += 1) {
        const sumE = turn(e, 14) ^ turn(e, 18) ^ turn(e, 41);
        const first = h + sumE + ((e & f) ^ (wrap(~e) & g)) + roundConstants[t] + w[t];
        const sumA = turn(a, 28) ^ turn(a, 34) ^ turn(a, 39);
        const second = sumA + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = wrap(d + first);
        d = c;
        c = b;
        b = a;
        a = wrap(first + second);
      }
      [a, b, c, d, e, f, g, h].forEach((value, index) => {
        state[index] = wrap(state[index] + value);
      });
    }
    const result = new Uint8Array(64);
    const out = new DataView(result.buffer);
    state.forEach((value, index) => {
      out.setUint32(8 * index, Number(value >> SHIFT_32));
      out.setUint32(8 * index + 4, Number(value & LOW_32));
    });
    return result;
  }

  vigia.Sha256 = Sha256;
  vigia.sha512 = sha512;
  vigia.sha256 = (...parts) => {
    const hash = new Sha256();
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
})(vigia);
