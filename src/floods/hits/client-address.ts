/** Addresses of clients as access logs write them. RFC 4291, 2.2 for IPv6; 2.5.5.2 for IPv4 mapped into it. */

/** Where an address goes. */
export interface AddressWords {
  ipVersion: 0 | 4 | 6;
  ip0: number;
  ip1: number;
  ip2: number;
  ip3: number;
}

const [COLON, DOT, PERCENT, OPEN, CLOSE] = [0x3a, 0x2e, 0x25, 0x5b, 0x5d];

/**
 * Reads an IPv4 or IPv6 address out of bytes; brackets, a zone (`%eth0`) and a port behind it are dropped, IPv4 mapped
 * into IPv6 becomes IPv4. Anything else leaves the version 0.
 */
export function readAddress(bytes: Uint8Array, start: number, end: number, into: AddressWords): void {
  into.ipVersion = 0;
  if (readIpv4(bytes, start, end, into)) return;
  let from = start;
  let to = end;
  if (bytes[from] === OPEN) {
    from += 1;
    to = from;
    while (to < end && bytes[to] !== CLOSE) to += 1;
    if (to === end) return;
  }
  // The longest notation is eight groups of four, or six and an IPv4 address; a zone may follow.
  if (to - from < 2 || to - from > 80) return;
  readIpv6(bytes, from, to, into);
}

/** An IPv4 address, perhaps with a port. Fast: it is tried for every line. */
function readIpv4(bytes: Uint8Array, start: number, end: number, into: AddressWords): boolean {
  let word = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  let at = start;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 0x30 && byte <= 0x39) {
      part = part * 10 + byte - 0x30;
      digits += 1;
      if (digits > 3) return false;
    } else if (byte === DOT) {
      if (digits === 0 || part > 255 || dots === 3) return false;
      word = word * 256 + part;
      part = 0;
      digits = 0;
      dots += 1;
    } else if (byte === COLON && dots === 3) {
      break;
    } else {
      return false;
    }
  }
  if (dots !== 3 || digits === 0 || part > 255) return false;
  for (let port = at + 1; port < end; port += 1) {
    const byte = bytes[port] as number;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  into.ipVersion = 4;
  into.ip0 = word * 256 + part;
  into.ip1 = 0;
  into.ip2 = 0;
  into.ip3 = 0;
  return true;
}

const groups = new Uint16Array(8);

function readIpv6(bytes: Uint8Array, start: number, end: number, into: AddressWords): boolean {
  groups.fill(0);
  let count = 0;
  /** Groups before `::`; -1 when there is none. */
  let gap = -1;
  let at = start;
  let value = 0;
  let digits = 0;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === PERCENT) break;
    if (byte === COLON) {
      if (digits === 0) {
        // Only as a part of one `::`.
        const isFirst = at === start && bytes[at + 1] === COLON;
        if (!isFirst && !(bytes[at - 1] === COLON && gap === -1)) return false;
        if (isFirst) continue;
        gap = count;
      } else {
        if (count === 8) return false;
        groups[count] = value;
        count += 1;
        value = 0;
        digits = 0;
      }
      continue;
    }
    if (byte === DOT) return readMapped(bytes, at - digits, end, count, gap, into);
    const digit = hexDigit(byte);
    if (digit === -1 || digits === 4) return false;
    value = value * 16 + digit;
    digits += 1;
  }
  if (digits > 0) {
    if (count === 8) return false;
    groups[count] = value;
    count += 1;
  } else if (bytes[at - 1] !== COLON || bytes[at - 2] !== COLON) {
    return false;
  }
  return finish(count, gap, into);
}

/** The last four bytes in dotted notation: `::ffff:192.0.2.1`. */
function readMapped(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  gap: number,
  into: AddressWords,
): boolean {
  let stop = start;
  while (stop < end && bytes[stop] !== PERCENT) stop += 1;
  const before = { ipVersion: 0 as 0 | 4 | 6, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  if (count > 6 || !readIpv4(bytes, start, stop, before)) return false;
  groups[count] = before.ip0 >>> 16;
  groups[count + 1] = before.ip0 & 0xffff;
  return finish(count + 2, gap, into);
}

function finish(count: number, gap: number, into: AddressWords): boolean {
  if (gap === -1 ? count !== 8 : count > 7) return false;
  if (gap !== -1) {
    const tail = count - gap;
    for (let index = 0; index < tail; index += 1) {
      groups[7 - index] = groups[count - 1 - index] as number;
    }
    for (let index = gap; index < 8 - tail; index += 1) groups[index] = 0;
  }
  const word = (index: number): number => (groups[index] as number) * 65_536 + (groups[index + 1] as number);
  const [ip0, ip1, ip2, ip3] = [word(0), word(2), word(4), word(6)];
  if (ip0 === 0 && ip1 === 0 && ip2 === 0xffff) {
    into.ipVersion = 4;
    into.ip0 = ip3;
    into.ip1 = 0;
    into.ip2 = 0;
    into.ip3 = 0;
    return true;
  }
  into.ipVersion = 6;
  into.ip0 = ip0;
  into.ip1 = ip1;
  into.ip2 = ip2;
  into.ip3 = ip3;
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The address as text: dotted, or RFC 5952 for IPv6. "" for version 0. */
export function addressOf({ ipVersion, ip0, ip1, ip2, ip3 }: Readonly<AddressWords>): string {
  if (ipVersion === 4) return `${ip0 >>> 24}.${(ip0 >>> 16) & 255}.${(ip0 >>> 8) & 255}.${ip0 & 255}`;
  if (ipVersion === 0) return '';
  const parts = [ip0, ip1, ip2, ip3].flatMap((word) => [word >>> 16, word & 0xffff]);
  let [best, bestLength] = [-1, 1];
  for (let from = 0; from < 8; from += 1) {
    let length = 0;
    while (from + length < 8 && parts[from + length] === 0) length += 1;
    if (length > bestLength) [best, bestLength] = [from, length];
  }
  const hex = (list: readonly number[]): string => list.map((part) => part.toString(16)).join(':');
  if (best === -1) return hex(parts);
  return `${hex(parts.slice(0, best))}::${hex(parts.slice(best + bestLength))}`;
}
