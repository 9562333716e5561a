import { describe, expect, it } from 'vitest';
import { buildSmsDb } from '../../../../../fixtures/ios-artifacts/sms.js';
import { buildSqlite } from '../../../../../fixtures/sqlite-file.js';
import { readAll } from '../../../../core/testing/run.js';
import { expectSoundTexts } from '../../../../core/testing/texts.js';
import { readInMemory, recognises } from '../../../../evidence/testing/read-in-memory.js';
import { hasSample, sampleBackup } from '../../testing/sample-backup.js';
import { fileOf } from '../../testing/small-backup.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { reader } from './sms-attachments.js';

const PATH = 'HomeDomain/Library/SMS/sms.db';
const read = (bytes: Uint8Array) => readInMemory(reader, { [PATH]: bytes });

describe('ios/sms-attachments', () => {
  it('reads a file with the message it came with', async () => {
    const bytes = buildSmsDb({
      messages: [
        {
          at: '2024-03-05T12:00:00Z',
          from: '+15550100',
          text: null,
          service: 'iMessage',
          attachments: [
            {
              filename: '/var/tmp/x-1',
              mimeType: 'image/gif',
              sizeBytes: 12,
              createdAt: '2024-03-05T12:00:01Z',
            },
          ],
        },
        {
          at: '2024-03-05T12:00:00Z',
          from: 'a@example.org',
          text: null,
          fromMe: true,
          attachments: [{ filename: '~/Library/SMS/Attachments/00/a.jpg' }],
        },
      ],
    });
    const { records, problems } = await read(bytes);

    expect(problems).toEqual([]);
    expect(records[0]).toEqual({
      kind: 'attachment',
      at: '2024-03-05T12:00:01.000000Z',
      source: { evidence: 'e1', path: PATH, locator: 'attachment ROWID 1' },
      service: 'imessage',
      direction: 'incoming',
      sender: '+15550100',
      filePath: '/var/tmp/x-1',
      transferName: 'x-1',
      mimeType: 'image/gif',
      sizeBytes: 12,
      startedAt: '2024-03-05T12:00:01.000000Z',
    });
    expect(records[1]).toMatchObject({ direction: 'outgoing', service: 'sms', sender: 'a@example.org' });
  });

  it('keeps files that belong to no message', async () => {
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text)');
      db.run('CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, filename, created_date, total_bytes)');
      db.run("INSERT INTO attachment VALUES (1, 'a', NULL, 'many'), (2, ?, 1e300, -1)", [Buffer.from('b')]);
    });
    const { records, problems } = await read(bytes);

    expect(records).toMatchObject([
      { filePath: 'a', at: null, sizeBytes: null, direction: 'unknown', service: 'unknown', sender: null },
      { filePath: 'b', at: null, sizeBytes: -1 },
    ]);
    expect(problems).toEqual([]);
  });

  it('skips a database without these tables, and says so', async () => {
    const bytes = buildSmsDb({ messages: [], withoutAttachmentTables: true });

    expect(await read(bytes)).toMatchObject({
      records: [],
      problems: [{ code: 'table-absent', effect: 'note' }],
    });
  });

  it('refuses what is not this database', async () => {
    await expect(read(Buffer.from('SQLite format 3 it is not'))).rejects.toMatchObject({
      name: 'EvidenceError',
    });
    expect(await recognises(reader, buildSmsDb({ messages: [] }))).toBe(true);
  });

  it('says the same in both languages', () => {
    expectSoundTexts({ es, en }, { count: 1 });
  });

  it.skipIf(!hasSample)(
    'skips the sample backup, which has no such tables (skipped without ../shared)',
    async () => {
      const backup = await sampleBackup();
      const { records, problems } = await readAll(reader, await fileOf(backup, PATH));

      expect(records).toEqual([]);
      expect(problems).toMatchObject([{ code: 'table-absent', effect: 'note' }]);
      await backup.close();
    },
  );
});
