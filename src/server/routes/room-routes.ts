import { Hono } from 'hono';
import { roomProblem } from '../room-problem.js';

/** Routes over rooms: what a room refuses is told as a problem of the API, by whatever these are mounted on. */
export function roomRoutes(): Hono {
  const routes = new Hono();
  routes.onError((error) => {
    throw roomProblem(error);
  });
  return routes;
}
