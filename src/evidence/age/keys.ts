/**
 * Who can open an age file: holders of an X25519 key, or of a passphrase (https://c2sp.org/age, "Native recipient types").
 * Kinds of recipients that are not known here are left alone, as the format asks; keys of the post-quantum kind cannot be used.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  scrypt,
} from 'node:crypto';
import { totalmem } from 'node:os';
import { AgeError } from './age-error.js';
import { fromBase64, toBase64 } from './base64.js';
import { fromBech32, toBech32 } from './bech32.js';
import type { Stanza } from './header.js';

/** For whom a file is sealed. */
export type AgeRecipient =
  | { readonly kind: 'x25519'; readonly publicKey: Uint8Array }
  | { readonly kind: 'passphrase'; readonly passphrase: Uint8Array; readonly workFactor?: number };

/** With what a file is opened. */
export type AgeIdentity =
  | { readonly kind: 'x25519'; readonly privateKey: Uint8Array }
  | { readonly kind: 'passphrase'; readonly passphrase: Uint8Array };

/** Random bytes, given so that tests repeat. */
export type RandomBytes = (count: number) => Uint8Array;

export const FILE_KEY_BYTES = 16;
const KEY_BYTES = 32;
const WRAPPED_BYTES = FILE_KEY_BYTES + 16;
const SALT_BYTES = 16;
/** As the `age` program writes; about a second. */
const DEFAULT_WORK_FACTOR = 18;
/** As the `age` program refuses: 22 asks for 4 GiB of memory and some fifteen seconds. */
const MAX_WORK_FACTOR = 22;
const SCRYPT_BLOCK = 8;
const IDENTITY_PREFIX = 'age-secret-key-';
const RECIPIENT_PREFIX = 'age';
const X25519_INFO = 'age-encryption.org/v1/X25519';
const SCRYPT_SALT = 'age-encryption.org/v1/scrypt';
const WRAP_CIPHER = 'chacha20-poly1305';
// RFC 8410: what stands before the 32 bytes of an X25519 key in DER.
const PRIVATE_KEY_DER = Buffer.from('302e020100300506032b656e04220420', 'hex');
const PUBLIC_KEY_DER = Buffer.from('302a300506032b656e032100', 'hex');

/** A new X25519 key. */
export function generateIdentity(random: RandomBytes): Extract<AgeIdentity, { kind: 'x25519' }> {
  return { kind: 'x25519', privateKey: random(KEY_BYTES) };
}

/** The public key that belongs to a private one. */
export function publicKeyOf(privateKey: Uint8Array): Buffer {
  return createPublicKey(privateKeyObject(privateKey))
    .export({ format: 'der', type: 'spki' })
    .subarray(-KEY_BYTES);
}

/** `AGE-SECRET-KEY-1…` */
export function identityText(privateKey: Uint8Array): string {
  return toBech32(IDENTITY_PREFIX, privateKey).toUpperCase();
}

/** @returns null when the text is no X25519 key of age. */
export function parseIdentity(text: string): Buffer | null {
  const key = fromBech32(IDENTITY_PREFIX, text);
  return key?.byteLength === KEY_BYTES ? key : null;
}

/** `age1…` */
export function recipientText(publicKey: Uint8Array): string {
  return toBech32(RECIPIENT_PREFIX, publicKey);
}

/** @returns null when the text is no X25519 recipient of age. */
export function parseRecipient(text: string): Buffer | null {
  const key = fromBech32(RECIPIENT_PREFIX, text);
  return key?.byteLength === KEY_BYTES ? key : null;
}

/**
 * The key of a file, wrapped for everybody who is to open it. A passphrase is always alone: whoever knows it could otherwise not
 * tell that the file came from somebody who knows it too.
 *
 * @throws RangeError for recipients that the format does not allow
 */
export async function wrapFileKey(
  fileKey: Uint8Array,
  recipients: readonly AgeRecipient[],
  random: RandomBytes,
): Promise<Stanza[]> {
  if (recipients.length === 0) throw new RangeError('no recipient');
  if (recipients.length > 1 && recipients.some(({ kind }) => kind === 'passphrase'))
    throw new RangeError('a passphrase stands alone');
  const stanzas: Stanza[] = [];
  for (const recipient of recipients) {
    stanzas.push(
      recipient.kind === 'x25519'
        ? wrapForKey(fileKey, recipient.publicKey, random)
        : await wrapForPassphrase(
            fileKey,
            recipient.passphrase,
            recipient.workFactor ?? DEFAULT_WORK_FACTOR,
            random,
          ),
    );
  }
  return stanzas;
}

/**
 * The key of a file, or null when none of the identities opens it. All that is known of is checked, whether it is used or not.
 *
 * @throws AgeError header-damaged, work-factor
 */
export async function unwrapFileKey(
  stanzas: readonly Stanza[],
  identities: readonly AgeIdentity[],
): Promise<Buffer | null> {
  const forKeys = stanzas.filter(({ args }) => args[0] === 'X25519').map(readX25519);
  const forPassphrase = stanzas.filter(({ args }) => args[0] === 'scrypt').map(readScrypt);
  if (forPassphrase.length > 0 && stanzas.length > 1) throw damaged('scrypt');
  for (const identity of identities) {
    if (identity.kind === 'x25519') {
      const own = privateKeyObject(identity.privateKey);
      const ownPublic = publicKeyOf(identity.privateKey);
      for (const stanza of forKeys) {
        const key = unwrapWithKey(stanza, own, ownPublic);
        if (key) return key;
      }
    } else {
      for (const stanza of forPassphrase) {
        const wrapKey = await passphraseKey(identity.passphrase, stanza.salt, stanza.workFactor);
        const key = open(wrapKey, stanza.body);
        wrapKey.fill(0);
        if (key) return key;
      }
    }
  }
  return null;
}

/** Work that one passphrase takes, as the power of two the header states; null when the file is not for a passphrase. */
export function workFactorOf(stanzas: readonly Stanza[]): number | null {
  const [stanza] = stanzas;
  return stanza?.args[0] === 'scrypt' ? readScrypt(stanza).workFactor : null;
}

// ---------------------------------------------------------------------------------------------------------------
// X25519

interface X25519Stanza {
  readonly share: Buffer;
  readonly body: Buffer;
}

function readX25519({ args, body }: Stanza): X25519Stanza {
  const share = args.length === 2 ? fromBase64(args[1] ?? '') : null;
  // The length of what is wrapped is looked at before it is opened: some keys open a body under two keys, of other lengths.
  if (share?.byteLength !== KEY_BYTES || body.byteLength !== WRAPPED_BYTES) throw damaged('X25519');
  return { share, body };
}

function wrapForKey(fileKey: Uint8Array, publicKey: Uint8Array, random: RandomBytes): Stanza {
  const once = random(KEY_BYTES);
  const share = publicKeyOf(once);
  const shared = diffieHellman({
    privateKey: privateKeyObject(once),
    publicKey: publicKeyObject(publicKey),
  });
  once.fill(0);
  const wrapKey = x25519WrapKey(shared, share, publicKey);
  const body = wrap(wrapKey, fileKey);
  wrapKey.fill(0);
  return { args: ['X25519', toBase64(share)], body };
}

function unwrapWithKey({ share, body }: X25519Stanza, own: KeyObject, ownPublic: Buffer): Buffer | null {
  let shared: Buffer;
  try {
    shared = diffieHellman({ privateKey: own, publicKey: publicKeyObject(share) });
  } catch (error) {
    // OpenSSL refuses points that give zeros with every key.
    throw new AgeError('header-damaged', 'X25519', { cause: error });
  }
  if (shared.every((byte) => byte === 0)) throw damaged('X25519');
  const wrapKey = x25519WrapKey(shared, share, ownPublic);
  const key = open(wrapKey, body);
  wrapKey.fill(0);
  return key;
}

function x25519WrapKey(shared: Buffer, share: Uint8Array, publicKey: Uint8Array): Buffer {
  const key = Buffer.from(
    hkdfSync('sha256', shared, Buffer.concat([share, publicKey]), X25519_INFO, KEY_BYTES),
  );
  shared.fill(0);
  return key;
}

function privateKeyObject(key: Uint8Array): KeyObject {
  const der = Buffer.concat([PRIVATE_KEY_DER, key]);
  const object = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return object;
}

function publicKeyObject(key: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([PUBLIC_KEY_DER, key]), format: 'der', type: 'spki' });
}

// ---------------------------------------------------------------------------------------------------------------
// Passphrase

interface ScryptStanza {
  readonly salt: Buffer;
  readonly workFactor: number;
  readonly body: Buffer;
}

function readScrypt({ args, body }: Stanza): ScryptStanza {
  const salt = args.length === 3 ? fromBase64(args[1] ?? '') : null;
  const factor = args[2] ?? '';
  if (salt?.byteLength !== SALT_BYTES || body.byteLength !== WRAPPED_BYTES) throw damaged('scrypt');
  if (!/^[1-9]\d{0,18}$/.test(factor)) throw damaged('scrypt');
  const workFactor = Number(factor);
  if (workFactor > MAX_WORK_FACTOR) throw new AgeError('work-factor', factor);
  return { salt, workFactor, body };
}

async function wrapForPassphrase(
  fileKey: Uint8Array,
  passphrase: Uint8Array,
  workFactor: number,
  random: RandomBytes,
): Promise<Stanza> {
  const salt = random(SALT_BYTES);
  const wrapKey = await passphraseKey(passphrase, salt, workFactor);
  const body = wrap(wrapKey, fileKey);
  wrapKey.fill(0);
  return { args: ['scrypt', toBase64(salt), String(workFactor)], body };
}

function passphraseKey(passphrase: Uint8Array, salt: Uint8Array, workFactor: number): Promise<Buffer> {
  const cost = 2 ** workFactor;
  const bytes = 128 * SCRYPT_BLOCK * cost;
  // A header decides how much memory is asked for: never what would make the system end us, or others.
  if (bytes > totalmem() / 2) throw new AgeError('work-factor', String(workFactor));
  const fullSalt = Buffer.concat([Buffer.from(SCRYPT_SALT), salt]);
  const options = { N: cost, r: SCRYPT_BLOCK, p: 1, maxmem: 2 * bytes + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, fullSalt, KEY_BYTES, options, (error, key) => {
      if (error) reject(new AgeError('work-factor', String(workFactor), { cause: error }));
      else resolve(key);
    });
  });
}

// ---------------------------------------------------------------------------------------------------------------

// The wrapping key is used once: a nonce of zeros repeats nothing.
const ZERO_NONCE = Buffer.alloc(12);

function wrap(key: Buffer, fileKey: Uint8Array): Buffer {
  const cipher = createCipheriv(WRAP_CIPHER, key, ZERO_NONCE, { authTagLength: 16 });
  const body = cipher.update(fileKey);
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()]);
}

function open(key: Buffer, body: Buffer): Buffer | null {
  const decipher = createDecipheriv(WRAP_CIPHER, key, ZERO_NONCE, { authTagLength: 16 });
  decipher.setAuthTag(body.subarray(FILE_KEY_BYTES));
  const fileKey = decipher.update(body.subarray(0, FILE_KEY_BYTES));
  try {
    decipher.final();
    return fileKey;
  } catch {
    fileKey.fill(0);
    return null;
  }
}

function damaged(place: string): AgeError {
  return new AgeError('header-damaged', place);
}
