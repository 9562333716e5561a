/**
 * The vault: everything about cases in one folder, encrypted. `vault.json` says how the master key is wrapped, `vault.db` holds the
 * rest. See docs/adr/0019-vault.md for what it protects against and what not.
 */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Case } from '../model/case.js';
import { type Consent, consentSchema } from '../model/consent.js';
import {
  type Departure,
  departureSchema,
  type KeptStamp,
  type Note,
  noteSchema,
  type Release,
  type Review,
  releaseSchema,
  reviewSchema,
  stampSchema,
  type Withdrawal,
  withdrawalSchema,
} from './case-documents.js';
import { CaseStore, EvidenceStore, IdentityStore } from './case-store.js';
import { CustodyStore } from './custody-store.js';
import { DATABASE_FILE, VaultDatabase } from './database.js';
import { type DeletionReport, destroyCase, type Tombstone, tombstones } from './deletion.js';
import { DraftShelf } from './draft-shelf.js';
import { HEADER_FILE, readHeader, type Unlocking, unwrapMaster, wrapMaster, writeHeader } from './header.js';
import { HuntStore } from './hunt-store.js';
import {
  type Argon2Cost,
  calibrate,
  hkdf,
  KEY_BYTES,
  KeyRing,
  LEAST_MEMORY_KIB,
  measureCost,
  type RandomBytes,
} from './keys.js';
import { newId } from './new-id.js';
import { RecordStore } from './record-store.js';
import { RunStore } from './run-store.js';
import { Shelf, VaultShelf } from './shelf.js';
import { type CasePart, exportCase, importCase, removeUnfinishedImports } from './transfer.js';
import { VaultCore } from './vault-core.js';
import { fileError, VaultError } from './vault-error.js';
import { sealedRowProblems } from './verify.js';

const LOCK_FILE = 'vault.lock';

export interface VaultOptions extends Unlocking {
  readonly dir: string;
  /** The clock, in the stored form. */
  readonly now: () => string;
  readonly random?: RandomBytes;
  /** Only for tests, whose vaults hold nothing: at least 64 MiB otherwise. */
  readonly leastMemoryKiB?: number;
}

/** Something in the vault that is not as it was written. */
export interface VaultProblem {
  readonly place: 'database' | 'row';
  readonly detail: string;
}

/** Whether there is a vault in a folder, without opening it. */
export function isVault(dir: string): boolean {
  return existsSync(join(dir, HEADER_FILE));
}

/**
 * Makes a vault. `argon2`: left out, it is calibrated to 0.8 s on this machine.
 *
 * @throws VaultError already-there, read-only, disk-full, weak-parameters
 */
export async function createVault(options: VaultOptions & { readonly argon2?: Argon2Cost }): Promise<Vault> {
  const { dir, now, random = randomBytes } = options;
  for (const file of [HEADER_FILE, DATABASE_FILE])
    if (existsSync(join(dir, file))) throw new VaultError('already-there', 'folder', dir);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(cannotWriteAbove(dir) ?? error, dir);
  }
  const createdAt = now();
  const master = random(KEY_BYTES);
  let database: VaultDatabase | null = null;
  let keys: KeyRing | null = null;
  try {
    const header = await wrapMaster(master, {
      passphrase: options.passphrase,
      keyFile: options.keyFile,
      id: newId(createdAt, random),
      createdAt,
      cost: options.argon2 ?? (await calibrate(measureCost)),
      leastMemoryKiB: options.leastMemoryKiB ?? LEAST_MEMORY_KIB,
      random,
    });
    keys = new KeyRing(master);
    database = VaultDatabase.create(dir, keys.database);
    // Last: a folder without it is no vault yet.
    writeHeader(dir, header);
    return new Vault(options, database, keys);
  } catch (error) {
    keys?.zero();
    if (database) {
      database.close();
      for (const file of [HEADER_FILE, LOCK_FILE, ...['', '-wal'].map((suffix) => DATABASE_FILE + suffix)])
        rmSync(join(dir, file), { force: true });
    }
    throw error;
  } finally {
    master.fill(0);
  }
}

/** @throws VaultError wrong-passphrase-or-key-file, not-a-vault, damaged, already-open, read-only, newer-version */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const header = readHeader(options.dir);
  const keys = new KeyRing(await unwrapMaster(header, options, options.leastMemoryKiB));
  try {
    return new Vault(options, VaultDatabase.open(options.dir, keys.database), keys);
  } catch (error) {
    keys.zero();
    if (error instanceof VaultError && error.code === 'already-open')
      throw new VaultError('already-open', 'folder', ownerOf(options.dir), { cause: error });
    throw error;
  }
}

/** An open vault. One process has it; {@link close} it before the process ends. */
export class Vault {
  readonly dir: string;
  readonly cases: CaseStore;
  readonly identities: IdentityStore;
  readonly consents: Shelf<Consent>;
  readonly evidence: EvidenceStore;
  readonly runs: RunStore;
  readonly records: RecordStore;
  readonly hunts: HuntStore;
  readonly custody: CustodyStore;
  readonly departures: Shelf<Departure>;
  readonly withdrawals: Shelf<Withdrawal>;
  readonly stamps: Shelf<KeptStamp>;
  readonly notes: Shelf<Note>;
  readonly reviews: Shelf<Review>;
  readonly releases: VaultShelf<Release>;
  readonly drafts: DraftShelf;
  readonly #core: VaultCore;
  readonly #random: RandomBytes;
  readonly #leastMemoryKiB: number;
  #open = true;

  /** @internal Use {@link createVault} or {@link openVault}. */
  constructor(options: VaultOptions, database: VaultDatabase, keys: KeyRing) {
    this.dir = options.dir;
    this.#random = options.random ?? randomBytes;
    this.#leastMemoryKiB = options.leastMemoryKiB ?? LEAST_MEMORY_KIB;
    const core = new VaultCore(database, keys, options.now, this.#random);
    this.#core = core;
    this.cases = new CaseStore(core);
    this.identities = new IdentityStore(core);
    this.consents = new Shelf(core, 'consents', consentSchema);
    this.evidence = new EvidenceStore(core);
    this.runs = new RunStore(core);
    this.records = new RecordStore(core);
    this.hunts = new HuntStore(core);
    this.custody = new CustodyStore(core);
    this.departures = new Shelf(core, 'departures', departureSchema);
    this.withdrawals = new Shelf(core, 'withdrawals', withdrawalSchema);
    this.stamps = new Shelf(core, 'stamps', stampSchema);
    this.notes = new Shelf(core, 'notes', noteSchema);
    this.reviews = new Shelf(core, 'reviews', reviewSchema);
    this.releases = new VaultShelf(core, 'releases', releaseSchema);
    this.drafts = new DraftShelf(core);
    try {
      writeOwner(this.dir);
      removeUnfinishedImports(core);
    } catch (error) {
      core.close();
      throw error;
    }
  }

  /** All that `work` writes is on disk when it returns, or nothing of it. `work` must not wait for anything. */
  transaction<T>(work: () => T): T {
    return this.#core.database.transaction(work);
  }

  /** A new id, for what is added. */
  newId(): string {
    return newId(this.#core.now(), this.#random);
  }

  /**
   * A secret of a case for one use (names in the sealed store, keys of sealed files), which ends with the case. Zero it after use.
   */
  caseSecret(caseId: string, use: string): Buffer {
    return hkdf(this.#core.key(this.#core.number(caseId)), `case secret ${use}`);
  }

  /** A secret of this vault for one use (opening what others seal for this desk). Zero it after use. */
  secret(use: string): Buffer {
    return hkdf(this.#core.keys.vault, `vault secret ${use}`);
  }

  /** Cases that were destroyed here. */
  destroyed(): Tombstone[] {
    return tombstones(this.#core);
  }

  /** Crypto-erase, then the rows, then free space. @throws VaultError hold, not-found */
  destroyCase(caseId: string, told: Parameters<typeof destroyCase>[2]): DeletionReport {
    this.records.forget();
    return destroyCase({ ...this, core: this.#core }, caseId, told);
  }

  /** The whole case as plain files. `identity`: with names and contacts. */
  exportCase(caseId: string, options: { readonly identity: boolean }): AsyncIterable<CasePart> {
    return exportCase({ ...this, core: this.#core }, caseId, options);
  }

  /** @throws VaultError bad-import, already-there, case-destroyed */
  importCase(parts: AsyncIterable<CasePart>): Promise<Case> {
    return importCase({ ...this, core: this.#core }, parts);
  }

  /** Authenticates every page and opens every sealed row. */
  verify(): VaultProblem[] {
    return [
      ...this.#core.database.problems().map((detail) => ({ place: 'database' as const, detail })),
      ...sealedRowProblems(this.#core),
    ];
  }

  /** Whether this opens the vault: asked again before names are shown. As slow as opening it. */
  async isOpenedBy(unlocking: Unlocking): Promise<boolean> {
    if (!this.#open) throw new VaultError('closed', 'folder');
    try {
      (await unwrapMaster(readHeader(this.dir), unlocking, this.#leastMemoryKiB)).fill(0);
      return true;
    } catch (error) {
      if (error instanceof VaultError && error.code === 'wrong-passphrase-or-key-file') return false;
      throw error;
    }
  }

  /**
   * The master key stays the same, wrapped anew: whoever has an old copy of `vault.json` and the old passphrase still opens the vault.
   *
   * @throws VaultError wrong-passphrase-or-key-file
   */
  async changePassphrase(
    present: Unlocking,
    next: Unlocking & { readonly argon2?: Argon2Cost },
  ): Promise<void> {
    if (!this.#open) throw new VaultError('closed', 'folder');
    const header = readHeader(this.dir);
    const master = await unwrapMaster(header, present, this.#leastMemoryKiB);
    try {
      writeHeader(
        this.dir,
        await wrapMaster(master, {
          passphrase: next.passphrase,
          keyFile: next.keyFile,
          id: header.id,
          createdAt: header.createdAt,
          cost: next.argon2 ?? header.argon2id,
          leastMemoryKiB: this.#leastMemoryKiB,
          random: this.#random,
        }),
      );
    } finally {
      master.fill(0);
    }
  }

  /** Zeroes the keys and closes the files. Afterwards everything here throws `closed`; open the vault again to go on. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.records.forget();
    try {
      // Before the database lets go: afterwards the file may be another process's.
      rmSync(join(this.dir, LOCK_FILE), { force: true });
    } finally {
      this.#core.close();
    }
  }

  /** The same as {@link close}: an open vault has nothing between open and shut. */
  lock(): void {
    this.close();
  }
}

/** Why nothing can be made there: making several folders at once says `ENOENT` on a disk that may not be written to. */
function cannotWriteAbove(dir: string): unknown {
  let above = dirname(resolve(dir));
  while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
  try {
    accessSync(above, constants.W_OK);
    return null;
  } catch (error) {
    return error;
  }
}

// Who has the vault, for the message only. What keeps others out is the lock of the operating system on the database, which
// ends with the process: this file, left by one that was killed, is simply written over.
function writeOwner(dir: string): void {
  try {
    writeFileSync(join(dir, LOCK_FILE), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    const told = fileError(error, LOCK_FILE);
    // What is stored can still be read, and room be made.
    if (told.code !== 'disk-full') throw told;
  }
}

function ownerOf(dir: string): string {
  try {
    return /^\d{1,10}/.exec(readFileSync(join(dir, LOCK_FILE), 'latin1'))?.[0] ?? '';
  } catch {
    return '';
  }
}
