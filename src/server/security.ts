/** What stands before everything else: the headers of every answer, and which requests are heard at all. */
import { randomBytes } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { API, UPLOAD_PART_BYTES } from './api/constants.js';
import { ApiProblem } from './api-problem.js';

/** Requests under way at once: of the person's windows, and of whoever else is on this computer, who must not take their places. */
const MAX_IN_FLIGHT = { known: 100, unknown: 50 };
const MAX_JSON_BYTES = 1024 * 1024;
const READING = ['GET', 'HEAD'];
const METHODS = [...READING, 'POST', 'PUT', 'PATCH', 'DELETE'];
const DOWNLOADS = `${API}/download/`;
const UPLOAD_PART = new RegExp(`^${API}/uploads/[^/]+/parts/[^/]+$`);
/** Names that change with the content: what the build of the page puts there. */
const HASHED_ASSET = /^\/assets\/[\w./-]+-[\w-]{8}\.\w+$/;

/** No `Strict-Transport-Security`: it would pin `localhost` for every other program. */
const FIXED_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-DNS-Prefetch-Control': 'off',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), bluetooth=(), hid=(), payment=(), ' +
    'clipboard-read=(), display-capture=(), browsing-topics=()',
};

/** What the steps before the routes leave for them. */
export interface GateVariables {
  nonce: string;
  requestId: string;
}

interface NodeEnvironment {
  /** Absent where the app is called without a connection. */
  readonly outgoing?: { once(event: 'close', listener: () => void): unknown };
}

export interface GateEnv {
  Variables: GateVariables;
  Bindings: NodeEnvironment;
}

/** The same headers on every answer, errors too, with a nonce of its own. */
export function securityHeaders(): MiddlewareHandler<GateEnv> {
  return async (c, next) => {
    const nonce = randomBytes(16).toString('base64');
    c.set('nonce', nonce);
    c.set('requestId', randomBytes(8).toString('hex'));
    await next();
    const { headers } = c.res;
    headers.set('Content-Security-Policy', contentSecurityPolicy(nonce));
    for (const [name, value] of Object.entries(FIXED_HEADERS)) headers.set(name, value);
    const isLasting = c.res.status === 200 && HASHED_ASSET.test(c.req.path);
    headers.set('Cache-Control', isLasting ? 'public, max-age=31536000, immutable' : 'no-store');
  };
}

/** Styles only with the nonce: the page's components write some at run time. Trusted Types: one policy, which refuses markup. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
}

/**
 * @param port of this server, known once it listens
 * @param isKnown whether a request brings the cookie of the session
 */
export function gate(port: () => number, isKnown: (c: Context) => boolean): MiddlewareHandler<GateEnv> {
  const inFlight = { known: 0, unknown: 0 };
  return async (c, next) => {
    const { method } = c.req;
    const header = (name: string): string | null => c.req.raw.headers.get(name);
    const url = new URL(c.req.url);
    const path = url.pathname;

    // A name that another site makes point here (DNS rebinding) is not ours.
    const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`];
    const host = header('host') ?? url.host;
    if (!hosts.includes(host) || !hosts.includes(url.host)) throw new ApiProblem(421, 'bad-host');

    if (!METHODS.includes(method)) throw new ApiProblem(403, 'bad-method');
    const isReading = READING.includes(method);
    const isApi = path.startsWith(`${API}/`);
    const origin = header('origin');
    if (origin === null ? !isReading : origin !== `http://${host}`) throw new ApiProblem(403, 'bad-origin');
    const site = header('sec-fetch-site');
    const isPage = isReading && !path.startsWith('/api/') && path !== '/auth';
    if (site !== null && site !== 'same-origin' && !(site === 'none' && isPage))
      throw new ApiProblem(403, 'bad-origin');
    const isNavigation = header('sec-fetch-mode') === 'navigate';
    if (isApi && isNavigation && !path.startsWith(DOWNLOADS)) throw new ApiProblem(403, 'bad-origin');

    if (!isReading) checkBody(method, path, header);

    const who = isKnown(c) ? 'known' : 'unknown';
    if (inFlight[who] >= MAX_IN_FLIGHT[who]) throw new ApiProblem(503, 'busy', {}, true);
    inFlight[who] += 1;
    const end = (): void => {
      inFlight[who] -= 1;
    };
    const outgoing = c.env?.outgoing;
    outgoing?.once('close', end);
    try {
      await next();
    } finally {
      if (!outgoing) end();
    }
  };
}

/** @throws ApiProblem 413, 415 */
function checkBody(method: string, path: string, header: (name: string) => string | null): void {
  const declared = header('content-length');
  const isChunked = header('transfer-encoding') !== null;
  const isPart = method === 'PUT' && UPLOAD_PART.test(path);
  if (isChunked || (isPart && declared === null)) throw new ApiProblem(413, 'length-not-declared');
  const bytes = Number(declared ?? 0);
  const limit = isPart ? UPLOAD_PART_BYTES : MAX_JSON_BYTES;
  if (!(bytes <= limit)) throw new ApiProblem(413, 'too-large', { limit });
  if (isPart) return;
  const type = header('content-type');
  if (type === null ? bytes > 0 : !/^application\/json\s*(;|$)/i.test(type))
    throw new ApiProblem(415, 'not-json');
}
