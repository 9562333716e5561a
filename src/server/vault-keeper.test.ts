import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEALED_FOLDER } from '../casework/sealing/sealed-store.js';
import type { CasePage, CustodyPage, Session } from './api/api.js';
import { cookieOf, PASSPHRASE, type RealServer, realServer } from './testing/real-server.js';

let server: RealServer;

beforeEach(async () => {
  server = await realServer();
});
afterEach(() => server.end());

/** Who the custody log of a new case says opened it. */
async function actorOfNewCase(cookie: string): Promise<string | undefined> {
  const page = (await server.api(cookie, 'POST', '/cases', { clientRef: 'ALBA' })).json() as CasePage;
  const log = (await server.api(cookie, 'GET', `/cases/${page.case.code}/custody`)).json() as CustodyPage;
  return log.entries[0]?.actor;
}

describe('who works', () => {
  it('is asked once: afterwards the phrase is enough', async () => {
    const cookie = await server.open();
    const first = await actorOfNewCase(cookie);
    const locked = cookieOf(await server.api(cookie, 'POST', '/lock'));
    const opened = await server.api(locked, 'POST', '/vault', {
      mode: 'open',
      passphrase: PASSPHRASE,
      actor: '',
    });

    expect(opened.status).toBe(200);
    expect([first, await actorOfNewCase(cookieOf(opened) || locked)]).toEqual(['ana', 'ana']);
  });
});

describe('erasing everything', () => {
  it('leaves nothing of the vault, and what is not of the vault alone', async () => {
    const cookie = await server.open();
    await actorOfNewCase(cookie);
    mkdirSync(join(server.vaultFolder, SEALED_FOLDER), { recursive: true });
    writeFileSync(join(server.vaultFolder, SEALED_FOLDER, 'x'), 'sealed');
    writeFileSync(join(server.vaultFolder, 'mine.txt'), 'mine');
    const refused = await server.api(cookie, 'POST', '/vault/erase', {});
    const answer = await server.api(cookie, 'POST', '/vault/erase', { confirmed: true });
    const session = (await server.api(cookieOf(answer), 'GET', '/session')).json() as Session;

    expect([refused.status, answer.status, session.vault]).toEqual([400, 204, 'none']);
    expect(readdirSync(server.vaultFolder)).toEqual(['mine.txt']);
  });

  it('is refused while the vault is locked', async () => {
    const cookie = cookieOf(await server.api(await server.open(), 'POST', '/lock'));
    const answer = await server.api(cookie, 'POST', '/vault/erase', { confirmed: true });

    expect(answer.status).toBe(423);
    expect(existsSync(join(server.vaultFolder, 'vault.json'))).toBe(true);
  });
});
