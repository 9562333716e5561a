import type { RandomBytes } from './keys.js';

/** UUID version 7 (RFC 9562): milliseconds of `now`, then random bits. */
export function newId(now: string, random: RandomBytes): string {
  const bytes = random(16);
  const milliseconds = Date.parse(now);
  bytes.writeUIntBE(Number.isNaN(milliseconds) ? 0 : milliseconds, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
