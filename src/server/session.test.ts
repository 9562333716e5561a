import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeEncryptedPhone } from '../cli/testing/small-phones.js';
import type { CasePage, Check } from './api/api.js';
import { CheckRunner } from './checks/check-runner.js';
import { SETTINGS_FILE } from './settings.js';
import { cookieOf, PASSPHRASE, type RealServer, realServer } from './testing/real-server.js';

const MINUTE = 60_000;
const OPEN = { mode: 'open', passphrase: PASSPHRASE, actor: 'ana' };

let server: RealServer;
beforeEach(async () => {
  server = await realServer();
});
afterEach(() => server.end());

/** Puts a check in the queue, in a case with consent. */
async function startCheck(cookie: string, path: string): Promise<string> {
  const created = await server.api(cookie, 'POST', '/cases', { title: 'one' });
  const { code } = created.json<CasePage>().case;
  const scope = { analyse: 'yes', retain: 'yes', shareWith: [], shareIndicators: 'no' };
  await server.api(cookie, 'POST', `/cases/${code}/consents`, {
    givenBy: '',
    method: 'spoken',
    witness: '',
    scope: {
      ...scope,
      publishAnonymously: 'no',
      publishNamed: 'no',
      useInComplaint: 'no',
      contactAgain: 'no',
    },
    expiresAt: null,
    thirdPartyData: '',
  });
  const asked = { caseCode: code, paths: [path], uploads: [], from: 'x', description: 'x', seal: false };
  const started = await server.api(cookie, 'POST', '/checks', asked);
  expect(started.status).toBe(202);
  return started.json<Check>().id;
}

describe('the session', () => {
  it('begins without a vault, makes one, and says when it locks', async () => {
    const cookie = await server.signIn();
    expect((await server.api(cookie, 'GET', '/session')).json()).toMatchObject({
      vault: 'none',
      vaultFolder: server.vaultFolder,
      locksAt: null,
    });
    expect((await server.api(cookie, 'GET', '/cases')).status).toBe(423);
    const short = { mode: 'create', passphrase: 'too short', actor: 'ana' };
    expect((await server.api(cookie, 'POST', '/vault', short)).status).toBe(400);
    const made = await server.api(cookie, 'POST', '/vault', { ...short, passphrase: PASSPHRASE });
    expect(made.json()).toMatchObject({ vault: 'open', locksAt: '2026-11-23T00:05:00.000Z' });
    expect(made.headers['set-cookie']).toBeUndefined();
    const again = await server.api(cookie, 'POST', '/vault', { ...short, passphrase: PASSPHRASE });
    expect([again.status, again.json().code]).toEqual([409, 'vault/already-open']);
  });

  it.each(['/cases', '/indicators', '/exports/profiles', '/paths?under=', '/campaigns', '/drafts/x'])(
    'locked by hand, answers nothing at %s',
    async (path) => {
      const open = await server.open();
      const before = await server.api(open, 'GET', path);
      const cookie = cookieOf(await server.api(open, 'POST', '/lock'));
      const after = await server.api(cookie, 'GET', path);

      expect(before.status).toBeLessThan(300);
      expect([after.status, after.json().code]).toEqual([423, 'locked']);
    },
  );

  it('locks itself when nobody is there: the cookie then only opens the vault again', async () => {
    const old = await server.open();
    server.clock.ms += 4 * MINUTE;
    expect((await server.api(old, 'POST', '/activity', {})).status).toBe(204);
    server.clock.ms += 4 * MINUTE;
    // Asking how things are keeps nothing open.
    expect((await server.api(old, 'GET', '/session')).json()).toMatchObject({
      vault: 'open',
      locksAt: '2026-11-23T00:09:00.000Z',
    });
    server.clock.ms += MINUTE;
    const refused = await server.api(old, 'GET', '/cases');
    expect([refused.status, refused.json().code]).toEqual([401, 'locked']);
    for (const [method, path] of [
      ['GET', '/settings'],
      ['POST', '/activity'],
      ['GET', '/cases/V-2026-0001'],
    ] as const)
      expect((await server.api(old, method, path, method === 'POST' ? {} : undefined)).status).toBe(401);
    expect((await server.api(old, 'GET', '/session')).json()).toMatchObject({
      vault: 'locked',
      locksAt: null,
    });
    await expect.poll(() => existsSync(join(server.vaultFolder, 'vault.lock'))).toBe(false);

    const wrong = await server.api(old, 'POST', '/vault', { ...OPEN, passphrase: 'wrong' });
    expect([wrong.status, wrong.json().code, wrong.headers['set-cookie']]).toEqual([
      401,
      'wrong-passphrase',
      undefined,
    ]);
    const opened = await server.api(old, 'POST', '/vault', OPEN);
    expect(opened.json()).toMatchObject({ vault: 'open' });
    const fresh = cookieOf(opened);
    expect((await server.api(fresh, 'GET', '/cases')).status).toBe(200);
    expect((await server.api(old, 'GET', '/session')).status).toBe(401);
  });

  it('lets a check go on behind a locked page, and closes the vault when it has ended', async () => {
    const phone = join(server.folder, 'phone');
    writeEncryptedPhone(phone);
    const old = await server.open();
    const id = await startCheck(old, phone);
    const check = `/checks/${id}`;
    await expect
      .poll(async () => (await server.api(old, 'GET', check)).json<Check>().state, { timeout: 15_000 })
      .toBe('needs-password');
    const stream = server.api(old, 'GET', `${check}/progress`).then(
      () => 'ended',
      () => 'cut',
    );
    // It waits for a person here; a long one that reads behaves the same.
    const reading = vi.spyOn(CheckRunner.prototype, 'isReading', 'get').mockReturnValue(true);
    const isClosed = (): boolean => !existsSync(join(server.vaultFolder, 'vault.lock'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.clock.ms += 5 * MINUTE;
    expect((await server.api(old, 'GET', check)).status).toBe(401);
    expect(await stream).toBe('cut');
    expect(isClosed()).toBe(false);

    const somebody = await server.api(old, 'POST', '/vault', { ...OPEN, actor: 'somebody else' });
    expect([somebody.status, somebody.json().code]).toEqual([409, 'check-running']);
    expect((await server.api(old, 'POST', '/vault', { ...OPEN, passphrase: 'wrong' })).status).toBe(401);
    const fresh = cookieOf(await server.api(old, 'POST', '/vault', OPEN));
    expect((await server.api(fresh, 'GET', check)).json()).toMatchObject({ state: 'needs-password' });

    server.clock.ms += 5 * MINUTE;
    expect((await server.api(fresh, 'GET', '/cases')).status).toBe(401);
    expect(isClosed()).toBe(false);
    reading.mockRestore();
    await expect.poll(isClosed, { timeout: 5_000 }).toBe(true);
    const again = cookieOf(await server.api(fresh, 'POST', '/vault', OPEN));
    expect((await server.api(again, 'GET', check)).json()).toMatchObject({ state: 'stopped' });
  }, 30_000);

  it('keeps nothing where nothing is to be saved', async () => {
    const cookie = await server.signIn();
    const opened = await server.api(cookie, 'POST', '/vault', { mode: 'unsaved' });
    expect(opened.json()).toMatchObject({ vault: 'unsaved' });
    expect((await server.api(cookie, 'POST', '/cases', { title: 'one' })).status).toBe(201);
    const fresh = cookieOf(await server.api(cookie, 'POST', '/lock', {}));
    expect((await server.api(fresh, 'GET', '/session')).json()).toMatchObject({ vault: 'none' });
    expect(existsSync(server.vaultFolder)).toBe(false);
    await server.api(fresh, 'POST', '/vault', { mode: 'unsaved' });
    expect((await server.api(fresh, 'GET', '/cases')).text).toBe('[]');
  });
});

describe('settings', () => {
  const chosen = {
    language: 'en',
    timeZone: 'Europe/Madrid',
    theme: 'dark',
    density: 'compact',
    letterKeys: false,
    coverContent: true,
    idleLockMinutes: 15,
  };
  const file = (): string => join(server.vaultFolder, SETTINGS_FILE);

  it('are those of the system until others are chosen, and kept beside the vault once there is one', async () => {
    const cookie = await server.signIn();
    expect((await server.api(cookie, 'GET', '/settings')).json()).toEqual({
      language: 'es',
      timeZone: 'America/Mexico_City',
      theme: 'auto',
      density: 'comfortable',
      letterKeys: true,
      coverContent: true,
      idleLockMinutes: 5,
    });
    expect((await server.api(cookie, 'PUT', '/settings', chosen)).json()).toEqual(chosen);
    expect(existsSync(file())).toBe(false);
    const vault = { mode: 'create', passphrase: PASSPHRASE, actor: 'ana' };
    const made = await server.api(cookie, 'POST', '/vault', vault);
    expect(made.json()).toMatchObject({ settings: chosen, locksAt: '2026-11-23T00:15:00.000Z' });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual(chosen);
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);

    for (const bad of [{ idleLockMinutes: 60 }, { language: 'fr' }])
      expect((await server.api(cookie, 'PUT', '/settings', { ...chosen, ...bad })).status).toBe(400);
    const nowhere = await server.api(cookie, 'PUT', '/settings', { ...chosen, timeZone: 'Mars/Base' });
    expect([nowhere.status, nowhere.json().code]).toEqual([422, 'bad-time-zone']);
    expect((await server.api(cookie, 'GET', '/settings')).json()).toEqual(chosen);
  });

  it('are those of the system where the file is damaged', async () => {
    const { SettingsStore } = await import('./settings.js');
    const spoken = { language: 'es', timeZone: 'UTC' } as const;
    const folder = join(server.folder, 'damaged');
    mkdirSync(folder);
    for (const content of ['', '{', '{"language":"es"}', JSON.stringify({ ...chosen, timeZone: 'x' })]) {
      writeFileSync(join(folder, SETTINGS_FILE), content);
      expect(new SettingsStore(folder, spoken).get()).toMatchObject({ ...spoken, theme: 'auto' });
    }
    writeFileSync(join(folder, SETTINGS_FILE), JSON.stringify(chosen));
    expect(new SettingsStore(folder, spoken).get()).toEqual(chosen);
  });
});

describe('drafts', () => {
  it('are kept by key and revision, and show the other text where two windows write', async () => {
    const cookie = await server.open();
    const draft = (method: string, body?: unknown) => server.api(cookie, method, '/drafts/home:note', body);
    expect((await draft('GET')).json()).toEqual({ text: '', savedAt: '', rev: 0 });
    const first = await draft('PUT', { text: 'half a sen', rev: 0 });
    expect(first.json()).toEqual({ text: 'half a sen', savedAt: expect.stringMatching(/Z$/), rev: 1 });
    expect((await draft('PUT', { text: 'half a sentence', rev: 1 })).json()).toMatchObject({ rev: 2 });

    const clash = await draft('PUT', { text: 'something else', rev: 1 });
    expect(clash.status).toBe(409);
    expect(clash.json()).toMatchObject({
      code: 'changed',
      params: { text: 'half a sentence', savedAt: expect.any(String), rev: 2 },
    });
    const fresh = cookieOf(await server.api(cookie, 'POST', '/lock', {}));
    expect((await server.api(fresh, 'GET', '/drafts/home:note')).status).toBe(423);
    await server.api(fresh, 'POST', '/vault', OPEN);
    expect((await server.api(fresh, 'GET', '/drafts/home:note')).json()).toMatchObject({
      text: 'half a sentence',
    });
    expect((await server.api(fresh, 'DELETE', '/drafts/home:note')).status).toBe(204);
    expect((await server.api(fresh, 'GET', '/drafts/home:note')).json()).toMatchObject({ rev: 0 });
    expect((await server.api(fresh, 'GET', '/drafts/%22odd%22')).status).toBe(400);
  });

  it('end with the case their key names', async () => {
    const cookie = await server.open();
    const { code } = (await server.api(cookie, 'POST', '/cases', { title: 'one' })).json().case as {
      code: string;
    };
    const path = `/drafts/${code}:note`;
    expect((await server.api(cookie, 'PUT', path, { text: 'about them', rev: 0 })).status).toBe(200);
    await server.api(cookie, 'POST', `/cases/${code}/delete`, { code, reason: 'asked for' });
    expect((await server.api(cookie, 'GET', path)).json()).toMatchObject({ text: '', rev: 0 });
  });
});
