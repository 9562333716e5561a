// Ed25519 signatures (RFC 8032) by the rules of section 5 of docs/custody-format.md. Only checking: nothing here is secret.
((vigia) => {
  const ZERO = BigInt(0);
  const ONE = BigInt(1);
  const TWO = BigInt(2);
  const BYTE = BigInt(256);
  const P = (ONE << BigInt(255)) - BigInt(19);
  const L = (ONE << BigInt(252)) + BigInt('27742317777372353535851937790883648493');
  const Y_BITS = (ONE << BigInt(255)) - ONE;
  const D = mod(-BigInt(121665) * invert(BigInt(121666)));
  const ROOT_OF_MINUS_ONE = power(TWO, (P - ONE) / BigInt(4));
  /** The key is cut into digits of four bits. */
  const DIGITS = 64;
  const NEUTRAL = { x: ZERO, y: ONE, z: ONE, t: ZERO };
  /** y = 4/5, x even. */
  const BASE_BYTES = new Uint8Array(32).fill(0x66);
  BASE_BYTES[0] = 0x58;
  const tables = new Map();

  function mod(value) {
    const rest = value % P;
    return rest < ZERO ? rest + P : rest;
  }

  function power(base, exponent) {
    let result = ONE;
    let square = base;
    for (let rest = exponent; rest > ZERO; rest >>= ONE) {
      if (rest & ONE) result = (result * square) % P;
      square = (square * square) % P;
    }
    return result;
  }

  function invert(value) {
    return power(value, P - TWO);
  }

  function fromLittleEndian(bytes) {
    let value = ZERO;
    for (let index = bytes.length - 1; index >= 0; index -= 1) value = value * BYTE + BigInt(bytes[index]);
    return value;
  }

  /** Point addition of RFC 8032, 5.1.4: it holds for any two points, the same one too. */
  function add(one, other) {
    const a = mod((one.y - one.x) * (other.y - other.x));
    const b = mod((one.y + one.x) * (other.y + other.x));
    const c = mod(TWO * one.t * D * other.t);
    const d = mod(TWO * one.z * other.z);
    const e = b - a;
    const f = d - c;
    const g = d + c;
    const h = b + a;
    return { x: mod(e * f), y: mod(g * h), z: mod(f * g), t: mod(e * h) };
  }

  /** The point that 32 bytes stand for; null when there is none. */
  function decode(bytes) {
    const number = fromLittleEndian(bytes);
    const y = mod(number & Y_BITS);
    const u = mod(y * y - ONE);
    const v = mod(D * y * y + ONE);
    const v3 = mod(v * v * v);
    let x = mod(u * v3 * power(mod(u * v3 * v3 * v), (P - BigInt(5)) / BigInt(8)));
    const check = mod(v * x * x);
    if (check !== u) {
      if (check !== mod(-u)) return null;
      x = mod(x * ROOT_OF_MINUS_ONE);
    }
    if ((x & ONE) !== number >> BigInt(255)) x = mod(-x);
    return { x, y, z: ONE, t: mod(x * y) };
  }

  function encode(point) {
    const inverse = invert(point.z);
    const x = mod(point.x * inverse);
    let rest = mod(point.y * inverse);
    const bytes = new Uint8Array(32);
    for (let index = 0; index < 32; index += 1) {
      bytes[index] = Number(rest % BYTE);
      rest /= BYTE;
    }
    if (x & ONE) bytes[31] |= 0x80;
    return bytes;
  }

  /** Multiples of a point for every digit at every place: then a product is a sum of 64 of them. */
  function tableOf(point) {
    const table = [];
    let unit = point;
    for (let place = 0; place < DIGITS; place += 1) {
      const row = [NEUTRAL];
      for (let digit = 1; digit <= 16; digit += 1) row.push(add(row[digit - 1], unit));
      unit = row.pop();
      table.push(row);
    }
    return table;
  }

  function times(table, number, start) {
    let sum = start;
    let rest = number;
    for (let place = 0; place < DIGITS; place += 1) {
      const digit = Number(rest & BigInt(15));
      if (digit > 0) sum = add(sum, table[place][digit]);
      rest >>= BigInt(4);
    }
    return sum;
  }

  /** The table of minus a key, made once for each key; null for what is no key. */
  function tableOfKey(key) {
    const name = vigia.toHex(key);
    if (!tables.has(name)) {
      const point = decode(key);
      tables.set(name, point && tableOf({ x: mod(-point.x), y: point.y, z: ONE, t: mod(-point.t) }));
    }
    return tables.get(name);
  }

  let baseTable = null;

  vigia.isSigned = (key, message, signature) => {
    if (key.length !== 32 || signature.length !== 64) return false;
    const r = signature.subarray(0, 32);
    const s = fromLittleEndian(signature.subarray(32));
    if (s >= L) return false;
    const minusKey = tableOfKey(key);
    if (!minusKey) return false;
    const k = fromLittleEndian(vigia.sha512(vigia.joinBytes(r, key, message))) % L;
    if (!baseTable) baseTable = tableOf(decode(BASE_BYTES));
    const found = encode(times(minusKey, k, times(baseTable, s, NEUTRAL)));
    return found.every((byte, index) => byte === r[index]);
  };
})(vigia);
