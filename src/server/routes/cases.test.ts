import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Case, Identity } from '../../casework/model/case.js';
import type { Note } from '../../casework/vault/case-documents.js';
import { aCase } from '../../casework/vault/testing/a-case.js';
import { fillCase } from '../../casework/vault/testing/fill.js';
import type { CaseDeleted, CasePage, CaseRow, NewConsent, OpenedIdentity } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

/** Of the vault of the fake server. */
const PASSPHRASE = 'six words for a test';
const LEGAL_NAME = 'Ximena Ñandú Tlapanco';
const IDENTITY: Identity = {
  name: LEGAL_NAME,
  contacts: [{ channel: 'signal', address: '+52 55 5555 0177', safe: true }],
  safeHours: '10-12',
  forbiddenChannels: ['sms'],
  duressWord: 'bugambilia',
  note: '',
};

let server: FakeServer;
beforeEach(async () => {
  server = await fakeServer();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const at = (path: string): string => `/cases/${server.code}${path}`;
const actions = (code = server.code): string[] =>
  [...server.vault.custody.entries(server.desk.case(code).id)].map(({ action }) => action);

function consent(more: Partial<NewConsent['scope']> = {}): NewConsent {
  return {
    givenBy: '',
    method: 'spoken',
    witness: '',
    scope: {
      analyse: 'yes',
      retain: 'yes',
      shareWith: ['R3D'],
      shareIndicators: 'ask',
      publishAnonymously: 'no',
      publishNamed: 'no',
      useInComplaint: 'no',
      contactAgain: 'yes',
      ...more,
    },
    expiresAt: null,
    thirdPartyData: '',
  };
}

describe('cases', () => {
  it('are opened as on the command line, and what is given stays', async () => {
    const page = await server.json<CasePage>(
      'POST',
      '/cases',
      { title: 'Un mensaje', clientRef: 'Ceiba' },
      201,
    );
    expect(page.case).toMatchObject({
      code: 'V-2026-0002',
      title: 'Un mensaje',
      clientRef: 'Ceiba',
      state: 'new',
      tlp: 'amber',
      pap: 'RED',
      lead: 'ana',
      language: 'es',
      retention: { span: '2y', hold: false },
    });
    expect(page).toMatchObject({
      consentState: 'none',
      consent: null,
      evidence: [],
      runs: [],
      records: 0,
      custodyEntries: 1,
      hasIdentity: false,
      isDue: false,
    });
    const changed = await server.json<CasePage>('PATCH', '/cases/V-2026-0002', { urgency: 'high' });
    expect(changed.case).toEqual({ ...page.case, urgency: 'high' });
    expect(await server.json<CasePage>('GET', '/cases/v-2026-0002')).toEqual(changed);
  });

  it('keep what is recorded about harm when something else changes', async () => {
    const statements = { harm: 'h', similarCases: '', attribution: '', jurisdiction: '', requests: ['r'] };
    await server.json('PATCH', at(''), { statements });
    const page = await server.json<CasePage>('PATCH', at(''), { state: 'closed', outcome: 'o' });
    expect(page.case).toMatchObject({ statements, state: 'closed', outcome: 'o' });
    expect(page.case.closedAt).toMatch(/^2026-03-01T00:00:\d\d\.000000Z$/);
    expect((await server.json<CasePage>('PATCH', at(''), { state: 'active' })).case.closedAt).toBeNull();
  });

  it('put a hold on record', async () => {
    await server.json('PATCH', at(''), { retention: { span: '1y', hold: true, holdReason: 'trial' } });
    expect(actions()).toEqual(['clock-note', 'retention-hold']);
    expect(await server.refusal('POST', at('/delete'), { code: server.code, reason: '' })).toEqual([
      409,
      'vault/hold',
    ]);
  });

  it('are listed with the state of consent and what is to be done first', async () => {
    await server.json('POST', at('/consents'), consent(), 201);
    const note = (text: string, dueAt: string | null) =>
      server.json<Note>('POST', at('/notes'), { text, task: { dueAt } }, 201);
    await note('some day', null);
    await note('call', '2026-04-02');
    const first = await note('change the password', '2026-04-01');
    const row = async (): Promise<CaseRow | undefined> => (await server.json<CaseRow[]>('GET', '/cases'))[0];
    expect(await row()).toEqual({
      code: server.code,
      title: 'Messages about a parcel',
      clientRef: 'client 7',
      state: 'new',
      urgency: 'normal',
      tlp: 'amber',
      pap: 'AMBER',
      openedAt: '2026-03-01T00:00:02.000000Z',
      consent: 'given',
      nextTask: { text: 'change the password', dueAt: '2026-04-01T00:00:00.000000Z' },
      isDue: false,
    });
    await server.json('PATCH', at(`/notes/${first.id}`), { doneAt: '2026-03-02T10:00:00Z' });
    expect((await row())?.nextTask).toEqual({ text: 'call', dueAt: '2026-04-02T00:00:00.000000Z' });
    await server.json('POST', at('/consents/withdraw'), { reason: 'asked to' });
    expect((await row())?.consent).toBe('withdrawn');
    await server.json('POST', at('/consents'), { ...consent(), expiresAt: '2026-03-01T00:00:00Z' }, 201);
    expect((await row())?.consent).toBe('expired');
  });

  it('are deleted after their code was typed, and say what nobody can erase', async () => {
    const { code } = fillCase(server.vault);
    expect(await server.refusal('POST', `/cases/${code}/delete`, { code: server.code, reason: '' })).toEqual([
      422,
      'code-differs',
    ]);
    const deleted = await server.json<CaseDeleted>('POST', `/cases/${code}/delete`, {
      code: ` ${code.toLowerCase()} `,
      reason: 'asked to',
    });
    expect(deleted).toMatchObject({ originals: ['/media/path'], isCompacted: true });
    expect(deleted.departures.map(({ fileName }) => fileName)).toEqual(['departed']);
    expect(deleted.cannotErase).toContain('departures');
    expect(await server.refusal('GET', `/cases/${code}`)).toEqual([404, 'case/no-such-case']);
  });

  it('seal a piece of evidence they have', async () => {
    const path = join(server.folder, 'phone.txt');
    writeFileSync(path, 'hello');
    const receipt = { description: 'phone', from: 'Ceiba', where: '', zone: 'UTC', method: 'copied' };
    await server.desk.receive(server.code, path, receipt);
    expect(await server.json('POST', at('/evidence/E-001/seal'))).toMatchObject({
      label: 'E-001',
      isSealed: true,
      sizeBytes: 5,
      sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      custody: [{ seq: 2, action: 'receive' }, { seq: 3, action: 'hash' }, { seq: 4 }],
    });
    expect(await server.refusal('POST', at('/evidence/E-009/seal'))).toEqual([404, 'case/no-such-evidence']);
  });
});

describe('consent', () => {
  it('is recorded in the case’s language by the client, and withdrawn with what had left', async () => {
    const { code } = fillCase(server.vault);
    const given = await server.json('POST', `/cases/${code}/consents`, consent(), 201);
    expect(given).toMatchObject({ givenBy: 'client 7', language: 'es', withdrawnAt: null });
    const { left } = await server.json<{ left: { fileName: string }[] }>(
      'POST',
      `/cases/${code}/consents/withdraw`,
      { reason: 'asked to' },
    );
    expect(left.map(({ fileName }) => fileName)).toEqual(['departed']);
    expect(await server.refusal('POST', `/cases/${code}/consents/withdraw`, { reason: '' })).toEqual([
      422,
      'case/no-consent',
    ]);
    const { consents, consentState } = await server.json<CasePage>('GET', `/cases/${code}`);
    expect([consentState, consents.length]).toEqual(['withdrawn', 2]);
  });

  it('that was withdrawn, or says no, lets nothing be checked', async () => {
    const body = {
      caseCode: server.code,
      paths: [server.folder],
      uploads: [],
      from: '',
      description: '',
      seal: false,
    };
    await server.json('POST', at('/consents'), consent({ analyse: 'ask' }), 201);
    expect(await server.refusal('POST', '/checks', body)).toEqual([422, 'case/analysis-not-allowed']);
    await server.json('POST', at('/consents'), consent(), 201);
    await server.json('POST', at('/consents/withdraw'), { reason: '' });
    expect(await server.refusal('POST', '/checks', body)).toEqual([422, 'case/analysis-not-allowed']);
  });
});

describe('who somebody is', () => {
  beforeEach(() => server.desk.setIdentity(server.code, IDENTITY));

  it('is in no list and on no page', async () => {
    for (const path of ['/cases', at(''), at('/custody'), at('/receipt'), '/campaigns', '/graph']) {
      const text = await (await server.request('GET', path)).text();
      expect(text, path).not.toMatch(/ximena|tlapanco|0177|bugambilia/i);
    }
    expect((await server.json<CasePage>('GET', at(''))).hasIdentity).toBe(true);
  });

  it('is told after the passphrase, for five minutes, and goes on record', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 2, 1, 12) });
    expect(await server.refusal('GET', at('/identity'))).toEqual([403, 'identity-closed']);
    expect(await server.refusal('POST', at('/identity/open'), { passphrase: 'another one' })).toEqual([
      401,
      'wrong-passphrase',
    ]);
    expect(await server.refusal('GET', at('/identity'))).toEqual([403, 'identity-closed']);
    expect(actions()).toEqual(['clock-note']);

    const opened = await server.json<OpenedIdentity>('POST', at('/identity/open'), {
      passphrase: PASSPHRASE,
    });
    expect(opened).toEqual({ identity: IDENTITY, closesAt: '2026-03-01T12:05:00.000Z' });
    expect(actions()).toEqual(['clock-note', 'open']);
    vi.setSystemTime(Date.UTC(2026, 2, 1, 12, 4, 59));
    expect(await server.json('GET', at('/identity'))).toEqual(opened);
    vi.setSystemTime(Date.UTC(2026, 2, 1, 12, 5));
    expect(await server.refusal('GET', at('/identity'))).toEqual([403, 'identity-closed']);
  });

  it('is opened for one case only, and closed by hand', async () => {
    const other = server.desk.newCase(aCase());
    await server.json('POST', at('/identity/open'), { passphrase: PASSPHRASE });
    expect(await server.refusal('GET', `/cases/${other.code}/identity`)).toEqual([403, 'identity-closed']);
    expect((await server.request('POST', at('/identity/close'))).status).toBe(204);
    expect(await server.refusal('GET', at('/identity'))).toEqual([403, 'identity-closed']);
  });

  it('is changed with the passphrase only', async () => {
    const identity = { ...IDENTITY, note: 'moved' };
    expect(await server.refusal('PUT', at('/identity'), { passphrase: 'x', identity })).toEqual([
      401,
      'wrong-passphrase',
    ]);
    expect(server.desk.identity(server.code)).toEqual(IDENTITY);
    await server.json('PUT', at('/identity'), { passphrase: PASSPHRASE, identity });
    expect(server.desk.identity(server.code)).toEqual(identity);
  });
});

describe('what is asked wrongly of cases', () => {
  it.each([
    ['GET', ''],
    ['PATCH', '', {}],
    ['POST', '/consents', consent()],
    ['POST', '/consents/withdraw', { reason: '' }],
    ['POST', '/notes', { text: 'x', task: null }],
    ['PATCH', '/notes/x', { doneAt: null }],
    ['POST', '/identity/open', { passphrase: 'x' }],
    ['GET', '/identity'],
    ['POST', '/identity/close'],
    ['PUT', '/identity', { passphrase: 'x', identity: IDENTITY }],
    ['POST', '/evidence/E-001/seal'],
    ['POST', '/delete', { code: 'V-2026-0999', reason: '' }],
    ['GET', '/custody'],
    ['POST', '/custody/verify'],
    ['GET', '/receipt'],
  ])('is not found: %s /cases/V-2026-0999%s', async (method, path, body?: object) => {
    expect(await server.refusal(method, `/cases/V-2026-0999${path}`, body)).toEqual([
      404,
      'case/no-such-case',
    ]);
    expect(await server.refusal(method, `/cases/%2e%2e%2fx'--${path}`, body)).toEqual([
      404,
      'case/no-such-case',
    ]);
  });

  it.each([
    ['POST', '/cases', { tlp: 'blue' }],
    ['POST', '/cases', []],
    ['POST', '/cases', { title: 7 }],
    ['PATCH', '', { state: 'gone' }],
    ['PATCH', '', { statements: { harm: 'only this' } }],
    ['POST', '/consents', { ...consent(), scope: { analyse: 'yes' } }],
    ['POST', '/consents', consent({ analyse: 'perhaps' as 'yes' })],
    ['POST', '/consents/withdraw', {}],
    ['POST', '/notes', { text: '', task: null }],
    ['POST', '/notes', { text: 'x' }],
    ['POST', '/identity/open', {}],
    ['PUT', '/identity', { passphrase: PASSPHRASE, identity: { name: LEGAL_NAME } }],
    ['POST', '/delete', { code: 1 }],
  ])('is refused: %s %s %j', async (method, path, body) => {
    const own = path === '/cases' ? path : at(path);
    expect(await server.refusal(method, own, body)).toEqual([400, 'bad-request']);
  });

  it('changes neither code nor times of a case', async () => {
    const before = server.desk.case(server.code);
    const sent: Partial<Case> = { id: before.id.replace(/.$/, '0'), code: 'V-1999-0001', openedAt: '1999' };
    await server.json('PATCH', at(''), sent);
    expect(server.desk.case(server.code)).toEqual(before);
  });

  it('is refused where it is no JSON, no day, no task or no note', async () => {
    const sent = await server.app.request(`/api/v1${at('/notes')}`, { method: 'POST', body: '{}' });
    expect([sent.status, await sent.json()]).toMatchObject([415, { code: 'not-json' }]);
    expect(await server.refusal('POST', at('/consents'), { ...consent(), expiresAt: 'soon' })).toEqual([
      422,
      'bad-date',
    ]);
    expect(await server.refusal('POST', at('/notes'), { text: 'x', task: { dueAt: '2026-13-45' } })).toEqual([
      422,
      'bad-date',
    ]);
    expect(await server.refusal('PATCH', at('/notes/n'), { doneAt: null })).toEqual([404, 'no-such-note']);
    const note = await server.json<Note>('POST', at('/notes'), { text: 'x', task: null }, 201);
    expect(await server.refusal('PATCH', at(`/notes/${note.id}`), { doneAt: null })).toEqual([
      409,
      'not-a-task',
    ]);
  });
});
