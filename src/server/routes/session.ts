import type { Context, Hono } from 'hono';
import { eraseSchema, openVaultSchema, type Session } from '../api/api.js';
import { jsonBody } from '../json-body.js';
import { type BrowserSession, setCookie } from '../session.js';
import type { SettingsStore } from '../settings.js';
import type { VaultKeeper } from '../vault-keeper.js';
import { roomRoutes } from './room-routes.js';

export interface SessionParts {
  readonly keeper: VaultKeeper;
  readonly browser: BrowserSession;
  readonly settings: SettingsStore;
  readonly vaultFolder: string;
  readonly toolVersion: string;
  port(): number;
}

/** `GET /session`, `POST /vault`, `POST /vault/erase`, `POST /lock`, `POST /activity` */
export function sessionRoutes(parts: SessionParts, accessOf: (c: Context) => 'limited' | 'full'): Hono {
  const { keeper, browser, settings, vaultFolder, toolVersion, port } = parts;
  const routes = roomRoutes();
  const renewCookie = (c: Context): void => c.header('Set-Cookie', setCookie(port(), browser.renew()));
  const session = (): Session => ({
    vault: keeper.state,
    version: toolVersion,
    settings: settings.get(),
    vaultFolder,
    locksAt: keeper.locksAt,
  });

  routes.get('/session', (c) => c.json(session()));

  routes.post('/vault', async (c) => {
    await keeper.open(await jsonBody(c, openVaultSchema));
    // What was left lying in a window that locked itself opens nothing.
    if (accessOf(c) === 'limited') renewCookie(c);
    return c.json(session());
  });

  routes.post('/lock', async (c) => {
    const locked = keeper.lock();
    renewCookie(c);
    await locked;
    return c.body(null, 204);
  });

  routes.post('/vault/erase', async (c) => {
    await jsonBody(c, eraseSchema);
    // Refused while it is locked.
    keeper.desk();
    await keeper.erase();
    renewCookie(c);
    return c.body(null, 204);
  });

  routes.post('/activity', (c) => c.body(null, 204));
  return routes;
}
