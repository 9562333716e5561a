/** The vault while the server runs: opened with the passphrase, locked when asked or when nobody is there. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Desk } from '../casework/desk/desk.js';
import { type Argon2Cost, LEAST_MEMORY_KIB } from '../casework/vault/keys.js';
import { createVault, isVault, openVault, type Vault } from '../casework/vault/vault.js';
import { fileError, VaultError } from '../casework/vault/vault-error.js';
import type { Translator } from '../core/language.js';
import { fromDate } from '../core/time.js';
import type { OpenVault, VaultState } from './api/api.js';
import { ApiProblem } from './api-problem.js';
import { CheckRunner } from './checks/check-runner.js';
import { eraseVault } from './erase-vault.js';
import type { PathBrowser } from './paths/path-browser.js';
import type { SettingsStore } from './settings.js';
import { UploadStore } from './uploads/upload-store.js';

/** A passphrase that does not open takes no less than that, whatever the reason. */
const REFUSAL_MILLISECONDS = 1_000;
/** How often it is looked whether nobody is there. */
const LOOK_MILLISECONDS = 1_000;

export interface VaultKeeperOptions {
  /** Where the vault is, or is to be. */
  readonly folder: string;
  readonly settings: SettingsStore;
  readonly translate: () => Translator;
  /** Needed besides the passphrase where the vault was made with it. */
  readonly keyFile?: Uint8Array;
  readonly paths?: PathBrowser;
  readonly nowMs?: () => number;
  /** Only for tests, whose vaults hold nothing. */
  readonly cost?: { readonly argon2: Argon2Cost; readonly leastMemoryKiB: number };
  readonly refusalMilliseconds?: number;
  /** The vault locked itself. */
  readonly onIdle: () => void;
  /** The vault was closed, for whatever reason. */
  readonly onClosed: () => void;
}

/** Under which the vault keeps what its person is called: the lock screen asks for nothing but the phrase. */
const NAME_KEY = 'operator-name';

interface Opened {
  readonly vault: Vault;
  readonly desk: Desk;
  readonly uploads: UploadStore;
  readonly checks: CheckRunner;
  /** Set when nothing is kept: the folder goes with the vault. */
  readonly unsavedFolder: string | null;
}

/**
 * Asked to lock, it stops what runs and closes the vault at once. When it locks by itself a check that is reading goes on: pages get
 * nothing any more, the vault closes when the check has ended, and whoever opens it before that finds it going on. Without saving
 * there is no passphrase to come back with, so there a check that is reading counts as somebody being there.
 */
export class VaultKeeper {
  readonly #options: VaultKeeperOptions;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #opened: Opened | null = null;
  /** Pages get nothing, whether or not the vault is still open. */
  #isShut = false;
  #lastMs = 0;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #removeAtExit = (): void => {
    const folder = this.#opened?.unsavedFolder;
    if (folder) rmSync(folder, { recursive: true, force: true });
  };

  constructor(options: VaultKeeperOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#timer = setInterval(() => this.look(), LOOK_MILLISECONDS).unref();
    process.on('exit', this.#removeAtExit);
  }

  get state(): VaultState {
    if (this.#opened && !this.#isShut) return this.#opened.unsavedFolder === null ? 'open' : 'unsaved';
    return isVault(this.#options.folder) ? 'locked' : 'none';
  }

  /** UTC; null while locked. */
  get locksAt(): string | null {
    if (!this.#opened || this.#isShut) return null;
    return new Date(this.#lastMs + this.#idleMs).toISOString();
  }

  /** @throws ApiProblem 423 locked */
  desk(): Desk {
    return this.#parts.desk;
  }

  /** @throws ApiProblem 423 locked */
  checks(): CheckRunner {
    return this.#parts.checks;
  }

  /** @throws ApiProblem 423 locked */
  uploads(): UploadStore {
    return this.#parts.uploads;
  }

  /** Whether a desk is the one that is worked at now. */
  isAt(desk: Desk): boolean {
    return this.#opened?.desk === desk && !this.#isShut;
  }

  /** Somebody is there. */
  activity(): void {
    this.#lastMs = this.#nowMs();
  }

  /**
   * Makes or opens the vault. One attempt after the other.
   *
   * @throws ApiProblem 401 wrong-passphrase, 409 check-running when a check of somebody else goes on, VaultError
   */
  open(asked: OpenVault): Promise<void> {
    return this.#inTurn(async () => {
      const began = performance.now();
      try {
        await (asked.mode === 'unsaved' ? this.#openUnsaved() : this.#openSaved(asked));
        this.#isShut = false;
        this.activity();
      } catch (error) {
        const isWrong = error instanceof VaultError && error.code === 'wrong-passphrase-or-key-file';
        if (!isWrong) throw error;
        const least = this.#options.refusalMilliseconds ?? REFUSAL_MILLISECONDS;
        await pause(Math.max(0, least - (performance.now() - began)));
        throw new ApiProblem(401, 'wrong-passphrase', {}, true);
      }
    });
  }

  /** Stops what runs and closes the vault; without saving, everything is gone. */
  lock(): Promise<void> {
    this.#isShut = true;
    return this.#inTurn(() => this.#close());
  }

  /** Whether a passphrase opens the vault that is open. Without saving there is none, and any will do. @throws ApiProblem 423 locked */
  async isPassphrase(text: string): Promise<boolean> {
    const { vault, unsavedFolder } = this.#parts;
    if (unsavedFolder !== null) return true;
    const { keyFile } = this.#options;
    const passphrase = passphraseBytes(text);
    try {
      return await vault.isOpenedBy({ passphrase, ...(keyFile ? { keyFile } : {}) });
    } finally {
      passphrase.fill(0);
    }
  }

  /** Closes the vault and destroys it. @throws VaultError read-only */
  erase(): Promise<void> {
    this.#isShut = true;
    return this.#inTurn(async () => {
      const isKept = this.#opened?.unsavedFolder === null;
      await this.#close();
      try {
        if (isKept) eraseVault(this.#options.folder);
      } catch (error) {
        throw fileError(error, this.#options.folder);
      }
    });
  }

  /** Locks when nobody was there for as long as the settings say; closes what a check kept open. */
  look(): void {
    const opened = this.#opened;
    if (!opened) return;
    const { isReading } = opened.checks;
    if (!this.#isShut) {
      if (this.#nowMs() < this.#lastMs + this.#idleMs) return;
      if (isReading && opened.unsavedFolder !== null) {
        this.activity();
        return;
      }
      this.#isShut = true;
      this.#options.onIdle();
    }
    if (!isReading) void this.#inTurn(() => (this.#isShut ? this.#close() : Promise.resolve()));
  }

  /** At the end of the server. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.lock();
    process.off('exit', this.#removeAtExit);
  }

  // ---------------------------------------------------------------------------------------------------------------

  get #idleMs(): number {
    return this.#options.settings.get().idleLockMinutes * 60_000;
  }

  get #parts(): Opened {
    if (!this.#opened || this.#isShut) throw new ApiProblem(423, 'locked');
    return this.#opened;
  }

  async #openSaved({
    mode,
    passphrase: text,
    actor,
  }: Exclude<OpenVault, { mode: 'unsaved' }>): Promise<void> {
    const { folder, keyFile, settings, cost } = this.#options;
    const passphrase = passphraseBytes(text);
    try {
      const unlocking = { passphrase, ...(keyFile ? { keyFile } : {}) };
      if (this.#opened) {
        if (mode === 'create' || this.#opened.unsavedFolder !== null)
          throw new VaultError('already-open', 'folder', String(process.pid));
        if (!(await this.#opened.vault.isOpenedBy(unlocking)))
          throw new VaultError('wrong-passphrase-or-key-file', 'header');
        // What the check still writes into the log stands under the name it was begun with.
        if (actor.trim() !== '' && !isSameName(actor, this.#opened.desk.operator.actor))
          throw new ApiProblem(409, 'check-running');
        return;
      }
      const given = { dir: folder, now: storedNow, ...unlocking, ...cost };
      const vault = await (mode === 'create' ? createVault(given) : openVault(given));
      this.#take(vault, nameOf(vault, actor.trim()), null);
      if (mode === 'create') settings.keep();
    } finally {
      passphrase.fill(0);
    }
  }

  async #openUnsaved(): Promise<void> {
    if (this.#opened) throw new VaultError('already-open', 'folder', String(process.pid));
    const folder = mkdtempSync(join(tmpdir(), 'vigia-unsaved-'));
    const passphrase = randomBytes(32);
    try {
      const vault = await createVault({
        dir: join(folder, 'vault'),
        passphrase,
        now: storedNow,
        // Nobody guesses 32 random bytes, however quickly each guess is tried.
        ...(this.#options.cost ?? { argon2: { memoryKiB: LEAST_MEMORY_KIB, passes: 1, lanes: 1 } }),
      });
      this.#take(vault, userInfo().username, folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    } finally {
      passphrase.fill(0);
    }
  }

  #take(vault: Vault, actor: string, unsavedFolder: string | null): void {
    const { translate, paths } = this.#options;
    try {
      const desk = new Desk(vault, {
        actor,
        now: storedNow,
        monotonicMs: () => performance.now(),
        random: (bytes) => randomBytes(bytes),
      });
      const uploads = new UploadStore({ vaultFolder: vault.dir });
      const checks = new CheckRunner({ desk, uploads, translate, ...(paths ? { paths } : {}) });
      this.#opened = { vault, desk, uploads, checks, unsavedFolder };
    } catch (error) {
      vault.close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    try {
      await opened.checks.close();
      await opened.uploads.close();
    } finally {
      opened.vault.close();
      if (opened.unsavedFolder !== null)
        rmSync(opened.unsavedFolder, { recursive: true, force: true, maxRetries: 3 });
      this.#opened = null;
      this.#options.onClosed();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}

/** However the keyboard composes its letters, they are the same passphrase. */
function passphraseBytes(text: string): Buffer {
  return Buffer.from(text.normalize('NFC'), 'utf8');
}

/** As told, or as told before; where nobody ever said, the name on this computer, as on the command line. */
function nameOf(vault: Vault, told: string): string {
  const known = vault.drafts.get(NAME_KEY)?.text ?? '';
  if (told === '') return known === '' ? userInfo().username : known;
  if (told !== known) vault.drafts.put({ id: NAME_KEY, text: told, savedAt: storedNow(), rev: 1 }, null);
  return told;
}

function isSameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function storedNow(): string {
  return fromDate(new Date()) ?? '';
}
