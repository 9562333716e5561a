import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { type Check, newCheckSchema } from '../api/api.js';
import { importReport } from '../checks/import-report.js';
import { jsonBody } from '../json-body.js';
import type { ServerContext } from '../server-context.js';
import { resultOf } from './findings.js';

const LEAST_MILLISECONDS = 250;
const BEAT_MILLISECONDS = 15_000;
const passwordSchema = z.object({ password: z.string().max(4096).nullable() });

/**
 * `POST /checks`, `GET /checks?case=`, `GET|DELETE /checks/:id`, `POST /checks/:id/password`, `GET /checks/:id/progress` (events),
 * `GET /checks/:id/import`.
 */
export function checksRoutes(context: ServerContext): Hono {
  const app = new Hono();
  app.post('/checks', async (c) =>
    c.json(await context.checks().start(await jsonBody(c, newCheckSchema)), 202),
  );
  app.get('/checks', (c) => c.json(context.checks().list(c.req.query('case') ?? '')));
  app.get('/checks/:id', (c) => c.json(context.checks().get(c.req.param('id'))));
  app.delete('/checks/:id', (c) => c.json(context.checks().stop(c.req.param('id'))));
  app.post('/checks/:id/password', async (c) => {
    const { password } = await jsonBody(c, passwordSchema);
    return c.json(context.checks().password(c.req.param('id'), password));
  });
  app.get('/checks/:id/import', (c) => c.json(importReport(resultOf(context, c.req.param('id')))));
  app.get('/checks/:id/progress', (c) => {
    const id = c.req.param('id');
    // Before anything is sent: an unknown check is an ordinary 404.
    context.checks().get(id);
    return streamSSE(c, async (stream) => {
      const news = new Latest<Check>();
      const end = context.checks().listen(id, (check) => news.set(check));
      stream.onAbort(() => news.close());
      try {
        for (let event = 1; ; ) {
          const check = await news.next(BEAT_MILLISECONDS);
          if (check === 'closed') return;
          if (check === 'quiet') {
            await stream.write(': beat\n\n');
            continue;
          }
          await stream.writeSSE({ event: 'progress', id: String(event), data: JSON.stringify(check) });
          event += 1;
          if (check.finishedAt !== null) return;
          await stream.sleep(LEAST_MILLISECONDS);
        }
      } finally {
        end();
      }
    });
  });
  return app;
}

/** The last of many values: whoever is slow misses those in between. */
class Latest<T extends object> {
  #value: T | null = null;
  #isClosed = false;
  #wake: (() => void) | null = null;

  set(value: T): void {
    this.#value = value;
    this.#wake?.();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async next(milliseconds: number): Promise<T | 'quiet' | 'closed'> {
    if (this.#value === null && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    if (this.#isClosed) return 'closed';
    const value = this.#value;
    this.#value = null;
    return value ?? 'quiet';
  }
}
