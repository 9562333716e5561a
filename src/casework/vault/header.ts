/** The file `vault.json`: how the master key is wrapped. Holds nothing about cases. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type Argon2Cost,
  isAcceptable,
  KEY_BYTES,
  keyEncryptionKey,
  LEAST_MEMORY_KIB,
  type RandomBytes,
  seal,
  unseal,
} from './keys.js';
import { fileError, VaultError } from './vault-error.js';

export const HEADER_FILE = 'vault.json';
const FORMAT = 'vigia-vault';
const VERSION = 1;
const SALT_BYTES = 16;
/** A header has some 600 bytes. */
const MAX_HEADER_BYTES = 16_384;

const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  id: z.uuid(),
  createdAt: z.string(),
  argon2id: z.strictObject({
    memoryKiB: z.number(),
    passes: z.number(),
    lanes: z.number(),
    salt: z.base64().length(Buffer.alloc(SALT_BYTES).toString('base64').length),
  }),
  keyFile: z.boolean(),
  /** Master key, AES-256-GCM, bound to all of the above. */
  wrapped: z.base64(),
  /** SHA-256 over everything above. No secret: it tells a damaged header from a wrong passphrase. */
  check: z.string(),
});
/** What every version has. */
const statedSchema = z.looseObject({
  format: z.literal(FORMAT),
  version: z.number().int(),
  check: z.string(),
});
export type VaultHeader = z.infer<typeof headerSchema>;

/** What opens a vault. Bytes, not strings: strings cannot be overwritten. */
export interface Unlocking {
  readonly passphrase: Uint8Array;
  readonly keyFile?: Uint8Array | undefined;
}

export interface Wrapping extends Unlocking {
  readonly id: string;
  readonly createdAt: string;
  readonly cost: Argon2Cost;
  readonly leastMemoryKiB: number;
  readonly random: RandomBytes;
}

/** A new header around a master key; the master key stays with the caller. */
export async function wrapMaster(master: Uint8Array, wrapping: Wrapping): Promise<VaultHeader> {
  if (!isAcceptable(wrapping.cost, wrapping.leastMemoryKiB))
    throw new VaultError('weak-parameters', 'header');
  const salt = wrapping.random(SALT_BYTES);
  const open = {
    format: FORMAT,
    version: VERSION,
    id: wrapping.id,
    createdAt: wrapping.createdAt,
    argon2id: {
      memoryKiB: wrapping.cost.memoryKiB,
      passes: wrapping.cost.passes,
      lanes: wrapping.cost.lanes,
      salt: salt.toString('base64'),
    },
    keyFile: wrapping.keyFile !== undefined,
  } as const;
  const key = await keyEncryptionKey(wrapping.passphrase, wrapping.keyFile, salt, wrapping.cost);
  const wrapped = seal(key, JSON.stringify(open), master, wrapping.random).toString('base64');
  key.fill(0);
  return { ...open, wrapped, check: checkOf({ ...open, wrapped }) };
}

/** @throws VaultError wrong-passphrase-or-key-file, weak-parameters */
export async function unwrapMaster(
  header: VaultHeader,
  unlocking: Unlocking,
  leastMemoryKiB = LEAST_MEMORY_KIB,
): Promise<Buffer> {
  const { wrapped, check: _check, ...open } = header;
  if (!isAcceptable(header.argon2id, leastMemoryKiB)) throw new VaultError('weak-parameters', 'header');
  // Whether a key file is wanted is no secret, but saying so would tell what to look for.
  const key = await keyEncryptionKey(
    unlocking.passphrase,
    unlocking.keyFile,
    Buffer.from(header.argon2id.salt, 'base64'),
    header.argon2id,
  );
  const master = unseal(key, JSON.stringify(open), Buffer.from(wrapped, 'base64'));
  key.fill(0);
  if (master?.length !== KEY_BYTES) throw new VaultError('wrong-passphrase-or-key-file', 'header');
  return master;
}

/** @throws VaultError not-a-vault, damaged, newer-version */
export function readHeader(dir: string): VaultHeader {
  let text: Buffer;
  try {
    const path = join(dir, HEADER_FILE);
    const { size } = statSync(path);
    if (size > MAX_HEADER_BYTES) throw new VaultError('damaged', 'header', HEADER_FILE);
    text = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      throw new VaultError('not-a-vault', 'folder', dir, { cause: error });
    throw fileError(error, HEADER_FILE);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    throw new VaultError('damaged', 'header', HEADER_FILE, { cause: error });
  }
  const stated = statedSchema.safeParse(value);
  if (!stated.success) throw new VaultError('damaged', 'header', HEADER_FILE);
  const { check, ...rest } = stated.data;
  // Before the version is believed: a flipped bit makes "1" a "3". Later versions keep this check.
  if (check !== checkOf(rest)) throw new VaultError('damaged', 'header', HEADER_FILE);
  if (rest.version > VERSION) throw new VaultError('newer-version', 'header', String(rest.version));
  const header = headerSchema.safeParse(value);
  if (!header.success) throw new VaultError('damaged', 'header', HEADER_FILE);
  return header.data;
}

/** Whole or not at all: written beside, forced to disk, then moved over. */
export function writeHeader(dir: string, header: VaultHeader): void {
  const path = join(dir, HEADER_FILE);
  const beside = `${path}.new`;
  try {
    rmSync(beside, { force: true });
    const file = openSync(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      writeSync(file, `${JSON.stringify(header, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
    syncFolder(dir);
  } catch (error) {
    rmSync(beside, { force: true });
    throw fileError(error, HEADER_FILE);
  }
}

function syncFolder(dir: string): void {
  // Windows opens no folders; there the rename is written through by the file system's journal.
  if (process.platform === 'win32') return;
  const folder = openSync(dir, constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function checkOf(rest: object): string {
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}
