import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { translatorFor } from '../../check/messages.js';
import { publicKeyOf } from '../../evidence/age/keys.js';
import { openBagSource } from '../bag/bag-source.js';
import { readBag } from '../bag/read-bag.js';
import { manifestLines, memoryBag } from '../bag/testing/bag-fixture.js';
import type { CustodyEntry } from '../custody/custody-log.js';
import type { Case } from '../model/case.js';
import { aCase } from '../vault/testing/a-case.js';
import { type BundleKeys, withBundle } from './bundle-file.js';
import { type ExportOrder, exportCase } from './case-export.js';
import { importBag } from './case-import.js';
import { sealItem, unsealItem } from './case-sealing.js';
import type { DeskError } from './desk-error.js';
import { openDesk } from './testing/open-desk.js';

let here: Awaited<ReturnType<typeof openDesk>>;
let there: Awaited<ReturnType<typeof openDesk>>;
beforeEach(async () => {
  here = await openDesk('ana');
  there = await openDesk('beto');
});
afterEach(() => {
  here.close();
  there.close();
});

const RECEIPT = { description: 'phone', from: 'Ceiba', where: 'office', zone: 'UTC', method: 'copied' };
const es = translatorFor('es', 'UTC');
const en = translatorFor('en', 'UTC');
const KEY = Buffer.alloc(32, 7);
const NO_KEYS: BundleKeys = { privateKeys: [], passphrase: null };

/** A case with a sealed file, a folder kept by reference, a note, and consent to share with R3D. */
async function filledCase(): Promise<Case> {
  const { desk, vault, folder } = here;
  const own = desk.newCase({ ...aCase(), tlp: 'amber' });
  const file = join(folder, 'phone.txt');
  writeFileSync(file, 'a message');
  const root = join(folder, 'backup');
  mkdirSync(join(root, 'ab'), { recursive: true });
  writeFileSync(join(root, 'ab/cd'), 'content');
  writeFileSync(join(root, 'Info.txt'), 'info');
  const { label } = await desk.receive(own.code, file, RECEIPT);
  await desk.receive(own.code, root, RECEIPT);
  await sealItem(desk, own.code, label);
  rmSync(file);
  desk.setIdentity(own.code, {
    name: 'Planted Name',
    contacts: [],
    safeHours: '',
    forbiddenChannels: [],
    duressWord: '',
    note: '',
  });
  vault.notes.add({
    id: vault.newId(),
    caseId: own.id,
    at: own.openedAt,
    by: 'ana',
    text: 'call back',
    task: null,
  });
  const no = 'no' as const;
  desk.addConsent(own.code, {
    givenBy: 'Ceiba',
    method: 'written',
    at: desk.operator.now(),
    language: 'es',
    witness: '',
    scope: {
      ...{ analyse: 'yes', retain: 'yes', shareWith: ['R3D'], shareIndicators: no, publishAnonymously: no },
      ...{ publishNamed: no, useInComplaint: no, contactAgain: no },
    },
    expiresAt: null,
    thirdPartyData: '',
  });
  return own;
}

function order(
  bundle: Partial<NonNullable<ExportOrder['bundle']>> = {},
  more: Partial<ExportOrder> = {},
): ExportOrder {
  return {
    folder: join(here.folder, 'out'),
    profile: 'anonymised',
    formats: ['bundle'],
    purpose: 'share',
    recipient: 'R3D',
    named: false,
    approvedBy: null,
    calendar: [],
    toolVersion: '1',
    bundle: { recipients: null, withEvidence: true, translators: [es, en], ...bundle },
    ...more,
  };
}

async function exported(own: Case, given: ExportOrder): Promise<string> {
  const [written] = await exportCase(here.desk, own.code, given, es);
  return join(given.folder, written?.name ?? '');
}

const takeIn = (path: string, keys: BundleKeys = NO_KEYS): ReturnType<typeof importBag> =>
  withBundle(path, keys, (bag) => importBag(there.desk, bag));

/** The files of a bundle in the clear. */
async function filesOf(path: string): Promise<Record<string, Buffer>> {
  const bag = await readBag(await openBagSource(path));
  const files: Record<string, Buffer> = {};
  for (const { name } of bag.files) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bag.open(name)) chunks.push(chunk);
    files[name] = Buffer.concat(chunks);
  }
  return files;
}

/** Packs changed files anew, with manifests that fit: what somebody can do who does not have the key of the log. */
async function repacked(files: Record<string, Buffer>): ReturnType<typeof readBag> {
  const payload = Object.fromEntries(Object.entries(files).filter(([name]) => name.startsWith('data/')));
  const tags = Object.fromEntries(
    Object.entries(files).filter(([name]) => !name.startsWith('data/') && name !== 'bag-info.txt'),
  );
  tags['manifest-sha256.txt'] = Buffer.from(manifestLines(payload));
  const all = { ...payload, ...tags, 'tagmanifest-sha256.txt': Buffer.from(manifestLines(tags)) };
  return readBag(memoryBag(all));
}

describe('a bundle', () => {
  it('brings a whole case to another desk, sealed for it, and its log goes on there', async () => {
    const own = await filledCase();
    const path = await exported(
      own,
      order({ recipients: [{ kind: 'x25519', publicKey: publicKeyOf(KEY) }] }),
    );
    const taken = await takeIn(path, { ...NO_KEYS, privateKeys: [KEY] });

    expect(path.endsWith(`${own.code}.zip.age`)).toBe(true);
    expect(readFileSync(path).includes('a message')).toBe(false);
    expect(taken).toMatchObject({
      case: { id: own.id, code: own.code },
      sealed: ['E-001', 'E-002'],
      refused: [],
    });
    const { desk, vault } = there;
    expect(vault.notes.list(own.id)).toMatchObject([{ text: 'call back' }]);
    expect(desk.identity(own.code)).toBeNull();
    const copy = join(there.folder, 'copy');
    await unsealItem(desk, own.code, 'E-002', copy);
    expect(readFileSync(join(copy, 'ab/cd'), 'utf8')).toBe('content');
    const actions = [...vault.custody.entries(own.id)].map(({ action }) => action);
    expect(actions.slice(taken.entries)).toEqual(['transfer-in', 'copy']);
    const verified = await desk.verify(own.code);
    expect(verified).toMatchObject({ isWhole: true, log: { ok: true } });
    expect(vault.custody.publicKeys(own.id)).toHaveLength(2);
    // Where it lay on the other computer is not told.
    expect(vault.evidence.list(own.id).map(({ referencePath }) => referencePath)).toEqual(['', '']);
  });

  it('stands on record with what left, and its log names its files', async () => {
    const own = await filledCase();
    const path = await exported(own, order());
    const files = await filesOf(path);
    const entries = files['custody.jsonl']
      ?.toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as CustodyEntry);

    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        ...['README.txt', 'LEEME.txt', 'verifier.html', 'keys/custody.txt', 'data/case/case.json'],
        ...['data/evidence/E-001', 'data/evidence/E-002.tar', 'data/dossier/dossier.es.html'],
        ...['data/dossier/dossier.en.html', 'data/dossier/dossier.en.pdf'],
      ]),
    );
    expect(Object.keys(files)).not.toContain('data/case/identity.json');
    expect(Object.values(files).some((bytes) => bytes.includes('Planted Name'))).toBe(false);
    expect(files['data/evidence/E-001']?.toString()).toBe('a message');
    expect(entries?.at(-1)).toMatchObject({ action: 'export', detail: { what: 'bundle', recipient: 'R3D' } });
    expect(here.vault.departures.list(own.id)).toMatchObject([
      { recipient: 'R3D', fileName: `${own.code}.zip` },
    ]);
    expect((await here.desk.verify(own.code)).log.ok).toBe(true);
  });

  it('leaves out what was not asked for, and stops at evidence that is no longer the same', async () => {
    const own = await filledCase();
    const path = await exported(own, order({ withEvidence: false }));
    expect(Object.keys(await filesOf(path)).filter((name) => name.startsWith('data/evidence'))).toEqual([]);
    writeFileSync(join(here.folder, 'backup', 'Info.txt'), 'other');
    const again = order({}, { folder: join(here.folder, 'again') });

    await expect(exported(own, again)).rejects.toMatchObject({ code: 'evidence-changed' });
    expect(readdirSync(again.folder)).toEqual([]);
  });

  it('leaves only with consent, for what a whole case may leave for', async () => {
    const own = await filledCase();
    await expect(exported(own, order({}, { recipient: 'Somebody' }))).rejects.toMatchObject({
      code: 'export-not-allowed',
    });
    await expect(exported(own, order({}, { purpose: 'press' }))).rejects.toMatchObject({ name: 'DeskError' });
    expect(existsSync(join(here.folder, 'out', `${own.code}.zip`))).toBe(false);
  });

  it('is refused with another key, changed, cut, twice, or for a case destroyed here', async () => {
    const own = await filledCase();
    const passphrase = Buffer.from('correct horse');
    const path = await exported(
      own,
      order({ recipients: [{ kind: 'passphrase', passphrase, workFactor: 4 }] }),
    );
    const whole = readFileSync(path);
    const failure = (answer: string | null): Promise<string> =>
      takeIn(path, { privateKeys: [KEY], passphrase: async () => answer }).then(
        () => 'taken',
        (error: DeskError) => error.code,
      );

    expect(await failure('wrong horse')).toBe('bundle-locked');
    expect(await failure(null)).toBe('bundle-locked');
    for (const [name, bytes] of Object.entries({
      cut: whole.subarray(0, whole.length - 70_000),
      changed: Buffer.from(whole).fill(0, 100_000, 100_001),
    })) {
      writeFileSync(path, bytes);
      expect(await failure('correct horse'), name).toBe('bundle-damaged');
    }
    expect(there.vault.cases.list()).toEqual([]);
    writeFileSync(path, whole);
    expect(await failure('correct horse')).toBe('taken');
    expect(await failure('correct horse')).toBe('already-there');
    await there.desk.delete(own.code, 'over');
    expect(await failure('correct horse')).toBe('case-destroyed');
  });

  it('is refused when it was packed anew around a log that names other files', async () => {
    const own = await filledCase();
    const files = await filesOf(await exported(own, order()));
    const refusal = async (changed: Record<string, Buffer>): Promise<string> => {
      const bag = await repacked(changed);
      expect(bag.problems).toEqual([]);
      return importBag(there.desk, bag).then(
        () => 'taken',
        (error: DeskError) => error.code,
      );
    };
    const log = files['custody.jsonl']?.toString() ?? '';
    const lines = log.trim().split('\n');
    const withLog = (text: string): Record<string, Buffer> => ({
      ...files,
      'custody.jsonl': Buffer.from(text),
    });

    expect(await refusal({ ...files, 'data/evidence/E-001': Buffer.from('another message') })).toBe(
      'bundle-repacked',
    );
    expect(await refusal({ ...files, 'data/case/notes.jsonl': Buffer.from('') })).toBe('bundle-repacked');
    expect(await refusal({ ...files, 'data/more.txt': Buffer.from('x') })).toBe('bundle-repacked');
    expect(await refusal(withLog(log.replace('"R3D"', '"R4D"')))).toBe('bundle-log');
    expect(await refusal(withLog(`${lines.slice(1).join('\n')}\n`))).toBe('bundle-log');
    expect(await refusal(withLog(`${lines.slice(0, -1).join('\n')}\n`))).toBe('bundle-repacked');
    expect(await refusal(withLog(''))).toBe('bundle-log');
    expect(await refusal({ ...files, 'keys/custody.txt': Buffer.from(`${'0'.repeat(64)}\n`) })).toBe(
      'bundle-log',
    );
    expect(await refusal({ ...files, 'keys/custody.txt': Buffer.from('no key\n') })).toBe(
      'bundle-incomplete',
    );
    const { 'keys/custody.txt': _, ...withoutKeys } = files;
    expect(await refusal(withoutKeys)).toBe('bundle-incomplete');
    expect(there.vault.cases.list()).toEqual([]);
    expect(await refusal(files)).toBe('taken');
  });
});
