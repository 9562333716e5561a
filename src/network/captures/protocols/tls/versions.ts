/** Numbers of versions of SSL, TLS and DTLS (RFC 6101, 2246, 4346, 5246, 8446; 4347, 6347, 9147). */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0002, 'SSL 2.0'],
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
  // What OpenSSL before 0.9.8f wrote for DTLS 1.0.
  [0x0100, 'DTLS 1.0'],
  [0xfeff, 'DTLS 1.0'],
  [0xfefd, 'DTLS 1.2'],
  [0xfefc, 'DTLS 1.3'],
]);

/** `TLS 1.3`; of a draft `TLS 1.3 draft 28`; of what nobody knows its number, `0xfb1a`. */
export function versionName(version: number): string {
  const known = NAMES.get(version);
  if (known !== undefined) return known;
  // RFC 8446's drafts (draft-ietf-tls-tls13-28 4.2.1.1) counted from 0x7f00.
  if (version > 0x7f00 && version <= 0x7f1c) return `TLS 1.3 draft ${version & 0xff}`;
  return `0x${version.toString(16).padStart(4, '0')}`;
}

/** Whether all after the ServerHello is encrypted. */
export function hidesCertificates(version: number): boolean {
  return version === 0x0304 || version === 0xfefc || version >> 8 === 0x7f || version >> 8 === 0xfb;
}
