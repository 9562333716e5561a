import { EVENT, type Hit } from '../../hits/hit.js';
import { LINE } from '../../hits/log-format.js';
import { type JsonDialect, jsonFormat } from './json-format.js';
import type { LogRecord } from './log-record.js';
import { FIELD } from './names.js';

/** First parts of the names of Caddy's loggers (Caddy 2.8, `caddy.Log().Named(…)`). */
const LOGGERS = ['http', 'tls', 'admin', 'caddy', 'pki', 'dns', 'events', 'docker-proxy', 'layer4'];

/**
 * Caddy 2: caddyserver.com/docs/logging, docs/caddyfile/directives/log. The address is `client_ip` since 2.7 (it honours
 * trusted proxies), `remote_ip` before it, `remote_addr` with its port in the first releases. Values of `ts` and `duration`
 * follow `time_format` and `duration_format`. A status of 0 means that no handler answered.
 */
const dialect: JsonDialect = {
  id: 'caddy',
  names: {
    time: ['ts', 'time', 'timestamp'],
    client: ['request.client_ip', 'request.remote_ip', 'request.remote_addr'],
    forwarded: [
      'request.headers.x-forwarded-for',
      'request.headers.cf-connecting-ip',
      'request.headers.x-real-ip',
    ],
    host: ['request.host'],
    user: ['user_id'],
    method: ['request.method'],
    target: ['request.uri'],
    protocol: ['request.proto'],
    status: ['status'],
    bytesOut: ['size'],
    duration: ['duration', 'latency'],
    referer: ['request.headers.referer'],
    agent: ['request.headers.user-agent'],
    contentType: ['resp_headers.content-type'],
    tls: ['request.tls.cipher_suite'],
    logger: ['logger'],
    level: ['level'],
    message: ['msg', 'message'],
    // A line of another program that logs with the same library (zap) is not to be passed over.
    foreign: ['remote_addr', 'remote_ip', 'client_ip', 'ip', 'method', 'uri', 'path', 'url', 'request_uri'],
  },
  judge,
};

function judge(record: LogRecord, hit: Hit): number {
  if (record.has(FIELD.client) && record.has(FIELD.method)) {
    if (record.beginsWith(FIELD.logger, 'http.log.error')) {
      if (!record.fill(hit)) return LINE.foreign;
      // The access log has the same request: it is not counted again.
      hit.event = hit.status === 502 || hit.status === 504 ? EVENT.upstreamFailed : EVENT.other;
      return LINE.event;
    }
    if (record.beginsWith(FIELD.logger, 'http.log.access') || record.is(FIELD.message, 'handled request'))
      return record.fill(hit) ? LINE.hit : LINE.foreign;
  }
  return isOtherLogger(record) ? LINE.skipped : LINE.foreign;
}

/** Lines of Caddy about itself. */
function isOtherLogger(record: LogRecord): boolean {
  if (!record.has(FIELD.level) || !record.has(FIELD.time) || !record.has(FIELD.message)) return false;
  if (record.has(FIELD.foreign)) return false;
  if (!record.has(FIELD.logger)) return !record.has(FIELD.status);
  return !record.beginsWith(FIELD.logger, 'http.log.access') && isLoggerOfCaddy(record);
}

function isLoggerOfCaddy(record: LogRecord): boolean {
  for (const name of LOGGERS) {
    if (!record.beginsWith(FIELD.logger, name)) continue;
    const end = record.start(FIELD.logger) + name.length;
    if (end === record.end(FIELD.logger) || record.bytes[end] === 0x2e) return true;
  }
  return false;
}

/** Access logs of Caddy 2. */
export const caddy = jsonFormat(dialect);
