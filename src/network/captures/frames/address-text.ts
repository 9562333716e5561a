/** An address as text: IPv4 with dots, IPv6 as RFC 5952 writes it. */
export function addressText(bytes: Buffer, at: number, ipVersion: 4 | 6): string {
  if (ipVersion === 4) return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
  const groups: number[] = [];
  for (let group = 0; group < 8; group += 1) groups.push(bytes.readUInt16BE(at + group * 2));
  // An IPv4 address inside is written as one (RFC 5952 5, RFC 4291 2.5.5.2).
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${addressText(bytes, at + 12, 4)}`;
  // The longest run of zeros is left out, the first of equal ones, never a single one (4.2).
  let from = -1;
  let longest = 1;
  for (let start = 0; start < 8; ) {
    let end = start;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - start > longest) {
      from = start;
      longest = end - start;
    }
    start = end + 1;
  }
  const texts = groups.map((group) => group.toString(16));
  if (from < 0) return texts.join(':');
  return `${texts.slice(0, from).join(':')}::${texts.slice(from + longest).join(':')}`;
}
