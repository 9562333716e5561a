/**
 * Time stamps of RFC 3161 (with RFC 5816): the request that is carried to an authority, and its reply checked.
 *
 * Nothing is asked of anybody: the request is a file that a person carries, trusted certificates are given, and whether a
 * certificate was revoked is not looked up.
 */
import { createHash } from 'node:crypto';
import {
  type Certificate,
  chainToTrusted,
  criticalExtensionsKnown,
  fingerprint,
  isForTimeStamps,
  isValidAt,
  readCertificate,
  readPem,
  subjectKeyIdentifier,
} from './certificates.js';
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
  textOf,
  timeOf,
} from './der.js';
import {
  type Algorithm,
  algorithmOf,
  DIGEST_NAMES,
  type DigestName,
  digestNameOf,
  publicKeyOf,
  verifySignature,
} from './signatures.js';
import { StampError } from './stamp-error.js';

/** PKIStatus of RFC 3161, 2.4.2, in the order of its numbers. */
export const REPLY_STATUSES = [
  'granted',
  'granted-with-changes',
  'rejected',
  'waiting',
  'revocation-warning',
  'revocation-notice',
] as const;
export type ReplyStatus = (typeof REPLY_STATUSES)[number];

/** PKIFailureInfo of RFC 3161, 2.4.2: bit -> name. */
const FAILURES = {
  0: 'bad-algorithm',
  2: 'bad-request',
  5: 'bad-data-format',
  14: 'time-not-available',
  15: 'unaccepted-policy',
  16: 'unaccepted-extension',
  17: 'information-not-available',
  25: 'system-failure',
} as const;
export type ReplyFailure = (typeof FAILURES)[keyof typeof FAILURES];

export interface TimeStampRequest {
  readonly digestName: DigestName;
  readonly digest: Uint8Array;
  /** Hex without leading zeros. */
  readonly nonce: string | null;
  readonly wantsCertificates: boolean;
}

export interface TimeStampReply {
  /** Null for a token alone, as some programs store it: it then says nothing of its granting. */
  readonly status: ReplyStatus | null;
  /** What the authority says of it, in its own words. */
  readonly statusTexts: readonly string[];
  readonly failures: readonly ReplyFailure[];
  readonly token: TimeStampToken | null;
}

/** What a token states, and the parts of its signature. Nothing of it is verified yet. */
export interface TimeStampToken {
  readonly digestOid: string;
  readonly digest: Uint8Array;
  readonly policy: string;
  /** Hex without leading zeros. */
  readonly serial: string;
  /** UTC in the stored form. */
  readonly at: string;
  /** How far the time may be off, in microseconds; null when the authority does not say. */
  readonly accuracy: number | null;
  /** Whether the authority promises that its stamps can be put in order by time alone. */
  readonly ordering: boolean;
  readonly nonce: string | null;
  /** How the authority names itself. */
  readonly authority: string | null;
  readonly hasUnknownCriticalExtension: boolean;
  /** TSTInfo as signed. */
  readonly content: Uint8Array;
  readonly signers: readonly TokenSigner[];
  /** Certificates that came along and could be read. */
  readonly certificates: readonly Certificate[];
}

export interface TokenSigner {
  readonly id:
    | { readonly issuerRaw: Uint8Array; readonly serial: string }
    | { readonly keyIdentifier: Uint8Array };
  readonly digestOid: string;
  readonly algorithm: Algorithm;
  readonly signature: Uint8Array;
  /** The attributes in the encoding over which the signature goes. */
  readonly signedAttributes: Uint8Array;
  /** Type -> values. */
  readonly attributes: ReadonlyMap<string, readonly DerNode[]>;
}

export const STAMP_PROBLEMS = [
  'not-granted',
  'no-token',
  'imprint-mismatch',
  'nonce-mismatch',
  'bad-signature',
  'unsupported-algorithm',
  'no-signer-certificate',
  'signer-not-bound',
  'no-timestamping-purpose',
  'untrusted-signer',
  'outside-validity',
  'unknown-critical-extension',
] as const;
export type StampProblemCode = (typeof STAMP_PROBLEMS)[number];

export interface StampProblem {
  readonly code: StampProblemCode;
  /** For its sentence: names, times, digests. */
  readonly values: Readonly<Record<string, string>>;
}

export interface StampVerdict {
  /** True when there is no problem at all. */
  readonly holds: boolean;
  readonly problems: readonly StampProblem[];
  readonly status: ReplyStatus | null;
  readonly statusTexts: readonly string[];
  readonly failures: readonly ReplyFailure[];
  /** What the token states; only to be relied upon when the stamp holds. */
  readonly stated: Pick<
    TimeStampToken,
    'at' | 'accuracy' | 'policy' | 'serial' | 'ordering' | 'nonce' | 'authority'
  > | null;
  /** Whether a nonce was given and compared. */
  readonly nonceCompared: boolean;
  readonly signer: SignerFacts | null;
  /** The trusted certificate at the end of the way; null when there is none. */
  readonly trustedBy: SignerFacts | null;
}

/** A certificate as a person compares it. */
export interface SignerFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256 in hex. */
  readonly fingerprint: string;
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const MAX_STATUS_TEXTS = 20;

// ---------------------------------------------------------------------------------------------------------------
// Requests

const DIGEST_BYTES: Readonly<Record<DigestName, number>> = { sha256: 32, sha384: 48, sha512: 64 };
const DIGEST_OID_BYTES: Readonly<Record<DigestName, number>> = { sha256: 1, sha384: 2, sha512: 3 };

/**
 * A request (`.tsq`) for a stamp over a digest; which hash it is follows from its length. It asks for the authority's
 * certificate, so that the reply can be checked without a network.
 *
 * @param nonce - random bytes, 8 or more: they tie the reply to this request
 */
export function makeRequest(digest: Uint8Array, nonce: Uint8Array): Uint8Array {
  const name = digestNameOfLength(digest);
  // 2.16.840.1.101.3.4.2.n, with the NULL parameters that every authority takes.
  const oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, DIGEST_OID_BYTES[name]];
  const algorithm = element(TAG.sequence | 0x20, [...element(TAG.oid, oid), TAG.null, 0]);
  const imprint = element(TAG.sequence | 0x20, [...algorithm, ...element(TAG.octetString, digest)]);
  const version = element(TAG.integer, [1]);
  const parts = [...version, ...imprint, ...positiveInteger(nonce), TAG.boolean, 1, 0xff];
  return Uint8Array.from(element(TAG.sequence | 0x20, parts));
}

function digestNameOfLength(digest: Uint8Array): DigestName {
  const name = DIGEST_NAMES.find((candidate) => DIGEST_BYTES[candidate] === digest.length);
  if (name === undefined) throw new StampError('not-supported', `digest of ${digest.length} bytes`);
  return name;
}

/** Everything in a request is shorter than 128 bytes but the whole of one with SHA-512 or a very long nonce. */
function element(tag: number, content: ArrayLike<number>): number[] {
  const { length } = content;
  if (length > 255) throw new StampError('limit-bytes', 'request');
  return [tag, ...(length < 128 ? [length] : [0x81, length]), ...Array.from(content)];
}

function positiveInteger(bytes: Uint8Array): number[] {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? [0] : Array.from(bytes.subarray(first));
  return element(TAG.integer, (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits);
}

/** Reads a request back (`.tsq`): whoever has only the files learns from it which digest and nonce belong to a reply. @throws StampError */
export function readRequest(bytes: Uint8Array): TimeStampRequest {
  const fields = Fields.of(readDer(bytes));
  if (smallIntegerOf(fields.next(TAG.integer)) !== 1) throw new StampError('not-supported', 'version');
  const imprint = readImprint(fields.next(TAG.sequence));
  fields.optional(TAG.oid);
  const nonce = fields.optional(TAG.integer);
  const certificates = fields.optional(TAG.boolean);
  fields.optional(context(0));
  fields.end();
  const digestName = digestNameOf(imprint.oid);
  if (digestName === null || imprint.digest.length !== DIGEST_BYTES[digestName]) {
    throw new StampError('not-supported', 'messageImprint');
  }
  return {
    digestName,
    digest: imprint.digest,
    nonce: nonce === null ? null : integerHexOf(nonce),
    wantsCertificates: certificates !== null && booleanOf(certificates),
  };
}

function readImprint(node: DerNode): { oid: string; digest: Uint8Array } {
  const fields = Fields.of(node);
  const { oid } = algorithmOf(fields.next(TAG.sequence));
  const digest = octetsOf(fields.next(TAG.octetString));
  fields.end();
  return { oid, digest };
}

// ---------------------------------------------------------------------------------------------------------------
// Replies

/** Reads a reply (`.tsr`), or a token alone. Reading is no check: that is {@link verifyReply}. @throws StampError */
export function readReply(bytes: Uint8Array): TimeStampReply {
  const whole = readDer(bytes);
  if (whole.children[0]?.tag === TAG.oid) {
    return { status: null, statusTexts: [], failures: [], token: readToken(whole) };
  }
  const fields = Fields.of(whole);
  const statusFields = Fields.of(fields.next(TAG.sequence));
  const token = fields.optional(TAG.sequence);
  fields.end();
  const status = REPLY_STATUSES[smallIntegerOf(statusFields.next(TAG.integer))];
  if (status === undefined) throw new StampError('not-supported', 'status');
  const texts = statusFields.optional(TAG.sequence);
  const failures = statusFields.optional(TAG.bitString);
  statusFields.end();
  return {
    status,
    statusTexts: (texts?.children ?? []).slice(0, MAX_STATUS_TEXTS).map((text) => textOf(text) ?? ''),
    failures: failures === null ? [] : flagsOf(failures).flatMap(failureOf),
    token: token === null ? null : readToken(token),
  };
}

function failureOf(bit: number): ReplyFailure[] {
  const known: Readonly<Record<number, ReplyFailure>> = FAILURES;
  const failure = known[bit];
  return failure === undefined ? [] : [failure];
}

/** ContentInfo with SignedData (RFC 5652) over a TSTInfo. */
function readToken(node: DerNode): TimeStampToken {
  const outer = Fields.of(node);
  const typeNode = outer.next(TAG.oid);
  if (oidOf(typeNode) !== SIGNED_DATA) throw new StampError('wrong-format', `byte ${typeNode.offset}`);
  const signedData = Fields.of(onlyChild(outer.next(context(0))));
  outer.end();
  smallIntegerOf(signedData.next(TAG.integer));
  signedData.next(TAG.set);
  const encapsulated = Fields.of(signedData.next(TAG.sequence));
  const certificates = signedData.optional(context(0));
  // Revocation lists that came along are not used.
  signedData.optional(context(1));
  const signers = signedData.next(TAG.set);
  signedData.end();

  const contentType = encapsulated.next(TAG.oid);
  if (oidOf(contentType) !== TST_INFO) throw new StampError('wrong-format', `byte ${contentType.offset}`);
  const content = octetsOf(onlyChild(encapsulated.next(context(0))));
  encapsulated.end();
  return {
    ...readTstInfo(content),
    content,
    signers: signers.children.map(readSigner),
    certificates: (certificates?.children ?? []).flatMap(readableCertificate),
  };
}

/** A certificate nobody can read helps nobody; whether one was needed shows later. */
function readableCertificate(node: DerNode): Certificate[] {
  return node.tag === TAG.sequence ? readOr(() => [readCertificate(node.raw)], []) : [];
}

type StatedByToken = Omit<TimeStampToken, 'content' | 'signers' | 'certificates'>;

function readTstInfo(content: Uint8Array): StatedByToken {
  const fields = Fields.of(readDer(content));
  if (smallIntegerOf(fields.next(TAG.integer)) !== 1)
    throw new StampError('not-supported', 'TSTInfo version');
  const policy = oidOf(fields.next(TAG.oid));
  const imprint = readImprint(fields.next(TAG.sequence));
  const serial = integerHexOf(fields.next(TAG.integer));
  const at = timeOf(fields.next(TAG.generalizedTime));
  const accuracy = fields.optional(TAG.sequence);
  const ordering = fields.optional(TAG.boolean);
  const nonce = fields.optional(TAG.integer);
  const authority = fields.optional(context(0));
  const extensions = fields.optional(context(1));
  fields.end();
  return {
    digestOid: imprint.oid,
    digest: imprint.digest,
    policy,
    serial,
    at,
    accuracy: accuracy === null ? null : readAccuracy(accuracy),
    ordering: ordering !== null && booleanOf(ordering),
    nonce: nonce === null ? null : integerHexOf(nonce),
    authority: authority === null ? null : generalNameText(onlyChild(authority)),
    hasUnknownCriticalExtension: (extensions?.children ?? []).some(isCriticalExtension),
  };
}

/** Seconds, milliseconds and microseconds, each may be left out. */
function readAccuracy(node: DerNode): number {
  const fields = Fields.of(node);
  const seconds = fields.optional(TAG.integer);
  const millis = fields.optional(context(0));
  const micros = fields.optional(context(1));
  fields.end();
  return (
    (seconds === null ? 0 : smallIntegerOf(seconds) * 1_000_000) +
    (millis === null ? 0 : smallIntegerOf(millis, context(0)) * 1_000) +
    (micros === null ? 0 : smallIntegerOf(micros, context(1)))
  );
}

/** Directory names, and the forms that are text; others by their tag only. */
function generalNameText(node: DerNode): string {
  if (node.tag === context(4)) return nameText(onlyChild(node));
  const isText = [1, 2, 6].some((form) => node.tag === context(form)) && !node.constructed;
  return isText ? Buffer.from(node.content).toString('latin1') : `[${node.tag & 0x1f}]`;
}

function isCriticalExtension(node: DerNode): boolean {
  const fields = Fields.of(node);
  fields.next(TAG.oid);
  const critical = fields.optional(TAG.boolean);
  return critical !== null && booleanOf(critical);
}

function readSigner(node: DerNode): TokenSigner {
  const fields = Fields.of(node);
  smallIntegerOf(fields.next(TAG.integer));
  const id = readSignerId(fields.next());
  const digestOid = algorithmOf(fields.next(TAG.sequence)).oid;
  const attributesNode = fields.next(context(0));
  const algorithm = algorithmOf(fields.next(TAG.sequence));
  const signature = octetsOf(fields.next(TAG.octetString));
  fields.optional(context(1));
  fields.end();
  // RFC 5652, 5.4: signed as the SET OF that they are, not under the tag they are stored with.
  const signedAttributes = new Uint8Array(attributesNode.raw);
  signedAttributes[0] = TAG.set | 0x20;
  return {
    id,
    digestOid,
    algorithm,
    signature,
    signedAttributes,
    attributes: readAttributes(attributesNode),
  };
}

function readSignerId(node: DerNode): TokenSigner['id'] {
  if (node.tag === context(0) && !node.constructed) return { keyIdentifier: node.content };
  const fields = Fields.of(node);
  const issuer = fields.next(TAG.sequence);
  const serial = integerHexOf(fields.next(TAG.integer));
  fields.end();
  return { issuerRaw: issuer.raw, serial };
}

function readAttributes(node: DerNode): Map<string, readonly DerNode[]> {
  if (!node.constructed) throw damaged(node);
  const attributes = new Map<string, readonly DerNode[]>();
  for (const attribute of node.children) {
    const fields = Fields.of(attribute);
    const type = oidOf(fields.next(TAG.oid));
    const values = fields.next(TAG.set);
    fields.end();
    // RFC 5652, 5.3: none occurs twice.
    if (attributes.has(type)) throw damaged(attribute);
    attributes.set(type, values.children);
  }
  return attributes;
}

// ---------------------------------------------------------------------------------------------------------------
// Checks

export interface ReplyExpectation {
  /** Of what was to be stamped: SHA-256, SHA-384 or SHA-512. */
  readonly digest: Uint8Array;
  /** Of the request: bytes, or hex as {@link readRequest} gives it. Left out when the request is lost. */
  readonly nonce?: Uint8Array | string | undefined;
  /** PEM texts, each with one or more certificates that the person trusts for time stamps. */
  readonly trustedCertificates: readonly string[];
}

/**
 * Makes every check of RFC 3161, 2.2 and 2.4.2 on a reply, and names each that fails.
 *
 * @throws StampError when the expectation itself is no good (a digest of a strange length, a file without certificates)
 */
export function verifyReply(reply: TimeStampReply, expected: ReplyExpectation): StampVerdict {
  const wantedName = digestNameOfLength(expected.digest);
  const trusted = readPem(expected.trustedCertificates);
  const { status, statusTexts, failures, token } = reply;
  const nonce = expected.nonce === undefined ? null : nonceHex(expected.nonce);
  const base = { status, statusTexts, failures, nonceCompared: nonce !== null };
  const problems: StampProblem[] = [];
  if (status !== null && status !== 'granted' && status !== 'granted-with-changes') {
    problems.push({ code: 'not-granted', values: { status } });
  }
  if (token === null) {
    if (problems.length === 0) problems.push({ code: 'no-token', values: {} });
    return { ...base, holds: false, problems, stated: null, signer: null, trustedBy: null };
  }
  problems.push(...compareImprint(token, expected.digest, wantedName));
  if (nonce !== null && token.nonce !== nonce) {
    problems.push({ code: 'nonce-mismatch', values: { expected: nonce, found: token.nonce ?? '' } });
  }
  if (token.hasUnknownCriticalExtension) problems.push({ code: 'unknown-critical-extension', values: {} });
  const signing = checkSigner(token, trusted);
  problems.push(...signing.problems);
  const { at, accuracy, policy, serial, ordering, authority } = token;
  return {
    ...base,
    holds: problems.length === 0,
    problems,
    stated: { at, accuracy, policy, serial, ordering, nonce: token.nonce, authority },
    signer: signing.signer === null ? null : factsOf(signing.signer),
    trustedBy: signing.trustedBy === null ? null : factsOf(signing.trustedBy),
  };
}

function nonceHex(nonce: Uint8Array | string): string {
  const hex = typeof nonce === 'string' ? nonce : Buffer.from(nonce).toString('hex');
  return hex.toLowerCase().replace(/^0+(?=.)/, '');
}

function compareImprint(token: TimeStampToken, digest: Uint8Array, wanted: DigestName): StampProblem[] {
  const found = digestNameOf(token.digestOid);
  if (found === wanted && Buffer.compare(token.digest, digest) === 0) return [];
  const values = {
    expected: Buffer.from(digest).toString('hex'),
    found: Buffer.from(token.digest).toString('hex'),
  };
  // SHA-1, MD5 and what is not known: an equal digest of those would prove little.
  if (found === null) return [{ code: 'unsupported-algorithm', values: { algorithm: token.digestOid } }];
  return [{ code: 'imprint-mismatch', values }];
}

interface Signing {
  readonly problems: readonly StampProblem[];
  readonly signer: Certificate | null;
  readonly trustedBy: Certificate | null;
}

function checkSigner(token: TimeStampToken, trusted: readonly Certificate[]): Signing {
  const [signer, another] = token.signers;
  // RFC 3161, 2.4.2: the token has the authority's signature and no other.
  if (signer === undefined || another !== undefined) {
    return { problems: [{ code: 'bad-signature', values: {} }], signer: null, trustedBy: null };
  }
  const certificate = [...token.certificates, ...trusted].find((candidate) => isOf(signer, candidate));
  if (certificate === undefined) {
    return { problems: [{ code: 'no-signer-certificate', values: {} }], signer: null, trustedBy: null };
  }
  const subject = certificate.subject;
  const problems: StampProblem[] = [...checkSignature(token, signer, certificate)];
  if (!namesCertificate(signer, certificate))
    problems.push({ code: 'signer-not-bound', values: { subject } });
  if (!isForTimeStamps(certificate)) problems.push({ code: 'no-timestamping-purpose', values: { subject } });
  if (!criticalExtensionsKnown(certificate))
    problems.push({ code: 'unknown-critical-extension', values: {} });
  if (!isValidAt(certificate, token.at)) problems.push(outsideValidity(certificate, token.at));
  const way = chainToTrusted(certificate, token.certificates, trusted, token.at);
  if (way.kind === 'trusted') return { problems, signer: certificate, trustedBy: way.chain.at(-1) ?? null };
  switch (way.kind) {
    case 'outside-validity':
      problems.push(outsideValidity(way.at, token.at));
      break;
    case 'unsupported-algorithm':
      problems.push({ code: 'unsupported-algorithm', values: { algorithm: way.at.algorithm.oid } });
      break;
    case 'untrusted-signer':
      problems.push({ code: 'untrusted-signer', values: { subject, issuer: way.at.issuer } });
  }
  return { problems, signer: certificate, trustedBy: null };
}

function outsideValidity(certificate: Certificate, at: string): StampProblem {
  const { subject, validFrom, validTo } = certificate;
  return { code: 'outside-validity', values: { subject, validFrom, validTo, at } };
}

function isOf(signer: TokenSigner, certificate: Certificate): boolean {
  if ('keyIdentifier' in signer.id) {
    const identifier = subjectKeyIdentifier(certificate);
    return identifier !== null && Buffer.compare(identifier, signer.id.keyIdentifier) === 0;
  }
  const { issuerRaw, serial } = signer.id;
  return certificate.serial === serial && Buffer.compare(certificate.issuerRaw, issuerRaw) === 0;
}

/** RFC 5652, 5.6: the attributes hold type and digest of the content, and the signature goes over the attributes. */
function checkSignature(
  token: TimeStampToken,
  signer: TokenSigner,
  certificate: Certificate,
): StampProblem[] {
  const digestName = digestNameOf(signer.digestOid);
  if (digestName === null) {
    return [{ code: 'unsupported-algorithm', values: { algorithm: signer.digestOid } }];
  }
  const contentDigest = createHash(digestName).update(token.content).digest();
  if (!readOr(() => attributesFit(signer, contentDigest), false)) {
    return [{ code: 'bad-signature', values: {} }];
  }
  const { algorithm, signedAttributes, signature } = signer;
  switch (
    verifySignature(algorithm, digestName, publicKeyOf(certificate.keyInfo), signedAttributes, signature)
  ) {
    case 'valid':
      return [];
    case 'invalid':
      return [{ code: 'bad-signature', values: {} }];
    case 'unsupported':
      return [{ code: 'unsupported-algorithm', values: { algorithm: algorithm.oid } }];
  }
}

function attributesFit(signer: TokenSigner, contentDigest: Uint8Array): boolean {
  const type = singleValue(signer, CONTENT_TYPE);
  const digest = singleValue(signer, MESSAGE_DIGEST);
  if (type === null || digest === null) return false;
  return oidOf(type) === TST_INFO && Buffer.compare(octetsOf(digest), contentDigest) === 0;
}

function singleValue(signer: TokenSigner, type: string): DerNode | null {
  const values = signer.attributes.get(type) ?? [];
  return values.length === 1 ? (values[0] ?? null) : null;
}

/**
 * RFC 3161, 2.4.2 and RFC 5816: what is signed names the certificate by its hash, so that no other certificate with the same
 * key can be put in its place. The older form uses SHA-1, which suffices here: a second certificate with the same hash as a
 * given one cannot be made.
 */
function namesCertificate(signer: TokenSigner, certificate: Certificate): boolean {
  const older = singleValue(signer, SIGNING_CERTIFICATE);
  const newer = singleValue(signer, SIGNING_CERTIFICATE_V2);
  if (older === null && newer === null) return false;
  return readOr(
    () =>
      (older === null || firstIdNames(older, certificate, false)) &&
      (newer === null || firstIdNames(newer, certificate, true)),
    false,
  );
}

function firstIdNames(attribute: DerNode, certificate: Certificate, isVersion2: boolean): boolean {
  const ids = Fields.of(Fields.of(attribute).next(TAG.sequence));
  const id = Fields.of(ids.next(TAG.sequence));
  const algorithm = isVersion2 ? id.optional(TAG.sequence) : null;
  const hashName = !isVersion2
    ? 'sha1'
    : algorithm === null
      ? 'sha256'
      : digestNameOf(algorithmOf(algorithm).oid);
  if (hashName === null) return false;
  const hash = octetsOf(id.next(TAG.octetString));
  const issuerSerial = id.optional(TAG.sequence);
  id.end();
  if (Buffer.compare(hash, createHash(hashName).update(certificate.raw).digest()) !== 0) return false;
  return issuerSerial === null || issuerSerialNames(issuerSerial, certificate);
}

function issuerSerialNames(node: DerNode, certificate: Certificate): boolean {
  const fields = Fields.of(node);
  const names = fields.next(TAG.sequence);
  const serial = integerHexOf(fields.next(TAG.integer));
  const isIssuer = names.children.some(
    (name) => name.tag === context(4) && Buffer.compare(onlyChild(name).raw, certificate.issuerRaw) === 0,
  );
  return isIssuer && serial === certificate.serial;
}

function factsOf(certificate: Certificate): SignerFacts {
  const { subject, issuer, serial, validFrom, validTo } = certificate;
  return { subject, issuer, serial, validFrom, validTo, fingerprint: fingerprint(certificate) };
}
