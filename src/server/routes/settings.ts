import type { Hono } from 'hono';
import { settingsSchema } from '../api/api.js';
import { jsonBody } from '../json-body.js';
import type { SettingsStore } from '../settings.js';
import { roomRoutes } from './room-routes.js';

/** `GET|PUT /settings`, whether or not the vault is open: the lock screen speaks the person's language too. */
export function settingsRoutes(settings: SettingsStore): Hono {
  const routes = roomRoutes();
  routes.get('/settings', (c) => c.json(settings.get()));
  routes.put('/settings', async (c) => c.json(settings.set(await jsonBody(c, settingsSchema))));
  return routes;
}
