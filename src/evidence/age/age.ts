/**
 * Files in the age format, version 1 (https://c2sp.org/age), sealed and opened as streams, so that the `age` program and all others
 * of the format open what was sealed here, and the other way round.
 */
import { randomBytes } from 'node:crypto';
import { AgeError } from './age-error.js';
import { ARMOR_HEAD_BYTES, armor, isArmored, unarmor } from './armor.js';
import { ByteSource } from './byte-source.js';
import { type AgeHeader, isAuthentic, readHeader, writeHeader } from './header.js';
import {
  type AgeIdentity,
  type AgeRecipient,
  FILE_KEY_BYTES,
  type RandomBytes,
  unwrapFileKey,
  wrapFileKey,
} from './keys.js';
import { openPayload, PAYLOAD_NONCE_BYTES, sealPayload } from './payload.js';

export interface SealOptions {
  /** Writes the text form. */
  readonly armored?: boolean;
  /** Given by tests that repeat. */
  readonly random?: RandomBytes;
}

/**
 * Seals a stream. Chunks of the source must not be written into again once they are given.
 *
 * @example
 * for await (const bytes of sealStream(file, [{ kind: 'x25519', publicKey }])) await handle.write(bytes);
 * @throws RangeError for recipients that the format does not allow: none, or a passphrase beside others
 */
export function sealStream(
  source: AsyncIterable<Uint8Array>,
  recipients: readonly AgeRecipient[],
  options: SealOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const sealed = seal(source, recipients, options.random ?? randomBytes);
  return options.armored === true ? armor(sealed) : sealed;
}

async function* seal(
  input: AsyncIterable<Uint8Array>,
  recipients: readonly AgeRecipient[],
  random: RandomBytes,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new ByteSource(input);
  const fileKey = random(FILE_KEY_BYTES);
  try {
    const stanzas = await wrapFileKey(fileKey, recipients, random);
    const nonce = random(PAYLOAD_NONCE_BYTES);
    yield Buffer.concat([writeHeader(stanzas, fileKey), nonce]);
    yield* sealPayload(source, fileKey, nonce);
  } finally {
    fileKey.fill(0);
    await source.close();
  }
}

/**
 * Opens a sealed stream, in either form. Nothing is given out that is not authentic; everything before damage or a cut is.
 *
 * @throws AgeError; errors of the source pass through
 */
export async function* unsealStream(
  source: AsyncIterable<Uint8Array>,
  identities: readonly AgeIdentity[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const { bytes } = await binaryForm(source);
  try {
    const header = await readHeader(bytes);
    const fileKey = await openHeader(header, identities);
    yield* openRest(bytes, fileKey);
  } finally {
    await bytes.close();
  }
}

/** What is known of a sealed file without a key. */
export interface SealedFile {
  readonly header: AgeHeader;
  readonly isArmored: boolean;
}

/** Reads the header of a sealed file and leaves the rest alone. @throws AgeError; errors of the source pass through */
export async function lookAtSealed(source: AsyncIterable<Uint8Array>): Promise<SealedFile> {
  const { bytes, isArmored: isText } = await binaryForm(source);
  try {
    return { header: await readHeader(bytes), isArmored: isText };
  } finally {
    await bytes.close();
  }
}

/** The key of a file. @throws AgeError header-damaged, work-factor, no-match, header-changed */
export async function openHeader(header: AgeHeader, identities: readonly AgeIdentity[]): Promise<Buffer> {
  const fileKey = await unwrapFileKey(header.stanzas, identities);
  if (!fileKey) throw new AgeError('no-match');
  if (isAuthentic(header, fileKey)) return fileKey;
  fileKey.fill(0);
  throw new AgeError('header-changed');
}

/**
 * Opens a sealed stream with the key of the file, for files that are read more than once. The key stays as it is.
 *
 * @throws AgeError; errors of the source pass through
 */
export async function* unsealWithFileKey(
  source: AsyncIterable<Uint8Array>,
  fileKey: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { bytes } = await binaryForm(source);
  try {
    const header = await readHeader(bytes);
    if (!isAuthentic(header, fileKey)) throw new AgeError('header-changed');
    yield* openRest(bytes, Buffer.from(fileKey));
  } finally {
    await bytes.close();
  }
}

/** @param fileKey overwritten when it is no longer needed */
async function* openRest(source: ByteSource, fileKey: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const nonce = await source.take(PAYLOAD_NONCE_BYTES);
    if (nonce.byteLength < PAYLOAD_NONCE_BYTES) throw new AgeError('header-damaged', 'nonce');
    yield* openPayload(source, fileKey, nonce);
  } finally {
    fileKey.fill(0);
  }
}

async function binaryForm(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: ByteSource; readonly isArmored: boolean }> {
  const given = new ByteSource(source);
  try {
    const head = await given.take(ARMOR_HEAD_BYTES);
    const whole = joined(head, given);
    return isArmored(head)
      ? { bytes: new ByteSource(unarmor(whole)), isArmored: true }
      : { bytes: new ByteSource(whole), isArmored: false };
  } catch (error) {
    await given.close();
    throw error;
  }
}

/** What was taken from the start of a source, and the rest of it. */
async function* joined(head: Uint8Array, source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield head;
    yield* source.rest();
  } finally {
    await source.close();
  }
}
