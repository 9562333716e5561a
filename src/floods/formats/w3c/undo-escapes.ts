const [PERCENT, PLUS, SPACE, PARENTHESIS] = [0x25, 0x2b, 0x20, 0x28];

/**
 * Undoes `%41` in place; CloudFront escaped percent signs too, so that `%2520` is a space: what is an escape then is undone
 * once more. @returns the new end
 */
export function percentDecoded(bytes: Buffer, start: number, end: number): number {
  const stop = decodedOnce(bytes, start, end);
  return stop === end ? end : decodedSpaces(bytes, start, stop);
}

function decodedOnce(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== PERCENT) at += 1;
  let out = at;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    const code = byte === PERCENT && at + 2 < end ? hexPair(bytes, at + 1) : -1;
    if (code === -1) {
      bytes[out] = byte;
    } else {
      bytes[out] = code;
      at += 2;
    }
    out += 1;
  }
  return out;
}

/** `%20` only: other escapes are the client's own. */
function decodedSpaces(bytes: Buffer, start: number, end: number): number {
  let out = start;
  for (let at = start; at < end; at += 1) {
    const isSpace = bytes[at] === PERCENT && at + 2 < end && bytes[at + 1] === 0x32 && bytes[at + 2] === 0x30;
    bytes[out] = isSpace ? SPACE : (bytes[at] as number);
    if (isSpace) at += 2;
    out += 1;
  }
  return out;
}

/**
 * IIS writes `+` for a space; of two the second was there (`(compatible;++http://…)`), and so was one behind a parenthesis
 * (`(+https://…)`). In place. @returns the end
 */
export function plusDecoded(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== PLUS || (at > start && bytes[at - 1] === PARENTHESIS)) continue;
    bytes[at] = SPACE;
    if (bytes[at + 1] === PLUS) at += 1;
  }
  return end;
}

function hexPair(bytes: Buffer, at: number): number {
  const high = hexDigit(bytes[at] as number);
  const low = hexDigit(bytes[at + 1] as number);
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const small = byte | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
}
