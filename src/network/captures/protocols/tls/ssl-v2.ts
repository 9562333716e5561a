/** Hellos in the form of SSL 2.0 (Hickman, "The SSL Protocol", 1995; RFC 5246 E.2). */
import { HelloFields } from './hello-fields.js';

const [CLIENT_HELLO, SERVER_HELLO] = [1, 4];

/** Length of the record that begins here, with its two bytes of header; -1 when it has not the form. */
export function sslV2RecordBytes(first: number, second: number): number {
  return first & 0x80 ? (((first & 0x7f) << 8) | second) + 2 : -1;
}

/** Whether these bytes begin a client's hello. All of what comes before its lists must be here. */
export function isSslV2Hello(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 11 || ((bytes[start] as number) & 0x80) === 0 || bytes[start + 2] !== CLIENT_HELLO)
    return false;
  const version = bytes.readUInt16BE(start + 3);
  if (version !== 0x0002 && (version < 0x0300 || version > 0x0304)) return false;
  const ciphers = bytes.readUInt16BE(start + 5);
  const session = bytes.readUInt16BE(start + 7);
  const challenge = bytes.readUInt16BE(start + 9);
  return (
    ciphers > 0 &&
    ciphers % 3 === 0 &&
    (session === 0 || session === 16) &&
    challenge >= 16 &&
    challenge <= 32 &&
    sslV2RecordBytes(bytes[start] as number, bytes[start + 1] as number) ===
      11 + ciphers + session + challenge
  );
}

/** Where the certificate lies in a server's hello of SSL 2.0; null when it is none. */
export function sslV2Certificate(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } | null {
  const fields = new HelloFields(bytes, start + 2, end);
  if (fields.number(1) !== SERVER_HELLO) return null;
  // Whether a session was found, and the type of the certificate.
  fields.skip(2);
  const version = fields.number(2);
  const length = fields.number(2);
  fields.skip(4);
  const certificate = fields.skip(Math.max(0, length));
  if (fields.isDamaged || version !== 0x0002) return null;
  return { start: certificate, end: certificate + length };
}
