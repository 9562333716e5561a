/** Takes in a whole case from another desk, after everything about it that can be checked has been. */
import { createHash } from 'node:crypto';
import type { Bag } from '../bag/read-bag.js';
import { type CustodyEntry, type LogVerdict, verifyLog } from '../custody/custody-log.js';
import type { Case } from '../model/case.js';
import { SealingError } from '../sealing/sealing-error.js';
import { type CasePart, linesOf } from '../vault/transfer.js';
import { contentName } from './case-bundle.js';
import type { Desk } from './desk.js';
import { DeskError } from './desk-error.js';
import { sealedStore, withSecrets } from './sealed-items.js';

const CASE_FOLDER = 'data/case/';
const LOG = 'custody.jsonl';
const KEYS = 'keys/custody.txt';
const MANIFEST = 'manifest-sha256.txt';
const MAX_KEYS = 1_000;
/** In the order the vault takes them. */
const PARTS = [
  'case.json',
  'identity.json',
  'consents.jsonl',
  'evidence.jsonl',
  'departures.jsonl',
  'withdrawals.jsonl',
  'stamps.jsonl',
  'notes.jsonl',
  'reviews.jsonl',
  'runs.jsonl',
  'records.jsonl',
];

/** A case that was taken in. */
export interface ImportedCase {
  readonly case: Case;
  /** Of the log as it came: what the other desk can read aloud to compare. */
  readonly headHash: string;
  readonly entries: number;
  /** Evidence whose content came along and is sealed here now. */
  readonly sealed: readonly string[];
  /** Evidence whose content came along and is not what the case says of it. */
  readonly refused: readonly string[];
}

/**
 * Takes a bag in. Nothing of it is kept unless bag and log hold; evidence that is not what its hash says is left out and named.
 *
 * @throws DeskError bundle-incomplete, bundle-log, bundle-repacked; VaultError bad-import, already-there, case-destroyed
 */
export async function importBag(desk: Desk, bag: Bag): Promise<ImportedCase> {
  const log = await checkedLog(bag);
  const imported = await desk.vault.importCase(partsOf(bag));
  const { sealed, refused } = await sealContents(desk, imported, bag);
  desk.log(imported, 'transfer-in', null, {
    headHash: log.headHash,
    entries: log.entries,
    sealed: sealed.length,
    refused: [...refused],
  });
  return { case: imported, headHash: log.headHash, entries: log.entries, sealed, refused };
}

/** @throws DeskError */
async function checkedLog(bag: Bag): Promise<{ readonly headHash: string; readonly entries: number }> {
  const names = new Set(bag.files.map(({ name }) => name));
  for (const name of [LOG, KEYS, `${CASE_FOLDER}case.json`]) {
    if (!names.has(name)) throw new DeskError('bundle-incomplete', name);
  }
  const keys = await keysOf(bag);
  if (keys.length === 0) throw new DeskError('bundle-incomplete', KEYS);
  let last = '';
  async function* lines(): AsyncGenerator<string> {
    for await (const { text } of linesOf(bag.open(LOG), LOG)) {
      last = text;
      yield text;
    }
  }
  const verdict: LogVerdict = await verifyLog(lines(), keys);
  const { headHash } = verdict;
  if (!verdict.ok || headHash === null) throw new DeskError('bundle-log', String(verdict.firstBadSeq ?? 0));
  // The signed log names the files it left with; another manifest is somebody else's packing.
  const { detail } = JSON.parse(last) as CustodyEntry;
  if (detail.manifestSha256 !== (await sha256Of(bag.open(MANIFEST)))) {
    throw new DeskError('bundle-repacked', MANIFEST);
  }
  return { headHash, entries: verdict.entries };
}

async function keysOf(bag: Bag): Promise<Uint8Array[]> {
  const keys: Uint8Array[] = [];
  for await (const { text, place } of linesOf(bag.open(KEYS), KEYS)) {
    const key = text.trim();
    if (keys.length > MAX_KEYS || !/^[0-9a-f]{64}$/.test(key))
      throw new DeskError('bundle-incomplete', place);
    keys.push(Buffer.from(key, 'hex'));
  }
  return keys;
}

async function* partsOf(bag: Bag): AsyncGenerator<CasePart> {
  const names = new Set(bag.files.map(({ name }) => name));
  for (const name of PARTS) {
    const path = `${CASE_FOLDER}${name}`;
    if (names.has(path)) yield { name, chunks: bag.open(path) };
  }
  const keys = (await keysOf(bag)).map((key) => Buffer.from(key).toString('hex'));
  yield { name: 'custody-keys.json', chunks: oneChunk(Buffer.from(`${JSON.stringify(keys)}\n`)) };
  yield { name: LOG, chunks: bag.open(LOG) };
}

async function sealContents(
  desk: Desk,
  own: Case,
  bag: Bag,
): Promise<{ readonly sealed: string[]; readonly refused: string[] }> {
  const names = new Set(bag.files.map(({ name }) => name));
  const sealed: string[] = [];
  const refused: string[] = [];
  for (const item of desk.vault.evidence.list(own.id)) {
    const form = (['file', 'folder'] as const).find((one) => names.has(contentName(item, one)));
    if (form === undefined) continue;
    try {
      const taken = await withSecrets(desk.vault, own.id, (secrets) =>
        sealedStore(desk.vault).take(form, bag.open(contentName(item, form)), item.sha256, secrets),
      );
      desk.vault.evidence.update({ ...item, sealed: taken });
      sealed.push(item.label);
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      refused.push(item.label);
    }
  }
  return { sealed, refused };
}

async function sha256Of(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
