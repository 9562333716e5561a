/** Countries as `first << 8 | second` of their two letters (ISO 3166-1 alpha-2); 0 is none. */

export function packedCountry(code: string): number {
  return code.length === 2 ? (code.charCodeAt(0) << 8) | code.charCodeAt(1) : 0;
}

export function countryText(packed: number): string {
  return packed === 0 ? '' : String.fromCharCode(packed >>> 8, packed & 255);
}
