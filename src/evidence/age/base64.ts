/** Standard base64 that has one form only: no other text is read as the same bytes (RFC 4648, 3.5). */

/** @returns null unless this is what {@link toBase64} writes. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return toBase64(bytes) === text ? bytes : null;
}

/** Without padding. */
export function toBase64(bytes: Uint8Array): string {
  return withPadding(bytes).replace(/=+$/, '');
}

/** @returns null unless padded and in its one form. */
export function fromPaddedBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return withPadding(bytes) === text ? bytes : null;
}

export function withPadding(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
