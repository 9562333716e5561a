/** `/graph`: people and infrastructure of one case, or of all. */
import type { Hono } from 'hono';
import { correlation } from '../../casework/desk/case-facts.js';
import { graphOf } from '../graph/graph.js';
import type { ServerContext } from '../server-context.js';
import { roomRoutes } from './room-routes.js';

export function graphRoutes(context: ServerContext): Hono {
  const routes = roomRoutes();

  routes.get('/graph', (c) => {
    const only = c.req.query('case');
    const translate = context.translate();
    const { events } = correlation(context.desk(), only ? [only] : [], [], translate.language);
    return c.json(graphOf(events, translate));
  });

  return routes;
}
