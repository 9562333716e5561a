import { isIP } from '../../../core/ip-address.js';

/**
 * The bits of an address as text, `4` or `6` before them: prefixes are then beginnings. IPv4 inside IPv6 (mapped,
 * RFC 4291 2.5.5.2) is IPv4. Null when the text is no address.
 *
 * @example
 * addressBits('128.0.0.1'); // '410000000000000000000000000000001'
 */
export function addressBits(address: string): string | null {
  if (address.length > 64) return null;
  const zone = address.indexOf('%');
  const bare = zone === -1 ? address : address.slice(0, zone);
  const version = isIP(bare);
  if (version === 4) return `4${bitsOf4(bare)}`;
  if (version === 0) return null;
  const groups = groupsOf6(bare);
  const bits = groups.map((group) => group.toString(2).padStart(16, '0')).join('');
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? `4${bits.slice(96)}` : `6${bits}`;
}

function bitsOf4(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

/** Of a text that is an IPv6 address. */
function groupsOf6(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const before = groupsIn(head);
  if (tail === undefined) return before;
  const after = groupsIn(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupsIn(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const bits = bitsOf4(part);
    return [Number.parseInt(bits.slice(0, 16), 2), Number.parseInt(bits.slice(16), 2)];
  });
}
