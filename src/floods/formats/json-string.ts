/** Strings of JSON in bytes: RFC 8259, 7. */

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** Where a string that begins here (behind its quote) ends: at its closing quote, or -1. */
export function jsonStringEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return -1;
}

/**
 * Writes a string without its escapes. It never gets longer: the six bytes of `\u20ac` become three. What is no escape
 * is kept as it stands.
 * @returns the place behind what was written
 */
export function decodeJsonString(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  place: number,
): number {
  let out = place;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte !== BACKSLASH || at + 1 >= end) {
      into[out] = byte;
      out += 1;
      continue;
    }
    at += 1;
    const letter = bytes[at] as number;
    if (letter === 0x75 && at + 4 < end) {
      const code = hexOf(bytes, at + 1);
      if (code !== -1) {
        at += 4;
        // Two halves of a character beyond the basic plane.
        const low = isHigh(code) && at + 6 < end && bytes[at + 1] === BACKSLASH ? hexOf(bytes, at + 3) : -1;
        if (low >= 0xdc00 && low <= 0xdfff && bytes[at + 2] === 0x75) {
          out = putCharacter(into, out, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
          at += 6;
        } else {
          out = putCharacter(into, out, code);
        }
        continue;
      }
    }
    into[out] = controlOf(letter);
    out += 1;
  }
  return out;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Four hexadecimal digits, or -1. */
function hexOf(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start; at < start + 4; at += 1) {
    const byte = bytes[at] as number;
    const small = byte | 0x20;
    const digit =
      byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** UTF-8 (RFC 3629, 3). Half of a pair alone becomes the three bytes it would have; readers show them as damage. */
function putCharacter(into: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    into[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    into[at] = 0xc0 | (code >> 6);
    into[at + 1] = 0x80 | (code & 0x3f);
    return at + 2;
  }
  if (code < 0x10000) {
    into[at] = 0xe0 | (code >> 12);
    into[at + 1] = 0x80 | ((code >> 6) & 0x3f);
    into[at + 2] = 0x80 | (code & 0x3f);
    return at + 3;
  }
  into[at] = 0xf0 | (code >> 18);
  into[at + 1] = 0x80 | ((code >> 12) & 0x3f);
  into[at + 2] = 0x80 | ((code >> 6) & 0x3f);
  into[at + 3] = 0x80 | (code & 0x3f);
  return at + 4;
}

function controlOf(letter: number): number {
  switch (letter) {
    case 0x6e:
      return 0x0a;
    case 0x74:
      return 0x09;
    case 0x72:
      return 0x0d;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    default:
      return letter;
  }
}
