/** Kept of a name that somebody sends: names of hosts have at most 253 characters. */
const MAX_NAME_BYTES = 512;

/** Bytes as text: printable ASCII as it is, all else, and the backslash, as `\xNN`. */
export function printable(bytes: Buffer, start: number, end: number): string {
  const most = Math.min(end, start + MAX_NAME_BYTES);
  for (let at = start; at < most; at += 1) {
    if (!isPlain(bytes[at] as number)) return escaped(bytes, start, most);
  }
  return bytes.toString('latin1', start, most);
}

function escaped(bytes: Buffer, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    text += isPlain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}

function isPlain(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== 0x5c;
}
