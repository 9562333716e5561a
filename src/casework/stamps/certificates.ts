/** X.509 certificates as far as a time stamp needs them (RFC 5280), and the way from a signer to a trusted one. */
import { createHash } from 'node:crypto';
import {
  booleanOf,
  context,
  type DerNode,
  damaged,
  Fields,
  flagsOf,
  integerHexOf,
  nameText,
  octetsOf,
  oidOf,
  onlyChild,
  readDer,
  readOr,
  smallIntegerOf,
  TAG,
  timeOf,
  wholeBytesOf,
} from './der.js';
import { type Algorithm, algorithmOf, publicKeyOf, verifySignature } from './signatures.js';
import { StampError } from './stamp-error.js';

export interface Certificate {
  readonly raw: Uint8Array;
  readonly version: number;
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  /** Names as encoded: they are compared byte by byte. */
  readonly subjectRaw: Uint8Array;
  readonly issuerRaw: Uint8Array;
  readonly validFrom: string;
  readonly validTo: string;
  /** SubjectPublicKeyInfo; made into a key only where it is needed. */
  readonly keyInfo: Uint8Array;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly signed: Uint8Array;
  readonly algorithm: Algorithm;
  readonly signature: Uint8Array;
}

interface Extension {
  readonly critical: boolean;
  readonly value: DerNode;
}

export const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
/** What the checks here take into account, or what may be left aside although marked critical. */
const UNDERSTOOD = new Set([
  SUBJECT_KEY_IDENTIFIER,
  KEY_USAGE,
  BASIC_CONSTRAINTS,
  EXTENDED_KEY_USAGE,
  '2.5.29.17', // subject alternative name
  '2.5.29.31', // where revocation lists are published
  '2.5.29.32', // policies: any is taken
  '2.5.29.35', // key of the issuer
]);
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const ANY_PURPOSE = '2.5.29.37.0';
const DIGITAL_SIGNATURE_BIT = 0;
const NON_REPUDIATION_BIT = 1;
const CERTIFICATE_SIGN_BIT = 5;

const MAX_TRUSTED = 1_000;
// A store of all roots of a browser has about 200 kB as PEM.
const MAX_PEM_CHARACTERS = 4_194_304;

/** Reads a certificate. @throws StampError */
export function readCertificate(der: Uint8Array): Certificate {
  const whole = readDer(der);
  const outer = Fields.of(whole);
  const body = outer.next(TAG.sequence);
  const algorithmNode = outer.next(TAG.sequence);
  const signature = wholeBytesOf(outer.next(TAG.bitString));
  outer.end();

  const fields = Fields.of(body);
  const versionNode = fields.optional(context(0));
  const version = versionNode === null ? 1 : smallIntegerOf(onlyChild(versionNode)) + 1;
  const serial = integerHexOf(fields.next(TAG.integer));
  const innerAlgorithm = fields.next(TAG.sequence);
  // RFC 5280, 4.1.1.2: named twice, inside and outside of what is signed, and the same.
  if (Buffer.compare(innerAlgorithm.raw, algorithmNode.raw) !== 0) throw damaged(innerAlgorithm);
  const issuer = fields.next(TAG.sequence);
  const validity = Fields.of(fields.next(TAG.sequence));
  const validFrom = timeOf(validity.next());
  const validTo = timeOf(validity.next());
  const subject = fields.next(TAG.sequence);
  const keyInfo = fields.next(TAG.sequence);
  fields.optional(context(1));
  fields.optional(context(2));
  const extensionsNode = fields.optional(context(3));
  fields.end();
  return {
    raw: whole.raw,
    version,
    serial,
    subject: nameText(subject),
    issuer: nameText(issuer),
    subjectRaw: subject.raw,
    issuerRaw: issuer.raw,
    validFrom,
    validTo,
    keyInfo: keyInfo.raw,
    extensions: extensionsNode === null ? new Map() : readExtensions(onlyChild(extensionsNode)),
    signed: body.raw,
    algorithm: algorithmOf(algorithmNode),
    signature,
  };
}

function readExtensions(node: DerNode): Map<string, Extension> {
  if (node.tag !== TAG.sequence) throw damaged(node);
  const extensions = new Map<string, Extension>();
  for (const item of node.children) {
    const fields = Fields.of(item);
    const oid = oidOf(fields.next(TAG.oid));
    const criticalNode = fields.optional(TAG.boolean);
    const value = fields.next(TAG.octetString);
    fields.end();
    if (extensions.has(oid)) throw damaged(item);
    extensions.set(oid, { critical: criticalNode !== null && booleanOf(criticalNode), value });
  }
  return extensions;
}

/** Value of an extension, read by `read`; null when it is absent or cannot be read. */
function extensionValue<T>(certificate: Certificate, oid: string, read: (node: DerNode) => T): T | null {
  const extension = certificate.extensions.get(oid);
  if (extension === undefined) return null;
  // The value is an element of any type; readDer expects a SEQUENCE on top, so one is put around it.
  return readOr(() => read(onlyChild(readDer(inSequence(octetsOf(extension.value))))), null);
}

function inSequence(content: Uint8Array): Uint8Array {
  const length = content.length;
  return Uint8Array.from([0x30, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff, ...content]);
}

/**
 * Whether a certificate may sign time stamps and nothing else: RFC 3161, 2.3 wants the extended key usage to be critical
 * and time stamping to be its only purpose; the key usage, where it is said, may be for signatures only.
 */
export function isForTimeStamps(certificate: Certificate): boolean {
  const purposes = purposesOf(certificate);
  const isCritical = certificate.extensions.get(EXTENDED_KEY_USAGE)?.critical === true;
  if (!isCritical || purposes?.length !== 1 || purposes[0] !== TIME_STAMPING) return false;
  if (!certificate.extensions.has(KEY_USAGE)) return true;
  const usage = extensionValue(certificate, KEY_USAGE, flagsOf) ?? [];
  return (
    usage.length > 0 && usage.every((bit) => bit === DIGITAL_SIGNATURE_BIT || bit === NON_REPUDIATION_BIT)
  );
}

function purposesOf(certificate: Certificate): string[] | null {
  return extensionValue(certificate, EXTENDED_KEY_USAGE, (node) => {
    if (node.tag !== TAG.sequence) throw damaged(node);
    return node.children.map(oidOf);
  });
}

export function subjectKeyIdentifier(certificate: Certificate): Uint8Array | null {
  return extensionValue(certificate, SUBJECT_KEY_IDENTIFIER, octetsOf);
}

export function isValidAt(certificate: Certificate, at: string): boolean {
  // Validity ends with its last second (RFC 5280 counts whole seconds, both ends included).
  return certificate.validFrom <= at && at.slice(0, 19) <= certificate.validTo.slice(0, 19);
}

/** Every certificate of PEM files. @throws StampError with the number of the certificate as place */
export function readPem(files: readonly string[]): Certificate[] {
  const certificates: Certificate[] = [];
  for (const [index, file] of files.entries()) {
    if (file.length > MAX_PEM_CHARACTERS)
      throw new StampError('limit-bytes', `certificate file ${index + 1}`);
    const blocks = [
      ...file.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g),
    ];
    if (blocks.length === 0) throw new StampError('wrong-format', `certificate file ${index + 1}`);
    for (const [, base64 = ''] of blocks) {
      if (certificates.length >= MAX_TRUSTED)
        throw new StampError('limit-count', `certificate ${MAX_TRUSTED}`);
      const place = `certificate ${certificates.length + 1}`;
      try {
        certificates.push(readCertificate(Buffer.from(base64, 'base64')));
      } catch (error) {
        if (error instanceof StampError) throw new StampError(error.code, place, { cause: error });
        throw error;
      }
    }
  }
  return certificates;
}

export type ChainOutcome =
  | { readonly kind: 'trusted'; readonly chain: readonly Certificate[] }
  | {
      readonly kind: 'untrusted-signer' | 'outside-validity' | 'unsupported-algorithm';
      /** Where the way ended. */
      readonly at: Certificate;
    };

const MAX_CHAIN = 8;
// Certificates that name each other can make very many ways; real ones are found at once.
const MAX_SIGNATURE_CHECKS = 64;

/**
 * Looks for a way from a signer to a trusted certificate, over the certificates that came with the stamp.
 * A trusted certificate may also be the signer's own.
 *
 * @param time - stored form; every certificate on the way must be valid then
 */
export function chainToTrusted(
  signer: Certificate,
  brought: readonly Certificate[],
  trusted: readonly Certificate[],
  time: string,
): ChainOutcome {
  const trustedPrints = new Set(trusted.map(fingerprint));
  const candidates = [...trusted, ...brought];
  let checksLeft = MAX_SIGNATURE_CHECKS;
  // The most telling reason met: a path that broke for a reason says more than one that found no issuer.
  let failure: ChainOutcome = { kind: 'untrusted-signer', at: signer };

  const extend = (chain: readonly Certificate[]): readonly Certificate[] | null => {
    const last = chain.at(-1);
    if (last === undefined || chain.length > MAX_CHAIN) return null;
    if (trustedPrints.has(fingerprint(last))) return chain;
    for (const issuer of candidates) {
      if (Buffer.compare(issuer.subjectRaw, last.issuerRaw) !== 0 || chain.includes(issuer)) continue;
      const isTrusted = trustedPrints.has(fingerprint(issuer));
      if (!mayIssue(issuer, chain.length - 1, isTrusted)) continue;
      if (checksLeft === 0) return null;
      checksLeft -= 1;
      const outcome = verifySignature(
        last.algorithm,
        null,
        publicKeyOf(issuer.keyInfo),
        last.signed,
        last.signature,
      );
      if (outcome === 'unsupported') failure = { kind: 'unsupported-algorithm', at: last };
      if (outcome !== 'valid') continue;
      if (!isValidAt(issuer, time)) {
        failure = { kind: 'outside-validity', at: issuer };
        continue;
      }
      const found = extend([...chain, issuer]);
      if (found !== null) return found;
    }
    return null;
  };

  const chain = extend([signer]);
  return chain === null ? failure : { kind: 'trusted', chain };
}

/** Whether a certificate may stand above others, with so many authorities between it and the signer. */
function mayIssue(issuer: Certificate, authoritiesBelow: number, isTrusted: boolean): boolean {
  for (const [oid, extension] of issuer.extensions) {
    if (extension.critical && !UNDERSTOOD.has(oid)) return false;
  }
  // Roots of the nineties are of version 1 and say nothing of themselves: that they are trusted must do.
  if (issuer.version < 3) return isTrusted;
  const basic = extensionValue(issuer, BASIC_CONSTRAINTS, readBasicConstraints);
  if (basic?.isAuthority !== true || (basic.pathLength ?? authoritiesBelow) < authoritiesBelow) return false;
  if (issuer.extensions.has(KEY_USAGE)) {
    const usage = extensionValue(issuer, KEY_USAGE, flagsOf);
    if (usage?.includes(CERTIFICATE_SIGN_BIT) !== true) return false;
  }
  if (!issuer.extensions.has(EXTENDED_KEY_USAGE) || isTrusted) return true;
  const purposes = purposesOf(issuer) ?? [];
  return purposes.includes(TIME_STAMPING) || purposes.includes(ANY_PURPOSE);
}

/** Whether every critical extension of a signer's certificate is one that the checks here know. */
export function criticalExtensionsKnown(certificate: Certificate): boolean {
  return [...certificate.extensions].every(([oid, { critical }]) => !critical || UNDERSTOOD.has(oid));
}

function readBasicConstraints(node: DerNode): { isAuthority: boolean; pathLength: number | null } {
  const fields = Fields.of(node);
  const authority = fields.optional(TAG.boolean);
  const length = fields.optional(TAG.integer);
  fields.end();
  return {
    isAuthority: authority !== null && booleanOf(authority),
    pathLength: length === null ? null : smallIntegerOf(length),
  };
}

/** SHA-256 of the certificate, in hex. */
export function fingerprint(certificate: Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}
