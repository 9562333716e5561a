/** Certificates as exports describe them in words of their own, without the bytes. */
import { Buffer } from 'node:buffer';
import { asList, asObject, type JsonObject, type JsonValue, own } from '../../formats/json-values.js';
import type { DistinguishedName, ServerCertificate } from '../../records/certificate.js';
import { attributeNamed, parseDnText } from '../certificates.js';
import { digestOf, objectAt, serialOf, textAt } from './scan-values.js';

/** Kept of a name: real ones have a dozen parts. */
const MAX_NAME_PARTS = 64;
const MAX_PURPOSES = 64;
/** Longer texts are no names. */
const MAX_NAME_CHARACTERS = 8_192;

/** Purposes of a key by the names that zcrypto gives them (RFC 5280 section 4.2.1.12). */
const PURPOSES: ReadonlyMap<string, string> = new Map([
  ['any', '2.5.29.37.0'],
  ['server_auth', '1.3.6.1.5.5.7.3.1'],
  ['client_auth', '1.3.6.1.5.5.7.3.2'],
  ['code_signing', '1.3.6.1.5.5.7.3.3'],
  ['email_protection', '1.3.6.1.5.5.7.3.4'],
  ['ipsec_end_system', '1.3.6.1.5.5.7.3.5'],
  ['ipsec_tunnel', '1.3.6.1.5.5.7.3.6'],
  ['ipsec_user', '1.3.6.1.5.5.7.3.7'],
  ['time_stamping', '1.3.6.1.5.5.7.3.8'],
  ['ocsp_signing', '1.3.6.1.5.5.7.3.9'],
]);
/** The same as Go numbers them (crypto/x509, ExtKeyUsage), as older versions wrote them. */
const NUMBERED_PURPOSES = [
  '2.5.29.37.0',
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.3',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.5',
  '1.3.6.1.5.5.7.3.6',
  '1.3.6.1.5.5.7.3.7',
  '1.3.6.1.5.5.7.3.8',
  '1.3.6.1.5.5.7.3.9',
];

/** What an export states of a certificate. */
export interface StatedCertificate {
  readonly position: number | null;
  readonly subject: DistinguishedName | null;
  readonly issuer: DistinguishedName | null;
  /** Names were written as one text, which has the order of the certificate. */
  readonly asText: boolean;
  readonly serial: string | null;
  readonly extendedKeyUsage: string[] | null;
  readonly sha256: string | null;
  readonly sha1: string | null;
  readonly md5: string | null;
}

/** As a record has it. Names of one attribute have no order that could be kept. */
export function statedCertificate({ asText, ...stated }: StatedCertificate): ServerCertificate {
  const hasOrder = (stated.subject?.length ?? 0) > 1 || (stated.issuer?.length ?? 0) > 1;
  return { ...stated, namesInOrder: asText && hasOrder, authorityName: null };
}

/**
 * The form that zcrypto gives and zgrab and Censys keep: `subject_dn`, `issuer_dn`, `serial_number`, `extensions`,
 * `fingerprint_sha256`. `outer` is the object around `parsed`, where newer exports keep the fingerprints. Null when it
 * states neither a name nor a fingerprint.
 */
export function zcryptoCertificate(
  parsed: JsonObject | null,
  outer: JsonObject | null,
  position: number | null,
): ServerCertificate | null {
  const digest = (key: string, bytes: number): string | null =>
    digestOf(own(parsed ?? {}, key), bytes) ?? digestOf(own(outer ?? {}, key), bytes);
  const subject = nameOf(parsed, 'subject');
  const issuer = nameOf(parsed, 'issuer');
  const sha256 = digest('fingerprint_sha256', 32) ?? digest('fingerprint', 32);
  const sha1 = digest('fingerprint_sha1', 20);
  if (!subject.name && !issuer.name && sha256 === null && sha1 === null) return null;
  return statedCertificate({
    position,
    subject: subject.name,
    issuer: issuer.name,
    asText: subject.asText && issuer.asText,
    serial:
      serialOf(own(parsed ?? {}, 'serial_number'), 10) ??
      serialOf(own(parsed ?? {}, 'serial_number_hex'), 16),
    extendedKeyUsage: purposesOf(objectAt(parsed, 'extensions')),
    sha256,
    sha1,
    md5: digest('fingerprint_md5', 16),
  });
}

function nameOf(
  parsed: JsonObject | null,
  which: 'subject' | 'issuer',
): { readonly name: DistinguishedName | null; readonly asText: boolean } {
  const text = textAt(parsed, `${which}_dn`);
  if (text !== null && text.length <= MAX_NAME_CHARACTERS) return { name: parseDnText(text), asText: true };
  return { name: nameOfParts(objectAt(parsed, which)), asText: false };
}

/** A name out of an object of its parts: `{"CN": "a"}`, `{"common_name": ["a"]}`. Null when there is none. */
export function nameOfParts(parts: JsonObject | null): DistinguishedName | null {
  if (parts === null) return null;
  const name: DistinguishedName = [];
  for (const [key, value] of Object.entries(parts)) {
    for (const part of Array.isArray(value) ? asList(value) : [value])
      if (typeof part === 'string' && name.length < MAX_NAME_PARTS)
        name.push([attributeNamed(key), part.slice(0, MAX_NAME_CHARACTERS)]);
  }
  return name;
}

/** Null when the export does not speak of extensions at all: then they are not known, rather than none. */
function purposesOf(extensions: JsonObject | null): string[] | null {
  if (extensions === null) return null;
  const stated = own(extensions, 'extended_key_usage');
  if (stated === undefined || stated === null) return [];
  if (Array.isArray(stated)) return asList(stated).slice(0, MAX_PURPOSES).flatMap(purposeNamed);
  const purposes: string[] = [];
  for (const [key, value] of Object.entries(asObject(stated) ?? {})) {
    if (purposes.length >= MAX_PURPOSES) break;
    // Purposes without a name of their own stand as identifiers in a list.
    if (Array.isArray(value)) purposes.push(...asList(value).slice(0, MAX_PURPOSES).flatMap(purposeNamed));
    else if (value === true) purposes.push(PURPOSES.get(key) ?? key);
  }
  return purposes;
}

function purposeNamed(value: JsonValue): string[] {
  if (typeof value === 'number') return [NUMBERED_PURPOSES[value] ?? String(value)];
  return typeof value === 'string' ? [PURPOSES.get(value) ?? value] : [];
}

/** The bytes of a certificate out of base64 or PEM; null when the value is no text. */
export function derOf(value: JsonValue | undefined): Buffer | null {
  if (typeof value !== 'string' || value === '') return null;
  const begin = value.indexOf('-----BEGIN ');
  if (begin === -1) return Buffer.from(value, 'base64');
  const start = value.indexOf('-----', begin + 11) + 5;
  const end = value.indexOf('-----END ', start);
  return Buffer.from(value.slice(start, end === -1 ? value.length : end), 'base64');
}
