import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeBinaryPlist } from '../../../../../fixtures/binary-plist.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { readAll } from '../../../../core/testing/run.js';
import { fileIdOf } from '../../../../evidence/ios-backup/ios-backup.js';
import { memoryEvidence } from '../../../../evidence/testing/memory-source.js';
import { readInMemory } from '../../../../evidence/testing/read-in-memory.js';
import { reader } from './profile-events.js';

const AT = new Date('2024-02-03T04:05:06Z');

const readEvents = (events: unknown) =>
  readInMemory(reader, { 'MCProfileEvents.plist': writeBinaryPlist({ ProfileEvents: events }) });

describe('ios/profile-events', () => {
  it('reads installations and removals, whatever the case of the keys', async () => {
    const { records, problems } = await readEvents([
      { 'com.example.mdm': { timestamp: AT, operation: 'install', process: 'profiled' } },
      { 'com.example.mdm': { Timestamp: AT, Operation: 'remove', Process: 'Preferences' } },
    ]);

    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      {
        at: '2024-02-03T04:05:06.000000Z',
        profileId: 'com.example.mdm',
        operation: 'install',
        process: 'profiled',
        source: { locator: 'ProfileEvents > 0 > com.example.mdm' },
      },
      { at: '2024-02-03T04:05:06.000000Z', operation: 'remove', process: 'Preferences' },
    ]);
  });

  it('keeps an event that lacks fields', async () => {
    const { records, problems } = await readEvents([{ 'com.example.mdm': { timestamp: 'yesterday' } }]);

    expect(problems).toEqual([]);
    expect(records).toMatchObject([{ at: null, operation: null, process: null }]);
  });

  it('names damaged entries and reads the others', async () => {
    const { records, problems } = await readEvents([
      'not a dictionary',
      { 'com.example.one': 7, 'com.example.two': { operation: 'install' } },
    ]);

    expect(problems).toMatchObject([
      { code: 'bad-row', effect: 'lost', source: { locator: 'ProfileEvents > 0' } },
      { code: 'bad-row', effect: 'lost', source: { locator: 'ProfileEvents > 1 > com.example.one' } },
    ]);
    expect(records.map((record) => record.profileId)).toEqual(['com.example.two']);
  });

  it('refuses a property list without the list, and damaged ones', async () => {
    for (const content of [
      writeBinaryPlist({ Other: [] }),
      writeBinaryPlist('text'),
      Buffer.from('bplist00'),
    ]) {
      const file = await memoryEvidence('MCProfileEvents.plist', content);
      await expect(readAll(reader, file)).rejects.toBeInstanceOf(EvidenceError);
    }
  });

  it('looks where backups keep it', () => {
    // The id that public tools use for this file.
    const path = reader.artifacts[0]?.path ?? '';
    const [domain = '', ...rest] = path.split('/');
    expect(fileIdOf(domain, rest.join('/'))).toBe('aeb25de285ea542f7ac7c2070cddd1961e369df1');
  });

  it('survives any list', async () => {
    const event = fc.dictionary(
      fc.string({ maxLength: 8 }),
      fc.oneof(fc.integer(), fc.string(), fc.date({ noInvalidDate: true })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer(), fc.dictionary(fc.string(), event))),
        async (events) => {
          await readEvents(events);
        },
      ),
      { numRuns: 50 },
    );
  });
});
