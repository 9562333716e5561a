import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import picomatch from 'picomatch';
import type {
  EvidenceFile,
  EvidenceSource,
  FileProbe,
  Pointer,
  Problem,
  ProgressListener,
  TextValues,
} from '../../core/contracts.js';
import { EvidenceError, type EvidenceErrorCode } from '../../core/evidence-error.js';
import { headOf, toEvidenceError } from '../file-range.js';
import { formsOf } from '../password-forms.js';
import {
  asBytes,
  asDate,
  asDictionary,
  asFlag,
  asText,
  type PlistDictionary,
  PlistError,
  readPlist,
} from '../plist/plist.js';
import { Scratch } from '../scratch.js';
import { spool } from '../spool.js';
import { openSqlite, type SqliteDatabase, type SqliteRow, sqliteTablesOf } from '../sqlite/sqlite.js';
import { bigInteger, bytes as bytesOf, integer, text } from '../sqlite/values.js';
import { type DecryptedEnd, decryptStream } from './decrypt.js';
import { deriveKey, type Keybag, parseKeybag, unwrapClassKeys, unwrapKey } from './keybag.js';
import { compileGlobs, isGlob } from './manifest-query.js';
import { type ManifestRow, parseManifestRow } from './manifest-row.js';

/** An iPhone or iPad backup as iTunes, Finder and libimobiledevice write it, opened; decrypted file by file on demand. */
export interface IosBackupSource extends EvidenceSource {
  readonly kind: 'ios-backup';
  /** Whether the files on disk are encrypted (not merely whether the phone asked for encryption). */
  readonly encrypted: boolean;
  /** Whether the content of a file of the Manifest is in the backup. Many are listed only, which is normal. */
  isPresent(fileId: string): boolean;
}

export interface IosBackupOptions {
  readonly id: string;
  /** Asked until the answer opens the backup, is null, is the same as before, or was wrong three times. */
  readonly password?: (ask: { readonly attempt: number }) => Promise<string | null>;
  /** Path of a file with 64 hex characters: the derived key, as `mvt-ios extract-key` writes it. */
  readonly keyFile?: string;
  readonly progress?: ProgressListener;
  readonly signal?: AbortSignal;
}

/** Files at the top of a backup that can be opened by their name. */
const ROOT_FILES = ['Info.plist', 'Manifest.plist', 'Status.plist', 'Manifest.db', 'Manifest.mbdb'] as const;
/** What an open SQLite database leaves beside itself; never encrypted, so of no use beside an encrypted Manifest.db. */
const MANIFEST_SIDECARS = ['Manifest.db-wal', 'Manifest.db-shm', 'Manifest.db-journal'] as const;
const SQLITE_MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const FILE_ID = /^[0-9a-f]{40}$/;
/** Folder and name of a content file. Some file systems and copying tools give names back in capitals. */
const CONTENT_PATH = /^([0-9a-f]{2})\/\1[0-9a-f]{38}$/i;
const MANIFEST_COLUMNS = { Files: ['fileID', 'domain', 'relativePath', 'flags', 'file'] } as const;
/** `flags` of a regular file; 2 is a folder, 4 a symbolic link. */
const REGULAR_FILE = 1;
const PROBE_BYTES = 4096;
const MAX_PASSWORD_ATTEMPTS = 3;
const MAX_ROOT_PLIST_BYTES = 64 * 1024 * 1024;
const MAX_CONTENT_FILES = 20_000_000;
/** One problem entry per file and code up to here, then only counted. */
const MAX_PROBLEM_ENTRIES = 500;
const ROWS_PER_STEP = 2_000;
/** The numbers a row can have (https://www.sqlite.org/lang_createtable.html#rowid). */
const FIRST_ROW = -(2n ** 63n);
const LAST_ROW = 2n ** 63n - 1n;

/**
 * Opens a backup that lies in another source (a folder, an archive), at `prefix` ("" or "folder/").
 * A missing or wrong password is not an error: the source opens `locked`, with the property lists at its top readable.
 * `close` removes the working copies of this source and leaves the inner one to whoever opened it.
 *
 * @example
 * const backup = await openIosBackup({ source: folder, prefix: '' }, { id: 'e1', password: async () => 'secret' });
 * const messages = await backup.file('HomeDomain/Library/SMS/sms.db');
 * @throws EvidenceError when the key file holds no key; the reason of `signal` when aborted
 */
export async function openIosBackup(
  inner: { readonly source: EvidenceSource; readonly prefix: string },
  options: IosBackupOptions,
): Promise<IosBackupSource> {
  const backup = new IosBackup(inner.source, inner.prefix, options.id, await Scratch.create());
  try {
    await backup.open(options);
    return backup;
  } catch (error) {
    await backup.close();
    throw error;
  }
}

/** The source as a backup, when it is one. */
export function asIosBackup(source: EvidenceSource): IosBackupSource | null {
  return source.kind === 'ios-backup' && 'isPresent' in source && 'encrypted' in source
    ? (source as IosBackupSource)
    : null;
}

function contentPath(fileId: string): string {
  return `${fileId.slice(0, 2)}/${fileId}`;
}

/** Name of the file on disk: SHA-1 of "domain-path", in hex. */
export function fileIdOf(domain: string, relativePath: string): string {
  return createHash('sha1').update(`${domain}-${relativePath}`, 'utf8').digest('hex');
}

/** Why the content of an encrypted backup stays closed, or the keys that open it. */
type Keys = { readonly keys: ReadonlyMap<number, Buffer> } | { readonly closed: EvidenceErrorCode };

class IosBackup implements IosBackupSource {
  readonly kind = 'ios-backup';
  readonly path: string;
  readonly fixedPlaces = true;
  readonly probeLooseFiles = false;
  encrypted = false;
  locked: EvidenceSource['locked'] = null;
  sizeBytes = 0;

  readonly #present = new Set<string>();
  /** Paths of content files that are not simply made of their id: those in capitals. */
  readonly #storedPaths = new Map<string, string>();
  readonly #problems = new Map<string, { problem: Problem; count: number }>();
  #rootNames = new Set<string>();
  #facts: Record<string, unknown> = {};
  #manifest: SqliteDatabase | null = null;
  #manifestKey: Buffer | null = null;
  #manifestEncrypted = false;
  #keys: Keys = { closed: 'encrypted' };
  readonly #sizesChecked = new Set<string>();
  #sizeMismatches = 0;
  #closed = false;

  constructor(
    readonly inner: EvidenceSource,
    readonly prefix: string,
    readonly id: string,
    readonly scratch: Scratch,
  ) {
    const folder = prefix.replace(/\/$/, '');
    this.path = folder === '' ? inner.path : `${inner.path}${inner.kind === 'folder' ? '/' : '!/'}${folder}`;
  }

  get details(): Readonly<Record<string, unknown>> {
    return { ...this.#facts, ...(this.#sizeMismatches > 0 && { sizeMismatches: this.#sizeMismatches }) };
  }

  async open(options: IosBackupOptions): Promise<void> {
    options.progress?.({ stage: 'opening', path: this.path });
    await this.#list();
    const info = await this.#rootPlist('Info.plist');
    const status = await this.#rootPlist('Status.plist');
    const manifestPlist = await this.#rootPlist('Manifest.plist');
    const manifest = this.#rootNames.has('Manifest.db')
      ? 'db'
      : this.#rootNames.has('Manifest.mbdb')
        ? 'mbdb'
        : 'none';
    const version =
      asText(info?.['Product Version']) ?? asText(asDictionary(manifestPlist?.Lockdown)?.ProductVersion);
    const saysEncrypted = asFlag(manifestPlist?.IsEncrypted);
    const manifestKey = asBytes(manifestPlist?.ManifestKey);
    const manifestState = manifest === 'db' ? await this.#manifestState(saysEncrypted) : 'unusable';
    this.#manifestEncrypted = manifestState === 'encrypted';
    // From iOS 10.2 on an encrypted backup has a ManifestKey and an encrypted Manifest.db. A clear Manifest.db beside
    // a ManifestKey is therefore a copy that somebody decrypted (mvt-ios decrypt-backup leaves such copies, with
    // IsEncrypted still true); without one it was written before 10.2, and its files are encrypted.
    const isDecryptedCopy = manifestState === 'clear' && saysEncrypted === true && manifestKey !== null;
    this.encrypted = this.#manifestEncrypted || (saysEncrypted === true && !isDecryptedCopy);

    this.#facts = {
      encrypted: this.encrypted,
      ...(isDecryptedCopy && { decryptedCopy: true }),
      manifest,
      manifestPlist: manifestPlist !== null,
      isFullBackup: asFlag(status?.IsFullBackup),
      snapshotState: asText(status?.SnapshotState),
      listedFiles: null,
      presentFiles: this.#present.size,
      productVersion: version,
      productType: asText(info?.['Product Type']),
      lastBackupAt: asDate(info?.['Last Backup Date']) ?? asDate(status?.Date) ?? asDate(manifestPlist?.Date),
      wasPasscodeSet: asFlag(manifestPlist?.WasPasscodeSet),
    };

    if (manifest === 'mbdb') this.#note('not-supported-mbdb', 'lost', 'Manifest.mbdb');
    if (manifest === 'none') this.#note('manifest-missing', 'lost', 'Manifest.db');
    if (manifest !== 'db') return;
    if (manifestState === 'unusable') this.#note('manifest-damaged', 'lost', 'Manifest.db');
    if (this.encrypted) await this.#unlock(manifestPlist, manifestKey, options);
    if (manifestState === 'unusable' || (this.#manifestEncrypted && this.#manifestKey === null)) return;
    await this.#openManifest();
  }

  isPresent(fileId: string): boolean {
    return this.#present.has(fileId.toLowerCase());
  }

  async file(path: string): Promise<EvidenceFile | null> {
    const slash = path.indexOf('/');
    if (slash < 0) return this.#rootFile(path);
    const domain = path.slice(0, slash);
    const relativePath = path.slice(slash + 1);
    if (domain === '' || relativePath === '') return null;
    const expected = fileIdOf(domain, relativePath);
    const row = this.#row('fileID IN (?, ?)', [expected, expected.toUpperCase()]);
    // What the row says it is (`flags`) does not matter: only files have content in a backup, so content is a file.
    if (row !== null && this.#present.has(expected))
      return this.#contentFile(path, expected, bytesOf(row.file ?? null));
    if (row !== null) {
      this.#noteLonelyLog(domain, relativePath);
      return null;
    }
    if (this.#present.has(expected)) {
      // Said only of what can be read: encrypted content without its row has no key, and opening it says so.
      if (this.#manifest && !this.encrypted) this.#note('not-in-manifest', 'note', path);
      return this.#contentFile(path, expected, null);
    }
    // A Manifest whose ids do not follow the rule (another writer, or one made to mislead) is taken at its word.
    const named = this.#row('domain = ? AND relativePath = ?', [domain, relativePath]);
    const fileId = text(named?.fileID ?? null);
    if (!named || fileId === null || !this.#isContent(fileId)) {
      this.#noteLonelyLog(domain, relativePath);
      return null;
    }
    return this.#contentFile(path, fileId, bytesOf(named.file ?? null));
  }

  /** A log without its database: nobody reads it, and what it holds may be messages. */
  #noteLonelyLog(domain: string, relativePath: string): void {
    const log = `${relativePath}-wal`;
    if (this.#present.has(fileIdOf(domain, log)))
      this.#note('log-without-database', 'lost', `${domain}/${log}`);
  }

  async *find(globs: readonly string[]): AsyncIterable<EvidenceFile> {
    const exact = new Set(globs.filter((glob) => !isGlob(glob)));
    const wild = globs.filter(isGlob);
    for (const path of exact) {
      const file = await this.file(path);
      if (file) yield file;
    }
    if (wild.length === 0) return;
    const fits = picomatch(wild, { dot: true });
    for (const name of this.#rootNames) {
      const file = exact.has(name) || !fits(name) ? null : await this.#rootFile(name);
      if (file) yield file;
    }
    yield* this.#search(wild, exact);
  }

  problems(): readonly Problem[] {
    const own = [...this.#problems.values()].map(({ problem, count }) =>
      count === 1 ? problem : { ...problem, count },
    );
    if (this.#sizeMismatches > 0) {
      own.push({
        kind: 'problem',
        code: 'size-differs',
        effect: 'note',
        source: this.#pointer('Manifest.db'),
        count: this.#sizeMismatches,
      });
    }
    return [...own, ...(this.#manifest?.problems() ?? [])];
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#manifest?.close();
    } finally {
      this.#manifest = null;
      await this.scratch.remove();
    }
  }

  // --------------------------------------------------------------------------------------------------------------
  // Opening

  /** What is on disk. Names that are no content of a backup are left alone. */
  async #list(): Promise<void> {
    for (const name of [...ROOT_FILES, ...MANIFEST_SIDECARS]) {
      const file = await this.inner.file(this.prefix + name);
      if (!file) continue;
      this.#rootNames.add(name);
      this.sizeBytes += file.sizeBytes ?? 0;
    }
    // The prefix is a real folder name, so characters that mean something in globs may be part of it.
    const prefixGlob = this.prefix.replaceAll(/[[\]{}()!*+@?|\\]/g, '?');
    for await (const file of this.inner.find([`${prefixGlob}[0-9a-fA-F][0-9a-fA-F]/*`])) {
      if (!file.path.startsWith(this.prefix)) continue;
      const stored = file.path.slice(this.prefix.length);
      if (!CONTENT_PATH.test(stored)) continue;
      const fileId = stored.slice(3).toLowerCase();
      if (stored !== contentPath(fileId)) this.#storedPaths.set(fileId, stored);
      if (this.#present.size >= MAX_CONTENT_FILES) throw new EvidenceError('limit-count', this.#pointer(''));
      this.#present.add(fileId);
      this.sizeBytes += file.sizeBytes ?? 0;
    }
  }

  async #rootPlist(name: string): Promise<PlistDictionary | null> {
    if (!this.#rootNames.has(name)) return null;
    try {
      const file = await this.#rootFile(name);
      const plist = file && asDictionary(await readPlist(file, { maxBytes: MAX_ROOT_PLIST_BYTES }));
      if (!plist) this.#note('root-plist-unreadable', 'lost', name);
      return plist;
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.#note('root-plist-unreadable', 'lost', name, error.source.locator);
      return null;
    }
  }

  /** A clear Manifest.db says so in its first 16 bytes; anything else is encrypted, unless it cannot be. */
  async #manifestState(saysEncrypted: boolean | null): Promise<'clear' | 'encrypted' | 'unusable'> {
    const file = await this.inner.file(`${this.prefix}Manifest.db`);
    if (!file) return 'unusable';
    try {
      const { head } = await file.probe();
      if (Buffer.from(head.subarray(0, SQLITE_MAGIC.byteLength)).equals(SQLITE_MAGIC)) return 'clear';
      // No SQLite database is shorter than one page of 512 bytes.
      if (saysEncrypted === false || head.byteLength < 512) return 'unusable';
      return 'encrypted';
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      return 'unusable';
    }
  }

  async #unlock(
    manifestPlist: PlistDictionary | null,
    manifestKey: Uint8Array | null,
    options: IosBackupOptions,
  ): Promise<void> {
    const bytes = asBytes(manifestPlist?.BackupKeyBag);
    if (!bytes) {
      this.#keys = { closed: 'encrypted' };
      this.#note('keybag-missing', 'lost', 'Manifest.plist', 'BackupKeyBag');
      return;
    }
    try {
      const place = this.#pointer('Manifest.plist', 'BackupKeyBag');
      const keybag = parseKeybag(bytes, place);
      const version = asText(asDictionary(manifestPlist?.Lockdown)?.ProductVersion);
      await this.#tryKeys(keybag, isBefore102(version), place, options);
      if ('keys' in this.#keys && this.#manifestEncrypted)
        this.#manifestKey = this.#openManifestKey(manifestKey);
    } catch (error) {
      if (!(error instanceof EvidenceError) || error.source.path !== 'Manifest.plist') throw error;
      this.#keys = { closed: error.code };
      this.#note('keybag-damaged', 'lost', 'Manifest.plist', error.source.locator, { reason: error.code });
    }
  }

  async #tryKeys(
    keybag: Keybag,
    singleRound: boolean,
    place: Pointer,
    options: IosBackupOptions,
  ): Promise<void> {
    if (options.keyFile !== undefined) {
      if (this.#accept(keybag, await readKeyFile(options.keyFile, this.id))) return;
      this.#close('wrong-password');
    }
    const tried = new Set<string>();
    for (let attempt = 1; options.password && attempt <= MAX_PASSWORD_ATTEMPTS; attempt += 1) {
      const password = await options.password({ attempt });
      // A fixed answer (an option, an environment variable) would only be wrong again, some seconds later.
      if (password === null || tried.has(password)) break;
      tried.add(password);
      const { progress, signal } = options;
      for (const form of formsOf(password)) {
        const key = await deriveKey(form, keybag, { place, singleRound, progress, signal });
        if (this.#accept(keybag, key)) return;
      }
      this.#close('wrong-password');
    }
    // An encrypted Manifest.db came with the second derivation: without its values no password could be right.
    const lacksSecondRound = keybag.dataSalt === null || !keybag.dataIterations;
    if (this.locked === 'wrong-password' && this.#manifestEncrypted && lacksSecondRound) {
      this.locked = null;
      throw new EvidenceError('damaged', place);
    }
    if (this.locked === null) this.#close('password-needed');
  }

  #accept(keybag: Keybag, key: Uint8Array): boolean {
    const opened = unwrapClassKeys(keybag, key);
    if (!opened) return false;
    if (opened.damaged > 0)
      this.#note('class-key-damaged', 'lost', 'Manifest.plist', 'BackupKeyBag', { keys: opened.damaged });
    this.#keys = { keys: opened.keys };
    this.locked = null;
    return true;
  }

  #close(reason: 'password-needed' | 'wrong-password'): void {
    this.locked = reason;
    this.#keys = { closed: reason };
  }

  #openManifestKey(manifestKey: Uint8Array | null): Buffer | null {
    const key = manifestKey && this.#unwrap(manifestKey);
    if (key && typeof key !== 'string') return key;
    this.#note('manifest-key-damaged', 'lost', 'Manifest.plist', 'ManifestKey');
    return null;
  }

  async #openManifest(): Promise<void> {
    try {
      const file = await this.#rootFile('Manifest.db');
      if (!file) return;
      this.#manifest = await openSqlite(file, { requires: MANIFEST_COLUMNS });
      const sql = `SELECT count(*) AS files FROM Files WHERE flags = ${REGULAR_FILE}`;
      for (const row of this.#manifest.rows(sql)) this.#facts.listedFiles = integer(row.files ?? null);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.#note('manifest-damaged', 'lost', 'Manifest.db', error.source.locator);
    }
  }

  // --------------------------------------------------------------------------------------------------------------
  // Looking up

  #row(condition: string, parameters: readonly string[]): SqliteRow | null {
    const sql = `SELECT fileID, file FROM Files WHERE ${condition} LIMIT 1`;
    for (const row of this.#rows(sql, parameters)) return row;
    return null;
  }

  /** Rows of the Manifest; what cannot be read is a problem, as everything else in the backup may still be read. */
  *#rows(sql: string, parameters: readonly (string | bigint)[]): Generator<SqliteRow> {
    if (!this.#manifest) return;
    try {
      yield* this.#manifest.rows(sql, { key: 'fileID', parameters });
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      this.#note('manifest-damaged', 'lost', 'Manifest.db', error.source.locator);
    }
  }

  async *#search(globs: readonly string[], without: ReadonlySet<string>): AsyncGenerator<EvidenceFile> {
    const query = compileGlobs(globs);
    // Only an encrypted file needs its row later; leaving the column out keeps a pass over 300,000 rows short.
    const blob = this.encrypted ? 'file' : 'NULL AS file';
    // "+" keeps SQLite from walking the table by rowid where an index leads to the few rows at once.
    const order = query.indexed ? '+rowid' : 'rowid';
    const sql =
      `SELECT rowid AS place, fileID, domain, relativePath, ${blob} FROM Files WHERE ${order} >= ? ` +
      `AND (${query.condition}) ORDER BY ${order} LIMIT ${ROWS_PER_STEP}`;
    // Row numbers are 64-bit and may be negative: a hostile Manifest can use all of them.
    let from = FIRST_ROW;
    while (from <= LAST_ROW) {
      // In steps, so that no statement stays open while whoever asked reads the files.
      const found: { path: string; fileId: string; blob: Uint8Array | null }[] = [];
      let count = 0;
      for (const row of this.#rows(sql, [from, ...query.parameters])) {
        count += 1;
        const next = (bigInteger(row.place ?? null) ?? LAST_ROW) + 1n;
        if (next > from) from = next;
        const stated = text(row.fileID ?? null);
        const domain = text(row.domain ?? null);
        const relativePath = text(row.relativePath ?? null);
        if (stated === null || domain === null || relativePath === null) continue;
        const path = `${domain}/${relativePath}`;
        if (!query.fits(path) || without.has(path) || !this.isPresent(stated)) continue;
        const expected = fileIdOf(domain, relativePath);
        const fileId = stated.toLowerCase() === expected ? expected : stated;
        if (!this.#isContent(fileId)) continue;
        // Two rows may claim one path; the one whose id follows from it is right.
        if (fileId !== expected && this.#present.has(expected)) continue;
        found.push({ path, fileId, blob: bytesOf(row.file ?? null) });
      }
      for (const { path, fileId, blob } of found) {
        const file = await this.#contentFile(path, fileId, blob);
        if (file) yield file;
      }
      if (count < ROWS_PER_STEP) return;
    }
  }

  /** Ids come from a database that may be hostile: only the form of a SHA-1 ever becomes part of a path. */
  #isContent(fileId: string): boolean {
    return FILE_ID.test(fileId) && this.#present.has(fileId);
  }

  async #rootFile(name: string): Promise<EvidenceFile | null> {
    if (!this.#rootNames.has(name)) return null;
    const stored = await this.inner.file(this.prefix + name);
    if (!stored) return null;
    if (name !== 'Manifest.db' || !this.#manifestEncrypted) {
      return (MANIFEST_SIDECARS as readonly string[]).includes(name) && this.#manifestEncrypted
        ? null
        : new BackupFile(this, name, stored);
    }
    const key = this.#manifestKey;
    if (!key) return new ClosedFile(this, name, 'closed' in this.#keys ? this.#keys.closed : 'damaged');
    return new DecryptedFile(this, name, stored, key, 'sqlite', (end) => {
      if (end.cutBytes > 0) this.#note('content-truncated', 'lost', name);
    });
  }

  async #contentFile(path: string, fileId: string, blob: Uint8Array | null): Promise<EvidenceFile | null> {
    const stored = await this.inner.file(
      this.prefix + (this.#storedPaths.get(fileId) ?? contentPath(fileId)),
    );
    if (!stored) return null;
    const row = blob && this.#parseRow(blob, path);
    if (!this.encrypted) {
      this.#compareSize(path, row, stored.sizeBytes);
      return new BackupFile(this, path, stored);
    }
    if ('closed' in this.#keys) return new ClosedFile(this, path, this.#keys.closed);
    // Without a row there is no key to be had; with a row that has none, the file is stored as it is.
    if (!row) return new ClosedFile(this, path, blob ? 'damaged' : 'encrypted');
    if (!row.encryptionKey) return new BackupFile(this, path, stored);
    const key = this.#unwrap(row.encryptionKey);
    if (typeof key === 'string') return new ClosedFile(this, path, key);
    return new DecryptedFile(this, path, stored, key, 'pkcs7', (end) => this.#check(path, row, end));
  }

  #parseRow(blob: Uint8Array, path: string): ManifestRow | null {
    try {
      return parseManifestRow(blob);
    } catch (error) {
      if (!(error instanceof PlistError)) throw error;
      this.#note('manifest-row-damaged', this.encrypted ? 'lost' : 'note', path);
      return null;
    }
  }

  /** Key of a file or of Manifest.db: 4 bytes class, little-endian, and the key wrapped with that of the class. */
  #unwrap(wrapped: Uint8Array): Buffer | EvidenceErrorCode {
    if (wrapped.byteLength !== 44) return 'damaged';
    if ('closed' in this.#keys) return this.#keys.closed;
    const protectionClass = new DataView(wrapped.buffer, wrapped.byteOffset, 4).getUint32(0, true);
    const classKey = this.#keys.keys.get(protectionClass);
    // Classes of the device's own ("this device only") cannot be opened with the password.
    if (!classKey) return 'encrypted';
    return unwrapKey(classKey, wrapped.subarray(4)) ?? 'damaged';
  }

  #check(path: string, row: ManifestRow, end: DecryptedEnd): void {
    const isShorter = row.sizeBytes !== null && end.clearBytes < row.sizeBytes;
    if (end.cutBytes > 0 || (!end.padded && isShorter)) this.#note('content-truncated', 'lost', path);
    else if (!end.padded) this.#note('padding-missing', 'note', path);
    this.#compareSize(path, row, end.clearBytes);
  }

  #compareSize(path: string, row: ManifestRow | null, sizeBytes: number | null): void {
    if (!row || row.sizeBytes === null || sizeBytes === null || this.#sizesChecked.has(path)) return;
    if (row.sizeBytes === sizeBytes) return;
    this.#sizesChecked.add(path);
    this.#sizeMismatches += 1;
  }

  // --------------------------------------------------------------------------------------------------------------
  // Telling

  #pointer(path: string, locator = ''): Pointer {
    return { evidence: this.id, path, locator };
  }

  #note(code: string, effect: Problem['effect'], path: string, locator = '', values?: TextValues): void {
    const isFull = this.#problems.size >= MAX_PROBLEM_ENTRIES;
    const key = isFull ? code : `${code}\n${path}`;
    const known = this.#problems.get(key);
    if (known) {
      // The same file read twice is one problem; the rest beyond the limit is counted.
      if (isFull) known.count += 1;
      return;
    }
    const source = this.#pointer(isFull ? '' : path, locator);
    this.#problems.set(key, {
      problem: { kind: 'problem', code, effect, source, ...(values && { values }) },
      count: 1,
    });
  }
}

// ----------------------------------------------------------------------------------------------------------------
// Files

/** A file stored as it is. Only its name changes: errors name the place in the backup, not on disk. */
class BackupFile implements EvidenceFile {
  constructor(
    readonly source: EvidenceSource,
    readonly path: string,
    readonly stored: EvidenceFile,
  ) {}

  get sizeBytes(): number | null {
    return this.stored.sizeBytes;
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.stored.stream();
    } catch (error) {
      throw this.located(error);
    }
  }

  async bytes(limits: { readonly maxBytes: number }): Promise<Uint8Array> {
    return this.stored.bytes(limits).catch((error: unknown) => Promise.reject(this.located(error)));
  }

  async copyTo(targetPath: string): Promise<void> {
    return this.stored.copyTo(targetPath).catch((error: unknown) => Promise.reject(this.located(error)));
  }

  async probe(): Promise<FileProbe> {
    return probeOf(this);
  }

  protected located(error: unknown): unknown {
    if (!(error instanceof EvidenceError)) return error;
    const place = { evidence: this.source.id, path: this.path, locator: error.source.locator };
    return new EvidenceError(error.code, place, { cause: error });
  }
}

/** A file decrypted on the way, never on disk unless copied to scratch. */
class DecryptedFile extends BackupFile {
  readonly #key: Uint8Array;
  readonly #padding: 'pkcs7' | 'sqlite';
  readonly #ended: (end: DecryptedEnd) => void;

  constructor(
    source: EvidenceSource,
    path: string,
    stored: EvidenceFile,
    key: Uint8Array,
    padding: 'pkcs7' | 'sqlite',
    ended: (end: DecryptedEnd) => void,
  ) {
    super(source, path, stored);
    this.#key = key;
    this.#padding = padding;
    this.#ended = ended;
  }

  // The padding is only seen at the end.
  override get sizeBytes(): number | null {
    return null;
  }

  override async *stream(): AsyncGenerator<Uint8Array> {
    try {
      yield* decryptStream(this.stored.stream(), this.#key, this.#padding, this.#ended);
    } catch (error) {
      throw this.located(error);
    }
  }

  override async bytes({ maxBytes }: { readonly maxBytes: number }): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.stream()) {
      length += chunk.byteLength;
      if (length > maxBytes) {
        throw new EvidenceError('limit-bytes', { evidence: this.source.id, path: this.path, locator: '' });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  }

  override async copyTo(targetPath: string): Promise<void> {
    const place = { evidence: this.source.id, path: this.path, locator: '' };
    const { failure } = await spool(this.stream(), targetPath, place);
    if (failure) throw failure;
  }
}

/** A file that is there and cannot be opened: for want of a password, or because keys are damaged. */
class ClosedFile implements EvidenceFile {
  readonly sizeBytes = null;

  constructor(
    readonly source: EvidenceSource,
    readonly path: string,
    readonly reason: EvidenceErrorCode,
  ) {}

  stream(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(this.#error()) }) };
  }

  async bytes(): Promise<Uint8Array> {
    throw this.#error();
  }

  async copyTo(): Promise<void> {
    throw this.#error();
  }

  async probe(): Promise<FileProbe> {
    throw this.#error();
  }

  #error(): EvidenceError {
    return new EvidenceError(this.reason, { evidence: this.source.id, path: this.path, locator: '' });
  }
}

async function probeOf(file: EvidenceFile): Promise<FileProbe> {
  const head = await headOf(file.stream(), PROBE_BYTES);
  return { path: file.path, head, sqliteTables: () => sqliteTablesOf(file) };
}

async function readKeyFile(path: string, evidence: string): Promise<Buffer> {
  const place = { evidence, path, locator: '' };
  let content: string;
  try {
    content = (await readFile(path, 'latin1')).trim();
  } catch (error) {
    throw toEvidenceError(error, place);
  }
  if (!/^[0-9a-f]{64}$/i.test(content)) throw new EvidenceError('wrong-format', place);
  return Buffer.from(content, 'hex');
}

/** iOS 10.2 brought the second derivation; an unknown version is judged by the keybag alone. */
function isBefore102(version: string | null): boolean {
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (major === undefined || Number.isNaN(major) || version === null || version === '') return false;
  return major < 10 || (major === 10 && (minor ?? 0) < 2);
}
