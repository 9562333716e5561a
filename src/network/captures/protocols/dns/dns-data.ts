/** Data of resource records as zone files write it (RFC 1035 5.1); names without the final dot, as everywhere here. */
import { addressText } from '../../frames/address-text.js';
import type { NameReader } from './dns-name.js';

/** Kept of the text of one record. */
const MAX_TEXT = 2048;
/** Bytes written as hexadecimal. */
const MAX_HEX_BYTES = 256;
const [QUOTE, BACKSLASH] = [34, 92];

/** Names of the parameters of SVCB and HTTPS (RFC 9460 14.3.2; `ech` RFC 9848). */
const SERVICE_KEYS = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
];
const [MANDATORY, ALPN, PORT, IPV4_HINT, ECH, IPV6_HINT] = [0, 1, 3, 4, 5, 6];

/** Text of the data between `at` and `end`. Data that does not fit its type is written as RFC 3597 5 says: `\# 4 c0000201`. */
export function dataText(
  type: number,
  bytes: Buffer,
  messageStart: number,
  at: number,
  end: number,
  names: NameReader,
): string {
  const text = knownText(type, bytes, messageStart, at, end, names) ?? unknownText(bytes, at, end);
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
}

function knownText(
  type: number,
  bytes: Buffer,
  messageStart: number,
  at: number,
  end: number,
  names: NameReader,
): string | null {
  const length = end - at;
  switch (type) {
    case 1:
      return length === 4 ? addressText(bytes, at, 4) : null;
    case 28:
      return length === 16 ? addressText(bytes, at, 6) : null;
    case 2: // NS, MD, MF, CNAME, MB, MG, MR, PTR, DNAME: a name
    case 3:
    case 4:
    case 5:
    case 7:
    case 8:
    case 9:
    case 12:
    case 39:
      return names.read(bytes, messageStart, at, end);
    case 6:
      return startOfAuthority(bytes, messageStart, at, end, names);
    case 14: // MINFO, RP: two names
    case 17:
      return twoNames(bytes, messageStart, at, end, names);
    case 15: // MX, AFSDB, KX: number and name
    case 18:
    case 36:
      return numbersAndName(1, bytes, messageStart, at, end, names);
    case 33:
      return numbersAndName(3, bytes, messageStart, at, end, names);
    case 13: // HINFO, TXT, SPF: strings
    case 16:
    case 99:
      return strings(bytes, at, end);
    case 35:
      return authorityPointer(bytes, messageStart, at, end, names);
    case 64:
    case 65:
      return service(bytes, messageStart, at, end, names);
    case 257:
      return authorityOfCertificates(bytes, at, end);
    default:
      return null;
  }
}

function unknownText(bytes: Buffer, at: number, end: number): string {
  const length = end - at;
  return length === 0
    ? '\\# 0'
    : `\\# ${length} ${bytes.toString('hex', at, Math.min(end, at + MAX_HEX_BYTES))}`;
}

function twoNames(bytes: Buffer, start: number, at: number, end: number, names: NameReader): string | null {
  const first = names.read(bytes, start, at, end);
  if (first === null) return null;
  const second = names.read(bytes, start, names.next, end);
  return second === null ? null : `${first} ${second}`;
}

function startOfAuthority(
  bytes: Buffer,
  start: number,
  at: number,
  end: number,
  names: NameReader,
): string | null {
  const text = twoNames(bytes, start, at, end, names);
  const { next } = names;
  if (text === null || next + 20 > end) return null;
  let numbers = '';
  for (let index = 0; index < 5; index += 1) numbers += ` ${bytes.readUInt32BE(next + index * 4)}`;
  return text + numbers;
}

function numbersAndName(
  count: number,
  bytes: Buffer,
  start: number,
  at: number,
  end: number,
  names: NameReader,
): string | null {
  if (at + count * 2 >= end) return null;
  let text = '';
  for (let index = 0; index < count; index += 1) text += `${bytes.readUInt16BE(at + index * 2)} `;
  const name = names.read(bytes, start, at + count * 2, end);
  return name === null ? null : text + name;
}

/** Each in quotation marks, with a space between. */
function strings(bytes: Buffer, at: number, end: number): string | null {
  if (at >= end) return null;
  let position = at;
  let text = '';
  while (position < end && text.length < MAX_TEXT) {
    const length = bytes[position] as number;
    if (position + 1 + length > end) return null;
    text += `${text === '' ? '' : ' '}${quoted(bytes, position + 1, position + 1 + length)}`;
    position += 1 + length;
  }
  return text;
}

/** RFC 3403 4.1. */
function authorityPointer(
  bytes: Buffer,
  start: number,
  at: number,
  end: number,
  names: NameReader,
): string | null {
  if (at + 4 > end) return null;
  let text = `${bytes.readUInt16BE(at)} ${bytes.readUInt16BE(at + 2)}`;
  let position = at + 4;
  for (let index = 0; index < 3; index += 1) {
    const length = position < end ? (bytes[position] as number) : end;
    if (position + 1 + length > end) return null;
    text += ` ${quoted(bytes, position + 1, position + 1 + length)}`;
    position += 1 + length;
  }
  const name = names.read(bytes, start, position, end);
  return name === null ? null : `${text} ${name}`;
}

/** RFC 8659 4.1. */
function authorityOfCertificates(bytes: Buffer, at: number, end: number): string | null {
  const tagLength = at + 1 < end ? (bytes[at + 1] as number) : end;
  const value = at + 2 + tagLength;
  if (value > end) return null;
  return `${bytes[at]} ${escaped(bytes, at + 2, value)} ${quoted(bytes, value, end)}`;
}

/** RFC 9460 2.1, 2.2. */
function service(bytes: Buffer, start: number, at: number, end: number, names: NameReader): string | null {
  if (at + 2 > end) return null;
  const target = names.read(bytes, start, at + 2, end);
  if (target === null) return null;
  let text = `${bytes.readUInt16BE(at)} ${target}`;
  let position = names.next;
  while (position + 4 <= end && text.length < MAX_TEXT) {
    const key = bytes.readUInt16BE(position);
    const valueEnd = position + 4 + bytes.readUInt16BE(position + 2);
    if (valueEnd > end) break;
    text += ` ${parameter(key, bytes, position + 4, valueEnd)}`;
    position = valueEnd;
  }
  return text;
}

function parameter(key: number, bytes: Buffer, at: number, end: number): string {
  const name = SERVICE_KEYS[key] ?? `key${key}`;
  if (at === end) return name;
  const list: string[] = [];
  if (key === MANDATORY) {
    for (let place = at; place + 2 <= end; place += 2) {
      const number = bytes.readUInt16BE(place);
      list.push(SERVICE_KEYS[number] ?? `key${number}`);
    }
    return `${name}=${list.join(',')}`;
  }
  if (key === ALPN) {
    for (let place = at; place < end; ) {
      const next = place + 1 + (bytes[place] as number);
      list.push(escaped(bytes, place + 1, Math.min(next, end)));
      place = next;
    }
    return `${name}="${list.join(',')}"`;
  }
  if (key === PORT && end - at === 2) return `${name}=${bytes.readUInt16BE(at)}`;
  if (key === IPV4_HINT || key === IPV6_HINT) {
    const [size, version] = key === IPV4_HINT ? ([4, 4] as const) : ([16, 6] as const);
    for (let place = at; place + size <= end; place += size) list.push(addressText(bytes, place, version));
    return `${name}=${list.join(',')}`;
  }
  if (key === ECH) return `${name}=${bytes.toString('base64', at, end)}`;
  return `${name}=${quoted(bytes, at, end)}`;
}

function quoted(bytes: Buffer, at: number, end: number): string {
  return `"${escaped(bytes, at, end)}"`;
}

/** Printable ASCII as it is, quotation marks and backslashes with a backslash, other bytes as `\DDD`. */
function escaped(bytes: Buffer, at: number, end: number): string {
  const stop = Math.min(end, at + MAX_TEXT);
  let isPlain = true;
  for (let index = at; index < stop && isPlain; index += 1) {
    const byte = bytes[index] as number;
    isPlain = byte >= 32 && byte < 127 && byte !== QUOTE && byte !== BACKSLASH;
  }
  if (isPlain) return bytes.toString('latin1', at, stop);
  let text = '';
  for (let index = at; index < stop; index += 1) {
    const byte = bytes[index] as number;
    if (byte === QUOTE || byte === BACKSLASH) text += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 32 && byte < 127) text += String.fromCharCode(byte);
    else text += `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}
