import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildSmsDb } from '../../../fixtures/ios-artifacts/sms.js';
import { PASSWORD, writeEncryptedPhone, writePhone } from '../../cli/testing/small-phones.js';
import type { Result } from '../../core/result.js';
import { API, type Check, type EvidenceContext, type ImportReport, type PathListing } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

/** Of the built-in set. */
const PEGASUS_HOST = 'unonoticias.net';
const LURE_AT = '2016-07-12T22:03:00.000000Z';

let server: FakeServer;
beforeEach(async () => {
  process.env.VIGIA_DATA_DIR = '/nonexistent/vigia-data';
  server = await fakeServer();
});
afterEach(async () => {
  delete process.env.VIGIA_DATA_DIR;
  await server.close();
});

const asked = (more: object = {}) => ({
  caseCode: server.code,
  paths: [],
  uploads: [],
  from: 'client 7',
  description: '',
  seal: false,
  ...more,
});

async function get<T>(path: string): Promise<T> {
  const answer = await server.request('GET', path);
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

async function status(method: string, path: string, body?: unknown): Promise<[number, string]> {
  const answer = await server.request(method, path, body);
  const { code } = (await answer.json()) as { code: string };
  return [answer.status, code];
}

async function start(more: object): Promise<Check> {
  const answer = await server.request('POST', '/checks', asked(more));
  expect(answer.status).toBe(202);
  return (await answer.json()) as Check;
}

async function until(id: string, fits: (check: Check) => boolean): Promise<Check> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const check = await get<Check>(`/checks/${id}`);
    if (fits(check)) return check;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it never came to that');
}

const isOver = ({ finishedAt }: Check): boolean => finishedAt !== null;

/** A phone with the message of a campaign in it, among others. */
function lurePhone(folder: string): string {
  const messages = Array.from({ length: 9 }, (_, index) => ({
    at: `2016-07-${String(index + 8).padStart(2, '0')}T15:00:00Z`,
    from: '+15550101',
    text: `Message ${index + 1} <img src=x onerror=alert(1)>`,
  }));
  messages[4] = { at: LURE_AT, from: '+15550102', text: `News: http://${PEGASUS_HOST}/1234s/` };
  writePhone(folder, {
    files: [{ domain: 'HomeDomain', path: 'Library/SMS/sms.db', content: buildSmsDb({ messages }) }],
  });
  return folder;
}

async function upload(files: Record<string, Uint8Array>, batch = 'b1', root = ''): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    const relativePath = root === '' ? '' : `${root}/${path}`;
    const name = path.split('/').at(-1) ?? '';
    const draft = { name, sizeBytes: bytes.byteLength, lastModifiedMs: 1, relativePath, batch };
    const { id } = (await (await server.request('POST', '/uploads', draft)).json()) as { id: string };
    if (bytes.byteLength > 0)
      await server.app.request(`${API}/uploads/${id}/parts/0`, {
        method: 'PUT',
        headers: { 'X-Part-SHA256': createHash('sha256').update(bytes).digest('hex') },
        body: Uint8Array.from(bytes),
      });
    expect((await server.request('POST', `/uploads/${id}/complete`)).status).toBe(200);
  }
}

describe('a check by path', () => {
  it('ends with a result in the language of the session, reports and a row in context', async () => {
    const phone = lurePhone(join(server.folder, 'phone'));
    const { id } = await start({ paths: [phone] });
    const check = await until(id, isOver);
    expect(check).toMatchObject({ state: 'done', given: ['phone'], error: null });
    expect(check.progress.records).toBeGreaterThan(0);
    expect(await get(`/checks?case=${server.code}`)).toMatchObject([{ id, state: 'done' }]);

    const es = await get<Result>(`/checks/${id}/result`);
    server.speak('en');
    const en = await get<Result>(`/checks/${id}/result`);
    expect([es.tool.language, en.tool.language]).toEqual(['es', 'en']);
    const finding = en.findings.find(({ indicator }) => indicator?.value.includes(PEGASUS_HOST));
    expect(finding).toBeDefined();

    const pointer = finding?.evidence.findIndex(({ locator }) => locator.startsWith('message ROWID')) ?? -1;
    const query = `finding=${finding?.id}&pointer=${pointer}`;
    const context = await get<EvidenceContext>(`/checks/${id}/context?${query}`);
    expect(context).toMatchObject({
      view: 'rows',
      evidence: 'E-001',
      locator: 'message ROWID 5',
      isCut: false,
    });
    expect(context.rows.map(({ label, isHere }) => [label, isHere])).toEqual([
      ['2', false],
      ['3', false],
      ['4', false],
      ['5', true],
      ['6', false],
      ['7', false],
      ['8', false],
    ]);
    const text = context.columns.indexOf('text');
    expect(context.rows[0]?.cells[text]).toBe('Message 2 <img src=x onerror=alert(1)>');
    expect(await status('GET', `/checks/${id}/context?finding=f99&pointer=0`)).toEqual([
      404,
      'no-such-finding',
    ]);
    expect(await status('GET', `/checks/${id}/context?${query}&before=9999`)).toEqual([400, 'bad-request']);

    const html = await server.request('GET', `/download/checks/${id}/report.html`);
    expect(html.headers.get('content-type')).toBe('application/octet-stream');
    expect(html.headers.get('content-disposition')).toContain(
      `attachment; filename="${server.code}-report.html"`,
    );
    expect(await html.text()).toContain('<!doctype html>');
    expect(await status('GET', `/checks/${id}/pictures/f99`)).toEqual([404, 'no-picture']);
    expect(await status('GET', `/download/checks/${id}/letters/..%2fx`)).toEqual([404, 'no-attachment']);
  });

  it('asks for the password through the API, again after a wrong one', async () => {
    writeEncryptedPhone(join(server.folder, 'locked'));
    const { id } = await start({ paths: [join(server.folder, 'locked')] });
    expect((await until(id, ({ state }) => state === 'needs-password')).progress.attempt).toBe(1);
    await server.request('POST', `/checks/${id}/password`, { password: 'wrong' });
    await until(id, ({ state, progress }) => state === 'needs-password' && progress.attempt === 2);
    await server.request('POST', `/checks/${id}/password`, { password: PASSWORD });
    expect(await until(id, isOver)).toMatchObject({ state: 'done' });
    expect((await get<Result>(`/checks/${id}/result`)).counts).toMatchObject({ message: 2 });
    expect(await status('POST', `/checks/${id}/password`, { password: 'x' })).toEqual([
      409,
      'no-password-asked',
    ]);
  });

  it('ends when its consent is withdrawn, and gives no result', async () => {
    writeEncryptedPhone(join(server.folder, 'locked'));
    const scope = { analyse: 'yes', retain: 'yes', shareWith: [], shareIndicators: 'no' } as const;
    const never = {
      publishAnonymously: 'no',
      publishNamed: 'no',
      useInComplaint: 'no',
      contactAgain: 'no',
    } as const;
    await server.request('POST', `/cases/${server.code}/consents`, {
      givenBy: '',
      method: 'spoken',
      witness: '',
      scope: { ...scope, ...never },
      expiresAt: null,
      thirdPartyData: '',
    });
    const { id } = await start({ paths: [join(server.folder, 'locked')] });
    await until(id, ({ state }) => state === 'needs-password');
    const withdrawn = await server.request('POST', `/cases/${server.code}/consents/withdraw`, { reason: '' });

    expect(withdrawn.status).toBe(200);
    expect(await get<Check>(`/checks/${id}`)).toMatchObject({ state: 'stopped' });
    expect(await status('POST', `/checks/${id}/password`, { password: PASSWORD })).toEqual([
      409,
      'no-password-asked',
    ]);
    expect(await status('GET', `/checks/${id}/result`)).toEqual([404, 'no-result']);
  });

  it('can be stopped while it waits for a password, and the next one goes on', async () => {
    writeEncryptedPhone(join(server.folder, 'locked'));
    const phone = lurePhone(join(server.folder, 'phone'));
    const first = await start({ paths: [join(server.folder, 'locked')] });
    const second = await start({ paths: [phone] });
    const third = await start({ paths: [phone] });
    await until(first.id, ({ state }) => state === 'needs-password');
    expect(await get<Check>(`/checks/${second.id}`)).toMatchObject({ state: 'waiting' });
    expect(await (await server.request('DELETE', `/checks/${third.id}`)).json()).toMatchObject({
      state: 'stopped',
    });
    await server.request('DELETE', `/checks/${first.id}`);
    expect(await until(first.id, isOver)).toMatchObject({ state: 'stopped', error: null });
    expect(await until(second.id, isOver)).toMatchObject({ state: 'done' });
    expect(await status('GET', `/checks/${first.id}/result`)).toEqual([404, 'no-result']);
  });

  it('tells its progress as events: a snapshot first, the end last', async () => {
    const { id } = await start({ paths: [lurePhone(join(server.folder, 'phone'))] });
    const answer = await server.request('GET', `/checks/${id}/progress`);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const events = (await answer.text()).split('\n\n').filter((event) => event.startsWith('event: progress'));
    const checks = events.map((event) =>
      JSON.parse(event.slice(event.indexOf('{'), event.lastIndexOf('}') + 1)),
    );
    expect(checks[0]).toMatchObject({ id });
    expect(checks.at(-1)).toMatchObject({ id, state: 'done' });
    expect(await status('GET', '/checks/nothing/progress')).toEqual([404, 'no-such-check']);
    // Over already: one event.
    const after = await (await server.request('GET', `/checks/${id}/progress`)).text();
    expect(after.match(/event: progress/g)).toHaveLength(1);
  });

  it('is known after the vault was locked and opened', async () => {
    const { id } = await start({ paths: [lurePhone(join(server.folder, 'phone'))] });
    await until(id, isOver);
    await server.checks.close();
    expect(server.checks.list(server.code)).toMatchObject([{ id, state: 'done', given: ['phone'] }]);
  });

  it('reads nothing outside home, over links, or without consent', async () => {
    const outside = process.platform === 'win32' ? 'C:\\Windows' : '/etc';
    expect(await status('POST', '/checks', asked({ paths: [outside] }))).toEqual([403, 'path-outside']);
    expect(await status('POST', '/checks', asked({ paths: ['relative'] }))).toEqual([403, 'path-outside']);
    const gone = join(server.folder, 'gone');
    expect(await status('POST', '/checks', asked({ paths: [gone] }))).toEqual([404, 'no-such-path']);
    expect(await status('POST', '/checks', asked())).toEqual([400, 'check-nothing-given']);
    expect(await status('POST', '/checks', asked({ uploads: ['b7'] }))).toEqual([404, 'no-such-upload']);
    expect(await status('POST', '/checks', asked({ caseCode: 'V-1', paths: [server.folder] }))).toEqual([
      404,
      'case/no-such-case',
    ]);
    expect(await status('POST', '/checks', { paths: 'x' })).toEqual([400, 'bad-request']);
    expect(await status('GET', '/checks/nothing')).toEqual([404, 'no-such-check']);
  });

  it.skipIf(process.platform === 'win32')('shows no links when choosing, nor goes over them', async () => {
    mkdirSync(join(server.folder, 'photos'));
    writeFileSync(join(server.folder, 'a.txt'), 'x');
    symlinkSync('/etc', join(server.folder, 'link'));
    const { path } = (await get<PathListing>('/paths?under=')).entries[0] ?? { path: '' };
    const listing = await get<PathListing>(`/paths?under=${encodeURIComponent(path)}`);
    expect(listing.entries.map(({ name, isFolder }) => [name, isFolder])).toEqual([
      ['photos', true],
      ['vault', true],
      ['a.txt', false],
    ]);
    expect(listing.parent).toBe('');
    for (const under of [join(path, 'link'), join(path, 'link', 'ssl'), '/', `${path}/../..`, '/etc'])
      expect(await status('GET', `/paths?under=${encodeURIComponent(under)}`), under).toEqual([
        403,
        'path-outside',
      ]);
  });
});

describe('a check of uploads', () => {
  it('reads a dropped folder, keeps it sealed, and finds the row again in the sealed copy', async () => {
    const db = buildSmsDb({
      messages: [{ at: LURE_AT, from: '+15550102', text: `News: http://${PEGASUS_HOST}/1234s/` }],
    });
    const log = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`).join('\n');
    await upload({ 'sms.db': db, 'sub/notes.log': Buffer.from(log) }, 'b1', 'phone');
    const { id } = await start({ uploads: ['b1'], seal: true });
    const check = await until(id, isOver);
    expect(check).toMatchObject({ state: 'done', given: ['phone'], error: null });
    expect(server.uploads.list('b1')).toEqual([]);

    const { findings, evidence } = await get<Result>(`/checks/${id}/result`);
    expect(evidence).toMatchObject([{ id: 'e1', kind: 'folder' }]);
    const item = server.desk.item(server.code, 'E-001');
    expect(item).toMatchObject({
      originalName: 'phone',
      sha256: evidence[0]?.sha256,
      sealed: { form: 'folder' },
    });
    const finding = findings.find(({ indicator }) => indicator?.value.includes(PEGASUS_HOST));
    const context = await get<EvidenceContext>(`/checks/${id}/context?finding=${finding?.id}&pointer=0`);
    expect(context).toMatchObject({ view: 'rows', path: 'sms.db', locator: 'message ROWID 1' });
    expect((await server.desk.verify(server.code)).isWhole).toBe(true);
  });

  it('falls back to the record of the vault when the evidence is gone', async () => {
    const db = buildSmsDb({
      messages: [{ at: LURE_AT, from: '+15550102', text: `News: http://${PEGASUS_HOST}/1234s/` }],
    });
    await upload({ 'sms.db': db });
    const { id } = await start({ uploads: ['b1'] });
    await until(id, isOver);
    const { findings } = await get<Result>(`/checks/${id}/result`);
    const finding = findings.find(({ indicator }) => indicator?.value.includes(PEGASUS_HOST));
    const path = `/checks/${id}/context?finding=${finding?.id}&pointer=0`;
    expect(await get<EvidenceContext>(path)).toMatchObject({ view: 'rows' });
    await server.checks.close();
    await server.uploads.discard('b1');
    const context = await get<EvidenceContext>(path);
    expect(context).toMatchObject({ view: 'record', evidence: 'E-001' });
    const row = context.rows.find(({ label }) => label === 'text');
    expect(row?.cells).toEqual([`News: http://${PEGASUS_HOST}/1234s/`]);
  });

  it('reports what became of everything, and the sum adds up', async () => {
    const files: Record<string, Uint8Array> = {
      'sms.db': buildSmsDb({ messages: [{ at: LURE_AT, from: '+15550102', text: 'Hello' }] }),
      'empty.db': Buffer.alloc(0),
      'photo.jpg': Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
      'notes.txt': Buffer.from('milk, bread'),
      'broken/sms.db': Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5_000, 7)]),
    };
    await upload(files, 'b1', 'thing');
    const { id } = await start({ uploads: ['b1'] });
    await until(id, isOver);
    const report = await get<ImportReport>(`/checks/${id}/import`);
    const { received, ...parts } = report;
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(received);
    expect(received).toBe(Object.keys(files).length);
    expect(report.read).toBeGreaterThan(0);
    expect(report.notRecognised).toBeGreaterThan(0);
  });
});

describe('reviews', () => {
  it('are kept with the case, in its log, and need a reason to dismiss', async () => {
    const { id } = await start({ paths: [lurePhone(join(server.folder, 'phone'))] });
    await until(id, isOver);
    expect(await get(`/checks/${id}/reviews`)).toEqual([]);
    const put = (finding: string, body: unknown) => status('PUT', `/checks/${id}/reviews/${finding}`, body);
    expect(await put('f1', { state: 'dismissed', reason: ' ' })).toEqual([422, 'reason-needed']);
    expect(await put('f99', { state: 'confirmed', reason: '' })).toEqual([404, 'case/no-such-finding']);
    expect(await put('f1', { state: 'maybe', reason: '' })).toEqual([400, 'bad-request']);
    await server.request('PUT', `/checks/${id}/reviews/f1`, { state: 'confirmed', reason: '' });
    await server.request('PUT', `/checks/${id}/reviews/f1`, { state: 'dismissed', reason: 'A test message' });
    expect(await get(`/checks/${id}/reviews`)).toMatchObject([
      { finding: 'f1', state: 'dismissed', reason: 'A test message', by: 'ana' },
    ]);
    const log = [...server.vault.custody.lines(server.desk.case(server.code).id)].map((line) =>
      JSON.parse(line),
    );
    expect(log.filter(({ detail }) => detail.finding === 'f1').map(({ detail }) => detail.review)).toEqual([
      'confirmed',
      'dismissed',
    ]);
  });
});
