/** A name as archives carry it, made into a path inside the evidence, or refused. */
export type MemberName =
  | { readonly path: string; readonly isDirectory: boolean }
  | { readonly refused: 'unsafe-name' | 'name-too-long' | 'empty-name' };

/**
 * Paths inside evidence have "/" between parts and start with none. Leading "/", "./" and "\" are dropped: dumps of
 * phones are packed with absolute names, and nothing is ever written to the path a name gives. Names that climb
 * ("..") or name a drive are refused: no honest tool writes them, and later tools might obey them.
 */
export function memberName(raw: string, maxLength: number): MemberName {
  if (raw.length > maxLength) return { refused: 'name-too-long' };
  if (raw.includes('\0') || /^[\\/]*[A-Za-z]:/.test(raw)) return { refused: 'unsafe-name' };
  // Windows tools of old wrote "\" between parts, against APPNOTE.TXT 4.4.17.1.
  const parts = raw
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { refused: 'unsafe-name' };
  if (parts.length === 0) {
    return raw === '' ? { refused: 'empty-name' } : { path: '', isDirectory: true };
  }
  return { path: parts.join('/'), isDirectory: /[\\/]\.?$/.test(raw) };
}
