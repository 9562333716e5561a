import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Uid, writeBinaryPlist } from '../../../../../fixtures/binary-plist.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll } from '../../../../core/testing/run.js';
import { parsePlist } from '../../../../evidence/plist/plist.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import { recognises } from '../../../../evidence/testing/read-in-memory.js';
import { hasSample, sampleBackup } from '../../testing/sample-backup.js';
import { fileOf } from '../../testing/small-backup.js';
import { reader } from './global-preferences.js';
import { valueJson } from './value-json.js';

const PATH = 'HomeDomain/Library/Preferences/.GlobalPreferences.plist';

describe('ios/global-preferences', () => {
  it('gives one record for each setting', async () => {
    const file = await memoryEvidence(
      PATH,
      writeBinaryPlist({ LDMGlobalEnabled: true, AppleLocale: 'es_MX', AppleKeyboards: ['es_MX', 'emoji'] }),
    );

    const { records, problems } = await readAll(reader, file);

    expect(problems).toEqual([]);
    expect(records.map(({ key, valueJson: value, source }) => [key, value, source.locator])).toEqual([
      ['LDMGlobalEnabled', 'true', 'LDMGlobalEnabled'],
      ['AppleLocale', '"es_MX"', 'AppleLocale'],
      ['AppleKeyboards', '["es_MX","emoji"]', 'AppleKeyboards'],
    ]);
  });

  it('gives nothing for no settings', async () => {
    expect(await readAll(reader, await memoryEvidence(PATH, writeBinaryPlist({})))).toEqual({
      records: [],
      problems: [],
    });
  });

  it('refuses another kind of property list', async () => {
    const file = await memoryEvidence(PATH, writeBinaryPlist([1]));
    await expect(readAll(reader, file)).rejects.toMatchObject({ code: 'wrong-format' });
  });

  it('is recognised by content, and an app with a language of its own is not', async () => {
    const recognised = (value: unknown) => recognises(reader, writeBinaryPlist(value));
    expect(await recognised({ AppleLocale: 'es_MX', AppleKeyboards: [] })).toBe(true);
    expect(await recognised({ LDMGlobalEnabled: false })).toBe(true);
    expect(await recognised({ AppleLanguages: ['es'], AppleLocale: 'es_MX' })).toBe(false);
  });
});

describe('a setting as JSON', () => {
  it('writes every type a property list has', () => {
    const value = parsePlist(
      writeBinaryPlist({
        date: new Date('2024-01-02T03:04:05.678Z'),
        bytes: new Uint8Array([1, 255]),
        big: 2n ** 62n,
        real: 0.5,
        infinite: Number.POSITIVE_INFINITY,
        uid: new Uid(3),
        nothing: null,
        'quoted "key"': [false, 'línea\n'],
      }),
    );

    expect(JSON.parse(valueJson(value, 4_000))).toEqual({
      date: '2024-01-02T03:04:05.678000Z',
      bytes: '01ff',
      big: 2 ** 62,
      real: 0.5,
      infinite: null,
      uid: { uid: 3 },
      nothing: null,
      'quoted "key"': [false, 'línea\n'],
    });
  });

  it('stops writing when the text is long enough, however much the value shares', () => {
    // Fifty levels of a list that holds the level below twice: 2^50 elements when written out.
    let shared: unknown = ['end'];
    for (let level = 0; level < 50; level += 1) shared = [shared, shared];
    const value = parsePlist(writeBinaryPlist(shared));

    const started = performance.now();
    expect(valueJson(value, 4_000)).toHaveLength(4_000);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('writes what JSON.parse reads back, for any value of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
        const text = valueJson(parsePlist(writeBinaryPlist({ value })), 1_000_000);
        expect(JSON.parse(text)).toEqual({ value: JSON.parse(JSON.stringify(value)) });
      }),
      { numRuns: 100 },
    );
  });

  it('never exceeds its limit', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 50 }), (text, limit) => {
        expect(valueJson(text, limit).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe.skipIf(!hasSample)(
  'ios/global-preferences on the published sample (skipped without ../shared)',
  () => {
    it('gives 16 records, link previews off first, Lockdown Mode on', async () => {
      const backup = await sampleBackup();

      const { records, problems } = await readAll(reader, await fileOf(backup, PATH));

      expect(problems).toEqual([]);
      expect(records).toHaveLength(16);
      expect(records[0]).toMatchObject({ key: 'WebKitShowLinkPreviews', valueJson: 'false' });
      const values = Object.fromEntries(records.map((record) => [record.key, record.valueJson]));
      expect(values.LDMGlobalEnabled).toBe('true');
      expect(values.AppleLocale).toBe('"en_FR"');
      await backup.close();
    });
  },
);

describe('any bytes as preferences', () => {
  it('give records or a typed error', async () => {
    const whole = writeBinaryPlist({
      AppleLocale: 'es_MX',
      AppleKeyboards: ['es_MX'],
      LDMGlobalEnabled: true,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: whole.byteLength - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        async (changes) => {
          const content = Buffer.from(whole);
          for (const [offset, value] of changes) content[offset] = value;
          const file = await memoryEvidence(PATH, content);
          await readAll(reader, file).catch((error: unknown) => expect(error).toBeInstanceOf(EvidenceError));
          await file.source.close();
        },
      ),
      { numRuns: 100 },
    );
  });
});
