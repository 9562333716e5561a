import type { Hono } from 'hono';
import { draftSchema } from '../api/api.js';
import { readDraft, removeDraft, writeDraft } from '../drafts.js';
import { jsonBody } from '../json-body.js';
import type { ServerContext } from '../server-context.js';
import { roomRoutes } from './room-routes.js';

/** `GET|PUT|DELETE /drafts/:key` */
export function draftsRoutes(context: ServerContext): Hono {
  const routes = roomRoutes();
  routes.get('/drafts/:key', (c) => c.json(readDraft(context.desk(), c.req.param('key'))));
  routes.put('/drafts/:key', async (c) => {
    const draft = await jsonBody(c, draftSchema);
    return c.json(writeDraft(context.desk(), c.req.param('key'), draft));
  });
  routes.delete('/drafts/:key', (c) => {
    removeDraft(context.desk(), c.req.param('key'));
    return c.body(null, 204);
  });
  return routes;
}
