import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, labFolder, startCli } from './testing/built-cli.js';
import { runMain } from './testing/run-main.js';

const lab = labFolder();
beforeAll(ensureBuilt, 240_000);

/** The address that was printed after `from` characters of output. */
function address(child: ChildProcess, shown: { text: string }, from = 0): Promise<URL> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = /http:\/\/127\.0\.0\.1:\d+\/#t=[\w-]{43}/.exec(shown.text.slice(from));
      if (found) resolve(new URL(found[0]));
    };
    child.stdout?.on('data', look);
    child.once('close', () => reject(new Error(shown.text)));
    look();
  });
}

function serve(...args: string[]) {
  const started = startCli(['serve', ...args], { opensInput: true });
  const shown = { text: '' };
  started.child.stdout?.on('data', (chunk: Buffer) => {
    shown.text += chunk.toString('utf8');
  });
  return { ...started, shown };
}

async function signIn({ origin, hash }: URL): Promise<Response> {
  return fetch(`${origin}/auth`, {
    method: 'POST',
    headers: { Origin: origin, 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: hash.slice('#t='.length) }),
  });
}

describe('vigia serve', () => {
  it('says where it is, answers there, gives another address on Enter, and ends on Ctrl+C', async () => {
    const vault = join(lab, 'bóveda');
    const { child, shown, ended } = serve('--lang', 'es', '--vault', vault);
    const first = await address(child, shown);
    const before = shown.text.length;
    child.stdin?.write('\n');
    const second = await address(child, shown, before);
    expect(second.hash).not.toBe(first.hash);
    expect((await signIn(first)).status).toBe(401);
    const signedIn = await signIn(second);
    expect(signedIn.status).toBe(204);
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const session = await fetch(`${second.origin}/api/v1/session`, { headers: { Cookie: cookie } });
    expect(await session.json()).toMatchObject({
      vault: 'none',
      vaultFolder: vault,
      settings: { language: 'es', timeZone: 'UTC' },
    });

    child.kill('SIGINT');
    const run = await ended;
    expect(run).toMatchObject({ code: 130, leftovers: [] });
    expect(run.stdout).toContain('Solo se puede entrar desde esta computadora.');
    expect(run.stdout).toContain('para terminar, pulse Ctrl+C');
    await expect(fetch(second.origin)).rejects.toThrow();
    expect(existsSync(vault)).toBe(false);
  }, 30_000);

  it('keeps nothing of what was not to be saved, whichever way it ends', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { child, scratch, shown, ended } = serve('--vault', join(lab, 'unsaved'));
      const url = await address(child, shown);
      const cookie = (await signIn(url)).headers.get('set-cookie')?.split(';')[0] ?? '';
      const opened = await fetch(`${url.origin}/api/v1/vault`, {
        method: 'POST',
        headers: { Origin: url.origin, 'Content-Type': 'application/json', Cookie: cookie },
        body: JSON.stringify({ mode: 'unsaved' }),
      });
      expect(await opened.json()).toMatchObject({ vault: 'unsaved' });
      expect(readdirSync(scratch)).toContainEqual(expect.stringMatching(/^vigia-unsaved-/));
      child.kill(signal);
      expect((await ended).leftovers).toEqual([]);
    }
    expect(existsSync(join(lab, 'unsaved'))).toBe(false);
  }, 30_000);

  it('says when the port is taken', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const run = await runMain(['serve', '--port', String(port), '--vault', join(lab, 'v'), '--lang', 'es']);
    other.close();
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`No se pudo usar el puerto ${port}: lo ocupa otro programa`);
    const wrong = await runMain(['serve', '--port', '0']);
    expect(wrong.code).toBe(2);
  });
});
