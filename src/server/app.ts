/** The local server's answers: who is heard, what each address does, and how errors are told. */
import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { z } from 'zod';
import { API, type ApiError } from './api/api.js';
import { ApiProblem } from './api-problem.js';
import { jsonBody } from './json-body.js';
import { roomProblem } from './room-problem.js';
import { type SessionParts, sessionRoutes } from './routes/session.js';
import { settingsRoutes } from './routes/settings.js';
import { type GateEnv, gate, securityHeaders } from './security.js';
import { cookieName, type LaunchTokens, setCookie } from './session.js';
import { staticFiles } from './static-files.js';

/** What a window whose vault locked itself may still ask. */
const WHILE_LIMITED = [`GET ${API}/session`, `POST ${API}/vault`, `POST ${API}/lock`];
/** Nobody has to be there for these. */
const WITHOUT_PERSON = [/^GET .*\/session$/, /^GET .*\/checks\/[^/]+\/progress$/];
const tokenSchema = z.object({ token: z.string().max(200) });

export interface AppOptions extends SessionParts {
  readonly launch: LaunchTokens;
  /** Everything else under `/api/v1`. */
  readonly modules: readonly Hono[];
  /** The built page, `dist/web`. */
  readonly webFolder: string;
  /** Told of defects: errors that are no answer to anything asked. */
  readonly onDefect?: (requestId: string, error: unknown) => void;
}

export function createApp(options: AppOptions): Hono<GateEnv> {
  const { keeper, browser, launch, settings, port } = options;
  const app = new Hono<GateEnv>();
  const accessOf = (c: Context) => browser.accessOf(getCookie(c, cookieName(port())));

  app.onError((error, c) => {
    const requestId = c.get('requestId') ?? '';
    const told = roomProblem(error);
    if (told instanceof ApiProblem) {
      const { code, params, retry } = told;
      return c.json<ApiError>({ code, params, retry, requestId }, told.status);
    }
    if (!isGone(error)) options.onDefect?.(requestId, error);
    return c.json<ApiError>({ code: 'internal', params: {}, retry: false, requestId }, 500);
  });
  app.notFound(() => {
    throw new ApiProblem(404, 'not-found');
  });

  app.use(securityHeaders());
  app.use(gate(port, (c) => accessOf(c) !== 'none'));

  app.post('/auth', async (c) => {
    const { token } = await jsonBody(c, tokenSchema);
    if (!launch.redeem(token)) throw new ApiProblem(401, 'wrong-token');
    c.header('Set-Cookie', setCookie(port(), browser.renew()));
    return c.body(null, 204);
  });

  app.use('/api/*', async (c, next) => {
    keeper.look();
    const asked = `${c.req.method} ${c.req.path}`;
    const access = accessOf(c);
    if (access === 'none') throw new ApiProblem(401, 'not-signed-in');
    if (access === 'limited' && !WHILE_LIMITED.includes(asked)) throw new ApiProblem(401, 'locked');
    if (access === 'full' && !WITHOUT_PERSON.some((one) => one.test(asked))) keeper.activity();
    await next();
  });

  app.route(
    API,
    sessionRoutes(options, (c) => (accessOf(c) === 'limited' ? 'limited' : 'full')),
  );
  app.route(API, settingsRoutes(settings));
  // Whatever comes now is of an open vault, also what holds nothing of cases: a locked window says nothing of the work done here.
  app.use('/api/*', async (_, next) => {
    keeper.desk();
    await next();
  });
  for (const routes of options.modules) app.route(API, routes);
  app.all('/api/*', () => {
    throw new ApiProblem(404, 'not-found');
  });
  app.all('*', staticFiles(options.webFolder));
  return app;
}

/** Whoever asked went away in the middle of it. Nothing here speaks to anybody else, so it is nobody else's connection. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}
