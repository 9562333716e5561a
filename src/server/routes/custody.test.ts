import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseVerification, CustodyPage } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

let server: FakeServer;
beforeEach(async () => {
  server = await fakeServer();
});
afterEach(() => server.close());

const get = (query = ''): Promise<CustodyPage> => server.json('GET', `/cases/${server.code}/custody${query}`);
const verify = (): Promise<CaseVerification> => server.json('POST', `/cases/${server.code}/custody/verify`);

/** Entries 2 and on; the first says that the case was opened. */
function addEntries(count: number): void {
  const own = server.desk.case(server.code);
  for (let number = 2; number < count + 2; number += 1) server.desk.log(own, 'clock-note', null, { number });
}

describe('the log of custody', () => {
  it('is paged, every entry once, with the head of all', async () => {
    addEntries(6);
    const first = await get('?limit=3');
    expect([first.entries.map(({ seq }) => seq), first.next, first.total]).toEqual([[1, 2, 3], 3, 7]);
    const second = await get(`?limit=3&after=${first.next}`);
    const third = await get(`?limit=3&after=${second.next}`);
    expect([...second.entries, ...third.entries].map(({ seq }) => seq)).toEqual([4, 5, 6, 7]);
    expect([third.next, third.headHash]).toEqual([null, third.entries[0]?.hash]);
    expect(third.entries[0]).toEqual({
      seq: 7,
      at: expect.stringMatching(/^2026-03-01T/),
      actor: 'ana',
      action: 'clock-note',
      detail: { number: 7 },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await get('?after=7')).toMatchObject({ entries: [], next: null, total: 7 });
    expect((await get('?limit=0')).entries).toHaveLength(1);
    for (const query of ['?after=x', '?after=-1', '?limit=1e9', '?after=99999999999'])
      expect(await server.refusal('GET', `/cases/${server.code}/custody${query}`), query).toEqual([
        400,
        'bad-request',
      ]);
  });

  it('is whole, or names the entry where it is not', async () => {
    addEntries(15);
    const { log, isWhole } = await verify();
    expect([isWhole, log.entries, log.firstBadSeq, log.problems]).toEqual([true, 16, null, []]);
    const { id } = server.desk.case(server.code);
    const head = server.vault.custody.last(id);
    if (!head) throw new Error('there is no log');
    // As the file of another vault may bring it along: what it says is not what was signed.
    server.vault.custody.keep(id, { ...head, seq: 17, prev: head.hash, detail: { number: 18 } });
    addEntries(2);
    const after = await verify();
    expect(after.isWhole).toBe(false);
    expect(after.log).toMatchObject({ ok: false, entries: 19, firstBadSeq: 17 });
    expect(after.log.problems[0]).toMatchObject({ seq: 17, line: 17 });
  });

  it('tells of each item whether it is what was taken in, and says so in the log', async () => {
    const path = join(server.folder, 'phone.txt');
    writeFileSync(path, 'hello');
    const receipt = { description: 'phone', from: 'Ceiba', where: '', zone: 'UTC', method: 'copied' };
    await server.desk.receive(server.code, path, receipt);
    expect(await verify()).toMatchObject({
      isWhole: true,
      items: [{ label: 'E-001', name: 'phone.txt', original: 'same', sealed: null }],
    });
    appendFileSync(path, '!');
    expect(await verify()).toMatchObject({
      isWhole: false,
      log: { ok: true },
      items: [{ original: 'changed' }],
    });
    expect((await get()).entries.map(({ action }) => action)).toEqual([
      'clock-note',
      'receive',
      'hash',
      'verify-ok',
      'verify-fail',
    ]);
  });

  it('gives a receipt in the language of the session', async () => {
    const receipt = async (): Promise<string> =>
      (await server.json<{ text: string }>('GET', `/cases/${server.code}/receipt`)).text;
    const es = await receipt();
    server.speak('en');
    const en = await receipt();
    const { headHash } = await get();
    for (const text of [es, en]) {
      expect(text).toContain(server.code);
      expect(text.replace(/\W/g, '').toLowerCase()).toContain(String(headHash).slice(0, 8));
    }
    expect(en).not.toBe(es);
  });
});
