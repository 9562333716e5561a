/**
 * A password as it may have been typed where it was chosen: "ñ" is one character on most keyboards and two on
 * some systems (Unicode Standard Annex 15), which are different bytes and so another key. The first is as given.
 */
export function formsOf(password: string): ReadonlySet<string> {
  return new Set([password, password.normalize('NFC'), password.normalize('NFD')]);
}
