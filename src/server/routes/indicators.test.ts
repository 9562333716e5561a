import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aMessage } from '../../casework/vault/testing/fill.js';
import { NOW } from '../../casework/vault/testing/open-vault.js';
import { message } from '../../records/kinds/message.js';
import { API, type FeedRow, type ImportAnswer, type IndicatorHit } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

/** Of the built-in set. */
const PEGASUS_HOST = 'unonoticias.net';
const RULE = 'rule InventedFamily_loader { strings: $a = "invented string" condition: $a }';

let server: FakeServer;
beforeEach(async () => {
  server = await fakeServer();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

async function upload(name: string, text: string, batch = 'b1', relativePath = ''): Promise<void> {
  const bytes = Buffer.from(text);
  const draft = { name, sizeBytes: bytes.byteLength, lastModifiedMs: 1, relativePath, batch };
  const { id } = await server.json<{ id: string }>('POST', '/uploads', draft, 201);
  await server.app.request(`${API}/uploads/${id}/parts/0`, {
    method: 'PUT',
    headers: { 'X-Part-SHA256': createHash('sha256').update(bytes).digest('hex') },
    body: bytes,
  });
  await server.json('POST', `/uploads/${id}/complete`);
}

const importing = (more: object = {}): Promise<ImportAnswer> =>
  server.json('POST', '/indicators/import', { uploads: ['b1'], licence: null, retro: false, ...more });
const feeds = () => server.json<FeedRow[]>('GET', '/indicators');
const search = (value: string) => server.json<IndicatorHit[]>('POST', '/indicators/search', { value });

describe('indicators', () => {
  it('are listed: those built in, and what was imported with its age', async () => {
    const builtIn = await feeds();
    expect(builtIn.length).toBeGreaterThan(0);
    expect(builtIn.every((feed) => feed.isBuiltIn && feed.ageDays === null && !feed.isOld)).toBe(true);
    expect(builtIn.some(({ families }) => families.includes('Pegasus'))).toBe(true);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
    await upload('mine.txt', 'one.example.org\ntwo.example.org\n');
    expect(await importing({ licence: 'CC0' })).toMatchObject({
      imported: [{ change: 'new', count: 2, remarks: [] }],
      refused: [],
      hunt: null,
    });
    const own = (await feeds()).filter((feed) => !feed.isBuiltIn);
    expect(own).toMatchObject([
      { count: 2, licence: 'CC0', ageDays: 0, isOld: false, importedAt: '2026-01-01T00:00:00.000Z' },
    ]);
    vi.setSystemTime(Date.UTC(2026, 3, 1));
    expect((await feeds()).at(-1)).toMatchObject({ ageDays: 90, isOld: false });
    vi.setSystemTime(Date.UTC(2026, 3, 2));
    expect((await feeds()).at(-1)).toMatchObject({ ageDays: 91, isOld: true });

    expect((await server.request('POST', '/indicators/remove', { file: own[0]?.file })).status).toBe(204);
    expect(await feeds()).toEqual(builtIn);
    expect(await server.refusal('POST', '/indicators/remove', { file: own[0]?.file })).toEqual([
      404,
      'indicators/feed-unknown',
    ]);
  });

  it('are searched by one value, here and nowhere else', async () => {
    const asked = vi.spyOn(globalThis, 'fetch');
    const [hit] = await search(`https://www.${PEGASUS_HOST}/a`);
    expect(hit).toMatchObject({
      what: 'indicator',
      type: 'domain',
      value: PEGASUS_HOST,
      family: 'Pegasus',
      how: 'subdomain',
    });
    expect((await search(PEGASUS_HOST))[0]).toMatchObject({ how: 'exact' });
    expect(await search('nothing-of-the-sort.example')).toEqual([]);
    expect(await search(`' OR 1=1 -- " * <script>`)).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('of a folder are taken in, rules too, and what has none is told apart', async () => {
    await upload('a.txt', 'one.example.org', 'b1', 'lists/a.txt');
    await upload('b.yar', RULE, 'b1', 'lists/b.yar');
    await upload('notes.md', 'milk and bread', 'b1', 'lists/notes.md');
    const { imported, refused } = await importing();
    expect(imported.map(({ change, count }) => [change, count])).toEqual([
      ['new', 1],
      ['new', 1],
    ]);
    expect(refused.map(({ name }) => name)).toEqual(['lists/notes.md']);
    expect(await search('InventedFamily_loader')).toMatchObject([
      { what: 'rule', typeName: 'YARA', value: 'InventedFamily_loader' },
    ]);
    expect((await importing()).imported.map(({ change }) => change)).toEqual(['same', 'same']);
  });

  it('that are new are compared with everything stored, when asked', async () => {
    const run = server.vault.runs.begin({ caseId: server.desk.case(server.code).id, startedAt: NOW });
    for (let number = 0; number < 20; number += 1)
      run.record(aMessage(`Mira ${number}`, { links: [`https://lure.example.org/${number}`] }), message);
    run.flush();
    await upload('mine.txt', 'lure.example.org');
    const { hunt } = await importing({ retro: true });
    expect(hunt).toMatchObject({ known: 0 });
    expect(hunt?.compared).toBeGreaterThan(20);
    expect(hunt?.fresh).toHaveLength(20);
    expect(hunt?.fresh[0]).toMatchObject({
      caseCode: server.code,
      type: 'url',
      value: expect.stringContaining('https://lure.example.org/'),
      records: 1,
      at: NOW,
      path: 'HomeDomain/Library/SMS/sms.db',
      locator: 'message ROWID 1',
    });
    expect((await importing({ retro: true })).hunt).toMatchObject({ known: 20, fresh: [] });
  });

  it('asked for wrongly are refused', async () => {
    for (const body of [{}, { value: '' }, { value: 'x'.repeat(2_001) }, { value: ['x'] }])
      expect(await server.refusal('POST', '/indicators/search', body)).toEqual([400, 'bad-request']);
    const body = { uploads: ['b1'], licence: null, retro: false };
    for (const wrong of [{ uploads: [] }, { uploads: 'b1' }, { licence: 1 }, { retro: 'yes' }])
      expect(await server.refusal('POST', '/indicators/import', { ...body, ...wrong })).toEqual([
        400,
        'bad-request',
      ]);
    expect(await server.refusal('POST', '/indicators/import', body)).toEqual([404, 'no-such-upload']);
    expect(await server.refusal('POST', '/indicators/remove', { file: '../../etc/passwd' })).toEqual([
      404,
      'indicators/feed-unknown',
    ]);
  });
});
