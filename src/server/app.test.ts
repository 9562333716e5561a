import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Desk } from '../casework/desk/desk.js';
import { API } from './api/api.js';
import { createApp } from './app.js';
import { BrowserSession, LaunchTokens } from './session.js';
import { SettingsStore } from './settings.js';
import { type Answer, cookieOf, PASSPHRASE, type RealServer, realServer } from './testing/real-server.js';
import { VaultKeeper } from './vault-keeper.js';

let server: RealServer;
let cookie = '';
beforeAll(async () => {
  server = await realServer();
  cookie = await server.open();
});
afterAll(() => server.end());

const statusOf = async (answer: Promise<Answer>): Promise<number> => (await answer).status;
const SESSION = `${API}/session`;

describe('who is heard', () => {
  it('answers under its own two names, and under no other', async () => {
    const { port } = server;
    for (const own of [`127.0.0.1:${port}`, `localhost:${port}`])
      expect(await statusOf(server.ask('GET', '/', { headers: { Host: own } }))).toBe(200);
    const foreign = [
      'evil.example',
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.nip.example:${port}`,
      `[::1]:${port}`,
    ];
    for (const Host of [...foreign, 'localhost'])
      expect([Host, await statusOf(server.ask('GET', '/', { headers: { Host } }))]).toEqual([Host, 421]);
    expect(await statusOf(server.ask('GET', `http://evil.example:${port}/`))).toBe(421);
  });

  it('gives the API nothing without the right cookie', async () => {
    expect(await statusOf(server.ask('GET', SESSION))).toBe(401);
    const wrong = `vigia_s_${server.port}=${'A'.repeat(43)}`;
    const answer = await server.ask('GET', SESSION, { headers: { Cookie: wrong } });
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.json()).toMatchObject({ code: 'not-signed-in', params: {}, retry: false });
    expect(await statusOf(server.api(cookie, 'GET', '/session'))).toBe(200);
  });

  it('refuses other pages, other ports and the address bar', async () => {
    const asked = (headers: Record<string, string>): Promise<number> =>
      statusOf(server.ask('GET', SESSION, { headers: { Cookie: cookie, ...headers } }));
    expect(await asked({ 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' })).toBe(200);
    for (const site of ['cross-site', 'same-site', 'none'])
      expect([site, await asked({ 'Sec-Fetch-Site': site })]).toEqual([site, 403]);
    expect(await asked({ 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate' })).toBe(403);
    expect(await statusOf(server.ask('GET', '/', { headers: { 'Sec-Fetch-Site': 'none' } }))).toBe(200);
    expect(await statusOf(server.ask('GET', '/', { headers: { 'Sec-Fetch-Site': 'cross-site' } }))).toBe(403);
  });

  it('takes what writes from its own page only', async () => {
    const write = (Origin: string | null): Promise<number> =>
      statusOf(server.ask('POST', `${API}/activity`, { headers: { Cookie: cookie, Origin }, body: {} }));
    expect(await write(server.url)).toBe(204);
    const other = server.url.replace('127.0.0.1', 'localhost');
    for (const origin of ['https://evil.example', 'null', other, null])
      expect([origin, await write(origin)]).toEqual([origin, 403]);
    const preflight = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const options = await server.ask('OPTIONS', `${API}/cases`, { headers: preflight });
    expect(options.status).toBe(403);
    expect(Object.keys(options.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('exchanges a token once, by the right one, within two minutes and five tries', async () => {
    const exchange = (token: string): Promise<Answer> => server.ask('POST', '/auth', { body: { token } });
    const other = await realServer();
    try {
      const token = new URL(other.launchUrl()).hash.slice(3);
      const wrong = (): Promise<Answer> => other.ask('POST', '/auth', { body: { token: `${token}x` } });
      expect((await wrong()).status).toBe(401);
      const right = await other.ask('POST', '/auth', { body: { token } });
      expect(right).toMatchObject({ status: 204, text: '' });
      expect(right.headers['set-cookie']).toEqual([
        expect.stringMatching(
          new RegExp(`^vigia_s_${other.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
        ),
      ]);
      expect((await other.ask('POST', '/auth', { body: { token } })).status).toBe(401);

      const late = new URL(other.launchUrl()).hash.slice(3);
      other.clock.ms += 120_000;
      expect((await other.ask('POST', '/auth', { body: { token: late } })).status).toBe(401);
      const guessed = new URL(other.launchUrl()).hash.slice(3);
      for (let tries = 0; tries < 5; tries += 1)
        expect((await other.ask('POST', '/auth', { body: { token: 'guess' } })).status).toBe(401);
      expect((await other.ask('POST', '/auth', { body: { token: guessed } })).status).toBe(401);
    } finally {
      await other.end();
    }
    expect((await exchange('anything')).status).toBe(401);
  });
});

describe('what is taken in', () => {
  it('wants JSON, declared and of at most 1 MB', async () => {
    const post = (body: string, headers: Record<string, string | null>): Promise<number> =>
      statusOf(server.ask('POST', `${API}/cases`, { headers: { Cookie: cookie, ...headers }, body }));
    expect(await post('{}', { 'Content-Type': 'text/plain' })).toBe(415);
    expect(await post('{}', { 'Content-Type': null })).toBe(415);
    expect(await post('{', {})).toBe(400);
    expect(await post(JSON.stringify({ title: 'x'.repeat(2_000_000) }), {})).toBe(413);
    expect(await post('{}', { 'Content-Length': null, 'Transfer-Encoding': 'chunked' })).toBe(413);
  });

  it('refuses uploads beyond the room there is, and pieces that are not declared', async () => {
    const draft = { name: 'a.txt', sizeBytes: 10, lastModifiedMs: 0, relativePath: '', batch: 'b1' };
    const much = await server.api(cookie, 'POST', '/uploads', { ...draft, sizeBytes: 2 ** 50 });
    expect(much.status).toBe(413);
    expect(much.json()).toMatchObject({ code: 'upload-quota' });
    const { id } = (await server.api(cookie, 'POST', '/uploads', draft)).json();
    const put = (body: Uint8Array, headers: Record<string, string | null> = {}): Promise<number> =>
      statusOf(
        server.ask('PUT', `${API}/uploads/${id}/parts/0`, {
          headers: { Cookie: cookie, 'X-Part-SHA256': sha256(body), 'Content-Type': null, ...headers },
          body,
        }),
      );
    expect(await put(Buffer.alloc(11))).toBe(413);
    expect(await put(Buffer.alloc(10), { 'Content-Length': null, 'Transfer-Encoding': 'chunked' })).toBe(413);
    expect(await put(Buffer.alloc(16 * 1024 * 1024 + 1))).toBe(413);
    expect(filesBelow(join(server.vaultFolder, 'uploads'))).toEqual([]);
    expect(await put(Buffer.alloc(10, 7))).toBe(200);
    expect(await statusOf(server.api(cookie, 'DELETE', `/uploads/${id}`))).toBe(204);
  });

  it('leaves nothing of a piece whose connection ends early', async () => {
    const draft = { name: 'b.txt', sizeBytes: 1_000, lastModifiedMs: 0, relativePath: '', batch: 'b2' };
    const { id } = (await server.api(cookie, 'POST', '/uploads', draft)).json();
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `PUT ${API}/uploads/${id}/parts/0 HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: ${server.url}\r\n` +
        `Cookie: ${cookie}\r\nX-Part-SHA256: ${'0'.repeat(64)}\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(400)}`,
    );
    await expect.poll(() => filesBelow(join(server.vaultFolder, 'uploads')).length).toBe(1);
    socket.destroy();
    await expect.poll(() => filesBelow(join(server.vaultFolder, 'uploads'))).toEqual([]);
    // Whoever goes away is no defect.
    expect(server.defects).toEqual([]);
    expect((await server.api(cookie, 'GET', `/uploads/${id}`)).json()).toMatchObject({ parts: [] });
    await server.api(cookie, 'DELETE', `/uploads/${id}`);
  });

  it('ends a connection that sends more than it declared', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const answered: string[] = [];
    socket.on('data', (chunk: Buffer) => answered.push(chunk.toString('latin1')));
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.write(
      `POST ${API}/activity HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nOrigin: ${server.url}\r\nCookie: ${cookie}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}{"and":"more of it"}',
    );
    await closed;
    expect(answered.join('')).toMatch(/^HTTP\/1\.1 204 /);
    expect(answered.join('')).toContain('HTTP/1.1 400 Bad Request');
  });

  it('takes no more than 16 KiB of headers', async () => {
    const long = 'x'.repeat(20_000);
    expect(await statusOf(server.ask('GET', '/', { headers: { 'X-Long': long } }))).toBe(431);
  });
});

describe('what is given out', () => {
  it('gives the page with a nonce of its own, under every address without an ending', async () => {
    const nonces = new Set<string>();
    for (const path of ['/', '/index.html', '/casos', '/casos/V-2026-0001/entregar']) {
      const page = await server.ask('GET', path);
      const nonce = /content="([^"]+)"/.exec(page.text)?.[1] ?? '';
      expect([path, page.status, page.headers['content-type']]).toEqual([
        path,
        200,
        'text/html; charset=UTF-8',
      ]);
      expect(page.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'; `);
      expect(page.headers['cache-control']).toBe('no-store');
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(4);
    const script = await server.ask('GET', '/assets/index-DiwrgTda.js');
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await server.ask('GET', '/assets/plain.css')).headers['cache-control']).toBe('no-store');
    expect(await server.ask('HEAD', '/')).toMatchObject({ status: 200, text: '' });
  });

  it('gives nothing outside the folder of the page', async () => {
    const paths = [
      '/assets/..%2f..%2fsecret.txt',
      '/assets/../../secret.txt',
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%5c..%5csecret.txt',
      '/assets/%00index-DiwrgTda.js',
      '/secret.txt',
      '/.hidden',
      '/assets/missing.js',
      '//etc/passwd.txt',
    ];
    for (const path of paths) expect([path, await statusOf(server.ask('GET', path))]).toEqual([path, 404]);
    expect(await statusOf(server.api(cookie, 'GET', '/no-such-thing'))).toBe(404);
    expect(await statusOf(server.ask('POST', '/casos', { body: {} }))).toBe(404);
  });

  it('gives downloads as files, also to a browser that goes there', async () => {
    const page = await server.api(cookie, 'POST', '/cases', { title: 'one' });
    const { code } = page.json().case as { code: string };
    const scope = { analyse: 'yes', retain: 'yes', shareWith: [], shareIndicators: 'no' };
    const consent = await server.api(cookie, 'POST', `/cases/${code}/consents`, {
      givenBy: '',
      method: 'spoken',
      witness: '',
      scope: {
        ...scope,
        publishAnonymously: 'no',
        publishNamed: 'no',
        useInComplaint: 'yes',
        contactAgain: 'no',
      },
      expiresAt: null,
      thirdPartyData: '',
    });
    expect(consent.status).toBe(201);
    const made = await server.api(cookie, 'POST', '/exports', {
      caseCode: code,
      profile: 'for-prosecutor',
      formats: ['dossier'],
      purpose: 'complaint',
      recipient: 'prosecutor',
      named: false,
      approvedBy: '',
      withEvidence: false,
      sealTo: [],
      dryRun: false,
    });
    const { refused, files } = made.json() as {
      refused: string | null;
      files: { id: string; name: string }[];
    };
    expect(refused).toBeNull();
    const [file] = files;
    const download = await server.ask('GET', `${API}/download/${file?.id}`, {
      headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate' },
    });
    expect(download.status).toBe(200);
    expect(download.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${file?.name}"; filename*=UTF-8''${file?.name}`,
      'x-content-type-options': 'nosniff',
    });
    const missing = await server.ask('GET', `${API}/download/none`, {
      headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate' },
    });
    expect(missing).toMatchObject({ status: 404 });
    expect(missing.json()).toMatchObject({ code: 'no-such-download' });
  });

  it('sends the same headers whatever it answers, and tells of a defect nothing but its number', async () => {
    const app = createApp(brokenParts());
    const broken = await app.request(`http://127.0.0.1:1234${API}/broken`, {
      headers: { cookie: `vigia_s_1234=${BROKEN.secret}` },
    });
    expect(broken.status).toBe(500);
    const told = (await broken.json()) as { requestId: string };
    expect(told).toEqual({
      code: 'internal',
      params: {},
      retry: false,
      requestId: expect.stringMatching(/^\w{16}$/),
    });
    expect(BROKEN.defects).toEqual([told.requestId]);

    const own = (headers: Answer['headers']): string[] =>
      Object.keys(headers)
        .filter(
          (name) =>
            ![
              'date',
              'connection',
              'keep-alive',
              'content-length',
              'transfer-encoding',
              'set-cookie',
            ].includes(name),
        )
        .sort();
    const answers = await Promise.all([
      server.api(cookie, 'GET', '/session'),
      server.ask('GET', SESSION),
      server.ask('OPTIONS', SESSION),
      server.api(cookie, 'GET', '/none'),
      server.ask('POST', `${API}/cases`, { headers: { Cookie: cookie }, body: 'x'.repeat(1_048_577) }),
      server.ask('GET', SESSION, { headers: { Host: 'evil.example' } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 403, 404, 413, 421]);
    const [first] = answers;
    for (const { headers } of answers) expect(own(headers)).toEqual(first && own(first.headers));
    expect([...broken.headers.keys()].sort()).toEqual(first && own(first.headers));
    const { headers } = await server.ask('GET', SESSION);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-dns-prefetch-control': 'off',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w+/=]{24}'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default$/,
    );
  });

  it('is heard by who has the cookie however many others begin to ask', async () => {
    const parts = brokenParts();
    const app = createApp(parts);
    const asked = (cookie: string): Promise<Response> =>
      Promise.resolve(app.request(`http://127.0.0.1:1234${API}/slow`, { headers: { cookie } }));
    const strangers = Array.from({ length: 60 }, () =>
      app.request('http://127.0.0.1:1234/auth', {
        method: 'POST',
        // It never comes.
        body: new ReadableStream<Uint8Array>({ start: () => undefined }),
        duplex: 'half',
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': '100',
          Origin: 'http://127.0.0.1:1234',
        },
      } as RequestInit),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    const own = asked(`vigia_s_1234=${BROKEN.secret}`);
    const busy = await Promise.all(strangers.slice(50));
    BROKEN.goOn();

    expect((await own).status).toBe(200);
    expect(new Set(busy.map(({ status }) => status))).toEqual(new Set([503]));
  });

  it('hears no more than 100 at once', async () => {
    const parts = brokenParts();
    const app = createApp(parts);
    const asked = (): Promise<Response> =>
      Promise.resolve(
        app.request(`http://127.0.0.1:1234${API}/slow`, {
          headers: { cookie: `vigia_s_1234=${BROKEN.secret}` },
        }),
      );
    const slow = Array.from({ length: 100 }, asked);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await asked()).status).toBe(503);
    BROKEN.goOn();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect((await asked()).status).toBe(200);
  });
});

describe('locking', () => {
  it('makes the old cookie worthless, keeps no evidence in answers, and opens again with the passphrase', async () => {
    const other = await realServer();
    try {
      const old = await other.open();
      await other.api(old, 'POST', '/cases', { title: 'canary title' });
      expect((await other.api(old, 'GET', '/cases')).text).toContain('canary title');

      const locked = await other.api(old, 'POST', '/lock', {});
      expect(locked.status).toBe(204);
      const fresh = cookieOf(locked);
      expect(fresh).not.toBe(old);
      const refused = await other.api(old, 'GET', '/cases');
      expect(refused.status).toBe(401);
      expect(refused.text).not.toContain('canary');
      const shut = await other.api(fresh, 'GET', '/cases');
      expect(shut.status).toBe(423);
      expect(shut.json()).toMatchObject({ code: 'locked' });
      expect((await other.api(fresh, 'GET', '/session')).json()).toMatchObject({
        vault: 'locked',
        locksAt: null,
      });
      expect(existsSync(join(other.vaultFolder, 'vault.lock'))).toBe(false);

      const wrong = { mode: 'open', passphrase: 'another passphrase', actor: 'ana' };
      const no = await other.api(fresh, 'POST', '/vault', wrong);
      expect([no.status, no.json().code]).toEqual([401, 'wrong-passphrase']);
      const yes = await other.api(fresh, 'POST', '/vault', { ...wrong, passphrase: PASSPHRASE });
      expect(yes.json()).toMatchObject({ vault: 'open' });
      expect((await other.api(fresh, 'GET', '/cases')).text).toContain('canary title');
    } finally {
      await other.end();
    }
  });
});

/** An app with routes that go wrong, without a connection. */
const BROKEN = { secret: '', defects: [] as string[], goOn: (): void => undefined };
function brokenParts(): Parameters<typeof createApp>[0] {
  const folder = join(server.folder, 'nowhere');
  const settings = new SettingsStore(folder, { language: 'es', timeZone: 'UTC' });
  const browser = new BrowserSession();
  BROKEN.secret = browser.renew();
  BROKEN.defects = [];
  const gone = new Promise<void>((resolve) => {
    BROKEN.goOn = resolve;
  });
  const routes = new Hono()
    .get('/broken', () => {
      throw new Error('canary: text of a message');
    })
    .get('/slow', async (c) => {
      await gone;
      return c.text('done');
    });
  const keeper = new VaultKeeper({
    folder,
    settings,
    translate: () => {
      throw new Error('not asked');
    },
    onIdle: () => undefined,
    onClosed: () => undefined,
  });
  // As if a vault were open: what is broken here does not look at it.
  vi.spyOn(keeper, 'desk').mockReturnValue({} as Desk);
  return {
    keeper,
    browser,
    settings,
    launch: new LaunchTokens(),
    vaultFolder: folder,
    webFolder: folder,
    toolVersion: '0',
    port: () => 1234,
    modules: [routes],
    onDefect: (requestId) => BROKEN.defects.push(requestId),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
