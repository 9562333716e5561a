/**
 * Keys of the vault: passphrase (and key file) -> key-encryption key -> master key -> everything else.
 *
 * All keys are Buffers and are overwritten with zeros when they are no longer needed. What JavaScript cannot promise: that no
 * copy is left behind by the garbage collector, by OpenSSL's or argon2's own memory, in swap or in a hibernation file.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { VaultError } from './vault-error.js';

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Cost of guessing one passphrase. */
export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** Where calibration starts; the second recommended option of RFC 9106 asks for 64 MiB, this is four times that. */
export const DEFAULT_COST: Argon2Cost = { memoryKiB: 256 * 1024, passes: 3, lanes: 1 };
/** Below this a vault is neither made nor opened: somebody may have rewritten the header to make guessing cheap. */
export const LEAST_MEMORY_KIB = 64 * 1024;
/** A header that asks for more is damaged or hostile: opening it would take the machine's memory or a day. */
const GREATEST = { memoryKiB: 4 * 1024 * 1024, passes: 64, lanes: 16 };
const SHORTEST_SECONDS = 0.8;

/** Random bytes, given so that tests repeat. */
export type RandomBytes = (count: number) => Buffer;

export function isAcceptable(cost: Argon2Cost, leastMemoryKiB: number): boolean {
  const within = (value: number, least: number, greatest: number): boolean =>
    Number.isInteger(value) && value >= least && value <= greatest;
  return (
    within(cost.memoryKiB, leastMemoryKiB, GREATEST.memoryKiB) &&
    within(cost.passes, 1, GREATEST.passes) &&
    within(cost.lanes, 1, GREATEST.lanes)
  );
}

/** Raises the passes until deriving takes 0.8 s on this machine. `seconds` measures one derivation. */
export async function calibrate(seconds: (cost: Argon2Cost) => Promise<number>): Promise<Argon2Cost> {
  const taken = await seconds(DEFAULT_COST);
  const wanted = Math.ceil((DEFAULT_COST.passes * SHORTEST_SECONDS) / Math.max(taken, 0.01));
  return { ...DEFAULT_COST, passes: Math.min(Math.max(wanted, DEFAULT_COST.passes), GREATEST.passes) };
}

/** How long one derivation takes here, with nothing secret in it. */
export async function measureCost(cost: Argon2Cost): Promise<number> {
  const started = process.hrtime.bigint();
  (await derive(Buffer.from('calibration'), Buffer.alloc(16), cost)).fill(0);
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/**
 * The key that wraps the master key. A key file is a second thing to have: its bytes go into HKDF beside what argon2id made
 * of the passphrase, so that neither alone opens anything.
 */
export async function keyEncryptionKey(
  passphrase: Uint8Array,
  keyFile: Uint8Array | undefined,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Buffer> {
  const stretched = await derive(passphrase, salt, cost);
  const fileDigest = keyFile === undefined ? Buffer.alloc(0) : createHash('sha512').update(keyFile).digest();
  const both = Buffer.concat([stretched, fileDigest]);
  const key = hkdf(both, keyFile === undefined ? 'vigia vault key' : 'vigia vault key and key file', salt);
  for (const secret of [stretched, fileDigest, both]) secret.fill(0);
  return key;
}

async function derive(passphrase: Uint8Array, salt: Uint8Array, cost: Argon2Cost): Promise<Buffer> {
  return hashRaw(passphrase, {
    // Argon2id, as the package's constant enum cannot be imported by separately compiled modules.
    algorithm: 2,
    memoryCost: cost.memoryKiB,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    outputLen: KEY_BYTES,
    salt,
  });
}

/** One key from another, by purpose (RFC 5869). */
export function hkdf(key: Uint8Array, label: string, salt: Uint8Array = new Uint8Array()): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `vigia/1 ${label}`, KEY_BYTES));
}

/**
 * AES-256-GCM: nonce, ciphertext, tag. `binding` is what the bytes belong to: a row moved elsewhere does not open. Nonces are
 * random; one key seals far fewer than the 2^32 messages that NIST SP 800-38D allows then.
 */
export function seal(key: Uint8Array, binding: string, plain: Uint8Array, random: RandomBytes): Buffer {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(binding, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @returns null when the key, the binding or the bytes are not those that were sealed. */
export function unseal(key: Uint8Array, binding: string, sealed: Uint8Array): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(binding, 'utf8'))
    .setAuthTag(sealed.subarray(end));
  try {
    const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
    // In GCM all plain text comes out of update(); final() only checks.
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

/** The keys of an open vault. */
export class KeyRing {
  readonly #keys: ReadonlyMap<'database' | 'index' | 'log' | 'cases' | 'vault', Buffer>;
  #zeroed = false;

  /** Takes the master key over and zeroes it. */
  constructor(master: Buffer) {
    this.#keys = new Map(
      (['database', 'index', 'log', 'cases', 'vault'] as const).map((name) => [name, hkdf(master, name)]),
    );
    master.fill(0);
  }

  /** Raw key of the database. */
  get database(): Buffer {
    return this.#key('database');
  }

  /** For digests that only say "the same again" inside this vault. */
  get index(): Buffer {
    return this.#key('index');
  }

  /** Ed25519 seed that signs custody logs. */
  get log(): Buffer {
    return this.#key('log');
  }

  /** Wraps the random keys of cases. */
  get cases(): Buffer {
    return this.#key('cases');
  }

  /** Seals what belongs to no case. */
  get vault(): Buffer {
    return this.#key('vault');
  }

  zero(): void {
    this.#zeroed = true;
    for (const key of this.#keys.values()) key.fill(0);
  }

  #key(name: 'database' | 'index' | 'log' | 'cases' | 'vault'): Buffer {
    const key = this.#keys.get(name);
    // A zeroed key would silently seal with zeros.
    if (this.#zeroed || !key) throw new VaultError('closed', 'folder');
    return key;
  }
}
