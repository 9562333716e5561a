/**
 * How a host is called where there is room for one name: its first name and how many more there are, since none of them
 * wins; its address where it has none.
 *
 * @param isCut - some of its names were not kept
 *
 * @example
 * hostLabel(['a.example', 'b.example'], false, '192.0.2.1'); // 'a.example (+1)'
 */
export function hostLabel(names: readonly string[], isCut: boolean, address: string): string {
  const [first] = names;
  if (first === undefined) return address;
  return names.length === 1 && !isCut ? first : `${first} (+${names.length - 1}${isCut ? '…' : ''})`;
}
