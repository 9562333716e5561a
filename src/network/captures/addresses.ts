/**
 * Which addresses belong to the own side: the device, its network, or nobody in particular. By the special-purpose
 * registries of IANA (RFC 6890, as updated by RFC 8190) and the ranges of multicast (RFC 5771, RFC 4291 2.7).
 *
 * The documentation ranges (RFC 5737, RFC 3849) and the benchmarking range (RFC 2544, which proxies on phones hand out as
 * stand-ins of real servers) are special too, but an address in them stands for a server elsewhere: they count as public.
 */

export type AddressKind =
  /** 0.0.0.0/8, `::`: a host that has no address yet. */
  | 'unspecified'
  /** 127.0.0.0/8, `::1`. */
  | 'loopback'
  /** 169.254.0.0/16, `fe80::/10`. */
  | 'link-local'
  /** 10/8, 172.16/12, 192.168/16 (RFC 1918), `fc00::/7` (RFC 4193), `fec0::/10` (RFC 3879). */
  | 'private'
  /** 100.64.0.0/10, behind a provider's NAT (RFC 6598). */
  | 'shared'
  /** 192.0.0.0/24: ends of translations on the device itself (RFC 7335), protocol assignments. */
  | 'protocol'
  /** 224.0.0.0/4, `ff00::/8`. */
  | 'multicast'
  /** 255.255.255.255 and the rest of 240.0.0.0/4, which nobody has (RFC 1112 4). */
  | 'broadcast'
  /** Anything else. */
  | 'public';

/**
 * What kind of address it is; null when the text is none. IPv4 inside IPv6 (mapped, RFC 4291 2.5.5.2; NAT64, RFC 6052) is
 * told by the IPv4 address.
 *
 * @example
 * addressKind('::ffff:192.168.1.7'); // 'private'
 */
export function addressKind(address: string): AddressKind | null {
  const number = ipv4Number(address, 0, address.length);
  if (number !== -1) return kindOf4(number);
  const groups = ipv6Groups(address);
  return groups === null ? null : kindOf6(groups);
}

/** True for an address of the own device or network, or one for many (multicast, broadcast): no server on the internet. */
export function isOwnSide(address: string | null): boolean {
  if (address === null) return false;
  const kind = addressKind(address);
  return kind !== null && kind !== 'public';
}

/** True for an address that many listen to. The last address of a network (192.168.1.255) is not told: its mask is not known. */
export function isMulticastOrBroadcast(address: string | null): boolean {
  if (address === null) return false;
  const kind = addressKind(address);
  return kind === 'multicast' || kind === 'broadcast';
}

function kindOf4(number: number): AddressKind {
  const first = Math.trunc(number / 0x1_00_00_00);
  const second = Math.trunc(number / 0x1_00_00) % 256;
  switch (first) {
    case 0:
      return 'unspecified';
    case 10:
      return 'private';
    case 100:
      return second >= 64 && second < 128 ? 'shared' : 'public';
    case 127:
      return 'loopback';
    case 169:
      return second === 254 ? 'link-local' : 'public';
    case 172:
      return second >= 16 && second < 32 ? 'private' : 'public';
    case 192:
      if (second === 168) return 'private';
      return second === 0 && Math.trunc(number / 0x1_00) % 256 === 0 ? 'protocol' : 'public';
    default:
      return first < 224 ? 'public' : first < 240 ? 'multicast' : 'broadcast';
  }
}

function kindOf6(groups: readonly number[]): AddressKind {
  const first = groups[0] ?? 0;
  if (first >= 0xff00) return 'multicast';
  if (first >= 0xfe80) return first < 0xfec0 ? 'link-local' : 'private';
  if (first >= 0xfc00 && first < 0xfe00) return 'private';
  const low = (groups[6] ?? 0) * 0x1_00_00 + (groups[7] ?? 0);
  if (first === 0x64 && groups[1] === 0xff9b && isZero(groups, 2, 6)) return kindOf4(low);
  if (!isZero(groups, 0, 5)) return 'public';
  if (groups[5] === 0xffff) return kindOf4(low);
  if (groups[5] !== 0) return 'public';
  return low === 0 ? 'unspecified' : low === 1 ? 'loopback' : 'public';
}

function isZero(groups: readonly number[], from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) if (groups[index] !== 0) return false;
  return true;
}

const [DOT, ZERO, NINE, COLON, PERCENT] = [0x2e, 0x30, 0x39, 0x3a, 0x25];

/** Four decimals from 0 to 255 as one number, or -1. Letter by letter: it is asked of both ends of every conversation. */
function ipv4Number(text: string, start: number, end: number): number {
  if (end - start < 7 || end - start > 15) return -1;
  let number = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let index = start; index < end; index += 1) {
    const letter = text.charCodeAt(index);
    if (letter >= ZERO && letter <= NINE) {
      part = part * 10 + letter - ZERO;
      digits += 1;
      if (digits > 3 || part > 255) return -1;
    } else if (letter === DOT && digits > 0 && dots < 3) {
      number = number * 256 + part;
      part = 0;
      digits = 0;
      dots += 1;
    } else return -1;
  }
  return dots === 3 && digits > 0 ? number * 256 + part : -1;
}

/** The eight groups of an IPv6 address (RFC 4291 2.2), without its zone; null when it is none. */
function ipv6Groups(text: string): number[] | null {
  // The longest, with a zone, has fewer letters; what is longer is no address.
  if (text.length < 2 || text.length > 64) return null;
  const zone = text.indexOf('%');
  const end = zone === -1 ? text.length : zone;
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return null;
    gap = 0;
    at = 2;
  }
  while (at < end) {
    const start = at;
    let value = 0;
    let letter = text.charCodeAt(at);
    while (at < end && letter !== COLON && letter !== DOT) {
      const digit = hexDigit(letter);
      if (digit === -1 || at - start >= 4) return null;
      value = value * 16 + digit;
      at += 1;
      letter = at < end ? text.charCodeAt(at) : PERCENT;
    }
    if (at < end && letter === DOT) {
      const low = ipv4Number(text, start, end);
      if (low === -1 || groups.length > 6) return null;
      groups.push(Math.trunc(low / 0x1_00_00), low % 0x1_00_00);
      return filled(groups, gap);
    }
    if (at === start || groups.length === 8) return null;
    groups.push(value);
    if (at === end) break;
    at += 1;
    if (at === end) return null;
    if (text.charCodeAt(at) === COLON) {
      if (gap !== -1) return null;
      gap = groups.length;
      at += 1;
    }
  }
  return filled(groups, gap);
}

/** With the zeros that `::` stands for. */
function filled(groups: number[], gap: number): number[] | null {
  if (gap === -1) return groups.length === 8 ? groups : null;
  if (groups.length > 7) return null;
  groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  return groups;
}

function hexDigit(letter: number): number {
  if (letter >= ZERO && letter <= NINE) return letter - ZERO;
  const lower = letter | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
