import { Hono } from 'hono';
import { PathBrowser } from '../paths/path-browser.js';
import type { ServerContext } from '../server-context.js';

/** `GET /paths?under=`: folders to choose evidence from, while the vault is open. */
export function pathsRoutes(context: ServerContext, browser: PathBrowser = new PathBrowser()): Hono {
  return new Hono().get('/paths', async (c) => {
    context.desk();
    return c.json(await browser.list(c.req.query('under') ?? ''));
  });
}
