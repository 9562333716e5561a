/** The signature algorithms that stamps and certificates may use, and those that are refused. */
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  context,
  type DerNode,
  damaged,
  Fields,
  oidOf,
  onlyChild,
  readOr,
  smallIntegerOf,
  TAG,
} from './der.js';

export const DIGEST_NAMES = ['sha256', 'sha384', 'sha512'] as const;
export type DigestName = (typeof DIGEST_NAMES)[number];

const DIGEST_OIDS: Readonly<Record<string, DigestName>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The hash an OID names, or null when it is not one of those that stamps may use (SHA-1 and MD5 are not). */
export function digestNameOf(oid: string): DigestName | null {
  return DIGEST_OIDS[oid] ?? null;
}

/** An AlgorithmIdentifier. */
export interface Algorithm {
  readonly oid: string;
  readonly parameters: DerNode | null;
}

export function algorithmOf(node: DerNode): Algorithm {
  const fields = Fields.of(node);
  const oid = oidOf(fields.next(TAG.oid));
  const parameters = node.children[1] ?? null;
  if (node.children.length > 2) throw damaged(node);
  return { oid, parameters };
}

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const ED25519 = '1.3.101.112';
const MGF1 = '1.2.840.113549.1.1.8';
const WITH_DIGEST: Readonly<Record<string, { family: 'rsa' | 'ec'; digest: DigestName }>> = {
  '1.2.840.113549.1.1.11': { family: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { family: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { family: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.3.2': { family: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { family: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { family: 'ec', digest: 'sha512' },
};

// NIST SP 800-131A: RSA below 2,048 bits must not be relied upon. Above 16,384 a check takes long for nothing.
const MIN_RSA_BITS = 2_048;
const MAX_RSA_BITS = 16_384;
const CURVES = new Set([
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
]);

export type SignatureOutcome = 'valid' | 'invalid' | 'unsupported';

/** A public key from its SubjectPublicKeyInfo; null when it is none, or of a kind or size that is not accepted. */
export function publicKeyOf(info: Uint8Array): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(info), format: 'der', type: 'spki' });
    const details = key.asymmetricKeyDetails;
    switch (key.asymmetricKeyType) {
      case 'rsa':
      case 'rsa-pss': {
        const bits = details?.modulusLength ?? 0;
        return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS ? key : null;
      }
      case 'ec':
        return CURVES.has(details?.namedCurve ?? '') ? key : null;
      case 'ed25519':
        return key;
      default:
        return null;
    }
  } catch {
    // OpenSSL refuses what is not a key on its curve or not in its form.
    return null;
  }
}

/**
 * Checks one signature.
 *
 * @param digest - the hash named beside the algorithm (CMS); used by algorithms that do not name one themselves
 */
export function verifySignature(
  algorithm: Algorithm,
  digest: DigestName | null,
  key: KeyObject | null,
  signed: Uint8Array,
  signature: Uint8Array,
): SignatureOutcome {
  const scheme = schemeOf(algorithm, digest);
  if (scheme === null || key === null || !scheme.keys.includes(key.asymmetricKeyType ?? ''))
    return 'unsupported';
  try {
    const options = scheme.padding === undefined ? { key } : { key, ...scheme.padding };
    return verify(scheme.digest, signed, options, signature) ? 'valid' : 'invalid';
  } catch {
    return 'invalid';
  }
}

interface Scheme {
  readonly keys: readonly string[];
  /** Null where the algorithm hashes by itself. */
  readonly digest: DigestName | null;
  readonly padding?: { readonly padding: number; readonly saltLength: number };
}

function schemeOf(algorithm: Algorithm, digest: DigestName | null): Scheme | null {
  const { oid, parameters } = algorithm;
  const named = WITH_DIGEST[oid];
  if (named !== undefined) return { keys: [named.family], digest: named.digest };
  if (oid === RSA_ENCRYPTION) return digest === null ? null : { keys: ['rsa'], digest };
  if (oid === ED25519) return { keys: ['ed25519'], digest: null };
  if (oid === RSA_PSS && parameters !== null) return readOr(() => pssScheme(parameters), null);
  return null;
}

/** RFC 4055: the hash, MGF1 with the same hash, and the length of the salt must be said; the defaults are SHA-1's. */
function pssScheme(parameters: DerNode): Scheme | null {
  const fields = Fields.of(parameters);
  const hash = fields.optional(context(0));
  const mask = fields.optional(context(1));
  const salt = fields.optional(context(2));
  if (hash === null || mask === null) return null;
  const digest = digestNameOf(algorithmOf(onlyChild(hash)).oid);
  const generator = algorithmOf(onlyChild(mask));
  const maskDigest =
    generator.parameters === null ? null : digestNameOf(algorithmOf(generator.parameters).oid);
  if (digest === null || generator.oid !== MGF1 || maskDigest !== digest) return null;
  const saltLength = salt === null ? 20 : smallIntegerOf(onlyChild(salt));
  return {
    keys: ['rsa', 'rsa-pss'],
    digest,
    padding: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
  };
}
