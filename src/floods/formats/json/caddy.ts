/**
 * Caddy 2: an object per request, of the logger `http.log.access` (Caddy documentation, "Logging"; caddy
 * modules/caddyhttp/marshalers.go, LoggableHTTPRequest). `client_ip` since 2.7, `remote_addr` before 2.5.
 */
import { LINE, type LogFormatKind } from '../../hits/log-format.js';
import { startsWith } from '../scan.js';
import type { JsonFields } from './json-fields.js';
import { type Dialect, JsonFormat } from './json-format.js';
import { SLOT } from './slots.js';

/** Modules that log beside the requests. `http.log.error` tells again of requests that are in the access log. */
const OTHER_LOGGERS: readonly string[] = [
  'http',
  'tls',
  'admin',
  'pki',
  'caddy',
  'events',
  'docker-proxy',
  'dns',
  'storage',
  'watcher',
  'layer4',
];

const DIALECT: Dialect = {
  id: 'caddy',
  isLoose: false,
  wanted: [
    [SLOT.time, 'ts', 'time', 'timestamp'],
    [SLOT.logger, 'logger'],
    [SLOT.level, 'level'],
    [SLOT.message, 'msg', 'message'],
    [SLOT.client, 'request.client_ip', 'request.remote_ip', 'request.remote_addr'],
    [SLOT.forwarded, 'request.headers.x-forwarded-for', 'request.headers.x-real-ip'],
    [SLOT.host, 'request.host'],
    [SLOT.user, 'user_id'],
    [SLOT.method, 'request.method'],
    [SLOT.target, 'request.uri'],
    [SLOT.protocol, 'request.proto'],
    [SLOT.status, 'status'],
    [SLOT.bytesOut, 'size'],
    [SLOT.durationSeconds, 'duration'],
    [SLOT.durationMillis, 'duration_ms'],
    [SLOT.referer, 'request.headers.referer'],
    [SLOT.agent, 'request.headers.user-agent'],
    [SLOT.type, 'resp_headers.content-type'],
  ],
  judge(fields, bytes) {
    if (fields.has(SLOT.logger) && !isLogger(fields, bytes, 'http.log.access')) {
      for (const name of OTHER_LOGGERS) if (isLogger(fields, bytes, name)) return LINE.skipped;
    }
    const isRequest = fields.has(SLOT.method) && fields.has(SLOT.target) && fields.has(SLOT.client);
    return isRequest && (fields.has(SLOT.status) || fields.has(SLOT.message)) ? LINE.hit : LINE.foreign;
  },
};

/** Whether the logger is this one or one below it. */
function isLogger(fields: JsonFields, bytes: Buffer, name: string): boolean {
  const start = fields.starts[SLOT.logger] as number;
  const end = fields.ends[SLOT.logger] as number;
  return (
    startsWith(bytes, start, end, name) &&
    (start + name.length === end || bytes[start + name.length] === 0x2e)
  );
}

export const caddy: LogFormatKind = { id: DIALECT.id, open: () => new JsonFormat(DIALECT) };
