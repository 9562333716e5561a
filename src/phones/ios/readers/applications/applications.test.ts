import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeBinaryPlist } from '../../../../../fixtures/binary-plist.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll } from '../../../../core/testing/run.js';
import { parsePlist } from '../../../../evidence/plist/plist.js';
import { memoryEvidence, memorySource } from '../../../../evidence/testing/memory-source.js';
import type { App } from '../../../../records/kinds/app.js';
import { hasSample, sampleBackup } from '../../testing/sample-backup.js';
import { fileOf, smallBackup } from '../../testing/small-backup.js';
import { reader } from './applications.js';
import { purchaseTime } from './store-receipt.js';

const RECEIPT = {
  softwareVersionBundleId: 'com.example.chat',
  itemName: 'Example Chat',
  bundleShortVersionString: '4.5',
  artistName: 'Example Company',
  sourceApp: 'com.apple.AppStore',
  'com.apple.iTunesStore.downloadInfo': { purchaseDate: '2023-05-06T07:08:09Z', accountInfo: {} },
};

const folder = (bundleId: string) => ({
  domain: `AppDomain-${bundleId}`,
  path: 'Documents/a',
  content: null,
});

describe('ios/applications in a backup', () => {
  it('reads the receipts of the store', async () => {
    const backup = await smallBackup({
      files: [folder('com.example.chat')],
      info: {
        Applications: {
          'com.example.chat': { iTunesMetadata: writeBinaryPlist(RECEIPT), PlaceholderIcon: Buffer.of(1) },
        },
        'Installed Applications': ['com.example.chat'],
      },
    });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        kind: 'app',
        at: '2023-05-06T07:08:09.000000Z',
        source: { evidence: 'e1', path: 'Info.plist', locator: 'Applications > com.example.chat' },
        appId: 'com.example.chat',
        name: 'Example Chat',
        version: '4.5',
        publisher: 'Example Company',
        installer: 'com.apple.AppStore',
        storeReceipt: true,
        seenIn: ['installed-list', 'receipt', 'data-folder'],
        certSha1: null,
        certSha256: null,
        sha256: null,
      },
    ]);
    await backup.close();
  });

  it('gives apps without a receipt first, also those that only another list names', async () => {
    const backup = await smallBackup({
      files: [folder('com.example.folder'), folder('com.apple.mobilesafari')],
      manifestPlist: {
        Applications: {
          'com.example.container': { CFBundleIdentifier: 'com.example.container' },
          'com.example.chat.plugin': { ContainerContentClass: 'Data/PlugInKitPlugin' },
        },
      },
      info: {
        Applications: {
          'com.example.chat': { iTunesMetadata: writeBinaryPlist(RECEIPT) },
          'com.example.sideloaded': { PlaceholderIcon: Buffer.of(1) },
          'com.example.odd': 'not a dictionary',
        },
        'Installed Applications': ['com.example.chat', 'com.example.listed', 'com.apple.Numbers'],
      },
    });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(problems).toEqual([]);
    expect(records.map(({ appId, storeReceipt, seenIn }) => [appId, storeReceipt, seenIn])).toEqual([
      ['com.example.sideloaded', false, ['installed-list']],
      ['com.example.odd', false, ['installed-list']],
      ['com.example.listed', false, ['installed-list']],
      ['com.apple.Numbers', false, ['installed-list']],
      ['com.example.container', false, ['data-folder']],
      ['com.example.folder', false, ['data-folder']],
      ['com.example.chat', true, ['installed-list', 'receipt']],
    ]);
    expect(records.map((record) => `${record.source.path}: ${record.source.locator}`)).toContain(
      'Manifest.db: Files domain AppDomain-com.example.folder',
    );
    await backup.close();
  });

  it('falls back to the other lists when there are no receipts at all, and says so', async () => {
    const backup = await smallBackup({
      files: [folder('com.example.folder'), folder('com.example.listed')],
      info: { 'Installed Applications': ['com.example.listed'] },
    });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(problems).toMatchObject([{ code: 'no-applications-key', effect: 'note' }]);
    expect(records.map(({ appId, storeReceipt, seenIn }) => [appId, storeReceipt, seenIn])).toEqual([
      ['com.example.listed', null, ['installed-list', 'data-folder']],
      ['com.example.folder', null, ['data-folder']],
    ]);
    await backup.close();
  });

  it('names a receipt it cannot read, and one that names no app', async () => {
    const backup = await smallBackup({
      info: {
        Applications: {
          'com.example.damaged': { iTunesMetadata: Buffer.from('bplist00 cut') },
          'com.example.list': { iTunesMetadata: writeBinaryPlist(['a list']) },
          'com.example.nameless': { iTunesMetadata: writeBinaryPlist({ itemName: 'No id' }) },
        },
        'Installed Applications': ['com.example.good'],
      },
    });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(problems.map(({ code, effect, source }) => [code, effect, source.locator])).toEqual([
      ['receipt-unreadable', 'lost', 'Applications > com.example.damaged'],
      ['receipt-unreadable', 'lost', 'Applications > com.example.list'],
      ['receipt-without-bundle-id', 'note', 'Applications > com.example.nameless'],
    ]);
    expect(records.map(({ appId, storeReceipt, name }) => [appId, storeReceipt, name])).toEqual([
      ['com.example.good', false, null],
      ['com.example.damaged', null, null],
      ['com.example.list', null, null],
      ['com.example.nameless', true, 'No id'],
    ]);
    await backup.close();
  });

  it('goes on when another list cannot be read', async () => {
    const backup = await smallBackup(
      { info: { Applications: {}, 'Installed Applications': ['com.example.one', 7] } },
      { 'Manifest.plist': 'no property list' },
    );

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(records.map((record) => record.appId)).toEqual(['com.example.one']);
    expect(problems).toMatchObject([
      { code: 'bad-row', source: { locator: 'Installed Applications > 1' } },
      { code: 'app-place-unreadable', effect: 'lost', source: { path: 'Manifest.plist' } },
    ]);
    await backup.close();
  });

  it('refuses an Info.plist that is no dictionary', async () => {
    const file = await memoryEvidence('Info.plist', writeBinaryPlist([]), { kind: 'ios-backup' });
    await expect(readAll(reader, file)).rejects.toMatchObject({ code: 'wrong-format' });
  });

  it('survives any Info.plist', async () => {
    const entry = fc.oneof(
      fc.string(),
      fc.record({ iTunesMetadata: fc.oneof(fc.uint8Array(), fc.constant(writeBinaryPlist(RECEIPT))) }),
    );
    const info = fc.record(
      {
        Applications: fc.oneof(fc.string(), fc.dictionary(fc.string(), entry)),
        'Installed Applications': fc.oneof(fc.integer(), fc.array(fc.oneof(fc.string(), fc.integer()))),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(info, async (content) => {
        const file = await memoryEvidence('Info.plist', writeBinaryPlist(content), { kind: 'ios-backup' });
        await readAll(reader, file);
        await file.source.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('ios/applications in a file-system dump', () => {
  const container = 'private/var/containers/Bundle/Application/UUID-1';
  const bundle = writeBinaryPlist({
    CFBundleIdentifier: 'com.example.tool',
    CFBundleDisplayName: 'Tool',
    CFBundleShortVersionString: '1.0',
  });

  it('reads a receipt of its own', async () => {
    const file = await memoryEvidence(`${container}/iTunesMetadata.plist`, writeBinaryPlist(RECEIPT));

    const { records, problems } = await readAll(reader, file);

    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      { appId: 'com.example.chat', storeReceipt: true, seenIn: ['receipt'], installer: 'com.apple.AppStore' },
    ]);
    expect(await reader.recognises?.(await file.probe())).toBe(true);
  });

  it('reads an app without a receipt from its own Info.plist', async () => {
    const { records, problems } = await readAll(
      reader,
      await memoryEvidence(`${container}/Tool.app/Info.plist`, bundle),
    );

    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      { appId: 'com.example.tool', name: 'Tool', version: '1.0', storeReceipt: false, at: null },
    ]);
  });

  it('leaves an app with a receipt to its receipt', async () => {
    const source = await memorySource({
      [`${container}/Tool.app/Info.plist`]: bundle,
      [`${container}/iTunesMetadata.plist`]: writeBinaryPlist(RECEIPT),
    });
    const found: App[] = [];
    for await (const file of source.find(reader.artifacts.map((place) => place.path))) {
      found.push(...(await readAll(reader, file)).records);
    }

    expect(found.map((record) => record.appId)).toEqual(['com.example.chat']);
    await source.close();
  });

  it('refuses a receipt or a program that names no app', async () => {
    for (const path of ['iTunesMetadata.plist', 'Tool.app/Info.plist']) {
      const file = await memoryEvidence(`${container}/${path}`, writeBinaryPlist({ other: 1 }));
      await expect(readAll(reader, file)).rejects.toBeInstanceOf(EvidenceError);
    }
  });

  it('does not take another property list for a receipt', async () => {
    const file = await memoryEvidence(
      'a.plist',
      writeBinaryPlist({ softwareVersionBundleId: 'com.example.chat' }),
    );
    expect(await reader.recognises?.(await file.probe())).toBe(false);
  });
});

describe('dates of the store', () => {
  it('are UTC, as text or as a date', () => {
    expect(purchaseTime('2023-05-06T07:08:09Z')).toBe('2023-05-06T07:08:09.000000Z');
    expect(purchaseTime(parsePlist(writeBinaryPlist(new Date('2023-05-06T07:08:09Z'))))).toBe(
      '2023-05-06T07:08:09.000000Z',
    );
  });

  it('are null when they are anything else', () => {
    for (const value of [
      undefined,
      null,
      '',
      '2023-05-06',
      '2023-99-99T07:08:09Z',
      '2023-05-06T07:08:09',
      5,
      5n,
    ]) {
      expect(purchaseTime(value)).toBeNull();
    }
  });

  it('are never invalid, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)), (value) => {
        expect(purchaseTime(value) ?? '2000-01-01T00:00:00.000000Z').toMatch(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
        );
      }),
    );
  });
});

describe.skipIf(!hasSample)('ios/applications on the published sample (skipped without ../shared)', () => {
  it('falls back to the six installed apps, with a note', async () => {
    const backup = await sampleBackup();

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(problems).toMatchObject([{ code: 'no-applications-key', effect: 'note' }]);
    expect(records.map((record) => record.appId).sort()).toEqual([
      'ch.icoaching.typewise',
      'com.google.Gmail',
      'com.google.chrome.ios',
      'net.whatsapp.WhatsApp',
      'org.mozilla.ios.Firefox',
      'ph.telegra.Telegraph',
    ]);
    for (const record of records) {
      expect(record).toMatchObject({ storeReceipt: null, seenIn: ['installed-list', 'data-folder'] });
    }
    await backup.close();
  });
});
