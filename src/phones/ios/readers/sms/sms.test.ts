import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeAttributedBody } from '../../../../../fixtures/attributed-body.js';
import { keyedArchive, writeBinaryPlist } from '../../../../../fixtures/binary-plist.js';
import { buildSqlite, type SqliteScript } from '../../../../../fixtures/sqlite-file.js';
import { expectSoundTexts, renderTexts } from '../../../../core/testing/texts.js';
import { anySqliteValue } from '../../../../evidence/testing/arbitraries.js';
import { readInMemory, recognises } from '../../../../evidence/testing/read-in-memory.js';
import { type Message, message } from '../../../../records/kinds/message.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { reader } from './sms.js';

const PATH = 'HomeDomain/Library/SMS/sms.db';
const SAMPLE = new URL(
  '../../../../../../shared/data/ios/ios_backup/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28',
  import.meta.url,
);

// The columns a reader may meet, of iOS 17; declared without types, so that any value can be put in.
const COLUMNS = [
  'guid',
  'text',
  'subject',
  'attributedBody',
  'handle_id',
  'service',
  'date',
  'date_read',
  'date_delivered',
  'is_from_me',
  'cache_roomnames',
  'cache_has_attachments',
  'payload_data',
  'message_summary_info',
];

type Row = Readonly<Record<string, unknown>>;

function smsDb(rows: readonly Row[], more: (db: SqliteScript) => void = () => {}): Buffer {
  return buildSqlite((db) => {
    db.run(`CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, ${COLUMNS.join(', ')})`);
    db.run('CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT)');
    db.run("INSERT INTO handle VALUES (1, '+15550100', 'SMS'), (2, 'a@example.org', 'iMessage')");
    for (const row of rows) {
      const names = Object.keys(row);
      db.run(
        `INSERT INTO message (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        Object.values(row),
      );
    }
    more(db);
  });
}

const read = (bytes: Uint8Array) => readInMemory(reader, { [PATH]: bytes });
const one = async (row: Row, more?: (db: SqliteScript) => void): Promise<Message> => {
  const { records, problems } = await read(smsDb([row], more));
  expect(problems).toEqual([]);
  expect(records).toHaveLength(1);
  return records[0] as Message;
};

const chats = (db: SqliteScript) => {
  db.run('CREATE TABLE chat (ROWID INTEGER PRIMARY KEY, guid, chat_identifier, room_name)');
  db.run('CREATE TABLE chat_message_join (chat_id, message_id)');
  db.run('CREATE TABLE chat_handle_join (chat_id, handle_id)');
  db.run("INSERT INTO chat VALUES (1, 'g1', '+15550100', NULL), (2, 'g2', 'chat123', 'chat123')");
  db.run('INSERT INTO chat_handle_join VALUES (1, 1), (2, 1), (2, 2)');
};

describe('ios/sms', () => {
  it('reads an incoming message with sender, times and link', async () => {
    const record = await one({
      text: 'Aviso: https://pago.example/a1.',
      handle_id: 1,
      service: 'SMS',
      date: 700_000_000_123_456_000n,
      date_read: 700_000_060_000_000_000n,
      is_from_me: 0,
    });

    expect(record).toEqual({
      kind: 'message',
      at: '2023-03-08T20:26:40.123456Z',
      source: { evidence: 'e1', path: PATH, locator: 'message ROWID 1' },
      service: 'sms',
      direction: 'incoming',
      sender: '+15550100',
      senderName: null,
      recipients: [],
      chat: null,
      text: 'Aviso: https://pago.example/a1.',
      links: ['https://pago.example/a1'],
      readAt: '2023-03-08T20:27:40.000000Z',
      deliveredAt: null,
    });
    expect(message.timeline(record).map((entry) => entry.event)).toEqual([
      'message-received',
      'message-read',
    ]);
  });

  it('takes small dates for seconds and missing ones for unknown', async () => {
    expect((await one({ text: 'a', date: 400_000_000 })).at).toBe('2013-09-04T15:06:40.000000Z');
    expect((await one({ text: 'a', date: null, is_from_me: null })).at).toBeNull();
    expect((await one({ text: 'a', date: 0 })).at).toBeNull();
    expect((await one({ text: 'a', is_from_me: null })).direction).toBe('unknown');
  });

  it('reads the attributed body when there is no text', async () => {
    const body = writeAttributedBody('Mire https://ejemplo.example/x', { link: 'https://lure.example/y' });

    expect(await one({ attributedBody: body, handle_id: 2, is_from_me: 0 })).toMatchObject({
      text: 'Mire https://ejemplo.example/x',
      textFrom: 'attributedBody',
      links: ['https://ejemplo.example/x', 'https://lure.example/y'],
      service: 'imessage',
      sender: 'a@example.org',
    });
  });

  it('finds a link behind a text that does not show it', async () => {
    const body = writeAttributedBody('Pulse aquí', { link: 'https://lure.example/y' });
    const record = await one({ text: 'Pulse aquí', attributedBody: body });

    expect(record).toMatchObject({ text: 'Pulse aquí', links: ['https://lure.example/y'] });
    expect(record.textFrom).toBeUndefined();
  });

  it('adds the addresses of a link preview, each once', async () => {
    const url = (address: string) => ({ $class: 'NSURL', 'NS.base': null, 'NS.relative': address });
    const payload = keyedArchive({
      richLinkMetadata: {
        $class: 'LPLinkMetadata',
        originalURL: url('https://Short.example/'),
        URL: url('https://landing.example/p'),
      },
    });

    expect((await one({ text: '\uFFFChttps://short.example\uFFFC', payload_data: payload })).links).toEqual([
      'https://short.example',
      'https://landing.example/p',
    ]);
  });

  it('reads the links of earlier versions of an edited message', async () => {
    const summary = writeBinaryPlist({
      ec: {
        0: [
          { d: 1.5, t: writeAttributedBody('https://lure.example/1') },
          { d: 2.5, t: writeAttributedBody('sorry') },
        ],
      },
    });

    expect((await one({ text: 'sorry', message_summary_info: summary })).links).toEqual([
      'https://lure.example/1',
    ]);
    expect(await one({ message_summary_info: summary })).toMatchObject({
      text: 'sorry',
      textFrom: 'message_summary_info',
    });
  });

  it('uses the subject when there is nothing else, and its links always', async () => {
    expect(await one({ subject: 'See https://a.example' })).toMatchObject({
      text: 'See https://a.example',
      textFrom: 'subject',
      links: ['https://a.example'],
    });
    expect((await one({ text: 'hi', subject: 'See https://a.example' })).links).toEqual([
      'https://a.example',
    ]);
  });

  it('keeps messages without a handle, and names the only other side there can be', async () => {
    const join = (chat: number) => (db: SqliteScript) => {
      chats(db);
      db.run('INSERT INTO chat_message_join VALUES (?, 1)', [chat]);
    };

    expect(await one({ text: 'a', handle_id: 0, is_from_me: 0 })).toMatchObject({ sender: null, chat: null });
    expect(await one({ text: 'a', handle_id: 0, is_from_me: 0 }, join(1))).toMatchObject({
      sender: '+15550100',
      chat: '+15550100',
    });
    expect(await one({ text: 'a', handle_id: 99, is_from_me: 0 }, join(2))).toMatchObject({
      sender: null,
      chat: 'chat123',
    });
    expect(await one({ text: 'a', handle_id: 0, is_from_me: 1 }, join(2))).toMatchObject({
      sender: null,
      direction: 'outgoing',
      recipients: ['+15550100', 'a@example.org'],
    });
    expect(await one({ text: 'a', handle_id: 1, is_from_me: 1 })).toMatchObject({
      recipients: ['+15550100'],
    });
  });

  it('reads a database of an old version with few columns and no other table', async () => {
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text, handle_id, date, is_from_me)');
      db.run("INSERT INTO message VALUES (7, 'hola', 3, 400000000, 0)");
    });
    const { records, problems } = await read(bytes);

    expect(records).toMatchObject([{ text: 'hola', service: 'unknown', sender: null }]);
    expect(records[0]?.source.locator).toBe('message ROWID 7');
    expect(problems).toEqual([]);
  });

  it('marks messages in "Recently Deleted" and reads parts deleted on their own', async () => {
    const bytes = smsDb(
      [
        { text: 'kept', handle_id: 1, date: 700_000_000, is_from_me: 0 },
        { text: 'regretted', handle_id: 1, date: 700_000_001, is_from_me: 0 },
      ],
      (db) => {
        chats(db);
        db.run('CREATE TABLE chat_recoverable_message_join (chat_id, message_id, delete_date)');
        db.run(
          'CREATE TABLE recoverable_message_part (chat_id, message_id, part_index, delete_date, part_text)',
        );
        db.run('CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY, guid TEXT)');
        db.run("INSERT INTO deleted_messages VALUES (1, 'x'), (2, 'y'), (3, 'y')");
        db.run('INSERT INTO chat_recoverable_message_join VALUES (1, 2, 1)');
        const part = 'INSERT INTO recoverable_message_part VALUES (1, ?, 0, 1, ?)';
        db.run(part, [2, writeAttributedBody('regretted')]);
        db.run(part, [1, writeAttributedBody('https://gone.example/1')]);
        db.run(part, [77, writeAttributedBody('orphan')]);
      },
    );
    const { records, problems } = await read(bytes);

    expect(records).toMatchObject([
      { text: 'kept', source: { locator: 'message ROWID 1' } },
      {
        text: 'https://gone.example/1',
        links: ['https://gone.example/1'],
        deleted: true,
        sender: '+15550100',
        at: '2023-03-08T20:26:40.000000Z',
        source: { locator: 'recoverable_message_part ROWID 2' },
      },
      { text: 'regretted', deleted: true, chat: '+15550100' },
      { text: 'orphan', deleted: true, at: null },
    ]);
    expect(records[0]?.deleted).toBeUndefined();
    expect(problems).toMatchObject([
      { code: 'recently-deleted', effect: 'note', count: 1 },
      { code: 'deleted-messages', effect: 'note', count: 2 },
    ]);
  });

  it('names rows it could not read in full and still reads the others', async () => {
    const { records, problems } = await read(
      smsDb([
        { attributedBody: Buffer.from('garbage') },
        { text: 'b', payload_data: Buffer.from('bplist00garbage') },
        { text: 'c', date: Buffer.from('yesterday') },
        {
          text: Buffer.from('as a blob: https://a.example'),
          date: '700000000',
          handle_id: '1',
          is_from_me: 0,
        },
      ]),
    );

    expect(records.map((record) => record.text)).toEqual([null, 'b', 'c', 'as a blob: https://a.example']);
    expect(records[3]).toMatchObject({
      sender: '+15550100',
      at: '2023-03-08T20:26:40.000000Z',
      links: ['https://a.example'],
    });
    expect(problems).toMatchObject([
      { code: 'unreadable-body', effect: 'lost', source: { locator: 'message ROWID 1' } },
      { code: 'unreadable-preview', effect: 'lost', source: { locator: 'message ROWID 2' } },
      { code: 'bad-row', effect: 'lost', source: { locator: 'message ROWID 3' } },
    ]);
  });

  it('reads what is left of a damaged database, marks it and says what may be lost', async () => {
    const rows = Array.from({ length: 400 }, (_, index) => ({
      text: `message ${index} ${'x'.repeat(60)}`,
      handle_id: 1,
      date: 700_000_000 + index,
      is_from_me: 0,
    }));
    const bytes = Buffer.from(smsDb(rows));
    // A page in the middle of the messages becomes garbage.
    bytes.fill(0xff, 4096 * 8, 4096 * 9);
    const { records, problems } = await read(bytes);

    expect(records.length).toBeGreaterThan(300);
    expect(records.length).toBeLessThan(400);
    expect(new Set(records.map((record) => record.source.locator)).size).toBe(records.length);
    expect(records.some((record) => record.recovered)).toBe(true);
    expect(records.at(-1)).toMatchObject({ sender: '+15550100', direction: 'incoming' });
    expect(
      problems.some((problem) => problem.code === 'database-recovered' && problem.effect === 'lost'),
    ).toBe(true);
  });

  it('finds a link at the end of a very long text, and says when a message has too many', async () => {
    const end = 'https://example.org/end';
    const long = await read(smsDb([{ text: `${'http://a.example '.repeat(200_000)}${end}` }]));
    expect(long.records).toMatchObject([{ links: ['http://a.example', end] }]);
    expect(long.problems).toEqual([]);

    const longer = await read(smsDb([{ text: `${'x '.repeat(3_000_000)}${end}` }]));
    expect(longer.problems).toMatchObject([{ code: 'too-many-links', effect: 'lost' }]);

    const many = Array.from({ length: 30_000 }, (_, n) => `http://a.example/${n}`).join(' ');
    const flooded = await read(smsDb([{ text: many }, { text: end }]));
    expect(flooded.records).toMatchObject([{}, { links: [end] }]);
    expect(flooded.problems).toMatchObject([
      { code: 'too-many-links', effect: 'lost', source: { locator: 'message ROWID 1' } },
    ]);
  });

  it('refuses what is not this database', async () => {
    const other = buildSqlite((db) => db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, body)'));

    await expect(read(other)).rejects.toMatchObject({ code: 'wrong-format' });
    // A text that is computed is not read, and messages without text are not checked messages.
    const computed = buildSqlite((db) =>
      db.run(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, t, text AS (t || ''), handle_id, date, is_from_me)",
      ),
    );
    await expect(read(computed)).rejects.toMatchObject({ code: 'wrong-format' });
    await expect(read(Buffer.from('not a database at all'))).rejects.toMatchObject({ code: 'wrong-format' });
    await expect(read(new Uint8Array())).rejects.toMatchObject({ code: 'empty' });
  });

  it('recognises the database under another name, and no other messenger by mistake', async () => {
    const other = buildSqlite((db) => db.run('CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text)'));

    expect(await recognises(reader, smsDb([]))).toBe(true);
    expect(await recognises(reader, other)).toBe(false);
  });

  it('says the same in both languages', () => {
    expectSoundTexts({ es, en }, { count: 2 });
    expect(renderTexts('es', es, { count: 2 })['problems.recently-deleted']).toBe(
      '2 mensajes están en «Eliminados recientemente» y se revisaron como los demás.',
    );
  });

  it('survives any values in any column', async () => {
    const row = fc.record(Object.fromEntries(COLUMNS.map((name) => [name, anySqliteValue])));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const { records } = await read(smsDb(rows));
        expect(records).toHaveLength(rows.length);
      }),
      { numRuns: 40 },
    );
  });

  describe.skipIf(!existsSync(SAMPLE))('the sample backup (skipped without ../shared)', () => {
    it('holds one message, dated to the microsecond', async () => {
      const bytes = readFileSync(SAMPLE);
      const before = createHash('sha256').update(bytes).digest('hex');
      const { records, problems } = await read(bytes);

      expect(problems).toEqual([]);
      expect(records).toMatchObject([
        {
          at: '2019-08-29T23:13:30.539788Z',
          readAt: '2019-08-29T23:13:30.539900Z',
          direction: 'incoming',
          sender: 'apple',
          service: 'sms',
          text: 'Please click here https://badbadbad.example.org/',
          links: ['https://badbadbad.example.org/'],
          source: { locator: 'message ROWID 3' },
        },
      ]);
      expect(message.timeline(records[0] as Message)).toHaveLength(2);
      expect(createHash('sha256').update(readFileSync(SAMPLE)).digest('hex')).toBe(before);
    });
  });
});
