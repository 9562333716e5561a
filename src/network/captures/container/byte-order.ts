/** Numbers in the byte order of a file or section. Plain functions: they run several times for each packet. */

export function word(bytes: Buffer, at: number, isBig: boolean): number {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  const d = bytes[at + 3] as number;
  return isBig ? ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 : ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}

export function half(bytes: Buffer, at: number, isBig: boolean): number {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  return isBig ? (a << 8) | b : (b << 8) | a;
}
