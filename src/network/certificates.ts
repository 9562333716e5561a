/**
 * X.509 certificates (RFC 5280), read in one walk over the bytes. Scans bring them by the ten million, so nothing is
 * decoded that is not asked for, and no library is called for each.
 */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { DistinguishedName, ServerCertificate } from '../records/certificate.js';

/** The bytes are no certificate, or a damaged one. */
export class DerError extends Error {
  override readonly name = 'DerError';

  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(`${message} at byte ${offset}`);
  }
}

/** Larger ones are no certificates of servers. */
const MAX_CERTIFICATE_BYTES = 1024 * 1024;
/** Kept of a name: real ones have a dozen parts. */
const MAX_NAME_PARTS = 64;
const MAX_VALUE_CHARACTERS = 1_024;
/** Read of a name written as text. */
const MAX_NAME_TEXT = 65_536;
/** Kept of the purposes of a key. */
const MAX_PURPOSES = 64;

/** Kept of the hosts a certificate is for: those of content networks have a hundred. */
const MAX_ALTERNATIVE_NAMES = 256;

const [INTEGER, OCTET_STRING, OBJECT_ID, SEQUENCE, SET] = [0x02, 0x04, 0x06, 0x30, 0x31];
const [UTC_TIME, GENERALIZED_TIME] = [0x17, 0x18];
/** Context tags of a subjectAltName: dNSName and iPAddress (RFC 5280 4.2.1.6). */
const [DNS_NAME, IP_ADDRESS] = [0x82, 0x87];
const [BMP_STRING, UNIVERSAL_STRING, UTF8_STRING] = [0x1e, 0x1c, 0x0c];
/** Context tags of a certificate: version and extensions; of an authority key identifier: issuer; of a name in it. */
const [VERSION, EXTENSIONS, AUTHORITY_ISSUER, DIRECTORY_NAME] = [0xa0, 0xa3, 0xa1, 0xa4];

/** Short names of attributes (RFC 4519, RFC 5280) by the last number of 2.5.4.x. */
const X520_NAMES: Readonly<Record<number, string>> = {
  3: 'CN',
  4: 'SN',
  5: 'serialNumber',
  6: 'C',
  7: 'L',
  8: 'ST',
  9: 'street',
  10: 'O',
  11: 'OU',
  12: 'title',
  13: 'description',
  42: 'GN',
};
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.9.1', 'emailAddress'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
]);

/** One element: tag, and where its content lies. */
class Walk {
  readonly bytes: Buffer;
  /** Of the element that was read last. */
  tag = 0;
  start = 0;
  end = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Reads the element at a place, which must end before `limit`. Lengths are definite in DER. */
  element(at: number, limit: number): void {
    const { bytes } = this;
    if (at + 2 > limit) throw new DerError('cut', at);
    this.tag = bytes[at] as number;
    let length = bytes[at + 1] as number;
    let start = at + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || start + count > limit) throw new DerError('bad length', at);
      length = 0;
      for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[start + index] as number);
      start += count;
    }
    if (length > limit - start) throw new DerError('too long', at);
    this.start = start;
    this.end = start + length;
  }

  expect(tag: number, at: number, limit: number): void {
    this.element(at, limit);
    if (this.tag !== tag) throw new DerError(`no ${tag}`, at);
  }
}

/** Where the parts of a certificate lie. */
interface Outline {
  readonly bytes: Buffer;
  readonly serial: Range;
  readonly issuer: Range;
  /** Where the content of the validity begins. */
  readonly validityAt: number;
  readonly subject: Range;
  /** Empty when there are none. */
  readonly extensions: Range;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * A certificate from its DER form.
 *
 * @throws DerError when the bytes are no certificate.
 */
export function certificateFromDer(der: Uint8Array, position: number | null = null): ServerCertificate {
  return certificateOf(outlineOf(der), position);
}

/**
 * A certificate with all that it says of when it is valid and for whom. Scans do without: they bring ten million.
 *
 * @throws DerError when the bytes are no certificate.
 */
export function certificateWithValidity(der: Uint8Array, position: number | null = null): ServerCertificate {
  const outline = outlineOf(der);
  return { ...certificateOf(outline, position), ...validityOf(outline), ...alternativeNamesOf(outline) };
}

/** What can be said of a certificate that cannot be decoded: its hashes. */
export function unreadCertificate(der: Uint8Array, position: number | null = null): ServerCertificate {
  return {
    position,
    subject: null,
    issuer: null,
    namesInOrder: true,
    serial: null,
    extendedKeyUsage: null,
    authorityName: null,
    sha256: hash('sha256', der),
    sha1: hash('sha1', der),
    md5: null,
  };
}

/** A certificate from PEM text, or from its bare base64. @throws DerError */
export function certificateFromPem(pem: string, position: number | null = null): ServerCertificate {
  if (pem.length > MAX_CERTIFICATE_BYTES * 2) throw new DerError('too large', 0);
  const begin = pem.indexOf('-----BEGIN ');
  const start = begin === -1 ? 0 : pem.indexOf('-----', begin + 11) + 5;
  const end = pem.indexOf('-----END ', start);
  return certificateFromDer(Buffer.from(pem.slice(start, end === -1 ? pem.length : end), 'base64'), position);
}

/**
 * A first look: whether a certificate could fit one of the published rules of the Remote Control System, without
 * decoding it. False for what is no certificate.
 */
export function mayCarrySign(der: Uint8Array): boolean {
  let outline: Outline;
  try {
    outline = outlineOf(der);
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
  const { bytes, issuer, subject } = outline;
  if (issuer.end - issuer.start <= MAX_LONE_NAME && isLoneName(bytes, issuer)) {
    if (isLoneName(bytes, subject)) return true;
  }
  const text = bytes.toString('latin1', issuer.start, issuer.end);
  return (
    text.includes('RCS Cert') ||
    text.includes('HT srl') ||
    text.includes('System Cert') ||
    // Names in UTF-16 or UTF-32 are read in full: hardly anybody writes them.
    text.includes('\0')
  );
}

/** Content of a name of one attribute with up to 11 characters of four bytes. */
const MAX_LONE_NAME = 64;

// SEQUENCE { SET { SEQUENCE { 2.5.4.3, text } } } and nothing else, with lengths below 128.
function isLoneName(bytes: Buffer, { start, end }: Range): boolean {
  const length = end - start;
  return (
    length >= 11 &&
    bytes[start] === SET &&
    bytes[start + 1] === length - 2 &&
    bytes[start + 2] === SEQUENCE &&
    bytes[start + 3] === length - 4 &&
    bytes[start + 6] === 0x55 &&
    bytes[start + 7] === 4 &&
    bytes[start + 8] === 3
  );
}

function outlineOf(der: Uint8Array): Outline {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new DerError('too large', 0);
  const bytes = Buffer.from(der.buffer, der.byteOffset, der.byteLength);
  const walk = new Walk(bytes);
  walk.expect(SEQUENCE, 0, bytes.length);
  walk.expect(SEQUENCE, walk.start, walk.end);
  const { end } = walk;
  walk.element(walk.start, end);
  if (walk.tag === VERSION) walk.element(walk.end, end);
  if (walk.tag !== INTEGER) throw new DerError('no serial number', walk.start);
  const serial = rangeOf(walk);
  walk.expect(SEQUENCE, walk.end, end);
  walk.expect(SEQUENCE, walk.end, end);
  const issuer = rangeOf(walk);
  walk.expect(SEQUENCE, walk.end, end);
  const validityAt = walk.start;
  walk.expect(SEQUENCE, walk.end, end);
  const subject = rangeOf(walk);
  walk.expect(SEQUENCE, walk.end, end);
  let extensions: Range = { start: 0, end: 0 };
  while (walk.end < end) {
    walk.element(walk.end, end);
    if (walk.tag !== EXTENSIONS) continue;
    walk.expect(SEQUENCE, walk.start, walk.end);
    extensions = rangeOf(walk);
    break;
  }
  return { bytes, serial, issuer, validityAt, subject, extensions };
}

function rangeOf({ start, end }: Walk): Range {
  return { start, end };
}

function certificateOf(outline: Outline, position: number | null): ServerCertificate {
  const { bytes, serial, issuer, subject } = outline;
  return {
    position,
    subject: nameIn(bytes, subject),
    issuer: nameIn(bytes, issuer),
    namesInOrder: true,
    serial: serialText(bytes.toString('hex', serial.start, serial.end)),
    ...extensionsOf(outline),
    sha256: hash('sha256', bytes),
    sha1: hash('sha1', bytes),
    md5: null,
  };
}

/** A serial number as records have it: lower-case hexadecimal without leading zeros. */
function serialText(hexadecimal: string): string {
  return hexadecimal.toLowerCase().replace(/^0+(?=.)/, '') || '0';
}

function nameIn(bytes: Buffer, { start, end }: Range): [string, string][] {
  const name: [string, string][] = [];
  const walk = new Walk(bytes);
  let setAt = start;
  while (setAt < end) {
    walk.expect(SET, setAt, end);
    const setEnd = walk.end;
    let pairAt = walk.start;
    while (pairAt < setEnd) {
      walk.expect(SEQUENCE, pairAt, setEnd);
      const pairEnd = walk.end;
      walk.expect(OBJECT_ID, walk.start, pairEnd);
      const attribute = attributeName(bytes, walk.start, walk.end);
      walk.element(walk.end, pairEnd);
      if (name.length < MAX_NAME_PARTS) name.push([attribute, textOf(bytes, walk.tag, walk.start, walk.end)]);
      pairAt = pairEnd;
    }
    setAt = setEnd;
  }
  return name;
}

function attributeName(bytes: Buffer, start: number, end: number): string {
  if (end - start === 3 && bytes[start] === 0x55 && bytes[start + 1] === 4) {
    const known = X520_NAMES[bytes[start + 2] as number];
    if (known !== undefined) return known;
  }
  const oid = objectId(bytes, start, end);
  return OTHER_NAMES.get(oid) ?? oid;
}

function textOf(bytes: Buffer, tag: number, start: number, end: number): string {
  const most = Math.min(end, start + MAX_VALUE_CHARACTERS * 4);
  let text: string;
  if (tag === UTF8_STRING) text = bytes.toString('utf8', start, most);
  else if (tag === BMP_STRING) text = wideText(bytes, start, most, 2);
  else if (tag === UNIVERSAL_STRING) text = wideText(bytes, start, most, 4);
  // Printable, IA5, numeric and visible strings are ASCII; T.61 is written as Latin-1 by all who still write it.
  else text = bytes.toString('latin1', start, most);
  return text.length > MAX_VALUE_CHARACTERS ? text.slice(0, MAX_VALUE_CHARACTERS) : text;
}

function wideText(bytes: Buffer, start: number, end: number, width: 2 | 4): string {
  let text = '';
  for (let at = start; at + width <= end; at += width) {
    const code = width === 2 ? bytes.readUInt16BE(at) : bytes.readUInt32BE(at);
    text += code > 0x10ffff ? '\ufffd' : width === 2 ? String.fromCharCode(code) : String.fromCodePoint(code);
  }
  return text;
}

/** An object identifier in dotted form (X.690 section 8.19). Numbers beyond 2^53 lose digits, which no known one has. */
function objectId(bytes: Buffer, start: number, end: number): string {
  const parts: number[] = [];
  let value = 0;
  for (let at = start; at < end && parts.length < 64; at += 1) {
    const byte = bytes[at] as number;
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (parts.length === 0) {
      const root = Math.min(2, Math.trunc(value / 40));
      parts.push(root, value - root * 40);
    } else {
      parts.push(value);
    }
    value = 0;
  }
  return parts.join('.');
}

type Validity = Pick<ServerCertificate, 'notBefore' | 'notAfter'>;

// Damaged times cost the times, not the names.
function validityOf({ bytes, validityAt }: Outline): Validity {
  const walk = new Walk(bytes);
  try {
    walk.element(validityAt, bytes.length);
    const notBefore = timeIn(bytes, walk);
    walk.element(walk.end, bytes.length);
    return { notBefore, notAfter: timeIn(bytes, walk) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { notBefore: null, notAfter: null };
  }
}

/** `YYMMDDHHMMSSZ` up to 2049, `YYYYMMDDHHMMSSZ` from then on (RFC 5280 4.1.2.5). Seconds were once left out. */
const UTC_TIME_TEXT = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/;
const GENERALIZED_TIME_TEXT = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d{1,9})?Z$/;

function timeIn(bytes: Buffer, { tag, start, end }: Walk): string | null {
  if (end - start > 32) return null;
  const text = bytes.toString('latin1', start, end);
  const form = tag === UTC_TIME ? UTC_TIME_TEXT : tag === GENERALIZED_TIME ? GENERALIZED_TIME_TEXT : null;
  const parts = form?.exec(text);
  if (!parts) return null;
  const [, yearText = '', month = '', day = '', hour = '', minute = '', second = '00'] = parts;
  const year = tag === UTC_TIME ? `${Number(yearText) < 50 ? '20' : '19'}${yearText}` : yearText;
  const stored = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const date = new Date(`${stored}Z`);
  // A 31st of February is no time.
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== stored
    ? null
    : `${stored}.000000Z`;
}

type AlternativeNames = Pick<ServerCertificate, 'alternativeNames'>;

function alternativeNamesOf({ bytes, extensions }: Outline): AlternativeNames {
  const names: string[] = [];
  const walk = new Walk(bytes);
  let at = extensions.start;
  try {
    while (at < extensions.end) {
      walk.expect(SEQUENCE, at, extensions.end);
      at = walk.end;
      walk.expect(OBJECT_ID, walk.start, at);
      // 2.5.29.17
      const isSought =
        walk.end - walk.start === 3 &&
        bytes[walk.start] === 0x55 &&
        bytes[walk.start + 1] === 29 &&
        bytes[walk.start + 2] === 17;
      if (!isSought) continue;
      walk.element(walk.end, at);
      // "critical" may stand before the value.
      if (walk.tag !== OCTET_STRING) walk.expect(OCTET_STRING, walk.end, at);
      walk.expect(SEQUENCE, walk.start, walk.end);
      collectNames(walk, names);
      break;
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
  return { alternativeNames: names };
}

function collectNames(walk: Walk, names: string[]): void {
  const { bytes, end } = walk;
  let at = walk.start;
  while (at < end && names.length < MAX_ALTERNATIVE_NAMES) {
    walk.element(at, end);
    at = walk.end;
    const name =
      walk.tag === DNS_NAME
        ? textOf(bytes, walk.tag, walk.start, walk.end)
        : walk.tag === IP_ADDRESS
          ? addressIn(bytes, walk.start, walk.end)
          : null;
    if (name !== null && name !== '') names.push(name);
  }
}

function addressIn(bytes: Buffer, start: number, end: number): string | null {
  if (end - start === 4) return bytes.subarray(start, end).join('.');
  if (end - start !== 16) return null;
  const groups: string[] = [];
  for (let at = start; at < end; at += 2) groups.push(bytes.readUInt16BE(at).toString(16));
  // The URL standard writes the address as RFC 5952 does.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

type Extensions = Pick<ServerCertificate, 'extendedKeyUsage' | 'authorityName'>;

// Damage in an extension costs that extension, not the names.
function extensionsOf({ bytes, extensions }: Outline): Extensions {
  let extendedKeyUsage: string[] = [];
  let authorityName: [string, string][] | null = null;
  const walk = new Walk(bytes);
  let at = extensions.start;
  try {
    while (at < extensions.end) {
      walk.expect(SEQUENCE, at, extensions.end);
      at = walk.end;
      walk.expect(OBJECT_ID, walk.start, at);
      // 2.5.29.x
      const isCommon =
        walk.end - walk.start === 3 && bytes[walk.start] === 0x55 && bytes[walk.start + 1] === 29;
      if (!isCommon) continue;
      const id = bytes[walk.start + 2];
      if (id !== 37 && id !== 35) continue;
      walk.element(walk.end, at);
      // "critical" may stand before the value.
      if (walk.tag !== OCTET_STRING) walk.expect(OCTET_STRING, walk.end, at);
      const value = rangeOf(walk);
      if (id === 37) extendedKeyUsage = purposesIn(bytes, value);
      else authorityName = directoryNameIn(bytes, value);
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
  return { extendedKeyUsage, authorityName };
}

function purposesIn(bytes: Buffer, { start, end }: Range): string[] {
  const walk = new Walk(bytes);
  walk.expect(SEQUENCE, start, end);
  const listEnd = walk.end;
  const purposes: string[] = [];
  let at = walk.start;
  while (at < listEnd && purposes.length < MAX_PURPOSES) {
    walk.expect(OBJECT_ID, at, listEnd);
    purposes.push(objectId(bytes, walk.start, walk.end));
    at = walk.end;
  }
  return purposes;
}

function directoryNameIn(bytes: Buffer, { start, end }: Range): [string, string][] | null {
  const walk = new Walk(bytes);
  walk.expect(SEQUENCE, start, end);
  const listEnd = walk.end;
  let at = walk.start;
  while (at < listEnd) {
    walk.element(at, listEnd);
    at = walk.end;
    if (walk.tag !== AUTHORITY_ISSUER) continue;
    const namesEnd = walk.end;
    let nameAt = walk.start;
    while (nameAt < namesEnd) {
      walk.element(nameAt, namesEnd);
      nameAt = walk.end;
      if (walk.tag !== DIRECTORY_NAME) continue;
      walk.expect(SEQUENCE, walk.start, nameAt);
      return nameIn(bytes, rangeOf(walk));
    }
  }
  return null;
}

// ---------------------------------------------------------------------------------------------------------------
// Names as text

/** Long names of attributes that exports write out. Keys in lower case. */
const LONG_NAMES: ReadonlyMap<string, string> = new Map([
  ['commonname', 'CN'],
  ['organizationname', 'O'],
  ['organization', 'O'],
  ['organizationalunitname', 'OU'],
  ['organizationalunit', 'OU'],
  ['countryname', 'C'],
  ['country', 'C'],
  ['localityname', 'L'],
  ['locality', 'L'],
  ['stateorprovincename', 'ST'],
  ['province', 'ST'],
  ['s', 'ST'],
  ['email', 'emailAddress'],
  ['e', 'emailAddress'],
  ['emailaddress', 'emailAddress'],
  ['domaincomponent', 'DC'],
  ['serialnumber', 'serialNumber'],
]);

/** Name of an attribute as records have it, from what an export calls it: `common_name`, `commonName`, `cn`. */
export function attributeNamed(name: string): string {
  const plain = name.trim();
  const known = LONG_NAMES.get(plain.toLowerCase().replaceAll('_', ''));
  if (known !== undefined) return known;
  return plain.length <= 3 ? plain.toUpperCase() : plain;
}

/**
 * A distinguished name written as text: `CN=a, O=b`, `CN = a, O = b`, `/CN=a/O=b`, RFC 2253 and RFC 4514 with their
 * escapes and quotes. Commas that begin no attribute belong to the value: OpenSSL does not escape them. Parts stay in
 * the order of the text.
 */
export function parseDnText(text: string): DistinguishedName {
  const name: DistinguishedName = [];
  const slashes = text.trimStart().startsWith('/');
  const source = (slashes ? text.trimStart().slice(1) : text).slice(0, MAX_NAME_TEXT);
  let attribute: string | null = null;
  let value = '';
  const finish = (): void => {
    if (attribute !== null && name.length < MAX_NAME_PARTS)
      name.push([attribute, value.slice(0, MAX_VALUE_CHARACTERS)]);
  };
  let at = 0;
  let isQuoted = false;
  while (at < source.length) {
    const atPart = attribute === null || (!isQuoted && isSeparator(source[at], slashes));
    if (atPart) {
      const begin = attributeAt(source, attribute === null ? at : at + 1);
      if (begin) {
        value = attribute === null ? '' : unpadded(value);
        finish();
        attribute = attributeNamed(begin.name);
        value = '';
        at = begin.valueAt;
        isQuoted = source[at] === '"';
        if (isQuoted) at += 1;
        continue;
      }
      if (attribute === null) return name;
    }
    const character = source[at] as string;
    if (character === '\\' && at + 1 < source.length) {
      const escaped = escapeAt(source, at);
      value += escaped.text;
      at = escaped.end;
      continue;
    }
    if (isQuoted && character === '"') isQuoted = false;
    else value += character;
    at += 1;
  }
  value = unpadded(value);
  finish();
  return name;
}

function isSeparator(character: string | undefined, slashes: boolean): boolean {
  return slashes ? character === '/' : character === ',' || character === '+' || character === ';';
}

/** `CN=`, ` O = `, `2.5.4.3=`. */
const ATTRIBUTE = /\s{0,4}([A-Za-z][A-Za-z0-9_-]{0,40}|\d{1,3}(?:\.\d{1,10}){1,20})\s{0,2}=\s{0,2}/y;

function attributeAt(text: string, at: number): { readonly name: string; readonly valueAt: number } | null {
  ATTRIBUTE.lastIndex = at;
  const found = ATTRIBUTE.exec(text);
  return found?.[1] === undefined ? null : { name: found[1], valueAt: ATTRIBUTE.lastIndex };
}

/** `\,`, `\\`, or bytes as `\C3\A1` (UTF-8) or `\xC3\xA1` (older OpenSSL). */
function escapeAt(text: string, at: number): { readonly text: string; readonly end: number } {
  const bytes: number[] = [];
  let end = at;
  while (text[end] === '\\') {
    const start = end + (text[end + 1] === 'x' ? 2 : 1);
    const digits = text.slice(start, start + 2);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) break;
    bytes.push(Number.parseInt(digits, 16));
    end = start + 2;
  }
  return bytes.length > 0
    ? { text: Buffer.from(bytes).toString('utf8'), end }
    : { text: text[at + 1] ?? '', end: at + 2 };
}

function unpadded(value: string): string {
  return value.trimEnd();
}
