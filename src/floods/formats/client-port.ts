import type { Hit } from '../hits/hit.js';
import { isDigit } from './scan.js';

/** Takes a client that always has a port behind it: `192.0.2.1:443`, `[2001:db8::1]:443`, `2001:db8::1:443`. */
export function setClientWithPort(hit: Hit, start: number, end: number): void {
  let colon = end - 1;
  while (colon > start && isDigit(hit.bytes[colon] as number)) colon -= 1;
  if (colon > start && hit.bytes[colon] === 0x3a) {
    hit.setClient(start, colon);
    if (hit.ipVersion !== 0) return;
  }
  hit.setClient(start, end);
}
