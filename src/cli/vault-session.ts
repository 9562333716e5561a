/** Opens the vault for one command, and closes it whatever happens. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Desk, type Operator } from '../casework/desk/desk.js';
import type { Role } from '../casework/model/vocabularies.js';
import { createVault, isVault, openVault, type Vault } from '../casework/vault/vault.js';
import { EXIT } from '../core/exit-code.js';
import type { Translator } from '../core/language.js';
import { fromDate } from '../core/time.js';
import { dataFolder } from '../indicators/data-folder.js';
import { CommandError } from './command-error.js';
import type { Interruption } from './interruption.js';
import { printNote } from './print.js';

/** Options of every command that opens the vault. */
export interface VaultOptions {
  readonly vault?: string;
  readonly passphraseFile?: string;
  readonly vaultKey?: string;
  readonly actor?: string;
  readonly role?: Role;
}

export interface SessionContext {
  readonly translate: Translator;
  readonly interruption: Interruption;
}

/** A passphrase below that is guessed, whatever it is stretched with. */
const LEAST_PASSPHRASE = 10;
const MAX_KEY_FILE_BYTES = 65_536;

/** Runs a piece of work at the desk. @param isNew makes the vault when there is none */
export async function atDesk<T>(
  options: VaultOptions,
  { translate, interruption }: SessionContext,
  work: (desk: Desk) => Promise<T> | T,
  isNew = false,
): Promise<T> {
  const dir = vaultFolder(options);
  const exists = isVault(dir);
  if (!exists && !isNew) throw new CommandError('noVault', { folder: dir }, EXIT.couldNotRun);
  const keyFile = options.vaultKey === undefined ? undefined : await keyFileBytes(options.vaultKey);
  const passphrase = await passphraseOf(options, { translate, interruption }, exists);
  let vault: Vault | null = null;
  try {
    const given = { dir, passphrase, now: storedNow, ...(keyFile ? { keyFile } : {}) };
    if (!exists) printNote(translate('cli.vault.making', { folder: dir }));
    vault = exists ? await openVault(given) : await createVault(given);
    return await work(new Desk(vault, operatorOf(options)));
  } finally {
    passphrase.fill(0);
    keyFile?.fill(0);
    vault?.close();
  }
}

/** `--vault`, VIGIA_VAULT, or the folder of the user's data. */
export function vaultFolder({ vault }: Pick<VaultOptions, 'vault'>): string {
  return resolve(vault ?? (process.env.VIGIA_VAULT || join(dataFolder(), 'vault')));
}

function operatorOf({ actor, role }: VaultOptions): Operator {
  return {
    role,
    actor: actor ?? (process.env.VIGIA_ACTOR || userInfo().username),
    now: storedNow,
    monotonicMs: () => performance.now(),
    random: (bytes) => randomBytes(bytes),
  };
}

function storedNow(): string {
  return fromDate(new Date()) ?? '';
}

/** @throws CommandError */
export async function keyFileBytes(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null || bytes.length === 0 || bytes.length > MAX_KEY_FILE_BYTES) {
    throw new CommandError('vaultKeyFile', { path }, EXIT.couldNotRun);
  }
  return bytes;
}

/** The file, the environment, or on a terminal the person, who types a new one twice. */
async function passphraseOf(
  { passphraseFile }: VaultOptions,
  { translate, interruption }: SessionContext,
  exists: boolean,
): Promise<Uint8Array> {
  const given =
    passphraseFile === undefined ? (process.env.VIGIA_PASSPHRASE ?? null) : await firstLine(passphraseFile);
  const text = given ?? (await ask(translate, interruption, exists));
  if (!exists && [...text].length < LEAST_PASSPHRASE) {
    throw new CommandError('passphraseShort', { least: LEAST_PASSPHRASE }, EXIT.couldNotRun);
  }
  return Buffer.from(text.normalize('NFC'), 'utf8');
}

/** The first line of a file with a passphrase. @throws CommandError */
export async function firstLine(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => null);
  const line = text?.split(/\r?\n/)[0] ?? '';
  if (line === '') throw new CommandError('passphraseFile', { path }, EXIT.couldNotRun);
  return line;
}

async function ask(translate: Translator, interruption: Interruption, exists: boolean): Promise<string> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new CommandError('noPassphrase', {}, EXIT.couldNotRun);
  }
  const { password, isCancel } = await import('@clack/prompts');
  const once = async (key: string): Promise<string> => {
    const answer = await password({ message: translate(`cli.vault.${key}`), output: process.stderr });
    if (isCancel(answer) || answer === undefined) {
      interruption.interrupt();
      throw new CommandError('noPassphrase', {}, EXIT.couldNotRun);
    }
    return answer;
  };
  const first = await once(exists ? 'ask' : 'askNew');
  if (!exists && (await once('askAgain')) !== first) {
    throw new CommandError('passphraseDiffers', {}, EXIT.couldNotRun);
  }
  return first;
}
