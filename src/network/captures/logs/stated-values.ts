/** Values of logs in the form records have them. Most are asked for in each of millions of rows. */
import { Buffer, isUtf8 } from 'node:buffer';
import { canonicalAddress } from '../../../indicators/matcher-addresses.js';
import { addressOf } from '../../scans/scan-values.js';

/** Texts kept of a log: targets of requests, names of programs. */
export const MAX_TEXT = 4_096;
/** Addresses remembered in their short form. */
const MAX_REMEMBERED = 10_000;

/**
 * An address as records have it, or null when the text is none. Suricata writes all eight groups of IPv6.
 *
 * @example
 * statedAddress('2001:0db8:0000:0000:0000:0000:0000:0001'); // '2001:db8::1'
 */
export function statedAddress(text: string | null): string | null {
  if (text === null) return null;
  if (!text.includes(':')) return addressOf(text);
  let short = shortForms.get(text);
  if (short === undefined) {
    short = text.length > MAX_ADDRESS ? null : canonicalAddress(text);
    if (shortForms.size >= MAX_REMEMBERED) shortForms.clear();
    shortForms.set(text, short);
  }
  return short;
}

/** With a zone (RFC 6874). */
const MAX_ADDRESS = 64;
const shortForms = new Map<string, string | null>();

/** IANA protocol numbers, by the names records have. */
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [41, 'ipv6'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ah'],
  [58, 'ipv6-icmp'],
  [89, 'ospf'],
  [103, 'pim'],
  [112, 'vrrp'],
  [132, 'sctp'],
  [136, 'udplite'],
]);

/** Name of a protocol by its number. */
export function protocolNumbered(number: number): string {
  return PROTOCOLS.get(number) ?? `ip-${number}`;
}

/** Whether ports of a protocol are ports. Logs put types and codes of ICMP in their place. */
export function hasPorts(transport: string): boolean {
  return transport === 'tcp' || transport === 'udp' || transport === 'sctp' || transport === 'udplite';
}

const TLS_VERSIONS: ReadonlyMap<string, string> = new Map([
  ['sslv2', 'SSL 2.0'],
  ['sslv20', 'SSL 2.0'],
  ['sslv3', 'SSL 3.0'],
  ['sslv30', 'SSL 3.0'],
  ['tlsv1', 'TLS 1.0'],
  ['tls1.0', 'TLS 1.0'],
  ['tlsv10', 'TLS 1.0'],
  ['tlsv11', 'TLS 1.1'],
  ['tlsv12', 'TLS 1.2'],
  ['tlsv13', 'TLS 1.3'],
  ['dtlsv10', 'DTLS 1.0'],
  ['dtlsv12', 'DTLS 1.2'],
  ['dtlsv13', 'DTLS 1.3'],
]);

/** A version of TLS in the words of records: Zeek's `TLSv12` and `TLSv13-draft28`, Suricata's `TLSv1` and `TLS 1.2`. */
export function tlsVersion(text: string | null): string | null {
  if (text === null || /^(?:undetermined|unknown)$/i.test(text)) return null;
  const known = TLS_VERSIONS.get(text.toLowerCase().replaceAll(' ', ''));
  if (known !== undefined) return known;
  const [, draft] = /^TLS(?:v13| 1\.3)[ -]draft[ -]?(\d{1,2})$/.exec(text) ?? [];
  return draft === undefined ? text.slice(0, 40) : `TLS 1.3 draft ${draft}`;
}

/**
 * Undoes `\x41`, which both programs write for bytes outside printable ASCII. The bytes are text in UTF-8, or one
 * character each. `isTable`: the text is of Zeek's own table format, where every backslash begins an escape; in JSON only
 * bytes that could not stand there themselves are escaped, and `\x41` is what was sent.
 */
export function withoutEscapes(text: string, isTable: boolean): string {
  if (!text.includes('\\x')) return text;
  let isText = true;
  const plain = text.replace(/\\x([\da-fA-F]{2})/g, (written, digits: string) => {
    const byte = Number.parseInt(digits, 16);
    if (!isTable && byte >= 32 && byte < 127) return written;
    if (byte > 127) isText = false;
    return String.fromCharCode(byte);
  });
  if (isText) return plain;
  // One character per byte: what was not escaped may be text beyond Latin-1 already.
  const bytes = bytesOf(text, isTable);
  return isUtf8(bytes) ? bytes.toString('utf8') : plain;
}

function bytesOf(text: string, isTable: boolean): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const found of text.matchAll(/\\x([\da-fA-F]{2})/g)) {
    const byte = Number.parseInt(found[1] ?? '', 16);
    if (!isTable && byte >= 32 && byte < 127) continue;
    parts.push(Buffer.from(text.slice(from, found.index)), Buffer.of(byte));
    from = found.index + found[0].length;
  }
  parts.push(Buffer.from(text.slice(from)));
  return Buffer.concat(parts);
}

/**
 * A name of the name system as records have it, from the text of a log with its escapes: no final dot, "." for the root, bytes outside
 * printable ASCII as `\DDD`. Which dots stood inside a label a log does not say.
 */
export function domainName(text: string): string {
  if (text === '' || text === '.' || text === '<Root>') return '.';
  const plain = text.endsWith('.') ? text.slice(0, -1) : text;
  if (!/[^\x21-\x5b\x5d-\x7e]/.test(plain)) return plain;
  let name = '';
  for (const byte of bytesOf(plain.slice(0, MAX_TEXT), true))
    name +=
      byte > 32 && byte < 127 && byte !== 92
        ? String.fromCharCode(byte)
        : `\\${String(byte).padStart(3, '0')}`;
  return name;
}

/** Host of a Host header without its port. */
export function hostWithoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, '');
}

/**
 * The whole address of a request in the clear, as far as a log tells it. An absolute target (RFC 9112 3.2.2) is the
 * address itself.
 */
export function requestUrl(
  host: string | null,
  target: string | null,
  serverAddress: string | null,
  serverPort: number | null,
): string | null {
  if (target === null) return null;
  if (/^[a-z][a-z\d+.-]{1,20}:\/\//i.test(target)) return target;
  const name = host ?? (serverAddress?.includes(':') ? `[${serverAddress}]` : serverAddress);
  if (name === null || name === undefined || !target.startsWith('/')) return null;
  const stated = /:\d{1,5}$/.test(name) && !name.endsWith(']');
  const port = stated || serverPort === null || serverPort === 80 ? '' : `:${serverPort}`;
  return `http://${name}${port}${target}`;
}

/** The last part of a path, as a name of a file: `/a/b.apk?x=1` is `b.apk`. Null when there is none. */
export function lastPart(path: string): string | null {
  const [plain = ''] = path.split(/[?#]/, 1);
  const name = plain.slice(Math.max(plain.lastIndexOf('/'), plain.lastIndexOf('\\')) + 1);
  return name === '' ? null : name.slice(0, MAX_TEXT);
}
