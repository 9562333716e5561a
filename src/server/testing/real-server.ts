/** A server on a port of its own, over an empty folder, and a browser to ask it with. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API } from '../api/api.js';
import { PathBrowser } from '../paths/path-browser.js';
import { startServer } from '../server.js';

export const PASSPHRASE = 'six words for a test';
const PAGE = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json<T = Record<string, unknown>>(): T;
}

export interface Asking {
  /** Null takes one away that is sent otherwise. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: unknown;
}

export async function realServer() {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-server-'));
  const webFolder = join(folder, 'web');
  mkdirSync(join(webFolder, 'assets'), { recursive: true });
  writeFileSync(join(webFolder, 'index.html'), PAGE);
  writeFileSync(join(webFolder, 'assets', 'index-DiwrgTda.js'), 'export {};');
  writeFileSync(join(webFolder, 'assets', 'plain.css'), 'a {}');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const clock = { ms: Date.UTC(2026, 10, 23) };
  const vaultFolder = join(folder, 'vault');
  const defects: unknown[] = [];
  // Not the indicators that somebody imported on this machine.
  process.env.VIGIA_DATA_DIR = join(folder, 'data');
  const server = await startServer({
    vaultFolder,
    webFolder,
    language: 'es',
    timeZone: 'America/Mexico_City',
    paths: new PathBrowser({ home: folder, mediaFolders: [] }),
    nowMs: () => clock.ms,
    cost: { argon2: { memoryKiB: 256, passes: 1, lanes: 1 }, leastMemoryKiB: 8 },
    refusalMilliseconds: 0,
    onDefect: (_, error) => defects.push(error),
  });

  /** As a page of this server asks, unless told otherwise. */
  const ask = (method: string, path: string, { headers = {}, body }: Asking = {}): Promise<Answer> => {
    const content =
      body === undefined
        ? null
        : typeof body === 'string' || body instanceof Uint8Array
          ? Buffer.from(body)
          : Buffer.from(JSON.stringify(body));
    const sent: Record<string, string> = {};
    const all = {
      Host: `127.0.0.1:${server.port}`,
      Origin: method === 'GET' ? null : server.url,
      'Content-Type': content ? 'application/json' : null,
      'Content-Length': content ? String(content.byteLength) : null,
      Connection: 'close',
      ...headers,
    };
    for (const [name, value] of Object.entries(all)) if (value !== null) sent[name] = value;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port: server.port, method, path, headers: sent },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const { statusCode: status = 0, headers: answered } = incoming;
            resolve({ status, headers: answered, text, json: () => JSON.parse(text) });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(content ?? undefined);
    });
  };

  /** Exchanges a new token. @returns the cookie */
  const signIn = async (): Promise<string> => {
    const token = new URL(server.launchUrl()).hash.slice('#t='.length);
    return cookieOf(await ask('POST', '/auth', { body: { token } }));
  };

  /** Asks under `/api/v1` with a cookie. */
  const api = (cookie: string, method: string, path: string, body?: unknown): Promise<Answer> =>
    ask(method, `${API}${path}`, {
      headers: { Cookie: cookie },
      ...(body === undefined ? {} : { body }),
    });

  return {
    ...server,
    folder,
    vaultFolder,
    clock,
    defects,
    ask,
    api,
    signIn,
    /** Signs in and makes the vault. @returns the cookie */
    async open(): Promise<string> {
      const cookie = await signIn();
      await api(cookie, 'POST', '/vault', { mode: 'create', passphrase: PASSPHRASE, actor: 'ana' });
      return cookie;
    },
    async end(): Promise<void> {
      await server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export type RealServer = Awaited<ReturnType<typeof realServer>>;

/** `vigia_s_PORT=…` of an answer that sets it. */
export function cookieOf({ headers }: Answer): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}
