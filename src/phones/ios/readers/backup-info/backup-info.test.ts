import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeBinaryPlist } from '../../../../../fixtures/binary-plist.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll } from '../../../../core/testing/run.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import { hasSample, sampleBackup } from '../../testing/sample-backup.js';
import { fileOf, smallBackup } from '../../testing/small-backup.js';
import { fieldText, INFO_FIELDS, reader } from './backup-info.js';

describe('ios/backup-info', () => {
  it('describes the device of a backup', async () => {
    const backup = await smallBackup({ info: { 'Phone Number': '+1 555 0100' } });

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(problems).toEqual([]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      at: '2024-03-05T12:00:00.000000Z',
      source: { evidence: 'e1', path: 'Info.plist', locator: '' },
      platform: 'ios',
      name: 'Synthetic iPhone',
      model: 'iPhone14,5',
      modelName: 'iPhone 13',
      osVersion: '16.7',
      osBuild: '20H19',
      phoneNumber: '+1 555 0100',
    });
    await backup.close();
  });

  it('gives null for what is missing and takes any plain type', async () => {
    const file = await memoryEvidence(
      'Info.plist',
      writeBinaryPlist({
        IMEI: 2n ** 63n,
        'Serial Number': new Uint8Array([0xab, 1]),
        'Product Type': 'iPhone99,9',
        'Product Name': 'iPhone of the future',
        'Installed Applications': ['com.example.one', 7, { not: 'text' }, 'com.example.two'],
        'Display Name': '',
        GUID: { not: 'text' },
      }),
    );

    const { records, problems } = await readAll(reader, file);

    expect(problems).toEqual([]);
    expect(records[0]).toMatchObject({
      at: null,
      imei: '9223372036854775808',
      serialNumber: 'ab01',
      modelName: 'iPhone of the future',
      name: null,
      osVersion: null,
    });
    expect(Object.keys(records[0]?.fields ?? {})).toEqual([...INFO_FIELDS]);
    expect(records[0]?.fields['Installed Applications']).toBe('com.example.one, 7, com.example.two');
    expect(records[0]?.fields.GUID).toBeNull();
  });

  it('refuses what is no dictionary, and what is no property list', async () => {
    for (const [content, code] of [
      [writeBinaryPlist(['a list']), 'wrong-format'],
      [Buffer.from('bplist00 cut'), 'damaged'],
      [Buffer.alloc(0), 'empty'],
    ] as const) {
      const reading = readAll(reader, await memoryEvidence('Info.plist', content));
      await expect(reading).rejects.toThrow(EvidenceError);
      await expect(reading).rejects.toMatchObject({ code });
    }
  });

  it('survives any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (content) => {
        const file = await memoryEvidence('Info.plist', Buffer.concat([Buffer.from('bplist00'), content]));
        await readAll(reader, file).catch((error: unknown) => expect(error).toBeInstanceOf(EvidenceError));
        await file.source.close();
      }),
      { numRuns: 50 },
    );
  });

  it('cuts fields that are out of all proportion', () => {
    expect(fieldText('x'.repeat(300_000))).toHaveLength(200_000);
  });
});

describe.skipIf(!hasSample)('ios/backup-info on the published sample (skipped without ../shared)', () => {
  it('gives 18 fields, the missing ones null', async () => {
    const backup = await sampleBackup();

    const { records, problems } = await readAll(reader, await fileOf(backup, 'Info.plist'));

    expect(problems).toEqual([]);
    expect(records).toHaveLength(1);
    const [record] = records;
    expect(Object.keys(record?.fields ?? {})).toHaveLength(18);
    expect(record).toMatchObject({
      at: '2021-12-03T19:33:13.000000Z',
      osVersion: '14.3',
      osBuild: '18C66',
      model: 'iPhone9,3',
      modelName: 'iPhone 7',
      imei: '42',
      serialNumber: 'F1234567890',
      phoneNumber: null,
    });
    expect(record?.fields['Phone Number']).toBeNull();
    expect(record?.fields['Installed Applications']?.split(', ')).toHaveLength(6);
    await backup.close();
  });
});
