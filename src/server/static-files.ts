/** The page itself, as the build wrote it. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Handler } from 'hono';
import { ApiProblem } from './api-problem.js';
import type { GateEnv } from './security.js';

const NONCE_PLACE = '__CSP_NONCE__';
/** One folder deep, names of plain characters that begin with none of those that mean something to a file system. */
const FILE = /^\/(?:assets\/)?\w[\w-]*(?:\.\w[\w-]*)+$/;
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Any address without an ending is a place in the page. @param folder `dist/web` */
export function staticFiles(folder: string): Handler<GateEnv> {
  return async (c) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new ApiProblem(404, 'not-found');
    const { pathname } = new URL(c.req.url);
    if (!/[.%\\]/.test(pathname) || pathname === '/index.html') {
      const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
      if (page === null) throw new ApiProblem(503, 'no-page');
      return c.html(page.replaceAll(NONCE_PLACE, c.get('nonce')));
    }
    const bytes = FILE.test(pathname) ? await readFile(join(folder, pathname)).catch(() => null) : null;
    if (bytes === null) throw new ApiProblem(404, 'not-found');
    const type = TYPES[extname(pathname)] ?? 'application/octet-stream';
    return c.body(new Uint8Array(bytes), 200, { 'Content-Type': type });
  };
}
