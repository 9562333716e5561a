import { Hit, METHOD, methodOf } from '../hits/hit.js';

/** One request in plain words, for tests. */
export interface Request {
  /** Unix time, seconds. */
  readonly second: number;
  readonly client: string;
  readonly method?: string;
  readonly target?: string;
  /** 11 by default: HTTP/1.1. */
  readonly protocol?: number;
  readonly status?: number;
  readonly bytes?: number;
  readonly referer?: string;
  readonly agent?: string;
  readonly host?: string;
  readonly durationMs?: number;
  readonly cache?: number;
  readonly contentType?: string;
  readonly tls?: string;
  readonly forwarded?: string;
  readonly malformed?: boolean;
  readonly event?: number;
}

/** Fills a hit as a reader of logs would. */
export function fillHit(hit: Hit, request: Request): Hit {
  const parts: Buffer[] = [];
  let length = 0;
  const place = (text: string | undefined): [number, number] => {
    if (text === undefined || text === '' || text === '-') return [-1, -1];
    const bytes = Buffer.from(text);
    parts.push(bytes);
    length += bytes.length;
    return [length - bytes.length, length];
  };
  const client = place(request.client);
  const method = place(request.method ?? 'GET');
  const target = place(request.target ?? '/');
  const referer = place(request.referer);
  const agent = place(request.agent);
  const host = place(request.host);
  const type = place(request.contentType);
  const tls = place(request.tls);
  const forwarded = place(request.forwarded);
  const bytes = Buffer.concat(parts);
  hit.reset(bytes);
  hit.seconds = Math.floor(request.second);
  hit.milliseconds = Math.round((request.second - hit.seconds) * 1_000);
  if (host[0] !== -1) hit.setHost(...host);
  if (client[0] !== -1) hit.setClient(...client);
  if (target[0] !== -1) hit.setTarget(...target);
  hit.method = method[0] === -1 ? METHOD.none : methodOf(bytes, ...method);
  [hit.methodStart, hit.methodEnd] = method;
  hit.protocol = request.protocol ?? 11;
  hit.status = request.status ?? 200;
  hit.bytesOut = request.bytes ?? 1_000;
  [hit.refererStart, hit.refererEnd] = referer;
  [hit.agentStart, hit.agentEnd] = agent;
  [hit.typeStart, hit.typeEnd] = type;
  [hit.tlsStart, hit.tlsEnd] = tls;
  [hit.forwardedStart, hit.forwardedEnd] = forwarded;
  hit.durationMs = request.durationMs ?? -1;
  hit.cache = request.cache ?? 0;
  hit.malformed = request.malformed ?? false;
  hit.event = request.event ?? 0;
  return hit;
}

/** A hit of its own for a request. */
export function hitOf(request: Request): Hit {
  return fillHit(new Hit(), request);
}
