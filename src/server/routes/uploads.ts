import { Hono } from 'hono';
import { newUploadSchema } from '../api/api.js';
import { jsonBody } from '../json-body.js';
import type { ServerContext } from '../server-context.js';

/**
 * `POST /uploads`, `GET /uploads?batch=`, `GET /uploads/:id`, `PUT /uploads/:id/parts/:n`, `POST /uploads/:id/complete`,
 * `DELETE /uploads/:id`. Pieces are never held whole in memory, nor written in the clear.
 */
export function uploadsRoutes(context: ServerContext): Hono {
  const app = new Hono();
  app.post('/uploads', async (c) =>
    c.json(await context.uploads().begin(await jsonBody(c, newUploadSchema)), 201),
  );
  app.get('/uploads', (c) => c.json(context.uploads().list(c.req.query('batch'))));
  app.get('/uploads/:id', (c) => c.json(context.uploads().get(c.req.param('id'))));
  app.put('/uploads/:id/parts/:n', async (c) => {
    const number = /^\d{1,9}$/.test(c.req.param('n')) ? Number(c.req.param('n')) : -1;
    const sha256 = (c.req.header('x-part-sha256') ?? '').toLowerCase();
    return c.json(await context.uploads().putPart(c.req.param('id'), number, sha256, c.req.raw.body));
  });
  app.post('/uploads/:id/complete', async (c) => c.json(await context.uploads().complete(c.req.param('id'))));
  app.delete('/uploads/:id', async (c) => {
    await context.uploads().remove(c.req.param('id'));
    return c.body(null, 204);
  });
  return app;
}
