/**
 * Fingerprints of hellos. JA3 and JA3S: Salesforce, "TLS Fingerprinting with JA3 and JA3S" (2019). JA4: FoxIO, technical
 * details of JA4 (the TLS client one, BSD 3-Clause; none of its siblings).
 */
import { hash } from 'node:crypto';
import { ALPN, type ClientHello, SERVER_NAME } from './client-hello.js';
import type { ServerHello } from './server-hello.js';

/** What a conversation came in, as JA4 writes it first. */
const CARRIER_LETTERS = { tls: 't', quic: 'q', dtls: 'd' } as const;

const VERSION_LETTERS: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
]);

const EMPTY_HASH = '000000000000';

/** Values without meaning, sent to keep servers tolerant: 0x0a0a, 0x1a1a … 0xfafa (RFC 8701). */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

export function ja3(hello: ClientHello): string {
  return hash(
    'md5',
    `${hello.legacyVersion},${decimals(hello.ciphers)},${decimals(hello.extensions)},${decimals(hello.groups)},${hello.pointFormats.join('-')}`,
  );
}

export function ja3s(hello: ServerHello): string {
  return hash('md5', `${hello.legacyVersion},${hello.cipher},${decimals(hello.extensions)}`);
}

export function ja4(hello: ClientHello, carrier: keyof typeof CARRIER_LETTERS): string {
  const ciphers = hello.ciphers.filter(isMeant);
  const extensions = hello.extensions.filter(isMeant);
  const version = VERSION_LETTERS.get(highestVersion(hello)) ?? '00';
  const name = extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const sorted = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN);
  const algorithms = (hello.signatureAlgorithms ?? []).filter(isMeant).map(hex16).join(',');
  const extensionsText = hexSorted(sorted);
  return `${CARRIER_LETTERS[carrier]}${version}${name}${count(ciphers)}${count(extensions)}${alpnLetters(hello.firstAlpn)}_${
    ciphers.length === 0 ? EMPTY_HASH : short(hexSorted(ciphers))
  }_${
    sorted.length === 0
      ? EMPTY_HASH
      : short(algorithms === '' ? extensionsText : `${extensionsText}_${algorithms}`)
  }`;
}

/** Versions of DTLS count downwards. */
function highestVersion({ versions, legacyVersion }: ClientHello): number {
  let highest = -1;
  for (const version of versions) {
    if (isGrease(version)) continue;
    const isDatagram = version >> 8 === 0xfe && highest >> 8 === 0xfe;
    if (highest === -1 || (isDatagram ? version < highest : version > highest)) highest = version;
  }
  return highest === -1 ? legacyVersion : highest;
}

/**
 * First and last character of the first protocol; of its hexadecimal form when either is ASCII but no letter or digit.
 * Bytes beyond ASCII are `9`: the description of JA4 wants hexadecimal there too, but both of FoxIO's own programs write
 * `9` (as of June 2026), and published fingerprints come from them.
 */
function alpnLetters(hexadecimal: string | null): string {
  if (hexadecimal === null || hexadecimal === '') return '00';
  const first = alpnLetter(Number.parseInt(hexadecimal.slice(0, 2), 16));
  const last = alpnLetter(Number.parseInt(hexadecimal.slice(-2), 16));
  return first === null || last === null ? `${hexadecimal[0]}${hexadecimal.at(-1)}` : first + last;
}

function alpnLetter(byte: number): string | null {
  if (byte >= 0x80) return '9';
  return isAlphanumeric(byte) ? String.fromCharCode(byte) : null;
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function isMeant(value: number): boolean {
  return !isGrease(value);
}

function decimals(values: readonly number[]): string {
  return values.filter(isMeant).join('-');
}

function hexSorted(values: readonly number[]): string {
  // Of four digits each, so they sort as numbers do.
  return [...values]
    .sort((one, other) => one - other)
    .map(hex16)
    .join(',');
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function count(values: readonly number[]): string {
  return String(Math.min(99, values.length)).padStart(2, '0');
}

function short(text: string): string {
  return hash('sha256', text).slice(0, 12);
}
