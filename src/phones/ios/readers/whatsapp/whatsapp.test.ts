import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildChatStorage, buildLidDb } from '../../../../../fixtures/ios-artifacts/whatsapp.js';
import { buildSqlite, type SqliteScript } from '../../../../../fixtures/sqlite-file.js';
import type { EvidenceRecord } from '../../../../core/contracts.js';
import { readAll } from '../../../../core/testing/run.js';
import { expectSoundTexts } from '../../../../core/testing/texts.js';
import { anySqliteValue } from '../../../../evidence/testing/arbitraries.js';
import { readInMemory, recognises } from '../../../../evidence/testing/read-in-memory.js';
import { unzip } from '../../../../evidence/testing/unzip.js';
import { type AccountLink, accountLink } from '../../../../records/kinds/account-link.js';
import { type Chat, chat } from '../../../../records/kinds/chat.js';
import { type Message, message } from '../../../../records/kinds/message.js';
import { hasSample, sampleBackup } from '../../testing/sample-backup.js';
import { fileOf } from '../../testing/small-backup.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { reader } from './whatsapp.js';

const DOMAIN = 'AppDomainGroup-group.net.whatsapp.WhatsApp.shared';
const PATH = `${DOMAIN}/ChatStorage.sqlite`;
const LID = `${DOMAIN}/LID.sqlite`;
const IMAGE = new URL(
  '../../../../../../shared/data/ios/ileapp/testdata.whatsApp.whatsAppMessages.josh_ios15_ffs.zip',
  import.meta.url,
);

const read = (bytes: Uint8Array, more: Record<string, Uint8Array | string> = {}) =>
  readInMemory(reader, { [PATH]: bytes, ...more });
const messagesOf = (records: readonly EvidenceRecord[]) =>
  records.filter((record): record is Message => record.kind === 'message');
const chatsOf = (records: readonly EvidenceRecord[]) =>
  records.filter((record): record is Chat => record.kind === 'chat');
const pairsOf = (records: readonly EvidenceRecord[]) =>
  records.filter((record): record is AccountLink => record.kind === 'account-link');

/** Tables with columns that hold anything. */
function tables(fill: (db: SqliteScript) => void): Buffer {
  return buildSqlite((db) => {
    db.run(
      'CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, ZCHATSESSION, ZFROMJID, ZTOJID, ZGROUPMEMBER, ZTEXT, ZMESSAGEDATE, ZISFROMME)',
    );
    db.run(
      'CREATE TABLE ZWACHATSESSION (Z_PK INTEGER PRIMARY KEY, ZCONTACTJID, ZPARTNERNAME, ZLASTMESSAGEDATE)',
    );
    db.run('CREATE TABLE ZWAGROUPMEMBER (Z_PK INTEGER PRIMARY KEY, ZMEMBERJID, ZCONTACTNAME, ZFIRSTNAME)');
    db.run('CREATE TABLE ZWAPROFILEPUSHNAME (Z_PK INTEGER PRIMARY KEY, ZJID, ZPUSHNAME)');
    db.run('CREATE TABLE ZWAMEDIAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE, ZMEDIAURL, ZTITLE)');
    db.run(
      'CREATE TABLE ZWAMESSAGEDATAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE, ZMATCHEDTEXT, ZCONTENT1, ZCONTENT2)',
    );
    fill(db);
  });
}

describe('ios/whatsapp', () => {
  it('reads messages and conversations, and puts the number behind a LID', async () => {
    const bytes = buildChatStorage([
      {
        jid: '100000000000001@lid',
        name: 'Ana',
        lastMessageAt: '2024-05-02T00:00:00Z',
        messages: [
          { at: '2024-05-01T10:00:00Z', text: 'hola' },
          { at: '2024-05-01T11:00:00Z', text: 'https://a.example/1', fromMe: true },
        ],
      },
    ]);
    const lid = buildLidDb([{ lid: '100000000000001', phoneNumber: '15550100', at: '2024-01-01T00:00:00Z' }]);
    const { records, problems } = await read(bytes, { [LID]: lid });

    expect(problems).toEqual([]);
    expect(records[0]).toEqual({
      kind: 'message',
      at: '2024-05-01T10:00:00.000000Z',
      source: { evidence: 'e1', path: PATH, locator: 'ZWAMESSAGE ROWID 1' },
      service: 'whatsapp',
      direction: 'incoming',
      sender: '+15550100',
      senderName: 'Ana',
      recipients: [],
      chat: '100000000000001@lid',
      text: 'hola',
      links: [],
      readAt: null,
      deliveredAt: null,
    });
    expect(records[1]).toMatchObject({
      direction: 'outgoing',
      sender: null,
      senderName: null,
      recipients: ['+15550100'],
      links: ['https://a.example/1'],
    });
    expect(records[2]).toMatchObject({
      kind: 'chat',
      at: '2024-05-02T00:00:00.000000Z',
      phoneNumber: '+15550100',
      isGroup: false,
      storedMessageCount: 2,
      firstMessageAt: '2024-05-01T10:00:00.000000Z',
      lastStoredMessageAt: '2024-05-01T11:00:00.000000Z',
    });
    expect(records).toHaveLength(3);
  });

  it('reads the pairs for themselves', async () => {
    const lid = buildLidDb([
      { lid: '100000000000001', phoneNumber: '15550100', at: '2024-01-01T00:00:00Z' },
      { lid: '', phoneNumber: '15550101', at: '2024-01-01T00:00:00Z' },
    ]);
    const { records, problems } = await readInMemory(reader, { [LID]: lid });

    expect(records).toEqual([
      {
        kind: 'account-link',
        at: '2024-01-01T00:00:00.000000Z',
        source: { evidence: 'e1', path: LID, locator: 'ZWAPHONENUMBERLIDPAIR ROWID 1' },
        service: 'whatsapp',
        account: '100000000000001@lid',
        phoneNumber: '+15550100',
      },
    ]);
    expect(problems).toMatchObject([{ code: 'bad-row', effect: 'lost' }]);
  });

  it('names who wrote in a group, not the group', async () => {
    const bytes = tables((db) => {
      db.run("INSERT INTO ZWACHATSESSION VALUES (1, '12036300@g.us', 'Familia', NULL)");
      db.run(
        "INSERT INTO ZWAGROUPMEMBER VALUES (5, '15550101:3@s.whatsapp.net', '', 'Beto'), (6, '9@lid', '', NULL)",
      );
      db.run("INSERT INTO ZWAPROFILEPUSHNAME VALUES (1, '9@lid', 'Caro')");
      const insert = 'INSERT INTO ZWAMESSAGE VALUES (NULL, 1, ?, ?, ?, ?, 700000000, ?)';
      db.run(insert, ['12036300@g.us', null, 5, 'a', 0]);
      db.run(insert, ['12036300@g.us', null, 6, 'b', 0]);
      db.run(insert, ['12036300@g.us', null, null, 'someone left', 0]);
      db.run(insert, [null, '12036300@g.us', null, 'c', 1]);
    });
    const { records } = await read(bytes);

    expect(messagesOf(records)).toMatchObject([
      { sender: '+15550101', senderName: 'Beto', chat: '12036300@g.us' },
      { sender: '9@lid', senderName: 'Caro' },
      { sender: null, senderName: null },
      { sender: null, recipients: ['12036300@g.us'] },
    ]);
    expect(chatsOf(records)).toMatchObject([{ isGroup: true, name: 'Familia', phoneNumber: null, at: null }]);
    expect(messagesOf(records).flatMap((record) => message.observables(record))).toEqual([
      { type: 'phone-number', value: '+15550101', act: 'received' },
    ]);
  });

  it('takes links from text, previews and captions, and leaves out where WhatsApp keeps pictures', async () => {
    const bytes = tables((db) => {
      const insert = 'INSERT INTO ZWAMESSAGE VALUES (?, NULL, NULL, NULL, NULL, ?, 700000000, 0)';
      db.run(insert, [1, 'https://a.example/1']);
      db.run(insert, [2, null]);
      db.run(insert, [3, 'x']);
      db.run('INSERT INTO ZWAMESSAGEDATAITEM VALUES (1, 1, ?, ?, ?)', [
        'https://a.example/1',
        'https://b.example/2',
        'https://mmg-fna.whatsapp.net/d/f/x.enc',
      ]);
      db.run('INSERT INTO ZWAMEDIAITEM VALUES (1, 2, ?, ?)', [
        'https://mmg.whatsapp.net/o1/v/t62',
        'mire https://c.example/3',
      ]);
      db.run('INSERT INTO ZWAMEDIAITEM VALUES (2, 3, ?, NULL)', ['https://mmg.whatsapp.net.evil.example/x']);
      db.run('INSERT INTO ZWAMEDIAITEM VALUES (3, 3, ?, NULL)', ['https://mmg.whatsapp.net@evil.example/x']);
    });
    const { records, problems } = await read(bytes);

    expect(problems).toEqual([]);
    expect(messagesOf(records)).toMatchObject([
      { links: ['https://a.example/1', 'https://b.example/2'] },
      {
        text: 'mire https://c.example/3',
        textFrom: 'ZWAMEDIAITEM.ZTITLE',
        links: ['https://c.example/3'],
        hasAttachments: true,
      },
      {
        links: ['https://mmg.whatsapp.net.evil.example/x', 'https://mmg.whatsapp.net@evil.example/x'],
        hasAttachments: true,
      },
    ]);
    expect(messagesOf(records)[0]?.hasAttachments).toBeUndefined();
  });

  it('goes on without names when the file of numbers is damaged', async () => {
    const bytes = buildChatStorage([
      { jid: '7@lid', name: null, messages: [{ at: '2024-05-01T10:00:00Z', text: 'a' }] },
    ]);
    const { records, problems } = await read(bytes, { [LID]: 'broken' });

    expect(messagesOf(records)).toMatchObject([{ sender: '7@lid' }]);
    expect(problems).toMatchObject([{ code: 'numbers-unreadable', effect: 'note', source: { path: LID } }]);
  });

  it('reads a database with the message table alone', async () => {
    const bytes = buildSqlite((db) => {
      db.run('CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, ZMESSAGEDATE, ZTEXT)');
      db.run("INSERT INTO ZWAMESSAGE VALUES (1, NULL, 'a'), (2, 'x', NULL)");
    });
    const { records, problems } = await read(bytes);

    expect(records).toMatchObject([
      { at: null, text: 'a', direction: 'unknown', chat: null },
      { at: null, text: null },
    ]);
    expect(problems).toEqual([]);
  });

  it('refuses what is not this database, and recognises it under another name', async () => {
    const other = buildSqlite((db) => db.run('CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY)'));

    await expect(read(other)).rejects.toMatchObject({ code: 'wrong-format' });
    await expect(read(new Uint8Array())).rejects.toMatchObject({ code: 'empty' });
    expect(await recognises(reader, buildChatStorage([]))).toBe(true);
    expect(await recognises(reader, buildLidDb([]))).toBe(true);
    expect(
      await recognises(
        reader,
        buildSqlite((db) => db.run('CREATE TABLE message (a)')),
      ),
    ).toBe(false);
  });

  it('says the same in both languages', () => {
    expectSoundTexts({ es, en }, { count: 1 });
  });

  it('survives any values in any column', async () => {
    const rows = (width: number) =>
      fc.array(fc.array(anySqliteValue, { minLength: width, maxLength: width }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rows(7), rows(3), rows(3), rows(4), async (messages, sessions, media, data) => {
        const bytes = tables((db) => {
          for (const row of messages)
            db.run('INSERT INTO ZWAMESSAGE VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)', row);
          for (const row of sessions) db.run('INSERT INTO ZWACHATSESSION VALUES (NULL, ?, ?, ?)', row);
          for (const row of media) db.run('INSERT INTO ZWAMEDIAITEM VALUES (NULL, ?, ?, ?)', row);
          for (const row of data) db.run('INSERT INTO ZWAMESSAGEDATAITEM VALUES (NULL, ?, ?, ?, ?)', row);
        });
        const { records } = await read(bytes);
        expect(records).toHaveLength(messages.length + sessions.length);
      }),
      { numRuns: 40 },
    );
  });

  describe.skipIf(!hasSample)('the sample backup (skipped without ../shared)', () => {
    it('holds three messages, two conversations and one pair', async () => {
      const backup = await sampleBackup();
      const storage = await readAll(reader, await fileOf(backup, PATH));
      const pairs = await readAll(reader, await fileOf(backup, LID));
      const records = [...storage.records, ...pairs.records];
      await backup.close();

      expect([...storage.problems, ...pairs.problems]).toEqual([]);
      expect(messagesOf(records)).toHaveLength(3);
      expect(messagesOf(records).filter((record) => record.links.length > 0)).toMatchObject([
        { links: ['https://example.org/news'], direction: 'outgoing', at: '2025-08-28T18:53:20.000000Z' },
      ]);
      expect(chatsOf(records)).toMatchObject([
        {
          address: '100000000000001@lid',
          phoneNumber: '+14155550100',
          name: 'Alice Example',
          isGroup: false,
          firstMessageAt: '2025-08-27T15:06:40.000000Z',
          at: '2025-08-28T18:53:20.000000Z',
          storedMessageCount: 2,
        },
        {
          isGroup: true,
          groupCreatedAt: '2025-08-21T20:13:20.000000Z',
          at: '2025-08-31T02:26:40.000000Z',
          lastStoredMessageAt: '2025-08-29T22:40:00.000000Z',
        },
      ]);
      expect(pairsOf(records)).toMatchObject([
        { account: '100000000000001@lid', phoneNumber: '+14155550100', at: '2025-08-25T07:33:20.000000Z' },
      ]);
      const timeline = [
        ...messagesOf(records).flatMap((record) => message.timeline(record)),
        ...chatsOf(records).flatMap((record) => chat.timeline(record)),
        ...pairsOf(records).flatMap((record) => accountLink.timeline(record)),
      ];
      expect(timeline).toHaveLength(9);
    });
  });

  describe.skipIf(!existsSync(IMAGE))('a published training image (skipped without ../shared)', () => {
    it('holds 32 messages in five conversations, and no link', async () => {
      const files = await unzip(readFileSync(IMAGE));
      const path = Object.keys(files).find((name) => name.endsWith('ChatStorage.sqlite')) ?? '';
      const { records, problems } = await readInMemory(reader, {
        [path]: files[path] as Buffer,
        ...files,
      });
      const messages = messagesOf(records);
      const times = messages.flatMap((record) => record.at ?? []).sort();

      expect(problems).toEqual([]);
      expect(messages).toHaveLength(32);
      expect(messages.filter((record) => record.text === null)).toHaveLength(17);
      expect(messages.filter((record) => record.hasAttachments)).toHaveLength(7);
      expect(messages.flatMap((record) => record.links)).toEqual([]);
      expect(chatsOf(records)).toHaveLength(5);
      expect(chatsOf(records).filter((record) => record.isGroup)).toHaveLength(4);
      expect(chatsOf(records).filter((record) => record.groupCreatedAt !== null)).toHaveLength(4);
      expect(times.at(0)?.slice(0, 19)).toBe('2022-03-26T17:44:06');
      expect(times.at(-1)?.slice(0, 19)).toBe('2023-05-17T14:36:40');
    });
  });
});
