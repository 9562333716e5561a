/**
 * The local store of feeds, in the user's data folder: every file byte for byte as it came, and `feeds.json` with where
 * it came from, when, and its SHA-256. `history.jsonl` keeps every arrival and removal.
 */
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { IndicatorMatch, Observable, RulePack } from '../core/contracts.js';
import { millisecondsBetween } from '../core/time.js';
import { refang } from '../records/links.js';
import { starterFeed } from './builtin.js';
import { dataFolder } from './data-folder.js';
import { feedFiles, type LoadedFeed, loadFeed, loadFile, sizeOfFeed } from './load.js';
import { compileMatcher } from './matcher.js';

const STORE_VERSION = 1;
// Writing one feed takes well below a second.
const LOCK_STALE_MILLISECONDS = 60_000;
const LOCK_PATIENCE_MILLISECONDS = 90_000;

const recordSchema = z.object({
  /** Path that names the feed: the last parts of where it came from. Unique in the store. */
  file: z.string(),
  /** Short name, shown to people. */
  feed: z.string(),
  /** File below `feeds/`. */
  storedAs: z.string().regex(/^[\w.-]{1,120}$/),
  /** Path or address it came from. */
  origin: z.string(),
  sha256: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** ISO 8601 UTC: when these bytes came. */
  importedAt: z.string(),
  /** ISO 8601 UTC: when its origin was last asked and had nothing newer. */
  checkedAt: z.string(),
  licence: z.string().nullable(),
  etag: z.string().nullable(),
  previousSha256: z.string().nullable(),
  /** Indicators by type. */
  counts: z.record(z.string(), z.number().int().nonnegative()),
  /** YARA rules. Stores written before there were any have none. */
  rules: z.number().int().nonnegative().default(0),
  /** `YYYY-MM-DD`, the newest date that a rule states. */
  rulesDate: z.string().nullable().default(null),
  families: z.array(z.string()),
});

const storeSchema = z.object({ version: z.literal(STORE_VERSION), feeds: z.array(recordSchema) });

/** What the store knows about a feed. */
export type FeedRecord = z.infer<typeof recordSchema>;

/** A feed of the store in a list. */
export interface ListedFeed extends FeedRecord {
  readonly ageDays: number;
  /** Indicators and rules. */
  readonly count: number;
}

/** A feed of the store, loaded. */
export interface StoredFeed extends LoadedFeed {
  /** When it entered the store; null for the built-in set. */
  readonly importedAt: string | null;
}

export interface StoreOptions {
  /** ISO 8601 UTC. */
  readonly now: string;
  /** Folder of the store; default: `indicators` in the user's data folder. */
  readonly store?: string;
}

export interface ImportReport {
  readonly imported: readonly {
    readonly record: FeedRecord;
    readonly loaded: LoadedFeed;
    readonly change: 'new' | 'changed' | 'same';
  }[];
  /** Files that held no usable indicator or rule, with the problems that say why. */
  readonly refused: readonly LoadedFeed[];
}

/** The store cannot be used. Its sentence stands under `store.<code>` in the language files of this room. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code: 'store-damaged' | 'store-unwritable' | 'feed-unknown' | 'feed-ambiguous',
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${path}`, options);
  }
}

export function defaultStoreFolder(): string {
  return path.join(dataFolder(), 'indicators');
}

/** Copies feeds into the store. What holds no indicator and no rule is refused; a feed of the same name is replaced. @throws StoreError */
export async function importFeeds(
  paths: readonly string[],
  options: StoreOptions & { readonly licence?: string },
): Promise<ImportReport> {
  const folder = options.store ?? defaultStoreFolder();
  const imported: ImportReport['imported'][number][] = [];
  const refused: LoadedFeed[] = [];
  for (const given of paths) {
    for await (const file of feedFiles(given)) {
      const name = nameInStore(file);
      const loaded = await loadFile(file, options.now, name);
      if (sizeOfFeed(loaded) === 0) {
        refused.push({ ...loaded, file });
        continue;
      }
      const bytes = await readFile(file);
      imported.push({
        ...(await putFeed(folder, name, bytes, {
          origin: file,
          now: options.now,
          licence: options.licence ?? null,
          etag: null,
        })),
        loaded,
      });
    }
  }
  return { imported, refused };
}

/** Feeds that are in memory, as {@link importFeeds} takes them from disk. `origin`: as it was called where it came from. @throws StoreError */
export async function importFeedBytes(
  files: readonly { readonly origin: string; readonly bytes: Uint8Array }[],
  options: StoreOptions & { readonly licence?: string },
): Promise<ImportReport> {
  const imported: ImportReport['imported'][number][] = [];
  const refused: LoadedFeed[] = [];
  for (const { origin, bytes } of files) {
    const name = lastParts(origin);
    const loaded = loadFeed(name, bytes, options.now);
    if (sizeOfFeed(loaded) === 0) {
      refused.push({ ...loaded, file: name });
      continue;
    }
    const arrival = { origin, now: options.now, licence: options.licence ?? null, etag: null };
    imported.push({
      ...(await putFeed(options.store ?? defaultStoreFolder(), name, bytes, arrival)),
      loaded,
    });
  }
  return { imported, refused };
}

/** What the store holds, by name, with ages. @throws StoreError */
export async function listFeeds(options: StoreOptions): Promise<ListedFeed[]> {
  const records = await readRecords(options.store ?? defaultStoreFolder());
  return records.map((record) => ({
    ...record,
    ageDays: Math.max(0, Math.floor(millisecondsBetween(record.importedAt, options.now) / 86_400_000)),
    count: Object.values(record.counts).reduce((sum, count) => sum + count, record.rules),
  }));
}

/**
 * All feeds of the store, loaded. A file that is gone or was changed since it came is reported as a problem of its feed.
 *
 * @throws StoreError when the list of feeds itself cannot be read
 */
export async function loadStoredFeeds(options: StoreOptions): Promise<StoredFeed[]> {
  const folder = options.store ?? defaultStoreFolder();
  const feeds: StoredFeed[] = [];
  for (const record of await readRecords(folder)) {
    const loaded = await loadFile(path.join(folder, 'feeds', record.storedAs), options.now, record.file);
    if (loaded.sha256 !== '' && loaded.sha256 !== record.sha256) {
      loaded.problems.push({
        kind: 'problem',
        code: 'feed-changed-on-disk',
        effect: 'lost',
        source: { evidence: '', path: record.file, locator: '' },
      });
    }
    feeds.push({
      ...loaded,
      importedAt: record.importedAt,
      licence: loaded.licence ?? record.licence,
      indicators: loaded.indicators.map((item) => ({ ...item, licence: item.licence ?? record.licence })),
      rulePack: loaded.rulePack && {
        ...loaded.rulePack,
        licence: loaded.rulePack.licence ?? record.licence,
      },
    });
  }
  return feeds;
}

// Everything a value that somebody types in may be.
const SEARCHED_AS: readonly Observable['type'][] = [
  'url',
  'host',
  'email',
  'phone-number',
  'process',
  'file-path',
  'hash',
  'app-id',
  'app-cert',
  'cert-hash',
  'config-profile',
  'property',
  'tls-fingerprint',
  'user-agent',
];

/** Looks a value up in the built-in set and the store, as every check would. @throws StoreError */
export async function searchIndicators(value: string, options: StoreOptions): Promise<IndicatorMatch[]> {
  const feeds = [starterFeed(), ...(await loadStoredFeeds(options))];
  const matcher = compileMatcher(feeds.flatMap((feed) => feed.indicators));
  // People paste what a report prints, and reports print it disarmed.
  const wanted = refang(value).trim();
  const found = new Map<IndicatorMatch['indicator'], IndicatorMatch>();
  for (const type of SEARCHED_AS) {
    for (const match of matcher.match({ type, value: wanted })) {
      // The same indicator may fit in two ways; the closer one is told first by the order above.
      if (!found.has(match.indicator)) found.set(match.indicator, match);
    }
  }
  return [...found.values()];
}

/** A rule found by its name or the name of its family. */
export interface FoundRule {
  readonly rule: string;
  readonly family: string | null;
  readonly date: string | null;
  readonly feed: string;
}

// A family may have hundreds of rules; the first ones say that there are any.
const MAX_FOUND_RULES = 50;

/** Rules whose name or family is the value, in the given packs and the store. @throws StoreError */
export async function searchRules(
  value: string,
  packs: readonly RulePack[],
  options: StoreOptions,
): Promise<FoundRule[]> {
  const wanted = value.trim().toLowerCase();
  const stored = (await loadStoredFeeds(options)).flatMap(({ rulePack }) => rulePack ?? []);
  const found: FoundRule[] = [];
  for (const pack of [...packs, ...stored]) {
    for (const { name, family, date } of pack.rules) {
      if (name.toLowerCase() !== wanted && family?.toLowerCase() !== wanted) continue;
      if (found.length >= MAX_FOUND_RULES) return found;
      found.push({ rule: name, family, date, feed: pack.name });
    }
  }
  return found;
}

/** Removes a feed by its short name or its file name. @throws StoreError `feed-unknown`, `feed-ambiguous` */
export async function removeFeed(name: string, options: StoreOptions): Promise<FeedRecord> {
  const folder = options.store ?? defaultStoreFolder();
  return alone(folder, () => removeAlone(folder, name, options.now));
}

async function removeAlone(folder: string, name: string, now: string): Promise<FeedRecord> {
  const records = await readRecords(folder);
  const exact = records.filter((record) => record.file === name);
  const fitting = exact.length > 0 ? exact : records.filter((record) => record.feed === name);
  const [record] = fitting;
  if (record === undefined) throw new StoreError('feed-unknown', name);
  if (fitting.length > 1) throw new StoreError('feed-ambiguous', name);
  const rest = records.filter((other) => other !== record);
  await writeRecords(folder, rest);
  await removeFileUnlessUsed(folder, record.storedAs, rest);
  await addToHistory(folder, {
    at: now,
    action: 'removed',
    file: record.file,
    sha256: record.sha256,
  });
  return record;
}

export interface Arrival {
  readonly origin: string;
  readonly now: string;
  readonly licence: string | null;
  readonly etag: string | null;
}

/** Puts bytes into the store under a name and says what changed. @throws StoreError @internal for import and update */
export async function putFeed(
  folder: string,
  name: string,
  bytes: Uint8Array,
  arrival: Arrival,
): Promise<{ record: FeedRecord; change: 'new' | 'changed' | 'same' }> {
  const loaded = loadFeed(name, bytes, arrival.now);
  return alone(folder, () => putAlone(folder, name, bytes, arrival, loaded));
}

async function putAlone(
  folder: string,
  name: string,
  bytes: Uint8Array,
  arrival: Arrival,
  loaded: LoadedFeed,
): Promise<{ record: FeedRecord; change: 'new' | 'changed' | 'same' }> {
  const records = await readRecords(folder);
  const previous = records.find((record) => record.file === name);
  const isSame = previous?.sha256 === loaded.sha256;
  const record: FeedRecord = {
    file: name,
    feed: loaded.feed,
    storedAs: `${loaded.sha256.slice(0, 16)}-${safeName(name)}`,
    origin: arrival.origin,
    sha256: loaded.sha256,
    sizeBytes: bytes.byteLength,
    // The age of a feed is that of its content: the same bytes again are not news.
    importedAt: isSame && previous !== undefined ? previous.importedAt : arrival.now,
    checkedAt: arrival.now,
    licence: arrival.licence ?? loaded.licence ?? previous?.licence ?? null,
    etag: arrival.etag,
    previousSha256: isSame ? (previous?.previousSha256 ?? null) : (previous?.sha256 ?? null),
    counts: countByType(loaded),
    rules: loaded.rulePack?.rules.length ?? 0,
    rulesDate: loaded.rulePack?.date ?? null,
    families: loaded.families,
  };
  await writeAtomically(path.join(folder, 'feeds', record.storedAs), bytes);
  const rest = records.filter((other) => other !== previous);
  await writeRecords(folder, [...rest, record]);
  if (previous !== undefined && previous.storedAs !== record.storedAs) {
    await removeFileUnlessUsed(folder, previous.storedAs, [...rest, record]);
  }
  const change = previous === undefined ? 'new' : isSame ? 'same' : 'changed';
  await addToHistory(folder, {
    at: arrival.now,
    action: change,
    file: name,
    origin: arrival.origin,
    sha256: record.sha256,
    previousSha256: record.previousSha256,
    etag: record.etag,
    sizeBytes: record.sizeBytes,
  });
  return { record, change };
}

/** Notes that the origin has nothing newer. @internal for update */
export async function markChecked(folder: string, name: string, now: string): Promise<FeedRecord | null> {
  return alone(folder, () => markAlone(folder, name, now));
}

async function markAlone(folder: string, name: string, now: string): Promise<FeedRecord | null> {
  const records = await readRecords(folder);
  const record = records.find((other) => other.file === name);
  if (record === undefined) return null;
  const checked = { ...record, checkedAt: now };
  await writeRecords(folder, [...records.filter((other) => other !== record), checked]);
  return checked;
}

/** The record of a feed whose file is there unchanged, else null. @internal for update */
export async function intactRecord(folder: string, name: string): Promise<FeedRecord | null> {
  const record = (await readRecords(folder)).find((other) => other.file === name);
  if (record === undefined) return null;
  const bytes = await readFile(path.join(folder, 'feeds', record.storedAs)).catch(() => null);
  return bytes !== null && sha256Of(bytes) === record.sha256 ? record : null;
}

/** The last parts of a path: enough to tell lists apart (`2021-02-24_vietnam/indicators/domains.txt`), no more of the disk. */
function nameInStore(file: string): string {
  return lastParts(path.resolve(file));
}

function lastParts(whole: string): string {
  return whole
    .split(/[/\\]+/)
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[a-z]:$/i.test(part))
    .slice(-3)
    .join('/');
}

function countByType(feed: LoadedFeed): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of feed.indicators) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

// Names Windows cannot store, and what any system might misread, are replaced; the full name stands in the record.
function safeName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  return (
    base
      .replace(/[^\w.-]+/g, '_')
      .replace(/\.+$/, '')
      .slice(-80) || 'feed'
  );
}

async function readRecords(folder: string): Promise<FeedRecord[]> {
  const file = path.join(folder, 'feeds.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new StoreError('store-damaged', file, { cause: error });
  }
  try {
    return storeSchema.parse(JSON.parse(text)).feeds;
  } catch (error) {
    // Never started anew over it: the person decides what happens to feeds that were there.
    throw new StoreError('store-damaged', file, { cause: error });
  }
}

async function writeRecords(folder: string, records: readonly FeedRecord[]): Promise<void> {
  const feeds = [...records].sort((a, b) => (a.file < b.file ? -1 : 1));
  const text = `${JSON.stringify({ version: STORE_VERSION, feeds }, null, 2)}\n`;
  await writeAtomically(path.join(folder, 'feeds.json'), Buffer.from(text));
}

async function addToHistory(folder: string, entry: Readonly<Record<string, unknown>>): Promise<void> {
  await writing(folder, () => appendFile(path.join(folder, 'history.jsonl'), `${JSON.stringify(entry)}\n`));
}

async function removeFileUnlessUsed(
  folder: string,
  storedAs: string,
  records: readonly FeedRecord[],
): Promise<void> {
  if (records.some((record) => record.storedAs === storedAs)) return;
  await writing(folder, () => rm(path.join(folder, 'feeds', storedAs), { force: true }));
}

/**
 * Runs one change of the list at a time, also between programs: of two that read it and write it back, the second would
 * undo the first, and its feed would be missing from every check without a word. A lock left by a program that died is
 * taken over after a minute.
 */
async function alone<T>(folder: string, change: () => Promise<T>): Promise<T> {
  const lock = path.join(folder, 'feeds.json.lock');
  await writing(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await takeLock(lock);
  });
  try {
    return await change();
  } finally {
    await rm(lock, { force: true }).catch(() => undefined);
  }
}

async function takeLock(lock: string): Promise<void> {
  const started = Date.now();
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return;
    } catch (error) {
      const code = codeOf(error);
      // On Windows a lock that is just being removed answers EPERM for a moment; elsewhere EPERM is for good.
      const patience = code === 'EEXIST' ? LOCK_PATIENCE_MILLISECONDS : code === 'EPERM' ? 1_000 : 0;
      if (Date.now() - started >= patience) throw error;
    }
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > LOCK_STALE_MILLISECONDS) await rm(lock, { force: true });
    else await wait(20);
  }
}

/** A reader sees the old file or the new one, never half of one. */
async function writeAtomically(target: string, bytes: Uint8Array): Promise<void> {
  await writing(target, async () => {
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await renameOver(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** On Windows a virus scanner may hold the old file for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = codeOf(error);
      if (attempt >= 5 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY')) throw error;
      // A rename onto a folder, or without permission, fails the same way each time; a held file is let go.
      if (
        await stat(to).then(
          (entry) => entry.isDirectory(),
          () => false,
        )
      )
        throw error;
      await wait(40 * attempt);
    }
  }
}

async function writing(place: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw new StoreError('store-unwritable', place, { cause: error });
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
